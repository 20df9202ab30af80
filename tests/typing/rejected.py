"""
Wrong uses: mypy and pyright report every line that ends in the word `error` as a comment, and no other.
"""

import enum

import bebytes
from bebytes import (
    Codec,
    Struct,
    after,
    asdict,
    bits,
    count,
    decode_many,
    encode_many,
    f32,
    field,
    fields,
    iter_decode,
    replace,
    size,
    u8,
    u16,
    until,
)


class Kind(enum.IntEnum):
    DATA = 0


class Point(Struct):
    x: u16
    y: u8 = 0


class Frozen(Struct, frozen=True):
    x: u8


class KwOnly(Struct, kw_only=True):
    a: u8 = 1
    b: u8


class Nested(Struct):
    point: Point
    kind: Kind
    items: list[u16] = count(2)
    option: f32 | None = None


# Construction

Point()  # error
Point("1")  # error
Point(1, 2, 3)  # error
Point(1, z=3)  # error
Point(x=1, y=None)  # error
KwOnly(1, 2)  # error
KwOnly()  # error
KwOnly(b="2")  # error
Nested(1, Kind.DATA, [1, 2])  # error
Nested(Point(1), "DATA", [1, 2])  # error
Nested(Point(1), Kind.DATA, ["1"])  # error
Nested(Point(1), Kind.DATA, [1], option="no")  # error
Nested(Point(1), Kind.DATA)  # error

# Attributes

point = Point(1)
point.x = "1"  # error
point.z = 1  # error
unknown: int = point.z  # error
Frozen(1).x = 2  # error
Nested(point, Kind.DATA, []).items.append("1")  # error
wrong_type: str = point.x  # error

# Comparison

less: bool = point < Point(2)  # error
more: bool = Frozen(1) >= Frozen(2)  # error

# Class bodies


class Defaults(Struct, kw_only=True):
    a: u8 = "a"  # error
    b: u8 = field(default="b")  # error
    c: bytes = size(3, default="abc")  # error
    d: list[u8] = count(2, default_factory=dict)  # error
    e: u8 = field(default=1, default_factory=int)  # error
    f: Kind = bits(2, default=3)  # error


class Keywords(Struct, kw_only=True):
    a: u8 = field(byteorder=5)  # error
    b: u8 = bits(4.5)  # error
    c: bytes = size(None)  # error
    d: list[u8] = count(1.5)  # error
    e: bytes = until(1.5)  # error
    f: bytes = after([0])  # error
    g: u8 = field(width=3)  # error
    h: u8 = field(8)  # error
    i: u8 = bits(4, doc=5)  # error
    j: bytes = size()  # error


class Order(Struct):
    a: u8 = 1
    b: u8  # error


# Methods

as_text: str = point.to_be_bytes()  # error
pair: Point = Point.try_from_be_bytes(b"")  # error
kind: Kind = Point.from_be_bytes(b"")  # error
Point.from_be_bytes("text")  # error
Point.from_le_bytes(5)  # error
Point.try_from_le_bytes(None)  # error
point.encode_be_to("text")  # error
point.encode_le_to(bytearray(4), "1")  # error
point.to_bytes(1)  # error
Point.field_size(1)  # error

# Codecs and many records

codec = Codec(Point)
Codec(int)  # error
Codec(Point, "little")  # error
Codec(Point, byteorder="middle")  # error
Codec(Point, backend="rust")  # error
codec.encode(Frozen(1))  # error
codec.encode(b"")  # error
codec.decode("text")  # error
codec.encode_into(point)  # error
codec.encode_into(point, bytearray(4), "1")  # error
frozen: Frozen = codec.decode(b"")  # error
decode_many(int, b"")  # error
decode_many(Point, "text")  # error
decode_many(Point, b"", "little")  # error
iter_decode(Point, b"", backend="c")  # error
encode_many([1, 2])  # error
encode_many(point)  # error
records: list[Frozen] = decode_many(Point, b"")  # error

# Helpers

asdict(5)  # error
fields(5)  # error
replace(5, x=1)  # error
replaced: Frozen = replace(point, x=1)  # error
bebytes.available_backends("native")  # error
