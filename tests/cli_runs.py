"""
What the tests of the command share: a short run, its tables read back, and a stream that is a terminal.
"""

import io
import re

from bebytes.cli import main

TINY = ["--launches", "1", "--rounds", "2", "--seconds", "0.000001"]


def run(*words: str) -> int:
    return main(["bench", *TINY, *words])


def rows(out: str) -> list[list[str]]:
    """
    The rows of the tables, each with the name of its layout, and split at wide gaps.
    """
    found: list[list[str]] = []
    for line in out.splitlines():
        if match := re.match(r"(\S.*?)?\s+(encode|decode|round trip)  +(\S.*)$", line):
            name, operation, rest = match.groups()
            found.append([name or found[-1][0], operation, *re.split("  +", rest)])
    return found


def row_of(out: str, name: str, operation: str) -> list[str]:
    return next(row[2:] for row in rows(out) if row[:2] == [name, operation])


def plain(text: str) -> str:
    """
    What is written on a terminal, without the escape codes.
    """
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", text)


class Terminal(io.StringIO):
    """
    A stream that says it is a terminal.
    """

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True
