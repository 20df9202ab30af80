"""
Compare two records of `bebytes bench`, cell by cell: B's time over A's, what that may be in truth, and the verdict.

A record is a name that `--save` was given, or a file of `--json`. A cell is slower or faster if the whole interval says so and
the difference is more than 10 %; what the records cannot tell apart is no difference.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import _choose, _record

if TYPE_CHECKING:
    from ._show import Screen
    from ._statistics import Difference

HELP = "compare two records: which cells became faster, which slower"

Key = tuple[str, str, str, str]
"""Group, name, operation, engine."""

DIFFERS = {
    "machine": "the machine",
    "interpreter": "the interpreter",
    "compiler": "the Rust compiler",
    "build": "the build of the extension",
    "launches": "the number of launches",
    "rounds": "the number of rounds",
    "seconds": "the length of a round",
}
"""What should be the same in two records, by its key."""


@dataclass(frozen=True, slots=True)
class Change:
    """
    A cell that both records have.
    """

    key: Key
    a_ns: float
    b_ns: float
    difference: "Difference"

    def form(self) -> dict[str, Any]:
        """
        The change as it stands in the JSON.
        """
        group, name, operation, engine = self.key
        return {
            "group": group,
            "name": name,
            "operation": operation,
            "engine": engine,
            "a_ns": self.a_ns,
            "b_ns": self.b_ns,
        } | asdict(self.difference)


@dataclass(frozen=True, slots=True)
class Comparison:
    """
    Two records, cell by cell.

    Attributes:
        changes: the cells of both, in the order of A.
        only_a: the cells that only A has figures of.
        only_b: likewise.
        warnings: why their figures may not compare.
    """

    changes: list[Change]
    only_a: list[Key]
    only_b: list[Key]
    warnings: list[str]

    def slower(self, percent: float) -> list[Change]:
        """
        The cells that are slower by the verdict, and by more than that.
        """
        return [c for c in self.changes if c.difference.verdict == "slower" and c.difference.ratio > 1 + percent / 100]

    def form(self, a: str, b: str) -> dict[str, Any]:
        """
        The comparison as JSON.
        """
        return {
            "form": _record.FORM,
            "a": a,
            "b": b,
            "warnings": self.warnings,
            "cells": [c.form() for c in self.changes],
            "only_a": ["/".join(key) for key in self.only_a],
            "only_b": ["/".join(key) for key in self.only_b],
        }


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """
    The options of the verb.
    """
    parser.add_argument("a", metavar="A", help="the record before: a name or a file")
    parser.add_argument("b", metavar="B", help="the record after")
    _choose.add_engines(parser, "all that the records have")
    parser.add_argument(
        "--fail-above",
        type=_percent,
        metavar="PERCENT",
        help="exit with 1 if a cell is slower by the verdict, and B's time over A's is above 1 by more than that",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the comparison to FILE")


def run(arguments: argparse.Namespace) -> int:
    """
    Do what the options say.
    """
    if _choose.lacks_rich("bebytes bench compare", "its tables need"):
        return 2

    from ._show import Screen

    try:
        _choose.folder_of(arguments.json)
        a, b = _record.load(arguments.a), _record.load(arguments.b)
        engines = _engines(arguments.engines, a, b)
        found = compare(a, b, engines)
        with Screen() as screen:
            _show(found, a, b, arguments, screen)
        if arguments.json is not None:
            _record.write(arguments.json, found.form(arguments.a, arguments.b))
    except (_choose.Refused, _record.RecordError) as e:
        print(f"bebytes bench compare: {e}", file=sys.stderr)
        return 2
    return 1 if arguments.fail_above is not None and found.slower(arguments.fail_above) else 0


def compare(a: Mapping[str, Any], b: Mapping[str, Any], engines: Sequence[str]) -> Comparison:
    """
    Compare the cells of some engines.
    """
    from ._statistics import Times, difference

    of_a, of_b = _timed(a, engines), _timed(b, engines)
    changes = [
        Change(
            key, min(cell["samples_ns"]), min(of_b[key]["samples_ns"]), difference(Times.of(cell), Times.of(of_b[key]))
        )
        for key, cell in of_a.items()
        if key in of_b
    ]
    return Comparison(
        changes,
        [key for key in of_a if key not in of_b],
        [key for key in of_b if key not in of_a],
        _warnings(a, b, engines),
    )


def _percent(text: str) -> float:
    value = float(text.removesuffix("%"))
    if not 0 <= value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is no percentage from 0 on")
    return value


_percent.__name__ = "percentage"


def _engines(asked: Sequence[str] | None, a: Mapping[str, Any], b: Mapping[str, Any]) -> list[str]:
    known = list(dict.fromkeys([*a["engines"], *b["engines"]]))
    return _choose.engines(asked, known, known)


def _timed(record: Mapping[str, Any], engines: Sequence[str]) -> dict[Key, Mapping[str, Any]]:
    return {
        (row["group"], row["name"], row["operation"], engine): cell
        for row in record["rows"]
        for engine, cell in row["engines"].items()
        if engine in engines and "samples_ns" in cell
    }


def _warnings(a: Mapping[str, Any], b: Mapping[str, Any], engines: Sequence[str]) -> list[str]:
    from ._statistics import ALONE, ENOUGH

    found = [
        f"{words} differs: {_shown(a.get(key))} in A, {_shown(b.get(key))} in B"
        for key, words in DIFFERS.items()
        if a.get(key) != b.get(key)
    ]
    for engine in engines:
        facts_a, facts_b = (record["engines"].get(engine, {}) for record in (a, b))
        for fact in ("version", "profile", "variant", "raw"):
            one, other = facts_a.get(fact), facts_b.get(fact)
            if one is not None and other is not None and one != other:
                found.append(f"the {fact} of {engine} differs: {one} in A, {other} in B")
    rows_a, rows_b = ({_row(row): row for row in record["rows"]} for record in (a, b))
    for key, row in rows_a.items():
        if key in rows_b and (
            other := [what for what in ("about", "bytes", "inputs") if row.get(what) != rows_b[key].get(what)]
        ):
            found.append(f"{'/'.join(key)} is other work in B: its {', '.join(other)} differ")
    found += [
        f"{name} has fewer than {ENOUGH} launches: differences up to {ALONE:.0%} may be the luck of one"
        for name, record in (("A", a), ("B", b))
        if record.get("launches", 1) < ENOUGH
    ]
    return found


def _row(row: Mapping[str, Any]) -> tuple[str, str, str]:
    return row["group"], row["name"], row["operation"]


def _shown(fact: Any) -> str:
    return "not known" if fact in (None, "") else f"{fact:g}" if isinstance(fact, float) else str(fact)


def _show(
    found: Comparison, a: Mapping[str, Any], b: Mapping[str, Any], arguments: argparse.Namespace, screen: "Screen"
) -> None:
    from ._statistics import ALONE, ENOUGH, LEAST
    from ._table import number, ratio

    rule = (
        f"slower or faster where all of `within` is over {100 * LEAST:g} % away from 1, or over {100 * ALONE:g} % with"
        f" fewer than {ENOUGH} launches; smaller differences are not told from chance"
    )
    screen.line("bebytes bench compare", "bold")
    screen.pairs(
        [
            ("A", _about(arguments.a, a)),
            ("B", _about(arguments.b, b)),
            ("figures", f"ns an operation, the fastest rounds; B {screen.over} A: 2 took twice as long in B"),
            ("verdict", rule),
            *[("warning", text) for text in found.warnings],
        ],
        12,
    )
    for group, members in groupby(found.changes, lambda c: c.key[0]):
        table = screen.table()
        for word in ("layout", "operation", "engine"):
            table.add_column(word, min_width=10, no_wrap=True)
        for word in ("A", "B", f"B {screen.over} A", "within"):
            table.add_column(word, min_width=8, justify="right", no_wrap=True)
        table.add_column("verdict", no_wrap=True)
        before: tuple[str, str] | None = None
        for c in members:
            _, name, operation, engine = c.key
            d = c.difference
            table.add_row(
                *(("", "") if before == (name, operation) else (name, operation)),
                engine,
                number(c.a_ns),
                number(c.b_ns),
                ratio(d.ratio),
                f"{ratio(d.low)} {screen.to} {ratio(d.high)}",
                d.verdict,
                style={"slower": "red", "faster": "green"}.get(d.verdict, ""),
            )
            before = name, operation
        screen.line()
        screen.line(group.replace("_", " "), "bold cyan")
        screen.show(table)
    screen.line()
    screen.pairs([*_only("A", found.only_a, found), *_only("B", found.only_b, found)], 12)
    _sums(found, screen)
    if arguments.fail_above is not None:
        slower = found.slower(arguments.fail_above)
        screen.line()
        if slower:
            listed = ", ".join(f"{'/'.join(c.key)} {ratio(c.difference.ratio)}" for c in slower)
            screen.line(f"slower by more than {arguments.fail_above:g} %: {listed}", "red")
        else:
            screen.line(f"Nothing is slower by more than {arguments.fail_above:g} %.")


def _only(name: str, keys: Sequence[Key], found: Comparison) -> list[tuple[str, str]]:
    common = {c.key[3] for c in found.changes}
    lines = []
    for engine in dict.fromkeys(key[3] for key in keys):
        rows = ["/".join(key[:3]) for key in keys if key[3] == engine]
        lines.append(f"{engine}: {', '.join(rows) if engine in common else f'all of its {len(rows)} cells'}")
    return [(f"only in {name}", line) for line in lines]


def _sums(found: Comparison, screen: "Screen") -> None:
    from ._statistics import geometric_mean
    from ._table import ratio

    table = screen.table()
    table.add_column("engine", min_width=10, no_wrap=True)
    for word in (f"B {screen.over} A", "cells", "faster", "slower", "no difference"):
        table.add_column(word, min_width=8, justify="right", no_wrap=True)
    for engine in dict.fromkeys(c.key[3] for c in found.changes):
        own = [c.difference for c in found.changes if c.key[3] == engine]
        verdicts = Counter(d.verdict for d in own)
        counts = (str(verdicts[word]) for word in ("faster", "slower", "no difference"))
        table.add_row(engine, ratio(geometric_mean(d.ratio for d in own)), str(len(own)), *counts)
    screen.line()
    if not table.row_count:
        screen.line("The records have no cell in common.")
        return
    screen.line("in all   the geometric mean of the cells")
    screen.show(table)


def _about(name: str, record: Mapping[str, Any]) -> str:
    parts = [f"bebytes {record['bebytes']}"]
    parts += [f"commit {record['commit']}"] if record["commit"] else []
    return f"{name}: {', '.join([*parts, str(record['date'])])}"
