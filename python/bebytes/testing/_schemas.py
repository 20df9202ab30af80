"""
Struct classes: bodies are drawn as text, line by line, and run.
"""

import enum
import functools
from collections.abc import Callable, Sequence
from typing import Annotated, Any, NamedTuple

from hypothesis import note
from hypothesis import strategies as st

import bebytes
from bebytes import Struct

from ._common import PERCENT

_INTEGERS = ("u8", "u16", "u32", "u64", "u128", "i8", "i16", "i32", "i64", "i128")
_MARKERS = (0, 10, 0xFF, "'x'", "b'\\xa9'")


class _Declared(NamedTuple):
    """
    A line of a class body; `keywords` are those of its specifier, as text.
    """

    name: str
    annotation: str
    keywords: dict[str, str]


class Body:
    """
    A class body while it is drawn: its lines, the names they use, and the integer fields that lengths may refer to.
    """

    may_be_cut = True  # into a parent and a child

    def __init__(self, draw: st.DrawFn, depth: int) -> None:
        self.draw = draw
        self.depth = depth
        self.lines: list[_Declared] = []
        self.scope: dict[str, Any] = {}
        self.numbers: list[str] = []
        self.cuts: list[int] = []  # where a subclass may begin

    def one_of(self, *choices: Any) -> Any:
        return self.draw(st.sampled_from(choices))

    def chance(self, percent: int) -> bool:
        return self.draw(PERCENT) <= percent

    def add(self, annotation: str, **keywords: str) -> str:
        name = f"f{len(self.lines)}"
        self.lines.append(_Declared(name, annotation, keywords))
        if annotation in _INTEGERS:
            self.numbers.append(name)
        return name

    def order(self) -> dict[str, str]:
        if self.chance(75):
            return {}
        return {"byteorder": self.one_of("'big'", "'little'")}

    # The kinds of fields

    def field(self, last: bool) -> None:
        self.cuts.append(len(self.lines))
        kinds: list[Callable[[], None]] = [
            self.scalar,
            self.enumeration,
            self.bit_run,
            self.data,
            self.data,
            self.option,
            self.option,
            self.list,
            self.list,
            self.sections,
        ]
        if self.depth:
            kinds += [self.nested, self.nested]
        if last:
            kinds += [self.open] * 8
        if not last:
            kinds += self.further_kinds()
        self.draw(st.sampled_from(kinds))()

    def further_kinds(self) -> Sequence[Callable[[], None]]:
        """
        What else may stand before the last field; nothing in classes that the crate BeBytes has too.
        """
        return []

    def scalar(self) -> None:
        kind = self.one_of(*_INTEGERS, "f32", "f64", "bool", "char")
        self.add(kind, **self.order())

    def enumeration(self) -> None:
        self.add(self.enum_annotation(), **self.order())

    def enum_annotation(self) -> str:
        table = self.enum_class()
        values = [int(member) for member in table.__members__.values()]
        needed = max(v.bit_length() for v in values)
        name = self.name_of(table)
        if min(values) < 0:
            carriers = [w for w in (8, 16, 32, 64, 128) if all(-(1 << (w - 1)) <= v < 1 << (w - 1) for v in values)]
            return f"Annotated[{name}, i{self.one_of(*carriers)}]"
        if self.chance(60):
            return name
        return f"Annotated[{name}, u{self.one_of(*(w for w in (8, 16, 32, 64, 128) if w >= needed))}]"

    def enum_class(self) -> Any:
        if self.chance(40):
            bits = self.draw(st.sets(st.integers(0, self.one_of(3, 9, 40)), min_size=1, max_size=4))
            several = self.draw(st.sampled_from(((), (3,), (0,), (0b110, 0b1001))))
            return _enumeration("Flags", enum.IntFlag, tuple({*(1 << b for b in sorted(bits)), *several}))
        least, most = self.one_of((0, 3), (0, 200), (0, 2**20), (0, 2**100), (-5, 5), (-40000, 10), (7, 9))
        members = self.draw(st.sets(st.integers(least, most), min_size=1, max_size=4))
        return _enumeration("Kind", enum.IntEnum, tuple(sorted({*members, most})))

    def name_of(self, cls: Any) -> str:
        for name, known in self.scope.items():
            if known is cls:
                return name
        name = f"{cls.__name__}{len(self.scope)}"
        self.scope[name] = cls
        return name

    def bit_run(self) -> None:
        total, fields, order = 0, 0, self.order()
        while True:
            width = self.bit_field(order, 8 - total % 8 if fields >= 4 and total % 8 else None)
            total += width
            fields += 1
            if total % 8 == 0:
                if fields >= 3 or self.chance(60):
                    return
                order = self.order()

    def bit_field(self, order: dict[str, str], needed: int | None) -> int:
        """
        Add one bit field, of `needed` bits where that is given, and tell its width.
        """
        if needed is not None:
            self.add(self.one_of("u8", "i8", "u128"), bits=str(needed), **order)
            return needed
        match self.one_of("int", "int", "int", "bool", "char", "enum"):
            case "bool":
                self.add("bool", bits=self.one_of("None", "1"), **order)
                return 1
            case "char":
                width: int = self.draw(st.integers(1, 32))
                self.add("char", bits=str(width), **order)
                return width
            case "enum":
                return self.enum_bits(order)
        kind = self.one_of(*_INTEGERS)
        width = self.draw(st.integers(1, min(int(kind[1:]), self.one_of(7, 20, 128))))
        self.add(kind, bits=str(width), **order)
        return width

    def enum_bits(self, order: dict[str, str]) -> int:
        cls = self.enum_class()
        values = [int(member) for member in cls.__members__.values()]
        signed = min(values) < 0
        needed = max(1, *((v if v >= 0 else ~v).bit_length() + signed for v in values))
        name = self.name_of(cls)
        if max(values) > 0 and self.chance(50):
            self.add(f"Annotated[{name}, i128]" if signed else name, bits="None", **order)
            return needed
        width: int = self.draw(st.integers(needed, min(needed + 12, 128)))
        self.add(f"Annotated[{name}, i128]" if signed else name, bits=str(width), **order)
        return width

    def data(self) -> None:
        annotation = self.one_of("bytes", "str")
        if self.chance(30):
            self.add(annotation, until=str(self.one_of(*_MARKERS)))
        else:
            length = self.length()
            self.add(annotation, size=length)

    def option(self) -> None:
        match self.one_of("scalar", "scalar", "enum", "bytes"):
            case "scalar":
                self.add(f"{self.one_of(*_INTEGERS, 'f32', 'f64', 'bool', 'char')} | None", **self.order())
            case "enum":
                self.add(f"{self.enum_annotation()} | None", **self.order())
            case "bytes":
                self.add("bytes | None", size=str(self.draw(st.integers(0, 5))))

    def list(self) -> None:
        item, keywords, minimum = self.item()
        if self.chance(40):
            dimensions = self.draw(st.lists(st.integers(0, 3), min_size=1, max_size=3))
            annotation = item
            for _ in dimensions:
                annotation = f"list[{annotation}]"
            count = str(dimensions[0]) if len(dimensions) == 1 else repr(tuple(dimensions))
            self.add(annotation, count=count, **keywords, **self.order())
        else:
            count = self.length() if minimum else str(self.draw(st.integers(0, 3)))
            self.add(f"list[{item}]", count=count, **keywords, **self.order())

    def item(self) -> tuple[str, dict[str, str], int]:
        """
        The annotation of an item, the keywords it needs, and the least bytes it takes.
        """
        match self.one_of("scalar", "enum", "option", "data", *["struct"] * bool(self.depth)):
            case "enum":
                return self.enum_annotation(), {}, 1
            case "option":
                return f"{self.one_of(*_INTEGERS, 'f32', 'bool', 'char')} | None", {}, 2
            case "data":
                size = self.length()
                return self.one_of("bytes", "str"), {"size": size}, int(size) if size.isdigit() else 0
            case "struct":
                cls, _ = self.draw(_classes(self.depth - 1, False, type(self)))
                return self.name_of(cls), {}, cls.field_size()
        return self.one_of(*_INTEGERS, "f32", "f64", "bool", "char"), {}, 1

    def sections(self) -> None:
        count = self.length()
        self.add(f"list[{self.one_of('bytes', 'str')}]", until=str(self.one_of(*_MARKERS)), count=count)

    def nested(self) -> None:
        cls, numbers = self.draw(_classes(self.depth - 1, False, type(self)))
        name = self.add(self.name_of(cls), **self.order())
        self.numbers += [f"{name}.{number}" for number in numbers]

    def open(self) -> None:
        """
        Add a field that reads to the end of the input.
        """
        match self.one_of("rest", "after", "list", "struct"):
            case "after":
                self.add(self.one_of("bytes", "str"), after=str(self.one_of(*_MARKERS)))
            case "list":
                item, keywords, minimum = self.item()
                self.add(f"list[{item}]" if minimum else "list[u16]", **(keywords if minimum else {}), **self.order())
            case "struct" if self.depth:
                cls, _ = self.draw(_classes(self.depth - 1, True, type(self)))
                self.add(self.name_of(cls), **self.order())
            case _:
                self.add(self.one_of("bytes", "str"))

    def length(self) -> str:
        """
        A length: a number, or an expression over fields that stand here already or are added now.
        """
        if self.chance(30):
            return str(self.draw(st.integers(0, 5)))
        if not self.numbers or self.chance(40):
            self.add(self.one_of(*_INTEGERS), **self.order())
        a, b = self.one_of(*self.numbers[-3:]), self.one_of(*self.numbers[-3:])
        n = self.draw(st.integers(1, 5))
        text: str = self.one_of(
            a, a, a, f"{a} + {n}", f"{a} - {n}", f"{n} - {a}", f"{a} * {n}", f"{a} / {n}", f"{a} % {n}",
            f"{a} + {b}", f"({a} - {b}) * {n}", f"{a} * {b}", f"{a} * {n} - {b}", f"{a} / {b}", f"{b} % {a}", f"{n}*({a}+1)",
        )  # fmt: skip
        return repr(text)

    # The class

    def define(self) -> type[Struct]:
        keywords = [*(f"{k}=True" for k in ("frozen", "order") if self.chance(20)), *self.class_keywords()]
        self.free_numbers()
        scope: dict[str, Any] = {**vars(bebytes), "Annotated": Annotated, **self.scope, "__name__": __name__}
        # `derived` is a default, and only keyword-only fields may stand behind a default in any order.
        kw_only = any(
            "default" in line.keywords or "derived" in line.keywords.get("raw", "") for line in self.lines
        ) or self.chance(30)
        cut = self.one_of(*self.cuts) if self.cuts and self.may_be_cut and self.chance(20) else 0
        parts = [self.lines[:cut], self.lines[cut:]] if cut else [self.lines]
        source = []
        base = "Struct"
        for number, part in enumerate(parts):
            name = "Parent" if number < len(parts) - 1 else "Drawn"
            arguments = ", ".join([base, *keywords, *["kw_only=True"] * kw_only])
            source.append(f"class {name}({arguments}):")
            source += [f"    {line.name}: {line.annotation}{self.right_side(line)}" for line in part] or ["    pass"]
            base = name
        text = "\n".join(source) + "\n"
        note(text)
        exec(compile(text, "<bebytes.testing>", "exec", dont_inherit=True), scope)  # noqa: S102 (text made above)
        cls: type[Struct] = scope["Drawn"]
        cls.__doc__ = text
        return cls

    def class_keywords(self) -> Sequence[str]:
        """
        What else is said of the class.
        """
        return []

    def free_numbers(self) -> None:
        """
        Declare some of the numbers that lengths refer to `derived`.
        """
        lengths = " ".join(line.keywords.get(k, "") for line in self.lines for k in ("size", "count"))
        for line in self.lines:
            if "raw" in line.keywords:
                continue
            sizes = line.name in lengths.replace("'", " ").replace("(", " ").replace(")", " ").split()
            often = 15 if "%" in lengths or "/" in lengths else 60  # these lose the number, so the data may not give it
            if (sizes and self.chance(often)) or (line.name in self.numbers and self.chance(10)):
                line.keywords["default"] = "derived"

    def right_side(self, line: _Declared) -> str:
        keywords = dict(line.keywords)
        if "raw" in keywords:
            return f" = {keywords['raw']}"
        if not keywords:
            return ""
        if keywords == {"default": "derived"}:
            return " = derived"
        short = [k for k in ("bits", "size", "count", "until", "after") if k in keywords]
        if short and self.chance(50):
            first = keywords.pop(short[-1])
            if first[0] == "(" and short[-1] == "count":
                first = first[1:-1]
            if first == "None":
                first = ""
            rest = ", ".join([*filter(None, [first]), *(f"{k}={v}" for k, v in keywords.items())])
            return f" = {short[-1]}({rest})"
        return f" = field({', '.join(f'{k}={v}' for k, v in keywords.items())})"


@functools.cache
def _enumeration(name: str, base: Any, values: tuple[int, ...]) -> Any:
    return base(name, {f"M{i}": value for i, value in enumerate(values)})


@st.composite
def _classes(
    draw: st.DrawFn, depth: int, may_end_open: bool, kind: "type[Body] | None" = None
) -> tuple[type[Struct], list[str]]:
    body = (kind or Body)(draw, depth)
    number = draw(st.integers(0, 4)) if depth < 2 or body.chance(5) else draw(st.integers(2, 6))
    for i in range(number):
        body.field(last=may_end_open and i == number - 1)
    return body.define(), body.numbers


def schemas(*, depth: int = 2, general: bool = False) -> st.SearchStrategy[type[Struct]]:
    """
    Struct classes that use every kind of field.

    The declaration stands in the class's `__doc__`, and is printed with an example that fails.

    Args:
        depth: how many structs there may be inside each other below the outermost.
        general: whether they also use what goes beyond the crate BeBytes: constants, rules, computed numbers, conditions,
            variants, lists that end with an item or fill a window, places, varints, padding, codecs and the rest.
    """
    if general:
        from ._general_schemas import GeneralBody

        return _classes(depth, True, GeneralBody).map(lambda drawn: drawn[0])
    return _classes(depth, may_end_open=True).map(lambda drawn: drawn[0])
