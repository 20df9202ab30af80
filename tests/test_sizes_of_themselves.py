"""
Computed numbers that measure their own bytes.
"""

from collections.abc import Callable
from typing import Any

import pytest

from bebytes import Codec, Struct, computed, u8, u16, uleb128
from bebytes.errors import EncodeError, SchemaError

Codecs = Callable[..., Codec[Any]]


class Whole(Struct):
    length: uleb128 = computed("sizeof(self)")
    payload: bytes


class Ranged(Struct):
    kind: u8
    length: uleb128 = computed("sizeof(length:payload)")
    payload: bytes


class Alone(Struct):
    size: uleb128 = computed("sizeof(size) * 100")


class Both(Struct):
    one: uleb128 = computed("sizeof(self)")
    other: uleb128 = computed("sizeof(self) - 1")
    plain: u16 = computed("sizeof(self) % 65536")
    payload: bytes


SIZES = [0, 1, 123, 124, 125, 126, 127, 128, 129, 16378, 16379, 16380, 16381, 16382, 16383, 16384, 70000]


def leb128(number: int) -> bytes:
    groups = []
    while number > 127:
        groups.append(number & 127 | 128)
        number >>= 7
    return bytes((*groups, number))


@pytest.mark.parametrize("size", SIZES)
def test_one_number(codec: Codecs, size: int) -> None:
    data = codec(Whole).encode(Whole(bytes(size)))

    assert data == leb128(len(data)) + bytes(size)
    assert codec(Whole).decode(data) == Whole(bytes(size))
    assert Whole(bytes(size)).length == len(data)
    assert codec(Ranged).encode(Ranged(7, bytes(size))) == b"\7" + data


@pytest.mark.parametrize("size", SIZES)
def test_numbers_that_measure_each_other(codec: Codecs, size: int) -> None:
    data = codec(Both).encode(Both(bytes(size)))

    head = leb128(len(data)) + leb128(len(data) - 1) + (len(data) % 65536).to_bytes(2, "big")
    assert data == head + bytes(size)
    assert codec(Both).decode(data) == Both(bytes(size))


def test_a_number_of_its_size_alone(codec: Codecs) -> None:
    assert codec(Alone).encode(Alone()) == b"\x64"


def test_no_size_agrees(codec: Codecs) -> None:
    class Never(Struct):
        size: uleb128 = computed("301 - sizeof(size) * 100")

    with pytest.raises(EncodeError, match="size"):
        codec(Never).encode(Never())


def test_only_its_own_bytes_and_only_where_all_is_there() -> None:
    with pytest.raises(SchemaError, match="names the field itself"):

        class _(Struct):
            length: uleb128 = computed("length + 1")
