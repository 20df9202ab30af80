"""
What the profilers run on, for the shell scripts.

`check PATTERN...` exits with 2 and one sentence where no scenario has such a name. `list PATTERN...` prints a line a
scenario: its key, and the operations of a round of `bebytes bench`, with a tab between. No extension is needed for that.
"""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "python"))
os.environ["BEBYTES_BACKEND"] = "python"

from bebytes import scenarios


def select(pattern: str) -> list[scenarios.Scenario | scenarios.Absent]:
    """
    The scenarios of a pattern, also where what is absent does not know its operations.

    Raises:
        ValueError: there are none; the text lists those that there are.
    """
    try:
        return scenarios.select(pattern)
    except ValueError:
        layout, _, _ = pattern.rpartition("/")
        if layout.count("/") != 1:
            raise
        found = scenarios.select(layout)
        if any(isinstance(s, scenarios.Scenario) for s in found):
            raise
        return found


def main(verb: str, *patterns: str) -> int:
    """
    Do what was asked for, and return the exit code.
    """
    try:
        found = {s.key: s for pattern in patterns for s in select(pattern)}
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
