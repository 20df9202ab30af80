"""
Engines in Python: what a file of benches/engines provides, how its answers are checked, and the loop that times it.

Such a file has a function `layout(cls, byteorder)` that says in the library's own terms what a struct class declares and
gives a `Layout`, or raises `Unsupported`. Where the library's objects hold less than ours, the file says so in `RAW`: of
"enum", "flags", "bool" (or "bool bit" for all of them but bytes, "bool byte" for all but single bits) and "char" they then
hold the number on the wire, of "text" (or "sized text", of a fixed or computed length) the bytes.
"""

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import repeat
from typing import Any, Protocol

from bebytes import Codec, Struct
from bebytes._derive import Solutions, slot_value, solve_derived
from bebytes._plan import Computed, Data, Fixed, List, Node, Number, Option, Plan, Record
from bebytes._schema import schema_of
from bebytes.fields import derived
from bebytes.scenarios import Scenario, Work
from bebytes.scenarios._model import ByteOrder

CLOCK = time.thread_time_ns
"""
The time that this thread had a processor; on a busy machine, the rest of the time says nothing of the code.
"""

KEPT = 32
"""Scenarios whose inputs are kept, as many as a group has rows; they take turns."""


class Unsupported(Exception):
    """
    What a library cannot express, as a reason that stands for itself: "no bit fields".
    """


class EngineError(Exception):
    """
    An engine that broke off; the text says how.
    """


@dataclass(frozen=True, slots=True)
class Layout:
    """
    A struct class in the terms of a library.

    Attributes:
        encode: the library's object to bytes; the very function that a person would call, as it is timed.
        decode: bytes to the library's object; likewise.
        make: one of our values to the library's object; not timed.
        plain: the library's object to the plain form (`plain_form`) that is compared; not timed.
        source: the declaration as a person would write it, for readers to judge.
        foreign: its bytes are of another format than the scenario's; what it writes is checked by reading it back.
        no_encoding: why it only decodes, or "".
    """

    encode: Callable[[Any], bytes]
    decode: Callable[[bytes], Any]
    make: Callable[[Any], Any]
    plain: Callable[[Any], Any]
    source: str = ""
    foreign: bool = False
    no_encoding: str = ""


class Module(Protocol):
    """
    A file of benches/engines; `RAW`, a collection of str, is optional, and so is `FACTS`, which says more of the engine.
    """

    def layout(self, cls: type[Struct], byteorder: ByteOrder) -> Layout:
        """Say in the library's terms what a struct class declares."""
        ...


class Backend:
    """
    A backend of this package as such a module; it needs no checkout.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def layout(self, cls: type[Struct], byteorder: ByteOrder) -> Layout:
        """
        The codec of the class.
        """
        codec = Codec(cls, byteorder=byteorder, backend=self._name)  # type: ignore[arg-type]  # a name of the table
        plan = schema_of(cls).plan(byteorder)
        # Of a plan that is not plain, the scenario says what is compared.
        return Layout(codec.encode, codec.decode, lambda value: value, lambda record: plain_form(plan, record))


class PythonEngine:
    """
    A module of this process, with a layout for each class that was asked for.
    """

    def __init__(self, name: str, module: Module, facts: dict[str, Any]) -> None:
        self.name = name
        self._module = module
        self._raw: tuple[str, ...] = tuple(getattr(module, "RAW", ()))
        self._layouts: dict[tuple[type, str], Layout | str] = {}
        self._work: dict[Scenario, Work] = {}
        self.facts = (
            facts
            | getattr(module, "FACTS", {})
            | ({"raw": list(self._raw)} if self._raw else {})
            | {"loop_ns": loop_cost()}
        )

    def absent(self, scenario: Scenario) -> str:
        found = self._find(scenario)
        if isinstance(found, str):
            return found
        return found.no_encoding if scenario.operation != "decode" else ""

    def failures(self, scenario: Scenario) -> list[str]:
        layout = self._layout(scenario)
        work = self.work(scenario)
        calls: tuple[Callable[[Any], Any], ...] = (*work.calls, self.plain(scenario))
        answers = self.answers(scenario)
        if scenario.operation == "encode":
            # Bytes, or of another format what they are read as.
            calls = (*work.calls, layout.decode, layout.plain) if layout.foreign else work.calls
            answers = answers if layout.foreign else scenario.data
        outcomes = [outcome(calls, *pair) for pair in zip(work.inputs, answers, strict=True)]
        return [f"input {i}: {outcome}" for i, outcome in enumerate(outcomes) if outcome]

    def answers(self, scenario: Scenario) -> Sequence[Any]:
        """
        What must be found in the scenario's values: their plain forms, or the facts of formats.
        """
        if scenario.facts is not None:
            return list(map(scenario.facts, scenario.values))
        plan = schema_of(scenario.schema).plan(scenario.byteorder)
        return [plain_form(plan, value, self._raw) for value in scenario.values]

    def plain(self, scenario: Scenario) -> Callable[[Any], Any]:
        """
        What gives the same of an object of the library.
        """
        return self._layout(scenario).plain if scenario.facts is None else scenario.facts

    def time(self, scenario: Scenario, operations: int) -> int:
        work = self.work(scenario)
        if len(work.calls) == 2:
            return _time_pair(*work.calls, work.inputs, operations)
        return _time(work.calls[0], work.inputs, operations)

    def work(self, scenario: Scenario) -> Work:
        """
        The calls to make and their inputs; the answers are those of the scenario, in plain form.

        Raises:
            EngineError: the values cannot be made into the library's objects.
        """
        if (kept := self._work.get(scenario)) is not None:
            return kept
        layout = self._layout(scenario)
        inputs: tuple[Any, ...] = scenario.data
        if scenario.operation != "decode" or layout.foreign:
            try:
                inputs = tuple(layout.make(value) for value in scenario.values)
            except Exception as e:
                raise EngineError(f"no object of the library: {type(e).__name__}: {e}") from e
        if scenario.operation == "decode" and layout.foreign:
            inputs = tuple(map(layout.encode, inputs))
        calls = {
            "encode": (layout.encode,),
            "decode": (layout.decode,),
            "round trip": (layout.encode, layout.decode),
        }[scenario.operation]
        work = Work(calls, inputs, ())
        # Of all scenarios, they would be garbage that the collector walks through.
        if len(self._work) == KEPT:
            del self._work[next(iter(self._work))]
        self._work[scenario] = work
        return work

    def layout(self, cls: type[Struct], byteorder: ByteOrder) -> Layout:
        """
        The layout of a class.

        Raises:
            Unsupported: the library cannot express it.
        """
        found = self._layouts.get((cls, byteorder))
        if found is None:
            try:
                found = self._module.layout(cls, byteorder)
            except Unsupported as e:
                found = str(e)
            self._layouts[cls, byteorder] = found
        if isinstance(found, str):
            raise Unsupported(found)
        return found

    def _find(self, scenario: Scenario) -> Layout | str:
        try:
            return self.layout(scenario.schema, scenario.byteorder)
        except Unsupported as e:
            return str(e)
        except Exception as e:
            raise EngineError(f"no layout: {type(e).__name__}: {e}") from e

    def _layout(self, scenario: Scenario) -> Layout:
        found = self._find(scenario)
        if isinstance(found, str):
            raise EngineError(found)
        return found


def plain_form(plan: Plan, record: Any, raw: Collection[str] = (), given: Solutions | None = None) -> tuple[Any, ...]:
    """
    A struct as a tuple of its fields, nested ones and lists likewise, derived numbers as they are on the wire.

    Args:
        plan: of its class.
        record: the struct.
        raw: the kinds of value to give as they are on the wire; see `RAW` above.
        given: numbers for derived fields, from the struct around.

    Raises:
        TypeError: the struct is not of the plan's class.
    """
    if type(record) is not plan.cls:
        raise TypeError(f"a {type(record).__name__} instead of a {plan.name}")
    solutions = {**solve_derived(plan, record), **(given or {})}
    fields = []
    for i, op in enumerate(plan.ops):
        value = slot_value(record, i)
        if value is derived:
            value = solutions[i,]
        inner = {path[1:]: number for path, number in solutions.items() if path[0] == i and len(path) > 1}
        fields.append(_plain_node(op.node, value, raw, inner))
    return tuple(fields)


def _plain_node(node: Node, value: Any, raw: Collection[str], given: Solutions) -> Any:
    match node:
        case Record():
            return plain_form(node.plan, value, raw, given)
        case List():
            return [_plain_node(node.item, item, raw, {}) for item in value]
        case Option():
            return None if value is None else _plain_node(node.node, value, raw, {})
        case Data():
            sized = isinstance(node.length, (Fixed, Computed))
            return value.encode() if node.text and ("text" in raw or (sized and "sized text" in raw)) else value
        case Number():
            if not _is_raw(node, raw):
                return value
            return ord(value) if node.kind == "char" else int(value)


def _is_raw(node: Number, raw: Collection[str]) -> bool:
    if node.kind != "bool":
        return node.kind in raw
    # Bits read as a bool are one thing, a byte that is 0 or 1 another.
    return "bool" in raw or ("bool byte" in raw and node.width > 1) or ("bool bit" in raw and node.width != 8)


def same(one: Any, other: Any) -> bool:
    """
    Whether two plain forms are equal, types included: 1, True and the member of an enum are three values.
    """
    if type(one) is not type(other):
        return False
    if isinstance(one, (tuple, list)):
        return len(one) == len(other) and all(map(same, one, other))
    # The repr tells -0.0 from 0.0, and takes one NaN for another.
    return repr(one) == repr(other) if isinstance(one, float) else bool(one == other)


def outcome(calls: tuple[Callable[[Any], Any], ...], value: Any, answer: Any) -> str:
    """
    What is wrong with the answer that some calls in a row give for a value, or "".
    """
    try:
        for call in calls:
            value = call(value)
    except Exception as e:  # noqa: BLE001 (whatever goes wrong is a wrong answer)
        return f"{type(e).__name__}: {e}"
    return "" if same(value, answer) else f"{_short(value)} instead of {_short(answer)}"


def _short(value: Any) -> str:
    text = value.hex() if isinstance(value, bytes) else repr(value)
    return text if len(text) <= 160 else f"{text[:160]}…"


@cache
def loop_cost() -> float:
    """
    The nanoseconds an operation that the loop around a call takes; the figures of all engines in Python include it.
    """
    inputs = tuple(range(64))
    best = min(_time_nothing(inputs, 64_000) for _ in range(5))
    return best / 64_000


def _time(call: Callable[[Any], Any], inputs: tuple[Any, ...], operations: int) -> int:
    laps, rest = divmod(operations, len(inputs))
    last = inputs[:rest]
    clock = CLOCK
    start = clock()
    for _ in repeat(None, laps):
        for value in inputs:
            call(value)
    for value in last:
        call(value)
    return clock() - start


def _time_pair(
    first: Callable[[Any], Any], second: Callable[[Any], Any], inputs: tuple[Any, ...], operations: int
) -> int:
    laps, rest = divmod(operations, len(inputs))
    last = inputs[:rest]
    clock = CLOCK
    start = clock()
    for _ in repeat(None, laps):
        for value in inputs:
            second(first(value))
    for value in last:
        second(first(value))
    return clock() - start


def _time_nothing(inputs: tuple[Any, ...], operations: int) -> int:
    clock = CLOCK
    start = clock()
    for _ in repeat(None, operations // len(inputs)):
        for _value in inputs:
            pass
    return clock() - start
