"""
Values that cannot be encoded: good ones with one bad field.
"""

from collections.abc import Iterator
from typing import Any

from hypothesis import reject
from hypothesis import strategies as st

from bebytes import Struct
from bebytes._plan import Computed, Data, Fixed, List, Number, Option, Plan, Record, Table, Until
from bebytes._plan_general import Adapted
from bebytes._python import Runner
from bebytes._python_common import find_member
from bebytes._schema import schema_of
from bebytes.errors import EncodeError
from bebytes.fields import derived

from ._common import PERCENT, Index, S, set_slot, slot
from ._values import places_in, values_of


def wrong_values(cls: type[S]) -> st.SearchStrategy[S]:
    """
    Values with one bad field, perhaps deep inside: of another kind, out of range, of another length, or unset.

    A class without fields has no such value.
    """
    return _wrong_values(schema_of(cls).plan("big"))


@st.composite
def _wrong_values(draw: st.DrawFn, plan: Plan) -> Any:
    for _ in range(_ATTEMPTS):
        value = _drawn(draw, plan)
        if plan.plain or _is_refused(plan, value):
            return value
    return reject()


_ATTEMPTS = 6
"""Of a plan that is not plain, some bad values turn out to be good: what an adapter takes, or padding that is ignored."""


def _is_refused(plan: Plan, value: Any) -> bool:
    try:
        Runner(plan).encode(value)
    except EncodeError:
        return True
    except Exception:  # noqa: BLE001 (the user's own code may raise anything, and is no business of ours)
        return False
    return False


def _drawn(draw: st.DrawFn, plan: Plan) -> Any:
    value = draw(values_of(plan, False))
    places = list(places_in(plan, value))
    if not places:
        reject()
    record, number, op = draw(st.sampled_from(places))
    is_free = any(slot(r, n) is derived for r, n, _ in places)
    bad = _spoiled(draw, op.node, slot(record, number), is_free)
    if bad is _UNSET:
        holder: Any = type(record)
        holder.__bebytes_slots__[number].__delete__(record)
    else:
        set_slot(record, number, bad)
    return value


_UNSET = object()


class _Other(Struct):
    """
    A struct that no field takes.
    """


def _spoiled(draw: st.DrawFn, node: Any, value: Any, is_free: bool) -> Any:
    # A bad value for a node, made from a good one where that matters; `is_free`: lengths may follow from the data.
    while not isinstance(node, Number | Data | Option | Record | List | Adapted) and hasattr(node, "node"):
        node = node.node  # conditions, windows, places
    node = getattr(node, "number", node)
    if isinstance(node, List) and value and draw(st.booleans()):
        i = draw(st.integers(0, len(value) - 1))
        bad = _spoiled(draw, node.item, value[i], is_free)
        return bad if bad is _UNSET else [*value[:i], bad, *value[i + 1 :]]
    of_kind = list(_misfits(node, value, is_free))
    if of_kind and draw(PERCENT) <= 70:
        return draw(st.sampled_from(of_kind))
    return draw(st.sampled_from(list(_strangers(node))))


def _misfits(node: Any, value: Any, is_free: bool) -> Iterator[Any]:
    # Values of the right kind that do not fit.
    if value is derived:
        value = None
    match node:
        case Option():
            yield from _misfits(node.node, value, is_free)
        case Number(kind="int" | "bool"):
            yield from (int(node.minimum) - 1, int(node.maximum) + 1, 10**400, -(10**400), Index(2**130))
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
                yield bytes(value or b"") + _bytes_of(node.length.marker)
        case Data():
            yield from ("\ud800", "ab\udc80")
            yield from _of_bad_length(node.length, value, "\xe9", is_free)
            if isinstance(node.length, Until) and _bytes_of(node.length.marker).isascii():
                yield _bytes_of(node.length.marker).decode() + (value or "")
        case List():
            yield from _of_bad_length(node.count, value, [None], is_free)


def _bytes_of(marker: int | bytes) -> bytes:
    return bytes([marker]) if isinstance(marker, int) else marker


def _of_bad_length(length: Any, value: Any, item: Any, is_free: bool) -> Iterator[Any]:
    if value is not None and (isinstance(length, Fixed) or (isinstance(length, Computed) and not is_free)):
        yield value + item
        if value:
            yield value[:-1]


def _strangers(node: Any) -> Iterator[Any]:
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
