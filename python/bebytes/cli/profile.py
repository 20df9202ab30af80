"""
Say where the time of a struct goes on your own data: by field, path and kind of op, native and python side by side.

FILE holds records back to back; a class that takes all of its input, or `--one`, makes it one record. Figures are
nanoseconds a record.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import _choose

if TYPE_CHECKING:
    from bebytes._plan import Plan

    from ._profile_measure import Engine

HELP = "say where the time of a struct goes, on your own data"

TOLERANCE = 0.15
"""How far the parts together may be from the whole."""

ATTEMPTS = 3
"""How often a profile is taken whose parts do not add up, each time for twice as long."""


class Failed(Exception):
    """
    The data does not fit the class.
    """


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """
    The options of the verb.
    """
    parser.add_argument("target", metavar="MODULE:CLASS", help="the struct: a module's name or the path of a .py file")
    parser.add_argument("file", metavar="FILE", type=Path, help="the data")
    parser.add_argument("--byteorder", choices=("big", "little"), default="big", help="big is the default")
    parser.add_argument("--offset", type=_natural, default=0, metavar="N", help="skip N bytes at the start of FILE")
    parser.add_argument("--one", action="store_true", help="FILE is one record, not many")
    parser.add_argument(
        "--operation", choices=("decode", "encode", "both"), default="decode", help="decode is the default"
    )
    parser.add_argument(
        "--engine",
        "--engines",
        type=lambda text: text.split(","),
        metavar="NAMES",
        help="only these engines of native, python",
    )
    parser.add_argument(
        "--seconds", type=_positive, default=1.0, metavar="S", help="for each engine and operation; 1 is the default"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures to FILE")
    parser.add_argument(
        "--speedscope", type=Path, metavar="FILE", help="write the stacks to FILE, for https://www.speedscope.app"
    )


def run(arguments: argparse.Namespace) -> int:
    """
    Do what the options say.
    """
    if _choose.lacks_rich("bebytes profile", "its tables need"):
        return 2

    from ._target import Refused

    try:
        return _profile(arguments)
    except Refused as e:
        print(f"bebytes profile: {e}", file=sys.stderr)
        return 2
    except Failed as e:
        print(f"bebytes profile: {e}", file=sys.stderr)
        return 1


def _profile(arguments: argparse.Namespace) -> int:
    from bebytes.errors import SchemaError

    from . import _profile_records as records
    from ._files import unwritable, write_whole
    from ._profile_measure import plan_of
    from ._profile_show import show
    from ._profile_speedscope import speedscope
    from ._show import Screen
    from ._target import Refused, load

    for option, path in (("--json", arguments.json), ("--speedscope", arguments.speedscope)):
        if path is not None and (reason := unwritable(path)):
            raise Refused(f"{option} {path}: {reason}")
    names = _engine_names(arguments.engine)
    cls = load(arguments.target)
    try:
        plan = plan_of(cls, arguments.byteorder)
    except SchemaError as e:
        raise Refused(str(e)) from None
    if not plan.plain:
        raise Refused(
            f"{cls.__name__} goes beyond plain fields, whose cost by field is not told apart yet;"
            " ./profile.sh has the profilers of whole programs"
        )
    data = _read(arguments.file, arguments.offset)
    found = records.split(cls, plan, data, arguments.byteorder, one=arguments.one, offset=arguments.offset)
    if isinstance(found, str):
        raise Failed(f"{arguments.file}: {found}")
    operations = ("decode", "encode") if arguments.operation == "both" else (arguments.operation,)
    with Screen() as screen:
        record = _facts(arguments, cls, names, found)
        for operation in operations:
            screen.note(f"measuring {operation} on {', '.join(names)}, about {arguments.seconds * len(names):g} s")
            record["operations"][operation] = _operation(arguments, cls, plan, names, operation, found)
        record["engines"] = record["operations"][operations[0]]["engines"]
        show(record, screen)
        for path, written in ((arguments.json, record), (arguments.speedscope, speedscope(record))):
            if path is not None:
                try:
                    write_whole(path, json.dumps(written, indent=1) + "\n")
                except OSError as e:
                    raise Refused(f"{path}: {e.strerror}") from None
                screen.line(f"written: {path}")
    engines = [e for o in record["operations"].values() for e in o["engines"].values()]
    return int(any(abs(e["ratio"] - 1) > TOLERANCE for e in engines))


def _operation(
    arguments: argparse.Namespace,
    cls: Any,
    plan: "Plan",
    names: Sequence[str],
    operation: str,
    found: "list[bytes]",
) -> dict[str, Any]:
    """
    One direction, measured: the engines, and what they did.
    """
    from . import _profile_measure as measuring
    from . import _profile_records as records
    from ._profile_parts import Attribution, attribute, parts
    from ._profile_python import bits_by_path

    decoders = [measuring.Engine(name, cls, arguments.byteorder, "decode") for name in names]
    chosen = measuring.choose(found, decoders, arguments.seconds)
    inputs: dict[str, list[Any]] = {name: list(chosen) for name in names}
    engines: list[Engine] = decoders
    if operation == "encode":
        values = records.values(cls, chosen, arguments.byteorder)
        if isinstance(values, str):
            raise Failed(f"{arguments.file}: {values}")
        inputs = dict.fromkeys(names, values)
        engines = [measuring.Engine(name, cls, arguments.byteorder, "encode") for name in names]
    best: dict[str, Attribution] = {}
    rounds: dict[str, int] = {}
    seconds = arguments.seconds
    for _ in range(ATTEMPTS):
        blocks = measuring.measure(engines, inputs, seconds)
        for name, of_engine in blocks.items():
            new = attribute(of_engine)
            if name not in best or abs(new.ratio - 1) < abs(best[name].ratio - 1):
                best[name] = new
                rounds[name] = min(len(b.plain) for b in of_engine)
        if all(abs(a.ratio - 1) <= TOLERANCE for a in best.values()):
            break
        seconds *= 2
    bits = bits_by_path(plan, chosen)
    return {
        "records": len(chosen),
        "bytes": sum(map(len, chosen)) / len(chosen),
        "engines": {
            engine.name: _form(
                best[engine.name],
                parts(plan, operation, best[engine.name], bits, len(chosen)),
                engine.clock_ns(),
                rounds[engine.name],
            )
            for engine in engines
        },
    }


def _form(attribution: Any, of_engine: list[dict[str, Any]], clock: float, rounds: int) -> dict[str, Any]:
    return {
        "whole_ns": attribution.whole,
        "parts_ns": sum(part["ns"] for part in of_engine),
        "ratio": attribution.ratio,
        "traced_ns": attribution.traced,
        "overhead_ns": attribution.overhead,
        "clock_ns": clock,
        "marks": attribution.marks,
        "rounds": rounds,
        "parts": of_engine,
    }


def _facts(arguments: argparse.Namespace, cls: Any, names: Sequence[str], found: "list[bytes]") -> dict[str, Any]:
    from . import _machine, installed_version

    return {
        "form": 1,
        "bebytes": installed_version(),
        "machine": _machine.machine(),
        "interpreter": _machine.interpreter(),
        "target": arguments.target,
        "struct": cls.__name__,
        "byteorder": arguments.byteorder,
        "file": str(arguments.file),
        "offset": arguments.offset,
        "records": len(found),
        "names": list(names),
        "operations": {},
    }


def _engine_names(asked: Sequence[str] | None) -> list[str]:
    from bebytes import available_backends

    from ._target import Refused

    known = ("native", "python")
    if unknown := sorted(set(asked or ()).difference(known)):
        raise Refused(f"--engine: no engine is called {', '.join(unknown)}; there are {', '.join(known)}")
    available = available_backends()
    names = [name for name in known if (name in asked if asked else name in available)]
    if missing := [name for name in names if name not in available]:
        kept_out = os.environ.get("BEBYTES_BACKEND") == "python"
        why = "BEBYTES_BACKEND=python keeps the extension out" if kept_out else "the extension is not installed"
        raise Refused(f"--engine {', '.join(missing)}: {why}")
    if "native" in names:
        from bebytes import _core

        if _core.build_profile == "debug":
            raise Refused(
                "the extension is a debug build, whose figures say nothing; build it with maturin develop --release"
            )
    return names


def _read(path: Path, offset: int) -> bytes:
    from ._target import Refused

    try:
        data = path.read_bytes()
    except OSError as e:
        raise Refused(f"{path}: {e.strerror or e}") from None
    if offset > len(data):
        raise Refused(f"--offset {offset}: {path} has {len(data)} bytes")
    return data[offset:]


def _natural(text: str) -> int:
    value = int(text)
    if value < 0:
        raise argparse.ArgumentTypeError(f"{text} is below 0")
    return value


_natural.__name__ = "int"


def _positive(text: str) -> float:
    value = float(text)
    if not 0 < value < 3600:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 3600")
    return value


_positive.__name__ = "float"
