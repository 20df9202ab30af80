"""
Errors: class, text, path, offset and figures of every kind, written out, on every backend.
"""

import copy
import enum
import pickle
from collections.abc import Callable
from typing import Annotated, Any

import pytest

import bebytes
from bebytes import (
    Codec,
    Struct,
    after,
    bits,
    char,
    count,
    derived,
    errors,
    f32,
    f64,
    field,
    i8,
    i128,
    size,
    u8,
    u16,
    u32,
    u64,
    u128,
    until,
)


class Kind(enum.IntEnum):
    DATA = 0
    ACK = 1
    RESET = 5


class Signed(enum.IntEnum):
    BELOW = -3
    ABOVE = 4


class Flags(enum.IntFlag):
    A = 1
    B = 4


class Item(Struct):
    code: u8
    length: u8
    body: bytes = size("length")


class Packet(Struct):
    version: u8 = bits(4)
    kind: Kind = bits(4)
    n: u8
    options: list[Item] = count("n")
    tail: u16


class Numbers(Struct):
    a: u8 = bits(3)
    b: i8 = bits(5)
    c: u16
    d: i128


class Wide(Struct):
    a: u8 = bits(3)
    b: u128 = bits(100)
    c: u8 = bits(1)


class Floats(Struct):
    f: f32
    g: f64


class Chars(Struct):
    p: u8 = bits(3)
    c: char = bits(21)
    d: char


class Truths(Struct):
    p: u8 = bits(7)
    q: bool = bits()
    r: bool


class Members(Struct):
    k: Kind
    s: Annotated[Signed, i8]
    f: Annotated[Flags, u16]


class Options(Struct):
    a: u32 | None
    k: Kind | None
    c: char | None
    b: bool | None
    f: f32 | None
    v: bytes | None = size(3)


class Texts(Struct):
    fixed: str = size(3)
    marked: str = until("\n")
    rest: str


class Bytes(Struct):
    fixed: bytes = size(3)
    marked: bytes = until(0)
    rest: bytes


class Sections(Struct):
    n: u8
    s: list[bytes] = until(0xFF, count="n")


class Grid(Struct):
    head: u8
    grid: list[list[u16]] = count(2, 3)


class Sized(Struct):
    a: u8
    b: u8
    body: bytes = size("(a - b) / b")


class WideCount(Struct):
    a: i128
    b: u64
    body: bytes = size("a + b")


class Inner(Struct):
    n: u8
    v: bytes = size("n")


class Outer(Struct):
    h: u8
    i: Inner
    t: u8


class Free(Struct, kw_only=True):
    n: u8 = derived
    a: bytes = size("n")
    b: list[u16] = count("n")


class Odd(Struct, kw_only=True):
    n: u8 = derived
    v: bytes = size("n * 2")


class Nobody(Struct, kw_only=True):
    n: u8 = derived


class Marked(Struct):
    v: bytes = until(0)


class Holder(Struct):
    a: u8
    m: Marked


class Tail(Struct):
    a: u8
    v: bytes = after(0xDE)


class Nothing(Struct):
    pass


def packet(**changes: Any) -> Packet:
    values: dict[str, Any] = {"version": 1, "kind": Kind.ACK, "n": 1, "options": [Item(7, 2, b"ab")], "tail": 9}
    return Packet(**{**values, **changes})


def options(**changes: Any) -> Options:
    values: dict[str, Any] = dict.fromkeys("akcbfv")
    return Options(**{**values, **changes})


def unset(value: Any, name: str) -> Any:
    delattr(value, name)
    return value


# Each row: what is read or written, the class of the error, its path, its offset in bits, its figures, its text.
Row = tuple[Any, Any, str, tuple[Any, ...], int, tuple[Any, ...], str]

DECODING: list[Row] = [
    # Input that ends
    (Packet, "", "EmptyBuffer", (), 0, (4, 0), "Packet: needs 4 bytes, 0 left (at byte 0)"),
    (Truths, "", "EmptyBuffer", (), 0, (2, 0), "Truths: needs 2 bytes, 0 left (at byte 0)"),
    (Tail, "", "EmptyBuffer", (), 0, (2, 0), "Tail: needs 2 bytes, 0 left (at byte 0)"),
    (Packet, "11", "InsufficientData", ("n",), 8, (1, 0), "Packet.n: needs 1 byte, 0 left (at byte 1)"),
    (Packet, "110107", "InsufficientData", ("options", 0, "length"), 24, (1, 0),
     "Packet.options[0].length: needs 1 byte, 0 left (at byte 3)"),
    (Packet, "110107056162", "InsufficientData", ("options", 0, "body"), 32, (5, 2),
     "Packet.options[0].body: needs 5 bytes, 2 left (at byte 4)"),
    (Packet, "1102070007", "InsufficientData", ("options", 1, "length"), 40, (1, 0),
     "Packet.options[1].length: needs 1 byte, 0 left (at byte 5)"),
    (Packet, "1100ff", "InsufficientData", ("tail",), 16, (2, 1), "Packet.tail: needs 2 bytes, 1 left (at byte 2)"),
    (Numbers, "ff00", "InsufficientData", ("c",), 8, (2, 1), "Numbers.c: needs 2 bytes, 1 left (at byte 1)"),
    (Numbers, "ff0000", "InsufficientData", ("d",), 24, (16, 0), "Numbers.d: needs 16 bytes, 0 left (at byte 3)"),
    (Wide, "ff", "InsufficientData", ("b",), 3, (13, 1), "Wide.b: needs 13 bytes, 1 left (at byte 0, bit 3)"),
    (Wide, "ff" * 12, "InsufficientData", ("b",), 3, (13, 12), "Wide.b: needs 13 bytes, 12 left (at byte 0, bit 3)"),
    (Chars, "00", "InsufficientData", ("c",), 3, (3, 1), "Chars.c: needs 3 bytes, 1 left (at byte 0, bit 3)"),
    (Options, "00000000", "InsufficientData", ("a",), 0, (5, 4), "Options.a: needs 5 bytes, 4 left (at byte 0)"),
    (Options, "02000000", "InsufficientData", ("a",), 0, (5, 4), "Options.a: needs 5 bytes, 4 left (at byte 0)"),
    (Texts, "6162", "InsufficientData", ("fixed",), 0, (3, 2), "Texts.fixed: needs 3 bytes, 2 left (at byte 0)"),
    (Grid, "00" + "0001" * 4 + "00", "InsufficientData", ("grid", 1, 1), 72, (2, 1),
     "Grid.grid[1][1]: needs 2 bytes, 1 left (at byte 9)"),
    (Outer, "01", "InsufficientData", ("i", "n"), 8, (1, 0), "Outer.i.n: needs 1 byte, 0 left (at byte 1)"),
    (Outer, "010361", "InsufficientData", ("i", "v"), 16, (3, 1), "Outer.i.v: needs 3 bytes, 1 left (at byte 2)"),
    (WideCount, "00" * 15 + "01" + "00" * 8, "InsufficientData", ("body",), 192, (1, 0),
     "WideCount.body: needs 1 byte, 0 left (at byte 24)"),
    (Sized, "070261", "InsufficientData", ("body",), 16, (2, 1), "Sized.body: needs 2 bytes, 1 left (at byte 2)"),
    # Input that goes on
    (Truths, "0100ff", "TrailingData", (), 16, (2, 3), "Truths: read 2 bytes of 3, the rest is left over (at byte 2)"),
    (Nothing, "00", "TrailingData", (), 0, (0, 1), "Nothing: read 0 bytes of 1, the rest is left over (at byte 0)"),
    (Tail, "0102", "TrailingData", (), 8, (1, 2), "Tail: read 1 byte of 2, the rest is left over (at byte 1)"),
    # Numbers that mean nothing
    (Packet, "12", "InvalidDiscriminant", ("kind",), 4, (2, "Kind"), "Packet.kind: 2 is no valid Kind (at byte 0, bit 4)"),
    (Members, "02", "InvalidDiscriminant", ("k",), 0, (2, "Kind"), "Members.k: 2 is no valid Kind (at byte 0)"),
    (Members, "00fe", "InvalidDiscriminant", ("s",), 8, (-2, "Signed"), "Members.s: -2 is no valid Signed (at byte 1)"),
    (Members, "00040002", "InvalidDiscriminant", ("f",), 16, (2, "Flags"), "Members.f: 2 is no valid Flags (at byte 2)"),
    (Members, "00040107", "InvalidDiscriminant", ("f",), 16, (263, "Flags"),
     "Members.f: 263 is no valid Flags (at byte 2)"),
    (Truths, "0102", "InvalidDiscriminant", ("r",), 8, (2, "bool"), "Truths.r: 2 is no valid bool (at byte 1)"),
    (Options, "0200000000", "InvalidDiscriminant", ("a",), 0, (2, "Option"), "Options.a: 2 is no valid Option (at byte 0)"),
    (Options, "00" * 5 + "0103", "InvalidDiscriminant", ("k",), 40, (3, "Kind"),
     "Options.k: 3 is no valid Kind (at byte 5)"),
    (Options, "00" * 7 + "010000d800", "InvalidChar", ("c",), 56, (0xD800,),
     "Options.c: 0xd800 is no Unicode scalar value (at byte 7)"),
    (Options, "00" * 12 + "0107", "InvalidDiscriminant", ("b",), 96, (7, "bool"),
     "Options.b: 7 is no valid bool (at byte 12)"),
    (Options, "00" * 12 + "ff07", "InvalidDiscriminant", ("b",), 96, (255, "Option"),
     "Options.b: 255 is no valid Option (at byte 12)"),
    (Chars, "110000", "InvalidChar", ("c",), 3, (0x110000,),
     "Chars.c: 0x110000 is no Unicode scalar value (at byte 0, bit 3)"),
    (Chars, "00dfff", "InvalidChar", ("c",), 3, (0xDFFF,), "Chars.c: 0xdfff is no Unicode scalar value (at byte 0, bit 3)"),
    (Chars, "000041ffffffff", "InvalidChar", ("d",), 24, (0xFFFFFFFF,),
     "Chars.d: 0xffffffff is no Unicode scalar value (at byte 3)"),
    # Text and markers
    (Texts, "c3a9ff", "InvalidUtf8", ("fixed",), 0, (), "Texts.fixed: the bytes are not valid UTF-8 (at byte 0)"),
    (Texts, "eda0800a", "InvalidUtf8", ("fixed",), 0, (), "Texts.fixed: the bytes are not valid UTF-8 (at byte 0)"),
    (Texts, "616263c00a", "InvalidUtf8", ("marked",), 24, (), "Texts.marked: the bytes are not valid UTF-8 (at byte 3)"),
    (Texts, "616263c0", "MarkerNotFound", ("marked",), 24, (10,),
     "Texts.marked: the marker 0x0a is not in the bytes left (at byte 3)"),
    (Texts, "6162630a80", "InvalidUtf8", ("rest",), 32, (), "Texts.rest: the bytes are not valid UTF-8 (at byte 4)"),
    (Bytes, "616263", "MarkerNotFound", ("marked",), 24, (0,),
     "Bytes.marked: the marker 0x00 is not in the bytes left (at byte 3)"),
    (Holder, "016162", "MarkerNotFound", ("m", "v"), 8, (0,),
     "Holder.m.v: the marker 0x00 is not in the bytes left (at byte 1)"),
    (Sections, "0201ff02", "MarkerNotFound", ("s", 1), 24, (255,),
     "Sections.s[1]: the marker 0xff is not in the bytes left (at byte 3)"),
    (Sections, "01", "MarkerNotFound", ("s", 0), 8, (255,),
     "Sections.s[0]: the marker 0xff is not in the bytes left (at byte 1)"),
    # Lengths without a value
    (Sized, "0102", "InvalidSize", ("body",), 16, (-1,),
     "Sized.body: its length comes to -1, outside 0 to 2**64 - 1 (at byte 2)"),
    (Sized, "0100", "InvalidSize", ("body",), 16, (None,), "Sized.body: its length divides by zero (at byte 2)"),
    (WideCount, "ff" * 16 + "00" * 8, "InvalidSize", ("body",), 192, (-1,),
     "WideCount.body: its length comes to -1, outside 0 to 2**64 - 1 (at byte 24)"),
    (WideCount, "00" * 8 + "ff" * 8 + "00" * 7 + "01", "InvalidSize", ("body",), 192, (2**64,),
     "WideCount.body: its length comes to 18446744073709551616, outside 0 to 2**64 - 1 (at byte 24)"),
    (WideCount, "7f" + "ff" * 15 + "00" * 8, "InvalidSize", ("body",), 192, (2**127 - 1,),
     f"WideCount.body: its length comes to {2**127 - 1}, outside 0 to 2**64 - 1 (at byte 24)"),
    # The first bad field in declaration order
    (Packet, "1f", "InvalidDiscriminant", ("kind",), 4, (15, "Kind"),
     "Packet.kind: 15 is no valid Kind (at byte 0, bit 4)"),
    (Truths, "0002ff", "InvalidDiscriminant", ("r",), 8, (2, "bool"), "Truths.r: 2 is no valid bool (at byte 1)"),
]  # fmt: skip

ENCODING: list[Row] = [
    # Numbers
    (Numbers, (8, 0, 0, 0), "OutOfRange", ("a",), 0, (8, 0, 7), "Numbers.a: 8 does not fit, 0 to 7 does (at byte 0)"),
    (Numbers, (-1, 0, 0, 0), "OutOfRange", ("a",), 0, (-1, 0, 7), "Numbers.a: -1 does not fit, 0 to 7 does (at byte 0)"),
    (Numbers, (0, 16, 0, 0), "OutOfRange", ("b",), 3, (16, -16, 15),
     "Numbers.b: 16 does not fit, -16 to 15 does (at byte 0, bit 3)"),
    (Numbers, (0, 0, 65536, 0), "OutOfRange", ("c",), 8, (65536, 0, 65535),
     "Numbers.c: 65536 does not fit, 0 to 65535 does (at byte 1)"),
    (Numbers, (0, 0, 0, 2**127), "OutOfRange", ("d",), 24, (2**127, -(2**127), 2**127 - 1),
     f"Numbers.d: {2**127} does not fit, {-(2**127)} to {2**127 - 1} does (at byte 3)"),
    (Numbers, (0, 0, 0, 1 << 20000), "OutOfRange", ("d",), 24, (1 << 20000, -(2**127), 2**127 - 1),
     f"Numbers.d: an int of 20001 bits does not fit, {-(2**127)} to {2**127 - 1} does (at byte 3)"),
    (Numbers, (True, 0, "1", 0), "WrongType", ("c",), 8, ("an int", "str"), "Numbers.c: takes an int, got str (at byte 1)"),
    (Numbers, (0, 1.0, 0, 0), "WrongType", ("b",), 3, ("an int", "float"),
     "Numbers.b: takes an int, got float (at byte 0, bit 3)"),
    (Numbers, (None, 0, 0, 0), "WrongType", ("a",), 0, ("an int", "NoneType"),
     "Numbers.a: takes an int, got NoneType (at byte 0)"),
    (Numbers, (derived, 0, 0, 0), "WrongType", ("a",), 0, ("an int", "derived"),
     "Numbers.a: takes an int, got derived (at byte 0)"),
    (Truths, (0, 2, True), "OutOfRange", ("q",), 7, (2, 0, 1), "Truths.q: 2 does not fit, 0 to 1 does (at byte 0, bit 7)"),
    (Truths, (0, True, -1), "OutOfRange", ("r",), 8, (-1, 0, 1), "Truths.r: -1 does not fit, 0 to 1 does (at byte 1)"),
    (Truths, (0, True, 1.0), "WrongType", ("r",), 8, ("a bool", "float"), "Truths.r: takes a bool, got float (at byte 1)"),
    (Members, (2, 4, 1), "OutOfRange", ("k",), 0, (2, 0, 5), "Members.k: 2 is none of the values that fit, which lie between 0 and 5 (at byte 0)"),
    (Members, ("ACK", 4, 1), "WrongType", ("k",), 0, ("a Kind", "str"), "Members.k: takes a Kind, got str (at byte 0)"),
    (Members, (0, -2, 1), "OutOfRange", ("s",), 8, (-2, -3, 4), "Members.s: -2 is none of the values that fit, which lie between -3 and 4 (at byte 1)"),
    (Members, (0, 4, 2), "OutOfRange", ("f",), 16, (2, 0, 5), "Members.f: 2 is none of the values that fit, which lie between 0 and 5 (at byte 2)"),
    (Members, (0, 4, -1), "OutOfRange", ("f",), 16, (-1, 0, 5), "Members.f: -1 does not fit, 0 to 5 does (at byte 2)"),
    (Floats, (1e39, 0.0), "OutOfRange", ("f",), 0, (1e39, -3.4028234663852886e38, 3.4028234663852886e38),
     "Floats.f: 1e+39 does not fit, -3.4028234663852886e+38 to 3.4028234663852886e+38 does (at byte 0)"),
    (Floats, (0, 10**400), "OutOfRange", ("g",), 32, (10**400, -1.7976931348623157e308, 1.7976931348623157e308),
     "Floats.g: an int of 1329 bits does not fit, -1.7976931348623157e+308 to 1.7976931348623157e+308 does (at byte 4)"),
    (Floats, ("1", 0.0), "WrongType", ("f",), 0, ("a float", "str"), "Floats.f: takes a float, got str (at byte 0)"),
    (Floats, (1j, 0.0), "WrongType", ("f",), 0, ("a float", "complex"), "Floats.f: takes a float, got complex (at byte 0)"),
    (Chars, (0, "ab", "x"), "OutOfRange", ("c",), 3, ("ab", "\0", "\U0010ffff"),
     "Chars.c: 'ab' has 2 characters, exactly 1 fits (at byte 0, bit 3)"),
    (Chars, (0, "", "x"), "OutOfRange", ("c",), 3, ("", "\0", "\U0010ffff"),
     "Chars.c: '' has 0 characters, exactly 1 fits (at byte 0, bit 3)"),
    (Chars, (0, "a", "\udc00"), "OutOfRange", ("d",), 24, ("\udc00", "\0", "\U0010ffff"),
     "Chars.d: '\\udc00' is a surrogate, which is no character by itself (at byte 3)"),
    (Chars, (0, 65, "x"), "WrongType", ("c",), 3, ("a str of length 1", "int"),
     "Chars.c: takes a str of length 1, got int (at byte 0, bit 3)"),
    # Text and bytes
    (Texts, ("ab", "", ""), "LengthMismatch", ("fixed",), 0, (3, 2),
     "Texts.fixed: declared length 3, actual length 2 (at byte 0)"),
    (Texts, ("a\xe9b", "", ""), "LengthMismatch", ("fixed",), 0, (3, 4),
     "Texts.fixed: declared length 3, actual length 4 (at byte 0)"),
    (Texts, ("abc", "x\ny", ""), "MarkerInData", ("marked",), 24, (10,),
     "Texts.marked: the data holds its own marker 0x0a, so reading would end there (at byte 3)"),
    (Texts, ("abc", "\ud800\n", ""), "OutOfRange", ("marked",), 24, ("\ud800\n", None, None),
     "Texts.marked: '\\ud800\\n' has lone surrogates, which UTF-8 cannot carry (at byte 3)"),
    (Texts, ("abc", "", b"x"), "WrongType", ("rest",), 32, ("a str", "bytes"),
     "Texts.rest: takes a str, got bytes (at byte 4)"),
    (Bytes, (b"abcd", b"", b""), "LengthMismatch", ("fixed",), 0, (3, 4),
     "Bytes.fixed: declared length 3, actual length 4 (at byte 0)"),
    (Bytes, (b"abc", b"\0", b""), "MarkerInData", ("marked",), 24, (0,),
     "Bytes.marked: the data holds its own marker 0x00, so reading would end there (at byte 3)"),
    (Bytes, (b"abc", b"", "x"), "WrongType", ("rest",), 32, ("bytes", "str"), "Bytes.rest: takes bytes, got str (at byte 4)"),
    (Bytes, (memoryview(b"abcdef")[::2], b"", b""), "WrongType", ("fixed",), 0, ("bytes", "memoryview"),
     "Bytes.fixed: takes bytes, got memoryview (at byte 0)"),
    # Lists
    (Sections, (2, [b"a"]), "LengthMismatch", ("s",), 8, (2, 1),
     "Sections.s: declared length 2, actual length 1 (at byte 1)"),
    (Sections, (1, [b"a\xff"]), "MarkerInData", ("s", 0), 8, (255,),
     "Sections.s[0]: the data holds its own marker 0xff, so reading would end there (at byte 1)"),
    (Sections, (2, [b"a", 5]), "WrongType", ("s", 1), 24, ("bytes", "int"), "Sections.s[1]: takes bytes, got int (at byte 3)"),
    (Sections, (2, {1, 2}), "WrongType", ("s",), 8, ("a list", "set"), "Sections.s: takes a list, got set (at byte 1)"),
    (Grid, (0, [[1, 2, 3]]), "LengthMismatch", ("grid",), 8, (2, 1),
     "Grid.grid: declared length 2, actual length 1 (at byte 1)"),
    (Grid, (0, [[1, 2, 3], [4, 5]]), "LengthMismatch", ("grid", 1), 56, (3, 2),
     "Grid.grid[1]: declared length 3, actual length 2 (at byte 7)"),
    (Grid, (0, [[1, 2, 3], [4, 65536, "6"]]), "OutOfRange", ("grid", 1, 1), 72, (65536, 0, 65535),
     "Grid.grid[1][1]: 65536 does not fit, 0 to 65535 does (at byte 9)"),
    # Options
    (Options, {"a": 2**32}, "OutOfRange", ("a",), 0, (2**32, 0, 2**32 - 1),
     "Options.a: 4294967296 does not fit, 0 to 4294967295 does (at byte 0)"),
    (Options, {"a": "1"}, "WrongType", ("a",), 0, ("an int or None", "str"),
     "Options.a: takes an int or None, got str (at byte 0)"),
    (Options, {"k": 3}, "OutOfRange", ("k",), 40, (3, 0, 5), "Options.k: 3 is none of the values that fit, which lie between 0 and 5 (at byte 5)"),
    (Options, {"k": "3"}, "WrongType", ("k",), 40, ("a Kind or None", "str"),
     "Options.k: takes a Kind or None, got str (at byte 5)"),
    (Options, {"c": 3}, "WrongType", ("c",), 56, ("a str of length 1 or None", "int"),
     "Options.c: takes a str of length 1 or None, got int (at byte 7)"),
    (Options, {"b": 2}, "OutOfRange", ("b",), 96, (2, 0, 1), "Options.b: 2 does not fit, 0 to 1 does (at byte 12)"),
    (Options, {"f": []}, "WrongType", ("f",), 112, ("a float or None", "list"),
     "Options.f: takes a float or None, got list (at byte 14)"),
    (Options, {"v": b"ab"}, "LengthMismatch", ("v",), 152, (3, 2),
     "Options.v: declared length 3, actual length 2 (at byte 19)"),
    (Options, {"v": "abc"}, "WrongType", ("v",), 152, ("bytes or None", "str"),
     "Options.v: takes bytes or None, got str (at byte 19)"),
    # Structs
    (Outer, (1, Item(1, 0, b""), 2), "WrongType", ("i",), 8, ("a Inner", "Item"),
     "Outer.i: takes a Inner, got Item (at byte 1)"),
    (Outer, (1, None, 2), "WrongType", ("i",), 8, ("a Inner", "NoneType"),
     "Outer.i: takes a Inner, got NoneType (at byte 1)"),
    (Outer, (1, Inner(2, b"abc"), 2), "LengthMismatch", ("i", "v"), 16, (2, 3),
     "Outer.i.v: declared length 2, actual length 3 (at byte 2)"),
    # Computed lengths without a value
    (Sized, (1, 2, b"abc"), "LengthMismatch", ("body",), 16, (-1, 3),
     "Sized.body: declared length -1, actual length 3 (at byte 2)"),
    (Sized, (1, 0, b""), "LengthMismatch", ("body",), 16, (None, 0),
     "Sized.body: its declared length has no valid value, its actual length is 0 (at byte 2)"),
    (WideCount, (2**64, 0, b""), "LengthMismatch", ("body",), 192, (2**64, 0),
     f"WideCount.body: declared length {2**64}, actual length 0 (at byte 24)"),
    (Sized, (9, 2, b"ab"), "LengthMismatch", ("body",), 16, (3, 2),
     "Sized.body: declared length 3, actual length 2 (at byte 2)"),
    # Derived numbers
    (Free, {"a": b"ab", "b": [1]}, "LengthMismatch", ("b",), 24, (2, 1),
     "Free.b: declared length 2, actual length 1 (at byte 3)"),
    (Free, {"n": 1, "a": b"ab", "b": [1, 2]}, "LengthMismatch", ("a",), 8, (1, 2),
     "Free.a: declared length 1, actual length 2 (at byte 1)"),
    (Free, {"a": bytes(300), "b": [0] * 300}, "OutOfRange", ("n",), 0, (300, 0, 255),
     "Free.n: 300 does not fit, 0 to 255 does (at byte 0)"),
    (Free, {"a": 5, "b": "x"}, "WrongType", ("a",), 8, ("bytes", "int"), "Free.a: takes bytes, got int (at byte 1)"),
    (Odd, {"v": b"abc"}, "WrongType", ("n",), 0, ("a number: its length expression has no whole solution", "derived"),
     "Odd.n: takes a number: its length expression has no whole solution, got derived (at byte 0)"),
    (Nobody, {}, "WrongType", ("n",), 0, ("a number (nothing here is sized by it)", "derived"),
     "Nobody.n: takes a number (nothing here is sized by it), got derived (at byte 0)"),
    # The first bad field in declaration order
    (Numbers, (0, 99, "x", None), "OutOfRange", ("b",), 3, (99, -16, 15),
     "Numbers.b: 99 does not fit, -16 to 15 does (at byte 0, bit 3)"),
]  # fmt: skip


def assert_error(error: Any, row: Row) -> None:
    _, _, kind, path, offset, figures, text = row
    cls = getattr(errors, kind)
    assert type(error) is cls
    assert error.path == path
    assert error.offset == offset
    assert tuple(getattr(error, name) for name in cls.figures) == figures == error.args
    assert [type(a) for a in error.args] == [type(f) for f in figures]
    assert str(error) == text


@pytest.mark.parametrize("row", DECODING, ids=lambda row: f"{row[0].__name__}-{row[1][:12]}-{row[2]}")
def test_decoding_says_what_and_where(row: Row, codec: Callable[..., Any]) -> None:
    """Class, path, offset, figures and text of an error in reading."""
    data = bytes.fromhex(row[1])
    with pytest.raises(errors.DecodeError) as caught:
        codec(row[0]).decode(data)
    assert_error(caught.value, row)
    if row[2] == "TrailingData":
        assert codec(row[0]).decode_prefix(data)[1] == row[5][0]
    else:
        with pytest.raises(errors.DecodeError) as caught:
            codec(row[0]).decode_prefix(data)
        assert_error(caught.value, row)


@pytest.mark.parametrize("row", ENCODING, ids=lambda row: f"{row[0].__name__}-{row[2]}-{'.'.join(map(str, row[3]))}")
def test_encoding_says_what_and_where(row: Row, codec: Callable[..., Any]) -> None:
    """Class, path, offset, figures and text of an error in writing."""
    cls, values = row[0], row[1]
    if cls is Options:
        value = options(**values)
    else:
        value = cls(**values) if isinstance(values, dict) else cls(*values)
    with pytest.raises(errors.EncodeError) as caught:
        codec(cls).encode(value)
    assert_error(caught.value, row)


def test_every_kind_of_error_is_covered() -> None:
    """The rows above raise every error class there is but those that have tests of their own below."""
    raised = {row[2] for row in [*DECODING, *ENCODING]}
    families = {"BeBytesError", "DecodeError", "EncodeError"}
    assert set(errors.__all__) - raised - families == {"BufferTooSmall", "LimitExceeded", "SchemaError"}


# Where an error counts from.


def test_offsets_count_from_the_start_of_a_batch(backend: str) -> None:
    """In decode_many the path starts with the record's index and the offset counts from the first record's start."""
    good = packet().to_be_bytes()
    data = good * 5 + bytes.fromhex("110107")
    for call in (bebytes.decode_many, lambda *a, **k: list(bebytes.iter_decode(*a, **k))):
        with pytest.raises(errors.InsufficientData) as caught:
            call(Packet, data, backend=backend)
        error = caught.value
        assert error.path == (5, "options", 0, "length")
        assert error.offset == (len(good) * 5 + 3) * 8
        assert str(error) == f"Packet[5].options[0].length: needs 1 byte, 0 left (at byte {len(good) * 5 + 3})"


def test_offsets_count_from_the_start_of_joined_records(backend: str) -> None:
    """In encode_many the path starts with the value's index and the offset counts from the first one's start."""
    good = packet()
    with pytest.raises(errors.OutOfRange) as caught:
        bebytes.encode_many([good, good, packet(tail=-1)], backend=backend)
    assert caught.value.path == (2, "tail")
    assert caught.value.offset == (2 * len(good.to_be_bytes()) + 6) * 8
    assert str(caught.value) == "Packet[2].tail: -1 does not fit, 0 to 65535 does (at byte 22)"


def test_offsets_count_from_the_start_of_the_callers_buffer(codec: Callable[..., Any]) -> None:
    """In encode_into the offset counts from the start of the buffer."""
    with pytest.raises(errors.OutOfRange) as caught:
        codec(Numbers).encode_into(Numbers(0, 16, 0, 0), bytearray(40), 5)
    assert (caught.value.path, caught.value.offset) == (("b",), 43)
    assert str(caught.value) == "Numbers.b: 16 does not fit, -16 to 15 does (at byte 5, bit 3)"


def test_a_buffer_too_small_says_how_much_is_missing(codec: Callable[..., Any]) -> None:
    """BufferTooSmall: bytes needed, bytes there behind the offset; the offset is where writing would begin."""
    buffer = bytearray(b"\xee" * 9)
    with pytest.raises(errors.BufferTooSmall) as caught:
        codec(Truths).encode_into(Truths(0, True, False), buffer, 8)
    error = caught.value
    assert (error.path, error.offset, error.expected, error.actual) == ((), 64, 2, 1)
    assert str(error) == "Truths: the encoding takes 2 bytes, the buffer has 1 (at byte 8)"
    assert buffer == b"\xee" * 9


def test_a_bad_value_is_told_before_a_small_buffer(codec: Callable[..., Any]) -> None:
    """Errors of values come before the buffer's size, those of the buffer's kind and the offset before both."""
    of_class = codec(Truths)
    bad = Truths(0, True, 7)
    with pytest.raises(errors.OutOfRange):
        of_class.encode_into(bad, bytearray(1))
    with pytest.raises(IndexError):
        of_class.encode_into(bad, bytearray(1), 2)
    with pytest.raises(IndexError):
        of_class.encode_into(bad, bytearray(1), -1)
    with pytest.raises(BufferError):
        of_class.encode_into(bad, bytes(1), 2)
    with pytest.raises(TypeError) as caught:
        of_class.encode_into(bad, "text", 2)
    assert not isinstance(caught.value, errors.BeBytesError)


@pytest.mark.parametrize(
    "value", [None, 5, Item(1, 0, b""), Packet], ids=["None", "int", "another struct", "the class"]
)
def test_the_value_itself_may_be_of_the_wrong_kind(value: Any, codec: Callable[..., Any]) -> None:
    """What is no such struct is WrongType at the root."""
    with pytest.raises(errors.WrongType) as caught:
        codec(Packet).encode(value)
    actual = type(value).__name__
    assert (caught.value.path, caught.value.offset, caught.value.args) == ((), 0, ("a Packet", actual))
    assert str(caught.value) == f"Packet: takes a Packet, got {actual} (at byte 0)"


def test_values_of_another_class_in_a_batch_are_of_the_wrong_kind(backend: str) -> None:
    """In encode_many all values are of the first one's class."""
    with pytest.raises(errors.WrongType) as caught:
        bebytes.encode_many([packet(), Item(1, 0, b"")], backend=backend)
    assert (caught.value.path, caught.value.args) == ((1,), ("a Packet", "Item"))
    assert caught.value.offset == len(packet().to_be_bytes()) * 8
    with pytest.raises(errors.WrongType) as caught:
        bebytes.encode_many([5], backend=backend)  # type: ignore[list-item]
    assert caught.value.path == (0,)


@pytest.mark.parametrize("name", ["version", "kind", "n", "options", "tail"])
def test_an_unset_field_is_of_the_wrong_kind(name: str, codec: Callable[..., Any]) -> None:
    """A deleted attribute is WrongType that says so."""
    with pytest.raises(errors.WrongType) as caught:
        codec(Packet).encode(unset(packet(), name))
    expected = {"options": "a list", "kind": "a Kind"}.get(name, "an int")
    assert caught.value.path == (name,)
    assert caught.value.args == (expected, "nothing (unset)")


def test_in_little_endian_bits_the_offset_is_of_the_first_bit(codec: Callable[..., Any]) -> None:
    """Offsets number bits in the order of the message, whatever weight they have."""
    of_class = codec(Numbers, byteorder="little")
    with pytest.raises(errors.OutOfRange) as caught:
        of_class.encode(Numbers(0, 16, 0, 0))
    assert caught.value.offset == 3
    with pytest.raises(errors.InvalidDiscriminant) as invalid:
        codec(Packet, byteorder="little").decode(bytes.fromhex("f1"))
    assert (invalid.value.offset, invalid.value.value) == (4, 15)


def test_the_struct_named_is_the_outermost(codec: Callable[..., Any]) -> None:
    """The text begins with the class that the codec is of, also where a nested one is at fault."""
    with pytest.raises(errors.InsufficientData, match=r"^Inner\.v: "):
        codec(Inner).decode(b"\x01")
    with pytest.raises(errors.InsufficientData, match=r"^Outer\.i\.v: "):
        codec(Outer).decode(b"\x00\x01")


def test_a_subclass_without_fields_is_named_by_the_class_of_the_codec(codec: Callable[..., Any]) -> None:
    """A value of a subclass that adds no fields encodes with the plan of the codec's class."""

    class Same(Truths):
        pass

    with pytest.raises(errors.OutOfRange, match=r"^Truths\.r: "):
        codec(Truths).encode(Same(0, True, 5))
    with pytest.raises(errors.OutOfRange, match=r"^Same\.r: "):
        codec(Same).encode(Same(0, True, 5))
    with pytest.raises(errors.WrongType):
        codec(Same).encode(Truths(0, True, True))


# Errors are values.


def raised_by_everything(backend: str) -> list[Any]:
    caught: list[Any] = []
    for cls, data, *_ in DECODING:
        try:
            Codec(cls, backend=backend).decode(bytes.fromhex(data))  # type: ignore[arg-type]
        except errors.BeBytesError as e:
            caught.append(e)
    for cls, values, *_ in ENCODING:
        value = options(**values) if cls is Options else cls(**values) if isinstance(values, dict) else cls(*values)
        try:
            Codec(cls, backend=backend).encode(value)  # type: ignore[arg-type]
        except errors.BeBytesError as e:
            caught.append(e)
    assert len(caught) == len(DECODING) + len(ENCODING)
    return caught


def test_errors_pickle_and_copy(backend: str) -> None:
    """Every error survives pickling, copying and deep copying with all that it says."""
    for error in raised_by_everything(backend):
        for again in (
            *(pickle.loads(pickle.dumps(error, protocol)) for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1)),
            copy.copy(error),
            copy.deepcopy(error),
        ):
            assert type(again) is type(error)
            assert (str(again), again.args, again.path, again.offset) == (
                str(error),
                error.args,
                error.path,
                error.offset,
            )
            assert [getattr(again, f) for f in error.figures] == [getattr(error, f) for f in error.figures]


def test_a_schema_error_pickles() -> None:
    """SchemaError keeps its text."""
    with pytest.raises(errors.SchemaError) as caught:
        type(Struct)("Bad", (Struct,), {"__annotations__": {"x": int}, "__module__": __name__})
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_errors_have_no_hidden_context(backend: str) -> None:
    """No internal exception shows up as the cause or the context of an error."""
    for error in raised_by_everything(backend):
        assert error.__cause__ is None
        assert error.__context__ is None or error.__suppress_context__


def test_families_of_errors() -> None:
    """Encode and decode errors are ValueErrors, a SchemaError is a TypeError, an EmptyBuffer is InsufficientData."""
    assert issubclass(errors.SchemaError, (errors.BeBytesError, TypeError))
    assert issubclass(errors.EncodeError, ValueError)
    assert issubclass(errors.EncodeError, errors.BeBytesError)
    assert issubclass(errors.DecodeError, ValueError)
    assert issubclass(errors.DecodeError, errors.BeBytesError)
    encode = {"OutOfRange", "LengthMismatch", "MarkerInData", "WrongType", "BufferTooSmall"}
    decode = {
        *("InsufficientData", "EmptyBuffer", "TrailingData", "InvalidDiscriminant", "InvalidChar"),
        *("InvalidUtf8", "MarkerNotFound", "InvalidSize", "LimitExceeded"),
    }
    assert {n for n in errors.__all__ if issubclass(getattr(errors, n), errors.EncodeError)} == {*encode, "EncodeError"}
    assert {n for n in errors.__all__ if issubclass(getattr(errors, n), errors.DecodeError)} == {*decode, "DecodeError"}
    assert issubclass(errors.EmptyBuffer, errors.InsufficientData)
    assert not issubclass(errors.WrongType, TypeError)


def test_paths_are_tuples_of_names_and_indices(backend: str) -> None:
    """A path is a tuple of str and int, an offset an int, on every error."""
    for error in raised_by_everything(backend):
        assert type(error.path) is tuple
        assert all(type(step) in (str, int) for step in error.path)
        assert type(error.offset) is int


def test_the_number_of_an_int_subclass_is_shown_as_an_int(codec: Callable[..., Any]) -> None:
    """The figure of OutOfRange is the number itself, not the object that stood for it."""

    class Loud(int):
        def __repr__(self) -> str:
            return "LOUD"

    for value in (Loud(9), Kind(5), Flags(4) | Flags.A | 8):
        with pytest.raises(errors.OutOfRange) as caught:
            codec(Numbers).encode(Numbers(value * 2 if type(value) is not Kind else value, 99, 0, 0))
        assert type(caught.value.value) is int


def test_field_order_decides_between_a_bad_value_and_missing_input(codec: Callable[..., Any]) -> None:
    """As if fields were read one at a time, a bad value in front wins over bytes that are missing behind."""

    class Row(Struct):
        k: Kind
        r: bool
        c: char
        x: u64

    of_class = codec(Row)
    cases = [
        ("09", "InvalidDiscriminant", ("k",)),
        ("0109", "InvalidDiscriminant", ("r",)),
        ("01010000d8", "InsufficientData", ("c",)),
        ("01010000d800", "InvalidChar", ("c",)),
        ("010100000041ff", "InsufficientData", ("x",)),
        ("01", "InsufficientData", ("r",)),
    ]
    for data, kind, path in cases:
        with pytest.raises(errors.DecodeError) as caught:
            of_class.decode(bytes.fromhex(data))
        assert (type(caught.value).__name__, caught.value.path) == (kind, path)


def test_of_several_that_share_a_count_the_first_that_disagrees_is_named(codec: Callable[..., Any]) -> None:
    """LengthMismatch names the sized field, the first in declaration order that is not as long as declared."""

    class Shared(Struct, kw_only=True):
        n: u8 = derived
        a: bytes = size("n")
        b: bytes = size("n")
        c: bytes = size("n")

    with pytest.raises(errors.LengthMismatch) as caught:
        codec(Shared).encode(Shared(a=b"ab", b=b"ab", c=b"a"))
    assert caught.value.path == ("c",)
    with pytest.raises(errors.LengthMismatch) as caught:
        codec(Shared).encode(Shared(n=1, a=b"ab", b=b"a", c=b"a"))
    assert caught.value.path == ("a",)


def test_field_keywords_do_not_change_the_place(codec: Callable[..., Any]) -> None:
    """A field with its own byte order reports the same path and offset."""

    class Mixed(Struct):
        a: u16 = field(byteorder="little")
        b: u16 = field(byteorder="big")

    with pytest.raises(errors.InsufficientData) as caught:
        codec(Mixed).decode(b"\1\2\3")
    assert (caught.value.path, caught.value.offset, caught.value.args) == (("b",), 16, (2, 1))


def test_the_outermost_struct_that_sizes_by_a_number_gives_it(codec: Callable[..., Any]) -> None:
    """Where structs inside each other size by one derived number, the outer one's data decides, the inner one's is checked."""

    class Leaf(Struct, kw_only=True):
        n: u8 = derived

    class Middle(Struct):
        leaf: Leaf
        x: bytes = size("leaf.n")

    class Top(Struct):
        middle: Middle
        y: bytes = size("middle.leaf.n")

    assert codec(Top).encode(Top(Middle(Leaf(), b"ab"), b"cd")) == b"\2abcd"
    with pytest.raises(errors.LengthMismatch) as caught:
        codec(Top).encode(Top(Middle(Leaf(), b"ab"), b"cde"))
    assert (caught.value.path, caught.value.args) == (("middle", "x"), (3, 2))
