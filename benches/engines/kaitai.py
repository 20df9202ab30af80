"""
Kaitai Struct: classes as its compiler writes them for reading and writing (`--read-write`), on the runtime kaitaistruct.

Encoding is what its guide tells people to do: check each object, make a stream of the size, write, take the bytes.
Classes that only read would decode faster, but nothing could be encoded from their objects.
"""

from collections.abc import Iterator
from types import new_class
from typing import Any

from bebytes import Struct
from bebytes._plan import Data, List, Node, Op, Option, Plan, Record, Until
from bebytes.cli._layouts import Layout, plain_form
from bebytes.scenarios._model import ByteOrder

from ._formats_kaitai import format_layout
from ._kaitai_fields import TAKEN, Field, Wrapper, zero_bytes
from ._shared import (
    Names,
    attribute,
    by_name,
    class_names,
    enum_names,
    fixed_size,
    plan_of,
    plans_of,
    refuse,
    run_source,
    tag_of,
)

# Its enums have no unions, bits are read as a bool only one by one, and a text is no character.
RAW = ("flags", "bool byte", "char")

REASONS = {
    "after": "no data from behind a marker",
    "wide": "no integers above 64 bits",
}

HEAD = """\
import kaitaistruct
from kaitaistruct import ReadWriteKaitaiStruct, KaitaiStream, BytesIO"""


def layout(cls: type[Struct], byteorder: ByteOrder) -> Layout:
    """
    Generated classes, and a function each to read and write them.
    """
    if (written := format_layout(cls)) is not None:
        return written
    plan = plan_of(cls, byteorder)
    refuse(plan, byteorder, REASONS)
    plan = _wrapped_plan(plan)
    plans = plans_of(plan)
    names = Names(["kaitaistruct", "ReadWriteKaitaiStruct", "KaitaiStream", "BytesIO", "encode", "decode"])
    enums = enum_names(plan, names)
    classes = class_names([plan, *(p for p in plans if p is not plan)], names)
    source = _Source(plan, plans, classes, enums)
    text = source.text()
    made = run_source(text, by_name(enums))
    outermost = made[classes[id(plan)]]

    def type_of(of: Plan) -> Any:
        return outermost if of is plan else getattr(outermost, classes[id(of)])

    def make(of: Node, value: Any, parent: Any, root: Any) -> Any:
        match of:
            case Record(inner):
                made = type_of(inner)(None, parent, root)
                fields = (value,) if issubclass(inner.cls, Wrapper) else value
                for op, item in zip(inner.ops, fields, strict=True):
                    if isinstance(op.node, Option):
                        setattr(made, tag_of(op), int(item is not None))
                        if item is None:
                            setattr(made, f"{op.name}_padding", zero_bytes(op.node))
                            continue
                    setattr(made, attribute(op.name, TAKEN), make(op.node, item, made, root or made))
                return made
            case List():
                return [make(of.item, item, parent, root) for item in value]
        return value

    def plain(of: Node, value: Any) -> Any:
        match of:
            case Record(inner):
                found = [
                    None
                    if isinstance(op.node, Option) and not getattr(value, tag_of(op))
                    else plain(op.node, getattr(value, attribute(op.name, TAKEN)))
                    for op in inner.ops
                ]
                return found[0] if issubclass(inner.cls, Wrapper) else tuple(found)
            case List():
                return [plain(of.item, item) for item in value]
        return value

    original = plan_of(cls, byteorder)
    return Layout(
        made["encode"],
        made["decode"],
        lambda value: make(Record(plan), plain_form(original, value, RAW), None, None),
        lambda value: plain(Record(plan), value),
        text,
    )


def _wrapped_plan(plan: Plan) -> Plan:
    # Items that are lists or options become structs of one field.
    done: dict[int, Plan] = {}

    def record(plan: Plan) -> Plan:
        if id(plan) not in done:
            done[id(plan)] = plan._replace(ops=tuple(op._replace(node=node(op.node, op.name)) for op in plan.ops))
        return done[id(plan)]

    def node(of: Node, name: str) -> Node:
        match of:
            case Record():
                return Record(record(of.plan))
            case List():
                item = node(of.item, name)
                if isinstance(item, (List, Option)):
                    cls = new_class(f"{name.title().replace('_', '')}Item", (Wrapper,))
                    item = Record(Plan(cls, cls.__name__, (Op("value", item, "", 0, -1),), 0, 0, fixed=False, depth=1))
                return of._replace(item=item)
        return of

    return record(plan)


class _Source:
    """
    What the compiler writes for a layout.
    """

    def __init__(self, plan: Plan, plans: list[Plan], classes: dict[int, str], enums: dict[type, str]) -> None:
        self._plan = plan
        self._plans = plans
        self._classes = classes
        self._enums = enums

    def text(self) -> str:
        enums = f"\n\n# {', '.join(self._enums.values())}: of the layout" if self._enums else ""
        inner: dict[str, list[str]] = {}
        for plan in self._plans:
            if plan is not self._plan:
                inner[self._classes[id(plan)]] = ["", *(f"    {line}" if line else "" for line in self._class(plan))]
        lines = [*self._class(self._plan), *(line for lines in inner.values() for line in lines)]
        return "\n\n\n".join([HEAD + enums, "\n".join(lines), self._decode(), self._encode()]) + "\n"

    def _decode(self) -> str:
        return f"""\
def decode(data):
    value = {self._classes[id(self._plan)]}.from_bytes(data)
    value._read()
    return value"""

    def _encode(self) -> str:
        size = self._size(self._plan, "value")
        lines = ["def encode(value):", *(f"    {line}" for line in self._checks(self._plan, "value", 0))]
        return "\n".join(
            [
                *lines,
                f"    stream = KaitaiStream(BytesIO(bytearray({size})))",
                "    value._write(stream)",
                "    return stream.to_byte_array()",
            ]
        )

    def _checks(self, plan: Plan, value: str, depth: int) -> Iterator[str]:
        # Each object is checked by itself.
        for op in plan.ops:
            at = f"{value}.{attribute(op.name, TAKEN)}"
            match op.node:
                case Record(inner):
                    yield from self._checks(inner, at, depth)
                case List(_, Record(inner)):
                    item = "item" + "s" * depth
                    yield f"for {item} in {at}:"
                    for line in self._checks(inner, item, depth + 1):
                        yield f"    {line}"
        yield f"{value}._check()"

    def _size(self, plan: Plan, value: str) -> str:
        # As an expression; the fixed parts are added up.
        fixed, terms = self._sizes(plan, value, 0)
        return " + ".join([*([str(fixed)] if fixed or not terms else []), *terms])

    def _sizes(self, plan: Plan, value: str, depth: int) -> tuple[int, list[str]]:
        bits, terms = 0, []
        for op in plan.ops:
            at = f"{value}.{attribute(op.name, TAKEN)}"
            known = fixed_size(op.node)
            if known is not None:
                bits += known
                continue
            match op.node:
                case Record(inner):
                    more, inside = self._sizes(inner, at, depth)
                    bits += more * 8
                    terms += inside
                case Data():
                    terms.append(f'len({at}.encode(u"UTF-8"))' if op.node.text else f"len({at})")
                    bits += 8 * isinstance(op.node.length, Until)
                case List():
                    terms.append(self._size_of_list(op.node, at, depth))
        return bits // 8, terms

    def _size_of_list(self, node: List, at: str, depth: int) -> str:
        known = fixed_size(node.item)
        if known is not None:
            return f"len({at}) * {known // 8}"
        item = "item" + "s" * depth
        if isinstance(node.item, Record):
            fixed, terms = self._sizes(node.item.plan, item, depth + 1)
        else:
            assert isinstance(node.item, Data), "items of other kinds are wrapped, or of one size"
            fixed = int(isinstance(node.item.length, Until))
            terms = [f'len({item}.encode(u"UTF-8"))' if node.item.text else f"len({item})"]
        return f"sum({' + '.join([*([str(fixed)] if fixed else []), *terms])} for {item} in {at})"

    def _class(self, plan: Plan) -> list[str]:
        top = plan is self._plan
        name = self._classes[id(plan)]
        full = name if top else f"{self._classes[id(self._plan)]}.{name}"
        read, fetch, write, check = (["pass"][:0] for _ in range(4))
        for op in plan.ops:
            ordered = Field(self, plan, op)
            read += ordered.read()
            fetch += ordered.fetch()
            write += ordered.write()
            check += ordered.check()
        return [
            f"class {name}(ReadWriteKaitaiStruct):",
            "    def __init__(self, _io=None, _parent=None, _root=None):",
            f"        super({full}, self).__init__(_io)",
            "        self._parent = _parent",
            f"        self._root = _root{' or self' if top else ''}",
            "",
            "    def _read(self):",
            *_indented([*read, "self._dirty = False"]),
            "",
            "    def _fetch_instances(self):",
            *_indented(["pass", *fetch]),
            "",
            "    def _write__seq(self, io=None):",
            *_indented([f"super({full}, self)._write__seq(io)", *write]),
            "",
            "    def _check(self):",
            *_indented([*check, "self._dirty = False"]),
        ]

    def type_of(self, plan: Plan) -> str:
        """
        A nested type, by its full name.
        """
        return f"{self._classes[id(self._plan)]}.{self._classes[id(plan)]}"

    def enum_of(self, cls: type) -> str:
        """
        The name of an enum.
        """
        return self._enums[cls]


def _indented(lines: list[str]) -> list[str]:
    return [f"        {line}" for line in lines]
