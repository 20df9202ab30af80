"""
Derived numbers in plans that are not plain, and what fields that are not stored would be now.
"""

from collections.abc import Iterator
from typing import Any

from ._derive import (
    DEFERRED,
    MEASURED,
    UNSET,
    UNSOLVABLE,
    is_record_of,
    sized_by,
    solve_derived,
    unsolved,
)
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
            if value is not None:
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
        case Switch(selector, cases, default):
            key = key_of(cases, value)
            if key is not None or value is UNSET:
                yield selector, key
            case = case_of(cases, default, value)
            if case is not None and case.node is not None:
                yield from sized_by(case.node, value)


def case_of(cases: tuple[Case, ...], default: Case | None, value: Any) -> Case | None:
    """
    The case that a value's class belongs to.
    """
    every = (*cases, *((default,) if default is not None else ()))
    return next(iter(_cases_of(every, value)), None)


def _cases_of(cases: tuple[Case, ...], value: Any) -> list[Case]:
    # Those of the class itself come before those of the classes that it derives from.
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
        EncodeError: it cannot be told, because another field is wrong.
    """
    op = plan.ops[index]
    if op.extra is not None and op.extra.constant is not None:
        return op.extra.constant
    if op.derived == "here" and not isinstance(op.node, When):  # whether that is there, writing tells
        solution = solve_derived(plan, record).get((index,), UNSOLVABLE)
        if solution is UNSOLVABLE or solution is DEFERRED:
            raise unsolved(path=(op.name,), struct=plan.name)
        if solution is not MEASURED:
            return _shown(op.node, solution)
    out = Output()
    try:
        from ._python_write_general import finish_message

        scope, _ = write_record(plan, record, out, 0, {}, (0,) * len(plan.parameters))
        if scope.operands[index] is PENDING:
            # Only then: where the record stands in another one, the positions in it mean nothing here.
            finish_message(out)
    except EncodeError as e:
        e.struct = plan.name
        raise
    return _shown(op.node, scope.operands[index])


def _shown(node: Any, number: Any) -> Any:
    # An enum's number as its member.
    table = getattr(node, "table", None)
    return table.lookup.get(number, number) if table is not None else number
