"""
What a person sees: results, and meanwhile a bar that says how far the run is. `rich` draws them.

Colour and the bar are for terminals; elsewhere there are plain lines without escape codes.
"""

import sys
from collections.abc import Iterable
from typing import Self, TextIO

import rich.table
from rich.box import SIMPLE_HEAD
from rich.console import Console, ConsoleOptions, ConsoleRenderable, RenderResult
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.segment import Segment
from rich.table import Column
from rich.text import Text

WIDTH = 120
"""Of files and pipes, which have none."""

ROOM = 100
"""The width that the tables want; on a narrower terminal their columns do not line up, and the last is left out."""


class Screen:
    """
    A stream for results and one for progress; as a context, it takes the bar away at the end.
    """

    def __init__(self, out: TextIO | None = None, err: TextIO | None = None) -> None:
        self._out = _console(out or sys.stdout)
        self._err = _console(err or sys.stderr)
        # It is drawn between rounds: a thread that draws would run while something is timed.
        self._bar = Progress(
            BarColumn(32, complete_style="cyan", finished_style="cyan"),
            TextColumn("{task.percentage:>3.0f} %"),
            TimeRemainingColumn(compact=True),
            TextColumn("{task.description}", "dim", markup=False, table_column=Column(no_wrap=True)),
            console=self._err,
            auto_refresh=False,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.end()

    @property
    def ascii(self) -> bool:
        """
        Whether the results may have no other characters.
        """
        return self._out.options.ascii_only

    @property
    def times(self) -> str:
        """
        The sign for "times".
        """
        return "x" if self.ascii else "×"  # noqa: RUF001 (the sign that is meant)

    @property
    def over(self) -> str:
        """
        The sign for "divided by".
        """
        return "/" if self.ascii else "÷"

    @property
    def to(self) -> str:
        """
        The sign between the ends of a range.
        """
        return "-" if self.ascii else "–"  # noqa: RUF001 (the sign that is meant)

    @property
    def roomy(self) -> bool:
        """
        Whether the tables fit in full.
        """
        return self._out.width >= ROOM

    def line(self, text: str | Text = "", style: str = "") -> None:
        """
        A line of the results, however long.
        """
        self.end()
        self._out.print(text, style=style, soft_wrap=True)

    def pairs(self, pairs: Iterable[tuple[str, str]], width: int, style: str = "cyan") -> None:
        """
        Lines of the results, a word and what there is to say about it.
        """
        grid = rich.table.Table.grid(Column(min_width=width, style=style, no_wrap=True), padding=(0, 1, 0, 0))
        for word, text in pairs:
            grid.add_row(word, text)
        self.show(grid)

    def show(self, drawing: ConsoleRenderable) -> None:
        """
        A part of the results that has a form of its own.
        """
        self.end()
        self._out.print(_Trimmed(drawing))

    def note(self, text: str) -> None:
        """
        A line about the run, on the stream for progress.
        """
        self.end()
        self._err.print(text, soft_wrap=True)

    def table(self) -> rich.table.Table:
        """
        A table in our style, without columns.
        """
        return rich.table.Table(
            box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0), border_style="dim", header_style=""
        )

    def section(self, text: str) -> None:
        """
        The same where no bar can say it.
        """
        if not self._err.is_interactive:
            self.note(text)

    def expect(self, steps: int) -> None:
        """
        How many steps the run has.
        """
        if self._err.is_interactive:
            self._task = self._bar.add_task("", total=steps)

    def step(self, doing: str) -> None:
        """
        One step is done; draw the bar.
        """
        if self._task is not None:
            self._bar.start()
            self._bar.update(self._task, advance=1, description=doing, refresh=True)

    def end(self) -> None:
        """
        Take the bar away; the next step draws it again.
        """
        if self._bar.live.is_started:
            self._bar.stop()


class _Trimmed:
    """
    What is drawn, without the spaces at the ends of its lines.
    """

    def __init__(self, drawing: ConsoleRenderable) -> None:
        self._drawing = drawing

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for line in console.render_lines(self._drawing, options, pad=False):
            while line and not line[-1].text.strip():
                line.pop()
            if line:
                text, style, control = line.pop()
                line.append(Segment(text.rstrip(), style, control))
            yield from line
            yield Segment.line()


def _console(stream: TextIO) -> Console:
    terminal = stream.isatty()
    # What is shown is text: [] and :: in it mean nothing.
    return Console(
        file=stream,
        force_terminal=terminal,
        width=None if terminal else WIDTH,
        markup=False,
        emoji=False,
        highlight=False,
    )
