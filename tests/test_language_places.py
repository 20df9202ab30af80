"""
Fields at places of their own: `at`.
"""

import copy

import pytest
from checks import Codecs, raises, same_bytes

from bebytes import (
    Struct,
    at,
    bits,
    computed,
    const,
    count,
    derived,
    repeat_until,
    size,
    u8,
    u16,
    u32,
    uleb128,
    when,
)
from bebytes.errors import InsufficientData, InvalidValue, LengthMismatch, LimitExceeded, OutOfRange, TrailingData


class Named(Struct, kw_only=True):
    offset: u16 = derived
    n: u8 = derived
    name: bytes = at("offset", size="n")
    last: u8


class Directory(Struct):
    entries: list[Named] = count(2)
    total: u16 = computed("sizeof(self)")


class Absolute(Struct):
    n: u8
    data: bytes = at(2, size="n")
    after: u8


class Origins(Struct, kw_only=True):
    skip: u8
    inner: "Inner"


class Inner(Struct, kw_only=True):
    a: u8 = derived
    of_struct: u8 = at("a", origin="struct")
    b: u8 = derived
    of_here: u8 = at("b", origin="here")
    c: u8 = derived
    of_message: u8 = at("c")


class Label(Struct):
    kind: u8 = bits(2)
    length: u8 = bits(6)
    text: bytes | None = when("kind == 0", size="length", default=None)
    low: u8 | None = when("kind == 3", default=None)
    target: "Name | None" = when("kind == 3", at="length << 8 | low", default=None)


class Name(Struct):
    labels: list[Label] = repeat_until("item.kind == 3 or item.length == 0")


class Names(Struct):
    first: Name
    second: Name


class Fork(Struct):
    left: u16
    right: u16
    a: "Fork | None" = when("left", at="left")
    b: "Fork | None" = when("right", at="right")


def test_places_are_written_behind_everything_else(codec: Codecs) -> None:
    """And their positions into the numbers that tell them."""
    value = Directory([Named(name=b"abc", last=1), Named(name=b"de", last=2)])
    same_bytes(codec, value, "000a 03 01 000d 02 02 000a 616263 6465", "0a00 03 01 0d00 02 02 0a00 616263 6465")
    assert Named(name=b"abc", last=1).offset == 4
    same_bytes(codec, Named(name=b"", last=1), "0004 00 01", "0400 00 01")


def test_position_that_is_given(codec: Codecs) -> None:
    """A gap is zeros; bytes may be shared where they are equal."""
    assert codec(Named).encode(Named(offset=6, name=b"ab", last=9)).hex(" ") == "00 06 02 09 00 00 61 62"
    assert codec(Named).decode(bytes.fromhex("0006 02 09 0000 6162")) == Named(name=b"ab", last=9)
    same_bytes(codec, Absolute(2, b"xy", 3), "02 03 7879")
    same_bytes(codec, Absolute(0, b"", 3), "00 03")
    with pytest.raises(
        InvalidValue, match=r"^Named.name: is 2, must be a position whose bytes are free, or the same \(at byte 3\)$"
    ):
        codec(Named).encode(Named(offset=2, name=b"ab", last=9))
    assert codec(Named).encode(Named(offset=2, name=b"\2\x09", last=9)).hex() == "00020209"
    with raises(InvalidValue, ("data",), 1, value=2**62):
        codec(_Far).encode(_Far(1, b"a"))


class _Far(Struct):
    position: u8
    data: bytes = at("1 << 62", size=1)


def test_origins(codec: Codecs) -> None:
    """The message, the struct, and the place where the field would stand."""
    value = Origins(skip=9, inner=Inner(of_struct=1, of_here=2, of_message=3))
    same_bytes(codec, value, "09 03 02 06 01 02 03")

    class Negative(Struct):
        a: u8
        b: u8
        first: u8 = at("0 - 2", origin="here")

    same_bytes(codec, Negative(5, 6, 5), "05 06")
    with raises(InvalidValue, ("first",), 2, value=0):
        codec(Negative).encode(Negative(5, 6, 7))


def test_places_outside_the_input(codec: Codecs) -> None:
    """Before its start or behind its end; at its end there is room for nothing."""
    with pytest.raises(InvalidValue, match=r"^Named.name: is 5, must be a position inside the input \(at byte 3\)$"):
        codec(Named).decode(bytes.fromhex("0005 00 01"))
    assert codec(Named).decode(bytes.fromhex("0004 00 01")).name == b""
    with raises(InsufficientData, ("name",), 4, expected=1, actual=0):
        codec(Named).decode(bytes.fromhex("0004 01 01"))

    class Before(Struct):
        a: u8
        b: u8 = at("0 - 5", origin="here")

    with raises(InvalidValue, ("b",), 1, value=-4):
        codec(Before).decode(b"\1")
    with raises(InvalidValue, ("b",), 1, value=-5):
        codec(Before).encode(Before(1, 2))

    class Divided(Struct):
        a: u8
        b: u8 = at("4 / a")

    with raises(InvalidValue, ("b",), 1, value=None):
        codec(Divided).decode(b"\0")
    with raises(InvalidValue, ("b",), 1, value=None):
        codec(Divided).encode(Divided(0, 1))


def test_what_a_message_takes(codec: Codecs) -> None:
    """Up to the last byte at a place; bytes behind that are left over."""
    data = bytes.fromhex("000a 03 01 000d 02 02 000a 616263 6465")
    assert codec(Directory).decode_prefix(data + b"rest")[1] == len(data)
    with raises(TrailingData, (), len(data), consumed=len(data), actual=len(data) + 1):
        codec(Directory).decode(data + b"x")


def test_alignment_of_places(codec: Codecs) -> None:
    """Encoding chooses the next multiple; an expression of the position is solved."""

    class Words(Struct, kw_only=True):
        word: u8 = derived
        a: u16 = at("word * 4", align=4)
        other: u8 = derived
        b: u8 = at("other + 1")

    same_bytes(codec, Words(a=7, b=8), "01 05 0000 0007 08", "01 05 0000 0700 08")

    class Unsolvable(Struct, kw_only=True):
        word: u8 = derived
        a: u16 = at("word * 4")
        pad: u8 = 0

    with pytest.raises(Exception, match="no whole solution"):
        codec(Unsolvable).encode(Unsolvable(a=7))


def test_position_that_does_not_fit(codec: Codecs) -> None:
    """Into the number that tells it."""

    class Small(Struct, kw_only=True):
        offset: u8 = derived
        data: bytes = size(300)
        far: u8 = at("offset")

    with raises(OutOfRange, ("offset",), 0, value=301):
        codec(Small).encode(Small(data=bytes(300), far=1))


def test_tables_of_places(codec: Codecs) -> None:
    """Places inside places, as files have them; lists and structs in windows."""

    class Entry(Struct, kw_only=True):
        offset: u16 = derived
        n: u8 = derived
        items: list[u16] = at("offset", size="n")

    class File(Struct, kw_only=True):
        magic: bytes = const(b"TB")
        table: u16 = derived
        n: u8 = derived
        entries: list[Entry] = at("table", count="n")
        length: u8 = derived
        footer: u16 = derived
        names: list[bytes] = at("footer", count="length", until=0)

    value = File(entries=[Entry(items=[1, 2]), Entry(items=[])], names=[b"a", b"bc"])
    same_bytes(
        codec,
        value,
        "5442 0008 02 02 000e 0013 04 0017 00 6100626300 0001 0002",
        "5442 0800 02 02 0e00 1300 04 1700 00 6100626300 0100 0200",
    )
    assert (value.table, value.n, value.footer, value.length) == (8, 2, 14, 2)
    assert copy.deepcopy(value) == value


def test_numbers_of_variable_size_and_places(codec: Codecs) -> None:
    """What moves as they grow is told where it is in the end."""

    class Outer(Struct):
        n: uleb128 = computed("sizeof(body)")
        body: bytes = size("n")
        one: Named
        inner: Inner
        two: list[Named] = count(2)

    for length in (0, 1, 127, 128, 300):
        value = Outer(
            b"x" * length,
            Named(name=b"abc", last=1),
            Inner(of_struct=1, of_here=2, of_message=3),
            [Named(name=b"d", last=2), Named(name=b"", last=3)],
        )
        if length > 240:
            with pytest.raises(OutOfRange):
                codec(Outer).encode(value)
            continue
        for byteorder in ("big", "little"):
            data = codec(Outer, byteorder=byteorder).encode(value)
            assert codec(Outer, byteorder=byteorder).decode(data) == value


def test_conditional_places(codec: Codecs) -> None:
    """Where nothing is there, the position is 0; another that was read is kept."""

    class Maybe(Struct, kw_only=True):
        offset: u8 = derived
        flag: u8
        data: u16 | None = when("flag", at="offset")

    same_bytes(codec, Maybe(flag=1, data=5), "02 01 0005", "02 01 0500")
    same_bytes(codec, Maybe(flag=0, data=None), "00 00")
    kept = codec(Maybe).decode(b"\7\0")
    assert kept.offset == 7
    assert codec(Maybe).encode(kept) == b"\7\0"


def test_compressed_names_of_dns(codec: Codecs) -> None:
    """Pointers to names before them, as in RFC 1035, section 4.1.4."""
    data = b"\3www\7example\0" + b"\4mail\xc0\4"
    value = codec(Names).decode(data)
    assert [label.text for label in value.first.labels] == [b"www", b"example", b""]
    target = value.second.labels[1].target
    assert target is not None
    assert [label.text for label in target.labels] == [b"example", b""]
    assert codec(Names).encode(value) == data


def test_positions_that_lead_back_to_themselves(codec: Codecs) -> None:
    """Directly or in a circle."""
    with pytest.raises(
        InvalidValue,
        match=r"^Names.second.labels\[0\].*target: is 1, must be a position that does not lead back to itself",
    ):
        codec(Names).decode(b"\0\xc0\1")
    with pytest.raises(InvalidValue, match="does not lead back to itself"):
        codec(Names).decode(b"\xc0\2\xc0\0")


def _forks(depth: int) -> bytes:
    # Each points twice to the next.
    return b"".join((4 * (i + 1)).to_bytes(2, "big") * 2 for i in range(depth)) + bytes(4)


def test_work_at_places_is_bounded(codec: Codecs) -> None:
    """By the length of the input, not by the number of ways through it."""
    assert codec(Fork).decode(_forks(8)) is not None
    for depth in (20, 31):
        with pytest.raises(LimitExceeded):
            codec(Fork).decode(_forks(depth))
    with pytest.raises(LimitExceeded):
        codec(Fork).decode(_forks(60))

    class Blob(Struct):
        offset: u32
        n: u32
        data: bytes = at("offset", size="n")

    class Blobs(Struct):
        n: u32
        all: list[Blob] = count("n")

    big = 1 << 20
    head = (1000).to_bytes(4, "big") + (bytes(4) + big.to_bytes(4, "big")) * 1000
    with pytest.raises(LimitExceeded):
        codec(Blobs).decode(head + bytes(big - len(head)))
    head = (8).to_bytes(4, "big") + (bytes(4) + big.to_bytes(4, "big")) * 8
    assert len(codec(Blobs).decode(head + bytes(big - len(head))).all) == 8


def test_many_places_take_no_more_than_linear_time(codec: Codecs) -> None:
    """Thousands of them, one behind the other or scattered."""

    class Table(Struct, kw_only=True):
        n: u16 = derived
        entries: list[Named] = count("n")

    value = Table(entries=[Named(name=b"abc", last=1) for _ in range(3000)])
    assert codec(Table).decode(codec(Table).encode(value)) == value

    class Scattered(Struct):
        position: u32
        data: u8 = at("position")

    class All(Struct):
        entries: list[Scattered]

    places = All([Scattered(40_000 + 2 * i, 7) for i in range(3000)])
    assert len(codec(All).encode(places)) == 45_999


def test_places_and_records_of_many(codec: Codecs) -> None:
    """Each record counts from its own start."""
    first = codec(Named).encode(Named(name=b"abc", last=1))
    second = codec(Named).encode(Named(name=b"d", last=2))
    of = codec(Named)
    assert of.decode_prefix(first + second) == (Named(name=b"abc", last=1), len(first))
    assert of.decode_prefix((first + second)[len(first) :])[0] == Named(name=b"d", last=2)


def test_lengths_at_places_are_checked(codec: Codecs) -> None:
    """As everywhere; the path and the offset are those of the field."""
    with raises(LengthMismatch, ("entries", 0, "name"), 10, expected=5, actual=3):
        codec(Directory).encode(Directory([Named(n=5, name=b"abc", last=1), Named(name=b"", last=2)]))
    with raises(InvalidValue, ("items",), 1, value=b"ab"):
        codec(_Rule).encode(_Rule(3, b"ab"))


class _Rule(Struct):
    position: u8
    items: bytes = at("position", size=2, valid={b"xy"})


def test_expressions_over_fields_at_places(codec: Codecs) -> None:
    """See their values, though they are written later; they take no bytes where they are declared."""

    class Seen(Struct):
        position: u8
        number: u8 = at("position", valid="value > 2")
        point: Inner2 = at("position + 1")
        more: u8 | None = when("number > 3 and point.x == 5")
        size_: u8 = computed("number + len(text)")
        text: bytes = at("position + 3", size=2)

    same_bytes(codec, Seen(3, 4, Inner2(5), 9, b"ab"), "03 09 06 04 0005 6162", "03 09 06 04 0500 6162")
    same_bytes(codec, Seen(2, 3, Inner2(5), None, b"ab"), "02 05 03 0005 6162", "02 05 03 0500 6162")
    with raises(InvalidValue, ("number",), 1, value=2):
        codec(Seen).encode(Seen(2, 2, Inner2(5), None, b"ab"))


class Inner2(Struct):
    x: u16
