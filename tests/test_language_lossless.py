"""
Classes that refuse what encoding would not give back, and `bebytes.verify`.
"""

import copy
import enum
import math
import pickle
import struct

import pytest
from checks import Codecs, raises, same_bytes

from bebytes import (
    Struct,
    align,
    at,
    bits,
    computed,
    count,
    derived,
    f16,
    f32,
    f64,
    field,
    padding,
    replace,
    reserved,
    scaled,
    size,
    sleb128,
    switch,
    types,
    u8,
    u16,
    uleb128,
    until,
    verify,
    vlq,
    when,
    zigzag,
)
from bebytes.errors import InsufficientData, InvalidConstant, InvalidDiscriminant, InvalidValue, NotReversible


class Kind(enum.IntEnum):
    A = 1
    B = 2


class Point(Struct):
    x: u16 | None


class Kept(Struct, lossless=True):
    number: uleb128
    signed: sleb128
    rest: u8 = reserved(4)
    kind: Kind = bits(4)
    gap: bytes = align(4)
    pad: bytes = padding(1)
    other: Kind
    skip: bytes = padding(1, policy="ignore")


class Refused(Struct, lossless=True):
    option: u16 | None
    text: str = size(4, pad=" ")
    points: list[Point] = count(2)
    half: f16
    line: str = until(0)


class Plain(Struct):
    option: u16 | None
    text: str = size(4, pad=" ")
    points: list[Point] = count(2)
    half: f16
    line: str = until(0)


class Child(Kept):
    last: u8


def test_what_is_read_is_written_again(codec: Codecs) -> None:
    """Numbers of more bytes than they need, reserved bits, padding, and numbers no member has."""
    data = bytes.fromhex("808000 ff7f 59 0102 05 09 07")
    value = codec(Kept).decode(data)
    assert codec(Kept).encode(value) == data
    assert (value.number, value.signed) == (0, -1)
    assert isinstance(value.number, types.Overlong)
    assert value.number.size == 3
    assert (value.rest, value.kind, value.other) == (5, 9, 9)
    assert (value.gap, value.pad, value.skip) == (b"\1\2", b"\5", b"\7")
    for other in (copy.copy(value), copy.deepcopy(value), pickle.loads(pickle.dumps(value)), replace(value)):
        assert other == value
        assert codec(Kept).encode(other) == data
    assert codec(Child).encode(codec(Child).decode(data + b"x")) == data + b"x"


def test_values_made_by_hand_are_as_short_as_can_be(codec: Codecs) -> None:
    """With zeros where nothing was read."""
    same_bytes(codec, Kept(0, -1, Kind.A, Kind.B), "00 7f 01 00 00 02 00", "00 7f 10 00 00 02 00")


def test_overlong_numbers(codec: Codecs) -> None:
    """Can be made, up to the bytes that can be read."""

    class Numbers(Struct, lossless=True):
        a: uleb128
        b: zigzag
        c: vlq

    value = Numbers(types.Overlong(1, 10), types.Overlong(-1, 2), types.Overlong(1, 3))
    data = codec(Numbers).encode(value)
    assert data.hex() == "81808080808080808000" + "8100" + "808001"
    assert codec(Numbers).decode(data) == value
    assert [n.size for n in (value.a, value.b, value.c)] == [10, 2, 3]  # type: ignore[attr-defined]
    with raises(InvalidValue, ("a",), 0, value=1, rule="a number of at most 10 bytes"):
        codec(Numbers).encode(Numbers(types.Overlong(1, 11), 1, 1))
    assert codec(Numbers).encode(Numbers(types.Overlong(300, 1), 0, 0)).hex() == "ac020000"


def test_what_would_be_lost_is_refused(codec: Codecs) -> None:
    """With the innermost field, and both bytes."""
    good = bytes.fromhex("010005 61622020 010001 000000 3c00 6869 00")
    assert codec(Refused).encode(codec(Refused).decode(good)) == good
    for at_, byte, path, expected, text in (
        (13, 0x7D, ("half",), 0x7E, "the input has 0x7d, encoding would write 0x7e"),
        (12, 7, ("points", 1, "x"), 0, "the input has 0x07, encoding would write 0x00"),
    ):
        broken = bytearray(good)
        broken[at_] = byte
        if path == ("half",):
            broken[14] = 1
        with pytest.raises(NotReversible) as caught:
            codec(Refused).decode(bytes(broken))
        assert caught.value.path == path
        assert (caught.value.expected, caught.value.actual) == (expected, byte)
        assert text in str(caught.value)
        found = verify(Plain, bytes(broken))
        assert found is not None
        assert (found.path, found.offset) == (caught.value.path, caught.value.offset)
    none = b"\0\0\7" + good[3:]
    with raises(NotReversible, ("option",), 0, expected=0, actual=7):
        codec(Refused).decode(none)
    with raises(NotReversible, (), len(good) - 1, expected=0, actual=None):
        codec(Refused).decode(good[:-1])


def test_verify_says_the_same_without_refusing() -> None:
    """Of any class, in either order; None where all survives."""
    good = bytes.fromhex("010005 61622020 010001 000000 3c00 6869 00")
    assert verify(Plain, good) is None
    assert verify(Plain, bytearray(good)) is None
    little = bytes.fromhex("010500 61622020 010100 000000 003c 6869 00")
    assert verify(Plain, little, byteorder="little") is None
    found = verify(Plain, good[:-1])
    assert isinstance(found, NotReversible)
    assert str(found) == f"Plain: the input has nothing, encoding would write 0x00 (at byte {len(good) - 1})"
    with pytest.raises(InsufficientData):
        verify(Plain, b"\1")
    with pytest.raises(InvalidDiscriminant):
        verify(Plain, b"\2" + good[1:])


def test_what_decoding_refuses_stays_refused(codec: Codecs) -> None:
    """An explicit policy of zeros, an unknown member that is an error."""

    class Strict(Struct, lossless=True):
        gap: bytes = padding(1, policy="zero")
        kind: Kind = field(unknown="error")

    with raises(InvalidConstant, ("gap",), 0):
        codec(Strict).decode(b"\1\1")
    with raises(InvalidDiscriminant, ("kind",), 1):
        codec(Strict).decode(b"\0\7")


def test_not_a_numbers(codec: Codecs) -> None:
    """Quiet ones survive with all their bits."""

    class Floats(Struct, lossless=True):
        a: f32
        b: f64

    data = bytes.fromhex("7fc12345 7ff8000000000123")
    value = codec(Floats).decode(data)
    assert math.isnan(value.a)
    assert codec(Floats).encode(value) == data
    assert struct.pack(">d", value.b) == data[4:]


def test_lossless_structs_inside_others(codec: Codecs) -> None:
    """What they keep is kept; the outermost decides whether the rest is looked at."""

    class Loose(Struct):
        kept: Kept
        option: u16 | None

    data = bytes.fromhex("808000 ff7f 59 0102 05 09 07 000001")
    value = codec(Loose).decode(data)
    assert codec(Loose).encode(value) == data[:-1] + b"\0"

    class Tight(Struct, lossless=True):
        inner: Point
        items: list[Point]

    with raises(NotReversible, ("items", 1, "x"), 6, expected=0, actual=5):
        codec(Tight).decode(bytes.fromhex("000000 010001 000005"))


def test_places_and_switches_of_lossless_classes(codec: Codecs) -> None:
    """A gap that no field covers would be lost, and a number that nothing tells is kept."""

    class File(Struct, kw_only=True, lossless=True):
        offset: u8 = derived
        kind: u8 = derived
        body: u16 | bytes = switch("kind", {1: u16}, default=bytes, size=2)
        data: bytes = at("offset", size=2)

    data = bytes.fromhex("04 01 0005 6162")
    assert codec(File).encode(codec(File).decode(data)) == data
    with pytest.raises(NotReversible):
        codec(File).decode(bytes.fromhex("05 01 0005 00 6162"))
    other = bytes.fromhex("04 07 0005 6162")
    assert codec(File).encode(codec(File).decode(other)) == other


def test_computed_numbers_and_scales(codec: Codecs) -> None:
    """That are read as they must be are no loss; a float that has no exact number is."""

    class Numbers(Struct, lossless=True):
        n: uleb128 = computed("len(data)")
        scaled_: float = scaled(u8, 0.1)
        data: bytes = size("n")
        more: u8 | None = when("n")

    data = bytes.fromhex("02 07 6162 09")
    assert codec(Numbers).encode(codec(Numbers).decode(data)) == data
    with raises(NotReversible, ("n",), 0, expected=2, actual=0x82):
        codec(Numbers).decode(bytes.fromhex("8200 07 6162 09"))
