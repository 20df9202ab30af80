"""
Vectors: bytes of a fixed length, and of the length that an earlier field gives.
"""

from collections.abc import Iterator

from bebytes import Struct, size, u8

from ._model import Case, Scenario, cases, scenarios_of

GROUP = "vectors"
ITERATIONS = 100_000


class Fixed(Struct):
    innocent: u8
    tail: bytes = size(3)


class FromField(Struct):
    length: u8
    body: bytes = size("length")
    post: u8


def _fixed(i: int) -> Case:
    head, tail = i % 256, bytes([i * 7 % 256, (i + 1) % 256, (i + 2) % 256])
    return Fixed(head, tail), bytes([head]) + tail


def _from_field(i: int) -> Case:
    body = bytes((i + j) % 256 for j in range(i * 5 % 24))
    return FromField(len(body), body, 99), bytes([len(body)]) + body + b"\x63"


def scenarios() -> Iterator[Scenario]:
    """
    The scenarios of the group.
    """
    yield from scenarios_of(GROUP, "fixed", ITERATIONS, cases(_fixed), "a byte and 3 bytes")
    yield from scenarios_of(GROUP, "from-field", ITERATIONS, cases(_from_field), "a length, 0 to 23 bytes, a byte")
