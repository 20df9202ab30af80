"""
Fields of one of several types: `switch`.
"""

import copy
import enum
import pickle
from typing import Any, cast

import pytest
from checks import Codecs, raises, same_bytes

from bebytes import (
    Struct,
    asdict,
    computed,
    count,
    derived,
    replace,
    size,
    switch,
    u8,
    u16,
    u24,
    u32,
    when,
)
from bebytes.errors import InsufficientData, InvalidDiscriminant, InvalidValue, LengthMismatch, TrailingData, WrongType


class Kind(enum.IntEnum):
    A = 1
    B = 2
    C = 3


class A(Struct):
    x: u16


class B(Struct):
    y: str


class AToo(A):
    pass


class Shape(Struct, kw_only=True):
    kind: Kind = derived
    body: A | B | bytes = switch("kind", {Kind.A: A, Kind.B: B}, default=bytes)


class Windowed(Struct, kw_only=True):
    kind: u8
    n: u8 = derived
    body: A | B = switch("kind", {1: A, (2, 3): B}, size="n")
    after: u8


class ByBytes(Struct):
    order: bytes = size(2)
    number: int = switch("order", {b"II": u16, "MM": u24}, default=u32)


class Choice(Struct, kw_only=True):
    kind: u8 = derived
    body: A | None = switch("kind", {0: None, 1: A})


class Types(Struct, kw_only=True):
    kind: u8 = derived
    body: int | str | list[A] | bytes | float = switch(
        "kind", {1: u8, 2: str, 3: list[A], 4: bytes}, size="4 if kind == 3 else 2 if kind != 1 else 1"
    )


def test_the_class_of_the_value_chooses(codec: Codecs) -> None:
    """And is told from the number when decoding."""
    same_bytes(codec, Shape(body=A(3)), "01 0003", "01 0300")
    same_bytes(codec, Shape(body=B("hey")), "02 686579")
    same_bytes(codec, Shape(kind=Kind.C, body=b"zz"), "03 7a7a")
    assert Shape(body=A(3)).kind is Kind.A


def test_numbers_that_the_value_does_not_tell(codec: Codecs) -> None:
    """Are needed when encoding, and kept when decoding."""
    with raises(WrongType, ("kind",), 0):
        codec(Shape).encode(Shape(body=b"zz"))
    value = codec(Shape).decode(b"\3zz")
    assert value.kind is Kind.C
    assert codec(Shape).encode(value) == b"\3zz"
    shape = codec(Shape).decode(b"\1\0\5")
    shape.body = B("x")
    assert codec(Shape).encode(shape) == b"\2x"

    class Twice(Struct, kw_only=True):
        kind: u8 = derived
        body: A = switch("kind", {1: A, 2: A}, default=A)

    for number in (1, 2, 9):
        data = bytes([number, 0, 5])
        assert codec(Twice).encode(codec(Twice).decode(data)) == data


def test_value_of_another_case(codec: Codecs) -> None:
    """What is expected is said."""
    with raises(WrongType, ("body",), 1, expected="a A", actual="B"):
        codec(Shape).encode(Shape(kind=Kind.A, body=B("q")))
    with raises(WrongType, ("body",), 1, expected="bytes", actual="A"):
        codec(Shape).encode(Shape(kind=Kind.C, body=A(1)))
    with raises(WrongType, ("body",), 1):
        codec(Shape).encode(Shape(kind=Kind.A, body=None))  # type: ignore[arg-type]  # what the test is about
    with pytest.raises(InvalidDiscriminant, match=r"^Windowed.body: 7 is no valid kind \(at byte 2\)$"):
        codec(Windowed).decode(b"\7\0\0")
    with raises(InvalidValue, ("body",), 2, value=7):
        codec(Windowed).encode(Windowed(kind=7, n=2, body=A(1), after=0))


def test_variants_fill_their_window(codec: Codecs) -> None:
    """And what is behind them goes on behind it."""
    same_bytes(codec, Windowed(kind=2, body=B("abc"), after=9), "02 03 616263 09")
    same_bytes(codec, Windowed(kind=3, body=B(""), after=9), "03 00 09")
    same_bytes(codec, Windowed(kind=1, body=A(5), after=9), "01 02 0005 09", "01 02 0500 09")
    with raises(TrailingData, ("body",), 4, consumed=2, actual=4):
        codec(Windowed).decode(b"\1\4\0\0\0\0\0")
    with raises(InsufficientData, ("body", "x"), 2, expected=2, actual=1):
        codec(Windowed).decode(b"\1\1\0\0")
    with raises(InsufficientData, ("body",), 2, expected=9, actual=3):
        codec(Windowed).decode(b"\2\x09abc")
    with raises(LengthMismatch, ("body",), 2, expected=5, actual=2):
        codec(Windowed).encode(Windowed(kind=1, n=5, body=A(5), after=9))


def test_selectors_of_bytes_and_expressions(codec: Codecs) -> None:
    """Keys may be bytes or text; an expression chooses as well."""
    same_bytes(codec, ByBytes(b"II", 1), "4949 0001", "4949 0100")
    same_bytes(codec, ByBytes(b"MM", 1), "4d4d 000001", "4d4d 010000")
    same_bytes(codec, ByBytes(b"xx", 1), "7878 00000001", "7878 01000000")

    class Masked(Struct):
        flags: u8
        body: A | B = switch("flags >> 4", {0: A, 15: B})

    same_bytes(codec, Masked(0x0F, A(1)), "0f 0001", "0f 0100")
    same_bytes(codec, Masked(0xF0, B("a")), "f0 61")
    with raises(InvalidDiscriminant, ("body",), 1, value=1):
        codec(Masked).decode(b"\x10\0\0")

    class Broken(Struct):
        flags: u8
        body: A | None = switch("4 / flags", {4: A}, default=None)

    same_bytes(codec, Broken(2, None), "02")
    with raises(InvalidValue, ("body",), 1, value=None):
        codec(Broken).decode(b"\0")


def test_a_case_may_be_nothing(codec: Codecs) -> None:
    """None, which takes no bits."""
    same_bytes(codec, Choice(body=None), "00")
    same_bytes(codec, Choice(body=A(2)), "01 0002", "01 0200")
    with raises(InvalidValue, ("body",), 1):
        codec(Choice).encode(Choice(kind=0, body=A(1)))
    with raises(WrongType, ("body",), 1):
        codec(Choice).encode(Choice(kind=1, body=None))


def test_cases_of_every_type(codec: Codecs) -> None:
    """Numbers, text, lists and bytes, told by their Python class."""
    same_bytes(codec, Types(body=7), "01 07")
    same_bytes(codec, Types(body="hi"), "02 6869")
    same_bytes(codec, Types(body=[A(1), A(2)]), "03 0001 0002", "03 0100 0200")
    same_bytes(codec, Types(body=b"ab"), "04 6162")
    assert codec(Types).encode(Types(body=bytearray(b"ab"))) == b"\4ab"
    assert codec(Types).encode(Types(body=(A(1), A(2)))) == b"\3\0\1\0\2"  # type: ignore[arg-type]


def test_subclasses_without_fields_stand_for_their_parent(codec: Codecs) -> None:
    """As everywhere."""
    assert codec(Shape).encode(Shape(body=AToo(3))) == b"\1\0\3"


def test_variants_inside_variants_lists_and_conditions(codec: Codecs) -> None:
    """The path of an error leads through all of them."""

    class Item(Struct, kw_only=True):
        kind: u8 = derived
        n: u8 = derived
        body: Shape | Windowed | list[A] = switch("kind", {1: Shape, 2: Windowed, 3: list[A]}, size="n")

    class Outer(Struct, kw_only=True):
        flag: u8
        length: u8 = derived
        items: list[Item] | None = when("flag", size="length")
        total: u8 = computed("sizeof(items)")

    value = Outer(
        flag=1,
        items=[
            Item(body=Shape(body=A(1))),
            Item(body=Windowed(kind=2, body=B("a"), after=3)),
            Item(body=[A(1)]),
            Item(body=Shape(kind=Kind.C, body=b"")),
        ],
    )
    same_bytes(
        codec,
        value,
        "01 12 0103010001 020402016103 03020001 010103 12",
        "01 12 0103010100 020402016103 03020100 010103 12",
    )
    same_bytes(codec, Outer(flag=0, items=None), "00 00 00")
    with raises(TrailingData, ("items", 0, "body"), 7, consumed=3, actual=4):
        codec(Outer).decode(bytes.fromhex("01 07 01 04 01 0001 00 00 07"))


def test_types_by_their_names(codec: Codecs) -> None:
    """Of the class itself, and of those that are defined later."""

    class Chain(Struct):
        kind: u8
        rest: Any = switch("kind", {0: None, 1: "Chain", 2: "Later"})

    same_bytes(codec, Chain(1, Chain(1, Chain(0, None))), "01 01 00")
    same_bytes(codec, Chain(2, Later(5)), "02 0005", "02 0500")


class Later(Struct):
    x: u16


def test_two_switches_over_one_number(codec: Codecs) -> None:
    """Each says what the number is; they must agree."""

    class Pair(Struct, kw_only=True):
        kind: u8 = derived
        a: A | None = switch("kind", {1: A, 2: None})
        b: A | None = switch("kind", {2: A, 1: None})

    same_bytes(codec, Pair(a=A(1), b=None), "01 0001", "01 0100")
    same_bytes(codec, Pair(a=None, b=A(1)), "02 0001", "02 0100")
    with pytest.raises((WrongType, InvalidValue)):
        codec(Pair).encode(Pair(a=A(1), b=A(1)))


def test_objects_with_variants() -> None:
    """Copies, pickles, dicts; a number that was given stays."""
    shape = Shape(body=A(3))
    for other in (copy.copy(shape), copy.deepcopy(shape), pickle.loads(pickle.dumps(shape)), replace(shape)):
        assert other == shape
    assert asdict(shape) == {"kind": Kind.A, "body": {"x": 3}}
    assert repr(shape) == "Shape(kind=<Kind.A: 1>, body=A(x=3))"
    assert repr(Shape(body=b"")) == "Shape(kind=derived, body=b'')"
    assert Shape(kind=Kind.A, body=A(3)) == shape


def test_default_of_a_switch_field() -> None:
    """`default` is a type; the value that construction takes without one is made by `default_factory`."""

    class Message(Struct):
        kind: u8
        body: A | bytes = switch("kind", {1: A}, default=bytes, default_factory=bytes)

    assert Message(3) == Message(3, b"")
    assert Message(1, A(2)).to_be_bytes() == b"\1\0\2"


class Longer(Struct):
    kind: u8
    body: u32 | A = switch("kind", {1: u32, 2: u32}, default=A)


class Several(Struct):
    items: list[Longer] = count(2)


def test_the_default_is_one_of_the_cases(codec: Codecs) -> None:
    """It may be the shortest, and what it takes is said where a value is of no case."""
    same_bytes(codec, Several([Longer(3, A(1)), Longer(3, A(2))]), "03 0001 03 0002", "03 0100 03 0200")
    same_bytes(codec, Several([Longer(1, 2), Longer(3, A(2))]), "01 00000002 03 0002", "01 02000000 03 0200")
    assert (Longer.field_size(), Several.field_size()) == (3, 6)
    with raises(InsufficientData, ("items", 1, "body", "x"), 4, expected=2, actual=0):
        codec(Several).decode(b"\3\0\1\3")
    with raises(WrongType, ("body",), 1, expected="a A", actual="str"):
        codec(Longer).encode(Longer(3, cast("Any", "ab")))
