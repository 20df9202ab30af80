"""
Source for one plan, second part: functions that read.

Fields of fixed size that lie side by side are unpacked by one call of `struct`; what stands behind data of unknown size is
found from a name for the byte where it begins.
"""

from struct import unpack_from

from ._generate import (
    Group,
    Lengths,
    Path,
    Slot,
    Source,
    below,
    code_of,
    form_of,
    grouped,
    is_short,
    order_of,
    referred,
)
from ._layout import is_fixed, minimum_bits
from ._plan import After, Computed, Data, Fixed, List, Node, Number, Option, Plan, Record, Rest, Until

_MOST_PENDING = 120  # values that one call of `struct` unpacks

_DECODE_MANY = """\
def decode_many(data):
    if type(data) is not bytes:
        data = readable(data)
    size = len(data)
    records = []
    append = records.append
    start = 0
    while start < size:
        try:
            while start < size:"""

_ONE_BY_ONE = """\
        except Exception:
            pass
        else:
            break
        record, start = slow_decode_at(data, start, (len(records),))
        append(record)
    return records"""


def source_of_decode(plan: Plan) -> Source:
    """
    `decode(data, verify=True)`: the whole input; plain structs have no checksums to verify.
    """
    source = Source()
    with source.apart(indents=2) as body:
        reader = _Reader(source, "")
        value, _ = reader.record(plan, set())
        reader.flush(whole=plan.fixed)
        if not reader.is_whole and reader.place() != "size":
            reader.uses_size = True
            source.line(f"if size != {reader.place()}: raise Odd")
        source.line(f"return {value}")
    source.line(
        "def decode(data, verify=True):\n    if type(data) is not bytes:\n        data = readable(data)\n    try:"
    )
    if not plan.fixed and plan.minimum == 1:  # a marker that may be missing, but not from no input at all
        source.line("        if not data: raise Odd")
    if reader.uses_size:
        source.line("        size = len(data)")
    source.lines += body
    source.line("    except Exception:\n        pass\n    return slow(data)")
    return source


def source_of_decode_at(plan: Plan) -> Source:
    """
    `decode_at(data, start)`: the value that begins at a byte, and the byte behind it; it has no second way.
    """
    source = Source()
    source.line("def decode_at(data, start):\n    size = len(data)")
    with source.apart() as body:
        reader = _Reader(source, "start")
        value, _ = reader.record(plan, set())
        reader.flush()
        source.line(f"return {value}, {reader.place()}")
    source.lines += body
    return source


def source_of_decode_many(plan: Plan) -> Source:
    """
    `decode_many(data)`: records back to back.
    """
    source = Source()
    source.line(_DECODE_MANY)
    with source.apart(indents=4) as body:
        reader = _Reader(source, "start")
        value, _ = reader.record(plan, set())
        reader.flush()
        source.line(f"append({value})\nstart = {reader.place()}")
    source.lines += body
    source.line(_ONE_BY_ONE)
    return source


class _Reader:
    """
    Writes statements that read nodes one behind the other; knows where it is, and what it has yet to unpack.

    Attributes:
        is_whole: the input was unpacked by one call, which has checked its size.
        uses_size: the statements need `size`, the bytes of the input.
    """

    def __init__(self, source: Source, base: str) -> None:
        self._source = source
        # Where the next byte is: `offset` bytes behind what the name `base` holds, or behind the start.
        self._base, self._offset = base, 0
        self._start = base, 0
        self.pending: list[tuple[str, str, int]] = []  # code, name, bytes
        self._order = ""
        self._after: list[str] = []  # statements that need what is pending
        self._flushes = 0
        self.is_whole = False
        self.uses_size = False

    def place(self, more: int = 0) -> str:
        """
        Where the next byte is, or one behind it.
        """
        return _place(self._base, self._offset + more)

    def emit(self, text: str) -> None:
        """
        Add statements that may need what is pending.
        """
        if self.pending:
            self._after.append(text)
        else:
            self._source.line(text)

    def flush(self, *, whole: bool = False) -> None:
        """
        Unpack what is pending; all of the input, where it is `whole`.
        """
        if not self.pending:
            return
        codes, names = [code for code, _, _ in self.pending], [name for _, name, _ in self.pending]
        if len(codes) <= 3 and set(codes) == {"B"}:  # what is faster than a call
            base, offset = self._start
            for i, name in enumerate(names):
                self._source.line(f"{name} = data[{_place(base, offset + i)}]")
        else:
            form = form_of(self._order, codes)
            targets = ", ".join(names) + "," * (len(names) == 1)
            if whole and self._flushes == 0 and self._start == ("", 0):
                self.is_whole = True
                self._source.line(f"{targets} = {self._source.struct(form, 'unpack')}(data)")
            else:
                call = self._source.struct(form, "unpack_from")
                self._source.line(f"{targets} = {call}(data, {_place(*self._start)})")
        self._settle()
        self._flushes += 1

    def _settle(self) -> None:
        for text in self._after:
            self._source.line(text)
        self.pending, self._after, self._order = [], [], ""

    def _take(self, code: str, size: int, wanted: str, order: str = "") -> str:
        if self.pending and ((order and self._order not in ("", order)) or len(self.pending) == _MOST_PENDING):
            self.flush()
        if not self.pending:
            self._start = self._base, self._offset
        self._order = self._order or order
        name = self._source.local(wanted)
        self.pending.append((code, name, size))
        self._offset += size
        return name

    def _go_to(self, end: str) -> None:
        self._base, self._offset = end, 0

    def record(self, plan: Plan, wanted: set[Path]) -> tuple[str, dict[Path, str]]:
        """
        A struct, and names for the numbers that lengths refer to.
        """
        needed = wanted | referred(plan)
        numbers: dict[Path, str] = {}
        lengths = Lengths(self._source, plan, numbers)
        record = self._source.local("record")
        self.emit(f"{record} = new({self._source.cls(plan.cls)})")
        for run in grouped(plan.ops):
            nodes = [op.node for _, op in run]
            values: list[str]
            if isinstance(nodes[0], Number):
                found = self._group([n for n in nodes if isinstance(n, Number)], [op.name for _, op in run])
                values = []
                for (i, op), node, expression in zip(run, nodes, found, strict=True):
                    assert isinstance(node, Number), "a run is of numbers"
                    number = expression
                    if (i,) in needed and not number.isidentifier():
                        number = self._source.local(op.name)
                        self.emit(f"{number} = {expression}")
                    numbers[i,] = number
                    values.append("derived" if op.derived == "here" else self._value(node, number, op.name))
            else:
                ((i, op),) = run
                value, inside = self._node(op.node, op.name, lengths, below(needed, i))
                numbers.update({(i, *path): name for path, name in inside.items()})
                values = [value]
            for (i, _), value in zip(run, values, strict=True):
                self.emit(Slot(self._source, plan.cls, i).store(record, value))
        return record, numbers

    def _node(self, node: Node, wanted: str, lengths: Lengths, inner: set[Path]) -> tuple[str, dict[Path, str]]:
        match node:
            case Number():
                (number,) = self._group([node], [wanted])
                return self._value(node, number, wanted), {}
            case Data():
                return self._data(node, wanted, lengths), {}
            case Option():
                return self._option(node, wanted), {}
            case Record():
                return self.record(node.plan, inner)
            case List():
                return self._list(node, wanted, lengths), {}

    def _group(self, numbers: list[Number], wanted: list[str]) -> list[str]:
        # The numbers on the wire, as expressions.
        first = numbers[0]
        code = code_of(first) if len(numbers) == 1 else None
        if code is not None:
            return [self._take(code, first.width // 8, wanted[0], order_of(first))]
        group = Group(numbers)
        order = "<" if group.little else ">"
        hint = wanted[0] if group.alone else "bits"
        names = [self._take(p.code, p.size, hint, order * (p.size > 1)) for p in group.pieces()]
        word = names[0]
        if len(names) > 1:
            terms = [f"{n} << {p.low}" if p.low else n for n, p in zip(names, group.pieces(), strict=True)]
            word = self._source.local(hint)
            self.emit(f"{word} = {' | '.join(terms)}")
        return [_bits(word, group, i) for i in range(len(numbers))]

    def _value(self, node: Number, number: str, wanted: str) -> str:
        checks, value = self._checked(node, number, wanted)
        for check in checks:
            self.emit(check)
        return value

    def _checked(self, node: Number, number: str, wanted: str) -> tuple[list[str], str]:
        # Statements that refuse a number, and the value that stands for it.
        match node.kind:
            case "bool":
                return [], f"{number} == 1" if node.width == 1 else f"(False, True)[{number}]"
            case "char" if node.maximum >= 0xD800:
                name = self._source.local(wanted)
                return [f"{name} = {number}", f"if 0xD7FF < {name} < 0xE000: raise Odd"], f"chr({name})"
            case "char":
                return [], f"chr({number})"
            case "int" | "float":
                return [], number
        assert node.table is not None, "an enum or flags number has a table"
        return [], f"{self._source.table(node.table)}[{number}]"

    def _option(self, node: Option, wanted: str) -> str:
        tag = self._take("B", 1, f"has_{wanted}")
        if isinstance(node.node, Number):
            (number,) = self._group([node.node], [wanted])
            checks, value = self._checked(node.node, number, wanted)
        else:
            assert isinstance(node.node.length, Fixed), "the data of an option has a fixed length"
            size = node.node.length.value
            checks, value = [], self._take(f"{size}s", size, wanted)
        name = self._source.local(wanted)
        lines = [f"if {tag} == 1:", *(f"    {check}" for check in checks), f"    {name} = {value}"]
        self.emit("\n".join([*lines, f"elif {tag}: raise Odd", f"else: {name} = None"]))
        return name

    def _data(self, node: Data, wanted: str, lengths: Lengths) -> str:
        if isinstance(node.length, Fixed):
            size = node.length.value
            name = self._take(f"{size}s", size, wanted)
        else:
            self.flush()
            name = self._source.local(wanted)
            self._measured(node, name, lengths)
        if not node.text:
            return name
        text = self._source.local(wanted)
        self.emit(f"{text} = {name}.decode()")
        return text

    def _measured(self, node: Data, name: str, lengths: Lengths) -> None:
        line, start = self._source.line, self.place()
        end = self._source.local("end")
        match node.length:
            case Computed(expression):
                self.uses_size = True
                line(
                    f"{end} = {start} + {lengths.write(expression)}"
                    if start != "0"
                    else f"{end} = {lengths.write(expression)}"
                )
                line(f"if {end} > size: raise Odd\n{name} = data[{start}:{end}]")
                self._go_to(end)
            case Rest():
                self.uses_size = True
                line(f"{name} = data[{start}:]")
                self._go_to("size")
            case Until(marker, open=False):
                line(f"{end} = data.index({bytes([marker])!r}, {start})\n{name} = data[{start}:{end}]")
                self._base, self._offset = end, 1
            case Until(marker):
                self.uses_size = True
                line(f"{end} = data.find({bytes([marker])!r}, {start})")
                line(f"if {end} < 0:\n    {name} = data[{start}:]\n    {end} = size")
                line(f"else:\n    {name} = data[{start}:{end}]\n    {end} += 1")
                self._go_to(end)
            case After(marker):
                self.uses_size = True
                line(f"{name} = data.find({bytes([marker])!r}, {start})")
                line(f"if {name} < 0:\n    {name} = b''\n    {end} = {start}")
                line(f"else:\n    {name} = data[{name} + 1:]\n    {end} = size")
                self._go_to(end)

    def _list(self, node: List, wanted: str, lengths: Lengths) -> str:
        if is_short(node):
            return self._short(node, wanted)
        self.flush()
        size = minimum_bits(node.item) // 8 if is_fixed(node.item) else None
        if not size:
            return self._loop(node, wanted, lengths)
        line, start = self._source.line, self.place()
        self.uses_size = True
        number = ""
        match node.count:
            case Fixed(count):
                number = str(count)
                end = self.place(count * size)
                line(f"if {end} > size: raise Odd")
                self._offset += count * size
            case Computed(expression):
                number = lengths.write(expression)
                end = self._source.local("end")
                line(f"{end} = {start} + {_times(number, size)}\nif {end} > size: raise Odd")
                self._go_to(end)
            case _:
                end = "size"
                if size > 1:
                    number = self._source.local("count")
                    line(
                        f"{number}, {end}_over = divmod(size - {start}, {size})"
                        if start != "0"
                        else f"{number}, {end}_over = divmod(size, {size})"
                    )
                    line(f"if {end}_over: raise Odd")
                self._go_to("size")
        items = self._source.local(wanted)
        if isinstance(node.item, Number) and node.item.kind != "char" and code_of(node.item) is not None:
            line(f"{items} = {self._numbers(node.item, number, start, end)}")
        else:
            self._items(node.item, items, size, start, end, lengths)
        return items

    def _numbers(self, item: Number, number: str, start: str, end: str) -> str:
        code = code_of(item)
        if code == "B":
            found = f"data[{start}:{end}]"
        elif number.isdigit():
            call = self._source.struct(f"{order_of(item) or '>'}{number}{code}", "unpack_from")
            found = f"{call}(data, {start})"
        else:
            number = number or f"{end} - {start}"  # of items of one byte
            self._source.function(unpack_from)
            found = f"unpack_from(f'{order_of(item) or '>'}{{{number}}}{code}', data, {start})"
        if item.kind in {"int", "float"}:
            return f"list({found})"
        name = self._source.local("item")
        return f"[{self._checked(item, name, '')[1]} for {name} in {found}]"

    def _items(self, item: Node, items: str, size: int, start: str, end: str, lengths: Lengths) -> None:
        # Items of one size that are not plain numbers: a loop over what `struct` unpacks, or over where they begin.
        at = self._source.local("at")
        with self._source.apart(loop=True) as body:
            reader = _Reader(self._source, at)
            value, _ = reader._node(item, "item", lengths, set())
            if reader.pending and reader._flushes == 0 and sum(s for _, _, s in reader.pending) == size:
                names = ", ".join(name for _, name, _ in reader.pending) + "," * (len(reader.pending) == 1)
                form = form_of(reader._order, [code for code, _, _ in reader.pending])
                head = f"for {names} in {self._source.struct(form, 'iter_unpack')}(data[{start}:{end}]):"
                reader._settle()
            else:
                reader.flush()
                head = f"for {at} in range({start}, {end}, {size}):"
            self._source.line(f"{items}.append({value})")
        self._source.line(f"{items} = []\n{head}")
        self._source.lines += body

    def _loop(self, node: List, wanted: str, lengths: Lengths) -> str:
        # Items of several sizes, or of none.
        line = self._source.line
        items, at = self._source.local(wanted), self._source.local("at")
        line(f"{items} = []\n{at} = {self.place()}")
        match node.count:
            case Fixed(count):
                head = f"for _ in range({count}):"
            case Computed(expression):
                head = f"for _ in range({lengths.write(expression)}):"
            case _:
                self.uses_size = True
                head = f"while {at} < size:"
        with self._source.apart(loop=True) as body:
            reader = _Reader(self._source, at)
            value, _ = reader._node(node.item, "item", lengths, set())
            reader.flush()
            line(f"{items}.append({value})")
            if reader.place() != at:
                line(f"{at} = {reader.place()}")
        self.uses_size = self.uses_size or reader.uses_size
        line(head)
        self._source.lines += body
        self._go_to(at)
        return items

    def _short(self, node: Node, wanted: str) -> str:
        if isinstance(node, List):
            assert isinstance(node.count, Fixed), "a short list has a fixed number of items"
            return f"[{', '.join(self._short(node.item, wanted) for _ in range(node.count.value))}]"
        assert isinstance(node, Number), "a short list is of numbers"
        (number,) = self._group([node], [wanted])
        return self._value(node, number, wanted)


def _place(base: str, offset: int) -> str:
    if not base:
        return str(offset)
    return f"{base} + {offset}" if offset else base


def _times(number: str, size: int) -> str:
    return f"{number} * {size}" if size > 1 else number


def _bits(word: str, group: Group, index: int) -> str:
    node, low = group.numbers[index], group.lows[index]
    if group.alone:
        return word
    bits = f"{word} >> {low}" if low else word
    if low + node.width < group.bits:
        bits = f"{bits} & {(1 << node.width) - 1}"
    half = 1 << (node.width - 1)
    return f"(({bits}) ^ {half}) - {half}" if node.signed else bits
