"""
Instructions and heap of each scenario on the Rust core, beside those of a record; run by counts.sh.

Callgrind counts the instructions, the allocator of benches/counts.rs the heap. Such counts repeat exactly, on a busy machine
as on an idle one, so a change of the core that costs something is seen by a check.
"""

import argparse
import datetime as dt
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

from bebytes import scenarios
from bebytes.cli._cargo import output
from bebytes.cli._files import write_whole
from bebytes.cli._machine import machine
from bebytes.scenarios import INPUTS, Scenario, write_scenarios

ROOT = Path(__file__).resolve().parent.parent
RECORD = ROOT / "benches" / "record" / "counts.json"

COUNTED = (*(group for group in scenarios.GROUPS if group not in scenarios.FOUND), *scenarios.GROWTH)
"""The groups whose inputs are the same on every machine."""

SOURCES = (
    "src",
    "Cargo.toml",
    "Cargo.lock",
    "benches/counts.rs",
    "benches/engines/plans.rs",
    "benches/engines/scenario.rs",
)
"""What the counter is made from."""

LIMIT = 3
"""How many percent more than in the record are too many."""

FUNCTION = "scenario::measured"
"""The function in which all operations of a scenario run, and nothing else, behind the name of the program."""

# libc takes other ways through memcpy on other processors, up to one instruction a byte: the plain one everywhere. Names
# that a libc does not know are ignored.
MASKED = ("AVX", "AVX2", "AVX2_Usable", "AVX512F", "AVX512F_Usable", "AVX512VL", "EVEX", "ERMS", "FSRM")
TUNABLES = f"glibc.cpu.hwcaps={','.join(f'-{name}' for name in (*MASKED, 'AVX_Fast_Unaligned_Load'))}"

DECISIVE = ("compiler", "flags", "architecture", "vectors", "libc")
"""The facts without which instructions do not compare. The heap that is asked for hangs on none of them."""

HEAP = {"bytes": "heap bytes", "blocks": "heap blocks"}
ALL = {"instructions": "instructions"} | HEAP
"""What is judged, in words."""

LINTS = re.compile(r"(-[DWAF]\s*|--(deny|warn|allow|forbid|cap-lints)[\s=])\S+")
"""Flags that change what the compiler says, and nothing that it makes."""


class CountsError(Exception):
    """
    No counts, and why.
    """


class Count(NamedTuple):
    """
    What one operation takes; the mean over the inputs, but for the peak.

    Attributes:
        instructions: those that callgrind sees.
        bytes: how many were asked for; a block that grows is asked for again.
        blocks: how often memory was asked for.
        peak: the most bytes at a time.
    """

    instructions: float
    bytes: float
    blocks: float
    peak: int


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Run the command; exit codes: 0 all well, 1 too many or a stale record, 2 bad use, 130 interrupted.
    """
    parser = argparse.ArgumentParser(prog="profiling/counts.sh", description=__doc__, allow_abbrev=False)
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--check", action="store_true", help=f"exit with 1 where a count is over {LIMIT} %% more than in the record"
    )
    what.add_argument("--save", action="store_true", help="write the record; DHAT must find the same heap")
    parser.add_argument(
        "--scenario", action="append", metavar="GROUP[/NAME[/OPERATION]]", help="only these, may be given again"
    )
    parser.add_argument("--record", type=Path, default=RECORD, metavar="FILE", help="another record")
    parser.add_argument("--counter", type=Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--workload", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    try:
        if options.save and options.scenario:
            raise CountsError("--save keeps all scenarios: leave out --scenario")
        chosen = select(options.scenario or COUNTED)
        record = None if options.save else read(options.record, wanted=options.check)
        counts, vectors = measure(options.counter, chosen)
        facts = here(vectors)
        if options.save:
            confirm(options.workload, chosen, counts)
            write(options.record, facts, counts)
            record = read(options.record, wanted=True)
        return report(facts, counts, record, whole=not options.scenario, check=options.check)
    except CountsError as e:
        print(f"counts: {e}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\ninterrupted", file=sys.stderr)
        return 130


def select(patterns: Sequence[str]) -> list[Scenario]:
    """
    The scenarios of some patterns, in the order of their groups.

    Raises:
        CountsError: a pattern is unknown, or one of a group of real data.
    """
    for pattern in patterns:
        if pattern.partition("/")[0] in scenarios.FOUND:
            raise CountsError(f"{pattern}: its inputs are those of the machine; there are {', '.join(COUNTED)}")
    try:
        found = {s.key: s for pattern in patterns for s in scenarios.select(pattern) if isinstance(s, Scenario)}
    except ValueError as e:
        raise CountsError(str(e)) from None
    return sorted(found.values(), key=lambda s: COUNTED.index(s.group))


# --- Counting -----------------------------------------------------------------------------------------------------


def measure(counter: Path, chosen: Sequence[Scenario]) -> tuple[dict[str, Count], str]:
    """
    The counts of some scenarios by key, and the vector instructions that the core found; one process for all.

    Raises:
        CountsError: valgrind or the program fails, or not every scenario was counted.
    """
    function = f"{counter.name}::{FUNCTION}"
    with tempfile.TemporaryDirectory(prefix="bebytes-counts-") as folder:
        file = Path(folder) / "scenarios.json"
        write_scenarios(file, chosen)
        # It counts from where the function begins to where it ends, and then writes what it has into the next file.
        out = run(
            "--tool=callgrind",
            "--collect-atstart=no",
            f"--toggle-collect={function}",
            f"--dump-after={function}",
            f"--callgrind-out-file={folder}/out",
            str(counter),
            str(file),
            str(INPUTS),
        )
        instructions = dumped(Path(folder))
    answers = [json.loads(line) for line in out.splitlines()]
    if not len(instructions) == len(answers) == len(chosen) or 0 in instructions:
        raise CountsError(
            f"callgrind counted {len(instructions)} of {len(chosen)} scenarios: is {function} in {counter.name}?"
        )
    counts = {
        s.key: Count(ir / INPUTS, heap["bytes"] / INPUTS, heap["blocks"] / INPUTS, heap["peak"])
        for s, ir, heap in zip(chosen, instructions, answers, strict=True)
    }
    return counts, answers[0]["vectors"]


def run(*words: str) -> str:
    """
    What a program prints under valgrind.
    """
    ran = subprocess.run(
        ["valgrind", *words],
        env=os.environ | {"GLIBC_TUNABLES": TUNABLES},
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        raise CountsError(f"`valgrind {words[0]}` failed: {ran.stderr.strip()}")
    return ran.stdout


def dumped(folder: Path) -> list[int]:
    """
    The instructions in the files out.1, out.2, … of callgrind.
    """
    files = sorted(folder.glob("out.*"), key=lambda path: int(path.suffix[1:]))
    lines = (line for path in files for line in path.read_text(encoding="utf-8").splitlines())
    return [int(line.removeprefix("summary: ")) for line in lines if line.startswith("summary: ")]


def confirm(workload: Path, chosen: Sequence[Scenario], counts: Mapping[str, Count]) -> None:
    """
    Let DHAT count the heap of the workload, on the allocator of libc: one process a scenario.

    Raises:
        CountsError: it finds another heap.
    """
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = pool.map(lambda s: dhat(workload, s), chosen)
        for s, (size, blocks) in zip(chosen, found, strict=True):
            if (size, blocks) != (counts[s.key].bytes, counts[s.key].blocks):
                raise CountsError(
                    f"{s.key}: DHAT finds {size} bytes in {blocks} blocks,"
                    f" the allocator {counts[s.key].bytes} in {counts[s.key].blocks}"
                )


def dhat(workload: Path, scenario: Scenario) -> tuple[float, float]:
    """
    The bytes and blocks an operation that DHAT finds below `measured`.
    """
    with tempfile.TemporaryDirectory(prefix="bebytes-counts-") as folder:
        file = Path(folder) / "scenarios.json"
        found = Path(folder) / "dhat"
        write_scenarios(file, [scenario])
        run(
            "--tool=dhat",
            # As deep as plans nest, and deeper: the function is found by its frame.
            "--num-callers=500",
            f"--dhat-out-file={found}",
            str(workload),
            "--scenarios",
            str(file),
            "--iterations",
            str(INPUTS),
        )
        profile = json.loads(found.read_text(encoding="utf-8"))
    frames = {i for i, frame in enumerate(profile["ftbl"]) if FUNCTION in frame}
    points = [point for point in profile["pps"] if not frames.isdisjoint(point["fs"])]
    return sum(p["tb"] for p in points) / INPUTS, sum(p["tbk"] for p in points) / INPUTS


# --- The record ---------------------------------------------------------------------------------------------------


def here(vectors: str) -> dict[str, str]:
    """
    What the counts depend on, and where and when they were made.
    """
    libc = " ".join(platform.libc_ver())
    return {
        "commit": commit(),
        "date": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "architecture": platform.machine(),
        "vectors": vectors,
        "compiler": output("rustc", "--version"),
        "flags": os.environ.get("RUSTFLAGS", ""),
        "instructions_by": output("valgrind", "--version") + " --tool=callgrind",
        "heap_by": "the allocator of benches/counts.rs; DHAT found the same",
        "libc": libc,
        "operations": str(INPUTS),
    }


def commit() -> str:
    """
    The last commit that touched what is counted, with a mark where that differs from it now, or "".
    """
    last = output("git", "log", "-1", "--format=%h", "--", *SOURCES, cwd=ROOT)
    changed = output("git", "status", "--porcelain", "--", *SOURCES, cwd=ROOT)
    return f"{last}-dirty" if last and changed else last


def write(path: Path, facts: Mapping[str, str], counts: Mapping[str, Count]) -> None:
    """
    Write a record, a line a scenario.
    """
    if not path.absolute().parent.is_dir():
        raise CountsError(f"--record {path}: there is no such folder")
    lines = ",\n".join(f"  {json.dumps(key)}: {json.dumps(count._asdict())}" for key, count in counts.items())
    head = json.dumps(dict(facts), indent=1)[1:-2]
    write_whole(path, f'{{{head},\n "scenarios": {{\n{lines}\n }}\n}}\n')


def read(path: Path, *, wanted: bool) -> dict[str, Any] | None:
    """
    A record, or None where there is none and none is wanted.

    Raises:
        CountsError: it is wanted and not there, or is no record.
    """
    try:
        record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        record["scenarios"] = {key: Count(**count) for key, count in record["scenarios"].items()}
    except FileNotFoundError:
        if wanted:
            raise CountsError(f"there is no record {path}; --save makes it") from None
        return None
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as e:
        raise CountsError(f"{path} is no record of counts: {e}") from None
    return record


# --- The report ---------------------------------------------------------------------------------------------------


def report(
    facts: Mapping[str, str],
    counts: Mapping[str, Count],
    record: Mapping[str, Any] | None,
    *,
    whole: bool,
    check: bool,
) -> int:
    """
    Print the table, and the verdict where one is asked for; the exit code.
    """
    known: Mapping[str, Count] = {} if record is None else record["scenarios"]
    width = max(len(key) for key in counts)
    print(
        f"{'an operation of':{width}} {'instructions':>12} {'change':>8} {'heap bytes':>10} {'blocks':>8} {'peak':>8}"
    )
    for key, count in counts.items():
        change = f"{percent(count.instructions, known[key].instructions):+.1f} %" if key in known else "new"
        print(
            f"{key:{width}} {count.instructions:>12,.0f} {change:>8} {count.bytes:>10,.0f} {count.blocks:>8,.1f}"
            f" {count.peak:>8,}"
        )
    print()
    if record is None:
        print("There is no record to compare with; --save makes it.")
        return 0
    made = f"the record of {record['commit']}"
    other = [
        f"{name}: {decisive(facts, name) or 'none'} here, {decisive(record, name) or 'none'} there"
        for name in DECISIVE
        if decisive(facts, name) != decisive(record, name)
    ]
    wrong = stale(counts, known, whole=whole) + excesses(counts, known, HEAP if other else ALL)
    for line in wrong:
        print(line)
    if other:
        print(
            f"Not judged: instructions, as {made} has another build ({'; '.join(other)}). To judge a change here, save"
            " one before it:"
        )
        print("    profiling/counts.sh --save --record FILE, then --check --record FILE")
    if wrong:
        print(f"Against {made}, {len(wrong)} counts are not as they should be; where that is meant, --save keeps them.")
        return 1 if check else 0
    print(f"No count {'of the heap ' * bool(other)}is over {LIMIT} % more than in {made}.")
    return 0


def decisive(facts: Mapping[str, Any], name: str) -> str:
    """
    A fact, as far as instructions depend on it.
    """
    text = str(facts.get(name) or "")
    if name == "libc":
        # How it copies is masked to the same in all versions of one.
        return text.partition(" ")[0]
    if name == "flags":
        return LINTS.sub("", text).strip()
    return text


def percent(now: float, then: float) -> float:
    """
    How many percent more there are now.
    """
    if now == then:
        return 0.0
    return (now / then - 1) * 100 if then else float("inf")


def excesses(counts: Mapping[str, Count], known: Mapping[str, Count], judged: Mapping[str, str] = ALL) -> list[str]:
    """
    What takes too much of what is judged, a line each.
    """
    return [
        f"MORE: {key}: {getattr(known[key], what):,.1f} → {getattr(count, what):,.1f} {name} ({change:+.1f} %)"
        for key, count in counts.items()
        if key in known
        for what, name in judged.items()
        if (change := percent(getattr(count, what), getattr(known[key], what))) > LIMIT
    ]


def stale(counts: Mapping[str, Count], known: Mapping[str, Count], *, whole: bool) -> list[str]:
    """
    Scenarios that the record has not, and, if all were counted, those that are no more.
    """
    gone = [key for key in known if key not in counts] if whole else []
    new = [f"NEW: {key} is not in the record" for key in counts if key not in known]
    return new + [f"GONE: {key} of the record is no scenario" for key in gone]


if __name__ == "__main__":
    sys.exit(main())
