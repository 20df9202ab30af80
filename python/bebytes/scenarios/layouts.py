"""
Layouts: the fifteen that the goals of docs/performance.md are measured on, from a byte to a packet of 64.
"""

import struct
from collections.abc import Callable, Iterator
from dataclasses import replace

from bebytes import Struct, bits, count, i32, size, u8, u16, u32, u64

from . import bit_fields, enums, mixed, primitives
from ._model import BOTH, Case, Scenario, cases, scenarios_of

GROUP = "layouts"
ITERATIONS = 200_000

NOT_WRITTEN = "not written for the crate"


class Numbers(Struct):
    small: u8
    short: u16
    long: u32
    wide: u64


class IPv4(Struct):
    version: u8 = bits(4)
    words: u8 = bits(4)
    service: u8 = bits(6)
    congestion: u8 = bits(2)
    length: u16
    identification: u16
    flags: u8 = bits(3)
    fragment: u16 = bits(13)
    hops: u8
    protocol: u8
    checksum: u16
    source: u32
    destination: u32


class EnumBits(Struct):
    status: enums.Status = bits(2)
    level: u8 = bits(6)


class Flags(Struct):
    permissions: enums.Permissions


class Sized(Struct):
    length: u8
    body: bytes = size("length")


class Fixed(Struct):
    tail: bytes = size(3)


class Sample(Struct):
    channel: u16 = bits(9)
    valid: bool = bits(1)
    gain: u8 = bits(6)


class Nested(Struct):
    first: Sample
    number: i32 | None
    second: Sample


class Arrays(Struct):
    key: bytes = size(8)
    token: bytes = size(4)
    numbers: list[u16] = count(8)


class Endpoint(Struct):
    node: u16
    port: u16
    zone: u8 = bits(4)
    link: u8 = bits(4)


class Packet(Struct):
    version: u8 = bits(3)
    status: enums.Status = bits(2)
    urgent: u8 = bits(1)
    spare: u8 = bits(2)
    permissions: enums.Permissions
    source: Endpoint
    destination: Endpoint
    payload: bytes = size(52)


def _numbers(i: int) -> Case:
    small, short, long, wide = i * 37 % 256, 257 + i * 1021, i * 67_108_859, i * 288_230_376_151_711_717
    return Numbers(small, short, long, wide), struct.pack(">BHIQ", small, short, long, wide)


def _ipv4(i: int) -> Case:
    service, congestion, length, identification = i % 64, i % 4, 60 + i * 23, 257 + i * 1021
    flags, fragment, hops, protocol = i % 3, i * 127 % 8192, 32 + i % 96, (6, 17, 1)[i % 3]
    checksum, source, destination = i * 1031 % 65_536, 0xC0A8_0000 + i * 257, 0x0A00_0000 + i * 65_537
    return (
        IPv4(
            4, 5, service, congestion, length, identification, flags, fragment, hops, protocol, checksum, source,
            destination,
        ),
        struct.pack(
            ">BBHHHBBHII", 0x45, service << 2 | congestion, length, identification, flags << 13 | fragment, hops,
            protocol, checksum, source, destination,
        ),
    )  # fmt: skip


def _enum_bits(i: int) -> Case:
    return EnumBits(enums.Status(i % 4), i), bytes([i % 4 << 6 | i])


def _flags(i: int) -> Case:
    return Flags(enums.Permissions(i % 16)), bytes([i % 16])


def _sized(i: int) -> Case:
    body = bytes((i + j) % 256 for j in range(16))
    return Sized(16, body), b"\x10" + body


def _fixed(i: int) -> Case:
    tail = bytes([i * 7 % 256, i + 1, i + 2])
    return Fixed(tail), tail


def _sample(i: int) -> tuple[Sample, bytes]:
    channel, valid, gain = i * 31 % 512, bool(i % 2), i % 64
    return Sample(channel, valid, gain), struct.pack(">H", channel << 7 | valid << 6 | gain)


def _nested(i: int) -> Case:
    (first, first_raw), (second, second_raw) = _sample(i), _sample(i + 77)
    number = i * 1_000_003 - 30_000_000 if i % 2 else None
    option = b"\0" * 5 if number is None else b"\1" + struct.pack(">i", number)
    return Nested(first, number, second), first_raw + option + second_raw


def _arrays(i: int) -> Case:
    key, token = bytes(i + j for j in range(8)), bytes(i + j for j in range(4))
    numbers = [257 + (i * 4099 + j * 769) % 65_279 for j in range(8)]
    return Arrays(key, token, numbers), key + token + struct.pack(">8H", *numbers)


def _endpoint(i: int) -> tuple[Endpoint, bytes]:
    node, port, zone, link = 257 + i * 521, 1024 + i * 641, i % 16, i // 16 % 16
    return Endpoint(node, port, zone, link), struct.pack(">HHB", node, port, zone << 4 | link)


def _packet(i: int) -> Case:
    version, status, urgent, spare, permissions = i % 8, i % 4, i // 4 % 2, i // 8 % 4, i % 16
    (source, source_raw), (destination, destination_raw) = _endpoint(i), _endpoint(i + 13)
    payload = bytes((i + j) % 256 for j in range(52))
    return (
        Packet(
            version, enums.Status(status), urgent, spare, enums.Permissions(permissions), source, destination, payload
        ),
        bytes([version << 5 | status << 3 | urgent << 2 | spare, permissions]) + source_raw + destination_raw + payload,
    )


def _name(i: int) -> Case:
    texts = [b"www", b"host-%d" % i, b"example" * (i % 3 + 1)]
    return (
        mixed.Name([mixed.Segment(len(text), text) for text in texts]),
        b"".join(bytes([len(text)]) + text for text in texts),
    )


def _named(name: str, found: Iterator[Scenario], of: str) -> Iterator[Scenario]:
    # A layout of another group under a name of this one.
    for s in found:
        if s.name == of and s.operation in BOTH:
            yield replace(s, group=GROUP, name=name, iterations=ITERATIONS, crate=NOT_WRITTEN)


def scenarios() -> Iterator[Scenario]:
    """
    The scenarios of the group.
    """

    def own(name: str, make: Callable[[int], Case], about: str) -> Iterator[Scenario]:
        return scenarios_of(GROUP, name, ITERATIONS, cases(make), about, crate=NOT_WRITTEN)

    yield from _named("bits of u8", primitives.scenarios(), "u8")
    yield from _named("bits of u16", primitives.scenarios(), "u16")
    yield from _named("bits of u32", primitives.scenarios(), "u32")
    yield from own("numbers", _numbers, "u8, u16, u32, u64")
    yield from _named("bits and u32", bit_fields.scenarios(), "complex")
    yield from own("ipv4", _ipv4, "an IPv4 header of 13 fields")
    yield from _named("enum", enums.scenarios(), "regular")
    yield from own("enum of bits", _enum_bits, "an enum of 2 bits, and 6 bits")
    yield from own("flags", _flags, "a byte of flags")
    yield from own("sized bytes", _sized, "a length and 16 bytes")
    yield from own("fixed bytes", _fixed, "3 bytes")
    yield from own("nested", _nested, "two nested structs and an option")
    yield from own("arrays", _arrays, "8 bytes, 4 bytes, 8 u16")
    yield from own("packet", _packet, "64 bytes: bits, an enum, flags, two nested structs, a payload")
    yield from own("dns name", _name, "3 labels, each a length and its bytes")
