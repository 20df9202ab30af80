"""
The readable runner's reading: field by field, with a cursor in bits.

Each function takes the data and the bit to start at, and gives the value, what lengths refer to, and the bit behind it.
An error starts with an empty path and gains a step on its way out of each field and item.
"""

import struct
from typing import Any

from ._expression import InvalidValue
from ._layout import is_fixed, minimum_bits
from ._plan import After, Computed, Data, Fixed, List, Number, Option, Plan, Record, Rest, Until
from ._python_common import Operand, Scope, evaluate_over, find_member
from ._specifier import derived
from .errors import (
    DecodeError,
    InsufficientData,
    InvalidChar,
    InvalidDiscriminant,
    InvalidSize,
    InvalidUtf8,
    MarkerNotFound,
)


class Input:
    """
    What is read, and how far reading may go.

    Attributes:
        data: all there is.
        end: the byte behind the last that may be read now: of all data, or of a field that is limited.
        origin: the byte at which the message begins.
        verify: whether checksums are checked.
        depth: how many structs that contain themselves, or places, are being read inside each other.
        reach: the byte behind the last one read at a place.
        budget: bytes that may still be read at places, so that places that share others come to an end.
        active: the places that are being read.
        trace: where it is asked for, the path, the first bit and the one behind of each field and item.
        trail: the path of what is being read; kept for the trace only.
    """

    __slots__ = ("active", "budget", "data", "depth", "end", "origin", "reach", "trace", "trail", "verify")

    def __init__(self, data: bytes, origin: int = 0, *, verify: bool = True) -> None:
        self.data = data
        self.end = len(data)
        self.origin = origin
        self.verify = verify
        self.depth = 0
        self.reach = 0
        self.budget = 16 * len(data) + 65536
        self.active: set[tuple[int, int]] = set()
        self.trace: list[tuple[tuple[str | int, ...], int, int]] | None = None
        self.trail: list[str | int] = []

    def enter(self, step: str | int) -> None:
        """
        Note that a field or an item begins, where there is a trace.
        """
        self.trail.append(step)

    def leave(self, start: int, end: int) -> None:
        """
        Note that it has ended.
        """
        assert self.trace is not None, "only what is traced is noted"
        self.trace.append((tuple(self.trail), start, end))
        self.trail.pop()


def read_record(plan: Plan, source: Input, bit: int, parameters: tuple[int, ...] = ()) -> tuple[Any, Scope, int]:
    """
    Read a struct.

    Raises:
        DecodeError: with the path from this struct on.
    """
    if not plan.plain:
        from ._python_read_general import read_general_record

        return read_general_record(plan, source, bit, parameters)
    cls: Any = plan.cls
    record = object.__new__(cls)
    scope, traced = Scope(plan, bit), source.trace is not None
    for op, slot in zip(plan.ops, cls.__bebytes_slots__, strict=True):
        start = bit
        if traced:
            source.enter(op.name)
        try:
            value, operand, bit = _read_node(op.node, source, bit, scope)
        except DecodeError as e:
            e.path = (op.name, *e.path)
            raise
        if traced:
            source.leave(start, bit)
        scope.add(operand, start, bit)
        slot.__set__(record, derived if op.derived == "here" else value)
    return record, scope, bit


def _read_node(node: Any, source: Input, bit: int, scope: Scope) -> tuple[Any, Operand, int]:
    # The value, what expressions see of it, and the bit behind it.
    match node:
        case Number():
            return _read_number(node, source, bit)
        case Data():
            return _read_data(node, source, bit, scope)
        case Record(plan, ()):
            return read_record(plan, source, bit)
        case Option():
            return _read_option(node, source, bit, scope)
        case List(count=Fixed() | Computed()):
            return _read_list(node, source, bit, scope)
        case List():
            return _read_greedy_list(node, source, bit, scope)
    from ._python_read_general import read_general_node

    return read_general_node(node, source, bit, scope)


read_node = _read_node


def _read_number(node: Number, source: Input, bit: int) -> tuple[Any, Operand, int]:
    value = number_value(node, take_bits(source, bit, node.width, little=node.little), bit)
    return value, value, bit + node.width


def take_bits(source: Input, bit: int, width: int, *, little: bool) -> int:
    """
    The number that `width` bits from `bit` on are.

    Raises:
        InsufficientData: they are not there.
    """
    first, end = bit // 8, bit + width
    last = (end + 7) // 8
    if last > source.end:
        raise InsufficientData(last - first, max(source.end - first, 0), offset=bit)
    content = source.data[first:last]
    if little:
        number = int.from_bytes(content, "little") >> (bit % 8)
    else:
        number = int.from_bytes(content, "big") >> (last * 8 - end)
    return number & ((1 << width) - 1)


def number_value(node: Number, number: int, bit: int) -> Any:
    """
    The value that the bits of a number stand for.

    Raises:
        DecodeError: none does.
    """
    number &= (1 << node.width) - 1
    if node.signed and number >> (node.width - 1):
        number -= 1 << node.width
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
    if member is None and node.unknown is None:
        raise InvalidDiscriminant(number, table.name, offset=bit)
    if member is None:
        from ._python_read_general import unknown_value

        return unknown_value(node, number)
    return member


FLOAT_FORMATS = {16: "<e", 32: "<f", 64: "<d"}
"""How `struct` writes floats of these widths."""


def _float_format(node: Number, number: int) -> tuple[str, bytes]:
    return FLOAT_FORMATS[node.width], number.to_bytes(node.width // 8, "little")


def _read_option(node: Option, source: Input, bit: int, scope: Scope) -> tuple[Any, Operand, int]:
    if bit % 8:
        from ._python_read_general import read_unaligned_option

        return read_unaligned_option(node, source, bit, scope)
    start = bit // 8
    size = minimum_bits(node.node) if is_fixed(node.node) else 0
    needed, left = 1 + (size + 7) // 8, source.end - start
    if left < needed:
        raise InsufficientData(needed, left, offset=bit)
    tag = source.data[start]
    if tag > 1:
        raise InvalidDiscriminant(tag, "Option", offset=bit)
    if tag == 0:
        return None, None, bit + 8 + size
    try:
        return _read_node(node.node, source, bit + 8, scope)
    except DecodeError as e:
        if isinstance(node.node, Number | Data):
            e.offset = bit
        raise


def _read_data(node: Data, source: Input, bit: int, scope: Scope) -> tuple[Any, Operand, int]:
    if bit % 8 or node.form is not None or not isinstance(node.length, Fixed | Computed | Rest | Until | After):
        from ._python_read_general import read_general_data

        return read_general_data(node, source, bit, scope)
    content, behind = find_data(node.length, source, bit, scope)
    if not node.text:
        return content, content, behind * 8
    try:
        return content.decode(), content, behind * 8
    except UnicodeDecodeError:
        raise InvalidUtf8(offset=bit) from None


def find_data(length: Any, source: Input, bit: int, scope: Scope) -> tuple[bytes, int]:
    """
    The bytes of data that begins on a byte boundary, and the byte behind it.

    Raises:
        DecodeError: they are not there.
    """
    data = source.data
    start = bit // 8
    end = behind = source.end
    match length:
        case Fixed() | Computed():
            size = read_length(length, bit, scope)
            if size > source.end - start:
                raise InsufficientData(size, source.end - start, offset=bit)
            end = behind = start + size
        case Until(marker, may_be_missing):
            end = data.find(marker, start, source.end)
            behind = end + marker_size(marker)
            if end < 0:
                if not may_be_missing:
                    raise MarkerNotFound(marker, offset=bit)
                end = behind = source.end
        case After(marker):
            at = data.find(marker, start, source.end)
            if at < 0:
                end = behind = start
            else:
                start = at + marker_size(marker)
    return data[start:end], behind


def marker_size(marker: int | bytes) -> int:
    """
    The bytes of a marker.
    """
    return 1 if isinstance(marker, int) else len(marker)


def _read_list(node: List, source: Input, bit: int, scope: Scope) -> tuple[list[Any], Operand, int]:
    assert isinstance(node.count, Fixed | Computed), "other lists are read otherwise"
    count = read_length(node.count, bit, scope)
    items: list[Any] = []
    while len(items) < count:
        bit = _read_item(node, source, bit, scope, items)
    return items, items, bit


def _read_greedy_list(node: List, source: Input, bit: int, scope: Scope) -> tuple[list[Any], Operand, int]:
    from ._plan_general import UntilItem

    if isinstance(node.count, UntilItem):
        from ._python_read_general import read_list_until

        return read_list_until(node, source, bit, scope)
    items: list[Any] = []
    while bit < source.end * 8:
        bit = _read_item(node, source, bit, scope, items)
    return items, items, bit


def _read_item(node: List, source: Input, bit: int, scope: Scope, items: list[Any]) -> int:
    start = bit
    if source.trace is not None:
        source.enter(len(items))
    try:
        item, scope.item, bit = _read_node(node.item, source, bit, scope)
    except DecodeError as e:
        e.path = (len(items), *e.path)
        raise
    if source.trace is not None:
        source.leave(start, bit)
    items.append(item)
    return bit


read_item = _read_item


def read_length(length: Fixed | Computed, bit: int, scope: Scope) -> int:
    """
    The number that a length comes to.

    Raises:
        InvalidSize: it has none.
    """
    if isinstance(length, Fixed):
        return length.value
    try:
        return evaluate_over(length.expression, scope)
    except InvalidValue as e:
        raise InvalidSize(e.value, offset=bit) from None
