"""
Records of `bebytes bench` as tests make them up: every figure is told by its place, so none depends on a machine.
"""

from typing import Any

SCENARIOS = (
    ("primitives", "u8", "encode"),
    ("primitives", "u8", "decode"),
    ("bit_fields", "complex", "encode"),
    ("bit_fields", "complex", "round trip"),
    ("real", "tzif", "decode"),
)

ENGINES = {"crate": 0.2, "native": 1.0, "python": 80.0, "floor": 0.75, "numpy": 9.0}
"""Engines, and how many times as long as native they take, more or less."""

ROUNDS = (1.0, 1.01, 1.02, 1.03, 1.5)
LAUNCHES = 3


def record(*, pace: float = 1.0, date: str = "2026-01-02T03:04:05+00:00", **facts: Any) -> dict[str, Any]:
    """
    A record with a reason, a wrong answer and a missing scenario; `pace` stretches the times of native.
    """
    rows: list[dict[str, Any]] = []
    for number, (group, name, operation) in enumerate(SCENARIOS):
        cells: dict[str, Any] = {}
        for place, (engine, factor) in enumerate(ENGINES.items()):
            # Some way off the factor, never twice the same, and in no order.
            best = 100 * (number * 3 % 5 + 1) ** 2 * factor * (1 + 0.07 * ((number * 3 + place) % 4))
            cells[engine] = cell(best * (pace if engine == "native" else 1))
        rows.append(
            {
                "group": group,
                "name": name,
                "operation": operation,
                "about": f"a layout of {number} things",
                "iterations": 1000,
                "inputs": 64,
                "bytes": [number + 1, number * 10 + 1],
                "engines": cells,
            }
        )
    rows[2]["engines"]["crate"] = {"absent": "no bits across bytes"}
    rows[3]["engines"]["numpy"] = {"failures": ["input 3: got b'\\x00', not b'\\x01'"]}
    rows[4]["engines"]["floor"] = {"absent": "nobody wrote it by hand"}
    return {
        "form": 1,
        "bebytes": "0.1.0",
        "commit": "0123abc",
        "date": date,
        "machine": "a machine, 2 cores",
        "interpreter": "CPython 3.11.7",
        "compiler": "rustc 1.95.0",
        "build": "release",
        "engines": {
            **{engine: {"loop_ns": 8.5, "version": "1.2.3"} for engine in ENGINES},
            "kaitai": {"absent": "kaitaistruct is not installed"},
        },
        "rounds": len(ROUNDS),
        "launches": LAUNCHES,
        "seconds": 0.1,
        "rows": rows,
        "absent": [{"group": "real", "name": "telemetry", "reason": "ccsdspy is not installed"}],
        **facts,
    }


def cell(best: float) -> dict[str, Any]:
    """
    Figures whose rounds differ as `ROUNDS`.
    """
    samples = [best * factor for factor in reversed(ROUNDS)] * LAUNCHES
    return {
        "best_ns": min(samples),
        "median_ns": sorted(samples)[len(samples) // 2],
        "operations": 1000,
        "samples_ns": samples,
        "launches": [len(ROUNDS)] * LAUNCHES,
        "interval_ns": [best, best * ROUNDS[-1]],
    }


def best(content: dict[str, Any], row: int, engine: str) -> float:
    """
    The fastest round of an engine in a row, or 0.
    """
    samples: list[float] = content["rows"][row]["engines"].get(engine, {}).get("samples_ns", [0])
    return min(samples)
