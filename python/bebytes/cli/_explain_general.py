"""
What there is to say about nodes that no plain plan has: their types, sizes, and what they do, in a clause each.
"""

from typing import Any

from bebytes._plan import Data, Fixed, List, Number, Op, Plan
from bebytes._plan_general import (
    KEPT,
    Adapted,
    Aligning,
    Checksum,
    Decimal,
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
)

from . import _explain_sizes as sizes
from . import _profile_parts as parts


def type_of(node: Any) -> str:
    """
    The type of a node as one would write it.
    """
    match node:
        case Packed(number) | Wide(number):
            return parts.type_of(number)
        case Varint(kind, signed):
            return {"leb128": "sleb128" if signed else "uleb128"}.get(kind, kind)
        case Decimal(digits):
            return f"bcd({digits})"
        case Recursion():
            return node.schema.name
        case Switch():
            names = ["None" if c.node is None else parts.type_of(c.node) for c in node.every]
            return " | ".join(dict.fromkeys(names))
        case When(node=inner):
            return f"{parts.type_of(inner)} | None"
        case Adapted(inner, name=name):
            return f"{name} in {parts.type_of(inner)}"
        case Scaled(inner):
            return f"float in {parts.type_of(inner)}"
        case Ordered(big=inner) | Sized(node=inner) | Placed(node=inner):
            return parts.type_of(inner)
    raise AssertionError(node)


def kind_of(node: Any) -> str:
    """
    The kind of op that a node is: that of what it holds, where it only says when, where or how that stands.
    """
    match node:
        case Packed(number) | Wide(number):
            return parts.kind_of(number)
        case Varint() | Decimal():
            return "int"
        case Recursion():
            return "struct"
        case Switch():
            return "switch"
        case Scaled():
            return "float"
        case Ordered(big=inner) | When(node=inner) | Sized(node=inner) | Placed(node=inner) | Adapted(node=inner):
            return parts.kind_of(inner)
    raise AssertionError(node)


def size_of(node: Any, plan: Plan) -> sizes.Range:
    """
    The bits of a node; `plan` is the struct whose fields its lengths refer to.
    """
    match node:
        case Packed(number):
            return sizes.Range(number.width, number.width)
        case Wide(number):
            return sizes.Range(0, number.width)
        case Varint(width=width):
            return sizes.Range(8, (width + 6) // 7 * 8)
        case Decimal(digits):
            return sizes.Range(digits * 4, digits * 4)
        case Recursion():
            return sizes.Range(8, None)
        case Switch():
            ranges = [sizes.Range(0, 0) if c.node is None else sizes.of_node(c.node, plan) for c in node.every]
            greatest = [r.greatest for r in ranges]
            known = [bits for bits in greatest if bits is not None]
            return sizes.Range(min(r.least for r in ranges), max(known) if len(known) == len(greatest) else None)
        case When(node=inner):
            return sizes.Range(0, sizes.of_node(inner, plan).greatest)
        case Sized(length):
            return sizes.of_length(length, plan, 8)
        case Placed():
            return sizes.Range(0, 0)
        case Ordered(big=inner) | Adapted(node=inner) | Scaled(node=inner):
            return sizes.of_node(inner, plan)
    raise AssertionError(node)


def notes_of(node: Any) -> list[str]:
    """
    What a node does beside holding something, from the outside in.
    """
    match node:
        case Number(unknown=unknown) if unknown is not None:
            return ["unknown numbers are kept" if unknown is KEPT else f"unknown numbers are {unknown.name}"]
        case Packed(word=word):
            order = "little" if word.little else "big"
            return [
                f"bits {word.at} to {word.at + node.number.width - 1} of a word of {word.width} bits, {order} endian"
            ]
        case Wide(width=width):
            return [f"bits = {width.text}"]
        case Varint(width=width):
            return [f"at most {width} bits"]
        case Recursion():
            return ["contains itself, at most 64 deep"]
        case Switch(selector, cases, default):
            told = [f"{', '.join(map(_key, c.keys))}: {_case(c)}" for c in cases]
            if default is not None:
                told.append(f"else {_case(default)}")
            return [f"by {selector.text}: {'; '.join(told)}"]
        case When(condition, inner):
            return [f"when {condition.text}", *notes_of(inner)]
        case Sized(length, inner):
            size = f"{length.value:,}" if isinstance(length, Fixed) else length.text
            return [f"in {size} bytes", *notes_of(inner)]
        case Placed(position, origin, align, inner):
            steps = f", in steps of {align}" if align > 1 else ""
            return [
                f"at {position.text} from {'the start of the ' * (origin != 'here')}{origin}{steps}",
                *notes_of(inner),
            ]
        case Ordered(condition, big, _):
            return [f"byte order: {condition.text}", *notes_of(big)]
        case Scaled(inner, scale, offset):
            return [f"number * {scale:g}" + f" + {offset:g}" * bool(offset), *notes_of(inner)]
        case Adapted(inner):
            return notes_of(inner)
        case Data(length=Aligning(step)):
            return [f"to the next multiple of {step} bytes"]
        case Data(form=form) if form is not None:
            padded = f", padded with {form.pad!r}, stripped {form.strip or 'never'}" if form.pad else ""
            return [form.codec + padded]
        case List(count=UntilItem(formula, sentinel)):
            return [f"until {formula.text}" + ("" if sentinel is KEPT else ", which is dropped")]
    return []


def _key(key: int | bytes) -> str:
    return str(key) if isinstance(key, int) else repr(key)


def _case(case: Any) -> str:
    return "None" if case.node is None else parts.type_of(case.node)


def extra_of(op: Op, plan: Plan) -> list[str]:
    """
    What a field has beside its node.
    """
    extra = op.extra
    if extra is None:
        return []
    told: list[str] = []
    if extra.constant is not None:
        told.append(f"always {extra.constant!r}")
    if extra.padding:
        told.append({"zero": "zeros", "ignore": "anything, written as zeros", "keep": "anything, kept"}[extra.padding])
    if extra.computed is not None:
        told.append(f"computed: {extra.computed.text}")
    if extra.checksum is not None:
        told.append(_checksum(extra.checksum, plan))
    if extra.rule is not None:
        told.append(f"must be {extra.rule.text}")
    return told


def _checksum(checksum: Checksum, plan: Plan) -> str:
    first, last = plan.ops[checksum.first].name, plan.ops[checksum.last].name
    over = first if first == last else f"{first} to {last}"
    start = f", starting with {checksum.start.text}" if checksum.start is not None else ""
    return f"{checksum.algorithm} over {over}{start}"


def plan_notes(plan: Plan) -> list[tuple[str, str]]:
    """
    What a struct does beside holding its fields, as pairs of a word and what there is to say.
    """
    told: list[tuple[str, str]] = []
    if plan.turn is not None:
        after = plan.ops[plan.turn.after].name if plan.turn.after >= 0 else "the start"
        told.append(("byte order", f"{plan.turn.condition.text}, from behind {after} on"))
    if plan.parameters:
        told.append(("parameters", ", ".join(plan.parameters)))
    if plan.lossless:
        told.append(("lossless", "input that encoding would not give back is refused"))
    return told
