"""
Growth with nesting: 1 to 32 structs within each other, each with a byte; the name of a scenario is the number of levels.
"""

from collections.abc import Iterator
from functools import reduce
from itertools import accumulate
from types import new_class
from typing import Any

from bebytes import Struct, u8

from ._model import Case, Scenario, cases, scenarios_of

GROUP = "growth_depth"
ITERATIONS = 100_000
AMOUNTS = (1, 2, 4, 8, 16, 32)


# Any, as no type checker sees the fields of classes that are made while the program runs.
def _around(inner: Any, level: int) -> Any:
    body = {"__annotations__": {"value": u8, "next": inner}, "__module__": __name__}
    return new_class(f"Level{level}", (Struct,), exec_body=lambda namespace: namespace.update(body))


class Level1(Struct):
    value: u8


LEVELS: tuple[Any, ...] = tuple(accumulate(range(2, max(AMOUNTS) + 1), _around, initial=Level1))
"""A struct of one level, one of two, …"""


def _case(amount: int, i: int) -> Case:
    raw = bytes((i * 37 + j) % 256 for j in range(amount))
    innermost: Struct = Level1(raw[-1])
    return reduce(lambda inner, level: LEVELS[level](raw[-1 - level], inner), range(1, amount), innermost), raw


def scenarios() -> Iterator[Scenario]:
    """
    The scenarios of the group.
    """
    for n in AMOUNTS:
        pairs = cases(lambda i, n=n: _case(n, i))  # type: ignore[misc]
        about = f"{n} levels of a byte" if n > 1 else "a level of a byte"
        yield from scenarios_of(GROUP, str(n), ITERATIONS, pairs, about, crate="not written for the crate")
