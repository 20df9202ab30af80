"""
Parser of expressions: text → tree.

The language is Python's own, less most of it: integers, bytes and strings, fields (dotted into nested structs), members of
enums, `+ - * / % & | ^ ~ << >>`, comparisons (chained ones and `in (1, 2)` too), `and or not`, `x if c else y`, `len(field)`,
`sizeof(field)`, `sizeof(first:last)`, `sizeof(self)`, and parentheses.
"""

import ast
import re
from typing import Any

from ._expression import LIMIT, Name, Operation, Tree

_MAXIMUM_NESTING = 100

_BINARY: dict[type[ast.AST], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Mod: "%",
    ast.BitAnd: "&",
    ast.BitOr: "|",
    ast.BitXor: "^",
    ast.LShift: "<<",
    ast.RShift: ">>",
}
_UNARY: dict[type[ast.AST], str] = {ast.USub: "-", ast.Invert: "~", ast.Not: "not"}
_COMPARISONS: dict[type[ast.AST], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}
_FUNCTIONS = ("len", "sizeof")

# A range of fields is no expression of Python; written with a comma it is one.
_RANGE = re.compile(r"\bsizeof\(\s*([\w.]*)\s*:\s*([\w.]*)\s*\)")


def parse_text(text: str) -> Tree:
    """
    Parse an expression.

    Raises:
        ValueError: it is not of the language; the text says why.
    """
    source = _RANGE.sub(lambda m: f"sizeof({m[1] or 'None'}, {m[2] or 'None'})", text.strip())
    try:
        return _convert(ast.parse(source, mode="eval").body, 0)
    except SyntaxError as e:
        raise ValueError(f"no valid expression ({e.msg})") from None
    except (RecursionError, MemoryError):
        raise ValueError("nested too deeply") from None


def _convert(node: ast.expr, depth: int) -> Tree:
    if depth > _MAXIMUM_NESTING:
        raise ValueError(f"nests deeper than {_MAXIMUM_NESTING} levels")
    inner = depth + 1
    match node:
        case ast.Constant(value=bool() as value):
            return int(value)
        case ast.Constant(value=int() as value):
            if value > LIMIT:
                raise ValueError(f"{value} is above 2**64 - 1")
            return value
        case ast.Constant(value=bytes() as value):
            return value
        case ast.Constant(value=str() as value):
            return value.encode()
        case ast.BinOp() if type(node.op) in _BINARY:
            return Operation(_BINARY[type(node.op)], (_convert(node.left, inner), _convert(node.right, inner)))
        case ast.UnaryOp() if type(node.op) in _UNARY:
            return Operation(_UNARY[type(node.op)], (_convert(node.operand, inner),))
        case ast.BoolOp():
            operator = "and" if isinstance(node.op, ast.And) else "or"
            return _joined(operator, [_convert(value, inner) for value in node.values])
        case ast.Compare():
            return _comparison(node, inner)
        case ast.IfExp():
            return Operation("if", tuple(_convert(part, inner) for part in (node.test, node.body, node.orelse)))
        case ast.Call(func=ast.Name(id=function)) if function in _FUNCTIONS and not node.keywords:
            return _call(node, function)
    path: list[str] = []
    of: Any = node
    while isinstance(of, ast.Attribute):
        path.append(of.attr)
        of = of.value
    if isinstance(of, ast.Name):
        return Name((of.id, *reversed(path)))
    hint = "; write / for whole division" if isinstance(node, ast.BinOp) and isinstance(node.op, ast.FloorDiv) else ""
    raise ValueError(
        f"{ast.unparse(node)!r} is none of: integer, bytes, field, member of an enum, + - * / %, & | ^ ~ << >>,"
        f" comparison, and, or, not, if else, len(field), sizeof(field), parentheses{hint}"
    )


def _joined(operator: str, trees: list[Tree]) -> Tree:
    # Halved, so that a row of hundreds nests a few levels deep; the order stays that of the text.
    if len(trees) == 1:
        return trees[0]
    half = len(trees) // 2
    return Operation(operator, (_joined(operator, trees[:half]), _joined(operator, trees[half:])))


def _comparison(node: ast.Compare, depth: int) -> Tree:
    operands = [node.left, *node.comparators]
    parts: list[Tree] = []
    for operator, left, right in zip(node.ops, operands, operands[1:], strict=False):
        of = _convert(left, depth)
        if isinstance(operator, ast.In | ast.NotIn):
            if not isinstance(right, ast.Tuple | ast.List | ast.Set) or not right.elts:
                raise ValueError(f"{ast.unparse(right)!r} is no row of values; write `in (1, 2)`")
            some = _joined("or", [Operation("==", (of, _convert(value, depth))) for value in right.elts])
            parts.append(some if isinstance(operator, ast.In) else Operation("not", (some,)))
        elif type(operator) in _COMPARISONS:
            parts.append(Operation(_COMPARISONS[type(operator)], (of, _convert(right, depth))))
        else:
            raise ValueError(f"{ast.unparse(node)!r} compares with `is`; write ==")
    return _joined("and", parts)


def _call(node: ast.Call, function: str) -> Tree:
    of: list[Tree] = []
    for argument in node.args:
        if (
            isinstance(argument, ast.Constant)
            and argument.value is None
            and function == "sizeof"
            and len(node.args) == 2
        ):
            of.append(Name(()))  # the first field, or the last one
            continue
        tree = _convert(argument, 0)
        of.append(tree)
    if not all(isinstance(tree, Name) for tree in of):
        raise ValueError(f"{ast.unparse(node)!r}: {function} is of a field")
    if len(of) != 1 and not (function == "sizeof" and len(of) == 2):
        raise ValueError(f"{ast.unparse(node)!r}: {function} is of one field")
    return Operation(function, tuple(of))
