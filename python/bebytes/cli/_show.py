"""
What a person sees: a table a group, and meanwhile a bar that says how far the run is. `rich` draws them.

Colour and the bar are for terminals; elsewhere there are plain lines without escape codes.
"""

import sys
from collections.abc import Iterable, Sequence
from typing import Self, TextIO

import rich.table
from rich.box import SIMPLE_HEAD
from rich.console import Console, ConsoleOptions, ConsoleRenderable, RenderResult
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.segment import Segment
from rich.table import Column
from rich.text import Text

from bebytes.scenarios import Absent, Scenario

from ._measure import Cell

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


class Table:
    """
    Nanoseconds an operation: a table a group, a column an engine, and at the end the reasons of empty cells.
    """

    def __init__(
        self, screen: Screen, engines: Sequence[str], missing: dict[str, str], loaded: Sequence[Scenario | Absent]
    ) -> None:
        """
        Begin the tables.

        Args:
            screen: where they stand.
            engines: the columns.
            missing: why some of them are empty from top to bottom.
            loaded: all rows to come.
        """
        self._screen = screen
        self._engines = engines
        self._missing = missing
        self._loaded = loaded
        self._widest = max((len(s.name) for s in loaded), default=0)
        self._reasons: dict[str, str] = {}
        self._noisy = False
        self._compared = {"native", "python"}.issubset(engines) and not {"native", "python"}.intersection(missing)
        self._times, self._to = ("x", "-") if screen.ascii else ("×", "–")  # noqa: RUF001 (the sign that is meant)
        self._group = ""
        self._name = ""
        self._table = rich.table.Table()

    def group(self, name: str) -> None:
        """
        Begin a group.
        """
        self._group = name
        self._name = ""
        table = self._table = rich.table.Table(
            box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0), border_style="dim", header_style=""
        )
        table.add_column("layout", min_width=self._widest * self._screen.roomy, no_wrap=True)
        table.add_column("operation", min_width=len("round trip"), no_wrap=True)
        room = 10 * self._screen.roomy
        for engine in self._engines:
            style = "bold" if engine == "native" else ""
            table.add_column(_title(engine, "ns/op"), min_width=room, justify="right", style=style, no_wrap=True)
        if self._compared:
            table.add_column(_title("native is", "faster by"), justify="right", style="green", no_wrap=True)
        if self._screen.roomy:
            table.add_column(_title("operations", "a round"), justify="right", style="dim", no_wrap=True)

    def row(self, scenario: Scenario, cells: dict[str, Cell]) -> None:
        """
        The figures of a scenario.
        """
        row: list[str | Text] = [self._layout(scenario.name), scenario.operation]
        row += [self._cell(engine, cells.get(engine)) for engine in self._engines]
        if self._compared:
            native, python = cells["native"], cells["python"]
            timed = native.samples and python.samples and not native.failures and not python.failures
            row.append(f"{python.best / native.best:.1f} {self._times}" if timed else "")
        if self._screen.roomy:
            done = {cell.operations for cell in cells.values() if cell.samples}
            row.append(self._to.join(count(n) for n in sorted({min(done), max(done)})) if done else "")
        self._table.add_row(*row)

    def absent(self, absent: Absent) -> None:
        """
        A row that cannot be.
        """
        sign = self._sign(absent.reason)
        self._table.add_row(self._layout(absent.name), "", *[sign] * len(self._engines))

    def show(self) -> None:
        """
        Show the group, if it has rows by now.
        """
        if not self._table.row_count:
            return
        rounds = sorted({s.iterations for s in self._loaded if isinstance(s, Scenario) and s.group == self._group})
        title = Text(self._group.replace("_", " "), "bold cyan")
        if rounds:
            title.append(
                f"   {' or '.join(f'{n:,}' for n in rounds)} operations a round, fewer on a slow engine", "not bold dim"
            )
        self._screen.line()
        self._screen.line(title)
        self._screen.show(self._table)

    def legend(self) -> None:
        """
        What the signs in the tables mean.
        """
        signs = [("-", f"{engine}: {reason}") for engine, reason in self._missing.items()]
        signs += [(sign, reason) for reason, sign in self._reasons.items()]
        signs += [("~", "a noisy figure: the middle round took a fifth longer than the fastest, or more")] * self._noisy
        if signs:
            self._screen.line()
            self._screen.pairs(signs, 3, "dim")

    def _layout(self, name: str) -> str:
        # Once, above all that is done to it.
        shown = "" if name == self._name else name
        self._name = name
        return shown

    def _cell(self, engine: str, cell: Cell | None) -> str | Text:
        if cell is None:
            return Text("-", "not bold dim")
        if cell.failures:
            return Text("WRONG", "bold red")
        if cell.absent:
            return self._sign(f"{engine}: {cell.absent}")
        self._noisy |= cell.noisy
        return f"{'~' * cell.noisy}{number(cell.best)}"

    def _sign(self, reason: str) -> Text:
        return Text(self._reasons.setdefault(reason, f"({chr(ord('a') + len(self._reasons))})"), "not bold dim")


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


def number(nanoseconds: float) -> str:
    """
    Three figures or all before the point, with separators.
    """
    return f"{nanoseconds:,.0f}" if nanoseconds >= 100 else f"{nanoseconds:.1f}"


def count(operations: int) -> str:
    """
    In thousands or millions, without what is left over.
    """
    if operations < 1000:
        return str(operations)
    return f"{operations // 1000}k" if operations < 1_000_000 else f"{operations // 1_000_000}M"


def _title(name: str, unit: str) -> Text:
    return Text.assemble(f"{name}\n", (unit, "dim"))


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
