"""
Manners of classes that have something to say: methods of the user's, set early or late, mixins, attributes of other kinds.
"""

import functools
import operator
from typing import Any

import pytest
from variants import Frozen

from bebytes import Struct, u8, u16
from bebytes.testing import outcome


class Ordered(Struct, order=True):
    a: u8
    b: u8


def test_methods_set_and_deleted_later() -> None:
    """
    From then on they count, in the class and below it; deleted, those of `Struct` are back.
    """

    class Base(Struct, order=True):
        x: u8

    class Lower(Base):
        pass

    for owner, cls in ((Base, Base), (Base, Lower), (Lower, Lower), (Struct, Frozen)):
        for method, use, value in (
            ("__eq__", lambda record: operator.eq(record, record), "equal"),
            ("__ne__", lambda record: operator.ne(record, record), "unequal"),
            ("__lt__", lambda record: operator.lt(record, record), "less"),
            ("__repr__", repr, "shown"),
            ("__hash__", hash, 5),
        ):
            if (method == "__hash__" and owner is not Lower) or (method == "__lt__" and owner is Struct):
                continue
            before, was_own = outcome(use, cls(1)), vars(owner).get(method)
            setattr(owner, method, lambda *_, value=value: value)
            try:
                assert use(cls(1)) == value
            finally:
                if was_own is None and method != "__hash__":
                    delattr(owner, method)
                else:
                    setattr(owner, method, was_own)
            assert outcome(use, cls(1)) == before
    assert Lower(1) == Lower(1)
    assert Lower(1) < Lower(2)
    assert repr(Lower(1)).endswith("Lower(x=1)")
    assert Frozen(1) == Frozen(1)


def test_methods_of_mixins() -> None:
    """
    Before `Struct` they come first, and whatever they become later; behind it they do not count.
    """

    class Mixin:
        __hash__ = None  # type: ignore[assignment]  # goes with ==

        def __eq__(self, other: object) -> bool:
            return True

        def __repr__(self) -> str:
            return "mixin"

    class Before(Mixin, Struct):
        x: u8

    class Behind(Struct, Mixin):
        x: u8

    class Ordering(Mixin, Struct, order=True):
        x: u8

    assert Before(1) == Before(2)
    assert not Before(1) != Before(2)  # noqa: SIM202 (each operator by itself)
    assert repr(Before(1)) == "mixin"
    assert Behind(1) != Behind(2)
    assert repr(Behind(1)).endswith("Behind(x=1)")
    assert Ordering(1) == Ordering(2)
    assert Ordering(1) < Ordering(2)

    class Plain:
        pass

    class Later(Plain, Struct):
        x: u8

    assert Later(1) != Later(2)
    Plain.__eq__ = lambda self, other: True  # type: ignore[method-assign]  # what a user may do
    assert Later(1) == Later(2)
    del Plain.__eq__
    assert Later(1) != Later(2)


def test_the_users_equality_is_what_unequal_denies() -> None:
    """
    And may ask that of `Struct`; `functools.total_ordering` finds no order that is not the user's.
    """

    @functools.total_ordering
    class Own(Struct):
        x: u8

        def __eq__(self, other: object) -> bool:
            return super().__eq__(other) is True or type(other) is int

        def __lt__(self, other: object) -> bool:
            return isinstance(other, Own) and self.x < other.x

        def __repr__(self) -> str:
            return f"<{super().__repr__()}>"

        def __hash__(self) -> int:
            return self.x

    assert Own(1) == Own(1)
    assert Own(1) == 5
    assert not Own(1) != 5  # noqa: SIM202 (each operator by itself)
    assert Own(1) != Own(2)
    assert Own(1) <= Own(1) < Own(2) >= Own(1)
    assert repr(Own(1)).endswith("Own(x=1)>")
    assert hash(Own(7)) == 7


def test_the_users_unequal_is_no_equality() -> None:
    """
    Each operator has its own method.
    """

    class Own(Struct):
        x: u8

        def __ne__(self, other: object) -> bool:
            return True

    assert Own(300) == Own(300)
    assert Own(300) != Own(300)
    assert Own(300) != Own(301)


def test_methods_as_attributes() -> None:
    """
    Looked up and called, they are what the operators are.
    """
    one: Any = Ordered(1, 2)
    classes: tuple[Any, ...] = (Struct, Ordered)
    for cls in classes:
        assert cls.__eq__(one, Ordered(1, 2)) is True
        assert cls.__ne__(one, Ordered(1, 2)) is False
        assert cls.__eq__(one, 5) is NotImplemented
        assert cls.__repr__(one) == "Ordered(a=1, b=2)"
    assert Ordered.__lt__(one, Ordered(1, 3)) is True
    assert classes[0].__lt__(one, Ordered(1, 3)) is NotImplemented
    assert Frozen.__hash__(Frozen(1, 2)) == hash((1, 2))
    assert Ordered.__hash__ is None
    assert object.__repr__(one).startswith("<test_manners_methods.Ordered object at")
    assert object.__eq__(one, Ordered(1, 2)) is NotImplemented
    assert isinstance(object.__hash__(one), int)


def test_attributes_count_and_not_slots() -> None:
    """
    Where a class reads its fields in a way of its own, now or later, that is what is compared, hashed and printed.
    """

    class Filling(Struct):
        x: u8
        y: u8

        def __getattr__(self, name: str) -> Any:
            return f"no {name}"

    class Doubling(Struct, frozen=True):
        x: u8

        def __getattribute__(self, name: str) -> Any:
            value = super().__getattribute__(name)
            return value % 10 if name == "x" else value

    half, whole = Filling(1, 2), Filling(1, "no y")  # type: ignore[arg-type]  # wrong on purpose
    del half.y
    assert half == whole
    assert repr(half).endswith("Filling(x=1, y='no y')")
    assert Doubling(7) == Doubling(17)
    assert hash(Doubling(7)) == hash((7,))
    assert repr(Doubling(17)).endswith("Doubling(x=7)")

    class Later(Struct):
        x: u8

    class Below(Later):
        y: u8

    assert Below(1, 2) != Below(3, 2)
    slot = Later.__dict__["x"]
    Later.x = property(lambda _: 5)  # type: ignore[assignment]  # what a user may do
    assert Below(1, 2) == Below(3, 2)
    assert repr(Below(1, 2)).endswith("Below(x=5, y=2)")
    Later.x = slot
    assert Below(1, 2) != Below(3, 2)
    assert repr(Below(1, 2)).endswith("Below(x=1, y=2)")


def test_a_class_that_changes_again_and_again() -> None:
    """
    More often than the interpreter counts, and than states are kept at hand; no state is taken for an earlier one.
    """

    class Changing(Struct):
        x: u8
        y: u8

    cls: Any = Changing
    slot = vars(cls)["x"]
    for i in range(1500):
        for _ in range(i % 5):
            cls.other = i
            assert cls(300, 1) == cls(300, 1)
        cls.x = property(lambda _: 5) if i % 2 else slot
        assert (cls(300, 2) == cls(301, 2)) is (i % 2 == 1)
        assert repr(cls(300, 2)).endswith("Changing(x=5, y=2)" if i % 2 else "Changing(x=300, y=2)")


def test_an_object_that_is_given_another_class() -> None:
    """
    It has that one's manners.
    """

    class One(Struct):
        x: u8
        y: u16

    class Two(Struct):
        x: u8
        y: u16

        def __eq__(self, other: object) -> bool:
            return True

        __hash__ = None  # type: ignore[assignment]  # goes with ==

    value: Any = One(1, 2)
    assert value != One(1, 3)
    value.__class__ = Two
    assert repr(value).endswith("Two(x=1, y=2)")
    assert value == One(7, 7)


def test_a_parent_exchanged() -> None:
    """
    What the new one says counts.
    """

    class Quiet:
        pass

    class Loud:
        def __eq__(self, other: object) -> bool:
            return True

        def __repr__(self) -> str:
            return "loud"

        __hash__ = None  # type: ignore[assignment]  # goes with ==

    class Mixed(Quiet, Struct):
        x: u8

    assert Mixed(1) != Mixed(2)
    Mixed.__bases__ = (Loud, Struct)
    assert Mixed(1) == Mixed(2)
    assert repr(Mixed(1)) == "loud"
    Mixed.__bases__ = (Quiet, Struct)
    assert Mixed(1) != Mixed(2)
    assert repr(Mixed(1)).endswith("Mixed(x=1)")


def test_many_classes_in_turn() -> None:
    """
    More than are kept at hand; none takes the manners of another.
    """
    classes: list[Any] = []
    for i in range(200):

        class Numbered(Struct, frozen=True, order=True):
            x: u8
            y: u16 = i

        Numbered.__qualname__ = f"N{i}"
        classes.append(Numbered)
    for _ in range(2):
        for i, cls in enumerate(classes):
            assert cls(300) == cls(300)
            assert cls(300) < cls(301)
            assert hash(cls(300)) == hash((300, i))
            assert repr(cls(300)) == f"N{i}(x=300, y={i})"


def test_hashing_a_deep_struct_is_a_recursion_error() -> None:
    class Node(Struct, frozen=True):
        first: u8
        second: u8

    value = Node(1, 2)
    for _ in range(100_000):
        value = Node(1, value)  # type: ignore[arg-type]  # construction does not check
    with pytest.raises(RecursionError):
        hash(value)
