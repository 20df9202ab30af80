"""
Memory of others, to read, to write and as the value of a field: any shape of it, released, resized or changed meanwhile.
"""

import array
import contextlib
import ctypes
import mmap
from collections.abc import Callable
from typing import Any

import numpy
import pytest
from checks import Codecs
from hostile_types import Acting, Body, Kind, Sized, Three, Truth

import bebytes
from bebytes import Struct, errors, size

CONTIGUOUS: dict[str, Callable[[bytes], Any]] = {
    "bytes": bytes,
    "bytearray": bytearray,
    "memoryview": memoryview,
    "slice of a memoryview": lambda b: memoryview(b"x" + b + b"y")[1:-1],
    "array B": lambda b: array.array("B", b),
    "array b": lambda b: array.array("b", b),
    "array d": lambda b: array.array("d", b + bytes(-len(b) % 8)),
    "ctypes": lambda b: (ctypes.c_ubyte * len(b)).from_buffer_copy(b),
    "numpy u1": lambda b: numpy.frombuffer(b, "u1"),
    "numpy >u4": lambda b: numpy.frombuffer(b + bytes(-len(b) % 4), ">u4"),
    "numpy records": lambda b: numpy.frombuffer(b + bytes(-len(b) % 3), [("a", "u1"), ("b", ">u2")]),
    "numpy two dimensions": lambda b: numpy.frombuffer(b + bytes(len(b) % 2), "u1").reshape(2, -1),
    "numpy text": lambda b: numpy.frombuffer(b + bytes(-len(b) % 8), "U2"),
    "numpy half floats": lambda b: numpy.frombuffer(b + bytes(len(b) % 2), "f2"),
    "numpy bool": lambda b: numpy.frombuffer(b, "?"),
    "numpy complex": lambda b: numpy.frombuffer(b + bytes(-len(b) % 16), "c16"),
    "numpy 0-d": lambda b: numpy.frombuffer((b + bytes(8))[:8], "u8").reshape(()),
}


@pytest.mark.parametrize("make", CONTIGUOUS.values(), ids=CONTIGUOUS)
def test_any_contiguous_buffer_is_input_and_value(make: Callable[[bytes], Any], codec: Codecs) -> None:
    """All that lends its memory in one piece is read for its bytes, whatever items it says it has."""
    source = make(b"\1abcde")
    content = memoryview(source).tobytes()
    assert codec(Body).decode(source) == Body(1, content[1:])
    assert codec(Body).decode_prefix(source) == (Body(1, content[1:]), len(content))
    assert type(codec(Body).decode(source).body) is bytes
    assert codec(Body).encode(Body(9, source)) == b"\x09" + content
    assert codec(Sized).encode(Sized(body=source)) == bytes([1, len(content)]) + content


WRITABLE: dict[str, Callable[[], Any]] = {
    "bytearray": lambda: bytearray(16),
    "memoryview": lambda: memoryview(bytearray(16)),
    "array d": lambda: array.array("d", [0.0, 0.0]),
    "ctypes": lambda: (ctypes.c_uint32 * 4)(),
    "mmap": lambda: mmap.mmap(-1, 16),
    "numpy >u4": lambda: numpy.zeros(4, ">u4"),
    "numpy records": lambda: numpy.zeros(4, [("a", "u2"), ("b", "<u2")]),
    "numpy two dimensions": lambda: numpy.zeros((4, 4), "u1"),
    "numpy bool": lambda: numpy.zeros(16, "?"),
}


@pytest.mark.parametrize("make", WRITABLE.values(), ids=WRITABLE)
def test_any_writable_contiguous_buffer_is_a_target(make: Callable[[], Any], codec: Codecs) -> None:
    """Bytes are written at the byte offset, whatever items the buffer says it has."""
    target = make()
    assert codec(Body).encode_into(Body(1, b"abc"), target, 5) == 4
    assert memoryview(target).tobytes() == bytes(5) + b"\1abc" + bytes(7)


def test_targets_without_room_are_told_apart_from_bad_ones(codec: Codecs) -> None:
    """Empty buffers of any shape are too small; read-only, scattered and object buffers are BufferError; the rest TypeError."""
    of_class = codec(Body)
    value = Body(1, b"")
    for empty in (bytearray(), numpy.zeros((0, 3), "u1"), numpy.zeros((3, 0), ">u4"), array.array("d")):
        with pytest.raises(errors.BufferTooSmall) as caught:
            of_class.encode_into(value, empty)
        assert caught.value.args == (1, 0)
    read_only = numpy.zeros(4, "u1")
    read_only.setflags(write=False)
    scattered = numpy.zeros(8, "u1")[::2]
    for target in (
        b"1234",
        memoryview(b"1234"),
        memoryview(bytearray(4)).toreadonly(),
        read_only,
        scattered,
        memoryview(bytearray(8))[::2],
        memoryview(bytearray(8))[::-1],
        numpy.zeros((2, 3), "u1", order="F"),
        numpy.zeros(4, object),
    ):
        with pytest.raises(BufferError):
            of_class.encode_into(value, target)
    for target in ("1234", None, 5, [1, 2], object()):
        with pytest.raises(TypeError):
            of_class.encode_into(value, target)


@pytest.mark.parametrize("offset", [-1, 5, 2**63, -(2**63), 2**64, 10**30, -(10**30)])
def test_an_offset_outside_the_buffer_is_an_index_error(offset: int, codec: Codecs) -> None:
    """Offsets go from 0 to the length, and no number is too large to be told so."""
    buffer = bytearray(b"\xee" * 4)
    with pytest.raises(IndexError):
        codec(Body).encode_into(Body(1, b""), buffer, offset)
    assert buffer == b"\xee" * 4


def test_an_offset_is_an_integer(codec: Codecs) -> None:
    """Whatever has __index__ is an offset, what has not is a TypeError."""
    buffer = bytearray(4)
    assert codec(Body).encode_into(Body(1, b""), buffer, Acting(lambda: None, 2)) == 1
    assert buffer == b"\0\0\1\0"
    for bad in (1.0, "1", None):
        with pytest.raises(TypeError):
            codec(Body).encode_into(Body(1, b""), buffer, bad)


def test_input_that_is_no_contiguous_buffer_is_refused(codec: Codecs) -> None:
    """Text and numbers are TypeError, scattered memory is BufferError."""
    for bad in ("text", None, 5, [1], object()):
        for call in (codec(Body).decode, codec(Body).decode_prefix):
            with pytest.raises(TypeError) as caught:
                call(bad)
            assert not isinstance(caught.value, errors.BeBytesError)
    for bad in (memoryview(b"abcd")[::2], numpy.zeros(8, "u1")[::2], numpy.zeros((2, 2), "u1", order="F")):
        with pytest.raises(BufferError):
            codec(Body).decode(bad)


def test_scattered_memory_is_no_bytes_value(codec: Codecs) -> None:
    """A bytes field takes contiguous buffers, and anything else is WrongType."""
    scattered = [memoryview(b"abcd")[::2], numpy.zeros(8, "u1")[::2], numpy.zeros((2, 3), "u1", order="F")]
    for bad in (*scattered, "text", 5, None, [1]):
        with pytest.raises(errors.WrongType) as caught:
            codec(Body).encode(Body(1, bad))
        assert caught.value.args == ("bytes", type(bad).__name__)


def test_released_memory_is_an_error_of_its_exporter(codec: Codecs) -> None:
    """A memoryview released meanwhile is refused by Python itself, as a value, as input and as a target."""
    source, target = memoryview(b"\1\2\3"), memoryview(bytearray(3))
    value = Three(Acting(target.release), 2, 3)  # type: ignore[arg-type]
    late = Body(Acting(source.release), source)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="released") as caught:
        codec(Body).encode(late)
    assert not isinstance(caught.value, errors.BeBytesError)
    for call in (codec(Three).decode, codec(Three).decode_prefix):
        with pytest.raises(ValueError, match="released"):
            call(source)
    # The target is held while it is written to, so that releasing it fails or changes nothing.
    with contextlib.suppress(BufferError, ValueError):
        assert codec(Three).encode_into(value, target) == 3


def test_a_target_resized_by_a_value_is_never_written_outside(codec: Codecs) -> None:
    """A bytearray is held, or looked at again: it is written to whole, or not at all."""
    buffer = bytearray(b"\xee" * 3)
    try:
        codec(Three).encode_into(Three(Acting(buffer.clear), 2, 3), buffer)  # type: ignore[arg-type]
    except (BufferError, IndexError, errors.BufferTooSmall):
        assert bytes(buffer) in (b"\xee" * 3, b"")
    else:
        assert bytes(buffer) == b"\7\2\3"
    buffer += b"grows again"


def test_a_value_may_lie_in_the_target(codec: Codecs) -> None:
    """Source and target may overlap: what is written is what the value was."""
    buffer = bytearray(b"abcdefgh")
    assert codec(Body).encode_into(Body(1, memoryview(buffer)[:4]), buffer, 2) == 5  # type: ignore[arg-type]
    assert buffer == b"ab\1abcdh"


def test_decoded_bytes_are_copies(codec: Codecs) -> None:
    """A value does not change with the buffer it was read from."""
    buffer = bytearray(b"\1abc")
    value = codec(Body).decode(buffer)
    buffer[:] = b"\xff" * 4
    assert value == Body(1, b"abc")
    buffer.clear()  # no export is left behind


def test_buffers_are_given_back(codec: Codecs, backend: str) -> None:
    """After success and after failure, input, target and values can be resized and closed again."""

    class Unfit(Struct):
        v: bytes = size(2)
        k: Kind

    good, bad, target = bytearray(b"ab\1"), bytearray(b"ab\7"), bytearray(3)
    of_class = codec(Unfit)
    of_class.decode(good)
    of_class.encode_into(Unfit(good[:2], Kind.A), target)
    for call in (
        lambda: of_class.decode(bad),
        lambda: of_class.decode_prefix(bad),
        lambda: bebytes.decode_many(Unfit, bad, backend=backend),
        lambda: list(bebytes.iter_decode(Unfit, bad, backend=backend)),
        lambda: of_class.encode(Unfit(bad, Kind.A)),
        lambda: of_class.encode_into(Unfit(b"ab", 9), target),  # type: ignore[arg-type]
        lambda: of_class.encode_into(Unfit(b"ab", Kind.A), target, 1),
    ):
        with pytest.raises(errors.BeBytesError):
            call()
    for buffer in (good, bad, target):
        buffer.clear()


def test_iterating_over_changing_input_is_harmless(backend: str) -> None:
    """Input that changes or is let go while records are read lazily leads to records or errors, never to a crash."""
    buffer = bytearray(range(30))
    records = bebytes.iter_decode(Three, buffer, backend=backend)
    assert next(records) == Three(0, 1, 2)
    buffer[:] = bytes(30)
    assert all(type(record) is Three for record in records)
    assert list(records) == []
    view = memoryview(bytes(range(9)))
    records = bebytes.iter_decode(Three, view, backend=backend)
    assert next(records) == Three(0, 1, 2)
    with contextlib.suppress(BufferError):
        view.release()
    assert list(records) == [Three(3, 4, 5), Three(6, 7, 8)]


def test_iterating_ends_at_the_first_error(backend: str) -> None:
    """A broken record is raised once; what came before has been given."""
    records = bebytes.iter_decode(Truth, b"\1\0\1\1\1\x09\1\0", backend=backend)
    assert [next(records), next(records)] == [Truth(True, Kind.A), Truth(True, Kind.B)]
    with pytest.raises(errors.InvalidDiscriminant) as caught:
        next(records)
    assert caught.value.path == (2, "k")
    assert list(records) == []


def test_a_memory_map_is_input(codec: Codecs, tmp_path: Any) -> None:
    """A file mapped read-only is read, and can be closed afterwards; it is no target."""
    path = tmp_path / "data"
    path.write_bytes(b"\1abc")
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        assert codec(Body).decode(data) == Body(1, b"abc")
        with pytest.raises(BufferError):
            codec(Body).encode_into(Body(1, b""), data)
