"""
The readable runner's writing: field by field, with a cursor in bits.

Each function appends to `out` and takes the bit to start at; it gives what lengths refer to, and the bit behind.
An error starts with an empty path and gains a step on its way out of each field and item.
"""

import math
import struct
from bisect import bisect_left, bisect_right
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
from ._layout import integer_range, is_fixed, minimum_bits
from ._plan import After, Computed, Data, Fixed, List, Number, Option, Plan, Record, Rest, Until
from ._python_common import Operand, Scope, evaluate_over, find_member
from ._python_read import FLOAT_FORMATS
from ._specifier import derived
from .errors import EncodeError, LengthMismatch, MarkerInData, OutOfRange, WrongType


class Output:
    """
    What is written: `data`, which begins at byte `base` of the message.

    Attributes:
        data: the bytes so far.
        base: the byte of the message at which they begin.
        places: what is still to be written at places of its own.
        unfinished: the structs with numbers that depend on these places.
        trail: the path of what is being written, of structs that are not plain.
        depth: how many structs that contain themselves are being written inside each other.
        asked: the field of the outermost struct, by its index, whose number alone is asked for; None to write a message.
    """

    __slots__ = ("_root", "_taken", "asked", "base", "data", "depth", "places", "trail", "unfinished")

    def __init__(self, base: int = 0, root: "Output | None" = None) -> None:
        self.data = bytearray()
        self.base = base
        self._root = root
        self.depth = 0
        self.asked: int | None = None
        self.trail: list[str | int] = []
        self.places: list[Any] = []
        self.unfinished: list[Any] = []
        self._taken: list[tuple[int, int]] | None = None

    @property
    def root(self) -> "Output":
        """
        What is written of the whole message; not kept where that is this, which would be a cycle for the collector.
        """
        return self if self._root is None else self._root

    def taken(self) -> list[tuple[int, int]]:
        """
        The bytes that something is written to, as pairs of the first and the one behind the last, in order.
        """
        if self._taken is None:
            self._taken = [(0, len(self.data))]
        return self._taken

    def take(self, start: int, end: int) -> None:
        """
        Note bytes that something is written to.
        """
        spans = self.taken()
        # Those that touch become one; mostly that is the last, or none.
        low = bisect_left(spans, start, key=_behind)
        high = bisect_right(spans, end, key=_first)
        if low < high:
            start, end = min(start, spans[low][0]), max(end, spans[high - 1][1])
        spans[low:high] = [(start, end)]

    def overlapping(self, start: int, end: int) -> "list[tuple[int, int]]":
        """
        The bytes of a range that something is written to, in order.
        """
        spans = self.taken()
        some = spans[bisect_right(spans, start, key=_behind) : bisect_left(spans, end, key=_first)]
        return [(max(first, start), min(behind, end)) for first, behind in some]

    def put(self, number: int, width: int, bit: int, *, little: bool) -> None:
        """
        Write the lowest `width` bits of a number at `bit`, where there are zeros or nothing yet.
        """
        end = bit + width
        first, last = bit // 8 - self.base, (end + 7) // 8 - self.base
        self.data.extend(bytes(max(last - len(self.data), 0)))
        number &= (1 << width) - 1
        if little:
            present = int.from_bytes(self.data[first:last], "little")
            self.data[first:last] = (present | number << (bit % 8)).to_bytes(last - first, "little")
        else:
            present = int.from_bytes(self.data[first:last], "big")
            self.data[first:last] = (present | number << (-end % 8)).to_bytes(last - first, "big")

    def append(self, content: bytes | bytearray, bit: int, *, little: bool = False) -> int:
        """
        Write bytes at `bit`, behind all others, and give the bit behind them.
        """
        if bit % 8:
            number = int.from_bytes(content, "little" if little else "big")
            self.put(number, len(content) * 8, bit, little=little)
        else:
            self.data += content
        return bit + len(content) * 8


def _first(span: tuple[int, int]) -> int:
    return span[0]


def _behind(span: tuple[int, int]) -> int:
    return span[1]


def write_record(
    plan: Plan, record: Any, out: Output, bit: int, given: Solutions, parameters: tuple[int, ...] = ()
) -> tuple[Scope, int]:
    """
    Write a struct; `given` has numbers for derived fields inside it, from the struct around.

    Raises:
        EncodeError: with the path from this struct on.
    """
    if not plan.plain:
        from ._python_write_general import write_general_record

        return write_general_record(plan, record, out, bit, given, parameters)
    own = solve_derived(plan, record)
    solutions = {**own, **given}
    scope = Scope(plan, bit)
    for i, op in enumerate(plan.ops):
        value, start = slot_value(record, i), bit
        try:
            if value is derived and op.derived:
                value = given_number(solutions.get((i,), UNSET), bit)
            operand, bit = write_node(op.node, value, out, bit, inside(solutions, i), scope)
        except EncodeError as e:
            e.path = (op.name, *e.path)
            raise
        scope.add(operand, start, bit)
    if DEFERRED in own.values():
        raise unsolved(offset=scope.start)
    return scope, bit


def given_number(solution: Any, bit: int) -> Any:
    """
    The number of a free derived field.

    Raises:
        WrongType: there is none.
    """
    if solution is UNSOLVABLE:
        raise unsolved(offset=bit)
    if solution is UNSET:
        raise WrongType("a number (nothing here is sized by it)", "derived", offset=bit)
    # Of one deferred, the field that is to blame stands behind this one, and its error is the one to raise.
    return 0 if solution is DEFERRED else solution


def inside(solutions: Solutions, index_of_op: int) -> Solutions:
    """
    The numbers for what is inside an op, by their paths from there on.
    """
    return {path[1:]: number for path, number in solutions.items() if path[0] == index_of_op and len(path) > 1}


def write_node(
    node: Any, value: Any, out: Output, bit: int, given: Solutions, scope: Scope | None = None
) -> tuple[Operand, int]:
    """
    Write the value of a node; `given` has numbers for derived fields inside it, from the struct around.

    Returns:
        What expressions see of it, and the bit behind it.

    Raises:
        EncodeError: with the path from this node on.
    """
    match node:
        case Number():
            number = to_number(node, value, bit)
            out.put(number, node.width, bit, little=node.little)
            return number, bit + node.width
        case Data():
            return _write_data(node, value, out, bit, scope)
        case Record(plan, ()):
            if not is_record_of(value, plan.cls):
                raise wrong_type(node, value, bit)
            return write_record(plan, value, out, bit, given)
        case Option():
            return _write_option(node, value, out, bit, scope)
        case List(count=Fixed() | Computed()):
            return _write_list(node, value, out, bit, scope)
        case List():
            return _write_greedy_list(node, value, out, bit, scope)
    from ._python_write_general import write_general_node

    return write_general_node(node, value, out, bit, given, scope)


def to_integer(value: Any, width: int, signed: bool, bit: int) -> int:
    """
    The integer of `width` bits that a value stands for.

    Raises:
        EncodeError: it stands for none.
    """
    return to_number(Number("int", width, signed, False, None, *integer_range(width, signed)), value, bit)


def to_number(node: Number, value: Any, bit: int) -> int:
    """
    The number that stands for a value on the wire, checked.
    """
    if node.kind == "float":
        return _float_bits(node, value, bit)
    if node.kind == "char":
        if not issubclass(type(value), str):
            raise wrong_type(node, value, bit)
        value = str.__str__(value)
        if len(value) != 1 or not 0 <= ord(value) <= node.maximum or 0xD800 <= ord(value) <= 0xDFFF:
            raise OutOfRange(value, chr(0), chr(int(node.maximum)), offset=bit)
        return ord(value)
    if not hasattr(type(value), "__index__"):
        raise wrong_type(node, value, bit)
    try:
        number = int.__index__(index(value))  # of a bool or an enum member, the plain number
    except TypeError:
        raise wrong_type(node, value, bit) from None
    if not node.minimum <= number <= node.maximum:
        raise OutOfRange(number, node.minimum, node.maximum, offset=bit)
    if node.table is not None and node.unknown is None and find_member(node.table, number) is None:
        raise OutOfRange(number, node.minimum, node.maximum, offset=bit)
    return number


def _float_bits(node: Number, value: Any, bit: int) -> int:
    is_number = hasattr(type(value), "__float__") or hasattr(type(value), "__index__")
    if not is_number or issubclass(type(value), (str, bytes, bytearray)):  # which float() would parse
        raise wrong_type(node, value, bit)
    try:
        number = float(value)
    except TypeError:
        raise wrong_type(node, value, bit) from None
    except OverflowError:
        if not hasattr(type(value), "__index__"):
            raise
        raise OutOfRange(int.__index__(index(value)), node.minimum, node.maximum, offset=bit) from None
    try:
        return int.from_bytes(struct.pack(FLOAT_FORMATS[node.width], number), "little")
    except OverflowError:
        assert math.isfinite(number), "only finite numbers overflow"
        raise OutOfRange(number, node.minimum, node.maximum, offset=bit) from None


def _write_option(node: Option, value: Any, out: Output, bit: int, scope: Scope | None) -> tuple[Operand, int]:
    little = False
    if bit % 8:
        from ._boundaries import is_little

        little = bool(is_little(node.node))
    if value is None:
        size = minimum_bits(node.node) if is_fixed(node.node) else 0
        out.put(0, 8 + size, bit, little=little)
        return None, bit + 8 + size
    out.put(1, 8, bit, little=little)
    try:
        return write_node(node.node, value, out, bit + 8, {}, scope)
    except WrongType as e:
        if e.path:
            raise
        raise WrongType(f"{e.expected} or None", e.actual, offset=bit) from None
    except EncodeError as e:
        if isinstance(node.node, Number | Data):
            e.offset = bit
        raise


def _write_data(node: Data, value: Any, out: Output, bit: int, scope: Scope | None) -> tuple[Operand, int]:
    if node.form is not None or not isinstance(node.length, Fixed | Computed | Rest | Until | After):
        from ._python_write_general import write_general_data

        return write_general_data(node, value, out, bit, scope)
    content = content_of(node, value, bit)
    check_length(node.length, len(content), bit, scope)
    return content, out.append(framed(node.length, content, bit), bit, little=node.little)


def framed(length: Any, content: bytes, bit: int) -> bytes:
    """
    The content of data with its marker.

    Raises:
        MarkerInData: it would end there.
    """
    match length:
        case Until(marker):
            ending = bytes([marker]) if isinstance(marker, int) else marker
            written = content + ending
            if written.find(ending) < len(content):  # also where it ends with part of its marker
                raise MarkerInData(marker, offset=bit)
            return written
        case After(marker):
            return (bytes([marker]) if isinstance(marker, int) else marker) + content
    return content


def content_of(node: Data, value: Any, bit: int) -> bytes:
    """
    The bytes of data, without padding.

    Raises:
        EncodeError: it is of another kind, or its codec cannot write it.
    """
    if node.text:
        if not issubclass(type(value), str):
            raise wrong_type(node, value, bit)
        if node.form is not None and node.form.codec != "utf-8":
            from ._python_write_general import encoded

            return encoded(node.form, value, bit)
        try:
            return str.encode(value)
        except UnicodeEncodeError:
            raise OutOfRange(value, None, None, offset=bit) from None
    try:
        view = memoryview(value)
    except TypeError:
        raise wrong_type(node, value, bit) from None
    with view:
        if not view.c_contiguous:
            raise wrong_type(node, value, bit)
        return view.tobytes()


def _write_list(node: List, value: Any, out: Output, bit: int, scope: Scope | None) -> tuple[Operand, int]:
    if not issubclass(type(value), (list, tuple)):
        raise wrong_type(node, value, bit)
    check_length(node.count, length_of_list(value), bit, scope)
    return write_items(node, value, out, bit, scope)


def _write_greedy_list(node: List, value: Any, out: Output, bit: int, scope: Scope | None) -> tuple[Operand, int]:
    from ._plan_general import UntilItem

    if isinstance(node.count, UntilItem):
        from ._python_write_general import write_list_until

        return write_list_until(node, value, out, bit, scope)
    if not issubclass(type(value), (list, tuple)):
        raise wrong_type(node, value, bit)
    return write_items(node, value, out, bit, scope)


def write_items(
    node: List, value: Any, out: Output, bit: int, scope: Scope | None, look: Any = None
) -> tuple[Operand, int]:
    """
    Write the items of a list; `look` is called with each item's number, what expressions see of it, and its bit.

    Raises:
        EncodeError: with the path from the list on.
    """
    start, length = bit, length_of_list(value)
    for i in range(length):
        if length_of_list(value) != length:  # an item's own code may change the list
            raise LengthMismatch(length, length_of_list(value), offset=start)
        try:
            before = bit
            out.trail.append(i)
            operand, bit = write_node(node.item, item_of_list(value, i), out, bit, {}, scope)
            out.trail.pop()
            if look is not None:
                look(i, operand, before)
        except EncodeError as e:
            e.path = (i, *e.path)
            raise
    return value, bit


def check_length(length: Any, actual: int, bit: int, scope: Scope | None) -> None:
    """
    Check the length of a value, where the schema or other fields say what it must be.

    Raises:
        LengthMismatch: it is another.
    """
    match length:
        case Fixed(expected):
            pass
        case Computed(expression):
            assert scope is not None, "lengths are worked out from fields of a struct"
            if scope.waits(length, actual, bit):
                return
            try:
                expected = evaluate_over(expression, scope)
            except InvalidValue as e:
                raise LengthMismatch(e.value, actual, offset=bit) from None
        case _:
            return
    if actual != expected:
        raise LengthMismatch(expected, actual, offset=bit)


def wrong_type(node: Any, value: Any, bit: int) -> WrongType:
    """
    The error of a value of another kind than a node takes.
    """
    actual = "nothing (unset)" if value is UNSET else "derived" if value is derived else type(value).__name__
    return WrongType(takes(node), actual, offset=bit)


def takes(node: Any) -> str:
    """
    What a node takes, as a person says it.
    """
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
            return f"{takes(node.node)} or None"
        case List():
            return "a list"
    from ._python_write_general import takes_general

    return takes_general(node)
