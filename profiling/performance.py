"""
Fill the tables of docs/performance.md from the records of benches/record/: `performance.py`; `--check` compares only.

A table stands between `<!-- begin: NAME, by COMMAND -->` and `<!-- end -->`, where COMMAND made the record; all else is
written by hand, and says nothing that the next record could make untrue.
"""

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import figures
import tables

from bebytes.cli import _files
from bebytes.cli._record import RecordError

DOCUMENT = figures.ROOT / "docs" / "performance.md"

_BLOCK = re.compile(r"^<!-- begin: ([\w-]+), by .*? -->\n.*?^<!-- end -->$", re.MULTILINE | re.DOTALL)


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Run the program.

    Exit codes: 0 all well, 1 with --check if the document is not what the records give, 2 nothing could run.
    """
    parser = argparse.ArgumentParser(prog="profiling/performance.py", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; exit with 1 if a table is stale")
    parser.add_argument("--document", type=Path, default=DOCUMENT, metavar="FILE")
    options = parser.parse_args(arguments)
    try:
        stale = stale_plots(options.document.parent) if options.check else []
        old = options.document.read_text(encoding="utf-8")
        new = filled(old, tables.TABLES)
    except (OSError, ValueError, RecordError) as e:
        print(f"profiling/performance.py: {e}", file=sys.stderr)
        return 2
    if options.check:
        if old != new:
            stale.append(options.document.name)
        if stale:
            print(f"older than their records: {', '.join(stale)}; run profiling/performance.sh", file=sys.stderr)
        return int(bool(stale))
    if old != new:
        _files.write_whole(options.document, new)
    print(f"{options.document}: {len(_BLOCK.findall(new))} tables, {'changed' if old != new else 'unchanged'}")
    return 0


def stale_plots(folder: Path) -> list[str]:
    """
    The plots that are missing, or were drawn from another record than the one that is kept.

    Raises:
        OSError: a record is missing.
    """
    return [
        path.name
        for plot, record in figures.PLOTS.items()
        if not (path := folder / f"{plot}.svg").exists()
        or figures.source(record) not in path.read_text(encoding="utf-8")
    ]


def filled(text: str, known: dict[str, tuple[str, Callable[[], str]]]) -> str:
    """
    The document with each table made anew.

    Raises:
        ValueError: a table is unknown, missing, or there twice; the text lists those that there are.
        RecordError: a record is missing.
    """
    names = [match[1] for match in _BLOCK.finditer(text)]
    if unknown := [name for name in names if name not in known]:
        raise ValueError(f"no table is called {', '.join(unknown)}; there are {', '.join(known)}")
    if sorted(names) != sorted(known):
        wrong = [name for name in known if names.count(name) != 1]
        raise ValueError(f"the document must have each table once; look at {', '.join(wrong)}")

    def fill(match: re.Match[str]) -> str:
        name = match[1]
        command, make = known[name]
        return f"<!-- begin: {name}, by {command} -->\n\n{make()}\n\n<!-- end -->"

    return _BLOCK.sub(fill, text)


if __name__ == "__main__":
    sys.exit(main())
