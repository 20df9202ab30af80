"""
What the size of a node that is in no plain plan says about it; see `_layout.py`.
"""

from typing import Any

from . import _layout
from ._plan import Constant, Fixed
from ._plan_general import (
    Adapted,
    Choice,
    Decimal,
    Ordered,
    Packed,
    Placed,
    Recursion,
    Scaled,
    Sized,
    Switch,
    Varint,
    When,
    Wide,
)


def minimum_bits(node: Any) -> int:
    """
    The bits of the shortest encoding of a node, lengths from data counted as 0.
    """
    match node:
        case Packed(number):
            return number.width
        case Varint():
            return 8
        case Decimal(digits):
            return digits * 4
        case Sized(Fixed(size)):
            return size * 8
        case Wide(_, width):
            return _least(width.expression)
        case Sized() | When() | Placed():
            return 0
        case Recursion():
            return 8  # at least: see `_compile`
        case Switch():
            return min((0 if case.node is None else _layout.minimum_bits(case.node) for case in node.every), default=0)
        case Ordered(big=inner) | Adapted(inner) | Scaled(inner):
            return _layout.minimum_bits(inner)
    return 0


def _least(width: Any) -> int:
    # The least width that an expression comes to, where it is one of some numbers; else 0.
    match width:
        case Constant(value):
            return value
        case Choice(_, yes, no):
            return min(_least(yes), _least(no))
    return 0


def is_fixed(node: Any) -> bool:
    """
    Whether every encoding of a node has the same size.
    """
    match node:
        case Packed() | Decimal():
            return True
        case Sized(length):
            return isinstance(length, Fixed)
        case Placed():
            return True
        case Switch():
            nodes = [case.node for case in node.every]
            return all(n is not None and _layout.is_fixed(n) for n in nodes) and (
                len({_layout.minimum_bits(n) for n in nodes}) == 1
            )
        case Ordered(big=inner) | Adapted(inner) | Scaled(inner):
            return _layout.is_fixed(inner)
    return False


def is_open(node: Any) -> bool:
    """
    Whether a node reads to the end of the input.
    """
    match node:
        case Switch():
            return any(case.node is not None and _layout.is_open(case.node) for case in node.every)
        case Ordered(big=inner) | Adapted(inner) | Scaled(inner):
            return _layout.is_open(inner)
        case When(node=inner):
            return _layout.is_open(inner)
    return False


def depth_of(node: Any) -> int:
    """
    How many structs and lists a node nests; a struct that contains itself has a limit of its own.
    """
    match node:
        case Switch():
            return max((0 if case.node is None else _layout.depth_of(case.node) for case in node.every), default=0)
        case Ordered(big=inner) | Adapted(inner) | Scaled(inner):
            return _layout.depth_of(inner)
        case When(node=inner) | Placed(node=inner) | Sized(node=inner):
            return _layout.depth_of(inner)
    return 0
