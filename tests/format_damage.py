"""
Damaged input for the definitions of real formats: what was cut off or changed is an error of ours or a value, nothing else.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from bebytes import Codec
from bebytes.errors import DecodeError, EncodeError


def cut_and_flipped(data: bytes) -> Iterator[bytes]:
    """
    The data cut off before each byte, and with one bit of each byte flipped, another bit for each.
    """
    for i in range(len(data)):
        yield data[:i]
        yield data[:i] + bytes((data[i] ^ 1 << (i * 5 + 3) % 8,)) + data[i + 1 :]


def assert_survives(codec: "Codec[Any]", data: bytes, *, verify: bool = True) -> int:
    """
    Damaged data decodes to a value, which encodes or is refused, or fails with an error that says where; how many failed.
    """
    failed = 0
    for damaged in cut_and_flipped(data):
        try:
            value = codec.decode(damaged, verify=verify)
        except DecodeError as e:
            failed += 1
            assert_says_where(e, len(data))
            continue
        try:
            again = codec.encode(value)
        except EncodeError as e:
            assert_says_where(e, len(data))
            continue
        assert codec.encode(codec.decode(again)) == again
    return failed


def assert_says_where(error: "DecodeError | EncodeError", size: int) -> None:
    """
    An error names the class, and a place in the data.
    """
    assert error.struct
    assert 0 <= error.offset <= 8 * size
    assert str(error)


def assert_cut_everywhere_fails(codec: "Codec[Any]", data: bytes) -> None:
    """
    Nothing can be cut off the end of the data.
    """
    for i in range(len(data)):
        with pytest.raises(DecodeError):
            codec.decode(data[:i])
