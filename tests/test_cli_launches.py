"""
The launches of `bebytes bench`: real processes, what they tell, and what is left of a run that is broken off.
"""

import dataclasses
import json
import random
import signal
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from cli_runs import row_of

from bebytes import scenarios
from bebytes.cli import _launches, _measure, main
from bebytes.cli._engines import EngineError
from bebytes.cli._measure import Cell, Cells, Settings
from bebytes.cli._show import Screen
from bebytes.scenarios import Scenario

pytestmark = pytest.mark.usefixtures("no_wishes")

ROW = ["--scenario", "enums/flags/decode", "--engines", "python"]
SHORT = ["--launches", "2", "--rounds", "2", "--seconds", "0.000001"]


def bench(*words: str) -> int:
    return main(["bench", *ROW, *SHORT, *words])


class TestProcesses:
    def test_each_launch_has_its_rounds(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        file = tmp_path / "now.json"

        assert bench("--json", str(file)) == 0
        out, err = capsys.readouterr()
        assert "\nAll answers of 1 cell were right, each on 64 inputs.\n" in out
        assert err == "measuring enums on python\nlaunch 1 of 2\nlaunch 2 of 2\n"
        assert row_of(out, "flags", "decode")[-1] == "256"

        record = json.loads(file.read_text())
        assert [record[key] for key in ("launches", "rounds", "seconds")] == [2, 2, 0.000001]
        cell = record["rows"][0]["engines"]["python"]
        assert cell["launches"] == [2, 2]
        assert len(cell["samples_ns"]) == len(cell["control_ns"]) == 4
        assert cell["best_ns"] == min(cell["samples_ns"])
        low, high = cell["interval_ns"]
        assert cell["best_ns"] <= low <= cell["median_ns"] <= high <= max(cell["samples_ns"])

    def test_what_goes_wrong_there_is_told_here(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        row = dataclasses.replace(scenarios.find("enums/flags/decode"), name="nowhere")
        monkeypatch.setattr(scenarios, "select", lambda address: [row])

        assert bench("--json", str(tmp_path / "now.json")) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert err == "bebytes bench: a launch broke off with exit code 1: KeyError: 'enums/nowhere/decode'\n"
        assert list(tmp_path.iterdir()) == []

    def test_a_refusal_there_is_one_here(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """
        A module on the path of this process is one of the launch as well.
        """
        (tmp_path / "sitecustomize.py").write_text(
            "import bebytes.cli._engines as e\n"
            "def refuse(*arguments): raise e.Refused('the extension is a debug build')\n"
            "e.open_engines = refuse\n"
        )
        monkeypatch.syspath_prepend(str(tmp_path))

        assert bench() == 2
        assert capsys.readouterr() == ("", "bebytes bench: the extension is a debug build\n")


class TestInterruption:
    def test_what_was_measured_is_shown_and_nothing_is_written(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file = tmp_path / "now.json"
        file.write_text("before")
        processes: list[Any] = []
        step = Screen.step

        def interrupt(screen: Screen, doing: str) -> None:
            step(screen, doing)
            if doing == "launch 2 of 2: enums":
                raise KeyboardInterrupt

        class Process(_launches._Process):
            def __enter__(self) -> Any:
                processes.append(self)
                return super().__enter__()

        monkeypatch.setattr(Screen, "step", interrupt)
        monkeypatch.setattr(_launches, "_Process", Process)

        assert bench("--json", str(file)) == 130
        out, err = capsys.readouterr()
        assert row_of(out, "flags", "decode")[-1] == "192"
        assert err.endswith("launch 2 of 2\n\ninterrupted\n")
        assert file.read_text() == "before"
        assert list(tmp_path.iterdir()) == [file]
        assert [process._process.returncode is not None for process in processes] == [True, True]

    @pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT there")
    def test_the_signal(self, tmp_path: Path) -> None:
        file = tmp_path / "now.json"
        words = [*ROW, "--launches", "2", "--rounds", "100000000", "--seconds", "0.000001", "--json", str(file)]
        with subprocess.Popen(
            [sys.executable, "-m", "bebytes", "bench", *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            assert [process.stderr.readline() for _ in range(2)][-1] == "launch 1 of 2\n"
            process.send_signal(signal.SIGINT)
            out, err = process.communicate()

        assert process.returncode == 130
        assert err == "\ninterrupted\n"
        assert row_of(out, "flags", "decode")
        assert not file.exists()


class CountingEngine:
    """
    An engine that takes a fixed time, and notes what it was asked for.
    """

    def __init__(self, name: str, nanoseconds: int) -> None:
        self.name = name
        self.facts: dict[str, Any] = {}
        self.asked: list[tuple[str, int]] = []
        self._nanoseconds = nanoseconds

    def absent(self, scenario: Scenario) -> str:
        return "no such type" if scenario.name == "flags" else ""

    def failures(self, scenario: Scenario) -> list[str]:
        return ["input 0: wrong"] if scenario.name == "auto-sized" else []

    def time(self, scenario: Scenario, operations: int) -> int:
        self.asked.append((scenario.key, operations))
        return operations * self._nanoseconds


class TestRounds:
    """
    How one launch divides its time.
    """

    ROWS = tuple(s for s in scenarios.load(["enums", "vectors"]) if isinstance(s, Scenario))

    def launch(
        self, engines: list[CountingEngine], rounds: int, plan: Any = None, iterations: int = 0
    ) -> tuple[Cells, list[dict[str, Any]]]:
        told: list[dict[str, Any]] = []
        cells = Cells()

        def tell(what: dict[str, Any]) -> None:
            told.append(what)
            if "step" not in what:
                cells.take(what)

        _measure.launch(self.ROWS, engines, Settings(1, rounds, 0.001, iterations), plan, random.Random(1), tell)
        return cells, told

    def test_a_round_has_as_many_operations_as_it_is_told(self) -> None:
        for told, done in ((1000, 1000), (1, 64)):
            cells, _ = self.launch([CountingEngine("fast", 10), CountingEngine("slow", 1000)], 5, iterations=told)

            of_row = cells["vectors/fixed/encode"]
            assert {name: (cell.operations, len(cell.samples)) for name, cell in of_row.items()} == {
                "fast": (done, 5),
                "slow": (done, 5),
            }

    def test_a_round_has_as_many_operations_as_its_time_allows(self) -> None:
        cells, _ = self.launch([CountingEngine("fast", 10), CountingEngine("slow", 1000)], 5)

        of_row = cells["vectors/fixed/encode"]
        assert {name: (cell.operations, cell.samples) for name, cell in of_row.items()} == {
            "fast": (100_000, [10.0] * 5),
            "slow": (1_000, [1000.0] * 5),
        }

    def test_each_input_is_taken_and_a_slow_engine_has_fewer_rounds(self) -> None:
        cells, _ = self.launch([CountingEngine("slow", 125_000), CountingEngine("slower", 10_000_000)], 8)

        of_row = cells["vectors/fixed/encode"]
        # 64 operations take eight times what a round should, of which four times are allowed.
        assert (of_row["slow"].operations, len(of_row["slow"].samples)) == (64, 4)
        assert (of_row["slower"].operations, len(of_row["slower"].samples)) == (64, 2)

    def test_rows_and_engines_of_a_group_take_turns(self) -> None:
        _, told = self.launch([CountingEngine("one", 1000), CountingEngine("two", 1000)], 3)

        steps = [at for at, what in enumerate(told) if "step" in what]
        assert [told[at]["step"] for at in steps] == ["enums"] * 3 + ["vectors"] * 3
        rounds = [
            [(what["row"], what["engine"]) for what in told[start + 1 : end]] for start, end in pairwise(steps[3:6])
        ]
        # Each cell once a round, and not in the same order twice.
        assert [len(set(turns)) for turns in rounds] == [8, 8]
        assert rounds[0] != rounds[1]

    def test_what_is_absent_or_wrong_is_not_timed(self) -> None:
        engine = CountingEngine("one", 1000)
        cells, _ = self.launch([engine], 3)

        assert cells["enums/flags/decode"]["one"].form() == {"absent": "no such type"}
        assert cells["enums/auto-sized/decode"]["one"].form() == {"failures": ["input 0: wrong"]}
        assert {key for key, _ in engine.asked} == {s.key for s in self.ROWS if s.name not in ("flags", "auto-sized")}

    def test_later_launches_do_what_the_first_found_out(self) -> None:
        cells, _ = self.launch([CountingEngine("one", 1000)], 3)
        engine = CountingEngine("one", 500_000)
        self.launch([engine], 3, cells.plan())

        of_row = [operations for key, operations in engine.asked if key == "vectors/fixed/encode"]
        # A lap to get warm, and the rounds.
        assert of_row == [64, 1000, 1000, 1000]
        assert "enums/flags/decode" not in {key for key, _ in engine.asked}

    def test_an_engine_that_breaks_off_has_no_more_turns(self) -> None:
        class Broken(CountingEngine):
            def time(self, scenario: Scenario, operations: int) -> int:
                if len(self.asked) > 60:
                    raise EngineError("no more")
                return super().time(scenario, operations)

        cells, told = self.launch([Broken("one", 1000)], 10)
        assert cells["vectors/fixed/encode"]["one"].form() == {"failures": ["no more"]}
        assert [what["row"] for what in told if what.get("failures") == ["no more"]].count("vectors/fixed/encode") == 1
        assert told[-1] == {"step": "vectors"}


def test_a_noisy_cell_is_one_whose_middle_round_is_a_fifth_slower() -> None:
    assert Cell(1, [[100.0, 121.0, 122.0]]).noisy
    assert not Cell(1, [[100.0, 119.0, 300.0]]).noisy


def test_the_control_loop_takes_its_time() -> None:
    assert _measure.control_loop() > 0
