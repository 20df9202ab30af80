"""
A bare loop over scenarios, for profilers: `python -m bebytes.workload`.

Inputs are prepared and answers checked before it; then nothing runs but the calls, all of them in the function `measured`.
`--export FILE` writes the scenarios for the same program in Rust, benches/workload.rs.
"""

import argparse
import gc
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from itertools import repeat
from pathlib import Path

from bebytes import available_backends, scenarios
from bebytes.scenarios import Scenario, Work

__all__ = ["main", "measured"]

DEFAULT = "mixed"
"""What runs where no scenario is named."""

EXPORTED = tuple(group for group in scenarios.GROUPS if group not in scenarios.FOUND)
"""What is exported where no scenario is named: the groups that are the same on every machine, and small."""

SLOWER = 100
"""How many times fewer operations the python backend does, unless told how many."""


def measured(work: Work, operations: int) -> None:
    """
    Take the inputs in turn, as often as it takes.
    """
    laps, rest = divmod(operations, len(work.inputs))
    last = work.inputs[:rest]
    if len(work.calls) == 2:
        first, second = work.calls
        for _ in repeat(None, laps):
            for value in work.inputs:
                second(first(value))
        for value in last:
            second(first(value))
        return
    (call,) = work.calls
    for _ in repeat(None, laps):
        for value in work.inputs:
            call(value)
    for value in last:
        call(value)


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Run the program; `arguments` are those of the process where none are given.

    Exit codes: 0 all well, 1 an answer is wrong, 2 nothing could run, 130 it was interrupted.
    """
    parser = argparse.ArgumentParser(prog="python -m bebytes.workload", description=__doc__)
    parser.add_argument(
        "--scenario",
        action="append",
        metavar="GROUP[/NAME[/OPERATION]]",
        help=f"what to run, may be given again; {DEFAULT} unless given",
    )
    parser.add_argument("--engine", choices=("native", "python"), help="the backend; unless given, the one in use")
    parser.add_argument(
        "--iterations",
        type=_count,
        metavar="N",
        help=f"operations a scenario; unless given, those of a round of `bebytes bench`, on python {SLOWER} times fewer",
    )
    parser.add_argument(
        "--export",
        type=Path,
        metavar="FILE",
        help="write the scenarios for benches/workload.rs instead; unless named, the groups of `bebytes bench` but those of real data",
    )
    options = parser.parse_args(arguments)
    try:
        chosen = _chosen(options.scenario or (EXPORTED if options.export else [DEFAULT]))
        if options.export:
            return _export(options.export, chosen)
        return _run(chosen, options.engine or available_backends()[0], options.iterations)
    except (ValueError, OSError) as e:
        print(f"bebytes.workload: {e}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\ninterrupted", file=sys.stderr)
        return 130


def _count(text: str) -> int:
    count = int(text)
    if count < 1:
        raise argparse.ArgumentTypeError(f"{text} is not above 0")
    return count


_count.__name__ = "number"  # what argparse calls it


def _chosen(patterns: Sequence[str]) -> list[Scenario]:
    """
    The scenarios of some patterns, each once; what is absent is said on stderr.

    Raises:
        ValueError: a pattern is unknown, or all is absent.
    """
    found = {s.key: s for pattern in patterns for s in scenarios.select(pattern)}
    absent = [f"{s.key}: {s.reason}" for s in found.values() if not isinstance(s, Scenario)]
    present = [s for s in found.values() if isinstance(s, Scenario)]
    if not present:
        raise ValueError("; ".join(absent))
    for line in absent:
        print(f"bebytes.workload: without {line}", file=sys.stderr)
    return present


def _run(chosen: Sequence[Scenario], engine: str, iterations: int | None) -> int:
    if engine not in available_backends():
        raise ValueError(f"the engine {engine} is not installed; there is {', '.join(available_backends())}")
    code = 0
    for s in chosen:
        if failures := s.failures(engine):
            print(f"bebytes.workload: {s.key} is wrong: {failures[0]}", file=sys.stderr)
            code = 1
            continue
        operations = iterations or max(len(s.data), s.iterations // (SLOWER if engine == "python" else 1))
        work = s.work(engine)
        # What exists by now is no garbage; the collector stays on for what the calls make.
        gc.collect()
        gc.freeze()
        try:
            start = time.perf_counter()
            measured(work, operations)
            seconds = time.perf_counter() - start
        finally:
            gc.unfreeze()
        print(f"{s.key}: {operations} operations on {engine} in {seconds:.3f} s", flush=True)
    return code


def _export(path: Path, chosen: Sequence[Scenario]) -> int:
    if not path.absolute().parent.is_dir():
        raise ValueError(f"--export {path}: there is no such folder")
    plain = [s for s in chosen if not scenarios.left_out(s)]
    if not plain:
        raise ValueError("; ".join(f"{s.key}: {scenarios.left_out(s)}" for s in chosen))
    for s in chosen:
        if reason := scenarios.left_out(s):
            print(f"bebytes.workload: without {s.key}: {reason}", file=sys.stderr)
    # Whole or not at all.
    with tempfile.TemporaryDirectory(dir=path.absolute().parent, prefix=f".{path.name}-") as folder:
        written = Path(folder) / path.name
        scenarios.write_scenarios(written, chosen)
        os.replace(written, path)  # noqa: PTH105 (the same as the method, with both names in their order)
    print(f"{path}: {len(plain)} scenarios")
    return 0


if __name__ == "__main__":
    sys.exit(main())
