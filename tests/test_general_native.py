"""
Classes whose plans go beyond the crate BeBytes, on the native backend: calls of every kind, and manners.
"""

import subprocess
import sys
from typing import Any

import pytest

import bebytes
from bebytes import Codec, Struct, computed, const, derived, field, padding, replace, size, u8, u16, when
from bebytes.errors import ChecksumMismatch, InvalidConstant, InvalidValue, OutOfRange
from bebytes.relations import checksum
from bebytes.testing import outcome


class Note(Struct, frozen=True, order=True):
    """
    A field of each kind that is not stored.
    """

    magic: bytes = const(b"NT")
    length: u8 = computed("sizeof(text)")
    gap: bytes = padding(1, policy="ignore")
    text: bytes = size("length")
    tail: u8 | None = when("length > 2", default=None)


class Around(Struct):
    """
    A class that names one that comes later.
    """

    inner: "Later"
    kind: u8 = const(7)


class Later(Struct):
    """
    What it names.
    """

    low: u8 = field(valid=range(10))


ENCODED = b"NT\x03\x00abc\x09"


def note() -> Note:
    return Note(b"abc", 9)


def test_calls_of_every_kind(backend: str) -> None:
    codec = Codec(Note, backend=backend)  # type: ignore[arg-type]  # a name of those there are
    assert codec.encode(note()) == ENCODED
    assert codec.decode(ENCODED) == note()
    assert codec.decode(bytearray(ENCODED)) == note()
    assert codec.decode_prefix(memoryview(ENCODED + b"x")) == (note(), len(ENCODED))
    buffer = bytearray(20)
    assert codec.encode_into(note(), buffer, 2) == len(ENCODED)
    assert codec.encode_into(note(), buffer, offset=2) == len(ENCODED)
    assert buffer == bytes(2) + ENCODED + bytes(20 - 2 - len(ENCODED))
    names: Any = {"backend": backend}
    assert bebytes.decode_many(Note, ENCODED * 3, **names) == [note()] * 3
    assert list(bebytes.iter_decode(Note, ENCODED * 3, **names)) == [note()] * 3
    assert bebytes.encode_many([note()] * 3, **names) == ENCODED * 3


def test_methods_of_structs() -> None:
    buffer = bytearray(10)
    assert note().to_be_bytes() == note().to_le_bytes() == ENCODED
    assert note().encode_be_to(buffer) == note().encode_le_to(buffer, offset=1) == len(ENCODED)
    assert Note.from_be_bytes(ENCODED) == Note.from_le_bytes(ENCODED) == note()
    assert Note.try_from_be_bytes(ENCODED) == Note.try_from_le_bytes(ENCODED + b"x") == (note(), len(ENCODED))


def test_errors_are_those_of_the_readable_runner(backend: str) -> None:
    codec = Codec(Note, backend=backend)  # type: ignore[arg-type]  # as above
    with pytest.raises(InvalidConstant) as caught:
        codec.decode(b"NX" + ENCODED[2:])
    assert (caught.value.path, caught.value.offset) == (("magic",), 0)
    with pytest.raises(OutOfRange) as refused:
        bebytes.encode_many([note(), Note(b"abc", 300)], backend=backend)  # type: ignore[arg-type]  # as above
    assert (refused.value.path, refused.value.offset) == ((1, "tail"), (len(ENCODED) + 7) * 8)


def test_checksums_are_left_unchecked_where_that_is_asked_for(backend: str) -> None:
    pytest.importorskip("bebytes._checksums")

    class Summed(Struct):
        body: u16
        sum: u16 = checksum("internet", over="body")

    bad = Summed(5).to_be_bytes()[:-1] + b"\0"
    codec = Codec(Summed, backend=backend)  # type: ignore[arg-type]  # as above
    with pytest.raises(ChecksumMismatch):
        codec.decode(bad)
    decode: Any = codec.decode
    prefix: Any = codec.decode_prefix
    assert decode(bad, verify=False).body == 5
    assert prefix(bad, verify=False)[1] == 4
    assert decode(data=Summed(5).to_be_bytes(), verify=True).body == 5
    with pytest.raises(TypeError, match="unexpected keyword argument"):
        decode(bad, check=False)


def test_a_plain_codec_takes_the_keyword_too() -> None:
    class Plain(Struct):
        a: u8

    decode: Any = Codec(Plain).decode if bebytes.Codec(Plain).backend == "native" else None
    if decode is not None:
        assert decode(b"\1", verify=False) == Plain(1)


def test_a_class_that_names_a_later_one(backend: str) -> None:
    codec = Codec(Around, backend=backend)  # type: ignore[arg-type]  # as above
    assert codec.decode(b"\5\7") == Around(Later(5))
    with pytest.raises(InvalidValue):
        codec.decode(b"\x0b\7")


def test_the_first_call_may_be_any() -> None:
    program = (
        "from bebytes import *\n"
        "import bebytes\n"
        "def make():\n"
        "    class A(Struct):\n"
        "        m: u8 = const(1)\n"
        "        n: u8\n"
        "    return A\n"
        "assert make()(2).to_be_bytes() == b'\\1\\2'\n"
        "assert make().from_be_bytes(b'\\1\\2').n == 2\n"
        "assert make().try_from_le_bytes(b'\\1\\2')[1] == 2\n"
        "assert make()(2).encode_be_to(bytearray(2)) == 2\n"
        "assert len(bebytes.decode_many(make(), b'\\1\\2\\1\\3')) == 2\n"
        "assert len(list(bebytes.iter_decode(make(), b'\\1\\2\\1\\3'))) == 2\n"
        "assert bebytes.encode_many([make()(2)]) == b'\\1\\2'\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def pinned(**values: Any) -> Note:
    made = note()
    for name, value in values.items():
        getattr(Note, name).__set__(made, value)
    return made


def test_equality_leaves_out_what_neither_stores() -> None:
    from bebytes import _manners

    for equal in (lambda one, other: one == other, _manners.equal):
        assert equal(note(), note())
        assert not equal(note(), Note(b"abd", 9))
        assert equal(note(), pinned(length=3))
        assert equal(pinned(length=3), note())
        assert not equal(note(), pinned(length=4))
        assert equal(pinned(length=4), pinned(length=4))
        assert not equal(pinned(length=4), pinned(length=5))
        assert equal(note(), pinned(magic=b"NT"))
        assert not equal(note(), pinned(magic=b"NU"))


def test_a_number_that_cannot_be_told_does_not_matter_where_neither_stores_it() -> None:
    from bebytes import _manners

    for equal in (lambda one, other: one == other, _manners.equal):
        assert equal(replace(note(), text="no bytes"), replace(note(), text="no bytes"))
        assert not equal(replace(pinned(length=3), text="no bytes"), replace(note(), text="no bytes"))


def test_order_and_hash() -> None:
    from bebytes import _manners

    assert note() < Note(b"abd", 9)
    assert not note() < note()
    assert note() <= note()
    assert pinned(length=2) < note()
    assert pinned(length=4) > note()
    assert _manners.less(pinned(length=2), note())
    assert _manners.greater(pinned(length=4), note())
    assert hash(note()) == hash(pinned(length=3)) == hash(note())
    assert _manners.hashed(note()) == hash(note())
    assert hash(note()) != hash(Note(b"abd", 9))


def test_a_pinned_field_that_the_users_code_comes_before() -> None:
    class Odd:
        def __eq__(self, other: object) -> bool:
            return isinstance(other, Odd)

        __hash__ = None  # type: ignore[assignment]  # of no matter here

    one, other = Note(Odd(), 9), replace(Note(Odd(), 9), length=3)  # type: ignore[arg-type]  # whatever it is
    assert outcome(lambda: one == other) == outcome(lambda: other == one)
    assert one == Note(Odd(), 9)  # type: ignore[arg-type]  # as above
    assert one != other  # a length that cannot be told is none


def test_printing_shows_pinned_fields_only() -> None:
    from bebytes import _manners

    for text in (repr, _manners.represent):
        assert text(note()) == "Note(text=b'abc', tail=9)"
        assert text(pinned(magic=b"NX")) == "Note(magic=b'NX', text=b'abc', tail=9)"
        assert text(pinned(length=4)) == "Note(length=4, text=b'abc', tail=9)"
        assert text(pinned(length=4, gap=b"\1")) == "Note(length=4, gap=b'\\x01', text=b'abc', tail=9)"
        assert text(Around(Later(1))) == "Around(inner=Later(low=1))"
        assert text(replace(Around(Later(1)), kind=8)) == "Around(inner=Later(low=1), kind=8)"


def test_a_class_of_nothing_that_is_stored() -> None:
    class Nothing(Struct, frozen=True):
        a: u8 = const(1)
        b: u8 = const(2)

    assert repr(Nothing()) == "Nothing()"
    assert Nothing() == Nothing() == Nothing.from_be_bytes(b"\1\2")
    assert hash(Nothing()) == hash(Nothing())
    assert Nothing(b=derived) == Nothing()  # type: ignore[call-arg]  # no argument, but for pinning
    assert Nothing(b=3) != Nothing()  # type: ignore[call-arg]
