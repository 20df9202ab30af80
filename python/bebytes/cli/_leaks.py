"""
What many calls leave behind: memory of the process, blocks of Python, memory of malloc, references to what outlives the calls.

The calls are made in parts, and the least that a part left counts: a leak leaves something each time, while what an
interpreter takes in reserve it takes once.
"""

import ctypes
import gc
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from bebytes._plan import List, Node, Number, Option, Plan, Record
from bebytes._schema import schema_of
from bebytes.fields import derived
from bebytes.scenarios import Scenario

PARTS = 3

LONGER = 10
"""
Where an operation is a whole file or message, how many times fewer of them are done, and in how many times more parts.

In a few calls the interpreter does not take all that it takes once; of many parts, some are without that.
"""

SLACK_BLOCKS = 32
"""Blocks that the interpreter may hold in reserve; a part has twice as many calls at least."""

SLACK_BYTES = 1 << 16
"""Bytes of RSS and of malloc that say nothing: some pages."""

_STATM = Path("/proc/self/statm")


@dataclass(frozen=True, slots=True)
class Leak:
    """
    What a part of the calls left, in the best case.

    Attributes:
        rss: bytes of the process; None where the system does not tell.
        blocks: of Python's allocators (`sys.getallocatedblocks`).
        heap: bytes in use of malloc, where libc tells; None elsewhere.
        references: by name, how many more there are to what outlives the calls, or fewer.
    """

    rss: int | None
    blocks: int
    heap: int | None
    references: dict[str, int] = field(default_factory=dict)

    @property
    def faults(self) -> list[str]:
        """
        What is a leak of all that, in words.
        """
        found = [f"{number:+} references to {name}" for name, number in self.references.items()]
        if self.blocks > SLACK_BLOCKS:
            found.append(f"{self.blocks:,} blocks")
        found += [
            f"{size:,} bytes of {name}"
            for name, size in (("RSS", self.rss), ("malloc", self.heap))
            if size is not None and size > SLACK_BYTES
        ]
        return found


class _Held(NamedTuple):
    """
    What there is between two parts.
    """

    rss: int
    heap: int
    references: list[int]


def leak_of(scenario: Scenario, backend: str, runs: int) -> Leak:
    """
    What so many operations of a scenario leave on a backend; a tenth of whole files, which have many objects each.
    """
    work = scenario.work(backend)
    watched = watched_of(scenario) | {f"call {i}": call for i, call in enumerate(work.calls)}

    def one(value: Any) -> None:
        for call in work.calls:
            value = call(value)

    (first, *more) = work.calls
    call = one if more else first
    if scenario.facts is not None:
        return leaked(call, work.inputs, runs // LONGER, watched, PARTS * LONGER)
    return leaked(call, work.inputs, runs, watched)


def leaked(
    call: Callable[[Any], Any], inputs: Sequence[Any], runs: int, watched: dict[str, Any], parts: int = PARTS
) -> Leak:
    """
    What so many calls leave.

    Args:
        call: what is called.
        inputs: its argument, in turn; each is taken at least once a part.
        runs: how many calls, in all parts together.
        watched: objects that outlive the calls, by name.
        parts: how many parts they are made in.
    """
    laps = max(1, runs // parts // len(inputs))
    objects = list(watched.values())
    enabled = gc.isenabled()
    # What exists by now is none of the calls'; the collector need not walk through it again and again.
    gc.freeze()
    gc.disable()
    try:
        # What is made once.
        _run(call, inputs, 2)
        found = []
        for _ in range(parts):
            # Blocks are read where what is noted here is among them both times.
            before = _held(objects)
            blocks = sys.getallocatedblocks()
            _run(call, inputs, laps)
            settle()
            blocks = sys.getallocatedblocks() - blocks
            found.append((before, _held(objects), blocks))
    finally:
        gc.unfreeze()
        if enabled:
            gc.enable()
    references = {}
    for i, name in enumerate(watched):
        least = min((after.references[i] - before.references[i] for before, after, _ in found), key=abs)
        if least:
            references[name] = least
    return Leak(
        min(after.rss - before.rss for before, after, _ in found) if _STATM.exists() else None,
        min(blocks for _, _, blocks in found),
        min(after.heap - before.heap for before, after, _ in found) if _malloc_info() is not None else None,
        references,
    )


def _run(call: Callable[[Any], Any], inputs: Sequence[Any], laps: int) -> None:
    for _ in range(laps):
        for value in inputs:
            call(value)


def _held(objects: list[Any]) -> _Held:
    settle()
    heap = _malloc_info()
    return _Held(_rss(), heap() if heap is not None else 0, [sys.getrefcount(one) for one in objects])


def settle() -> None:
    """
    Give back what is neither used nor leaked: cycles that wait for the collector, memory that is kept for next instances.
    """
    gc.collect()
    release_kept()


def release_kept() -> None:
    """
    Give back the memory that the extension, if it is loaded, keeps of ended instances for the next.
    """
    extension = sys.modules.get("bebytes._core")
    if extension is not None:
        extension.release_kept_memory()


def _rss() -> int:
    if not _STATM.exists():
        return 0
    return int(_STATM.read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


class _MallInfo(ctypes.Structure):
    _fields_ = [
        (name, ctypes.c_size_t)
        for name in "arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost".split()  # noqa: SIM905 (as in malloc.h)
    ]


@cache
def _malloc_info() -> Callable[[], int] | None:
    # glibc's, from 2.33 on.
    try:
        mallinfo2 = ctypes.CDLL(None).mallinfo2
    except (AttributeError, OSError, TypeError):
        return None
    mallinfo2.restype = _MallInfo

    def in_use() -> int:
        info = mallinfo2()
        return int(info.uordblks + info.hblkhd)

    return in_use


def watched_of(scenario: Scenario) -> dict[str, Any]:
    """
    What outlives the calls of a scenario, by name: constants, classes, members of enums, an input.
    """
    plan = schema_of(scenario.schema).plan(scenario.byteorder)
    watched: dict[str, Any] = {
        **{repr(one): one for one in (None, True, False, 0, 1, (), b"", "")},
        "derived": derived,
        "an input of encode": scenario.values[0],
        "an input of decode": scenario.data[0],
    }
    for node in _nodes(Record(plan)):
        if isinstance(node, Record):
            watched[node.plan.name] = node.plan.cls
        elif isinstance(node, Number) and node.table is not None:
            cls: Any = node.table.cls
            watched[node.table.name] = cls
            watched |= {str(member): member for member in cls}
    return watched


def _nodes(node: Node) -> Iterable[Node]:
    yield node
    match node:
        case Record(Plan(ops=ops)):
            for op in ops:
                yield from _nodes(op.node)
        case List():
            yield from _nodes(node.item)
        case Option():
            yield node.node
