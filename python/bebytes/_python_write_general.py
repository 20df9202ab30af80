"""
The readable runner's writing of what goes beyond the crate BeBytes; `_python_write.py` writes the rest.

Numbers that follow from what stands behind them are written as zeros, and put in as soon as they can be told.
"""

from typing import Any

from ._derive import (
    MEASURED,
    UNSET,
    Solutions,
    is_record_of,
    item_of_list,
    length_of_list,
    number_of,
    slot_value,
    solve_derived,
)
from ._derive_general import is_of_case
from ._expression import InvalidValue as NoValue
from ._layout import integer_range, minimum_bits
from ._plan import Computed, Data, Fixed, List, Number, Op, Option, Plan, Record
from ._plan_general import (
    KEPT,
    Adapted,
    Aligning,
    Decimal,
    Ordered,
    Packed,
    Placed,
    Recursion,
    Scaled,
    Sized,
    Switch,
    Text,
    UntilItem,
    Varint,
    When,
    Wide,
)
from ._python_common import Operand, Scope
from ._python_finish import WritingScope
from ._python_formula import PENDING, Pending, parameters_of
from ._python_numbers import varint_bytes, wide_width
from ._python_places import Unwritten
from ._python_read import number_value
from ._python_read_general import MAXIMUM_RECURSION, check_rule, holds, is_absent, selected, turned
from ._python_write import (
    Output,
    check_length,
    content_of,
    framed,
    given_number,
    inside,
    takes,
    to_integer,
    to_number,
    write_items,
    write_node,
    write_record,
    wrong_type,
)
from ._specifier import derived
from ._text import encode_text, fill
from .errors import EncodeError, InvalidValue, LengthMismatch, OutOfRange
from .types import Overlong


def write_general_record(
    plan: Plan, record: Any, out: Output, bit: int, given: Solutions, parameters: tuple[int, ...]
) -> tuple[Scope, int]:
    """
    Write a struct whose plan is not plain.

    Raises:
        EncodeError: with the path from this struct on.
    """
    own = solve_derived(plan, record)
    solutions = {**own, **given}
    scope = WritingScope(plan, record, out, bit, parameters, own)
    ops = turned(plan, plan.ops, -1, scope, bit)
    for i in range(len(ops)):
        op, start = ops[i], bit
        value = slot_value(record, i)
        out.trail.append(op.name)
        try:
            if value is derived and op.derived:
                operand, bit = _write_given(op, i, out, bit, solutions, scope)
            else:
                operand, bit = write_node(op.node, value, out, bit, inside(solutions, i), scope)
                if op.extra is not None:
                    scope.check_pinned(op, i, value, operand, start)
            if op.extra is not None and op.extra.rule is not None and operand is not PENDING and operand is not None:
                canonical = as_read(op.node, operand if value is derived else value, scope)
                seen = scope.seen(canonical) if isinstance(operand, Unwritten) else operand
                check_rule(op.extra.rule, canonical, seen, start, scope)
        except EncodeError as e:
            e.path = (op.name, *e.path)
            raise
        except Pending:
            raise InvalidValue(None, "worked out from what stands before it", path=(op.name,), offset=start) from None
        out.trail.pop()
        scope.add(operand, start, bit)
        scope.note_inner(i, solutions)
        ops = turned(plan, ops, i, scope, bit)
        scope.ops = ops
    return scope, scope.finish(bit)


def as_read(node: Any, value: Any, scope: Scope) -> Any:
    """
    A value that could be written, as reading gives it: of an object with `__index__` the number, of a buffer the bytes.
    """
    match node:
        case When(_, inner) | Placed(node=inner) | Sized(_, inner):
            return as_read(inner, value, scope)
        case Ordered(big=inner):
            return as_read(inner, value, scope)
        case Option(inner):
            return None if value is None else as_read(inner, value, scope)
        case List(_, item):
            return [as_read(item, item_of_list(value, i), scope) for i in range(length_of_list(value))]
        case Number():
            return number_value(node, to_number(node, value, 0), 0)
        case Packed(number):
            return number_value(number, to_number(number, value, 0), 0)
        case Wide() | Varint() | Decimal():
            return number_of(value)
        case Scaled(inner, scale, offset):
            return as_read(inner, _unscaled(node, value, 0), scope) * scale + offset
        case Data(text=text):
            return str.__str__(value) if text else content_of(node, value, 0)
    return value


def _write_given(
    op: Op, index: int, out: Output, bit: int, solutions: Solutions, scope: WritingScope
) -> tuple[Operand, int]:
    # A field whose value is not stored.
    extra = op.extra
    if is_absent(op.node, scope, bit):
        return None, bit
    match op.derived:
        case "constant":
            assert extra is not None, "a constant has a value"
            return write_node(op.node, extra.constant, out, bit, {}, scope)
        case "padding":
            size = padding_bits(op.node, bit, scope)
            out.put(0, size, bit, little=getattr(op.node, "little", False))
            return 0 if isinstance(op.node, Number | Packed) else bytes((size + 7) // 8), bit + size
        case "computed":
            assert extra is not None, "a computed field has a formula"
            assert extra.computed is not None, "see above"
            try:
                number = scope.number_now(extra.computed, bit)
            except Pending:
                return scope.write_placeholder(op.node, index, bit)
            return write_node(op.node, number, out, bit, {}, scope)
        case "checksum":
            return scope.write_placeholder(op.node, index, bit)
    if isinstance(op.node, When) and not holds(op.node.condition, scope, bit, "when"):
        return None, bit
    number = given_number(solutions.get((index,), UNSET), bit)
    if number is MEASURED:
        return scope.write_placeholder(op.node, index, bit)
    return write_node(op.node, number, out, bit, {}, scope)


def padding_bits(node: Any, bit: int, scope: Scope) -> int:
    """
    The bits of a field of padding that begins at `bit`.

    Raises:
        LengthMismatch: its length has no valid value.
    """
    if isinstance(node, When):
        return padding_bits(node.node, bit, scope) if holds(node.condition, scope, bit, "when") else 0
    if isinstance(node, Data) and isinstance(node.length, Aligning):
        return -bit % (node.length.step * 8)
    if isinstance(node, Data) and isinstance(node.length, Computed):
        from ._python_formula import natural

        try:
            return natural(node.length.expression, scope) * 8
        except NoValue as e:
            raise LengthMismatch(e.value, 0, offset=bit) from None
    return minimum_bits(node)


def write_general_node(
    node: Any, value: Any, out: Output, bit: int, given: Solutions, scope: Scope | None
) -> tuple[Operand, int]:
    """
    Write the value of a node that is in no plain plan; what expressions see of it, and the bit behind it.

    Raises:
        EncodeError: with the path from this node on.
    """
    assert scope is not None, "such nodes stand in a struct"
    match node:
        case Record(plan) | Recursion(plan=plan):
            if not is_record_of(value, plan.cls):
                raise wrong_type(node, value, bit)
            return _write_inner(node, plan, value, out, bit, given, scope)
        case When():
            return _write_when(node, value, out, bit, given, scope)
        case Switch():
            return _write_switch(node, value, out, bit, given, scope)
        case Sized(length, inner):
            operand, behind = write_node(inner, value, out, bit, given, scope)
            check_length(length, (behind - bit) // 8, bit, scope)
            return operand, behind
        case Ordered(condition, big, little):
            chosen = little if holds(condition, scope, bit, "byteorder") else big
            return write_node(chosen, value, out, bit, given, scope)
        case Adapted():
            return _write_adapted(node, value, out, bit, scope)
        case Scaled():
            return write_node(node.node, _unscaled(node, value, bit), out, bit, {}, scope)
        case Placed():
            assert isinstance(scope, WritingScope), "places stand in structs that are not plain"
            return scope.put_off(node, value, bit)
        case Packed(number):
            bits = to_number(number, value, bit)
            put_packed(node, bits, out, bit)
            return bits, bit + number.width
        case Wide():
            return _write_wide(node, value, out, bit, scope)
        case Varint():
            integer = to_integer(value, node.width, node.signed, bit)
            size = value.size if isinstance(value, Overlong) and node.keep else 1
            if size > (node.width + 6) // 7:
                raise InvalidValue(integer, f"a number of at most {(node.width + 6) // 7} bytes", offset=bit)
            return integer, out.append(varint_bytes(node, integer, size), bit)
        case Decimal(digits, little):
            integer = to_number(Number("int", 128, False, False, None, 0, 10**digits - 1), value, bit)
            out.put(int(f"{integer}", 16), digits * 4, bit, little=little)
            return integer, bit + digits * 4
    raise AssertionError(f"{node!r} is no node")


def _write_inner(
    node: Any, plan: Plan, value: Any, out: Output, bit: int, given: Solutions, scope: Scope
) -> tuple[Operand, int]:
    try:
        parameters = parameters_of(node, scope)
    except NoValue as e:
        raise InvalidValue(e.value, "a parameter", offset=bit) from None
    if not isinstance(node, Recursion):
        return write_record(plan, value, out, bit, given, parameters)
    if out.depth >= MAXIMUM_RECURSION:
        raise InvalidValue(out.depth + 1, f"at most {MAXIMUM_RECURSION} structs inside each other", offset=bit)
    out.depth += 1
    try:
        return write_record(plan, value, out, bit, given, parameters)
    finally:
        out.depth -= 1


def _write_when(node: When, value: Any, out: Output, bit: int, given: Solutions, scope: Scope) -> tuple[Operand, int]:
    there = holds(node.condition, scope, bit, "when")
    if there:
        return write_node(node.node, value, out, bit, given, scope)
    if value is not None:
        raise InvalidValue(value, f"None where not {node.condition.text!r}", offset=bit)
    return None, bit


def _write_switch(
    node: Switch, value: Any, out: Output, bit: int, given: Solutions, scope: Scope
) -> tuple[Operand, int]:
    selector = selected(node, scope, bit)
    case = next((c for c in node.cases if selector in c.keys), node.default)
    if case is None:
        raise InvalidValue(selector, f"a value that the switch {node.selector.text!r} knows", offset=bit)
    if not is_of_case(case, value) and (case.node is None or isinstance(case.node, Record | Recursion)):
        raise wrong_type(case.node, value, bit) if case.node is not None else InvalidValue(value, "None", offset=bit)
    if case.node is None:
        return None, bit
    return write_node(case.node, value, out, bit, given, scope)


def _write_adapted(node: Adapted, value: Any, out: Output, bit: int, scope: Scope) -> tuple[Operand, int]:
    try:
        carried = node.encode(value)
    except (ValueError, ArithmeticError, LookupError, TypeError, AttributeError) as e:
        raise InvalidValue(value, f"what makes {node.name}", offset=bit) from e
    return write_node(node.node, carried, out, bit, {}, scope)


def _unscaled(node: Scaled, value: Any, bit: int) -> Any:
    # The number nearest to a float on its scale.
    is_number = hasattr(type(value), "__float__") or hasattr(type(value), "__index__")
    if not is_number or issubclass(type(value), (str, bytes, bytearray)):
        raise wrong_type(node, value, bit)
    try:
        return round((float(value) - node.offset) / node.scale)
    except (ValueError, OverflowError):
        low, high = number_range(node.node)
        ends = sorted((low * node.scale + node.offset, high * node.scale + node.offset))
        raise OutOfRange(value, ends[0], ends[1], offset=bit) from None


def number_range(node: Any) -> tuple[int, int]:
    """
    The least and the greatest number of the node of an integer.
    """
    match node:
        case Number():
            return int(node.minimum), int(node.maximum)
        case Packed(number) | Wide(number):
            return number_range(number)
        case Varint():
            return integer_range(node.width, node.signed)
        case Decimal(digits):
            return 0, 10**digits - 1
    return number_range(node.node)


def put_packed(node: Packed, bits: int, out: Output, bit: int) -> None:
    """
    Write a number into the container that it shares with others.
    """
    word = node.word
    mask = (1 << node.number.width) - 1
    shifted = (bits & mask) << word.at
    first = bit - word.used
    if word.little:
        out.put(int.from_bytes(shifted.to_bytes(word.width // 8, "little"), "big"), word.width, first, little=False)
    else:
        out.put(shifted, word.width, first, little=False)


def _write_wide(node: Wide, value: Any, out: Output, bit: int, scope: Scope) -> tuple[Operand, int]:
    width = wide_width(node, scope, bit)
    number = node.number
    low, high = integer_range(width, number.signed)
    bits = to_number(number._replace(minimum=max(low, number.minimum), maximum=min(high, number.maximum)), value, bit)
    if width:
        out.put(bits, width, bit, little=number.little)
    return bits, bit + width


def encoded(form: Text, value: str, bit: int) -> bytes:
    """
    The bytes of a string in the codec of its field.

    Raises:
        InvalidValue: the codec cannot write it.
    """
    try:
        return encode_text(form, value)
    except UnicodeError:
        raise InvalidValue(value, f"text that {form.codec} can write", offset=bit) from None


def write_general_data(node: Data, value: Any, out: Output, bit: int, scope: Scope | None) -> tuple[Operand, int]:
    """
    Write data that has a form of its own, or fills up to a boundary.

    Raises:
        EncodeError: as for any data.
    """
    content = content_of(node, value, bit)
    if isinstance(node.length, Aligning):
        width = -bit % (node.length.step * 8)
        check_length(Fixed((width + 7) // 8), len(content), bit, scope)
        number = int.from_bytes(content, "little" if node.little else "big")
        if number >> width:
            raise InvalidValue(value, f"{width} bits", offset=bit)
        if width:
            out.put(number, width, bit, little=node.little)
        return content, bit + width
    filled = content
    form = node.form
    if form is not None and isinstance(node.length, Fixed | Computed) and form.pad:
        size = _size_to_fill(node.length, scope)
        if size is not None:
            filled = fill(form, content, size)
    check_length(node.length, len(filled), bit, scope)
    return content, out.append(framed(node.length, filled, bit), bit, little=node.little)


def _size_to_fill(length: Fixed | Computed, scope: Scope | None) -> int | None:
    from ._python_formula import natural

    if isinstance(length, Fixed):
        return length.value
    assert scope is not None, "lengths are worked out from fields of a struct"
    try:
        return natural(length.expression, scope)
    except (NoValue, Pending):
        return None  # the check of the length says so


def write_list_until(node: List, value: Any, out: Output, bit: int, scope: Scope | None) -> tuple[Operand, int]:
    """
    Write a list that ends with an item.

    Raises:
        EncodeError: with the path from the list on.
    """
    until = node.count
    assert isinstance(until, UntilItem), "other lists are written otherwise"
    assert scope is not None, "such lists stand in a struct"
    if not issubclass(type(value), (list, tuple)):
        raise wrong_type(node, value, bit)
    length = length_of_list(value)
    kept = until.sentinel is KEPT
    ended = False

    def look(i: int, operand: Operand, start: int) -> None:
        nonlocal ended
        scope.item = operand
        ended = holds(until.formula, scope, start, "until")
        if ended and not (kept and i == length - 1):
            raise InvalidValue(i, f"the last item, since {until.formula.text!r} ends the list", offset=start)

    start = bit
    operand, bit = write_items(node, value, out, bit, scope, look)
    if kept and not ended:
        raise InvalidValue(length, f"more items: the last one must have {until.formula.text!r}", offset=start)
    if not kept:
        try:
            _, bit = write_node(node.item, until.sentinel, out, bit, {}, scope)
        except EncodeError as e:
            e.path = (length, *e.path)
            raise
    return operand, bit


def finish_message(out: Output) -> None:
    """
    Write what stands at places of its own, and the numbers that tell where.

    Raises:
        EncodeError: a place is taken, or a number cannot be told.
    """
    try:
        for place in out.places:  # which may grow while it is gone through
            place.write()
        for scope in out.unfinished:
            scope.finish_late()
    finally:
        # They refer to what is written; nothing is left to the collector.
        out.places.clear()
        out.unfinished.clear()


def takes_general(node: Any) -> str:
    """
    What a node that is in no plain plan takes, as a person says it.
    """
    match node:
        case Record(plan) | Recursion(plan=plan):
            return f"a {plan.name}"
        case Adapted(name=name):
            return name
        case Scaled():
            return "a float"
        case Varint() | Decimal():
            return "an int"
        case Packed(number) | Wide(number):
            return takes(number)
        case Switch():
            return " or ".join("None" if c.node is None else takes(c.node) for c in node.every)
        case Ordered(big=inner) | When(node=inner) | Sized(node=inner) | Placed(node=inner):
            return takes(inner)
    raise AssertionError(f"{node!r} is no node")
