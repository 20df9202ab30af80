"""
The readable runner with a clock in it: for a while, its functions are replaced by ones that look at the time.

The runner itself knows nothing of it, and nothing of it is copied here. Not for use by threads: the functions are replaced
for everybody.
"""

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from bebytes import _python_read, _python_write
from bebytes._plan import List, Option, Plan, Record
from bebytes._python import Runner

Path = tuple[int, ...]
Tally = tuple[int, int, int]

CALIBRATION = 2000
"""How many readings of the clock tell what one costs."""


class _Spot:
    """
    What one path took; all items of a list are one path.

    Nanoseconds, how often the clock was read for them, and how often of that by itself, not around a node.
    """

    __slots__ = ("below", "derive", "is_list", "is_option", "make", "run")

    def __init__(self) -> None:
        self.run: list[int] = [0, 0, 0]
        self.make: list[int] = [0, 0, 0]
        self.derive: list[int] = [0, 0, 0]
        self.below: dict[int, _Spot] = {}
        self.is_list = False
        self.is_option = False


class Probe:
    """
    The twin of `_core.Probe` for the readable runner: notes where its time goes.

    Attributes:
        clock: gives nanoseconds.
    """

    def __init__(self, plan: Plan, clock: Callable[[], int] = time.perf_counter_ns) -> None:
        self._runner = Runner(plan)
        self.clock = clock
        self._reset()

    def _reset(self) -> None:
        self._root = _Spot()
        self._call: list[int] = [0, 0, 0]
        self._release: list[int] = [0, 0, 0]
        self._last: int | None = None
        self._current: _Spot | None = None
        self._step = 0

    def take(self) -> dict[str, Any]:
        """
        All tallies since the last time, in the form of `_core.Probe.take`, and how many readings stood by themselves.
        """
        spots: dict[Path, list[Tally]] = {}

        def walk(spot: _Spot, path: Path) -> None:
            spots[path] = [(t[0], t[1], t[2]) for t in (spot.run, spot.make, spot.derive)]
            for step, below in spot.below.items():
                walk(below, (*path, step))

        walk(self._root, ())
        taken = {"call": tuple(self._call), "release": tuple(self._release), "spots": spots}
        self._reset()
        return taken

    def decode(self, data: bytes) -> None:
        """
        Decode, and release the value; inside `timed`.
        """
        self._begin()
        value = self._runner.decode(data)
        self._mark(self._call)
        del value
        self._mark(self._release)

    def encode(self, value: Any) -> None:
        """
        Encode, and release the bytes; inside `timed`.
        """
        self._begin()
        raw = self._runner.encode(value)
        self._mark(self._call)
        del raw
        self._mark(self._release)

    def _begin(self) -> None:
        if self._last is not None:
            self._mark(self._call)
        self._current = None
        self._step = 0
        self._last = self.clock()

    def mark_ns(self) -> float:
        """
        What a reading of the clock by itself adds to its own part.
        """
        tries = []
        for _ in range(5):
            self._reset()
            self._begin()
            for _ in range(CALIBRATION):
                self._mark(self._release)
            tries.append(self._release[0] / CALIBRATION)
        self._reset()
        return min(tries)

    def _mark(self, tally: list[int]) -> None:
        """
        The time since the last event goes to a tally; what this function itself takes goes to none.
        """
        now = self.clock()
        assert self._last is not None, "a record has begun"
        tally[0] += now - self._last
        tally[1] += 1
        tally[2] += 1
        self._last = self.clock()

    def _enter(self, node: Any) -> tuple[_Spot, int]:
        now = self.clock()
        above = self._current
        assert above is not None, "the outermost struct is entered first"
        assert self._last is not None, "a record has begun"
        above.run[0] += now - self._last
        above.run[1] += 1
        before = above, self._step
        if not above.is_option:
            step = 0 if above.is_list else self._step
            spot = above.below.get(step)
            if spot is None:
                spot = above.below[step] = _Spot()
                spot.is_list = type(node) is List
                spot.is_option = type(node) is Option
            self._current = spot
            self._step = 0
        self._last = self.clock()
        return before

    def _leave(self, before: tuple[_Spot, int]) -> None:
        now = self.clock()
        here = self._current
        assert here is not None, "what is left was entered"
        assert self._last is not None, "a record has begun"
        here.run[0] += now - self._last
        here.run[1] += 1
        self._current, self._step = before[0], before[1] + 1
        self._last = self.clock()

    def _enter_root(self) -> _Spot:
        if self._current is None:
            self._mark(self._call)
            self._current = self._root
        else:
            self._mark(self._current.run)
        return self._current

    @contextmanager
    def timed(self) -> Generator[None]:
        """
        While this lasts, the runner's functions look at the clock.
        """
        read_node: Any = vars(_python_read)["_read_node"]
        write_node = _python_write.write_node
        solve_derived: Any = vars(_python_write)["solve_derived"]
        new = object.__new__

        # With their arguments spelled out: passing on `*arguments` costs more than many a node.
        def timed_read_node(node: Any, source: Any, bit: int, scope: Any) -> Any:
            before = self._enter(node)
            result = read_node(node, source, bit, scope)
            self._leave(before)
            return result

        def timed_write_node(node: Any, value: Any, out: Any, bit: int, given: Any, scope: Any = None) -> Any:
            before = self._enter(node)
            result = write_node(node, value, out, bit, given, scope)
            self._leave(before)
            return result

        def timed_solve_derived(plan: Plan, record: Any) -> Any:
            spot = self._enter_root()
            result = solve_derived(plan, record)
            self._mark(spot.derive)
            return result

        def timed_new(cls: Any) -> Any:
            spot = self._enter_root()
            made = new(cls)
            self._mark(spot.make)
            return made

        with (
            _replaced(_python_read, "_read_node", timed_read_node),
            # The runner makes records by `object.__new__(cls)`.
            _replaced(_python_read, "object", SimpleNamespace(__new__=timed_new)),
            _replaced(_python_write, "write_node", timed_write_node),
            _replaced(_python_write, "solve_derived", timed_solve_derived),
        ):
            yield


def bits_by_path(plan: Plan, records: list[bytes]) -> dict[Path, int]:
    """
    The bits of all records that each path takes on the wire; structs and lists have none of their own.
    """
    read_node: Any = vars(_python_read)["_read_node"]
    bits: dict[Path, int] = {}
    path: list[int] = []
    kinds: list[Any] = [Record]

    def counting(node: Any, source: Any, bit: int, scope: Any) -> Any:
        inside = kinds[-1] is Option
        if not inside:
            path[-1] = 0 if kinds[-1] is List else path[-1] + 1
            path.append(-1)
        kinds.append(type(node))
        result = read_node(node, source, bit, scope)
        kinds.pop()
        if not inside:
            path.pop()
            if not isinstance(node, Record | List):
                key = tuple(path)
                bits[key] = bits.get(key, 0) + result[-1] - bit
        return result

    with _replaced(_python_read, "_read_node", counting):
        for record in records:
            path[:] = [-1]
            _python_read.read_record(plan, _python_read.Input(record), 0)
    return bits


@contextmanager
def _replaced(module: Any, name: str, by: Any) -> Generator[None]:
    names = vars(module)
    missing = object()
    before = names.get(name, missing)
    names[name] = by
    try:
        yield
    finally:
        if before is missing:
            del names[name]
        else:
            names[name] = before
