"""
Right uses of the whole language: mypy and pyright, both strict, have nothing to say here.
"""

import enum
import ipaddress
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar, assert_type

import bebytes
from bebytes import (
    Struct,
    adapters,
    align,
    at,
    bcd,
    bits,
    checksum,
    computed,
    const,
    count,
    derived,
    f16,
    field,
    fixed,
    i24,
    i32,
    padding,
    repeat_until,
    reserved,
    scaled,
    size,
    sleb128,
    switch,
    u8,
    u16,
    u24,
    u32,
    u40,
    u48,
    u56,
    u64,
    uleb128,
    until,
    vlq,
    when,
    zigzag,
)
from bebytes.errors import ChecksumMismatch, InvalidConstant, InvalidText, InvalidValue, NotReversible

T = TypeVar("T")


class Kind(enum.IntEnum):
    A = 1
    B = 2


class Point(Struct):
    x: u16
    y: u16


class Unstored(Struct):
    magic: bytes = const(b"PK")
    version: u8 = const(1)
    length: u16 = computed("sizeof(self)")
    kind: Kind
    crc: u32 = checksum("crc-32", over="kind:name")
    gap: bytes = align(4)
    pad: bytes = padding(2, policy="keep")
    rest: u8 = reserved(4)
    low: u8 = bits(4)
    name: str
    start: u16 = checksum("internet", over=":", start=5)


unstored = Unstored(Kind.A, 3, "abc")
assert_type(unstored.magic, bytes)
assert_type(unstored.length, int)
assert_type(unstored.crc, int)
assert_type(unstored.gap, bytes)
assert_type(unstored.kind, Kind)
unstored.length = 5
unstored.crc = derived
match unstored:
    case Unstored(kind, low, name):
        assert_type(kind, Kind)
        assert_type(low, int)
        assert_type(name, str)


class Numbers(Struct):
    a: u24
    b: u40
    c: u48
    d: u56
    e: i24
    f: f16
    g: uleb128
    h: sleb128
    i: zigzag
    j: vlq
    k: float = scaled(u8, 0.5, -40)
    m: float = fixed(i32, 16)
    n: int = bcd(4)


numbers = Numbers(1, 2, 3, 4, -5, 0.5, 7, -8, -9, 10, 1.5, 2.5, 1234)
assert_type(numbers.f, float)
assert_type(numbers.g, int)
assert_type(numbers.k, float)


class Conditions(Struct):
    flags: u8 = field(valid=range(10))
    time: u32 | None = when("flags & 1")
    more: u16 | None = when("flags & 2", default=None)
    made: list[u8] | None = when("flags & 4", count=2, default_factory=list[int])


assert_type(Conditions(1, 5).time, int | None)
assert_type(Conditions(1, None, 3, [1]).made, list[int] | None)


class Variants(Struct, kw_only=True):
    kind: Kind = derived
    body: Point | str | bytes = switch("kind", {Kind.A: Point, Kind.B: str}, default=bytes)
    other: Point | None = switch("kind", {Kind.A: Point, Kind.B: None}, default_factory=lambda: None)


assert_type(Variants(body="a").body, Point | str | bytes)


class Lists(Struct):
    ended: list[u8] = repeat_until("item == 0")
    steps: list[u8] = repeat_until("item == 0", keep=False, sentinel=0)
    windowed: list[Point] = size(8)
    line: str = until("\r\n")
    nibbles: list[u8] = count(4, bits=4)


assert_type(Lists([0], [], [Point(1, 2)], "a", [1, 2, 3, 4]).windowed, list[Point])


class Places(Struct, kw_only=True):
    offset: u16 = derived
    data: bytes = at("offset", size=3)
    fixed_: u16 = at(4, origin="struct", align=2)


assert_type(Places(data=b"abc", fixed_=1).data, bytes)


class Texts(Struct):
    latin: str = size(4, encoding="latin-1", pad=" ")
    raw: bytes = size(4, pad=b"\0", strip="first")
    kind: Kind = field(unknown="keep")
    other: Kind = field(unknown=Kind.B)


class Adapted(Struct):
    address: Annotated[ipaddress.IPv4Address, u32] = field(adapt=(ipaddress.IPv4Address, int))
    source: Any = field(adapt=adapters.ipv4)
    many: list[ipaddress.IPv4Address] = count(2, size=4, adapt=adapters.ipv4)
    time: datetime = field(adapt=adapters.unix_time)


class Little(Struct, byteorder="little", lossless=True, bit_order="lsb", word=16):
    a: u8 = bits(4)
    b: u16 = bits(12)


class Told(Struct, byteorder="little if order == b'II' else big", unaligned=True):
    order: bytes = size(2)
    number: u16 = field(byteorder="big")


little = Little.from_bytes(b"\1\2")
assert_type(little, Little)
assert_type(Little.try_from_bytes(b"\1\2", verify=False), tuple[Little, int])
assert_type(little.to_bytes(), bytes)
assert_type(bebytes.verify(Little, b"\1\2"), NotReversible | None)
assert_type(bebytes.verify(Point, bytearray(4), byteorder="little"), NotReversible | None)


class Section(Struct, parameters=("wide",)):
    offset: u64 | None = when("wide", default=None)


class File(Struct):
    wide: bool
    sections: list[Section] = count(2, parameters={"wide": "wide"})
    one: Section = field(parameters={"wide": 1})


class Tlv(Struct, Generic[T], kw_only=True):
    kind: u8
    n: u8 = derived
    body: T = size("n")


class Node(Struct):
    n: u8
    kids: "list[Node]" = count("n")


tlv = Tlv[Point](kind=1, body=Point(1, 2))
assert_type(tlv, Tlv[Point])
assert_type(tlv.body, Point)
assert_type(Tlv[Point].from_be_bytes(b""), Tlv[Point])
assert_type(Node(0, []).kids, list[Node])

try:
    Unstored.from_be_bytes(b"")
except InvalidConstant as e:
    assert_type(e.path, tuple[str | int, ...])
except ChecksumMismatch as e:
    assert_type(e.expected, int | bytes)
except InvalidValue as e:
    assert_type(e.rule, str)
except InvalidText as e:
    assert_type(e.encoding, str)
