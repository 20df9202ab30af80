"""
What reading and writing share: the values that expressions refer to, and what stands for a number in an enum.
"""

from typing import Any

from ._expression import evaluate
from ._plan import Data, Expression, Fixed, Number, Plan, Ref, Table

Operand = Any
"""
What expressions see of a field: a number, the bytes of data, the items of a list, the `Scope` of a struct, or None.
"""


class Scope:
    """
    The fields of one struct that were read or written so far, as expressions see them.

    Attributes:
        plan: of the struct.
        operands: one for each field that is done.
        spans: of each, its first bit and the one behind it.
        start: the bit at which the struct begins.
        parameters: the numbers that the struct around gives.
        item: the operand of the item that was done last, in a list that ends with an item.
        own: the operand of the field that is checked.
    """

    __slots__ = ("item", "operands", "own", "parameters", "plan", "spans", "start")

    def __init__(self, plan: Plan | None, start: int, parameters: tuple[int, ...] = ()) -> None:
        self.plan = plan
        self.operands: list[Operand] = []
        self.spans: list[tuple[int, int]] = []
        self.start = start
        self.parameters = parameters
        self.item: Operand = None
        self.own: Operand = None

    def add(self, operand: Operand, start: int, end: int) -> None:
        """
        Note a field that is done.
        """
        self.operands.append(operand)
        self.spans.append((start, end))

    def waits(self, _length: Any, _actual: int, _bit: int) -> bool:
        """
        Whether the number of a length is not known yet, and its check put off.
        """
        return False

    def lookup(self, leaf: Any) -> Operand:
        """
        What a leaf of an expression stands for; None where the field is absent.
        """
        if isinstance(leaf, Ref):
            return follow(self, leaf.path)
        from ._python_formula import look_up

        return look_up(self, leaf)


def follow(operand: Operand, path: tuple[int, ...]) -> Operand:
    """
    The operand of a field inside a struct.
    """
    for i in path:
        if operand is None:
            return None
        operand = operand.operands[i]
    return operand


def find_member(table: Table, number: int) -> Any:
    """
    The member of an enum, or the union of flags, that a number stands for; None where there is none.
    """
    member = table.lookup.get(number)
    if member is None and table.flags:
        union = 0
        for value in table.values:
            if value & number == value:
                union |= value
        if union == number:
            member = table.lookup.setdefault(number, table.cls(number))
    return member


def evaluate_over(expression: Expression, scope: Scope) -> int:
    """
    The value of a length expression over the fields read or written so far.

    Raises:
        InvalidValue: an operand or a result is out of bounds.
    """
    return evaluate(expression, scope.lookup)


def option_size(node: Number | Data) -> int:
    """
    The bytes of an option's value, where its size is fixed.
    """
    if isinstance(node, Number):
        return node.width // 8
    assert isinstance(node.length, Fixed), "the data of an option has a fixed length"
    return node.length.value
