"""
neoconstruct, a library in Rust: dataclasses whose fields are described as in construct.

A struct with bit fields is a `BitStructMixin`, in which what is no integer is `Bytewise`.
"""

from typing import Any

import neoconstruct

from bebytes import Struct
from bebytes._plan import Computed, Data, Fixed, List, Node, Number, Op, Option, Plan, Record, Rest, Until
from bebytes.cli._layouts import Layout, Unsupported
from bebytes.scenarios._model import ByteOrder

from ._groups import Group, group_of, grouped
from ._shared import (
    LISTED,
    Names,
    attribute,
    by_name,
    by_tag,
    class_names,
    enum_names,
    expression_text,
    fixed_size,
    head_of,
    maker,
    of_single_bits,
    plainer,
    plan_of,
    plans_of,
    refuse,
    run_source,
    tag_of,
    tagged,
    unions,
)
from ._text import wrapped

# It has no bool; PaddedString drops zeros at the end, so the texts that have a length are read as bytes.
RAW = ("bool", "char", "sized text")

REASONS = {
    "little bits": "no little-endian bit fields: ByteSwapped takes no struct",
    "after": "no data from behind a marker",
}

TAKEN = frozenset(dir(neoconstruct.StructMixin))


def layout(cls: type[Struct], byteorder: ByteOrder) -> Layout:
    """
    Dataclasses that the library compiles.
    """
    plan = plan_of(cls, byteorder)
    refuse(plan, byteorder, REASONS)
    plans = plans_of(plan)
    names = Names(["nc", "dataclass"])
    enums = enum_names(plan, names)
    classes = class_names(plans, names)
    declared = {classes[id(p)]: _Class(p, classes, enums).text() for p in plans}
    head = head_of("from dataclasses import dataclass\n\nimport neoconstruct as nc", enums)
    outermost = classes[id(plan)]
    last = f"encode = {outermost}.build\ndecode = {outermost}.parse"
    text = wrapped("\n\n\n".join([head, *declared.values(), last]) + "\n")
    made = run_source(text, by_name(enums))

    def build(plan: Plan, fields: tuple[Any, ...]) -> Any:
        # Some kinds of field are for keywords only.
        keys = [key for op in plan.ops for key in _keys(op)]
        return made[classes[id(plan)]](**dict(zip(keys, tagged(plan, fields), strict=True)))

    return Layout(
        made["encode"],
        made["decode"],
        maker(plan, build, RAW, _to_library),
        plainer(plan, lambda plan, value: by_tag(plan, value, TAKEN), _from_library),
        text,
    )


def _keys(op: Op) -> list[str]:
    name = attribute(op.name, TAKEN)
    return [tag_of(op), name] if isinstance(op.node, Option) else [name]


def _as_dict(node: Node) -> bool:
    # A Mapping of all unions is faster than a FlagsEnum and gives members, as long as they can be listed.
    return isinstance(node, Number) and node.table is not None and node.table.flags and len(node.table.values) > LISTED


def _to_library(node: Node, value: Any) -> Any:
    if isinstance(node, Option):
        return None if value is None else _to_library(node.node, value)
    if isinstance(node, Number) and node.table is not None and _as_dict(node):
        return {member.name: member in value for member in node.table.members}
    return value


def _from_library(node: Node, value: Any) -> Any:
    if isinstance(node, Option):
        return None if value is None else _from_library(node.node, value)
    if isinstance(node, Number) and node.table is not None and _as_dict(node):
        cls: Any = node.table.cls
        return cls(sum(cls[name] for name, given in value.items() if given))
    return value


class _Class:
    """
    The declaration of one struct.
    """

    def __init__(self, plan: Plan, classes: dict[int, str], enums: dict[type, str]) -> None:
        self._plan = plan
        self._classes = classes
        self._enums = enums
        parts = [part for part in grouped(plan.ops) if isinstance(part, list)]
        self._shared = {op.name for part in parts for op in part if not _is_whole(group_of(part))}
        self._bits = bool(self._shared)

    def text(self) -> str:
        base = "BitStructMixin" if self._bits else "StructMixin"
        lines = ["@dataclass", f"class {self._classes[id(self._plan)]}(nc.{base}):"]
        for op in self._plan.ops:
            node = op.node
            if isinstance(node, Option):
                lines.append(f"    {tag_of(op)}: int = nc.field({self._tag()})")
                size = (fixed_size(node.node) or 0) // 8
                inner = f"nc.IfThenElse({tag_of(op)}, {self._bytewise(node.node)}, nc.Padding({size}))"
                described = f"nc.Bytewise({inner})" if self._bits else inner
            elif isinstance(node, Number) and (op.name in self._shared or (self._bits and _for_bits(node))):
                if node.width > 64:
                    raise Unsupported("no bit fields above 64 bits")
                described = self._valued(node, f"nc.BitsInteger({node.width}{', signed=True' * node.signed})")
            elif self._bits:
                described = f"nc.Bytewise({self._bytewise(node)})"
            else:
                described = self._bytewise(node)
            lines.append(f"    {attribute(op.name, TAKEN)}: {self._annotation(node)} = nc.field({described})")
        if not self._plan.ops:
            lines.append("    pass")
        return "\n".join(lines)

    def _tag(self) -> str:
        return "nc.BitsInteger(8)" if self._bits else "nc.Int8ub"

    def _valued(self, node: Number, described: str) -> str:
        # What stands for the number in the object.
        if node.table is None:
            return described
        if _as_dict(node):
            if not of_single_bits(node.table):
                raise Unsupported(f"no flags of several bits where there are more than {LISTED} of them")
            flags = ", ".join(f"{m.name}={int(m)}" for m in node.table.members)
            return f"nc.FlagsEnum({described}, {flags})"
        name = self._enums[node.table.cls]
        numbers = unions(node.table) if node.table.flags else node.table.values
        return f"nc.Mapping({described}, {{{', '.join(f'{n}: {name}({n})' for n in numbers)}}})"

    def _bytewise(self, node: Node) -> str:
        match node:
            case Number():
                return self._valued(node, _whole(node))
            case Data():
                return self._data(node)
            case Record():
                return self._classes[id(node.plan)]
            case List():
                item = self._bytewise(node.item)
                match node.count:
                    case Fixed(count):
                        return f"nc.Array({count}, {item})"
                    case Computed(expression):
                        return f"nc.Array({expression_text(expression, self._ref)}, {item})"
                return f"nc.GreedyRange({item})"
            case Option():
                raise Unsupported("an option is two fields, which a list cannot have as an item")

    def _data(self, node: Data) -> str:
        match node.length:
            case Fixed(size):
                return f"nc.Bytes({size})"
            case Computed(expression):
                return f"nc.Bytes({expression_text(expression, self._ref)})"
            case Rest():
                return 'nc.GreedyString("utf-8")' if node.text else "nc.GreedyBytes"
            case Until(marker, open_):
                options = f"term={bytes([marker])!r}{', require=False' * open_}"
                return (
                    f'nc.CString("utf-8", {options})' if node.text else f"nc.NullTerminated(nc.GreedyBytes, {options})"
                )
        raise Unsupported("no data from behind a marker")

    def _ref(self, path: tuple[int, ...]) -> str:
        if len(path) > 1:
            raise Unsupported(
                "no length in a field of a nested struct: an expression knows the fields of its own class"
            )
        return attribute(self._plan.ops[path[0]].name, TAKEN)

    def _annotation(self, node: Node) -> str:
        match node:
            case Number():
                if _as_dict(node):
                    return "dict"
                if node.table is not None:
                    return self._enums[node.table.cls]
                return "float" if node.kind == "float" else "int"
            case Data():
                return "str" if node.text else "bytes"
            case Record():
                return self._classes[id(node.plan)]
            case Option():
                return f"{self._annotation(node.node)} | None"
            case List():
                return "list"


def _is_whole(group: Group) -> bool:
    return group.whole or (group.alone and group.bits == 128)


def _for_bits(node: Number) -> bool:
    # Whether a whole number among bit fields may be bits itself.
    return node.kind != "float" and node.width <= 64 and (not node.little or node.width == 8)


def _whole(node: Number) -> str:
    if node.width in (8, 16, 32, 64):
        order = "l" if node.little else "b"
        if node.kind == "float":
            return f"nc.Float{node.width}{order}"
        return f"nc.Int{node.width}{'s' if node.signed else 'u'}{order}"
    return f"nc.BytesInteger({node.width // 8}{', signed=True' * node.signed}{', swapped=True' * node.little})"
