"""
The counts: what is judged as too much, what is not judged, and how valgrind is asked. Only `./test.sh` counts for real.
"""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bebytes import scenarios
from bebytes.scenarios import INPUTS

ROOT = Path(__file__).resolve().parent.parent
SPEC = importlib.util.spec_from_file_location("counts", ROOT / "profiling" / "counts.py")
assert SPEC is not None
assert SPEC.loader is not None
counts: Any = importlib.util.module_from_spec(SPEC)
sys.modules["counts"] = counts
SPEC.loader.exec_module(counts)

FACTS = {"compiler": "rustc 1.95.0", "flags": "", "architecture": "x86_64", "vectors": "avx2", "libc": "glibc 2.36"}
KNOWN = {
    "enums/flags/encode": counts.Count(1000.0, 8.0, 1.0, 8),
    "enums/flags/decode": counts.Count(1000.0, 0.0, 0.0, 0),
}


def judged(now: dict[str, Any], *, check: bool = True, whole: bool = True, facts: dict[str, str] | None = None) -> int:
    record = {"commit": "abc1234", **FACTS, "scenarios": KNOWN}
    code: int = counts.report(FACTS | (facts or {}), now, record, whole=whole, check=check)
    return code


def scaled(factor: float, what: str = "instructions") -> dict[str, Any]:
    """
    The known counts with one of them changed in the first scenario.
    """
    key = "enums/flags/encode"
    return KNOWN | {key: KNOWN[key]._replace(**{what: getattr(KNOWN[key], what) * factor})}


class TestJudgement:
    @pytest.mark.parametrize("what", ["instructions", "bytes", "blocks"])
    @pytest.mark.parametrize(("factor", "code"), [(1, 0), (1.02, 0), (1.04, 1), (2, 1), (0.5, 0)])
    def test_three_percent_more_are_too_many(
        self, what: str, factor: float, code: int, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert judged(scaled(factor, what)) == code

        lines = capsys.readouterr().out.splitlines()
        named = [line for line in lines if line.startswith("MORE: enums/flags/encode: ")]
        assert len(named) == code
        if code:
            assert named[0].endswith(f" (+{(factor - 1) * 100:.1f} %)")
            assert lines[-1].startswith("Against the record of abc1234, 1 counts are not as they should be")
        else:
            assert lines[-1] == "No count is over 3 % more than in the record of abc1234."

    def test_without_a_check_it_is_only_said(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert judged(scaled(1.04), check=False) == 0
        assert "MORE: enums/flags/encode: 1,000.0 → 1,040.0 instructions (+4.0 %)" in capsys.readouterr().out

    def test_memory_where_there_was_none_is_too_much(self, capsys: pytest.CaptureFixture[str]) -> None:
        key = "enums/flags/decode"

        assert judged(KNOWN | {key: KNOWN[key]._replace(bytes=16.0, blocks=1.0)}) == 1
        assert f"MORE: {key}: 0.0 → 16.0 heap bytes (+inf %)" in capsys.readouterr().out

    def test_the_table_has_the_change_of_each(self, capsys: pytest.CaptureFixture[str]) -> None:
        judged(scaled(1.02))

        lines = [line.split() for line in capsys.readouterr().out.splitlines()[1:3]]
        assert lines == [
            ["enums/flags/encode", "1,020", "+2.0", "%", "8", "1.0", "8"],
            ["enums/flags/decode", "1,000", "+0.0", "%", "0", "0.0", "0"],
        ]

    @pytest.mark.parametrize("fact", ["compiler", "flags", "architecture", "vectors", "libc"])
    def test_instructions_of_another_build_are_not_judged(self, fact: str, capsys: pytest.CaptureFixture[str]) -> None:
        assert judged(scaled(1.04), facts={fact: "another"}) == 0

        out = capsys.readouterr().out
        assert f"Not judged: instructions, as the record of abc1234 has another build ({fact}: another here, " in out
        assert "MORE" not in out

    @pytest.mark.parametrize("what", ["bytes", "blocks"])
    def test_the_heap_of_another_build_is(self, what: str, capsys: pytest.CaptureFixture[str]) -> None:
        assert judged(scaled(1.04, what), facts={"compiler": "another"}) == 1
        assert "MORE: enums/flags/encode: " in capsys.readouterr().out

    def test_what_the_record_has_not_is_said_of_another_build_too(self) -> None:
        assert judged(KNOWN | {"enums/new/encode": KNOWN["enums/flags/encode"]}, facts={"compiler": "another"}) == 1

    @pytest.mark.parametrize(
        ("fact", "value"), [("flags", "-D warnings"), ("flags", "--cap-lints=warn -Wunused"), ("libc", "glibc 9.9")]
    )
    def test_what_changes_no_instruction_is_judged(self, fact: str, value: str) -> None:
        assert judged(scaled(1.04), facts={fact: value}) == 1

    def test_a_scenario_that_the_record_has_not(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert judged(KNOWN | {"enums/new/encode": KNOWN["enums/flags/encode"]}) == 1
        assert "NEW: enums/new/encode is not in the record" in capsys.readouterr().out

    def test_a_scenario_that_is_no_more(self, capsys: pytest.CaptureFixture[str]) -> None:
        some = {"enums/flags/encode": KNOWN["enums/flags/encode"]}

        assert judged(some, whole=False) == 0
        assert judged(some) == 1
        assert "GONE: enums/flags/decode of the record is no scenario" in capsys.readouterr().out


class TestRecord:
    def test_the_record_has_all_scenarios(self) -> None:
        record = counts.read(counts.RECORD, wanted=True)

        assert list(record["scenarios"]) == [s.key for s in counts.select(counts.COUNTED)], "profiling/counts.sh --save"
        assert all(count.instructions > 0 for count in record["scenarios"].values())
        assert set(counts.DECISIVE) < set(record)

    def test_it_is_read_as_it_was_written(self, tmp_path: Path) -> None:
        path = tmp_path / "counts.json"
        counts.write(path, FACTS, KNOWN)

        assert counts.read(path, wanted=True) == {**FACTS, "scenarios": KNOWN}
        assert sum(line.startswith('  "enums/') for line in path.read_text(encoding="utf-8").splitlines()) == 2

    def test_none_is_needed_unless_it_is_asked_for(self, tmp_path: Path) -> None:
        assert counts.read(tmp_path / "none.json", wanted=False) is None
        with pytest.raises(counts.CountsError, match=r"there is no record .*none\.json; --save makes it"):
            counts.read(tmp_path / "none.json", wanted=True)

    @pytest.mark.parametrize(
        "text", ["", "[]", "{}", '{"scenarios": []}', '{"scenarios": {"x": 1}}', '{"scenarios": {"x": {"ir": 1}}}']
    )
    def test_what_is_no_record_is_named(self, text: str, tmp_path: Path) -> None:
        path = tmp_path / "broken.json"
        path.write_text(text)

        with pytest.raises(counts.CountsError, match=r"broken\.json is no record of counts: "):
            counts.read(path, wanted=False)


class TestCounting:
    """
    A stand-in for valgrind writes the files that callgrind and DHAT would.
    """

    @pytest.fixture
    def valgrind(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
        def put(script: str) -> None:
            path = tmp_path / "bin" / "valgrind"
            path.parent.mkdir(exist_ok=True)
            path.write_text(f"#!{sys.executable}\nimport json, os, sys\n{script}")
            path.chmod(0o755)

        monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
        return put

    CALLGRIND = """
out = next(word for word in sys.argv if word.startswith("--callgrind-out-file=")).partition("=")[2]
assert "--toggle-collect=counts::scenario::measured" in sys.argv
assert sys.argv[-1] == "64" and "-AVX2" in os.environ["GLIBC_TUNABLES"]
names = [s["layout"] for s in json.load(open(sys.argv[-2]))["scenarios"]]
for number, name in enumerate(names, 1):
    open(f"{out}.{number}", "w").write(f"events: Ir\\nsummary: {number * 64}\\ntotals: 1\\n")
    print(json.dumps({"blocks": 64 * number, "bytes": 128, "peak": 7, "vectors": "basic"}))
"""

    def test_each_dump_is_a_scenario(self, valgrind: Any) -> None:
        valgrind(self.CALLGRIND)
        # More than nine, so that files are taken by number.
        chosen = counts.select(["primitives", "bit_fields"])

        found, vectors = counts.measure(Path("/nowhere/counts"), chosen)

        assert found == {s.key: counts.Count(i, 2.0, i, 7) for i, s in enumerate(chosen, 1)}
        assert len(found) == 12
        assert vectors == "basic"

    @pytest.mark.parametrize(
        ("old", "new"), [("{number * 64}", "0"), ('f"{out}.{number}"', 'f"{out}.1"'), ("print(", "str(")]
    )
    def test_fewer_dumps_than_scenarios_are_no_counts(self, old: str, new: str, valgrind: Any) -> None:
        valgrind(self.CALLGRIND.replace(old, new))

        with pytest.raises(counts.CountsError, match=r"of 2 scenarios: is counts::scenario::measured in counts\?"):
            counts.measure(Path("/nowhere/counts"), counts.select(["primitives/u8"]))

    def test_a_program_that_fails_is_an_error(self, valgrind: Any) -> None:
        valgrind("sys.exit('no such tool')")

        with pytest.raises(counts.CountsError, match="`valgrind --tool=callgrind` failed: no such tool"):
            counts.measure(Path("/nowhere/counts"), counts.select(["primitives/u8"]))

    DHAT = """
out = next(word for word in sys.argv if word.startswith("--dhat-out-file=")).partition("=")[2]
points = [{"tb": 512, "tbk": 64, "fs": [1, 2]}, {"tb": 999, "tbk": 9, "fs": [1, 3]}]
frames = ["[root]", "0x1: malloc", "0x2: workload::scenario::measured (scenario.rs:7)", "0x3: main"]
json.dump({"ftbl": frames, "pps": points}, open(out, "w"))
"""

    def test_another_tool_must_find_the_same_heap(self, valgrind: Any) -> None:
        valgrind(self.DHAT)
        chosen = counts.select(["enums/flags/encode"])

        counts.confirm(Path("/nowhere/workload"), chosen, KNOWN)
        for other in (scaled(2, "bytes"), scaled(2, "blocks")):
            with pytest.raises(counts.CountsError, match=r"enums/flags/encode: DHAT finds 8\.0 bytes in 1\.0 blocks"):
                counts.confirm(Path("/nowhere/workload"), chosen, other)


class TestCommand:
    @pytest.mark.parametrize(
        ("words", "message"),
        [
            (["--scenario", "nothing"], "no group is called nothing; there are primitives, "),
            (["--scenario", "enums/x"], "no scenario is called enums/x; enums has regular, "),
            (["--scenario", "real/tzif"], "real/tzif: its inputs are those of the machine; there are primitives, "),
            (["--save", "--scenario", "enums"], "--save keeps all scenarios: leave out --scenario"),
            (["--check", "--record", "/nowhere/x.json"], "there is no record /nowhere/x.json; --save makes it"),
        ],
    )
    def test_bad_use_is_a_sentence(self, words: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
        assert counts.main(["--counter", "/nowhere/counts", *words]) == 2

        assert capsys.readouterr().err.startswith(f"counts: {message}")

    def test_an_interrupted_run_says_so(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        def interrupt(counter: Path, chosen: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(counts, "measure", interrupt)

        assert counts.main(["--counter", "/nowhere/counts"]) == 130
        assert capsys.readouterr() == ("", "\ninterrupted\n")

    def test_saving_writes_what_was_counted(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        confirmed: list[Any] = []
        monkeypatch.setattr(counts, "measure", lambda counter, chosen: (KNOWN, "basic"))
        monkeypatch.setattr(counts, "confirm", lambda workload, chosen, found: confirmed.append(found))
        path = tmp_path / "counts.json"

        assert counts.main(["--counter", "x", "--workload", "y", "--save", "--record", str(path)]) == 0

        assert confirmed == [KNOWN]
        record = json.loads(path.read_text(encoding="utf-8"))
        assert record["scenarios"]["enums/flags/encode"]["instructions"] == 1000.0
        assert record["operations"] == str(INPUTS)
        assert record["vectors"] == "basic"
        assert capsys.readouterr().out.splitlines()[-1].startswith("No count is over 3 % more than in the record of ")

    def test_every_group_is_counted_but_those_of_real_data(self) -> None:
        assert {*counts.COUNTED, "real", "formats"} == {*scenarios.GROUPS, *scenarios.GROWTH}


class TestScript:
    def run(self, bin_: Path, *words: str) -> subprocess.CompletedProcess[str]:
        for name in ("bash", "cat", "cut", "dirname", "env", "grep", "sed", "tr"):
            (bin_ / name).symlink_to(shutil.which(name) or "/nowhere")
        (bin_ / "python3").symlink_to(sys.executable)
        return subprocess.run(
            [ROOT / "profiling" / "counts.sh", *words],
            env={"PATH": str(bin_), "HOME": str(bin_)},
            capture_output=True,
            text=True,
            check=False,
        )

    @pytest.mark.parametrize(("words", "code"), [(["--check"], 0), ([], 0), (["--save"], 2)])
    def test_without_valgrind_it_says_that_it_was_skipped(self, words: list[str], code: int, tmp_path: Path) -> None:
        done = self.run(tmp_path, *words)

        assert done.stderr == "skipped: valgrind is not installed; sudo apt install valgrind\n"
        assert done.returncode == code

    def test_help_needs_nothing(self, tmp_path: Path) -> None:
        done = self.run(tmp_path, "--help")

        assert done.returncode == 0
        assert "--check" in done.stdout
        assert "--counter" not in done.stdout
