"""
Rounds of a profile: each engine with and without the clock, in turns.
"""

import gc
import random
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from bebytes._backend import runner
from bebytes._plan import Plan
from bebytes._python import Runner as ReadableRunner
from bebytes._schema import schema_of

from ._profile_parts import Block, Tallies
from ._profile_python import Probe

CHUNK = 300_000
"""What is timed in one go takes about so many nanoseconds: less than what the system gives a program at a stretch."""

ROUNDS = 30
"""At least so many with and so many without the clock, of each block."""

TURNS = 4
"""The most turns of a block in one round."""

SHARE = 100
"""All records once take at most one in so many of the time that there is."""


class Engine:
    """
    One backend that decodes or encodes records of one class, with and without the clock.
    """

    def __init__(self, name: str, cls: Any, byteorder: str, operation: str) -> None:
        self.name = name
        self.operation = operation
        self.probe: Any
        run: Any
        if name == "native":
            from bebytes import _core

            run = runner(cls, byteorder, name)
            assert isinstance(run, _core.Codec), "the native runner is a codec"
            self.probe = _core.Probe(run)
        else:
            # The readable runner, whose parts are told, and not the source that is generated for the plan.
            run = ReadableRunner(schema_of(cls).plan(byteorder))
            self.probe = Probe(schema_of(cls).plan(byteorder))
            self._mark_ns = self.probe.mark_ns()
        self._call = getattr(run, operation)
        self._traced_call = getattr(self.probe, operation)

    def clock_ns(self) -> float:
        """
        What a reading of the clock takes with nothing between two of them.
        """
        times = 20_000
        if self.name == "native":
            return float(min(self.probe.empty(times) * self._scale() for _ in range(5)) / times)
        return min(_empty(self.probe, times) for _ in range(5)) / times

    def _scale(self) -> float:
        start, before = time.perf_counter_ns(), self.probe.now()
        while (passed := time.perf_counter_ns() - start) < 1_000_000:
            pass
        return float(passed / (self.probe.now() - before))

    def plain(self, inputs: Sequence[Any], laps: int = 1) -> int:
        """
        Nanoseconds of the bare calls.
        """
        return _time(self._call, inputs, laps)

    def traced(self, inputs: Sequence[Any], laps: int = 1) -> Tallies:
        """
        The same calls with the clock.
        """
        timed: AbstractContextManager[None] = nullcontext() if self.name == "native" else self.probe.timed()
        with timed:
            self.probe.take()
            if self.name != "native":
                _time(self._traced_call, inputs, laps)
                return Tallies.of(self.probe.take(), 1.0, self._mark_ns)
            before = self.probe.now()
            passed = _time(self._traced_call, inputs, laps)
            counts = self.probe.now() - before
            return Tallies.of(self.probe.take(), passed / counts)


def _time(call: Any, inputs: Sequence[Any], laps: int) -> int:
    clock = time.perf_counter_ns
    start = clock()
    for _ in range(laps):
        for item in inputs:
            call(item)
    return clock() - start


def _empty(probe: Any, times: int) -> int:
    clock = probe.clock
    start: int = clock()
    for _ in range(times):
        clock()
    end: int = clock()
    return end - start


def choose(records: Sequence[bytes], engines: Sequence[Engine], seconds: float) -> list[bytes]:
    """
    As many records as there is time for, evenly from all of them; `engines` decode.
    """
    few = spread(records, 32)
    slowest = max(min(engine.plain(few) for _ in range(3)) / len(few) for engine in engines)
    return spread(records, max(1, int(seconds * 1e9 / SHARE / slowest)))


def spread(records: Sequence[bytes], count: int) -> list[bytes]:
    """
    At most `count` of them, evenly from the first to the last.
    """
    count = min(count, len(records))
    return [records[i * len(records) // count] for i in range(count)]


def measure(engines: Sequence[Engine], inputs: dict[str, list[Any]], seconds: float) -> dict[str, list[Block]]:
    """
    Time all engines for `seconds` each, in turns; `inputs` by the engine's name.
    """
    blocks = {engine.name: _blocks(engine, inputs[engine.name]) for engine in engines}
    # An engine of few blocks has its turn several times a round.
    most = max(len(b) for b in blocks.values())
    turns = [
        (engine, block, traced)
        for engine in engines
        for block in blocks[engine.name] * max(1, min(TURNS, most // len(blocks[engine.name])))
        for traced in (False, True)
    ]
    order = random.Random()  # noqa: S311 (what goes first is no secret)
    until = time.perf_counter_ns() + int(seconds * 1e9 * len(engines))
    gc.collect()
    collects = gc.isenabled()
    gc.disable()
    try:
        rounds = 0
        while rounds < ROUNDS or time.perf_counter_ns() < until:
            order.shuffle(turns)
            for engine, block, traced in turns:
                if traced:
                    block.traced.append(engine.traced(block.inputs, block.laps))
                else:
                    block.plain.append(engine.plain(block.inputs, block.laps))
            rounds += 1
    finally:
        if collects:
            gc.enable()
    return blocks


def _blocks(engine: Engine, inputs: list[Any]) -> list[Block]:
    """
    Blocks of about `CHUNK` each: some of the records, or all of them several times.
    """
    engine.traced(inputs)
    whole = min(engine.plain(inputs) for _ in range(3))
    if whole <= CHUNK:
        return [Block(inputs, max(1, CHUNK // max(1, whole)))]
    size = max(1, len(inputs) * CHUNK // whole)
    return [Block(inputs[i : i + size], 1) for i in range(0, len(inputs), size)]


def plan_of(cls: Any, byteorder: str) -> Plan:
    """
    The plan of a class.
    """
    plan: Plan = schema_of(cls).plan(byteorder)
    return plan
