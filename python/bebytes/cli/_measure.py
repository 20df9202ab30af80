"""
One launch: every engine checked, then all rows of a group timed in turns.

A run has several launches, each a process of its own (`_launches`), as where a process's memory happens to lie can make
a row a third slower for as long as the process lives. Within a launch, the rows and engines of a group take turns in random
order, so that a burst of other work on the machine hits a few rounds of each row rather than all of one.
"""

import gc
import random
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, TypeAlias

from bebytes.scenarios import Scenario

from . import _statistics
from ._engines import Engine, EngineError
from ._layouts import CLOCK

PATIENCE = 4
"""How many times longer than `Settings.seconds` the rounds of a cell may take; a slower one has fewer of them."""

FEWEST = 2
"""The rounds a launch of the slowest cell."""

MOST = 1 << 30
"""Operations that are enough for a round, however fast they are."""

Plan: TypeAlias = Mapping[str, Mapping[str, Sequence[int]]]
"""By row and engine, the operations of a round and the rounds of a launch."""

Tell: TypeAlias = Callable[[dict[str, Any]], None]
"""Takes what a launch has to say: objects of JSON, each with one of the keys that `Cells.take` knows."""


@dataclass(frozen=True, slots=True)
class Settings:
    """
    How long to measure.

    Attributes:
        launches: how many processes, one after the other.
        rounds: how often each engine does each row in one of them.
        seconds: what a round takes; it has as many operations as that allows, but each input at least once.
        iterations: the operations of a round, but each input at least once; 0 for what `seconds` allows.
    """

    launches: int
    rounds: int
    seconds: float
    iterations: int = 0


@dataclass(slots=True)
class Cell:
    """
    One row on one engine: times, or why there are none.

    Attributes:
        operations: how many a round had.
        rounds: nanoseconds an operation, a list a launch, one figure a round.
        control: what the control loop took just before each round, in nanoseconds.
        absent: why the engine cannot do it.
        failures: the answers that were wrong; such a cell is not timed.
    """

    operations: int = 0
    rounds: list[list[float]] = field(default_factory=list)
    control: list[list[float]] = field(default_factory=list)
    absent: str = ""
    failures: list[str] = field(default_factory=list)

    @property
    def samples(self) -> list[float]:
        """
        All rounds, in the order in which they were timed.
        """
        return [n for launch in self.rounds for n in launch]

    @property
    def timed(self) -> bool:
        """
        Whether there are times that count.
        """
        return bool(self.samples) and not self.failures

    @property
    def times(self) -> _statistics.Times:
        """
        What comparisons look at.
        """
        return _statistics.Times(self.rounds, self.control)

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
    def done(self) -> int:
        """
        All operations that were timed.
        """
        return self.operations * len(self.samples)

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
            "interval_ns": list(_statistics.interval(self.rounds)),
            "operations": self.operations,
            "samples_ns": self.samples,
            "control_ns": [n for launch in self.control for n in launch],
            "launches": [len(launch) for launch in self.rounds],
        }


class Cells(dict[str, dict[str, Cell]]):
    """
    All cells of a run, by row and engine, as the launches tell of them.
    """

    def take(self, told: dict[str, Any]) -> None:
        """
        What a launch has to say of a cell: that it begins, ends without figures, or had a round.
        """
        cell = self.setdefault(told["row"], {}).setdefault(told["engine"], Cell())
        if "ns" in told:
            cell.rounds[-1].append(told["ns"])
            cell.control[-1].append(told["control"])
        elif "operations" in told:
            cell.operations = told["operations"]
            cell.rounds.append([])
            cell.control.append([])
        else:
            cell.absent = told.get("absent", "")
            cell.failures = told.get("failures", [])

    def plan(self) -> Plan:
        """
        What the first launch found out, for the others.
        """
        return {
            row: {
                engine: (cell.operations, len(cell.rounds[0]))
                for engine, cell in cells.items()
                if cell.timed and cell.rounds[0]
            }
            for row, cells in self.items()
        }


@dataclass(slots=True)
class _Turn:
    """
    A cell whose turn comes once a round.
    """

    scenario: Scenario
    engine: Engine
    operations: int
    rounds: int


def launch(
    loaded: Sequence[Scenario],
    engines: Sequence[Engine],
    settings: Settings,
    plan: Plan | None,
    order: random.Random,
    tell: Tell,
) -> None:
    """
    Time some rows on some engines in this process.

    Args:
        loaded: the rows.
        engines: the engines.
        settings: how many rounds, and how long they are.
        plan: what the first launch told; without one, this is the first, and the answers are checked.
        order: what decides which cell goes first.
        tell: hears of each cell and each round; `{"step": group}` is told when all cells of a group had their turn.
    """
    for group, members in groupby(loaded, lambda s: s.group):
        turns = [
            turn
            for scenario in members
            for engine in engines
            if (turn := _turn(scenario, engine, settings, plan, tell)) is not None
        ]
        # What exists by now is no garbage; the collector stays on for what the calls make.
        gc.collect()
        gc.freeze()
        try:
            for number in range(settings.rounds):
                order.shuffle(turns)
                for turn in [t for t in turns if t.rounds > number]:
                    _take(turn, turns, tell)
                tell({"step": group})
        finally:
            gc.unfreeze()


def control_loop() -> int:
    """
    The nanoseconds that a fixed piece of work takes in plain Python, which no change of this package makes faster or slower.

    It says how fast the machine was when a round was timed: half as fast, where another program had the other half of
    the core.
    """
    start = CLOCK()
    made: dict[int, list[int]] = {}
    for number in range(1500):
        pair = [number, number ^ 5]
        made[number & 63] = pair
        pair[0] += pair[1]
    return CLOCK() - start


def _turn(scenario: Scenario, engine: Engine, settings: Settings, plan: Plan | None, tell: Tell) -> _Turn | None:
    cell = {"row": scenario.key, "engine": engine.name}
    try:
        if plan is None:
            if absent := engine.absent(scenario):
                tell(cell | {"absent": absent})
                return None
            if failures := engine.failures(scenario):
                tell(cell | {"failures": failures})
                return None
            operations, rounds = _affordable(engine, scenario, settings)
        elif engine.name in plan.get(scenario.key, {}):
            operations, rounds = plan[scenario.key][engine.name]
            engine.time(scenario, len(scenario.values))
        else:
            return None
    except EngineError as e:
        tell(cell | {"failures": [str(e)]})
        return None
    tell(cell | {"operations": operations})
    return _Turn(scenario, engine, operations, rounds)


def _take(turn: _Turn, turns: list[_Turn], tell: Tell) -> None:
    cell = {"row": turn.scenario.key, "engine": turn.engine.name}
    control = control_loop()
    try:
        taken = turn.engine.time(turn.scenario, turn.operations)
    except EngineError as e:
        turns.remove(turn)
        tell(cell | {"failures": [str(e)]})
    else:
        tell(cell | {"ns": round(taken / turn.operations, 3), "control": control})


def _affordable(engine: Engine, scenario: Scenario, settings: Settings) -> tuple[int, int]:
    # Each input is taken at least once; the first lap makes the plan and fills caches, so it says nothing.
    least = len(scenario.values)
    engine.time(scenario, least)
    if settings.iterations:
        return max(least, settings.iterations), settings.rounds
    tried, taken = least, 0
    wanted = settings.seconds * 1e9
    while (taken := max(1, engine.time(scenario, tried))) < 0.2 * wanted and tried < MOST:
        tried *= 4
    # Once more: a lap that was held up would make all rounds too short.
    taken = max(1, min(taken, engine.time(scenario, tried)))
    operations = max(least, int(wanted * tried / taken))
    round_takes = operations * taken / tried
    rounds = min(settings.rounds, max(FEWEST, int(settings.rounds * PATIENCE * wanted / round_takes)))
    return operations, rounds
