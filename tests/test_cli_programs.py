"""
The Rust programs that `bebytes bench` asks over a pipe, by a stand-in, and the file of scenarios that they read.
"""

import json
import sys
import textwrap
from pathlib import Path

import pytest
from cli_runs import row_of, run

from bebytes import scenarios
from bebytes.cli import _cargo
from bebytes.cli._engines import EngineError, Program
from bebytes.scenarios import Scenario, write_scenarios

pytestmark = pytest.mark.usefixtures("good_build", "no_wishes")

# A program that speaks as the Rust ones do; it knows the answers by heart, and breaks off at input 2.
PROGRAM = """\
    #!{python}
    import json, sys
    scenarios = json.load(open(sys.argv[1]))["scenarios"]
    print(json.dumps({{"version": "9", "debug": {debug}, "loop_ns": 0.5}}), flush=True)
    for line in sys.stdin:
        verb, number, *rest = line.split()
        if scenarios[int(number)]["layout"] == "vectors/from-field":
            sys.exit("out of order")
        if scenarios[int(number)]["layout"].startswith("enums/"):
            answer = {{"absent": "no enums"}}
        else:
            answer = {{"failures": []}} if verb == "check" else {{"ns": 10 * int(rest[0])}}
            if "reused" in rest:
                answer = {{"failures": ["input 0"]}} if verb == "check" else {{"ns": int(rest[0])}}
        print(json.dumps(answer), flush=True)
"""


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """
    The program above, as a file that can be run.
    """
    return write_program(tmp_path, debug=False)


def write_program(folder: Path, debug: bool) -> Path:
    file = folder / "engine"
    file.write_text(textwrap.dedent(PROGRAM).format(python=sys.executable, debug=debug))
    file.chmod(0o755)
    return file


@pytest.mark.skipif(sys.platform == "win32", reason="a script is no program on Windows")
class TestPrograms:
    def built(self, monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
        monkeypatch.setattr(_cargo, "checkout", lambda: file.parent)
        monkeypatch.setattr(_cargo, "build", lambda root, names, note: dict.fromkeys(names, file))

    def test_a_column_of_one(
        self, program: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.built(monkeypatch, program)

        assert run("--engine", "core,python", "--group", "primitives,enums") == 0
        out, err = capsys.readouterr()
        assert "version 9, release build, its loop takes 0.5 ns of each figure" in " ".join(out.split())
        assert row_of(out, "u8", "decode")[0] == "10.0"
        assert row_of(out, "regular", "decode")[0] == "(a)"
        assert "\n(a) core: no enums\n" in out
        assert "building" not in err

    def test_one_that_breaks_off_fails_the_run(
        self, program: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.built(monkeypatch, program)

        assert run("--engine", "core,python", "--group", "vectors,arrays") == 1
        out = capsys.readouterr().out
        assert row_of(out, "fixed", "decode")[0] in ("10.0", "WRONG")
        assert "WRONG: core, vectors/from-field/encode: the program broke off: out of order\n" in out

    def test_a_debug_build_is_refused(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.built(monkeypatch, write_program(tmp_path, debug=True))

        assert run("--engine", "core") == 2
        assert "the engine core is a debug build" in capsys.readouterr().err

    def test_a_program_has_other_ways(self, program: Path, tmp_path: Path) -> None:
        s = scenarios.find("arrays/fixed/encode")
        order = write_scenarios(tmp_path / "one.json", [s])
        whole = Program("core", program, tmp_path / "one.json", order, {})
        way = whole.way("reused")
        try:
            assert (way.name, way.absent(s)) == ("core:reused", "")
            assert (whole.failures(s), way.failures(s)) == ([], ["input 0"])
            assert (whole.time(s, 7), way.time(s, 7)) == (70, 7)
        finally:
            whole.close()

    def test_one_that_does_not_start_has_a_reason(self, tmp_path: Path) -> None:
        file = tmp_path / "engine"
        file.write_text("#!/bin/sh\necho no >&2\nexit 3\n")
        file.chmod(0o755)

        with pytest.raises(EngineError, match="the program broke off: no"):
            Program("core", file, tmp_path, {}, {})


class TestExport:
    def test_every_scenario_has_a_form_for_rust(self, tmp_path: Path) -> None:
        every = [s for s in scenarios.load() if isinstance(s, Scenario)]
        order = write_scenarios(tmp_path / "all.json", every)
        present = [s for s in every if s.group != "formats"]

        written = json.loads((tmp_path / "all.json").read_text())["scenarios"]
        assert [order[s.key] for s in present] == list(range(len(written)))

    def test_the_form(self, tmp_path: Path) -> None:
        write_scenarios(tmp_path / "one.json", [scenarios.find("vectors/from-field/decode")])

        (form,) = json.loads((tmp_path / "one.json").read_text())["scenarios"]
        assert [form["layout"], form["operation"], form["byteorder"]] == ["vectors/from-field", "decode", "big"]
        assert form["data"][1] == "05010203040563"
        assert form["values"][1] == [5, "0102030405", 99]
        length, body, post = form["plan"]["ops"]
        assert [op["name"] for op in (length, body, post)] == ["length", "body", "post"]
        assert length["node"]["is"] == "Number"
        assert body["node"]["length"]["expression"] == {"is": "Ref", "path": [0]}
