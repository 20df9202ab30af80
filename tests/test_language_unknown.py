"""
Numbers that no member of an enum has: `unknown`.
"""

import copy
import enum
import pickle
from typing import Annotated

import pytest
from checks import Codecs, raises, same_bytes

from bebytes import Struct, asdict, bits, computed, count, field, i8, switch, u8, u16, when
from bebytes.errors import InvalidDiscriminant, InvalidValue, OutOfRange, WrongType


class Kind(enum.IntEnum):
    A = 1
    B = 2
    C = 3


class Flags(enum.IntFlag):
    X = 1
    Y = 4


class Minus(enum.IntEnum):
    LOW = -5
    HIGH = 5


class Every(Struct):
    error: Kind = field(unknown="error")
    keep: Kind = field(unknown="keep")
    other: Kind = field(unknown=Kind.C)
    flags: Flags = field(unknown="keep")
    signed: Annotated[Minus, i8] = field(unknown="keep")
    wide: Annotated[Kind, u16] = field(unknown="keep")
    low: Kind = bits(4, unknown="keep")
    high: Kind = bits(4, unknown=Kind.A)
    many: list[Kind] = count(2, unknown="keep")
    maybe: Kind | None = field(unknown="keep")


def test_members_are_members(codec: Codecs) -> None:
    """Whatever is said about others."""
    value = Every(
        Kind.A, Kind.B, Kind.C, Flags.X | Flags.Y, Minus.LOW, Kind.A, Kind.B, Kind.C, [Kind.A, Kind.B], Kind.C
    )
    same_bytes(codec, value, "01 02 03 05 fb 0001 23 0102 0103", "01 02 03 05 fb 0100 32 0102 0103")


def test_numbers_that_no_member_has(codec: Codecs) -> None:
    """Are kept as integers, read as a member, or refused."""
    data = bytes.fromhex("01 09 09 ff 80 ffff 99 0900 01ff")
    value = codec(Every).decode(data)
    assert value == Every(Kind.A, 9, Kind.C, 255, -128, 65535, 9, Kind.A, [9, 0], 255)  # type: ignore[arg-type,list-item]
    assert type(value.keep) is int
    assert type(value.other) is Kind
    assert [type(item) for item in value.many] == [int, int]
    # What was read as a member is written as that member.
    assert codec(Every).encode(value).hex(" ") == "01 09 03 ff 80 ff ff 91 09 00 01 ff"
    for other in (copy.copy(value), pickle.loads(pickle.dumps(value))):
        assert other == value
    assert asdict(value)["keep"] == 9
    with raises(InvalidDiscriminant, ("error",), 0, value=9, type_name="Kind"):
        codec(Every).decode(b"\x09" + data[1:])


def test_numbers_that_do_not_fit(codec: Codecs) -> None:
    """Into the width of the field, whatever is kept."""

    class One(Struct):
        a: Kind = field(unknown="keep")
        b: Kind = bits(4, unknown="keep")
        c: Annotated[Minus, i8] = bits(4, unknown="keep")

    same_bytes(codec, One(255, 15, -8), "ff f8", "ff 8f")  # type: ignore[arg-type]  # what the test is about
    with raises(OutOfRange, ("a",), 0, value=256, minimum=0, maximum=255):
        codec(One).encode(One(256, 1, -5))  # type: ignore[arg-type]
    with raises(OutOfRange, ("a",), 0, value=-1):
        codec(One).encode(One(-1, 1, -5))  # type: ignore[arg-type]
    with raises(OutOfRange, ("c",), 1.5, value=8, minimum=-8, maximum=7):
        codec(One).encode(One(1, 1, 8))  # type: ignore[arg-type]
    with raises(WrongType, ("a",), 0, expected="a Kind", actual="str"):
        codec(One).encode(One("A", 1, -5))  # type: ignore[arg-type]
    with raises(OutOfRange, ("a",), 2, value=9):
        codec(_Other).encode(_Other(1, 9))  # type: ignore[arg-type]


class _Other(Struct):
    b: u16
    a: Kind = field(unknown=Kind.C)


def test_expressions_see_the_number(codec: Codecs) -> None:
    """That was kept, or that of the member it was read as."""

    class Seen(Struct):
        kind: Kind = field(unknown="keep")
        a: u8 | None = when("kind > 3", default=None)
        b: Kind = field(unknown=Kind.C, default=Kind.C)
        c: u8 | None = when("b == Kind.C", default=None)
        d: u8 | None = switch("kind", {Kind.A: u8, 9: None}, default=None, default_factory=type(None))
        e: u8 = computed("kind + 1")

    same_bytes(codec, Seen(9, 5, Kind.C, 1, None), "09 05 03 01 0a")  # type: ignore[arg-type]
    same_bytes(codec, Seen(Kind.A, None, Kind.A, None, 7), "01 01 07 02")
    assert codec(Seen).decode(bytes.fromhex("02 77 01 03")) == Seen(Kind.B, None, Kind.C, 1, None)


def test_rules_of_kept_numbers(codec: Codecs) -> None:
    """Are about the number."""

    class Ruled(Struct):
        kind: Kind = field(unknown="keep", valid=range(1, 10))

    same_bytes(codec, Ruled(9), "09")  # type: ignore[arg-type]  # what the test is about
    with raises(InvalidValue, ("kind",), 0, value=10):
        codec(Ruled).decode(b"\x0a")


def test_flags_keep_all_bits(codec: Codecs) -> None:
    """Those that no member has too; known ones are members."""

    class Some(Struct):
        flags: Flags = field(unknown="keep")

    assert codec(Some).decode(b"\5").flags is Flags.X | Flags.Y
    kept = codec(Some).decode(b"\7")
    assert kept.flags == 7
    assert codec(Some).encode(kept) == b"\7"
    with pytest.raises(InvalidDiscriminant):
        codec(_Plain).decode(b"\7")


class _Plain(Struct):
    flags: Flags
