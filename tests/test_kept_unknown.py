"""
Enums whose unknown numbers are kept, annotated as what they are: a member or an integer.
"""

import enum
from collections.abc import Callable
from typing import Annotated, Any

import pytest

from bebytes import Struct, bits, derived, field, switch, u8, u16, u32, when
from bebytes.errors import SchemaError

Codecs = Callable[..., Any]


class Kind(enum.IntEnum):
    A = 1
    B = 2


class Record(Struct, kw_only=True):
    plain: Kind | int = field(unknown="keep")
    wide: Annotated[Kind, u32] | int = field(unknown="keep", default=Kind.A)
    absent: Annotated[Kind, u16] | int | None = when("plain == Kind.A", unknown="keep", default=None)
    narrow: int | Kind = bits(4, unknown="keep")
    rest: u8 = bits(4, default=0)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Record(plain=Kind.A, absent=9, narrow=7), "01 00000001 0009 70"),
        (Record(plain=9, wide=99, narrow=Kind.B), "09 00000063 20"),
    ],
)
def test_members_and_integers(codec: Codecs, value: Record, expected: str) -> None:
    """
    The width is that of the enum, whatever else stands beside it.
    """
    data = bytes.fromhex(expected)
    assert codec(Record).encode(value) == data
    assert codec(Record).decode(data) == value
    assert repr(codec(Record).decode(data)) == repr(value)


def test_selectors(codec: Codecs) -> None:
    """
    It chooses variants, and is filled in from them.
    """

    class Inner(Struct):
        number: u8

    class Outer(Struct, kw_only=True):
        kind: Kind | int = field(unknown="keep", default=derived)
        body: Inner | bytes = switch("kind", {Kind.B: Inner}, default=bytes)

    assert codec(Outer).encode(Outer(body=Inner(7))) == b"\x02\x07"
    assert codec(Outer).decode(b"\x09ab") == Outer(kind=9, body=b"ab")


def test_only_where_they_are_kept() -> None:
    """
    Elsewhere a member is all that there is.
    """
    with pytest.raises(SchemaError, match="union"):

        class _Checked(Struct):
            kind: Kind | int

    with pytest.raises(SchemaError, match="unknown is for enums"):

        class _Other(Struct):
            kind: int | None = field(unknown="keep")
