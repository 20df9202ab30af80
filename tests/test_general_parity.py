"""
Classes beyond the crate BeBytes on both backends: the same values, bytes and errors, on whole input and on damaged input.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from general_zoo import ZOO, A, B, Bits, Kind

import bebytes
from bebytes import Codec, derived
from bebytes.errors import DecodeError
from bebytes.testing import outcome

pytestmark = pytest.mark.skipif("native" not in bebytes.available_backends(), reason="one backend only")

ORDERS = ("big", "little")


class Odd:
    """
    An integer by its own word.
    """

    def __index__(self) -> int:
        return 3


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


ODD: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    1,
    2,
    3,
    255,
    256,
    2**64,
    -(2**127),
    2**128,
    1.5,
    0.0,
    float("nan"),
    "x",
    "\ud800",
    "ab--\r\n",
    b"ab",
    b"x",
    b"zabab",
    b"",
    b"x",
    b"ab",
    bytearray(b"abcd"),
    memoryview(b"abcdef"),
    [],
    [1],
    [1, 0],
    (1, 2, 3),
    [None],
    [256],
    derived,
    Odd(),
    Kind.A,
    Bits.R,
    A(1),
    B("x"),
    [A(1), A(20)],
)
"""Values that fields may be given, of which few fit."""


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("value", ZOO, ids=name_of)
def test_odd_values_give_the_same(value: Any, order: str) -> None:
    native, python = codecs(type(value), order)
    for name in (f.name for f in bebytes.fields(type(value))):
        for odd in ODD:
            changed = bebytes.replace(value, **{name: odd})
            assert outcome(native.encode, changed) == outcome(python.encode, changed), (name, odd)


@pytest.mark.parametrize("value", ZOO, ids=name_of)
def test_values_of_damaged_bytes_are_written_the_same(value: Any) -> None:
    native, python = codecs(type(value), "big")
    for content in damaged(python.encode(value)):
        try:
            read = python.decode(content)
        except DecodeError:
            continue
        assert outcome(native.encode, read) == outcome(python.encode, read), content.hex()


def test_the_core_runs_what_it_is_meant_to() -> None:
    """
    All of the zoo is read by the extension itself, and all but digests, counts of variants and derived positions is written by it.
    """
    from bebytes._backend import runner

    classes = dict.fromkeys(type(value) for value in ZOO)
    runs: dict[str, Any] = {cls.__name__: runner(cls, "big", "native").runs() for cls in classes}  # type: ignore[attr-defined]  # a codec
    assert [name for name, (reads, _) in runs.items() if not reads] == []
    assert [name for name, (_, writes) in runs.items() if not writes] == ["Summed", "Picked", "Pf"]
