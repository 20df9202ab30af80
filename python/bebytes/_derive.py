"""
Derived numbers: what a length or count field declared `derived` must be for the fields that it sizes.
"""

from collections.abc import Iterator
from operator import index
from typing import Any

from ._expression import references, solve
from ._plan import Computed, Data, List, Node, Number, Option, Plan, Record, Ref
from ._specifier import derived
from .errors import WrongType

DEFERRED = object()
"""The number cannot be told, because a field behind it is wrong; that field's error is the one to raise."""

MEASURED = object()
"""The number follows from the size or the place of a field, and is told once that is written."""

ABSENT = object()
"""The field that the number is for is not there; where that holds for all of them, the number is 0."""

UNSOLVABLE = object()
"""There is no whole number, or more than one unknown."""

UNSET = object()
"""The value of a slot that holds nothing."""

_NO_ITEM = object()

Solutions = dict[tuple[int, ...], Any]


def slot_value(record: Any, index_of_field: int) -> Any:
    """
    What a slot of a struct holds, `derived` included; `UNSET` where it holds nothing.
    """
    cls: Any = type(record)
    try:
        return cls.__bebytes_slots__[index_of_field].__get__(record)
    except AttributeError:
        return UNSET


def is_record_of(value: Any, cls: Any) -> bool:
    """
    Whether `value` is a `cls`, or of a subclass that adds no fields.
    """
    actual: Any = type(value)
    return issubclass(actual, cls) and len(actual.__bebytes_slots__) == len(cls.__bebytes_slots__)


def length_of_list(value: Any) -> int:
    """
    The number of items of a list or tuple, whatever a subclass makes of it.
    """
    return list.__len__(value) if issubclass(type(value), list) else tuple.__len__(value)


def item_of_list(value: Any, index_of_item: int) -> Any:
    """
    An item of a list or tuple, whatever a subclass makes of it.
    """
    of = list.__getitem__ if issubclass(type(value), list) else tuple.__getitem__
    return of(value, index_of_item)


def solve_derived(plan: Plan, record: Any) -> Solutions:
    """
    The numbers of all free derived fields that lengths of this plan refer to.

    Returns:
        From the path of the field in op indices to its number, `DEFERRED`, `MEASURED` or `UNSOLVABLE`.
    """
    solutions: Solutions = {
        (i,): UNSOLVABLE for i, op in enumerate(plan.ops) if op.derived == "here" and slot_value(record, i) is derived
    }
    # Padding that was not kept says nothing about its length: it has whatever length there is.
    values = [(op, slot_value(record, i)) for i, op in enumerate(plan.ops)]
    sized = [
        entry
        for op, value in values
        if not (op.derived == "padding" and value is derived)
        for entry in sized_by(op.node, value)
    ]
    for length, _ in sized:
        for ref in references(length.expression):
            if len(ref.path) > 1 and _nested_value(plan, record, ref) is derived:
                solutions[ref.path] = UNSOLVABLE
    if not solutions:
        return solutions
    progress = True
    while progress:
        progress = False
        for length, measured in sized:
            refs = references(length.expression)
            unknowns = {r for r in refs if solutions.get(r.path, 0) in (UNSOLVABLE, DEFERRED, MEASURED)}
            if len(unknowns) == 1:
                (unknown,) = unknowns
                solution = _solve_one(plan, record, length, measured, unknown, solutions)
                progress = progress or isinstance(solution, int)
                if solution is not UNSOLVABLE:
                    solutions[unknown.path] = solution
            elif measured is not None and measured is not ABSENT:
                # Beside numbers that show later, one that is left shows then too.
                left = {r.path for r in unknowns if solutions[r.path] is not MEASURED}
                if len(left) == 1:
                    solutions[left.pop()] = MEASURED
                    progress = True
    _settle_absent(sized, solutions)
    return solutions


def _settle_absent(sized: list[tuple[Any, Any]], solutions: Solutions) -> None:
    asked = {ref.path for length, measured in sized if measured is not ABSENT for ref in references(length.expression)}
    for length, measured in sized:
        if measured is ABSENT:
            for ref in references(length.expression):
                if ref.path not in asked and solutions.get(ref.path) is UNSOLVABLE:
                    solutions[ref.path] = 0


def _solve_one(plan: Plan, record: Any, length: Any, measured: Any, unknown: Ref, solutions: Solutions) -> Any:
    if measured is ABSENT:
        return UNSOLVABLE
    if measured is None:
        return DEFERRED
    if measured is MEASURED:
        return MEASURED
    known: dict[Ref, int] = {}
    for ref in references(length.expression):
        if ref != unknown:
            number = solutions[ref.path] if ref.path in solutions else _nested_value(plan, record, ref)
            if not isinstance(number, int):
                return DEFERRED
            known[ref] = number
    number = solve(length.expression, unknown, known.__getitem__, measured)
    return UNSOLVABLE if number is None else number


def sized_by(node: Any, value: Any) -> Iterator[tuple[Any, Any]]:
    """
    The computed lengths of a node, each with the length that the value has; of the items of a list, the first stands for all.

    The length is None where the value has none, and `MEASURED` where it shows once the value is written.
    """
    if not isinstance(node, (Number, Data, Option, Record, List)):
        from ._derive_general import sized_by_general

        yield from sized_by_general(node, value)
        return
    if isinstance(node, Option):
        if value is None:
            yield from absent(node.node)
        else:
            yield from sized_by(node.node, value)
        return
    length = length_of(node)
    if isinstance(length, Computed):
        yield length, measure(node, value)
    if isinstance(node, List):
        if value is _NO_ITEM:
            first = _NO_ITEM
        elif not issubclass(type(value), (list, tuple)):
            first = UNSET
        else:
            first = item_of_list(value, 0) if length_of_list(value) else _NO_ITEM
        yield from sized_by(node.item, first)


def absent(node: Any) -> Iterator[tuple[Any, Any]]:
    """
    The computed lengths of a node that is not there.
    """
    for length, _ in sized_by(node, UNSET):
        yield length, ABSENT


def length_of(node: Node) -> Any:
    """
    The length or count of a node that has one.
    """
    match node:
        case Data():
            return node.length
        case List():
            return node.count
    return None


def _nested_value(plan: Plan, record: Any, ref: Ref) -> Any:
    # The number that a reference stands for; `derived` where only this struct can give it; None where there is none.
    *outer, last = ref.path
    for i in outer:
        node = plan.ops[i].node
        record = slot_value(record, i)
        if not isinstance(node, Record) or not is_record_of(record, node.plan.cls):
            return None
        plan = node.plan
    value = slot_value(record, last)
    if value is not derived:
        return number_of(value)
    if plan.ops[last].derived == "here":
        number = solve_derived(plan, record)[last,]
        return number if isinstance(number, int) else None
    return derived if plan.ops[last].derived and outer else None


def number_of(value: Any) -> int | None:
    """
    The int that a value stands for by `__index__`, or None; what goes wrong in it is raised where the field is written.
    """
    try:
        return index(value)
    except Exception:  # noqa: BLE001 (a user's code; see above)
        return None


def measure(node: Node, value: Any) -> int | None:
    """
    The length of a value: bytes of data, items of a list; None where it has none.
    """
    if value is _NO_ITEM:
        return 0
    if isinstance(node, List):
        return length_of_list(value) if issubclass(type(value), (list, tuple)) else None
    if isinstance(node, Data) and node.form is not None:
        from ._derive_general import measure_text

        return measure_text(node, value)
    if isinstance(node, Data) and node.text:
        try:
            return len(str.encode(value)) if issubclass(type(value), str) else None
        except UnicodeEncodeError:
            return None
    try:
        with memoryview(value) as view:
            return view.nbytes if view.c_contiguous else None
    except Exception:  # noqa: BLE001 (no buffer, or the exporter's own trouble, raised where the field is written)
        return None


class DerivedAttribute:
    """
    The attribute of a derived, computed or constant field: it reads as what would be written now, unless a value was assigned.

    Assigning a number pins it; assigning `derived` frees it.
    """

    __slots__ = ("index", "name", "slot")

    def __init__(self, name: str, index: int, slot: Any) -> None:
        self.name = name
        self.index = index
        self.slot = slot

    def __get__(self, record: Any, owner: type | None = None) -> Any:
        if record is None:
            return self
        value = self.slot.__get__(record)
        if value is not derived:
            return value
        cls: Any = type(record)
        plan = cls.__bebytes_schema__.plan("big")
        if not plan.plain:
            from ._derive_general import value_now

            return value_now(plan, record, self.index)
        number = solve_derived(plan, record)[self.index,]
        if number is DEFERRED or number is UNSOLVABLE:
            raise unsolved(path=(self.name,), struct=cls.__name__)
        return number

    def __set__(self, record: Any, value: Any) -> None:
        self.slot.__set__(record, value)

    def __delete__(self, record: Any) -> None:
        self.slot.__delete__(record)


def unsolved(*, path: tuple[str | int, ...] = (), offset: int = 0, struct: str = "") -> WrongType:
    """
    The error of a derived field whose number cannot be told.
    """
    return WrongType(
        "a number: its length expression has no whole solution", "derived", path=path, offset=offset, struct=struct
    )
