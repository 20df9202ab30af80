"""
What reading and writing share: the numbers that lengths refer to, and what stands for a number in an enum.
"""

from typing import Any

from ._expression import evaluate
from ._plan import Data, Expression, Fixed, Number, Ref, Table

Numbers = list[Any]
"""What lengths refer to: a number for each op that is one, such a list for each nested struct, else None."""


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


def evaluate_over(expression: Expression, numbers: Numbers) -> int:
    """
    The value of a length expression over the numbers read or written so far.

    Raises:
        InvalidValue: an operand or a result is out of bounds.
    """

    def number(ref: Ref) -> int:
        found: Any = numbers
        for i in ref.path:
            found = found[i]
        result: int = found
        return result

    return evaluate(expression, number)


def option_size(node: Number | Data) -> int:
    """
    The bytes of an option's value.
    """
    if isinstance(node, Number):
        return node.width // 8
    assert isinstance(node.length, Fixed), "the data of an option has a fixed length"
    return node.length.value
