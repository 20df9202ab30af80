"""
Measure what the profilers count but keep no record of, print it, and keep it under benches/record/.

`costs.py emptied` runs benches/emptied.rs: loops that the optimiser may empty, and the same with `black_box`.
`costs.py cache` runs scenarios under callgrind, which counts instructions and simulates the caches; a figure is the
difference of two runs of which one does twice the operations, so that nothing counts but they.
`costs.py samples` runs scenarios in plain Python under py-spy, which looks some hundred times a second which function runs.
`costs.py parts` has `bebytes profile` divide the time of everyday layouts by kind of op.
`costs.py kept` times decoding where all results are kept: a thousand, or so many that no cache holds them.
"""

import argparse
import datetime as dt
import gc
import json
import os
import random
import struct
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import callgrind

from bebytes import Struct, available_backends, cli, decode_many, u8, u16, u32
from bebytes.cli import _engines, _machine, _record
from bebytes.cli._layouts import CLOCK
from bebytes.scenarios import GROWTH, Scenario, find, left_out, select, write_scenarios
from bebytes.workload import measured

ROOT = Path(__file__).resolve().parent.parent
BUILT = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "profiling"

CHOSEN = (
    "primitives/u16",
    "enums/auto-sized",
    "vectors/from-field",
    "nested/deep",
    "arrays/of structs",
    "mixed/packet",
    "growth_bytes/65536",
    "growth_items/64",
)
"""What `cache` measures unless told otherwise: of each kind of layout one, and two large ones."""

ENGINES = ("core", "native", "python")

SHOWN = 12
"""How many functions of a cell a record keeps: those with the most instructions."""

# A plain cache of today, so that a record does not depend on the machine that made it.
CACHES = {"I1": "32768,8,64", "D1": "32768,8,64", "LL": "8388608,16,64"}


class Failed(Exception):
    """
    A tool is missing or broke off; the text says which.
    """


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Run the program.

    Exit codes: 0 all well, 1 a tool broke off, 2 nothing could run, 130 it was interrupted.
    """
    parser = argparse.ArgumentParser(prog="profiling/costs.py", description=__doc__)
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    emptied = verbs.add_parser("emptied", help="what loops cost that the optimiser may empty")
    emptied.set_defaults(run=measure_emptied)
    cache = verbs.add_parser("cache", help="instructions, memory accesses, cache misses and functions, by callgrind")
    cache.set_defaults(run=measure_cache)
    samples = verbs.add_parser("samples", help="the functions of the python backend by time, by py-spy")
    samples.set_defaults(run=measure_samples)
    parts = verbs.add_parser("parts", help="the time of layouts by kind of op, by bebytes profile")
    parts.set_defaults(run=measure_parts)
    kept = verbs.add_parser("kept", help="the time of a record where all results are kept, by how many they are")
    kept.set_defaults(run=measure_kept)
    for verb in (cache, samples, parts):
        verb.add_argument(
            "--scenario", action="append", metavar="GROUP[/NAME[/OPERATION]]", help=f"unless given: {', '.join(CHOSEN)}"
        )
    for verb in (emptied, cache, samples, parts, kept):
        verb.add_argument("--save", metavar="NAME", help="keep the record as benches/record/NAME.json")
    options = parser.parse_args(arguments)
    try:
        if options.save is not None:
            _record.path_of(options.save)
        kind, found, show = options.run(options)
    except (ValueError, _record.RecordError) as e:
        print(f"profiling/costs.py: {e}", file=sys.stderr)
        return 2
    except Failed as e:
        print(f"profiling/costs.py: {e}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\ninterrupted", file=sys.stderr)
        return 130
    record = facts(kind) | found
    show(record)
    if options.save is not None:
        print(f"kept: {os.path.relpath(_record.keep(options.save, record))}")
    return 0


Show = Callable[[dict[str, Any]], None]


def facts(kind: str) -> dict[str, Any]:
    """
    What every record says of itself.
    """
    return {
        "form": _record.FORM,
        "kind": kind,
        "bebytes": cli.installed_version(),
        "commit": _machine.commit(ROOT),
        "date": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "machine": _machine.machine(),
        "interpreter": _machine.interpreter(),
        "compiler": _machine.compiler(),
    }


def run(words: Sequence[str | Path], **environment: str) -> str:
    """
    What a command prints.

    Raises:
        Failed: it is not there, or its exit code is not 0.
    """
    try:
        ran = subprocess.run(words, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        hint = "; sudo apt install valgrind, or sudo dnf install valgrind" if words[0] == "valgrind" else ""
        raise Failed(f"needs {words[0]}, which is not on the PATH{hint}") from None
    if ran.returncode:
        command = " ".join(map(str, words))
        raise Failed(f"`{command}` failed with exit code {ran.returncode}: {ran.stderr.strip()[-2000:]}")
    return ran.stdout


# --- Emptied loops ------------------------------------------------------------------------------------------------


def measure_emptied(_options: argparse.Namespace) -> tuple[str, dict[str, Any], Show]:
    """
    The rows of benches/emptied.rs.
    """
    command = ("cargo", "run", "--quiet", "--release", "--locked", "--example", "emptied", "--", "--json")
    return "emptied", {"engines": {"crate": {}}} | json.loads(run(command)), show_emptied


def show_emptied(record: dict[str, Any]) -> None:
    """
    Print them.
    """
    for row in record["rows"]:
        print(f"{row['operation']}  {row['loop']:<46} {row['best_ns']:6.2f} ns/op")


# --- Caches -------------------------------------------------------------------------------------------------------


def measure_cache(options: argparse.Namespace) -> tuple[str, dict[str, Any], Show]:
    """
    A row each scenario: what an operation costs on each engine.
    """
    chosen = _chosen(options)
    run((ROOT / "profiling" / "setup.sh", "profiling", "native", "core"))
    with tempfile.TemporaryDirectory(prefix="bebytes-costs-") as name:
        folder = Path(name)
        # At once, as counts do not hang on what else runs.
        with ThreadPoolExecutor() as pool:
            of_core, of_python = (pool.submit(measure, chosen, folder) for measure in (_of_core, _of_python))
            cells = of_core.result() | of_python.result()
    rows = [
        {
            "group": s.group,
            "name": s.name,
            "operation": s.operation,
            "about": s.about,
            "operations": _laps(s) * len(s.values),
            "engines": {engine: cells[engine, s.key] for engine in ENGINES},
        }
        for s in chosen
    ]
    return "cache", {"engines": {name: {} for name in ENGINES}, "caches": CACHES, "rows": rows}, show_cache


def _chosen(options: argparse.Namespace) -> list[Scenario]:
    chosen = [s for pattern in options.scenario or CHOSEN for s in select(pattern) if isinstance(s, Scenario)]
    if not chosen:
        raise ValueError("what was chosen is absent here")
    for s in chosen:
        if reason := left_out(s):
            raise ValueError(f"{s.key}: {reason}")
    return chosen


def _laps(scenario: Scenario) -> int:
    # Enough that what happens now and then, as a run of the garbage collector, counts; few where an operation is long.
    return 1 if len(scenario.data[0]) > 250 else 10


def _callgrind(out: Path) -> list[str]:
    caches = [f"--{name}={shape}" for name, shape in CACHES.items()]
    return ["valgrind", "-q", "--tool=callgrind", "--cache-sim=yes", *caches, f"--callgrind-out-file={out}"]


def _of_core(chosen: Sequence[Scenario], folder: Path) -> dict[tuple[str, str], Any]:
    file = folder / "scenarios.json"
    cells = {}
    for s in chosen:
        write_scenarios(file, [s])
        costs = []
        for times in (1, 2):
            out = folder / f"core-{times}"
            count = times * _laps(s) * len(s.values)
            program = (BUILT / "examples" / "workload", "--scenarios", file, "--iterations", str(count))
            run((*_callgrind(out), *program))
            costs.append(callgrind.read(out))
        cells["core", s.key] = _cell(s, *costs)
    return cells


def _of_python(chosen: Sequence[Scenario], folder: Path) -> dict[tuple[str, str], Any]:
    printed = run(
        (
            *_callgrind(folder / "python-%p"),
            sys.executable,
            ROOT / "profiling" / "forks.py",
            json.dumps([[s.key, _laps(s)] for s in chosen]),
        ),
        # The package beside the installed one, whose extension has symbols.
        PYTHONPATH=str(BUILT / "python"),
        # Else tables of names differ from run to run.
        PYTHONHASHSEED="0",
    )
    children: dict[tuple[str, str], list[int]] = {}
    for line in printed.splitlines():
        engine, key, pid = line.split("\t")
        children.setdefault((engine, key), []).append(int(pid))
    by_key = {s.key: s for s in chosen}
    return {
        (engine, key): _cell(by_key[key], *(callgrind.read(folder / f"python-{pid}") for pid in pids))
        for (engine, key), pids in children.items()
    }


def _cell(scenario: Scenario, once: callgrind.Costs, twice: callgrind.Costs) -> dict[str, Any]:
    operations = _laps(scenario) * len(scenario.values)
    difference = callgrind.difference(twice, once)
    # The start of the one run may have missed a line more than the start of the other.
    total = {event: max(0, cost) for event, cost in callgrind.total(difference).items()}
    by_instructions = sorted(difference.items(), key=lambda item: (-item[1].get("Ir", 0), item[0]))
    return {
        "instructions": total["Ir"] / operations,
        "reads": total["Dr"] / operations,
        "writes": total["Dw"] / operations,
        "i1_misses": total["I1mr"] / operations,
        "d1_misses": (total["D1mr"] + total["D1mw"]) / operations,
        "ll_misses": (total["ILmr"] + total["DLmr"] + total["DLmw"]) / operations,
        "functions": [[name, costs["Ir"] / operations] for name, costs in by_instructions[:SHOWN] if costs.get("Ir")],
    }


def show_cache(record: dict[str, Any]) -> None:
    """
    Print a line each scenario and engine, and the functions with most instructions below it.
    """
    for row in record["rows"]:
        for engine, cell in row["engines"].items():
            print(
                f"{row['group']}/{row['name']}/{row['operation']} on {engine}: {cell['instructions']:,.0f} instructions,"
                f" {cell['reads']:,.0f} reads, {cell['writes']:,.0f} writes,"
                f" misses: {cell['i1_misses']:,.2f} I1, {cell['d1_misses']:,.2f} D1, {cell['ll_misses']:,.2f} LL"
            )
            for name, instructions in cell["functions"][:5]:
                print(f"    {instructions / cell['instructions']:6.1%}  {name}")


# --- Samples ------------------------------------------------------------------------------------------------------

RATE = 500
SECONDS = 2


def measure_samples(options: argparse.Namespace) -> tuple[str, dict[str, Any], Show]:
    """
    A row each scenario: how often each function was met.
    """
    rows = []
    with tempfile.TemporaryDirectory(prefix="bebytes-costs-") as name:
        out = Path(name) / "samples"
        for s in _chosen(options):
            work = s.work("python")
            start = time.perf_counter()
            measured(work, len(work.inputs))
            count = max(1, int(SECONDS / (time.perf_counter() - start))) * len(work.inputs)
            spy = (
                Path(sys.executable).parent / "py-spy",
                "record",
                "--format",
                "raw",
                "--function",
                "--rate",
                str(RATE),
            )
            program = (sys.executable, "-m", "bebytes.workload", "--engine", "python", "--scenario", s.key)
            run((*spy, "--output", out, "--", *program, "--iterations", str(count)))
            found = leaves(out.read_text(encoding="utf-8"), "measured ")
            rows.append(
                {
                    "group": s.group,
                    "name": s.name,
                    "operation": s.operation,
                    "samples": found.total(),
                    "engines": {"python": {"functions": found.most_common(SHOWN)}},
                }
            )
    return "samples", {"engines": {"python": {}}, "rate": RATE, "rows": rows}, show_samples


def leaves(raw: str, within: str) -> Counter[str]:
    """
    How often each function was the innermost, of the stacks that have the function `within` in them; py-spy's format raw.
    """
    found: Counter[str] = Counter()
    for line in raw.splitlines():
        stack, _, times = line.rpartition(" ")
        frames = stack.split(";")
        if any(frame.startswith(within) for frame in frames):
            # "read_record (bebytes/_python_read.py:26)"
            name, _, place = frames[-1].partition(" (")
            found[f"{Path(place.partition(':')[0]).stem}.{name}"] += int(times)
    return found


def show_samples(record: dict[str, Any]) -> None:
    """
    Print a line each scenario, and the functions that were met most below it.
    """
    for row in record["rows"]:
        print(f"{row['group']}/{row['name']}/{row['operation']} on python: {row['samples']:,} samples")
        for name, times in row["engines"]["python"]["functions"][:5]:
            print(f"    {times / row['samples']:6.1%}  {name}")


# --- Parts --------------------------------------------------------------------------------------------------------


def measure_parts(options: argparse.Namespace) -> tuple[str, dict[str, Any], Show]:
    """
    A row each layout and operation: nanoseconds by kind of op, of one record of middle size.
    """
    # The classes of groups that grow are made in loops: another process finds them by no name.
    layouts = {(s.group, s.name): s for s in _chosen(options) if s.group not in GROWTH}
    if not layouts:
        raise ValueError("the layouts of groups that grow have no parts by name")
    rows = []
    with tempfile.TemporaryDirectory(prefix="bebytes-costs-") as name:
        data, out = Path(name) / "data", Path(name) / "profile.json"
        for (group, layout), s in layouts.items():
            data.write_bytes(sorted(s.data, key=len)[len(s.data) // 2])
            target = f"{s.schema.__module__}:{s.schema.__qualname__}"
            command = (sys.executable, "-m", "bebytes", "profile", target, data, "--one", "--operation", "both")
            run((*command, "--byteorder", s.byteorder, "--json", out))
            found = json.loads(out.read_text(encoding="utf-8"))["operations"]
            rows += [
                {
                    "group": group,
                    "name": layout,
                    "operation": operation,
                    "engines": {engine: by_kind(cell) for engine, cell in of_operation["engines"].items()},
                }
                for operation, of_operation in sorted(found.items(), reverse=True)
            ]
    return "parts", {"engines": {"native": {}, "python": {}}, "rows": rows}, show_parts


def by_kind(cell: dict[str, Any]) -> dict[str, Any]:
    """
    Of an engine in the answer of `bebytes profile`: the whole, and the sums of its parts by kind.
    """
    kinds: dict[str, float] = {}
    for part in cell["parts"]:
        kinds[part["kind"]] = kinds.get(part["kind"], 0.0) + part["ns"]
    made = sum(part["create_ns"] or 0.0 for part in cell["parts"])
    return {"whole_ns": cell["whole_ns"], "parts_ns": cell["parts_ns"], "create_ns": made, "kinds": kinds}


def show_parts(record: dict[str, Any]) -> None:
    """
    Print a line each layout, operation and engine.
    """
    for row in record["rows"]:
        for engine, cell in row["engines"].items():
            kinds = sorted(cell["kinds"].items(), key=lambda item: -item[1])
            shares = ", ".join(f"{kind} {ns / cell['parts_ns']:.0%}" for kind, ns in kinds)
            print(f"{row['group']}/{row['name']}/{row['operation']} on {engine}: {cell['whole_ns']:,.0f} ns: {shares}")


# --- Kept ---------------------------------------------------------------------------------------------------------

COUNTS = (1_000, 10_000, 100_000, 1_000_000)
"""How many results are kept."""

ROUNDS = (5, 200_000)
"""Rounds of each way and count: at least so many, and as many as make so many records."""


class Small(Struct):
    """
    A flat struct, as small as records are that people keep by the million.
    """

    source: u16
    target: u16
    flags: u8
    number: u32


def small() -> Scenario:
    """
    Decoding a struct of four numbers.
    """
    values = tuple(Small(257 + i * 1021, 257 + i * 521, i, i * 67_108_859) for i in range(64))
    data = tuple(struct.pack(">HHBI", v.source, v.target, v.flags, v.number) for v in values)
    return Scenario("kept", "u16 u16 u8 u32", "decode", 0, values, data, "four numbers")


def measure_kept(_options: argparse.Namespace) -> tuple[str, dict[str, Any], Show]:
    """
    A row each layout and number of results: nanoseconds of a record.
    """
    rows: list[dict[str, Any]] = []
    for s in (small(), find("layouts/ipv4/decode")):
        known = ways(s)
        for count in COUNTS:
            best = timed(s, known, count)
            rows.append(
                {
                    "group": s.group,
                    "name": s.name,
                    "operation": s.operation,
                    "kept": count,
                    "engines": {name: {"best_ns": ns} for name, ns in best.items()},
                }
            )
    return "kept", {"engines": {name: {} for name in rows[0]["engines"]}, "rows": rows}, show_kept


Way = Callable[[list[bytes], bytes], list[Any]]
"""Decodes records that are given one by one, and back to back."""


def ways(scenario: Scenario) -> dict[str, Way]:
    """
    What is timed on a layout, by name.

    Raises:
        Failed: there is no extension, or no floor.
    """
    if available_backends()[0] != "native":
        raise Failed("the extension is not there; maturin develop --release builds it")
    cls = scenario.schema
    try:
        floor = _engines.open_python("floor")
        if wrong := floor.failures(scenario):  # type: ignore[attr-defined, unused-ignore]
            raise Failed(f"the floor is wrong: {wrong[0]}")
        by_hand = floor.work(scenario).calls[0]
    except _engines.EngineError as e:
        raise Failed(f"floor: {e}") from None

    def written(inputs: list[bytes], _whole: bytes) -> list[Any]:
        return [cls.from_be_bytes(data) for data in inputs]

    def many(_inputs: list[bytes], whole: bytes) -> list[Any]:
        return decode_many(cls, whole)

    def hand(inputs: list[bytes], _whole: bytes) -> list[Any]:
        return [by_hand(data) for data in inputs]

    return {"native:written": written, "native:decode_many": many, "floor": hand}


def timed(scenario: Scenario, known: dict[str, Way], count: int) -> dict[str, float]:
    """
    Nanoseconds of a record by way, of the best of rounds in which they take turns.
    """
    inputs = [scenario.data[i % len(scenario.data)] for i in range(count)]
    whole = b"".join(inputs)
    best = dict.fromkeys(known, float("inf"))
    least, records = ROUNDS
    # The collector is on; but what was there before is none of the results.
    gc.collect()
    gc.freeze()
    try:
        for _ in range(max(least, records // count)):
            # In an order of chance, as each finds the memory as the one before left it.
            for name, way in random.sample(list(known.items()), len(known)):
                gc.collect()
                start = CLOCK()
                results = way(inputs, whole)
                taken = CLOCK() - start
                assert len(results) == count
                # Their release is not timed.
                del results
                best[name] = min(best[name], taken / count)
    finally:
        gc.unfreeze()
    return best


def show_kept(record: dict[str, Any]) -> None:
    """
    Print a line each layout and number of results.
    """
    for row in record["rows"]:
        cells = ", ".join(f"{name} {cell['best_ns']:,.1f}" for name, cell in row["engines"].items())
        print(f"{row['group']}/{row['name']}, {row['kept']:,} kept: ns a record: {cells}")


if __name__ == "__main__":
    sys.exit(main())
