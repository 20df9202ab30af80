"""
What the profilers run on, for the shell scripts.

`list PATTERN...` prints a line a scenario: its key, and the operations of a round of `bebytes bench`, with a tab between; it
exits with 2 and one sentence where no scenario has such a name. `check PATTERN...` only does the latter, before the set-up: where
a group lacks some of its data it does not know all names, and lets any pass. No extension is needed for either.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "python"))
os.environ["BEBYTES_BACKEND"] = "python"

from bebytes import scenarios


def select(pattern: str, known: bool) -> Sequence[scenarios.Scenario | scenarios.Absent]:
    """
    The scenarios of a pattern; none where they may be among those that are absent, unless all are `known`.

    Raises:
        ValueError: there are none; the text lists those that there are.
    """
    try:
        return scenarios.select(pattern)
    except ValueError:
        group = pattern.partition("/")[0]
        if known or not any(isinstance(s, scenarios.Absent) for s in scenarios.load([group])):
            raise
        return ()


def main(verb: str, *patterns: str) -> int:
    """
    Do what was asked for, and return the exit code.
    """
    try:
        found = {s.key: s for pattern in patterns for s in select(pattern, known=verb == "list")}
    except ValueError as e:
        print(e, file=sys.stderr)
        return 2
    if verb == "list":
        for key, s in found.items():
            if isinstance(s, scenarios.Scenario):
                print(key, s.iterations, sep="\t")
            else:
                print(f"without {key}: {s.reason}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
