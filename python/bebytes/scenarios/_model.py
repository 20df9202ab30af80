"""
What a scenario is: a schema, inputs, and the answers that every engine must give.

The answers do not come from bebytes: each file of this folder packs its bytes with integers and `struct`, or reads them
from a file that another program wrote.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import cycle, islice
from typing import Any, Literal, NamedTuple, TypeAlias

from bebytes import Codec, Struct

Operation: TypeAlias = Literal["encode", "decode", "round trip"]
ByteOrder: TypeAlias = Literal["big", "little"]
Case: TypeAlias = tuple[Struct, bytes]

BOTH: tuple[Operation, ...] = ("encode", "decode")
ALL: tuple[Operation, ...] = ("encode", "decode", "round trip")

INPUTS = 64
"""How many inputs a scenario takes in turn, so that no engine sees one value twice in a row; of whole formats fewer."""


class Work(NamedTuple):
    """
    A scenario on one backend, ready to run.

    One operation is all `calls` in a row, the first on an input, each other on the result before; `answers` are the results
    of the last.
    """

    calls: tuple[Callable[[Any], Any], ...]
    inputs: tuple[Any, ...]
    answers: tuple[Any, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Scenario:
    """
    One measured piece of work.

    Attributes:
        group: the group it belongs to, one of `bebytes.scenarios.GROUPS`, `GROWTH` or `LAYOUTS`.
        name: what is worked on, within the group.
        operation: what is done to it.
        iterations: how many operations a round has on an engine that is fast enough.
        values: the inputs of encoding, the answers of decoding.
        data: the inputs of decoding, the answers of encoding, in the same order.
        about: what the layout is, in a few words.
        byteorder: of the call.
        crate: why the Rust crate `bebytes` 3.0.3 has no such type, or "" where it has one.
        facts: what all engines must find in a value, our struct or another library's object: plain tuples and lists. None
            where a plan is plain, so that every engine gives the same fields.
    """

    group: str
    name: str
    operation: Operation
    iterations: int
    values: tuple[Struct, ...]
    data: tuple[bytes, ...]
    about: str
    byteorder: ByteOrder = "big"
    crate: str = ""
    facts: Callable[[Any], Any] | None = None

    @property
    def schema(self) -> type[Struct]:
        """
        The class of all its values.
        """
        return type(self.values[0])

    @property
    def key(self) -> str:
        """
        Its address: `group/name/operation`.
        """
        return f"{self.group}/{self.name}/{self.operation}"

    def work(self, backend: str | None = None) -> Work:
        """
        The calls to make on a backend, their inputs and the answers.
        """
        codec = Codec(self.schema, byteorder=self.byteorder, backend=backend)  # type: ignore[arg-type]  # checked there
        if self.operation == "encode":
            return Work((codec.encode,), self.values, self.data)
        if self.operation == "decode":
            return Work((codec.decode,), self.data, self.values)
        return Work((codec.encode, codec.decode), self.values, self.values)

    def failures(self, backend: str | None = None) -> list[str]:
        """
        What a backend gets wrong, a line an input; empty where all is right.
        """
        work = self.work(backend)
        return [
            f"input {i}: {outcome}"
            for i, (value, answer) in enumerate(zip(work.inputs, work.answers, strict=True))
            if (outcome := _outcome(work.calls, value, answer))
        ]


@dataclass(frozen=True, slots=True)
class Absent:
    """
    A piece of work that cannot be done here, and the reason.
    """

    group: str
    name: str
    reason: str

    @property
    def key(self) -> str:
        """
        Its address: `group/name`.
        """
        return f"{self.group}/{self.name}"


def cases(make: Callable[[int], Case], count: int = INPUTS) -> list[Case]:
    """
    The values and bytes that `make` gives for 0, 1, … `count` - 1.
    """
    return [make(i) for i in range(count)]


def scenarios_of(
    group: str,
    name: str,
    iterations: int,
    pairs: Iterable[Case],
    about: str,
    *,
    operations: tuple[Operation, ...] = BOTH,
    byteorder: ByteOrder = "big",
    crate: str = "",
) -> Iterator[Scenario]:
    """
    One scenario an operation over the same values and bytes; fewer than `INPUTS` pairs are taken again from the start.
    """
    filled = list(islice(cycle(pairs), INPUTS))
    values = tuple(value for value, _ in filled)
    data = tuple(raw for _, raw in filled)
    for operation in operations:
        yield Scenario(group, name, operation, iterations, values, data, about, byteorder, crate)


def _outcome(calls: tuple[Callable[[Any], Any], ...], value: Any, answer: Any) -> str:
    try:
        for call in calls:
            value = call(value)
    except Exception as e:  # noqa: BLE001 (whatever goes wrong is a wrong answer)
        return f"{type(e).__name__}: {e}"
    # Equality alone would take 1 for a member of an enum.
    if type(value) is type(answer) and value == answer and repr(value) == repr(answer):
        return ""
    return f"{_short(value)} instead of {_short(answer)}"


def _short(value: Any) -> str:
    text = value.hex() if isinstance(value, bytes) else repr(value)
    return text if len(text) <= 160 else f"{text[:160]}…"
