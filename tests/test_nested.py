"""
Nested structs, classes that refer to each other by name, and inheritance.
"""

import enum
from typing import Any

import pytest
from checks import Codecs, raises, same_bytes

from bebytes import Struct, bits, count, field, size, u8, u16, u32, until
from bebytes.errors import (
    EmptyBuffer,
    InsufficientData,
    InvalidDiscriminant,
    LengthMismatch,
    OutOfRange,
    SchemaError,
    TrailingData,
    WrongType,
)


class Kind(enum.IntEnum):
    A = 1


class Point(Struct):
    x: u16
    y: u8


class Box(Struct):
    a: Point
    kind: Kind
    b: Point


class Deep(Struct):
    n: u8
    box: Box
    end: u16


class Message(Struct):
    n: u8
    data: bytes = size("n")


class Pair(Struct):
    first: Message
    second: Message


class Empty(Struct):
    pass


class WithEmpty(Struct):
    a: u8
    nothing: Empty
    nothings: list[Empty] = count(3)
    b: u8


# These name a class that is defined behind them.


class Early(Struct):
    n: u8
    late: "Late"
    lates: "list[Late]" = count("n")
    mixed: list["Late"] = count(1)


class Late(Struct):
    x: u16


def test_nested_struct_is_its_own_encoding_in_place(codec: Codecs) -> None:
    """
    To any depth, without anything between, in the byte order of the call.
    """
    same_bytes(codec, Box(Point(1, 2), Kind.A, Point(3, 4)), "0001 02 01 0003 04", "0100 02 01 0300 04")
    same_bytes(
        codec,
        Deep(9, Box(Point(1, 2), Kind.A, Point(3, 4)), 5),
        "09 0001 02 01 0003 04 0005",
        "09 0100 02 01 0300 04 0500",
    )
    assert Deep.field_size() == 10


def test_nested_struct_of_data_takes_what_it_needs(codec: Codecs) -> None:
    """
    Its length is only known when it is read.
    """
    same_bytes(codec, Pair(Message(2, b"ab"), Message(0, b"")), "02 6162 00")
    same_bytes(codec, Pair(Message(0, b""), Message(3, b"abc")), "00 03 616263")
    assert Pair.field_size() == 2


def test_struct_without_fields_takes_no_bytes(codec: Codecs) -> None:
    """
    Alone, nested, and as items of a fixed number.
    """
    same_bytes(codec, Empty(), "")
    same_bytes(codec, WithEmpty(1, Empty(), [Empty(), Empty(), Empty()], 2), "01 02")
    with raises(TrailingData, (), 0, consumed=0, actual=1):
        codec(Empty).decode(b"x")


def test_classes_defined_later_are_found_at_module_level(codec: Codecs) -> None:
    """
    As a field and inside lists.
    """
    same_bytes(codec, Early(1, Late(2), [Late(3)], [Late(4)]), "01 0002 0003 0004", "01 0200 0300 0400")
    assert Early.field_size() == 5


@pytest.mark.parametrize(
    ("data", "kind", "path", "at", "figures"),
    [
        ("", EmptyBuffer, (), 0, {"expected": 10, "actual": 0}),
        ("09", InsufficientData, ("box", "a", "x"), 1, {"expected": 2, "actual": 0}),
        ("09 00", InsufficientData, ("box", "a", "x"), 1, {"expected": 2, "actual": 1}),
        ("09 0001", InsufficientData, ("box", "a", "y"), 3, {"expected": 1, "actual": 0}),
        ("09 0001 02 07", InvalidDiscriminant, ("box", "kind"), 4, {"value": 7, "type_name": "Kind"}),
        ("09 0001 02 01 0003", InsufficientData, ("box", "b", "y"), 7, {"expected": 1, "actual": 0}),
        ("09 0001 02 01 0003 04 00", InsufficientData, ("end",), 8, {"expected": 2, "actual": 1}),
        ("09 0001 02 01 0003 04 0005 ff", TrailingData, (), 10, {"consumed": 10, "actual": 11}),
    ],
)
def test_error_names_the_innermost_field(
    codec: Codecs, data: str, kind: Any, path: tuple[str, ...], at: int, figures: dict[str, Any]
) -> None:
    """
    A nested struct with no bytes left is its first field's error.
    """
    with raises(kind, path, at, **figures):
        codec(Deep).decode(bytes.fromhex(data))


def test_errors_when_writing_name_the_innermost_field(codec: Codecs) -> None:
    """
    With the offset in the whole output.
    """
    with raises(OutOfRange, ("box", "b", "y"), 7, value=256):
        codec(Deep).encode(Deep(9, Box(Point(1, 2), Kind.A, Point(3, 256)), 5))
    with raises(LengthMismatch, ("second", "data"), 4, expected=1, actual=0):
        codec(Pair).encode(Pair(Message(2, b"ab"), Message(1, b"")))


class Child(Point):
    pass


class Grandchild(Child):
    z: u32


class Other(Struct):
    x: u16
    y: u8


def test_subclass_that_adds_no_fields_stands_for_its_parent(codec: Codecs) -> None:
    """
    It is written as the parent; reading gives the parent.
    """
    value = Box(Child(1, 2), Kind.A, Point(3, 4))

    assert codec(Box).encode(value).hex() == "00010201000304"
    assert type(codec(Box).decode(codec(Box).encode(value)).a) is Point
    assert codec(Point).encode(Child(1, 2)).hex() == "000102"
    assert codec(Child).encode(Child(1, 2)).hex() == "000102"
    assert type(codec(Child).decode(b"\0\1\2")) is Child


@pytest.mark.parametrize(
    ("value", "actual"),
    [
        (Grandchild(1, 2, 3), "Grandchild"),
        (Other(1, 2), "Other"),
        (None, "NoneType"),
        ((1, 2), "tuple"),
        (Point, "StructMeta"),
    ],
    ids=repr,
)
def test_another_class_is_wrong_type(codec: Codecs, value: Any, actual: str) -> None:
    """
    A subclass with more fields is another layout; a look-alike is another class.
    """
    with raises(WrongType, ("a",), 0, expected="a Point", actual=actual):
        codec(Box).encode(Box(value, Kind.A, Point(3, 4)))
    with raises(WrongType, (), 0, expected="a Point", actual=actual):
        codec(Point).encode(value)


def test_parent_is_no_instance_of_its_subclass(codec: Codecs) -> None:
    """
    The codec of a subclass takes the subclass.
    """
    with raises(WrongType, (), 0, expected="a Child", actual="Point"):
        codec(Child).encode(Point(1, 2))


class Base(Struct):
    kind: u8
    length: u16 = 0


class Extended(Base):
    flag: bool = False
    body: bytes = b""


class Mixin:
    """
    A plain class may stand beside a struct.
    """

    __slots__ = ()

    def area(self) -> int:
        return int(self.x) * int(self.y)  # type: ignore[attr-defined]  # of the class it is mixed into


class Rectangle(Mixin, Point):
    colour: u8


def test_subclass_adds_its_fields_behind_its_parents(codec: Codecs) -> None:
    """
    In the wire order, in construction, and in repr.
    """
    same_bytes(codec, Extended(1, 2, True, b"xy"), "01 0002 01 7879", "01 0200 01 7879")
    assert repr(Extended(1)) == "Extended(kind=1, length=0, flag=False, body=b'')"
    assert Extended.__match_args__ == ("kind", "length", "flag", "body")
    assert Extended.field_size() == 4
    assert Base.field_size() == 3


def test_plain_classes_may_be_mixed_in(codec: Codecs) -> None:
    """
    Their methods are there; they add no fields.
    """
    same_bytes(codec, Rectangle(2, 3, 7), "0002 03 07", "0200 03 07")
    assert Rectangle(2, 3, 7).area() == 6


def test_bits_of_a_subclass_begin_on_a_byte(codec: Codecs) -> None:
    """
    A parent's run is complete, so a child's starts afresh.
    """

    class Run(Struct):
        a: u8 = bits(8)

    class More(Run):
        b: u8 = bits(4)
        c: u8 = bits(4)

    same_bytes(codec, More(1, 2, 3), "01 23", "01 32")


def test_byte_order_of_a_nested_struct_holds_for_all_inside(codec: Codecs) -> None:
    """
    Except where a field inside declares its own.
    """

    class Inner(Struct):
        a: u16
        b: u16 = field(byteorder="big")

    class Outer(Struct):
        first: Inner = field(byteorder="little")
        second: Inner

    same_bytes(codec, Outer(Inner(1, 2), Inner(3, 4)), "0100 0002 0003 0004", "0100 0002 0300 0004")


def test_a_struct_may_not_contain_itself_always() -> None:
    """
    Directly or in a circle, that would have no end: a `SchemaError`, at the latest at first use.
    """
    with pytest.raises(SchemaError, match="contain itself"):
        CircleA.from_be_bytes(b"\0")
    with pytest.raises(SchemaError, match="contain itself"):
        CircleB.field_size()
    with pytest.raises(SchemaError, match="contain itself"):

        class Selfish(Struct):
            me: list["Selfish"] = count(1)

        Selfish.field_size()


class CircleA(Struct):
    n: u8
    b: "CircleB"


class CircleB(Struct):
    n: u8
    a: list[CircleA] = count(2)


class LateHeader(Struct):
    n: u8
    data: bytes = size("n")
    header: "Header"
    more: bytes = size("header.length - n")


class Header(Struct):
    length: u16


def test_lengths_may_stand_beside_and_inside_classes_defined_later(codec: Codecs) -> None:
    """
    A class that names a later one is judged only as far as that goes until then.
    """
    same_bytes(codec, LateHeader(1, b"a", Header(3), b"bc"), "01 61 0003 6263", "01 61 0300 6263")


def test_nesting_may_be_deep_but_not_endless(codec: Codecs) -> None:
    """
    100 levels work; the limit is told when the class is made.
    """
    cls: Any = Point
    value: Any = Point(1, 2)
    for _ in range(100):

        class Level(Struct):
            inner: cls

        cls, value = Level, Level(value)

    assert codec(cls).encode(value).hex() == "000102"
    assert codec(cls).decode(b"\0\1\2") == value
    with raises(InsufficientData, (*["inner"] * 100, "y"), 2, expected=1, actual=0):
        codec(cls).decode(b"\0\1")
    with pytest.raises(SchemaError, match="deep"):
        for _ in range(1000):

            class Further(Struct):
                inner: cls

            cls = Further


def test_rest_and_until_at_the_end_of_a_nested_struct(codec: Codecs) -> None:
    """
    A struct that ends in the rest stands last; one that ends with a marker needs it there.
    """

    class Tail(Struct):
        n: u8
        rest: list[u16]

    class Named(Struct):
        name: str = until(0)

    class Outer(Struct):
        named: Named
        tail: Tail

    same_bytes(codec, Outer(Named("a"), Tail(1, [2, 3])), "6100 01 0002 0003", "6100 01 0200 0300")
    with raises(InsufficientData, ("tail", "rest", 1), 5, expected=2, actual=1):
        codec(Outer).decode(bytes.fromhex("6100 01 0002 00"))
