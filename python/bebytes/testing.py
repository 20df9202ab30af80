"""
Hypothesis strategies for structs: classes, their values, their bytes, and both of them damaged.

They are what the project's own tests use; a class of yours can be tested with them as well:

    @given(values(Packet))
    def test_round_trip(packet):
        assert Packet.from_be_bytes(packet.to_be_bytes()) == packet

This module needs Hypothesis; nothing else in the package does.
"""

import array
import enum
import functools
import itertools
import random
import struct
from collections.abc import Callable, Iterator
from typing import Annotated, Any, Literal, NamedTuple, TypeVar

from hypothesis import note, reject
from hypothesis import strategies as st

import bebytes

from ._expression import InvalidValue, evaluate, references
from ._plan import Computed, Data, Expression, Fixed, Length, List, Node, Number, Op, Option, Plan, Record, Table, Until
from ._python import Runner
from ._python_common import find_member
from ._schema import schema_of
from ._struct import Struct
from .errors import BeBytesError, EncodeError
from .fields import derived

__all__ = ["damaged", "encodings", "outcome", "schemas", "values", "wrong_values"]

S = TypeVar("S", bound=Struct)
ByteOrder = Literal["big", "little"]

_MOST_BYTES = 24
_MOST_ITEMS = 6
_INTEGERS = ("u8", "u16", "u32", "u64", "u128", "i8", "i16", "i32", "i64", "i128")
_PERCENT = st.integers(1, 100)
_MARKERS = (0, 10, 0xFF, "'x'", "b'\\xa9'")


# Outcomes.


def outcome(call: Callable[..., Any], *args: Any) -> tuple[Any, ...]:
    """
    What a call gives, in a form in which two outcomes are equal when they cannot be told apart.

    Returns:
        `("value", value)` with structs taken apart, floats as their bits and the type of everything beside it; or the
        error's class and, where the error is one of ours, its text, path, offset and figures.
    """
    try:
        value = call(*args)
    except BeBytesError as e:
        figures = tuple(comparable(getattr(e, name)) for name in getattr(e, "figures", ()))
        return type(e).__name__, str(e), getattr(e, "path", None), getattr(e, "offset", None), figures
    except Exception as e:  # noqa: BLE001 (the user's own code may raise anything; its text is no business of ours)
        return (type(e).__name__,)
    return "value", comparable(value)


def comparable(value: Any) -> Any:
    """
    A value in a form that compares types too, takes structs apart to what their slots hold, and floats to their bits.
    """
    if isinstance(value, Struct):
        cls = type(value)
        slots = ((f.name, _slot(value, i)) for i, f in enumerate(schema_of(cls).fields))
        return cls, tuple((name, comparable(held)) for name, held in slots)
    if isinstance(value, (list, tuple)):
        return type(value), tuple(comparable(item) for item in value)
    if isinstance(value, float):
        return float, struct.pack(">d", value)
    return type(value), value


def _slot(record: Struct, number: int) -> Any:
    cls: Any = type(record)
    try:
        return cls.__bebytes_slots__[number].__get__(record)
    except AttributeError:
        return "<unset>"


def _set_slot(record: Struct, number: int, value: Any) -> None:
    cls: Any = type(record)
    cls.__bebytes_slots__[number].__set__(record, value)


# Classes.


class _Declared(NamedTuple):
    """
    A line of a class body; `keywords` are those of its specifier, as text.
    """

    name: str
    annotation: str
    keywords: dict[str, str]


class _Body:
    """
    A class body while it is drawn: its lines, the names they use, and the integer fields that lengths may refer to.
    """

    def __init__(self, draw: st.DrawFn, depth: int) -> None:
        self.draw = draw
        self.depth = depth
        self.lines: list[_Declared] = []
        self.scope: dict[str, Any] = {}
        self.numbers: list[str] = []
        self.cuts: list[int] = []  # where a subclass may begin

    def one_of(self, *choices: Any) -> Any:
        return self.draw(st.sampled_from(choices))

    def chance(self, percent: int) -> bool:
        return self.draw(_PERCENT) <= percent

    def add(self, annotation: str, **keywords: str) -> str:
        name = f"f{len(self.lines)}"
        self.lines.append(_Declared(name, annotation, keywords))
        if annotation in _INTEGERS:
            self.numbers.append(name)
        return name

    def order(self) -> dict[str, str]:
        if self.chance(75):
            return {}
        return {"byteorder": self.one_of("'big'", "'little'")}

    # The kinds of fields

    def field(self, last: bool) -> None:
        self.cuts.append(len(self.lines))
        kinds: list[Callable[[], None]] = [
            self.scalar,
            self.enumeration,
            self.bit_run,
            self.data,
            self.data,
            self.option,
            self.option,
            self.list,
            self.list,
            self.sections,
        ]
        if self.depth:
            kinds += [self.nested, self.nested]
        if last:
            kinds += [self.open] * 8
        self.draw(st.sampled_from(kinds))()

    def scalar(self) -> None:
        kind = self.one_of(*_INTEGERS, "f32", "f64", "bool", "char")
        self.add(kind, **self.order())

    def enumeration(self) -> None:
        self.add(self.enum_annotation(), **self.order())

    def enum_annotation(self) -> str:
        table = self.enum_class()
        values = [int(member) for member in table.__members__.values()]
        needed = max(v.bit_length() for v in values)
        name = self.name_of(table)
        if min(values) < 0:
            carriers = [w for w in (8, 16, 32, 64, 128) if all(-(1 << (w - 1)) <= v < 1 << (w - 1) for v in values)]
            return f"Annotated[{name}, i{self.one_of(*carriers)}]"
        if self.chance(60):
            return name
        return f"Annotated[{name}, u{self.one_of(*(w for w in (8, 16, 32, 64, 128) if w >= needed))}]"

    def enum_class(self) -> Any:
        if self.chance(40):
            bits = self.draw(st.sets(st.integers(0, self.one_of(3, 9, 40)), min_size=1, max_size=4))
            several = self.draw(st.sampled_from(((), (3,), (0,), (0b110, 0b1001))))
            return _enumeration("Flags", enum.IntFlag, tuple({*(1 << b for b in sorted(bits)), *several}))
        least, most = self.one_of((0, 3), (0, 200), (0, 2**20), (0, 2**100), (-5, 5), (-40000, 10), (7, 9))
        members = self.draw(st.sets(st.integers(least, most), min_size=1, max_size=4))
        return _enumeration("Kind", enum.IntEnum, tuple(sorted({*members, most})))

    def name_of(self, cls: Any) -> str:
        for name, known in self.scope.items():
            if known is cls:
                return name
        name = f"{cls.__name__}{len(self.scope)}"
        self.scope[name] = cls
        return name

    def bit_run(self) -> None:
        total, fields, order = 0, 0, self.order()
        while True:
            width = self.bit_field(order, 8 - total % 8 if fields >= 4 and total % 8 else None)
            total += width
            fields += 1
            if total % 8 == 0:
                if fields >= 3 or self.chance(60):
                    return
                order = self.order()

    def bit_field(self, order: dict[str, str], needed: int | None) -> int:
        """
        Add one bit field, of `needed` bits where that is given, and tell its width.
        """
        if needed is not None:
            self.add(self.one_of("u8", "i8", "u128"), bits=str(needed), **order)
            return needed
        match self.one_of("int", "int", "int", "bool", "char", "enum"):
            case "bool":
                self.add("bool", bits=self.one_of("None", "1"), **order)
                return 1
            case "char":
                width: int = self.draw(st.integers(1, 32))
                self.add("char", bits=str(width), **order)
                return width
            case "enum":
                return self.enum_bits(order)
        kind = self.one_of(*_INTEGERS)
        width = self.draw(st.integers(1, min(int(kind[1:]), self.one_of(7, 20, 128))))
        self.add(kind, bits=str(width), **order)
        return width

    def enum_bits(self, order: dict[str, str]) -> int:
        cls = self.enum_class()
        values = [int(member) for member in cls.__members__.values()]
        signed = min(values) < 0
        needed = max(1, *((v if v >= 0 else ~v).bit_length() + signed for v in values))
        name = self.name_of(cls)
        if max(values) > 0 and self.chance(50):
            self.add(f"Annotated[{name}, i128]" if signed else name, bits="None", **order)
            return needed
        width: int = self.draw(st.integers(needed, min(needed + 12, 128)))
        self.add(f"Annotated[{name}, i128]" if signed else name, bits=str(width), **order)
        return width

    def data(self) -> None:
        annotation = self.one_of("bytes", "str")
        if self.chance(30):
            self.add(annotation, until=str(self.one_of(*_MARKERS)))
        else:
            length = self.length()
            self.add(annotation, size=length)

    def option(self) -> None:
        match self.one_of("scalar", "scalar", "enum", "bytes"):
            case "scalar":
                self.add(f"{self.one_of(*_INTEGERS, 'f32', 'f64', 'bool', 'char')} | None", **self.order())
            case "enum":
                self.add(f"{self.enum_annotation()} | None", **self.order())
            case "bytes":
                self.add("bytes | None", size=str(self.draw(st.integers(0, 5))))

    def list(self) -> None:
        item, keywords, minimum = self.item()
        if self.chance(40):
            dimensions = self.draw(st.lists(st.integers(0, 3), min_size=1, max_size=3))
            annotation = item
            for _ in dimensions:
                annotation = f"list[{annotation}]"
            count = str(dimensions[0]) if len(dimensions) == 1 else repr(tuple(dimensions))
            self.add(annotation, count=count, **keywords, **self.order())
        else:
            count = self.length() if minimum else str(self.draw(st.integers(0, 3)))
            self.add(f"list[{item}]", count=count, **keywords, **self.order())

    def item(self) -> tuple[str, dict[str, str], int]:
        """
        The annotation of an item, the keywords it needs, and the least bytes it takes.
        """
        match self.one_of("scalar", "enum", "option", "data", *["struct"] * bool(self.depth)):
            case "enum":
                return self.enum_annotation(), {}, 1
            case "option":
                return f"{self.one_of(*_INTEGERS, 'f32', 'bool', 'char')} | None", {}, 2
            case "data":
                size = self.length()
                return self.one_of("bytes", "str"), {"size": size}, int(size) if size.isdigit() else 0
            case "struct":
                cls, _ = self.draw(_classes(self.depth - 1, may_end_open=False))
                return self.name_of(cls), {}, cls.field_size()
        return self.one_of(*_INTEGERS, "f32", "f64", "bool", "char"), {}, 1

    def sections(self) -> None:
        count = self.length()
        self.add(f"list[{self.one_of('bytes', 'str')}]", until=str(self.one_of(*_MARKERS)), count=count)

    def nested(self) -> None:
        cls, numbers = self.draw(_classes(self.depth - 1, may_end_open=False))
        name = self.add(self.name_of(cls), **self.order())
        self.numbers += [f"{name}.{number}" for number in numbers]

    def open(self) -> None:
        """
        Add a field that reads to the end of the input.
        """
        match self.one_of("rest", "after", "list", "struct"):
            case "after":
                self.add(self.one_of("bytes", "str"), after=str(self.one_of(*_MARKERS)))
            case "list":
                item, keywords, minimum = self.item()
                self.add(f"list[{item}]" if minimum else "list[u16]", **(keywords if minimum else {}), **self.order())
            case "struct" if self.depth:
                cls, _ = self.draw(_classes(self.depth - 1, may_end_open=True))
                self.add(self.name_of(cls), **self.order())
            case _:
                self.add(self.one_of("bytes", "str"))

    def length(self) -> str:
        """
        A length: a number, or an expression over fields that stand here already or are added now.
        """
        if self.chance(30):
            return str(self.draw(st.integers(0, 5)))
        if not self.numbers or self.chance(40):
            self.add(self.one_of(*_INTEGERS), **self.order())
        a, b = self.one_of(*self.numbers[-3:]), self.one_of(*self.numbers[-3:])
        n = self.draw(st.integers(1, 5))
        text: str = self.one_of(
            a, a, a, f"{a} + {n}", f"{a} - {n}", f"{n} - {a}", f"{a} * {n}", f"{a} / {n}", f"{a} % {n}",
            f"{a} + {b}", f"({a} - {b}) * {n}", f"{a} * {b}", f"{a} * {n} - {b}", f"{a} / {b}", f"{b} % {a}", f"{n}*({a}+1)",
        )  # fmt: skip
        return repr(text)

    # The class

    def define(self) -> type[Struct]:
        keywords = [k for k in ("frozen", "order") if self.chance(20)]
        self.free_numbers()
        scope: dict[str, Any] = {**vars(bebytes), "Annotated": Annotated, **self.scope, "__name__": __name__}
        # `derived` is a default, and only keyword-only fields may stand behind a default in any order.
        kw_only = any("default" in line.keywords for line in self.lines) or self.chance(30)
        cut = self.one_of(*self.cuts) if self.cuts and self.chance(20) else 0
        parts = [self.lines[:cut], self.lines[cut:]] if cut else [self.lines]
        source = []
        base = "Struct"
        for number, part in enumerate(parts):
            name = "Parent" if number < len(parts) - 1 else "Drawn"
            arguments = ", ".join([base, *(f"{k}=True" for k in (*keywords, *["kw_only"] * kw_only))])
            source.append(f"class {name}({arguments}):")
            source += [f"    {line.name}: {line.annotation}{self.right_side(line)}" for line in part] or ["    pass"]
            base = name
        text = "\n".join(source) + "\n"
        note(text)
        exec(compile(text, "<bebytes.testing>", "exec", dont_inherit=True), scope)  # noqa: S102 (text made above)
        cls: type[Struct] = scope["Drawn"]
        cls.__doc__ = text
        return cls

    def free_numbers(self) -> None:
        """
        Declare some of the numbers that lengths refer to `derived`.
        """
        lengths = " ".join(line.keywords.get(k, "") for line in self.lines for k in ("size", "count"))
        for line in self.lines:
            sizes = line.name in lengths.replace("'", " ").replace("(", " ").replace(")", " ").split()
            often = 15 if "%" in lengths or "/" in lengths else 60  # these lose the number, so the data may not give it
            if (sizes and self.chance(often)) or (line.name in self.numbers and self.chance(10)):
                line.keywords["default"] = "derived"

    def right_side(self, line: _Declared) -> str:
        keywords = dict(line.keywords)
        if not keywords:
            return ""
        if keywords == {"default": "derived"}:
            return " = derived"
        short = [k for k in ("bits", "size", "count", "until", "after") if k in keywords]
        if short and self.chance(50):
            first = keywords.pop(short[-1])
            if first[0] == "(" and short[-1] == "count":
                first = first[1:-1]
            if first == "None":
                first = ""
            rest = ", ".join([*filter(None, [first]), *(f"{k}={v}" for k, v in keywords.items())])
            return f" = {short[-1]}({rest})"
        return f" = field({', '.join(f'{k}={v}' for k, v in keywords.items())})"


@functools.cache
def _enumeration(name: str, base: Any, values: tuple[int, ...]) -> Any:
    return base(name, {f"M{i}": value for i, value in enumerate(values)})


@st.composite
def _classes(draw: st.DrawFn, depth: int, may_end_open: bool) -> tuple[type[Struct], list[str]]:
    body = _Body(draw, depth)
    number = draw(st.integers(0, 4)) if depth < 2 or body.chance(5) else draw(st.integers(2, 6))
    for i in range(number):
        body.field(last=may_end_open and i == number - 1)
    return body.define(), body.numbers


def schemas(*, depth: int = 2) -> st.SearchStrategy[type[Struct]]:
    """
    Struct classes that use every kind of field.

    The declaration stands in the class's `__doc__`, and is printed with an example that fails.

    Args:
        depth: how many structs there may be inside each other below the outermost.
    """
    return _classes(depth, may_end_open=True).map(lambda drawn: drawn[0])


# Values.


class _Index:
    """
    A number by `__index__` alone.
    """

    def __init__(self, number: int) -> None:
        self.number = number

    def __index__(self) -> int:
        return self.number

    def __repr__(self) -> str:
        return f"_Index({self.number})"


class _Float:
    """
    A number by `__float__` alone.
    """

    def __init__(self, number: float) -> None:
        self.number = number

    def __float__(self) -> float:
        return self.number

    def __repr__(self) -> str:
        return f"_Float({self.number})"


def values(cls: type[S], *, spelled: bool = False) -> st.SearchStrategy[S]:
    """
    Values of a class that can be encoded.

    Args:
        spelled: whether fields also hold other objects that stand for the same, such as a tuple for a list, a memoryview
            for bytes, 1 for True, or `derived` where only an outer struct gives the number. Without, decoding what a
            value encodes to gives an equal value.
    """
    return _values(schema_of(cls).plan("big"), spelled)


@st.composite
def _values(draw: st.DrawFn, plan: Plan, spelled: bool) -> Any:
    value, _ = _draw_record(draw, plan, {}, spelled)
    _free(draw, plan, value, spelled)
    return value


def _draw_record(
    draw: st.DrawFn, plan: Plan, given: dict[tuple[int, ...], int], spelled: bool
) -> tuple[Any, list[Any]]:
    # `given` are the numbers that the struct around this one has settled, by their path in op indices.
    lengths = tuple(length.expression for op in plan.ops for length in _computed(op.node))
    wanted = tuple(dict.fromkeys(ref.path for e in lengths for ref in references(e) if ref.path not in given))
    bounds = tuple(_bounds(plan, path) for path in wanted)
    choices = _assignments(lengths, wanted, bounds, tuple(given.items()))
    if not choices:
        reject()
    settled = {**given, **dict(zip(wanted, draw(st.sampled_from(choices)), strict=True))}
    numbers: list[Any] = []
    held: dict[str, Any] = {}
    for i, op in enumerate(plan.ops):
        if (i,) in settled:
            number = settled[i,]
            numbers.append(number)
            held[op.name] = _Index(number) if spelled and draw(st.booleans()) else number
        else:
            inner = {path[1:]: n for path, n in settled.items() if path[0] == i and len(path) > 1}
            held[op.name], number = _draw_node(draw, op.node, numbers, inner, spelled)
            numbers.append(number)
    cls: Any = plan.cls
    return (_without_fields(cls) if spelled and draw(st.booleans()) else cls)(**held), numbers


@functools.cache
def _without_fields(cls: Any) -> Any:
    return type(cls)(f"{cls.__name__}Too", (cls,), {"__module__": __name__}, frozen=schema_of(cls).frozen)


def _computed(node: Node) -> Iterator[Computed]:
    if isinstance(node, Data) and isinstance(node.length, Computed):
        yield node.length
    if isinstance(node, List):
        if isinstance(node.count, Computed):
            yield node.count
        yield from _computed(node.item)


def _bounds(plan: Plan, path: tuple[int, ...]) -> tuple[int, int]:
    node = plan.ops[path[0]].node
    for step in path[1:]:
        assert isinstance(node, Record), "only structs have numbers inside"
        node = node.plan.ops[step].node
    assert isinstance(node, Number), "lengths refer to numbers"
    return int(node.minimum), int(node.maximum)


@functools.lru_cache(maxsize=4096)
def _assignments(
    lengths: tuple[Expression, ...],
    wanted: tuple[tuple[int, ...], ...],
    bounds: tuple[tuple[int, int], ...],
    given: tuple[tuple[tuple[int, ...], int], ...],
) -> tuple[tuple[int, ...], ...]:
    # Small numbers for `wanted` with which all lengths are valid and small.
    most = {1: 64, 2: 12, 3: 5}.get(len(wanted), 2)
    source = random.Random(0)
    small = itertools.islice(itertools.product(range(most + 1), repeat=len(wanted)), 400)
    larger = (tuple(source.randrange(64) for _ in wanted) for _ in range(200))

    def fits(numbers: tuple[int, ...]) -> bool:
        if not all(least <= n <= greatest for n, (least, greatest) in zip(numbers, bounds, strict=True)):
            return False
        known = {**dict(given), **dict(zip(wanted, numbers, strict=True))}
        try:
            return all(evaluate(e, lambda ref: known[ref.path]) <= _MOST_ITEMS * 2 for e in lengths)
        except InvalidValue:
            return False

    return tuple(numbers for numbers in itertools.chain(small, larger) if fits(numbers))


def _draw_node(
    draw: st.DrawFn, node: Node, numbers: list[Any], given: dict[tuple[int, ...], int], spelled: bool
) -> tuple[Any, Any]:
    match node:
        case Number():
            value = draw(_numbers(node, spelled))
            return value, None
        case Data():
            return draw(_data(node, _length(node.length, numbers), spelled)), None
        case Record():
            return _draw_record(draw, node.plan, given, spelled)
        case Option():
            if draw(st.booleans()):
                return None, None
            return _draw_node(draw, node.node, numbers, {}, spelled)
        case List():
            number = _length(node.count, numbers)
            if number is None:
                number = draw(st.integers(0, _MOST_ITEMS))
            items = [_draw_node(draw, node.item, numbers, {}, spelled)[0] for _ in range(number)]
            return (tuple(items) if spelled and draw(st.booleans()) else items), None


def _length(length: Length, numbers: list[Any]) -> int | None:
    match length:
        case Fixed(value):
            return value
        case Computed(expression):

            def number(path: tuple[int, ...]) -> int:
                found: Any = numbers
                for step in path:
                    found = found[step]
                result: int = found
                return result

            return evaluate(expression, lambda ref: number(ref.path))
    return None


def _numbers(node: Number, spelled: bool) -> st.SearchStrategy[Any]:
    least, greatest = node.minimum, node.maximum
    match node.kind:
        case "bool":
            return st.sampled_from([False, True, *([0, 1, _Index(1)] if spelled else [])])
        case "char":
            return st.characters(max_codepoint=int(greatest), exclude_categories=["Cs"])
        case "float":
            floats = st.floats(width=32 if node.width == 32 else 64)
            exact = st.integers(-(2**20), 2**20)
            return st.one_of(floats, floats.map(_Float), exact, exact.map(_Index)) if spelled else floats
        case "int":
            edges = st.sampled_from([int(least), int(greatest), 0])
            integers = st.one_of(st.integers(int(least), int(greatest)), edges)
            return st.one_of(integers, integers.map(_Index)) if spelled else integers
    table = node.table
    assert table is not None, "an enum or flags number has a table"
    members = _members(table)
    if spelled:
        return st.one_of(members, members.map(int), members.map(lambda m: _Index(int(m))))
    return members


def _members(table: Table) -> st.SearchStrategy[Any]:
    if not table.flags:
        return st.sampled_from(table.members)
    several = st.lists(st.sampled_from(table.values), max_size=4)
    return several.map(lambda some: find_member(table, functools.reduce(int.__or__, some, 0)))


def _data(node: Data, length: int | None, spelled: bool) -> st.SearchStrategy[Any]:
    marker = bytes([node.length.marker]) if isinstance(node.length, Until) else b""
    if node.text:
        return st.text(max_size=_MOST_BYTES if length is None else length).map(lambda s: _cut_text(s, length, marker))
    least, most = (0, _MOST_BYTES) if length is None else (length, length)
    content = st.binary(min_size=least, max_size=most)
    if marker:
        content = content.map(lambda data: data.replace(marker, b""))
    if not spelled:
        return content
    return st.one_of(
        content,
        content.map(bytearray),
        content.map(lambda data: memoryview(data)),  # noqa: PLW0108 (a class of several signatures)
        content.map(lambda data: array.array("B", data)),
    )


def _cut_text(text: str, length: int | None, marker: bytes) -> str:
    # The text without what holds the marker, filled up or cut to `length` bytes.
    if marker:
        return "".join(c for c in text if marker not in c.encode())
    if length is None:
        return text
    cut = text.encode()[:length].decode(errors="ignore")
    return cut + "-" * (length - len(cut.encode()))


def _free(draw: st.DrawFn, plan: Plan, value: Any, spelled: bool) -> None:
    # Set derived numbers free where the encoding stays the same; not all can be told from the data.
    runner = Runner(plan)
    expected = runner.encode(value)
    for record, number, op in _derived(plan, value):
        if (op.derived == "here" and not spelled) or (spelled and draw(st.booleans())):
            pinned = _slot(record, number)
            _set_slot(record, number, derived)
            try:
                same = runner.encode(value) == expected
            except EncodeError:
                same = False
            if not same:
                _set_slot(record, number, pinned)
                if not spelled:
                    reject()  # decoding sets it free


def _derived(plan: Plan, value: Any) -> Iterator[tuple[Struct, int, Op]]:
    for record, number, op in _places(plan, value):
        if op.derived:
            yield record, number, op


def _places(plan: Plan, record: Any) -> Iterator[tuple[Struct, int, Op]]:
    """
    All fields of a value, those of the structs inside it too.
    """
    for i, op in enumerate(plan.ops):
        yield record, i, op
        for inner, inner_plan in _records(op.node, _slot(record, i)):
            yield from _places(inner_plan, inner)


def _records(node: Node, value: Any) -> Iterator[tuple[Struct, Plan]]:
    if isinstance(node, Record):
        yield value, node.plan
    elif isinstance(node, List):
        for item in value:
            yield from _records(node.item, item)


# Bytes.


def encodings(cls: type[Struct], byteorder: ByteOrder = "big") -> st.SearchStrategy[bytes]:
    """
    What values of a class encode to.
    """
    return values(cls).map(Runner(schema_of(cls).plan(byteorder)).encode)


def damaged(cls: type[Struct], byteorder: ByteOrder = "big") -> st.SearchStrategy[bytes]:
    """
    Encodings that were cut, lengthened, or changed by a bit, a byte or one; also bytes of no such origin.
    """
    return _damaged(encodings(cls, byteorder))


@st.composite
def _damaged(draw: st.DrawFn, whole: st.SearchStrategy[bytes]) -> bytes:
    if draw(_PERCENT) <= 15:
        return draw(st.binary(max_size=2 * _MOST_BYTES))
    data = bytearray(draw(whole))
    for _ in range(draw(st.integers(1, 3))):
        _damage_once(draw, data)
    return bytes(data)


def _damage_once(draw: st.DrawFn, data: bytearray) -> None:
    kind = draw(st.sampled_from(("cut", "lengthen", "flip", "step", "set", "drop", "insert")))
    at = draw(st.integers(0, max(len(data) - 1, 0)))
    if kind == "lengthen":
        data += draw(st.binary(min_size=1, max_size=4))
    elif kind == "cut":
        del data[len(data) - 1 - at :]
    elif kind == "insert":
        data.insert(at, draw(st.integers(0, 255)))
    elif not data:
        return
    elif kind == "drop":
        del data[at]
    elif kind == "flip":
        data[at] ^= 1 << draw(st.integers(0, 7))
    elif kind == "step":
        data[at] = (data[at] + draw(st.sampled_from((1, 255)))) % 256
    else:
        data[at] = draw(st.sampled_from((0, 1, 2, 0x7F, 0x80, 0xD8, 0xFE, 0xFF)))


# Wrong values.


def wrong_values(cls: type[S]) -> st.SearchStrategy[S]:
    """
    Values with one bad field, perhaps deep inside: of another kind, out of range, of another length, or unset.

    A class without fields has no such value.
    """
    return _wrong_values(schema_of(cls).plan("big"))


@st.composite
def _wrong_values(draw: st.DrawFn, plan: Plan) -> Any:
    value = draw(_values(plan, False))
    places = list(_places(plan, value))
    if not places:
        reject()
    record, number, op = draw(st.sampled_from(places))
    is_free = any(_slot(r, n) is derived for r, n, _ in places)
    bad = _spoiled(draw, op.node, _slot(record, number), is_free)
    if bad is _UNSET:
        holder: Any = type(record)
        holder.__bebytes_slots__[number].__delete__(record)
    else:
        _set_slot(record, number, bad)
    return value


_UNSET = object()


class _Other(Struct):
    """
    A struct that no field takes.
    """


def _spoiled(draw: st.DrawFn, node: Node, value: Any, is_free: bool) -> Any:
    # A bad value for a node, made from a good one where that matters; `is_free`: lengths may follow from the data.
    if isinstance(node, List) and value and draw(st.booleans()):
        i = draw(st.integers(0, len(value) - 1))
        bad = _spoiled(draw, node.item, value[i], is_free)
        return bad if bad is _UNSET else [*value[:i], bad, *value[i + 1 :]]
    of_kind = list(_misfits(node, value, is_free))
    if of_kind and draw(_PERCENT) <= 70:
        return draw(st.sampled_from(of_kind))
    return draw(st.sampled_from(list(_strangers(node))))


def _misfits(node: Node, value: Any, is_free: bool) -> Iterator[Any]:
    # Values of the right kind that do not fit.
    match node:
        case Option():
            yield from _misfits(node.node, value, is_free)
        case Number(kind="int" | "bool"):
            yield from (int(node.minimum) - 1, int(node.maximum) + 1, 10**400, -(10**400), _Index(2**130))
        case Number(kind="float"):
            yield from (10**400, -(10**400))
            if node.width == 32:
                yield from (3.5e38, -(2**128), 3.4028235677973366e38)
        case Number(kind="char"):
            yield from ("", "ab", "\ud800", "\udfff")
            if node.maximum < 0x10FFFF:
                yield chr(int(node.maximum) + 1)
        case Number(table=Table() as table):
            yield from (int(node.minimum) - 1, int(node.maximum) + 1, -(2**130))
            between = range(table.minimum, min(table.maximum, table.minimum + 70))
            yield from (n for n in between if find_member(table, n) is None)
        case Data(text=False):
            yield from _of_bad_length(node.length, value, b"-", is_free)
            if isinstance(node.length, Until):
                yield bytes(value or b"") + bytes([node.length.marker])
        case Data():
            yield from ("\ud800", "ab\udc80")
            yield from _of_bad_length(node.length, value, "\xe9", is_free)
            if isinstance(node.length, Until) and node.length.marker < 0x80:
                yield chr(node.length.marker) + (value or "")
        case List():
            yield from _of_bad_length(node.count, value, [None], is_free)


def _of_bad_length(length: Length, value: Any, item: Any, is_free: bool) -> Iterator[Any]:
    if value is not None and (isinstance(length, Fixed) or (isinstance(length, Computed) and not is_free)):
        yield value + item
        if value:
            yield value[:-1]


def _strangers(node: Node) -> Iterator[Any]:
    # Values of another kind.
    yield from (object(), _UNSET)
    if isinstance(node, Option):
        yield from (stranger for stranger in _strangers(node.node) if stranger is not None)
        return
    yield from (None, _Other(), 1j)
    match node:
        case Number(kind="float" | "char"):
            yield from (["1"], b"a", [])
        case Number():
            yield from ("1", b"1", 1.0, derived)
        case Data(text=False):
            yield from ("x", 5, [1], memoryview(b"abcdef")[::2])
        case Data():
            yield from (b"x", 5)
        case List():
            yield from ("abc", b"", {1: 2}, iter([]), range(2))
        case Record():
            yield from (5, {}, _Other)
