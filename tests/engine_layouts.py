"""
Layouts that no scenario has, for the tests of the engines: all sizes, orders and kinds of length, with values of each.
"""

import enum
from collections.abc import Iterator
from typing import Annotated

from bebytes import Codec, Struct, bits, count, f32, f64, i8, i16, i32, i64, size, u8, u16, u32, u64, u128, until
from bebytes.scenarios import Scenario


class Two(enum.IntEnum):
    A = 0
    B = 1
    C = 3


class Wide(enum.IntEnum):
    LOW = 1
    HIGH = 600


class Rights(enum.IntFlag):
    READ = 1
    WRITE = 2
    EXECUTE = 8


Many = enum.IntFlag("Many", "A B C D E F G H I J")
"""More members than unions could be listed of."""


class Numbers(Struct):
    a: u8
    b: u16
    c: u32
    d: u64


class Signed(Struct):
    a: i8
    b: i16
    c: i32
    d: i64
    e: f32
    f: f64


class Huge(Struct):
    a: u128
    b: u8


class OneEnum(Struct):
    kind: Two


class EnumBits(Struct):
    kind: Two = bits(2)
    rest: u8 = bits(6)


class WideEnum(Struct):
    kind: Wide
    again: Annotated[Two, u16]


class Flags(Struct):
    rights: Rights


class ManyFlags(Struct):
    many: Many
    last: u8


class Sized(Struct):
    length: u8
    body: bytes = size("length")


class Inner(Struct):
    a: u16 = bits(9)
    b: bool = bits(1)
    c: u8 = bits(6)


class Nested(Struct):
    first: Inner
    number: i32 | None
    second: Inner


class Arrays(Struct):
    key: bytes = size(8)
    numbers: list[u16] = count(8)


class LongArray(Struct):
    label: u8
    numbers: list[u32] = count(40)


class Packet(Struct):
    version: u8 = bits(3)
    kind: Two = bits(2)
    urgent: bool = bits(1)
    spare: u8 = bits(2)
    rights: Rights
    here: Inner
    there: Inner
    payload: bytes = size(58)


class Vector(Struct):
    number: u16
    points: list["Point"] = count("number")


class Point(Struct):
    x: u16
    y: u16


class Reading(Struct):
    sensor: u8 = bits(4)
    state: Two = bits(4)
    value: f32


class Telemetry(Struct):
    name_size: u8
    name: str = size("name_size")
    number: u8
    readings: list[Reading] = count("number")
    closed: bool


class Words(Struct):
    words: u8
    header: bytes = size("(words - 1) * 4")
    line: str = until("\n")
    numbers: list[u16]


class ThreeBytes(Struct):
    a: u8 = bits(4)
    b: u16 = bits(16)
    c: u8 = bits(4)


class Chained(Struct):
    number: u8
    length: u8
    body: bytes = size("length")
    items: list[Sized] = count("number")
    rest: list[Sized]


def values() -> Iterator[list[Struct]]:
    """
    Two or more values of each class.
    """
    inners = [Inner(0, False, 0), Inner(511, True, 63), Inner(300, False, 5)]
    yield [Numbers(0, 0, 0, 0), Numbers(255, 65535, 2**32 - 1, 2**64 - 1), Numbers(1, 258, 16909060, 72623859790382856)]
    yield [Signed(-1, -2, -3, -4, 1.5, -0.0), Signed(127, 32767, 2**31 - 1, 2**63 - 1, -2.25, 1e300)]
    yield [Huge(0, 1), Huge(2**128 - 1, 2), Huge(2**64 + 5, 3)]
    yield [OneEnum(kind) for kind in Two]
    yield [EnumBits(kind, i) for i, kind in enumerate(Two, 61)]
    yield [WideEnum(wide, kind) for wide in Wide for kind in Two]
    yield [Flags(Rights(0)), Flags(Rights.READ), Flags(Rights.WRITE | Rights.EXECUTE), Flags(Rights(11))]
    yield [ManyFlags(Many(0), 1), ManyFlags(Many(1023), 2), ManyFlags(Many(0b1000100001), 3)]
    yield [Sized(0, b""), Sized(16, bytes(range(16))), Sized(3, b"\0\0\0")]
    yield [Nested(a, number, b) for a, b, number in zip(inners, inners[::-1], (None, 0, -5), strict=True)]
    yield [Arrays(bytes(8), list(range(8))), Arrays(b"12345678", [65535] * 8)]
    yield [LongArray(1, list(range(40))), LongArray(2, [2**32 - 1] * 40)]
    yield [
        Packet(7, Two.B, True, 1, Rights.READ, inners[1], inners[2], bytes(range(58))),
        Packet(0, Two.A, False, 0, Rights(0), inners[0], inners[0], bytes(58)),
    ]
    yield [Vector(0, []), Vector(2, [Point(1, 2), Point(3, 65535)])]
    yield [
        Telemetry(0, "", 0, [], False),
        Telemetry(5, "häuf", 2, [Reading(1, Two.A, 0.5), Reading(15, Two.C, -8.0)], True),
    ]
    yield [Words(1, b"", "", []), Words(3, b"abcdefgh", "a line", [1, 515])]
    some = [Sized(1, b"a"), Sized(0, b""), Sized(2, b"bc")]
    yield [Chained(0, 0, b"", [], []), Chained(2, 3, b"xyz", some[:2], some), Chained(3, 1, b"x", some, [])]
    yield [ThreeBytes(10, 0x1234, 11), ThreeBytes(15, 65535, 0)]


def scenarios() -> Iterator[Scenario]:
    """
    Each layout in both byte orders, written by the plain-Python backend.
    """
    for byteorder in ("big", "little"):
        for given in values():
            cls = type(given[0])
            codec = Codec(cls, byteorder=byteorder, backend="python")
            data = tuple(map(codec.encode, given))
            for operation in ("encode", "decode", "round trip"):
                yield Scenario(byteorder, cls.__name__, operation, 1, tuple(given), data, "", byteorder)
