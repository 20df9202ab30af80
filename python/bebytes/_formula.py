"""
Formulas: the value of an expression in the whole language, with numbers of 128 bits and bytes.
"""

from collections.abc import Callable, Iterator
from typing import Any

from ._expression import LIMIT, InvalidValue
from ._plan import Binary, Constant
from ._plan_general import AnyExpression, Bytes, Choice, Leaf, Unary

_LEAST, _MOST = -(1 << 127), (1 << 127) - 1

Lookup = Callable[[Any], Any]
"""What a leaf stands for: a number, bytes, or None where the field is absent."""


def leaves(expression: AnyExpression) -> Iterator[Leaf]:
    """
    What an expression refers to, from left to right.
    """
    match expression:
        case Constant() | Bytes():
            return
        case Binary():
            yield from leaves(expression.left)
            yield from leaves(expression.right)
        case Unary():
            yield from leaves(expression.operand)
        case Choice():
            yield from leaves(expression.condition)
            yield from leaves(expression.yes)
            yield from leaves(expression.no)
        case _:
            yield expression


def evaluate_whole(expression: AnyExpression, lookup: Lookup) -> int:
    """
    The number that an expression comes to.

    Raises:
        InvalidValue: an operand or a result does not fit into 128 bits, is absent, or a division is by zero.
    """
    number: int = _evaluate(expression, lookup, natural=False)
    return number


def evaluate_natural(expression: AnyExpression, lookup: Lookup) -> int:
    """
    The same in a length: what goes into and comes out of `+ - * / %` lies in 0 to 2**64 - 1.

    Raises:
        InvalidValue: as for `evaluate_whole`, or for what is out of these bounds.
    """
    number: int = _evaluate(expression, lookup, natural=True)
    return number


def _evaluate(expression: AnyExpression, lookup: Lookup, *, natural: bool) -> Any:
    match expression:
        case Constant() | Bytes():
            return expression.value
        case Binary():
            return _binary(expression, lookup, natural=natural)
        case Unary():
            return _unary(expression.operator, _evaluate(expression.operand, lookup, natural=natural))
        case Choice():
            condition = _evaluate(expression.condition, lookup, natural=natural)
            return _evaluate(expression.yes if condition else expression.no, lookup, natural=natural)
    value = lookup(expression)
    if value is None:
        raise InvalidValue(None)
    return _whole(value) if isinstance(value, int) else value


def _unary(operator: str, value: int) -> int:
    match operator:
        case "not":
            return int(not value)
        case "~":
            return ~value
    return _whole(-value)


def _binary(expression: Binary, lookup: Lookup, *, natural: bool) -> int:
    left: Any = _evaluate(expression.left, lookup, natural=natural)
    match expression.operator:
        case "and" | "or":
            if bool(left) == (expression.operator == "or"):
                return int(bool(left))
            return int(bool(_evaluate(expression.right, lookup, natural=natural)))
        case "+" | "-" | "*" | "/" | "%":
            bounded = _natural if natural else _whole
            left = bounded(left)
            right: Any = bounded(_evaluate(expression.right, lookup, natural=natural))
            return bounded(_arithmetic(expression.operator, left, right))
    return _bitwise(expression.operator, left, _evaluate(expression.right, lookup, natural=natural))


def _arithmetic(operator: str, left: int, right: int) -> int:
    match operator:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
    if right == 0:
        raise InvalidValue(None)
    return left // right if operator == "/" else left % right


def _bitwise(operator: str, left: Any, right: Any) -> int:
    match operator:
        case "&":
            return int(left & right)
        case "|":
            return int(left | right)
        case "^":
            return int(left ^ right)
        case "<<" | ">>" if not 0 <= right <= 127:
            raise InvalidValue(right)
        case "<<":
            return _whole(left << right)
        case ">>":
            return int(left >> right)
        case "==":
            return int(left == right)
        case "!=":
            return int(left != right)
        case "<":
            return int(left < right)
        case "<=":
            return int(left <= right)
        case ">":
            return int(left > right)
    return int(left >= right)


def _whole(value: int) -> int:
    if not _LEAST <= value <= _MOST:
        raise InvalidValue(value)
    return value


def _natural(value: int) -> int:
    if not 0 <= value <= LIMIT:
        raise InvalidValue(value)
    return value


def evaluate_any(expression: AnyExpression, lookup: Lookup) -> int | bytes:
    """
    The number or the bytes that an expression comes to.

    Raises:
        InvalidValue: as for `evaluate_whole`.
    """
    value: int | bytes = _evaluate(expression, lookup, natural=False)
    return value
