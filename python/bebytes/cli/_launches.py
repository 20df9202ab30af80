"""
The launches of a run, one after the other: each a process of its own, which is told what to time and says what it found.

The process is this very module (`main`): it reads one job, a line of JSON, and answers with lines of JSON. After each round
it waits for a line, so that nothing is drawn here while it times something there.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from typing import IO, Any, Self

from bebytes.scenarios import Absent, Scenario

from . import _engines, _measure
from ._measure import Cells, Plan, Settings

Opened = Callable[[dict[str, Any], dict[str, str]], None]
"""Takes the facts of the engines that run, and the reasons of those that do not, before anything is timed."""


class BrokenOff(Exception):
    """
    A launch that ended before it was done; the text says how.
    """


def run(
    loaded: Sequence[Scenario | Absent],
    names: Sequence[str],
    settings: Settings,
    opened: Opened,
    note: Callable[[str], None],
    step: Callable[[str], None],
    cells: Cells,
) -> None:
    """
    Time all rows on all engines, in as many launches as the settings say; a single one is done in this process.

    Args:
        loaded: the rows.
        names: the engines.
        settings: how many launches and rounds.
        opened: told once, of the first launch.
        note: told of what takes long.
        step: told after each round of a group, with what is being done.
        cells: filled as the launches go on, so that a run that is broken off leaves what there is.

    Raises:
        Refused: an engine is a debug build.
        BrokenOff: a process ended early.
    """
    if settings.launches == 1:
        with ExitStack() as stack:
            engines, missing = _engines.open_engines(names, loaded, stack, note)
            opened({engine.name: engine.facts for engine in engines}, missing)
            tell = _Listener(cells, step, "")
            rows = [s for s in loaded if isinstance(s, Scenario)]
            _measure.launch(rows, engines, settings, None, random.Random(), tell)  # noqa: S311 (an order is no secret)
        return
    plan: Plan | None = None
    for number in range(settings.launches):
        tell = _Listener(cells, step, f"launch {number + 1} of {settings.launches}: ")
        with _Process(loaded, names, settings, plan) as process:
            # What is built for the first is there for the others.
            facts, missing = process.opened(note if number == 0 else lambda _: None)
            if number == 0:
                opened(facts, missing)
            process.listen(tell)
        if plan is None:
            plan = cells.plan()


class _Listener:
    """
    Sorts what a launch tells.
    """

    def __init__(self, cells: Cells, step: Callable[[str], None], prefix: str) -> None:
        self._cells = cells
        self._step = step
        self._prefix = prefix

    def __call__(self, told: dict[str, Any]) -> None:
        if "step" in told:
            self._step(self._prefix + told["step"].replace("_", " "))
        else:
            self._cells.take(told)


class _Process:
    """
    A launch in a process of its own; as a context, it ends the process.
    """

    def __init__(
        self, loaded: Sequence[Scenario | Absent], names: Sequence[str], settings: Settings, plan: Plan | None
    ) -> None:
        job = {
            "rows": [s.key for s in loaded if isinstance(s, Scenario)],
            "engines": list(names),
            "rounds": settings.rounds,
            "seconds": settings.seconds,
            "iterations": settings.iterations,
            "plan": plan,
        }
        self._complaints = tempfile.TemporaryFile("w+", errors="replace")  # noqa: SIM115 (closed at the end of the context)
        self._process = subprocess.Popen(
            # -P: the modules that this process has, not those that lie in the current folder.
            [sys.executable, "-P", "-c", f"from {__name__} import main; main()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
            text=True,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        self._say(json.dumps(job))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        if any(exception):
            self._process.terminate()
        with suppress(BrokenPipeError):
            self._process.communicate()
        self._complaints.close()

    def opened(self, note: Callable[[str], None]) -> tuple[dict[str, Any], dict[str, str]]:
        """
        Wait until the engines are open, and return what `Opened` takes.
        """
        while "note" in (told := self._hear()):
            note(told["note"])
        if "refused" in told:
            raise _engines.Refused(told["refused"])
        return told["facts"], told["missing"]

    def listen(self, tell: _measure.Tell) -> None:
        """
        Pass on what the process tells, until it is done.
        """
        while "done" not in (told := self._hear()):
            tell(told)
            if "step" in told:
                self._say("")

    def _say(self, line: str) -> None:
        assert self._process.stdin is not None, "it is a pipe"
        # One that has ended is noticed where its answer is missing.
        with suppress(BrokenPipeError):
            print(line, file=self._process.stdin, flush=True)

    def _hear(self) -> dict[str, Any]:
        assert self._process.stdout is not None, "it is a pipe"
        line = self._process.stdout.readline()
        if line.endswith("\n"):
            told: dict[str, Any] = json.loads(line)
            return told
        code = self._process.wait()
        self._complaints.seek(0)
        said = self._complaints.read().strip().splitlines()
        raise BrokenOff(f"a launch broke off with exit code {code}{': ' if said else ''}{said[-1] if said else ''}")


def main() -> None:
    """
    Do the job on standard input.
    """
    # What a library prints must not get between the answers.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    _serve(sys.stdin, answers)


def _serve(orders: IO[str], answers: IO[str]) -> None:
    told: list[str] = []

    def tell(what: dict[str, Any], now: bool = False) -> None:
        told.append(json.dumps(what))
        # What a round took is kept until all had their turn: the other process would wake up for it.
        if now or "step" in what:
            print(*told, sep="\n", file=answers, flush=True)
            told.clear()
        if "step" in what and not orders.readline():
            raise BrokenPipeError

    job = json.loads(orders.readline())
    loaded = _rows(job["rows"])
    with ExitStack() as stack:
        try:
            engines, missing = _engines.open_engines(
                job["engines"], loaded, stack, lambda text: tell({"note": text}, now=True)
            )
        except _engines.Refused as e:
            tell({"refused": str(e)}, now=True)
            return
        tell({"facts": {engine.name: engine.facts for engine in engines}, "missing": missing}, now=True)
        settings = Settings(1, job["rounds"], job["seconds"], job["iterations"])
        _measure.launch(loaded, engines, settings, job["plan"], random.Random(), tell)  # noqa: S311 (an order is no secret)
        tell({"done": True}, now=True)


def _rows(keys: Sequence[str]) -> list[Scenario]:
    from bebytes import scenarios

    groups = dict.fromkeys(key.partition("/")[0] for key in keys)
    found = {s.key: s for s in scenarios.load(groups) if isinstance(s, Scenario)}
    return [found[key] for key in keys]
