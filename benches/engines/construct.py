"""
construct, compiled: what `compile()` makes of a declaration. Whole formats are read by the declaration itself as well.

Bit fields are a BitStruct of their own inside the struct. An enum gives the library's own strings,
as a Mapping to members does not compile: its source holds their repr.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import construct

from bebytes import Struct
from bebytes._plan import Computed, Data, Fixed, List, Node, Number, Op, Option, Plan, Record, Rest, Until
from bebytes.cli._layouts import Layout, Unsupported
from bebytes.scenarios._model import ByteOrder

from ._formats_construct import format_layout
from ._groups import group_of, grouped
from ._shared import (
    Names,
    by_name,
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
)
from ._text import wrapped

RAW = ("char",)

REASONS = {"after": "no data from behind a marker"}


def layout(cls: type[Struct], byteorder: ByteOrder) -> Layout:
    """
    A compiled declaration; its objects are Containers.
    """
    if (written := format_layout(cls)) is not None:
        return written
    plan = plan_of(cls, byteorder)
    refuse(plan, byteorder, REASONS)
    plans = plans_of(plan)
    names = Names(["cs", "this", "LAYOUT"])
    enums = enum_names(plan, names)
    classes = class_names(plans, names)
    declared = {
        classes[id(p)]: f"{classes[id(p)]} = {_Declaration(p, classes, enums).text()}" for p in plans if p is not plan
    }
    head = head_of("import construct as cs\nfrom construct import this", enums)
    last = (
        f"LAYOUT = {_Declaration(plan, classes, enums).text()}.compile()\ndecode = LAYOUT.parse\nencode = LAYOUT.build"
    )
    text = wrapped("\n\n".join([head, *declared.values(), last]) + "\n")
    made = run_source(text, by_name(enums))
    return Layout(
        made["encode"], made["decode"], maker(plan, _build, RAW, _to_library), plainer(plan, _take, _from_library), text
    )


def plain_layout(cls: type[Struct], _: ByteOrder) -> Layout:
    """
    The declaration of a whole format without `compile()`; each has its own byte order.

    Raises:
        Unsupported: the class is no format that is declared by hand.
    """
    if (written := format_layout(cls, compiled=False)) is not None:
        return written
    raise Unsupported("not compiled, construct is timed on formats alone")


class _Bits(NamedTuple):
    """
    Bit fields side by side, and the name of their BitStruct.
    """

    name: str
    ops: list[Op]


def _parts(plan: Plan) -> Iterator[Op | _Bits]:
    # Fields, and runs of bit fields with a name for each.
    run: list[Op] = []
    for part in grouped(plan.ops):
        if isinstance(part, list) and not _is_whole(part):
            # Groups of one byte order stand in one BitStruct; a little-endian one is turned by itself.
            if run and (group_of(part).little or group_of(run).little):
                yield _Bits(f"{run[0].name}_bits", run)
                run = []
            run += part
            continue
        if run:
            yield _Bits(f"{run[0].name}_bits", run)
            run = []
        yield part[0] if isinstance(part, list) else part
    if run:
        yield _Bits(f"{run[0].name}_bits", run)


def _is_whole(ops: list[Op]) -> bool:
    group = group_of(ops)
    return group.whole or (group.alone and group.bits == 128)


def _build(plan: Plan, fields: tuple[Any, ...]) -> Any:
    given = {op.name: value for op, value in zip(plan.ops, fields, strict=True)}
    found: dict[str, Any] = {}
    for part in _parts(plan):
        if isinstance(part, _Bits):
            name, ops = part
            found[name] = construct.Container({op.name: given[op.name] for op in ops})
            continue
        if isinstance(part.node, Option):
            found[tag_of(part)] = int(given[part.name] is not None)
        found[part.name] = given[part.name]
    return construct.Container(found)


def _take(plan: Plan, value: Any) -> list[Any]:
    found: dict[str, Any] = {}
    for part in _parts(plan):
        if isinstance(part, _Bits):
            name, ops = part
            found |= {op.name: value[name][op.name] for op in ops}
        else:
            found[part.name] = value[part.name]
    return [found[op.name] for op in plan.ops]


def _to_library(node: Node, value: Any) -> Any:
    if isinstance(node, Option):
        return None if value is None else _to_library(node.node, value)
    if isinstance(node, Number) and node.table is not None:
        if node.table.flags:
            return construct.Container({member.name: member in value for member in node.table.members})
        return construct.EnumIntegerString.new(int(value), value.name)
    return value


def _from_library(node: Node, value: Any) -> Any:
    if isinstance(node, Option):
        return None if value is None else _from_library(node.node, value)
    if isinstance(node, Number) and node.table is not None:
        cls: Any = node.table.cls
        if node.table.flags:
            return cls(sum(int(member) for member in node.table.members if value[member.name]))
        # What is no member comes as another type.
        return cls[value] if type(value) is construct.EnumIntegerString else value
    return value


class _Declaration:
    """
    The declaration of one struct.
    """

    def __init__(self, plan: Plan, classes: dict[int, str], enums: dict[type, str]) -> None:
        self._plan = plan
        self._classes = classes
        self._enums = enums

    def text(self) -> str:
        return f"cs.Struct({', '.join(field for part in _parts(self._plan) for field in self._fields(part))})"

    def _fields(self, part: Op | _Bits) -> list[str]:
        if isinstance(part, _Bits):
            name, ops = part
            little = group_of(ops).little
            bits = [f'"{op.name}" / {self._in_bits(op.node)}' for op in (reversed(ops) if little else ops)]
            described = f"cs.BitStruct({', '.join(bits)})"
            return [f'"{name}" / {f"cs.ByteSwapped({described})" if little else described}']
        if isinstance(part.node, Option):
            inner, size = self._described(part.node.node), (fixed_size(part.node.node) or 0) // 8
            return [
                f'"{tag_of(part)}" / cs.Int8ub',
                f'"{part.name}" / cs.IfThenElse(this.{tag_of(part)}, {inner}, cs.Padding({size}))',
            ]
        return [f'"{part.name}" / {self._described(part.node)}']

    def _in_bits(self, node: Node) -> str:
        assert isinstance(node, Number), "only numbers are bits"
        if node.kind == "bool" and node.width == 1:
            return "cs.Flag"
        return self._valued(node, f"cs.BitsInteger({node.width}{', signed=True' * node.signed})")

    def _valued(self, node: Number, described: str) -> str:
        if node.kind == "bool":
            return f"cs.Mapping({described}, {{False: 0, True: 1}})"
        if node.table is None:
            return described
        name = self._enums[node.table.cls]
        if node.table.flags and not of_single_bits(node.table):
            raise Unsupported("no flags of several bits: a compiled Mapping takes no members of an enum")
        return f"cs.{'FlagsEnum' if node.table.flags else 'Enum'}({described}, {name})"

    def _described(self, node: Node) -> str:
        match node:
            case Number():
                return "cs.Flag" if node.kind == "bool" else self._valued(node, _whole(node))
            case Data():
                return self._data(node)
            case Record():
                return self._classes[id(node.plan)]
            case List():
                item = self._described(node.item)
                match node.count:
                    case Fixed(count):
                        return f"cs.Array({count}, {item})"
                    case Computed(expression):
                        return f"cs.Array({expression_text(expression, self._ref)}, {item})"
                return f"cs.GreedyRange({item})"
            case Option():
                raise Unsupported("an option is two fields, which a list cannot have as an item")

    def _data(self, node: Data) -> str:
        rest = 'cs.GreedyString("utf-8")' if node.text else "cs.GreedyBytes"
        match node.length:
            case Fixed(size):
                return _sized(str(size), node.text)
            case Computed(expression):
                return _sized(expression_text(expression, self._ref), node.text)
            case Rest():
                return rest
            case Until(marker, open_):
                return f"cs.NullTerminated({rest}, term={bytes([marker])!r}{', require=False' * open_})"
        raise Unsupported("no data from behind a marker")

    def _ref(self, path: tuple[int, ...]) -> str:
        # A field of a nested struct may be in a BitStruct there.
        steps, plan = ["this"], self._plan
        for i, step in enumerate(path):
            op = plan.ops[step]
            inside = {o.name: part[0] for part in _parts(plan) if isinstance(part, _Bits) for o in part[1]}
            steps += [inside[op.name], op.name] if op.name in inside else [op.name]
            if i + 1 < len(path):
                assert isinstance(op.node, Record), "only structs have fields inside"
                plan = op.node.plan
        return ".".join(steps)


def _sized(size: str, text: bool) -> str:
    # PaddedString would drop zeros at the end.
    return f'cs.FixedSized({size}, cs.GreedyString("utf-8"))' if text else f"cs.Bytes({size})"


def _whole(node: Number) -> str:
    if node.width in (8, 16, 32, 64):
        order = "l" if node.little else "b"
        if node.kind == "float":
            return f"cs.Float{node.width}{order}"
        return f"cs.Int{node.width}{'s' if node.signed else 'u'}{order}"
    return f"cs.BytesInteger({node.width // 8}{', signed=True' * node.signed}{', swapped=True' * node.little})"
