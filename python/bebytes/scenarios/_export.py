"""
Scenarios as a file for the programs in Rust, which are told the plans, the values and the answers.
"""

import json
import re
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bebytes import Struct
from bebytes._schema import schema_of

from ._model import Scenario

_RUN = re.compile(rb"(.)\1{15,}", re.DOTALL)


def write_scenarios(path: Path, scenarios: Sequence[Scenario]) -> dict[str, int]:
    """
    Write scenarios for the Rust programs, with their compiled plans, and return the place of each by key.

    The form is that of benches/engines/scenario.rs, a line a scenario. Those of `left_out` are not among them.
    """
    scenarios = [s for s in scenarios if not left_out(s)]
    form = [
        {
            "layout": f"{s.group}/{s.name}",
            "operation": s.operation,
            "iterations": s.iterations,
            "byteorder": s.byteorder,
            "plan": _plan_form(schema_of(s.schema).plan(s.byteorder)),
            "values": [_value_form(value) for value in s.values[:period]],
            "data": [_hex(raw) for raw in s.data[:period]],
        }
        for s in scenarios
        for period in (_period(s),)
    ]
    lines = ",\n".join(json.dumps(s, allow_nan=False, separators=(",", ":")) for s in form)
    path.write_text(f'{{"scenarios": [\n{lines}\n]}}\n', encoding="utf-8")
    return {s.key: i for i, s in enumerate(scenarios)}


def left_out(scenario: Scenario) -> str:
    """
    Why a scenario is not for the Rust programs, or "".
    """
    plain = schema_of(scenario.schema).plan(scenario.byteorder).plain
    return "" if plain else "the file of scenarios for programs in Rust holds plain plans alone"


def _period(scenario: Scenario) -> int:
    # Few inputs that are taken again and again need not be written again and again.
    whole = len(scenario.values)
    divisors = (n for n in range(1, whole) if whole % n == 0)
    repeats = (n for n in divisors if all(v is scenario.values[i % n] for i, v in enumerate(scenario.values)))
    return next(repeats, whole)


def _plan_form(part: Any) -> Any:
    # The nodes of a plan are named tuples; classes and members mean nothing outside Python, and a runner may add to lookup.
    names = getattr(part, "_fields", None)
    if names is not None:
        named = {n: _plan_form(v) for n, v in zip(names, part, strict=True) if n not in ("cls", "members", "lookup")}
        return {"is": type(part).__name__} | named
    return [_plan_form(p) for p in part] if isinstance(part, tuple) else part


def _value_form(value: Any) -> Any:
    if isinstance(value, Struct):
        return [_value_form(getattr(value, f.name)) for f in schema_of(type(value)).fields]
    if isinstance(value, list):
        return [_value_form(item) for item in value]
    if isinstance(value, float):
        # As its bits: readers of decimal numbers may round the last one.
        return struct.pack(">d", value).hex()
    return _hex(value) if isinstance(value, bytes) else value


def _hex(raw: bytes) -> str:
    # A long run of one byte is the byte and how often, between spaces: "0384 05*900 0101".
    parts = []
    at = 0
    for run in _RUN.finditer(raw):
        parts += [raw[at : run.start()].hex(), f"{run[1].hex()}*{len(run[0])}"]
        at = run.end()
    return " ".join([*parts, raw[at:].hex()]).strip()
