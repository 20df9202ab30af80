"""
Compare two records of `bebytes bench`, cell by cell: B's time over A's.

A record is a name that `--save` was given, or a file.
"""

import argparse
import sys

from . import _record

HELP = "compare two records: which cells became faster, which slower"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """
    The options of the verb.
    """
    parser.add_argument("a", metavar="A", help="the record before: a name or a file")
    parser.add_argument("b", metavar="B", help="the record after")


def run(arguments: argparse.Namespace) -> int:
    """
    Do what the options say.
    """
    try:
        a, b = _record.load(arguments.a), _record.load(arguments.b)
    except _record.RecordError as e:
        print(f"bebytes bench compare: {e}", file=sys.stderr)
        return 2
    of_b = {(row["group"], row["name"], row["operation"]): row["engines"] for row in b["rows"]}
    for row in a["rows"]:
        key = (row["group"], row["name"], row["operation"])
        for engine, cell in row["engines"].items():
            other = of_b.get(key, {}).get(engine, {})
            if "samples_ns" in cell and "samples_ns" in other:
                ratio = min(other["samples_ns"]) / min(cell["samples_ns"])
                print(f"{'/'.join(key)} {engine}: {ratio:.3f}")
    return 0
