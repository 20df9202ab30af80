"""
Time every scenario on every engine: the Rust crate bebytes, the Rust core, the native and the python backend.

Each answer is checked first; a wrong one ends the run with exit code 1. Figures are nanoseconds an operation, the best of
several rounds in which the engines take turns.
"""

import argparse
import datetime as dt
import random
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from . import _record, bench_compare

if TYPE_CHECKING:
    from bebytes.scenarios import Absent, Scenario

    from ._engines import Engine
    from ._measure import Cell, Settings
    from ._show import Screen

HELP = "time encoding and decoding on every engine, with checked answers"

FULL = (5, 0.1)
QUICK = (3, 0.01)

PREVIEW = "real/ipv4 udp dns/decode"


class Refused(Exception):
    """
    The run cannot start; the text says what to do.
    """


VERBS: dict[str, ModuleType] = {"compare": bench_compare}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """
    The options of the verb, and the verbs below it.
    """
    parser.add_argument("--group", type=_names, action="extend", metavar="NAMES", help="only these groups of scenarios")
    parser.add_argument(
        "--engine",
        type=_names,
        action="extend",
        metavar="NAMES",
        help="only these engines; an unknown name lists them",
    )
    parser.add_argument("--quick", action="store_true", help=f"{QUICK[0]} short rounds instead of {FULL[0]}")
    parser.add_argument("--rounds", type=_positive(int), metavar="N", help="rounds an engine and scenario")
    parser.add_argument(
        "--seconds",
        type=_positive(float),
        metavar="S",
        help="what a round of a slow engine takes; it then has fewer operations than the scenario says",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures, and what they ran on, to FILE")
    verbs = parser.add_subparsers(title="with kept figures", metavar="VERB")
    for name, verb in VERBS.items():
        of_verb = verbs.add_parser(name, help=verb.HELP, description=verb.__doc__)
        verb.add_arguments(of_verb)
        of_verb.set_defaults(run=verb.run)


def run(arguments: argparse.Namespace) -> int:
    """
    Do what the options say.
    """
    if find_spec("rich") is None:
        print("bebytes bench: its tables need rich; pip install 'bebytes[cli]' brings it", file=sys.stderr)
        return 2

    from ._show import Screen

    with Screen() as screen:
        return _bench(arguments, screen)


def _bench(arguments: argparse.Namespace, screen: "Screen") -> int:
    from bebytes import scenarios

    from ._measure import Settings

    rounds, seconds = QUICK if arguments.quick else FULL
    settings = Settings(arguments.rounds or rounds, arguments.seconds or seconds, random.Random())  # noqa: S311 (which engine goes first is no secret)
    try:
        if arguments.json is not None and not arguments.json.absolute().parent.is_dir():
            raise Refused(f"--json {arguments.json}: there is no such folder")
        names = _engine_names(arguments.engine)
        try:
            loaded = scenarios.load(arguments.group or scenarios.GROUPS)
        except ValueError as e:
            raise Refused(f"--group: {e}") from None
        with ExitStack() as stack:
            engines, missing = _open(names, loaded, screen, stack, named=arguments.engine is not None)
            record = _facts(engines, missing, settings)
            _head(record, screen)
            _preview(loaded, screen)
            failed = _run(loaded, engines, names, missing, settings, screen, record)
    except Refused as e:
        print(f"bebytes bench: {e}", file=sys.stderr)
        return 2
    if arguments.json is not None:
        _record.write(arguments.json, record)
        screen.line(f"written: {arguments.json}")
    return 1 if failed else 0


def _positive(kind: type) -> Any:
    def parse(text: str) -> Any:
        value = kind(text)
        if not value > 0:
            raise argparse.ArgumentTypeError(f"{text} is not above 0")
        return value

    parse.__name__ = kind.__name__
    return parse


def _names(text: str) -> list[str]:
    return text.split(",")


def _engine_names(asked: Sequence[str] | None) -> list[str]:
    from ._engines import DEFAULT, NAMES

    if asked is None:
        return list(DEFAULT)
    if unknown := sorted(set(asked).difference(NAMES)):
        raise Refused(f"--engine: no engine is called {', '.join(unknown)}; there are {', '.join(NAMES)}")
    return [name for name in NAMES if name in asked]


def _open(
    names: Sequence[str], loaded: "Sequence[Scenario | Absent]", screen: "Screen", stack: ExitStack, named: bool
) -> "tuple[list[Engine], dict[str, str]]":
    """
    The engines that can run, and the reasons of those that cannot.

    Raises:
        Refused: an engine is a debug build, or was asked for by name and cannot run.
    """
    from . import _engines

    try:
        engines, missing = _engines.open_engines(names, loaded, stack, screen.note)
    except _engines.Refused as e:
        raise Refused(str(e)) from None
    if named and missing:
        raise Refused("; ".join(f"{engine}: {reason}" for engine, reason in missing.items()))
    return engines, missing


def _facts(engines: "Sequence[Engine]", missing: dict[str, str], settings: "Settings") -> dict[str, Any]:
    from . import _cargo, _machine, installed_version

    return {
        "form": _record.FORM,
        "bebytes": installed_version(),
        "commit": _machine.commit(_cargo.checkout()),
        "date": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "machine": _machine.machine(),
        "interpreter": _machine.interpreter(),
        "compiler": _machine.compiler(),
        "engines": {e.name: e.facts for e in engines} | {name: {"absent": reason} for name, reason in missing.items()},
        "rounds": settings.rounds,
        "seconds": settings.seconds,
    }


def _head(record: dict[str, Any], screen: "Screen") -> None:
    from ._engines import NAMES, TITLES

    screen.line(f"bebytes {record['bebytes']} bench", "bold")
    pairs = [
        ("machine", record["machine"]),
        ("interpreter", record["interpreter"]),
        ("compiler", record["compiler"] or "no rustc on the PATH"),
    ]
    pairs += [
        (name, f"{TITLES[name]}: {_engine_facts(record['engines'][name])}")
        for name in NAMES
        if name in record["engines"]
    ]
    figures = (
        f"ns an operation, the best of {record['rounds']} rounds; the engines take turns in random order,"
        f" a slow one for {record['seconds']:g} s with fewer operations"
    )
    screen.pairs([*pairs, ("figures", figures)], 12)


def _engine_facts(facts: dict[str, Any]) -> str:
    if "absent" in facts:
        return f"no figures: {facts['absent']}"
    parts = [f"version {facts['version']}"] if "version" in facts else []
    parts += [f"{facts['profile']} build"] if "profile" in facts else []
    return ", ".join([*parts, f"its loop takes {facts['loop_ns']:.1f} ns of each figure"])


def _preview(loaded: "Sequence[Scenario | Absent]", screen: "Screen") -> None:
    from bebytes import Codec
    from bebytes._schema import schema_of
    from bebytes.scenarios import Scenario

    scenario = next((s for s in loaded if isinstance(s, Scenario) and s.key == PREVIEW), None)
    if scenario is None:
        return
    # The second is an answer, which holds more than a question.
    raw = scenario.data[1]
    codec = Codec(scenario.schema, byteorder=scenario.byteorder)
    value = codec.decode(raw)
    again = codec.encode(value)
    verdict = f"the same {len(raw)} bytes" if again == raw else f"OTHER BYTES: {again.hex(' ')}"
    fields = [(f"  {f.name}", repr(getattr(value, f.name))) for f in schema_of(scenario.schema).fields]
    screen.line()
    screen.line(f"a real message ({scenario.about})", "bold")
    screen.pairs([("bytes", raw.hex(" ")), ("decoded", ""), *fields, ("encoded", verdict)], 12)


def _run(
    loaded: "Sequence[Scenario | Absent]",
    engines: "Sequence[Engine]",
    names: Sequence[str],
    missing: dict[str, str],
    settings: "Settings",
    screen: "Screen",
    record: dict[str, Any],
) -> bool:
    """
    Measure, show and note everything; whether a check failed.
    """
    from bebytes.scenarios import Absent

    from ._measure import measure
    from ._show import Table

    table = Table(screen, names, missing, loaded)
    screen.expect(settings.rounds * sum(not isinstance(s, Absent) for s in loaded))
    rows: list[dict[str, Any]] = []
    absent: list[dict[str, str]] = []
    wrong: list[str] = []
    for group, of_group in groupby(loaded, lambda s: s.group):
        members = list(of_group)
        screen.section(
            f"measuring {group.replace('_', ' ')}: {len(members)} rows on {', '.join(e.name for e in engines)}"
        )
        table.group(group)
        try:
            for s in members:
                if isinstance(s, Absent):
                    table.absent(s)
                    absent.append({"group": s.group, "name": s.name, "reason": s.reason})
                    continue
                cells = measure(s, engines, settings, lambda key=s.key: screen.step(key))  # type: ignore[misc]
                table.row(s, cells)
                rows.append(_row(s, cells))
                wrong += [f"{engine}, {s.key}: {f}" for engine, cell in cells.items() for f in cell.failures[:3]]
        finally:
            # Of a run that is broken off, what there is.
            table.show()
    table.legend()
    record |= {"rows": rows, "absent": absent}
    for text in wrong:
        screen.line(f"WRONG: {text}", "red")
    checked = sum(len(row["engines"]) for row in rows) - sum(
        "absent" in c for row in rows for c in row["engines"].values()
    )
    screen.line()
    if wrong:
        screen.line("Some answers were wrong; see above.")
    else:
        screen.line(f"All answers of {checked} cells were right, each on {_inputs(loaded)} inputs.")
    return bool(wrong)


def _inputs(loaded: "Sequence[Scenario | Absent]") -> int:
    from bebytes.scenarios import INPUTS

    return INPUTS if loaded else 0


def _row(scenario: "Scenario", cells: "dict[str, Cell]") -> dict[str, Any]:
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
