"""
Byte order: the call's, or the field's own.
"""

import enum
from typing import Annotated, Any

import pytest
from checks import Codecs, same_bytes

from bebytes import (
    Codec,
    Struct,
    after,
    bits,
    char,
    count,
    f32,
    f64,
    field,
    i32,
    i128,
    size,
    u8,
    u16,
    u32,
    u64,
    u128,
    until,
)


class Wide(enum.IntEnum):
    BIG = 0x1234


class Flags(enum.IntFlag):
    LOW = 1
    HIGH = 0x100


class Inner(Struct):
    a: u16
    b: u16


@pytest.mark.parametrize(
    ("annotation", "value", "big"),
    [
        (u16, 0x0102, "0102"),
        (i32, -2, "fffffffe"),
        (u64, 1, "0000000000000001"),
        (u128, 0x0102, "00" * 14 + "0102"),
        (i128, -2, "ff" * 15 + "fe"),
        (f32, 1.5, "3fc00000"),
        (f64, 1.5, "3ff8000000000000"),
        (char, "é", "000000e9"),
        (bool, True, "01"),
        (Wide, Wide.BIG, "1234"),
        (Flags, Flags.HIGH, "0100"),
        (Annotated[Wide, u32], Wide.BIG, "00001234"),
    ],
)
def test_declared_byte_order_holds_whatever_the_call_says(codec: Codecs, annotation: Any, value: Any, big: str) -> None:
    """
    The field beside it follows the call.
    """

    class Big(Struct):
        x: annotation = field(byteorder="big")
        y: u16

    class Little(Struct):
        x: annotation = field(byteorder="little")
        y: u16

    little = bytes.fromhex(big)[::-1].hex()
    same_bytes(codec, Big(value, 1), big + "0001", big + "0100")
    same_bytes(codec, Little(value, 1), little + "0001", little + "0100")


def test_byte_order_of_lists_options_and_structs_holds_for_all_inside(codec: Codecs) -> None:
    """
    Of any depth.
    """

    class Outer(Struct):
        xs: list[u16] = count(2, byteorder="little")
        grid: list[list[u16]] = count(1, 2, byteorder="little")
        o: u16 | None = field(byteorder="little")
        inner: Inner = field(byteorder="little")
        inners: list[Inner] = count(1, byteorder="little")
        plain: u16

    value = Outer([1, 2], [[3, 4]], 5, Inner(6, 7), [Inner(8, 9)], 10)
    fixed = "0100 0200 0300 0400 01 0500 0600 0700 0800 0900"

    same_bytes(codec, value, fixed + "000a", fixed + "0a00")


def test_inner_declaration_wins_over_outer(codec: Codecs) -> None:
    """
    A field that declares its own order keeps it inside a struct that declares another.
    """

    class Own(Struct):
        a: u16 = field(byteorder="big")
        b: u16

    class Middle(Struct):
        own: Own
        c: u16

    class Outer(Struct):
        middle: Middle = field(byteorder="little")
        big: Middle = field(byteorder="big")

    same_bytes(codec, Outer(Middle(Own(1, 2), 3), Middle(Own(1, 2), 3)), "0001 0200 0300 0001 0002 0003")


def test_short_forms_take_a_byte_order_too(codec: Codecs) -> None:
    """
    Where a byte order means nothing, it changes nothing.
    """

    class Short(Struct):
        a: u16 = bits(16, byteorder="little")
        b: bytes = size(2, byteorder="little")
        c: str = until(0, byteorder="little")
        d: list[u16] = count("a", byteorder="big")
        e: bytes = after(0, byteorder="little")

    same_bytes(codec, Short(1, b"bc", "d", [2], b"e"), "0100 6263 6400 0002 0065")


def test_length_field_with_its_own_order_sizes_as_the_number_it_is(codec: Codecs) -> None:
    """
    Lengths are numbers, not bytes.
    """

    class Sized(Struct):
        n: u16 = field(byteorder="little")
        m: u16
        a: bytes = size("n")
        b: bytes = size("m")

    same_bytes(codec, Sized(1, 2, b"a", b"bb"), "0100 0002 61 6262", "0100 0200 61 6262")


def test_byte_order_is_big_unless_the_codec_says_otherwise(backend: Any) -> None:
    """
    And only the two words are known.
    """
    assert Codec(Inner, backend=backend).encode(Inner(1, 2)).hex() == "00010002"
    assert Codec(Inner, backend=backend).byteorder == "big"
    assert Codec(Inner, byteorder="little", backend=backend).encode(Inner(1, 2)).hex() == "01000200"
    for wrong in ("network", "BIG", "", None, 1):
        with pytest.raises(ValueError, match="write 'big' or 'little'"):
            Codec(Inner, byteorder=wrong, backend=backend)  # type: ignore[arg-type]  # wrong on purpose


def test_little_endian_bits_in_a_big_endian_message(codec: Codecs) -> None:
    """
    A declared order of bit fields is a bit order as well.
    """

    class Mixed(Struct):
        a: u8 = bits(1, byteorder="little")
        b: u16 = bits(14, byteorder="little")
        c: u8 = bits(1, byteorder="little")
        d: u32

    same_bytes(codec, Mixed(1, 0x2ABC, 0, 0x11223344), "7955 11223344", "7955 44332211")
