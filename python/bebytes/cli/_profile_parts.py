"""
From tallies to parts: what a path is called, what kind of op stands there, and what it took without the clock.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from bebytes._plan import Data, List, Node, Number, Option, Plan, Record

Path = tuple[int, ...]

CALL = "call"
RELEASE = "release"
RUN, MAKE, DERIVE = "run", "make", "derive"
Key = tuple[str, Path]
"""What the time went to, and where."""

FASTEST = 5
"""Of the rounds of a block, one in so many counts: the fastest ones, which nothing else on the machine has disturbed."""


class Place(NamedTuple):
    """
    One path of a plan; the root's text is empty.
    """

    path: Path
    text: str
    kind: str
    type: str


def places(plan: Plan) -> dict[Path, Place]:
    """
    All paths of a plan in the order of its ops.
    """
    return {place.path: place for place in _places(Record(plan), (), "")}


def _places(node: Node, path: Path, text: str) -> Iterator[Place]:
    yield Place(path, text, kind_of(node), type_of(node))
    match node:
        case Record(plan):
            for i, op in enumerate(plan.ops):
                yield from _places(op.node, (*path, i), f"{text}.{op.name}" if text else op.name)
        case List():
            yield from _places(node.item, (*path, 0), f"{text}[]")


def kind_of(node: Any) -> str:
    """
    The kind of op that a node is.
    """
    match node:
        case Number():
            return node.kind
        case Data():
            return "str" if node.text else "bytes"
        case Option():
            return "option"
        case Record():
            return "struct"
        case List():
            return "list"
    from . import _explain_general

    return _explain_general.kind_of(node)


def type_of(node: Any) -> str:
    """
    The type of a node as one would write it, bit fields as `bits(width)`.
    """
    match node:
        case Number(table=table) if table is not None:
            return f"{table.name} in {_integer(node)}"
        case Number(kind="int"):
            return _integer(node)
        case Number(kind="float"):
            return f"f{node.width}"
        case Number(kind="bool" | "char", width=width) as number:
            natural = 8 if number.kind == "bool" else 32
            return number.kind if width == natural else f"{number.kind} in {_integer(number)}"
        case Data(text=text):
            return "str" if text else "bytes"
        case Option(inner):
            return f"{type_of(inner)} | None"
        case Record(plan):
            return plan.name
        case List(item=item):
            return f"list[{type_of(item)}]"
    from . import _explain_general

    return _explain_general.type_of(node)


def _integer(node: Number) -> str:
    whole = node.width in (8, 16, 24, 32, 40, 48, 56, 64, 128)
    return f"{'i' if node.signed else 'u'}{node.width}" if whole else f"{'signed ' * node.signed}bits({node.width})"


@dataclass(slots=True)
class Tallies:
    """
    The times of a chunk of calls.

    Attributes:
        ns: nanoseconds a key.
        marks: how often the clock was read for them.
        known: the nanoseconds of those readings of which that is known beforehand, how many they are, a key.
    """

    ns: dict[Key, float]
    marks: dict[Key, int]
    known: dict[Key, tuple[float, int]] = field(default_factory=dict)

    @property
    def whole(self) -> float:
        """
        All times together, those of the clock included.
        """
        return sum(self.ns.values())

    @classmethod
    def of(cls, taken: dict[str, Any], scale: float, mark_ns: float = 0.0) -> "Tallies":
        """
        From what a probe has taken.

        Args:
            taken: its tallies.
            scale: the nanoseconds of a count of its clock.
            mark_ns: what a reading by itself adds, where the probe counts those.
        """
        pairs: dict[Key, tuple[int, ...]] = {(CALL, ()): taken["call"], (RELEASE, ()): taken["release"]}
        for path, works in taken["spots"].items():
            pairs |= {(work, path): pair for work, pair in zip((RUN, MAKE, DERIVE), works, strict=True) if pair[1]}
        return cls(
            {k: p[0] * scale for k, p in pairs.items()},
            {k: p[1] for k, p in pairs.items()},
            {k: (p[2] * mark_ns, p[2]) for k, p in pairs.items() if len(p) > 2 and p[2]},
        )


@dataclass(slots=True)
class Block:
    """
    Some records that are done in one go, `laps` times over, and what each round took.
    """

    inputs: list[Any]
    laps: int
    plain: list[float] = field(default_factory=list)
    traced: list[Tallies] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Attribution:
    """
    Nanoseconds a record.

    Attributes:
        whole: without the clock.
        traced: with it.
        parts: by key, what the clock costs subtracted.
        overhead: what one reading of the clock adds, on average.
        marks: readings a record.
    """

    whole: float
    traced: float
    parts: dict[Key, float]
    overhead: float
    marks: float

    @property
    def ratio(self) -> float:
        """
        All parts together, as a share of the whole.
        """
        return sum(self.parts.values()) / self.whole


def attribute(blocks: Sequence[Block]) -> Attribution:
    """
    What each part took.

    One half of the rounds tells what a reading of the clock adds: the time with the clock, less the time without and what
    is known of some readings, by the number of the others. The other half gives the parts and the whole, so that the one can be checked against the other.
    """
    first, second = _fastest(blocks, 0), _fastest(blocks, 1)
    known, count = first.known
    unit = max(0.0, (first.traced - first.whole - known) / max(first.readings - count, 1e-9))
    parts = {key: max(0.0, spent - second.cost(key, unit)) for key, spent in second.ns.items()}
    average = sum(second.cost(key, unit) for key in second.ns) / second.readings
    return Attribution(second.whole, second.traced, parts, average, second.readings)


@dataclass(slots=True)
class _Half:
    """
    The fastest rounds of one half, as nanoseconds and readings a record.
    """

    whole: float = 0.0
    ns: dict[Key, float] = field(default_factory=dict)
    marks: dict[Key, float] = field(default_factory=dict)
    known_ns: dict[Key, float] = field(default_factory=dict)
    known_marks: dict[Key, float] = field(default_factory=dict)

    @property
    def traced(self) -> float:
        return sum(self.ns.values())

    @property
    def readings(self) -> float:
        return sum(self.marks.values())

    @property
    def known(self) -> tuple[float, float]:
        return sum(self.known_ns.values()), sum(self.known_marks.values())

    def cost(self, key: Key, unit: float) -> float:
        return self.known_ns.get(key, 0.0) + (self.marks[key] - self.known_marks.get(key, 0.0)) * unit


def _fastest(blocks: Sequence[Block], half: int) -> _Half:
    records = sum(len(b.inputs) for b in blocks)
    found = _Half()
    for block in blocks:
        plain = sorted(block.plain[half::2])
        traced = sorted(block.traced[half::2], key=lambda t: t.whole)
        best = -(-len(plain) // FASTEST)
        share = 1 / best / block.laps / records
        found.whole += sum(plain[:best]) * share
        for tallies in traced[:best]:
            for key, spent in tallies.ns.items():
                found.ns[key] = found.ns.get(key, 0.0) + spent * share
                found.marks[key] = found.marks.get(key, 0.0) + tallies.marks[key] * share
                known, count = tallies.known.get(key, (0.0, 0))
                found.known_ns[key] = found.known_ns.get(key, 0.0) + known * share
                found.known_marks[key] = found.known_marks.get(key, 0.0) + count * share
    return found


def parts(
    plan: Plan, operation: str, attribution: Attribution, bits: dict[Path, int], records: int
) -> list[dict[str, Any]]:
    """
    The parts for people and programs, in the order of the plan.

    Each has path, kind, type, ns, bytes, and `create_ns`, which of the ns went into making Python objects (None where that
    cannot be told).
    """
    spent = attribution.parts
    made: list[dict[str, Any]] = []

    def add(path: str, kind: str, type_: str, ns: float, create: float | None, bytes_: float) -> None:
        made.append({"path": path, "kind": kind, "type": type_, "ns": ns, "create_ns": create, "bytes": bytes_})

    add("", "call", "", spent.get((CALL, ()), 0.0), 0.0, 0.0)
    for path, place in places(plan).items():
        run, make = spent.get((RUN, path), 0.0), spent.get((MAKE, path))
        if place.kind == "struct":
            # Of encoding, the one object is that of all bytes.
            if operation == "decode" or not path:
                add(place.text, "object", place.type if operation == "decode" else "bytes", make or 0.0, make, 0.0)
            if operation == "encode":
                add(place.text, "derive", place.type, spent.get((DERIVE, path), 0.0), 0.0, 0.0)
            add(place.text, "struct", place.type, run, 0.0, 0.0)
            continue
        create = 0.0 if operation == "encode" else make
        on_wire = bits.get(path, 0) / 8 / records
        add(place.text, place.kind, place.type, run + (make or 0.0), create, on_wire)
    add("", "release", "", spent.get((RELEASE, ()), 0.0), 0.0, 0.0)
    return made
