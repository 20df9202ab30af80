"""
Instances from their making to their end: memory that is kept for the next one must make no difference.
"""

import gc
import sys
import threading
import weakref
from abc import ABCMeta, abstractmethod
from typing import Any

import pytest

from bebytes import Struct, available_backends, decode_many, u8, u16
from bebytes.fields import field, size


class Pair(Struct):
    left: u8
    right: u16


class Frame(Struct):
    n: u8
    body: bytes = size("n")
    pair: Pair


class Lists(Struct):
    items: list[u8]


class Defaults(Struct):
    items: list[u8] = field(default_factory=list[int])


class Frozen(Struct, frozen=True):
    left: u8


class Below(Pair):
    """No field of its own."""


def test_an_ended_instance_leaves_nothing_to_the_next() -> None:
    for _ in range(300):
        value = Pair(1, 1000)
        reference = weakref.ref(value)
        del value
        assert reference() is None
        new = object.__new__(Pair)
        with pytest.raises(AttributeError):
            _ = new.left
        with pytest.raises(AttributeError):
            _ = new.right
        assert weakref.getweakrefcount(new) == 0


def test_an_ended_instance_releases_its_fields() -> None:
    field: list[int] = []
    before = sys.getrefcount(field)
    held = [Pair(field, field) for _ in range(400)]  # type: ignore[arg-type]  # construction does not check
    assert sys.getrefcount(field) == before + 800
    del held
    assert sys.getrefcount(field) == before


def test_an_ended_instance_releases_its_class() -> None:
    decode_many(Pair, bytes(3))  # makes the codec, which keeps the class
    before = sys.getrefcount(Pair)
    held = decode_many(Pair, bytes(3 * 400))
    grown = sys.getrefcount(Pair)
    del held
    assert grown >= before + 400
    assert sys.getrefcount(Pair) == before


def test_weak_references_are_told() -> None:
    told: list[Any] = []
    value = Frame.from_be_bytes(b"\2ab\1\0\2")
    references = [weakref.ref(value, told.append) for _ in range(3)]
    del value
    assert len(told) == 3
    assert all(reference() is None for reference in references)


def test_cycles_are_collected() -> None:
    value = Pair(0, 0)
    value.left = value  # type: ignore[assignment]  # construction does not check, nor does assignment
    reference = weakref.ref(value)
    del value
    gc.collect()
    assert reference() is None


NATIVE = available_backends()[0] == "native"


@pytest.mark.parametrize(
    ("make", "holds"),
    [
        (lambda: Pair(1, 2), False),
        (lambda: Pair(left=1, right=2), False),
        (lambda: Pair.from_be_bytes(b"\1\0\2"), False),
        (lambda: Frame.from_be_bytes(b"\0\1\0\2").pair, False),
        (lambda: decode_many(Pair, bytes(3))[0], False),
        (lambda: Frame.from_be_bytes(b"\0\1\0\2"), True),
        (lambda: Frame(0, b"", Pair(1, 2)), True),
        (lambda: Pair(1, []), True),  # type: ignore[arg-type]  # construction does not check
        (lambda: Lists.from_be_bytes(b"\1"), True),
        (lambda: Defaults(), True),
        (lambda: object.__new__(Pair), True),
        (lambda: Frozen.from_be_bytes(b"\1"), False),
        (lambda: Frozen([]), True),  # type: ignore[arg-type]
    ],
)
def test_the_collector_is_told_of_instances_that_may_hold_others(make: Any, holds: bool) -> None:
    """
    All others cost nothing in a collection, however many there are.
    """
    assert gc.is_tracked(make()) is (holds or not NATIVE)


@pytest.mark.parametrize("make", [lambda: Pair(1, 2), lambda: Pair.from_be_bytes(b"\1\0\2"), lambda: Below(1, 2)])
def test_the_collector_is_told_once_an_instance_may_hold_others(make: Any) -> None:
    value = make()
    value.left = 5
    assert (value.left, gc.is_tracked(value)) == (5, not NATIVE)
    value.left = [value]
    value.right = []
    assert gc.is_tracked(value)

    reference = weakref.ref(value)
    del value
    gc.collect()
    assert reference() is None


def test_attributes_are_set_and_deleted_as_ever() -> None:
    value = Pair(1, 2)
    del value.left
    with pytest.raises(AttributeError):
        _ = value.left
    value.left = 3
    assert value.left == 3
    with pytest.raises(AttributeError):
        value.other = 1  # type: ignore[attr-defined]
    with pytest.raises(AttributeError):
        del value.other  # type: ignore[attr-defined]
    frozen = Frozen(1)
    object.__setattr__(frozen, "left", 4)  # the usual way in a __post_init__
    assert frozen.left == 4


def test_long_chains_end_without_deep_recursion() -> None:
    chain = Pair(0, 0)
    for _ in range(200_000):
        chain = Pair(0, chain)  # type: ignore[arg-type]
    del chain
    mixed: Any = Pair(0, 0)
    for _ in range(100_000):
        mixed = [Pair(0, mixed)]
    del mixed


def test_a_thread_that_waits_in_a_finalizer_keeps_no_other_from_ending_chains() -> None:
    entered, leave = threading.Event(), threading.Event()

    class Slow:
        def __del__(self) -> None:
            entered.set()
            leave.wait(30)

    def end_slowly(held: list[Any]) -> None:
        held.clear()

    held: list[Any] = [Pair(0, Pair(0, Slow()))]  # type: ignore[arg-type]
    thread = threading.Thread(target=end_slowly, args=(held,))
    thread.start()
    assert entered.wait(30)
    try:
        for _ in range(3):
            last = Pair(0, 0)
            reference = weakref.ref(last)
            chain = last
            for _ in range(500):
                chain = Pair(0, chain)  # type: ignore[arg-type]
            del last, chain
            assert reference() is None
    finally:
        leave.set()
        thread.join()


def test_a_finalized_mark_is_not_handed_on() -> None:
    class Marked(Struct):
        left: u8
        right: u8

        def __del__(self) -> None:
            ended.append(self.left)
            saved.append(self)

    class Unmarked(Struct):
        left: u8
        right: u8

    ended: list[int] = []
    saved: list[Any] = []
    Marked(1, 2)
    value: Any = saved.pop()
    value.__class__ = Unmarked
    del value
    for number in range(3, 8):
        new: Any = Marked(number, 0)
        assert not gc.is_finalized(new)
        del new
        saved.clear()
    assert ended == [1, 3, 4, 5, 6, 7]


def test_an_abstract_class_has_no_instances() -> None:
    class Meta(type(Struct), ABCMeta):  # type: ignore[misc]
        pass

    class Abstract(Struct, metaclass=Meta):  # type: ignore[metaclass]  # what it is made of is known at run time
        left: u8
        right: u8

        @abstractmethod
        def area(self) -> int: ...

    class Concrete(Struct):
        left: u8
        right: u8

    for _ in range(3):
        with pytest.raises(TypeError, match="abstract"):
            Abstract(1, 2)  # type: ignore[abstract]
        with pytest.raises(TypeError, match="abstract"):
            Abstract.from_be_bytes(b"\1\2")
        Concrete(1, 2)


def test_a_finalizer_runs_once_and_may_bring_back_to_life() -> None:
    class Guarded(Struct):
        number: u8

        def __del__(self) -> None:
            calls.append(self.number)
            saved.append(self)

    calls: list[int] = []
    saved: list[Guarded] = []
    for number in range(5):
        Guarded(number)
    assert calls == [0, 1, 2, 3, 4]
    assert [value.number for value in saved] == [0, 1, 2, 3, 4]
    assert all(gc.is_tracked(value) for value in saved)
    saved.clear()
    assert calls == [0, 1, 2, 3, 4]
    assert saved == []


def test_a_finalizer_that_is_added_later_runs() -> None:
    class Late(Struct):
        number: u8

    Late(1)
    calls: list[int] = []
    Late.__del__ = lambda self: calls.append(self.number)  # type: ignore[attr-defined]
    Late(2)
    assert calls == [2]
    del Late.__del__  # type: ignore[attr-defined]
    Late(3)
    assert calls == [2]
    Late.__del__ = lambda self: calls.append(self.number)  # type: ignore[attr-defined]
    for number in range(4, 8):
        Late(number)
    assert calls == [2, 4, 5, 6, 7]


def test_subclasses_with_more_to_them_end_too() -> None:
    class Mixin:
        """With a dictionary."""

    class Mixed(Pair, Mixin):
        more: u8

    class First(Mixin, Pair):
        more: u8

    class Slotted:
        __slots__ = ()

    class Neat(Slotted, Pair):
        more: u8

    for cls in (Mixed, First, Neat):
        field: list[int] = []
        cls(field, field, field)  # type: ignore[arg-type]  # what the class keeps from then on is made
        before = sys.getrefcount(field), sys.getrefcount(cls)
        for _ in range(300):
            value: Any = cls(field, field, field)  # type: ignore[arg-type]
            if hasattr(value, "__dict__"):
                value.extra = field
        del value
        assert (sys.getrefcount(field), sys.getrefcount(cls)) == before


def test_another_class_may_be_assigned() -> None:
    class Other(Pair):
        pass

    before = sys.getrefcount(Other), sys.getrefcount(Pair)
    for _ in range(300):
        value = Pair(1, 2)
        value.__class__ = Other
        assert type(value) is Other
        del value
    assert (sys.getrefcount(Other), sys.getrefcount(Pair)) == before


def test_classes_end_too() -> None:
    class Short(Struct):
        number: u8

    reference = weakref.ref(Short)
    Short.from_be_bytes(b"\1")
    Short(1)
    del Short
    gc.collect()
    assert reference() is None


@pytest.mark.skipif("native" not in available_backends(), reason="the extension is not there")
def test_kept_memory_is_given_back() -> None:
    from bebytes._core import release_kept_memory

    held = decode_many(Pair, bytes(3 * 1000))
    del held
    release_kept_memory()
    assert release_kept_memory() == 0
    Pair(1, 2)
    assert release_kept_memory() == 1
    value = Pair(1, 2)
    assert (value.left, value.right) == (1, 2)


@pytest.mark.skipif("native" not in available_backends(), reason="the extension is not there")
def test_no_more_than_some_memory_is_kept() -> None:
    from bebytes._core import release_kept_memory

    release_kept_memory()
    held = decode_many(Pair, bytes(3 * 10_000))
    del held
    assert 0 < release_kept_memory() < 5000


@pytest.mark.skipif("native" not in available_backends(), reason="the extension is not there")
def test_what_was_found_on_a_class_is_looked_up_anew_once_it_changes() -> None:
    class Changing(Struct):
        number: u16

    class Below(Changing):
        more: u8

    value, below = Changing(258), Below(258, 3)
    assert [value.to_be_bytes() for _ in range(3)] == [b"\1\2"] * 3
    assert [below.to_be_bytes() for _ in range(3)] == [b"\1\2\3"] * 3
    codec = Changing.__bebytes_be__  # type: ignore[attr-defined]
    for _ in range(3):
        Changing.__bebytes_be__ = None  # type: ignore[attr-defined]
        with pytest.raises(TypeError, match="no layout"):
            value.to_be_bytes()
        assert value.to_le_bytes() == b"\2\1"
        assert below.to_be_bytes() == b"\1\2\3"
        Changing.__bebytes_be__ = codec  # type: ignore[attr-defined]
        assert value.to_be_bytes() == b"\1\2"


def test_many_classes_encode_in_turn() -> None:
    def make(i: int) -> type[Struct]:
        class Made(Struct):
            first: u8
            second: u16 = i

        return Made

    for _ in range(3):
        values: list[Any] = [make(i)(i % 256) for i in range(300)]  # type: ignore[call-arg]
        for _ in range(2):
            assert [v.to_be_bytes() for v in values] == [bytes([i % 256, *divmod(i, 256)]) for i in range(300)]
            assert [v.to_le_bytes() for v in values] == [bytes([i % 256, i % 256, i // 256]) for i in range(300)]
        del values
        gc.collect()
