"""
Input that is cut short, or has one bit turned over: it must be refused by an error of bebytes, or mean something else.
"""

import contextlib
import functools
from collections.abc import Callable
from typing import Any

import bebytes
from bebytes.errors import DecodeError, EncodeError


def check_damage(codec: bebytes.Codec[Any], data: bytes, *, every_bit: bool = False, verify: bool = True) -> int:
    """
    Decode what is left of a message at each length, and the message with a bit of each byte turned over.

    Args:
        codec: of the message's class.
        data: the message, which decodes.
        every_bit: whether each bit is turned over, and not one a byte.
        verify: whether checksums are checked.

    Returns:
        How many of them are refused.
    """
    decode = functools.partial(codec.decode, verify=verify)
    refused = 0
    decode(data)
    for damaged in damages(data, every_bit=every_bit):
        refused += is_refused(decode, codec.encode, damaged)
    return refused


def is_refused(decode: Callable[[bytes], Any], encode: Callable[[Any], bytes], data: bytes) -> bool:
    """
    Whether decoding refuses the data; where it does not, encoding gives bytes or refuses the value.
    """
    try:
        value = decode(data)
    except DecodeError as e:
        error = e
    else:
        repr(value)
        with contextlib.suppress(EncodeError):
            encode(value)
        return False
    assert str(error)
    assert 0 <= error.offset <= len(data) * 8
    return True


def damages(data: bytes, *, every_bit: bool = False) -> list[bytes]:
    """
    Each way in which `check_damage` damages a message.
    """
    found = [data[:length] for length in range(len(data))]
    for i in range(len(data)):
        for bit in range(8) if every_bit else [i % 8]:
            changed = bytearray(data)
            changed[i] ^= 1 << bit
            found.append(bytes(changed))
    return found
