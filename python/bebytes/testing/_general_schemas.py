"""
Struct classes that use what goes beyond the crate BeBytes; see `_schemas.py`.
"""

from collections.abc import Callable

from hypothesis import strategies as st

from ._schemas import Body

_WIDE = ("u24", "u40", "u48", "u56", "i24", "i40", "i48", "i56", "f16")
_VARINTS = ("uleb128", "sleb128", "zigzag", "vlq")
_CODECS = ("'latin-1'", "'utf-16-le'", "'utf-16-be'", "'ascii'", "'cp437'")


class GeneralBody(Body):
    """
    A class body with fields of the whole language.
    """

    may_be_cut = False  # numbers may be worked out from fields behind them

    def further_kinds(self) -> list[Callable[[], None]]:
        kinds: list[Callable[[], None]] = [
            self.wide,
            self.varint,
            self.constant,
            self.rule,
            self.counted,
            self.measured,
            self.condition,
            self.condition,
            self.repeated,
            self.padded,
            self.scale,
            self.digits,
            self.codec,
            self.unknown,
            self.marker,
            self.wide_bits,
            self.either_order,
            self.variant,
            self.place,
        ]
        if self.depth:
            kinds += [self.struct_option, self.windowed, self.windowed_struct]
        return kinds

    def class_keywords(self) -> list[str]:
        keywords = ["lossless=True"] * self.chance(10)
        if self.chance(15):
            keywords.append(f"byteorder={self.one_of(*_ORDERS)}")
        return keywords

    def raw(self, annotation: str, right: str) -> str:
        """
        Add a field with its right-hand side as text.
        """
        name = f"f{len(self.lines)}"
        self.add(annotation, raw=right)
        if name in self.numbers:
            self.numbers.remove(name)
        return name

    def number(self) -> str:
        """
        The name of an integer field that stands here already, or is added now.
        """
        if self.numbers and self.chance(60):
            name: str = self.one_of(*self.numbers[-3:])
            return name
        return self.add(self.one_of("u8", "u8", "u16", "i8", "u32"))

    def inner(self) -> str:
        """
        The name of a struct that takes at least a byte.
        """
        from ._schemas import _classes  # each makes the other

        cls, _ = self.draw(_classes(self.depth - 1, False, type(self)))
        return self.name_of(cls) if cls.field_size() else "u16"

    # The kinds of fields

    def wide(self) -> None:
        self.add(self.one_of(*_WIDE), **self.order())

    def varint(self) -> None:
        self.add(self.one_of(*_VARINTS))

    def constant(self) -> None:
        kind, value = self.one_of(
            ("u8", "7"),
            ("u16", "300"),
            ("i8", "-1"),
            ("bytes", "b'PK'"),
            ("str", "'h\xe9'"),
            ("uleb128", "300"),
            ("bool", "True"),
        )
        self.raw(kind, f"const({value})")

    def rule(self) -> None:
        kind, valid = self.one_of(
            ("u8", "range(2, 9)"),
            ("u16", "{1, 700}"),
            ("i8", "(-3, 3)"),
            ("u8", "'value % 3 == 1'"),
            ("u8", "range(0, 250, 7)"),
        )
        self.add(kind, valid=valid, **self.order())

    def counted(self) -> None:
        name = f"f{len(self.lines) + 1}"
        number = self.raw(self.one_of("u8", "u16", "uleb128"), f"computed('len({name})')")
        item = self.one_of("u8", "u16", "f32", "uleb128")
        if self.chance(50):
            self.raw(f"list[{item}]", f"count('{number}')")
        else:
            self.raw("bytes", f"size('{number}')")

    def measured(self) -> None:
        name = f"f{len(self.lines) + 1}"
        self.raw(self.one_of("u16", "u32", "uleb128"), f"computed('sizeof({name}) + {self.one_of(0, 1, 3)}')")
        self.raw("list[zigzag]", "count(2)")

    def condition(self) -> None:
        number = self.number()
        condition = self.one_of(f"{number} & 1", f"{number} > 3", f"{number} == 2 or {number} < 1", f"not {number}")
        kind, more = self.one_of(
            ("u8", ""),
            ("u32", ""),
            ("bytes", ", size=2"),
            ("str", ", until=0"),
            ("list[u16]", ", count=2"),
            ("f16", ""),
            ("vlq", ""),
        )
        self.raw(f"{kind} | None", f"when('{condition}'{more})")

    def repeated(self) -> None:
        end = self.draw(st.integers(0, 3))
        keep = self.chance(60)
        more = "" if keep else f", keep=False, sentinel={end}"
        self.raw(f"list[{self.one_of('u8', 'i16', 'uleb128')}]", f"repeat_until('item == {end}'{more})")

    def padded(self) -> None:
        policy = self.one_of("", ", policy='keep'", ", policy='ignore'", ", policy='zero'")
        self.raw("bytes", self.one_of(f"align(4{policy})", f"padding(2{policy})", f"align(2{policy})"))

    def scale(self) -> None:
        self.raw("float", self.one_of("scaled(u8, 0.5, -40)", "scaled(i16, -0.25)", "fixed(i32, 16)"))

    def digits(self) -> None:
        self.raw("int", f"bcd({self.one_of(2, 4, 6)})")

    def codec(self) -> None:
        codec = self.one_of(*_CODECS)
        self.raw("str", self.one_of(f"size(8, encoding={codec}, pad=' ')", f"size(4, encoding={codec})"))

    def unknown(self) -> None:
        self.add(self.name_of(self.enum_class_of_numbers()), unknown=self.one_of("'keep'", "'error'"))

    def enum_class_of_numbers(self) -> type:
        """
        An enum without negative members.
        """
        while True:
            cls: type = self.enum_class()
            if min(int(member) for member in cls.__members__.values()) >= 0:  # type: ignore[attr-defined]  # an enum
                return cls

    def marker(self) -> None:
        self.raw("bytes", self.one_of("until('--')", "until(b'\\r\\n')", "until('END')"))

    def wide_bits(self) -> None:
        number = self.raw("u8", "field(valid=range(0, 17))")
        self.raw(self.one_of("u16", "i32"), f"bits('{number}')")
        self.raw("bytes", "align(1)")

    def either_order(self) -> None:
        number = self.number()
        self.raw(self.one_of("u16", "u32", "f64"), f"field(byteorder='little if {number} & 1 else big')")

    def variant(self) -> None:
        if self.chance(50):
            number = self.raw("u8", "derived")
            self.raw("object", f"switch('{number}', {{1: u16, 2: {self.one_of('None', 'f32')}}})")
        else:
            number = self.number()
            self.raw("object", f"switch('{number}', {{0: u8, 1: u32, (2, 3): zigzag}}, default=None)")

    def place(self) -> None:
        offset = self.raw("u16", "derived")
        self.raw(self.one_of("u16", "u32", "f32"), f"at('{offset}')")

    def struct_option(self) -> None:
        self.raw(f"{self.inner()} | None", "field()")

    def windowed(self) -> None:
        number = self.raw(self.one_of("u8", "u16", "uleb128"), "derived")
        self.raw(f"list[{self.inner()}]", f"size('{number}')")

    def windowed_struct(self) -> None:
        inner = self.inner()
        if inner == "u16":
            self.add(inner)
            return
        number = self.raw(self.one_of("u8", "u16", "uleb128"), "derived")
        self.raw(inner, f"size('{number}')")


_ORDERS = ("'big'", "'little'")
