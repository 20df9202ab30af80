"""
Values of classes beyond the crate BeBytes: what expressions want of the fields that they look at.
"""

from collections.abc import Iterator
from typing import Any

from bebytes._formula import leaves
from bebytes._plan import Binary, Computed, Constant, Data, List, Op, Plan, Ref
from bebytes._plan_general import Bytes, Formula, Ordered, Placed, Sized, Switch, Unary, When, Wide


class Hints:
    """
    For the fields of a plan, numbers that the expressions of others want: small ones, keys of switches, and constants.
    """

    def __init__(self, plan: Plan, depth: int) -> None:
        self._by_index: dict[int, set[Any]] = {}
        small = range(3 if depth < 2 else 1)
        for i, op in enumerate(plan.ops):
            rule = op.extra.rule.test if op.extra is not None and op.extra.rule is not None else None
            if isinstance(rule, Formula):
                own = self._by_index.setdefault(i, set())
                own.update(n + by for n in constants(rule.expression) for by in (-1, 0, 1))
                own.update(_texts(rule.expression))
            for what, expression, extra in expressions(op):
                numbers = {*extra, *_texts(expression)}
                for n in constants(expression):
                    numbers |= {n - 1, n, n + 1}
                numbers |= {"at": {64, 96, 128}, "length": {*small, 4}}.get(what, {0, 1, 2})
                for leaf in leaves(expression):
                    if isinstance(leaf, Ref):
                        self._by_index.setdefault(leaf.path[0], set()).update(numbers)
        if plan.turn is not None:
            for leaf in leaves(plan.turn.condition.expression):
                if isinstance(leaf, Ref):
                    wanted = self._by_index.setdefault(leaf.path[0], set())
                    wanted.update((0, 1, *constants(plan.turn.condition.expression)))
                    wanted.update(_texts(plan.turn.condition.expression))

    def of(self, index: int) -> tuple[Any, ...]:
        """
        Those for one field.
        """
        return tuple(sorted(self._by_index.get(index, ()), key=repr))


def expressions(op: Op) -> Iterator[tuple[str, Any, tuple[Any, ...]]]:
    """
    The expressions of a field: "length", "when" or "at", the expression, and values that it is compared with.
    """
    pending: list[Any] = [op.node]
    while pending:
        node = pending.pop()
        match node:
            case Data(length=Computed(expression)) | Sized(length=Computed(expression)):
                yield "length", expression, ()
            case List(count=Computed(expression)):
                yield "length", expression, ()
            case When(condition=formula) | Ordered(condition=formula):
                yield "when", formula.expression, ()
            case Wide(width=formula):
                yield "length", formula.expression, (3, 7, 8)
            case Placed(position=formula):
                yield "at", formula.expression, ()
            case Switch(selector=formula, cases=cases):
                yield "when", formula.expression, tuple(key for case in cases for key in case.keys)
                pending += [case.node for case in cases if case.node is not None]
        for formula in getattr(node, "parameters", ()):
            yield "when", formula.expression, ()
        for name in ("node", "item", "big"):
            inner = getattr(node, name, None)
            if inner is not None:
                pending.append(inner)


def constants(expression: Any) -> Iterator[int]:
    """
    The numbers in an expression.
    """
    match expression:
        case Constant(value):
            if abs(value) < 1 << 64:
                yield value
        case Binary(_, left, right):
            yield from constants(left)
            yield from constants(right)
        case Unary(_, operand):
            yield from constants(operand)
        case Bytes():
            return
        case _ if hasattr(expression, "condition"):
            for part in expression:
                yield from constants(part)


def _texts(expression: Any) -> Iterator[bytes]:
    match expression:
        case Bytes(value):
            yield value
        case Binary() | Unary():
            for part in expression[1:] if isinstance(expression, Unary) else (expression.left, expression.right):
                yield from _texts(part)
        case _ if hasattr(expression, "condition"):
            for part in expression:
                yield from _texts(part)
