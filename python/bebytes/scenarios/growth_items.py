"""
Growth with the length of a list: a count and 1 to 1,024 pairs of u16; the name of a scenario is the number of pairs.
"""

import struct
from collections.abc import Iterator

from bebytes import Struct, count, u16

from ._model import Case, Scenario, cases, scenarios_of

GROUP = "growth_items"
ITERATIONS = 10_000
AMOUNTS = (1, 4, 16, 64, 256, 1024)


class Pair(Struct):
    first: u16
    second: u16


class Pairs(Struct):
    number: u16
    pairs: list[Pair] = count("number")


def _case(amount: int, i: int) -> Case:
    # From 257 on, so that no number is one of those that CPython keeps ready.
    numbers = [257 + (i * 4099 + j * 769) % 65_279 for j in range(2 * amount)]
    pairs = [Pair(first, second) for first, second in zip(numbers[::2], numbers[1::2], strict=True)]
    return Pairs(amount, pairs), struct.pack(f">{1 + 2 * amount}H", amount, *numbers)


def scenarios() -> Iterator[Scenario]:
    """
    The scenarios of the group.
    """
    for n in AMOUNTS:
        # Few large inputs: 64 of them would measure the memory behind the caches.
        pairs = cases(lambda i, n=n: _case(n, i), 64 if n <= 64 else 4)  # type: ignore[misc]
        about = f"a count and {n:,} structs of 2 u16" if n > 1 else "a count and a struct of 2 u16"
        yield from scenarios_of(GROUP, str(n), ITERATIONS, pairs, about, crate="not written for the crate")
