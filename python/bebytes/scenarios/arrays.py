"""
Arrays: of bytes, of numbers in two dimensions, of structs.
"""

import struct
from collections.abc import Iterator

from bebytes import Struct, count, size, u8, u16

from ._model import Case, Scenario, cases, scenarios_of

GROUP = "arrays"
ITERATIONS = 200_000


class Modes(Struct):
    modes: u8


class Fixed(Struct):
    mode: Modes
    key: bytes = size(1)
    token: bytes = size(2)
    vector: bytes = size(3)


class Grid(Struct):
    label: u8
    cells: list[list[u16]] = count(3, 4)


class Point(Struct):
    x: u8
    y: u16


class Polygon(Struct):
    label: u8
    corners: list[Point] = count(4)
    closed: u8


def _fixed(i: int) -> Case:
    mode, key, token, vector = i % 256, bytes([i * 3 % 256]), bytes([i, i + 1]), bytes([i, i + 1, i + 2])
    return Fixed(Modes(mode), key, token, vector), bytes([mode]) + key + token + vector


def _grid(i: int) -> Case:
    cells = [[(i * 4099 + row * 257 + column) % 65536 for column in range(4)] for row in range(3)]
    return Grid(i, cells), struct.pack(">B12H", i, *(cell for row in cells for cell in row))


def _polygon(i: int) -> Case:
    corners = [(i + j, (i * 1021 + j) % 65536) for j in range(4)]
    raw = b"".join(struct.pack(">BH", x, y) for x, y in corners)
    return Polygon(i, [Point(x, y) for x, y in corners], i % 2), bytes([i]) + raw + bytes([i % 2])


def scenarios() -> Iterator[Scenario]:
    """
    The scenarios of the group.
    """
    yield from scenarios_of(GROUP, "fixed", ITERATIONS, cases(_fixed), "a nested byte, 1, 2 and 3 bytes")
    yield from scenarios_of(
        GROUP,
        "two dimensions",
        ITERATIONS,
        cases(_grid),
        "3 rows of 4 u16",
        crate="arrays are of bytes, in one dimension",
    )
    yield from scenarios_of(GROUP, "of structs", ITERATIONS, cases(_polygon), "4 structs between two bytes")
