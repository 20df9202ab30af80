"""
The workload: what it runs, exports and refuses; and the file that is kept for the same program in Rust.
"""

import dataclasses
import gc
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bebytes import scenarios, workload
from bebytes.scenarios import Absent, Scenario, Work

ROOT = Path(__file__).resolve().parent.parent
EXPORT = "python -m bebytes.workload --export benches/scenarios.json"


def expanded(text: str) -> bytes:
    """
    The bytes that an exported text stands for: hex digits, and runs such as `05*900`.
    """
    parts = (part.partition("*") for part in text.split(" "))
    return b"".join(bytes.fromhex(digits) * int(count or 1) for digits, _, count in parts)


class TestMeasured:
    @pytest.mark.parametrize("operations", [1, 3, 4, 11])
    def test_inputs_are_taken_in_turn(self, operations: int) -> None:
        taken: list[str] = []

        workload.measured(Work((taken.append,), tuple("abcd"), ()), operations)

        assert "".join(taken) == ("abcd" * 3)[:operations]

    def test_the_second_call_takes_what_the_first_gives(self) -> None:
        taken: list[str] = []

        workload.measured(Work((str.upper, taken.append), tuple("abcd"), ()), 6)

        assert "".join(taken) == "ABCDAB"


class TestRun:
    def test_each_scenario_has_a_line(self, backend: str, capsys: pytest.CaptureFixture[str]) -> None:
        assert workload.main(["--scenario", "bit_fields/complex", "--engine", backend, "--iterations", "7"]) == 0

        lines = capsys.readouterr().out.splitlines()
        assert [line.rpartition(" in ")[0] for line in lines] == [
            f"bit_fields/complex/{operation}: 7 operations on {backend}"
            for operation in ("encode", "decode", "round trip")
        ]

    @pytest.mark.parametrize(("engine", "operations"), [("native", 10_000), ("python", 100)])
    def test_operations_are_those_of_a_round_and_fewer_on_python(
        self, engine: str, operations: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        done: list[int] = []
        monkeypatch.setattr(workload, "available_backends", lambda: ("native", "python"))
        monkeypatch.setattr(Scenario, "failures", lambda self, engine: [])
        monkeypatch.setattr(Scenario, "work", lambda self, engine: Work((), (), ()))
        monkeypatch.setattr(workload, "measured", lambda work, operations: done.append(operations))

        assert workload.main(["--engine", engine]) == 0

        assert done == [operations] * 6
        assert [line.partition("/")[0] for line in capsys.readouterr().out.splitlines()] == ["mixed"] * 6

    def test_patterns_add_up_and_a_scenario_runs_once(self, capsys: pytest.CaptureFixture[str]) -> None:
        workload.main(["--iterations", "1", "--scenario", "enums/flags", "--scenario", "enums/flags/decode"])

        assert len(capsys.readouterr().out.splitlines()) == 2

    def test_what_exists_is_frozen_while_it_runs(self, monkeypatch: pytest.MonkeyPatch) -> None:
        frozen: list[int] = []
        monkeypatch.setattr(workload, "measured", lambda work, operations: frozen.append(gc.get_freeze_count()))
        before = gc.get_freeze_count()

        workload.main(["--scenario", "enums/flags/decode"])

        assert frozen[0] > 1000 + before
        assert gc.get_freeze_count() == 0

    def test_a_wrong_answer_is_said_and_not_run(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        scenario = scenarios.find("enums/regular/decode")
        wrong = dataclasses.replace(scenario, values=scenario.values[1:] + scenario.values[:1])
        monkeypatch.setattr(scenarios, "select", lambda pattern: [wrong, scenarios.find("enums/flags/decode")])

        assert workload.main(["--iterations", "1"]) == 1

        out, err = capsys.readouterr()
        assert err.startswith("bebytes.workload: enums/regular/decode is wrong: input 0: ")
        assert out.startswith("enums/flags/decode: 1 ")

    def test_an_interrupted_run_says_so(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        def interrupt(work: Work, operations: int) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(workload, "measured", interrupt)

        assert workload.main(["--scenario", "enums"]) == 130

        assert capsys.readouterr() == ("", "\ninterrupted\n")
        assert gc.get_freeze_count() == 0

    def test_it_is_a_module_to_run(self) -> None:
        words = [sys.executable, "-m", "bebytes.workload", "--scenario", "enums/flags/decode", "--iterations", "1"]

        ran = subprocess.run(words, capture_output=True, text=True, check=True)

        assert ran.stdout.startswith("enums/flags/decode: 1 operations on ")


class TestRefused:
    @pytest.mark.parametrize(
        ("words", "message"),
        [
            (["--scenario", "primitive"], "no group is called primitive; there are primitives, bit_fields, "),
            (["--scenario", "primitives/u64"], "no scenario is called primitives/u64; primitives has u8, u16, u32"),
            (["--export", "/nowhere/x.json"], "--export /nowhere/x.json: there is no such folder"),
        ],
    )
    def test_bad_use_lists_what_there_is(
        self, words: list[str], message: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert workload.main(words) == 2

        assert capsys.readouterr().err.startswith(f"bebytes.workload: {message}")

    @pytest.mark.parametrize(
        ("words", "message"),
        [
            (["--engine", "crate"], "invalid choice: 'crate' (choose from"),
            (["--iterations", "0"], "0 is not above 0"),
            (["--iterations", "x"], "invalid number value: 'x'"),
        ],
    )
    def test_bad_options_exit_with_2(self, words: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(SystemExit) as caught:
            workload.main(words)

        assert caught.value.code == 2
        assert message in capsys.readouterr().err

    def test_an_engine_that_is_not_installed(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(workload, "available_backends", lambda: ("python",))

        assert workload.main(["--engine", "native"]) == 2
        assert capsys.readouterr().err == "bebytes.workload: the engine native is not installed; there is python\n"

    def test_what_is_absent_is_said_and_the_rest_runs(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        absent = Absent("real", "tzif", "not installed")
        found: dict[str, list[Any]] = {"all": [absent, scenarios.find("enums/flags/decode")], "none": [absent]}
        monkeypatch.setattr(scenarios, "select", found.__getitem__)

        assert workload.main(["--iterations", "1", "--scenario", "all"]) == 0
        out, err = capsys.readouterr()
        assert out.startswith("enums/flags/decode: ")
        assert err == "bebytes.workload: without real/tzif: not installed\n"

        assert workload.main(["--scenario", "none"]) == 2
        assert capsys.readouterr() == ("", "bebytes.workload: real/tzif: not installed\n")


class TestExport:
    def test_the_file_beside_the_benches_is_fresh(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert workload.main(["--export", str(tmp_path / "new.json")]) == 0

        kept = (ROOT / "benches" / "scenarios.json").read_bytes()
        assert (tmp_path / "new.json").read_bytes() == kept, f"the scenarios have changed; run: {EXPORT}"

    def test_what_ran_is_exported_as_what_did_not(
        self, backend: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        # A plan notes the unions of flags that it meets.
        scenarios.find("enums/flags/decode").failures(backend)

        workload.main(["--export", str(tmp_path / "new.json"), "--scenario", "enums/flags/encode"])

        kept = (ROOT / "benches" / "scenarios.json").read_text(encoding="utf-8").splitlines()
        new = (tmp_path / "new.json").read_text(encoding="utf-8").splitlines()
        assert new[1] in [line.removesuffix(",") for line in kept]

    @pytest.mark.parametrize(("pattern", "distinct"), [("mixed", 64), ("growth_bytes/4096", 4)])
    def test_it_holds_all_values_and_bytes(
        self, pattern: str, distinct: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        path = tmp_path / "one.json"
        workload.main(["--export", str(path), "--scenario", pattern])

        written = json.loads(path.read_text(encoding="utf-8"))["scenarios"]
        chosen = [s for s in scenarios.select(pattern) if isinstance(s, Scenario)]
        for form, s in zip(written, chosen, strict=True):
            assert f"{form['layout']}/{form['operation']}" == s.key
            assert form["iterations"] == s.iterations
            # Inputs that come again and again are written once.
            laps = len(s.data) // len(form["data"])
            assert [expanded(text) for text in form["data"]] * laps == list(s.data)
            assert len(form["values"]) == len(form["data"]) == distinct
        assert capsys.readouterr().out == f"{path}: {len(chosen)} scenarios\n"

    def test_a_file_is_whole_or_as_it_was(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        def fail(path: Path, chosen: object) -> None:
            path.write_text("half")
            raise OSError("no space left")

        path = tmp_path / "kept.json"
        path.write_text("as it was")
        monkeypatch.setattr(scenarios, "write_scenarios", fail)

        assert workload.main(["--export", str(path)]) == 2

        assert capsys.readouterr().err == "bebytes.workload: no space left\n"
        assert path.read_text() == "as it was"
        assert list(tmp_path.iterdir()) == [path]
