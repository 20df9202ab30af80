"""
The readable runner's writing: field by field, with a cursor in bits.

Each function appends to `out` and takes the bit to start at; it gives what lengths refer to, and the bit behind.
An error starts with an empty path and gains a step on its way out of each field and item.
"""

import math
import struct
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
from ._expression import InvalidValue
from ._plan import After, Computed, Data, Fixed, Length, List, Node, Number, Option, Plan, Record, Until
from ._python_common import Numbers, evaluate_over, find_member, option_size
from .errors import EncodeError, LengthMismatch, MarkerInData, OutOfRange, WrongType
from .fields import derived


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
            number, bit = write_node(op.node, value, out, bit, inner, numbers)
        except EncodeError as e:
            e.path = (op.name, *e.path)
            raise
        numbers.append(number)
    if DEFERRED in own.values():
        raise unsolved(offset=start)
    return numbers, bit


def write_node(
    node: Node, value: Any, out: bytearray, bit: int, given: Solutions, numbers: Numbers | None = None
) -> tuple[Any, int]:
    """
    Write the value of a node; `given` has numbers for derived fields inside it, from the struct around.

    Raises:
        EncodeError: with the path from this node on.
    """
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
        number = int.__index__(index(value))  # of a bool or an enum member, the plain number
    except TypeError:
        raise _wrong_type(node, value, bit) from None
    if not node.minimum <= number <= node.maximum:
        raise OutOfRange(number, node.minimum, node.maximum, offset=bit)
    if node.table is not None and find_member(node.table, number) is None:
        raise OutOfRange(number, node.minimum, node.maximum, offset=bit)
    return number


def _float_bits(node: Number, value: Any, bit: int) -> int:
    is_number = hasattr(type(value), "__float__") or hasattr(type(value), "__index__")
    if not is_number or issubclass(type(value), (str, bytes, bytearray)):  # which float() would parse
        raise _wrong_type(node, value, bit)
    try:
        number = float(value)
    except TypeError:
        raise _wrong_type(node, value, bit) from None
    except OverflowError:
        if not hasattr(type(value), "__index__"):
            raise
        raise OutOfRange(int.__index__(index(value)), node.minimum, node.maximum, offset=bit) from None
    try:
        return int.from_bytes(struct.pack("<f" if node.width == 32 else "<d", number), "little")
    except OverflowError:
        assert math.isfinite(number), "only finite numbers overflow"
        raise OutOfRange(number, node.minimum, node.maximum, offset=bit) from None


def _write_option(node: Option, value: Any, out: bytearray, bit: int) -> int:
    if value is None:
        size = option_size(node.node)
        out.extend(bytes(1 + size))
        return bit + 8 + size * 8
    out.append(1)
    try:
        _, behind = write_node(node.node, value, out, bit + 8, {})
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
            _, bit = write_node(node.item, item_of_list(value, i), out, bit, {}, numbers)
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
                expected = evaluate_over(expression, numbers)
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
