"""
Growth with the size of a message: a length and 16 to 65,536 bytes; the name of a scenario is the number of those bytes.
"""

from collections.abc import Iterator

from bebytes import Struct, size, u32

from ._model import Case, Scenario, cases, scenarios_of

GROUP = "growth_bytes"
ITERATIONS = 20_000
AMOUNTS = (16, 64, 256, 1024, 4096, 16_384, 65_536)


class Message(Struct):
    length: u32
    body: bytes = size("length")


def _case(amount: int, i: int) -> Case:
    body = bytes((i + j) % 256 for j in range(256)) * (amount // 256 + 1)
    return Message(amount, body[:amount]), amount.to_bytes(4, "big") + body[:amount]


def scenarios() -> Iterator[Scenario]:
    """
    The scenarios of the group.
    """
    for n in AMOUNTS:
        # Few large inputs: 64 of them would measure the memory behind the caches.
        pairs = cases(lambda i, n=n: _case(n, i), 64 if n <= 1024 else 4)  # type: ignore[misc]
        about = f"a u32 and {n:,} bytes"
        yield from scenarios_of(GROUP, str(n), ITERATIONS, pairs, about, crate="not written for the crate")
