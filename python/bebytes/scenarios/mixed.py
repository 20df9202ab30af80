"""
Mixed: a packet of everything, a stress of memory, and names of segments as in DNS.
"""

import struct
from collections.abc import Iterator

from bebytes import Struct, bits, i32, size, u8, u16

from . import arrays, enums, primitives, vectors
from ._model import Case, Scenario, cases, scenarios_of

GROUP = "mixed"
ITERATIONS = 10_000


class Packet(Struct):
    first: u8 = bits(1)
    second: u8 = bits(3)
    third: u8 = bits(4)
    with_size: bytes = size(3)
    fourth: u8
    body: bytes = size("fourth")
    u_16: primitives.U16
    arrayed: arrays.Fixed
    setup: enums.Setup
    optional: i32 | None
    modes: arrays.Modes
    tailing: vectors.FromField
    u_32: primitives.U32
    rest: bytes


class Block(Struct):
    length: u16
    body: bytes = size("length")


class Blocks(Struct):
    blocks: list[Block]


class Segment(Struct):
    length: u8
    text: bytes = size("length")


class Name(Struct):
    segments: list[Segment]


def _packet(i: int) -> Case:
    first, second, third = i % 2, i % 8, i % 16
    with_size = bytes([i, i + 1, i + 2])
    body = bytes(i + j for j in range(i % 10))
    half = (i % 2, i * 4099 % (1 << 14), i // 2 % 2)
    key, token, vector = bytes([i]), bytes([i, i + 1]), bytes([i, i + 1, i + 2])
    number = None if i % 2 else i * 33_333_331
    tail = bytes(i + j for j in range(i % 5))
    word = (i % 2, i * 268_435_399 % (1 << 30), i // 2 % 2)
    rest = bytes(i + j for j in range(i % 3))
    value = Packet(
        first,
        second,
        third,
        with_size,
        len(body),
        body,
        primitives.U16(*half),
        arrays.Fixed(arrays.Modes(i), key, token, vector),
        enums.Setup(i % 3),
        number,
        arrays.Modes(i * 3),
        vectors.FromField(len(tail), tail, 99),
        primitives.U32(*word),
        rest,
    )
    raw = b"".join(
        [
            bytes([first << 7 | second << 4 | third]),
            with_size,
            bytes([len(body)]),
            body,
            struct.pack(">H", half[0] << 15 | half[1] << 1 | half[2]),
            bytes([i]) + key + token + vector,
            bytes([i % 3]),
            b"\0" * 5 if number is None else b"\1" + struct.pack(">i", number),
            bytes([i * 3]),
            bytes([len(tail)]) + tail + b"\x63",
            struct.pack(">I", word[0] << 31 | word[1] << 1 | word[2]),
            rest,
        ]
    )
    return value, raw


def _memory(i: int) -> Case:
    bodies = [bytes([i + j]) * ((i * 131 + j * 97) % 1024) for j in range(16)]
    return (
        Blocks([Block(len(body), body) for body in bodies]),
        b"".join(struct.pack(">H", len(body)) + body for body in bodies),
    )


def _name(i: int) -> Case:
    texts = [b"www", b"host-%d" % i, b"example" * (i % 3 + 1), b"org"][: i % 4 + 1]
    return (
        Name([Segment(len(text), text) for text in texts]),
        b"".join(bytes([len(text)]) + text for text in texts),
    )


def scenarios() -> Iterator[Scenario]:
    """
    The scenarios of the group.
    """
    yield from scenarios_of(GROUP, "packet", ITERATIONS, cases(_packet), "14 fields of all kinds")
    yield from scenarios_of(GROUP, "memory stress", ITERATIONS, cases(_memory), "16 blocks of 0 to 1023 bytes")
    yield from scenarios_of(GROUP, "dns-like", ITERATIONS, cases(_name), "1 to 4 segments of 3 to 21 bytes")
