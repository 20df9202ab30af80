"""
Right uses: mypy and pyright, both strict, have nothing to say here.
"""

import array
import enum
import mmap
from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, TypeVar, assert_type

import bebytes
from bebytes import (
    Codec,
    Struct,
    after,
    asdict,
    bits,
    char,
    count,
    decode_many,
    derived,
    encode_many,
    f32,
    f64,
    field,
    fields,
    i8,
    i16,
    i32,
    i64,
    i128,
    iter_decode,
    replace,
    size,
    u8,
    u16,
    u32,
    u64,
    u128,
    until,
)
from bebytes.errors import BeBytesError, DecodeError, EncodeError, InsufficientData, OutOfRange, SchemaError

S = TypeVar("S", bound=Struct)


class Kind(enum.IntEnum):
    DATA = 0
    ACK = 1


class Flags(enum.IntFlag):
    URGENT = 1
    LAST = 2


class Option(Struct):
    code: u8
    length: u8
    body: bytes = size("length")


class Packet(Struct, kw_only=True):
    """One packet."""

    version: u8 = bits(4, default=1)
    kind: Kind = bits()
    urgent: u8 = bits(2, default=0)
    checksum: u16 = field(byteorder="little", default=0)
    n_options: u8 = derived
    options: list[Option] = count("n_options")
    grid: list[list[u16]] = count(2, 3)
    temperature: f32 | None = None
    flags: Annotated[Flags, u16]
    name: str = until(0)
    payload: bytes


class Scalars(Struct):
    a: u16
    b: u32
    c: u64
    d: u128
    e: i8
    f: i16
    g: i32
    h: i64
    i: i128
    j: f64
    k: char
    m: bool


class Specified(Struct):
    LIMIT: ClassVar[int] = 3
    a: u8 = field(default=1, doc="A number.")
    b: list[u8] = count(2, default_factory=lambda: [1, 2])
    c: bytes = size(3, default=b"abc")
    d: list[bytes] = until("\n", count=2, default_factory=list[bytes])
    e: str = field(until=b"\0", default="")
    f: list[list[u8]] = field(count=(2, 2), default_factory=list[list[int]])
    g: Kind = bits(8, default=Kind.ACK)
    h: u8 = field(default=derived, bits=8)
    i: list[str] = count("a", size=4, default_factory=list[str])
    j: bytes = after(0xFF, kw_only=True)

    def twice(self) -> int:
        return self.a * 2

    @property
    def first(self) -> int:
        return self.b[0]

    def __post_init__(self) -> None:
        self.a += 1


class Point(Struct, frozen=True, order=True):
    x: u16
    y: u8 = 0


class Deeper(Point, frozen=True):
    z: u8 = 0


packet = Packet(
    kind=Kind.ACK, options=[Option(1, 2, b"ab")], grid=[[1, 2, 3], [4, 5, 6]], flags=Flags.URGENT, name="n", payload=b""
)
Packet(
    version=2, kind=Kind.DATA, n_options=0, options=[], grid=[], temperature=1.5, flags=Flags(3), name="", payload=b""
)
Scalars(1, 2, 3, 4, -1, -2, -3, -4, -5, 1.5, "k", True)
Specified(j=b"")
Specified(1, [2], b"", [], "", [[1]], Kind.DATA, derived, j=b"x")

assert_type(packet.version, int)
assert_type(packet.kind, Kind)
assert_type(packet.flags, Flags)
assert_type(packet.options, list[Option])
assert_type(packet.options[0].body, bytes)
assert_type(packet.grid, list[list[int]])
assert_type(packet.temperature, float | None)
assert_type(packet.name, str)
assert_type(packet.n_options, int)

assert_type(packet.to_be_bytes(), bytes)
assert_type(packet.to_le_bytes(), bytes)
assert_type(Packet.from_be_bytes(b""), Packet)
assert_type(Packet.from_le_bytes(bytearray()), Packet)
assert_type(Packet.try_from_be_bytes(memoryview(b"")), tuple[Packet, int])
assert_type(Packet.try_from_le_bytes(array.array("B")), tuple[Packet, int])
assert_type(Deeper.from_be_bytes(b""), Deeper)
assert_type(packet.encode_be_to(bytearray(64)), int)
assert_type(packet.encode_le_to(memoryview(bytearray(64)), 4), int)
assert_type(packet.encode_le_to(memoryview(bytearray(64)), offset=4), int)
assert_type(Packet.field_size(), int)

packet.version = 3
packet.n_options = derived
packet.options.append(Option(1, 0, b""))

assert_type(Point(1) < Point(2), bool)
assert_type(Point(1) >= Point(2), bool)
assert_type(hash(Point(1)), int)
assert_type(sorted([Point(2), Point(1)]), list[Point])

codec = Codec(Point)
assert_type(codec, Codec[Point])
assert_type(codec.decode(b""), Point)
assert_type(codec.decode_prefix(b""), tuple[Point, int])
assert_type(codec.encode(Point(1)), bytes)
assert_type(codec.encode(Deeper(1)), bytes)
assert_type(codec.encode_into(Point(1), bytearray(3)), int)
assert_type(codec.encode_into(Point(1), bytearray(3), 0), int)
assert_type(codec.encode_into(Point(1), bytearray(3), offset=0), int)
Codec(Point, byteorder="little", backend="python")
Codec(Point, byteorder="big", backend=None)

assert_type(decode_many(Point, b"", byteorder="little", backend="native"), list[Point])
assert_type(iter_decode(Point, b""), Iterator[Point])
assert_type(encode_many([Point(1)]), bytes)
assert_type(encode_many(Point(i) for i in range(3)), bytes)
assert_type(replace(Point(1), y=2), Point)
assert_type(replace(packet, n_options=derived), Packet)
assert_type(asdict(packet), dict[str, Any])
assert_type(fields(Packet)[0].name, str)
assert_type(fields(packet)[0].kw_only, bool)
assert_type(bebytes.available_backends(), tuple[str, ...])


def read(data: mmap.mmap) -> Point | None:
    """
    Errors and their figures have types.
    """
    try:
        return Point.from_be_bytes(data)
    except InsufficientData as error:
        assert_type(error.expected, int)
        assert_type(error.path, tuple[str | int, ...])
        assert_type(error.offset, int)
    except OutOfRange as error:
        assert_type((error.value, error.minimum, error.maximum), tuple[Any, Any, Any])
    except (DecodeError, EncodeError, SchemaError, BeBytesError, ValueError, TypeError):
        raise
    return None


def write(value: Struct, buffer: bytearray) -> int:
    """
    The base stands for every struct.
    """
    return len(value.to_be_bytes()) + value.encode_be_to(buffer)


def of_any(cls: type[S], data: bytes) -> S:
    """
    Class methods give the class they are called on.
    """
    return cls.from_be_bytes(data)


match packet.options[0]:
    case Option(code, length, body):
        assert_type(code, int)
        assert_type(length, int)
        assert_type(body, bytes)
