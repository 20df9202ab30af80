"""
The command `bebytes bench`: what it prints, writes and refuses. No figure is judged.
"""

import dataclasses
import io
import json
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path
from types import SimpleNamespace

import pytest

import bebytes
from bebytes import scenarios
from bebytes.cli import _cargo, main
from bebytes.cli._engines import EngineError, Program
from bebytes.cli._show import Screen, count
from bebytes.scenarios import Absent, Scenario, write_scenarios

TINY = ["--rounds", "2", "--seconds", "0.000001"]


@pytest.fixture(autouse=True)
def good_build(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A debug build of the extension is refused, but the tests run with it too.
    """
    if "native" in bebytes.available_backends():
        from bebytes import _core

        monkeypatch.setattr(_core, "build_profile", "release")


@pytest.fixture(autouse=True)
def no_wishes(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    What the shell of the tests wants for its own screen says nothing here.
    """
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE", "TERM", "COLORTERM", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def no_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    As where the package is installed without its repository.
    """
    monkeypatch.setattr(_cargo, "checkout", lambda: None)


def run(*words: str) -> int:
    return main(["bench", *TINY, *words])


def rows(out: str) -> list[list[str]]:
    """
    The rows of the tables, each with the name of its layout, and split at wide gaps.
    """
    found: list[list[str]] = []
    for line in out.splitlines():
        if match := re.match(r"(\S.*?)?\s+(encode|decode|round trip)  +(\S.*)$", line):
            name, operation, rest = match.groups()
            found.append([name or found[-1][0], operation, *re.split("  +", rest)])
    return found


def row_of(out: str, name: str, operation: str) -> list[str]:
    return next(row[2:] for row in rows(out) if row[:2] == [name, operation])


class TestTable:
    def test_a_run_has_a_row_for_each_scenario(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert run("--engine", "python", "--group", "enums,vectors") == 0

        out, err = capsys.readouterr()
        assert [row[:2] for row in rows(out)] == [
            [name, operation]
            for name in ("regular", "auto-sized", "flags", "fixed", "from-field")
            for operation in ("encode", "decode")
        ]
        assert "\nenums   1,000,000 operations a round, fewer on a slow engine\n" in out
        assert row_of(out, "regular", "decode")[-1] == "64"
        assert "ns an operation, the best of 2 rounds; " in out
        assert out.endswith("All answers of 10 cells were right, each on 64 inputs.\n")
        assert err == "measuring enums: 6 rows on python\nmeasuring vectors: 4 rows on python\n"

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
        assert ("native is" in upper and "faster by" in lower) == (len(backends) == 2)
        assert ("×" in out) == (len(backends) == 2)  # noqa: RUF001 (the sign that is shown)

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
            "form", "bebytes", "commit", "date", "machine", "interpreter", "compiler", "engines", "rounds", "seconds",
            "rows", "absent",
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

    def test_it_is_written_whole_or_not_at_all(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        file = tmp_path / "now.json"
        file.write_text("before")

        def fill_the_disk(record: object, stream: io.TextIOBase, **keywords: object) -> None:
            stream.write("{")
            raise OSError("no space left")

        monkeypatch.setattr(json, "dump", fill_the_disk)
        with pytest.raises(OSError, match="no space left"):
            run("--engine", "python", "--group", "vectors", "--json", str(file))

        assert file.read_text() == "before"
        assert list(tmp_path.iterdir()) == [file]

    def test_a_missing_folder_is_told_before_measuring(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert run("--json", str(tmp_path / "nowhere" / "now.json")) == 2
        assert "there is no such folder" in capsys.readouterr().err


class TestRefusals:
    @pytest.mark.parametrize(
        ("words", "message"),
        [
            (["--group", "primitive"], "no group is called primitive; there are primitives, bit_fields, "),
            (["--engine", "rust"], "no engine is called rust; there are crate, core, native, python"),
        ],
    )
    def test_an_unknown_name(self, capsys: pytest.CaptureFixture[str], words: list[str], message: str) -> None:
        assert run(*words) == 2
        assert message in capsys.readouterr().err

    @pytest.mark.parametrize("words", [["--rounds", "0"], ["--seconds", "-1"], ["--rounds", "many"]])
    def test_a_number_that_is_none(self, capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
        with pytest.raises(SystemExit, match="2"):
            main(["bench", *words])

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

    def test_a_build_that_fails_says_how(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        failed = subprocess.CompletedProcess([], 101, "", "   Compiling x\nerror: no such thing\nmore")
        monkeypatch.setattr(shutil, "which", lambda name: "/bin/cargo")
        monkeypatch.setattr(subprocess, "run", lambda *arguments, **keywords: failed)

        with pytest.raises(
            _cargo.BuildError, match=r"cargo build --release --locked --example engine_core` failed: error: no such"
        ):
            _cargo.build(tmp_path, ["core"])


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
        monkeypatch.setattr(_cargo, "build", lambda root, names: dict.fromkeys(names, file))

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
        assert err.startswith("building the Rust engines ")

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

    def test_one_that_does_not_start_has_a_reason(self, tmp_path: Path) -> None:
        file = tmp_path / "engine"
        file.write_text("#!/bin/sh\necho no >&2\nexit 3\n")
        file.chmod(0o755)

        with pytest.raises(EngineError, match="the program broke off: no"):
            Program("core", file, tmp_path, {}, {})


class TestExport:
    def test_every_scenario_has_a_form_for_rust(self, tmp_path: Path) -> None:
        present = [s for s in scenarios.load() if isinstance(s, Scenario)]
        order = write_scenarios(tmp_path / "all.json", present)

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


def plain(text: str) -> str:
    """
    What is written on a terminal, without the escape codes.
    """
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", text)


class Terminal(io.StringIO):
    """
    A stream that says it is a terminal.
    """

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


class TestScreen:
    def terminal(self, monkeypatch: pytest.MonkeyPatch, **variables: str) -> tuple[str, str]:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        out, err = Terminal(), Terminal()
        with Screen(out, err) as screen:
            screen.expect(2)
            screen.section("only where there is no bar")
            screen.step("[one]")
            screen.line("red", "red")
        return out.getvalue(), err.getvalue()

    def test_a_terminal_has_colour_and_a_bar(self, monkeypatch: pytest.MonkeyPatch) -> None:
        out, err = self.terminal(monkeypatch, TERM="xterm", COLUMNS="100")

        assert out == "\x1b[31mred\x1b[0m\n"
        assert re.search(r"━{16}[╸╺]?━{15,16}  50 % \S+ \[one\]", plain(err))
        # The bar is taken away before the line, and the cursor is back.
        assert err.endswith("\x1b[?25h\r\x1b[1A\x1b[2K")

    def test_a_run_draws_the_bar_there(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("TERM", "xterm")
        out, err = Terminal(), Terminal()
        monkeypatch.setattr(sys, "stdout", out)
        monkeypatch.setattr(sys, "stderr", err)

        assert run("--engine", "python", "--group", "enums,vectors") == 0
        bars = plain(err.getvalue())
        steps = [int(percent) for percent in re.findall(r"(\d+) %", bars)]
        assert steps == sorted(steps)
        assert set(steps) == set(range(0, 101, 5))
        assert "━" in bars
        assert "vectors/fixed/decode" in bars
        assert "measuring" not in bars
        assert "━" not in out.getvalue()
        assert "\x1b[1;36menums" in out.getvalue()

    @pytest.mark.parametrize(("columns", "full"), [("100", True), ("99", False)])
    def test_a_narrow_terminal_has_a_column_less(
        self, monkeypatch: pytest.MonkeyPatch, columns: str, full: bool
    ) -> None:
        monkeypatch.setenv("COLUMNS", columns)
        monkeypatch.setenv("TERM", "xterm")
        out = Terminal()
        monkeypatch.setattr(sys, "stdout", out)

        assert run("--engine", "python", "--group", "vectors") == 0
        shown = plain(out.getvalue())
        assert ("a round\n─" in shown) == full
        assert len(row_of(shown, "fixed", "decode")) == 1 + full

    def test_an_interruption_shows_what_there_is_and_brings_the_cursor_back(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("TERM", "xterm")
        out, err = Terminal(), Terminal()
        monkeypatch.setattr(sys, "stdout", out)
        monkeypatch.setattr(sys, "stderr", err)
        step = Screen.step

        def interrupt(screen: Screen, doing: str) -> None:
            step(screen, doing)
            if doing == "vectors/fixed/decode":
                raise KeyboardInterrupt

        monkeypatch.setattr(Screen, "step", interrupt)

        assert run("--engine", "python", "--group", "vectors") == 130
        assert "encode" in out.getvalue()
        assert err.getvalue().endswith("\x1b[?25h\r\x1b[1A\x1b[2K\ninterrupted\n")

    def test_no_color(self, monkeypatch: pytest.MonkeyPatch) -> None:
        out, err = self.terminal(monkeypatch, TERM="xterm", NO_COLOR="1")

        assert out == "red\n"
        assert "\x1b[3" not in err

    def test_an_empty_no_color_says_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert self.terminal(monkeypatch, TERM="xterm", NO_COLOR="")[0] == "\x1b[31mred\x1b[0m\n"

    def test_a_dumb_terminal_has_neither(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert self.terminal(monkeypatch, TERM="dumb") == ("red\n", "only where there is no bar\n")

    def test_without_utf8_there_are_other_signs(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(Terminal, "encoding", "ascii")
        out = Terminal()
        monkeypatch.setattr(sys, "stdout", out)

        assert "----------" in self.terminal(monkeypatch, TERM="xterm")[1]
        backends = ",".join(bebytes.available_backends())
        assert run("--engine", backends, "--group", "vectors") == 0
        assert out.getvalue().isascii()

    @pytest.mark.parametrize(
        ("operations", "shown"),
        [(64, "64"), (999, "999"), (1000, "1k"), (65_999, "65k"), (999_999, "999k"), (1_000_000, "1M")],
    )
    def test_counts_are_short(self, operations: int, shown: str) -> None:
        assert count(operations) == shown


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
