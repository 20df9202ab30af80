"""
Compiler: constants, as decoding gives them, and what rules say about values.
"""

from typing import Any

from ._plan import Computed, Data, List, Number, Option
from ._plan_general import (
    Adapted,
    Decimal,
    Interval,
    OneOf,
    Ordered,
    Packed,
    Placed,
    Rule,
    Scaled,
    Varint,
    When,
    Wide,
    core_of,
    within,
)
from ._python_common import Scope
from ._python_read import Input, read_node
from ._python_write import Output, write_node
from ._schema import Field
from .errors import DecodeError, EncodeError


def constant_of(field: Field, node: Any, value: Any) -> Any:
    """
    A constant as it is read: of an `f32`, the number that fits into 32 bits; of an enum, the member.

    Raises:
        SchemaError: the field cannot hold it.
    """
    node = within(node, When, Ordered, Placed)
    if isinstance(node, Packed):
        node = node.number
    if not isinstance(node, Number | Varint | Decimal | Data):
        raise field.error("a constant is a number, bytes or text, and always there; write no list, option or struct")
    if isinstance(node, Data) and isinstance(node.length, Computed):
        raise field.error("a constant says by itself how long it is; drop the size")
    if isinstance(node, Number) and node.width % 8:
        node = node._replace(width=node.width + -node.width % 8) if node.kind != "float" else node
    scope, out = Scope(None, 0), Output()
    try:
        _, end = write_node(node, value, out, 0, {}, scope)
        constant, _, behind = read_node(node, Input(bytes(out.data)), 0, scope)
    except (EncodeError, DecodeError) as e:
        raise field.error(f"the constant does not fit: {e.explanation()}") from None
    if behind != end or (isinstance(node, Data) and constant != value):
        raise field.error(f"the constant {value!r} would be read as {constant!r}; write that, or drop the padding")
    return constant


def rule_of(field: Field, node: Any, formula: Any) -> Rule:
    """
    What `valid` says, `formula` where it is an expression.

    Raises:
        SchemaError: no value of the field can be held against it.
    """
    valid: Any = field.specifier.valid
    core = core_of(node)
    each = isinstance(core, List)
    while isinstance(core, List | Option):
        core = core_of(core.item if isinstance(core, List) else core.node)
    if formula is not None:
        return Rule(formula, f"{field.name} with {valid}", False)
    if isinstance(valid, range):
        if not valid:
            raise field.error(f"valid is {valid!r}, which is empty")
        _check_kind(field, core, valid[0])
        low, high = min(valid[0], valid[-1]), max(valid[0], valid[-1])
        step = abs(valid.step) if abs(valid.step) != 1 else 0
        shown = f"{low} to {high}" + (f" in steps of {step}" if step else "")
        return Rule(Interval(low, high, step), shown, each)
    if isinstance(valid, tuple):
        if len(valid) != 2:
            raise field.error(f"valid is {valid!r}; a pair of bounds is two numbers, a set is written in braces")
        for bound in valid:
            _check_kind(field, core, bound)
        return Rule(Interval(valid[0], valid[1], 0), f"{valid[0]} to {valid[1]}", each)
    if isinstance(valid, set | frozenset | list):
        if not valid:
            raise field.error("valid is empty")
        try:
            values = frozenset(valid)
        except TypeError:
            raise field.error(f"valid holds what is not hashable: {valid!r}") from None
        for value in values:
            _check_kind(field, core, value)
        return Rule(OneOf(values), f"one of {', '.join(sorted(map(_shown, values)))}", each)
    raise field.error(f"valid is {valid!r}; write a range, a set, a pair of bounds or an expression")


def _check_kind(field: Field, node: Any, value: Any) -> None:
    # Whether values of a node can be compared with one of a rule.
    kind: Any = None
    if isinstance(node, Number | Packed | Wide | Varint | Decimal | Scaled):
        of = getattr(node, "number", node)
        kind = str if getattr(of, "kind", "int") == "char" else (int, float)
    elif isinstance(node, Data):
        kind = str if node.text else bytes
    elif not isinstance(node, Adapted) and not isinstance(value, object if _is_frozen_struct(value) else ()):
        raise field.error(
            "valid is for numbers, text and bytes, and lists of them; write an expression over its fields elsewhere"
        )
    if kind is not None and not isinstance(value, kind):
        raise field.error(f"valid says {value!r}, which no value of the field can be compared with")


def _is_frozen_struct(value: Any) -> bool:
    return hasattr(type(value), "__bebytes_schema__")


def _shown(value: Any) -> str:
    return str(int(value)) if isinstance(value, int) and not isinstance(value, bool) else repr(value)


__all__ = ["constant_of", "rule_of"]
