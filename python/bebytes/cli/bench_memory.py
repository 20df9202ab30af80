"""
Weigh what an operation leaves and what it needs meanwhile, in bytes, on the engines that run in Python.

Python's own allocators are watched (tracemalloc). What Rust code takes from the system by itself is not among the figures:
profiling/counts.sh gives the heap of the Rust core.
"""

import argparse
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from itertools import groupby
from typing import TYPE_CHECKING, Any

from . import _choose, _record
from ._choose import Refused

if TYPE_CHECKING:
    from bebytes.scenarios import Absent, Scenario

    from ._layouts import PythonEngine
    from ._memory import Footprint
    from ._show import Screen

HELP = "bytes and blocks of decoded objects, and what an operation needs besides"

DEFAULT = ("native", "python", "floor")

COLUMNS = {
    "kept_bytes": ("kept", "bytes"),
    "kept_blocks": ("kept", "blocks"),
    "bare_bytes": ("object alone", "bytes"),
    "transient_bytes": ("meanwhile", "bytes"),
}
"""Figures of a cell, by their keys in the record."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """
    The options of the verb.
    """
    _choose.add_scenarios(parser)
    _choose.add_engines(parser, ", ".join(DEFAULT))
    _choose.add_outputs(parser)


def run(arguments: argparse.Namespace) -> int:
    """
    Do what the options say.
    """
    if _choose.lacks_rich("bebytes bench memory", "its tables need"):
        return 2

    from bebytes.scenarios import Absent

    from . import _engines
    from ._show import Screen

    try:
        _choose.folder_of(arguments.json)
        if arguments.save is not None:
            _record.path_of(arguments.save)
        known = [name for name in _engines.NAMES if name not in _engines.PROGRAMS]
        names = _choose.engines(arguments.engines, known, DEFAULT)
        loaded = _choose.scenarios(arguments.group, arguments.scenario)
        rows = [s for s in loaded if isinstance(s, Absent) or s.operation != "round trip"]
        wanted = arguments.engines is not None and "all" not in arguments.engines
        with Screen() as screen, ExitStack() as stack:
            engines, missing = _engines.open_engines(names, rows, stack, screen.note)
            if wanted and missing:
                raise Refused("; ".join(f"{engine}: {reason}" for engine, reason in missing.items()))
            record = _record.begin({engine.name: engine.facts for engine in engines}, missing) | {"kind": "memory"}
            failed = _weigh(rows, engines, record, screen)  # type: ignore[arg-type]  # programs are not among them
            if arguments.json is not None:
                _record.write(arguments.json, record)
                screen.line(f"written: {arguments.json}")
            if arguments.save is not None:
                screen.line(f"kept: {_record.keep(arguments.save, record)}")
    except (Refused, _engines.Refused, _record.RecordError) as e:
        print(f"bebytes bench memory: {e}", file=sys.stderr)
        return 2
    return 1 if failed else 0


def _weigh(
    rows: "Sequence[Scenario | Absent]", engines: "Sequence[PythonEngine]", record: dict[str, Any], screen: "Screen"
) -> bool:
    from bebytes.scenarios import Absent

    from ._memory import footprint

    _head(record, screen)
    screen.expect(len(rows))
    record |= {"rows": [], "absent": []}
    wrong: list[str] = []
    reasons: list[str] = [
        f"{name}: {facts['absent']}" for name, facts in record["engines"].items() if "absent" in facts
    ]
    for group, members in groupby(rows, lambda s: s.group):
        table = _table(screen)
        for s in members:
            if isinstance(s, Absent):
                record["absent"].append({"group": s.group, "name": s.name, "reason": s.reason})
                reasons.append(f"{s.key}: {s.reason}")
                continue
            cells = {engine.name: footprint(engine, s) for engine in engines}
            record["rows"].append(_record.row(s, cells))
            wrong += [f"{engine}, {s.key}: {f}" for engine, cell in cells.items() for f in cell.failures[:3]]
            words = [s.name, s.operation, f"{sum(map(len, s.data)) / len(s.data):,.0f}"]
            for engine, cell in cells.items():
                table.add_row(*words, engine, *_figures(cell), style="bold" if engine == "native" else "")
                words = ["", "", ""]
            screen.step(s.key)
        screen.line()
        screen.line(group.replace("_", " "), "bold cyan")
        screen.show(table)
    if reasons:
        screen.line()
        screen.pairs([("-", reason) for reason in reasons], 3, "dim")
    screen.line()
    for text in wrong:
        screen.line(f"WRONG: {text}", "red")
    screen.line("Some answers were wrong; see above." if wrong else "All answers were right.")
    return bool(wrong)


def _head(record: dict[str, Any], screen: "Screen") -> None:
    screen.line(f"bebytes {record['bebytes']} bench memory", "bold")
    screen.pairs(
        [
            ("interpreter", record["interpreter"]),
            ("kept", "what the result of an operation holds as long as it lives, the mean over all inputs"),
            ("alone", "of that, the object itself, without the objects in its fields (sys.getsizeof)"),
            ("meanwhile", "the most that was there besides, while the operation ran"),
            ("figures", "bytes and blocks as Python's allocators see them (tracemalloc)"),
            ("not seen", "what Rust code takes from the system by itself: profiling/counts.sh gives the core's heap"),
        ],
        12,
    )


def _table(screen: "Screen") -> Any:
    table = screen.table()
    for word in ("layout", "operation", "message", "engine"):
        right = word == "message"
        title = f"{word}\nbytes" if right else word
        table.add_column(title, min_width=10, justify="right" if right else "left", no_wrap=True)
    for words in COLUMNS.values():
        table.add_column("\n".join(words), min_width=10, justify="right", no_wrap=True)
    return table


def _figures(cell: "Footprint") -> list[str]:
    if cell.failures:
        return ["WRONG"]
    if cell.absent:
        return [f"({cell.absent})"]
    return [_shown(key, getattr(cell, key)) for key in COLUMNS]


def _shown(key: str, figure: float) -> str:
    return f"{figure:,.1f}" if key == "kept_blocks" else f"{figure:,.0f}"
