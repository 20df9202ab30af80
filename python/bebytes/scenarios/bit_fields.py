"""
Bit fields: in front of a u32, and across the borders of bytes.
"""

from collections.abc import Iterator

from bebytes import Struct, bits, u8, u16, u32

from ._model import ALL, Case, Scenario, cases, scenarios_of

GROUP = "bit_fields"
ITERATIONS = 500_000


class ErrorEstimate(Struct):
    s_bit: u8 = bits(1)
    z_bit: u8 = bits(1)
    scale: u8 = bits(6)
    multiplier: u32


class CrossByte(Struct):
    kind: u8 = bits(3)
    sequence: u16 = bits(13)
    length: u16 = bits(11)
    check: u8 = bits(5)


def _complex(i: int) -> Case:
    s_bit, z_bit, scale, multiplier = i % 2, i // 2 % 2, i % 64, i * 67_108_859
    return (
        ErrorEstimate(s_bit, z_bit, scale, multiplier),
        bytes([s_bit << 7 | z_bit << 6 | scale]) + multiplier.to_bytes(4, "big"),
    )


def _cross_byte(i: int) -> Case:
    kind, sequence, length, check = i % 8, i * 2053 % (1 << 13), i * 509 % (1 << 11), i % 32
    packed = kind << 29 | sequence << 16 | length << 5 | check
    return CrossByte(kind, sequence, length, check), packed.to_bytes(4, "big")


def scenarios() -> Iterator[Scenario]:
    """
    The scenarios of the group.
    """
    yield from scenarios_of(GROUP, "complex", ITERATIONS, cases(_complex), "bits 1, 1, 6 and a u32", operations=ALL)
    yield from scenarios_of(GROUP, "cross-byte", ITERATIONS, cases(_cross_byte), "bits 3, 13, 11, 5", operations=ALL)
