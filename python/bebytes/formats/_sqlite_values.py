"""
Values of SQLite's records (https://www.sqlite.org/fileformat2.html, section 2.1), for `sqlite.py`.

The layout of a value follows from an item of a list before it, which no field of the language can say, so it is Python here.
"""

import enum
import struct
from typing import Any


class TextEncoding(enum.IntEnum):
    """
    How a database writes text.
    """

    UTF_8 = 1
    UTF_16_LE = 2
    UTF_16_BE = 3

    @property
    def codec(self) -> str:
        """
        Its name in Python.
        """
        return ("utf-8", "utf-16-le", "utf-16-be")[self - 1]


_INTEGER_LENGTHS = (0, 1, 2, 3, 4, 6, 8)


def length_of(serial: int) -> int:
    """
    The bytes of a value of a serial type.

    Raises:
        ValueError: the type is reserved.
    """
    if serial >= 12:
        return (serial - 12) // 2
    if not 0 <= serial <= 9:
        raise ValueError(f"the serial type {serial} is reserved")
    return _INTEGER_LENGTHS[serial] if serial <= 6 else 8 if serial == 7 else 0


def value_of(serial: int, content: bytes, encoding: TextEncoding) -> Any:
    """
    The value that the bytes of a serial type are.

    Raises:
        ValueError: text that is none in this encoding.
    """
    if serial >= 12:
        return content.decode(encoding.codec) if serial % 2 else content
    if serial == 0:
        return None
    if serial == 7:
        return struct.unpack(">d", content)[0]
    return serial - 8 if serial >= 8 else int.from_bytes(content, "big", signed=True)


def serial_of(value: Any, encoding: TextEncoding) -> tuple[int, bytes]:
    """
    The serial type of a value, and its bytes.

    Raises:
        TypeError: SQLite has no such values.
        OverflowError: an int of more than 64 bits.
    """
    if value is None:
        return 0, b""
    if isinstance(value, int):
        if value in (0, 1):
            return 8 + value, b""
        bits = (value if value >= 0 else ~value).bit_length() + 1
        serial = next((i for i in range(1, 7) if bits <= 8 * _INTEGER_LENGTHS[i]), None)
        if serial is None:
            raise OverflowError(f"{value} has more than 64 bits")
        return serial, value.to_bytes(_INTEGER_LENGTHS[serial], "big", signed=True)
    if isinstance(value, float):
        return 7, struct.pack(">d", value)
    if isinstance(value, str):
        content = value.encode(encoding.codec)
        return 13 + 2 * len(content), content
    if isinstance(value, bytes):
        return 12 + 2 * len(value), value
    raise TypeError(f"{value!r} is no value of SQLite; give None, an int, a float, a str or bytes")
