"""
The goals of speed, memory and weight: what each says, and whether figures meet it.

A goal looks at some figures, each of a layout or of another thing by name: every one of them has to keep the limit, or their
geometric mean does. Where nothing could be measured, there is a reason instead, and no verdict.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from ._statistics import geometric_mean

Figures: TypeAlias = Mapping[str, float]
"""Figures by what they are of."""

Sign: TypeAlias = Literal["<=", "<", ">="]

Rule: TypeAlias = Literal["mean", "each"]

PARTS = {
    "calls": "decoding and encoding against code by hand, the floor F",
    "objects": "objects: construction, attributes, == and repr, against msgspec.Struct",
    "many": "many records in one call, a record against a single call",
    "rivals": "against the libraries in Rust",
    "pure": "the backend in plain Python",
    "formats": "whole files and messages, with the definitions of bebytes.formats",
    "core": "the Rust core without Python, against the Rust crate 3.0.3",
    "memory": "memory",
    "leaks": "what many calls leave",
    "weight": "weight",
}
"""What `--only` knows, and what stands above its goals."""

TIMED = ("calls", "objects", "many", "rivals", "pure", "formats", "core")
"""The parts whose figures are times of scenarios."""


UNITS = {"x": "×", "us": "µs"}  # noqa: RUF001 (the signs that are meant)
"""Units for readers, where their signs are not ASCII."""


class Unmeasured(Exception):
    """
    No figures, and why.
    """


@dataclass(frozen=True, slots=True)
class Goal:
    """
    One goal.

    Attributes:
        part: of `PARTS`.
        text: what is to be, in words.
        sign: how a figure stands to the limit.
        limit: the figure that is just good enough.
        unit: of the figures: "F" for the time of the floor, "x" for a ratio, "ns", "bytes" …
        rule: whether the geometric mean of the figures has to keep the limit, or each of them.
        figures: finds them; raises `Unmeasured`.
    """

    part: str
    text: str
    sign: Sign
    limit: float
    unit: str
    rule: Rule
    figures: Callable[[Any], Figures]

    def judge(self, given: Any) -> "Outcome":
        """
        What comes of it.

        Args:
            given: what `figures` takes.
        """
        try:
            found = dict(self.figures(given))
        except Unmeasured as e:
            return Outcome(self, reason=str(e))
        if not found:
            return Outcome(self, reason="nothing was measured")
        worst = (min if self.sign == ">=" else max)(found, key=found.__getitem__)
        figure = found[worst]
        if self.rule == "mean":
            figure = geometric_mean(found.values()) if min(found.values()) > 0 else float("inf")
        return Outcome(self, figure, worst, found[worst], found)

    def met(self, figure: float) -> bool:
        """
        Whether a figure keeps the limit.
        """
        return {"<=": figure <= self.limit, "<": figure < self.limit, ">=": figure >= self.limit}[self.sign]


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    What came of a goal.

    Attributes:
        goal: the goal.
        figure: what is compared with the limit.
        worst: what the figure farthest on the wrong side is of.
        worst_figure: that figure.
        by: all figures.
        reason: why there is none.
    """

    goal: Goal
    figure: float = 0.0
    worst: str = ""
    worst_figure: float = 0.0
    by: Figures = field(default_factory=dict)
    reason: str = ""

    @property
    def met(self) -> bool | None:
        """
        Whether the goal is met; None where it was not measured.
        """
        return None if self.reason else self.goal.met(self.figure)

    @property
    def differs(self) -> bool:
        """
        Whether the figures are not all the same, so that one of them is the worst.
        """
        return len(set(self.by.values())) > 1

    @property
    def verdict(self) -> str:
        """
        The same in words.
        """
        return {True: "met", False: "not met", None: "not measured"}[self.met]

    def form(self) -> dict[str, Any]:
        """
        The outcome as it stands in a record.
        """
        goal = self.goal
        about = {"part": goal.part, "goal": goal.text, "sign": goal.sign, "limit": goal.limit, "unit": goal.unit}
        if self.reason:
            return about | {"rule": goal.rule, "met": None, "reason": self.reason}
        return about | {
            "rule": goal.rule,
            "met": self.met,
            "measured": round(self.figure, 4),
            "worst": self.worst,
            "worst_measured": round(self.worst_figure, 4),
            "by": {name: round(figure, 4) for name, figure in self.by.items()},
        }


def shown(figure: float, unit: str) -> str:
    """
    A figure with its unit, for readers.
    """
    if unit in ("F", "x"):
        return f"{figure:.2f} {UNITS.get(unit, unit)}"
    if unit in ("", "bytes", "blocks"):
        return f"{figure:,.10g} {unit}".strip() if figure == int(figure) else f"{figure:,.1f} {unit}".strip()
    number = f"{figure:,.3g}" if abs(figure) < 100 else f"{figure:,.0f}"
    return f"{number} {UNITS.get(unit, unit)}"


def limit_shown(sign: str, limit: float, unit: str) -> str:
    """
    A limit with its sign and unit, for readers.
    """
    signs = {"<=": "≤", "<": "<", ">=": "≥"}
    number = f"{limit:.2f}" if unit in ("F", "x") else f"{limit:,.10g}"
    return f"{signs[sign]} {number} {UNITS.get(unit, unit)}".strip()


def judged(goals: Sequence[Goal], parts: Sequence[str], given: Any) -> list[Outcome]:
    """
    The outcomes of the goals of some parts.
    """
    return [goal.judge(given) for goal in goals if goal.part in parts]
