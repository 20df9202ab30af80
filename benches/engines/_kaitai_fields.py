"""
The lines that the compiler of Kaitai Struct writes for a field; see `kaitai.py`.
"""

from typing import Any, Protocol

import kaitaistruct

from bebytes._plan import Computed, Data, Fixed, List, Node, Number, Op, Option, Plan, Record, Rest, Until
from bebytes.cli._layouts import Unsupported

from ._groups import group_of, grouped
from ._shared import attribute, expression_text, fixed_size, tag_of

TAKEN = frozenset(dir(kaitaistruct.ReadWriteKaitaiStruct))


class Wrapper:
    """
    The base of classes for items that are lists or options, which need a type of their own.
    """


def zero_bytes(node: Option) -> bytes:
    """
    The padding of an option that is None.
    """
    return bytes((fixed_size(node.node) or 0) // 8)


class Types(Protocol):
    """
    What a field asks of the whole source.
    """

    def type_of(self, plan: Plan) -> str:
        """A nested type, by its full name."""
        ...

    def enum_of(self, cls: type) -> str:
        """The name of an enum."""
        ...


class Field:
    """
    The lines for one field in each method of a class.
    """

    def __init__(self, source: Types, plan: Plan, op: Op) -> None:
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
        if issubclass(plan.cls, Wrapper):
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
