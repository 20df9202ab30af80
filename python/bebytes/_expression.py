"""
Length expressions: text → tree, its value, and the value of one unknown in it.

What most lengths need is here: unsigned integers, earlier integer fields (dotted into nested structs), `+ - * / %` and
parentheses. `/` divides to a whole number, and every operand and result lies in 0 to 2**64 - 1.
The rest of the language is in `_formula.py`, and how text is read in `_parse.py`.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, TypeAlias

from ._plan import Binary, Constant, Expression, Ref

LIMIT = 2**64 - 1
_ARITHMETIC = frozenset("+-*/%")


class Name(NamedTuple):
    """A field in an expression, before it is resolved: `header.length` is `("header", "length")`."""

    path: tuple[str, ...]


class Operation(NamedTuple):
    """
    An operator and its operands, before names are resolved.

    Of two operands, those of Python (`/` for whole division); of one, `-`, `~`, `not`, `len` and `sizeof`; of two names
    `sizeof` too (from the first to the last); of three, `if`: condition, then, else.
    """

    operator: str
    operands: "tuple[Tree, ...]"


Tree: TypeAlias = int | bytes | Name | Operation


class InvalidValue(Exception):
    """
    An operand or a result that an expression cannot have: `value`, or None for a division by zero or a field that is absent.
    """

    def __init__(self, value: int | None) -> None:
        super().__init__(value)
        self.value = value


def parse(text: str) -> Tree:
    """
    Parse an expression.

    Raises:
        ValueError: it is not of the language; the text says why.
    """
    if text.isidentifier() and text not in ("True", "False", "None"):
        return Name((text,))
    from ._parse import parse_text  # only expressions need it, and importing bebytes should cost little

    return parse_text(text)


def names(tree: Tree) -> list[Name]:
    """
    The fields an expression refers to, from left to right.
    """
    if isinstance(tree, Name):
        return [tree]
    if isinstance(tree, Operation):
        return [name for operand in tree.operands for name in names(operand)]
    return []


def references(expression: Any) -> list[Ref]:
    """
    The references in a compiled expression, from left to right.
    """
    if isinstance(expression, Ref):
        return [expression]
    if isinstance(expression, Binary):
        return references(expression.left) + references(expression.right)
    if isinstance(expression, Constant):
        return []
    from ._formula import leaves

    return [leaf for leaf in leaves(expression) if isinstance(leaf, Ref)]


def evaluate(expression: Any, number: Callable[[Any], int | None]) -> int:
    """
    The value of a length expression, left before right.

    Args:
        number: gives the number a reference stands for.

    Raises:
        InvalidValue: an operand or a result is out of bounds.
    """
    if isinstance(expression, Constant):
        return _bounded(expression.value)
    if isinstance(expression, Ref):
        value = number(expression)
        if value is None:
            raise InvalidValue(None)
        return _bounded(value)
    if not isinstance(expression, Binary) or expression.operator not in _ARITHMETIC:
        from ._formula import evaluate_natural

        return _bounded(evaluate_natural(expression, number))
    left = evaluate(expression.left, number)
    right = evaluate(expression.right, number)
    match expression.operator:
        case "+":
            return _bounded(left + right)
        case "-":
            return _bounded(left - right)
        case "*":
            return _bounded(left * right)
    if right == 0:
        raise InvalidValue(None)
    return left // right if expression.operator == "/" else left % right


def _bounded(value: int) -> int:
    if not 0 <= value <= LIMIT:
        raise InvalidValue(value)
    return value


def solve(expression: Expression, unknown: Ref, known: Callable[[Ref], int], target: int) -> int | None:
    """
    The number that `unknown` must be for the expression to come to `target`, or None where there is no whole one.

    An unknown that occurs once is solved by undoing the operations around it; one that occurs more often only where the
    expression is a multiple of it plus something, made with + - *.
    """
    for way in _ways(expression):
        if references(way).count(unknown) == 1:
            number = _undo(way, unknown, known, target)
        else:
            number = _solve_affine(way, unknown, known, target)
        if number is not None and _comes_to(expression, unknown, number, known, target):
            return number
    return None


def _ways(expression: Any) -> Iterator[Any]:
    # What an expression can come to: of a choice, each side.
    if hasattr(expression, "condition"):
        yield from _ways(expression.no)
        yield from _ways(expression.yes)
    else:
        yield expression


def _comes_to(expression: Any, unknown: Ref, number: int, known: Callable[[Ref], int], target: int) -> bool:
    try:
        return evaluate(expression, lambda ref: number if ref == unknown else known(ref)) == target
    except InvalidValue:
        return False


def _undo(expression: Any, unknown: Ref, known: Callable[[Ref], int], target: int) -> int | None:
    while isinstance(expression, Binary):
        on_left = unknown in references(expression.left)
        inner, other = (expression.left, expression.right) if on_left else (expression.right, expression.left)
        try:
            value = evaluate(other, known)
        except InvalidValue:
            return None
        step = _undo_once(expression.operator, on_left, value, target)
        if step is None:
            return None
        expression, target = inner, step
    return target if expression == unknown else None


def _undo_once(operator: str, on_left: bool, value: int, target: int) -> int | None:
    match operator:
        case "+":
            return target - value
        case "-":
            return target + value if on_left else value - target
        case "*":
            return target // value if value and target % value == 0 else None
        case "/" if on_left:
            return target * value
        case "/":
            return value // target if target else None
    return None


def _solve_affine(expression: Any, unknown: Ref, known: Callable[[Ref], int], target: int) -> int | None:
    factor_and_rest = _affine(expression, unknown, known)
    if factor_and_rest is None:
        return None
    factor, rest = factor_and_rest
    if factor == 0 or (target - rest) % factor:
        return None
    return (target - rest) // factor


def _affine(expression: Any, unknown: Ref, known: Callable[[Ref], int]) -> tuple[int, int] | None:
    # (a, b) where the expression is a * unknown + b
    if isinstance(expression, Constant):
        return 0, expression.value
    if isinstance(expression, Ref):
        return (1, 0) if expression == unknown else (0, known(expression))
    if not isinstance(expression, Binary):
        return None
    left = _affine(expression.left, unknown, known)
    right = _affine(expression.right, unknown, known)
    if left is None or right is None:
        return None
    match expression.operator:
        case "+":
            return left[0] + right[0], left[1] + right[1]
        case "-":
            return left[0] - right[0], left[1] - right[1]
        case "*" if left[0] == 0 or right[0] == 0:
            return left[0] * right[1] + right[0] * left[1], left[1] * right[1]
    return None
