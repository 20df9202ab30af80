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
    ("value", "expected", "seen"),
    [
        (Record(flags=0), "00", (None, None, None, None, None)),
        (Record(flags=1), "01 6162", (b"ab", None, None, None, None)),
        (Record(flags=2, data=b"xyz"), "02 0003 78797a", (None, 3, b"xyz", None, None)),
        (Record(flags=4), "04 05", (None, None, None, 5, None)),
        (Record(flags=8), "08 0000", (None, None, None, None, b"\x00\x00")),
        (
            Record(flags=15, data=b""),
            "0f 6162 0000 10 0000",
            (b"ab", 0, b"", 16, b"\x00\x00"),
        ),
    ],
)
def test_absent(codec: Codecs, value: Record, expected: str, seen: tuple[Any, ...]) -> None:
    """
    A field that is not there takes no bytes and reads as None, whatever gives its value.
    """
    data = bytes.fromhex(expected)
    assert codec(Record).encode(value) == data
    assert codec(Record).decode(data) == value
    of = codec(Record).decode(data)
    assert (of.magic, of.length, of.data, of.number, of.gap) == seen


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
