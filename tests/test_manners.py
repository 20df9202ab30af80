"""
Manners, rule by rule: what compares and hashes structs, as installed and in plain Python, and that both agree.
"""

import operator
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from manners import (
    COMPARISONS,
    INSTALLED,
    NAN,
    NEVER,
    REFERENCE,
    THINGS,
    Broken,
    Counted,
    Doing,
    Kind,
    Manners,
    Never,
    Ordered,
    Shown,
    Text,
    comparisons_of,
    copied,
    frozen,
    ordered,
    tuple_of,
    wide,
)
from variants import Frozen, Frozener, Line, Point

import bebytes
from bebytes import Struct, derived, fields, size, u8
from bebytes.errors import WrongType
from bebytes.testing import outcome, schemas, values


def test_values_compare_as_tuples_do(manners: Manners) -> None:
    """
    All six comparisons of structs with each pair of things in them come to what the tuples come to, errors included.
    """
    for one in THINGS:
        for other in THINGS:
            for left, right in (
                (ordered(one, 1), ordered(copied(other), 2)),
                (ordered(1, one), ordered(1, copied(other))),
            ):
                expected = comparisons_of(INSTALLED, tuple_of(left), tuple_of(right))
                assert comparisons_of(manners, left, right) == expected, (left, right)


@pytest.mark.parametrize("place", range(10))
def test_many_fields_compare_in_order(manners: Manners, place: int) -> None:
    """
    The first field that differs decides, wherever it stands and whatever is equal before it.
    """
    same: list[Any] = [300, "é", b"x", [1, Point(300)], Point(300), Doing(int), 2.5, (1,), {1: 2}, None]
    one, other = wide(*map(copied, same)), wide(*map(copied, same))
    assert comparisons_of(manners, one, other) == comparisons_of(INSTALLED, (1,), (1,))
    for low, high in ((1, 2), ([1], [1, 1]), (ordered(1, 2), ordered(1, 3)), (Text("a"), Text("b"))):
        setattr(one, "abcdefghij"[place], low)
        setattr(other, "abcdefghij"[place], high)
        for name in "abcdefghij"[place + 1 :]:
            setattr(one, name, Broken())
        assert comparisons_of(manners, one, other) == comparisons_of(INSTALLED, (1,), (2,))


def test_identical_values_are_equal(manners: Manners) -> None:
    """
    As in tuples: what is not equal to itself is, in one and the same object.
    """
    assert manners["eq"](ordered(NAN, NEVER), ordered(NAN, NEVER))
    assert not manners["ne"](ordered(NAN, [NEVER]), ordered(NAN, [NEVER]))
    assert not manners["eq"](ordered(NAN, 1), ordered(float("nan"), 1))


def test_order_gives_what_the_values_give(manners: Manners) -> None:
    """
    The result of a value's own method, whatever that is.
    """
    assert manners["lt"](ordered(1, Never()), ordered(1, Never())) == "less"


def test_other_classes_are_left_to_their_own_methods() -> None:
    """
    A subclass, a parent and a class with the same fields are others, in both directions.
    """

    class Lower(Ordered):
        pass

    class Other(Struct, order=True):
        a: u8
        b: u8

    for one, other in ((ordered(1, 2), Lower(1, 2)), (Lower(1, 2), ordered(1, 2)), (ordered(1, 2), Other(1, 2))):
        assert one != other
        assert not one == other  # noqa: SIM201 (each operator by itself)
        for name in ("lt", "le", "gt", "ge"):
            with pytest.raises(TypeError, match="not supported between"):
                INSTALLED[name](one, other)
            assert REFERENCE[name](one, other) is NotImplemented
        for method in ("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__"):
            assert getattr(one, method)(other) is NotImplemented
    assert Lower(1, 2) < Lower(1, 3)
    assert Lower(1, 2) == Lower(1, 2)


def test_an_unset_field_cannot_be_compared_or_hashed(manners: Manners) -> None:
    """
    The error is that of reading it, and comes whatever else differs, on either side.
    """
    for name in ("a", "b"):
        unset, whole = ordered(1, [300]), ordered(2, [300])
        delattr(unset, name)
        with pytest.raises(AttributeError) as expected:
            getattr(unset, name)
        for comparison in COMPARISONS:
            for one, other in ((unset, whole), (whole, unset), (unset, unset)):
                with pytest.raises(AttributeError) as raised:
                    manners[comparison](one, other)
                assert str(raised.value) == str(expected.value)
    unset = frozen(1, 2)
    frozen.__bebytes_slots__[1].__delete__(unset)
    with pytest.raises(AttributeError):
        manners["hash"](unset)


def test_a_derived_number_is_that_of_now(manners: Manners) -> None:
    """
    In comparing and in printing; a number that was assigned is like any.
    """
    assert manners["repr"](Counted(body=b"abc")) == "Counted(n=3, body=b'abc')"
    assert manners["repr"](Counted(n=7, body=b"abc")) == "Counted(n=7, body=b'abc')"
    assert manners["eq"](Counted(body=b"abc"), Counted(n=3, body=b"abc"))
    assert manners["eq"](Counted(n=3, body=b"abc"), Counted(body=b"abc"))
    assert manners["ne"](Counted(body=b"abc"), Counted(n=4, body=b"abc"))
    assert manners["eq"](Counted(n=400, body=b"abc"), Counted(n=400, body=b"abc"))


def test_a_number_that_cannot_be_derived_hinders_nothing(manners: Manners) -> None:
    """
    It compares as None, and is printed as what the field holds.
    """
    untold: Any = Counted(body=5)  # type: ignore[arg-type]  # wrong on purpose
    with pytest.raises(WrongType):
        _ = untold.n
    assert manners["repr"](untold) == "Counted(n=derived, body=5)"
    assert manners["eq"](untold, Counted(n=None, body=5))  # type: ignore[arg-type]  # wrong on purpose
    assert manners["ne"](untold, Counted(n=0, body=5))  # type: ignore[arg-type]  # wrong on purpose


def test_derived_in_another_field_is_a_value(manners: Manners) -> None:
    """
    Only the attribute of a derived field computes.
    """
    assert manners["eq"](Ordered(derived, 1), ordered(derived, 1))
    assert manners["repr"](Ordered(derived, 1)) == "Ordered(a=derived, b=1)"


def test_what_the_users_methods_raise_passes_through(manners: Manners) -> None:
    """
    An AttributeError is no unset field, and nothing stays behind of a call that failed.
    """
    for _ in range(2):
        for comparison in COMPARISONS:
            with pytest.raises(ZeroDivisionError, match="eq"):
                manners[comparison](ordered(1, Broken()), ordered(1, Broken()))
        with pytest.raises(ZeroDivisionError, match="hash"):
            manners["hash"](frozen(Broken()))
        broken = ordered(1, [Broken()])
        for _ in range(2):
            with pytest.raises(AttributeError, match="repr"):
                manners["repr"](broken)
        broken.b = 2
        assert manners["repr"](broken) == "Ordered(a=1, b=2)"
    with pytest.raises(TypeError, match="__repr__ returned non-string"):
        manners["repr"](ordered(1, Shown(5)))


def test_values_are_taken_before_they_are_compared(manners: Manners) -> None:
    """
    A value's `==` that changes the structs, or empties them, has no say in the values that were there.
    """
    for count_of_fields, cls in ((2, ordered), (10, wide)):
        for change in (True, False):
            held: list[Any] = []

            def action(held: list[Any] = held, change: bool = change) -> None:
                for record in held:
                    for f in fields(record):
                        if change:
                            setattr(record, f.name, object())
                        elif hasattr(record, f.name):
                            delattr(record, f.name)

            rest = [[object()] for _ in range(count_of_fields - 1)]
            held += [cls(Doing(action), *rest), cls(Doing(action), *rest)]
            assert manners["eq"](*held)


def test_a_struct_without_fields(manners: Manners) -> None:
    """
    All of its objects are equal.
    """

    class Empty(Struct, order=True):
        pass

    assert manners["eq"](Empty(), Empty())
    assert manners["le"](Empty(), Empty())
    assert not manners["lt"](Empty(), Empty())
    assert manners["repr"](Empty()).endswith("Empty()")


def test_the_hash_is_that_of_the_values(manners: Manners) -> None:
    """
    As of their tuple; a value without one is an error.
    """
    for x in (0, -1, 2**40, "a", b"a", None, 1.5, Frozen(1), Kind.A):
        for value in (frozen(x, 2), Frozener(frozen(x).x, 2, 3)):
            assert manners["hash"](value) == hash(tuple_of(value))

    class Hashable(Struct, frozen=True, kw_only=True):
        n: u8 = derived
        body: bytes = size("n")

    assert manners["hash"](Hashable(body=b"abc")) == hash((3, b"abc"))
    with pytest.raises(TypeError, match="unhashable type: 'list'"):
        manners["hash"](frozen([1]))


def test_no_reference_is_kept_or_lost(manners: Manners) -> None:
    """
    However a comparison ends.
    """
    things: list[Any] = [2**40, "text", [1], Broken(), Never(), Point(300), object(), derived]
    records = [wide(*([0] * i + [thing, *things, 0])[:10]) for thing in things for i in range(3)]
    records += [ordered(1, 2), Counted(body=things[1]), frozen(things[0], things[1])]
    del records[-3].b

    def use() -> None:
        for one in records:
            outcome(manners["repr"], one)
            if isinstance(one, Frozen):
                outcome(manners["hash"], one)
            for other in records:
                if type(one) is type(other):
                    comparisons_of(manners, one, other)

    use()
    counts = [sys.getrefcount(thing) for thing in (*things, *records)]
    for _ in range(3):
        use()
    assert [sys.getrefcount(thing) for thing in (*things, *records)] == counts


@pytest.mark.parametrize("name", ["eq", "ne", "lt"])
def test_circles_compare_as_those_of_lists(manners: Manners, name: str) -> None:
    """
    Not at all, unless they are one and the same.
    """
    one, other = (ordered(1, 2), ordered(1, 2))
    one.b, other.b = [one], [other]
    with pytest.raises(RecursionError):
        manners[name](one, other)
    assert manners[name](one, one) is (name not in ("ne", "lt"))


@pytest.mark.parametrize("name", ["eq", "lt", "repr"])
def test_deep_nesting_is_an_error_and_no_crash(manners: Manners, name: str) -> None:
    """
    Whatever the interpreter's limit is, structs and lists in each other come to it.
    """

    def deep() -> Any:
        value = ordered(1, 300)
        for _ in range(60_000):
            value = ordered(1, [value])
        return value

    one = deep()
    with pytest.raises(RecursionError):
        manners[name](*([one] if name == "repr" else [one, deep()]))
    # Taken apart, as releasing it in one go is deep as well.
    assert manners["repr"](Ordered(1, 2)) == "Ordered(a=1, b=2)"


@settings(max_examples=100)
@given(st.data(), schemas())
def test_both_agree_on_any_struct(data: st.DataObject, cls: type[Struct]) -> None:
    """
    Two values, a value and its copy, and each with fields from the other, or none.
    """
    drawn = [data.draw(values(cls, spelled=True)) for _ in range(2)]
    mixed = bebytes.replace(drawn[0])
    for i, slot in enumerate(cls.__bebytes_slots__):  # type: ignore[attr-defined]  # as above
        change = data.draw(st.sampled_from(("own", "other", "other", "none")), label=f"field {i}")
        if change == "other":
            slot.__set__(mixed, slot.__get__(drawn[1]))
        elif change == "none" and not data.draw(st.integers(0, 3)):
            slot.__delete__(mixed)
    everything = [*drawn, mixed, bebytes.replace(drawn[0])]
    for one in everything:
        assert outcome(INSTALLED["repr"], one) == outcome(REFERENCE["repr"], one)
        assert outcome(type(one).__repr__, one) == outcome(REFERENCE["repr"], one)
        for other in everything:
            for name in ("eq", "ne"):
                same = (
                    REFERENCE[name] if type(one) is type(other) else operator.is_ if name == "eq" else operator.is_not
                )
                assert outcome(INSTALLED[name], one, other) == outcome(same, one, other)


@pytest.mark.skipif("native" not in bebytes.available_backends(), reason="the extension is not there to do it")
def test_plain_structs_need_no_python() -> None:
    """
    Neither compared nor hashed nor printed: not one Python function is called.
    """
    one, other = (Line(Point(300, n), [Point(300, 4)] * 3) for n in (1, 2))
    wides = [wide(300, b"a", "a", 1.5, [300], n, 1, 1, 1, 1) for n in (1, 2)]
    hashable = Frozen(300, 4)
    called: list[str] = []
    sys.setprofile(lambda frame, event, _: called.append(frame.f_code.co_name) if event == "call" else None)
    try:
        _ = (
            one == other,
            one != other,
            wides[0] < wides[1],
            wides[0] == wides[1],
            hash(hashable),
            repr(one),
            repr(wides[0]),
        )
    finally:
        sys.setprofile(None)
    assert called == []


@pytest.mark.skipif("native" not in bebytes.available_backends(), reason="the extension is not there to do it")
def test_other_structs_are_left_to_python() -> None:
    """
    So that the test above can fail.
    """
    unset = Counted(body=b"abc")
    called: list[str] = []
    sys.setprofile(lambda frame, event, _: called.append(frame.f_code.co_name) if event == "call" else None)
    try:
        _ = unset == Counted(body=b"abc")
    finally:
        sys.setprofile(None)
    assert "equal" in called
