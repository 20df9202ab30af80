"""
How small and how large a node can be: interval arithmetic over the length expressions of a plan.
"""

from typing import Any, NamedTuple

from bebytes._expression import LIMIT
from bebytes._plan import (
    Binary,
    Computed,
    Constant,
    Data,
    Fixed,
    List,
    Number,
    Option,
    Plan,
    Record,
    Ref,
)

UNBOUNDED = 1 << 63
"""Bits from which on a size counts as unbounded: no length beyond can be in memory."""


class Range(NamedTuple):
    """
    The least and the greatest; `None` where nothing bounds it.
    """

    least: int
    greatest: int | None

    @property
    def fixed(self) -> bool:
        """
        Whether there is one size only.
        """
        return self.least == self.greatest


def of_plan(plan: Plan) -> Range:
    """
    The bits of a struct.
    """
    least = greatest = 0
    unbounded = False
    for op in plan.ops:
        size = of_node(op.node, plan)
        least += size.least
        unbounded = unbounded or size.greatest is None
        greatest += size.greatest or 0
    return Range(least, None if unbounded or greatest > UNBOUNDED else greatest)


def of_node(node: Any, plan: Plan) -> Range:
    """
    The bits of a node; `plan` is the struct whose fields its lengths refer to.
    """
    match node:
        case Number(width=width):
            return Range(width, width)
        case Data(length=length):
            return of_length(length, plan, 8)
        case Option(inner):
            size = of_node(inner, plan)
            return Range(8 + size.least, None if size.greatest is None else 8 + size.greatest)
        case Record(inner):
            return of_plan(inner)
        case List(count, item):
            items = of_length(count, plan, 1)
            size = of_node(item, plan)
            greatest = None
            if items.greatest == 0:
                greatest = 0
            elif items.greatest is not None and size.greatest is not None:
                greatest = items.greatest * size.greatest
            if greatest is not None and greatest > UNBOUNDED:
                greatest = None
            return Range(items.least * size.least, greatest)
    from . import _explain_general

    return _explain_general.size_of(node, plan)


def of_length(length: Any, plan: Plan, unit: int) -> Range:
    """
    What a length can come to, times `unit`, its marker included.
    """
    match length:
        case Fixed(value):
            return Range(value * unit, value * unit)
        case Computed(expression):
            least, greatest = of_expression(expression, plan)
            return Range(least * unit, greatest * unit if greatest * unit <= UNBOUNDED else None)
    step = getattr(length, "step", None)
    if step is not None:
        return Range(0, (step - 1) * unit)
    # Until and After have a marker besides what they measure.
    marker = getattr(length, "marker", None)
    return Range(0 if marker is None else unit * (1 if isinstance(marker, int) else len(marker)), None)


def of_expression(expression: Any, plan: Plan) -> tuple[int, int]:
    """
    The least and the greatest value; where an operand or a result is outside 0 to 2**64 - 1 there is none.

    Each reference counts by itself, so where one occurs twice the bounds may be wider than what can be.
    """
    if isinstance(expression, Constant):
        return expression.value, expression.value
    if isinstance(expression, Ref):
        return _of_field(expression, plan)
    if not isinstance(expression, Binary) or expression.operator not in ("+", "-", "*", "/", "%"):
        return 0, LIMIT
    (a, b), (c, d) = of_expression(expression.left, plan), of_expression(expression.right, plan)
    match expression.operator:
        case "+":
            least, greatest = a + c, b + d
        case "-":
            least, greatest = a - d, b - c
        case "*":
            least, greatest = a * c, b * d
        case "/":
            least, greatest = a // max(d, 1), b // max(c, 1)
        case "%":
            # Where the divisor is always the greater one, nothing changes.
            least, greatest = (a, b) if b < c else (0, min(b, max(d, 1) - 1))
    return min(max(least, 0), LIMIT), min(max(greatest, 0), LIMIT)


def _of_field(ref: Ref, plan: Plan) -> tuple[int, int]:
    *outer, last = ref.path
    for step in outer:
        node = plan.ops[step].node
        if not isinstance(node, Record):
            return 0, LIMIT
        plan = node.plan
    number = plan.ops[last].node
    if not isinstance(number, Number):
        return 0, LIMIT
    return max(0, int(number.minimum)), max(0, min(int(number.maximum), LIMIT))
