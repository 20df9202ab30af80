"""
Many records at once: `decode_many`, `iter_decode` and `encode_many`.
"""

import types
from collections.abc import Iterator
from typing import Any

import pytest
from checks import raises
from records import AfterMarker, Child, Empty, Everything, Flagged, Line, Message, NumberAndAfter, Point

import bebytes
from bebytes import Codec, Struct, bits, decode_many, encode_many, f32, field, iter_decode, u8, u16, u32, until
from bebytes.errors import (
    InsufficientData,
    InvalidDiscriminant,
    MarkerNotFound,
    OutOfRange,
    SchemaError,
    WrongType,
)


def test_records_back_to_back(backend: Any) -> None:
    """
    All of them, lazily or at once, in either byte order; of empty input, none.
    """
    points = [Point(1, 2), Point(0x0304, 5)]
    for byteorder, data in (("big", "000102 030405"), ("little", "010002 040305")):
        keywords: Any = {"byteorder": byteorder, "backend": backend}
        encoded = bytes.fromhex(data)
        assert encode_many(points, **keywords) == encoded
        assert decode_many(Point, encoded, **keywords) == points
        assert list(iter_decode(Point, encoded, **keywords)) == points
        assert decode_many(Point, b"", **keywords) == []
        assert list(iter_decode(Point, b"", **keywords)) == []
        assert encode_many([], **keywords) == b""
    assert type(decode_many(Point, b"", backend=backend)) is list
    assert decode_many(Message, b"\1a\0\2bc", backend=backend) == [Message(1, b"a"), Message(0, b""), Message(2, b"bc")]


def test_values_may_be_any_iterable(backend: Any) -> None:
    """
    A generator, a tuple, an iterator.
    """
    assert encode_many((Point(i, i) for i in range(3)), backend=backend) == b"\0\0\0\0\1\1\0\2\2"
    assert encode_many((Point(1, 2),), backend=backend) == b"\0\1\2"
    assert encode_many(iter([Point(1, 2)]), backend=backend) == b"\0\1\2"
    with pytest.raises(TypeError):
        encode_many(5, backend=backend)  # type: ignore[arg-type]  # wrong on purpose


def test_iter_decode_is_lazy(backend: Any) -> None:
    """
    An error arises at its record, those before it are given.
    """
    records = iter_decode(Flagged, bytes.fromhex("01 000102 00 000304 02 000000"), backend=backend)

    assert iter(records) is records
    assert next(records) == Flagged(True, [Point(1, 2)])
    assert next(records) == Flagged(False, [Point(3, 4)])
    with raises(InvalidDiscriminant, (2, "flag"), 8, value=2, type_name="bool"):
        next(records)
    assert not isinstance(iter_decode(Point, b"", backend=backend), list)


def test_iter_decode_checks_its_arguments_at_the_call(backend: Any) -> None:
    """
    Not at the first record.
    """
    with pytest.raises(TypeError):
        iter_decode(Point, "text", backend=backend)  # type: ignore[arg-type]  # wrong on purpose
    with pytest.raises(SchemaError):
        iter_decode(Everything, b"", backend=backend)
    with pytest.raises(ValueError, match="byteorder"):
        iter_decode(Point, b"", byteorder="x", backend=backend)  # type: ignore[arg-type]  # wrong on purpose


@pytest.mark.parametrize(
    ("cls", "data", "kind", "path", "at", "figures"),
    [
        (Point, "000102 0003", InsufficientData, (1, "y"), 5, {"expected": 1, "actual": 0}),
        (Point, "00", InsufficientData, (0, "x"), 0, {"expected": 2, "actual": 1}),
        (Flagged, "01 000102 01 0003", InsufficientData, (1, "points", 0, "y"), 7, {"expected": 1, "actual": 0}),
        (Flagged, "01 000102 05", InvalidDiscriminant, (1, "flag"), 4, {"value": 5}),
        (Message, "00 00 02 61", InsufficientData, (2, "data"), 3, {"expected": 2, "actual": 1}),
    ],
)
def test_path_starts_with_the_record_and_offset_with_the_input(
    backend: Any, cls: Any, data: str, kind: Any, path: tuple[Any, ...], at: int, figures: dict[str, Any]
) -> None:
    """
    And the text says both.
    """
    with raises(kind, path, at, **figures):
        decode_many(cls, bytes.fromhex(data), backend=backend)
    with raises(kind, path, at, **figures):
        list(iter_decode(cls, bytes.fromhex(data), backend=backend))
    with pytest.raises(kind) as caught:
        decode_many(cls, bytes.fromhex(data), backend=backend)
    assert str(caught.value).startswith(f"{cls.__name__}[{path[0]}].{path[1]}")
    assert f"(at byte {at})" in str(caught.value)


def test_last_record_may_go_without_its_marker(backend: Any) -> None:
    """
    A struct whose last field ends with a marker.
    """
    assert decode_many(Line, b"a\n\nb", backend=backend) == [Line("a"), Line(""), Line("b")]
    assert decode_many(Line, b"a\n", backend=backend) == [Line("a")]
    assert encode_many([Line("a"), Line("b")], backend=backend) == b"a\nb\n"


def test_errors_of_encode_many_name_the_record(backend: Any) -> None:
    """
    The offset is that in the joined output.
    """
    with raises(OutOfRange, (1, "y"), 5, value=256):
        encode_many([Point(1, 2), Point(3, 256)], backend=backend)
    with raises(WrongType, (1,), 3, expected="a Point", actual="Message"):
        encode_many([Point(1, 2), Message(0, b"")], backend=backend)
    with raises(WrongType, (1,), 3, expected="a Point", actual="NoneType"):
        encode_many([Point(1, 2), None], backend=backend)  # type: ignore[type-var]  # wrong on purpose
    with raises(WrongType, (0,), 0, actual="int"):
        encode_many([5], backend=backend)  # type: ignore[type-var]  # wrong on purpose
    with raises(OutOfRange, (2, "n"), 3, value=300):
        encode_many([Message(1, b"a"), Message(0, b""), Message(300, b"")], backend=backend)
    assert encode_many([Point(1, 2), Child(3, 4)], backend=backend) == b"\0\1\2\0\3\4"


@pytest.mark.parametrize("cls", [Everything, AfterMarker, Empty])
def test_class_that_can_take_no_bytes_is_refused_for_many(backend: Any, cls: Any) -> None:
    """
    Always, also for empty input; alone it can be decoded.
    """
    text = f"^{cls.__name__} can take no bytes, so nobody can tell how many records"
    for data in (b"", b"\0a"):
        with pytest.raises(SchemaError, match=text):
            decode_many(cls, data, backend=backend)
        with pytest.raises(SchemaError, match=text):
            iter_decode(cls, data, backend=backend)
    with pytest.raises(SchemaError, match=text):
        encode_many([cls.from_be_bytes(b"")] if cls is not AfterMarker else [AfterMarker(b"")], backend=backend)
    assert decode_many(NumberAndAfter, b"\1", backend=backend) == [NumberAndAfter(1, b"")]


def test_no_struct_is_a_schema_error_for_many(backend: Any) -> None:
    """
    As for a codec.
    """
    wrong: Any
    for wrong in (int, Struct, 5, None):
        with pytest.raises(SchemaError):
            decode_many(wrong, b"", backend=backend)


def test_many_records_of_every_kind(backend: Any) -> None:
    """
    A thousand records come back as they went.
    """

    class Record(Struct):
        a: u8 = bits(3)
        b: u16 = bits(13)
        c: f32
        d: u32 = field(byteorder="little")
        name: str = until(0)

    values = [Record(i % 8, i, i / 4, i * 1000, f"n{i}") for i in range(1000)]

    data = encode_many(values, backend=backend)

    assert decode_many(Record, data, backend=backend) == values
    assert data == b"".join(Codec(Record, backend=backend).encode(v) for v in values)
    with raises(MarkerNotFound, (0, "inner", "text"), 0, marker=10):
        decode_many(Holder, b"abc", backend=backend)


class Holder(Struct):
    inner: Line
    n: u8 = 0


def test_positional_arguments_as_documented() -> None:
    """
    Keywords of the many-functions are keyword-only.
    """
    for call in (decode_many, iter_decode):
        with pytest.raises(TypeError):
            call(Point, b"", "big")  # type: ignore[call-arg]  # wrong on purpose
    with pytest.raises(TypeError):
        encode_many([], "big")  # type: ignore[call-arg]  # wrong on purpose
    assert isinstance(bebytes.available_backends(), tuple)
    assert isinstance(iter_decode(Point, b""), (Iterator, types.GeneratorType))
