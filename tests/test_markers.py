"""
Markers: data up to one, data after one, and sections that each end with one.
"""

from typing import Any

import pytest
from checks import Codecs, raises, same_bytes

from bebytes import Struct, after, bits, count, field, size, u8, u16, until
from bebytes.errors import (
    EmptyBuffer,
    InsufficientData,
    InvalidSize,
    InvalidUtf8,
    LengthMismatch,
    MarkerInData,
    MarkerNotFound,
    OutOfRange,
    TrailingData,
    WrongType,
)


class Line(Struct):
    name: str = until("\n")
    value: u8


class Last(Struct):
    n: u8
    text: bytes = until(0)


class LastText(Struct):
    text: str = until(b";")


class Inside(Struct):
    last: Last


class Behind(Struct):
    n: u8
    rest: bytes = after(0xFF)


class BehindText(Struct):
    rest: str = after(":")


class Sections(Struct):
    parts: list[bytes] = until(",", count=3)
    end: u8


class CountedSections(Struct):
    n: u8
    names: list[str] = until(0, count="n")


@pytest.mark.parametrize("marker", [10, "\n", b"\n", bytearray(b"\n"), True + 9])
def test_marker_is_a_number_a_character_or_a_byte(codec: Codecs, marker: Any) -> None:
    """
    All of them stand for the same byte.
    """

    class Marked(Struct):
        data: bytes = until(marker)
        more: bytes = after(marker)

    same_bytes(codec, Marked(b"ab", b"c\nd"), "61620a 0a630a64")


@pytest.mark.parametrize("marker", [0, 1, 0x7F, 0x80, 0xFF])
def test_marker_is_any_byte(codec: Codecs, marker: int) -> None:
    """
    From 0 to 255.
    """

    class Marked(Struct):
        data: bytes = until(marker)
        n: u8

    same_bytes(codec, Marked(b"ab", marker), f"6162{marker:02x}{marker:02x}")


def test_until_writes_the_marker_behind_the_data_and_drops_it_when_reading(codec: Codecs) -> None:
    """
    Reading goes up to the first one; the data may be empty.
    """
    same_bytes(codec, Line("key", 7), "6b6579 0a 07")
    same_bytes(codec, Line("", 10), "0a 0a")
    same_bytes(codec, Line("é", 1), "c3a9 0a 01")
    assert Line.field_size() == 2


def test_last_field_of_the_outermost_struct_may_go_without_its_marker(codec: Codecs) -> None:
    """
    Then it takes everything left; writing puts the marker there.
    """
    same_bytes(codec, Last(1, b"ab"), "01 6162 00")
    assert codec(Last).decode(b"\1ab") == Last(1, b"ab")
    assert codec(Last).decode(b"\1") == Last(1, b"")
    assert codec(LastText).decode(b"abc") == LastText("abc")
    assert codec(Last).decode_prefix(b"\1ab\0cd") == (Last(1, b"ab"), 4)
    assert codec(Last).decode_prefix(b"\1ab") == (Last(1, b"ab"), 3)
    with raises(TrailingData, (), 4, consumed=4, actual=6):
        codec(Last).decode(b"\1ab\0cd")
    with raises(EmptyBuffer, (), 0, expected=1, actual=0):
        codec(LastText).decode(b"")
    with raises(InvalidUtf8, ("text",), 0):
        codec(LastText).decode(b"\xff")


def test_missing_marker_anywhere_else_is_marker_not_found(codec: Codecs) -> None:
    """
    Before other fields, and at the end of a nested struct, though it be the last field.
    """
    with raises(MarkerNotFound, ("name",), 0, marker=10):
        codec(Line).decode(b"key")
    with raises(MarkerNotFound, ("last", "text"), 1, marker=0):
        codec(Inside).decode(b"\1ab")
    with raises(MarkerNotFound, ("last", "text"), 1, marker=0):
        codec(Inside).decode(b"\1")
    same_bytes(codec, Inside(Last(1, b"ab")), "01 6162 00")


def test_marker_comes_before_utf_8(codec: Codecs) -> None:
    """
    Text without its marker is not judged as text.
    """
    with raises(MarkerNotFound, ("name",), 0, marker=10):
        codec(Line).decode(b"\xff\xff")
    with raises(InvalidUtf8, ("name",), 0):
        codec(Line).decode(b"\xff\n\1")


def test_marker_inside_the_data_is_refused_when_writing(codec: Codecs) -> None:
    """
    Reading would end there.
    """
    with raises(MarkerInData, ("name",), 0, marker=10):
        codec(Line).encode(Line("a\nb", 1))
    with raises(MarkerInData, ("text",), 1, marker=0):
        codec(Last).encode(Last(1, b"\0"))
    with raises(MarkerInData, ("parts", 2), 2, marker=0x2C):
        codec(Sections).encode(Sections([b"", b"", b"a,b"], 1))


def test_marker_byte_inside_a_wide_character_counts(codec: Codecs) -> None:
    """
    The data is its UTF-8 bytes.
    """

    class Marked(Struct):
        text: str = until(0xA9)
        n: u8

    same_bytes(codec, Marked("e", 1), "65 a9 01")
    with raises(MarkerInData, ("text",), 0, marker=0xA9):
        codec(Marked).encode(Marked("é", 1))


def test_after_writes_the_marker_before_the_data(codec: Codecs) -> None:
    """
    The data may hold it again, and reads to the end.
    """
    same_bytes(codec, Behind(1, b"ab"), "01 ff 6162")
    same_bytes(codec, Behind(1, b""), "01 ff")
    same_bytes(codec, Behind(1, b"\xff\xff"), "01 ff ffff")
    same_bytes(codec, BehindText("a:é"), "3a 613a c3a9")
    assert Behind.field_size() == 2


def test_after_skips_what_stands_before_the_first_marker(codec: Codecs) -> None:
    """
    It reads from behind the first marker to the end.
    """
    assert codec(Behind).decode(b"\1junk\xffab\xffc") == Behind(1, b"ab\xffc")
    assert codec(Behind).decode_prefix(b"\1junk\xffab") == (Behind(1, b"ab"), 8)


def test_after_without_its_marker_is_empty_and_takes_nothing(codec: Codecs) -> None:
    """
    The cursor stays, so what follows is left over.
    """
    assert codec(Behind).decode_prefix(b"\1ab") == (Behind(1, b""), 1)
    assert codec(Behind).decode(b"\1") == Behind(1, b"")
    with raises(TrailingData, (), 1, consumed=1, actual=3):
        codec(Behind).decode(b"\1ab")
    with raises(EmptyBuffer, (), 0, expected=1, actual=0):
        codec(BehindText).decode(b"")
    with raises(TrailingData, (), 0, consumed=0, actual=2):
        codec(BehindText).decode(b"ab")
    with raises(InvalidUtf8, ("rest",), 0):
        codec(BehindText).decode(b"xx:\xff")


def test_sections_each_end_with_the_marker(codec: Codecs) -> None:
    """
    As many as are counted, each of any length.
    """
    same_bytes(codec, Sections([b"a", b"", b"bcd"], 0x2C), "612c 2c 6263642c 2c")
    same_bytes(codec, CountedSections(2, ["é", ""]), "02 c3a900 00")
    same_bytes(codec, CountedSections(0, []), "00")
    assert Sections.field_size() == 4
    assert CountedSections.field_size() == 1


def test_sections_counted_by_an_expression_or_in_several_dimensions(codec: Codecs) -> None:
    """
    A count is a count.
    """

    class Computed(Struct):
        n: u8
        parts: list[bytes] = until(0, count="n * 2")

    class Grid(Struct):
        parts: list[list[str]] = until(b"/", count=(2, 2))

    same_bytes(codec, Computed(1, [b"a", b"b"]), "01 6100 6200")
    same_bytes(codec, Grid([["a", "b"], ["c", ""]]), "612f 622f 632f 2f")
    with raises(MarkerNotFound, ("parts", 1, 0), 4, marker=0x2F):
        codec(Grid).decode(b"a/b/c")


def test_missing_marker_of_a_section_is_always_marker_not_found(codec: Codecs) -> None:
    """
    Also of the last section in the last field; told at the section's own start.
    """
    with raises(MarkerNotFound, ("names", 1), 3, marker=0):
        codec(CountedSections).decode(b"\2a\0b")
    with raises(MarkerNotFound, ("names", 0), 1, marker=0):
        codec(CountedSections).decode(b"\2")
    with raises(InvalidUtf8, ("names", 1), 3):
        codec(CountedSections).decode(b"\2a\0\xff\0")
    with raises(InsufficientData, ("end",), 3, expected=1, actual=0):
        codec(Sections).decode(b",,,")


@pytest.mark.parametrize(
    ("value", "path", "expected", "actual"),
    [
        (Sections([b"a", b"b"], 1), ("parts",), 3, 2),
        (Sections([], 1), ("parts",), 3, 0),
    ],
    ids=repr,
)
def test_another_number_of_sections_is_a_mismatch(
    codec: Codecs, value: Struct, path: tuple[str, ...], expected: int, actual: int
) -> None:
    """
    Sections are counted, not measured.
    """
    with raises(LengthMismatch, path, 0, expected=expected, actual=actual):
        codec(type(value)).encode(value)


def test_kind_of_marked_data_is_judged(codec: Codecs) -> None:
    """
    Text is str, data is bytes, sections are a list of either.
    """
    with raises(WrongType, ("name",), 0, expected="a str", actual="bytes"):
        codec(Line).encode(Line(b"a", 1))  # type: ignore[arg-type]  # wrong on purpose
    with raises(WrongType, ("text",), 1, expected="bytes", actual="str"):
        codec(Last).encode(Last(1, "a"))  # type: ignore[arg-type]  # wrong on purpose
    with raises(WrongType, ("parts",), 0, expected="a list", actual="bytes"):
        codec(Sections).encode(Sections(b"abc", 1))  # type: ignore[arg-type]  # wrong on purpose
    with raises(WrongType, ("names", 1), 3, expected="a str", actual="bytes"):
        codec(CountedSections).encode(CountedSections(2, ["a", b"b"]))  # type: ignore[list-item]  # wrong on purpose
    with raises(OutOfRange, ("names", 1), 3, value="\ud800"):
        codec(CountedSections).encode(CountedSections(2, ["a", "\ud800"]))


def test_marked_data_in_items_and_nested_structs(codec: Codecs) -> None:
    """
    A struct that ends with a marker may be repeated, and may stand anywhere.
    """

    class Lines(Struct):
        first: LastText
        lines: list[Line] = count(2)
        rest: list[LastText]

    same_bytes(
        codec,
        Lines(LastText("x"), [Line("a", 1), Line("", 2)], [LastText("p"), LastText("")]),
        "783b 610a01 0a02 703b 3b",
    )
    with raises(MarkerNotFound, ("rest", 1, "text"), 9, marker=0x3B):
        codec(Lines).decode(bytes.fromhex("783b 610a01 0a02 703b 71"))


def test_after_at_the_end_of_a_nested_struct_at_the_end(codec: Codecs) -> None:
    """
    A struct that reads to the end may stand last.
    """

    class Outer(Struct):
        n: u16
        tail: Behind

    same_bytes(codec, Outer(1, Behind(2, b"x")), "0001 02 ff78", "0100 02 ff78")
    assert codec(Outer).decode(b"\0\1\2") == Outer(1, Behind(2, b""))


def test_section_after_bits_and_sizes(codec: Codecs) -> None:
    """
    Markers among other kinds of lengths.
    """

    class Mixed(Struct):
        n: u8 = bits(4)
        m: u8 = bits(4)
        head: bytes = size("n")
        parts: list[bytes] = until(0, count="m")
        tail: str = field(until="$")

    same_bytes(codec, Mixed(1, 2, b"h", [b"a", b"b"], "t"), "12 68 6100 6200 7424", "21 68 6100 6200 7424")
    with raises(LengthMismatch, ("parts",), 2, expected=2, actual=1):
        codec(Mixed).encode(Mixed(1, 2, b"h", [b"a"], "t"))


def test_count_of_sections_that_has_no_value(codec: Codecs) -> None:
    """
    An expression below 0 is an invalid size, at the list.
    """

    class Less(Struct):
        n: u8
        parts: list[bytes] = until(0, count="n - 1")

    with raises(InvalidSize, ("parts",), 1, value=-1):
        codec(Less).decode(b"\0")
