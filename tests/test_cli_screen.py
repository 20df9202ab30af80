"""
What `bebytes bench` draws on terminals, and on what is none.
"""

import re
import sys

import pytest
from cli_runs import Terminal, plain, row_of, run

import bebytes
from bebytes.cli._show import Screen
from bebytes.cli._table import count

pytestmark = pytest.mark.usefixtures("good_build", "no_wishes")


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
        assert set(steps) == {0, 25, 50, 75, 100}
        assert "━" in bars
        assert "vectors" in bars
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
        assert ("in all\n─" in shown) == full
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
            if doing == "vectors":
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
