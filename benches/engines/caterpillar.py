"""
caterpillar, a library in Python: dataclasses whose annotations are fields, bit fields in a class with `@bitfield`.

It is under the GPL: measured here, and never a part of the package.
"""

from functools import partial
from typing import Any

from bebytes import Struct
from bebytes._plan import Computed, Data, Fixed, List, Node, Number, Option, Plan, Record, Rest, Until
from bebytes.cli._layouts import Layout, Unsupported
from bebytes.scenarios._model import ByteOrder

from ._groups import group_of, grouped
from ._shared import (
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
    plainer,
    plan_of,
    plans_of,
    refuse,
    run_source,
    tag_of,
)
from ._text import wrapped

RAW = ("char",)

REASONS = {
    "lists": "no lists in lists: a second dimension takes the place of the first",
    "after": "no data from behind a marker",
}

TAKEN = frozenset(("cp",))


def layout(cls: type[Struct], byteorder: ByteOrder) -> Layout:
    """
    Classes with the decorators of the library.
    """
    plan = plan_of(cls, byteorder)
    refuse(plan, byteorder, REASONS)
    plans = plans_of(plan)
    names = Names(["cp", "partial"])
    enums = enum_names(plan, names)
    classes = class_names(plans, names)
    declared = {classes[id(p)]: _Class(p, classes, enums, byteorder).text() for p in plans}
    head = head_of("from functools import partial\n\nfrom caterpillar import py as cp", enums)
    last = f"encode = cp.pack\ndecode = partial(cp.unpack, {classes[id(plan)]})"
    text = wrapped("\n\n\n".join([head, *declared.values(), last]) + "\n")
    made = run_source(text, by_name(enums))

    def build(plan: Plan, fields: tuple[Any, ...]) -> Any:
        values: dict[str, Any] = {}
        for op, value in zip(plan.ops, fields, strict=True):
            if isinstance(op.node, Option):
                values[tag_of(op)] = int(value is not None)
            values[attribute(op.name, TAKEN)] = value
        return made[classes[id(plan)]](**values)

    return Layout(
        made["encode"], made["decode"], maker(plan, build, RAW), plainer(plan, partial(by_tag, taken=TAKEN)), text
    )


class _Class:
    """
    The declaration of one struct.
    """

    def __init__(self, plan: Plan, classes: dict[int, str], enums: dict[type, str], byteorder: ByteOrder) -> None:
        self._plan = plan
        self._classes = classes
        self._enums = enums
        self._little = byteorder == "little"
        self._bits = False

    def text(self) -> str:
        lines = []
        for part in grouped(self._plan.ops):
            if not isinstance(part, list):
                lines += self._field(attribute(part.name, TAKEN), part.node)
                continue
            group = group_of(part)
            if group.whole or (group.alone and group.bits == 128):
                lines += self._field(attribute(part[0].name, TAKEN), group.numbers[0])
                continue
            if group.little != self._little:
                raise Unsupported("one byte order for the bit fields of a struct")
            self._bits = True
            # A group is one integer, and its uppermost bits are declared first.
            fields = [(attribute(op.name, TAKEN), n) for op, n in zip(part, group.numbers, strict=True)]
            fields = fields[::-1] if self._little else fields
            lines += [f"{name}: {self._in_bits(n, last=i == len(fields) - 1)}" for i, (name, n) in enumerate(fields)]
        order = "cp.LittleEndian" if self._little else "cp.BigEndian"
        head = [
            f"@cp.{'bitfield' if self._bits else 'struct'}(order={order})",
            f"class {self._classes[id(self._plan)]}:",
        ]
        return "\n".join([*head, *(f"    {line}" for line in lines or ["pass"])])

    def _in_bits(self, node: Number, last: bool) -> str:
        if node.signed:
            if self._little or node.table is not None or node.width > 64:
                raise Unsupported("signed bit fields only with the most significant first, and no enums")
            holder = min(size for size in (8, 16, 32, 64) if size >= node.width)
            return f"{node.width} - cp.int{holder}"
        factory = "int"
        if node.table is not None:
            factory = f"cp.EnumFactory({self._enums[node.table.cls]})"
        elif node.kind == "bool":
            factory = "bool"
        # Without it, the next group would become a part of the same integer.
        return f"({node.width}, {factory}{', [cp.B_GROUP_END]' * last})"

    def _field(self, name: str, node: Node) -> list[str]:
        if isinstance(node, Option):
            inner, size = self._described(node.node), (fixed_size(node.node) or 0) // 8
            branch = f"cp.Branch(cp.When(cp.this.has_{name} == 1, {inner}), cp.Otherwise(cp.padding[{size}]))"
            return [f"has_{name}: cp.uint8", f"{name}: {branch}"]
        return [f"{name}: {self._described(node)}"]

    def _described(self, node: Node) -> str:
        match node:
            case Number():
                return self._number(node)
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
                        return f"{item}[{count}]"
                    case Computed(expression):
                        return f"{item}[{expression_text(expression, self._ref)}]"
                return f"{item}[...]"
            case Option():
                raise Unsupported("an option is two fields, which a list cannot have as an item")

    def _number(self, node: Number) -> str:
        if node.kind == "bool":
            return "cp.boolean"
        if node.kind == "float":
            kind = f"cp.float{node.width}"
        elif node.width == 128:
            kind = f"cp.{'' if node.signed else 'U'}Int(128)"
        else:
            kind = f"cp.{'' if node.signed else 'u'}int{node.width}"
        # The struct's byte order does not reach into an Enum in a list.
        if node.width > 8 and (node.little != self._little or node.table is not None):
            kind = f"(cp.{'Little' if node.little else 'Big'}Endian + {kind})"
        return f"cp.Enum({self._enums[node.table.cls]}, {kind})" if node.table is not None else kind

    def _data(self, node: Data) -> str:
        kind = "String" if node.text else "Bytes"
        match node.length:
            case Fixed(size):
                return f"cp.{kind}({size})"
            case Computed(expression):
                return f"cp.{kind}({expression_text(expression, self._ref)})"
            case Rest():
                return f"cp.{kind}(...)"
            case Until(marker) if node.text:
                return f"cp.CString(pad={marker})"
        raise Unsupported("no bytes up to a marker: CString is text")

    def _ref(self, path: tuple[int, ...]) -> str:
        plan, steps = self._plan, ["cp.this"]
        for i, step in enumerate(path):
            op = plan.ops[step]
            steps.append(attribute(op.name, TAKEN))
            if i + 1 < len(path):
                assert isinstance(op.node, Record), "only structs have fields inside"
                plan = op.node.plan
        return ".".join(steps)
