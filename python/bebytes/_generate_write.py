"""
Source for one plan, third part: functions that write.

Each struct is written in two steps: all its values are loaded and checked, and become numbers, bytes and lists under local
names; then those are packed, by one call of `struct` for fields of fixed size that lie side by side.
Values of the plainest types go straight; what stands for a number or for bytes without running anybody's code is
made plain first; all else is for the readable runner.
"""

from struct import pack
from typing import Any, NamedTuple, TypeAlias

from ._expression import references
from ._generate import (
    Group,
    Lengths,
    Odd,
    Path,
    Slot,
    Source,
    Unions,
    below,
    code_of,
    form_of,
    grouped,
    is_short,
    lengths_in,
    order_of,
    referred,
)
from ._plan import After, Binary, Computed, Data, Fixed, List, Node, Number, Option, Plan, Record, Ref, Until
from ._python_common import option_size

_MOST_PENDING = 120  # values that one call of `struct` packs
_MOST_TERMS = 12  # checks in one statement


def plain(value: Any) -> int:
    """
    The plain int of an int of any class.

    Raises:
        Odd: it is none, so that reading its number may run code.
    """
    if issubclass(type(value), int):
        return int.__index__(value)
    raise Odd


def plain_bytes(value: Any) -> bytes:
    """
    The bytes of the buffers that Python has itself.

    Raises:
        Odd: it is no such buffer.
    """
    if type(value) is bytearray or (type(value) is memoryview and value.c_contiguous):
        return bytes(value)
    raise Odd


def source_of_encode(plan: Plan) -> Source:
    """
    `encode(value)`: its bytes.
    """
    source = Source()
    source.line("def encode(value):\n    try:")
    _put_encoding(source, plan, "return")
    source.line("    except Exception:\n        pass\n    return slow(value)")
    return source


def _put_encoding(source: Source, plan: Plan, use: str) -> None:
    with source.apart(indents=2) as body:
        writer = _Writer(source)
        pieces, _ = writer.record(plan, "value", set())
        writer.write(pieces)
        source.line(f"{use} {writer.result()}")
    source.lines += body


_INTO = """\
def encode_into(value, buffer, offset=0):
    try:
        if type(buffer) is not bytearray or type(offset) is not int or offset < 0: raise Odd"""

_STORE = """\
        end = offset + len(raw)
        if end > len(buffer): raise Odd
        buffer[offset:end] = raw
        return end - offset
    except Exception:
        pass
    return slow(value, buffer, offset)"""


def source_of_encode_into(plan: Plan) -> Source:
    """
    `encode_into(value, buffer, offset=0)`: its bytes into a buffer; gives their number.
    """
    source = Source()
    source.line(_INTO)
    _put_encoding(source, plan, "raw =")
    source.line(_STORE)
    return source


class _Numbers(NamedTuple):
    """Numbers that share bytes, each with the local that holds it."""

    nodes: list[Number]
    names: list[str]


class _Content(NamedTuple):
    """Bytes in a local, of the right length where that is fixed."""

    node: Data
    name: str


class _Items(NamedTuple):
    """A list or tuple in a local, not yet of the right length."""

    node: List
    name: str


class _Pieces(NamedTuple):
    """What stands one behind the other; lengths are written over the numbers of this struct, where it is one."""

    parts: "list[_Part]"
    lengths: Lengths | None


_Part: TypeAlias = _Numbers | _Content | _Items | _Pieces

_TAG = Number("int", 8, False, False, None, 0, 0xFF)


class _Writer:
    """
    Writes statements that check and pack values; `result` is the expression for all that was packed.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._pending: list[tuple[str, str]] = []  # code and argument
        self._order = ""
        self._parts: list[str] = []

    # The first step: checking

    def record(self, plan: Plan, name: str, around: set[Path]) -> tuple[_Pieces, dict[Path, str]]:
        """
        Check the value in a local; `around` are the numbers in it that lengths of structs around it refer to.

        Gives names for the numbers that lengths can refer to.
        """
        line = self._source.line
        line(f"if type({name}) is not {self._source.cls(plan.cls)}: raise Odd")
        names = [self._source.local(op.name) for op in plan.ops]
        for i, local in enumerate(names):
            line(f"{local} = {Slot(self._source, plan.cls, i).load(name)}")
        numbers: dict[Path, str] = {(i,): names[i] for i, op in enumerate(plan.ops) if _is_int(op.node)}
        lengths = Lengths(self._source, plan, numbers)
        refs = referred(plan)
        solutions = _solutions(plan, around)
        # What only a struct around this one can give is checked there.
        later = {i for i, op in enumerate(plan.ops) if (i,) in solutions or (op.derived == "outer" and (i,) in around)}
        self._check_ints([n for (i,), n in numbers.items() if i not in later])
        parts: list[_Part] = []
        for run in grouped(plan.ops):
            if isinstance(run[0][1].node, Number):
                nodes = [op.node for _, op in run if isinstance(op.node, Number)]
                for (i, op), node in zip(run, nodes, strict=True):
                    if not _is_int(op.node):
                        self._convert(node, names[i])
                parts.append(_Numbers(nodes, [names[i] for i, _ in run]))
                continue
            ((i, op),) = run
            part, inside = self._part(op.node, names[i], below(refs | around, i))
            parts.append(part)
            numbers.update({(i, *path): local for path, local in inside.items()})
        outer = {path for path in refs if len(path) > 1 and derived_at(plan, path) == "outer"}
        for path in sorted({*solutions, *outer}):
            self._derive(numbers[path], solutions.get(path), path, names, lengths)
        return _Pieces(parts, lengths), numbers

    def _derive(self, name: str, solution: "_Solution | None", path: Path, names: list[str], lengths: Lengths) -> None:
        line = self._source.line
        if solution is None:
            self._check_ints([name])
            return
        with self._source.apart() as body:
            number = lengths.undo(solution.length.expression, Ref(path), f"len({names[solution.sized]})")
            line(f"{name} = {number}")
        line(f"if {name} is derived:")
        self._source.lines += body
        self._source.function(plain)
        line(f"elif type({name}) is not int:\n    {name} = plain({name})")

    def _part(self, node: Node, name: str, around: set[Path]) -> tuple[_Part, dict[Path, str]]:
        line = self._source.line
        match node:
            case Number():
                if _is_int(node):
                    self._check_ints([name])
                else:
                    self._convert(node, name)
                return _Numbers([node], [name]), {}
            case Data():
                self._content(node, name)
                return _Content(node, name), {}
            case Option():
                return self._option(node, name), {}
            case Record():
                return self.record(node.plan, name, around)
            case List():
                line(f"if type({name}) is not list and type({name}) is not tuple: raise Odd")
                return self._short(node, name) if is_short(node) else _Items(node, name), {}

    def _check_ints(self, names: list[str]) -> None:
        for first in range(0, len(names), _MOST_TERMS):
            some = names[first : first + _MOST_TERMS]
            self._source.function(plain)
            types = " is ".join(f"type({name})" for name in some)
            self._source.line(f"if type({some[0]}) is not int:" if len(some) == 1 else f"if not {types} is int:")
            for name in some:
                self._source.line(f"    {name} = plain({name})")

    def _convert(self, node: Number, name: str) -> None:
        # The number that stands for a value takes its place; that of an int of bits may still be too great.
        line = self._source.line
        match node.kind:
            case "bool":
                self._source.function(plain)
                line(f"if {name} is not True and {name} is not False:")
                line(f"    {name} = plain({name})\n    if {name} >> 1: raise Odd")
            case "char":
                line(f"if type({name}) is not str: raise Odd\n{name} = ord({name})")
                if node.maximum >= 0xD800:
                    line(f"if 0xD7FF < {name} < 0xE000: raise Odd")
                if node.maximum < 0x10FFFF:
                    line(f"if {name} > {node.maximum}: raise Odd")
            case "float":
                line(f"if type({name}) is not float and type({name}) is not int: raise Odd")
            case _:
                line(f"{name} = {self._enum(node, name)}")

    def _enum(self, node: Number, name: str) -> str:
        # The number of a member, or of an int that stands for one, as an expression.
        table: Any = node.table
        cls = table.cls
        what = f"the numbers of {table.name}"
        if table.flags:
            known = self._source.constant(("numbers", cls), "numbers", what, lambda: Unions(table))
        else:
            known = self._source.constant(("numbers", cls), "numbers", what, lambda: {n: n for n in table.values})
        self._source.function(plain)
        if cls.__hash__ is int.__hash__ and cls.__eq__ is int.__eq__:
            return f"{known}[{name} if type({name}) is {self._source.cls(cls)} else plain({name})]"
        return f"{known}[plain({name})]"

    def _content(self, node: Data, name: str) -> None:
        line = self._source.line
        if node.text:
            line(f"if type({name}) is not str: raise Odd\n{name} = {name}.encode()")
        else:
            self._source.function(plain_bytes)
            line(f"if type({name}) is not bytes:\n    {name} = plain_bytes({name})")
        if isinstance(node.length, Fixed):
            line(f"if len({name}) != {node.length.value}: raise Odd")

    def _option(self, node: Option, name: str) -> _Part:
        inner = node.node
        tag = self._source.local("tag")
        with self._source.apart() as body:
            part, _ = self._part(inner, name, set())
        size = option_size(inner)
        zero = "0" if isinstance(inner, Number) else f"bytes({size})"
        self._source.line(f"{tag} = 1\nif {name} is None:\n    {tag} = 0\n    {name} = {zero}\nelse:")
        self._source.lines += body
        return _Pieces([_Numbers([_TAG], [tag]), part], None)

    def _short(self, node: List, name: str) -> _Part:
        assert isinstance(node.count, Fixed), "a short list has a fixed number of items"
        names = [self._source.local("item") for _ in range(node.count.value)]
        if not names:
            self._source.line(f"if {name}: raise Odd")
            return _Pieces([], None)
        self._source.line(f"{', '.join(names)}{',' * (len(names) == 1)} = {name}")
        if _is_int(node.item):
            self._check_ints(names)
            assert isinstance(node.item, Number), "an int is a number"
            return _Pieces([_Numbers([node.item], [n]) for n in names], None)
        return _Pieces([self._part(node.item, n, set())[0] for n in names], None)

    # The second step: packing

    def write(self, part: _Part, lengths: Lengths | None = None) -> None:
        """
        Pack what was checked.
        """
        match part:
            case _Numbers(nodes, names):
                self._numbers(nodes, names)
            case _Content(node, name):
                self._data(node, name, lengths)
            case _Items(node, name):
                self._list(node, name, lengths)
            case _Pieces(parts, own):
                for inner in parts:
                    self.write(inner, own or lengths)

    def result(self) -> str:
        """
        All that was packed, as an expression.
        """
        self._flush()
        if not self._parts:
            return "b''"
        if len(self._parts) <= 3:
            return " + ".join(self._parts)
        return f"b''.join(({', '.join(self._parts)}))"

    def _put(self, code: str, argument: str, order: str = "") -> None:
        if (order and self._order not in ("", order)) or len(self._pending) == _MOST_PENDING:
            self._flush()
        self._order = self._order or order
        self._pending.append((code, argument))

    def _flush(self) -> None:
        if self._pending:
            call = self._source.struct(form_of(self._order, [code for code, _ in self._pending]), "pack")
            self._parts.append(f"{call}({', '.join(argument for _, argument in self._pending)})")
        self._pending, self._order = [], ""

    def _add(self, expression: str) -> None:
        self._flush()
        self._parts.append(expression)

    def _numbers(self, nodes: list[Number], names: list[str]) -> None:
        code = code_of(nodes[0]) if len(nodes) == 1 else None
        if code is not None:
            self._put(code, names[0], order_of(nodes[0]))
            return
        line = self._source.line
        group = Group(nodes)
        # `struct` finds whether the uppermost number is too great, and whether any is negative: then all together are.
        checks, terms = [], []
        for node, name, low in zip(nodes, names, group.lows, strict=True):
            term = name
            if node.signed and not group.alone:
                term = f"({name} & {(1 << node.width) - 1})"
                if node.table is None:
                    checks.append(f"not {node.minimum} <= {name} <= {node.maximum}")
            elif node.kind == "int" and low + node.width < group.bits:
                checks.append(f"{name} > {node.maximum}")
            terms.append(f"{term} << {low}" if low else term)
        for first in range(0, len(checks), _MOST_TERMS):
            line(f"if {' or '.join(checks[first : first + _MOST_TERMS])}: raise Odd")
        word = " | ".join(terms)
        pieces = group.pieces()
        order = "<" if group.little else ">"
        if len(pieces) > 1 and not word.isidentifier():
            name = self._source.local("bits")
            line(f"{name} = {word}")
            word = name
        for piece in pieces:
            argument = f"{word} >> {piece.low}" if piece.low else word
            if piece.low + piece.size * 8 < group.bits:
                argument = f"{argument} & {(1 << piece.size * 8) - 1}"
            self._put(piece.code, argument, order * (piece.size > 1))

    def _data(self, node: Data, name: str, lengths: Lengths | None) -> None:
        match node.length:
            case Fixed(size):
                self._put(f"{size}s", name)
            case Computed(expression):
                assert lengths is not None, "a computed length is in a struct"
                self._source.line(f"if len({name}) != {lengths.write(expression)}: raise Odd")
                self._add(name)
            case Until(marker):
                self._source.line(f"if {bytes([marker])!r} in {name}: raise Odd")
                self._add(name)
                self._add(repr(bytes([marker])))
            case After(marker):
                self._add(repr(bytes([marker])))
                self._add(name)
            case _:
                self._add(name)

    def _list(self, node: List, name: str, lengths: Lengths | None) -> None:
        # Lengths are those of what was made of the items: another thread may change the list meanwhile.
        line = self._source.line
        match node.count:
            case Fixed(count):
                number = str(count)
            case Computed(expression):
                assert lengths is not None, "a computed length is in a struct"
                number = lengths.write(expression)
            case _:
                number = ""
        item = node.item
        if isinstance(item, Number) and item.kind != "char" and code_of(item) is not None:
            self._plain_items(item, number, name)
            return
        out, local = self._source.local("out"), self._source.local("item")
        with self._source.apart(loop=True) as body:
            writer = _Writer(self._source)
            part, _ = writer._part(item, local, set())
            writer.write(part, lengths)
            line(f"{out}.append({writer.result()})")
        line(f"{out} = []\nfor {local} in {name}:")
        self._source.lines += body
        if number:
            line(f"if len({out}) != {number}: raise Odd")
        self._add(f"b''.join({out})")

    def _plain_items(self, item: Number, number: str, name: str) -> None:
        line = self._source.line
        self._source.function(plain)
        if item.table is not None:
            local = self._source.local("item")
            line(f"{name} = [{self._enum(item, local)} for {local} in {name}]")
        else:
            allowed = {"int": (int,), "bool": (bool,), "float": (float, int)}[item.kind]
            note = " or ".join(t.__name__ for t in allowed)
            types = self._source.constant(("types", allowed), "types", note, lambda: frozenset(allowed))
            otherwise = f"{name} = [*map(plain, {name})]" if item.kind == "int" else "raise Odd"
            line(f"if not {types}.issuperset(map(type, {name})): {otherwise}")
        code = code_of(item)
        if code == "B":
            line(f"{name} = bytes({name})")
            if number:
                line(f"if len({name}) != {number}: raise Odd")
            self._add(name)
        elif number.isdigit():
            call = self._source.struct(f"{order_of(item) or '>'}{number}{code}", "pack")
            self._add(f"{call}(*{name})")
        else:
            self._source.function(pack)
            self._add(f"pack(f'{order_of(item) or '>'}{{{number or f'len({name})'}}}{code}', *{name})")


class _Solution(NamedTuple):
    """The op that a derived number sizes, and its length."""

    sized: int
    length: Computed


def _is_int(node: Node) -> bool:
    return isinstance(node, Number) and node.kind == "int"


def _solutions(plan: Plan, around: set[Path]) -> dict[Path, _Solution]:
    """
    The derived numbers that one length gives, whatever the other fields hold: what sizes one field directly, mostly.

    Others are left to the readable runner. So are those that a struct around this one refers to as well.
    """
    sized = [(i, length, items) for i, op in enumerate(plan.ops) for length, items in lengths_in(op.node)]
    found: dict[Path, _Solution] = {}
    paths = referred(plan) | {(i,) for i, op in enumerate(plan.ops) if op.derived == "here"}
    for path in paths:
        if derived_at(plan, path) != ("here" if len(path) == 1 else "outer") or (path in around and len(path) > 1):
            continue
        unknown = Ref(path)
        using = [entry for entry in sized if unknown in references(entry[1].expression)]
        others = {ref for _, length, _ in using for ref in references(length.expression)} - {unknown}
        if not using or any(_is_unknown(plan, ref.path) for ref in others):
            continue
        first, length, items = using[0]
        if not items and _can_undo(length, unknown):
            found[path] = _Solution(first, length)
    return found


def _is_unknown(plan: Plan, path: Path) -> bool:
    # What a nested struct derives by itself is known here.
    return derived_at(plan, path) == ("here" if len(path) == 1 else "outer")


def _can_undo(length: Computed, unknown: Ref) -> bool:
    if references(length.expression).count(unknown) != 1:
        return False
    expression = length.expression
    while isinstance(expression, Binary):
        if expression.operator == "%":
            return False
        expression = expression.left if unknown in references(expression.left) else expression.right
    return True


def derived_at(plan: Plan, path: Path) -> str:
    """
    How the field is derived that a path leads to; see `Op`.
    """
    *outer, last = path
    for i in outer:
        node = plan.ops[i].node
        assert isinstance(node, Record), "only structs have paths inside them"
        plan = node.plan
    return plan.ops[last].derived
