"""
Lengths of bytes and strings: a number, an earlier field, an expression, or the rest.
"""

import array
from typing import Any

import pytest
from checks import Codecs, raises, same_bytes

from bebytes import Struct, bits, count, f32, field, i8, i64, size, u8, u16, u32, u64, u128
from bebytes.errors import (
    EmptyBuffer,
    InsufficientData,
    InvalidSize,
    InvalidUtf8,
    LengthMismatch,
    OutOfRange,
    TrailingData,
    WrongType,
)


class FixedSizes(Struct):
    a: bytes = size(3)
    b: str = size(4)
    c: bytes = size(0)
    d: str = size(0)


class ByField(Struct):
    n: u8
    data: bytes = size("n")
    m: u16
    text: str = size("m")


class Rest(Struct):
    n: u8
    rest: bytes


class RestText(Struct):
    n: u8
    rest: str


def test_fixed_sizes_count_bytes(codec: Codecs) -> None:
    """
    Of a string, the bytes of its UTF-8; a size may be 0.
    """
    same_bytes(codec, FixedSizes(b"abc", "aé!", b"", ""), "616263 61c3a921")
    assert FixedSizes.field_size() == 7


def test_size_in_an_earlier_field(codec: Codecs) -> None:
    """
    Of one byte or more, in the byte order of the call.
    """
    same_bytes(codec, ByField(2, b"hi", 3, "€"), "02 6869 0003 e282ac", "02 6869 0300 e282ac")
    same_bytes(codec, ByField(0, b"", 0, ""), "00 0000")
    assert ByField.field_size() == 3


def test_rest_takes_what_is_left(codec: Codecs) -> None:
    """
    Also nothing; a prefix decoder takes all as well.
    """
    same_bytes(codec, Rest(1, b"\x00\xff"), "01 00ff")
    same_bytes(codec, Rest(1, b""), "01")
    same_bytes(codec, RestText(1, "añ"), "01 61c3b1")
    same_bytes(codec, RestText(1, ""), "01")
    assert codec(Rest).decode_prefix(b"\1abc") == (Rest(1, b"abc"), 4)


def test_struct_of_rest_alone_takes_empty_input(codec: Codecs) -> None:
    """
    Its smallest encoding is no bytes, so no input is the empty value.
    """

    class Everything(Struct):
        all: bytes

    same_bytes(codec, Everything(b""), "")
    same_bytes(codec, Everything(b"abc"), "616263")
    assert Everything.field_size() == 0


def sized(expression: str, type_: Any = u8) -> Any:
    """
    A class of two numbers and bytes of a size.
    """

    class Sized(Struct):
        a: type_
        b: type_
        data: bytes = size(expression)

    return Sized


@pytest.mark.parametrize(
    ("expression", "a", "b", "length"),
    [
        ("a", 3, 0, 3),
        ("a + b", 3, 4, 7),
        ("a - b", 4, 4, 0),
        ("a * b", 3, 4, 12),
        ("a / b", 7, 2, 3),
        ("a % b", 7, 4, 3),
        ("a - b - 1", 9, 3, 5),
        ("a - (b - 1)", 9, 3, 7),
        ("a + b * 2", 1, 3, 7),
        ("(a + b) * 2", 1, 3, 8),
        ("a * b / 2", 3, 3, 4),
        ("a / 2 * 2", 5, 0, 4),
        ("20 - a", 18, 0, 2),
        ("a % 4 + 0", 6, 0, 2),
        ("(((a)))", 1, 0, 1),
        ("  a  ", 2, 0, 2),
        ("a+b", 1, 1, 2),
        ("a\t* 2", 1, 1, 2),
        ("a * a - a", 3, 0, 6),
        ("4", 0, 0, 4),
        ("2 + 3", 0, 0, 5),
        ("0x10 - 0b1111", 0, 0, 1),
    ],
)
def test_expressions_are_whole_number_arithmetic(codec: Codecs, expression: str, a: int, b: int, length: int) -> None:
    """
    The usual precedence, from left to right, with division to a whole number.
    """
    data = "61" * length

    same_bytes(codec, sized(expression)(a, b, b"a" * length), f"{a:02x}{b:02x}{data}")


@pytest.mark.parametrize(
    ("expression", "a", "b", "bad"),
    [
        ("a - b", 1, 2, -1),
        ("a - b + 10", 1, 2, -1),
        ("a / b", 1, 0, None),
        ("a % b", 1, 0, None),
        ("a - 5", 0, 0, -5),
        ("0 * (a - b)", 0, 9, -9),
        ("a / (b - b)", 5, 5, None),
        ("a * 18446744073709551615", 2, 0, 36893488147419103230),
        ("18446744073709551615 + a - a", 1, 0, 18446744073709551616),
        ("(a - b) / 0", 1, 3, -2),
    ],
)
def test_value_outside_64_bits_is_an_invalid_size(codec: Codecs, expression: str, a: int, b: int, bad: Any) -> None:
    """
    Every intermediate counts; the first that offends is named, at the sized field.
    """
    cls = sized(expression)

    with raises(InvalidSize, ("data",), 2, value=bad):
        codec(cls).decode(bytes([a, b, 1, 2, 3]))
    with raises(LengthMismatch, ("data",), 2, expected=bad, actual=3):
        codec(cls).encode(cls(a, b, b"abc"))


@pytest.mark.parametrize("type_", [u128, i64, i8])
def test_numbers_of_any_integer_type_may_size(codec: Codecs, type_: Any) -> None:
    """
    Where they lie in 0 to 2**64 - 1.
    """
    cls = sized("a", type_)
    width = cls.field_size() // 2

    value = codec(cls).decode((2).to_bytes(width, "big") + bytes(width) + b"ab")

    assert value == cls(2, 0, b"ab")


@pytest.mark.parametrize(
    ("type_", "number"), [(i8, -1), (i64, -(2**63)), (u128, 2**64), (u128, 2**128 - 1), (i8, -128)]
)
def test_operand_outside_64_bits_is_an_invalid_size(codec: Codecs, type_: Any, number: int) -> None:
    """
    Also where the result would be in bounds.
    """
    cls = sized("a % 2", type_)
    width = cls.field_size() // 2
    data = number.to_bytes(width, "big", signed=number < 0) + bytes(width)

    with raises(InvalidSize, ("data",), width * 2, value=number):
        codec(cls).decode(data)
    with raises(LengthMismatch, ("data",), width * 2, expected=number, actual=0):
        codec(cls).encode(cls(number, 0, b""))


@pytest.mark.parametrize("number", [2**64 - 1, 2**63, 2**61, 2**48, 2**32, 1000])
def test_size_that_the_input_cannot_hold_is_insufficient_data(codec: Codecs, number: int) -> None:
    """
    However large, nothing is reserved for it.
    """
    cls = sized("a", u64)
    data = number.to_bytes(8, "big") + bytes(8) + b"abc"

    with raises(InsufficientData, ("data",), 16, expected=number, actual=3):
        codec(cls).decode(data)


@pytest.mark.parametrize("cls", [FixedSizes, ByField])
def test_data_cut_short_is_told_at_its_start(codec: Codecs, cls: Any) -> None:
    """
    Bytes needed and bytes left.
    """
    with raises(EmptyBuffer, (), expected=cls.field_size()):
        codec(cls).decode(b"")


def test_sized_data_cut_short(codec: Codecs) -> None:
    """
    Fixed sizes and sizes from fields alike.
    """
    with raises(InsufficientData, ("a",), 0, expected=3, actual=2):
        codec(FixedSizes).decode(b"ab")
    with raises(InsufficientData, ("b",), 3, expected=4, actual=0):
        codec(FixedSizes).decode(b"abc")
    with raises(InsufficientData, ("data",), 1, expected=5, actual=2):
        codec(ByField).decode(b"\5ab")
    with raises(InsufficientData, ("text",), 5, expected=2, actual=1):
        codec(ByField).decode(b"\2ab\0\2c")
    with raises(TrailingData, (), 6, consumed=6, actual=7):
        codec(ByField).decode(b"\2ab\0\1cx")


@pytest.mark.parametrize(
    ("value", "name", "at", "expected", "actual"),
    [
        (FixedSizes(b"ab", "abcd", b"", ""), "a", 0, 3, 2),
        (FixedSizes(b"abcd", "abcd", b"", ""), "a", 0, 3, 4),
        (FixedSizes(b"abc", "abcé", b"", ""), "b", 3, 4, 5),
        (FixedSizes(b"abc", "abc", b"", ""), "b", 3, 4, 3),
        (FixedSizes(b"abc", "abcd", b"x", ""), "c", 7, 0, 1),
        (FixedSizes(b"abc", "abcd", b"", "x"), "d", 7, 0, 1),
        (ByField(3, b"ab", 0, ""), "data", 1, 3, 2),
        (ByField(0, b"ab", 0, ""), "data", 1, 0, 2),
        (ByField(1, b"a", 1, "é"), "text", 4, 1, 2),
    ],
    ids=repr,
)
def test_data_of_another_length_than_declared_is_a_mismatch(
    codec: Codecs, value: Struct, name: str, at: int, expected: int, actual: int
) -> None:
    """
    The sized field is named, not the one that counts.
    """
    with raises(LengthMismatch, (name,), at, expected=expected, actual=actual):
        codec(type(value)).encode(value)


@pytest.mark.parametrize(
    "bad", ["ff", "c3", "c3 28", "ed a0 80", "f4 90 80 80", "c0 80", "e2 82", "80", "f8 88 80 80 80"]
)
def test_strings_are_strict_utf_8(codec: Codecs, bad: str) -> None:
    """
    No cut sequences, overlong forms, surrogates or numbers above 0x10FFFF; told at the field's start.
    """
    data = bytes.fromhex(bad)

    with raises(InvalidUtf8, ("rest",), 1):
        codec(RestText).decode(b"\1" + data)
    with raises(InvalidUtf8, ("text",), 3):
        codec(ByField).decode(b"\0" + len(data).to_bytes(2, "big") + data)


def test_string_too_short_comes_before_invalid_utf_8(codec: Codecs) -> None:
    """
    The length is checked first.
    """
    with raises(InsufficientData, ("text",), 3, expected=3, actual=1):
        codec(ByField).decode(b"\0\0\3\xff")


def test_lone_surrogates_are_out_of_range(codec: Codecs) -> None:
    """
    A str of the right kind that UTF-8 cannot carry; found before its length is judged.
    """
    with raises(OutOfRange, ("rest",), 1, value="a\ud800", minimum=None, maximum=None):
        codec(RestText).encode(RestText(1, "a\ud800"))
    with raises(OutOfRange, ("b",), 3, value="\udcff"):
        codec(FixedSizes).encode(FixedSizes(b"abc", "\udcff", b"", ""))


class Buffers(Struct):
    n: u8
    data: bytes = size("n")


@pytest.mark.parametrize(
    "data",
    [
        b"\1\2\3\4",
        bytearray(b"\1\2\3\4"),
        memoryview(b"\1\2\3\4"),
        memoryview(b"\0\1\2\3\4")[1:],
        array.array("B", [1, 2, 3, 4]),
        memoryview(bytearray(b"\1\2\3\4")).cast("B", (2, 2)),
        array.array("H", b"\1\2\3\4"),
    ],
    ids=lambda v: type(v).__name__,
)
def test_bytes_are_any_contiguous_buffer(codec: Codecs, data: Any) -> None:
    """
    Its length is in bytes, whatever its items; reading gives bytes.
    """
    assert codec(Buffers).encode(Buffers(4, data)) == b"\4\1\2\3\4"
    assert type(codec(Buffers).decode(b"\4\1\2\3\4").data) is bytes


@pytest.mark.parametrize("data", ["abcd", 4, None, [1, 2, 3, 4], memoryview(b"12345678")[::2], (b"abcd",)])
def test_what_is_no_contiguous_buffer_is_no_bytes(codec: Codecs, data: Any) -> None:
    """
    A str is not encoded in passing, and holes are not left out.
    """
    with raises(WrongType, ("data",), 1, expected="bytes", actual=type(data).__name__):
        codec(Buffers).encode(Buffers(4, data))


@pytest.mark.parametrize("text", [b"abc", 5, None, ["a"], bytearray(b"a")], ids=repr)
def test_what_is_no_str_is_no_string(codec: Codecs, text: Any) -> None:
    """
    Bytes are not decoded in passing.
    """
    with raises(WrongType, ("rest",), 1, expected="a str", actual=type(text).__name__):
        codec(RestText).encode(RestText(1, text))


def test_bit_fields_may_size(codec: Codecs) -> None:
    """
    Inside a byte, across bytes, and with others in an expression.
    """

    class Sized(Struct):
        a: u8 = bits(4)
        b: u16 = bits(12)
        x: bytes = size("a")
        y: bytes = size("b - a * 2")

    same_bytes(codec, Sized(2, 7, b"xx", b"yyy"), "2007 7878 797979", "7200 7878 797979")


def test_numbers_inside_an_earlier_nested_struct_may_size(codec: Codecs) -> None:
    """
    Dotted, to any depth, in the byte order that they have there.
    """

    class Inner(Struct):
        flag: u8 = bits(2)
        n: u8 = bits(6)

    class Header(Struct):
        inner: Inner
        length: u16

    class Outer(Struct):
        header: Header = field(byteorder="little")
        data: bytes = size("header.length - header.inner.n")
        more: str = size("header.inner.n")

    same_bytes(codec, Outer(Header(Inner(1, 2), 5), b"abc", "de"), "09 0500 616263 6465")
    assert Outer.field_size() == 3
    with raises(InvalidSize, ("data",), 3, value=-1):
        codec(Outer).decode(bytes.fromhex("09 0100"))
    with raises(LengthMismatch, ("more",), 6, expected=2, actual=1):
        codec(Outer).encode(Outer(Header(Inner(1, 2), 5), b"abc", "d"))


def test_inherited_numbers_may_size(codec: Codecs) -> None:
    """
    A subclass refers to its parent's fields.
    """

    class Base(Struct):
        n: u8

    class Child(Base):
        data: bytes = size("n * 2")

    same_bytes(codec, Child(2, b"abcd"), "02 61626364")


def test_one_number_may_size_several(codec: Codecs) -> None:
    """
    Each is checked for itself.
    """

    class Pair(Struct):
        n: u8
        a: bytes = size("n")
        b: str = size("n + 1")
        c: list[u16] = count("n")

    same_bytes(codec, Pair(1, b"a", "bc", [3]), "01 61 6263 0003", "01 61 6263 0300")
    with raises(LengthMismatch, ("b",), 2, expected=2, actual=3):
        codec(Pair).encode(Pair(1, b"a", "bcd", [3]))


@pytest.mark.parametrize(("given", "length"), [(True, 1), (2, 2)])
def test_numbers_that_size_are_what_was_written(codec: Codecs, given: Any, length: int) -> None:
    """
    A number given as another kind of integer sizes as the number it is.
    """
    assert codec(Buffers).encode(Buffers(given, b"a" * length)) == bytes([length]) + b"a" * length


def test_wrong_number_comes_before_what_it_sizes(codec: Codecs) -> None:
    """
    The first bad field in declaration order.
    """
    with raises(OutOfRange, ("n",), 0, value=256):
        codec(Buffers).encode(Buffers(256, b"a"))
    with raises(WrongType, ("n",), 0, expected="an int"):
        codec(Buffers).encode(Buffers("1", b"a"))  # type: ignore[arg-type]  # wrong on purpose


def test_fixed_size_beside_other_fields_of_any_type(codec: Codecs) -> None:
    """
    What follows data of any length is read where that ends.
    """

    class Mixed(Struct):
        n: u8
        a: bytes = size("n")
        x: f32
        m: u8
        b: str = size("m")
        y: u32

    same_bytes(
        codec,
        Mixed(3, b"abc", 1.0, 2, "ñ", 9),
        "03 616263 3f800000 02 c3b1 00000009",
        "03 616263 0000803f 02 c3b1 09000000",
    )
