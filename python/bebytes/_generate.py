"""
Source for one plan, first part: what reading (`_generate_read.py`) and writing (`_generate_write.py`) share.

Generated functions are the fast path of the backend "python" and no more: where anything is out of the ordinary, they raise
`Odd`, or whatever Python raises, and the readable runner (`_python.py`) does the record from its start.
So they need no error texts, and the order of their checks is free.
"""

import struct
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import CodeType
from typing import Any, NamedTuple

from ._expression import LIMIT, references
from ._plan import Binary, Computed, Constant, Data, Expression, Fixed, List, Node, Number, Op, Plan, Record, Ref, Table
from ._python_common import find_member
from ._specifier import derived

Path = tuple[int, ...]

CODES = {8: "B", 16: "H", 32: "I", 64: "Q"}
"""The codes of `struct` for unsigned integers of so many bits; those for signed ones are the small letters."""

SHORT = 16
"""A fixed list of no more numbers than this is packed with the fields around it."""

_MOST_LINES = 20_000
_MOST_LOOPS = 10  # of the 20 blocks that Python lets stand inside each other
_WIDEST_GROUP = 64  # bytes; a longer run of bit fields that never ends on a byte is too much for one integer


class Odd(Exception):
    """
    The fast path cannot tell: the readable runner has to.
    """


class Unsupported(Exception):
    """
    The plan is too large or too deep for generated source.
    """


class Source:
    """
    The source of one function: its lines, its names, and the objects that it names.
    """

    def __init__(self) -> None:
        self.scope: dict[str, Any] = {"Odd": Odd, "new": object.__new__, "derived": derived}
        self.lines: list[str] = []
        self._notes: list[str] = []
        self._constants: dict[Any, str] = {}
        self._indent = ""
        self._written = 0
        self._count = 0
        self._loops = 0

    def line(self, text: str) -> None:
        """
        Add lines at the present indentation.
        """
        self.lines += [self._indent + part for part in text.split("\n")]
        self._written += 1
        if self._written > _MOST_LINES:
            raise Unsupported

    @contextmanager
    def apart(self, *, indents: int = 1, loop: bool = False) -> Generator[list[str]]:
        """
        The lines added while this lasts go to a list of their own, some indentations further in.
        """
        outside, self.lines = self.lines, []
        before, self._indent = self._indent, self._indent + "    " * indents
        self._loops += loop
        if self._loops > _MOST_LOOPS:
            raise Unsupported
        try:
            yield self.lines
        finally:
            self._loops -= loop
            self.lines, self._indent = outside, before

    def local(self, wanted: str) -> str:
        """
        A new name for a local variable: it ends with a number behind `_`, as no other name does.
        """
        self._count += 1
        return f"{wanted if wanted.isascii() else 'field'}_{self._count}"

    def constant(self, key: Any, wanted: str, note: str, make: Callable[[], Any]) -> str:
        """
        The name of an object; made once a key.
        """
        name = self._constants.get(key)
        if name is None:
            name = self._constants[key] = f"{wanted}{len(self._constants)}"
            self.scope[name] = make()
            self._notes.append(f"# {name}: {note}")
        return name

    def struct(self, form: str, method: str) -> str:
        """
        The name of a method of `struct.Struct(form)`.
        """
        return self.constant(
            (form, method),
            method.partition("_from")[0],
            f"struct.Struct({form!r}).{method}",
            lambda: getattr(struct.Struct(form), method),
        )

    def table(self, table: Table) -> str:
        """
        The name of the members of an enum or flags class by their numbers.
        """
        return self.constant(("table", table.cls), "members", f"the members of {table.name}", lambda: table.lookup)

    def function(self, value: Callable[..., Any]) -> str:
        """
        The name of a function of ours.
        """
        self.scope[value.__name__] = value
        return value.__name__

    def cls(self, cls: type) -> str:
        """
        The name of a class.
        """
        return self.constant(("class", cls), "Class", cls.__qualname__, lambda: cls)

    def text(self) -> str:
        """
        The whole source.
        """
        return "\n".join([*self._notes, *self.lines]) + "\n"


def compiled(source: Source, file: str) -> tuple[CodeType, str]:
    """
    A source's code and its text.

    Raises:
        Unsupported: it is more than Python's compiler takes.
    """
    text = source.text()
    try:
        code = compile(text, file, "exec")
    except (RecursionError, MemoryError, SyntaxError):
        raise Unsupported from None
    shown = sys.modules.get("linecache")  # who shows source has imported it
    if shown is not None:
        shown.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    return code, text


# Groups of numbers


class Piece(NamedTuple):
    """
    An integer of `struct` that holds the bits of a group from `low` on.
    """

    code: str
    size: int
    low: int


class Group:
    """
    Numbers that fill whole bytes together, read and written as one integer of `bits` bits.

    Attributes:
        lows: where each number begins in that integer.
    """

    def __init__(self, numbers: list[Number]) -> None:
        self.numbers = numbers
        self.little = numbers[0].little
        self.bits = sum(n.width for n in numbers)
        if self.bits > _WIDEST_GROUP * 8:
            raise Unsupported
        self.lows: list[int] = []
        at = 0
        for n in numbers:
            self.lows.append(at if self.little else self.bits - at - n.width)
            at += n.width

    @property
    def alone(self) -> bool:
        """
        Whether it is one number.
        """
        return len(self.numbers) == 1

    def pieces(self) -> list[Piece]:
        """
        The integers that `struct` knows, in the order of the bytes.

        The sign of a number that stands alone is in the uppermost one.
        """
        found: list[Piece] = []
        at, left = 0, self.bits // 8
        for size in (8, 4, 2, 1):
            while left >= size:
                low = at * 8 if self.little else self.bits - (at + size) * 8
                code = CODES[size * 8]
                signed = self.alone and self.numbers[0].signed and low + size * 8 == self.bits
                found.append(Piece(code.lower() if signed else code, size, low))
                at, left = at + size, left - size
        return found


def grouped(ops: tuple[Op, ...]) -> Generator[list[tuple[int, Op]]]:
    """
    The ops with their indices, numbers that share bytes together.
    """
    run: list[tuple[int, Op]] = []
    bits = 0
    for i, op in enumerate(ops):
        run.append((i, op))
        bits += op.node.width if isinstance(op.node, Number) else 0
        if bits % 8 == 0:
            yield run
            run, bits = [], 0


def code_of(node: Number) -> str | None:
    """
    The code of `struct` for a number by itself, None where it knows none; a bool is a byte, so that 2 can be refused.
    """
    if node.kind == "float":
        return "f" if node.width == 32 else "d"
    code = CODES.get(node.width)
    return code.lower() if code is not None and node.signed else code


def order_of(node: Number) -> str:
    """
    The byte order of a number in a format of `struct`; "" where it has none.
    """
    return "" if node.width <= 8 else "<" if node.little else ">"


def is_short(node: List) -> bool:
    """
    Whether a list is short and fixed, so that its numbers get names.
    """
    count, item = 1, node
    while isinstance(item, List):
        if not isinstance(item.count, Fixed):
            return False
        count *= item.count.value
        item = item.item  # type: ignore[assignment]  # a list's item, down to one that is no list
    return isinstance(item, Number) and count <= SHORT


def form_of(order: str, codes: list[str]) -> str:
    """
    A format of `struct`: equal codes behind each other become one with their number.
    """
    parts: list[tuple[str, int]] = []
    for code in codes:
        if parts and parts[-1][0] == code and len(code) == 1:
            parts[-1] = code, parts[-1][1] + 1
        else:
            parts.append((code, 1))
    return (order or ">") + "".join(f"{n}{code}" if n > 1 else code for code, n in parts)


# Enums


class Unions(dict[int, int]):
    """
    From the number of a union of flags to the same number; those met first are looked at.
    """

    def __init__(self, table: Table) -> None:
        self._table = table

    def __missing__(self, number: int) -> int:
        if find_member(self._table, number) is None:
            raise KeyError(number)
        self[number] = number
        return number


# Lengths


def lengths_in(node: Node) -> Generator[tuple[Computed, bool]]:
    """
    The computed lengths of a node, and whether each is that of a list's items.
    """
    items = False
    while isinstance(node, List):
        if isinstance(node.count, Computed):
            yield node.count, items
        node, items = node.item, True
    if isinstance(node, Data) and isinstance(node.length, Computed):
        yield node.length, items


def referred(plan: Plan) -> set[Path]:
    """
    The numbers that lengths of a plan refer to.
    """
    return {ref.path for op in plan.ops for length, _ in lengths_in(op.node) for ref in references(length.expression)}


def below(paths: set[Path], index: int) -> set[Path]:
    """
    The paths inside op `index`, from there on.
    """
    return {path[1:] for path in paths if path[0] == index and len(path) > 1}


class Lengths:
    """
    Writes length expressions over numbers that have names.

    What lies in 0 to 2**64 - 1 for all values of the fields is not checked.
    """

    def __init__(self, source: Source, plan: Plan, numbers: dict[Path, str]) -> None:
        self._source = source
        self._plan = plan
        self._numbers = numbers

    def write(self, expression: Expression) -> str:
        """
        The value of an expression: a name or a number.
        """
        return self._value(expression)[0]

    def _value(self, expression: Expression) -> tuple[str, int, int]:
        # With the least and the greatest that it can be.
        if isinstance(expression, Constant):
            return str(expression.value), expression.value, expression.value
        if isinstance(expression, Ref):
            node = node_at(self._plan, expression.path)
            return self._bounded(self._numbers[expression.path], int(node.minimum), int(node.maximum))
        left, low, high = self._value(expression.left)
        right, least, most = self._value(expression.right)
        name = self._source.local("length")
        operator = "//" if expression.operator == "/" else expression.operator
        self._source.line(f"{name} = {left} {operator} {right}")  # dividing by zero raises
        return self._bounded(name, *_range(expression, (low, high), (least, most)))

    def _bounded(self, name: str, low: int, high: int) -> tuple[str, int, int]:
        if low < 0:
            self._source.line(f"if {name} < 0: raise Odd")
        if high > LIMIT:
            self._source.line(f"if {name} > {LIMIT}: raise Odd")
        return name, max(low, 0), max(min(high, LIMIT), 0)

    def undo(self, expression: Expression, unknown: Ref, target: str) -> str:
        """
        The number that `unknown`, which occurs once, must be for the expression to come to `target`.

        Whether it then does is checked where the length is.
        """
        while isinstance(expression, Binary):
            on_left = unknown in references(expression.left)
            inner, other = (expression.left, expression.right) if on_left else (expression.right, expression.left)
            value = self.write(other)
            name = self._source.local("length")
            match expression.operator:
                case "+":
                    step = f"{target} - {value}"
                case "-":
                    step = f"{target} + {value}" if on_left else f"{value} - {target}"
                case "*":
                    step = f"{target} // {value}"
                case "/":
                    step = f"{target} * {value}" if on_left else f"{value} // {target}"
                case _:
                    raise Unsupported
            self._source.line(f"{name} = {step}")
            expression, target = inner, name
        return target


def _range(expression: Binary, left: tuple[int, int], right: tuple[int, int]) -> tuple[int, int]:
    (low, high), (least, most) = left, right
    match expression.operator:
        case "+":
            return low + least, high + most
        case "-":
            return low - most, high - least
        case "*":
            return low * least, high * most
        case "/":
            return low // max(most, 1), high // max(least, 1)
        case "%":
            return 0, max(most - 1, 0)
    raise Unsupported


def node_at(plan: Plan, path: Path) -> Number:
    """
    The number that a path leads to.
    """
    *outer, last = path
    for i in outer:
        node = plan.ops[i].node
        assert isinstance(node, Record), "only structs have paths inside them"
        plan = node.plan
    found = plan.ops[last].node
    assert isinstance(found, Number), "lengths refer to numbers"
    return found


# Slots


class Slot:
    """
    How generated source reads and writes one slot of a class.

    Python goes straight to a slot by an attribute that leads to it. The field's own name may come to mean something else
    (that of a derived field computes; anybody may replace an attribute of a class), so each slot gets a second name in the
    class. What looks at attributes itself (`__getattr__`, a frozen class) is passed by with the slot's own functions.
    """

    def __init__(self, source: Source, cls: Any, index: int) -> None:
        self._source = source
        self._slot = slot = cls.__bebytes_slots__[index]
        self._key = cls, index
        field = slot.__name__
        # Python reads other names in source as their normal form (NFKC).
        self._name = name = f"_bebytes_{field if field.isascii() else index}"
        taken = next((c.__dict__[name] for c in cls.__mro__ if name in c.__dict__), None)
        if taken is None:
            type.__setattr__(cls, name, slot)
        free = taken is None or taken is slot
        self._reads = free and cls.__getattribute__ is object.__getattribute__ and not hasattr(cls, "__getattr__")
        self._writes = free and cls.__setattr__ is object.__setattr__

    def load(self, record: str) -> str:
        """
        What the slot holds, as an expression.
        """
        if self._reads:
            return f"{record}.{self._name}"
        get = self._source.constant(
            ("get", *self._key), "get", f"reads {self._slot.__name__}", lambda: self._slot.__get__
        )
        return f"{get}({record})"

    def store(self, record: str, value: str) -> str:
        """
        The statement that fills it.
        """
        if self._writes:
            return f"{record}.{self._name} = {value}"
        put = self._source.constant(
            ("set", *self._key), "set", f"writes {self._slot.__name__}", lambda: self._slot.__set__
        )
        return f"{put}({record}, {value})"
