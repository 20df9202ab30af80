"""
The goals that are times of scenarios: which engines are timed for them, and how their times are compared.

The loop around a call takes time as well, and is part of every figure. A ratio is taken with it and without it, and what is
worse for this package counts: with a limit below 1 that is mostly the former, with one above 1 the latter. In Rust, where
the loop takes half a nanosecond and Criterion counts it too, it stays.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from bebytes.scenarios import FOUND, GROUPS, LAYOUTS, Scenario, load

from ._goals import Figures, Goal, Rule, Unmeasured
from ._measure import Cell

FLOOR = "floor"
DECODE, WRITTEN, TRY, ENCODE = "native:held", "native:written", "native:try", "native:method"
LOOP, PAIRS, FIELDS = "native:loop", "native:loop of pairs", "native:loop of fields"
NEO, RUSTRUCT = "neoconstruct", "rustruct"
PURE = ("kaitai", "dissect", "construct", "caterpillar", "bitstruct:python", "dataclasses_struct")
WRITTEN_FORMATS = ("construct:uncompiled", "construct", "kaitai")
REUSED = ("core:reused", "crate:reused")

ENGINES = {
    "calls": (FLOOR, DECODE, WRITTEN, TRY, ENCODE, LOOP),
    "objects": (
        *("native:construct", "floor:construct", "native:read", "slots:read", "native:equal", "floor:equal"),
        *("native:repr", "floor:repr", LOOP, PAIRS, FIELDS),
    ),
    "many": (DECODE, ENCODE, "native:decode_many", "native:encode_many", LOOP),
    "rivals": (DECODE, ENCODE, NEO, RUSTRUCT, LOOP),
    "pure": (FLOOR, "python", *PURE, LOOP),
    "formats": (DECODE, *WRITTEN_FORMATS, LOOP),
    "core": REUSED,
}
"""Who is timed for each part."""

RECORDS = 64
"""Records of a call of `decode_many` and `encode_many`: the inputs of a scenario."""

FIXED = ("primitives", "bit_fields", "enums", "arrays", "nested")
"""The groups of fixed and nested structs."""


def core_scenarios() -> list[Scenario]:
    """
    What the Rust core and the crate are timed on: the seven groups, as far as the crate has the type.
    """
    groups = [group for group in GROUPS if group not in FOUND]
    return [s for s in load(groups) if isinstance(s, Scenario) and not s.crate and s.operation in ("encode", "decode")]


def format_scenarios() -> list[Scenario]:
    """
    What native and the libraries with declarations of formats are timed on: decoding of whole files and messages.
    """
    return [s for s in load(["formats"]) if isinstance(s, Scenario) and s.operation == "decode"]


class Times:
    """
    The cells of a run, as the goals look at them.
    """

    def __init__(
        self, scenarios: Sequence[Scenario], cells: Mapping[str, Mapping[str, Cell]], missing: Mapping[str, str]
    ) -> None:
        """
        Begin.

        Args:
            scenarios: what was timed.
            cells: the times, by row and engine.
            missing: the reasons of engines that do not run.
        """
        self.scenarios = scenarios
        self._cells = cells
        self._missing = missing

    def best(self, scenario: Scenario, engine: str) -> float | None:
        """
        The fastest round in nanoseconds an operation, or None where there is none.
        """
        cell = self._cells.get(scenario.key, {}).get(engine)
        return cell.best if cell is not None and cell.timed else None

    def need(self, *engines: str) -> None:
        """
        Check that some engines ran.

        Raises:
            Unmeasured: one of them did not.
        """
        for engine in engines:
            if engine in self._missing:
                raise Unmeasured(f"{engine}: {self._missing[engine]}")

    def of(self, operation: str, names: Iterable[str] | None = None) -> list[Scenario]:
        """
        The layouts of an operation; those of some names alone, where they are given.
        """
        return [
            s
            for s in self.scenarios
            if s.operation == operation and s.group in LAYOUTS and (names is None or s.name in names)
        ]

    def one_byte(self) -> list[str]:
        """
        The names of the layouts whose messages are a byte.
        """
        return [s.name for s in self.of("encode") if {len(raw) for raw in s.data} == {1}]


def ratios(
    times: Times,
    rows: Iterable[Scenario],
    ours: str,
    theirs: str,
    *,
    loop: str = LOOP,
    records: int = 1,
    faster: bool = False,
) -> dict[str, float]:
    """
    Our time over theirs by layout; the greater of that with the loop and that without.

    Args:
        times: of the run.
        rows: the scenarios.
        ours: our engine.
        theirs: the other.
        loop: the engine whose time is that of the loop.
        records: how many operations one turn of our loop does.
        faster: give their time over ours instead, and the least.
    """
    times.need(ours, theirs, loop)
    found = {}
    for s in rows:
        a, b, turn = times.best(s, ours), times.best(s, theirs), times.best(s, loop)
        if a is None or b is None or turn is None:
            continue
        # A call that takes no longer than the loop is below what can be measured.
        bare = max(a - turn / records, 0.01) / max(b - turn, 0.01)
        slower = max(a / b, bare)
        found[s.name] = 1 / slower if faster else slower
    return found


def _over(operation: str, ours: str, theirs: str, **options: Any) -> Callable[[Times], Figures]:
    return lambda times: ratios(times, times.of(operation), ours, theirs, **options)


def _formats(times: Times, rival: str) -> Figures:
    rows = [s for s in times.scenarios if s.group == "formats" and s.operation == "decode"]
    return ratios(times, rows, DECODE, rival, faster=True)


def _encode_each(times: Times, one_byte: bool) -> Figures:
    names = [s.name for s in times.of("encode") if (s.name in times.one_byte()) == one_byte]
    return ratios(times, times.of("encode", names), ENCODE, FLOOR)


def _above(times: Times, ours: str, theirs: str) -> Figures:
    times.need(ours, theirs)
    pairs = {s.name: (times.best(s, ours), times.best(s, theirs)) for s in times.of("decode")}
    return {name: a - b for name, (a, b) in pairs.items() if a is not None and b is not None}


def _pure(times: Times, rival: str) -> Figures:
    return {
        f"{name}, {operation}": ratio
        for operation in ("decode", "encode")
        for name, ratio in ratios(times, times.of(operation), "python", rival).items()
    }


def _core(times: Times, operation: str, wanted: Callable[[Scenario], bool]) -> Figures:
    ours, theirs = REUSED
    times.need(ours, theirs)
    found = {}
    for s in times.scenarios:
        a, b = times.best(s, ours), times.best(s, theirs)
        if (
            s.group not in (*LAYOUTS, *FOUND)
            and s.operation == operation
            and wanted(s)
            and a is not None
            and b is not None
        ):
            found[f"{s.group}/{s.name}".replace("_", " ")] = a / b
    return found


def _is_any(_: Any) -> bool:
    return True


def _is_fixed(s: Scenario) -> bool:
    return s.group in FIXED


def _is_ahead(s: Scenario) -> bool:
    return s.group == "vectors" or (s.group, s.name) == ("mixed", "packet")


def _goals() -> Iterable[Goal]:
    held = _over("decode", DECODE, FLOOR)
    encode = _over("encode", ENCODE, FLOOR)
    yield Goal("calls", "decode, the function held in a name, geometric mean", "<=", 0.45, "F", "mean", held)
    yield Goal("calls", "decode, the function held in a name, each layout", "<=", 0.65, "F", "each", held)
    written = _over("decode", WRITTEN, FLOOR)
    yield Goal("calls", "decode, as Class.from_be_bytes(data), geometric mean", "<=", 0.55, "F", "mean", written)
    yield Goal("calls", "encode, as value.to_be_bytes(), geometric mean", "<=", 0.50, "F", "mean", encode)
    each = partial(_encode_each, one_byte=False)
    yield Goal("calls", "encode, each layout of more than a byte", "<=", 0.80, "F", "each", each)
    each = partial(_encode_each, one_byte=True)
    yield Goal("calls", "encode, each layout of one byte", "<=", 0.95, "F", "each", each)
    above = partial(_above, ours=TRY, theirs=DECODE)
    yield Goal("calls", "try_from_be_bytes above from_be_bytes, each layout", "<=", 25, "ns", "each", above)

    for text, ours, theirs, loop, limit in (
        ("construction with all arguments, each layout", "native:construct", "floor:construct", FIELDS, 1.1),
        ("attributes, over those of __slots__, geometric mean", "native:read", "slots:read", LOOP, 1.05),
        ("==, each layout", "native:equal", "floor:equal", PAIRS, 1.0),
        ("repr, each layout", "native:repr", "floor:repr", LOOP, 1.0),
    ):
        rule: Rule = "mean" if ours == "native:read" else "each"
        yield Goal("objects", text, "<=", limit, "x", rule, _over("decode", ours, theirs, loop=loop))

    many = _over("decode", "native:decode_many", DECODE, records=RECORDS)
    yield Goal("many", "decode_many, a record over from_be_bytes, each layout", "<=", 0.9, "x", "each", many)
    many = _over("encode", "native:encode_many", ENCODE, records=RECORDS)
    yield Goal("many", "encode_many, a record over to_be_bytes, each layout", "<=", 0.7, "x", "each", many)

    for rival, limits in ((NEO, (3.5, 7)), (RUSTRUCT, (8, 12))):
        for (operation, ours), limit in zip((("decode", DECODE), ("encode", ENCODE)), limits, strict=True):
            faster = _over(operation, ours, rival, faster=True)
            yield Goal("rivals", f"{operation} against {rival}, geometric mean", ">=", limit, "x", "mean", faster)
            if rival == NEO:
                yield Goal("rivals", f"{operation} against {rival}, each layout", ">=", 1, "x", "each", faster)

    for rival in PURE:
        name = "bitstruct without C" if rival == "bitstruct:python" else rival.replace("_", "-")
        yield Goal("pure", f"faster than {name}, each layout and way", "<", 1, "x", "each", partial(_pure, rival=rival))
    for operation in ("decode", "encode"):
        over = _over(operation, "python", FLOOR)
        yield Goal("pure", f"{operation}, geometric mean", "<=", 3, "F", "mean", over)

    names = ("construct", "construct compiled", "kaitaistruct")
    for rival, name, least in zip(WRITTEN_FORMATS, names, (20, 20, 5), strict=True):
        figures = partial(_formats, rival=rival)
        yield Goal("formats", f"decode against {name}, each format", ">=", least, "x", "each", figures)

    for text, operation, wanted, sign, limit in (
        ("encoding into one buffer, each scenario", "encode", _is_any, "<", 1),
        ("decoding fixed and nested structs, each scenario", "decode", _is_fixed, "<=", 3),
        ("decoding vectors and the mixed packet", "decode", _is_ahead, "<", 1),
    ):
        figures = partial(_core, operation=operation, wanted=wanted)
        yield Goal("core", text, sign, limit, "x", "each", figures)  # type: ignore[arg-type]  # a sign of those that are known


GOALS = tuple(_goals())


def engines_of(parts: Sequence[str]) -> list[str]:
    """
    Who is timed for some parts, each once.
    """
    return list(dict.fromkeys(engine for part in parts for engine in ENGINES[part]))


def by_scenario(times: Times) -> Iterable[tuple[str, dict[str, float]]]:
    """
    The scenarios by key, with nanoseconds by engine.
    """
    names = dict.fromkeys(engine for part in ENGINES for engine in ENGINES[part])
    for s in times.scenarios:
        found = {engine: ns for engine in names if (ns := times.best(s, engine)) is not None}
        if found:
            yield s.key, found
