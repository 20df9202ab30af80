"""
What definitions of real formats showed about places, absent fields and numbers that are put in late.
"""

import contextlib
import enum
from collections.abc import Callable
from typing import Annotated, Any

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
    errors,
    field,
    repeat_until,
    size,
    switch,
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
    assert "Broken(" in repr(broken)
    assert broken == Broken(value=9, body=b"ab")


class Sum(Struct, kw_only=True, parameters=("start",)):
    words: u8 = derived
    total: u16 = checksum("internet", start="start")
    parts: list[Chain] = size("words * 2")
    value: u16


def test_lengths_of_a_struct_with_parameters(codec: MakeCodec) -> None:
    """
    What does not depend on the struct around is told without it.
    """
    value = Sum(parts=[Chain([Link(offset=255)], b"ab")] * 2, value=1)
    with pytest.raises(errors.WrongType, match="total"):
        assert value.total
    assert value.words == 3
    made = codec(Sum, parameters={"start": 2})
    assert made.decode(made.encode(value)) == value


class Request(Struct):
    text: bytes


class Reply(Request):
    pass


class Exchange(Struct, kw_only=True):
    kind: u8 = derived
    body: Request | Reply | bytes = switch("kind", {1: Request, 2: Reply}, default=bytes)


@pytest.mark.parametrize(("body", "data"), [(Request(b"a"), b"\x01a"), (Reply(b"a"), b"\x02a")])
def test_variants_of_one_class_and_its_child(codec: MakeCodec, body: Request, data: bytes) -> None:
    """
    The class of the value itself tells the kind, before one that it derives from.
    """
    assert codec(Exchange).encode(Exchange(body=body)) == data
    assert codec(Exchange).decode(data) == Exchange(body=body)


class Plain(Struct):
    number: u8


class Shifted(Struct, parameters=("by",)):
    number: u8
    more: bytes = size("by")


class Switched(Struct):
    kind: u8
    body: Plain | Shifted = switch("kind", {0: Plain, 1: Shifted}, parameters={"by": "kind + 1"})


def test_parameters_of_a_switch(codec: MakeCodec) -> None:
    """
    A struct of a switch gets the numbers that it takes; one that takes none is there too.
    """
    for value, data in [(Switched(0, Plain(7)), b"\0\x07"), (Switched(1, Shifted(7, b"ab")), b"\x01\x07ab")]:
        assert codec(Switched).encode(value) == data
        assert codec(Switched).decode(data) == value
    with pytest.raises(errors.SchemaError, match="no case of the switch takes the parameter 'far'"):

        class _Wrong(Struct):
            body: Plain | Shifted = switch("0", {0: Plain, 1: Shifted}, parameters={"by": 1, "far": 2})


class Halves(Struct):
    high: u8
    low: u8


class Joined(Struct, kw_only=True):
    number: Annotated[int, Halves] = field(
        adapt=(lambda halves: halves.high << 8 | halves.low, lambda number: Halves(number >> 8, number & 0xFF))
    )
    data: bytes = size("number.high")


def test_an_adapted_struct(codec: MakeCodec) -> None:
    """
    A value may be made of a struct, whose fields expressions see.
    """
    assert codec(Joined).encode(Joined(number=0x0203, data=b"ab")) == b"\x02\x03ab"
    assert codec(Joined).decode(b"\x02\x03ab") == Joined(number=0x0203, data=b"ab")


class Either(Struct, kw_only=True):
    flag: u8
    whole: list[u16] | None = when("flag == 0", default=None)
    part: bytes | None = when("flag == 1", default=None)


def test_one_rest_or_another(codec: MakeCodec) -> None:
    """
    What reads to the end under a condition may stand before what does so under another.
    """
    for value, data in [(Either(flag=0, whole=[1]), b"\0\0\1"), (Either(flag=1, part=b"a"), b"\1a")]:
        assert codec(Either).encode(value) == data
        assert codec(Either).decode(data) == value
    with pytest.raises(errors.SchemaError, match="reads to the end of the input, but 'behind' stands behind it"):

        class _Wrong(Struct, kw_only=True):
            kind: u8
            body: Plain | bytes = switch("kind", {0: Plain}, default=bytes)
            behind: u8


def test_two_derived_numbers_in_one_length(codec: MakeCodec) -> None:
    """
    A number beside one that is put in late is put in late as well.
    """

    class Packet(Struct, kw_only=True):
        words: u8 = derived
        total: u8 = derived
        options: list[Plain] = size("words * 4 - 4", default_factory=list)
        data: bytes = size("total - words * 4")

    packet = Packet(options=[Plain(1)] * 4, data=b"abc")
    assert codec(Packet).encode(packet).hex() == "020b01010101616263"
    assert (packet.words, packet.total) == (2, 11)
    assert codec(Packet).decode(bytes.fromhex("020b01010101616263")) == packet


class Nested(Struct, kw_only=True):
    kind: u8
    length: u8 = derived
    inner: "list[Nested] | u8 | None" = switch(
        "kind", {0: u8, 1: "list[Nested]"}, when="kind < 2", size="length", default_factory=type(None)
    )


def test_nesting_deeper_than_the_interpreter_goes(codec: MakeCodec) -> None:
    """
    Structs with a lot around them in each other are refused with an error of ours, whatever Python's own limit.
    """
    data = b"\x00\x01\x07"
    for _ in range(60):
        data = bytes([1, len(data)]) + data
    with contextlib.suppress(errors.LimitExceeded):
        assert codec(Nested).encode(codec(Nested).decode(data)) == data
    value = Nested(kind=2)
    for _ in range(200):
        value = Nested(kind=1, inner=[value])
    with pytest.raises(errors.InvalidValue, match="at most 64 structs inside each other"):
        codec(Nested).encode(value)


def test_a_range_with_the_field_itself(codec: MakeCodec) -> None:
    class Part(Struct, kw_only=True):
        length: u8 = computed("sizeof(length:text)")
        text: bytes = size("length - 1")
        behind: u8

    assert codec(Part).encode(Part(text=b"abc", behind=9)).hex() == "0461626309"
    assert codec(Part).decode(b"\x02a\x09") == Part(text=b"a", behind=9)


class Shelf(Struct, kw_only=True):
    kind: u8
    parts: list[Shifted] | Shifted = switch("kind", {0: list[Shifted], 1: Shifted}, parameters={"by": 1})


def test_parameters_of_a_list_in_a_switch(codec: MakeCodec) -> None:
    value = Shelf(kind=0, parts=[Shifted(7, b"a"), Shifted(8, b"b")])
    assert codec(Shelf).encode(value) == b"\0\x07a\x08b"
    assert codec(Shelf).decode(b"\0\x07a\x08b") == value


class Optional(Struct, kw_only=True):
    total: u16 = checksum("internet", none=0)
    value: u16


def test_a_checksum_that_may_be_left_out(codec: MakeCodec) -> None:
    """
    0 is no checksum: kept when decoding, written where it is assigned; a sum of 0 is written as its other form.
    """
    made = codec(Optional)
    value = made.decode(b"\0\0\0\1")
    assert value.total == 0
    assert made.encode(value) == b"\0\0\0\1"
    value.total = derived
    assert made.encode(value) == b"\xff\xfe\0\1"
    assert made.encode(Optional(value=0xFFFF)) == b"\xff\xff\xff\xff"
    assert made.decode(b"\xff\xff\xff\xff") == Optional(value=0xFFFF)
    with pytest.raises(errors.ChecksumMismatch):
        made.decode(b"\0\1\0\1")
    value.total = 1
    with pytest.raises(errors.ChecksumMismatch):
        made.encode(value)


@pytest.mark.parametrize("none", [-1, 1 << 16, b"\0\0", True])
def test_values_that_say_no_checksum(none: Any) -> None:
    with pytest.raises(errors.SchemaError, match=r"_Wrong\.total: none is .*, which internet cannot come to"):

        class _Wrong(Struct, kw_only=True):
            total: u16 = checksum("internet", none=none)


def test_no_digest(codec: MakeCodec) -> None:
    class Signed(Struct, kw_only=True):
        digest: bytes = checksum("md5", over="data", none=bytes(16))
        data: bytes

    assert codec(Signed).decode(bytes(16) + b"abc").digest == bytes(16)
    assert codec(Signed).encode(Signed(data=b"abc"))[:16].hex() == "900150983cd24fb0d6963f7d28e17f72"
