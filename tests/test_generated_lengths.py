"""
Derived numbers and computed lengths: generated source against the readable runner, its oracle.
"""

from typing import Any

import pytest
from generated_runs import declared, same_decoding, same_encoding, straight
from test_generated_values import Kind

import bebytes
from bebytes import Struct, bits, char, count, derived, i8, size, u8, u16, u64, u128
from bebytes._schema import schema_of


class Header(Struct, kw_only=True):
    kind: u8 = 0
    length: u16 = derived


class Derived(Struct, kw_only=True):
    header: Header = bebytes.field(default_factory=Header)
    n: u8 = derived
    words: u8 = bits(4, default=derived)
    half: u8 = bits(4, default=derived)
    a: bytes = size("n", default=b"")
    b: list[u16] = count("n", default_factory=list)
    c: bytes = size("words * 4 - 4", default=b"")
    d: bytes = size("half / 2", default=b"")
    e: bytes = size("header.length + header.kind", default=b"")


@pytest.mark.parametrize(
    "fields",
    [
        {"a": b"ab", "b": [1, 2], "c": b"1234", "d": b"x", "e": b"abc"},
        {"a": b"ab", "b": [1]},
        {"n": 2, "a": b"ab", "b": [1, 2]},
        {"n": 1, "a": b"ab", "b": [1, 2]},
        {"n": Kind.B, "a": b"a", "b": [1]},
        {"c": b"123"},
        {"c": b"1" * 60},
        {"words": 1},
        {"words": 0},
        {"words": 2.0},
        {"d": b"1" * 8},
        {"d": b"1" * 7, "half": 15},
        {"header": Header(kind=3), "e": b"ab"},
        {"header": Header(kind=3), "e": b"abcd"},
        {"header": Header(kind=3, length=1), "e": b"abcd"},
        {"header": Header(kind=3, length=2), "e": b"abcd"},
        {"a": 7},
        {"e": b"1" * 70000},
    ],
    ids=repr,
)
def test_derived_numbers(fields: dict[str, Any]) -> None:
    """Free and given ones, with and without a whole solution."""
    expected = same_encoding(Derived(**fields))
    if expected[0] == "value":
        value = Derived(**fields)
        assert straight(Derived).encode(value) == expected[1][1]
        same_decoding(Derived, expected[1][1])


class Middle(Struct, kw_only=True):
    header: Header = bebytes.field(default_factory=Header)
    body: bytes = size("header.length / 2", default=b"")


def test_equations_for_the_readable_runner() -> None:
    """Numbers that depend on each other, occur twice, or belong to two structs."""

    class Deep(Struct, kw_only=True):
        middle: Middle
        body: bytes = size("middle.header.length", default=b"")

    class Linked(Struct, kw_only=True):
        n: u8 = derived
        m: u8 = derived
        a: bytes = size("n * m", default=b"")
        b: bytes = size("m", default=b"")
        c: list[bytes] = count(2, size="n", default_factory=lambda: [b"", b""])

    class Twice(Struct, kw_only=True):
        n: u8 = derived
        a: bytes = size("n + n", default=b"")

    for body in range(4):
        for other in range(8):
            same_encoding(Deep(middle=Middle(body=b"x" * body), body=b"y" * other))
            same_encoding(Deep(middle=Middle(header=Header(length=other), body=b"x" * body), body=b"y" * other))
            same_encoding(Linked(a=b"x" * other, b=b"y" * body))
            same_encoding(Linked(n=other, a=b"x" * other, b=b"y" * body, c=[b"x" * other] * 2))
        same_encoding(Twice(a=b"x" * body))


def test_several_solutions_are_those_of_the_readable_runner() -> None:
    """Where a division leaves a choice, the number is the one that the readable runner takes, or there is none."""

    class Deep(Struct, kw_only=True):
        middle: Middle
        body: bytes = size("middle.header.length / 4", default=b"")

    class Linked(Struct, kw_only=True):
        m: u8 = derived
        n: u8 = derived
        b: bytes = size("m", default=b"")
        a: bytes = size("n / m", default=b"")
        c: bytes = size("n / 3", default=b"")

    outcomes = set()
    for inner in range(6):
        for outer in range(4):
            outcomes.add(same_encoding(Deep(middle=Middle(body=b"x" * inner), body=b"y" * outer))[0])
            for other in range(1, 4):
                value = Linked(a=b"x" * inner, b=b"y" * other, c=b"z" * outer)
                outcomes.add(same_encoding(value)[0])
    assert outcomes == {"value", "LengthMismatch"}


def test_given_numbers_of_hard_equations_go_straight() -> None:
    """Only a number that has to be found is for the readable runner."""

    class Hard(Struct, kw_only=True):
        n: u8 = derived
        m: u8 = derived
        a: bytes = size("n % 4", default=b"")
        b: bytes = size("m + m", default=b"")

    assert straight(Hard).encode(Hard(n=7, m=1, a=b"abc", b=b"de")) == b"\7\1abcde"
    assert same_encoding(Hard(m=1, a=b"abc", b=b"de"))[0] == "WrongType"


class Computed(Struct, kw_only=True):
    signed: i8 = 0
    big: u128 = 0
    long: u64 = 0
    a: bytes = size("signed - 1", default=b"")
    b: bytes = size("big", default=b"")
    c: bytes = size("long * 2 + 4 - long * 2 - 4", default=b"")
    d: bytes = size("16 / signed % 3", default=b"")


@pytest.mark.parametrize("signed", [-1, 0, 1, 2, 5, 127])
@pytest.mark.parametrize("big", [0, 3, 2**64 - 1, 2**64, 2**127])
@pytest.mark.parametrize("long", [0, 1, 2**63, 2**64 - 1])
def test_lengths_that_leave_their_bounds(signed: int, big: int, long: int) -> None:
    """Each operand and result is bounded by 0 and 2**64 - 1; nothing is divided by 0."""
    head = signed.to_bytes(1, "big", signed=True) + big.to_bytes(16, "big") + long.to_bytes(8, "big")
    same_decoding(Computed, head + b"x" * 12)
    for some in (b"", b"x"):
        same_encoding(Computed(signed=signed, big=big, long=long, a=some, d=some))


class Pair(Struct):
    a: u8
    b: u16


@pytest.mark.parametrize("item", [u8, bool, Kind, u16, Pair, char, u128], ids=str)
@pytest.mark.parametrize("number", [20, "n"])
def test_lists_that_the_input_does_not_fill(item: Any, number: Any) -> None:
    """A list at the very end is as long as was said, or refused: as a whole, as a prefix, and among many."""
    cls = declared("Ends", {"n": u8, "items": list[item]}, items=count(number))
    width = schema_of(declared("One", {"item": item})).plan("big").minimum
    data = b"\x14" + bytes(20 * width)
    assert same_decoding(cls, data)[0] == "value"
    for end in range(len(data)):
        assert same_decoding(cls, data[:end])[0] in {"InsufficientData", "EmptyBuffer"}
        same_decoding(cls, data + data[:end])
