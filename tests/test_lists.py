"""
Lists: items back to back, as many as a number, an expression or the rest says.
"""

import enum
import sys
from typing import Any

import pytest
from checks import Codecs, raises, same_bytes

from bebytes import Struct, bits, char, count, f32, f64, field, i16, i128, size, u8, u16, u32, u64, u128
from bebytes.errors import (
    EmptyBuffer,
    InsufficientData,
    InvalidChar,
    InvalidDiscriminant,
    InvalidSize,
    InvalidUtf8,
    LengthMismatch,
    OutOfRange,
    WrongType,
)


class Kind(enum.IntEnum):
    A = 1
    B = 2


class Point(Struct):
    x: u16
    y: u8


class Message(Struct):
    n: u8
    data: bytes = size("n")


class Points(Struct):
    n: u8
    points: list[Point] = count("n")
    end: u8


class Grid(Struct):
    grid: list[list[u16]] = count(2, 3)


class Cube(Struct):
    cube: list[list[list[u8]]] = count(2, 1, 2)


class RestOfPoints(Struct):
    head: u8
    points: list[Point]


class Triple(Struct):
    items: list[bytes] = count(3, size=4)


@pytest.mark.parametrize(
    ("annotation", "items", "big", "little"),
    [
        (list[u8], [1, 255], "01ff", "01ff"),
        (list[u16], [1, 2], "0001 0002", "0100 0200"),
        (list[i16], [-1, -2], "ffff fffe", "ffff feff"),
        (list[u32], [1, 2], "00000001 00000002", "01000000 02000000"),
        (list[u64], [1, 2**64 - 1], "0000000000000001" + "ff" * 8, "0100000000000000" + "ff" * 8),
        (list[u128], [1, 2], "00" * 15 + "01" + "00" * 15 + "02", "01" + "00" * 15 + "02" + "00" * 15),
        (list[i128], [-1, 1], "ff" * 16 + "00" * 15 + "01", "ff" * 16 + "01" + "00" * 15),
        (list[f32], [1.0, -2.0], "3f800000 c0000000", "0000803f 000000c0"),
        (list[f64], [1.0, 0.1], "3ff0000000000000 3fb999999999999a", "000000000000f03f 9a9999999999b93f"),
        (list[bool], [True, False], "01 00", "01 00"),
        (list[char], ["A", "é"], "00000041 000000e9", "41000000 e9000000"),
        (list[Kind], [Kind.B, Kind.A], "02 01", "02 01"),
        (list[Point], [Point(1, 2), Point(3, 4)], "000102 000304", "010002 030004"),
        (list[Message], [Message(0, b""), Message(2, b"ab")], "00 026162", "00 026162"),
        (list[u16 | None], [None, 1], "00 0000 01 0001", "00 0000 01 0100"),
    ],
)
def test_list_of_any_item_counted_in_every_way(
    codec: Codecs, annotation: Any, items: list[Any], big: str, little: str
) -> None:
    """
    Items stand back to back; a fixed count, one from a field and the rest differ in nothing else.
    """

    class Fixed(Struct):
        xs: annotation = count(2)

    class Counted(Struct):
        n: u16
        xs: annotation = count("n")

    class Computed(Struct):
        n: u8
        xs: annotation = count("(n + 1) / 2")

    class Rest(Struct):
        xs: annotation

    same_bytes(codec, Fixed(items), big, little)
    same_bytes(codec, Counted(2, items), "0002" + big, "0200" + little)
    same_bytes(codec, Counted(0, []), "0000")
    same_bytes(codec, Computed(4, items), "04" + big, "04" + little)
    same_bytes(codec, Rest(items), big, little)
    same_bytes(codec, Rest([]), "")
    same_bytes(codec, Rest(items * 3), big * 3, little * 3)


def test_last_index_runs_fastest(codec: Codecs) -> None:
    """
    In two dimensions and in three.
    """
    same_bytes(
        codec,
        Grid([[1, 2, 3], [4, 5, 6]]),
        "0001 0002 0003 0004 0005 0006",
        "0100 0200 0300 0400 0500 0600",
    )
    same_bytes(codec, Cube([[[1, 2]], [[3, 4]]]), "01 02 03 04")
    assert (Grid.field_size(), Cube.field_size()) == (12, 4)


@pytest.mark.parametrize(
    ("annotation", "specifier", "value", "encoded"),
    [
        (list[list[Point]], count(1, 2), [[Point(1, 2), Point(3, 4)]], "000102 000304"),
        (list[list[bytes]], count(2, 2, size=1), [[b"a", b"b"], [b"c", b"d"]], "61626364"),
        (list[list[bool]], count(2, 1), [[True], [False]], "0100"),
        (list[list[u8]], count(0, 3), [], ""),
        (list[list[u8]], count(3, 0), [[], [], []], ""),
        (list[u8], count(0), [], ""),
        (list[u8], field(count=2), [1, 2], "0102"),
        (list[u8], field(count=(2,)), [1, 2], "0102"),
        (list[list[u8]], field(count=(1, 2)), [[1, 2]], "0102"),
        (list[bytes], count(2, size=0), [b"", b""], ""),
        (list[str], count(2, size=3), ["abc", "aé"], "616263 61c3a9"),
        (list[Kind], count("2"), [Kind.A, Kind.B], "0102"),
    ],
)
def test_fixed_counts_in_several_dimensions_of_any_item(
    codec: Codecs, annotation: Any, specifier: Any, value: Any, encoded: str
) -> None:
    """
    Counts may be 0; items of bytes and strings have a size.
    """

    class Holder(Struct):
        xs: annotation = specifier
        end: u8 = 7

    assert codec(Holder).encode(Holder(value)).hex() == bytes.fromhex(encoded).hex() + "07"
    assert codec(Holder).decode(bytes.fromhex(encoded) + b"\7") == Holder(value, 7)
    assert Holder.field_size() == len(bytes.fromhex(encoded)) + 1


def test_items_of_bytes_of_one_size(codec: Codecs) -> None:
    """
    Three items of 4 bytes; the size may come from a field as well.
    """

    class Sized(Struct):
        n: u8
        size_of_each: u8
        xs: list[str] = count(2, size="size_of_each - n")
        ys: list[bytes] = count("n", size=2)

    same_bytes(codec, Triple([b"abcd", b"efgh", b"ijkl"]), "61626364 65666768 696a6b6c")
    same_bytes(codec, Sized(1, 3, ["ab", "é"], [b"yz"]), "01 03 6162 c3a9 797a")
    with raises(LengthMismatch, ("items", 1), 4, expected=4, actual=3):
        codec(Triple).encode(Triple([b"abcd", b"efg", b"ijkl"]))
    with raises(LengthMismatch, ("items",), 0, expected=3, actual=2):
        codec(Triple).encode(Triple([b"abcd", b"efg"]))
    with raises(InsufficientData, ("items", 2), 8, expected=4, actual=3):
        codec(Triple).decode(b"abcdefghijk")
    with raises(InvalidUtf8, ("xs", 1), 4):
        codec(Sized).decode(b"\0\2ab\xff\xff")
    with raises(InvalidSize, ("xs", 0), 2, value=-1):
        codec(Sized).decode(b"\2\1ab")


@pytest.mark.parametrize(
    ("cls", "data", "kind", "path", "at", "figures"),
    [
        (Points, "02 000102 0003", InsufficientData, ("points", 1, "y"), 6, {"expected": 1, "actual": 0}),
        (Points, "02 000102 00", InsufficientData, ("points", 1, "x"), 4, {"expected": 2, "actual": 1}),
        (Points, "02 000102", InsufficientData, ("points", 1, "x"), 4, {"expected": 2, "actual": 0}),
        (Points, "01 000102", InsufficientData, ("end",), 4, {"expected": 1, "actual": 0}),
        (Points, "", EmptyBuffer, (), 0, {"expected": 2, "actual": 0}),
        (Grid, "0001 0002 0003 0004 00", InsufficientData, ("grid", 1, 1), 8, {"expected": 2, "actual": 1}),
        (Grid, "0001 0002 0003", InsufficientData, ("grid", 1, 0), 6, {"expected": 2, "actual": 0}),
        (Cube, "01 02 03", InsufficientData, ("cube", 1, 0, 1), 3, {"expected": 1, "actual": 0}),
        (RestOfPoints, "01 000102 00", InsufficientData, ("points", 1, "x"), 4, {"expected": 2, "actual": 1}),
        (RestOfPoints, "01 000102 0003", InsufficientData, ("points", 1, "y"), 6, {"expected": 1, "actual": 0}),
    ],
)
def test_missing_item_is_told_with_its_index(
    codec: Codecs, cls: Any, data: str, kind: Any, path: tuple[Any, ...], at: int, figures: dict[str, Any]
) -> None:
    """
    Of every dimension; a cut item in the rest is an error too.
    """
    with raises(kind, path, at, **figures):
        codec(cls).decode(bytes.fromhex(data))


def test_bad_items_are_told_with_their_index(codec: Codecs) -> None:
    """
    The first bad one, at its own start.
    """

    class Chars(Struct):
        xs: list[char] = count(2)
        ys: list[list[bool]] = count(2, 2)

    with raises(InvalidChar, ("xs", 1), 4, value=0xD800):
        codec(Chars).decode(bytes.fromhex("00000041 0000d800 02"))
    with raises(InvalidDiscriminant, ("ys", 1, 0), 10, value=5, type_name="bool"):
        codec(Chars).decode(bytes.fromhex("00000041 00000041 0001 05"))


@pytest.mark.parametrize(
    ("value", "path", "at", "expected", "actual"),
    [
        (Points(2, [Point(1, 2)], 0), ("points",), 1, 2, 1),
        (Points(0, [Point(1, 2)], 0), ("points",), 1, 0, 1),
        (Grid([[1, 2, 3]]), ("grid",), 0, 2, 1),
        (Grid([[1, 2, 3], [4, 5]]), ("grid", 1), 6, 3, 2),
        (Grid([[1, 2, 3, 4], [4, 5]]), ("grid", 0), 0, 3, 4),
        (Cube([[[1, 2]], [[3]]]), ("cube", 1, 0), 2, 2, 1),
        (Cube([[[1, 2]], []]), ("cube", 1), 2, 1, 0),
    ],
    ids=repr,
)
def test_another_number_of_items_is_a_mismatch(
    codec: Codecs, value: Struct, path: tuple[Any, ...], at: int, expected: int, actual: int
) -> None:
    """
    The path goes to the innermost dimension.
    """
    with raises(LengthMismatch, path, at, expected=expected, actual=actual):
        codec(type(value)).encode(value)


@pytest.mark.parametrize(
    ("value", "path", "at", "expected", "actual"),
    [
        (Grid(5), ("grid",), 0, "a list", "int"),  # type: ignore[arg-type]  # wrong on purpose
        (Grid("ab"), ("grid",), 0, "a list", "str"),  # type: ignore[arg-type]  # wrong on purpose
        (Grid(b"ab"), ("grid",), 0, "a list", "bytes"),  # type: ignore[arg-type]  # wrong on purpose
        (Grid({1, 2}), ("grid",), 0, "a list", "set"),  # type: ignore[arg-type]  # wrong on purpose
        (Grid(range(2)), ("grid",), 0, "a list", "range"),  # type: ignore[arg-type]  # wrong on purpose
        (Grid(None), ("grid",), 0, "a list", "NoneType"),  # type: ignore[arg-type]  # wrong on purpose
        (Grid([[1, 2, 3], 5]), ("grid", 1), 6, "a list", "int"),  # type: ignore[list-item]  # wrong on purpose
        (Grid([[1, None, 3], [4, 5, 6]]), ("grid", 0, 1), 2, "an int", "NoneType"),  # type: ignore[list-item]
        (Points(1, [5], 0), ("points", 0), 1, "a Point", "int"),  # type: ignore[list-item]  # wrong on purpose
        (Triple([b"abcd", "efgh", b""]), ("items", 1), 4, "bytes", "str"),  # type: ignore[list-item]
    ],
    ids=repr,
)
def test_what_is_no_list_and_items_of_another_kind_are_wrong_types(
    codec: Codecs, value: Struct, path: tuple[Any, ...], at: int, expected: str, actual: str
) -> None:
    """
    Only lists and tuples are lists.
    """
    with raises(WrongType, path, at, expected=expected, actual=actual):
        codec(type(value)).encode(value)


def test_tuples_and_subclasses_are_lists(codec: Codecs) -> None:
    """
    Reading gives plain lists.
    """

    class Mine(list[int]):
        """A list of a user's own."""

    value = Grid(((1, 2, 3), Mine([4, 5, 6])))  # type: ignore[arg-type]  # a checker wants lists

    assert codec(Grid).encode(value).hex() == "000100020003000400050006"
    decoded = codec(Grid).decode(bytes.fromhex("000100020003000400050006"))
    assert decoded.grid == [[1, 2, 3], [4, 5, 6]]
    assert type(decoded.grid) is list
    assert type(decoded.grid[0]) is list
    assert decoded.grid[0] is not decoded.grid[1]


class Counted(Struct):
    n: u64
    xs: list[u8] = count("n")


class CountedPoints(Struct):
    n: u64
    xs: list[Point] = count("n")


class CountedBytes(Struct):
    n: u64
    xs: list[bytes] = count("n", size=2)


@pytest.mark.parametrize("cls", [Counted, CountedPoints, CountedBytes])
@pytest.mark.parametrize("number", [2**64 - 1, 2**63, 2**60, 2**40])
def test_count_reserves_no_more_than_the_input_can_fill(codec: Codecs, cls: Any, number: int) -> None:
    """
    A huge count ends at the first missing item, at once.
    """
    with pytest.raises(InsufficientData) as caught:
        codec(cls).decode(number.to_bytes(8, "big") + b"\0" * 6)

    assert caught.value.path[:2] == ("xs", {Counted: 6, CountedPoints: 2, CountedBytes: 3}[cls])
    assert caught.value.offset == 14 * 8


def test_count_has_the_errors_of_a_size(codec: Codecs) -> None:
    """
    At the list.
    """

    class Less(Struct):
        a: u8
        b: u8
        xs: list[u16] = count("a - b")
        ys: list[u16] = count("a / b")

    with raises(InvalidSize, ("xs",), 2, value=-1):
        codec(Less).decode(b"\1\2")
    with raises(InvalidSize, ("ys",), 2, value=None):
        codec(Less).decode(b"\0\0")
    with raises(LengthMismatch, ("xs",), 2, expected=-1, actual=0):
        codec(Less).encode(Less(1, 2, [], []))
    with raises(LengthMismatch, ("ys",), 2, expected=None, actual=0):
        codec(Less).encode(Less(0, 0, [], []))


def test_items_that_change_the_list_are_caught(codec: Codecs) -> None:
    """
    An item's own code may shrink the list that is being written.
    """

    class Items(Struct):
        xs: list[u8] = count(4)

    value = Items([1, 2, 3, 4])

    class Shrinks:
        def __index__(self) -> int:
            del value.xs[2:]
            return 1

    value.xs[1] = Shrinks()  # type: ignore[call-overload]  # an int to the library
    with raises(LengthMismatch, ("xs",), 0, expected=4, actual=2):
        codec(Items).encode(value)


def test_bit_field_counts_items_of_bits(codec: Codecs) -> None:
    """
    A count of 3 bits, and items that are runs of bits.
    """

    class Pixel(Struct):
        r: u8 = bits(3)
        g: u8 = bits(3)
        b: u8 = bits(2)

    class Image(Struct):
        n: u8 = bits(3)
        depth: u8 = bits(5)
        pixels: list[Pixel] = count("n")

    same_bytes(codec, Image(2, 9, [Pixel(1, 2, 3), Pixel(7, 0, 0)]), "49 2b e0", "4a d1 07")
    with raises(OutOfRange, ("pixels", 1, "b"), 2.75, value=4):
        codec(Image).encode(Image(2, 9, [Pixel(1, 2, 3), Pixel(7, 0, 4)]))


def test_lists_of_lists_inside_items(codec: Codecs) -> None:
    """
    Items may hold lists of their own, sized by their own numbers.
    """

    class Row(Struct):
        n: u8
        cells: list[u16] = count("n")

    class Table(Struct):
        n: u8
        rows: list[Row] = count("n")
        matrix: list[list[Row]] = count(1, 1)

    value = Table(2, [Row(1, [5]), Row(0, [])], [[Row(1, [7])]])

    same_bytes(codec, value, "02 01 0005 00 01 0007", "02 01 0500 00 01 0700")
    with raises(LengthMismatch, ("rows", 1, "cells"), 5, expected=1, actual=0):
        codec(Table).encode(Table(2, [Row(1, [5]), Row(1, [])], [[Row(1, [7])]]))
    with raises(InsufficientData, ("matrix", 0, 0, "cells", 0), 6, expected=2, actual=1):
        codec(Table).decode(bytes.fromhex("02 01 0005 00 01 00"))


def test_a_rest_of_items_of_any_size_keeps_no_room_for_more(codec: Codecs) -> None:
    """
    How many items the rest holds cannot be told beforehand where their size differs: a list made for the most that could come
    would keep the room for them.
    """

    class Messages(Struct):
        messages: list[Message]

    messages = codec(Messages).decode((b"\xff" + bytes(255)) * 8).messages

    assert len(messages) == 8
    assert sys.getsizeof(messages) <= sys.getsizeof([None] * 16)
