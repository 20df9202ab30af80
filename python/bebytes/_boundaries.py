"""
Compiler: where nodes begin and end inside a byte.
"""

from typing import Any

from ._layout import is_fixed, minimum_bits
from ._plan import Binary, Computed, Constant, Data, Fixed, List, Number, Option, Record, Rest
from ._plan_general import (
    Adapted,
    Aligning,
    Choice,
    Decimal,
    Ordered,
    Packed,
    Recursion,
    Scaled,
    Sized,
    Switch,
    Varint,
    When,
    Wide,
    within,
)


def bits_behind(inside: int | None, node: Any) -> int | None:
    """
    The bits into a byte behind a node that begins `inside` bits into one; None where only data tells.
    """
    if isinstance(node, Data) and isinstance(node.length, Aligning):
        return 0
    if inside is None:
        return None
    if is_fixed(node):
        return (inside + minimum_bits(node)) % 8
    match node:
        case Wide(width=width):
            return inside if _is_whole_bytes(width.expression) else None
        case When(node=inner) | Option(inner):
            return inside if bits_behind(inside, inner) == inside else None
        case Ordered(big=inner) | Adapted(inner) | Scaled(inner):
            return bits_behind(inside, inner)
        case Switch():
            ends = {inside if case.node is None else bits_behind(inside, case.node) for case in node.every}
            return ends.pop() if len(ends) == 1 else None
        case List(item=item):
            return inside if bits_behind(inside, item) == inside else None
        case Record(plan):
            end: int | None = inside
            for op in plan.ops:
                end = bits_behind(end, op.node)
            return end
        case Recursion(schema=schema):
            return None if schema.options.unaligned else inside
    return inside  # of whole bytes, however many


def _is_whole_bytes(width: Any) -> bool:
    # Whether a number of bits is one of bytes by its form alone, whatever its fields are, such as `8 * n`.
    match width:
        case Constant(value):
            return value % 8 == 0
        case Binary("*", left, right):
            return _is_whole_bytes(left) or _is_whole_bytes(right)
        case Binary("+" | "-", left, right):
            return _is_whole_bytes(left) and _is_whole_bytes(right)
        case Choice(_, yes, no):
            return _is_whole_bytes(yes) and _is_whole_bytes(no)
    return False


def needs_boundary(node: Any) -> bool:
    """
    Whether a node can only begin on a byte boundary, even where others need not.
    """
    match node:
        case Varint() | Sized() | Recursion() | Packed():
            return True
        case Data(length=length):
            return not isinstance(length, Fixed | Computed | Aligning)
        case Record(plan):
            return any(needs_boundary(op.node) for op in plan.ops)
        case List(count=Rest()):
            return True
        case List(item=inner):
            return needs_boundary(inner)
        case Switch():
            return any(case.node is not None and needs_boundary(case.node) for case in node.every)
        case When(node=inner) | Ordered(big=inner) | Adapted(inner) | Scaled(inner) | Option(inner):
            return needs_boundary(inner)
    return False


def items_fit(node: Any) -> bool:
    """
    Whether all items of a list begin where they can, if the first does.
    """
    node = within(node, When, Ordered, Adapted, Option, Sized)
    if not isinstance(node, List):
        return True
    whole = bits_behind(0, node.item) == 0
    return (whole or not (needs_boundary(node.item) or isinstance(node.count, Rest))) and items_fit(node.item)


def is_little(node: Any, *, last: bool = False) -> bool | None:
    """
    Whether the first bits of a node (or its last) are taken from the least significant end of a byte; None where it has none.
    """
    match node:
        case Number() | Data() | Decimal():
            return bool(node.little)
        case Packed(word=word):
            return bool(word.little)
        case Wide(number):
            return bool(number.little)
        case Record(plan):
            of = [found for op in plan.ops if (found := is_little(op.node, last=last)) is not None]
            return of[-1 if last else 0] if of else None
        case List(item=inner) | When(node=inner) | Ordered(big=inner) | Adapted(inner) | Scaled(inner) | Option(inner):
            return is_little(inner, last=last)
        case Switch():
            found_in = (is_little(case.node, last=last) for case in node.every if case.node is not None)
            return next((found for found in found_in if found is not None), None)
    return None


__all__ = ["bits_behind", "is_little", "items_fit", "needs_boundary"]
