r"""
Compiled terminal descriptions (terminfo): what a terminal can do, and what to send for it.

Source: term(5) of ncurses, "Storage format", with the legacy and the 32-bit number format and the extended section. All is
little endian. Files are where `infocmp -D` says, each below a folder named after its first letter.

>>> entry = Terminfo.of(
...     "dumber|a terminal for an example", {"am": True, "cols": 80, "bel": b"\7", "cup": b"\33[%i%p1%d;%p2%dH", "XM": b"\33[?9h"}
... )
>>> data = entry.to_bytes()
>>> data[:12].hex(" ", 2)
'1a01 2100 0200 0100 0b00 1300'
>>> again = Terminfo.from_bytes(data)
>>> again.aliases, again.numbers
(['dumber', 'a terminal for an example'], [80])
>>> again.capabilities()["cup"], again.capabilities()["XM"]
(b'\x1b[%i%p1%d;%p2%dH', b'\x1b[?9h')
"""

import enum
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, TypeVar

from bebytes import Struct, align, const, count, derived, field, i8, i16, i32, size, switch, u16

from ._terminfo_names import BOOLEANS, NUMBERS, STRINGS

__all__ = ["BOOLEANS", "NUMBERS", "STRINGS", "Extended", "Flag", "Magic", "Terminfo"]

T = TypeVar("T")

ABSENT = -1
"""Of numbers and of offsets of strings: the terminal does not have it. Lower numbers say that it was cancelled."""


class Magic(enum.IntEnum):
    """
    The first number of a file: how many bits its numbers have.
    """

    LEGACY = 0o432
    WIDE = 0o1036


class Flag(enum.IntEnum):
    """
    A capability that is there or not.
    """

    ABSENT = 0
    PRESENT = 1
    CANCELLED = -2


class Extended(Struct, kw_only=True, parameters=("magic",), byteorder="little"):
    """
    Capabilities of any names, behind the standard ones.

    Attributes:
        item_count: the strings in the table, names among them.
        booleans: 1 where it is there.
        string_offsets: where in the table each value begins.
        name_offsets: where each name begins, counted from the end of the values: of flags, numbers, then strings.
        string_table: values, then names, each ended by a zero byte.
    """

    gap: bytes = align(2)
    boolean_count: u16 = derived
    number_count: u16 = derived
    string_count: u16 = derived
    item_count: u16
    table_size: u16 = derived
    booleans: list[Annotated[Flag, i8]] = count("boolean_count")
    inner_gap: bytes = align(2)
    numbers: list[i16] | list[i32] = switch(
        "magic", {Magic.LEGACY: list[i16], Magic.WIDE: list[i32]}, count="number_count"
    )
    string_offsets: list[i16] = count("string_count")
    name_offsets: list[i16] = count("boolean_count + number_count + string_count")
    string_table: bytes = size("table_size")

    def capabilities(self) -> Iterator[tuple[str, bool | int | bytes]]:
        """
        The names and values of those that are there.

        Raises:
            ValueError: a string or a name is not in the table.
        """
        strings = [_string(self.string_table, offset) for offset in self.string_offsets]
        begin = sum(len(string) + 1 for string in strings if string is not None)
        names = [_string(self.string_table, begin + offset) or b"" for offset in self.name_offsets]
        values = _present(self.booleans, self.numbers, strings)
        for name, value in zip(names, values, strict=True):
            if value is not None:
                yield name.decode("latin-1"), value

    @classmethod
    def of(cls, capabilities: Mapping[str, bool | int | bytes]) -> "Extended":
        """
        The section of these capabilities, sorted by their names.
        """
        parts = [{n: v for n, v in sorted(capabilities.items()) if type(v) is kind} for kind in (bool, int, bytes)]
        flags, numbers, strings = parts
        values, offsets = _table([bytes(v) for v in strings.values()])
        names, name_offsets = _table([name.encode("latin-1") for part in parts for name in part])
        return cls(
            item_count=len(offsets) + len(name_offsets),
            booleans=[Flag(bool(v)) for v in flags.values()],
            numbers=[int(v) for v in numbers.values()],
            string_offsets=offsets,
            name_offsets=name_offsets,
            string_table=values + names,
        )


class Terminfo(Struct, kw_only=True, byteorder="little"):
    """
    A compiled entry.

    Attributes:
        names: those of the terminal, and a description, between bars.
        booleans: in the order of `BOOLEANS`.
        numbers: in the order of `NUMBERS`; negative where they are not there.
        string_offsets: in the order of `STRINGS`, where in the table each begins; negative where it is not there.
        string_table: strings, each ended by a zero byte.
        extended: one section, or none.
    """

    magic: Annotated[Magic, u16] = Magic.LEGACY
    names_size: u16 = derived
    boolean_count: u16 = derived
    number_count: u16 = derived
    string_count: u16 = derived
    table_size: u16 = derived
    names: str = size("names_size - 1", encoding="latin-1")
    end: bytes = const(b"\0")
    booleans: list[Annotated[Flag, i8]] = count("boolean_count", default_factory=list)
    gap: bytes = align(2)
    numbers: list[i16] | list[i32] = switch(
        "magic", {Magic.LEGACY: list[i16], Magic.WIDE: list[i32]}, count="number_count", default_factory=list
    )
    string_offsets: list[i16] = count("string_count", default_factory=list)
    string_table: bytes = size("table_size", default=b"")
    extended: list[Extended] = field(default_factory=list, parameters={"magic": "magic"})

    @property
    def aliases(self) -> list[str]:
        """
        The names one by one; the last is the description.
        """
        return self.names.split("|")

    def capabilities(self) -> dict[str, bool | int | bytes]:
        """
        All capabilities that are there, by their names: True, a number, or a string.

        Raises:
            ValueError: there are more than have names, or a string is not in the table.
        """
        found: dict[str, bool | int | bytes] = {}
        strings = [_string(self.string_table, offset) for offset in self.string_offsets]
        for names, values in (
            (BOOLEANS, _present(self.booleans, [], [])),
            (NUMBERS, _present([], self.numbers, [])),
            (STRINGS, _present([], [], strings)),
        ):
            if len(values) > len(names):
                raise ValueError(f"{len(values)} capabilities where {len(names)} have names")
            found.update((name, value) for name, value in zip(names, values, strict=False) if value is not None)
        for section in self.extended:
            found.update(section.capabilities())
        return found

    @classmethod
    def of(cls, names: str, capabilities: Mapping[str, bool | int | bytes]) -> "Terminfo":
        """
        The entry of a terminal; capabilities without a standard name go into the extended section.
        """
        known = {*BOOLEANS, *NUMBERS, *STRINGS}
        numbers = _without_tail([int(capabilities.get(name, ABSENT)) for name in NUMBERS], ABSENT)
        strings = _without_tail([capabilities.get(name) for name in STRINGS], None)
        table, offsets = _table([None if s is None else bytes(s) for s in strings])
        others = {name: value for name, value in capabilities.items() if name not in known}
        wide = any(type(value) is int and value > 0x7FFF for value in capabilities.values())
        return cls(
            magic=Magic.WIDE if wide else Magic.LEGACY,
            names=names,
            booleans=_without_tail([Flag(bool(capabilities.get(name))) for name in BOOLEANS], Flag.ABSENT),
            numbers=numbers,
            string_offsets=offsets,
            string_table=table,
            extended=[Extended.of(others)] if others else [],
        )


def _present(
    flags: Iterable[Flag], numbers: Iterable[int], strings: Iterable[bytes | None]
) -> list[bool | int | bytes | None]:
    # Values of capabilities, None where they are not there.
    return [
        *(True if flag is Flag.PRESENT else None for flag in flags),
        *(number if number >= 0 else None for number in numbers),
        *strings,
    ]


def _string(table: bytes, offset: int) -> bytes | None:
    # A string of a table, or None where there is none.
    if offset < 0:
        return None
    end = table.find(0, offset)
    if end < 0:
        raise ValueError(f"no string of the table of {len(table)} bytes begins at {offset}")
    return table[offset:end]


def _table(strings: Iterable[bytes | None]) -> tuple[bytes, list[int]]:
    # The table of strings, and where in it they begin.
    table, offsets = b"", []
    for string in strings:
        offsets.append(ABSENT if string is None else len(table))
        table += b"" if string is None else string + b"\0"
    return table, offsets


def _without_tail(values: list[T], absent: object) -> list[T]:
    # Capabilities at the end that are not there are left out.
    while values and values[-1] == absent:
        values.pop()
    return values
