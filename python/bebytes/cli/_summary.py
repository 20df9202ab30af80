"""
The end of a run: how native compares with each other engine, over all rows that both did.
"""

from collections.abc import Sequence
from typing import NamedTuple

from bebytes.scenarios import Scenario

from . import _statistics
from ._engines import TITLES
from ._measure import Cells
from ._show import Screen
from ._table import Row, ratio, ratios

OPERATIONS = ("encode", "decode")


class Summary(NamedTuple):
    """
    An engine's time over native's: geometric mean, least and greatest, and of how many rows.
    """

    mean: float
    least: float
    greatest: float
    rows: int


def summaries(cells: Cells, engines: Sequence[str], rows: Sequence[Row]) -> dict[str, dict[str, Summary]]:
    """
    By engine and operation, of those that have a row in common with native.
    """
    found: dict[str, dict[str, Summary]] = {}
    for engine in engines:
        for operation in OPERATIONS:
            of = ratios(cells, engine, [s for s in rows if isinstance(s, Scenario) and s.operation == operation])
            if of:
                summary = Summary(_statistics.geometric_mean(of), min(of), max(of), len(of))
                found.setdefault(engine, {})[operation] = summary
    return found


def show(screen: Screen, cells: Cells, engines: Sequence[str], rows: Sequence[Row]) -> None:
    """
    Draw the table, and say in words what it says of the engines in Python that people know.
    """
    found = summaries(cells, engines, rows)
    if not found:
        return
    screen.line()
    screen.line(f"native and the others   an engine's time {screen.over} native's: 2 took twice as long as native", "")
    table = screen.table()
    table.add_column("\nengine", min_width=10, no_wrap=True)
    for operation in OPERATIONS:
        for at, word in enumerate(("mean", "least", "greatest", "layouts")):
            title = f"{operation if not at else ''}\n{word}"
            style = "green" if not at else "dim" if word == "layouts" else ""
            table.add_column(title, justify="right", min_width=8, style=style, no_wrap=True)
    for engine, of_engine in found.items():
        line = [engine]
        for operation in OPERATIONS:
            s = of_engine.get(operation)
            line += [ratio(s.mean), ratio(s.least), ratio(s.greatest), str(s.rows)] if s else ["", "", "", ""]
        table.add_row(*line)
    screen.show(table)
    screen.line()
    for engine, of_engine in found.items():
        screen.line(
            f"native against {engine} ({TITLES[engine].partition(':')[0]}): {sentence(of_engine, screen.times)}"
        )


def sentence(of_engine: dict[str, Summary], times: str) -> str:
    """
    In words, always the same way round, so that lines below each other compare.
    """
    return ", ".join(f"{operation}s {_short(s.mean)} {times} as fast" for operation, s in of_engine.items())


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}" if value >= 1.995 else ratio(value)
