"""
Nested structs: three levels deep, of mixed types, and as many as a count says.
"""

import struct
from collections.abc import Iterator
from enum import IntEnum

from bebytes import Struct, bits, count, i32, size, u8, u16, u32

from ._model import ALL, Case, Scenario, cases, scenarios_of

GROUP = "nested"
ITERATIONS = 50_000


class Dummy(Struct):
    pair: bytes = size(2)
    high: u8 = bits(1)
    low: u8 = bits(7)


class Estimate(Struct):
    s_bit: u8 = bits(1)
    z_bit: u8 = bits(1)
    scale: u8 = bits(6)
    dummy: Dummy


class Deep(Struct):
    dummy: Dummy
    number: i32 | None
    estimate: Estimate


class Kind(IntEnum):
    DATA = 0
    ACK = 1
    RESET = 2


class Flow(Struct):
    version: u8 = bits(4)
    weight: u16 = bits(12)
    kind: Kind


class Mixed(Struct):
    flow: Flow
    length: u8
    body: bytes = size("length")
    time: u32
    back: Flow


class Chunk(Struct):
    length: u8
    body: bytes = size("length")


class Chunks(Struct):
    number: u8
    chunks: list[Chunk] = count("number")
    post: u8


def _dummy(i: int) -> tuple[Dummy, bytes]:
    pair, high, low = bytes([i % 256, (i + 1) % 256]), i % 2, i * 3 % 128
    return Dummy(pair, high, low), pair + bytes([high << 7 | low])


def _deep(i: int) -> Case:
    outer, outer_raw = _dummy(i)
    inner, inner_raw = _dummy(i + 77)
    number = i * 1_000_003 - 30_000_000 if i % 2 else None
    option = b"\0" * 5 if number is None else b"\1" + struct.pack(">i", number)
    s_bit, z_bit, scale = i % 2, i // 2 % 2, i % 64
    head = bytes([s_bit << 7 | z_bit << 6 | scale])
    return Deep(outer, number, Estimate(s_bit, z_bit, scale, inner)), outer_raw + option + head + inner_raw


def _flow(i: int) -> tuple[Flow, bytes]:
    version, weight, kind = i % 16, i * 61 % 4096, i % 3
    return Flow(version, weight, Kind(kind)), struct.pack(">HB", version << 12 | weight, kind)


def _mixed(i: int) -> Case:
    flow, flow_raw = _flow(i)
    back, back_raw = _flow(i + 5)
    body, time = bytes((i + j) % 256 for j in range(i % 17)), i * 67_108_859
    return (
        Mixed(flow, len(body), body, time, back),
        flow_raw + bytes([len(body)]) + body + struct.pack(">I", time) + back_raw,
    )


def _allocation(i: int) -> Case:
    bodies = [bytes((i + j + k) % 256 for k in range((i + j) % 12)) for j in range(i % 9)]
    return (
        Chunks(len(bodies), [Chunk(len(body), body) for body in bodies], 99),
        bytes([len(bodies)]) + b"".join(bytes([len(body)]) + body for body in bodies) + b"\x63",
    )


def scenarios() -> Iterator[Scenario]:
    """
    The scenarios of the group.
    """
    yield from scenarios_of(GROUP, "deep", ITERATIONS, cases(_deep), "three levels, bits, an option")
    yield from scenarios_of(GROUP, "mixed types", ITERATIONS, cases(_mixed), "bits, enums, bytes, two nested structs")
    yield from scenarios_of(
        GROUP, "allocation", ITERATIONS, cases(_allocation), "0 to 8 structs of 0 to 11 bytes", operations=ALL
    )
