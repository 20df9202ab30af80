"""
Many decodes and encodes leave memory and reference counts where they were.

`BEBYTES_LEAK_RUNS=10000000 pytest tests/test_leaks.py` does ten million of each scenario; the plain-Python backend, which has
no memory of its own to lose, a hundredth of that.
"""

import ctypes
import gc
import mmap
import os
import sys
from typing import Any

import pytest

from bebytes import scenarios
from bebytes.cli import _leaks
from bebytes.cli._leaks import leak_of, leaked
from bebytes.scenarios import Scenario, enums

RUNS = int(os.environ.get("BEBYTES_LEAK_RUNS", "600"))
SLOWER = 100

ALL = [
    s
    for s in scenarios.load((*scenarios.GROUPS, *scenarios.GROWTH, *scenarios.LAYOUTS))
    if isinstance(s, Scenario) and s.operation != "round trip"
]

INPUTS = tuple(range(1000, 1064))


@pytest.mark.parametrize("scenario", ALL, ids=lambda s: s.key)
def test_calls_leave_nothing(scenario: Scenario, backend: str) -> None:
    leak = leak_of(scenario, backend, RUNS if backend == "native" else RUNS // SLOWER)

    assert leak.faults == []


class TestWatch:
    """
    Leaks that are put there are found.
    """

    def test_an_object_a_call(self) -> None:
        kept: list[Any] = []

        leak = leaked(lambda value: kept.append([value]), INPUTS, 600, {})
        assert leak.blocks >= 180
        assert leak.faults[0].endswith(" blocks")

    def test_a_reference_a_call(self) -> None:
        increment = ctypes.pythonapi.Py_IncRef
        increment.argtypes = [ctypes.py_object]
        increment.restype = None
        kind = type("Kind", (), {})

        leak = leaked(lambda value: increment(kind), INPUTS, 600, {"Kind": kind, "None": None})
        assert leak.references == {"Kind": 192}
        assert leak.faults == ["+192 references to Kind"]

    def test_a_reference_too_few(self) -> None:
        kept = [object()] * 10_000

        leak = leaked(lambda value: kept.pop(), INPUTS, 600, {"it": kept[0]})
        assert leak.references == {"it": -192}

    @pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere RSS is not told while a process runs")
    def test_memory_that_python_does_not_know(self) -> None:
        libc = ctypes.CDLL(None)
        libc.malloc.restype = ctypes.c_void_p
        libc.mmap.restype = ctypes.c_void_p
        libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long]
        libc.memset.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t]
        reading_and_writing = mmap.PROT_READ | mmap.PROT_WRITE
        nobody_elses = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
        calls = 0

        def call(value: int) -> None:
            nonlocal calls
            calls += 1
            libc.malloc(10_000)
            # What malloc gives may have been the process's before; new pages have not.
            libc.memset(libc.mmap(None, 10_000, reading_and_writing, nobody_elses, -1, 0), 1, 10_000)

        leak = leaked(call, INPUTS, 1200, {})
        assert calls == 128 + 3 * 384
        assert leak.rss is not None
        assert leak.rss > 384 * 5000
        assert leak.blocks <= _leaks.SLACK_BLOCKS
        if leak.heap is not None:
            assert leak.heap >= 384 * 10_000
            assert [fault.rpartition(" ")[2] for fault in leak.faults] == ["RSS", "malloc"]

    def test_what_is_taken_once_is_no_leak(self) -> None:
        kept: dict[int, list[int]] = {}

        assert leaked(lambda value: kept.setdefault(value, [value]), INPUTS, 600, {}).faults == []

    def test_cycles_are_no_leak(self) -> None:
        def call(value: int) -> None:
            cycle: list[Any] = [value]
            cycle.append(cycle)

        assert leaked(call, INPUTS, 600, {}).faults == []
        assert gc.isenabled()

    def test_enums_and_nested_classes_are_watched(self) -> None:
        watched = _leaks.watched_of(scenarios.find("layouts/packet/decode"))

        assert {"Packet", "Endpoint", "Status", "Permissions", "None", "derived"} <= set(watched)
        assert enums.Status.PAUSED in watched.values()
