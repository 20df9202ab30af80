"""
Reading and writing: the methods of a struct, and codecs.
"""

import array
import mmap
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from checks import Codecs, raises
from records import AfterMarker, Child, Empty, Everything, Flagged, Line, Message, NumberAndAfter, Point

from bebytes import Codec, Struct, decode_many, encode_many, iter_decode
from bebytes.errors import (
    BufferTooSmall,
    EmptyBuffer,
    InsufficientData,
    OutOfRange,
    TrailingData,
    WrongType,
)

BIG, LITTLE = b"\x01\x02\x03", b"\x02\x01\x03"


# Methods: on the default backend


def test_methods_write_in_either_byte_order() -> None:
    """
    `to_be_bytes` and `to_le_bytes` give bytes.
    """
    assert Point(0x0102, 3).to_be_bytes() == BIG
    assert Point(0x0102, 3).to_le_bytes() == LITTLE


def test_class_methods_read_the_whole_input() -> None:
    """
    `from_*` gives the value, or says what is left over.
    """
    assert Point.from_be_bytes(BIG) == Point(0x0102, 3)
    assert Point.from_le_bytes(LITTLE) == Point(0x0102, 3)
    assert type(Child.from_be_bytes(BIG)) is Child
    for read in (Point.from_be_bytes, Point.from_le_bytes):
        with raises(TrailingData, (), 3, consumed=3, actual=5):
            read(BIG + b"\0\0")
        with raises(EmptyBuffer, (), 0, expected=3, actual=0):
            read(b"")
        with raises(InsufficientData, ("y",), 2, expected=1, actual=0):
            read(b"\1\2")


def test_try_class_methods_read_the_start_of_the_input() -> None:
    """
    The value and the bytes consumed; what follows is left alone.
    """
    assert Point.try_from_be_bytes(BIG + b"rest") == (Point(0x0102, 3), 3)
    assert Point.try_from_le_bytes(LITTLE) == (Point(0x0102, 3), 3)
    assert type(Point.try_from_be_bytes(BIG)) is tuple
    for read in (Point.try_from_be_bytes, Point.try_from_le_bytes):
        with raises(EmptyBuffer, (), 0, expected=3, actual=0):
            read(b"")


def test_methods_write_into_a_buffer() -> None:
    """
    From an offset on, all or nothing; the bytes written are returned.
    """
    buffer = bytearray(b"........")

    assert Point(0x0102, 3).encode_be_to(buffer) == 3
    assert Point(0x0102, 3).encode_le_to(buffer, 4) == 3
    assert Point(0x0102, 3).encode_le_to(buffer, offset=5) == 3
    assert buffer == b"\1\2\3.\2\2\1\3"
    with raises(BufferTooSmall, (), 6, expected=3, actual=2):
        Point(1, 2).encode_be_to(buffer, 6)


@pytest.mark.parametrize(
    ("cls", "number"),
    [
        (Point, 3),
        (Message, 1),
        (Flagged, 4),
        (Line, 1),
        (Everything, 0),
        (AfterMarker, 1),
        (NumberAndAfter, 2),
        (Empty, 0),
    ],
)
def test_field_size_is_the_fewest_bytes_of_an_encoding(cls: Any, number: int) -> None:
    """
    Of a fixed struct its size; sizes from data count as 0. On the class and on values.
    """
    assert cls.field_size() == number
    assert cls.__new__(cls).field_size() == number


@pytest.mark.parametrize("wrong", [None, 5, "text", [1, 2, 3], object()], ids=repr)
def test_what_has_no_buffer_is_a_type_error(codec: Codecs, wrong: Any) -> None:
    """
    A str is not encoded in passing.
    """
    for read in (
        Point.from_be_bytes,
        Point.try_from_le_bytes,
        codec(Point).decode,
        codec(Point).decode_prefix,
        lambda data: decode_many(Point, data, backend=codec.keywords["backend"]),  # type: ignore[attr-defined]
    ):
        with pytest.raises(TypeError):
            read(wrong)


# Codecs


def every_buffer(data: bytes, folder: Path) -> Iterator[Any]:
    """
    The same bytes in each kind of contiguous buffer.
    """
    yield data
    yield bytearray(data)
    yield memoryview(data)
    yield memoryview(b"x" + data + b"x")[1:-1]
    yield array.array("B", data)
    yield memoryview(array.array("H", data))
    yield memoryview(data).cast("B", (2, len(data) // 2))
    yield type("Bytes", (bytes,), {})(data)
    file = folder / "data"
    file.write_bytes(data)
    with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        yield mapped


def test_any_contiguous_buffer_goes_in(codec: Codecs, backend: Any, tmp_path: Path) -> None:
    """
    And is released afterwards.
    """
    data = BIG + BIG
    two = [Point(0x0102, 3)] * 2

    for buffer in every_buffer(data, tmp_path):
        assert codec(Point).decode_prefix(buffer) == (two[0], 3)
        assert decode_many(Point, buffer, backend=backend) == two
        assert list(iter_decode(Point, buffer, backend=backend)) == two
        assert codec(Pair).decode(buffer) == Pair(*two)
    growing = bytearray(data)
    codec(Pair).decode(growing)
    with pytest.raises(TrailingData):
        codec(Point).decode(growing)
    growing.append(1)


class Pair(Struct):
    a: Point
    b: Point


def test_buffer_with_holes_is_refused(codec: Codecs, backend: Any) -> None:
    """
    For reading and for writing.
    """
    for call in (
        codec(Point).decode,
        codec(Point).decode_prefix,
        lambda data: decode_many(Point, data, backend=backend),
    ):
        with pytest.raises(BufferError):
            call(memoryview(bytes(6))[::2])
        with pytest.raises(BufferError):
            call(memoryview(bytes(6))[::-1])
    with pytest.raises(BufferError):
        codec(Point).encode_into(Point(1, 2), memoryview(bytearray(12))[::2])


def test_value_keeps_nothing_of_the_input(codec: Codecs) -> None:
    """
    Bytes are copies, so the buffer may change.
    """
    buffer = bytearray(b"\2ab")
    value = codec(Message).decode(buffer)
    buffer[1] = 0

    assert value == Message(2, b"ab")


def test_encode_into_writes_into_any_writable_buffer(codec: Codecs, tmp_path: Path) -> None:
    """
    Offsets are in bytes, whatever the buffer's items.
    """
    value = Point(0x0102, 3)
    numbers = array.array("H", bytes(6))
    (tmp_path / "data").write_bytes(bytes(6))

    assert codec(Point).encode_into(value, numbers, 1) == 3
    assert numbers.tobytes() == b"\0\1\2\3\0\0"
    grid = bytearray(6)
    assert codec(Point, byteorder="little").encode_into(value, memoryview(grid).cast("B", (2, 3)), offset=3) == 3
    assert grid == b"\0\0\0\2\1\3"
    with (tmp_path / "data").open("r+b") as opened, mmap.mmap(opened.fileno(), 0) as mapped:
        assert codec(Point).encode_into(value, mapped, 2) == 3
        assert mapped[:] == b"\0\0\1\2\3\0"


def test_encode_into_refuses_without_touching_the_buffer(codec: Codecs) -> None:
    """
    Too small a buffer, an offset outside it, and values that do not fit.
    """
    of_point = codec(Point)

    buffer = bytearray(b"......")
    for offset in (-1, 7, 100, -(2**70), 2**70):
        with pytest.raises(IndexError):
            of_point.encode_into(Point(1, 2), buffer, offset)
    with raises(BufferTooSmall, (), 4, expected=3, actual=2):
        of_point.encode_into(Point(1, 2), buffer, 4)
    with raises(BufferTooSmall, (), 6, expected=3, actual=0):
        of_point.encode_into(Point(1, 2), buffer, 6)
    with raises(OutOfRange, ("y",), 3, value=256):
        of_point.encode_into(Point(1, 256), buffer, 1)
    with raises(OutOfRange, ("y",), 7, value=256):
        of_point.encode_into(Point(1, 256), buffer, 5)
    with raises(WrongType, (), 2, expected="a Point"):
        of_point.encode_into(5, buffer, 2)
    for wrong in ("1", 1.0, None):
        with pytest.raises(TypeError):
            of_point.encode_into(Point(1, 2), buffer, wrong)
    assert buffer == b"......"
    assert of_point.encode_into(Point(1, 2), buffer, 3) == 3


@pytest.mark.parametrize("wrong", [b"123456", memoryview(b"123456")], ids=repr)
def test_read_only_buffer_is_a_buffer_error(codec: Codecs, wrong: Any) -> None:
    """
    Before anything else is judged.
    """
    with pytest.raises(BufferError):
        codec(Point).encode_into(Point(1, 256), wrong, 100)
    with pytest.raises(BufferError):
        Point(1, 2).encode_be_to(wrong)


@pytest.mark.parametrize("wrong", ["text", 5, None, [0, 0, 0]], ids=repr)
def test_what_has_no_buffer_cannot_be_written_into(codec: Codecs, wrong: Any) -> None:
    """
    A `TypeError`, as of any function that takes buffers.
    """
    with pytest.raises(TypeError):
        codec(Point).encode_into(Point(1, 2), wrong)
    with pytest.raises(TypeError):
        Point(1, 2).encode_le_to(wrong)


def test_struct_of_no_bytes_is_written_at_the_very_end(codec: Codecs) -> None:
    """
    An offset of the buffer's length is inside.
    """
    assert codec(Empty).encode_into(Empty(), bytearray(2), 2) == 0
    assert codec(Empty).encode_into(Empty(), bytearray(), 0) == 0


def test_buffer_that_an_item_changes_while_it_is_written(codec: Codecs) -> None:
    """
    A buffer cannot shrink under its writer.
    """
    buffer = bytearray(8)

    class Shrinks:
        def __index__(self) -> int:
            with pytest.raises(BufferError):
                buffer.clear()
            return 7

    assert codec(Point).encode_into(Point(Shrinks(), 1), buffer, 5) == 3  # type: ignore[arg-type]  # an int to the library
    assert buffer == b"\0\0\0\0\0\0\7\1"


def test_codec_tells_what_it_is_and_pickles(codec: Codecs, backend: str) -> None:
    """
    Its class, byte order and backend.
    """
    made = codec(Point, byteorder="little")

    assert (made.cls, made.byteorder, made.backend) == (Point, "little", backend)
    assert repr(made) == f"Codec(Point, byteorder='little', backend='{backend}')"
    again = pickle.loads(pickle.dumps(made))
    assert again.decode(LITTLE) == Point(0x0102, 3)
    assert again.backend == backend


def test_codec_arguments_are_checked() -> None:
    """
    Byte order and backend by keyword only; unknown names are `ValueError`s.
    """
    with pytest.raises(TypeError):
        Codec(Point, "little")  # type: ignore[call-arg]  # wrong on purpose
    with pytest.raises(ValueError, match="write 'native' or 'python'"):
        Codec(Point, backend="rust")  # type: ignore[arg-type]  # wrong on purpose
    with pytest.raises(ValueError, match="write 'big' or 'little'"):
        decode_many(Point, b"", byteorder="middle")  # type: ignore[arg-type]  # wrong on purpose
    with pytest.raises(ValueError, match="write 'native' or 'python'"):
        encode_many([Point(1, 2)], backend="c")  # type: ignore[arg-type]  # wrong on purpose


def test_codec_takes_the_class_and_subclasses_without_fields(codec: Codecs) -> None:
    """
    Decoding gives the codec's class.
    """
    assert codec(Point).encode(Child(0x0102, 3)) == BIG
    with raises(WrongType, (), 0, expected="a Point", actual="Message"):
        codec(Point).encode(Message(0, b""))
