"""
Figures out of the records of benches/record/, for the plots and the tables of docs/performance.md.
"""

import hashlib
import json
import statistics
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bebytes.cli import _record

ROOT = Path(__file__).resolve().parent.parent

Record = dict[str, Any]

OPERATIONS = ("encode", "decode")

PLOTS = {
    "engines": "suite",
    "growth_fields": "growth",
    "growth_bytes": "growth",
    "growth_items": "growth",
    "growth_telemetry": "growth",
    "growth_depth": "growth",
}
"""The plots of docs/, and the record that each is drawn from."""

NAMES = {
    "crate": "Rust crate",
    "core": "core, without Python",
    "native": "native",
    "python": "plain Python",
    "floor": "struct + msgspec",
    "slots": "struct + slots",
    "msgpack": "MessagePack (msgspec)",
    "kaitai": "Kaitai Struct",
    "dissect": "dissect.cstruct",
    "dataclasses_struct": "dataclasses-struct",
    "numpy": "NumPy",
}
"""Engines for readers, where the name alone says too little."""


def load(name: str, kind: str = "bench") -> Record:
    """
    The record of that name.

    Raises:
        bebytes.cli._record.RecordError: there is none; the text lists those that there are.
    """
    if kind in ("bench", "memory", "goals"):
        return _record.load(name, kind)
    path = _record.path_of(name)
    if not path.exists():
        known = ", ".join(sorted(file.stem for file in path.parent.glob("*.json")))
        raise _record.RecordError(f"no record is called {name}; there are {known or 'none'}")
    record: Record = json.loads(path.read_text(encoding="utf-8"))
    if record.get("kind", kind) != kind:
        raise _record.RecordError(f"{path} is no record of {kind}")
    return record


def recorded(name: str) -> bool:
    """
    Whether there is a record of that name.
    """
    return _record.path_of(name).exists()


def source(name: str) -> str:
    """
    A record, with what tells it from every other: a digest of its file. Each plot says its source.
    """
    return f"benches/record/{name}.json {hashlib.sha256(_record.path_of(name).read_bytes()).hexdigest()[:16]}"


def title(engine: str) -> str:
    """
    An engine for readers.
    """
    return NAMES.get(engine, engine)


def times(record: Record, engine: str, group: str = "", operation: str = "") -> dict[str, float]:
    """
    Nanoseconds an operation, the best round, by `group/name/operation`; of one group and operation, if they are named.
    """
    return {
        f"{row['group']}/{row['name']}/{row['operation']}": row["engines"][engine]["best_ns"]
        for row in record["rows"]
        if group in ("", row["group"])
        and operation in ("", row["operation"])
        and "best_ns" in row["engines"].get(engine, {})
    }


def engines(record: Record) -> list[str]:
    """
    The engines that have a figure in some row, in the order of the record.
    """
    return [name for name in record["engines"] if times(record, name)]


def growth(record: Record, group: str, operation: str, engine: str) -> list[tuple[int, float]]:
    """
    Amounts and nanoseconds of a group in which a layout grows, the amounts ascending.
    """
    return sorted((int(key.split("/")[1]), ns) for key, ns in times(record, engine, group, operation).items())


def ratios(record: Record, engine: str, base: str, group: str = "", operation: str = "") -> list[float]:
    """
    How many times as long an engine takes as another, a ratio each scenario that both can do.
    """
    ours, theirs = times(record, base, group, operation), times(record, engine, group, operation)
    return [theirs[key] / ns for key, ns in ours.items() if key in theirs]


def mean_ratio(found: list[float]) -> float:
    """
    The geometric mean, which is the same whichever of two engines is the base.
    """
    return statistics.geometric_mean(found)


def groups(record: Record) -> Iterator[str]:
    """
    The groups of a record, in its order.
    """
    yield from dict.fromkeys(row["group"] for row in record["rows"])
