"""
Errors: where they count from, which of several comes first, and what they are as objects.
"""

import pickle
from typing import Any

import pytest
from checks import Codecs
from error_rows import Flags, Inner, Item, Kind, Numbers, Outer, Packet, Truths, packet

import bebytes
from bebytes import Struct, char, derived, errors, field, size, u8, u16, u64


def unset(value: Any, name: str) -> Any:
    delattr(value, name)
    return value


# Where an error counts from.


def test_offsets_count_from_the_start_of_a_batch(backend: str) -> None:
    """In decode_many the path starts with the record's index and the offset counts from the first record's start."""
    good = packet().to_be_bytes()
    data = good * 5 + bytes.fromhex("110107")
    for call in (bebytes.decode_many, lambda *a, **k: list(bebytes.iter_decode(*a, **k))):
        with pytest.raises(errors.InsufficientData) as caught:
            call(Packet, data, backend=backend)
        error = caught.value
        assert error.path == (5, "options", 0, "length")
        assert error.offset == (len(good) * 5 + 3) * 8
        assert str(error) == f"Packet[5].options[0].length: needs 1 byte, 0 left (at byte {len(good) * 5 + 3})"


def test_offsets_count_from_the_start_of_joined_records(backend: str) -> None:
    """In encode_many the path starts with the value's index and the offset counts from the first one's start."""
    good = packet()
    with pytest.raises(errors.OutOfRange) as caught:
        bebytes.encode_many([good, good, packet(tail=-1)], backend=backend)
    assert caught.value.path == (2, "tail")
    assert caught.value.offset == (2 * len(good.to_be_bytes()) + 6) * 8
    assert str(caught.value) == "Packet[2].tail: -1 does not fit, 0 to 65535 does (at byte 22)"


def test_offsets_count_from_the_start_of_the_callers_buffer(codec: Codecs) -> None:
    """In encode_into the offset counts from the start of the buffer."""
    with pytest.raises(errors.OutOfRange) as caught:
        codec(Numbers).encode_into(Numbers(0, 16, 0, 0), bytearray(40), 5)
    assert (caught.value.path, caught.value.offset) == (("b",), 43)
    assert str(caught.value) == "Numbers.b: 16 does not fit, -16 to 15 does (at byte 5, bit 3)"


def test_a_buffer_too_small_says_how_much_is_missing(codec: Codecs) -> None:
    """BufferTooSmall: bytes needed, bytes there behind the offset; the offset is where writing would begin."""
    buffer = bytearray(b"\xee" * 9)
    with pytest.raises(errors.BufferTooSmall) as caught:
        codec(Truths).encode_into(Truths(0, True, False), buffer, 8)
    error = caught.value
    assert (error.path, error.offset, error.expected, error.actual) == ((), 64, 2, 1)
    assert str(error) == "Truths: the encoding takes 2 bytes, the buffer has 1 (at byte 8)"
    assert buffer == b"\xee" * 9


def test_a_bad_value_is_told_before_a_small_buffer(codec: Codecs) -> None:
    """Errors of values come before the buffer's size, those of the buffer's kind and the offset before both."""
    of_class = codec(Truths)
    bad = Truths(0, True, 7)
    with pytest.raises(errors.OutOfRange):
        of_class.encode_into(bad, bytearray(1))
    with pytest.raises(IndexError):
        of_class.encode_into(bad, bytearray(1), 2)
    with pytest.raises(IndexError):
        of_class.encode_into(bad, bytearray(1), -1)
    with pytest.raises(BufferError):
        of_class.encode_into(bad, bytes(1), 2)
    with pytest.raises(TypeError) as caught:
        of_class.encode_into(bad, "text", 2)
    assert not isinstance(caught.value, errors.BeBytesError)


@pytest.mark.parametrize(
    "value", [None, 5, Item(1, 0, b""), Packet], ids=["None", "int", "another struct", "the class"]
)
def test_the_value_itself_may_be_of_the_wrong_kind(value: Any, codec: Codecs) -> None:
    """What is no such struct is WrongType at the root."""
    with pytest.raises(errors.WrongType) as caught:
        codec(Packet).encode(value)
    actual = type(value).__name__
    assert (caught.value.path, caught.value.offset, caught.value.args) == ((), 0, ("a Packet", actual))
    assert str(caught.value) == f"Packet: takes a Packet, got {actual} (at byte 0)"


def test_values_of_another_class_in_a_batch_are_of_the_wrong_kind(backend: str) -> None:
    """In encode_many all values are of the first one's class."""
    with pytest.raises(errors.WrongType) as caught:
        bebytes.encode_many([packet(), Item(1, 0, b"")], backend=backend)
    assert (caught.value.path, caught.value.args) == ((1,), ("a Packet", "Item"))
    assert caught.value.offset == len(packet().to_be_bytes()) * 8
    with pytest.raises(errors.WrongType) as caught:
        bebytes.encode_many([5], backend=backend)  # type: ignore[list-item]
    assert caught.value.path == (0,)


@pytest.mark.parametrize("name", ["version", "kind", "n", "options", "tail"])
def test_an_unset_field_is_of_the_wrong_kind(name: str, codec: Codecs) -> None:
    """A deleted attribute is WrongType that says so."""
    with pytest.raises(errors.WrongType) as caught:
        codec(Packet).encode(unset(packet(), name))
    expected = {"options": "a list", "kind": "a Kind"}.get(name, "an int")
    assert caught.value.path == (name,)
    assert caught.value.args == (expected, "nothing (unset)")


def test_in_little_endian_bits_the_offset_is_of_the_first_bit(codec: Codecs) -> None:
    """Offsets number bits in the order of the message, whatever weight they have."""
    of_class = codec(Numbers, byteorder="little")
    with pytest.raises(errors.OutOfRange) as caught:
        of_class.encode(Numbers(0, 16, 0, 0))
    assert caught.value.offset == 3
    with pytest.raises(errors.InvalidDiscriminant) as invalid:
        codec(Packet, byteorder="little").decode(bytes.fromhex("f1"))
    assert (invalid.value.offset, invalid.value.value) == (4, 15)


def test_the_struct_named_is_the_outermost(codec: Codecs) -> None:
    """The text begins with the class that the codec is of, also where a nested one is at fault."""
    with pytest.raises(errors.InsufficientData, match=r"^Inner\.v: "):
        codec(Inner).decode(b"\x01")
    with pytest.raises(errors.InsufficientData, match=r"^Outer\.i\.v: "):
        codec(Outer).decode(b"\x00\x01")


def test_a_subclass_without_fields_is_named_by_the_class_of_the_codec(codec: Codecs) -> None:
    """A value of a subclass that adds no fields encodes with the plan of the codec's class."""

    class Same(Truths):
        pass

    with pytest.raises(errors.OutOfRange, match=r"^Truths\.r: "):
        codec(Truths).encode(Same(0, True, 5))
    with pytest.raises(errors.OutOfRange, match=r"^Same\.r: "):
        codec(Same).encode(Same(0, True, 5))
    with pytest.raises(errors.WrongType):
        codec(Same).encode(Truths(0, True, True))


# Errors are values.


def test_a_schema_error_pickles() -> None:
    """SchemaError keeps its text."""
    with pytest.raises(errors.SchemaError) as caught:
        type(Struct)("Bad", (Struct,), {"__annotations__": {"x": int}, "__module__": __name__})
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_families_of_errors() -> None:
    """Encode and decode errors are ValueErrors, a SchemaError is a TypeError, an EmptyBuffer is InsufficientData."""
    assert issubclass(errors.SchemaError, (errors.BeBytesError, TypeError))
    assert issubclass(errors.EncodeError, ValueError)
    assert issubclass(errors.EncodeError, errors.BeBytesError)
    assert issubclass(errors.DecodeError, ValueError)
    assert issubclass(errors.DecodeError, errors.BeBytesError)
    both = ("InvalidValue", "ChecksumMismatch")
    encode = {"OutOfRange", "LengthMismatch", "MarkerInData", "WrongType", "BufferTooSmall", *both}
    decode = {
        *("InsufficientData", "EmptyBuffer", "TrailingData", "InvalidDiscriminant", "InvalidChar"),
        *("InvalidUtf8", "MarkerNotFound", "InvalidSize", "LimitExceeded", "InvalidText", "InvalidConstant"),
        *("NotReversible", *both),
    }
    assert {n for n in errors.__all__ if issubclass(getattr(errors, n), errors.EncodeError)} == {*encode, "EncodeError"}
    assert {n for n in errors.__all__ if issubclass(getattr(errors, n), errors.DecodeError)} == {*decode, "DecodeError"}
    assert issubclass(errors.EmptyBuffer, errors.InsufficientData)
    assert not issubclass(errors.WrongType, TypeError)


def test_the_number_of_an_int_subclass_is_shown_as_an_int(codec: Codecs) -> None:
    """The figure of OutOfRange is the number itself, not the object that stood for it."""

    class Loud(int):
        def __repr__(self) -> str:
            return "LOUD"

    for value in (Loud(9), Kind(5), Flags(4) | Flags.A | 8):
        with pytest.raises(errors.OutOfRange) as caught:
            codec(Numbers).encode(Numbers(value * 2 if type(value) is not Kind else value, 99, 0, 0))
        assert type(caught.value.value) is int


def test_field_order_decides_between_a_bad_value_and_missing_input(codec: Codecs) -> None:
    """As if fields were read one at a time, a bad value in front wins over bytes that are missing behind."""

    class Row(Struct):
        k: Kind
        r: bool
        c: char
        x: u64

    of_class = codec(Row)
    cases = [
        ("09", "InvalidDiscriminant", ("k",)),
        ("0109", "InvalidDiscriminant", ("r",)),
        ("01010000d8", "InsufficientData", ("c",)),
        ("01010000d800", "InvalidChar", ("c",)),
        ("010100000041ff", "InsufficientData", ("x",)),
        ("01", "InsufficientData", ("r",)),
    ]
    for data, kind, path in cases:
        with pytest.raises(errors.DecodeError) as caught:
            of_class.decode(bytes.fromhex(data))
        assert (type(caught.value).__name__, caught.value.path) == (kind, path)


def test_of_several_that_share_a_count_the_first_that_disagrees_is_named(codec: Codecs) -> None:
    """LengthMismatch names the sized field, the first in declaration order that is not as long as declared."""

    class Shared(Struct, kw_only=True):
        n: u8 = derived
        a: bytes = size("n")
        b: bytes = size("n")
        c: bytes = size("n")

    with pytest.raises(errors.LengthMismatch) as caught:
        codec(Shared).encode(Shared(a=b"ab", b=b"ab", c=b"a"))
    assert caught.value.path == ("c",)
    with pytest.raises(errors.LengthMismatch) as caught:
        codec(Shared).encode(Shared(n=1, a=b"ab", b=b"a", c=b"a"))
    assert caught.value.path == ("a",)


def test_field_keywords_do_not_change_the_place(codec: Codecs) -> None:
    """A field with its own byte order reports the same path and offset."""

    class Mixed(Struct):
        a: u16 = field(byteorder="little")
        b: u16 = field(byteorder="big")

    with pytest.raises(errors.InsufficientData) as caught:
        codec(Mixed).decode(b"\1\2\3")
    assert (caught.value.path, caught.value.offset, caught.value.args) == (("b",), 16, (2, 1))


def test_the_outermost_struct_that_sizes_by_a_number_gives_it(codec: Codecs) -> None:
    """Where structs inside each other size by one derived number, the outer one's data decides, the inner one's is checked."""

    class Leaf(Struct, kw_only=True):
        n: u8 = derived

    class Middle(Struct):
        leaf: Leaf
        x: bytes = size("leaf.n")

    class Top(Struct):
        middle: Middle
        y: bytes = size("middle.leaf.n")

    assert codec(Top).encode(Top(Middle(Leaf(), b"ab"), b"cd")) == b"\2abcd"
    with pytest.raises(errors.LengthMismatch) as caught:
        codec(Top).encode(Top(Middle(Leaf(), b"ab"), b"cde"))
    assert (caught.value.path, caught.value.args) == (("middle", "x"), (3, 2))
