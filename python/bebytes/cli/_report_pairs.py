"""
Records compared for the page of `bebytes bench report`: each two of them, judged as `bebytes bench compare` judges.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from ._report import View, mean_ratio

__all__ = ["VERDICTS", "Change", "Judge", "Pair", "Sum", "embedded", "pairs"]

VERDICTS = ("faster", "slower", "no difference")

FACTS = (("machine", "machine"), ("interpreter", "interpreter"))
"""What two records should have in common, by its name in a record and in a sentence."""

Judge = Callable[[Mapping[str, Any], Mapping[str, Any]], tuple[float, float, float, str]]
"""From the cells of A and of B: B's time over A's, the interval of that, and one of `VERDICTS`."""


@dataclass(frozen=True, slots=True)
class Change:
    """
    A scenario on an engine, in two records: nanoseconds, their ratio with its interval, the verdict.
    """

    group: str
    name: str
    operation: str
    engine: str
    slot: int
    a: float
    b: float
    ratio: float
    low: float
    high: float
    verdict: str


@dataclass(frozen=True, slots=True)
class Sum:
    """
    What became of an engine: the geometric mean of its ratios, and how many rows had which verdict.
    """

    engine: str
    slot: int
    mean: float
    faster: int
    slower: int
    same: int


@dataclass(frozen=True, slots=True)
class Pair:
    """
    Two records, by their places on the page; A stands before B.
    """

    a: int
    b: int
    warning: str
    changes: tuple[Change, ...]

    @property
    def sums(self) -> list[Sum]:
        """
        The engines that both have figures of.
        """
        names = dict(sorted({(c.slot, c.engine) for c in self.changes}))
        return [self._sum(engine, slot) for slot, engine in names.items()]

    def _sum(self, engine: str, slot: int) -> Sum:
        own = [c for c in self.changes if c.slot == slot]
        counts = [sum(c.verdict == word for c in own) for word in VERDICTS]
        return Sum(engine, slot, mean_ratio(c.ratio for c in own), *counts)


def pairs(shown: Sequence[View], judge: Judge) -> list[Pair]:
    """
    Every two records of the page, in the order of their places, the last two at the end.
    """
    return [_pair(a, b, shown, judge) for a, b in combinations(range(len(shown)), 2)]


def _pair(a: int, b: int, shown: Sequence[View], judge: Judge) -> Pair:
    before, after = shown[a], shown[b]
    timed = _timed(after.record)
    slots = {e.name: e.slot for e in before.engines}
    changes = []
    for (group, name, operation, engine), own in _timed(before.record).items():
        other = timed.get((group, name, operation, engine))
        if other:
            best = min(own["samples_ns"]), min(other["samples_ns"])
            *ratios, verdict = judge(own, other)
            # Nobody reads more digits, and there are many of them in the file.
            ratio, low, high = (round(n, 6) for n in ratios)
            changes.append(Change(group, name, operation, engine, slots[engine], *best, ratio, low, high, verdict))
    return Pair(a, b, _warning(before.record, after.record), tuple(changes))


def _timed(record: Mapping[str, Any]) -> dict[tuple[str, str, str, str], Mapping[str, Any]]:
    return {
        (row["group"], row["name"], row["operation"], engine): cell
        for row in record["rows"]
        for engine, cell in row["engines"].items()
        if cell.get("samples_ns") and "failures" not in cell
    }


def _warning(a: Mapping[str, Any], b: Mapping[str, Any]) -> str:
    other = [word for key, word in FACTS if a[key] != b[key]]
    if not other:
        return ""
    return f"The records differ in {' and '.join(other)}: a difference of their figures need not be one of the code."


def embedded(shown: Sequence[View], made: Sequence[Pair]) -> dict[str, Any]:
    """
    All pairs as the script of the page reads them: rows and verdicts by number, engines by slot.
    """
    rows: dict[tuple[str, str, str], int] = {}
    for pair in made:
        for c in pair.changes:
            rows.setdefault((c.group, c.name, c.operation), len(rows))

    def form(c: Change) -> list[float]:
        place = rows[c.group, c.name, c.operation]
        return [place, c.slot, c.a, c.b, c.ratio, c.low, c.high, VERDICTS.index(c.verdict)]

    return {
        "engines": {str(e.slot): e.name for view in shown for e in view.engines},
        "rows": [list(key) for key in rows],
        "pairs": {
            f"{pair.a}-{pair.b}": {"warning": pair.warning, "changes": [form(c) for c in pair.changes]} for pair in made
        },
        "shown": [str(made[-1].a), str(made[-1].b)],
    }
