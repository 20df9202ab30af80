"""
The byte order of a format: fixed by a class, or told by data.
"""

import pickle
from typing import Any

import pytest
from checks import Codecs, raises, same_bytes

from bebytes import (
    Struct,
    bits,
    computed,
    count,
    derived,
    f32,
    field,
    fields,
    replace,
    size,
    u8,
    u16,
    u24,
    u32,
    uleb128,
    when,
)
from bebytes.errors import InsufficientData, InvalidValue, SchemaError


class Point(Struct):
    x: u16


class Little(Struct, byteorder="little"):
    a: u16
    b: Point
    c: list[u24] = count(2)
    d: u16 = field(byteorder="big")
    e: u8 = bits(4)
    f: u16 = bits(12)


class Base(Struct, byteorder="little"):
    """Of no fields, only to fix the order."""


class Child(Base):
    a: u16


class Ident(Struct):
    data: u8


class Told(Struct, byteorder="little if ident.data == 1 else big"):
    ident: Ident
    a: u16
    b: Point
    c: list[u32] = count(1)
    d: f32


class Tiff(Struct, byteorder="little if order == b'II' else big"):
    order: bytes = size(2)
    n: u16 = derived
    items: list[Point] = count("n", default_factory=list)
    total: u32 = computed("sizeof(self)")


class Fields(Struct):
    order: u8
    a: u16 = field(byteorder="little if order else big")
    b: Point = field(byteorder="little if order == 1 else big if order == 2 else little")
    c: list[u16] | None = when("order", count=2, byteorder="big if order == 1 else little")
    d: u16


class Outer(Struct):
    a: u16
    inner: Little
    told: list[Told] = count(2)
    b: u16


def test_class_fixes_the_order(codec: Codecs) -> None:
    """Whatever the call says; a field may say otherwise."""
    value = Little(1, Point(2), [3, 4], 5, 6, 0x789)
    text = "0100 0200 030000 040000 0005 9678"
    same_bytes(codec, value, text, text)
    assert value.to_bytes() == bytes.fromhex(text)
    assert Little.from_bytes(bytes.fromhex(text)) == value
    assert Little.try_from_bytes(bytes.fromhex(text) + b"rest") == (value, 14)
    assert value.to_be_bytes() == value.to_le_bytes() == value.to_bytes()
    assert [f.name for f in fields(Little)] == ["a", "b", "c", "d", "e", "f"]


def test_children_inherit_the_order(codec: Codecs) -> None:
    """From a class without fields too; and may fix another one."""
    assert Child(1).to_bytes() == b"\1\0"
    assert Child.from_bytes(b"\1\0") == Child(1)

    class Big(Base, byteorder="big"):
        a: u16

    assert Big(1).to_bytes() == b"\0\1"

    class Mixed(Point, Base):
        y: u16

    assert Mixed(1, 2).to_bytes() == b"\1\0\2\0"
    same_bytes(codec, Child(1), "0100", "0100")


def test_class_without_an_order_says_so() -> None:
    """What to write instead."""
    with pytest.raises(
        TypeError, match=r"Point fixes no byte order; write class Point\(Struct, byteorder=...\), or call to_be_bytes"
    ):
        Point(1).to_bytes()
    with pytest.raises(TypeError, match="from_be_bytes"):
        Point.from_bytes(b"\0\1")
    with pytest.raises(TypeError, match="try_from_be_bytes"):
        Point.try_from_bytes(b"\0\1")


def test_data_tells_the_order(codec: Codecs) -> None:
    """Of all that stands behind what tells it, inside structs and lists too."""
    one = Told(Ident(1), 2, Point(3), [4], 1.5)
    two = Told(Ident(2), 2, Point(3), [4], 1.5)
    same_bytes(codec, one, "01 0200 0300 04000000 0000c03f")
    same_bytes(codec, two, "02 0002 0003 00000004 3fc00000")
    assert one.to_bytes() == bytes.fromhex("01 0200 0300 04000000 0000c03f")
    assert Told.from_bytes(one.to_bytes()) == one
    with raises(InsufficientData, ("c", 0), 5):
        Told.from_bytes(bytes.fromhex("01 0200 0300 0400"))


def test_derived_and_computed_numbers_in_that_order(codec: Codecs) -> None:
    """Those that are put in later too."""
    same_bytes(codec, Tiff(b"II", items=[Point(1)]), "4949 0100 0100 0a000000")
    same_bytes(codec, Tiff(b"MM", items=[Point(1)]), "4d4d 0001 0001 0000000a")
    value = Tiff(b"II", items=[Point(1)])
    assert replace(value, order=b"MM").to_bytes().hex() == "4d4d000100010000000a"
    assert pickle.loads(pickle.dumps(value)) == value
    with raises(InvalidValue, ("total",), 6, value=11, rule="10, which is sizeof(self)"):
        Tiff.from_bytes(bytes.fromhex("4949 0100 0100 0b000000"))


def test_data_tells_the_order_of_one_field(codec: Codecs) -> None:
    """The rest is in the order of the call."""
    same_bytes(codec, Fields(0, 1, Point(2), None, 3), "00 0001 0200 0003", "00 0001 0200 0300")
    same_bytes(codec, Fields(1, 1, Point(2), [3, 4], 5), "01 0100 0200 0003 0004 0005", "01 0100 0200 0003 0004 0500")
    same_bytes(codec, Fields(2, 1, Point(2), [3, 4], 5), "02 0100 0002 0300 0400 0005", "02 0100 0002 0300 0400 0500")


def test_orders_inside_orders(codec: Codecs) -> None:
    """Each struct keeps its own; the order of a call, or of a struct around, is for those that have none."""
    told = [Told(Ident(1), 2, Point(3), [4], 1.5), Told(Ident(0), 2, Point(3), [4], 1.5)]
    value = Outer(1, Little(1, Point(2), [3, 4], 5, 6, 0x789), told, 9)
    inside = "0100 0200 030000 040000 0005 9678 01 0200 0300 04000000 0000c03f 00 0002 0003 00000004 3fc00000"
    same_bytes(codec, value, f"0001 {inside} 0009", f"0100 {inside} 0900")


def test_order_from_a_parameter(codec: Codecs) -> None:
    """Told by the struct around."""

    class Inner(Struct, parameters=("swapped",), byteorder="little if swapped else big"):
        a: u16

    class Around(Struct):
        swapped: bool
        inner: Inner = field(parameters={"swapped": "swapped"})
        many: list[Inner] = count(2, parameters={"swapped": "not swapped"})

    same_bytes(codec, Around(True, Inner(1), [Inner(2), Inner(3)]), "01 0100 0002 0003")
    same_bytes(codec, Around(False, Inner(1), [Inner(2), Inner(3)]), "00 0001 0200 0300")


def test_condition_without_a_value(codec: Codecs) -> None:
    """An error of the field behind it."""

    class Odd(Struct, byteorder="little if 8 / n == 4 else big"):
        n: u8
        a: u16

    same_bytes(codec, Odd(2, 1), "02 0100", "02 0100")
    with pytest.raises(InvalidValue) as caught:
        codec(Odd).decode(b"\0\0\1")
    assert caught.value.value is None
    with pytest.raises(InvalidValue):
        codec(Odd).encode(Odd(0, 1))

    class Own(Struct):
        n: u8
        a: u16 = field(byteorder="little if 8 / n == 4 else big")

    with raises(InvalidValue, ("a",), 1, value=None):
        codec(Own).decode(b"\0\0\1")
    with raises(InvalidValue, ("a",), 1, value=None):
        codec(Own).encode(Own(0, 1))


def test_fields_called_as_the_orders(codec: Codecs) -> None:
    """At the ends of the expression they are orders, in its conditions fields."""

    class Names(Struct):
        big: u8
        little: u16 = field(byteorder="little if big == 1 else big")

    same_bytes(codec, Names(1, 5), "01 0500")
    same_bytes(codec, Names(0, 5), "00 0005")


def test_numbers_of_no_order_stand_anywhere(codec: Codecs) -> None:
    """Bytes, single bytes and varints may stand before the order is known."""

    class Early(Struct, byteorder="little if kind else big"):
        magic: bytes = size(2)
        number: uleb128
        low: u8
        kind: u8
        a: u16

    same_bytes(codec, Early(b"ab", 300, 1, 1, 2), "6162 ac02 01 01 0200")


@pytest.mark.parametrize(
    ("options", "body", "advice"),
    [
        ("byteorder='middle'", "a: u8", "write 'big' or 'little'"),
        ("byteorder='little if a else big'", "a: u8", "told by the last field"),
        ("byteorder='little if b else big'", "a: u8; b: u8", "told by the last field"),
        ("byteorder='little if b else big'", "a: u16; b: u8; c: u8", "give it a byteorder of its own"),
        ("byteorder='little if z else big'", "a: u16; b: u8", "does not declare"),
        ("byteorder='little if a'", "a: u8; b: u8", "no valid expression"),
        ("bit_order='up'", "a: u8", "'msb' or 'lsb'"),
        ("parameters='n'", "a: u8", "tuple of names"),
        ("parameters=('n', 'n')", "a: u8", "names one twice"),
        ("parameters=('a',)", "a: u8", "hides the parameter of that name"),
    ],
)
def test_wrong_orders(options: str, body: str, advice: str) -> None:
    """A `SchemaError`, with what to write."""
    lines = "".join(f"    {line.strip()}\n" for line in body.split(";"))
    with pytest.raises(SchemaError) as caught:
        exec(f"class Wrong(Struct, {options}):\n{lines}", globals(), {})
    assert str(caught.value).startswith("Wrong")
    assert advice in str(caught.value)


def test_methods_without_an_order_are_those_of_the_class(codec: Codecs) -> None:
    """What the user writes comes first, in a subclass too; a class that fixes no order has none of them."""

    class Fixed(Struct, byteorder="little"):
        x: u16

    class Mine(Fixed):
        def to_bytes(self) -> bytes:
            return b"<" + super().to_bytes() + b">"

        @classmethod
        def from_bytes(cls, data: Any, *, verify: bool = True) -> Any:
            return super().from_bytes(data[1:-1], verify=verify)

    class Below(Mine):
        pass

    assert Fixed(1).to_bytes() == b"\1\0"
    assert Fixed.from_bytes(b"\1\0") == Fixed.from_bytes(data=bytearray(b"\1\0"), verify=False) == Fixed(1)
    assert Fixed.try_from_bytes(b"\1\0\2") == (Fixed(1), 2)
    for cls in (Mine, Below):
        assert cls(1).to_bytes() == b"<\1\0>"
        assert cls.from_bytes(b"<\1\0>") == cls(1)
        assert type(cls.from_bytes(b"<\1\0>")) is cls

    class Open(Struct):
        x: u16

    for call in (Open(1).to_bytes, lambda: Open.from_bytes(b"\1\0"), lambda: Open.try_from_bytes(b"\1\0")):
        with pytest.raises(TypeError, match="fixes no byte order"):
            call()
