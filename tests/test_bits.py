"""
Bit fields: where each bit lies, in either byte order, inside a byte and across bytes.
"""

import random
import types
from typing import Any

import pytest
from checks import Codecs, raises, same_bytes

from bebytes import Struct, bits, char, count, field, i8, i16, i64, i128, size, u8, u16, u32, u64, u128
from bebytes.errors import EmptyBuffer, InsufficientData, InvalidChar, InvalidDiscriminant, OutOfRange, WrongType


class Wide(Struct):
    a: u8 = bits(4)
    b: u16 = bits(16)
    c: u8 = bits(4)


class Middle(Struct):
    a: u8 = bits(1)
    b: u16 = bits(14)
    c: u8 = bits(1)
    d: u32


class Byte(Struct):
    a: u8 = bits(5)
    b: u8 = bits(3)


class Header(Struct):
    version: u8 = bits(3)
    urgent: bool = bits()
    kind: u16 = bits(12)
    length: u16


class Signed(Struct):
    a: i8 = bits(3)
    b: i16 = bits(12)
    c: i8 = bits(1)


class Huge(Struct):
    a: u8 = bits(4)
    b: u128 = bits(128)
    c: u8 = bits(4)


class HugeSigned(Struct):
    a: bool = bits(1)
    b: i128 = bits(127)


class Text(Struct):
    a: char = bits(7)
    b: char = bits(21)
    c: u8 = bits(4)


class WholeBytes(Struct):
    a: u32 = bits(8)
    b: u16 = bits(16)
    c: u64 = bits(24)


@pytest.mark.parametrize(
    ("value", "big", "little"),
    [
        (Wide(0xA, 0x1234, 0xB), "a1234b", "4a23b1"),
        (Middle(1, 0x2ABC, 0, 0x11223344), "d578 11223344", "7955 44332211"),
        (Byte(0x15, 5), "ad", "b5"),
        (Byte(15, 5), "7d", "af"),
        (Byte(31, 0), "f8", "1f"),
        (Byte(0, 7), "07", "e0"),
        (Header(5, True, 0x081, 0x0102), "b081 0102", "1d08 0201"),
        (Signed(-1, -2, 0), "fffc", "f77f"),
        (Signed(-4, 2047, -1), "8fff", "fcbf"),
        (Signed(3, -2048, -1), "7001", "03c0"),
        (
            Huge(1, 0xFEDCBA98765432100123456789ABCDEF, 2),
            "1fedcba98765432100123456789abcdef2",
            "f1debc9a785634120021436587a9cbed2f",
        ),
        (HugeSigned(True, -1), "ff" * 16, "ff" * 16),
        (HugeSigned(False, -1), "7f" + "ff" * 15, "fe" + "ff" * 15),
        (HugeSigned(True, -(2**126)), "c0" + "00" * 15, "01" + "00" * 14 + "80"),
        (Text("A", "\U0010ffff", 9), "830ffff9", "c1ff7f98"),
        (WholeBytes(1, 0x0203, 0x040506), "010203040506", "010302060504"),
    ],
    ids=str,
)
def test_bits_lie_where_the_wire_format_puts_them(codec: Codecs, value: Struct, big: str, little: str) -> None:
    """
    Big endian has the most significant bit first, little endian the least; bytes are not swapped.
    """
    same_bytes(codec, value, big, little)


@pytest.mark.parametrize("type_", [u8, u16, u32, u64, u128])
def test_annotated_type_does_not_change_the_layout(codec: Codecs, type_: Any) -> None:
    """
    5 bits of a u32 equal 5 bits of a u8.
    """

    class Five(Struct):
        a: type_ = bits(5)
        b: type_ = bits(3)

    same_bytes(codec, Five(0x15, 5), "ad", "b5")


@pytest.mark.parametrize(
    ("type_", "full"),
    [(u8, "ff"), (u16, "ffff"), (u32, "ffffffff"), (u64, "ff" * 8), (u128, "ff" * 16)],
)
def test_a_bit_field_may_be_as_wide_as_its_type(codec: Codecs, type_: Any, full: str) -> None:
    """
    The full width is the plain integer.
    """

    class Full(Struct):
        a: type_ = bits(len(full) * 4)

    same_bytes(codec, Full(int(full, 16)), full)


def placed(fields: list[tuple[int, int]], little: bool) -> bytes:
    """
    Fields (width, value) put down one bit at a time, by the words of the wire format.
    """
    out = bytearray(sum(width for width, _ in fields) // 8)
    position = 0
    for width, value in fields:
        for i in range(width):
            k = position + i
            if little and value >> i & 1:
                out[k // 8] |= 1 << (k % 8)
            if not little and value >> (width - 1 - i) & 1:
                out[k // 8] |= 1 << (7 - k % 8)
        position += width
    return bytes(out)


@pytest.mark.parametrize("seed", range(60))
def test_runs_of_any_widths_agree_with_bits_put_down_one_by_one(codec: Codecs, seed: int) -> None:
    """
    Signed and unsigned fields of 1 to 128 bits, at any bit, in both byte orders.
    """
    chance = random.Random(seed)
    widths = [chance.choice((1, 2, 3, 5, 7, 8, 9, 13, 16, 31, 33, 63, 64, 65, 100, 127, 128)) for _ in range(9)]
    if sum(widths) % 8:
        widths.append(8 - sum(widths) % 8)
    names = [f"f{i}" for i in range(len(widths))]
    signed = [chance.random() < 0.4 for _ in widths]

    def fill(body: dict[str, Any]) -> None:
        body["__annotations__"] = {n: i128 if s else u128 for n, s in zip(names, signed, strict=True)}
        body.update({n: bits(w) for n, w in zip(names, widths, strict=True)})

    cls: Any = types.new_class("Run", (Struct,), {}, fill)
    values = [chance.getrandbits(w) - (s << (w - 1)) for w, s in zip(widths, signed, strict=True)]

    for byteorder in ("big", "little"):
        expected = placed(list(zip(widths, values, strict=True)), byteorder == "little")
        assert codec(cls, byteorder=byteorder).encode(cls(*values)).hex() == expected.hex()
        assert codec(cls, byteorder=byteorder).decode(expected) == cls(*values)
        ones = codec(cls, byteorder=byteorder).decode(b"\xff" * len(expected))
        assert ones == cls(*(-1 if s else (1 << w) - 1 for w, s in zip(widths, signed, strict=True)))


@pytest.mark.parametrize(
    ("value", "name", "at", "bad", "minimum", "maximum"),
    [
        (Byte(32, 0), "a", 0, 32, 0, 31),
        (Byte(-1, 0), "a", 0, -1, 0, 31),
        (Byte(0, 8), "b", 0.625, 8, 0, 7),
        (Byte(0, 256), "b", 0.625, 256, 0, 7),
        (Wide(0, 65536, 0), "b", 0.5, 65536, 0, 65535),
        (Wide(0, 0, 16), "c", 2.5, 16, 0, 15),
        (Signed(4, 0, 0), "a", 0, 4, -4, 3),
        (Signed(-5, 0, 0), "a", 0, -5, -4, 3),
        (Signed(0, 2048, 0), "b", 0.375, 2048, -2048, 2047),
        (Signed(0, 0, 1), "c", 1.875, 1, -1, 0),
        (Header(0, 2, 0, 0), "urgent", 0.375, 2, 0, 1),  # type: ignore[arg-type]  # no bool
        (Huge(0, 2**128, 0), "b", 0.5, 2**128, 0, 2**128 - 1),
        (HugeSigned(False, 2**126), "b", 0.125, 2**126, -(2**126), 2**126 - 1),
        (Text("\x80", "A", 0), "a", 0, "\x80", "\0", "\x7f"),
        (Text("A", "\ud800", 0), "b", 0.875, "\ud800", "\0", "\U0010ffff"),
        (Text("AB", "A", 0), "a", 0, "AB", "\0", "\x7f"),
    ],
    ids=ascii,
)
def test_value_too_wide_for_its_bits_is_out_of_range(
    codec: Codecs, value: Struct, name: str, at: float, bad: object, minimum: object, maximum: object
) -> None:
    """
    Values are never masked; the offset is that of the field's first bit.
    """
    for byteorder in ("big", "little"):
        with raises(OutOfRange, (name,), at, value=bad, minimum=minimum, maximum=maximum):
            codec(type(value), byteorder=byteorder).encode(value)


def test_other_kinds_are_wrong_in_bits_too(codec: Codecs) -> None:
    """
    The kind is judged as in whole bytes.
    """
    with raises(WrongType, ("b",), 0.625, expected="an int", actual="str"):
        codec(Byte).encode(Byte(0, "5"))  # type: ignore[arg-type]  # wrong on purpose
    with raises(WrongType, ("urgent",), 0.375, expected="a bool", actual="NoneType"):
        codec(Header).encode(Header(0, None, 0, 0))  # type: ignore[arg-type]  # wrong on purpose
    with raises(WrongType, ("a",), 0, expected="a str of length 1", actual="int"):
        codec(Text).encode(Text(65, "A", 0))  # type: ignore[arg-type]  # wrong on purpose


def test_short_input_counts_from_the_byte_of_the_first_bit_to_that_of_the_last(codec: Codecs) -> None:
    """
    A field of 16 bits that begins inside a byte touches three.
    """
    for byteorder in ("big", "little"):
        wide = codec(Wide, byteorder=byteorder)
        with raises(EmptyBuffer, (), 0, expected=3, actual=0):
            wide.decode(b"")
        with raises(InsufficientData, ("b",), 0.5, expected=3, actual=1):
            wide.decode(b"\0")
        with raises(InsufficientData, ("b",), 0.5, expected=3, actual=2):
            wide.decode(b"\0\0")
        with raises(InsufficientData, ("b",), 0.5, expected=17, actual=16):
            codec(Huge, byteorder=byteorder).decode(bytes(16))


def test_bool_of_more_bits_is_strict(codec: Codecs) -> None:
    """
    A bool of 3 bits holds 0 or 1; another number is refused at its first bit.
    """

    class Three(Struct):
        a: u8 = bits(5)
        b: bool = bits(3)

    with pytest.raises(TypeError):

        class Nine(Struct):
            a: bool = bits(9)

    same_bytes(codec, Three(1, True), "09", "21")
    with raises(InvalidDiscriminant, ("b",), 0.625, value=6, type_name="bool"):
        codec(Three).decode(b"\x0e")


def test_number_that_is_no_char_is_invalid_char_in_bits_too(codec: Codecs) -> None:
    """
    21 bits can hold surrogates and more than 0x10FFFF.
    """
    text = codec(Text)

    with raises(InvalidChar, ("b",), 0.875, value=0x110000):
        text.decode(placed([(7, 65), (21, 0x110000), (4, 0)], little=False))
    with raises(InvalidChar, ("b",), 0.875, value=0xDFFF):
        text.decode(placed([(7, 65), (21, 0xDFFF), (4, 0)], little=False))


def test_bit_fields_follow_data_of_any_length(codec: Codecs) -> None:
    """
    A run begins where the data before it ends, and its offsets count from the start of the buffer.
    """

    class Tail(Struct):
        n: u8
        data: bytes = size("n")
        a: u8 = bits(4)
        b: u16 = bits(12)
        c: u8

    same_bytes(codec, Tail(3, b"xyz", 0xA, 0xBCD, 0xEF), "03 78797a abcd ef", "03 78797a dabc ef")
    with raises(InsufficientData, ("b",), 3.5, expected=2, actual=1):
        codec(Tail).decode(bytes.fromhex("02 7879 a0"))
    with raises(OutOfRange, ("b",), 3.5, value=4096):
        codec(Tail).encode(Tail(2, b"xy", 1, 4096, 1))


def test_bit_fields_in_nested_structs_and_lists(codec: Codecs) -> None:
    """
    Each item starts on its own byte; a bad bit field in one is named with its index.
    """

    class Rows(Struct):
        first: Byte
        rows: list[Byte] = count(2)

    same_bytes(codec, Rows(Byte(0x15, 5), [Byte(31, 0), Byte(0, 7)]), "ad f8 07", "b5 1f e0")
    with raises(OutOfRange, ("rows", 1, "b"), 2.625, value=8):
        codec(Rows).encode(Rows(Byte(0, 0), [Byte(0, 0), Byte(0, 8)]))


def test_byte_order_may_change_between_runs_on_a_byte_boundary(codec: Codecs) -> None:
    """
    A run of bits keeps the byte order declared for it, whatever the call says.
    """

    class TwoOrders(Struct):
        a: u8 = bits(4, byteorder="little")
        b: u16 = bits(12, byteorder="little")
        c: u8 = bits(4, byteorder="big")
        d: u16 = bits(12, byteorder="big")
        e: u8 = bits(4)
        f: u16 = field(bits=12)

    value = TwoOrders(0xA, 0xBCD, 0xA, 0xBCD, 0xA, 0xBCD)

    same_bytes(codec, value, "dabc abcd abcd", "dabc abcd dabc")


def test_bit_fields_of_whole_bytes_may_change_order_each(codec: Codecs) -> None:
    """
    A field of whole bytes on a byte boundary ends its run.
    """

    class Each(Struct):
        a: u16 = bits(16, byteorder="little")
        b: u32 = bits(24, byteorder="big")
        c: i64 = bits(40)

    same_bytes(codec, Each(0x0102, 0x030405, -2), "0201 030405 fffffffffe", "0201 030405 feffffffff")
