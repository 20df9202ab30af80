"""
The memory of one operation in this process, as Python's own allocators see it.

`tracemalloc` knows every block that Python allocates: objects, the bytes they hold, what a library makes in between. What
Rust or C code takes from the system by itself is not among it.
"""

import gc
import sys
import tracemalloc
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

from bebytes.scenarios import Scenario

from ._layouts import EngineError, PythonEngine
from ._leaks import release_kept, settle

LAPS = 4
"""How often all inputs are taken while the results are kept."""

TIMES = 8
"""How often that is done at most; what the interpreter takes in reserve at first is no part of the least."""


@dataclass(slots=True)
class Footprint:
    """
    What one result of a scenario takes on an engine, the mean over its inputs, in bytes.

    Attributes:
        kept_bytes: the result with all that it holds and that was made for it.
        kept_blocks: the blocks of that.
        bare_bytes: the object alone, without what it refers to (`sys.getsizeof`).
        transient_bytes: the most that was there besides, while the operation ran.
        absent: why the engine cannot do it.
        failures: the answers that were wrong.
    """

    kept_bytes: float = 0.0
    kept_blocks: float = 0.0
    bare_bytes: float = 0.0
    transient_bytes: float = 0.0
    absent: str = ""
    failures: list[str] = field(default_factory=list)

    def form(self) -> dict[str, Any]:
        """
        The cell as it stands in the record.
        """
        if self.absent:
            return {"absent": self.absent}
        if self.failures:
            return {"failures": self.failures}
        figures = asdict(self)
        del figures["absent"], figures["failures"]
        return figures


def footprint(engine: PythonEngine, scenario: Scenario) -> Footprint:
    """
    Check an engine on a scenario, and weigh its results.
    """
    try:
        if absent := engine.absent(scenario):
            return Footprint(absent=absent)
        if failures := engine.failures(scenario):
            return Footprint(failures=failures)
        work = engine.work(scenario)
    except EngineError as e:
        return Footprint(failures=[str(e)])
    # A round trip has two, and nothing of its own to weigh.
    (call,) = work.calls
    # What is made once, at the first call, belongs to no result.
    bare = [sys.getsizeof(call(value)) for value in work.inputs]
    with _tracing():
        kept, blocks = _least(call, work.inputs)
        transient = _transient(call, work.inputs)
    return Footprint(
        round(kept, 1),
        round(blocks, 2),
        round(sum(bare) / len(bare), 1),
        round(transient, 1),
    )


@contextmanager
def _tracing() -> Generator[None]:
    was = tracemalloc.is_tracing()
    # A collection would give back blocks that are none of the operation's.
    enabled = gc.isenabled()
    gc.collect()
    gc.freeze()
    gc.disable()
    if not was:
        tracemalloc.start()
    try:
        yield
    finally:
        if not was:
            tracemalloc.stop()
        gc.unfreeze()
        if enabled:
            gc.enable()


def _least(call: Callable[[Any], Any], inputs: tuple[Any, ...]) -> tuple[float, float]:
    found = before = _kept(call, inputs)
    for _ in range(TIMES - 1):
        again = _kept(call, inputs)
        found = min(found, again)
        if again == before:
            break
        before = again
    return found


def _kept(call: Callable[[Any], Any], inputs: tuple[Any, ...]) -> tuple[float, float]:
    many = LAPS * len(inputs)
    results: list[Any] = [None] * many
    # This gives back most of the blocks that the interpreter and the extension keep in reserve, which a result could be
    # made of unseen; counting takes some again.
    settle()
    before = _blocks()
    settle()
    start = tracemalloc.get_traced_memory()[0]
    at = 0
    for _ in range(LAPS):
        for value in inputs:
            results[at] = call(value)
            at += 1
    gc.collect()
    held = tracemalloc.get_traced_memory()[0] - start
    blocks = _blocks() - before
    return held / many, blocks / many


def _blocks() -> int:
    # Not sys.getallocatedblocks(), which knows small ones only.
    return len(tracemalloc.take_snapshot().traces)


def _transient(call: Callable[[Any], Any], inputs: tuple[Any, ...]) -> float:
    def most(of: Callable[[Any], Any]) -> float:
        above = 0
        for value in inputs:
            release_kept()
            tracemalloc.reset_peak()
            result = of(value)
            now, peak = tracemalloc.get_traced_memory()
            above += peak - now
            del result
        return above / len(inputs)

    return max(0.0, most(call) - most(_nothing))


def _nothing(value: Any) -> Any:
    return value
