"""
The command `bebytes bench`: what it prints, writes and refuses. No figure is judged.
"""

import dataclasses
import errno
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from cli_runs import row_of, rows, run

import bebytes
from bebytes import scenarios
from bebytes.cli import _cargo, main
from bebytes.cli._files import write_whole
from bebytes.scenarios import Absent

pytestmark = pytest.mark.usefixtures("good_build", "no_wishes")

posix = pytest.mark.skipif(sys.platform == "win32", reason="a script is no program on Windows")


class TestTable:
    def test_a_run_has_a_row_for_each_scenario(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert run("--engine", "python", "--group", "enums,vectors") == 0

        out, err = capsys.readouterr()
        assert [row[:2] for row in rows(out)] == [
            [name, operation]
            for name in ("regular", "auto-sized", "flags", "fixed", "from-field")
            for operation in ("encode", "decode")
        ]
        assert "\nenums   1,000,000 operations, fewer on a slow engine\n" in out
        assert row_of(out, "regular", "decode")[-1] == "128"
        assert re.search(r"ns an operation, the best of 1 \S 2 rounds of 0.001 ms; ", out)
        assert out.endswith("All answers of 10 cells were right, each on 64 inputs.\n")
        assert err == "measuring enums, vectors on python\n"

    def test_it_names_what_the_figures_depend_on(self, capsys: pytest.CaptureFixture[str]) -> None:
        run("--engine", "python", "--group", "vectors")

        head = capsys.readouterr().out.partition("\n\n")[0].splitlines()
        named = {line.split()[0]: line for line in head if not line.startswith(" ")}
        assert list(named) == ["bebytes", "machine", "interpreter", "compiler", "python", "figures"]
        assert sys.version.split()[0] in named["interpreter"]

    def test_every_backend_here_has_a_column(self, capsys: pytest.CaptureFixture[str]) -> None:
        backends = bebytes.available_backends()
        run("--engine", ",".join(backends), "--group", "vectors")

        out = capsys.readouterr().out
        upper, lower, rule = re.search(r"\nvectors .*\n(.*)\n(layout .*)\n(.*)\n", out).groups()  # type: ignore[union-attr]
        assert upper.split()[: len(backends)] == list(backends)
        assert lower.split()[2 : 2 + len(backends)] == ["ns/op"] * len(backends)
        assert set(rule) == {"─"}
        ratios = re.findall(r"^÷ native +(?:en|de)code +([0-9.,]+)$", out, re.MULTILINE)
        assert len(ratios) == (2 if len(backends) == 2 else 0)

    def test_numbers_end_in_one_column(self, capsys: pytest.CaptureFixture[str]) -> None:
        run("--engine", "python", "--group", "enums,vectors")

        lines = [line for line in capsys.readouterr().out.splitlines() if re.match(r".{0,15} +(en|de)code  ", line)]
        assert len(lines) > 6
        assert len({len(line) for line in lines}) == 1

    def test_nothing_is_wider_than_a_file_wants_or_ends_in_spaces(
        self, no_checkout: None, capsys: pytest.CaptureFixture[str]
    ) -> None:
        run("--group", "enums,real")

        lines = capsys.readouterr().out.splitlines()
        assert max(map(len, lines)) <= 120
        assert all(line == line.rstrip() for line in lines)

    def test_a_real_message_is_shown(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert run("--engine", "python", "--group", "real") == 0

        out = capsys.readouterr().out
        assert "\nbytes        45 00 " in out
        assert "Question(name=b'\\x06host-0\\x07example\\x03org'" in out
        assert "\nencoded      the same 80 bytes\n" in out

    def test_what_is_not_installed_has_a_row(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        absent = Absent("real", "tzif", "not installed: pip install bebytes[bench]")
        monkeypatch.setattr(scenarios, "load", lambda groups: [absent])

        assert run("--engine", "python") == 0
        out = capsys.readouterr().out
        assert re.search(r"\ntzif +\(a\)\n", out)
        assert "\n(a) not installed: pip install bebytes[bench]\n" in out

    def test_without_a_terminal_there_are_no_escape_codes(self, capsys: pytest.CaptureFixture[str]) -> None:
        run("--engine", "python", "--group", "vectors")

        out, err = capsys.readouterr()
        assert "\x1b" not in out + err
        assert "\r" not in out + err


class TestChoice:
    def chosen(self, capsys: pytest.CaptureFixture[str], *words: str) -> list[str]:
        assert run("--engines", "python", *words) == 0
        return ["/".join(row[:2]) for row in rows(capsys.readouterr().out)]

    def test_scenarios_by_their_address(self, capsys: pytest.CaptureFixture[str]) -> None:
        words = ["--scenario", "vectors/fixed/decode", "--scenario", "enums/flags", "--scenario", "vectors/fixed"]

        # Each once, and a group in one piece.
        assert self.chosen(capsys, *words) == ["fixed/decode", "fixed/encode", "flags/encode", "flags/decode"]

    def test_groups_and_scenarios_add_up(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert self.chosen(capsys, "--group", "vectors", "--scenario", "enums/flags/decode")[-1] == "flags/decode"

    def test_growth_is_measured_where_it_is_asked_for(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert self.chosen(capsys, "--scenario", "growth_fields/8") == ["8/encode", "8/decode"]

    def test_all_engines(self, no_checkout: None, capsys: pytest.CaptureFixture[str]) -> None:
        """
        Those that are not there are told, and no error.
        """
        assert run("--engines", "all", "--scenario", "enums/flags") == 0
        out = capsys.readouterr().out
        assert "\n-   crate: needs a checkout of the repository" in out
        assert "\n-   slots: " in out
        assert re.search(r"^python +[\d,.~]+ +[\d,.~]+$", out, re.MULTILINE)


class TestAnswers:
    def test_a_wrong_one_is_shown_and_fails(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        right = scenarios.find("vectors/fixed/encode")
        wrong = dataclasses.replace(right, data=(b"wrong", *right.data[1:]))
        monkeypatch.setattr(scenarios, "load", lambda groups: [wrong])

        assert run("--engine", "python") == 1
        out = capsys.readouterr().out
        assert "WRONG" in out
        assert "WRONG: python, vectors/fixed/encode: input 0: 00000102 instead of 77726f6e67\n" in out
        assert "All answers" not in out


class TestRecord:
    def test_it_holds_every_round(self, tmp_path: Path) -> None:
        file = tmp_path / "now.json"
        assert run("--engine", "python", "--group", "enums", "--json", str(file)) == 0

        record = json.loads(file.read_text(encoding="utf-8"))
        assert set(record) == {
            "form", "bebytes", "build", "commit", "date", "machine", "interpreter", "compiler", "engines", "launches",
            "rounds", "seconds", "iterations", "rows", "absent",
        }  # fmt: skip
        assert record["form"] == 1
        assert record["absent"] == []
        assert list(record["engines"]) == ["python"]
        assert len(record["rows"]) == 6
        row = record["rows"][0]
        assert [row["group"], row["name"], row["operation"]] == ["enums", "regular", "encode"]
        assert [row["iterations"], row["inputs"], row["bytes"]] == [1_000_000, 3, [1, 1]]
        cell = row["engines"]["python"]
        assert cell["operations"] == 64
        assert len(cell["samples_ns"]) == 2
        assert cell["best_ns"] == min(cell["samples_ns"]) > 0
        assert list(tmp_path.iterdir()) == [file]

    def test_it_is_written_whole_or_not_at_all(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file = tmp_path / "now.json"
        file.write_text("before")

        def fill_the_disk(path: Path, target: Path) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(Path, "replace", fill_the_disk)

        assert run("--engine", "python", "--group", "vectors", "--json", str(file)) == 2
        assert capsys.readouterr().err.endswith(f"bebytes bench: {file} cannot be written: No space left on device\n")
        assert file.read_text() == "before"
        assert list(tmp_path.iterdir()) == [file]

    def test_a_missing_folder_is_told_before_measuring(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert run("--json", str(tmp_path / "nowhere" / "now.json")) == 2
        assert "there is no such folder" in capsys.readouterr().err

    def test_a_folder_in_its_place_is_told_before_measuring(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert run("--json", str(tmp_path)) == 2
        assert capsys.readouterr() == ("", f"bebytes bench: --json {tmp_path}: this is a folder\n")

    def test_an_interruption_behind_the_last_step_stays_one(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """
        The file is in its place then, and nothing is left to take away.
        """
        replace = Path.replace

        def interrupted(path: Path, target: Path) -> None:
            replace(path, target)
            raise KeyboardInterrupt

        monkeypatch.setattr(Path, "replace", interrupted)

        with pytest.raises(KeyboardInterrupt):
            write_whole(tmp_path / "now.json", "after")
        assert [file.read_text() for file in tmp_path.iterdir()] == ["after"]


class TestIterations:
    @pytest.mark.parametrize("launches", ["1", "2"])
    def test_they_are_what_a_round_has(self, launches: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        file = tmp_path / "now.json"
        words = ["--launches", launches, "--rounds", "2", "--iterations", "100", "--json", str(file)]
        assert main(["bench", "--engines", "python", "--scenario", "vectors/fixed/decode", *words]) == 0

        assert "rounds of 100 operations; " in " ".join(capsys.readouterr().out.split())
        record = json.loads(file.read_text())
        assert record["iterations"] == 100
        assert record["rows"][0]["engines"]["python"]["operations"] == 100

    def test_they_and_seconds_exclude_each_other(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert run("--iterations", "100") == 2
        assert "--seconds and --iterations both say how long a round is" in capsys.readouterr().err


class TestRefusals:
    @pytest.mark.parametrize(
        ("words", "message"),
        [
            (["--group", "primitive"], "no group is called primitive; there are primitives, bit_fields, "),
            (["--engine", "rust"], "no engine is called rust; there are crate, core, native, python"),
            (["--engine", "native, rust"], "no engine is called rust; there are crate, core, native, python"),
            (["--scenario", "enums/fox"], "no scenario is called enums/fox; enums has regular, auto-sized, flags"),
            (["--scenario", "fox"], "no group is called fox; there are primitives, "),
        ],
    )
    def test_an_unknown_name(self, capsys: pytest.CaptureFixture[str], words: list[str], message: str) -> None:
        assert run(*words) == 2
        assert message in capsys.readouterr().err

    @pytest.mark.parametrize(
        "words",
        [["--rounds", "0"], ["--seconds", "-1"], ["--rounds", "many"], ["--seconds", "inf"], ["--engines", "native,"]],
    )
    def test_a_number_that_is_none(self, capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
        with pytest.raises(SystemExit, match="2"):
            main(["bench", *words])

    @pytest.mark.parametrize("name", ["a/b", "../a", ""])
    def test_a_name_for_a_record_that_is_none(self, name: str, capsys: pytest.CaptureFixture[str]) -> None:
        assert run("--save", name) == 2
        out, err = capsys.readouterr()
        # Before anything is measured.
        assert out == ""
        assert f"{name!r} is no name for a record" in err

    def test_a_debug_build_of_the_extension(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(bebytes, "available_backends", lambda: ("native", "python"))
        monkeypatch.setattr(bebytes, "_core", SimpleNamespace(build_profile="debug"), raising=False)

        assert run("--group", "vectors") == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert "the extension is a debug build" in err
        assert "maturin develop --release" in err

    def test_no_verb(self, capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(SystemExit, match="2"):
            main([])
        assert "bench" not in capsys.readouterr().out


class TestMissingEngines:
    def test_a_column_says_why_it_is_empty(self, no_checkout: None, capsys: pytest.CaptureFixture[str]) -> None:
        assert run("--group", "vectors") == 0

        out = capsys.readouterr().out
        assert "\n-   crate: needs a checkout of the repository" in out
        assert "\n-   core: needs a checkout of the repository" in out
        assert row_of(out, "fixed", "encode")[:2] == ["-", "-"]

    def test_one_that_was_asked_for_is_an_error(self, no_checkout: None, capsys: pytest.CaptureFixture[str]) -> None:
        assert run("--engine", "core,python", "--group", "vectors") == 2
        assert "core: needs a checkout of the repository" in capsys.readouterr().err

    def test_no_extension(
        self, no_checkout: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("BEBYTES_BACKEND", raising=False)
        monkeypatch.setattr(bebytes, "available_backends", lambda: ("python",))

        assert run("--group", "vectors") == 0
        assert "\n-   native: the extension is not installed; in a checkout, " in capsys.readouterr().out

    def test_no_cargo(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(shutil, "which", lambda name: None)

        with pytest.raises(_cargo.BuildError, match=r"needs cargo \(https://rustup.rs\)"):
            _cargo.build(Path(), ["core"])

    @staticmethod
    def cargo(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
        (folder / "cargo").write_text(f"#!/bin/sh\n{script}\n")
        (folder / "cargo").chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")

    @posix
    @pytest.mark.parametrize("built", [True, False])
    def test_it_is_said_that_something_is_built_where_it_is(
        self, built: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        message = json.dumps({"target": {"name": "engine_core"}, "executable": "/x/engine_core"})
        compiling = "echo '   Compiling a' >&2; echo '   Compiling b' >&2;" if built else ""
        self.cargo(tmp_path, monkeypatch, f"{compiling} echo '    Finished' >&2; echo '{message}'")
        notes: list[str] = []

        assert _cargo.build(tmp_path, ["core"], notes.append) == {"core": Path("/x/engine_core")}
        command = "cargo build --release --locked --example engine_core"
        assert notes == [f"building the Rust engines, which takes a minute or two: {command}"] * built

    @posix
    def test_a_build_that_fails_says_how(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.cargo(tmp_path, monkeypatch, r"printf '   Compiling x\nerror: no such thing\nmore\n' >&2; exit 101")

        with pytest.raises(
            _cargo.BuildError, match=r"cargo build --release --locked --example engine_core` failed: error: no such"
        ):
            _cargo.build(tmp_path, ["core"])


class TestWithoutRich:
    """
    The extra `cli` is not installed.
    """

    @pytest.fixture(autouse=True)
    def no_rich(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "rich", None)
        monkeypatch.delitem(sys.modules, "bebytes.cli._show")

    def test_bench_says_what_to_install(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert run("--engine", "python") == 2
        assert capsys.readouterr() == (
            "",
            "bebytes bench: its tables need rich; pip install 'bebytes[cli]' brings it\n",
        )

    @pytest.mark.parametrize("words", [["--version"], ["--help"], ["bench", "--help"]])
    def test_the_rest_works(self, words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(SystemExit, match="0"):
            main(words)
        assert "bebytes" in capsys.readouterr().out

    def test_the_package_never_imports_it(self) -> None:
        program = "import sys, bebytes, bebytes.cli, bebytes.scenarios; sys.exit('rich' in sys.modules)"
        subprocess.run([sys.executable, "-c", program], check=True)


class TestCommand:
    def test_as_a_module(self) -> None:
        ran = subprocess.run([sys.executable, "-m", "bebytes", "--version"], capture_output=True, text=True, check=True)

        assert ran.stdout.startswith("bebytes ")

    def test_help_names_the_verbs(self, capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(SystemExit, match="0"):
            main(["--help"])
        assert "bench" in capsys.readouterr().out

    def test_an_interruption_is_no_traceback(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def interrupt(groups: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(scenarios, "load", interrupt)

        assert run("--engine", "python") == 130
        assert capsys.readouterr().err == "\ninterrupted\n"
