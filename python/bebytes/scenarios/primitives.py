"""
Primitives: bit structs of one, two and four bytes, written and read.
"""

from collections.abc import Iterator

from bebytes import Struct, bits, u8, u16, u32

from ._model import Case, Scenario, cases, scenarios_of

GROUP = "primitives"
ITERATIONS = 1_000_000


class U8(Struct):
    first: u8 = bits(1)
    second: u8 = bits(3)
    third: u8 = bits(4)
    fourth: u8


class U16(Struct):
    first: u8 = bits(1)
    second: u16 = bits(14)
    fourth: u8 = bits(1)


class U32(Struct):
    first: u8 = bits(1)
    second: u32 = bits(30)
    fourth: u8 = bits(1)


def _u8(i: int) -> Case:
    first, second, third, fourth = i % 2, i % 8, i % 16, i * 37 % 256
    return U8(first, second, third, fourth), bytes([first << 7 | second << 4 | third, fourth])


def _u16(i: int) -> Case:
    first, second, fourth = i % 2, i * 4099 % (1 << 14), i // 2 % 2
    return U16(first, second, fourth), (first << 15 | second << 1 | fourth).to_bytes(2, "big")


def _u32(i: int) -> Case:
    first, second, fourth = i % 2, i * 268_435_399 % (1 << 30), i // 2 % 2
    return U32(first, second, fourth), (first << 31 | second << 1 | fourth).to_bytes(4, "big")


def scenarios() -> Iterator[Scenario]:
    """
    The scenarios of the group.
    """
    yield from scenarios_of(GROUP, "u8", ITERATIONS, cases(_u8), "bits 1, 3, 4 and a byte")
    yield from scenarios_of(GROUP, "u16", ITERATIONS, cases(_u16), "bits 1, 14, 1")
    yield from scenarios_of(GROUP, "u32", ITERATIONS, cases(_u32), "bits 1, 30, 1")
