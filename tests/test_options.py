"""
Options: a tag byte, then the value's full width, always.
"""

import enum
import math
from typing import Annotated, Any, Optional

import pytest
from checks import Codecs, raises, same_bytes

from bebytes import Struct, char, count, f32, f64, field, i8, i128, size, u8, u16, u32, u128
from bebytes.errors import (
    InsufficientData,
    InvalidChar,
    InvalidDiscriminant,
    LengthMismatch,
    OutOfRange,
    WrongType,
)


class Kind(enum.IntEnum):
    DATA = 0
    ACK = 1
    LAST = 300


class Flags(enum.IntFlag):
    A = 1
    B = 2


CASES = [
    (u8 | None, 0, "01 00", "01 00"),
    (u16 | None, 0x0102, "01 0102", "01 0201"),
    (i8 | None, -1, "01 ff", "01 ff"),
    (u128 | None, 1, "01" + "00" * 15 + "01", "01 01" + "00" * 15),
    (i128 | None, -2, "01" + "ff" * 15 + "fe", "01 fe" + "ff" * 15),
    (f32 | None, 1.5, "01 3fc00000", "01 0000c03f"),
    (f64 | None, -0.0, "01 8000000000000000", "01 0000000000000080"),
    (bool | None, True, "01 01", "01 01"),
    (bool | None, False, "01 00", "01 00"),
    (char | None, "é", "01 000000e9", "01 e9000000"),
    (Kind | None, Kind.LAST, "01 012c", "01 2c01"),
    (Annotated[Kind, u32] | None, Kind.ACK, "01 00000001", "01 01000000"),
    (Flags | None, Flags.A | Flags.B, "01 03", "01 03"),
    (Flags | None, Flags(0), "01 00", "01 00"),
    (Optional[u16], 7, "01 0007", "01 0700"),  # noqa: UP045  # the old spelling
    (None | u16, 7, "01 0007", "01 0700"),
]


@pytest.mark.parametrize(("annotation", "value", "big", "little"), CASES)
def test_option_is_a_tag_and_the_full_width(codec: Codecs, annotation: Any, value: Any, big: str, little: str) -> None:
    """
    Present: 01 and the value; absent: 00 and as many zeros.
    """

    class Holder(Struct):
        x: annotation
        y: u8

    absent = "00" * len(bytes.fromhex(big)) + "ee"

    same_bytes(codec, Holder(value, 0xEE), big + "ee", little + "ee")
    same_bytes(codec, Holder(None, 0xEE), absent)
    assert Holder.field_size() == len(bytes.fromhex(absent))


def test_option_of_bytes_has_a_fixed_size(codec: Codecs) -> None:
    """
    Also of no bytes at all, where the tag alone tells.
    """

    class Holder(Struct):
        x: bytes | None = size(3)
        none: bytes | None = size(0)

    same_bytes(codec, Holder(b"abc", b""), "01 616263 01")
    same_bytes(codec, Holder(None, None), "00 000000 00")
    with raises(LengthMismatch, ("x",), 0, expected=3, actual=2):
        codec(Holder).encode(Holder(b"ab", None))
    with raises(WrongType, ("x",), 0, expected="bytes or None", actual="str"):
        codec(Holder).encode(Holder("abc", None))  # type: ignore[arg-type]  # wrong on purpose


class Late(Struct):
    before: u8
    x: u16 | None


def test_padding_of_an_absent_option_is_ignored(codec: Codecs) -> None:
    """
    Whatever stands behind tag 0 is read over, even what would be no value.
    """

    class Strict(Struct):
        c: char | None
        k: Kind | None
        b: bool | None

    assert codec(Late).decode(bytes.fromhex("05 00 ffff")) == Late(5, None)
    assert codec(Strict).decode(bytes.fromhex("00 ffffffff 00 ffff 00 ff")) == Strict(None, None, None)


@pytest.mark.parametrize("tag", [2, 3, 0x80, 0xFF])
def test_tag_above_1_is_an_invalid_discriminant_at_the_tag(codec: Codecs, tag: int) -> None:
    """
    Of type `Option`.
    """
    with raises(InvalidDiscriminant, ("x",), 1, value=tag, type_name="Option"):
        codec(Late).decode(bytes([0, tag, 0, 0]))


def test_option_cut_short_needs_tag_and_value(codec: Codecs) -> None:
    """
    The missing bytes are found before the tag is judged.
    """
    with raises(InsufficientData, ("x",), 1, expected=3, actual=0):
        codec(Late).decode(b"\0")
    with raises(InsufficientData, ("x",), 1, expected=3, actual=1):
        codec(Late).decode(b"\0\0")
    with raises(InsufficientData, ("x",), 1, expected=3, actual=2):
        codec(Late).decode(b"\0\7\0")


class Checked(Struct):
    before: u8
    c: char | None
    k: Kind | None
    b: bool | None
    f: Flags | None


def test_errors_of_the_value_are_told_at_the_tag(codec: Codecs) -> None:
    """
    An option's offset is that of its tag.
    """
    checked = codec(Checked)

    with raises(InvalidChar, ("c",), 1, value=0xD800):
        checked.decode(bytes.fromhex("00 01 0000d800 00 0000 00 00 00 00"))
    with raises(InvalidDiscriminant, ("k",), 6, value=2, type_name="Kind"):
        checked.decode(bytes.fromhex("00 00 00000000 01 0002 00 00 00 00"))
    with raises(InvalidDiscriminant, ("b",), 9, value=2, type_name="bool"):
        checked.decode(bytes.fromhex("00 00 00000000 00 0000 01 02 00 00"))
    with raises(InvalidDiscriminant, ("f",), 11, value=4, type_name="Flags"):
        checked.decode(bytes.fromhex("00 00 00000000 00 0000 00 00 01 04"))
    with raises(OutOfRange, ("c",), 1, value="ab"):
        checked.encode(Checked(0, "ab", None, None, None))
    with raises(OutOfRange, ("k",), 6, value=5, minimum=0, maximum=300):
        checked.encode(Checked(0, None, 5, None, None))  # type: ignore[arg-type]  # no member
    with raises(OutOfRange, ("b",), 9, value=2):
        checked.encode(Checked(0, None, None, 2, None))  # type: ignore[arg-type]  # no bool
    with raises(OutOfRange, ("x",), 1, value=65536, minimum=0, maximum=65535):
        codec(Late).encode(Late(0, 65536))


@pytest.mark.parametrize(
    ("value", "name", "at", "expected", "actual"),
    [
        (Late(0, "7"), "x", 1, "an int or None", "str"),  # type: ignore[arg-type]  # wrong on purpose
        (Checked(0, 7, None, None, None), "c", 1, "a str of length 1 or None", "int"),  # type: ignore[arg-type]
        (Checked(0, None, "A", None, None), "k", 6, "a Kind or None", "str"),  # type: ignore[arg-type]
        (Checked(0, None, None, "", None), "b", 9, "a bool or None", "str"),  # type: ignore[arg-type]
    ],
    ids=repr,
)
def test_option_takes_its_kind_or_none(
    codec: Codecs, value: Struct, name: str, at: int, expected: str, actual: str
) -> None:
    """
    Another kind is wrong, as without the option.
    """
    with raises(WrongType, (name,), at, expected=expected, actual=actual):
        codec(type(value)).encode(value)


def test_nan_in_an_option_is_present(codec: Codecs) -> None:
    """
    Only None is absent: not a NaN, not 0.
    """

    class Holder(Struct):
        x: f64 | None

    assert codec(Holder).encode(Holder(math.nan)).hex() == "017ff8000000000000"
    assert math.isnan(codec(Holder).decode(bytes.fromhex("017ff8000000000000")).x)


def test_none_is_no_implied_default() -> None:
    """
    An option must be given, unless it has a default.
    """

    class Holder(Struct):
        x: u8 | None

    class WithDefault(Struct):
        x: u8 | None = None
        y: u8 | None = 5

    with pytest.raises(TypeError):
        Holder()  # type: ignore[call-arg]  # wrong on purpose
    assert WithDefault() == WithDefault(None, 5)


def test_options_in_lists_and_with_their_own_byte_order(codec: Codecs) -> None:
    """
    Items of a list may be options; `byteorder` holds inside one.
    """

    class Many(Struct):
        xs: list[u16 | None] = count(3)
        y: u16 | None = field(byteorder="little")
        zs: list[bytes | None] = count(2, size=2)

    value = Many([1, None, 2], 3, [b"ab", None])

    same_bytes(
        codec,
        value,
        "01 0001 00 0000 01 0002  01 0300  01 6162 00 0000",
        "01 0100 00 0000 01 0200  01 0300  01 6162 00 0000",
    )
    with raises(InvalidDiscriminant, ("xs", 2), 6, value=9, type_name="Option"):
        codec(Many).decode(bytes.fromhex("01 0001 00 0000 09 0002 01 0300 01 6162 00 0000"))
