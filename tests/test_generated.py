"""
Generated source against the readable runner, its oracle: the same outcomes, errors included, for whatever comes.

How single values are treated is in `test_generated_values.py`.
"""

import array
import enum
import linecache
import os
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from typing import Annotated, Any

import pytest
from generated_runs import ORDERS, Detour, both, declared, same_decoding, same_encoding, straight
from hypothesis import given, settings
from hypothesis import strategies as st
from test_generated_values import Kind, Lists

import bebytes
from bebytes import (
    Struct,
    _generated,
    bits,
    char,
    count,
    derived,
    errors,
    f64,
    i16,
    i32,
    i128,
    scenarios,
    size,
    u8,
    u16,
    u128,
)
from bebytes._schema import schema_of
from bebytes.testing import damaged, encodings, outcome, schemas, values, wrong_values

# Whatever is drawn


@settings(max_examples=130)
@given(st.data(), schemas(), st.sampled_from(ORDERS))
def test_decoding_is_that_of_the_readable_runner(data: st.DataObject, cls: type[Struct], byteorder: Any) -> None:
    """Good bytes, several records, and damaged bytes."""
    records = data.draw(st.lists(encodings(cls, byteorder), max_size=3))
    same_decoding(cls, b"".join(records), byteorder)
    for _ in range(3):
        same_decoding(cls, data.draw(damaged(cls, byteorder)), byteorder)


@settings(max_examples=130)
@given(st.data(), schemas(), st.sampled_from(ORDERS))
def test_encoding_is_that_of_the_readable_runner(data: st.DataObject, cls: type[Struct], byteorder: Any) -> None:
    """Values in every spelling, and values with a wrong field."""
    same_encoding(data.draw(values(cls, spelled=True)), byteorder)
    if bebytes.fields(cls):
        same_encoding(data.draw(wrong_values(cls)), byteorder)


@pytest.mark.parametrize("group", scenarios.GROUPS)
def test_all_that_is_measured_goes_straight(group: str) -> None:
    """What the scenarios decode and encode needs no second way."""
    for scenario in scenarios.load([group]):
        # What goes beyond plain plans is left to the readable runner.
        if isinstance(scenario, scenarios.Absent) or not schema_of(scenario.schema).plan(scenario.byteorder).plain:
            continue
        work = scenario.work("python")
        runner = straight(scenario.schema, scenario.byteorder)
        for given_input, answer in zip(work.inputs, work.answers, strict=True):
            result = given_input
            for call in work.calls:
                result = getattr(runner, call.__name__)(result)
            assert result == answer


class Item(Struct):
    n: u8
    body: bytes = size("n")


class Items(Struct):
    n: u8 = derived
    items: list[Item] = count("n", default_factory=list)


def test_a_list_that_another_thread_changes_meanwhile() -> None:
    """Lengths are those of what was written, not of what the list once had."""

    def meanwhile(change: Callable[[], Any], value: Struct, at: int) -> bytes:
        runner = straight(type(value))
        runner.encode(value)
        lines = 0

        def trace(frame: Any, event: str, _: Any) -> Any:
            nonlocal lines
            if not frame.f_code.co_filename.startswith("<bebytes"):
                return None
            if event == "line":
                lines += 1
                if lines == at:
                    change()
            return trace

        before = sys.gettrace()
        sys.settrace(trace)
        try:
            return runner.encode(value)
        except Detour:
            return b""
        finally:
            sys.settrace(before)

    for at in range(1, 40):
        items = [Item(1, b"a"), Item(1, b"b")]
        raw = meanwhile(partial(items.append, Item(1, b"c")), Items(items=items), at)
        assert not raw or Items.from_be_bytes(raw).items in (items, items[:2])
        numbers = [1, 2]
        value = Lists(counted=numbers, kinds=[Kind.B] * 2, truths=[True] * 2)
        raw = meanwhile(partial(numbers.append, 3), value, at)
        assert not raw or Lists.from_be_bytes(raw).counted in ([1, 2], [1, 2, 3])


# Structs


class Inner(Struct):
    a: u8
    b: u16


class Outer(Struct):
    inner: Inner
    many: list[Inner] = count(2)


class Plainer(Inner):
    pass


class Longer(Inner):
    c: u8 = 0


class Pretender:
    __class__ = Inner  # type: ignore[assignment]
    a = 1
    b = 2
    _bebytes_a = 1
    _bebytes_b = 2


@pytest.mark.parametrize("inner", [Inner(1, 2), Plainer(1, 2), Longer(1, 2, 3), Pretender(), None, (1, 2)], ids=repr)
def test_structs_of_other_classes(inner: Any) -> None:
    """A subclass without fields of its own is taken, one with more and what only claims the class are refused."""
    same_encoding(Outer(inner, [Inner(1, 2)] * 2))
    same_encoding(Outer(Inner(1, 2), [Inner(1, 2), inner]))
    same_encoding(inner, cls=Inner)


def test_unset_slots_and_lookups_of_the_user() -> None:
    """What a class answers for its attributes is not what its slots hold."""

    class Answering(Struct):
        x: u8
        y: u8

        def __getattr__(self, name: str) -> Any:
            return 7

    class Looking(Struct):
        x: u8
        y: u8

        def __getattribute__(self, name: str) -> Any:
            return 7

    class Unset(Struct):
        x: u8
        y: u8

    for cls in (Answering, Looking, Unset):
        value = cls(1, 2)
        assert straight(cls).encode(value) == b"\1\2"
        del value.y
        assert same_encoding(value)[2:] == (("y",), 8, ((str, "an int"), (str, "nothing (unset)")))


def test_attributes_that_are_replaced_later() -> None:
    """What a class is given in place of a field changes nothing about the bytes, before or after the first use."""

    class Early(Struct):
        x: u8

    class Late(Struct):
        x: u8

    runner, value = straight(Late), Late(3)
    assert runner.encode(value) == b"\3"
    for cls in (Early, Late):
        cls.x = property(lambda self: 9)  # type: ignore[assignment]
    assert runner.encode(value) == b"\3"
    assert schema_of(Late).cls.__bebytes_slots__[0].__get__(runner.decode(b"\5")) == 5  # type: ignore[attr-defined]
    early = Early(3)
    assert straight(Early).encode(early) == b"\3"


def test_frozen_classes_are_filled() -> None:
    """Reading passes by what refuses assignment; subclasses and their parents alike."""

    class Parent(Struct, frozen=True, kw_only=True):
        n: u8 = derived
        body: bytes = size("n")

    class Child(Parent, frozen=True, kw_only=True):
        tail: u16 = 0

    for cls, data in ((Parent, b"\2ab"), (Child, b"\2ab\0\7")):
        runner = straight(cls)
        value = runner.decode(data)
        assert (value.n, value.body) == (2, b"ab")
        assert runner.encode(value) == data
        with pytest.raises(AttributeError):
            value.body = b""


def test_names_that_mean_something_elsewhere() -> None:
    """Fields called like builtins, like names of the source, like its names for slots, in other alphabets, private."""

    class Names(Struct, kw_only=True):
        type: u8
        len: u8
        data: u8
        value: u8
        record_1: u8
        Odd: u8
        slow: u8
        größe: u8
        x: u8
        _bebytes_x: u8
        __private: u8
        n: u8 = derived
        body: bytes = size("n")

    names = [f.name for f in bebytes.fields(Names)][:-2]
    value = Names(**dict(zip(names, range(len(names)), strict=True)), body=b"hi")
    raw = same_encoding(value)[1][1]
    assert raw == bytes(range(len(names))) + b"\2hi"
    assert straight(Names).encode(value) == raw
    assert straight(Names).decode(raw) == value
    assert same_decoding(Names, raw)[0] == "value"


# Many records


def test_errors_of_many_say_which_record() -> None:
    """Whether encoding or decoding, the index and the place in the whole are in the error."""
    generated, readable = both(Items)
    records = [Items(items=[Item(1, b"a")]), Items(items=[Item(1, b"a"), Item(2, b"a")])]
    for run in (generated, readable):
        with pytest.raises(errors.LengthMismatch) as caught:
            run.encode_many(records)
        assert (caught.value.path, caught.value.offset) == ((1, "items", 1, "body"), 56)
        with pytest.raises(errors.InsufficientData) as bad:
            run.decode_many(b"\1\1a\1\2a")
        assert (bad.value.path, bad.value.offset) == ((1, "items", 0, "body"), 40)


def test_records_go_on_behind_one_that_was_odd() -> None:
    """A union of flags that no table has yet is for the readable runner; the records behind it are not."""

    class Fresh(enum.IntFlag):
        A = 1
        B = 2

    class Holder(Struct):
        flags: Fresh

    generated, _ = both(Holder)
    asked: list[int] = []
    scope = generated.decode_many.__globals__
    slow = scope["slow_decode_at"]

    def counting(data: bytes, start: int, path: Any) -> Any:
        asked.append(start)
        return slow(data, start, path)

    scope["slow_decode_at"] = counting
    assert [r.flags for r in generated.decode_many(b"\1\3\2\3\0\3")] == [1, 3, 2, 3, 0, 3]
    assert asked == [1, 4]


def test_encoding_into_a_buffer_leaves_the_rest_alone() -> None:
    """Too small, begun outside, read-only, of other types: the same outcome, and nothing half-written."""
    generated, readable = both(Inner)
    kinds: list[Callable[[int], Any]] = [
        bytearray,
        bytes,
        lambda n: memoryview(bytearray(n)),
        lambda n: memoryview(bytearray(2 * n))[::2],
        lambda n: array.array("H", bytes(n)),
        lambda n: [0] * n,
    ]
    for make in kinds:
        for length in (2, 4, 8):
            for offset in (0, 1, 2, 5, 6, -1, True, 1.0, None, 2**70):
                buffers: Any = make(length), make(length)
                into = outcome(generated.encode_into, Inner(1, 2), buffers[0], offset)
                assert into == outcome(readable.encode_into, Inner(1, 2), buffers[1], offset)
                assert bytes(buffers[0]) == bytes(buffers[1])
    buffer = bytearray(5)
    assert straight(Inner).encode_into(Inner(1, 2), buffer, offset=1) == 3
    assert buffer == b"\0\1\0\2\0"


# How they are made


def test_functions_that_are_held_are_made_at_the_first_call() -> None:
    """Nothing is generated before it is needed; what was held before is the function itself then."""
    generated, _ = both(Inner)
    held = generated.decode
    assert generated.sources == {}
    assert held(b"\1\0\2") == Inner(1, 2)
    assert list(generated.sources) == ["decode"]
    assert held is generated.decode
    file = held.__code__.co_filename
    assert file == "<bebytes Inner big decode>"
    assert linecache.getlines(file) == generated.sources["decode"].splitlines(keepends=True)
    assert "struct.Struct('>BH').unpack" in generated.sources["decode"]


def test_plans_that_are_too_much_are_run_by_the_readable_runner() -> None:
    """Loops deeper than Python takes, integers wider than is wise, sizes that double with each level."""

    class Leaf(Struct):
        n: u8

    deep: Any = Leaf
    value: Any = Leaf(1)
    for _ in range(15):
        deep = declared("Deep", {"n": u8, "xs": list[deep]}, xs=count("n"))
        value = deep(1, [value])
    twin: Any = Leaf
    for _ in range(12):
        twin = declared("Twin", {"a": twin, "b": twin})
    names = {f"f{i}": u8 for i in range(80)}
    wide = {name: bits(8) for name in names}
    crossing = declared("Crossing", {"a": u8, **names, "z": u8}, a=bits(1), z=bits(7), **wide)
    for cls, data in ((deep, b"\1" * 16), (twin, bytes(4096)), (crossing, bytes(range(81)))):
        generated, readable = both(cls)
        assert generated.encode(generated.decode(data)) == data
        assert generated.sources == {"decode": "", "encode": ""}
        assert outcome(generated.decode, data[:-1]) == outcome(readable.decode, data[:-1])
    assert both(deep)[0].encode(value) == b"\1" * 16


def test_plans_that_are_large_are_not_too_much() -> None:
    """Structs inside structs as deep as they may be, a thousand fields, a run of bits of a hundred fields."""
    nested: Any = Inner
    for _ in range(120):
        nested = declared("Nested", {"inner": nested})
    long = declared("Long", {f"f{i}": u16 for i in range(1000)})
    run = {f"f{i}": u8 for i in range(104)}
    odd = declared("Run", run, **{name: bits(3) for name in run})
    for cls in (nested, long, odd):
        for byteorder in ORDERS:
            data = bytes(i % 251 for i in range(schema_of(cls).plan("big").minimum))
            runner = straight(cls, byteorder)
            assert runner.encode(runner.decode(data)) == data
            assert same_decoding(cls, data, byteorder)[0] == "value"


def test_a_stack_that_is_nearly_full_is_no_reason_to_stay_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no room to generate, the readable runner does the call, and the next one may generate."""
    generated, _ = both(Inner)

    def full(plan: Any) -> Any:
        raise RecursionError

    with monkeypatch.context() as patch:
        patch.setitem(_generated._WRITERS, "decode", ("data", full))
        assert generated.decode(b"\1\0\2") == Inner(1, 2)
    assert generated.sources == {}
    assert generated.decode(b"\1\0\2") == Inner(1, 2)
    assert list(generated.sources) == ["decode"]


def test_neither_importing_nor_declaring_brings_in_the_generator() -> None:
    """The room is entered when something is decoded or encoded."""
    script = (
        "import sys, bebytes\n"
        "class Inner(bebytes.Struct):\n    a: bebytes.u8\n"
        "assert not [n for n in sys.modules if n.startswith('bebytes._gen')]\n"
        "assert Inner.from_be_bytes(b'x').to_be_bytes() == b'x'\n"
        "assert 'bebytes._generated' in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, env={**os.environ, "BEBYTES_BACKEND": "python"})


def test_annotated_carriers_and_options_go_straight() -> None:
    """Enums of other widths and options of every kind, both ways."""

    class Carried(Struct, kw_only=True):
        wide: Annotated[Kind, u128] = Kind.A
        signed: Annotated[Kind, i16] = Kind.A
        number: i32 | None = None
        truth: bool | None = None
        kind: Kind | None = None
        letter: char | None = None
        real: f64 | None = None
        huge: i128 | None = None
        raw: bytes | None = size(3, default=None)

    full = Carried(
        wide=Kind.C, signed=Kind.C, number=-5, truth=False, kind=Kind.C, letter="é", real=-2.5, huge=-1, raw=b"abc"
    )
    for byteorder in ORDERS:
        runner = straight(Carried, byteorder)
        for value in (full, Carried()):
            raw = same_encoding(value, byteorder)[1][1]
            assert runner.encode(value) == raw
            assert runner.decode(raw) == value
            for i in range(len(raw)):
                same_decoding(Carried, raw[:i] + bytes([raw[i] ^ 2]) + raw[i + 1 :], byteorder)
