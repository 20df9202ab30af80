"""
A profile as https://www.speedscope.app reads it: a stack a part, its weight in nanoseconds.
"""

from typing import Any

SCHEMA = "https://www.speedscope.app/file-format-schema.json"

_LEAVES = {"call": "(the call)", "release": "(release)", "object": "(the object)", "derive": "(derived numbers)"}


def speedscope(record: dict[str, Any]) -> dict[str, Any]:
    """
    One profile an engine and direction, whose stacks are nested paths.
    """
    frames: dict[str, int] = {}
    profiles = []
    for operation, of in record["operations"].items():
        for engine, figures in of["engines"].items():
            samples, weights = [], []
            for part in figures["parts"]:
                stack = _stack(record["struct"], part)
                samples.append([frames.setdefault(name, len(frames)) for name in stack])
                weights.append(part["ns"])
            profiles.append(
                {
                    "type": "sampled",
                    "name": f"{engine} {operation}",
                    "unit": "nanoseconds",
                    "startValue": 0,
                    "endValue": sum(weights),
                    "samples": samples,
                    "weights": weights,
                }
            )
    return {
        "$schema": SCHEMA,
        "name": f"{record['target']} on {record['file']}",
        "exporter": f"bebytes {record['bebytes']}",
        "activeProfileIndex": 0,
        "shared": {"frames": [{"name": name} for name in frames]},
        "profiles": profiles,
    }


def _stack(struct: str, part: dict[str, Any]) -> list[str]:
    """
    Frames from the outermost in: `a[].b` stands in `a[]`, which stands in `a`.
    """
    if part["kind"] in ("call", "release"):
        return [_LEAVES[part["kind"]]]
    stack = [struct]
    path = ""
    for step in part["path"].replace("[]", ".[]").split(".") if part["path"] else ():
        path += step if step == "[]" or not path else f".{step}"
        stack.append(path)
    if part["kind"] in _LEAVES:
        stack.append(f"{stack[-1]} {_LEAVES[part['kind']]}")
    return stack
