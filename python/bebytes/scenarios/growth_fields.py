"""
Growth with the number of fields: structs of 1 to 64 u16; the name of a scenario is that number.
"""

import struct
from collections.abc import Iterator
from types import new_class

from bebytes import Struct, u16

from ._model import Case, Scenario, cases, scenarios_of

GROUP = "growth_fields"
ITERATIONS = 100_000
AMOUNTS = (1, 2, 4, 8, 16, 32, 64)


def _schema(amount: int) -> type[Struct]:
    body = {"__annotations__": {f"field_{i}": u16 for i in range(amount)}, "__module__": __name__}
    return new_class(f"Fields{amount}", (Struct,), exec_body=lambda namespace: namespace.update(body))


def _case(cls: type[Struct], amount: int, i: int) -> Case:
    # From 257 on, so that no number is one of those that CPython keeps ready.
    numbers = [257 + (i * 4099 + j * 769) % 65_279 for j in range(amount)]
    return cls(*numbers), struct.pack(f">{amount}H", *numbers)


def scenarios() -> Iterator[Scenario]:
    """
    The scenarios of the group.
    """
    for n in AMOUNTS:
        cls = _schema(n)
        pairs = cases(lambda i, cls=cls, n=n: _case(cls, n, i))  # type: ignore[misc]
        about = f"{n} u16" if n > 1 else "a u16"
        yield from scenarios_of(GROUP, str(n), ITERATIONS, pairs, about, crate="not written for the crate")
