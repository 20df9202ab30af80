"""
Scalars: u8 to u128, i8 to i128, f32, f64, bool and char.
"""

import decimal
import enum
import fractions
import math
import struct
from typing import Any

import numpy
import pytest
from checks import Codecs, raises, same_bytes

from bebytes import Struct, char, f32, f64, i8, i16, i32, i64, i128, u8, u16, u32, u64, u128
from bebytes.errors import (
    EmptyBuffer,
    InsufficientData,
    InvalidChar,
    InvalidDiscriminant,
    OutOfRange,
    TrailingData,
    WrongType,
)


class U8(Struct):
    x: u8


class U16(Struct):
    x: u16


class U32(Struct):
    x: u32


class U64(Struct):
    x: u64


class U128(Struct):
    x: u128


class I8(Struct):
    x: i8


class I16(Struct):
    x: i16


class I32(Struct):
    x: i32


class I64(Struct):
    x: i64


class I128(Struct):
    x: i128


class F32(Struct):
    x: f32


class F64(Struct):
    x: f64


class Bool(Struct):
    x: bool


class Char(Struct):
    x: char


INTEGERS: list[tuple[Any, Any, str]] = [
    (U8, 0, "00"),
    (U8, 0xFF, "ff"),
    (U16, 0x0102, "0102"),
    (U16, 0xFFFE, "fffe"),
    (U32, 0x01020304, "01020304"),
    (U32, 0xFFFFFFFF, "ffffffff"),
    (U64, 0x0102030405060708, "0102030405060708"),
    (U64, 0xFFFFFFFFFFFFFFFF, "ffffffffffffffff"),
    (U64, 0x8000000000000000, "8000000000000000"),
    (U128, 0x0102030405060708090A0B0C0D0E0F10, "0102030405060708090a0b0c0d0e0f10"),
    (U128, 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF, "ff" * 16),
    (U128, 0x10000000000000000, "0000000000000001" + "0000000000000000"),
    (I8, -1, "ff"),
    (I8, -128, "80"),
    (I8, 127, "7f"),
    (I16, -2, "fffe"),
    (I16, -32768, "8000"),
    (I16, 0x1234, "1234"),
    (I32, -3, "fffffffd"),
    (I32, -2147483648, "80000000"),
    (I32, 2147483647, "7fffffff"),
    (I64, -4, "fffffffffffffffc"),
    (I64, -9223372036854775808, "8000000000000000"),
    (I64, 9223372036854775807, "7fffffffffffffff"),
    (I128, -5, "f" * 31 + "b"),
    (I128, -170141183460469231731687303715884105728, "80" + "00" * 15),
    (I128, 170141183460469231731687303715884105727, "7f" + "ff" * 15),
    (I128, -18446744073709551616, "ff" * 8 + "00" * 8),
]

FLOATS: list[tuple[Any, Any, str]] = [
    (F32, 0.0, "00000000"),
    (F32, -0.0, "80000000"),
    (F32, 1.5, "3fc00000"),
    (F32, -2.0, "c0000000"),
    (F32, math.inf, "7f800000"),
    (F32, -math.inf, "ff800000"),
    (F32, 2.0**-149, "00000001"),
    (F32, 3.4028234663852886e38, "7f7fffff"),
    (F64, 1.5, "3ff8000000000000"),
    (F64, -0.0, "8000000000000000"),
    (F64, 0.1, "3fb999999999999a"),
    (F64, math.inf, "7ff0000000000000"),
    (F64, -math.inf, "fff0000000000000"),
    (F64, 5e-324, "0000000000000001"),
    (F64, 1.7976931348623157e308, "7fefffffffffffff"),
]

OTHERS: list[tuple[Any, Any, str]] = [
    (Bool, False, "00"),
    (Bool, True, "01"),
    (Char, "\0", "00000000"),
    (Char, "A", "00000041"),
    (Char, "é", "000000e9"),
    (Char, "\ud7ff", "0000d7ff"),
    (Char, "\ue000", "0000e000"),
    (Char, "😀", "0001f600"),
    (Char, "\U0010ffff", "0010ffff"),
]


def backwards(text: str) -> str:
    """
    The bytes of a hex text from last to first.
    """
    return bytes.fromhex(text)[::-1].hex()


@pytest.mark.parametrize(("cls", "value", "big"), INTEGERS + FLOATS + OTHERS)
def test_scalar_takes_its_full_width_in_either_byte_order(codec: Codecs, cls: Any, value: Any, big: str) -> None:
    """
    A scalar alone is its bytes, and in little endian the same bytes backwards.
    """
    same_bytes(codec, cls(value), big, backwards(big))


def test_scalars_follow_each_other_without_padding(codec: Codecs) -> None:
    """
    No alignment: a wide number may start on any byte.
    """

    class Mixed(Struct):
        a: u8
        b: u64
        c: bool
        d: i128
        e: u16
        f: f64
        g: i8
        h: char
        i: f32

    value = Mixed(1, 2, True, -2, 3, 1.0, -1, "B", -1.0)

    same_bytes(
        codec,
        value,
        "01 0000000000000002 01 fffffffffffffffffffffffffffffffe 0003 3ff0000000000000 ff 00000042 bf800000",
        "01 0200000000000000 01 feffffffffffffffffffffffffffffff 0300 000000000000f03f ff 42000000 000080bf",
    )


@pytest.mark.parametrize(
    ("cls", "minimum", "maximum"),
    [
        (U8, 0, 255),
        (U16, 0, 65535),
        (U32, 0, 4294967295),
        (U64, 0, 18446744073709551615),
        (U128, 0, 340282366920938463463374607431768211455),
        (I8, -128, 127),
        (I16, -32768, 32767),
        (I32, -2147483648, 2147483647),
        (I64, -9223372036854775808, 9223372036854775807),
        (I128, -170141183460469231731687303715884105728, 170141183460469231731687303715884105727),
        (Bool, 0, 1),
    ],
)
def test_integer_outside_its_type_is_out_of_range(codec: Codecs, cls: Any, minimum: int, maximum: int) -> None:
    """
    The nearest numbers outside, and far ones, are refused with the value and the range.
    """
    for value in (minimum - 1, maximum + 1, 2**128, -(2**128), 10**5000):
        with raises(OutOfRange, ("x",), value=value, minimum=minimum, maximum=maximum):
            codec(cls).encode(cls(value))


class Index:
    """
    An integer of another library.
    """

    def __index__(self) -> int:
        return 7


class TellsNot:
    """
    Has `__index__` and `__float__`, which refuse.
    """

    def __index__(self) -> int:
        raise TypeError("not an integer after all")

    def __float__(self) -> float:
        raise TypeError("not a float after all")


class Fails:
    """
    Has `__index__` and `__float__`, which fail in the user's own way.
    """

    def __index__(self) -> int:
        raise ZeroDivisionError("the user's own")

    def __float__(self) -> float:
        raise ZeroDivisionError("the user's own")


class Number(enum.IntEnum):
    SEVEN = 7


class IntLike(int):
    """
    A subclass of int.
    """


@pytest.mark.parametrize("value", [7, Index(), Number.SEVEN, IntLike(7)], ids=repr)
@pytest.mark.parametrize(
    ("cls", "expected"),
    [(U8, "07"), (I8, "07"), (U16, "0007"), (U64, "0000000000000007"), (I128, "00" * 15 + "07"), (F32, "40e00000")],
)
def test_whatever_has_index_is_an_integer_and_a_float(codec: Codecs, cls: Any, expected: str, value: Any) -> None:
    """
    Integers are taken by `__index__`, in float fields too.
    """
    assert codec(cls).encode(cls(value)).hex() == expected


def test_bool_is_an_integer_and_one_is_a_bool(codec: Codecs) -> None:
    """
    True is 1 in an integer field, 0 and 1 are bools in a bool field, and decoding gives bools.
    """
    assert codec(U16).encode(U16(True)) == b"\0\1"
    assert codec(Bool).encode(Bool(1)) == b"\1"  # type: ignore[arg-type]  # a checker wants a bool
    assert codec(Bool).encode(Bool(0)) == b"\0"  # type: ignore[arg-type]  # a checker wants a bool
    assert codec(Bool).decode(b"\1").x is True
    assert codec(Bool).decode(b"\0").x is False


@pytest.mark.parametrize(
    ("cls", "value", "expected", "actual"),
    [
        (U8, "7", "an int", "str"),
        (U8, 7.0, "an int", "float"),
        (U64, None, "an int", "NoneType"),
        (I128, b"7", "an int", "bytes"),
        (U16, TellsNot(), "an int", "TellsNot"),
        (U8, Index, "an int", "type"),
        (Bool, "yes", "a bool", "str"),
        (Bool, 1.0, "a bool", "float"),
        (F32, "1.0", "a float", "str"),
        (F64, None, "a float", "NoneType"),
        (F64, 1j, "a float", "complex"),
        (F64, b"1", "a float", "bytes"),
        (F64, TellsNot(), "a float", "TellsNot"),
        (Char, 65, "a str of length 1", "int"),
        (Char, b"A", "a str of length 1", "bytes"),
        (Char, None, "a str of length 1", "NoneType"),
    ],
)
def test_value_of_another_kind_is_wrong_type(codec: Codecs, cls: Any, value: Any, expected: str, actual: str) -> None:
    """
    What the field takes and what was given are named.
    """
    with raises(WrongType, ("x",), expected=expected, actual=actual):
        codec(cls).encode(cls(value))


@pytest.mark.parametrize("cls", [U8, U128, Bool, F32, F64])
def test_errors_of_the_users_own_numbers_come_through(codec: Codecs, cls: Any) -> None:
    """
    An exception raised inside `__index__` or `__float__` is not swallowed.
    """
    with pytest.raises(ZeroDivisionError, match="the user's own"):
        codec(cls).encode(cls(Fails()))


@pytest.mark.parametrize(
    ("value", "expected"),
    [(fractions.Fraction(3, 2), "3fc00000"), (decimal.Decimal("1.5"), "3fc00000"), (3, "40400000"), (True, "3f800000")],
    ids=repr,
)
def test_whatever_has_float_is_a_float(codec: Codecs, value: Any, expected: str) -> None:
    """
    Floats are taken by `__float__`.
    """
    assert codec(F32).encode(F32(value)).hex() == expected


def test_float_wins_over_index(codec: Codecs) -> None:
    """
    An object with both is its `__float__`, as for `float(x)`.
    """

    class Both(Index):
        def __float__(self) -> float:
            return 1.5

    assert codec(F64).encode(F64(Both())) == bytes.fromhex("3ff8000000000000")  # type: ignore[arg-type]  # no float


def test_f32_rounds_to_the_nearest_even(codec: Codecs) -> None:
    """
    A number between two f32 values becomes the nearest; what rounds beyond the largest is refused, not made infinite.
    """
    of_f32 = codec(F32)

    assert of_f32.encode(F32(0.1)).hex() == "3dcccccd"
    assert of_f32.encode(F32(16777217.0)).hex() == "4b800000"
    assert of_f32.encode(F32(16777219.0)).hex() == "4b800002"
    assert of_f32.encode(F32(1e-46)).hex() == "00000000"
    assert of_f32.encode(F32(3.4028235677973362e38)).hex() == "7f7fffff"
    with raises(OutOfRange, ("x",), value=3.4028235677973366e38, maximum=3.4028234663852886e38):
        of_f32.encode(F32(3.4028235677973366e38))
    with raises(OutOfRange, ("x",), value=-1e39, minimum=-3.4028234663852886e38):
        of_f32.encode(F32(-1e39))


@pytest.mark.parametrize("cls", [F32, F64])
def test_int_beyond_every_float_is_out_of_range(codec: Codecs, cls: Any) -> None:
    """
    An integer that `float` cannot take is refused as itself.
    """
    with raises(OutOfRange, ("x",), value=10**400):
        codec(cls).encode(cls(10**400))
    with raises(OutOfRange, ("x",), value=-(10**400)):
        codec(cls).encode(cls(-(10**400)))


@pytest.mark.parametrize("bits", ["7ff8000000000000", "fff8000000000001", "7ff8deadbeefcafe", "7ff0000000000001"])
def test_f64_keeps_the_payload_of_a_nan(codec: Codecs, bits: str) -> None:
    """
    The 64 bits of a NaN come back as they were.
    """
    of_f64 = codec(F64)

    value = of_f64.decode(bytes.fromhex(bits))

    assert math.isnan(value.x)
    assert struct.pack(">d", value.x).hex() == bits
    assert of_f64.encode(value).hex() == bits


@pytest.mark.parametrize(
    ("bits", "also"), [("7fc00000", "7fc00000"), ("ffc12345", "ffc12345"), ("7f812345", "7fc12345")]
)
def test_f32_keeps_the_payload_of_a_nan(codec: Codecs, bits: str, also: str) -> None:
    """
    A quiet NaN comes back as it was; a signalling one may come back quiet.
    """
    of_f32 = codec(F32)

    value = of_f32.decode(bytes.fromhex(bits))

    assert math.isnan(value.x)
    assert of_f32.encode(value).hex() in (bits, also)


@pytest.mark.parametrize("value", ["", "ab", "e\u0301", chr(0xD800), chr(0xDFFF)], ids=ascii)
def test_char_is_one_unicode_scalar_value(codec: Codecs, value: str) -> None:
    """
    A str of another length and a surrogate are of the right kind, but do not fit.
    """
    with raises(OutOfRange, ("x",), value=value, minimum="\0", maximum="\U0010ffff"):
        codec(Char).encode(Char(value))


def test_subclass_of_str_is_a_char(codec: Codecs) -> None:
    """
    A str subclass counts as a str.
    """

    class Letter(str):
        """A str of a user's own."""

    assert codec(Char).encode(Char(Letter("Z"))) == b"\0\0\0Z"


@pytest.mark.parametrize("byte", [2, 3, 0x80, 0xFF])
def test_byte_other_than_0_and_1_is_no_bool(codec: Codecs, byte: int) -> None:
    """
    Bools are strict when they are read.
    """
    with raises(InvalidDiscriminant, ("x",), value=byte, type_name="bool"):
        codec(Bool).decode(bytes([byte]))


@pytest.mark.parametrize("number", [0xD800, 0xDFFF, 0x110000, 0xFFFFFFFF])
def test_number_that_is_no_unicode_scalar_value_is_no_char(codec: Codecs, number: int) -> None:
    """
    Surrogates and numbers above 0x10FFFF are refused in either byte order.
    """
    with raises(InvalidChar, ("x",), value=number):
        codec(Char).decode(number.to_bytes(4, "big"))
    with raises(InvalidChar, ("x",), value=number):
        codec(Char, byteorder="little").decode(number.to_bytes(4, "little"))


@pytest.mark.parametrize(
    ("cls", "width"),
    [(U16, 2), (U32, 4), (U64, 8), (U128, 16), (I16, 2), (I32, 4), (I64, 8), (I128, 16), (F32, 4), (F64, 8), (Char, 4)],
)
def test_scalar_cut_short_names_the_bytes_needed_and_left(codec: Codecs, cls: Any, width: int) -> None:
    """
    Each shorter input is told apart: none at all, and some.
    """
    with raises(EmptyBuffer, (), expected=width, actual=0):
        codec(cls).decode(b"")
    for left in range(1, width):
        with raises(InsufficientData, ("x",), expected=width, actual=left):
            codec(cls).decode(bytes(left))
    with raises(TrailingData, (), width, consumed=width, actual=width + 1):
        codec(cls).decode(bytes(width + 1))


def test_error_is_that_of_the_first_bad_field(codec: Codecs) -> None:
    """
    Fields are judged in declaration order, as if read and written one at a time.
    """

    class Three(Struct):
        a: u16
        b: bool
        c: u32

    with raises(InvalidDiscriminant, ("b",), 2, value=9, type_name="bool"):
        codec(Three).decode(bytes.fromhex("0001 09 00"))
    with raises(InsufficientData, ("c",), 3, expected=4, actual=3):
        codec(Three).decode(bytes.fromhex("0001 01 000000"))
    with raises(InsufficientData, ("b",), 2, expected=1, actual=0):
        codec(Three).decode(bytes.fromhex("0001"))
    with raises(OutOfRange, ("a",), value=-1):
        codec(Three).encode(Three(-1, 5, "c"))  # type: ignore[arg-type]  # wrong on purpose
    with raises(OutOfRange, ("b",), 2, value=5, minimum=0, maximum=1):
        codec(Three).encode(Three(1, 5, "c"))  # type: ignore[arg-type]  # wrong on purpose
    with raises(WrongType, ("c",), 3, expected="an int", actual="str"):
        codec(Three).encode(Three(1, 1, "c"))  # type: ignore[arg-type]  # wrong on purpose


@pytest.mark.parametrize("value", [numpy.str_("1.5"), numpy.bytes_(b"1.5"), "1.5"])
def test_text_is_no_float_even_where_numpy_could_parse_it(codec: Codecs, value: Any) -> None:
    """Numbers are not read from text."""

    class Float(Struct):
        f: f32

    with pytest.raises(WrongType):
        codec(Float).encode(Float(value))
