"""
The same rows as in `error_rows.py`, of classes beyond the crate BeBytes.
"""

import enum
from typing import Any

from bebytes import (
    Struct,
    align,
    at,
    bits,
    checksum,
    computed,
    const,
    derived,
    field,
    repeat_until,
    reserved,
    size,
    switch,
    u8,
    u16,
    u32,
    uleb128,
    when,
)


class Colour(enum.IntEnum):
    RED = 1
    BLUE = 2


class Fixed(Struct):
    magic: bytes = const(b"PK")
    version: u16 = const(3)
    rest: u8 = reserved(4)
    kind: u8 = bits(4, valid=range(1, 5))


class Counted(Struct):
    length: u16 = computed("sizeof(self)")
    low: u8 = field(valid={2, 4})
    high: u8 = field(valid="high > low")
    name: str = size(2, encoding="ascii", valid=("aa", "zz"))


class Summed(Struct):
    a: u16
    crc: u32 = checksum("crc-32", over="a")


class Chosen(Struct, kw_only=True):
    kind: Colour = derived
    n: u8 = derived
    body: Fixed | bytes = switch("kind", {Colour.RED: Fixed, Colour.BLUE: bytes}, size="n")


class Placed(Struct):
    flag: u8
    maybe: u8 | None = when("8 / flag == 2")
    position: u8
    data: bytes = at("position", size=2)


class Ended(Struct):
    items: list[u8] = repeat_until("item == 0")
    steps: list[uleb128] = repeat_until("item == 9", keep=False, sentinel=9)


class Deep(Struct):
    more: u8
    deeper: "Deep | None" = when("more")


class Exact(Struct, lossless=True):
    option: u8 | None
    gap: bytes = align(4, policy="zero")


LANGUAGE_DECODING: list[tuple[Any, str, str, tuple[Any, ...], int, tuple[Any, ...], str]] = [
    (Fixed, "504c 0003 01", "InvalidConstant", ("magic",), 0, (b"PL", b"PK"),
     "Fixed.magic: is b'PL', must be b'PK' (at byte 0)"),
    (Fixed, "504b 0004 01", "InvalidConstant", ("version",), 16, (4, 3), "Fixed.version: is 4, must be 3 (at byte 2)"),
    (Fixed, "504b 0003 11", "InvalidConstant", ("rest",), 32, (1, 0), "Fixed.rest: is 1, must be 0 (at byte 4)"),
    (Fixed, "504b 0003 05", "InvalidValue", ("kind",), 36, (5, "1 to 4"),
     "Fixed.kind: is 5, must be 1 to 4 (at byte 4, bit 4)"),
    (Fixed, "504b 00", "InsufficientData", ("version",), 16, (2, 1), "Fixed.version: needs 2 bytes, 1 left (at byte 2)"),
    (Counted, "0005 02 03 6162", "InvalidValue", ("length",), 0, (5, "6, which is sizeof(self)"),
     "Counted.length: is 5, must be 6, which is sizeof(self) (at byte 0)"),
    (Counted, "0006 03 04 6162", "InvalidValue", ("low",), 16, (3, "one of 2, 4"),
     "Counted.low: is 3, must be one of 2, 4 (at byte 2)"),
    (Counted, "0006 02 02 6162", "InvalidValue", ("high",), 24, (2, "high with high > low"),
     "Counted.high: is 2, must be high with high > low (at byte 3)"),
    (Counted, "0006 02 03 80ff", "InvalidText", ("name",), 32, ("ascii",),
     "Counted.name: the bytes are no valid ascii (at byte 4)"),
    (Counted, "0006 02 03 4162", "InvalidValue", ("name",), 32, ("Ab", "aa to zz"),
     "Counted.name: is 'Ab', must be aa to zz (at byte 4)"),
    (Summed, "0001 00000000", "ChecksumMismatch", ("crc",), 16, (0x36de2269, 0),
     "Summed.crc: is 0x0, what it covers has 0x36de2269 (at byte 2)"),
    (Chosen, "03 01 00", "InvalidDiscriminant", ("kind",), 0, (3, "Colour"),
     "Chosen.kind: 3 is no valid Colour (at byte 0)"),
    (Chosen, "01 06 504b 0003 01 00", "TrailingData", ("body",), 56, (5, 6),
     "Chosen.body: read 5 bytes of 6, the rest is left over (at byte 7)"),
    (Chosen, "01 05 504b 0003 00", "InvalidValue", ("body", "kind"), 52, (0, "1 to 4"),
     "Chosen.body.kind: is 0, must be 1 to 4 (at byte 6, bit 4)"),
    (Placed, "00 01", "InvalidValue", ("maybe",), 8, (None, "when '8 / flag == 2'"),
     "Placed.maybe: must be when '8 / flag == 2', which has no value here (at byte 1)"),
    (Placed, "01 09", "InvalidValue", ("data",), 16, (9, "a position inside the input"),
     "Placed.data: is 9, must be a position inside the input (at byte 2)"),
    (Placed, "01 01", "InsufficientData", ("data",), 8, (2, 1), "Placed.data: needs 2 bytes, 1 left (at byte 1)"),
    (Ended, "01", "InsufficientData", ("items", 1), 8, (1, 0), "Ended.items[1]: needs 1 byte, 0 left (at byte 1)"),
    (Ended, "00 8080", "InsufficientData", ("steps", 0), 8, (3, 2), "Ended.steps[0]: needs 3 bytes, 2 left (at byte 1)"),
    (Deep, "01" * 66, "LimitExceeded", ("deeper",) * 65, 520, (64,),
     "Deep" + ".deeper" * 65 + ": nested deeper than 64 levels (at byte 65)"),
    (Exact, "00 05 0000", "NotReversible", ("option",), 0, (0, 5),
     "Exact.option: the input has 0x05, encoding would write 0x00 (at byte 0)"),
]  # fmt: skip


LANGUAGE_ENCODING: list[tuple[Any, Any, str, tuple[Any, ...], int, tuple[Any, ...], str]] = [
    (Fixed, {"kind": 1, "version": 4}, "InvalidValue", ("version",), 16, (4, "the constant 3"),
     "Fixed.version: is 4, must be the constant 3 (at byte 2)"),
    (Fixed, {"kind": 0}, "InvalidValue", ("kind",), 36, (0, "1 to 4"),
     "Fixed.kind: is 0, must be 1 to 4 (at byte 4, bit 4)"),
    (Fixed, {"kind": 16}, "OutOfRange", ("kind",), 36, (16, 0, 15),
     "Fixed.kind: 16 does not fit, 0 to 15 does (at byte 4, bit 4)"),
    (Counted, {"low": 2, "high": 3, "name": "ab", "length": 5}, "InvalidValue", ("length",), 0,
     (5, "6, which is sizeof(self)"), "Counted.length: is 5, must be 6, which is sizeof(self) (at byte 0)"),
    (Counted, {"low": 2, "high": 3, "name": "é1"}, "InvalidValue", ("name",), 32, ("é1", "text that ascii can write"),
     "Counted.name: is 'é1', must be text that ascii can write (at byte 4)"),
    (Summed, {"a": 1, "crc": 7}, "ChecksumMismatch", ("crc",), 16, (0x36de2269, 7),
     "Summed.crc: is 0x7, what it covers has 0x36de2269 (at byte 2)"),
    (Chosen, {"kind": Colour.RED, "body": b"a"}, "WrongType", ("body",), 16, ("a Fixed", "bytes"),
     "Chosen.body: takes a Fixed, got bytes (at byte 2)"),
    (Chosen, {"n": 5, "body": b"a"}, "LengthMismatch", ("body",), 16, (5, 1),
     "Chosen.body: declared length 5, actual length 1 (at byte 2)"),
    (Placed, {"flag": 4, "maybe": None, "position": 9, "data": b"ab"}, "WrongType", ("maybe",), 8, ("an int", "NoneType"),
     "Placed.maybe: takes an int, got NoneType (at byte 1)"),
    (Placed, {"flag": 1, "maybe": 5, "position": 9, "data": b"ab"}, "InvalidValue", ("maybe",), 8,
     (5, "None where not '8 / flag == 2'"), "Placed.maybe: is 5, must be None where not '8 / flag == 2' (at byte 1)"),
    (Placed, {"flag": 1, "maybe": None, "position": 1, "data": b"ab"}, "InvalidValue", ("data",), 16,
     (1, "a position whose bytes are free, or the same"),
     "Placed.data: is 1, must be a position whose bytes are free, or the same (at byte 2)"),
    (Ended, {"items": [1], "steps": []}, "InvalidValue", ("items",), 0,
     (1, "more items: the last one must have 'item == 0'"),
     "Ended.items: is 1, must be more items: the last one must have 'item == 0' (at byte 0)"),
    (Ended, {"items": [0, 0], "steps": []}, "InvalidValue", ("items", 0), 0,
     (0, "the last item, since 'item == 0' ends the list"),
     "Ended.items[0]: is 0, must be the last item, since 'item == 0' ends the list (at byte 0)"),
    (Exact, {"option": None, "gap": b"\0\1"}, "InvalidValue", ("gap",), 16, (b"\0\1", "zeros"),
     "Exact.gap: is b'\\x00\\x01', must be zeros (at byte 2)"),
]  # fmt: skip
