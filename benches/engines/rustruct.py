"""
rustruct, a library in Rust: classes whose fields are described, over a codec that makes dicts.
"""

from typing import Any

import rustruct

from bebytes import Struct
from bebytes._plan import Computed, Data, Fixed, List, Node, Number, Op, Option, Plan, Record, Rest, Table, Until
from bebytes.cli._layouts import Layout, Unsupported
from bebytes.scenarios._model import ByteOrder

from ._groups import group_of, grouped
from ._shared import (
    LISTED,
    Names,
    attribute,
    by_attribute,
    by_name,
    class_names,
    enum_names,
    expression_text,
    fixed_size,
    head_of,
    maker,
    plainer,
    plan_of,
    plans_of,
    refuse,
    run_source,
    tag_of,
    unions,
)
from ._text import wrapped

# A bool of a bit would need a function in Python to convert it, where a byte needs none.
RAW = ("bool bit", "char")

REASONS = {
    "little bits": "no little-endian bit fields: the most significant bit is first",
    "wide": "no integers above 64 bits",
    "byte order": "one byte order a struct",
    "after": "no data from behind a marker",
}

TAKEN = frozenset(dir(rustruct.Struct))


def layout(cls: type[Struct], byteorder: ByteOrder) -> Layout:
    """
    Classes that the library compiles when they are used first.
    """
    plan = plan_of(cls, byteorder)
    refuse(plan, byteorder, REASONS)
    plans = plans_of(plan)
    names = Names(["rs"])
    enums = enum_names(plan, names)
    classes = class_names(plans, names)
    declared = {classes[id(p)]: _Class(p, classes, enums, byteorder).text() for p in plans}
    outermost = classes[id(plan)]
    last = f"encode = {outermost}.pack\ndecode = {outermost}.unpack"
    text = wrapped("\n\n\n".join([head_of("import rustruct as rs", enums), *declared.values(), last]) + "\n")
    made = run_source(text, by_name(enums))

    def build(plan: Plan, fields: tuple[Any, ...]) -> Any:
        values: dict[str, Any] = {}
        for op, value in zip(plan.ops, fields, strict=True):
            if isinstance(op.node, Option):
                values[tag_of(op)] = int(value is not None)
                values[f"{op.name}_padding"] = bytes(_size(op.node.node)) if value is None else None
            values[attribute(op.name, TAKEN)] = value
        return made[classes[id(plan)]](**values)

    try:
        made["decode"](b"")
    except rustruct.SchemaError as e:
        raise Unsupported(f"refused: {e}") from None
    except rustruct.RustructError:
        pass  # of too little data, after it was compiled
    return Layout(
        made["encode"],
        made["decode"],
        maker(plan, build, RAW),
        plainer(plan, lambda plan, value: by_attribute(plan, value, TAKEN)),
        text,
    )


def _size(node: Node) -> int:
    return (fixed_size(node) or 0) // 8


class _Class:
    """
    The declaration of one struct.
    """

    def __init__(self, plan: Plan, classes: dict[int, str], enums: dict[type, str], byteorder: ByteOrder) -> None:
        self._plan = plan
        self._classes = classes
        self._enums = enums
        self._byteorder = byteorder
        parts = [part for part in grouped(plan.ops) if isinstance(part, list)]
        self._shared = {op.name for part in parts for op in part if not group_of(part).whole}

    def text(self) -> str:
        lines = [f'class {self._classes[id(self._plan)]}(rs.Struct, byteorder="{self._byteorder}"):']
        for op in self._plan.ops:
            lines += [f"    {line}" for line in self._field(op)]
        return "\n".join(lines if self._plan.ops else [*lines, "    pass"])

    def _field(self, op: Op) -> list[str]:
        name, node = attribute(op.name, TAKEN), op.node
        match node:
            case Option():
                tag = tag_of(op)
                inner = self._described(node.node)
                return [
                    f"{tag}: rs.U8",
                    f"{name}: {self._annotation(node.node)} | None = rs.when(lambda struct: struct.{tag} == 1, {inner})",
                    f"{op.name}_padding: bytes | None = rs.when(lambda struct: struct.{tag} == 0, rs.raw({_size(node.node)}))",
                ]
            case Number() if op.name in self._shared:
                bits = f"rs.bits({node.width}{', signed=True' * node.signed})"
                return [f"{name}: {self._annotation(node)} = {self._converted(node, bits)}"]
            case Number() if node.table is None and not (node.kind == "bool" and op.name in self._shared):
                return [f"{name}: {_scalar(node)}"]
            case Record():
                return [f"{name}: {self._classes[id(node.plan)]}"]
        return [f"{name}: {self._annotation(node)} = {self._described(node)}"]

    def _converted(self, node: Number, described: str) -> str:
        if node.table is not None:
            return f"rs.convert({described}, decode={self._members(node.table)}, encode=int)"
        if node.kind == "bool" and node.width == 8:
            return f"rs.convert({described}, decode=bool, encode=int)"
        return described

    def _members(self, table: Table) -> str:
        # A dict of all unions is faster than the class, as long as they can be listed.
        name = self._enums[table.cls]
        if table.flags and len(table.values) > LISTED:
            return name
        numbers = unions(table) if table.flags else table.values
        return f"{{{', '.join(f'{n}: {name}({n})' for n in numbers)}}}.__getitem__"

    def _described(self, node: Node) -> str:
        match node:
            case Number():
                return self._converted(node, _scalar(node)) if node.table is not None else _scalar(node)
            case Record():
                return self._classes[id(node.plan)]
            case Data():
                return self._data(node)
            case List():
                if isinstance(node.item, Data) and isinstance(node.item.length, Computed):
                    raise Unsupported("no length in a field of the struct around a list")
                item = self._described(node.item)
                match node.count:
                    case Fixed(count):
                        return f"rs.array({item}, count={count})"
                    case Computed():
                        return f"rs.array({item}, count={self._length(node.count)})"
                return f"rs.array({item}, until_eof=True)"
            case Option():
                raise Unsupported("an option is two fields, which a list cannot have as an item")

    def _data(self, node: Data) -> str:
        kind = "string" if node.text else "slice"
        match node.length:
            case Fixed(size):
                return f"rs.string({size})" if node.text else f"rs.raw({size})"
            case Computed():
                return f"rs.{kind}({self._length(node.length)})"
            case Rest():
                return f'rs.{kind}("*")'
            case Until(marker):
                if node.text and not marker:
                    return "rs.cstring()"
        raise Unsupported("no markers but a zero behind a text")

    def _length(self, length: Computed) -> str:
        text = expression_text(length.expression, self._ref)
        if "%" in text:
            raise Unsupported("no remainder in an expression")
        return f'"{text.removeprefix("struct.")}"' if " " not in text else f"lambda struct: {text}"

    def _ref(self, path: tuple[int, ...]) -> str:
        if len(path) > 1:
            raise Unsupported(
                "no length in a field of a nested struct: an expression knows the fields of its own class"
            )
        return f"struct.{attribute(self._plan.ops[path[0]].name, TAKEN)}"

    def _annotation(self, node: Node) -> str:
        match node:
            case Number():
                if node.table is not None:
                    return self._enums[node.table.cls]
                return {"bool": "bool", "float": "float"}.get(node.kind, "int")
            case Data():
                return "str" if node.text else "bytes"
            case Record():
                return self._classes[id(node.plan)]
            case Option():
                return f"{self._annotation(node.node)} | None"
            case List():
                return "list"


def _scalar(node: Number) -> str:
    if node.kind == "bool":
        return "rs.Bool"
    return f"rs.{'F' if node.kind == 'float' else 'I' if node.signed else 'U'}{node.width}"
