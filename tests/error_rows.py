"""
Layouts, and the error that each of many inputs and values leads to, written out.
"""

import enum
from typing import Annotated, Any

from bebytes import (
    Struct,
    after,
    bits,
    char,
    count,
    derived,
    f32,
    f64,
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
