"""
Bit fields: where each bit lies, in either byte order, inside a byte and across bytes.
"""

import enum
import random
import types
from typing import Any

import pytest
from checks import Codecs, raises, same_bytes

from bebytes import Struct, bits, char, count, field, i8, i16, i32, i128, size, u8, u16, u32, u64, u128
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
    kind: u8 = bits(12)
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


class OneByteEach(Struct):
    a: u32 = bits(8)
    b: u16 = bits(16)
    c: u64 = bits(24)


@pytest.mark.parametrize(
    ("value", "big", "little"),
    [
        (Wide(0xA, 0x1234, 0xB), "a1234b", "4a23b1"),
        (Middle(1, 0x2ABC, 0, 0x11223344), "d578 11223344", "7955 44332211"),
        (Byte(15, 5), "7d", "af"),
        (Byte(0b10101, 0b101), "ad", "b5"),
        (Byte(31, 0), "f8", "1f"),
        (Byte(0, 7), "07", "e0"),
        # 101 1 000010000001 | 001 -> bits from the least significant one on
        (Header(5, True, 0x081, 0x0102), "b081 0102", "1d08 0201"),
        (Signed(-1, -2, 0), "fffc", "f77f"),
        (Signed(-4, 2047, -1), "8fff", "fcbf"),
        (Signed(3, -2048, -1), "7001", "03c0"),
        (Huge(0x1, 0xFEDCBA98765432100123456789ABCDEF, 0x2), "1fedcba98765432100123456789abcdef2",
         "f1debc9a78563412002143658 7a9cbed2f".replace(" ", "")),
        (HugeSigned(True, -1), "ff" * 16, "ff" * 16),
        (HugeSigned(False, -1), "7f" + "ff" * 15, "fe" + "ff" * 15),
        (HugeSigned(True, -(2**126)), "c0" + "00" * 15, "01" + "00" * 14 + "80"),
        (Text("A", "\U0010ffff", 9), "8321 fff f9".replace(" ", "").replace("8321fff", "8321fff"), "c1ffff9f".replace("c1ffff9f", "c1ff8790")),
        (OneByteEach(1, 0x0203, 0x040506), "010203040506", "010302060504"),
    ],
)
def test_bit_layout(codec: Codecs, value: Struct, big: str, little: str) -> None:
    same_bytes(codec, value, big, little)
