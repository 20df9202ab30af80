"""
Fields that are not stored, and are there only at times.
"""

from collections.abc import Callable
from typing import Any

import pytest

from bebytes import Struct, computed, const, derived, padding, size, u8, u16, when
from bebytes.errors import DecodeError, EncodeError, InvalidConstant

Codecs = Callable[..., Any]


class Record(Struct, kw_only=True):
    flags: u8
    magic: bytes | None = const(b"ab", when="flags & 1")
    length: u16 | None = when("flags & 2", default=derived)
    data: bytes | None = when("flags & 2", size="length", default=None)
    number: u8 | None = computed("flags + 1", when="flags & 4")
    gap: bytes | None = padding(2, when="flags & 8")


@pytest.mark.parametrize(
    ("value", "expected", "shown"),
    [
        (Record(flags=0), "00", "magic=None, length=None, data=None, number=None, gap=None"),
        (Record(flags=1), "01 6162", "magic=b'ab', length=None, data=None, number=None, gap=None"),
        (Record(flags=2, data=b"xyz"), "02 0003 78797a", "magic=None, length=3, data=b'xyz', number=None, gap=None"),
        (Record(flags=4), "04 05", "magic=None, length=None, data=None, number=5, gap=None"),
        (Record(flags=8), "08 0000", "magic=None, length=None, data=None, number=None, gap=b'\\x00\\x00'"),
        (
            Record(flags=15, data=b""),
            "0f 6162 0000 10 0000",
            "magic=b'ab', length=0, data=b'', number=16, gap=b'\\x00\\x00'",
        ),
    ],
)
def test_absent(codec: Codecs, value: Record, expected: str, shown: str) -> None:
    """
    A field that is not there takes no bytes and reads as None, whatever gives its value.
    """
    data = bytes.fromhex(expected)
    assert codec(Record).encode(value) == data
    assert codec(Record).decode(data) == value
    assert repr(codec(Record).decode(data)) == f"Record(flags={value.flags}, {shown})"


def test_errors(codec: Codecs) -> None:
    """
    What is there is checked as ever.
    """
    with pytest.raises(InvalidConstant):
        codec(Record).decode(b"\x01xx")
    with pytest.raises(DecodeError):
        codec(Record).decode(b"\x04\x04")
    with pytest.raises(EncodeError):
        codec(Record).encode(Record(flags=2))
    with pytest.raises(EncodeError):
        codec(Record).encode(Record(flags=0, data=b"a"))


def test_padding_does_not_solve_lengths(codec: Codecs) -> None:
    """
    A length that sizes a struct is measured, also where padding depends on it.
    """

    class Inner(Struct):
        text: bytes

    class Chunk(Struct, kw_only=True):
        length: u8 = derived
        inner: Inner = size("length")
        gap: bytes = padding("length % 2", policy="keep")

    assert codec(Chunk).encode(Chunk(inner=Inner(b"abc"))) == b"\x03abc\0"
    filled = Chunk(inner=Inner(b"abc"))
    filled.gap = b"!"
    assert codec(Chunk).decode(b"\x03abc!") == filled
    assert codec(Chunk).encode(filled) == b"\x03abc!"
