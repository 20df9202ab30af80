"""
The goals of weight: importing, making a class, the wheel, what it needs.
"""

import inspect
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from functools import cache, partial
from importlib.metadata import PackageNotFoundError, requires
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from . import _cargo
from ._goals import Goal, Unmeasured
from ._goals_memory import Memory

TIMES = (40, 6)
"""Processes of each kind, and those of a quick run."""

CLASSES = (300, 30)
"""Classes that are made in one of them, likewise."""

MODULES = {"bebytes": "import bebytes", "typing": "import typing", "dataclasses": "import dataclasses"}
"""What is imported; the last two for scale."""

BUILD = (sys.executable, "-m", "maturin", "build", "--release", "--locked")

_MAKING = """\
import json, sys, time
from bebytes import Struct, bits, u8, u16, u32
given = json.loads(sys.stdin.read())
code = compile(given["source"], "<layout>", "exec")
raw = bytes.fromhex(given["data"])
clock = time.perf_counter_ns
made, used = [], []
for _ in range(given["classes"]):
    names = {"__name__": "__main__", "Struct": Struct, "bits": bits, "u8": u8, "u16": u16, "u32": u32}
    start = clock()
    exec(code, names)
    middle = clock()
    value = names["IPv4"].from_be_bytes(raw)
    value.to_be_bytes()
    used.append(clock() - start)
    made.append(middle - start)
print(json.dumps([made, used]))
"""


def _goals() -> Iterable[Goal]:
    for kind, text, limit, unit in (
        ("import", "import bebytes, above a bare interpreter", 15, "ms"),
        ("class", "making the IPv4 class, the middle of many", 400, "us"),
        ("used", "making it, with its first decode and encode", 500, "us"),
        ("first class", "making it as the first class of a process", 400, "us"),
        ("first used", "the same with its first decode and encode", 500, "us"),
        ("wheel", "the wheel", 700, "kB"),
        ("needs", "packages needed at run time", 0, ""),
    ):
        yield Goal("weight", text, "<=", limit, unit, "each", partial(Memory.of, kind=kind))


GOALS = tuple(_goals())


def measure(quick: bool, step: Any) -> Memory:
    """
    Weigh everything.

    Args:
        quick: fewer processes.
        step: told what is being done.
    """
    found = Memory()
    for kinds, what, of in (
        (("import",), "importing", partial(_imports, TIMES[quick])),
        (("class", "used", "first class", "first used"), "making classes", partial(_classes, quick)),
        (("wheel",), "building the wheel", _wheel),
        (("needs",), "asking what it needs", _needs),
    ):
        step(f"weight: {what}")
        try:
            found.figures |= {kind: {kind: figure} for kind, figure in zip(kinds, of(), strict=True)}
        except Unmeasured as e:
            found.reasons |= dict.fromkeys(kinds, str(e))
    return found


def _python(code: str, given: str = "") -> str:
    # As where it is installed, modules are kept compiled, whatever the environment says.
    compiled = os.environ | {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": _compiled().name}
    ran = subprocess.run(
        [sys.executable, "-c", code], input=given, capture_output=True, text=True, check=False, env=compiled
    )
    if ran.returncode:
        raise Unmeasured((ran.stderr.strip().splitlines() or [f"exit code {ran.returncode}"])[-1])
    return ran.stdout


@cache
def _compiled() -> "tempfile.TemporaryDirectory[str]":
    # A folder for compiled modules, there until the process ends.
    return tempfile.TemporaryDirectory(prefix="bebytes-compiled-")


def _imports(times: int) -> tuple[float]:
    # In turns; the fastest of each, as other work only ever adds time.
    best = dict.fromkeys(("", *MODULES), float("inf"))
    for number in range(times + 1):
        for module in best:
            start = time.perf_counter()
            _python(MODULES.get(module, "pass"))
            # The first of each fills the caches of files.
            if number:
                best[module] = min(best[module], time.perf_counter() - start)
    return (1000 * (best["bebytes"] - best[""]),)


def _classes(quick: bool) -> tuple[float, float, float, float]:
    from bebytes.scenarios import find, layouts

    source = inspect.getsource(layouts.IPv4)
    job = json.dumps({"source": source, "data": find("layouts/ipv4/decode").data[0].hex(), "classes": CLASSES[quick]})
    runs = [json.loads(_python(_MAKING, job)) for _ in range(TIMES[quick] // 4 + 1)]
    made = min(statistics.median(made[1:]) for made, _ in runs)
    used = min(statistics.median(used[1:]) for _, used in runs)
    first, first_used = min(made[0] for made, _ in runs), min(used[0] for _, used in runs)
    return made / 1000, used / 1000, first / 1000, first_used / 1000


def _wheel() -> tuple[float]:
    root = _cargo.checkout()
    if root is None:
        raise Unmeasured("needs a checkout of the repository to build it from")
    if find_spec("maturin") is None:
        raise Unmeasured("maturin is not installed: pip install maturin")
    with tempfile.TemporaryDirectory(prefix="bebytes-goals-") as folder:
        ran = subprocess.run(
            [*BUILD, "--interpreter", sys.executable, "--out", folder],
            cwd=root,
            capture_output=True,
            text=True,
            check=False,
        )
        wheels = list(Path(folder).glob("*.whl"))
        if ran.returncode or not wheels:
            raise Unmeasured(f"maturin failed: {(ran.stderr.strip().splitlines() or ['no wheel'])[-1]}")
        return (wheels[0].stat().st_size / 1000,)


def _needs() -> tuple[float]:
    try:
        needed = requires("bebytes") or []
    except PackageNotFoundError:
        raise Unmeasured("bebytes is not installed") from None
    return (float(sum("extra ==" not in one for one in needed)),)
