"""
Manners, rule by rule: what compares, hashes and prints structs, as installed and in plain Python, and that both agree.
"""

import math
import operator
import sys
from collections.abc import Callable
from enum import IntEnum
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from variants import Frozen, Frozener, Line, Point

import bebytes
from bebytes import Struct, _manners, derived, fields, size, u8
from bebytes.errors import WrongType
from bebytes.testing import outcome, schemas, values

Manners = dict[str, Callable[..., Any]]

INSTALLED: Manners = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
    "repr": repr,
    "hash": hash,
}
REFERENCE: Manners = {
    "eq": _manners.equal,
    "ne": lambda one, other: not _manners.equal(one, other),
    "lt": _manners.less,
    "le": _manners.less_or_equal,
    "gt": _manners.greater,
    "ge": _manners.greater_or_equal,
    "repr": _manners.represent,
    "hash": _manners.hashed,
}
COMPARISONS = ("eq", "ne", "lt", "le", "gt", "ge")


@pytest.fixture(params=[INSTALLED, REFERENCE], ids=["installed", "reference"])
def manners(request: pytest.FixtureRequest) -> Manners:
    """
    The manners of the default backend, and those in plain Python.
    """
    return cast("Manners", request.param)


class Ordered(Struct, order=True):
    a: u8
    b: u8


class Counted(Struct, kw_only=True):
    n: u8 = derived
    body: bytes = size("n")


class Wide(Struct, order=True):
    """More fields than a comparison keeps on the stack."""

    a: u8
    b: u8
    c: u8
    d: u8
    e: u8
    f: u8
    g: u8
    h: u8
    i: u8
    j: u8


class Kind(IntEnum):
    A = 1
    B = 2


class Text(str):
    __slots__ = ()


class Never:
    """Equal to nothing, itself included, and always less."""

    __hash__ = None  # type: ignore[assignment]  # not to be hashed

    def __eq__(self, other: object) -> bool:
        return False

    def __lt__(self, other: object) -> Any:
        return "less"


class Broken:
    def __eq__(self, other: object) -> bool:
        raise ZeroDivisionError("eq")

    def __lt__(self, other: object) -> bool:
        raise ZeroDivisionError("lt")

    def __hash__(self) -> int:
        raise ZeroDivisionError("hash")

    def __repr__(self) -> str:
        raise AttributeError("repr")


class Doing:
    """Does something when it is compared or printed; equal to all."""

    def __init__(self, action: Callable[[], object]) -> None:
        self.action = action

    def __eq__(self, other: object) -> bool:
        self.action()
        return True

    def __repr__(self) -> str:
        self.action()
        return "doing"

    def __hash__(self) -> int:
        return 0


class Shown:
    def __init__(self, text: Any) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text  # type: ignore[no-any-return]  # a test gives what is no text


def tuple_of(record: Struct) -> tuple[Any, ...]:
    return tuple(getattr(record, f.name) for f in fields(record))


# Construction takes anything, which type checkers need not like.
ordered: Any = Ordered
wide: Any = Wide
frozen: Any = Frozen

NEVER = Never()
NAN = math.nan
THINGS = [
    0,
    1,
    True,
    False,
    None,
    -5,
    300,
    2**40,
    2**40 + 1,
    2**64,
    -(2**100),
    1.0,
    0.0,
    -0.0,
    NAN,
    float("nan"),
    "",
    "a",
    "é",
    Text("a"),
    b"",
    b"a",
    b"\0\xff",
    bytearray(b"a"),
    Kind.A,
    Kind.B,
    NEVER,
    [],
    [1],
    [1, 2],
    [300, NAN],
    [NEVER],
    [[1]],
    (1,),
    Point(1),
    Point(300, 7),
    [Point(300, 7), Point(1)],
    Frozen(1),
    Frozener(1),
    Line(Point(300), [Point(1), Point(300)]),
    [[[[[300]]]]],
]


def copied(thing: Any) -> Any:
    # Another object where that is possible, so that not everything is settled by identity.
    if type(thing) is int:
        return int(str(thing))
    if type(thing) is list:
        return [copied(item) for item in thing]
    if type(thing) is bytes:
        return bytes(bytearray(thing))
    if isinstance(thing, Struct):
        return type(thing)(*map(copied, tuple_of(thing)))
    return thing


def comparisons_of(manners: Manners, one: Any, other: Any) -> list[Any]:
    return [outcome(manners[name], one, other) for name in COMPARISONS]


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


def test_an_unset_field_is_printed(manners: Manners) -> None:
    """
    Printing is for finding out what is wrong.
    """
    value = ordered(1, [2])
    del value.a
    assert manners["repr"](value) == "Ordered(a=<unset>, b=[2])"


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


def test_values_are_printed_as_they_are_met(manners: Manners) -> None:
    """
    A value's `repr` that empties what comes behind it shows there.
    """
    value = ordered(0, [1])
    value.a = Doing(lambda: delattr(value, "b"))
    assert manners["repr"](value) == "Ordered(a=doing, b=<unset>)"
    value.b = 7
    value.a = Doing(lambda: delattr(value, "a"))
    assert manners["repr"](value) == "Ordered(a=doing, b=7)"


@pytest.mark.parametrize("thing", THINGS, ids=lambda thing: type(thing).__name__)
def test_values_are_printed_by_their_own_repr(manners: Manners, thing: Any) -> None:
    """
    Numbers of any size included.
    """
    assert manners["repr"](Ordered(thing, 1)) == f"Ordered(a={thing!r}, b=1)"
    assert manners["repr"](ordered([thing], thing)) == f"Ordered(a={[thing]!r}, b={thing!r})"


@pytest.mark.parametrize("number", [9, 10, -1, 2**31, -(2**31) - 1, 2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 10**18])
def test_numbers_at_the_edges_are_printed(manners: Manners, number: int) -> None:
    """
    Of C's integers.
    """
    assert manners["repr"](Ordered(number, -number)) == f"Ordered(a={number}, b={-number})"


def test_a_number_that_python_does_not_print(manners: Manners) -> None:
    """
    Its error is the one of `repr`.
    """
    with pytest.raises(ValueError, match="limit"):
        manners["repr"](Ordered(10**5000, 1))


def test_texts_with_surrogates_are_printed(manners: Manners) -> None:
    """
    The user's `__repr__` may give what is no UTF-8.
    """
    value = ordered(Shown("\udc80é"), [Shown("\ud800"), 5])
    assert manners["repr"](value) == "Ordered(a=\udc80é, b=[\ud800, 5])"
    assert manners["repr"](ordered("\udc80", "é\U0001f40d")) == "Ordered(a='\\udc80', b='é\U0001f40d')"


def test_a_struct_inside_itself_is_printed_once(manners: Manners) -> None:
    """
    Directly, through a list, and through another struct; and it is printed whole again afterwards.
    """

    class Node(Struct):
        a: u8
        b: u8
        if manners is REFERENCE:
            __repr__ = _manners.represent

    for _ in range(2):
        node = Node(1, 0)
        node.b = node  # type: ignore[assignment]  # wrong on purpose, here and below
        assert repr(node) == "Node(a=1, b=...)"
        node.b = [node, node]  # type: ignore[assignment]
        assert repr(node) == "Node(a=1, b=[..., ...])"
        node.b = Node(2, [node])  # type: ignore[assignment, arg-type]
        assert repr(node) == "Node(a=1, b=Node(a=2, b=[...]))"


def test_the_name_is_that_behind_the_function(manners: Manners) -> None:
    """
    Of a class in a class, both names; whatever it was called later.
    """

    class Outer:
        class Inner(Struct):
            x: u8

    assert manners["repr"](Outer.Inner(1)) == "Outer.Inner(x=1)"
    for name in ("a.<locals>.b.<locals>.C", ">.", "x>.", "", "é", "\udc80", "no point"):
        Outer.Inner.__qualname__ = name
        assert manners["repr"](Outer.Inner(1)) == f"{name.rsplit('>.', 1)[-1]}(x=1)"


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
    with pytest.raises(TypeError, match="unhashable type: 'list'"):
        manners["hash"](frozen([1]))


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
