"""
The command `bebytes bench compare`, from runs of the real command on engines whose times are seeded random numbers.
"""

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Self

import pytest
from noise import Machine

from bebytes.cli import _cargo, _launches, _measure, main
from bebytes.cli._engines import Engine
from bebytes.scenarios import Scenario

pytestmark = pytest.mark.usefixtures("no_wishes")

NANOSECONDS = {"native": 100.0, "python": 4000.0}


class NoisyEngine:
    """
    An engine that takes as long as a machine of random numbers says.
    """

    def __init__(self, name: str, machine: Machine, slowed: dict[str, float]) -> None:
        self.name = name
        self.facts: dict[str, Any] = {"loop_ns": 7.0}
        self._machine = machine
        self._slowed = slowed
        self._luck: dict[str, float] = {}

    def absent(self, scenario: Scenario) -> str:
        return "no flags" if self.name == "python" and scenario.name == "flags" else ""

    def failures(self, scenario: Scenario) -> list[str]:
        return []

    def time(self, scenario: Scenario, operations: int) -> int:
        luck = self._luck.setdefault(scenario.key, self._machine.launch())
        takes = NANOSECONDS[self.name] * self._slowed.get(f"{scenario.key}/{self.name}", 1.0)
        return round(operations * takes * luck * self._machine.factor())


class Apart:
    """
    A launch in a process of its own, but in this one, with its own luck.
    """

    def __init__(self, engines: list[Engine], plan: Any, settings: _measure.Settings) -> None:
        self._engines = engines
        self._plan = plan
        self._settings = settings

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        pass

    def opened(self, note: Callable[[str], None]) -> tuple[dict[str, Any], dict[str, str]]:
        return {engine.name: engine.facts for engine in self._engines}, {}


def bench(patch: pytest.MonkeyPatch, seed: int, *words: str, slowed: dict[str, float] | None = None) -> int:
    """
    The command on a noisy machine, with some cells slowed: `{"enums/regular/decode/native": 1.2}`.
    """
    machine = Machine(seed)

    def engines(names: Sequence[str]) -> list[Engine]:
        return [NoisyEngine(name, machine, slowed or {}) for name in names]

    class Launch(Apart):
        def __init__(self, loaded: Any, names: Sequence[str], settings: _measure.Settings, plan: Any) -> None:
            super().__init__(engines(names), plan, settings)
            self._rows = [s for s in loaded if isinstance(s, Scenario)]

        def listen(self, tell: _measure.Tell) -> None:
            _measure.launch(self._rows, self._engines, self._settings, self._plan, machine.random, tell)

    patch.setattr(_launches, "_Process", Launch)
    patch.setattr(_measure, "control_loop", machine.control)
    return main(["bench", "--engines", "native,python", *words])


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """
    A checkout with three records: `before`, `same` of the same build, `after` with a cell a fifth slower and one a fifth faster.
    """
    root = tmp_path_factory.mktemp("checkout")
    (root / "benches").mkdir()
    slowed = {"enums/regular/decode/native": 1.2, "vectors/fixed/encode/python": 1 / 1.2}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_cargo, "checkout", lambda: root)
        rows = ["--group", "enums,vectors"]
        assert bench(patch, 1, *rows, "--save", "before") == 0
        assert bench(patch, 2, *rows, "--save", "same") == 0
        assert bench(patch, 3, *rows, "--save", "after", slowed=slowed) == 0
    return root / "benches" / "record"


@pytest.fixture
def kept(records: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """
    The records under their names.
    """
    monkeypatch.setattr(_cargo, "checkout", lambda: records.parents[1])
    return records


def compare(*words: str) -> int:
    return main(["bench", "compare", *words])


def verdicts(file: Path) -> dict[str, str]:
    cells = json.loads(file.read_text())["cells"]
    return {"/".join(c[key] for key in ("group", "name", "operation", "engine")): c["verdict"] for c in cells}


@pytest.mark.usefixtures("kept")
class TestVerdicts:
    def test_two_runs_of_the_same_build_are_not_told_apart(self, tmp_path: Path) -> None:
        file = tmp_path / "found.json"

        assert compare("before", "same", "--fail-above", "0", "--json", str(file)) == 0
        found = verdicts(file)
        assert len(found) == 18
        assert set(found.values()) == {"no difference"}

    def test_what_is_a_fifth_slower_or_faster_is_found(self, tmp_path: Path) -> None:
        file = tmp_path / "found.json"

        assert compare("before", "after", "--json", str(file)) == 0
        found = verdicts(file)
        assert found.pop("enums/regular/decode/native") == "slower"
        assert found.pop("vectors/fixed/encode/python") == "faster"
        assert set(found.values()) == {"no difference"}

    def test_it_stands_in_the_table(self, capsys: pytest.CaptureFixture[str]) -> None:
        compare("before", "after")

        out = capsys.readouterr().out
        assert "slower or faster where all of `within` is over 10 % away from 1" in " ".join(out.split())
        (line,) = [line for line in out.splitlines() if line.endswith("  slower")]
        words = re.split("  +", line)
        assert words[:3] == ["regular", "decode", "native"]
        a, b, ratio, within = words[3:7]
        low, high = map(float, within.split(" – "))  # noqa: RUF001 (the sign that is shown)
        assert low <= float(ratio) <= high
        assert 1.1 < float(ratio) < 1.3
        assert float(ratio) == pytest.approx(float(b) / float(a), rel=0.02)
        assert re.search(r"\nnative +\d\.\d\d +10 +0 +1 +9\n", out)
        assert re.search(r"\npython +\d\.\d\d +8 +1 +0 +7\n", out)

    @pytest.mark.parametrize(
        ("percent", "code", "told"),
        [
            ("10", 1, "\nslower by more than 10 %: enums/regular/decode/native 1."),
            ("10%", 1, "\nslower by more than 10 %: enums/regular/decode/native 1."),
            ("40", 0, "\nNothing is slower by more than 40 %.\n"),
        ],
    )
    def test_fail_above(self, percent: str, code: int, told: str, capsys: pytest.CaptureFixture[str]) -> None:
        assert compare("before", "after", "--fail-above", percent) == code
        assert told in capsys.readouterr().out

    def test_what_became_faster_is_no_failure(self) -> None:
        assert compare("before", "after", "--engines", "python", "--fail-above", "0") == 0

    def test_the_other_way_round(self, tmp_path: Path) -> None:
        file = tmp_path / "found.json"
        compare("after", "before", "--json", str(file))

        found = verdicts(file)
        assert found["enums/regular/decode/native"] == "faster"
        assert found["vectors/fixed/encode/python"] == "slower"

    def test_a_file_for_a_name(self, kept: Path) -> None:
        assert compare(str(kept / "before.json"), "same") == 0


@pytest.mark.usefixtures("kept")
class TestWarnings:
    def changed(self, kept: Path, tmp_path: Path, **facts: object) -> str:
        record = json.loads((kept / "same.json").read_text())
        (tmp_path / "changed.json").write_text(json.dumps(record | facts))
        return str(tmp_path / "changed.json")

    def test_like_records_have_none(self, capsys: pytest.CaptureFixture[str]) -> None:
        compare("before", "same")
        assert "warning" not in capsys.readouterr().out

    @pytest.mark.parametrize(
        ("key", "value", "told"),
        [
            ("machine", "another", "the machine differs: "),
            ("interpreter", "another", "the interpreter differs: "),
            ("compiler", "another", "the Rust compiler differs: "),
            ("build", "dev", "the build of the extension differs: "),
            ("launches", 2, "the number of launches differs: 6 in A, 2 in B"),
            ("launches", 2, "B has fewer than 3 launches: differences up to 50% may be the luck of one"),
            ("rounds", 8, "the number of rounds differs: 16 in A, 8 in B"),
            ("seconds", 0.1, "the length of a round differs: 0.003 in A, 0.1 in B"),
        ],
    )
    def test_what_differs_is_told(
        self, key: str, value: object, told: str, kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        compare("before", self.changed(kept, tmp_path, **{key: value}))
        assert told in " ".join(capsys.readouterr().out.split())

    def test_other_versions_of_an_engine(self, kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        for version in ("1", "2"):
            record = json.loads((kept / "same.json").read_text())
            record["engines"]["python"]["version"] = version
            (tmp_path / f"{version}.json").write_text(json.dumps(record))

        compare(str(tmp_path / "1.json"), str(tmp_path / "2.json"))
        assert "the version of python differs: 1 in A, 2 in B" in capsys.readouterr().out

    @pytest.mark.parametrize(("what", "value"), [("bytes", [1, 99]), ("inputs", 2), ("about", "another layout")])
    def test_other_work_in_a_row(
        self, what: str, value: object, kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        record = json.loads((kept / "same.json").read_text())
        row = record["rows"][0]
        row[what] = value
        (tmp_path / "other.json").write_text(json.dumps(record))

        compare("before", str(tmp_path / "other.json"))
        key = f"{row['group']}/{row['name']}/{row['operation']}"
        assert f"{key} is other work in B: its {what} differ" in " ".join(capsys.readouterr().out.split())


@pytest.mark.usefixtures("kept")
class TestRowsOfOne:
    def test_they_are_listed(self, kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        record = json.loads((kept / "same.json").read_text())
        for index in (-1, 1):
            del record["rows"][index]
        (tmp_path / "less.json").write_text(json.dumps(record))

        compare(str(tmp_path / "less.json"), "before")
        out = capsys.readouterr().out
        assert "\nonly in B    native: enums/regular/decode, vectors/from-field/decode\n" in out
        assert "\nonly in B    python: enums/regular/decode, vectors/from-field/decode\n" in out
        assert "only in A" not in out

    def test_an_engine_of_one_is_told_in_a_word(
        self, kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        record = json.loads((kept / "same.json").read_text())
        for row in record["rows"]:
            del row["engines"]["python"]
        (tmp_path / "native.json").write_text(json.dumps(record))

        compare("before", str(tmp_path / "native.json"))
        assert "\nonly in A    python: all of its 8 cells\n" in capsys.readouterr().out

    def test_nothing_in_common(self, kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        record = json.loads((kept / "same.json").read_text())
        (tmp_path / "empty.json").write_text(json.dumps(record | {"rows": []}))

        assert compare("before", str(tmp_path / "empty.json"), "--fail-above", "1") == 0
        assert "\nThe records have no cell in common.\n" in capsys.readouterr().out


@pytest.mark.usefixtures("kept")
class TestRefusals:
    def test_an_unknown_record(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert compare("before", "never") == 2
        assert capsys.readouterr() == (
            "",
            "bebytes bench compare: no record is called never; there are after, before, same\n",
        )

    def test_an_unknown_engine(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert compare("before", "same", "--engines", "fox") == 2
        assert "no engine is called fox; there are native, python, and all\n" in capsys.readouterr().err

    def test_a_folder_that_is_not_there(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert compare("before", "same", "--json", str(tmp_path / "nowhere" / "found.json")) == 2
        assert capsys.readouterr().err.endswith("there is no such folder\n")

    @pytest.mark.parametrize("percent", ["-1", "much", "nan"])
    def test_what_is_no_percentage(self, percent: str) -> None:
        with pytest.raises(SystemExit, match="2"):
            compare("before", "same", "--fail-above", percent)

    def test_options_of_bench_in_front(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["bench", "--quick", "--json", "x", "compare", "before", "same"]) == 2
        assert capsys.readouterr().err.startswith("bebytes bench: --quick, --json in front of a verb means nothing")
