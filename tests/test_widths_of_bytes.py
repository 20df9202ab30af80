"""
Numbers of as many bytes as other fields tell: `bits` with an expression that is a multiple of 8 by its form.
"""

from collections.abc import Callable
from typing import Any

import pytest

from bebytes import Codec, Struct, bits, i64, u8, u16, u32, u64
from bebytes.errors import InsufficientData, InvalidValue, OutOfRange, SchemaError

Codecs = Callable[..., Codec[Any]]


class Number(Struct):
    octets: u8
    value: u64 = bits("8 * octets")
    behind: u16


class Signed(Struct):
    octets: u8
    value: i64 = bits("octets * 8")
    behind: u16


class Either(Struct):
    wide: bool
    value: u32 = bits("24 if wide else 8 + 8")
    behind: u8


@pytest.mark.parametrize("octets", range(9))
def test_unsigned(codec: Codecs, octets: int) -> None:
    value = int.from_bytes(range(0xF1, 0xF1 + octets), "big")
    data = bytes((octets,)) + bytes(range(0xF1, 0xF1 + octets)) + b"\1\2"

    assert codec(Number).decode(data) == Number(octets, value, 0x0102)
    assert codec(Number).encode(Number(octets, value, 0x0102)) == data
    data = bytes((octets,)) + value.to_bytes(octets, "little") + b"\2\1"
    assert codec(Number, byteorder="little").decode(data) == Number(octets, value, 0x0102)
    assert codec(Number, byteorder="little").encode(Number(octets, value, 0x0102)) == data


@pytest.mark.parametrize(("octets", "value"), [(0, 0), (1, -128), (2, 127), (3, -2), (8, -(2**63)), (8, 2**63 - 1)])
def test_signed(codec: Codecs, octets: int, value: int) -> None:
    data = bytes((octets,)) + value.to_bytes(octets, "big", signed=True) + b"\1\2"

    assert codec(Signed).decode(data) == Signed(octets, value, 0x0102)
    assert codec(Signed).encode(Signed(octets, value, 0x0102)) == data


def test_choices(codec: Codecs) -> None:
    assert codec(Either).decode(b"\1\1\2\3\4") == Either(True, 0x010203, 4)
    assert codec(Either).decode(b"\0\1\2\3") == Either(False, 0x0102, 3)
    assert codec(Either).encode(Either(False, 0x0102, 3)) == b"\0\1\2\3"


def test_errors(codec: Codecs) -> None:
    with pytest.raises(InvalidValue, match="value"):
        codec(Number).decode(b"\x09" + bytes(20))
    with pytest.raises(InsufficientData):
        codec(Number).decode(b"\x04\1\2\3")
    with pytest.raises(OutOfRange, match="value"):
        codec(Number).encode(Number(1, 256, 0))


@pytest.mark.parametrize("width", ["octets", "octets + 8", "4 * octets", "8 if octets else 4", "8 * octets - 4"])
def test_other_widths_leave_the_boundary(width: str) -> None:
    with pytest.raises(SchemaError, match="begins where only data tells"):

        class _(Struct):
            octets: u8
            value: u64 = bits(width)
            behind: u16
