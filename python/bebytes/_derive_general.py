"""
Derived numbers in plans that are not plain, and what fields that are not stored would be now.
"""

from collections.abc import Iterator
from typing import Any

from ._derive import (
    ABSENT,
    DEFERRED,
    MEASURED,
    UNSET,
    UNSOLVABLE,
    absent,
    is_record_of,
    sized_by,
    slot_value,
    solve_derived,
    unsolved,
)
from ._expression import references
from ._inner_nodes import carrier
from ._plan import Computed, Data, Plan
from ._plan_general import Adapted, Case, Ordered, Placed, Sized, Switch, When
from ._python_formula import PENDING
from ._python_write import Output, content_of, write_record
from .errors import EncodeError


def sized_by_general(node: Any, value: Any) -> Iterator[tuple[Any, Any]]:
    """
    As `_derive.sized_by`, of a node that is in no plain plan.
    """
    match node:
        case When(_, inner):
            if value is None:
                yield from absent(inner)
            else:
                yield from sized_by(inner, value)
        case Sized(length, inner):
            if isinstance(length, Computed):
                yield length, MEASURED
            yield from sized_by(inner, value)
        case Placed(position, _, _, inner):
            yield position, MEASURED
            yield from sized_by(inner, value)
        case Ordered(_, inner, _):
            yield from sized_by(inner, value)
        case Adapted(inner, _, encode):
            if isinstance(inner, Data) and isinstance(inner.length, Computed):
                try:
                    carried = encode(value)
                except Exception:  # noqa: BLE001 (a user's code; raised where the field is written)
                    carried = UNSET
                yield from sized_by(inner, carried)
        case Switch(selector, cases):
            key = key_of(cases, value)
            if key is not None or value is UNSET:
                yield selector, key
            case = next(iter(_cases_of(node.every, value)), None)
            if case is not None and case.node is not None:
                yield from sized_by(case.node, value)


def told_by_nothing(plan: Plan, record: Any) -> list[int]:
    """
    The derived fields of a record whose number is for fields that are not there, and for no other.
    """
    told: set[int] = set()
    free: set[int] = set()
    for i, op in enumerate(plan.ops):
        for length, measured in sized_by(op.node, slot_value(record, i)):
            (free if measured is ABSENT else told).update(
                ref.path[0] for ref in references(length.expression) if len(ref.path) == 1
            )
    return sorted(free - told)


def _cases_of(cases: tuple[Case, ...], value: Any) -> list[Case]:
    # The cases that a value's class belongs to. Those of the class itself come before those of the classes that it derives from.
    exact = [case for case in cases if case.node is not None and type(value) in case.classes]
    return exact or [case for case in cases if is_of_case(case, value)]


def is_of_case(case: Case, value: Any) -> bool:
    """
    Whether a value's class belongs to a case.
    """
    if case.node is None:
        return value is None
    return any(
        is_record_of(value, cls) if hasattr(cls, "__bebytes_schema__") else issubclass(type(value), cls)
        for cls in case.classes
    )


def key_of(cases: tuple[Case, ...], value: Any) -> Any:
    """
    The selector's value for the class of a value, or None: only where one case of one number has it.
    """
    keys = [key for case in _cases_of(cases, value) for key in case.keys]
    return keys[0] if len(keys) == 1 and isinstance(keys[0], int) else None


def measure_text(node: Data, value: Any) -> int | None:
    """
    The bytes of a string in its codec, or None.
    """
    try:
        return len(content_of(node, value, 0))
    except EncodeError:
        return None


def value_now(plan: Plan, record: Any, index: int) -> Any:
    """
    What a field that is not stored would be if the record were written now.

    Raises:
        EncodeError: it cannot be told, because another field is wrong, or because the struct around says it.
    """
    op = plan.ops[index]
    if op.extra is not None and op.extra.constant is not None and not isinstance(op.node, When | Ordered):
        return op.extra.constant
    if op.derived == "here" and not isinstance(op.node, When | Ordered):
        solution = solve_derived(plan, record).get((index,), UNSOLVABLE)
        if solution is UNSOLVABLE or solution is DEFERRED:
            raise unsolved(path=(op.name,), struct=plan.name)
        if solution is not MEASURED:
            return _shown(op.node, solution)
    out = Output()
    out.asked = index
    try:
        from ._python_write_general import finish_message

        # What the struct around says is not known here, so whatever asks for it has no value.
        unknown: tuple[Any, ...] = (None,) * len(plan.parameters)
        scope, _ = write_record(plan, record, out, 0, {}, unknown)
        if scope.operands[index] is PENDING:
            # Only then: where the record stands in another one, the positions in it mean nothing here.
            finish_message(out)
    except EncodeError as e:
        if plan.parameters:
            raise unsolved(path=(op.name,), struct=plan.name) from e
        e.struct = plan.name
        raise
    operand = scope.operands[index]
    if op.extra is not None and op.extra.constant is not None and operand is not None:
        return op.extra.constant
    return _shown(op.node, operand)


def _shown(node: Any, number: Any) -> Any:
    # An enum's number as its member, that of a bool as a bool.
    node = carrier(node)
    node = getattr(node, "number", node)
    table = getattr(node, "table", None)
    if table is not None:
        return table.lookup.get(number, number)
    return bool(number) if getattr(node, "kind", "") == "bool" and number is not None else number
