"""
Puts the files of a finished profiler where they belong, and keeps the index of them.

    results.py RESULTS STAGE PLACE TOOL SCENARIO ENGINE PRODUCT...

STAGE holds what the profiler left: the directory `out`, and what was noted beside it: `iterations`, `commands` and `notes`.
A product is "NAME|what it is|how to open it"; `{}` in the last stands for its path. All products must be there and hold
something; then they move to RESULTS/PLACE together, each at once, so none is ever half there. RESULTS/index.json says how each
was made, and INDEX.md says it to people. Files that are gone are dropped from both.
"""

import datetime
import fcntl
import json
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import Any

Index = dict[str, dict[str, Any]]

HEAD = """\
# Profiling results

What each file is, and how it was made. `./profile.sh` writes it again after each tool. Paths are as seen from the
checkout.
"""


def empty(path: Path) -> bool:
    """
    Whether a file, or all files of a directory, hold nothing.
    """
    if path.is_dir():
        return all(empty(p) for p in path.iterdir())
    return path.stat().st_size == 0


def noted(stage: Path, name: str) -> list[str]:
    """
    The lines of a file of notes; it need not be there.
    """
    path = stage / name
    return path.read_text("utf-8").splitlines() if path.exists() else []


def move(source: Path, target: Path) -> None:
    """
    Put a file or directory in the place of another. For a moment there is none where it is a directory.
    """
    if target.is_dir():
        shutil.rmtree(target)
    source.replace(target)


def write(path: Path, text: str) -> None:
    """
    Write a file whole or not at all.
    """
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    aside.write_text(text, "utf-8")
    aside.replace(path)


def rendered(index: Index) -> str:
    """
    The index, for people: a section a run of a tool, as it made all its files at once.
    """
    runs: dict[tuple[str, ...], list[str]] = {}
    for path, entry in index.items():
        runs.setdefault((str(Path(path).parent), entry["tool"], entry["date"]), []).append(path)
    parts = [HEAD]
    for paths in runs.values():
        entry = index[paths[0]]
        run = f"{entry['tool']}: {entry['scenario']} on {entry['engine']}, {entry['iterations']:,} iterations"
        lines = [f"## {run}", ""]
        for path in paths:
            lines += [f"- `{path}`: {index[path]['what']}", f"  - open with: {index[path]['open']}"]
        lines += [f"- note: {note}" for note in entry["notes"]]
        lines += [f"- made: {entry['date']}; again: `{entry['again']}`", "- by:", "", "  ```sh"]
        lines += [f"  {command}" for command in entry["commands"]]
        lines += ["  ```", ""]
        parts.append("\n".join(lines))
    return "\n".join(parts)


def publish(results: Path, stage: Path, place: str, tool: str, scenario: str, engine: str, products: list[str]) -> int:
    """
    Move the products, extend the index, and return the exit code.
    """
    # Ctrl-C goes to all programs of a terminal; this takes a moment and is not left half done.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    rows = [product.split("|") for product in products]
    for name, *_ in rows:
        if not (stage / "out" / name).exists():
            print(f"it left no {name}")
            return 1
        if empty(stage / "out" / name):
            print(f"its {name} is empty")
            return 1
    (iterations,) = noted(stage, "iterations")
    folder = results / place
    folder.mkdir(parents=True, exist_ok=True)
    made: Index = {}
    for name, what, how in rows:
        move(stage / "out" / name, folder / name)
        path = (folder / name).relative_to(results.parent).as_posix()
        made[path] = {
            "what": what,
            "tool": tool,
            "scenario": scenario,
            "engine": engine,
            "iterations": int(iterations),
            "date": datetime.datetime.now().astimezone().isoformat(timespec="seconds"),
            "notes": noted(stage, "notes"),
            "open": how.replace("{}", path),
            "again": f"./profile.sh {tool} --scenario '{scenario}' --engine {engine} --iterations {iterations}",
            "commands": noted(stage, "commands"),
        }
    with (results / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        kept = results / "index.json"
        index: Index = json.loads(kept.read_text("utf-8")) if kept.exists() else {}
        index |= made
        index = {path: index[path] for path in sorted(index) if (results.parent / path).exists()}
        write(kept, json.dumps(index, indent=1) + "\n")
        write(results / "INDEX.md", rendered(index))
    return 0


if __name__ == "__main__":
    _, results, stage, place, tool, scenario, engine, *products = sys.argv
    sys.exit(publish(Path(results), Path(stage), place, tool, scenario, engine, products))
