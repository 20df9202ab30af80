"""
Fields that are there only where a condition holds: `when`.
"""

import copy
import enum
import pickle
from typing import Any

import pytest
from checks import Codecs, raises, same_bytes

from bebytes import (
    Struct,
    asdict,
    bits,
    computed,
    count,
    derived,
    field,
    replace,
    size,
    u8,
    u16,
    u32,
    u64,
    u128,
    uleb128,
    until,
    when,
)
from bebytes.errors import InsufficientData, InvalidValue, LengthMismatch, TrailingData, WrongType


class Kind(enum.IntEnum):
    A = 1
    B = 2


class Inner(Struct):
    x: u16


class Sample(Struct):
    flags: u8
    time: u32 | None = when("flags & 4")
    kind: Kind
    more: u16 | None = when("kind == Kind.B and not flags & 1", default=None)


class Every(Struct):
    flags: u8
    text: str | None = when("flags & 1", until=0)
    data: bytes | None = when("flags & 2", size=2)
    inner: Inner | None = when("flags & 4")
    items: list[u16] | None = when("flags & 8", count=2)
    number: uleb128 | None = when("flags & 16")
    last: list[Inner] | None = when("flags & 32")


class Frozen(Struct, frozen=True):
    flag: bool
    x: u8 | None = when("flag", default=None)


class Optional(Struct):
    flag: u8
    maybe: Inner | None
    text: str | None = size(3)
    items: list[u8] | None = count(2)
    deep: list[Inner | None] = count(2)
    behind: u8 | None = when("maybe.x == 7")


class Sized(Struct, kw_only=True):
    flag: u8
    n: u8 = derived
    data: bytes | None = when("flag", size="n")
    m: u8 = derived
    text: str | None = size("m")


def test_there_where_it_holds(codec: Codecs) -> None:
    """And None, taking no bits, where it does not."""
    same_bytes(codec, Sample(4, 7, Kind.A), "04 00000007 01", "04 07000000 01")
    same_bytes(codec, Sample(0, None, Kind.B, 3), "00 02 0003", "00 02 0300")
    same_bytes(codec, Sample(5, 7, Kind.B), "05 00000007 02", "05 07000000 02")
    same_bytes(codec, Sample(0, None, Kind.A), "00 01")


@pytest.mark.parametrize("flags", range(64))
def test_every_kind_of_field(codec: Codecs, flags: int) -> None:
    """In every combination."""
    parts: list[tuple[Any, str]] = [
        ("hé", "68c3a900"),
        (b"\1\2", "0102"),
        (Inner(5), "0005"),
        ([1, 2], "0001 0002"),
        (300, "ac02"),
        ([Inner(1)], "0001"),
    ]
    there = [part if flags >> i & 1 else (None, "") for i, part in enumerate(parts)]
    value = Every(flags, *(v for v, _ in there))
    data = bytes([flags]) + bytes.fromhex("".join(text for _, text in there))
    assert codec(Every).encode(value) == data
    assert codec(Every).decode(data) == value


def test_values_that_do_not_agree(codec: Codecs) -> None:
    """None where there must be one, one where there must be None, with the condition."""
    with raises(WrongType, ("time",), 1):
        codec(Sample).encode(Sample(4, None, Kind.A))
    with pytest.raises(InvalidValue, match=r"^Sample.time: is 1, must be None where not 'flags & 4' \(at byte 1\)$"):
        codec(Sample).encode(Sample(0, 1, Kind.A))
    with raises(InvalidValue, ("more",), 2, value=0):
        codec(Sample).encode(Sample(0, None, Kind.A, 0))
    with raises(InsufficientData, ("time",), 1):
        codec(Sample).decode(b"\4\0\0")
    with raises(TrailingData, (), 2):
        codec(Sample).decode(b"\0\1\0")


def test_condition_without_a_value(codec: Codecs) -> None:
    """A division by zero, an absent field, and numbers of more than 128 bits."""

    class Odd(Struct):
        a: u8
        b: u8 | None = when("4 / a == 2")
        c: u8 | None = when("a == 2 and b == 1")
        d: u8 | None = when("c == 5")

    same_bytes(codec, Odd(2, 1, 5, 9), "02 01 05 09")
    with pytest.raises(
        InvalidValue, match=r"^Odd.b: must be when '4 / a == 2', which has no value here \(at byte 1\)$"
    ):
        codec(Odd).decode(b"\0")
    with raises(InvalidValue, ("b",), 1, value=None):
        codec(Odd).encode(Odd(0, None, None, None))
    with raises(InvalidValue, ("d",), 1, value=None):
        codec(Odd).decode(b"\1")

    class Wide(Struct):
        a: u128
        b: u8 | None = when("a > 5")

    same_bytes(codec, Wide(2**127 - 1, 1), "7f" + "ff" * 15 + "01", "ff" * 15 + "7f01")
    with raises(InvalidValue, ("b",), 16, value=2**127):
        codec(Wide).decode(b"\x80" + bytes(15))

    class Shifted(Struct):
        a: u64
        b: u8 | None = when("1 << a & 8")

    same_bytes(codec, Shifted(3, 1), "0000000000000003 01", "0300000000000000 01")
    same_bytes(codec, Shifted(126, None), "000000000000007e", "7e00000000000000")
    for number in (128, 2**64 - 1):
        with raises(InvalidValue, ("b",), 8, value=number):
            codec(Shifted).decode(number.to_bytes(8, "big"))


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("a + 2 * b == 7", True),
        ("(a + 2) * b == 9", True),
        ("-a == 0 - 1", True),
        ("~a == -2", True),
        ("a - b == -2", True),
        ("(0 - 7) / 2 == -4", True),
        ("(0 - 7) % 3 == 2", True),
        ("7 % 4 == b", True),
        ("a << 4 | b == 19", True),
        ("(a << 4 | b) == 19", True),
        ("a ^ b == 2", True),
        ("(a ^ b) == 2", True),
        ("b >> 1 == a", True),
        ("0 < a < b", True),
        ("0 < b < a", False),
        ("a in (1, 5)", True),
        ("a not in (1, 5)", False),
        ("not a", False),
        ("not a or b == 3", True),
        ("a and b", True),
        ("b if a else 0", True),
        ("0 if a else b", False),
        ("s == b'ab'", True),
        ("s != 'ab'", False),
        ("s in (b'xy', b'ab')", True),
        ("len(s) == 2 and sizeof(s) == 2", True),
        ("len(items) == 2", True),
        ("sizeof(items) == 4", True),
        ("sizeof(a:s) == 4", True),
        ("sizeof(:items) == 8", True),
        ("k == Kind.A", True),
        ("k == Kind.B", False),
        ("LIMIT > a", True),
        ("MAGIC == s", True),
        ("inner.x == 9", True),
        ("True", True),
        ("False", False),
        ("1", True),
    ],
)
def test_what_conditions_can_say(codec: Codecs, condition: str, holds: bool) -> None:
    """Operators as Python has them, but that `/` is whole division."""

    class All(Struct):
        a: u8
        b: u8
        s: bytes = size(2)
        items: list[u16] = count(2)
        k: Kind
        inner: Inner
        x: u8 | None = when(condition)

    value = All(1, 3, b"ab", [1, 2], Kind.A, Inner(9), 5 if holds else None)
    same_bytes(
        codec,
        value,
        "01 03 6162 0001 0002 01 0009" + (" 05" if holds else ""),
        "01 03 6162 0100 0200 01 0900" + (" 05" if holds else ""),
    )


LIMIT = 2
MAGIC = b"ab"


def test_options_of_every_type(codec: Codecs) -> None:
    """A tag of one byte, then the value; without one, as many zeros as it would take where that is fixed."""
    same_bytes(
        codec,
        Optional(1, Inner(7), "abc", [1, 2], [None, Inner(3)], 9),
        "01 010007 01616263 010102 000000 010003 09",
        "01 010700 01616263 010102 000000 010300 09",
    )
    with raises(InvalidValue, ("behind",), 17, value=None):
        codec(Optional).decode(bytes.fromhex("01 000000 00000000 000000 000000 000000"))

    class Plain(Struct):
        maybe: Inner | None
        text: str | None = until(0)
        data: bytes | None = size(2, pad=b"-")

    same_bytes(codec, Plain(None, None, None), "000000 00 000000")
    same_bytes(codec, Plain(Inner(1), "a", b"b"), "010001 016100 01622d", "010100 016100 01622d")
    with raises(InsufficientData, ("maybe",), 0, expected=3, actual=2):
        codec(Plain).decode(b"\0\0")


def test_lengths_of_absent_fields(codec: Codecs) -> None:
    """A derived one is 0 then; another number that was read is kept, and written again."""
    same_bytes(codec, Sized(flag=1, data=b"ab", text="xyz"), "01 02 6162 03 01 78797a")
    same_bytes(codec, Sized(flag=0, data=None, text=None), "00 00 00 00")
    data = bytes.fromhex("00 05 00 00")
    value = codec(Sized).decode(data)
    assert value.n == 5
    assert value == Sized(flag=0, n=5, data=None, text=None)
    assert codec(Sized).encode(value) == data
    with raises(LengthMismatch, ("data",), 2, expected=5, actual=1):
        codec(Sized).encode(replace(value, flag=1, data=b"a"))


def test_length_of_two_fields_of_which_one_is_there(codec: Codecs) -> None:
    """The other tells it, and nothing is kept."""

    class Either(Struct, kw_only=True):
        flag: bool
        n: u8 = derived
        a: list[u8] | None = when("flag", count="n", default=None)
        b: list[u16] | None = when("not flag", count="n", default=None)

    same_bytes(codec, Either(flag=True, a=[1]), "01 01 01")
    same_bytes(codec, Either(flag=False, b=[1, 2]), "00 02 0001 0002", "00 02 0100 0200")
    value = codec(Either).decode(b"\1\1\1")
    value.a = [1, 2]
    assert codec(Either).encode(value) == b"\1\2\1\2"


def test_objects_with_absent_fields() -> None:
    """Copies, pickles, dicts and hashes."""
    sample = Sample(0, None, Kind.A)
    for other in (copy.copy(sample), copy.deepcopy(sample), pickle.loads(pickle.dumps(sample)), replace(sample)):
        assert other == sample
    assert asdict(sample) == {"flags": 0, "time": None, "kind": Kind.A, "more": None}
    assert replace(sample, flags=4, time=3) == Sample(4, 3, Kind.A)
    assert hash(Frozen(False)) == hash(Frozen(False, None))
    assert Frozen(True, 3).to_be_bytes() == b"\1\3"


def test_conditions_inside_lists_and_of_numbers_in_structs(codec: Codecs) -> None:
    """The path of an error leads to the item."""

    class Item(Struct):
        flag: u8
        value: u16 | None = when("flag == 1")

    class Outer(Struct):
        head: Item
        items: list[Item]

    class Tail(Outer):
        pass

    same_bytes(codec, Tail(Item(0, None), [Item(1, 2), Item(0, None)]), "00 01 0002 00", "00 01 0200 00")
    with raises(InvalidValue, ("items", 1, "value"), 3, value=7):
        codec(Outer).encode(Outer(Item(0, None), [Item(0, None), Item(0, 7)]))
    with raises(InsufficientData, ("items", 0, "value"), 2):
        codec(Outer).decode(b"\0\1\0")


def test_bits_under_a_condition(codec: Codecs) -> None:
    """Whole bytes of them, or any in a class that lets fields begin anywhere."""

    class Packed(Struct, unaligned=True):
        flag: bool = bits()
        a: u8 | None = when("flag", bits=3)
        b: u8 = bits(4)
        c: u8

    same_bytes(codec, Packed(True, 5, 6, 0xAB), "d6 ab", "6b ab")
    same_bytes(codec, Packed(False, None, 6, 0xAB), "35 58", "6c 15")


def test_computed_numbers_over_conditions(codec: Codecs) -> None:
    """The size of a field that is absent is 0."""

    class Sizes(Struct):
        n: u8 = computed("sizeof(a) + sizeof(b)")
        flag: u8
        a: u16 | None = when("flag", default=None)
        b: bytes | None = field(size=1, default=None)

    same_bytes(codec, Sizes(0), "02 00 0000")
    same_bytes(codec, Sizes(1, 5, b"x"), "04 01 0005 0178", "04 01 0500 0178")
