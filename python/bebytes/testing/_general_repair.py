"""
Values of classes beyond the crate BeBytes: numbers that do not agree with what they measure, put right.
"""

from typing import Any

from bebytes._derive import length_of_list
from bebytes._expression import references, solve
from bebytes._plan import Op, Plan, Ref
from bebytes._python import Runner
from bebytes.errors import BeBytesError, DecodeError, EncodeError, LengthMismatch
from bebytes.fields import derived

from ._common import set_slot, slot
from ._general_hints import expressions
from ._outcome import comparable

_REPAIRS = 6


def survives(runner: Runner, value: Any) -> bool:
    """
    Whether a value can be encoded, and decoded to an equal one.
    """
    try:
        data = runner.encode(value)
        return bool(comparable(runner.decode(data)) == comparable(value))
    except BeBytesError:
        return False


def repaired(plan: Plan, runner: Runner, value: Any) -> bool:
    """
    Set numbers that say how long something is to what it is; whether the value survives then.
    """
    for _ in range(_REPAIRS):
        try:
            data = runner.encode(value)
        except LengthMismatch as e:
            if not _set_length(plan, value, e):
                return False
            continue
        except EncodeError:
            return False
        try:
            again = runner.decode(data)
        except DecodeError:
            return False
        if comparable(again) == comparable(value):
            return True
        # Numbers that decoding keeps or frees: the other value is as good, if it stays.
        return _adopt(runner, value, again, data)
    return False


def _adopt(runner: Runner, value: Any, again: Any, data: bytes) -> bool:
    try:
        if runner.encode(again) != data or comparable(runner.decode(data)) != comparable(again):
            return False
    except BeBytesError:
        return False
    for i in range(len(type(value).__bebytes_slots__)):
        set_slot(value, i, slot(again, i))
    return True


def _set_length(plan: Plan, record: Any, error: LengthMismatch) -> bool:
    # Follow the path to the struct whose field has the wrong length, and set the number that it wants.
    path = list(error.path)
    while path:
        name = path.pop(0)
        index = next(i for i, op in enumerate(plan.ops) if op.name == name)
        node: Any = plan.ops[index].node
        value = slot(record, index)
        inner = node
        deeper = False
        while path and not deeper:
            step = path[0]
            if isinstance(step, int) and issubclass(type(value), (list, tuple)) and step < length_of_list(value):
                value = value[step]
                path.pop(0)
            elif isinstance(step, str) and hasattr(type(value), "__bebytes_schema__"):
                from ._values import plan_of

                found = plan_of(inner, type(value))
                if found is None:
                    return False
                plan, record, deeper = found, value, True
            else:
                return False
        if not deeper:
            return _solve_for(record, node, error.actual)
    return False


def _solve_for(record: Any, node: Any, actual: int) -> bool:
    for what, expression, _ in expressions(Op("", node, "", 0, -1)):
        if what != "length":
            continue
        refs = [ref for ref in references(expression) if len(ref.path) == 1]
        for ref in refs:
            known: dict[Ref, Any] = {other: slot(record, other.path[0]) for other in refs if other != ref}
            if not all(isinstance(n, int) for n in known.values()) or slot(record, ref.path[0]) is derived:
                continue
            number = solve(expression, ref, known.__getitem__, actual)
            if number is not None and isinstance(slot(record, ref.path[0]), int):
                set_slot(record, ref.path[0], number)
                return True
    return False
