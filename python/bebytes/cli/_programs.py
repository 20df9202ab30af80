"""
Engines in Rust: programs that hold the scenarios and are asked over a pipe.
"""

import json
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, cast

from bebytes.scenarios import Scenario, left_out

from ._layouts import EngineError


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
            order: the place of each scenario in it, by key; one that has none is absent.
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
        if reason := self.unable(scenario):
            return reason
        return str(self.ask("check", scenario).get("absent", ""))

    def unable(self, scenario: Scenario) -> str:
        """
        Why the program need not be asked, or "".
        """
        if self.name == "crate" and scenario.crate:
            return scenario.crate
        return left_out(scenario)

    def failures(self, scenario: Scenario) -> list[str]:
        return list(self.ask("check", scenario)["failures"])

    def time(self, scenario: Scenario, operations: int) -> int:
        return int(self.ask("time", scenario, operations)["ns"])

    def way(self, name: str) -> "ProgramWay":
        """
        Another way in which the program can do its scenarios, as an engine; see benches/engines/protocol.rs.
        """
        return ProgramWay(self, name)

    def ask(self, verb: str, scenario: Scenario, *words: int | str) -> dict[str, Any]:
        """
        What the program answers.

        Raises:
            EngineError: it broke off.
        """
        if self._broken:
            raise EngineError(self._broken)
        with suppress(BrokenPipeError):
            print(verb, self._order[scenario.key], *words, file=self._input, flush=True)
        return self._answer()

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

    def _answer(self) -> dict[str, Any]:
        line = self._output.readline()
        if not line:
            self._broken = f"the program broke off: {self.close() or f'exit code {self._process.returncode}'}"
            raise EngineError(self._broken)
        answer: dict[str, Any] = json.loads(line)
        return answer


class ProgramWay:
    """
    A way of a program that runs already.
    """

    def __init__(self, program: Program, way: str) -> None:
        self.name = f"{program.name}:{way}"
        self.facts = program.facts
        self._program = program
        self._way = way

    def absent(self, scenario: Scenario) -> str:
        if reason := self._program.unable(scenario):
            return reason
        return str(self._program.ask("check", scenario, self._way).get("absent", ""))

    def failures(self, scenario: Scenario) -> list[str]:
        return list(self._program.ask("check", scenario, self._way)["failures"])

    def time(self, scenario: Scenario, operations: int) -> int:
        return int(self._program.ask("time", scenario, operations, self._way)["ns"])
