"""
The functions `encode` of source written by hand; see `_hand.py`.
"""

from typing import NamedTuple

from bebytes._plan import After, Data, Fixed, List, Node, Number, Op, Option, Plan, Record, Until

from ._groups import code_of, group_of, grouped
from ._hand import Source, inlined, plain_number
from ._hand_read import repeated
from ._shared import Names, fixed_size


def encode_function(source: Source) -> str:
    """
    The function `encode` of a layout.
    """
    writer = _Writer(source, "value")
    writer.record(source.plan, "value", "")
    writer.alone()
    return "\n".join(["def encode(value):", *writer.lines, f"    return {writer.result()}"])


class _NeedsLines(Exception):
    """
    No single expression does it.
    """


class _Part(NamedTuple):
    """
    An expression of bytes; whether struct makes them, and of what, where it is one byte.
    """

    text: str
    packed: bool = False
    byte: str = ""


class _Writer:
    """
    Writes a function line by line, and the parts that its result is put together from.

    A flat one writes no lines: its result is one expression, which fits into a comprehension.
    """

    def __init__(self, source: Source, *names: str, flat: bool = False) -> None:
        self._source = source
        self._names = Names([*source.names.all, *names])
        self._indent = "    "
        self._flat = flat
        self.lines: list[str] = []
        self._parts: list[_Part] = []
        self._pending: list[tuple[str, str]] = []
        self._order = ""

    def line(self, text: str) -> None:
        if self._flat:
            raise _NeedsLines
        self.lines.append(self._indent + text)

    def result(self) -> str:
        """
        All parts as one expression.
        """
        self._flush()
        texts = [part.text for part in self._parts]
        bytes_ = [part.byte for part in self._parts]
        # Where struct would only pack single bytes around others, formatting is faster.
        if len(texts) >= 3 and any(bytes_) and not any(part.packed and not part.byte for part in self._parts):
            form = "".join("%c" if byte else "%b" for byte in bytes_)
            return f'b"{form}" % ({", ".join(byte or text for byte, text in zip(bytes_, texts, strict=True))})'
        if len(texts) > 4:
            return f'b"".join(({", ".join(texts)}))'
        return " + ".join(texts) or 'b""'

    def alone(self) -> None:
        """
        Pack bytes of a fixed length that are all there is: the field itself, of whatever length, would be no message.
        """
        if not self._parts and len(self._pending) == 1:
            (code, value) = self._pending[0]
            if code.endswith("s"):
                self._parts.append(_Part(f"{self._source.call(code, 'pack')}({value})", packed=True))
                self._pending = []

    def record(self, plan: Plan, value: str, prefix: str) -> None:
        for part in grouped(plan.ops):
            if isinstance(part, list):
                self._group(part, [f"{value}.{op.name}" for op in part], prefix)
            else:
                self._node(part.node, f"{value}.{part.name}", prefix + part.name)

    def _flush(self) -> None:
        if not self._pending:
            return
        codes = [code for code, _ in self._pending]
        values = [value for _, value in self._pending]
        if all(code == "B" and value.isdigit() for code, value in self._pending):
            self._parts.append(_Part(repr(bytes(map(int, values)))))
        elif len(codes) == 1 and codes[0].endswith("s"):
            self._parts.append(_Part(values[0]))
        else:
            form = (self._order or ">") + "".join(repeated(codes))
            text = f"{self._source.call(form, 'pack')}({', '.join(values)})"
            self._parts.append(_Part(text, packed=True, byte=values[0] if codes == ["B"] else ""))
        self._pending, self._order = [], ""

    def _put(self, code: str, value: str, order: str = "") -> None:
        # One value for struct, to be packed with those around it.
        if order and self._order and order != self._order:
            self._flush()
        self._order = self._order or order
        self._pending.append((code, value))

    def _group(self, ops: list[Op], values: list[str], prefix: str) -> None:
        group = group_of(ops)
        order = "<" if group.little else ">"
        if group.whole:
            node = group.numbers[0]
            code = code_of(node)
            value = f"ord({values[0]})" if node.kind == "char" else values[0]
            self._put(code, value, order * (node.width > 8))
            return
        terms = []
        for part, value in zip(group.parts(), values, strict=True):
            term = f"ord({value})" if part.node.kind == "char" else value
            if part.node.table is not None and part.node.table.flags and not part.low and len(ops) > 1:
                # The method | of flags is slow Python.
                term += "._value_"
            if part.node.signed and not group.alone:
                term = f"({term} & {(1 << part.node.width) - 1})"
            terms.append(f"{term} << {part.low}" if part.low else term)
        word = " | ".join(terms)
        pieces = group.pieces()
        if len(pieces) == 1:
            (piece,) = pieces
            self._put(piece.code, word, order * (piece.bytes > 1))
            return
        if not group.alone:
            name = self._names.new(f"{prefix}{ops[0].name}_bits")
            self.line(f"{name} = {word}")
            word = name
        for piece in pieces:
            bits = f"{word} >> {piece.low}" if piece.low else word
            if piece.low + piece.bytes * 8 < group.bits:
                bits += f" & {(1 << piece.bytes * 8) - 1}"
            self._put(piece.code, bits, order)

    def _node(self, node: Node, value: str, name: str) -> None:
        match node:
            case Number():
                self._group([Op(name, node, "", 0, -1)], [value], "")
            case Record():
                self.record(node.plan, self._bound(value, name), f"{name}_")
            case Option():
                self._option(node, self._bound(value, name), name)
            case Data():
                self._data(node, value + ".encode()" * node.text)
            case List():
                self._list(node, value, name)

    def _bound(self, value: str, name: str) -> str:
        if self._flat:
            return value
        local = self._names.new(name)
        self.line(f"{local} = {value}")
        return local

    def _option(self, node: Option, value: str, name: str) -> None:
        self._put("?", f"{value} is not None")
        inner = node.node
        if isinstance(inner, Data):
            self._put(f"{_fixed(inner)}s", f'b"" if {value} is None else {value}{".encode()" * inner.text}')
            return
        if inner.kind == "char":
            self._put("I", f"0 if {value} is None else ord({value})", "<" if inner.little else ">")
            return
        given = f"0 if {value} is None else {value}"
        if inner.width not in (8, 16, 32, 64):
            given = self._bound(given, name)
        self._group([Op(name, inner, "", 0, -1)], [given], "")

    def _data(self, node: Data, value: str) -> None:
        match node.length:
            case Fixed(size):
                self._put(f"{size}s", value)
                return
            case After(marker):
                self._put("B", str(marker))
        self._flush()
        self._parts.append(_Part(value))
        if isinstance(node.length, Until):
            self._put("B", str(node.length.marker))

    def _list(self, node: List, value: str, name: str) -> None:
        item = node.item
        if inlined(node):
            assert isinstance(node.count, Fixed), "only lists of fixed size are inlined"
            self._inline(node, node.count.value, value, name)
            return
        self._flush()
        if plain_number(item):
            assert isinstance(item, Number), "see plain_number"
            self._parts.append(_Part(self._numbers(item, node, value)))
            return
        # A comprehension, or a loop where an item needs lines.
        each = name.rpartition("_")[2][:1] or "i"
        flat = _Writer(self._source, *self._names.all, flat=True)
        each = flat._names.new(each)
        try:
            flat._node(item, each, name)
            part = flat.result()
        except _NeedsLines:
            self._loop(node, value, name)
            return
        joined = value if part == each else f"[{part} for {each} in {value}]"
        self._parts.append(_Part(f'b"".join({joined})'))

    def _inline(self, node: List, count: int, value: str, name: str) -> None:
        if plain_number(node.item):
            assert isinstance(node.item, Number), "see plain_number"
            if self._flat:
                self._put(
                    f"{count}{code_of(node.item)}",
                    f"*{value}",
                    ("<" if node.item.little else ">") * (node.item.width > 8),
                )
                return
        names = [self._names.new(f"{name}_{i}") for i in range(count)]
        if names:
            self.line(f"{', '.join(names)}{',' * (count == 1)} = {value}")
        for local in names:
            if isinstance(node.item, Record):
                self.record(node.item.plan, local, f"{local}_")
            else:
                self._node(node.item, local, local)

    def _numbers(self, item: Number, node: List, value: str) -> str:
        code, order = code_of(item), "<" if item.little else ">"
        if code == "B":
            return f"bytes({value})"
        if isinstance(node.count, Fixed):
            return f"{self._source.call(f'{order}{node.count.value}{code}', 'pack')}(*{value})"
        self._source.imports.add("import struct")
        return f'struct.pack(f"{order}{{len({value})}}{code}", *{value})'

    def _loop(self, node: List, value: str, name: str) -> None:
        parts = self._names.new(f"{name}_parts")
        each = self._names.new(f"{name}_item")
        self.line(f"{parts} = []")
        self.line(f"for {each} in {value}:")
        inner = _Writer(self._source, *self._names.all)
        inner._indent = self._indent + "    "
        if isinstance(node.item, Record):
            inner.record(node.item.plan, each, f"{name}_")
        else:
            inner._node(node.item, each, f"{name}_item")
        result = inner.result()
        self.lines += [*inner.lines, f"{inner._indent}{parts}.append({result})"]
        self._parts.append(_Part(f'b"".join({parts})'))


def _fixed(node: Data) -> int:
    size = fixed_size(node)
    assert size is not None, "data in an option has a fixed size"
    return size // 8
