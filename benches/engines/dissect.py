"""
dissect.cstruct, compiled: declarations in C.
"""

from typing import Any

from dissect import cstruct

from bebytes import Struct
from bebytes._plan import Computed, Data, Fixed, List, Node, Number, Op, Option, Plan, Record, Rest, Table, Until
from bebytes.cli._layouts import Layout, Unsupported
from bebytes.scenarios._model import ByteOrder

from ._groups import group_of, grouped
from ._shared import (
    Names,
    attribute,
    by_tag,
    class_names,
    expression_text,
    fixed_size,
    maker,
    plainer,
    plan_of,
    plans_of,
    refuse,
    run_source,
    tag_of,
    zero,
)

# C has no type for them here: char is a byte, and bytes are arrays of it.
RAW = ("bool", "char", "text")

REASONS = {
    "byte order": "one byte order for all",
    "after": "no data from behind a marker",
    "none": "no struct of no bytes",
}

UNITS = (8, 16, 24, 32, 48, 64, 128)
"""The bits of the integers that there are."""

TAKEN = frozenset((*dir(cstruct.Structure), "struct", "union", "enum", "flag", "typedef", "char", "float", "double"))


def layout(cls: type[Struct], byteorder: ByteOrder) -> Layout:
    """
    Types that the library makes of declarations.
    """
    plan = plan_of(cls, byteorder)
    refuse(plan, byteorder, REASONS)
    plans = plans_of(plan)
    classes = class_names(plans, Names(["cstruct"]))
    declaration = _Declaration(plans, classes)
    lines = declaration.text()
    name = classes[id(plan)]
    text = f'''\
from dissect.cstruct import cstruct

types = cstruct(endian="{">" if byteorder == "big" else "<"}").load("""
{lines}
""", compiled=True)
decode = types.{name}
encode = types.{name}.dumps
'''
    try:
        made = run_source(text, {})
    except TypeError as e:
        # A fault of 4.7: it adds up offsets that are None there.
        if any(map(_bits_behind_dynamic, plans)):
            raise Unsupported(f"it fails on bit fields behind a field whose size depends on data ({e})") from None
        raise
    types: Any = made["types"]
    for inner in plans:
        if inner.ops and not getattr(types, classes[id(inner)]).__compiled__:
            raise Unsupported("its compiler does not take the layout")

    member = declaration.member(types)

    def build(plan: Plan, fields: tuple[Any, ...]) -> Any:
        values: dict[str, Any] = {}
        for op, value in zip(plan.ops, fields, strict=True):
            if isinstance(op.node, Option):
                values[tag_of(op)] = int(value is not None)
                values[attribute(op.name, TAKEN)] = member(op.node.node, zero(op.node.node)) if value is None else value
            else:
                values[attribute(op.name, TAKEN)] = value
        return getattr(types, classes[id(plan)])(**values)

    return Layout(
        made["encode"],
        made["decode"],
        maker(plan, build, RAW, member),
        plainer(plan, lambda plan, value: by_tag(plan, value, TAKEN), _plain),
        text,
    )


def _bits_behind_dynamic(plan: Plan) -> bool:
    dynamic = False
    for part in grouped(plan.ops):
        if isinstance(part, list):
            if dynamic and not group_of(part).whole:
                return True
        else:
            dynamic = dynamic or fixed_size(part.node) is None
    return False


def _plain(node: Node, value: Any) -> Any:
    # Its values are of subclasses: uint8 is an int, char[] is bytes.
    match node:
        case Option():
            return None if value is None else _plain(node.node, value)
        case Data():
            return bytes(value)
        case Number() if node.table is not None:
            known = isinstance(value, (cstruct.Enum, cstruct.Flag))
            return node.table.cls(value.value) if known else value
        case Number():
            return float(value) if node.kind == "float" else int(value)
    return value


class _Declaration:
    """
    The declarations of a layout.
    """

    def __init__(self, plans: list[Plan], classes: dict[int, str]) -> None:
        self._plans = plans
        self._classes = classes
        self._names = Names(classes.values())
        self._enums: dict[tuple[type, str], tuple[str, Table]] = {}

    def text(self) -> str:
        structs = {self._classes[id(plan)]: self._struct(plan) for plan in self._plans}
        enums = []
        for (_, base), (name, table) in self._enums.items():
            values = ", ".join(f"{m.name} = {int(m)}" for m in table.members)
            enums.append(f"{'flag' if table.flags else 'enum'} {name} : {base} {{ {values} }};")
        return "\n\n".join([*enums, *structs.values()])

    def member(self, types: Any) -> Any:
        """
        A function that gives the library's member for ours.
        """

        def leaf(node: Node, value: Any) -> Any:
            if isinstance(node, Option):
                return None if value is None else leaf(node.node, value)
            if isinstance(node, Number) and node.table is not None:
                # Of which width does not matter: it is a number where it is written.
                name = next(name for (cls, _), (name, _) in self._enums.items() if cls is node.table.cls)
                return getattr(types, name)(int(value))
            return value

        return leaf

    def _struct(self, plan: Plan) -> str:
        lines = [f"struct {self._classes[id(plan)]} {{"]
        for part in grouped(plan.ops):
            if isinstance(part, list):
                lines += [f"    {line};" for line in self._numbers(part)]
                continue
            node = part.node
            if isinstance(node, Option):
                lines.append(f"    uint8 {tag_of(part)};")
                node = node.node
            kind, suffix = self._type(node, plan)
            lines.append(f"    {kind} {attribute(part.name, TAKEN)}{suffix};")
        return "\n".join([*lines, "};"])

    def _numbers(self, ops: list[Op]) -> list[str]:
        group = group_of(ops)
        if group.whole or (group.alone and group.bits in UNITS):
            return [f"{self._number(group.numbers[0])} {attribute(ops[0].name, TAKEN)}"]
        if group.bits not in UNITS:
            raise Unsupported(f"bit fields that share {group.bits // 8} bytes: there is no such integer")
        if any(number.signed for number in group.numbers):
            raise Unsupported("no signed bit fields")
        base = f"uint{group.bits}"
        return [
            f"{self._enum(n.table, base) if n.table is not None else base} {attribute(op.name, TAKEN)} : {n.width}"
            for op, n in zip(ops, group.numbers, strict=True)
        ]

    def _number(self, node: Number) -> str:
        if node.kind == "float":
            return "float" if node.width == 32 else "double"
        base = f"{'' if node.signed else 'u'}int{node.width}"
        return self._enum(node.table, base) if node.table is not None else base

    def _enum(self, table: Table, base: str) -> str:
        if (table.cls, base) not in self._enums:
            self._enums[table.cls, base] = self._names.new(table.cls.__name__), table
        return self._enums[table.cls, base][0]

    def _type(self, node: Node, plan: Plan) -> tuple[str, str]:
        # What stands in front of the name, and what behind it.
        match node:
            case Number():
                if node.width not in UNITS:
                    raise Unsupported(f"no integers of {node.width} bits")
                return self._number(node), ""
            case Record():
                return self._classes[id(node.plan)], ""
            case Data():
                return "char", f"[{self._length(node.length, plan)}]"
            case List():
                if isinstance(node.item, Number) and node.item.table is not None and node.item.width > 64:
                    raise Unsupported("it reads too many items of an enum above 64 bits")
                kind, suffix = self._type(node.item, plan)
                return kind, f"[{self._length(node.count, plan)}]{suffix}"
            case Option():
                raise Unsupported("an option is two fields, which a list cannot have as an item")

    @staticmethod
    def _length(length: Any, plan: Plan) -> str:
        def ref(path: tuple[int, ...]) -> str:
            if len(path) > 1:
                raise Unsupported(
                    "no length in a field of a nested struct: an expression knows the fields of its own class"
                )
            return attribute(plan.ops[path[0]].name, TAKEN)

        match length:
            case Fixed(value):
                return str(value)
            case Computed(expression):
                return expression_text(expression, ref, divide="/")
            case Rest():
                return "EOF"
            case Until(0):
                return ""
        raise Unsupported("no marker but a zero")
