"""
What stands on the page of `bebytes bench report`: records turned into rows, marks, ratios and sentences.

The page itself is in `report/`: a template, its style and its script. Everything that can be known when the page is made is
worked out here, so that it shows its charts and tables without the script, which only sorts, filters and chooses.
"""

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ._report_text import NONE, duration, number, pace

__all__ = ["Axis", "Cell", "Engine", "Row", "View", "mean_ratio", "ratio_axis", "views"]

SHAPES = ("square", "diamond", "circle", "up", "down", "plus", "cross", "left", "right")
HUES = len(SHAPES)

SUBJECT = "native"
BASE = "floor"

RIVALS = ("python", "floor", "crate", "construct", "msgpack", "neoconstruct", "rustruct", "kaitai", "core")
"""What the first sentences of a record compare with, best known first."""

HEADLINES = 4

SPREAD = 1.2
"""A figure is noisy where the middle round took so many times as long as the fastest; as in the tables of `bebytes bench`."""


@dataclass(frozen=True, slots=True)
class Engine:
    """
    An engine as it is drawn.

    Attributes:
        name: what it is called.
        title: what it is, or "".
        slot: its place among all engines of the page, which decides its mark.
        shape: of its mark, which with `hollow` tells it from the others without colour.
        hollow: whether only the outline of the mark is drawn.
        hue: the number of its colour.
    """

    name: str
    title: str
    slot: int

    @property
    def shape(self) -> str:
        return SHAPES[self.slot % len(SHAPES)]

    @property
    def hollow(self) -> bool:
        return self.slot // len(SHAPES) % 2 == 1

    @property
    def hue(self) -> int:
        # Marks of one shape differ in colour too.
        return (self.slot + 6 * (self.slot // HUES)) % HUES


@dataclass(frozen=True, slots=True)
class Cell:
    """
    What an engine did with a scenario.

    Attributes:
        engine: who.
        best: nanoseconds an operation, the fastest round; 0 where there is no figure.
        middle: the middle round.
        text: as it stands in a table.
        title: all that is known, in a sentence; for no figure, the reason.
        wrong: whether an answer was wrong.
        noisy: whether the rounds differ much.
    """

    engine: str
    best: float = 0
    middle: float = 0
    text: str = NONE
    title: str = ""
    wrong: bool = False
    noisy: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """
    A scenario, with a cell for each engine of the record.
    """

    group: str
    name: str
    operation: str
    about: str
    size: str

    least: int
    cells: tuple[Cell, ...]

    @property
    def key(self) -> str:
        """
        The address of the scenario.
        """
        return f"{self.group}/{self.name}/{self.operation}"

    @property
    def timed(self) -> list[Cell]:
        """
        The cells with figures, the fastest first.
        """
        return sorted((c for c in self.cells if c.best), key=lambda c: c.best)

    def drawn(self, subject: str) -> list[Cell]:
        """
        The same in the order in which they are drawn: the subject lies on top.
        """
        return sorted(self.timed, key=lambda c: c.engine == subject)

    def best(self, engine: str) -> float:
        """
        The figure of an engine, or 0.
        """
        return next((c.best for c in self.cells if c.engine == engine), 0)

    def text(self, engine: str) -> str:
        """
        The same for people, with a unit, or "".
        """
        best = self.best(engine)
        return duration(best) if best else ""

    @property
    def sentence(self) -> str:
        """
        The row for those who hear the page.
        """
        figures = ", ".join(f"{c.engine} {duration(c.best)}" for c in self.timed)
        return f"{self.name} {self.operation}: {figures or 'no figures'}"


@dataclass(frozen=True, slots=True)
class Axis:
    """
    A logarithmic axis over whole decades; places on it are in percent of its length.
    """

    low: int
    high: int

    @classmethod
    def over(cls, figures: Iterable[float]) -> "Axis":
        """
        The shortest axis that holds all figures, a decade at least.
        """
        known = [n for n in figures if n > 0] or [1.0]
        # A figure on a decade's very edge still has room for its mark.
        low = math.floor(math.log10(min(known)) - 0.03)
        return cls(low, max(low + 1, math.ceil(math.log10(max(known)) + 0.03)))

    def at(self, figure: float) -> float:
        """
        Where a figure stands.
        """
        place = (math.log10(figure) - self.low) / (self.high - self.low) * 100
        return round(min(100.0, max(0.0, place)), 2)

    @property
    def decades(self) -> list[float]:
        """
        The figures with a line and a label.
        """
        return [10.0**n for n in range(self.low, self.high + 1)]

    @property
    def between(self) -> list[float]:
        """
        The figures with a faint line.
        """
        return [n * d for d in self.decades[:-1] for n in (2, 5)]


@dataclass(frozen=True, slots=True)
class Strip:
    """
    All ratios of an engine to the base.
    """

    engine: str
    mean: float
    ratios: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Headline:
    """
    One of the first sentences: how the subject compares with a rival.
    """

    figure: str
    words: str
    rival: str
    operations: str
    detail: str
    good: bool


@dataclass(frozen=True, slots=True)
class View:
    """
    A record as the page shows it.

    Attributes:
        name: what it is called, among all records of the page only once.
        record: the record itself.
        engines: those it has figures or reasons for.
        rows: its scenarios.
        groups: those of the rows, in their order.
        base: the engine that ratios refer to.
        subject: the engine that the first sentences are about.
    """

    name: str
    record: Mapping[str, Any]
    engines: tuple[Engine, ...]
    rows: tuple[Row, ...]
    groups: tuple[str, ...] = field(init=False)
    base: str = field(init=False)
    subject: str = field(init=False)

    def __post_init__(self) -> None:
        timed = [e.name for e in self.engines if self.timed_on(e.name)]
        first = timed[0] if timed else ""
        subject = SUBJECT if SUBJECT in timed else first
        object.__setattr__(self, "groups", tuple(dict.fromkeys(row.group for row in self.rows)))
        object.__setattr__(self, "subject", subject)
        object.__setattr__(self, "base", BASE if BASE in timed else subject)

    @property
    def facts(self) -> list[tuple[str, str]]:
        """
        What the figures depend on.
        """
        r = self.record
        native = r["engines"].get("native", {})
        launches = f"{r['launches']} × " if r.get("launches", 1) != 1 else ""  # noqa: RUF001 (the sign that is meant)
        rounds = f"the best of {launches}{r.get('rounds')} rounds; the engines take turns in random order"
        pairs = [
            ("bebytes", r["bebytes"]),
            ("commit", r["commit"]),
            ("build", r.get("build") or native.get("build") or native.get("profile")),
            ("date", str(r["date"]).replace("T", " ").replace("+00:00", " UTC")),
            ("machine", r["machine"]),
            ("interpreter", r["interpreter"]),
            ("compiler", r["compiler"]),
            ("figures", rounds if "rounds" in r else ""),
        ]
        return [(word, str(text or "not known")) for word, text in pairs]

    def timed_on(self, engine: str) -> bool:
        """
        Whether there is any figure of that engine.
        """
        return any(row.best(engine) for row in self.rows)

    def of_group(self, group: str) -> list[Row]:
        """
        The rows of a group.
        """
        return [row for row in self.rows if row.group == group]

    def ratio(self, row: Row, engine: str) -> float:
        """
        An engine's time over the base's, or 0.
        """
        base = row.best(self.base)
        return row.best(engine) / base if base else 0

    def mean(self, engine: str, group: str = "") -> float:
        """
        The geometric mean of an engine's ratios in a group, or in all, over the rows where both have figures; 0 for none.
        """
        return mean_ratio(self.ratio(row, engine) for row in self.rows if group in {"", row.group})

    @property
    def strips(self) -> list[Strip]:
        """
        The engines' ratios, the fastest engine first.
        """
        strips = []
        for e in self.engines:
            ratios = tuple(r for row in self.rows if (r := self.ratio(row, e.name)))
            if ratios:
                strips.append(Strip(e.name, mean_ratio(ratios), ratios))
        return sorted(strips, key=lambda s: s.mean)

    @property
    def headlines(self) -> list[Headline]:
        """
        The first sentences of the record.
        """
        timed = {c.engine for row in self.rows for c in row.timed} - {self.subject}
        rivals = [name for name in RIVALS if name in timed]
        rivals += [e.name for e in self.engines if e.name in timed and e.name not in rivals]
        return [h for name in rivals if (h := self._headline(name))][:HEADLINES]

    def _headline(self, rival: str) -> Headline | None:
        ratios: dict[str, list[float]] = {}
        for row in self.rows:
            theirs, ours = row.best(rival), row.best(self.subject)
            if theirs and ours:
                ratios.setdefault(row.operation, []).append(theirs / ours)
        if not ratios:
            return None
        every = [r for of_operation in ratios.values() for r in of_operation]
        mean = mean_ratio(every)
        low, high = pace(min(every)), pace(max(every))
        if low[1] == high[1]:
            # Of how much slower, the greatest is the least ratio.
            between = " to ".join([low[0], high[0]] if mean >= 1 else [high[0], low[0]])
        else:
            between = f"{low[0]} slower to {high[0]} faster"
        of = f"{len(every)} rows" if len(every) > 1 else "1 row"
        parts = []
        for operation, of_operation in ratios.items():
            figure, words = pace(mean_ratio(of_operation))
            parts.append(f"{operation} {figure}" + f" {words.split(' ')[0]}" * (words != pace(mean)[1]))
        return Headline(*pace(mean), rival, ", ".join(parts), f"{of}, {between}", mean >= 1)

    @property
    def gaps(self) -> list[tuple[str, str, str]]:
        """
        Why cells are empty: engine, reason, and which rows, each reason once.
        """
        whole = {name: f["absent"] for name, f in self.record["engines"].items() if "absent" in f}
        found: dict[tuple[str, str], list[str]] = {}
        for row in self.rows:
            for c in row.cells:
                if not c.best and not c.wrong and c.engine not in whole:
                    found.setdefault((c.engine, c.title), []).append(f"{row.group}/{row.name}")
        gaps = [(name, str(reason), "all") for name, reason in whole.items()]
        gaps += [(engine, why, ", ".join(dict.fromkeys(rows))) for (engine, why), rows in found.items()]
        missing = self.record.get("absent", [])
        return gaps + [("all", str(a["reason"]), f"{a['group']}/{a['name']}") for a in missing]

    @property
    def wrong(self) -> list[tuple[str, str, str]]:
        """
        The wrong answers: scenario, engine, and the first of them.
        """
        return [(row.key, c.engine, c.title) for row in self.rows for c in row.cells if c.wrong]

    def engine_facts(self, name: str) -> tuple[str, str, str, str, str]:
        """
        Version, build, the cost of the loop, how many rows it has figures for, and what it leaves as it is on the wire.
        """
        known = self.record["engines"].get(name, {})
        loop = f"{known['loop_ns']:.1f}" if isinstance(known.get("loop_ns"), int | float) else NONE
        done = sum(1 for row in self.rows if row.best(name))
        build = known.get("build") or known.get("profile") or NONE
        raw = ", ".join(map(str, known.get("raw", []))) or NONE
        return str(known.get("version", NONE)), str(build), loop, str(done), raw


def views(records: Sequence[tuple[str, Mapping[str, Any]]]) -> tuple[list[View], list[Engine]]:
    """
    The records as the page shows them, and all engines that occur; an engine has one mark on the whole page.
    """
    from ._engines import NAMES, TITLES

    used = {name for _, r in records for name in _names(r)}
    # Known engines keep their marks from page to page, whoever else was measured.
    order = [*NAMES, *sorted(used.difference(NAMES))]
    engines = [Engine(name, TITLES.get(name, ""), slot) for slot, name in enumerate(order) if name in used]
    return [_view(name, record, engines) for name, record in records], engines


def ratio_axis(view: View) -> Axis:
    """
    The axis of all ratios of a record.
    """
    return Axis.over(ratio for strip in view.strips for ratio in strip.ratios)


def _names(record: Mapping[str, Any]) -> set[str]:
    return {*record["engines"], *(name for row in record["rows"] for name in row["engines"])}


def _view(name: str, record: Mapping[str, Any], engines: Sequence[Engine]) -> View:
    own = tuple(e for e in engines if e.name in _names(record))
    whole = {e: str(f["absent"]) for e, f in record["engines"].items() if "absent" in f}
    rows = tuple(
        Row(
            group=row["group"],
            name=row["name"],
            operation=row["operation"],
            about=str(row.get("about", "")),
            size=_size(row.get("bytes")),
            least=row["bytes"][0] if isinstance(row.get("bytes"), list) and row["bytes"] else 0,
            cells=tuple(_cell(e.name, row["engines"].get(e.name, {}), whole.get(e.name, "")) for e in own),
        )
        for row in record["rows"]
    )
    return View(name, record, own, rows)


def _size(sizes: Any) -> str:
    if not isinstance(sizes, list) or len(sizes) != 2:
        return NONE
    return f"{sizes[0]:,}" if sizes[0] == sizes[1] else f"{sizes[0]:,}–{sizes[1]:,}"  # noqa: RUF001 (from, to)


def _cell(engine: str, cell: Mapping[str, Any], whole: str) -> Cell:
    if "failures" in cell:
        return Cell(engine, text="WRONG", title="; ".join(map(str, cell["failures"][:3])), wrong=True)
    samples = cell.get("samples_ns")
    if "absent" in cell or not samples:
        return Cell(engine, title=str(cell.get("absent") or whole or "not measured"))
    best, median = min(samples), statistics.median(samples)
    parts = [f"{number(best)} ns at best, {number(median)} ns in the median"]
    if "interval_ns" in cell:
        low, high = cell["interval_ns"]
        parts.append(f"which lies between {number(low)} and {number(high)} ns")
    rounds = f"{len(samples)} round{'s' * (len(samples) > 1)}"
    of = f" of {cell['operations']:,} operations" if "operations" in cell else ""
    title = f"{', '.join(parts)}; {rounds}{of}"
    return Cell(engine, best, median, number(best), title, noisy=median > best * SPREAD)


def mean_ratio(ratios: Iterable[float]) -> float:
    """
    The geometric mean of those that are not 0; 0 where there is none.
    """
    known = [r for r in ratios if r]
    return statistics.geometric_mean(known) if known else 0
