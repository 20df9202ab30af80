"""
Classes beyond the crate BeBytes on both backends: the same values, bytes and errors, on whole input and on damaged input.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from general_zoo import ZOO

import bebytes
from bebytes import Codec
from bebytes.testing import outcome

pytestmark = pytest.mark.skipif("native" not in bebytes.available_backends(), reason="one backend only")

ORDERS = ("big", "little")


def codecs(cls: Any, order: Any) -> list[Codec[Any]]:
    return [Codec(cls, byteorder=order, backend=backend) for backend in ("native", "python")]


def damaged(data: bytes) -> Iterator[bytes]:
    """
    Each truncation, each flipped bit, and one byte more.
    """
    for end in range(len(data)):
        yield data[:end]
    for bit in range(len(data) * 8):
        changed = bytearray(data)
        changed[bit // 8] ^= 1 << bit % 8
        yield bytes(changed)
    yield data + b"\0"


def name_of(value: Any) -> str:
    return f"{type(value).__qualname__}"


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("value", ZOO, ids=name_of)
def test_decoding_gives_the_same(value: Any, order: str) -> None:
    native, python = codecs(type(value), order)
    data = python.encode(value)
    assert outcome(python.decode, data)[0] == "value"
    for content in (data, *damaged(data)):
        assert outcome(native.decode, content) == outcome(python.decode, content), content.hex()
        assert outcome(native.decode_prefix, content) == outcome(python.decode_prefix, content), content.hex()


@pytest.mark.parametrize("value", ZOO, ids=name_of)
def test_many_records_give_the_same(value: Any) -> None:
    data = Codec(type(value), backend="python").encode(value)
    for content in (data * 3, data * 2 + data[:-1], b"", data + bytes(3)):
        outcomes = [
            outcome(lambda c, b: bebytes.decode_many(type(value), c, backend=b), content, backend)
            for backend in ("native", "python")
        ]
        assert outcomes[0] == outcomes[1]
        outcomes = [
            outcome(lambda c, b: list(bebytes.iter_decode(type(value), c, backend=b)), content, backend)
            for backend in ("native", "python")
        ]
        assert outcomes[0] == outcomes[1]


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("value", ZOO, ids=name_of)
def test_encoding_gives_the_same(value: Any, order: str) -> None:
    native, python = codecs(type(value), order)
    data = python.encode(value)
    assert native.encode(value) == data
    assert native.encode(python.decode(data)) == data
