"""
How small and how large a node can be: interval arithmetic over the length expressions of a plan.
"""

from typing import NamedTuple

from bebytes._expression import LIMIT
from bebytes._plan import (
    Computed,
    Constant,
    Data,
    Expression,
    Fixed,
    Length,
    List,
    Node,
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
    least, greatest = 0, 0
    unbounded = False
    for op in plan.ops:
        size = of_node(op.node, plan)
        least += size.least
        unbounded = unbounded or size.greatest is None
        greatest += size.greatest or 0
    return Range(least, None if unbounded or greatest > UNBOUNDED else greatest)


def of_node(node: Node, plan: Plan) -> Range:
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
    raise AssertionError(node)


def of_length(length: Length, plan: Plan, unit: int) -> Range:
    """
    What a length can come to, times `unit`, its marker included.
    """
    match length:
        case Fixed(value):
            return Range(value * unit, value * unit)
        case Computed(expression):
            least, greatest = of_expression(expression, plan)
            return Range(least * unit, greatest * unit if greatest * unit <= UNBOUNDED else None)
    # Until and After have a marker besides what they measure.
    return Range(unit if hasattr(length, "marker") else 0, None)


def of_expression(expression: Expression, plan: Plan) -> tuple[int, int]:
    """
    The least and the greatest value; where an operand or a result is outside 0 to 2**64 - 1 there is none.

    Each reference counts by itself, so where one occurs twice the bounds may be wider than what can be.
    """
    if isinstance(expression, Constant):
        return expression.value, expression.value
    if isinstance(expression, Ref):
        return _of_field(expression, plan)
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
        assert isinstance(node, Record), "a path leads through structs"
        plan = node.plan
    number = plan.ops[last].node
    assert isinstance(number, Number), "a path ends at a number"
    return max(0, int(number.minimum)), max(0, min(int(number.maximum), LIMIT))
