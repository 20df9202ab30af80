"""
What definitions of real formats showed about places, absent fields and numbers that are put in late.
"""

import enum
from collections.abc import Callable
from typing import Any

import pytest

import bebytes
from bebytes import (
    Struct,
    at,
    checksum,
    computed,
    const,
    count,
    derived,
    field,
    repeat_until,
    size,
    u8,
    u16,
    u32,
    uleb128,
    when,
)

MakeCodec = Callable[..., bebytes.Codec[Any]]


class Order(enum.Enum):
    BIG = b"\x12\x34"
    LITTLE = b"\x34\x12"


class Ahead(Struct, kw_only=True, byteorder="little if order == b'\\x34\\x12' else big"):
    order: Order = at(4, origin="struct", size=2, adapt=(Order, lambda order: order.value))
    length: u32 = computed("sizeof(self)")
    magic: u16 = const(0x1234)
    value: u16


@pytest.mark.parametrize(("order", "data"), [(Order.BIG, "0000000812340007"), (Order.LITTLE, "0800000034120700")])
def test_a_place_that_looks_ahead(codec: MakeCodec, order: Order, data: str) -> None:
    """
    What stands at a place tells the byte order of what stands before it, when writing too.
    """
    value = Ahead(order=order, value=7)
    assert codec(Ahead).encode(value).hex() == data
    assert codec(Ahead).decode(bytes.fromhex(data)) == value


class Body(Struct):
    kind: u8
    text: bytes


class Chosen(Struct, kw_only=True):
    offset: u8
    body: Body = at("offset")
    value: u16 | None = when("body.kind == 1")


def test_a_field_in_a_struct_at_a_place(codec: MakeCodec) -> None:
    for value, data in [
        (Chosen(offset=3, body=Body(1, b"a"), value=5), "0300050161"),
        (Chosen(offset=1, body=Body(0, b"a"), value=None), "010061"),
    ]:
        assert codec(Chosen).encode(value).hex() == data
        assert codec(Chosen).decode(bytes.fromhex(data)) == value


class Option(Struct, kw_only=True):
    kind: u8
    length: u8 | None = when("kind > 1", default=derived)
    value: bytes | None = when("kind > 1", size="length - 2", default=None)


@pytest.mark.parametrize(
    ("option", "data", "length"), [(Option(kind=1), "01", None), (Option(kind=9, value=b"ab"), "09046162", 4)]
)
def test_a_derived_number_that_is_absent(codec: MakeCodec, option: Option, data: str, length: int | None) -> None:
    """
    A number that follows from another field is None where it is not there, and so is its attribute.
    """
    assert codec(Option).encode(option).hex() == data
    assert codec(Option).decode(bytes.fromhex(data)) == option
    assert option.length == length
    assert f"length={length}" in repr(option)


class Link(Struct, kw_only=True):
    offset: u8
    target: "Chain | None" = at("offset", when="offset != 255", default=None)


class Chain(Struct):
    links: list[Link] = repeat_until("item.offset == 255 or item.offset != 0")
    text: bytes = size(2)


def test_places_in_lists_at_places(codec: MakeCodec) -> None:
    """
    What stands at a place from inside a list at a place is written to the message.
    """
    last = Chain([Link(offset=255)], b"ef")
    value = Chain([Link(offset=6, target=Chain([Link(offset=3, target=last)], b"cd"))], b"ab")
    data = bytes.fromhex("066162 ff6566 036364")
    assert codec(Chain).decode(data) == value
    assert codec(Chain).encode(value) == data


class Far(Struct, kw_only=True):
    offset: u16 = derived
    text: bytes = size(150)
    data: bytes = at("offset", origin="struct", size=1)


class Holder(Struct, kw_only=True):
    length: uleb128 = computed("sizeof(far)")
    far: Far


class ListHolder(Struct, kw_only=True):
    length: uleb128 = computed("sizeof(far)")
    far: list[Far] = count(2)


class Summed(Struct, kw_only=True):
    total: u16 = checksum("internet")
    far: list[Far] = count(2)


@pytest.mark.parametrize("cls", [Holder, ListHolder, Summed])
def test_places_and_numbers_put_in_late(codec: MakeCodec, cls: Any) -> None:
    """
    Offsets are right where a number before them grows, and a checksum covers them, in lists too.
    """
    far = Far(text=bytes(150), data=b"x")
    value = cls(far=far if cls is Holder else [far, far])
    data = codec(cls).encode(value)
    assert codec(cls).decode(data) == value
    assert codec(cls).encode(codec(cls).decode(data)) == data


class Inner(Struct, kw_only=True):
    length: u8 = derived
    body: Body = size("length")
    offset: u8
    name: bytes = at("offset", size=1)


def test_numbers_of_a_struct_in_a_message(codec: MakeCodec) -> None:
    """
    A length is told without the message around, in which places have a meaning; printing never fails.
    """
    assert Inner(body=Body(1, b"abc"), offset=0, name=b"?").length == 4

    class Broken(Struct, kw_only=True):
        total: u16 = computed("sizeof(body)")
        value: u8 = field(valid=range(3))
        body: bytes = size(2)

    broken = Broken(value=9, body=b"ab")
    assert repr(broken).endswith("Broken(total=derived, value=9, body=b'ab')")
    assert broken == Broken(value=9, body=b"ab")
