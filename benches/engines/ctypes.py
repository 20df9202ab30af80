"""
Packed structures of ctypes, big- or little-endian.

Decoding copies the bytes; a field is read when it is asked for, so that its figures leave out most of the work.
"""

import ctypes
from typing import Any

from bebytes import Struct
from bebytes._plan import Data, List, Node, Number, Op, Option, Plan, Record
from bebytes.cli._layouts import Layout, Unsupported
from bebytes.scenarios._model import ByteOrder

from ._groups import group_of, grouped
from ._shared import (
    Names,
    by_tag,
    class_names,
    fixed_size,
    maker,
    plainer,
    plan_of,
    plans_of,
    refuse,
    run_source,
    tagged,
)
from ._text import wrapped

# A big-endian structure takes no c_bool, and none has enums; c_char arrays lose what is behind a zero.
RAW = ("enum", "flags", "bool", "char", "text")

REASONS = {
    "computed": "no lengths known only from data",
    "rest": "no lengths known only from data",
    "until": "no markers",
    "after": "no markers",
    "wide": "no integers above 64 bits",
    "byte order": "one byte order a structure",
}


def layout(cls: type[Struct], byteorder: ByteOrder) -> Layout:
    """
    Structure classes.
    """
    plan = plan_of(cls, byteorder)
    refuse(plan, byteorder, REASONS)
    plans = plans_of(plan)
    names = class_names(plans, Names(["ctypes"]))
    base = "BigEndianStructure" if byteorder == "big" else "LittleEndianStructure"
    classes = {names[id(p)]: _declare(p, names, base) for p in plans}
    last = f"encode = bytes\ndecode = {names[id(plan)]}.from_buffer_copy"
    text = wrapped("\n\n\n".join(["import ctypes", *classes.values(), last]) + "\n")
    made = run_source(text, {})

    def build(plan: Plan, fields: tuple[Any, ...]) -> Any:
        return made[names[id(plan)]](*map(_tuples, tagged(plan, fields)))

    return Layout(
        made["encode"],
        made["decode"],
        maker(plan, build, RAW, lambda _, value: tuple(value) if isinstance(value, bytes) else value),
        plainer(plan, by_tag, lambda _, value: bytes(value) if isinstance(value, ctypes.Array) else value),
        text,
    )


def _tuples(value: Any) -> Any:
    # An array is initialised from a tuple, not from a list.
    return tuple(map(_tuples, value)) if isinstance(value, (list, bytes)) else value


def _declare(plan: Plan, names: dict[int, str], base: str) -> str:
    fields = [field for part in grouped(plan.ops) for field in _fields(part, names)]
    return "\n".join(
        [f"class {names[id(plan)]}(ctypes.{base}):", "    _pack_ = 1", f"    _fields_ = [{', '.join(fields)}]"]
    )


def _fields(part: Op | list[Op], names: dict[int, str]) -> list[str]:
    if not isinstance(part, list):
        if isinstance(part.node, Option):
            inner = _type(part.node.node, names)
            return [f'("has_{part.name}", ctypes.c_uint8)', f'("{part.name}", {inner})']
        return [f'("{part.name}", {_type(part.node, names)})']
    group = group_of(part)
    if group.whole:
        return [f'("{part[0].name}", {_type(part[0].node, names)})']
    if group.bits not in (8, 16, 32, 64):
        raise Unsupported(f"bit fields that share {group.bits // 8} bytes: a unit has 1, 2, 4 or 8")
    return [
        f'("{op.name}", ctypes.c_{"" if number.signed else "u"}int{group.bits}, {number.width})'
        for op, number in zip(part, group.numbers, strict=True)
    ]


def _type(node: Node, names: dict[int, str]) -> str:
    match node:
        case Number():
            if node.kind == "float":
                return "ctypes.c_float" if node.width == 32 else "ctypes.c_double"
            return f"ctypes.c_{'' if node.signed else 'u'}int{node.width}"
        case Data():
            return f"ctypes.c_ubyte * {(fixed_size(node) or 0) // 8}"
        case Record():
            return names[id(node.plan)]
        case List():
            item = _type(node.item, names)
            size = fixed_size(node.item) or 0
            count = (fixed_size(node) or 0) // size if size else 0
            return f"({item}) * {count}" if "*" in item else f"{item} * {count}"
        case Option():
            raise Unsupported("an option is two fields, which a list cannot have as an item")
