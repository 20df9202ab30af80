"""
The readable runner's reading of numbers that no plain plan has: in containers, of widths from data, of a variable size.
"""

from typing import Any

from ._expression import InvalidValue as NoValue
from ._layout import integer_range
from ._plan_general import Decimal, Packed, Varint, Wide
from ._python_common import Operand, Scope
from ._python_formula import whole
from ._python_read import Input, number_value, take_bits
from .errors import InsufficientData, InvalidValue
from .types import Overlong


def read_packed(node: Packed, source: Input, bit: int) -> tuple[Any, Operand, int]:
    number, word = node.number, node.word
    first = (bit - word.used) // 8
    last = first + word.width // 8
    if last > source.end:
        raise InsufficientData(last - first, max(source.end - first, 0), offset=bit)
    bits = int.from_bytes(source.data[first:last], "little" if word.little else "big") >> word.at
    value = number_value(number, bits, bit)
    return value, value, bit + number.width


def read_wide(node: Wide, source: Input, bit: int, scope: Scope) -> tuple[Any, Operand, int]:
    width = wide_width(node, scope, bit)
    bits = take_bits(source, bit, width, little=node.number.little) if width else 0
    if node.number.signed and width and bits >> (width - 1):
        bits -= 1 << width
    value = number_value(node.number, bits, bit)
    return value, value, bit + width


def wide_width(node: Wide, scope: Scope, bit: int) -> int:
    """
    The bits of a number whose width other fields tell.

    Raises:
        InvalidValue: it is none that the number can have.
    """
    try:
        width = whole(node.width.expression, scope)
    except NoValue as e:
        raise InvalidValue(e.value, f"bits {node.width.text!r}", offset=bit) from None
    if not 0 <= width <= node.number.width:
        raise InvalidValue(width, f"0 to {node.number.width} bits", offset=bit)
    return width


def read_varint(node: Varint, source: Input, bit: int) -> tuple[Any, Operand, int]:
    start = at = bit // 8
    most = (node.width + 6) // 7
    groups: list[int] = []
    while True:
        if at >= source.end:
            raise InsufficientData(at - start + 1, source.end - start, offset=bit)
        byte = source.data[at]
        at += 1
        if node.kind == "sqlite" and len(groups) == 8:
            return _ninth_byte(node, groups, byte, at)
        groups.append(byte & 0x7F)
        if byte < 0x80:
            break
        if len(groups) == most:
            raise InvalidValue(bytes(source.data[start:at]), f"a number of at most {most} bytes", offset=bit)
    if node.kind in ("vlq", "sqlite"):
        groups.reverse()
    number = sum(group << 7 * i for i, group in enumerate(groups))
    if node.kind == "zigzag":
        number = number >> 1 ^ -(number & 1)
    elif node.signed and node.kind == "leb128" and groups[-1] & 0x40:
        number -= 1 << 7 * len(groups)
    low, high = integer_range(node.width, node.signed)
    if not low <= number <= high:
        raise InvalidValue(number, f"a number of {node.width} bits", offset=bit)
    value = number
    if node.keep and len(groups) != len(varint_bytes(node, number)):
        value = Overlong(number, len(groups))
    return value, number, at * 8


def _ninth_byte(node: Varint, groups: list[int], byte: int, at: int) -> tuple[Any, Operand, int]:
    # All 64 bits of a number of SQLite.
    number = byte
    for i, group in enumerate(reversed(groups)):
        number |= group << 8 + 7 * i
    if number >> 63:
        number -= 1 << 64
    value = Overlong(number, 9) if node.keep and len(varint_bytes(node, number)) < 9 else number
    return value, number, at * 8


def varint_bytes(node: Varint, number: int, size: int = 1) -> bytes:
    """
    The encoding of a number, of at least `size` bytes.
    """
    if node.kind == "zigzag":
        number = number << 1 if number >= 0 else ~number << 1 | 1
    if node.kind == "sqlite" and (size >= 9 or not 0 <= number < 1 << 56):
        number &= (1 << 64) - 1
        return bytes(0x80 | number >> 8 + 7 * i & 0x7F for i in reversed(range(8))) + bytes((number & 0xFF,))
    signed = node.signed and node.kind == "leb128"
    groups: list[int] = []
    while True:
        groups.append(number & 0x7F)
        number >>= 7
        done = number == (-(groups[-1] >> 6) if signed else 0)
        if done and len(groups) >= size:
            break
    if node.kind in ("vlq", "sqlite"):
        groups.reverse()
    return bytes(group | (0x80 if i < len(groups) - 1 else 0) for i, group in enumerate(groups))


def read_decimal(node: Decimal, source: Input, bit: int) -> tuple[Any, Operand, int]:
    bits = take_bits(source, bit, node.digits * 4, little=node.little)
    digits = f"{bits:0{node.digits}x}"
    if not digits.isdecimal():
        raise InvalidValue(digits, "decimal digits", offset=bit)
    number = int(digits)
    return number, number, bit + node.digits * 4
