"""
The goals of memory: allocations beyond the result, the size of an object, and what many calls leave.

memray sees every allocation of a process, those of Rust too; it runs in a process of its own (`main`). The Rust core by itself
is counted by the allocator of benches/counts.rs.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import bebytes
from bebytes import Struct
from bebytes._schema import schema_of
from bebytes.scenarios import GROUPS, Scenario, load, select, write_scenarios

from . import _cargo
from ._goals import Figures, Goal, Rule, Sign, Unmeasured

LAPS = 4
"""Laps over the inputs that are counted: so many more in one run than in another."""

LEAK_RUNS = (100_000, 600)
"""Calls of each scenario, and those of a quick run."""

OBJECT = "layouts/ipv4/decode"


@dataclass(slots=True)
class Memory:
    """
    What was measured, by name; and why something was not.

    Attributes:
        figures: by kind, figures by what they are of.
        reasons: by kind.
    """

    figures: dict[str, dict[str, float]] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)

    def of(self, kind: str) -> Figures:
        """
        The figures of a kind.

        Raises:
            Unmeasured: there are none.
        """
        if kind in self.reasons:
            raise Unmeasured(self.reasons[kind])
        return self.figures.get(kind, {})


def _goals() -> Iterable[Goal]:
    rows: tuple[tuple[str, str, str, Sign, float, str, Rule], ...] = (
        ("memory", "decode", "decode: allocations beyond the objects, each layout", "<=", 0, "blocks", "each"),
        ("memory", "encode", "encode: allocations beyond the result, each layout", "<=", 0, "blocks", "each"),
        ("memory", "core decode", "the core: decoding into memory used again", "<=", 0, "blocks", "each"),
        ("memory", "core encode", "the core: encoding into memory used again", "<=", 0, "blocks", "each"),
        ("memory", "object", "an IPv4 object besides its ints", "<=", 160, "bytes", "each"),
        ("leaks", "rss", "RSS that calls leave, each scenario", "<=", 1 << 16, "bytes", "each"),
        ("leaks", "heap", "malloc that calls leave, each scenario", "<=", 1 << 16, "bytes", "each"),
        ("leaks", "blocks", "blocks of Python that calls leave, each scenario", "<=", 32, "blocks", "each"),
        ("leaks", "references", "references that calls leave or take, each scenario", "<=", 0, "", "each"),
    )
    for part, kind, text, sign, limit, unit, rule in rows:
        yield Goal(part, text, sign, limit, unit, rule, partial(Memory.of, kind=kind))


GOALS = tuple(_goals())


def measure(rows: Sequence[Scenario], parts: Sequence[str], quick: bool, step: Any) -> Memory:
    """
    Measure the parts `memory` and `leaks`, as far as they are wanted.

    Args:
        rows: the scenarios of the layouts.
        parts: which.
        quick: fewer calls.
        step: told what is being done.
    """
    found = Memory()
    if "memory" in parts:
        step("memory: allocations")
        _traced(rows, found)
        step("memory: allocations of the core")
        _counted(rows, found)
        try:
            _weigh(rows, found)
        except Unmeasured as e:
            found.reasons["object"] = str(e)
    if "leaks" in parts:
        _leaks(rows, LEAK_RUNS[quick], found, step)
    return found


def _weigh(rows: Sequence[Scenario], found: Memory) -> None:
    s = next((s for s in rows if s.key == OBJECT), None)
    if s is None:
        raise Unmeasured("the layout ipv4 was left out")
    # The head for the collector is counted by getsizeof.
    found.figures["object"] = {"ipv4": float(max(map(sys.getsizeof, map(s.work().calls[0], s.data))))}


# --- Allocations ----------------------------------------------------------------------------------------------------


def _traced(rows: Sequence[Scenario], found: Memory) -> None:
    reason = ""
    if "native" not in bebytes.available_backends():
        reason = "the extension is not installed"
    elif find_spec("memray") is None:
        reason = (
            "memray is not installed: pip install memray; profiling/setup.sh of a checkout brings all that goals need"
        )
    if reason:
        found.reasons |= {"decode": reason, "encode": reason}
        return
    ran = subprocess.run(
        [sys.executable, "-P", "-c", f"from {__name__} import main; main()"],
        input=json.dumps([s.key for s in rows]),
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        said = (ran.stderr.strip().splitlines() or [f"exit code {ran.returncode}"])[-1]
        found.reasons |= dict.fromkeys(("decode", "encode"), f"memray broke off: {said}")
        return
    beyond: dict[str, float] = json.loads(ran.stdout)
    for s in rows:
        found.figures.setdefault(s.operation, {})[s.name] = beyond[s.key]


def main() -> None:
    """
    Print the allocations beyond the result, an operation, of the scenarios whose keys are on standard input.
    """
    keys = json.loads(sys.stdin.read())
    by_key = {s.key: s for key in keys for s in select(key) if isinstance(s, Scenario)}
    print(json.dumps({key: beyond(by_key[key]) for key in keys}))


def beyond(scenario: Scenario) -> float:
    """
    The allocations of an operation on the native backend that are more than those of the objects in its result.
    """
    work = scenario.work("native")
    (call,) = work.calls
    expected = sum(blocks_of(call(value)) for value in work.inputs) / len(work.inputs)
    # What is made once falls out of the difference; so does what memray adds.
    counts = []
    for laps in (LAPS, 2 * LAPS):
        with tempfile.TemporaryDirectory(prefix="bebytes-goals-") as folder:
            counts.append(_allocations(call, work.inputs, laps, Path(folder) / "memray.bin"))
    made = (counts[1] - counts[0]) / (LAPS * len(work.inputs))
    return max(0.0, round(made - expected, 3))


def _allocations(call: Any, inputs: Sequence[Any], laps: int, file: Path) -> int:
    import memray  # type: ignore[import-not-found, import-untyped, unused-ignore]  # where it is not installed, nobody comes here

    from bebytes._core import release_kept_memory

    # One loop: another inside it would make an iterator a lap.
    many = tuple(inputs) * laps
    release_kept_memory()
    with memray.Tracker(file, trace_python_allocators=True):
        for value in many:
            call(value)
            # Else objects are made without an allocation, and others in their place are not seen.
            release_kept_memory()
    made = 0
    with memray.FileReader(file) as reader:
        for record in reader.get_allocation_records():
            if not memray.AllocatorType(record.allocator).name.endswith(("FREE", "MUNMAP")):
                made += record.n_allocations
    return made


def blocks_of(value: Any) -> int:
    """
    The blocks that a new result needs at most: its objects, and the items of its lists.
    """
    if isinstance(value, Struct):
        return 1 + sum(blocks_of(getattr(value, f.name)) for f in schema_of(type(value)).fields)
    if isinstance(value, list):
        return 1 + bool(value) + sum(map(blocks_of, value))
    if type(value) is int:
        # CPython keeps the small ones.
        return int(not -5 <= value <= 256)
    if type(value) in (bytes, str):
        return int(len(value) > 1)
    return int(type(value) is float)


def _counted(rows: Sequence[Scenario], found: Memory) -> None:
    root = _cargo.checkout()
    try:
        if root is None:
            raise _cargo.BuildError("needs a checkout of the repository, which holds the program to build")
        counter = _cargo.build(root, ["counts"])["counts"]
    except _cargo.BuildError as e:
        found.reasons |= dict.fromkeys(("core decode", "core encode"), str(e))
        return
    with tempfile.TemporaryDirectory(prefix="bebytes-goals-") as folder:
        file = Path(folder) / "scenarios.json"
        write_scenarios(file, rows)
        once, twice = (_blocks(counter, file, laps * len(rows[0].values)) for laps in (LAPS, 2 * LAPS))
    for s, few, many in zip(rows, once, twice, strict=True):
        made = (many - few) / (LAPS * len(s.values))
        found.figures.setdefault(f"core {s.operation}", {})[s.name] = round(made, 3)


def _blocks(counter: Path, file: Path, operations: int) -> list[int]:
    ran = subprocess.run([counter, file, str(operations), "reused"], capture_output=True, text=True, check=True)
    return [json.loads(line)["blocks"] for line in ran.stdout.splitlines()]


# --- Leaks ----------------------------------------------------------------------------------------------------------


def _leaks(rows: Sequence[Scenario], runs: int, found: Memory, step: Any) -> None:
    from ._leaks import leak_of

    kinds = ("rss", "heap", "blocks", "references")
    if "native" not in bebytes.available_backends():
        found.reasons |= dict.fromkeys(kinds, "the extension is not installed")
        return
    others = [s for s in load(GROUPS) if isinstance(s, Scenario) and s.operation != "round trip"]
    figures: dict[str, dict[str, float]] = {kind: {} for kind in kinds}
    for s in (*rows, *others):
        step(f"leaks: {s.key}")
        leak = leak_of(s, "native", runs)
        for kind, size in (("rss", leak.rss), ("heap", leak.heap), ("blocks", leak.blocks)):
            if size is None:
                found.reasons[kind] = "this system does not tell"
            else:
                figures[kind][s.key] = max(0, size)
        figures["references"][s.key] = sum(map(abs, leak.references.values()))
    found.figures |= figures
