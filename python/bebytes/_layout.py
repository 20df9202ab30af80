"""
What a node's size says about it: least size, whether it is fixed, whether it reads to the end.
"""

from ._plan import After, Data, Fixed, List, Node, Number, Option, Record, Rest, Until

MAXIMUM_DEPTH = 128
"""Structs and lists inside each other; what recursion in either runner can bear with ease."""

MAXIMUM_SIZE = 2**48
"""Bytes or items that a schema may fix; offsets in bits stay far inside 64 bits."""


def minimum_bits(node: Node) -> int:
    """
    The bits of the shortest encoding of a node, lengths from data counted as 0.
    """
    match node:
        case Number():
            return node.width
        case Data(length=Fixed(value)):
            return value * 8
        case Data(length=Until() | After()):
            return 8
        case Option():
            return 8 + minimum_bits(node.node)
        case Record():
            return node.plan.minimum * 8
        case List(count=Fixed(value)):
            return value * minimum_bits(node.item)
    return 0


def is_fixed(node: Node) -> bool:
    """
    Whether every encoding of a node has the same size.
    """
    match node:
        case Number() | Option():
            return True
        case Data():
            return isinstance(node.length, Fixed)
        case Record():
            return node.plan.fixed
        case List():
            return isinstance(node.count, Fixed) and (is_fixed(node.item) or node.count.value == 0)


def is_open(node: Node) -> bool:
    """
    Whether a node reads to the end of the input.
    """
    match node:
        case Data():
            return isinstance(node.length, Rest | After)
        case List():
            return isinstance(node.count, Rest)
        case Record():
            return bool(node.plan.ops) and is_open(node.plan.ops[-1].node)
    return False


def minimum_read(node: Node) -> int:
    """
    How many bytes of its least size the last node of a struct may leave unread: `after` needs no marker to be there.
    """
    match node:
        case Data(length=After()):
            return 1
        case Record():
            return node.plan.minimum - node.plan.minimum_read
    return 0


def depth_of(node: Node) -> int:
    """
    How many structs and lists a node nests.
    """
    match node:
        case Record():
            return node.plan.depth
        case List():
            return 1 + depth_of(node.item)
    return 0
