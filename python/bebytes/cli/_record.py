"""
Records: the JSON files of `bebytes bench --json FILE` and, kept under a name in `benches/record/`, of `--save NAME`.

A record is one object: what was measured on what, and every sample. Keys are only ever added; `form` changes when a reader of
the old form would misread the new one.
"""

import datetime as dt
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from . import _cargo
from ._files import write_whole

if TYPE_CHECKING:
    from bebytes.scenarios import Scenario

FORM = 1

KEYS = ("form", "bebytes", "commit", "date", "machine", "interpreter", "compiler", "engines", "rows")
"""What every record has, of times and of memory."""


class Cell(Protocol):
    """
    The figures of a row on an engine, or why there are none.
    """

    def form(self) -> dict[str, Any]:
        """The cell as it stands in the record."""
        ...


LONGEST = 100
"""Characters of a name; file systems take a few more."""


class RecordError(Exception):
    """
    There is no such record, or no place for one; the text says what there is.
    """


def folder() -> Path:
    """
    Where records are kept under a name: `benches/record` of the checkout.

    Raises:
        RecordError: there is no checkout.
    """
    root = _cargo.checkout()
    if root is None:
        raise RecordError("records are kept in benches/record of a checkout of the repository, and this is none")
    return root / "benches" / "record"


def path_of(name: str) -> Path:
    """
    The file that keeps the record of that name, whether it is there or not.

    Raises:
        RecordError: the name is no name, or there is no checkout.
    """
    if not _is_name(name):
        raise RecordError(
            f"{name!r} is no name for a record; names are of letters, digits, and - _ + . behind the first"
        )
    return _path(name)


def names(kind: str = "bench") -> list[str]:
    """
    The names of the records of one kind that are kept, in the order of the alphabet; none without a checkout.
    """
    try:
        files = sorted(folder().glob("*.json"))
    except RecordError:
        return []
    return [file.stem for file in files if _is_record(file, kind)]


def load(name_or_path: str | Path, kind: str = "bench") -> dict[str, Any]:
    """
    The record of that name, or in that file.

    What has a folder in it or ends in `.json` is a file; all else is a name.

    Raises:
        RecordError: it is not there, cannot be read, or is no record of that kind; for a name, the text lists the known ones.
    """
    path = Path(name_or_path)
    if path.name != str(name_or_path) or path.suffix == ".json":
        return _read(path, kind)
    kept = _path(path.name) if _is_name(path.name) and _cargo.checkout() is not None else None
    if kept is None or not kept.exists():
        raise RecordError(_unknown(path.name, kind))
    return _read(kept, kind)


def begin(engines: Mapping[str, Any], missing: Mapping[str, str]) -> dict[str, Any]:
    """
    A record without figures: what they will depend on.

    Args:
        engines: the facts of those that run.
        missing: the reasons of those that do not.
    """
    from . import _machine, installed_version

    return {
        "form": FORM,
        "bebytes": installed_version(),
        "build": _machine.build(),
        "commit": _machine.commit(_cargo.checkout()),
        "date": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "machine": _machine.machine(),
        "interpreter": _machine.interpreter(),
        "compiler": _machine.compiler(),
        "engines": dict(engines) | {name: {"absent": reason} for name, reason in missing.items()},
    }


def row(scenario: "Scenario", cells: Mapping[str, "Cell"]) -> dict[str, Any]:
    """
    A row of a record.
    """
    sizes = [len(raw) for raw in scenario.data]
    return {
        "group": scenario.group,
        "name": scenario.name,
        "operation": scenario.operation,
        "about": scenario.about,
        "iterations": scenario.iterations,
        "inputs": len(set(scenario.data)),
        "bytes": [min(sizes), max(sizes)],
        "engines": {engine: cell.form() for engine, cell in cells.items()},
    }


def keep(name: str, record: dict[str, Any]) -> Path:
    """
    Write a record under a name, over the one of that name if there is one, and return its file.

    Raises:
        RecordError: as `path_of` and `write`.
    """
    path = path_of(name)
    path.parent.mkdir(exist_ok=True)
    write(path, record)
    return path


def write(path: Path, record: dict[str, Any]) -> None:
    """
    Write a record whole or not at all.

    Raises:
        RecordError: the folder is not there, or takes no file.
    """
    try:
        write_whole(path, _text(record))
    except OSError as e:
        raise RecordError(f"{path} cannot be written: {e.strerror}") from None


def _text(record: dict[str, Any]) -> str:
    # A line a fact and a line a row: an indented list of samples would have a line for each.
    def value(one: Any) -> str:
        if isinstance(one, list) and one:
            return "[\n  " + ",\n  ".join(map(json.dumps, one)) + "\n ]"
        return json.dumps(one)

    return "{\n " + ",\n ".join(f"{json.dumps(key)}: {value(one)}" for key, one in record.items()) + "\n}\n"


def _is_name(name: str) -> bool:
    return (
        len(name) <= LONGEST
        and name[:1].isalnum()
        and all(c.isalnum() or c in "-_+." for c in name)
        and not name.endswith(".json")
    )


def _path(name: str) -> Path:
    return folder() / f"{name}.json"


def _unknown(name: str, kind: str) -> str:
    known = names(kind)
    what = "record" if kind == "bench" else f"record of {kind}"
    if known:
        return f"no {what} is called {name}; there are {', '.join(known)}"
    save = "bebytes bench --save" if kind == "bench" else f"bebytes bench {kind} --save"
    return f"no {what} is called {name}; none is kept yet, `{save} {name}` keeps one"


def _read(path: Path, kind: str) -> dict[str, Any]:
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except OSError as e:
        raise RecordError(f"{path} cannot be read: {e.strerror}") from None
    except ValueError:
        raise RecordError(f"{path} is damaged: it is no JSON") from None
    if not isinstance(record, dict) or "form" not in record or "rows" not in record:
        raise RecordError(f"{path} is no record of bebytes bench")
    if record["form"] != FORM:
        raise RecordError(f"{path} has form {record['form']}; this version of bebytes reads form {FORM}")
    if missing := [key for key in KEYS if key not in record]:
        raise RecordError(f"{path} is damaged: it has no {', '.join(missing)}")
    if (is_kind := record.get("kind", "bench")) != kind:
        raise RecordError(f"{path} is a record of {is_kind}, not of {kind}")
    if problem := _damage(record):
        raise RecordError(f"{path} is damaged: {problem}")
    return record


def _damage(record: dict[str, Any]) -> str:
    if not isinstance(record["engines"], dict) or not isinstance(record["rows"], list):
        return "its engines or rows are none"
    if wrong := [name for name, facts in record["engines"].items() if not isinstance(facts, dict)]:
        return f"it has no facts of {', '.join(wrong)}"
    if not isinstance(record.get("launches", 1), int):
        return "its launches are no number"
    brief = record.get("kind") == "goals"
    if brief and not _are_goals(record.get("goals")):
        return "its goals are none"
    for number, row in enumerate(record["rows"]):
        if not isinstance(row, dict) or not isinstance(row.get("engines"), dict):
            return f"row {number} has no engines"
        if missing := [key for key in ("group", "name", "operation") if not isinstance(row.get(key), str)]:
            return f"row {number} has no {', '.join(missing)}"
        for engine, cell in row["engines"].items():
            if not isinstance(cell, dict) or not (_is_brief(cell) if brief else _is_cell(cell)):
                return f"row {number} has no figures for {engine}, nor a reason"
    return ""


def _is_cell(cell: dict[str, Any]) -> bool:
    if "absent" in cell or "failures" in cell:
        return True
    if "samples_ns" not in cell:
        # Of memory.
        return "kept_bytes" in cell
    samples = cell["samples_ns"]
    if not _are_times(samples) or not samples:
        return False
    control, launches = cell.get("control_ns", samples), cell.get("launches", [len(samples)])
    whole = isinstance(launches, list) and all(type(n) is int for n in launches)
    return _are_times(control) and whole and len(control) == len(samples) == sum(launches)


def _is_brief(cell: dict[str, Any]) -> bool:
    # Of the goals: the figures without the rounds.
    if "absent" in cell or "failures" in cell:
        return True
    return _are_times([cell.get("best_ns"), cell.get("median_ns")])


def _are_goals(goals: Any) -> bool:
    return isinstance(goals, list) and all(
        isinstance(goal, dict)
        and all(isinstance(goal.get(key), str) for key in ("part", "goal", "sign", "unit", "rule"))
        and isinstance(goal.get("limit"), int | float)
        and (
            isinstance(goal.get("reason"), str)
            if goal.get("met") is None
            else isinstance(goal["met"], bool) and isinstance(goal.get("measured"), int | float)
        )
        for goal in goals
    )


def _are_times(numbers: Any) -> bool:
    return isinstance(numbers, list) and all(isinstance(n, int | float) and 0 < n < math.inf for n in numbers)


def _is_record(file: Path, kind: str) -> bool:
    try:
        _read(file, kind)
    except RecordError:
        return False
    return True
