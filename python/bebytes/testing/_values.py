"""
Values that can be encoded: the numbers that lengths refer to come first, then everything is drawn to fit.
"""

import array
import functools
import itertools
import random
from collections.abc import Iterator
from typing import Any

from hypothesis import reject
from hypothesis import strategies as st

from bebytes import Struct
from bebytes._expression import InvalidValue, evaluate, references
from bebytes._plan import (
    Computed,
    Data,
    Expression,
    Fixed,
    Length,
    List,
    Node,
    Number,
    Op,
    Option,
    Plan,
    Record,
    Table,
    Until,
)
from bebytes._python import Runner
from bebytes._python_common import find_member
from bebytes._schema import schema_of
from bebytes.fields import derived

from ._common import MOST_BYTES, Index, S, exchange, slot

_MOST_ITEMS = 6


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
    return values_of(schema_of(cls).plan("big"), spelled)


def values_of(plan: Plan, spelled: bool) -> st.SearchStrategy[Any]:
    """
    The same, of a plan.
    """
    if plan.plain:
        return _plain_values(plan, spelled)
    from ._general_values import general_values

    return general_values(plan, spelled)


@st.composite
def _plain_values(draw: st.DrawFn, plan: Plan, spelled: bool) -> Any:
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
            held[op.name] = Index(number) if spelled and draw(st.booleans()) else number
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
            value = draw(number_values(node, spelled))
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


def number_values(node: Number, spelled: bool) -> st.SearchStrategy[Any]:
    """
    Values of a number of fixed width.
    """
    least, greatest = node.minimum, node.maximum
    match node.kind:
        case "bool":
            return st.sampled_from([False, True, *([0, 1, Index(1)] if spelled else [])])
        case "char":
            return st.characters(max_codepoint=int(greatest), exclude_categories=["Cs"])
        case "float":
            floats = st.floats(width=32 if node.width == 32 else 64)
            exact = st.integers(-(2**20), 2**20)
            return st.one_of(floats, floats.map(_Float), exact, exact.map(Index)) if spelled else floats
        case "int":
            edges = st.sampled_from([int(least), int(greatest), 0])
            integers = st.one_of(st.integers(int(least), int(greatest)), edges)
            return st.one_of(integers, integers.map(Index)) if spelled else integers
    table = node.table
    assert table is not None, "an enum or flags number has a table"
    some = member_values(table)
    if spelled:
        return st.one_of(some, some.map(int), some.map(lambda m: Index(int(m))))
    return some


def member_values(table: Table) -> st.SearchStrategy[Any]:
    """
    Members of an enum, or unions of flags.
    """
    if not table.flags:
        return st.sampled_from(table.members)
    several = st.lists(st.sampled_from(table.values), max_size=4)
    return several.map(lambda some: find_member(table, functools.reduce(int.__or__, some, 0)))


def _data(node: Data, length: int | None, spelled: bool) -> st.SearchStrategy[Any]:
    marker = bytes([node.length.marker]) if isinstance(node.length, Until) else b""
    if node.text:
        return st.text(max_size=MOST_BYTES if length is None else length).map(lambda s: _cut_text(s, length, marker))
    least, most = (0, MOST_BYTES) if length is None else (length, length)
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
    encode = functools.partial(Runner(plan).encode, value)
    expected = encode()
    for record, number, op in _derived(plan, value):
        if (op.derived == "here" and not spelled) or (spelled and draw(st.booleans())):
            if not exchange(record, number, derived, encode, expected) and not spelled:
                reject()  # decoding sets it free


def _derived(plan: Plan, value: Any) -> Iterator[tuple[Struct, int, Op]]:
    for record, number, op in places_in(plan, value):
        if op.derived:
            yield record, number, op


def places_in(plan: Plan, record: Any) -> Iterator[tuple[Struct, int, Op]]:
    """
    All fields of a value, those of the structs inside it too.
    """
    for i, op in enumerate(plan.ops):
        yield record, i, op
        for inner, inner_plan in _records(op.node, slot(record, i)):
            yield from places_in(inner_plan, inner)


def _records(node: Any, value: Any) -> Iterator[tuple[Struct, Plan]]:
    if isinstance(node, List) and isinstance(value, list):
        for item in value:
            yield from _records(node.item, item)
    elif isinstance(value, Struct):
        plan = plan_of(node, type(value))
        if plan is not None:
            yield value, plan


def plan_of(node: Any, cls: type) -> Plan | None:
    """
    The plan that a node has for structs of a class, inside whatever stands around it.
    """
    pending = [node]
    while pending:
        at = pending.pop()
        plan = getattr(at, "plan", None)
        if plan is not None and issubclass(cls, plan.cls):
            return plan  # type: ignore[no-any-return]  # of a node
        pending += [inner for name in ("node", "item", "big") if (inner := getattr(at, name, None)) is not None]
        every = (*getattr(at, "cases", ()), *((at.default,) if getattr(at, "default", None) is not None else ()))
        pending += [case.node for case in every if case.node is not None]
    return None
