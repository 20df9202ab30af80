"""
The figures of a run: a table a group, and at the end the reasons of its empty cells.

The engines are the columns while they fit, otherwise the lines; with `--detail`, each cell is a line.
"""

from collections.abc import Sequence

import rich.table
from rich.text import Text

from bebytes.scenarios import Absent, Scenario

from . import _statistics
from ._measure import Cell, Cells
from ._show import Screen

COLUMNS = 6
"""The most engines that are columns."""

BLOCK = 7
"""The most rows that are columns, where the engines are the lines."""

Row = Scenario | Absent


class Tables:
    """
    Draws the groups of a run, one after the other.
    """

    def __init__(
        self, screen: Screen, rows: Sequence[Row], engines: Sequence[str], missing: dict[str, str], cells: Cells
    ) -> None:
        """
        Begin the tables.

        Args:
            screen: where they stand.
            rows: of all groups.
            engines: those that were asked for.
            missing: why some of them have no figures.
            cells: the figures.
        """
        self._screen = screen
        self._widest = max((len(s.name) for s in rows), default=0)
        self._engines = engines
        self._missing = missing
        self._cells = cells
        self._reasons: dict[str, str] = {}
        self._noisy = False

    def show(self, rows: Sequence[Row], detail: bool = False) -> None:
        """
        Draw a group.
        """
        done = sorted({s.iterations for s in rows if isinstance(s, Scenario)})
        title = Text(rows[0].group.replace("_", " "), "bold cyan")
        if done:
            counts = " or ".join(f"{n:,}" for n in done)
            title.append(f"   {counts} operations, fewer on a slow engine", "not bold dim")
        self._screen.line()
        self._screen.line(title)
        if detail:
            self._screen.show(self._long(rows))
        elif len(self._engines) <= COLUMNS:
            self._screen.show(self._engines_as_columns(rows))
        else:
            for start in range(0, len(rows), BLOCK):
                if start:
                    self._screen.line()
                self._screen.show(self._engines_as_lines(rows[start : start + BLOCK]))

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

    def _engines_as_columns(self, rows: Sequence[Row]) -> rich.table.Table:
        screen = self._screen
        table = screen.table()
        table.add_column("layout", min_width=self._widest * screen.roomy, no_wrap=True)
        table.add_column("operation", min_width=len("round trip"), no_wrap=True)
        for engine in self._engines:
            table.add_column(
                _title(engine, "ns/op"),
                min_width=10 * screen.roomy,
                justify="right",
                style=_style(engine),
                no_wrap=True,
            )
        if screen.roomy:
            table.add_column(_title("operations", "in all"), justify="right", style="dim", no_wrap=True)
        name = ""
        for s in rows:
            # Once, above all that is done to it.
            line: list[str | Text] = ["" if s.name == name else s.name, _operation(s)]
            name = s.name
            line += [self._cell(s, engine) for engine in self._engines]
            if screen.roomy:
                line.append(self._done(s))
            table.add_row(*line)
        if "native" in self._engines and len(self._engines) > 1:
            ratios = [
                [f"{screen.over} native", operation, *found]
                for operation in dict.fromkeys(_operation(s) for s in rows)
                if any(found := [self._mean(engine, operation, rows) for engine in self._engines])
            ]
            if ratios:
                table.add_section()
            for of_operation in ratios:
                table.add_row(*of_operation, style="green")
        return table

    def _engines_as_lines(self, rows: Sequence[Row]) -> rich.table.Table:
        table = self._screen.table()
        table.add_column(_title("", "ns/op"), min_width=max(map(len, self._engines)), no_wrap=True)
        for s in rows:
            table.add_column(_title(s.name, _operation(s)), min_width=10, justify="right", no_wrap=True)
        for engine in self._engines:
            table.add_row(engine, *[self._cell(s, engine) for s in rows], style=_style(engine))
        return table

    def _long(self, rows: Sequence[Row]) -> rich.table.Table:
        screen = self._screen
        table = screen.table()
        table.add_column("layout", no_wrap=True)
        table.add_column("operation", min_width=len("round trip"), no_wrap=True)
        table.add_column("engine", min_width=6, no_wrap=True)
        for word, unit in (
            ("fastest", "ns/op"),
            ("median", "ns/op"),
            ("median within", "95 %"),
            (f"{screen.over} native", "fastest"),
            ("within", "95 %"),
            ("rounds", ""),
            ("operations", "a round"),
        ):
            table.add_column(_title(word, unit), justify="right", no_wrap=True)
        for s in rows:
            words = [s.name, _operation(s)]
            for engine in self._engines:
                cell = self._cells.get(s.key, {}).get(engine)
                if cell is None or not cell.timed:
                    table.add_row(*words, engine, self._cell(s, engine))
                else:
                    table.add_row(*words, engine, *self._figures(s, engine, cell), style=_style(engine))
                words = ["", ""]
        return table

    def _figures(self, s: Row, engine: str, cell: Cell) -> list[str | Text]:
        low, high = _statistics.interval(cell.rounds)
        line = [self._cell(s, engine), number(cell.median), f"{number(low)} {self._screen.to} {number(high)}"]
        native = self._cells[s.key].get("native")
        if engine != "native" and native is not None and native.timed:
            found = _statistics.difference(native.times, cell.times)
            line += [ratio(found.ratio), f"{ratio(found.low)} {self._screen.to} {ratio(found.high)}"]
        else:
            line += ["", ""]
        return [*line, str(len(cell.samples)), f"{cell.operations:,}"]

    def _cell(self, s: Row, engine: str) -> str | Text:
        if isinstance(s, Absent):
            return self._sign(s.reason)
        cell = self._cells.get(s.key, {}).get(engine)
        if cell is None or (not cell.samples and not cell.failures and not cell.absent):
            return Text("-", "not bold dim")
        if cell.failures:
            return Text("WRONG", "bold red")
        if cell.absent:
            return self._sign(f"{engine}: {cell.absent}")
        self._noisy |= cell.noisy
        return f"{'~' * cell.noisy}{number(cell.best)}"

    def _done(self, s: Row) -> str:
        done = {cell.done for cell in self._cells.get(s.key, {}).values() if cell.timed}
        return self._screen.to.join(count(n) for n in sorted({min(done), max(done)})) if done else ""

    def _mean(self, engine: str, operation: str, rows: Sequence[Row]) -> str:
        found = ratios(self._cells, engine, [s for s in rows if _operation(s) == operation])
        return ratio(_statistics.geometric_mean(found)) if found else ""

    def _sign(self, reason: str) -> Text:
        return Text(self._reasons.setdefault(reason, f"({_letters(len(self._reasons))})"), "not bold dim")


def ratios(cells: Cells, engine: str, rows: Sequence[Row]) -> list[float]:
    """
    The time of an engine over that of native, of the rows that both did.
    """
    found = []
    for s in rows:
        of_row = cells.get(s.key, {})
        one, native = of_row.get(engine), of_row.get("native")
        if engine != "native" and one is not None and native is not None and one.timed and native.timed:
            found.append(one.best / native.best)
    return found


def number(nanoseconds: float) -> str:
    """
    Three figures or all before the point, with separators.
    """
    return f"{nanoseconds:,.0f}" if nanoseconds >= 100 else f"{nanoseconds:.1f}"


def ratio(value: float) -> str:
    """
    Two figures behind the point, fewer of large ones, more of small ones.
    """
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 0.1 else f"{value:.2g}"


def count(operations: int) -> str:
    """
    In thousands or millions, without what is left over.
    """
    if operations < 1000:
        return str(operations)
    return f"{operations // 1000}k" if operations < 1_000_000 else f"{operations // 1_000_000}M"


def _operation(s: Row) -> str:
    return s.operation if isinstance(s, Scenario) else ""


def _style(engine: str) -> str:
    return "bold" if engine == "native" else ""


def _letters(number: int) -> str:
    # a … z, then aa, ab, …
    more, last = divmod(number, 26)
    return (_letters(more - 1) if more else "") + chr(ord("a") + last)


def _title(name: str, unit: str) -> Text:
    return Text.assemble(f"{name}\n", (unit, "dim"))
