"""
Lists that end with an item, fill a window, or hold bits: `repeat_until`, `size`, `bits`.
"""

import enum
from typing import Any

import pytest
from checks import Codecs, raises, same_bytes

from bebytes import (
    Struct,
    align,
    count,
    derived,
    repeat_until,
    replace,
    reserved,
    size,
    u8,
    u16,
    u32,
    uleb128,
    until,
)
from bebytes.errors import (
    InsufficientData,
    InvalidConstant,
    InvalidSize,
    InvalidValue,
    LengthMismatch,
    MarkerInData,
    MarkerNotFound,
    TrailingData,
    WrongType,
)


class Kind(enum.IntEnum):
    END = 0
    A = 1


class Pair(Struct):
    kind: Kind
    x: u16


class Ended(Struct):
    labels: list[u8] = repeat_until("item == 0")
    pairs: list[Pair] = repeat_until("item.kind == Kind.END")
    steps: list[u8] = repeat_until("item == 0", keep=False, sentinel=0)
    names: list[bytes] = repeat_until("item == b''", until=0)
    last: u8


class Windows(Struct, kw_only=True):
    n: u8 = derived
    items: list[Pair] = size("n")
    fixed: list[u16] = size(4)
    inner: Pair = size(3)
    m: u8 = derived
    rest: list[uleb128] = size("m")


class Nibbles(Struct):
    four: list[u8] = count(4, bits=4)
    three: list[u8] = count(3, bits=3)
    gap: u8 = reserved(7)
    n: u8
    some: list[u8] = count("n", bits=4)
    end: bytes = align(1)
    last: u8


class Marked(Struct):
    line: str = until("\r\n")
    parts: list[bytes] = until(b"--", count=2)
    last: bytes = until("END")


def test_lists_that_end_with_an_item(codec: Codecs) -> None:
    """Which is one of the list, or dropped and written again."""
    value = Ended([1, 2, 0], [Pair(Kind.A, 1), Pair(Kind.END, 2)], [5, 6], [b"ab", b""], 9)
    same_bytes(
        codec,
        value,
        "010200 010001 000002 050600 61620000 09",
        "010200 010100 000200 050600 61620000 09",
    )
    same_bytes(codec, Ended([0], [Pair(Kind.END, 0)], [], [b""], 1), "00 000000 00 00 01")


def test_lists_that_do_not_end_as_they_must(codec: Codecs) -> None:
    """No last item, one too early, or one that belongs to no list."""
    good = Ended([0], [Pair(Kind.END, 0)], [], [b""], 1)

    def wrong(**changes: Any) -> Ended:
        return replace(good, **changes)

    with pytest.raises(
        InvalidValue,
        match=r"^Ended.labels: is 2, must be more items: the last one must have 'item == 0' \(at byte 0\)$",
    ):
        codec(Ended).encode(wrong(labels=[1, 2]))
    with raises(InvalidValue, ("labels",), 0, value=0):
        codec(Ended).encode(wrong(labels=[]))
    with raises(InvalidValue, ("labels", 1), 1, value=1, rule="the last item, since 'item == 0' ends the list"):
        codec(Ended).encode(wrong(labels=[1, 0, 0]))
    with raises(InvalidValue, ("steps", 1), 5, value=1):
        codec(Ended).encode(wrong(steps=[3, 0]))
    with raises(WrongType, ("labels",), 0):
        codec(Ended).encode(wrong(labels="ab"))
    with raises(WrongType, ("pairs", 0), 1):
        codec(Ended).encode(wrong(pairs=[5]))
    with raises(InsufficientData, ("labels", 2), 2, expected=1, actual=0):
        codec(Ended).decode(b"\1\2")


def test_conditions_over_items_and_earlier_fields(codec: Codecs) -> None:
    """Both together; a condition without a value names the item."""

    class Both(Struct):
        most: u8
        items: list[uleb128] = repeat_until("item > most")

    same_bytes(codec, Both(5, [1, 5, 300]), "05 01 05 ac02")
    same_bytes(codec, Both(0, [1]), "00 01")

    class Odd(Struct):
        items: list[u8] = repeat_until("8 / item == 4")

    same_bytes(codec, Odd([1, 2]), "01 02")
    with raises(InvalidValue, ("items", 1), 1, value=None):
        codec(Odd).decode(b"\1\0\2")
    with raises(InvalidValue, ("items", 1), 1, value=None):
        codec(Odd).encode(Odd([1, 0, 2]))


def test_sentinel_of_a_struct_that_only_resembles(codec: Codecs) -> None:
    """An item that ends the list but is another than what would be written is refused."""

    class Loose(Struct):
        items: list[Pair] = repeat_until("item.kind == Kind.END", keep=False, sentinel=Pair(Kind.END, 0))

    same_bytes(codec, Loose([Pair(Kind.A, 1)]), "01 0001 00 0000", "01 0100 00 0000")
    with raises(InvalidConstant, ("items", 1), 3, value=Pair(Kind.END, 5), expected=Pair(Kind.END, 0)):
        codec(Loose).decode(bytes.fromhex("01 0001 00 0005"))


def test_a_field_called_item(codec: Codecs) -> None:
    """Hides the items, so the list ends with its first item or never."""

    class Names(Struct):
        item: u8
        items: list[u8] = repeat_until("item == 1")

    same_bytes(codec, Names(1, [7]), "01 07")
    with raises(InsufficientData, ("items", 1), 2):
        codec(Names).decode(b"\2\1")


def test_lists_and_structs_in_windows(codec: Codecs) -> None:
    """They fill them; a derived number is their size."""
    value = Windows(items=[Pair(Kind.A, 1), Pair(Kind.END, 2)], fixed=[1, 2], inner=Pair(Kind.A, 3), rest=[1, 300])
    same_bytes(
        codec,
        value,
        "06 010001 000002 0001 0002 010003 03 01ac02",
        "06 010100 000200 0100 0200 010300 03 01ac02",
    )
    assert (value.n, value.m) == (6, 3)
    data = bytes.fromhex("03 010001 0001 0002 010003 01 01")
    for at, byte, path, offset, kind in (
        (0, 2, ("items", 0, "x"), 2, InsufficientData),
        (0, 4, ("items", 1, "x"), 5, InsufficientData),
        (0, 200, ("items",), 1, InsufficientData),
        (11, 2, ("rest",), 12, InsufficientData),
    ):
        broken = data[:at] + bytes([byte]) + data[at + 1 :]
        with raises(kind, path, offset):
            codec(Windows).decode(broken)
    with raises(LengthMismatch, ("fixed",), 1, expected=4, actual=2):
        codec(Windows).encode(Windows(items=[], fixed=[1], inner=Pair(Kind.A, 3), rest=[]))
    with raises(LengthMismatch, ("items",), 1, expected=7, actual=3):
        codec(Windows).encode(Windows(n=7, items=[Pair(Kind.A, 1)], fixed=[1, 2], inner=Pair(Kind.A, 3), rest=[]))


def test_windows_inside_windows(codec: Codecs) -> None:
    """The inner may not reach over the end of the outer."""

    class Inner(Struct, kw_only=True):
        n: u8 = derived
        items: list[u8] = size("n")

    class Outer(Struct, kw_only=True):
        n: u8 = derived
        inner: list[Inner] = size("n")
        last: u8

    same_bytes(codec, Outer(inner=[Inner(items=[1, 2]), Inner(items=[])], last=5), "04 020102 00 05")
    with raises(InsufficientData, ("inner", 0, "items"), 2, expected=2, actual=1):
        codec(Outer).decode(bytes.fromhex("02 0201 05"))
    with raises(TrailingData, (), 2):
        codec(Outer).decode(bytes.fromhex("00 05 06"))

    class Padded(Struct):
        n: u8
        inner: Inner = size("n")

    with raises(TrailingData, ("inner",), 2, consumed=1, actual=3):
        codec(Padded).decode(bytes.fromhex("03 00 0000"))


def test_bits_in_lists(codec: Codecs) -> None:
    """One behind the other, as bit fields are."""
    same_bytes(codec, Nibbles([1, 2, 3, 4], [1, 2, 3], 3, [5, 6, 7], 9), "1234 2980 03 5670 09", "2143 d100 03 6507 09")
    with raises(InsufficientData, ("some", 2), 6):
        codec(Nibbles).decode(bytes.fromhex("1234 2980 04 56"))


def test_markers_of_many_bytes(codec: Codecs) -> None:
    """As text or bytes."""
    same_bytes(codec, Marked("hi", [b"a", b""], b"x"), "68690d0a 612d2d 2d2d 78454e44")
    with raises(MarkerInData, ("line",), 0, marker=b"\r\n"):
        codec(Marked).encode(Marked("a\r\nb", [b"", b""], b""))
    with raises(MarkerNotFound, ("parts", 1), 4, marker=b"--"):
        codec(Marked).decode(b"\r\n--abc-")
    assert codec(Marked).decode(b"\r\n----x") == Marked("", [b"", b""], b"x")  # at the end it may be missing


def test_data_that_ends_with_part_of_its_marker(codec: Codecs) -> None:
    """Reading would find the marker too early, so it is not written."""

    class Dashes(Struct):
        data: bytes = until(b"--")
        more: u8

    same_bytes(codec, Dashes(b"a", 1), "612d2d 01")
    with raises(MarkerInData, ("data",), 0, marker=b"--"):
        codec(Dashes).encode(Dashes(b"a-", 1))


def test_expressions_of_lengths(codec: Codecs) -> None:
    """Bits, comparisons and choices; what comes out lies in 0 to 2**64 - 1."""

    class Lengths(Struct):
        n: u8
        a: bytes = size("n & 3")
        b: bytes = size("n >> 4 if n > 15 else 1")
        c: list[u8] = count("(n > 3) * 2")
        d: list[u16] = size("(n | 1) - n")

    same_bytes(codec, Lengths(0x21, b"a", b"bc", [1, 2], []), "21 61 6263 0102")
    same_bytes(codec, Lengths(3, b"abc", b"b", [], []), "03 616263 62")

    class Negative(Struct):
        n: u8
        a: bytes = size("~n")

    with raises(InvalidSize, ("a",), 1, value=-2):
        codec(Negative).decode(b"\1")

    class Huge(Struct):
        n: u32
        a: list[u8] = count("1 << n")

    with raises(InvalidSize, ("a",), 4, value=2**64):
        codec(Huge).decode(b"\0\0\0\x40")
    with raises(InsufficientData, ("a", 0), 4):
        codec(Huge).decode(b"\0\0\0\x3f")


def test_repetition_in_options_conditions_and_lists(codec: Codecs) -> None:
    """Wherever a list may stand."""

    class Item(Struct):
        steps: list[u8] = repeat_until("item == 0")

    class Outer(Struct):
        n: u8
        maybe: list[u8] | None = repeat_until("item == 9", when="n")
        option: list[u8] | None = repeat_until("item == 9")
        items: list[Item] = count("n")

    same_bytes(codec, Outer(2, [1, 9], [9], [Item([0]), Item([1, 0])]), "02 01 09 01 09 00 01 00")
    same_bytes(codec, Outer(0, None, None, []), "00 00")


def test_lengths_of_a_variable_size(codec: Codecs) -> None:
    """A derived varint, in a class that says nothing else beyond the crate."""

    class Only(Struct, kw_only=True):
        n: uleb128 = derived
        data: bytes = size("n")

    class Window(Struct, kw_only=True):
        n: uleb128 = derived
        items: list[u16] = size("n")
        last: u8

    same_bytes(codec, Only(data=b"ab"), "02 6162")
    assert codec(Only).encode(Only(data=bytes(300)))[:3].hex() == "ac0200"
    same_bytes(codec, Window(items=[1], last=2), "02 0001 02", "02 0100 02")
    assert codec(Window).encode(Window(items=[0] * 64, last=2))[:2].hex() == "8001"
