"""
The functions `decode` of source written by hand; see `_hand.py`.
"""

import re
from collections.abc import Iterable

from bebytes._plan import After, Computed, Data, Fixed, List, Node, Number, Op, Option, Plan, Record, Rest, Until

from ._groups import Group, code_of, group_of, grouped
from ._hand import Source, inlined, plain_number
from ._shared import Names, expression_text, fixed_size, references_of

Path = tuple[int, ...]


def decode_function(source: Source) -> str:
    """
    The function `decode` of a layout.
    """
    reader = _Reader(source)
    value, _ = reader.record(source.plan, "", set())
    whole = reader.whole(value)
    if not whole:
        reader.flush()
    reader.line(f"return {whole or value}")
    return "\n".join(["def decode(data):", *_direct(reader.lines)])


_READ = re.compile(r"( +)(\w+) = (data\[[^\]]*\])")


def _direct(lines: list[str]) -> list[str]:
    # What is read once and used once needs no name.
    at = 0
    while at < len(lines):
        read = _READ.fullmatch(lines[at])
        uses = [i for i in range(at + 1, len(lines)) for _ in re.findall(rf"\b{read[2]}\b", lines[i])] if read else []
        # In the same block, and where the place in the data is still what it was.
        if (
            read
            and len(uses) == 1
            and re.match(r" +", lines[uses[0]])[0] == read[1]  # type: ignore[index]  # every line is indented
            and (uses[0] == at + 1 or not re.search(r"[a-z]", read[3].removeprefix("data")))
        ):
            lines = [re.sub(rf"\b{read[2]}\b", read[3], line) for i, line in enumerate(lines) if i != at]
        else:
            at += 1
    return lines


class _Reader:
    """
    Writes a function line by line; knows where in the data it is, and which fixed values it has yet to unpack.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._names = Names([*source.names.all, "_"])
        self._indent = "    "
        self.lines: list[str] = []
        # Where the next byte is: behind the place that a name holds, or behind the start.
        self._base, self._offset = "", 0
        self._pending: list[tuple[str, str]] = []
        self._order = ""
        self._start = ("", 0)
        self._after: list[str] = []

    def line(self, text: str) -> None:
        self.lines.append(self._indent + text)

    def record(self, plan: Plan, prefix: str, wanted: set[Path]) -> tuple[str, dict[Path, str]]:
        """
        A struct as an expression, and names for the numbers that lengths refer to.
        """
        numbers: dict[Path, str] = {}
        needed = wanted | references_of(plan)
        values: dict[str, str] = {}
        index = {op.name: i for i, op in enumerate(plan.ops)}
        for part in grouped(plan.ops):
            if isinstance(part, list):
                values |= self._group(
                    part, prefix, {op.name for op in part if (index[op.name],) in needed}, numbers, index
                )
                continue
            inner = {p[1:] for p in needed if p[0] == index[part.name] and len(p) > 1}
            values[part.name] = self._node(part.node, prefix + part.name, numbers, inner, (index[part.name],))
        arguments = ", ".join(values[op.name] for op in plan.ops)
        return f"{self._source.classes[id(plan)]}({arguments})", numbers

    def flush(self) -> None:
        """
        Unpack what is pending.
        """
        if self._pending:
            self._unpack()
        for text in self._after:
            self.line(text)
        self._pending, self._after, self._order = [], [], ""

    def _unpack(self) -> None:
        base, offset = self._start
        codes = [code for code, _ in self._pending]
        names = [name for _, name in self._pending]
        # What is faster than a call of struct: up to three bytes, or one slice.
        if codes in (["B"], ["B"] * 2, ["B"] * 3):
            for i, name in enumerate(names):
                self.line(f"{name} = data[{_place(base, offset + i)}]")
            return
        if len(codes) == 1 and codes[0].endswith("s"):
            self.line(f"{names[0]} = data[{_span(base, offset, base, offset + int(codes[0][:-1]))}]")
            return
        form = (self._order or ">") + "".join(repeated(codes))
        targets = f"({names[0]},)" if len(names) == 1 else ", ".join(names)
        size = sum(_SIZES.get(code, 0) or int(code[:-1]) for code in codes)
        if not base and offset == 0 and self._is_all(size):
            self.line(f"{targets} = {self._source.call(form, 'unpack')}(data)")
            return
        place = f", {_place(base, offset)}" if base or offset else ""
        self.line(f"{targets} = {self._source.call(form, 'unpack_from')}(data{place})")

    def _is_all(self, size: int) -> bool:
        return self._source.plan.fixed and size == self._source.plan.minimum

    def whole(self, value: str) -> str:
        """
        The one expression that reads a message whose fields are what struct gives, or "".
        """
        codes, names = [code for code, _ in self._pending], [name for _, name in self._pending]
        if self.lines or self._after or len(codes) < 2 or (codes == ["B"] * len(codes) and len(codes) <= 3):
            return ""
        outermost = self._source.classes[id(self._source.plan)]
        if value != f"{outermost}({', '.join(names)})" or not self._is_all(self._offset):
            return ""
        form = (self._order or ">") + "".join(repeated(codes))
        return f"{outermost}(*{self._source.call(form, 'unpack')}(data))"

    def _take(self, code: str, size: int, wanted: str, order: str = "") -> str:
        # One value of struct, to be unpacked with those around it; gives its name.
        if order and self._order and order != self._order:
            self.flush()
        if not self._pending:
            self._start = self._base, self._offset
        self._order = self._order or order
        name = self._names.new(wanted)
        self._pending.append((code, name))
        self._offset += size
        return name

    def _group(
        self, ops: list[Op], prefix: str, needed: set[str], numbers: dict[Path, str], index: dict[str, int]
    ) -> dict[str, str]:
        group = group_of(ops)
        if group.whole:
            (op,) = ops
            assert isinstance(op.node, Number), "only numbers are grouped"
            name = self._number(op.node, prefix + op.name)
            numbers[index[op.name],] = name
            return {op.name: self._value(op.node, name)}
        word = self._word(group, prefix + ops[0].name + "_bits" * (len(ops) > 1))
        values = {}
        for op, part in zip(ops, group.parts(), strict=True):
            bits = _bits(word, part.low, part.node.width, group.bits, signed=False)
            if op.name in needed:
                name = numbers[index[op.name],] = self._names.new(prefix + op.name)
                self._after.append(f"{name} = {bits}")
                values[op.name] = self._value(part.node, name)
            elif part.node.kind == "bool":
                mask = ((1 << part.node.width) - 1) << part.low
                values[op.name] = f"{word} & {mask} != 0" if len(ops) > 1 else f"{word} != 0"
            elif part.node.signed and not group.alone:
                bits = _bits(word, part.low, part.node.width, group.bits, signed=True)
                values[op.name] = self._value(part.node, bits)
            else:
                values[op.name] = self._value(part.node, bits)
        return values

    def _word(self, group: Group, wanted: str) -> str:
        order = "<" if group.little else ">"
        pieces = group.pieces()
        if len(pieces) == 1:
            (piece,) = pieces
            return self._take(piece.code, piece.bytes, wanted, order * (piece.bytes > 1))
        names = [self._take(p.code, p.bytes, f"{wanted}_{i}", order) for i, p in enumerate(pieces)]
        word = self._names.new(wanted)
        joined = " | ".join(f"{n} << {p.low}" if p.low else n for n, p in zip(names, pieces, strict=True))
        self._after.append(f"{word} = {joined}")
        return word

    def _number(self, node: Number, wanted: str) -> str:
        return self._take(code_of(node), node.width // 8, wanted, ("<" if node.little else ">") * (node.width > 8))

    def _value(self, node: Number, number: str) -> str:
        if node.table is not None:
            return self._source.member(node.table, number)
        if node.kind == "char":
            return f"chr({number})"
        # As struct has no code for a bool of bits, the number is one of 0 and 1.
        return f"{number} == 1" if node.kind == "bool" and node.width != 8 else number

    def _node(self, node: Node, name: str, numbers: dict[Path, str], inner: set[Path], path: Path) -> str:
        match node:
            case Number():
                ops = [Op(name, node, "", 0, -1)]
                return self._group(ops, "", set(), {}, {name: 0})[name]
            case Record():
                value, found = self.record(node.plan, f"{name}_", inner)
                numbers |= {(*path, *p): n for p, n in found.items()}
                return value
            case Option():
                return self._option(node, name)
            case Data():
                return self._data(node, name, numbers)
            case List():
                return self._list(node, name, numbers)

    def _option(self, node: Option, name: str) -> str:
        tag = self._take("?", 1, f"has_{name}")
        return f"{self._node(node.node, name, {}, set(), ())} if {tag} else None"

    def _data(self, node: Data, name: str, numbers: dict[Path, str]) -> str:
        text = ".decode()" if node.text else ""
        if isinstance(node.length, Fixed):
            return self._take(f"{node.length.value}s", node.length.value, name) + text
        self.flush()
        base, offset = self._base, self._offset
        place = _place(base, offset)
        match node.length:
            case Computed(expression):
                length = expression_text(expression, numbers.__getitem__)
                end = self._names.new(f"{name}_end")
                self.line(f"{end} = {_sum(place, length)}")
                self._base, self._offset = end, 0
                return f"data[{_span(base, offset, end, 0)}]{text}"
            case Rest():
                return f"data[{place if place != '0' else ''}:]{text}"
            case Until(marker, open_):
                end = self._names.new(f"{name}_end")
                if open_:
                    self.line(f"{end} = data.find({marker}, {place})")
                    return f"(data[{place}:] if {end} < 0 else data[{place}:{end}]){text}"
                self.line(f"{end} = data.index({marker}, {place})")
                self._base, self._offset = end, 1
                return f"data[{_span(base, offset, end, 0)}]{text}"
            case After(marker):
                start = self._names.new(f"{name}_start")
                self.line(f"{start} = data.find({marker}, {place}) + 1")
                return f'(data[{start}:] if {start} else b""){text}'
        raise AssertionError(node)

    def _list(self, node: List, name: str, numbers: dict[Path, str]) -> str:
        if inlined(node):
            assert isinstance(node.count, Fixed), "only lists of fixed size are inlined"
            items = [self._node(node.item, f"{name}_{i}", dict(numbers), set(), ()) for i in range(node.count.value)]
            return f"[{', '.join(items)}]"
        self.flush()
        count = ""
        match node.count:
            case Fixed(value):
                count = str(value)
            case Computed(expression):
                count = expression_text(expression, numbers.__getitem__)
        bits = fixed_size(node.item)
        regular = self._regular(node, name, count, bits // 8) if bits is not None else None
        return regular if regular is not None else self._loop(node, name, count, numbers)

    def _regular(self, node: List, name: str, count: str, size: int) -> str | None:
        # Items of one size: the bytes of all of them, then one call. None where an item needs lines of its own.
        item = node.item
        base, offset = self._base, self._offset
        flat = self._flat(item, name)
        if flat is None:
            return None
        end = ""
        if count.isdigit() and not base:
            self._offset += int(count) * size
            span = _span(base, offset, "", self._offset)
        elif count:
            end = self._names.new(f"{name}_end")
            length = f"({count})" if " " in count else count
            self.line(f"{end} = {_sum(_place(base, offset), length if size == 1 else f'{length} * {size}')}")
            self._base, self._offset = end, 0
            span = _span(base, offset, end, 0)
        else:
            span = f"{_place(base, offset)}:" if base or offset else ":"
        if plain_number(item):
            assert isinstance(item, Number), "see plain_number"
            code, order = code_of(item), "<" if item.little else ">"
            if code == "B":
                return f"list(data[{span}])"
            if count.isdigit():
                place = f", {_place(base, offset)}" if base or offset else ""
                return f"list({self._source.call(f'{order}{count}{code}', 'unpack_from')}(data{place}))"
            self._source.imports.add("import struct")
            if count:
                number = f"{{{count}}}"
                return f'list(struct.unpack_from(f"{order}{number}{code}", data, {_place(base, offset)}))'
        if isinstance(item, Data) and item.text is False and count:
            stop = end or str(self._offset)
            return f"[data[i : i + {size}] for i in range({_place(base, offset)}, {stop}, {size})]"
        form, targets, value, direct = flat
        items = f"{self._source.call(form, 'iter_unpack')}(data[{span}])"
        if direct:
            self._source.imports.add("from itertools import starmap")
            return f"list(starmap({direct}, {items}))"
        return f"[{value} for {targets} in {items}]"

    def _flat(self, item: Node, name: str) -> tuple[str, str, str, str] | None:
        # An item of fixed size as a format, names, an expression, and a class that takes the values as they are.
        inner = _Reader(self._source)
        value = inner._node(item, name, {}, set(), ())
        if inner.lines or inner._after or not inner._pending:
            return None
        codes, names = zip(*inner._pending, strict=True)
        form = (inner._order or ">") + "".join(repeated(codes))
        targets = f"({', '.join(names)}{',' * (len(names) == 1)})" if len(names) != 2 else ", ".join(names)
        direct = ""
        if isinstance(item, Record) and value == f"{self._source.classes[id(item.plan)]}({', '.join(names)})":
            direct = self._source.classes[id(item.plan)]
        return form, targets, value, direct

    def _loop(self, node: List, name: str, count: str, numbers: dict[Path, str]) -> str:
        self.line(f"{self._names.new(name)} = []")
        items = self.lines[-1].split()[0]
        at = self._names.new("at")
        self.line(f"{at} = {_place(self._base, self._offset)}")
        if count:
            self.line(f"for _ in range({count}):")
        else:
            size = self._names.new("size")
            self.line(f"{size} = len(data)")
            self.line(f"while {at} < {size}:")
        outer, self._indent = self._indent, self._indent + "    "
        self._base, self._offset = at, 0
        each = name if isinstance(node.item, Record) else f"{name}_item"
        value = self._node(node.item, each, dict(numbers), set(), ())
        self.flush()
        self.line(f"{items}.append({value})")
        if (self._base, self._offset) != (at, 0):
            self.line(f"{at} = {_place(self._base, self._offset)}")
        self._indent = outer
        self._base, self._offset = at, 0
        return items


_SIZES = {"B": 1, "b": 1, "?": 1, "H": 2, "h": 2, "I": 4, "i": 4, "Q": 8, "q": 8, "f": 4, "d": 8}


def repeated(codes: Iterable[str]) -> list[str]:
    """
    Codes of struct with their repetitions counted: BBB is 3B.
    """
    found: list[tuple[str, int]] = []
    for code in codes:
        if found and found[-1][0] == code and len(code) == 1:
            found[-1] = code, found[-1][1] + 1
        else:
            found.append((code, 1))
    return [code if n == 1 else f"{n}{code}" for code, n in found]


def _place(base: str, offset: int) -> str:
    if not base:
        return str(offset)
    return f"{base} + {offset}" if offset else base


def _sum(place: str, length: str) -> str:
    return length if place == "0" else f"{place} + {length}"


def _span(base: str, offset: int, end: str, end_offset: int) -> str:
    start = _place(base, offset)
    stop = _place(end, end_offset)
    if start == "0":
        return f":{stop}"
    return f"{start}:{stop}" if start.isalnum() and stop.isalnum() else f"{start} : {stop}"


def _bits(word: str, low: int, width: int, of: int, signed: bool) -> str:
    # Some bits of a word; the uppermost need no mask, the lowest no shift.
    shifted = f"{word} >> {low}" if low else word
    bits = shifted if low + width == of else f"{shifted} & {(1 << width) - 1}"
    if not signed:
        return bits
    sign = 1 << (width - 1)
    return f"(({bits}) ^ {sign}) - {sign}"
