"""
Kaitai Struct: classes as its compiler writes them for reading and writing (`--read-write`), on the runtime kaitaistruct.

Encoding is what its guide tells people to do: check each object, make a stream of the size, write, take the bytes.
Classes that only read would decode faster, but nothing could be encoded from their objects.
"""

from collections.abc import Iterator
from types import new_class
from typing import Any

import kaitaistruct

from bebytes import Struct
from bebytes._plan import Computed, Data, Fixed, List, Node, Number, Op, Option, Plan, Record, Rest, Until
from bebytes.cli._layouts import Layout, Unsupported, plain_form
from bebytes.scenarios._model import ByteOrder

from ._groups import group_of, grouped
from ._shared import (
    Names,
    attribute,
    by_name,
    class_names,
    enum_names,
    expression_text,
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

TAKEN = frozenset(dir(kaitaistruct.ReadWriteKaitaiStruct))

HEAD = """\
import kaitaistruct
from kaitaistruct import ReadWriteKaitaiStruct, KaitaiStream, BytesIO"""


class _Wrapper:
    """
    The base of classes for items that are lists or options, which need a type of their own.
    """


def layout(cls: type[Struct], byteorder: ByteOrder) -> Layout:
    """
    Generated classes, and a function each to read and write them.
    """
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
                fields = (value,) if issubclass(inner.cls, _Wrapper) else value
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
                return found[0] if issubclass(inner.cls, _Wrapper) else tuple(found)
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


def zero_bytes(node: Option) -> bytes:
    """
    The padding of an option that is None.
    """
    return bytes((fixed_size(node.node) or 0) // 8)


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
                    cls = new_class(f"{name.title().replace('_', '')}Item", (_Wrapper,))
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
            ordered = _Field(self, plan, op)
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


class _Field:
    """
    The lines for one field in each method of a class.
    """

    def __init__(self, source: _Source, plan: Plan, op: Op) -> None:
        self._source = source
        self._plan = plan
        self._op = op
        self._name = attribute(op.name, TAKEN)
        # Whether it shares bytes with others.
        self._in_bits = any(
            not group_of(part).whole and op in part for part in grouped(plan.ops) if isinstance(part, list)
        )

    def read(self) -> list[str]:
        name, node = self._name, self._op.node
        match node:
            case Record():
                return [
                    f"self.{name} = {self._source.type_of(node.plan)}(self._io, self, self._root)",
                    f"self.{name}._read()",
                ]
            case Option():
                tag = tag_of(self._op)
                return [
                    f"self.{tag} = self._io.read_u1()",
                    f"if self.{tag} == 1:",
                    "    pass",
                    f"    self.{name} = {self._read_value(node.node)}",
                    "",
                    f"if self.{tag} == 0:",
                    "    pass",
                    f"    self.{self._op.name}_padding = self._io.read_bytes({len(zero_bytes(node))})",
                    "",
                ]
            case List():
                return self._read_list(node)
        return [f"self.{name} = {self._read_value(node)}"]

    def _read_list(self, node: List) -> list[str]:
        name = self._name
        count = self._length(node.count)
        head = [f"self.{name} = []"]
        head += [f"for i in range({count}):"] if count else ["i = 0", "while not self._io.is_eof():"]
        if isinstance(node.item, Record):
            body = [
                f"    _t_{name} = {self._source.type_of(node.item.plan)}(self._io, self, self._root)",
                "    try:",
                f"        _t_{name}._read()",
                "    finally:",
                f"        self.{name}.append(_t_{name})",
            ]
        else:
            body = [f"    self.{name}.append({self._read_value(node.item)})"]
        return [*head, *body, *([] if count else ["    i += 1"]), ""]

    def fetch(self) -> list[str]:
        match self._op.node:
            case Record():
                return [f"self.{self._name}._fetch_instances()"]
            case List(_, item):
                lines = [f"    self.{self._name}[i]._fetch_instances()"] if isinstance(item, Record) else []
                return [f"for i in range(len(self.{self._name})):", "    pass", *lines, ""]
            case Option():
                tag = tag_of(self._op)
                return [f"if self.{tag} == 1:", "    pass", "", f"if self.{tag} == 0:", "    pass", ""]
        return []

    def write(self) -> list[str]:
        name, node = self._name, self._op.node
        match node:
            case Record():
                return [f"self.{name}._write__seq(self._io)"]
            case Option():
                tag = tag_of(self._op)
                return [
                    f"self._io.write_u1(self.{tag})",
                    f"if self.{tag} == 1:",
                    "    pass",
                    *(f"    {line}" for line in self._write_value(node.node, f"self.{name}")),
                    "",
                    f"if self.{tag} == 0:",
                    "    pass",
                    f"    self._io.write_bytes(self.{self._op.name}_padding)",
                    "",
                ]
            case List():
                rest = isinstance(node.count, Rest)
                at_end = f'raise kaitaistruct.ConsistencyError(u"{name}", 0, self._io.size() - self._io.pos())'
                item = f"self.{name}[i]"
                lines = (
                    [f"{item}._write__seq(self._io)"]
                    if isinstance(node.item, Record)
                    else self._write_value(node.item, item)
                )
                return [
                    f"for i in range(len(self.{name})):",
                    "    pass",
                    *(["    if self._io.is_eof():", f"        {at_end}"] if rest else []),
                    *(f"    {line}" for line in lines),
                    "",
                    *(["if not self._io.is_eof():", f"    {at_end}"] if rest else []),
                ]
        return self._write_value(node, f"self.{name}")

    def check(self) -> list[str]:
        name, node = self._name, self._op.node
        match node:
            case Record():
                return self._check_record(f"self.{name}")
            case List():
                count = self._length(node.count)
                lines = (
                    self._check_record(f"self.{name}[i]")
                    if isinstance(node.item, Record)
                    else self._check_value(node.item, f"self.{name}[i]")
                )
                return [
                    *(self._unequal(f"len(self.{name})", count) if count else []),
                    f"for i in range(len(self.{name})):",
                    "    pass",
                    *(f"    {line}" for line in lines),
                    "",
                ]
            case Option():
                tag = tag_of(self._op)
                padding = self._unequal(f"len(self.{self._op.name}_padding)", str(len(zero_bytes(node))))
                return [
                    f"if self.{tag} == 1:",
                    "    pass",
                    *(f"    {line}" for line in self._check_value(node.node, f"self.{name}")),
                    "",
                    f"if self.{tag} == 0:",
                    "    pass",
                    *(f"    {line}" for line in padding),
                    "",
                ]
        return self._check_value(node, f"self.{name}")

    def _check_record(self, value: str) -> list[str]:
        return [*self._unequal(f"{value}._root", "self._root"), *self._unequal(f"{value}._parent", "self")]

    def _check_value(self, node: Node, value: str) -> list[str]:
        if not isinstance(node, Data):
            return []
        data = f'({value}).encode(u"UTF-8")' if node.text else value
        if isinstance(node.length, Until):
            return self._unequal(f"KaitaiStream.byte_array_index_of({data}, {node.length.marker})", "-1")
        length = self._length(node.length)
        return self._unequal(f"len({data})", length) if length else []

    def _unequal(self, actual: str, expected: str) -> list[str]:
        return [
            f"if {actual} != {expected}:",
            f'    raise kaitaistruct.ConsistencyError(u"{self._op.name}", {expected}, {actual})',
        ]

    def _read_value(self, node: Node) -> str:
        if isinstance(node, Data):
            data = self._read_bytes(node)
            return f'({data}).decode(u"UTF-8")' if node.text else data
        assert isinstance(node, Number), "lists and structs are read by lines of their own"
        number = f"self._io.read_{self._kind(node)}"
        if self._bits(node):
            number = f"{number}({node.width})"
            if node.kind == "bool" and node.width == 1:
                return f"{number} != 0"
        else:
            number = f"{number}()"
        if node.table is not None and not node.table.flags:
            return f"KaitaiStream.resolve_enum({self._source.enum_of(node.table.cls)}, {number})"
        return number

    def _read_bytes(self, node: Data) -> str:
        match node.length:
            case Rest():
                return "self._io.read_bytes_full()"
            case Until(marker, open_):
                return f"self._io.read_bytes_term({marker}, False, True, {not open_})"
        return f"self._io.read_bytes({self._length(node.length)})"

    def _write_value(self, node: Node, value: str) -> list[str]:
        if isinstance(node, Data):
            lines = [f"self._io.write_bytes({f'({value}).encode(u{chr(34)}UTF-8{chr(34)})' if node.text else value})"]
            match node.length:
                case Until(marker, open_):
                    end = f"self._io.write_u1({marker})"
                    lines += ["if not self._io.is_eof():", f"    {end}"] if open_ else [end]
                case Rest():
                    name = self._op.name
                    lines += [
                        "if not self._io.is_eof():",
                        f'    raise kaitaistruct.ConsistencyError(u"{name}", 0, self._io.size() - self._io.pos())',
                    ]
            return lines
        assert isinstance(node, Number), "lists and structs are written by lines of their own"
        if node.table is not None and not node.table.flags:
            value = f"int({value})"
        if self._bits(node):
            if node.kind == "bool" and node.width == 1:
                value = f"int({value})"
            return [f"self._io.write_{self._kind(node)}({node.width}, {value})"]
        return [f"self._io.write_{self._kind(node)}({value})"]

    def _bits(self, node: Number) -> bool:
        return self._in_bits or node.width not in (8, 16, 32, 64)

    def _kind(self, node: Number) -> str:
        order = "le" if node.little else "be"
        if self._bits(node):
            if node.signed:
                raise Unsupported("no signed bit fields")
            return f"bits_int_{order}"
        letter = "f" if node.kind == "float" else "s" if node.signed else "u"
        return f"{letter}{node.width // 8}{order if node.width > 8 else ''}"

    def _length(self, length: Any) -> str:
        match length:
            case Fixed(value):
                return str(value)
            case Computed(expression):
                return expression_text(expression, self._ref)
        return ""

    def _ref(self, path: tuple[int, ...]) -> str:
        plan, steps = self._plan, ["self"]
        while issubclass(plan.cls, _Wrapper):
            raise Unsupported("no length from outside in an item that is a list or an option")
        for i, step in enumerate(path):
            op = plan.ops[step]
            if isinstance(op.node, Number) and op.node.table is not None and not op.node.table.flags:
                steps.append(f"{attribute(op.name, TAKEN)}.value")
            else:
                steps.append(attribute(op.name, TAKEN))
            if i + 1 < len(path):
                assert isinstance(op.node, Record), "only structs have fields inside"
                plan = op.node.plan
        return ".".join(steps)
