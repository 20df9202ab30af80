"""
Expressions of the whole language over the fields of a struct that were read or written.
"""

from typing import Any

from ._expression import evaluate
from ._formula import evaluate_whole
from ._plan import Ref
from ._plan_general import AnyExpression, Item, Len, Own, Parameter, SizeOf
from ._python_common import Operand, Scope, follow


class Pending(Exception):
    """
    A number that is not known yet, because what it measures is not written yet.
    """


PENDING: Any = Pending
"""The operand of a field whose number is not known yet."""


def whole(expression: AnyExpression, scope: Scope) -> int:
    """
    The number that an expression comes to, of up to 128 bits.

    Raises:
        InvalidValue: it has none.
    """
    return evaluate_whole(expression, scope.lookup)


def natural(expression: Any, scope: Scope) -> int:
    """
    The number that a length comes to, 0 to 2**64 - 1.

    Raises:
        InvalidValue: it has none.
    """
    return evaluate(expression, scope.lookup)


def look_up(scope: Scope, leaf: Any) -> Operand:
    """
    What a leaf other than a `Ref` stands for; None where the field is absent.
    """
    match leaf:
        case Parameter(i):
            return scope.parameters[i]
        case Item(path):
            return follow(scope.item, path)
        case Own():
            return scope.own
        case Len(path):
            operand = follow(scope, path)
            return None if operand is None else length_of_operand(operand)
        case SizeOf(path, last):
            return size_of(scope, path, last)
        case Ref(path):
            return follow(scope, path)
    raise AssertionError(f"{leaf!r} is no leaf")


def length_of_operand(operand: Operand) -> int:
    """
    The items of a list, or the bytes of data.
    """
    length: int = len(operand)
    return length


def size_of(scope: Scope, path: tuple[int, ...], last: int) -> int | None:
    """
    The bytes that fields of a struct take.
    """
    if not path:
        start, end = scope.start, scope.spans[-1][1] if scope.spans else scope.start
    else:
        inner = follow(scope, path[:-1])
        if inner is None:
            return None
        start, end = inner.spans[path[-1]][0], inner.spans[last][1]
    return (end + 7) // 8 - start // 8


def parameters_of(node: Any, scope: Scope | None) -> tuple[int, ...]:
    """
    The numbers that a struct gets from the one around it.

    Raises:
        InvalidValue: one has none.
    """
    if not node.parameters:
        return ()
    assert scope is not None, "a struct with parameters stands in another"
    return tuple(whole(formula.expression, scope) for formula in node.parameters)


__all__ = [
    "PENDING",
    "Pending",
    "length_of_operand",
    "look_up",
    "natural",
    "parameters_of",
    "size_of",
    "whole",
]
