"""
What there is to say about a plan, as plain values: what `bebytes explain --json` writes, and what its text is made of.
"""

from collections.abc import Iterator
from typing import Any

from bebytes._expression import references
from bebytes._plan import (
    After,
    Computed,
    Data,
    Fixed,
    List,
    Number,
    Op,
    Option,
    Plan,
    Record,
    Rest,
    Until,
)
from bebytes._plan_general import Adapted, Ordered, Packed, Placed, Scaled, Sized, Switch, When, Wide, within

from . import _explain_general
from . import _explain_sizes as sizes
from ._profile_parts import kind_of, type_of

Facts = dict[str, Any]

Path = tuple[int, ...]

TERMS = 2
"""A position that is the sum of more lengths than that is told from the field before it."""


def of_plan(plan: Plan, sized_from_outside: dict[Path, list[str]] | None = None) -> Facts:
    """
    A struct: its sizes, and its ops in order.

    Args:
        plan: the struct.
        sized_from_outside: what fields of a struct around this one its fields size, by their paths in here.
    """
    size = sizes.of_plan(plan)
    sized = {path: list(texts) for path, texts in (sized_from_outside or {}).items()}
    for op in plan.ops:
        for path, text in _sizes(op):
            sized.setdefault(path, []).append(text)
    return {
        "struct": plan.name,
        "fixed": plan.fixed,
        "least_bytes": size.least // 8,
        "greatest_bytes": None if size.greatest is None else size.greatest // 8,
        "field_size": plan.minimum,
        "least_read": plan.minimum_read,
        "depth": plan.depth,
        "plain": plan.plain,
        "notes": [] if plan.plain else _explain_general.plan_notes(plan),
        "ops": [_of_op(plan, i, sized) for i in range(len(plan.ops))],
    }


def _sizes(op: Op) -> Iterator[tuple[Path, str]]:
    """
    The fields that the lengths of an op refer to, and what they do there.
    """
    node: Any = held(op.node)
    text = op.name
    while True:
        length = node.count if isinstance(node, List) else node.length if isinstance(node, Data) else None
        if isinstance(length, Computed):
            what = "counts" if isinstance(node, List) else "sizes"
            alone = length.text.replace(".", "").isidentifier()
            for ref in references(length.expression):
                yield ref.path, f"{what} {text}" + f" ({length.text})" * (not alone)
        if not isinstance(node, List):
            return
        node, text = held(node.item), f"{text}[]"


def _of_op(plan: Plan, index: int, sized: dict[Path, list[str]]) -> Facts:
    op = plan.ops[index]
    inside = {path[1:]: texts for path, texts in sized.items() if len(path) > 1 and path[0] == index}
    return {
        "op": index,
        "name": op.name,
        "at": position(plan, index),
        "constant": op.anchor < 0,
        "offset_bits": op.offset,
        "anchor": plan.ops[op.anchor].name if op.anchor >= 0 else None,
        "derived": op.derived,
        "sizes": list(dict.fromkeys(sized.get((index,), []))),
        "given": [] if op.extra is None else _explain_general.extra_of(op, plan),
        **_of_node(op.node, plan, inside),
    }


def _of_node(node: Any, plan: Plan, inside: dict[Path, list[str]] | None = None) -> Facts:
    size = sizes.of_node(node, plan)
    facts: Facts = {
        "kind": kind_of(node),
        "type": type_of(node),
        "least_bits": size.least,
        "greatest_bits": size.greatest,
        "dynamic": not size.fixed,
        "notes": _explain_general.notes_of(node),
    }
    node = held(node)
    match node:
        case Number():
            facts["order"] = "little" if node.little else "big"
            facts["signed"] = node.signed
            facts["minimum"], facts["maximum"] = node.minimum, node.maximum
            if node.table is not None:
                facts["members"] = {m.name: int(v) for m, v in zip(node.table.members, node.table.values, strict=True)}
        case Data():
            facts["length"] = _of_length(node.length, plan)
        case Option():
            facts["item"] = _of_node(node.node, plan)
        case Record():
            facts["plan"] = of_plan(node.plan, inside)
        case Switch():
            facts["cases"] = [
                {"keys": [k if isinstance(k, int) else k.hex() for k in case.keys], **_of_node(case.node, plan)}
                for case in node.every
                if case.node is not None
            ]
        case List():
            facts["length"] = _of_length(node.count, plan)
            facts["item"] = _of_node(node.item, plan)
    return facts


def held(node: Any) -> Any:
    """
    What a node holds, inside what says when, where and how that stands.
    """
    node = within(node, When, Sized, Ordered, Placed, Adapted, Scaled)
    return node.number if isinstance(node, Packed | Wide) else node


def _of_length(length: Any, plan: Plan) -> Facts:
    match length:
        case Fixed(value):
            return {"kind": "fixed", "value": value}
        case Computed(expression, text):
            least, greatest = sizes.of_expression(expression, plan)
            return {"kind": "computed", "expression": text, "least": least, "greatest": greatest}
        case Rest():
            return {"kind": "rest"}
        case Until(marker, is_open):
            return {"kind": "until", "marker": _marker(marker), "open": is_open}
        case After(marker):
            return {"kind": "after", "marker": _marker(marker)}
    return {"kind": "noted"}  # see the notes


def _marker(marker: int | bytes) -> int | str:
    return marker if isinstance(marker, int) else repr(marker)


def position(plan: Plan, index: int) -> str:
    """
    Where an op begins in its struct: a constant, an expression, or behind a field whose size only its data tells.
    """
    start, fixed, terms = "", 0, []
    for op in plan.ops[:index]:
        size = sizes.of_node(op.node, plan)
        term = _term(op.node, plan)
        if size.fixed:
            fixed += size.least
        elif term is not None:
            terms.append(term)
        else:
            term = ""
        if not size.fixed and (not term or len(terms) > TERMS):
            start, fixed, terms = f"after {op.name}", 0, []
    return _position(start, fixed, terms)


def _position(start: str, bits: int, terms: list[str]) -> str:
    whole, bit = divmod(bits, 8)
    if start:
        parts = [start, *terms]
        if whole:
            parts.append(f"{whole} byte{'s' * (whole != 1)}")
        text = " + ".join(parts)
    else:
        text = " + ".join([f"byte {whole}", *terms])
    return f"{text}, bit {bit}" if bit else text


def _term(node: Any, plan: Plan) -> str | None:
    """
    The bytes of a node as an expression over fields, or None where there is none.
    """
    match node:
        case Data(length=Computed(_, text)):
            return _bracketed(text)
        case List(count=Computed(_, text), item=item):
            size = sizes.of_node(item, plan)
            if size.fixed and size.least % 8 == 0:
                each = size.least // 8
                return _bracketed(text) if each == 1 else f"{each} * {_bracketed(text)}"
    return None


def _bracketed(text: str) -> str:
    simple = text.replace(".", "").replace("_", "").isalnum()
    return text if simple else f"({text})"


def of_native(explained: Facts, plan: Plan) -> Facts:
    """
    What the extension says it does, with the names of the fields.
    """
    return {"registers": explained["registers"], "steps": [_of_step(step, plan) for step in explained["steps"]]}


def _of_step(step: Facts, plan: Plan) -> Facts:
    op = plan.ops[step["op"]]
    if step["kind"] != "run":
        return {"field": op.name, "at": position(plan, step["op"]), **_of_reading(step, op.node)}
    ops = plan.ops[step["op"] : step["op"] + len(step["numbers"])]
    return {
        "kind": "run",
        "at": position(plan, step["op"]),
        "bytes": step["bytes"],
        "fields": [
            {"name": op.name, **_of_place(number, op.node)} for op, number in zip(ops, step["numbers"], strict=True)
        ],
    }


def _of_reading(reading: Facts, node: Any) -> Facts:
    facts: Facts = {"kind": reading["kind"]}
    if "bytes" in reading:
        facts["bytes"] = reading["bytes"]
    if "number" in reading:
        facts["number"] = _of_place(reading["number"], node)
    if "extent" in reading:
        what, amount = reading["extent"]
        facts["extent"] = {"kind": what} | ({} if amount is None else {"value": amount})
        length = node.count if isinstance(node, List) else node.length if isinstance(node, Data) else None
        if isinstance(length, Computed):
            facts["extent"]["expression"] = length.text
    match node:
        case Option(inner):
            facts["item"] = _of_reading(reading["inner"], inner)
        case Record(inner):
            facts["plan"] = of_native(reading["plan"], inner)
        case List(item=item):
            facts["least_item"] = reading["minimum"]
            facts["item"] = _of_reading(reading["item"], item)
    return facts


def _of_place(number: Facts, node: Any) -> Facts:
    assert isinstance(node, Number), "only numbers have places"
    names = ("at", "bytes", "shift", "bytewise")
    return {
        "read": dict(zip(names, number["read"], strict=True)),
        "write": dict(zip(names, number["write"], strict=True)) | {"alone": number["alone"]},
        "width": node.width,
        "order": "little" if node.little else "big",
        "register": number["register"],
    }


def checks_of_python(plan: Plan) -> int:
    """
    How many bounds checks the plain-Python runner makes for a struct, the items of a list taken once.
    """
    return sum(_checks(op.node) for op in plan.ops)


def checks_of_native(native: Facts) -> int:
    """
    The same of the extension.
    """
    return sum(_native_checks(step) for step in native["steps"])


def _checks(node: Any) -> int:
    match node:
        case Number() | Option():
            return 1
        case Data(length=length):
            return int(isinstance(length, Fixed | Computed))
        case Record(inner):
            return checks_of_python(inner)
        case List(item=item):
            return _checks(item)
    inner = held(node)
    return 1 if inner is node or isinstance(inner, Switch) else _checks(inner)


def _native_checks(step: Facts) -> int:
    match step["kind"]:
        case "struct":
            return checks_of_native(step["plan"])
        case "list":
            return _native_checks(step["item"])
        case "bytes" | "text":
            return int(step["extent"]["kind"] in ("fixed", "computed"))
    return 1
