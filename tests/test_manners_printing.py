"""
Manners: what prints structs, as installed and in plain Python.
"""

from typing import Any

import pytest
from manners import REFERENCE, THINGS, Doing, Manners, Ordered, Shown, ordered

from bebytes import Struct, _manners, u8


def test_an_unset_field_is_printed(manners: Manners) -> None:
    """
    Printing is for finding out what is wrong.
    """
    value = ordered(1, [2])
    del value.a
    assert manners["repr"](value) == "Ordered(a=<unset>, b=[2])"


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
