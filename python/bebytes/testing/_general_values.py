"""
Values of classes beyond the crate BeBytes.

Fields are drawn in order, as decoding would read them: conditions, lengths and selectors are worked out from what was drawn
before. Numbers that they look at are drawn small, or from the numbers that stand in the expressions. What cannot be told
in this way, such as the size of a window, is repaired once the value is written. Each value that is given was encoded and
decoded to an equal one; after `_ATTEMPTS` values that were not, random bytes are decoded instead, and at last the example
is rejected.
"""

import functools
import math
from typing import Any

from hypothesis import reject
from hypothesis import strategies as st

from bebytes._derive import UNSET
from bebytes._expression import InvalidValue, evaluate
from bebytes._layout import integer_range
from bebytes._plan import Computed, Data, Fixed, List, Number, Op, Option, Plan, Record, Until
from bebytes._plan_general import (
    KEPT,
    Adapted,
    Aligning,
    Decimal,
    Interval,
    OneOf,
    Ordered,
    Packed,
    Placed,
    Recursion,
    Scaled,
    Sized,
    Switch,
    UntilItem,
    Varint,
    When,
    Wide,
    within,
)
from bebytes._python import Runner
from bebytes._python_common import Scope
from bebytes._python_formula import parameters_of, whole
from bebytes._python_read_general import check_rule, holds, selected
from bebytes._text import decode_text, encode_text, fill, strip_padding
from bebytes.errors import BeBytesError, DecodeError
from bebytes.fields import derived

from ._common import MOST_BYTES, Index, exchange, slot
from ._general_hints import Hints, constants
from ._general_repair import repaired, survives

_ATTEMPTS = 6
_TRIES = 12
_MOST_ITEMS = 4
_DEEPEST = 3


class _Stuck(Exception):
    """
    What was drawn so far leaves no value for a field.
    """


@st.composite
def general_values(draw: st.DrawFn, plan: Plan, spelled: bool) -> Any:
    """
    Values of a plan that is not plain; see above.
    """
    runner = Runner(plan)
    for _ in range(_ATTEMPTS):
        try:
            value, _scope = _Drawing(draw).record(plan, (), 0)
        except (_Stuck, InvalidValue, DecodeError):
            continue
        if repaired(plan, runner, value):
            return _spelled(draw, runner, value) if spelled else value
    for _ in range(_ATTEMPTS):
        try:
            value, _taken = runner.decode_prefix(draw(st.binary(max_size=2 * MOST_BYTES)))
        except DecodeError:
            continue
        if survives(runner, value):
            return value
    return reject()


class _Drawing:
    """
    A value while it is drawn.
    """

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw

    def one_of(self, *choices: Any) -> Any:
        return self.draw(st.sampled_from(choices))

    def record(self, plan: Plan, parameters: tuple[int, ...], depth: int) -> tuple[Any, Scope]:
        """
        A struct, and what expressions see of it.
        """
        if depth > _DEEPEST:
            raise _Stuck
        scope = Scope(plan, 0, parameters)
        hints = Hints(plan, depth)
        held: dict[str, Any] = {}
        for i, op in enumerate(plan.ops):
            value, operand = self.field(op, scope, hints, i, depth)
            scope.add(operand, 0, 0)
            if value is not derived:
                held[op.name] = value
        cls: Any = plan.cls
        record = cls(**held)
        return record, scope

    def field(self, op: Op, scope: Scope, hints: "Hints", index: int, depth: int) -> tuple[Any, Any]:
        extra = op.extra
        if extra is not None and extra.constant is not None:
            constant = extra.constant
            return derived, str.encode(constant) if isinstance(constant, str) else constant
        if extra is not None and extra.padding:
            return self.padding(op, scope, depth)
        if extra is not None and extra.checksum is not None:
            return derived, 0
        for _ in range(_TRIES):
            value, operand = self.node(op.node, scope, hints.of(index), depth)
            if extra is None or extra.rule is None or value is None or self.obeys(extra.rule, value, operand, scope):
                unstored = op.derived in ("here", "computed")
                return (derived if unstored and value is not None else value), operand
            value_of_rule = self.by_rule(extra.rule, op.node)
            if value_of_rule is not None and self.obeys(extra.rule, value_of_rule, value_of_rule, scope):
                return value_of_rule, _operand_of(value_of_rule)
        raise _Stuck

    def obeys(self, rule: Any, value: Any, operand: Any, scope: Scope) -> bool:
        try:
            check_rule(rule, value, operand, 0, scope)
        except BeBytesError:
            return False
        return True

    def by_rule(self, rule: Any, node: Any) -> Any:
        # A value that the rule itself names.
        node = within(node, When, Ordered, Placed)
        if rule.each:
            return self.each_by_rule(rule, node)
        if isinstance(node, Adapted | Scaled):
            return None
        match rule.test:
            case OneOf(values):
                return self.one_of(*sorted(values, key=repr))
            case Interval(minimum, maximum, step) if isinstance(minimum, int) and isinstance(maximum, int):
                drawn = self.draw(st.integers(minimum, maximum))
                return drawn - (drawn - minimum) % step if step else drawn
            case Interval(minimum, maximum, 0) if isinstance(minimum, int | float) and isinstance(node, Number):
                width: Any = node.width
                return self.draw(st.floats(float(minimum), float(maximum), width=width))
        return None

    def each_by_rule(self, rule: Any, node: Any) -> Any:
        # Only of lists whose number of items the class fixes; others are drawn, and empty ones obey any rule.
        if not isinstance(node, List) or not isinstance(node.count, Fixed):
            return []
        items = []
        for _ in range(node.count.value):
            inner = isinstance(node.item, List)
            items.append(
                self.each_by_rule(rule, node.item) if inner else self.by_rule(rule._replace(each=False), node.item)
            )
        return None if None in items else items

    def padding(self, op: Op, scope: Scope, depth: int) -> tuple[Any, Any]:
        policy = op.extra.padding if op.extra is not None else ""
        if policy == "keep" and not isinstance(getattr(op.node, "length", None), Aligning) and self.draw(st.booleans()):
            value, operand = self.node(op.node, scope, (), depth)
            return (
                value if value is None or any(value if isinstance(value, bytes) else (value,)) else derived
            ), operand
        return derived, 0

    # Nodes

    def node(self, node: Any, scope: Scope, hints: tuple[Any, ...], depth: int) -> tuple[Any, Any]:
        """
        A value of a node, and what expressions see of it.
        """
        match node:
            case Number() | Packed() | Varint() | Decimal() | Wide():
                return self.number(node, scope, hints)
            case Data():
                return self.data(node, scope, hints)
            case Record(plan) | Recursion(plan=plan):
                parameters = parameters_of(node, scope)
                return self.record(plan, parameters, depth + isinstance(node, Recursion))
            case Option(inner):
                there = self.draw(st.booleans()) and depth < _DEEPEST
                return self.node(inner, scope, (), depth) if there else (None, None)
            case List():
                return self.list(node, scope, depth)
            case When(condition, inner):
                if not holds(condition, scope, 0, "when"):
                    return None, None
                return self.node(inner, scope, hints, depth)
            case Switch():
                return self.switch(node, scope, depth)
            case Ordered(big=inner) | Placed(node=inner):
                return self.node(inner, scope, hints, depth)
            case Sized(_, inner):
                return self.node(inner, scope, hints, depth)
            case Adapted():
                return self.adapted(node, scope, hints, depth)
            case Scaled(inner, scale, offset):
                number, operand = self.number(inner, scope, hints) if not isinstance(inner, When) else (0, 0)
                return number * scale + offset, operand
        raise AssertionError(f"{node!r} is no node")

    def number(self, node: Any, scope: Scope, hints: tuple[Any, ...]) -> tuple[Any, Any]:
        inner = node.number if isinstance(node, Packed) else node
        if isinstance(inner, Number) and inner.kind not in ("int", "enum", "flags"):
            from ._values import number_values

            if inner.kind == "float" and inner.width == 16:
                return self.draw(st.floats(width=16)), 0
            value = self.draw(number_values(inner, False))
            return value, value
        low, high = _bounds(inner, scope)
        some = [n for n in hints if isinstance(n, int) and low <= n <= high]
        table = getattr(inner, "table", None)
        if table is not None and (inner.unknown is None or self.draw(st.booleans())):
            from ._values import member_values

            value = self.draw(member_values(table))
            chosen = [m for m in table.members if int(m) in some]
            if bool(chosen) and self.draw(st.booleans()):
                value = self.one_of(*chosen)
            return value, value
        if table is not None and inner.unknown is not KEPT:
            from ._values import member_values

            value = self.draw(member_values(table))
            return value, value
        if bool(some) and self.draw(st.integers(0, 9)):
            number = self.one_of(*some)
        else:
            edges = st.sampled_from(sorted({low, high, min(max(0, low), high)}))
            number = self.draw(st.one_of(st.integers(low, high), edges))
        if table is not None:
            from bebytes._python_common import find_member

            number = find_member(table, number) or number
        return number, number

    def data(self, node: Data, scope: Scope, hints: tuple[Any, ...]) -> tuple[Any, bytes]:
        size: int | None = None
        match node.length:
            case Fixed(size):
                pass
            case Computed(expression):
                size = evaluate(expression, scope.lookup)
                if size > 4 * MOST_BYTES:
                    raise _Stuck
        marker = b""
        if isinstance(node.length, Until):
            marker = node.length.marker if isinstance(node.length.marker, bytes) else bytes([node.length.marker])
        content = self.draw(st.binary(min_size=size or 0, max_size=MOST_BYTES if size is None else size))
        if node.text:
            text = self.draw(st.text(max_size=MOST_BYTES if size is None else min(size, MOST_BYTES)))
            content = _as_bytes(node, text)
        some = [content for content in hints if isinstance(content, bytes) and (size is None or len(content) == size)]
        if bool(some) and self.draw(st.integers(0, 9)):
            content = self.one_of(*some)
        content = _without_marker(content, marker)
        if node.form is None and not node.text:
            return content, content
        return _readable(node, content, size, marker)

    def list(self, node: List, scope: Scope, depth: int) -> tuple[Any, Any]:
        count: Any = node.count
        match count:
            case UntilItem():
                return self.list_until(node, count, scope, depth)
            case Fixed(number):
                pass
            case Computed(expression):
                number = evaluate(expression, scope.lookup)
                if number > 4 * _MOST_ITEMS:
                    raise _Stuck
            case _:
                number = self.draw(st.integers(0, _MOST_ITEMS if depth < _DEEPEST else 0))
        items = [self.node(node.item, scope, (), depth)[0] for _ in range(number)]
        return items, items

    def list_until(self, node: List, until: UntilItem, scope: Scope, depth: int) -> tuple[Any, Any]:
        wanted = self.draw(st.integers(0, 2))
        items: list[Any] = []
        hints = tuple(constants(until.formula.expression))
        for _ in range(4 * _TRIES):
            value, scope.item = self.node(node.item, scope, (*hints, 0, 1), depth)
            ends = holds(until.formula, scope, 0, "until")
            if not ends and len(items) < wanted:
                items.append(value)
            elif until.sentinel is not KEPT and len(items) == wanted:
                return items, items
            elif ends and len(items) == wanted:
                items.append(value)
                return items, items
        raise _Stuck

    def switch(self, node: Switch, scope: Scope, depth: int) -> tuple[Any, Any]:
        selector = selected(node, scope, 0)
        case = next((c for c in node.cases if selector in c.keys), node.default)
        if case is None:
            raise _Stuck
        return (None, None) if case.node is None else self.node(case.node, scope, (), depth)

    def adapted(self, node: Adapted, scope: Scope, hints: tuple[Any, ...], depth: int) -> tuple[Any, Any]:
        for _ in range(_TRIES):
            carried, operand = self.node(node.node, scope, hints, depth)
            try:
                return node.decode(carried), operand
            except (ValueError, ArithmeticError, LookupError):
                continue
        raise _Stuck


def _bounds(node: Any, scope: Scope) -> tuple[int, int]:
    match node:
        case Varint():
            return integer_range(node.width, node.signed)
        case Decimal(digits):
            return 0, 10**digits - 1
        case Wide(number, width):
            bits = whole(width.expression, scope)
            if not 0 <= bits <= number.width:
                raise _Stuck
            if number.signed:
                return (-(1 << bits - 1), (1 << bits - 1) - 1) if bits else (0, 0)
            return 0, (1 << bits) - 1
        case Packed(number):
            return _bounds(number, scope)
        case Number():
            return int(node.minimum), int(node.maximum)
    raise _Stuck


def _operand_of(value: Any) -> Any:
    return str.encode(value) if isinstance(value, str) else value


# Text and data


def _as_bytes(node: Data, text: str) -> bytes:
    if node.form is None:
        return text.encode()
    for some in (text, text.encode("ascii", "ignore").decode()):
        try:
            return encode_text(node.form, some)
        except UnicodeError:
            continue
    return b""


def _without_marker(content: bytes, marker: bytes) -> bytes:
    while marker and (content + marker).find(marker) < len(content):
        content = content.replace(marker, b"") if marker in content else content[:-1]
    return content


def _readable(node: Data, content: bytes, size: int | None, marker: bytes) -> tuple[Any, bytes]:
    # What content of this size is read as; shortened until it is text, and survives its padding.
    form = node.form
    for end in range(len(content), -1, -1):
        part = content[:end]
        if size is not None:
            part = fill(form, part, size) if form is not None and form.pad else part + b"-" * (size - len(part))
        if len(part) != size and size is not None:
            continue
        if _without_marker(part, marker) != part:
            continue
        stripped = part if form is None else strip_padding(form, part)
        if not node.text:
            return stripped, stripped
        try:
            return (stripped.decode() if form is None else decode_text(form, stripped)), stripped
        except UnicodeError:
            continue
    raise _Stuck


def _spelled(draw: st.DrawFn, runner: Runner, value: Any) -> Any:
    # Other objects that stand for the same, where the encoding stays the same.
    encode = functools.partial(runner.encode, value)
    expected = encode()
    for i in range(len(type(value).__bebytes_slots__)):
        held = slot(value, i)
        other: Any = UNSET
        if type(held) is int:
            other = Index(held)
        elif type(held) is list:
            other = tuple(held)
        elif type(held) is bytes:
            other = bytearray(held)
        elif type(held) is float and held.is_integer() and math.isfinite(held) and abs(held) < 2**20:
            other = Index(int(held))
        if other is not UNSET and draw(st.booleans()):
            exchange(value, i, other, encode, expected)
    return value


__all__ = ["general_values"]
