"""
The integers of SQLite files: 7 bits a byte, the most significant first, and all 8 of a ninth byte.
"""

import contextlib
import sqlite3
from collections.abc import Callable
from typing import Any

import pytest

from bebytes import Codec, Struct, computed, derived, size, sqlite_varint, u8
from bebytes.errors import InsufficientData, OutOfRange
from bebytes.types import Overlong

Codecs = Callable[..., Codec[Any]]


class One(Struct):
    number: sqlite_varint
    behind: u8 = 0xEE


class Kept(Struct, lossless=True):
    number: sqlite_varint


class Sized(Struct, kw_only=True):
    length: sqlite_varint = derived
    payload: bytes = size("length")
    total: sqlite_varint = computed("sizeof(payload)")


NUMBERS = {
    0: "00",
    1: "01",
    0x7F: "7f",
    0x80: "8100",
    0x3FFF: "ff7f",
    0x4000: "818000",
    2**49 - 1: "ffffffffffff7f",
    2**49: "8180808080808000",
    2**56 - 1: "ffffffffffffff7f",
    2**56: "80c080808080808000",
    2**56 + 0x1FF: "80c0808080808081ff",
    2**63 - 1: "bfffffffffffffffff",
    -1: "ffffffffffffffffff",
    -2: "fffffffffffffffffe",
    -(2**63): "c08080808080808000",
}


@pytest.mark.parametrize("number", NUMBERS)
def test_numbers(codec: Codecs, number: int) -> None:
    data = bytes.fromhex(NUMBERS[number])

    assert codec(One).encode(One(number)) == data + b"\xee"
    assert codec(One).decode(data + b"\xee") == One(number)
    assert codec(One, byteorder="little").encode(One(number)) == data + b"\xee"


@pytest.mark.parametrize("number", NUMBERS)
def test_sqlite_writes_the_same(number: int) -> None:
    """
    The rowid of the one row of a table: behind the size of its record, and before the record, a NULL.
    """
    with contextlib.closing(sqlite3.connect(":memory:")) as database:
        database.execute("CREATE TABLE t (a)")
        database.execute("INSERT INTO t (rowid, a) VALUES (?, NULL)", (number,))
        database.commit()
        page = database.serialize()

    assert page.endswith(b"\x02" + bytes.fromhex(NUMBERS[number]) + b"\x02\x00")


@pytest.mark.parametrize("number", [-(2**63) - 1, 2**63])
def test_numbers_that_do_not_fit(codec: Codecs, number: int) -> None:
    with pytest.raises(OutOfRange):
        codec(One).encode(One(number))


@pytest.mark.parametrize("number", NUMBERS)
def test_cut_off(codec: Codecs, number: int) -> None:
    data = bytes.fromhex(NUMBERS[number])
    for i in range(1, len(data)):
        with pytest.raises(InsufficientData) as caught:
            codec(One).decode(data[:i])
        assert caught.value.path == ("number",)


@pytest.mark.parametrize(
    ("data", "number"), [("8000", 0), ("80808001", 1), ("808080808080808000", 0), ("8080808080808080ff", 255)]
)
def test_more_bytes_than_needed(codec: Codecs, data: str, number: int) -> None:
    """
    They are read; a lossless class writes as many again.
    """
    content = bytes.fromhex(data)
    value = codec(Kept).decode(content)

    assert value.number == number
    assert isinstance(value.number, Overlong)
    assert codec(Kept).encode(value) == content
    assert codec(One).decode(content + b"\xee") == One(number)


@pytest.mark.parametrize("length", [0, 1, 127, 128, 20000])
def test_derived_and_computed(codec: Codecs, length: int) -> None:
    data = codec(Sized).encode(Sized(payload=bytes(length)))

    assert len(data) == length + 2 * (1 + (length > 127) + (length > 16383))
    assert codec(Sized).decode(data) == Sized(payload=bytes(length))
