"""
Records compared for the page of `bebytes bench report`: each two of them, as `bebytes bench compare` compares them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from . import bench_compare
from ._report import View, mean_ratio

__all__ = ["VERDICTS", "Change", "Pair", "Sum", "embedded", "pairs"]

VERDICTS = ("faster", "slower", "no difference")


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

    Attributes:
        a: the place of A.
        b: the place of B.
        warnings: why their figures may not compare.
        backwards: the same where B is called A.
        changes: the cells that both have figures of.
    """

    a: int
    b: int
    warnings: tuple[str, ...]
    backwards: tuple[str, ...]
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


def pairs(shown: Sequence[View]) -> list[Pair]:
    """
    Every two records of the page, in the order of their places, the last two at the end.
    """
    return [_pair(a, b, shown) for a, b in combinations(range(len(shown)), 2)]


def _pair(a: int, b: int, shown: Sequence[View]) -> Pair:
    slots = {e.name: e.slot for e in (*shown[a].engines, *shown[b].engines)}
    found = bench_compare.compare(shown[a].record, shown[b].record, list(slots))
    # The script turns the ratios round itself; of what else is said, only that is needed here.
    bare_b, bare_a = ({**shown[place].record, "rows": []} for place in (b, a))
    backwards = bench_compare.compare(bare_b, bare_a, list(slots)).warnings
    changes = []
    for c in found.changes:
        group, name, operation, engine = c.key
        # Nobody reads more digits, and there are many of them in the file.
        ratio, low, high = (round(n, 6) for n in (c.difference.ratio, c.difference.low, c.difference.high))
        changes.append(
            Change(
                group, name, operation, engine, slots[engine], c.a_ns, c.b_ns, ratio, low, high, c.difference.verdict
            )
        )
    return Pair(a, b, tuple(found.warnings), tuple(backwards), tuple(changes))


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
            f"{pair.a}-{pair.b}": {
                "warnings": pair.warnings,
                "backwards": pair.backwards,
                "changes": [form(c) for c in pair.changes],
            }
            for pair in made
        },
        "shown": [str(made[-1].a), str(made[-1].b)],
    }
