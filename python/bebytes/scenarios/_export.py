"""
Scenarios as a file for the programs in Rust, which are told the plans, the values and the answers.
"""

import json
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bebytes import Struct
from bebytes._schema import schema_of

from ._model import Scenario


def write_scenarios(path: Path, scenarios: Sequence[Scenario]) -> dict[str, int]:
    """
    Write scenarios for the Rust programs, with their compiled plans, and return the place of each by key.

    The form is that of benches/engines/protocol.rs.
    """
    form = [
        {
            "layout": f"{s.group}/{s.name}",
            "operation": s.operation,
            "byteorder": s.byteorder,
            "plan": _plan_form(schema_of(s.schema).plan(s.byteorder)),
            "values": [_value_form(value) for value in s.values],
            "data": [raw.hex() for raw in s.data],
        }
        for s in scenarios
    ]
    path.write_text(json.dumps({"scenarios": form}, allow_nan=False), encoding="utf-8")
    return {s.key: i for i, s in enumerate(scenarios)}


def _plan_form(part: Any) -> Any:
    # The nodes of a plan are named tuples; classes and members mean nothing outside Python.
    names = getattr(part, "_fields", None)
    if names is not None:
        named = {n: _plan_form(v) for n, v in zip(names, part, strict=True) if n not in ("cls", "members")}
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
    return value.hex() if isinstance(value, bytes) else value
