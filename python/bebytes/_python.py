"""
The plain-Python runner: the reference for what a plan means, written to be read.

Reading and writing go field by field, with a cursor in bits.
An error starts with an empty path and gains a step on its way out of each field and item.
"""

import math
import struct
from collections.abc import Iterable, Iterator
from operator import index
from typing import Any

from ._derive import (
    DEFERRED,
    UNSET,
    UNSOLVABLE,
    Solutions,
    is_record_of,
    item_of_list,
    length_of_list,
    slot_value,
    solve_derived,
    unsolved,
)
from ._expression import InvalidValue, evaluate
from ._plan import After, Computed, Data, Expression, Fixed, Length, List, Node, Number, Option, Plan, Record, Ref, Table, Until
from .errors import (
    BufferTooSmall,
    DecodeError,
    EmptyBuffer,
    EncodeError,
    InsufficientData,
    InvalidChar,
    InvalidDiscriminant,
    InvalidSize,
    InvalidUtf8,
    LengthMismatch,
    MarkerInData,
    MarkerNotFound,
    OutOfRange,
    TrailingData,
    WrongType,
)
from .fields import derived

Numbers = list[Any]
"""What lengths refer to: a number for each op that is one, such a list for each nested struct, else None."""


class Runner:
    """
    A plan run in plain Python.
    """

    __slots__ = ("_plan",)

    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    def decode(self, data: Any) -> Any:
        """
        The value that the whole input encodes.
        """
        data = readable(data)
        value, consumed = self._decode_first(data)
        if consumed != len(data):
            raise TrailingData(consumed, len(data), offset=consumed * 8, struct=self._plan.name)
        return value

    def decode_prefix(self, data: Any) -> tuple[Any, int]:
        """
        The value at the start of the input, and the bytes it takes.
        """
        return self._decode_first(readable(data))

    def _decode_first(self, data: bytes) -> tuple[Any, int]:
        if not data and self._plan.minimum:
            raise EmptyBuffer(self._plan.minimum, 0, struct=self._plan.name)
        return self._decode_at(data, 0, ())

    def _decode_at(self, data: bytes, start: int, prefix: tuple[int, ...]) -> tuple[Any, int]:
        try:
            value, _, bit = _read_record(self._plan, data, start * 8)
        except DecodeError as e:
            e.path = (*prefix, *e.path)
            e.struct = self._plan.name
            raise
        return value, bit // 8

    def iter_decode(self, data: Any) -> Iterator[Any]:
        """
        The records of the input, one after the other.
        """
        return self._records(readable(data))

    def _records(self, data: bytes) -> Iterator[Any]:
        position = number = 0
        while position < len(data):
            value, position = self._decode_at(data, position, (number,))
            number += 1
            yield value

    def decode_many(self, data: Any) -> list[Any]:
        """
        All records of the input.
        """
        return list(self._records(readable(data)))

    def encode(self, value: Any) -> bytes:
        """
        The bytes of a value.
        """
        out = bytearray()
        self._encode_to(out, value, 0, ())
        return bytes(out)

    def encode_into(self, value: Any, buffer: Any, offset: int = 0) -> int:
        """
        Write a value into a buffer from `offset` (bytes) on, all of it or nothing, and return the bytes written.
        """
        with memoryview(buffer) as whole:
            if whole.readonly or not whole.c_contiguous:
                raise BufferError("the buffer to write into must be writable and contiguous")
            if "O" in whole.format:
                raise BufferError("the buffer to write into holds Python objects, not bytes")
            # A view of several dimensions without items cannot be cast.
            with whole.cast("B") if whole.nbytes else memoryview(bytearray()) as target:
                offset = index(offset)
                if not 0 <= offset <= len(target):
                    raise IndexError(f"offset {offset} is outside the buffer of {len(target)} bytes")
                out = bytearray()
                self._encode_to(out, value, offset * 8, ())
                space = len(target) - offset
                if len(out) > space:
                    raise BufferTooSmall(len(out), space, offset=offset * 8, struct=self._plan.name)
                target[offset : offset + len(out)] = out
                return len(out)

    def encode_many(self, values: Iterable[Any]) -> bytes:
        """
        The bytes of all values, one after the other.
        """
        out = bytearray()
        for number, value in enumerate(values):
            record = bytearray()
            self._encode_to(record, value, len(out) * 8, (number,))
            out += record
        return bytes(out)

    def _encode_to(self, out: bytearray, value: Any, base: int, prefix: tuple[int, ...]) -> None:
        # `base` is where the record begins in the caller's buffer, in bits: errors count from there.
        try:
            _write_node(Record(self._plan), value, out, 0, {})
        except EncodeError as e:
            e.path = (*prefix, *e.path)
            e.offset += base
            e.struct = self._plan.name
            raise


def readable(data: Any) -> bytes:
    """
    The bytes of any contiguous buffer.

    Raises:
        TypeError: it is no buffer.
        BufferError: it is not contiguous.
    """
    if type(data) is bytes:
        return data
    with memoryview(data) as view:
        if not view.c_contiguous:
            raise BufferError("the input must be contiguous")
        return view.tobytes()


# Reading. Each function takes the data and the bit to start at, and gives the value, what lengths refer to, and the bit behind.


def _read_record(plan: Plan, data: bytes, bit: int) -> tuple[Any, Numbers, int]:
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
            return _read_record(node.plan, data, bit)
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


def _read_option(node: Option, data: bytes, bit: int) -> tuple[Any, int]:
    start = bit // 8
    size = node.node.width // 8 if isinstance(node.node, Number) else _fixed(node.node.length)
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


def _fixed(length: Length) -> int:
    assert isinstance(length, Fixed), "options and sized items have fixed lengths"
    return length.value


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
        return _evaluate(length.expression, numbers)
    except InvalidValue as e:
        raise InvalidSize(e.value, offset=bit) from None


def _evaluate(expression: Expression, numbers: Numbers) -> int:
    def number(ref: Ref) -> int:
        found: Any = numbers
        for i in ref.path:
            found = found[i]
        result: int = found
        return result

    return evaluate(expression, number)


# Writing. Each function appends to `out` and takes the bit to start at; it gives what lengths refer to, and the bit behind.


def _write_record(plan: Plan, record: Any, out: bytearray, bit: int, given: Solutions) -> tuple[Numbers, int]:
    start = bit
    own = solve_derived(plan, record)
    solutions = {**own, **given}
    numbers: Numbers = []
    for i, op in enumerate(plan.ops):
        value = slot_value(record, i)
        try:
            if value is derived and op.derived:
                value = solutions.get((i,), UNSET)
                if value is UNSOLVABLE:
                    raise unsolved(offset=bit)
                if value is UNSET:
                    raise WrongType("a number (nothing here is sized by it)", "derived", offset=bit)
                if value is DEFERRED:
                    value = 0  # the field that is to blame stands behind this one, and its error is the one to raise
            inner = {path[1:]: number for path, number in solutions.items() if path[0] == i and len(path) > 1}
            number, bit = _write_node(op.node, value, out, bit, inner, numbers)
        except EncodeError as e:
            e.path = (op.name, *e.path)
            raise
        numbers.append(number)
    if DEFERRED in own.values():
        raise unsolved(offset=start)
    return numbers, bit


def _write_node(
    node: Node, value: Any, out: bytearray, bit: int, given: Solutions, numbers: Numbers | None = None
) -> tuple[Any, int]:
    match node:
        case Number():
            number = to_number(node, value, bit)
            _put(node, number, out, bit)
            return number, bit + node.width
        case Data():
            return None, _write_data(node, value, out, bit, numbers or [])
        case Record():
            if not is_record_of(value, node.plan.cls):
                raise _wrong_type(node, value, bit)
            return _write_record(node.plan, value, out, bit, given)
        case Option():
            return None, _write_option(node, value, out, bit)
        case List():
            return None, _write_list(node, value, out, bit, numbers or [])


def _put(node: Number, number: int, out: bytearray, bit: int) -> None:
    first, end = bit // 8, bit + node.width
    last = (end + 7) // 8
    out.extend(bytes(last - len(out)))
    number &= (1 << node.width) - 1
    if node.little:
        present = int.from_bytes(out[first:last], "little")
        out[first:last] = (present | number << (bit % 8)).to_bytes(last - first, "little")
    else:
        present = int.from_bytes(out[first:last], "big")
        out[first:last] = (present | number << (last * 8 - end)).to_bytes(last - first, "big")


def to_number(node: Number, value: Any, bit: int) -> int:
    """
    The number that stands for a value on the wire, checked.
    """
    if node.kind == "float":
        return _float_bits(node, value, bit)
    if node.kind == "char":
        if not issubclass(type(value), str):
            raise _wrong_type(node, value, bit)
        value = str.__str__(value)
        if len(value) != 1 or not 0 <= ord(value) <= node.maximum or 0xD800 <= ord(value) <= 0xDFFF:
            raise OutOfRange(value, chr(0), chr(int(node.maximum)), offset=bit)
        return ord(value)
    if not hasattr(type(value), "__index__"):
        raise _wrong_type(node, value, bit)
    try:
        number = index(value)
    except TypeError:
        raise _wrong_type(node, value, bit) from None
    if not node.minimum <= number <= node.maximum:
        raise OutOfRange(number, node.minimum, node.maximum, offset=bit)
    if node.table is not None and find_member(node.table, number) is None:
        raise OutOfRange(number, node.minimum, node.maximum, offset=bit)
    return number


def _float_bits(node: Number, value: Any, bit: int) -> int:
    if not hasattr(type(value), "__float__") and not hasattr(type(value), "__index__"):
        raise _wrong_type(node, value, bit)
    try:
        number = float(value)
    except TypeError:
        raise _wrong_type(node, value, bit) from None
    except OverflowError:
        if not hasattr(type(value), "__index__"):
            raise
        raise OutOfRange(index(value), node.minimum, node.maximum, offset=bit) from None
    try:
        return int.from_bytes(struct.pack("<f" if node.width == 32 else "<d", number), "little")
    except OverflowError:
        assert math.isfinite(number), "only finite numbers overflow"
        raise OutOfRange(number, node.minimum, node.maximum, offset=bit) from None


def _write_option(node: Option, value: Any, out: bytearray, bit: int) -> int:
    if value is None:
        size = node.node.width // 8 if isinstance(node.node, Number) else _fixed(node.node.length)
        out.extend(bytes(1 + size))
        return bit + 8 + size * 8
    out.append(1)
    try:
        _, behind = _write_node(node.node, value, out, bit + 8, {})
    except WrongType as e:
        raise WrongType(f"{e.expected} or None", e.actual, offset=bit) from None
    except EncodeError as e:
        e.offset = bit
        raise
    return behind


def _write_data(node: Data, value: Any, out: bytearray, bit: int, numbers: Numbers) -> int:
    content = _content(node, value, bit)
    _check_length(node.length, len(content), bit, numbers)
    match node.length:
        case Until(marker):
            if marker in content:
                raise MarkerInData(marker, offset=bit)
            content += bytes([marker])
        case After(marker):
            content = bytes([marker]) + content
    out.extend(content)
    return bit + len(content) * 8


def _content(node: Data, value: Any, bit: int) -> bytes:
    if node.text:
        if not issubclass(type(value), str):
            raise _wrong_type(node, value, bit)
        try:
            return str.encode(value)
        except UnicodeEncodeError:
            raise OutOfRange(value, None, None, offset=bit) from None
    try:
        view = memoryview(value)
    except TypeError:
        raise _wrong_type(node, value, bit) from None
    with view:
        if not view.c_contiguous:
            raise _wrong_type(node, value, bit)
        return view.tobytes()


def _write_list(node: List, value: Any, out: bytearray, bit: int, numbers: Numbers) -> int:
    if not issubclass(type(value), (list, tuple)):
        raise _wrong_type(node, value, bit)
    start, length = bit, length_of_list(value)
    _check_length(node.count, length, bit, numbers)
    for i in range(length):
        if length_of_list(value) != length:  # an item's own code may change the list
            raise LengthMismatch(length, length_of_list(value), offset=start)
        try:
            _, bit = _write_node(node.item, item_of_list(value, i), out, bit, {}, numbers)
        except EncodeError as e:
            e.path = (i, *e.path)
            raise
    return bit


def _check_length(length: Length, actual: int, bit: int, numbers: Numbers) -> None:
    match length:
        case Fixed(expected):
            pass
        case Computed(expression):
            try:
                expected = _evaluate(expression, numbers)
            except InvalidValue as e:
                raise LengthMismatch(e.value, actual, offset=bit) from None
        case _:
            return
    if actual != expected:
        raise LengthMismatch(expected, actual, offset=bit)


def _wrong_type(node: Node, value: Any, bit: int) -> WrongType:
    actual = "nothing (unset)" if value is UNSET else "derived" if value is derived else type(value).__name__
    return WrongType(_takes(node), actual, offset=bit)


def _takes(node: Node) -> str:
    match node:
        case Number():
            if node.table is not None:
                return f"a {node.table.name}"
            return {"int": "an int", "bool": "a bool", "float": "a float", "char": "a str of length 1"}[node.kind]
        case Data():
            return "a str" if node.text else "bytes"
        case Record():
            return f"a {node.plan.name}"
        case Option():
            return f"{_takes(node.node)} or None"
        case List():
            return "a list"
