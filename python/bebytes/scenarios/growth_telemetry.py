"""
Growth with the records of a telemetry message: its length, a text, 1 to 256 structs; the name of a scenario is their number.
"""

import struct
from collections.abc import Iterator

from bebytes import Struct, bits, count, f32, size, u8, u16

from ._model import Case, Scenario, cases, scenarios_of

GROUP = "growth_telemetry"
ITERATIONS = 20_000
AMOUNTS = (1, 4, 16, 64, 256)


class Reading(Struct):
    sensor: u16
    state: u8 = bits(4)
    quality: u8 = bits(4)
    value: f32


class Message(Struct):
    length: u16
    name_size: u8
    name: str = size("name_size")
    number: u16
    readings: list[Reading] = count("number")


def _case(amount: int, i: int) -> Case:
    name = f"station-{i:02}"
    # From 257 on, so that no number is one of those that CPython keeps ready; and floats that have 32 bits.
    rows = [(257 + i * 64 + j, j % 16, i % 16, (i * 256 + j) / 8) for j in range(amount)]
    body = b"".join(struct.pack(">HBf", sensor, state << 4 | quality, value) for sensor, state, quality, value in rows)
    length = 3 + len(name) + len(body)
    message = Message(length, len(name), name, amount, [Reading(*row) for row in rows])
    return message, struct.pack(">HB", length, len(name)) + name.encode() + struct.pack(">H", amount) + body


def scenarios() -> Iterator[Scenario]:
    """
    The scenarios of the group.
    """
    for n in AMOUNTS:
        # Few large inputs: 64 of them would measure the memory behind the caches.
        pairs = cases(lambda i, n=n: _case(n, i), 64 if n <= 64 else 8)  # type: ignore[misc]
        about = f"a length, a text, and {n} structs" if n > 1 else "a length, a text, and a struct"
        yield from scenarios_of(GROUP, str(n), ITERATIONS, pairs, about, crate="not written for the crate")
