"""
The nodes inside others, which say when, where and in which order they are written.
"""

from typing import Any

from ._expression import InvalidValue as NoValue
from ._formula import evaluate_any
from ._plan import Data, Fixed, List, Number, Record
from ._plan_general import Adapted, Decimal, Ordered, Packed, Placed, Sized, Varint, When, within
from ._python_common import Scope
from ._specifier import derived
from .errors import WrongType


def carrier(node: Any) -> Any:
    """
    The node of a number or of data inside what says when, where or in which order it is written.
    """
    return within(node, When, Ordered)


def chosen(node: Any, scope: Scope) -> Any:
    """
    The same, in the order that the data tells.
    """
    while isinstance(node, When | Ordered):
        if isinstance(node, When):
            node = node.node
        else:
            node = node.little if evaluate_any(node.condition.expression, scope.lookup) else node.big
    return node


def plain_node(node: Any) -> Any:
    """
    The node inside all that stands around it.
    """
    while not isinstance(node, Number | Data | Record | List) and hasattr(node, "node"):
        node = node.node
    return plain_node(node.big) if isinstance(node, Ordered) else node


def carried(node: Any, value: Any) -> Any:
    # What stands on the wire for a value that is not written yet.
    while value is not None and value is not derived and not isinstance(node, Number | Data | Record | List):
        if isinstance(node, Adapted):
            try:
                value = node.encode(value)
            except (ValueError, ArithmeticError, LookupError, TypeError, AttributeError):
                raise NoValue(None) from None  # said once more where the field is written
        if isinstance(node, Ordered):
            node = node.big
        elif hasattr(node, "node"):
            node = node.node
        else:
            break
    return value


def width_of_carrier(node: Any) -> int:
    match node:
        case Number():
            return node.width
        case Packed(number):
            return number.width
        case Decimal(digits):
            return digits * 4
        case Varint():
            return 8
        case Data(length=Fixed(size)):
            return size * 8
    raise WrongType("a number", "derived")


def place_of(node: Any) -> Placed | None:
    found = within(node, When, Sized, Ordered)
    return found if isinstance(found, Placed) else None


def has_place(node: Any, length: Any) -> bool:
    place = place_of(node)
    return place is not None and place.position is length
