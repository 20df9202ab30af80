"""
Checksums in fields: what they cover, when they are told, and what becomes of wrong ones.

`test_checksums.py` is about the algorithms.
"""

import copy
import hashlib
import pickle
import zlib

import pytest
from checks import Codecs, raises, same_bytes

from bebytes import (
    Struct,
    asdict,
    at,
    bits,
    checksum,
    computed,
    count,
    derived,
    replace,
    size,
    u8,
    u16,
    u32,
    uleb128,
    verify,
    when,
)
from bebytes.errors import (
    ChecksumMismatch,
    InsufficientData,
    InvalidValue,
    LengthMismatch,
    NotReversible,
    OutOfRange,
    WrongType,
)


class Chunk(Struct, kw_only=True):
    length: u32 = derived
    kind: bytes = size(4)
    payload: bytes = size("length")
    crc: u32 = checksum("crc-32", over="kind:payload")


class Header(Struct):
    a: u16
    check: u16 = checksum("internet")
    b: u16


class Digest(Struct):
    a: u16
    digest: bytes = checksum("md5", over="a")


class Chain(Struct):
    last: u8 = checksum("sum-8", over="first:")
    first: u8 = checksum("sum-8", over="n:")
    n: u8 = computed("len(data)")
    data: bytes


class Fixed(Struct, byteorder="big"):
    a: u16
    crc: u32 = checksum("crc-32", over="a")


class Exact(Struct, lossless=True, byteorder="big"):
    a: u16
    crc: u32 = checksum("crc-32", over="a")


class Perhaps(Struct):
    flag: u8
    crc: u32 | None = checksum("crc-32", over="data", when="flag")
    data: bytes


def crc(data: bytes) -> str:
    return f"{zlib.crc32(data):08x}"


def swapped(text: str) -> str:
    return bytes.fromhex(text)[::-1].hex()


def test_sums_are_filled_in_and_checked(codec: Codecs) -> None:
    """Over fields before and behind them; their own bytes count as zeros."""
    same_bytes(codec, Chunk(kind=b"IEND", payload=b""), "00000000 49454e44 ae426082", "00000000 49454e44 826042ae")
    same_bytes(codec, Header(0x1234, 0x00FF), "1234 eccc 00ff", "3412 eccc ff00")
    assert codec(Digest).encode(Digest(1)) == b"\0\1" + hashlib.md5(b"\0\1").digest()
    same_bytes(codec, Chain(b"ab"), "8a c5 02 6162")


def test_wrong_sums(codec: Codecs) -> None:
    """Both sums are said, and where it stands; not when decoding does not verify."""
    data = bytes.fromhex("00000000 49454e44 ae426083")
    with pytest.raises(
        ChecksumMismatch, match=r"^Chunk.crc: is 0xae426083, what it covers has 0xae426082 \(at byte 8\)$"
    ):
        codec(Chunk).decode(data)
    with raises(ChecksumMismatch, ("digest",), 2, expected=hashlib.md5(b"\0\1").digest(), actual=bytes(16)):
        codec(Digest).decode(b"\0\1" + bytes(16))
    value = Chunk.from_be_bytes(data, verify=False)
    assert value == Chunk(kind=b"IEND", payload=b"")
    assert value.to_be_bytes()[-1] == 0x82
    assert Fixed.from_bytes(b"\0\1\0\0\0\0", verify=False).a == 1
    assert Fixed.try_from_bytes(b"\0\1\0\0\0\0rest", verify=False) == (Fixed(1), 6)
    with pytest.raises(ChecksumMismatch):
        verify(Fixed, b"\0\1\0\0\0\0")


def test_other_errors_come_first(codec: Codecs) -> None:
    """A field behind what is covered, or missing, is looked at in its turn."""
    with pytest.raises(ChecksumMismatch):
        codec(Header).decode(b"\0\0\0\0\0\1")
    with raises(InsufficientData, ("b",), 4, expected=2, actual=1):
        codec(Header).decode(b"\0\0\0\0\0")


def test_pinned_sums_are_checked_when_encoding(codec: Codecs) -> None:
    """Given or assigned; `derived` frees them."""
    value = Fixed(1, crc=zlib.crc32(b"\0\1"))
    assert codec(Fixed).encode(value).hex() == "0001" + crc(b"\0\1")
    value.crc = 7
    with raises(ChecksumMismatch, ("crc",), 2, expected=zlib.crc32(b"\0\1"), actual=7):
        codec(Fixed).encode(value)
    value.crc = 2**32
    with raises(OutOfRange, ("crc",), 2):
        codec(Fixed).encode(value)
    value.crc = derived
    assert value.crc == zlib.crc32(b"\0\1")
    with raises(LengthMismatch, ("digest",), 2, expected=16, actual=2):
        codec(Digest).encode(Digest(1, digest=b"ab"))
    with raises(WrongType, ("digest",), 2):
        codec(Digest).encode(Digest(1, digest=5))  # type: ignore[arg-type]  # what the test is about


def test_objects_with_sums() -> None:
    """Copies, pickles, dicts and comparisons."""
    value = Fixed(1)
    for other in (copy.copy(value), pickle.loads(pickle.dumps(value)), replace(value), Fixed(1, crc=value.crc)):
        assert other == value
    assert asdict(value) == {"a": 1, "crc": zlib.crc32(b"\0\1")}
    assert repr(value) == "Fixed(a=1)"
    assert Fixed(1, crc=5) != value
    assert repr(Fixed("x")) == "Fixed(a='x')"  # type: ignore[arg-type]  # what cannot be written can be printed


def test_sums_over_numbers_that_are_told_late(codec: Codecs) -> None:
    """Numbers of variable size, of windows, of places, in nested structs, and sums of sums."""

    class Inner(Struct):
        n: uleb128 = computed("sizeof(data)")
        data: bytes = size("n")
        crc: u32 = checksum("crc-32")

    class Late(Struct, kw_only=True):
        crc: u32 = checksum("crc-32")
        total: uleb128 = computed("sizeof(self)")
        n: uleb128 = derived
        inner: Inner = size("n")
        offset: u16 = derived
        chunk: Chunk = at("offset")
        last: u8 = checksum("sum-8", over="total:offset")

    for length in (0, 1, 100, 120, 127, 128, 300):
        value = Late(inner=Inner(b"x" * length), chunk=Chunk(kind=b"abcd", payload=b"y" * length))
        for byteorder in ("big", "little"):
            data = codec(Late, byteorder=byteorder).encode(value)
            assert codec(Late, byteorder=byteorder).decode(data) == value
            for at_ in {5, len(data) // 2, len(data) - 1}:
                broken = data[:at_] + bytes([data[at_] ^ 1]) + data[at_ + 1 :]
                with pytest.raises(Exception, match="Late"):
                    codec(Late, byteorder=byteorder).decode(broken)


def test_sums_and_computed_numbers_of_each_other(codec: Codecs) -> None:
    """In either order, but not in a circle."""

    class Mixed(Struct):
        t: u8 = computed("s + 1")
        a: u16
        s: u8 = checksum("sum-8", over="a")
        u: u8 = checksum("xor-8", over="t:s")

    same_bytes(codec, Mixed(0x0102), "04 0102 03 04", "04 0201 03 04")

    class Circle(Struct):
        t: u8 = computed("s + 1")
        s: u8 = checksum("sum-8", over="t")

    with pytest.raises(WrongType):
        codec(Circle).encode(Circle())


def test_sum_that_may_be_absent(codec: Codecs) -> None:
    """With its condition; absent fields that it covers add nothing."""
    same_bytes(codec, Perhaps(1, b"ab"), f"01 {crc(b'ab')} 6162", f"01 {swapped(crc(b'ab'))} 6162")
    same_bytes(codec, Perhaps(0, b"ab"), "00 6162")
    assert Perhaps(0, b"").crc is None

    class Covers(Struct):
        flag: u8
        a: u8 | None = when("flag")
        s: u8 = checksum("sum-8", over="a")

    same_bytes(codec, Covers(1, 7), "01 07 07")
    same_bytes(codec, Covers(0, None), "00 00")


def test_start_of_sums(codec: Codecs) -> None:
    """A number or an expression, as for the pseudo-header of UDP."""

    class Started(Struct):
        a: u16
        one: u16 = checksum("internet", over="a", start="p >> 16")
        two: u16 = checksum("internet", over="a", start=0x10)
        p: u32

    same_bytes(codec, Started(1, 0x20000), "0001 fffc ffee 00020000", "0100 fdfe effe 00000200")

    class Without(Struct):
        s: u16 = checksum("internet", over="p", start="1 / p")
        p: u16

    with raises(InvalidValue, ("s",), 0, value=None):
        codec(Without).encode(Without(0))
    with raises(InvalidValue, ("s",), 0, value=None):
        codec(Without).decode(bytes(4))


def test_sums_of_fewer_bits_than_their_field(codec: Codecs) -> None:
    """Bit fields hold them too, where they do not cover themselves."""

    class Bits(Struct):
        a: u8
        s: u16 = checksum("crc-8", over="a", bits=12)
        b: u8 = bits(4)

    data = codec(Bits).encode(Bits(1, 2))
    assert codec(Bits).decode(data) == Bits(1, 2)
    assert data.hex() == "010072"


def test_lossless_classes_and_wrong_sums() -> None:
    """A wrong sum would be put right by encoding, so it is refused even where it is not verified."""
    data = Exact(1).to_bytes()
    assert Exact.from_bytes(data) == Exact(1)
    with raises(NotReversible, ("crc",), 2):
        Exact.from_bytes(b"\0\1\0\0\0\0", verify=False)


def test_many_structs_with_sums(codec: Codecs) -> None:
    """In lists and at places, thousands of them."""

    class Placed(Struct, kw_only=True):
        offset: u32 = derived
        chunk: Chunk = at("offset")

    class Table(Struct, kw_only=True):
        n: u16 = derived
        all: list[Placed] = count("n")

    class Plain(Struct):
        all: list[Fixed]

    chunk = Chunk(kind=b"abcd", payload=b"x" * 20)
    value = Table(all=[Placed(chunk=chunk) for _ in range(2000)])
    assert codec(Table).decode(codec(Table).encode(value)) == value
    assert len(codec(Plain).encode(Plain([Fixed(i) for i in range(3000)]))) == 18000
