"""
Draw the plots of docs/performance.md from records: `plots.py`, or `plots.py --growth NAME --suite NAME --output FOLDER`.

The same records give the same files, byte for byte, on one version of matplotlib; each file says which record it was drawn
from, so that `performance.py --check` finds a plot that is older than its record.
"""

import argparse
import importlib
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import figures

from bebytes.cli import _files
from bebytes.cli._record import RecordError
from bebytes.scenarios import GROWTH

AXES = {
    "growth_fields": ("u16 fields", "Cost by the number of fields"),
    "growth_bytes": ("bytes of the message", "Cost by the size of the message"),
    "growth_items": ("structs in the list", "Cost by the length of a list"),
    "growth_telemetry": ("records of the message", "Cost by the records of a telemetry message"),
    "growth_depth": ("levels of nesting", "Cost by the depth of nesting"),
}

# Okabe and Ito's colours, which most people can tell apart; marks differ as well.
STYLES = {
    "native": ("#0072b2", "o"),
    "core": ("#009e73", "s"),
    "python": ("#e69f00", "^"),
    "floor": ("#000000", "D"),
    "slots": ("#999999", "d"),
    "construct": ("#cc79a7", "v"),
    "neoconstruct": ("#d55e00", "P"),
    "rustruct": ("#56b4e9", "X"),
}
OTHER = ("#777777", ".")

SETTINGS = {
    "svg.hashsalt": "bebytes",  # else the ids in a file differ from run to run
    "svg.fonttype": "none",  # letters stay text: smaller, and found by a search
    "font.family": "sans-serif",
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlelocation": "left",
    "legend.frameon": False,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Draw, and print the name of each file.
    """
    parser = argparse.ArgumentParser(prog="profiling/plots.py", description=__doc__)
    parser.add_argument("--growth", default="growth", metavar="NAME", help="the record of the growth groups")
    parser.add_argument("--suite", default="suite", metavar="NAME", help="the record of all engines")
    parser.add_argument("--output", type=Path, default=figures.ROOT / "docs", metavar="FOLDER")
    options = parser.parse_args(arguments)
    if not options.output.is_dir():
        print(f"profiling/plots.py: --output {options.output}: there is no such folder", file=sys.stderr)
        return 2
    try:
        growth, suite = figures.load(options.growth), figures.load(options.suite)
    except RecordError as e:
        print(f"profiling/plots.py: {e}", file=sys.stderr)
        return 2

    matplotlib = library()
    matplotlib.use("svg")
    with matplotlib.rc_context(SETTINGS):
        for group in GROWTH:
            save(draw_growth(growth, group), options.output / f"{group}.svg", options.growth)
        save(draw_engines(suite), options.output / "engines.svg", options.suite)
    return 0


def library(module: str = "") -> Any:
    """
    A module of matplotlib; untyped, so that types are checked the same where it is not installed.
    """
    return importlib.import_module(f"matplotlib{module and '.'}{module}")


def draw_growth(record: figures.Record, group: str) -> Any:
    """
    Nanoseconds against the amount, a panel for each operation, a line for each engine, both axes logarithmic.
    """
    of_amount, heading = AXES[group]
    figure, panels = library("pyplot").subplots(1, 2, figsize=(9, 4.2), sharey=True, layout="constrained")
    for axes, operation in zip(panels, figures.OPERATIONS, strict=True):
        for engine in figures.engines(record):
            points = figures.growth(record, group, operation, engine)
            if points:
                colour, mark = STYLES.get(engine, OTHER)
                axes.plot(*zip(*points, strict=True), label=figures.title(engine), color=colour, marker=mark, lw=1.5)
        axes.set_title(operation)
        axes.set_xscale("log", base=2)
        axes.set_xlabel(of_amount)
        amounts = [amount for amount, _ in figures.growth(record, group, operation, "native")]
        axes.set_xticks(amounts, [f"{amount:,}" for amount in amounts])
        _decades(axes, "y")
    panels[0].set_ylabel("ns an operation")
    figure.suptitle(heading, x=0.01, ha="left", weight="bold")
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    return figure


def draw_engines(record: figures.Record) -> Any:
    """
    How many times as long each engine takes as native: the geometric mean over what both can do, a mark for each operation.
    """
    names = [name for name in figures.engines(record) if name != "native"]
    figure, axes = library("pyplot").subplots(figsize=(9, 1.2 + 0.32 * len(names)), layout="constrained")
    found = {
        operation: {name: ratio for name in names if (ratio := figures.ratios(record, name, "native", "", operation))}
        for operation in figures.OPERATIONS
    }
    shown = {op: {name: figures.mean_ratio(r) for name, r in by.items()} for op, by in found.items()}
    order = sorted(names, key=lambda name: max(by.get(name, 0) for by in shown.values()), reverse=True)
    for operation, colour, mark in (("encode", "#0072b2", "o"), ("decode", "#e69f00", "D")):
        by = shown[operation]
        present = [name for name in order if name in by]
        axes.plot(
            [by[name] for name in present],
            [order.index(name) for name in present],
            ls="",
            color=colour,
            marker=mark,
            label=operation,
        )
    axes.set_yticks(range(len(order)), [figures.title(name) for name in order])
    axes.set_xscale("log")
    axes.axvline(1, color="#333333", lw=1)
    axes.annotate("native", (1, 1), xycoords=("data", "axes fraction"), xytext=(4, -2), textcoords="offset points")
    axes.set_xlabel("times as long as native takes; left of the line is faster")
    _decades(axes, "x")
    axes.legend(loc="upper right")
    figure.suptitle("Engines against native, all groups", x=0.01, ha="left", weight="bold")
    return figure


def _decades(axes: Any, which: str) -> None:
    # Plain numbers on the ticks: 1,000 says more than 10³ beside 570.
    ticker = library("ticker")
    axis = axes.xaxis if which == "x" else axes.yaxis
    (axes.set_xscale if which == "x" else axes.set_yscale)("log")
    axis.set_major_locator(ticker.LogLocator(base=10))
    axis.set_major_formatter(ticker.FuncFormatter(lambda value, _: f"{value:,.10g}"))
    axis.set_minor_formatter(ticker.NullFormatter())
    axes.grid(which="major", axis=which, color="#dddddd", lw=0.8)
    axes.set_axisbelow(True)


def save(figure: Any, path: Path, name: str) -> None:
    """
    Write a plot whole or not at all, with the record it was drawn from in its metadata.
    """
    drawn = io.StringIO()
    about = {"Date": None, "Source": figures.source(name)}
    figure.savefig(drawn, format="svg", facecolor="white", metadata=about)
    library("pyplot").close(figure)
    # matplotlib leaves blanks at the ends of lines.
    _files.write_whole(path, "\n".join(line.rstrip() for line in drawn.getvalue().splitlines()) + "\n")
    print(os.path.relpath(path))


if __name__ == "__main__":
    sys.exit(main())
