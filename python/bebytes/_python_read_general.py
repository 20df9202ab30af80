"""
The readable runner's reading of what goes beyond the crate BeBytes; `_python_read.py` reads the rest.
"""

from typing import Any

from ._expression import InvalidValue as NoValue
from ._plan import Computed, Data, Fixed, List, Number, Op, Option, Plan, Record, Ref
from ._plan_general import (
    KEPT,
    Adapted,
    Aligning,
    Decimal,
    Formula,
    Interval,
    OneOf,
    Ordered,
    Packed,
    Placed,
    Recursion,
    Rule,
    Scaled,
    Sized,
    Switch,
    UntilItem,
    Varint,
    When,
    Wide,
    core_of,
)
from ._python_common import Operand, Scope, find_member, follow
from ._python_formula import parameters_of, whole
from ._python_numbers import read_decimal, read_packed, read_varint, read_wide
from ._python_read import Input, find_data, read_item, read_length, read_node, read_record, take_bits
from ._specifier import derived
from ._text import decode_text, strip_padding
from .errors import (
    ChecksumMismatch,
    DecodeError,
    EncodeError,
    InsufficientData,
    InvalidConstant,
    InvalidDiscriminant,
    InvalidText,
    InvalidUtf8,
    InvalidValue,
    LimitExceeded,
    TrailingData,
)

MAXIMUM_RECURSION = 64
"""Structs that contain themselves, and places, inside each other."""


def read_general_record(plan: Plan, source: Input, bit: int, parameters: tuple[int, ...]) -> tuple[Any, Scope, int]:
    """
    Read a struct whose plan is not plain.

    Raises:
        DecodeError: with the path from this struct on.
    """
    cls: Any = plan.cls
    record = object.__new__(cls)
    scope = Scope(plan, bit, parameters)
    nothing_there, traced = False, source.trace is not None
    ops = turned(plan, plan.ops, -1, scope, bit)
    for i in range(len(ops)):
        op, start = ops[i], bit
        if traced:
            source.enter(op.name)
        try:
            value, operand, bit = read_node(op.node, source, bit, scope)
            if op.extra is not None:
                _check_own(op, value, operand, start, scope)
        except DecodeError as e:
            e.path = (op.name, *e.path)
            raise
        if traced:
            source.leave(start, bit)
        scope.add(operand, start, bit)
        cls.__bebytes_slots__[i].__set__(record, _stored(op, value))
        for j in selectors_to_keep(op.node, value, scope):
            if ops[j].derived == "here":
                cls.__bebytes_slots__[j].__set__(record, scope.operands[j])
        for j in op.extra.checks if op.extra is not None else ():
            _check_given(ops[j], j, source, scope)
        nothing_there = nothing_there or (value is None and operand is None)
        ops = turned(plan, ops, i, scope, bit)
    if nothing_there:
        _keep_what_nothing_tells(plan, record, scope)
    return record, scope, bit


def _keep_what_nothing_tells(plan: Plan, record: Any, scope: Scope) -> None:
    # The number for a field that is not there is written as 0; any other is kept to be written again.
    from ._derive_general import told_by_nothing

    cls: Any = plan.cls
    for j in told_by_nothing(plan, record):
        if plan.ops[j].derived == "here" and scope.operands[j]:
            cls.__bebytes_slots__[j].__set__(record, scope.operands[j])


def turned(plan: Plan, ops: tuple[Op, ...], done: int, scope: Scope, bit: int) -> tuple[Op, ...]:
    """
    The ops of the byte order that the data tells, once the op that tells it is `done`.

    Raises:
        InvalidValue: it tells none.
    """
    turn = plan.turn
    if turn is None or turn.after != done:
        return ops
    return turn.little if holds(turn.condition, scope, bit, "byteorder") else ops


def holds(condition: Formula, scope: Scope, bit: int, what: str) -> bool:
    """
    Whether a condition is not 0.

    Raises:
        InvalidValue: it has no value.
    """
    try:
        return bool(whole(condition.expression, scope))
    except NoValue as e:
        raise InvalidValue(e.value, f"{what} {condition.text!r}", offset=bit) from None


def is_absent(node: Any, scope: Scope, bit: int) -> bool:
    """
    Whether a field with a condition is not there.

    Raises:
        InvalidValue: the condition has no value.
    """
    while isinstance(node, Ordered):
        node = node.big  # both have the same condition
    return isinstance(node, When) and not holds(node.condition, scope, bit, "when")


def _stored(op: Op, value: Any) -> Any:
    if not op.derived or op.derived == "outer":
        return value
    if op.derived == "padding" and op.extra is not None and op.extra.padding == "keep" and any_bits(value):
        return value
    if op.derived == "checksum" and op.extra is not None and op.extra.checksum is not None:
        none = op.extra.checksum.none
        return value if none is not None and value == none else derived
    return derived


def selectors_to_keep(node: Any, value: Any, scope: Scope) -> list[int]:
    """
    The fields that choose a variant, where the class of the value does not tell what they were.
    """
    node = core_of(node)
    if not isinstance(node, Switch):
        return []
    from ._derive_general import key_of
    from ._expression import references

    expression = node.selector.expression
    if isinstance(expression, Ref) and key_of(node.cases, value) == follow(scope, expression.path):
        return []
    return [ref.path[0] for ref in references(expression) if len(ref.path) == 1]


def any_bits(value: Any) -> bool:
    """
    Whether padding, of bytes or bits, has any bit set.
    """
    return any(value) if isinstance(value, bytes) else bool(value)


def _check_own(op: Op, value: Any, operand: Operand, bit: int, scope: Scope) -> None:
    extra = op.extra
    assert extra is not None, "only called where there is something to check"
    if extra.constant is not None and value is not None and value != extra.constant:  # None where it is absent
        raise InvalidConstant(value, extra.constant, offset=bit)
    if extra.padding == "zero" and any_bits(value):
        raise InvalidConstant(value, bytes(len(value)) if isinstance(value, bytes) else 0, offset=bit)
    if extra.rule is not None and value is not None:
        check_rule(extra.rule, value, operand, bit, scope)


def check_rule(rule: Rule, value: Any, operand: Operand, bit: int, scope: Scope) -> None:
    """
    Check a value, or each of a list.

    Raises:
        InvalidValue: the first that is not what it must be.
    """
    if not rule.each:
        if not _obeys(rule, value, operand, scope, bit):
            raise InvalidValue(value, rule.text, offset=bit)
        return
    for i, item in enumerate(value):
        try:
            if item is not None:
                check_rule(rule._replace(each=isinstance(item, list)), item, item, bit, scope)
        except (EncodeError, DecodeError) as e:
            e.path = (i, *e.path)
            raise


def _obeys(rule: Rule, value: Any, operand: Operand, scope: Scope, bit: int) -> bool:
    match rule.test:
        case Interval(minimum, maximum, step):
            return minimum <= value <= maximum and (step == 0 or (value - minimum) % step == 0)
        case OneOf(values):
            return value in values
        case Formula() as formula:
            scope.own = operand
            return holds(formula, scope, bit, "where")


def _check_given(op: Op, index: int, source: Input, scope: Scope) -> None:
    # What is computed from others, once they have been read.
    extra = op.extra
    assert extra is not None, "only fields that are given have something to check"
    start = scope.spans[index][0]
    actual = scope.operands[index]
    try:
        if extra.computed is not None and actual is not None:
            try:
                expected = whole(extra.computed.expression, scope)
            except NoValue as e:
                raise InvalidValue(e.value, repr(extra.computed.text), offset=start) from None
            if expected != actual:
                raise InvalidValue(int(actual), f"{expected}, which is {extra.computed.text}", offset=start)
        if extra.checksum is not None and source.verify and actual is not None and actual != extra.checksum.none:
            from ._checksum import checksum_of

            covered = covered_bytes(extra.checksum, scope, index, source.data)
            expected_sum = checksum_of(extra.checksum, covered, scope, start)
            if expected_sum != actual:
                raise ChecksumMismatch(expected_sum, actual, offset=start)
    except DecodeError as e:
        e.path = (op.name, *e.path)
        raise


def covered_bytes(checksum: Any, scope: Scope, index: int, data: bytes | bytearray, base: int = 0) -> bytearray:
    """
    The bytes that a checksum covers, its own as zeros; `data` begins at byte `base` of the message.
    """
    first = scope.spans[checksum.first][0] // 8
    last = (scope.spans[checksum.last][1] + 7) // 8
    covered = bytearray(data[first - base : last - base])
    if checksum.first <= index <= checksum.last:
        start, end = (bit // 8 - first for bit in scope.spans[index])
        covered[start:end] = bytes(end - start)
    return covered


def read_general_node(node: Any, source: Input, bit: int, scope: Scope) -> tuple[Any, Operand, int]:
    """
    Read a node that is in no plain plan: the value, what expressions see of it, and the bit behind it.

    Raises:
        DecodeError: with the path from this node on.
    """
    match node:
        case Record(plan):
            return read_record(plan, source, bit, _parameters(node, scope, bit))
        case When(condition, inner):
            if not holds(condition, scope, bit, "when"):
                return None, None, bit
            return read_node(inner, source, bit, scope)
        case Switch():
            return _read_switch(node, source, bit, scope)
        case Sized():
            return _read_sized(node, source, bit, scope)
        case Ordered(condition, big, little):
            return read_node(little if holds(condition, scope, bit, "byteorder") else big, source, bit, scope)
        case Adapted():
            return _read_adapted(node, source, bit, scope)
        case Scaled(inner, scale, offset):
            _, number, bit = read_node(inner, source, bit, scope)
            return number * scale + offset, number, bit
        case Recursion(plan=plan):
            parameters = _parameters(node, scope, bit)
            read: tuple[Any, Operand, int] = _deeper(lambda: read_record(plan, source, bit, parameters), source, bit)
            return read
        case Placed():
            return _read_placed(node, source, bit, scope)
        case Packed():
            return read_packed(node, source, bit)
        case Wide():
            return read_wide(node, source, bit, scope)
        case Varint():
            return read_varint(node, source, bit)
        case Decimal():
            return read_decimal(node, source, bit)
    raise AssertionError(f"{node!r} is no node")


def _parameters(node: Any, scope: Scope, bit: int) -> tuple[int, ...]:
    try:
        return parameters_of(node, scope)
    except NoValue as e:
        raise InvalidValue(e.value, "a parameter", offset=bit) from None


def _deeper(read: Any, source: Input, bit: int) -> Any:
    if source.depth >= MAXIMUM_RECURSION:
        raise LimitExceeded(MAXIMUM_RECURSION, offset=bit)
    source.depth += 1
    try:
        return read()
    finally:
        source.depth -= 1


def _read_switch(node: Switch, source: Input, bit: int, scope: Scope) -> tuple[Any, Operand, int]:
    selector = selected(node, scope, bit)
    case = next((c for c in node.cases if selector in c.keys), node.default)
    if case is None:
        raise InvalidDiscriminant(selector, node.selector.text, offset=bit)
    if case.node is None:
        return None, None, bit
    return read_node(case.node, source, bit, scope)


def selected(node: Switch, scope: Scope, bit: int) -> Any:
    """
    What the selector of a switch comes to.

    Raises:
        InvalidValue: it has no value.
    """
    from ._formula import evaluate_any

    try:
        return evaluate_any(node.selector.expression, scope.lookup)
    except NoValue as e:
        raise InvalidValue(e.value, f"switch {node.selector.text!r}", offset=bit) from None


def _read_sized(node: Sized, source: Input, bit: int, scope: Scope) -> tuple[Any, Operand, int]:
    start = bit // 8
    size = read_length(node.length, bit, scope)
    if size > source.end - start:
        raise InsufficientData(size, source.end - start, offset=bit)
    around = source.end
    source.end = start + size
    try:
        value, operand, behind = read_node(node.node, source, bit, scope)
    finally:
        source.end = around
    if behind != (start + size) * 8:
        raise TrailingData((behind + 7) // 8 - start, size, offset=behind)
    return value, operand, behind


def _read_adapted(node: Adapted, source: Input, bit: int, scope: Scope) -> tuple[Any, Operand, int]:
    value, operand, behind = read_node(node.node, source, bit, scope)
    try:
        return node.decode(value), operand, behind
    except (ValueError, ArithmeticError, LookupError) as e:
        raise InvalidValue(value, f"what makes {node.name}", offset=bit) from e


def _read_placed(node: Placed, source: Input, bit: int, scope: Scope) -> tuple[Any, Operand, int]:
    target = position(node, source.origin, bit, scope)
    if not source.origin <= target <= len(source.data):
        raise InvalidValue(target - source.origin, "a position inside the input", offset=bit)
    place = (id(node), target)
    if place in source.active:
        raise InvalidValue(target - source.origin, "a position that does not lead back to itself", offset=bit)
    around = source.end
    source.active.add(place)
    source.end = len(source.data)
    try:
        value, operand, behind = _deeper(lambda: read_node(node.node, source, target * 8, scope), source, bit)
    finally:
        source.active.discard(place)
        source.end = around
    end = (behind + 7) // 8
    source.reach = max(source.reach, end)
    source.budget -= max(end - target, 1)
    if source.budget < 0:
        raise LimitExceeded(MAXIMUM_RECURSION, offset=bit)
    return value, operand, bit


def position(node: Placed, origin: int, bit: int, scope: Scope) -> int:
    """
    The byte at which a place is.

    Raises:
        InvalidValue: its expression has no value.
    """
    try:
        offset = whole(node.position.expression, scope)
    except NoValue as e:
        raise InvalidValue(e.value, f"at {node.position.text!r}", offset=bit) from None
    match node.origin:
        case "struct":
            return scope.start // 8 + offset
        case "here":
            return bit // 8 + offset
    return origin + offset


def read_unaligned_option(node: Option, source: Input, bit: int, scope: Scope) -> tuple[Any, Operand, int]:
    """
    Read an option that begins inside a byte; its tag has 8 bits all the same.

    Raises:
        DecodeError: as for any option.
    """
    from ._boundaries import is_little
    from ._layout import is_fixed, minimum_bits

    little = bool(is_little(node.node))
    tag = take_bits(source, bit, 8, little=little)
    if tag > 1:
        raise InvalidDiscriminant(tag, "Option", offset=bit)
    if tag:
        return read_node(node.node, source, bit + 8, scope)
    size = minimum_bits(node.node) if is_fixed(node.node) else 0
    if size:
        take_bits(source, bit + 8, size, little=little)
    return None, None, bit + 8 + size


def read_general_data(node: Data, source: Input, bit: int, scope: Scope) -> tuple[Any, Operand, int]:
    """
    Read data that begins inside a byte, or has a form of its own.

    Raises:
        DecodeError: as for any data.
    """
    match node.length:
        case Aligning(step):
            # From inside a byte, the bits up to its end are a byte of their own.
            width = -(bit - source.origin * 8) % (step * 8)
            order: Any = "little" if node.little else "big"
            number = take_bits(source, bit, width, little=node.little) if width else 0
            content, behind = number.to_bytes((width + 7) // 8, order), bit + width
        case Fixed() | Computed() if bit % 8:
            size = read_length(node.length, bit, scope)
            if bit + size * 8 > source.end * 8:
                raise InsufficientData(size + 1, max(source.end - bit // 8, 0), offset=bit)
            order = "little" if node.little else "big"
            content = take_bits(source, bit, size * 8, little=node.little).to_bytes(size, order)
            behind = bit + size * 8
        case _:
            assert bit % 8 == 0, "the compiler lets only data of a size begin inside a byte"
            content, end = find_data(node.length, source, bit, scope)
            behind = end * 8
    stripped = content if node.form is None else strip_padding(node.form, content)
    if not node.text:
        return stripped, stripped, behind
    try:
        text = stripped.decode() if node.form is None else decode_text(node.form, stripped)
    except UnicodeError:
        if node.form is None or node.form.codec == "utf-8":
            raise InvalidUtf8(offset=bit) from None
        raise InvalidText(node.form.codec, offset=bit) from None
    return text, stripped, behind


def read_list_until(node: List, source: Input, bit: int, scope: Scope) -> tuple[Any, Operand, int]:
    """
    Read a list that ends with an item.

    Raises:
        DecodeError: with the path from the list on.
    """
    until = node.count
    assert isinstance(until, UntilItem), "other lists are read otherwise"
    items: list[Any] = []
    while True:
        start = bit
        bit = read_item(node, source, bit, scope, items)
        try:
            ends = holds(until.formula, scope, start, "until")
        except DecodeError as e:
            e.path = (len(items) - 1, *e.path)
            raise
        if ends:
            break
    if until.sentinel is not KEPT:
        last = items.pop()
        if last != until.sentinel:
            raise InvalidConstant(last, until.sentinel, path=(len(items),), offset=start)
    return items, items, bit


def unknown_value(node: Number, number: int) -> Any:
    """
    What a number that no member has is read as.
    """
    if node.unknown is not KEPT:
        return node.unknown
    table = node.table
    assert table is not None, "only members are unknown"
    return find_member(table, number) or number
