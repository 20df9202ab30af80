"""
What a node's size says about it: least size, whether it is fixed, whether it reads to the end.
"""

from typing import Any

from ._plan import After, Binary, Computed, Constant, Data, Fixed, List, Number, Option, Record, Ref, Rest, Until

_PLAIN = (Number, Data, Option, Record, List)

MAXIMUM_DEPTH = 128
"""Structs and lists inside each other; what recursion in either runner can bear with ease."""

MAXIMUM_SIZE = 2**48
"""Bytes or items that a schema may fix; offsets in bits stay far inside 64 bits."""


def integer_range(width: int, signed: bool) -> tuple[int, int]:
    """
    The least and the greatest integer of `width` bits, in two's complement where it is signed; of none, 0.
    """
    if signed and width:
        return -(1 << (width - 1)), (1 << (width - 1)) - 1
    return 0, (1 << width) - 1


def minimum_bits(node: Any) -> int:
    """
    The bits of the shortest encoding of a node, lengths from data counted as 0.
    """
    if not isinstance(node, _PLAIN):
        from . import _layout_general

        return _layout_general.minimum_bits(node)
    match node:
        case Number():
            return node.width
        case Data(length=Fixed(value)):
            return value * 8
        case Data(length=Until(marker) | After(marker)):
            return 8 if isinstance(marker, int) else 8 * len(marker)
        case Option():
            return 8 + (minimum_bits(node.node) if is_fixed(node.node) else 0)
        case Record():
            return node.plan.minimum * 8 if node.plan.plain else _bits_of_plan(node.plan)
        case List(count=Fixed(value)):
            return value * minimum_bits(node.item)
        case List(count=count) if not isinstance(count, Computed | Rest):
            return minimum_bits(node.item)  # up to an item, which is there
    return 0


def _bits_of_plan(plan: Any) -> int:
    return sum(minimum_bits(op.node) for op in plan.ops)


def is_fixed(node: Any) -> bool:
    """
    Whether every encoding of a node has the same size.
    """
    if not isinstance(node, _PLAIN):
        from . import _layout_general

        return _layout_general.is_fixed(node)
    match node:
        case Number():
            return True
        case Option():
            return is_fixed(node.node)
        case Data():
            return isinstance(node.length, Fixed)
        case Record():
            return node.plan.fixed
        case List():
            return isinstance(node.count, Fixed) and (is_fixed(node.item) or node.count.value == 0)


def is_open(node: Any) -> bool:
    """
    Whether a node reads to the end of the input.
    """
    if not isinstance(node, _PLAIN):
        from . import _layout_general

        return _layout_general.is_open(node)
    match node:
        case Data():
            return isinstance(node.length, Rest | After)
        case List():
            return isinstance(node.count, Rest)
        case Option():
            return is_open(node.node)
        case Record():
            return any(is_open(op.node) for op in node.plan.ops)
    return False


def minimum_read(node: Any) -> int:
    """
    How many bytes of its least size the last node of a struct may leave unread: `after` needs no marker to be there.
    """
    match node:
        case Data(length=After(marker)):
            return 1 if isinstance(marker, int) else len(marker)
        case Record():
            return node.plan.minimum - node.plan.minimum_read
    return 0


def depth_of(node: Any) -> int:
    """
    How many structs and lists a node nests.
    """
    if not isinstance(node, _PLAIN):
        from . import _layout_general

        return _layout_general.depth_of(node)
    match node:
        case Record():
            return node.plan.depth
        case List():
            return 1 + depth_of(node.item)
        case Option():
            return depth_of(node.node)
    return 0


def is_plain(node: Any) -> bool:
    """
    Whether there is nothing in a node but what the crate BeBytes has too.
    """
    match node:
        case Number():
            return node.unknown is None and not (node.kind == "float" and node.width == 16)
        case Data(length=Fixed() | Rest(), form=None):
            return True
        case Data(length=Until(marker) | After(marker), form=None):
            return isinstance(marker, int)
        case Data(form=None):
            return _is_plain_length(node.length)
        case Option():
            return isinstance(node.node, Number | Data) and is_fixed(node.node) and is_plain(node.node)
        case Record():
            return node.plan.plain and not node.parameters
        case List():
            in_bits = isinstance(node.item, Number) and node.item.width % 8
            return _is_plain_length(node.count) and is_plain(node.item) and not in_bits
    return False


def _is_plain_length(length: Any) -> bool:
    if isinstance(length, Fixed | Rest):
        return True
    return isinstance(length, Computed) and _is_arithmetic(length.expression)


def _is_arithmetic(expression: Any) -> bool:
    if isinstance(expression, Binary):
        return (
            expression.operator in ("+", "-", "*", "/", "%")
            and _is_arithmetic(expression.left)
            and _is_arithmetic(expression.right)
        )
    return isinstance(expression, Constant | Ref)
