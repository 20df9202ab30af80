"""
Ways of calling: an engine timed in the words that a person writes, where `_layouts` times a function held in a name.

The name of a way is that of its engine and its own, as `native:written`. Its loop is made of the text of the call, as the
module `timeit` makes its own, so that nothing is called but what stands there.
"""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import repeat
from types import SimpleNamespace
from typing import Any, NamedTuple

import bebytes
from bebytes._schema import schema_of
from bebytes.scenarios import Scenario

from ._layouts import CLOCK, EngineError, Layout, Module, PythonEngine, Unsupported, outcome

Loop = Callable[[Any, Sequence[Any], int], int]
"""Takes what `call` is, the inputs, and how many of them to take in turn; gives the nanoseconds."""

ELSEWHERE = "another operation's"
"""Why a way does nothing on a scenario that is not of its operation."""

READS = 24
"""How many attributes are read in a turn of the loop, at least."""

_LOOP = """\
def loop(call, inputs, operations):
    laps, rest = divmod(operations, len(inputs))
    last = inputs[:rest]
    start = CLOCK()
    for _ in repeat(None, laps):
        for {targets} in inputs:
            {statement}
    for {targets} in last:
        {statement}
    return CLOCK() - start


def once(call, given):
    {targets} = given
    return {expression}
"""


class _Call(NamedTuple):
    """
    A way on a scenario.

    Attributes:
        expression: the call, of `call` and of the names in `targets`.
        inputs: what the targets stand for, in turn.
        answers: what the results are, in plain form.
        call: what `call` is.
        plain: the plain form of a result.
        targets: the names that an input is given.
        statement: what is timed, where that is not the expression.
        records: how many operations the expression is.
    """

    expression: str
    inputs: Sequence[Any]
    answers: Sequence[Any]
    call: Any = None
    plain: Callable[[Any], Any] = lambda result: result
    targets: str = "value"
    statement: str = ""
    records: int = 1


class _Given(NamedTuple):
    """
    What a way is made from: the scenario, its layout for the engine, the engine's objects, their plain forms, what gives them.
    """

    scenario: Scenario
    layout: Layout
    objects: tuple[Any, ...]
    answers: tuple[Any, ...]
    plain: Callable[[Any], Any]

    @property
    def cls(self) -> Any:
        """
        The class of the engine's objects.
        """
        return type(self.objects[0])

    @property
    def names(self) -> list[str]:
        """
        The names of its fields.
        """
        return [op.name for op in schema_of(self.scenario.schema).plan(self.scenario.byteorder).ops]

    def method(self, form: str) -> str:
        """
        The method of our classes for the byte order: `from_{}_bytes` is from_be_bytes; where the class fixes it, from_bytes.
        """
        if schema_of(self.scenario.schema).options.byteorder is not None:
            return form.replace("{}_", "")
        return form.format("be" if self.scenario.byteorder == "big" else "le")


def _held(given: _Given) -> _Call:
    call = getattr(given.cls, given.method("from_{}_bytes"))
    return _Call("call(value)", given.scenario.data, given.answers, call, given.plain)


def _written(given: _Given) -> _Call:
    expression = f"call.{given.method('from_{}_bytes')}(value)"
    return _Call(expression, given.scenario.data, given.answers, given.cls, given.plain)


def _tried(given: _Given) -> _Call:
    answers = [(answer, len(raw)) for answer, raw in zip(given.answers, given.scenario.data, strict=True)]
    call = getattr(given.cls, given.method("try_from_{}_bytes"))

    def plain(result: tuple[Any, int]) -> tuple[Any, int]:
        return given.plain(result[0]), result[1]

    return _Call("call(value)", given.scenario.data, answers, call, plain)


def _decoded_many(given: _Given) -> _Call:
    scenario = given.scenario
    joined = b"".join(scenario.data)
    call = partial(bebytes.decode_many, given.cls, byteorder=scenario.byteorder)
    if len(_records(call, joined)) != len(scenario.data):
        raise Unsupported("a record takes the rest of the input, so that no other can follow it")

    def plain(results: list[Any]) -> list[Any]:
        return list(map(given.plain, results))

    records = len(scenario.data)
    return _Call("call(value)", (joined,), (list(given.answers),), call, plain, records=records)


def _encoded_many(given: _Given) -> _Call:
    joined = b"".join(given.scenario.data)
    call = partial(bebytes.encode_many, byteorder=given.scenario.byteorder)
    _records(call, given.objects)
    return _Call("call(value)", (list(given.objects),), (joined,), call, records=len(given.objects))


def _records(call: Callable[[Any], Any], given: Any) -> Any:
    try:
        return call(given)
    except bebytes.errors.SchemaError as e:
        raise Unsupported(str(e)) from None


def _method(given: _Given) -> _Call:
    return _Call(f"value.{given.method('to_{}_bytes')}()", given.objects, given.scenario.data)


def _fields(given: _Given) -> list[tuple[Any, ...]]:
    return [tuple(getattr(value, name) for name in given.names) for value in given.objects]


def _locals(given: _Given) -> str:
    return "".join(f"{name}_, " for name in given.names)


def _constructed(given: _Given) -> _Call:
    targets = _locals(given)
    return _Call(f"call({targets})", _fields(given), given.answers, given.cls, given.plain, targets)


def _read(given: _Given) -> _Call:
    # As many that the clock tells them from the loop.
    reads = [f"value.{name}" for name in given.names] * (READS // len(given.names) + 1)
    answers = [fields * (READS // len(fields) + 1) for fields in _fields(given)]
    return _Call(f"({', '.join(reads)},)", given.objects, answers, statement="; ".join(reads))


def _pairs(given: _Given) -> list[tuple[Any, Any]]:
    # Equal, and not the same objects.
    return [(value, given.layout.decode(raw)) for value, raw in zip(given.objects, given.scenario.data, strict=True)]


def _compared(given: _Given) -> _Call:
    return _Call("one == other", _pairs(given), [True] * len(given.objects), targets="one, other")


def _printed(given: _Given) -> _Call:
    answers = [repr(other) for _, other in _pairs(given)]
    return _Call("call(value)", given.objects, answers, repr)


def _nothing(make: Callable[[_Given], Sequence[Any]], targets: Callable[[_Given], str]) -> Callable[[_Given], _Call]:
    # The loop without the call, over the inputs of a way.
    def loop(given: _Given) -> _Call:
        return _Call("None", make(given), [None] * len(given.objects), targets=targets(given), statement="pass")

    return loop


class _Way(NamedTuple):
    """
    A way of calling.

    Attributes:
        about: what is called, for readers.
        operation: whose scenarios it is timed on; "" for both, with the engine's own functions.
        make: the call; None for the engine's own functions.
        layout: the function of the engine's file that gives the layout.
    """

    about: str
    operation: str = "decode"
    make: Callable[[_Given], _Call] | None = None
    layout: str = "layout"


_WAYS = {
    "native:held": _Way("from_be_bytes, held in a name", make=_held),
    "native:written": _Way("Class.from_be_bytes(data)", make=_written),
    "native:try": _Way("try_from_be_bytes, held in a name", make=_tried),
    "native:decode_many": _Way("decode_many, a record of 64", make=_decoded_many),
    "native:method": _Way("value.to_be_bytes()", "encode", _method),
    "native:encode_many": _Way("encode_many, a record of 64", "encode", _encoded_many),
    "native:construct": _Way("the class called with all arguments", make=_constructed),
    "floor:construct": _Way("the same msgspec.Struct", make=_constructed, layout="tracked"),
    "native:read": _Way("all attributes read", make=_read),
    "slots:read": _Way("the same of a class with __slots__", make=_read),
    "native:equal": _Way("== of two equal objects", make=_compared),
    "floor:equal": _Way("the same of msgspec.Struct", make=_compared, layout="tracked"),
    "native:repr": _Way("repr", make=_printed),
    "floor:repr": _Way("the same of msgspec.Struct", make=_printed, layout="tracked"),
    "native:loop": _Way("the loop without a call", "", _nothing(lambda given: given.objects, lambda _: "value")),
    "native:loop of pairs": _Way("the same over pairs", make=_nothing(_pairs, lambda _: "one, other")),
    "native:loop of fields": _Way("the same over the fields", make=_nothing(_fields, _locals)),
    "bitstruct:python": _Way("bitstruct without its C extension", "", layout="plain_layout"),
    "construct:uncompiled": _Way("construct without compile(), on formats", "", layout="plain_layout"),
}

NAMES = tuple(_WAYS)
"""All ways of the engines that run in Python."""

ABOUT = {name: way.about for name, way in _WAYS.items()}


class WayEngine(PythonEngine):
    """
    A way of an engine, as an engine.
    """

    def __init__(self, name: str, module: Module, facts: dict[str, Any]) -> None:
        self._way = _WAYS[name]
        layout = getattr(module, self._way.layout)
        made: Any = SimpleNamespace(layout=layout, RAW=getattr(module, "RAW", ()))
        super().__init__(name, made, facts)
        self._calls: dict[Scenario, tuple[_Call, Loop, Callable[[Any, Any], Any]]] = {}

    def absent(self, scenario: Scenario) -> str:
        if self._way.operation not in ("", scenario.operation):
            return ELSEWHERE
        if reason := super().absent(scenario):
            return reason
        try:
            if self._way.make is not None:
                self._made(scenario)
        except Unsupported as e:
            return str(e)
        return ""

    def failures(self, scenario: Scenario) -> list[str]:
        if self._way.make is None:
            return super().failures(scenario)
        call, _, once = self._made(scenario)
        calls: tuple[Callable[[Any], Any], ...] = (partial(once, call.call), call.plain)
        outcomes = [outcome(calls, *pair) for pair in zip(call.inputs, call.answers, strict=True)]
        return [f"input {i}: {text}" for i, text in enumerate(outcomes) if text]

    def time(self, scenario: Scenario, operations: int) -> int:
        if self._way.make is None:
            return super().time(scenario, operations)
        call, loop, _ = self._made(scenario)
        if call.records == 1:
            return loop(call.call, call.inputs, operations)
        calls = max(1, operations // call.records)
        return loop(call.call, call.inputs, calls) * operations // (calls * call.records)

    def _made(self, scenario: Scenario) -> tuple[_Call, Loop, Callable[[Any, Any], Any]]:
        # Kept, all of them: the rows of a group take turns.
        if scenario not in self._calls:
            assert self._way.make is not None, "else the engine's own functions are called"
            layout = self._layout(scenario)
            try:
                objects = tuple(layout.make(value) for value in scenario.values)
                given = _Given(scenario, layout, objects, tuple(self.answers(scenario)), self.plain(scenario))
                call = self._way.make(given)
            except Unsupported:
                raise
            except Exception as e:
                raise EngineError(f"no call: {type(e).__name__}: {e}") from e
            # A loop for each: the interpreter makes the code of a call fit what is called.
            text = _LOOP.format(
                targets=call.targets, statement=call.statement or call.expression, expression=call.expression
            )
            defined: dict[str, Any] = {"CLOCK": CLOCK, "repeat": repeat}
            exec(compile(text, f"<{self.name}>", "exec"), defined)  # noqa: S102 (we wrote it)
            self._calls[scenario] = call, defined["loop"], defined["once"]
        return self._calls[scenario]
