"""
Engines: who does a scenario's work, and how it is timed.

`native` and `python` are the backends of this very process; `crate` and `core` are Rust programs that are asked over a pipe.
All do the same operations on the same inputs and are checked against the same answers.
"""

import json
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from itertools import repeat
from pathlib import Path
from typing import IO, Any, Protocol, cast

from bebytes.scenarios import Scenario

NAMES = ("crate", "core", "native", "python")

TITLES = {
    "crate": "the Rust crate bebytes",
    "core": "the Rust core of this package, without an interpreter",
    "native": "this package with the Rust extension",
    "python": "this package in plain Python",
}


class EngineError(Exception):
    """
    An engine that broke off; the text says how.
    """


class Engine(Protocol):
    """
    What every engine can do with a scenario.
    """

    name: str
    facts: dict[str, Any]

    def absent(self, scenario: Scenario) -> str:
        """Why the engine cannot do it, or ""."""
        ...

    def failures(self, scenario: Scenario) -> list[str]:
        """What it gets wrong, a line an input."""
        ...

    def time(self, scenario: Scenario, operations: int) -> int:
        """The nanoseconds that so many operations take."""
        ...


class Backend:
    """
    A backend of this process.
    """

    def __init__(self, name: str, facts: dict[str, Any]) -> None:
        self.name = name
        self.facts = facts

    def absent(self, scenario: Scenario) -> str:
        del scenario  # a backend can do all of them
        return ""

    def failures(self, scenario: Scenario) -> list[str]:
        return scenario.failures(self.name)

    def time(self, scenario: Scenario, operations: int) -> int:
        work = scenario.work(self.name)
        if len(work.calls) == 2:
            return _time_pair(*work.calls, work.inputs, operations)
        return _time(work.calls[0], work.inputs, operations)


class Program:
    """
    A Rust program that holds the scenarios and is told what to do, a line at a time.
    """

    def __init__(self, name: str, path: Path, scenarios: Path, order: Mapping[str, int], facts: dict[str, Any]) -> None:
        """
        Start the program.

        Args:
            name: the engine.
            path: the program.
            scenarios: the file that `write_scenarios` wrote.
            order: the place of each scenario in it, by key.
            facts: what is known of the engine beside what the program says of itself.

        Raises:
            EngineError: it does not start.
        """
        self.name = name
        self._order = order
        self._broken = ""
        self._process = subprocess.Popen(
            [path, scenarios], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self._input = cast("IO[str]", self._process.stdin)
        self._output = cast("IO[str]", self._process.stdout)
        self.facts = facts | self._answer()

    def absent(self, scenario: Scenario) -> str:
        if self.name == "crate" and scenario.crate:
            return scenario.crate
        return str(self._ask("check", scenario).get("absent", ""))

    def failures(self, scenario: Scenario) -> list[str]:
        return list(self._ask("check", scenario)["failures"])

    def time(self, scenario: Scenario, operations: int) -> int:
        return int(self._ask("time", scenario, operations)["ns"])

    def close(self) -> str:
        """
        End the program, if it runs, and return what it complained of.
        """
        if self._process.poll() is not None and self._broken:
            return ""
        # Its input ends, so it does.
        with suppress(BrokenPipeError):
            return self._process.communicate()[1].strip()
        return ""

    def _ask(self, verb: str, scenario: Scenario, *numbers: int) -> dict[str, Any]:
        if self._broken:
            raise EngineError(self._broken)
        with suppress(BrokenPipeError):
            print(verb, self._order[scenario.key], *numbers, file=self._input, flush=True)
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        line = self._output.readline()
        if not line:
            self._broken = f"the program broke off: {self.close() or f'exit code {self._process.returncode}'}"
            raise EngineError(self._broken)
        answer: dict[str, Any] = json.loads(line)
        return answer


def loop_cost() -> float:
    """
    The nanoseconds an operation that the loop around a call takes; the figures of `native` and `python` include it.
    """
    inputs = tuple(range(64))
    best = min(_time_nothing(inputs, 64_000) for _ in range(5))
    return best / 64_000


def _time(call: Callable[[Any], Any], inputs: tuple[Any, ...], operations: int) -> int:
    laps, rest = divmod(operations, len(inputs))
    last = inputs[:rest]
    clock = time.perf_counter_ns
    start = clock()
    for _ in repeat(None, laps):
        for value in inputs:
            call(value)
    for value in last:
        call(value)
    return clock() - start


def _time_pair(
    first: Callable[[Any], Any], second: Callable[[Any], Any], inputs: tuple[Any, ...], operations: int
) -> int:
    laps, rest = divmod(operations, len(inputs))
    last = inputs[:rest]
    clock = time.perf_counter_ns
    start = clock()
    for _ in repeat(None, laps):
        for value in inputs:
            second(first(value))
    for value in last:
        second(first(value))
    return clock() - start


def _time_nothing(inputs: tuple[Any, ...], operations: int) -> int:
    clock = time.perf_counter_ns
    start = clock()
    for _ in repeat(None, operations // len(inputs)):
        for _value in inputs:
            pass
    return clock() - start
