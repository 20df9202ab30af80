"""
Rounds: every engine checked, then timed in turns.
"""

import gc
import random
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from bebytes.scenarios import Scenario

from ._engines import Engine, EngineError

PATIENCE = 4
"""How many times longer than `Settings.seconds` a round may take where that is enough for all its operations."""


@dataclass(frozen=True, slots=True)
class Settings:
    """
    How long to measure.

    Attributes:
        rounds: how often each engine does each scenario.
        seconds: what a round of an engine takes that is too slow to do all operations of the scenario in `PATIENCE` times that.
        order: what decides which engine goes first.
    """

    rounds: int
    seconds: float
    order: random.Random


@dataclass(slots=True)
class Cell:
    """
    One scenario on one engine: times, or why there are none.

    Attributes:
        operations: how many a round had.
        samples: nanoseconds an operation, one figure a round.
        absent: why the engine cannot do it.
        failures: the answers that were wrong; such a cell is not timed.
    """

    operations: int = 0
    samples: list[float] = field(default_factory=list)
    absent: str = ""
    failures: list[str] = field(default_factory=list)

    @property
    def best(self) -> float:
        """
        The fastest round.
        """
        return min(self.samples)

    @property
    def median(self) -> float:
        """
        The middle round.
        """
        return statistics.median(self.samples)

    @property
    def noisy(self) -> bool:
        """
        Whether the middle round is a fifth slower than the fastest, or more.
        """
        return self.median > self.best * 1.2

    def form(self) -> dict[str, Any]:
        """
        The cell as it stands in the record.
        """
        if self.absent:
            return {"absent": self.absent}
        if self.failures:
            return {"failures": self.failures}
        return {
            "best_ns": self.best,
            "median_ns": self.median,
            "operations": self.operations,
            "samples_ns": self.samples,
        }


def measure(
    scenario: Scenario, engines: Sequence[Engine], settings: Settings, step: Callable[[], None] = lambda: None
) -> dict[str, Cell]:
    """
    Check and time one scenario on all engines; `step` is called after each round.
    """
    cells: dict[str, Cell] = {}
    ready = []
    for engine in engines:
        cell = cells[engine.name] = Cell()
        try:
            cell.absent = engine.absent(scenario)
            if not cell.absent:
                cell.failures = engine.failures(scenario)
            if not cell.absent and not cell.failures:
                cell.operations = _affordable(engine, scenario, settings.seconds)
                ready.append(engine)
        except EngineError as e:
            cell.failures = [str(e)]
    # What exists by now is no garbage; the collector stays on for what the calls make.
    gc.collect()
    gc.freeze()
    try:
        for _ in range(settings.rounds):
            settings.order.shuffle(ready)
            for engine in ready:
                cell = cells[engine.name]
                try:
                    cell.samples.append(engine.time(scenario, cell.operations) / cell.operations)
                except EngineError as e:
                    cell.failures = [str(e)]
            step()
    finally:
        gc.unfreeze()
    return cells


def _affordable(engine: Engine, scenario: Scenario, seconds: float) -> int:
    # Each input is taken at least once; the first lap makes the plan and fills caches, so it says nothing.
    least = len(scenario.values)
    engine.time(scenario, least)
    tried, taken = least, 0
    while (taken := max(1, engine.time(scenario, tried))) < 0.02 * seconds * 1e9 and tried < scenario.iterations:
        tried *= 4
    affordable = int(seconds * 1e9 * tried / taken)
    if affordable * PATIENCE >= scenario.iterations:
        return scenario.iterations
    return max(least, affordable)
