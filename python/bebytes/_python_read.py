"""
The readable runner's reading: field by field, with a cursor in bits.

Each function takes the data and the bit to start at, and gives the value, what lengths refer to, and the bit behind it.
An error starts with an empty path and gains a step on its way out of each field and item.
"""

import struct
from typing import Any

from ._expression import InvalidValue
from ._plan import After, Computed, Data, Fixed, List, Node, Number, Option, Plan, Record, Until
from ._python_common import Numbers, evaluate_over, find_member, option_size
from .errors import (
    DecodeError,
    InsufficientData,
    InvalidChar,
    InvalidDiscriminant,
    InvalidSize,
    InvalidUtf8,
    MarkerNotFound,
)
from .fields import derived


def read_record(plan: Plan, data: bytes, bit: int) -> tuple[Any, Numbers, int]:
    """
    Read a struct.

    Raises:
        DecodeError: with the path from this struct on.
    """
    cls: Any = plan.cls
    record = object.__new__(cls)
    numbers: Numbers = []
    for op, slot in zip(plan.ops, cls.__bebytes_slots__, strict=True):
        try:
            value, number, bit = _read_node(op.node, data, bit, numbers)
        except DecodeError as e:
            e.path = (op.name, *e.path)
            raise
        numbers.append(number)
        slot.__set__(record, derived if op.derived == "here" else value)
    return record, numbers, bit


def _read_node(node: Node, data: bytes, bit: int, numbers: Numbers) -> tuple[Any, Any, int]:
    match node:
        case Number():
            value = _read_number(node, data, bit)
            return value, value, bit + node.width
        case Data():
            value, bit = _read_data(node, data, bit, numbers)
            return value, None, bit
        case Record():
            return read_record(node.plan, data, bit)
        case Option():
            value, bit = _read_option(node, data, bit)
            return value, None, bit
        case List():
            value, bit = _read_list(node, data, bit, numbers)
            return value, None, bit


def _read_number(node: Number, data: bytes, bit: int) -> Any:
    first, end = bit // 8, bit + node.width
    last = (end + 7) // 8
    if last > len(data):
        raise InsufficientData(last - first, max(len(data) - first, 0), offset=bit)
    if node.little:
        number = int.from_bytes(data[first:last], "little") >> (bit % 8)
    else:
        number = int.from_bytes(data[first:last], "big") >> (last * 8 - end)
    number &= (1 << node.width) - 1
    if node.signed and number >> (node.width - 1):
        number -= 1 << node.width
    return _from_number(node, number, bit)


def _from_number(node: Number, number: int, bit: int) -> Any:
    match node.kind:
        case "int":
            return number
        case "bool":
            if number > 1:
                raise InvalidDiscriminant(number, "bool", offset=bit)
            return number == 1
        case "char":
            if number > node.maximum or 0xD800 <= number <= 0xDFFF:
                raise InvalidChar(number, offset=bit)
            return chr(number)
        case "float":
            return struct.unpack(*_float_format(node, number))[0]
    table = node.table
    assert table is not None, "an enum or flags number has a table"
    member = find_member(table, number)
    if member is None:
        raise InvalidDiscriminant(number, table.name, offset=bit)
    return member


def _float_format(node: Number, number: int) -> tuple[str, bytes]:
    return ("<f" if node.width == 32 else "<d"), number.to_bytes(node.width // 8, "little")


def _read_option(node: Option, data: bytes, bit: int) -> tuple[Any, int]:
    start = bit // 8
    size = option_size(node.node)
    if len(data) - start < 1 + size:
        raise InsufficientData(1 + size, len(data) - start, offset=bit)
    behind = bit + 8 + size * 8
    if data[start] > 1:
        raise InvalidDiscriminant(data[start], "Option", offset=bit)
    if data[start] == 0:
        return None, behind
    try:
        value, _, _ = _read_node(node.node, data, bit + 8, [])
    except DecodeError as e:
        e.offset = bit
        raise
    return value, behind


def _read_data(node: Data, data: bytes, bit: int, numbers: Numbers) -> tuple[Any, int]:
    start = bit // 8
    end = behind = len(data)
    match node.length:
        case Fixed() | Computed():
            size = _read_length(node.length, bit, numbers)
            if size > len(data) - start:
                raise InsufficientData(size, len(data) - start, offset=bit)
            end = behind = start + size
        case Until(marker, may_be_missing):
            end = data.find(marker, start)
            behind = end + 1
            if end < 0:
                if not may_be_missing:
                    raise MarkerNotFound(marker, offset=bit)
                end = behind = len(data)
        case After(marker):
            at = data.find(marker, start)
            if at < 0:
                end = behind = start
            else:
                start = at + 1
    content = data[start:end]
    if not node.text:
        return content, behind * 8
    try:
        return content.decode(), behind * 8
    except UnicodeDecodeError:
        raise InvalidUtf8(offset=bit) from None


def _read_list(node: List, data: bytes, bit: int, numbers: Numbers) -> tuple[list[Any], int]:
    count = _read_length(node.count, bit, numbers) if isinstance(node.count, (Fixed, Computed)) else None
    items: list[Any] = []
    while len(items) < count if count is not None else bit < len(data) * 8:
        try:
            item, _, bit = _read_node(node.item, data, bit, numbers)
        except DecodeError as e:
            e.path = (len(items), *e.path)
            raise
        items.append(item)
    return items, bit


def _read_length(length: Fixed | Computed, bit: int, numbers: Numbers) -> int:
    if isinstance(length, Fixed):
        return length.value
    try:
        return evaluate_over(length.expression, numbers)
    except InvalidValue as e:
        raise InvalidSize(e.value, offset=bit) from None
