"""
Measure what the goals of this package are about, in one run, and print a table: each goal, its limit, the figure, met or not.

Exit codes: 0 all was measured that could be, 1 an answer is wrong or, with --check, a goal is not met.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict
from itertools import groupby
from typing import TYPE_CHECKING, Any

from . import _choose, _record
from ._choose import Refused
from ._goals import PARTS, TIMED, Outcome, judged, limit_shown, shown

if TYPE_CHECKING:
    from bebytes.scenarios import Scenario

    from ._measure import Cell, Settings
    from ._show import Screen

HELP = "the goals of speed, memory and weight, each with its limit and what was measured"

# Launches, rounds of each, seconds of a round.
FULL = (6, 16, 0.003)
QUICK = (3, 6, 0.001)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """
    The options of the verb.
    """
    parser.add_argument(
        "--only", type=_choose.names, action="extend", metavar="PARTS", help=f"only these parts, of {', '.join(PARTS)}"
    )
    parser.add_argument(
        "--layout", type=_choose.names, action="extend", metavar="NAMES", help="only these of the fifteen layouts"
    )
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds, fewer calls")
    parser.add_argument(
        "--launches", type=_choose.positive(int), metavar="N", help=f"otherwise {FULL[0]} or {QUICK[0]}"
    )
    parser.add_argument("--rounds", type=_choose.positive(int), metavar="N", help=f"otherwise {FULL[1]} or {QUICK[1]}")
    parser.add_argument(
        "--seconds", type=_choose.positive(float), metavar="S", help=f"of a round, otherwise {FULL[2]} or {QUICK[2]}"
    )
    parser.add_argument("--detail", action="store_true", help="the figures of each layout below each goal")
    parser.add_argument("--check", action="store_true", help="exit with 1 if a goal is not met")
    _choose.add_outputs(parser)


def run(arguments: argparse.Namespace) -> int:
    """
    Do what the options say.
    """
    if _choose.lacks_rich("bebytes bench goals", "its table needs"):
        return 2

    from . import _engines
    from ._launches import BrokenOff
    from ._show import Screen

    with Screen() as screen:
        try:
            return _goals(arguments, screen)
        except (Refused, _engines.Refused, _record.RecordError, BrokenOff) as e:
            screen.end()
            print(f"bebytes bench goals: {e}", file=sys.stderr)
            return 2


def _goals(arguments: argparse.Namespace, screen: "Screen") -> int:
    from ._measure import Settings

    _choose.folder_of(arguments.json)
    if arguments.save is not None:
        _record.path_of(arguments.save)
    parts = _chosen("--only", "part", arguments.only, tuple(PARTS))
    launches, rounds, seconds = QUICK if arguments.quick else FULL
    settings = Settings(arguments.launches or launches, arguments.rounds or rounds, arguments.seconds or seconds)
    run = _Run(parts, _rows(arguments.layout), settings, bool(arguments.quick), screen, arguments.detail)
    record, wrong = run.whole()
    if arguments.json is not None:
        _record.write(arguments.json, record)
        screen.line(f"written: {arguments.json}")
    if arguments.save is not None:
        screen.line(f"kept: {_record.keep(arguments.save, record)}")
    missed = arguments.check and any(goal["met"] is False for goal in record["goals"])
    return 1 if wrong or missed else 0


def _chosen(option: str, what: str, asked: Sequence[str] | None, known: Sequence[str]) -> list[str]:
    if asked is None:
        return list(known)
    if unknown := sorted(set(asked).difference(known)):
        raise Refused(f"{option}: no {what} is called {', '.join(unknown)}; there are {', '.join(known)}")
    return [name for name in known if name in asked]


def _rows(asked: Sequence[str] | None) -> "list[Scenario]":
    from bebytes import scenarios

    found = [s for s in scenarios.load(scenarios.LAYOUTS) if isinstance(s, scenarios.Scenario)]
    names = _chosen("--layout", "layout", asked, list(dict.fromkeys(s.name for s in found)))
    return [s for s in found if s.name in names]


class _Run:
    """
    One run of the command.
    """

    def __init__(
        self,
        parts: Sequence[str],
        layouts: "Sequence[Scenario]",
        settings: "Settings",
        quick: bool,
        screen: "Screen",
        detail: bool,
    ) -> None:
        """
        Begin a run.

        Args:
            parts: what is measured, of `PARTS`.
            layouts: the scenarios of the layouts.
            settings: how long times are measured.
            quick: whether the rest is short as well.
            screen: where the results stand.
            detail: whether all figures are shown.
        """
        from ._measure import Cells

        self._parts = parts
        self._layouts = layouts
        self._settings = settings
        self._quick = quick
        self._screen = screen
        self._detail = detail
        self._cells: Cells = Cells()
        self._timed: list[Scenario] = []
        self._facts: dict[str, Any] = {}
        self._missing: dict[str, str] = {}

    def whole(self) -> tuple[dict[str, Any], list[str]]:
        """
        Measure and show everything; the record, and the answers that were wrong.
        """
        self._time()
        outcomes = self._outcomes()
        record = _record.begin(self._facts, self._missing) | asdict(self._settings) | {"kind": "goals"}
        record["rows"] = [
            _record.row(s, {name: _Brief(cell) for name, cell in self._cells[s.key].items() if _tells(cell)})
            for s in self._timed
            if s.key in self._cells
        ]
        record["goals"] = [outcome.form() for outcome in outcomes]
        _show(record, outcomes, self._screen, self._detail)
        if self._detail:
            self._show_times()
        return record, self._wrong()

    def _time(self) -> None:
        from . import _goals_times

        # The parts on layouts take turns with each other; formats and the Rust programs have scenarios of their own.
        of_layouts = [part for part in self._parts if part in TIMED and part not in ("formats", "core")]
        if of_layouts:
            self._launch(self._layouts, _goals_times.engines_of(of_layouts))
        if "formats" in self._parts:
            self._launch(_goals_times.format_scenarios(), _goals_times.engines_of(["formats"]))
        if "core" in self._parts:
            self._launch(_goals_times.core_scenarios(), _goals_times.engines_of(["core"]))

    def _launch(self, rows: "Sequence[Scenario]", engines: Sequence[str]) -> None:
        from . import _launches

        self._timed += rows
        groups = len(dict.fromkeys(s.group for s in rows))
        self._screen.section(f"timing {len(rows)} scenarios on {', '.join(engines)}")
        self._screen.expect(self._settings.launches * self._settings.rounds * groups)
        _launches.run(rows, engines, self._settings, self._opened, self._screen.note, self._screen.step, self._cells)

    def _opened(self, facts: dict[str, Any], missing: dict[str, str]) -> None:
        self._facts |= facts
        self._missing |= missing

    def _outcomes(self) -> list[Outcome]:
        from . import _goals_memory, _goals_times, _goals_weight

        times = _goals_times.Times(self._timed, self._cells, self._missing)
        outcomes = judged(_goals_times.GOALS, self._parts, times)
        if {"memory", "leaks"}.intersection(self._parts):
            self._screen.section("counting allocations, and what many calls leave")
            memory = _goals_memory.measure(self._layouts, self._parts, self._quick, self._screen.step)
            outcomes += judged(_goals_memory.GOALS, self._parts, memory)
        if "weight" in self._parts:
            self._screen.section("weighing: processes that import, a wheel")
            outcomes += judged(_goals_weight.GOALS, self._parts, _goals_weight.measure(self._quick, self._screen.step))
        return outcomes

    def _show_times(self) -> None:
        from . import _goals_times

        times = _goals_times.Times(self._timed, self._cells, self._missing)
        lines = [
            (key, ", ".join(f"{engine} {ns:,.1f}" for engine, ns in found.items()))
            for key, found in _goals_times.by_scenario(times)
        ]
        if lines:
            self._screen.line()
            self._screen.line("nanoseconds, the best rounds", "bold cyan")
            self._screen.pairs(lines, max(len(key) for key, _ in lines), "")

    def _wrong(self) -> list[str]:
        wrong = [
            f"{engine}, {key}: {failure}"
            for key, cells in self._cells.items()
            for engine, cell in cells.items()
            for failure in cell.failures[:3]
        ]
        for text in wrong:
            self._screen.line(f"WRONG: {text}", "red")
        return wrong


class _Brief:
    """
    A cell without its rounds: of so many cells, they would fill a file that is kept.
    """

    def __init__(self, cell: "Cell") -> None:
        self._cell = cell

    def form(self) -> dict[str, Any]:
        """
        The cell as it stands in the record.
        """
        form = self._cell.form()
        return {key: value for key, value in form.items() if key not in ("samples_ns", "control_ns")}


def _tells(cell: "Cell") -> bool:
    from ._ways import ELSEWHERE

    return cell.absent != ELSEWHERE


def _show(record: dict[str, Any], outcomes: Sequence[Outcome], screen: "Screen", detail: bool) -> None:
    screen.line(f"bebytes {record['bebytes']} bench goals", "bold")
    rounds = f"{record['launches']} × {record['rounds']}".replace("×", screen.times)  # noqa: RUF001 (the sign that is meant)
    screen.pairs(
        [
            ("machine", record["machine"]),
            ("interpreter", record["interpreter"]),
            ("compiler", record["compiler"] or "no rustc on the PATH"),
            ("F", "the time of the floor: struct and shifts by hand, into msgspec structs, without checks"),
            ("figures", f"of times: the best of {rounds} rounds of {1000 * record['seconds']:g} ms, all in turns"),
        ],
        12,
    )
    for part, found in groupby(outcomes, lambda outcome: outcome.goal.part):
        screen.line()
        screen.line(PARTS[part], "bold cyan")
        _show_part(list(found), screen, detail)
    counts = {verdict: sum(o.verdict == verdict for o in outcomes) for verdict in ("met", "not met", "not measured")}
    screen.line()
    screen.line(", ".join(f"{count} {verdict}" for verdict, count in counts.items() if count) or "no goals", "bold")


def _show_part(outcomes: Sequence[Outcome], screen: "Screen", detail: bool) -> None:
    def plain(text: str) -> str:
        for sign, spelled in (("≤", "<="), ("≥", ">="), ("×", "x"), ("µ", "u")):  # noqa: RUF001 (the sign that is meant)
            text = text.replace(sign, spelled) if screen.ascii else text
        return text

    table = screen.table()
    table.add_column("goal", min_width=54, max_width=54)
    for word, width in (("limit", 12), ("measured", 12)):
        table.add_column(word, min_width=width, justify="right", no_wrap=True)
    table.add_column("worst", min_width=24, max_width=24)
    table.add_column("", min_width=8, no_wrap=True)
    reasons = []
    for outcome in outcomes:
        goal = outcome.goal
        limit = plain(limit_shown(goal.sign, goal.limit, goal.unit))
        if outcome.reason:
            reasons.append((goal.text, outcome.reason))
            # Where the figure would be, as the last column has room for "not met".
            table.add_row(goal.text, limit, outcome.verdict, "", "", style="dim")
            continue
        # Its unit is that of the figure beside it.
        worst = f"{outcome.worst} {shown(outcome.worst_figure, goal.unit).split()[0]}" if outcome.differs else ""
        figure = plain(shown(outcome.figure, goal.unit))
        table.add_row(goal.text, limit, figure, plain(worst), outcome.verdict, style="" if outcome.met else "yellow")
        if detail and outcome.differs:
            for name, single in outcome.by.items():
                mark = "" if goal.rule == "mean" or goal.met(single) else "over"
                table.add_row(f"    {name}", "", plain(shown(single, goal.unit)), "", mark, style="dim")
    screen.show(table)
    if reasons:
        screen.pairs([("-", f"{text}: {reason}") for text, reason in reasons], 3, "dim")
