"""
Write one HTML file with charts and tables of records, to be opened in any browser: no network, nothing beside it.

A record is a name that `bebytes bench --save` was given, or a file of `--json`; without one, all kept records are taken. The
last one is shown first. Flame graphs of profiling_results/ are put in where there are some.
"""

import argparse
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from . import _cargo, _record
from ._files import unwritable, write_whole

HELP = "write a page of charts and tables from records, for any browser"

SHAPES = {
    "square": "M-4.5-4.5h9v9h-9z",
    "diamond": "M0-6.2L6.2 0 0 6.2-6.2 0z",
    "circle": "M5 0A5 5 0 1 1-5 0 5 5 0 0 1 5 0z",
    "up": "M0-6L5.8 4.4H-5.8z",
    "down": "M0 6L5.8-4.4H-5.8z",
    "plus": "M-2-6h4v4h4v4h-4v4h-4v-4h-4v-4h4z",
    "cross": "M0-2.8L3.2-6 6-3.2 2.8 0 6 3.2 3.2 6 0 2.8-3.2 6-6 3.2-2.8 0-6-3.2-3.2-6z",
    "left": "M-6 0L4.4-5.8V5.8z",
    "right": "M6 0L-4.4-5.8V5.8z",
}
"""The outlines of marks, around 0."""

METHOD = (
    "As bebytes bench compare compares them: the times are those of the fastest rounds; B is slower or faster where the whole"
    " interval, in which the ratio of their times lies, says so, and by more than"
)


class Refused(Exception):
    """
    There is nothing to write, or no place for it; the text says what to do.
    """


@dataclass(frozen=True, slots=True)
class Flame:
    """
    A flame graph as a document of its own.
    """

    name: str
    height: int
    document: str


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """
    The options of the verb.
    """
    parser.add_argument("records", nargs="*", metavar="RECORD", help="a name, or a file; all that are kept if left out")
    parser.add_argument("--output", type=Path, required=True, metavar="FILE", help="the file to write")
    parser.add_argument(
        "--profiles",
        type=Path,
        metavar="FOLDER",
        help="where to look for flame graphs (flamegraph.svg, at any depth); profiling_results of the checkout if left out",
    )


def run(arguments: argparse.Namespace) -> int:
    """
    Do what the options say.
    """
    try:
        _report(arguments)
    except (Refused, _record.RecordError) as e:
        print(f"bebytes bench report: {e}", file=sys.stderr)
        return 2
    return 0


def _report(arguments: argparse.Namespace) -> None:
    output: Path = arguments.output
    # First what can be refused at once.
    if find_spec("jinja2") is None:
        raise Refused("the page is made with jinja2; pip install 'bebytes[cli]' brings it")
    if reason := unwritable(output):
        raise Refused(f"--output {output}: {reason}")
    records = _records(arguments.records)
    found, strange = flames(arguments.profiles)
    text = page(records, found)
    try:
        write_whole(output, text)
    except OSError as e:
        raise Refused(f"--output {output}: {e.strerror}") from None
    for path in strange:
        print(f"left out, as it is no SVG: {path}", file=sys.stderr)
    parts = [_count(len(records), "record")] + [_count(len(found), "flame graph")] * bool(found)
    print(f"written: {output} ({', '.join(parts)}, {len(text.encode()) / 1000:,.0f} kB)")


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"


def _records(asked: Sequence[str]) -> list[tuple[str, dict[str, Any]]]:
    if not asked:
        kept = _record.names()
        if not kept:
            raise Refused("no record is kept yet; `bebytes bench --save NAME` makes one, and files can be named here")
        # By age, so that the newest is shown first.
        loaded = [(name, _record.load(name)) for name in kept]
        return sorted(loaded, key=lambda pair: (str(pair[1]["date"]), pair[0]))
    names = _different([str(name) for name in asked])
    return [(name, _record.load(word)) for name, word in zip(names, asked, strict=True)]


def _different(asked: Sequence[str]) -> list[str]:
    """
    What the records are called on the page: without folders where that tells them apart.
    """
    short = [Path(word).name.removesuffix(".json") for word in asked]
    if len(set(short)) == len(short):
        return short
    if len(set(asked)) != len(asked):
        twice = sorted({word for word in asked if asked.count(word) > 1})
        raise Refused(f"named twice: {', '.join(twice)}")
    return list(asked)


def flames(folder: Path | None) -> tuple[list[Flame], list[Path]]:
    """
    The flame graphs of a folder, and what only has their name.
    """
    if folder is not None and not folder.is_dir():
        raise Refused(f"--profiles {folder}: there is no such folder")
    root = _cargo.checkout()
    if folder is None and root is not None:
        folder = root / "profiling_results"
    found: list[Flame] = []
    strange: list[Path] = []
    for path in sorted(folder.rglob("flamegraph.svg")) if folder is not None else []:
        text = path.read_text(encoding="utf-8", errors="replace")
        start = text.find("<svg")
        if start < 0:
            strange.append(path)
            continue
        assert folder is not None
        name = path.parent.relative_to(folder).as_posix()
        # What stands before the drawing is for parsers of XML.
        found.append(Flame(folder.name if name == "." else name, _height(text[start:]), STAGE + text[start:]))
    return found, strange


STAGE = "<!DOCTYPE html><meta charset=utf-8><style>body{margin:0}svg{display:block;width:100%;height:auto}</style>"


def _height(drawing: str) -> int:
    found = re.match(r"<svg[^>]*?\sheight=\"(\d+)", drawing)
    return int(found[1]) + 4 if found else 600


def page(records: Sequence[tuple[str, Mapping[str, Any]]], flames: Sequence[Flame] = ()) -> str:
    """
    The text of the page; the same for the same records.
    """
    import jinja2
    from markupsafe import Markup

    from . import _report as r
    from . import _report_pairs, installed_version
    from . import _report_text as text
    from ._statistics import LEAST

    views, engines = r.views(records)
    pairs = _report_pairs.pairs(views)
    every = [n for view in views for row in view.rows for c in row.timed for n in (c.best,)]
    folder = files("bebytes.cli") / "report"
    read = {name: (folder / name).read_text(encoding="utf-8") for name in ("page.html", "page.css", "page.js")}
    # Names and reasons come from files and are text, whatever stands in them: all that is put in is escaped, but for our
    # own style and script.
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    return environment.from_string(read["page.html"]).render(
        axis=r.Axis.over(every),
        change=text.change,
        embedded=_report_pairs.embedded(views, pairs) if pairs else None,
        engines=engines,
        flames=flames,
        groups=list(dict.fromkeys(group for view in views for group in view.groups)),
        hues={e.name: e.hue for e in engines},
        method=f"{METHOD} {100 * LEAST:g} %.",
        number=text.number,
        operations=list(dict.fromkeys(row.operation for view in views for row in view.rows)),
        pairs=pairs,
        ratio_axis=r.ratio_axis,
        script=Markup(read["page.js"]),  # noqa: S704 (our own)
        shapes=SHAPES,
        short=text.short,
        slots={e.name: e.slot for e in engines},
        style=Markup(read["page.css"]),  # noqa: S704 (our own)
        subject=r.SUBJECT,
        tick=text.tick,
        times=text.times,
        times_tick=text.times_tick,
        titles={e.name: e.title for e in engines},
        version=installed_version(),
        views=views,
        words=text.words,
    )
