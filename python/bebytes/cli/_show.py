"""
What a person sees: a table that grows by a row a scenario, and a bar below it that says how far the run is.

Colour and the bar are for terminals; elsewhere there are plain lines without escape codes.
"""

import os
import shutil
import sys
from collections.abc import Iterable, Sequence
from typing import TextIO

from bebytes.scenarios import Absent, Scenario

from ._measure import Cell

WIDTH = 24
COLUMN = 12

_CODES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "cyan": "36"}


class Screen:
    """
    A stream for results and one for progress.
    """

    def __init__(self, out: TextIO | None = None, err: TextIO | None = None) -> None:
        self._out = out or sys.stdout
        self._err = err or sys.stderr
        self._coloured = self._out.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
        self._live = self._err.isatty() and os.environ.get("TERM") != "dumb"
        self._done = 0
        self._total = 0
        self._drawn = False

    def style(self, text: str, *names: str) -> str:
        """
        The text in a style, where there is colour.
        """
        if not self._coloured:
            return text
        return f"\x1b[{';'.join(_CODES[name] for name in names)}m{text}\x1b[0m"

    def line(self, text: str = "") -> None:
        """
        A line of the results.
        """
        self._wipe()
        print(text.rstrip(), file=self._out, flush=True)

    def note(self, text: str) -> None:
        """
        A line about the run, on the stream for progress.
        """
        self._wipe()
        print(text, file=self._err, flush=True)

    def section(self, text: str) -> None:
        """
        The same where no bar can say it.
        """
        if not self._live:
            self.note(text)

    def expect(self, steps: int) -> None:
        """
        How many steps the run has.
        """
        self._total = steps

    def step(self, doing: str) -> None:
        """
        One step is done; draw the bar.
        """
        self._done += 1
        if not self._live or not self._total:
            return
        width = 24
        filled = width * self._done // self._total
        bar = "█" * filled + "░" * (width - filled)
        if (self._err.encoding or "").lower().replace("-", "") != "utf8":
            bar = "#" * filled + "." * (width - filled)
        text = f"{bar} {100 * self._done // self._total:3} %  {doing}"
        print(f"\r{text[: shutil.get_terminal_size().columns - 1]}\x1b[K", end="", file=self._err, flush=True)
        self._drawn = True

    def end(self) -> None:
        """
        Take the bar away.
        """
        self._wipe()

    def _wipe(self) -> None:
        if self._drawn:
            print("\r\x1b[K", end="", file=self._err, flush=True)
            self._drawn = False


class Table:
    """
    Rows of nanoseconds an operation, a column an engine, and the reasons of empty cells.
    """

    def __init__(self, screen: Screen, engines: Sequence[str], missing: dict[str, str]) -> None:
        """
        Args:
            engines: the columns.
            missing: why some of them are empty from top to bottom.
        """
        self._screen = screen
        self._engines = engines
        self._reasons: dict[str, str] = {}
        self._missing = missing
        self._noisy = False
        self._compared = {"native", "python"}.issubset(engines) and not {"native", "python"}.intersection(missing)

    def group(self, name: str) -> None:
        """
        The head of a group.
        """
        titles = "".join(f"{engine:>{COLUMN}}" for engine in self._engines)
        ratio = f"{'python/native':>15}" if self._compared else ""
        self._screen.line()
        self._screen.line(
            self._screen.style(f"{name.replace('_', ' '):{WIDTH}}", "bold", "cyan")
            + self._screen.style(f"{titles}{ratio}   operations a round", "dim")
        )

    def row(self, scenario: Scenario, cells: dict[str, Cell]) -> None:
        """
        The figures of a scenario.
        """
        text = f"{f'{scenario.name} {scenario.operation}':{WIDTH}}"
        for engine in self._engines:
            text += self._cell(engine, cells.get(engine))
        if self._compared:
            native, python = cells["native"], cells["python"]
            timed = native.samples and python.samples
            ratio = f"{python.best / native.best:.1f} x" if timed else ""
            text += self._screen.style(f"{ratio:>15}", "green")
        self._screen.line(f"{text}   {self._screen.style(_operations(scenario, cells), 'dim')}")

    def absent(self, absent: Absent) -> None:
        """
        A row that cannot be.
        """
        self._screen.line(f"{absent.name:{WIDTH}}  {absent.reason}")

    def legend(self) -> None:
        """
        What the signs in the table mean.
        """
        self._screen.line()
        for engine, reason in self._missing.items():
            self._screen.line(f"{engine}: {reason}")
        for reason, sign in self._reasons.items():
            self._screen.line(f"{sign:<3} {reason}")
        if self._noisy:
            self._screen.line("~   the middle round was a fifth slower than the fastest, or more: a noisy figure")

    def _cell(self, engine: str, cell: Cell | None) -> str:
        if cell is None:
            return f"{'-':>{COLUMN}}"
        if cell.failures:
            return self._screen.style(f"{'WRONG':>{COLUMN}}", "bold", "red")
        if cell.absent:
            sign = self._reasons.setdefault(f"{engine}: {cell.absent}", f"({chr(ord('a') + len(self._reasons))})")
            return f"{sign:>{COLUMN}}"
        self._noisy |= cell.noisy
        return f"{f'{number(cell.best)}~' if cell.noisy else number(cell.best):>{COLUMN}}"


def number(nanoseconds: float) -> str:
    """
    Three figures or all before the point, with separators.
    """
    return f"{nanoseconds:,.0f}" if nanoseconds >= 100 else f"{nanoseconds:.1f}"


def _operations(scenario: Scenario, cells: dict[str, Cell]) -> str:
    fewer = [
        f"{engine} {cell.operations:,}"
        for engine, cell in cells.items()
        if cell.samples and cell.operations < scenario.iterations
    ]
    return ", ".join([f"{scenario.iterations:,}", *fewer])


def listed(words: Iterable[str]) -> str:
    """
    Words with commas.
    """
    return ", ".join(words)
