"""
Length expressions: text → tree, its value, and the value of one unknown in it.

The language is unsigned integer literals, earlier integer fields (dotted into nested structs), `+ - * / %` and parentheses;
`/` divides to a whole number, and every operand and result lies in 0 to 2**64 - 1.
"""

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from ._plan import Binary, Constant, Expression, Ref

LIMIT = 2**64 - 1
_MAXIMUM_NESTING = 100


class Name(NamedTuple):
    """A field in an expression, before it is resolved: `header.length` is `("header", "length")`."""

    path: tuple[str, ...]


class Operation(NamedTuple):
    """`left operator right`, before its names are resolved."""

    operator: str
    left: "Tree"
    right: "Tree"


Tree: TypeAlias = int | Name | Operation


class InvalidValue(Exception):
    """
    An operand or a result outside 0 to 2**64 - 1: `value`, or None for a division by zero.
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
    if text.isidentifier():
        return Name((text,))
    import ast  # only expressions need it, and importing bebytes should cost little

    operators: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Mod: "%"}

    def convert(node: ast.expr, depth: int) -> Tree:
        if depth > _MAXIMUM_NESTING:
            raise ValueError(f"nests deeper than {_MAXIMUM_NESTING} levels")
        if isinstance(node, ast.BinOp) and type(node.op) in operators:
            return Operation(operators[type(node.op)], convert(node.left, depth + 1), convert(node.right, depth + 1))
        if isinstance(node, ast.Constant) and type(node.value) is int:
            if node.value > LIMIT:
                raise ValueError(f"{node.value} is above 2**64 - 1")
            return node.value
        path: list[str] = []
        inner = node
        while isinstance(inner, ast.Attribute):
            path.append(inner.attr)
            inner = inner.value
        if isinstance(inner, ast.Name):
            return Name((inner.id, *reversed(path)))
        shown = ast.unparse(node)
        hint = (
            "; write / for whole division" if isinstance(node, ast.BinOp) and isinstance(node.op, ast.FloorDiv) else ""
        )
        raise ValueError(f"{shown!r} is none of: unsigned integer, earlier field, + - * / %, parentheses{hint}")

    try:
        return convert(ast.parse(text.strip(), mode="eval").body, 0)
    except SyntaxError as e:
        raise ValueError(f"no valid expression ({e.msg})") from None
    except (RecursionError, MemoryError):
        raise ValueError("nested too deeply") from None


def names(tree: Tree) -> list[Name]:
    """
    The fields an expression refers to, from left to right.
    """
    if isinstance(tree, Name):
        return [tree]
    if isinstance(tree, Operation):
        return names(tree.left) + names(tree.right)
    return []


def references(expression: Expression) -> list[Ref]:
    """
    The references in a compiled expression, from left to right.
    """
    if isinstance(expression, Ref):
        return [expression]
    if isinstance(expression, Binary):
        return references(expression.left) + references(expression.right)
    return []


def evaluate(expression: Expression, number: Callable[[Ref], int]) -> int:
    """
    The value of an expression, left before right.

    Args:
        number: gives the number a reference stands for.

    Raises:
        InvalidValue: an operand or a result is out of bounds.
    """
    if isinstance(expression, Constant):
        return expression.value
    if isinstance(expression, Ref):
        return _bounded(number(expression))
    left = evaluate(expression.left, number)
    right = evaluate(expression.right, number)
    match expression.operator:
        case "+":
            return _bounded(left + right)
        case "-":
            return _bounded(left - right)
        case "*":
            return _bounded(left * right)
        case "/" | "%" if right == 0:
            raise InvalidValue(None)
        case "/":
            return left // right
        case "%":
            return left % right


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
    if references(expression).count(unknown) == 1:
        number = _undo(expression, unknown, known, target)
    else:
        number = _solve_affine(expression, unknown, known, target)
    if number is None:
        return None
    try:
        value = evaluate(expression, lambda ref: number if ref == unknown else known(ref))
    except InvalidValue:
        return None
    return number if value == target else None


def _undo(expression: Expression, unknown: Ref, known: Callable[[Ref], int], target: int) -> int | None:
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
    return target


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


def _solve_affine(expression: Expression, unknown: Ref, known: Callable[[Ref], int], target: int) -> int | None:
    factor_and_rest = _affine(expression, unknown, known)
    if factor_and_rest is None:
        return None
    factor, rest = factor_and_rest
    if factor == 0 or (target - rest) % factor:
        return None
    return (target - rest) // factor


def _affine(expression: Expression, unknown: Ref, known: Callable[[Ref], int]) -> tuple[int, int] | None:
    # (a, b) where the expression is a * unknown + b
    if isinstance(expression, Constant):
        return 0, expression.value
    if isinstance(expression, Ref):
        return (1, 0) if expression == unknown else (0, known(expression))
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
