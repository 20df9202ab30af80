"""
Shapes of data: padding, widths of every kind, scaled numbers, decimal digits, text in other codecs, words of bits.
"""

import copy
import enum
import math
import pickle
from typing import Any

import pytest
from checks import Codecs, raises, same_bytes

from bebytes import (
    Struct,
    align,
    bcd,
    bits,
    char,
    count,
    derived,
    f16,
    f32,
    field,
    fixed,
    i8,
    i16,
    i24,
    i32,
    i40,
    i48,
    i56,
    padding,
    reserved,
    scaled,
    size,
    sleb128,
    u8,
    u16,
    u24,
    u32,
    u40,
    u48,
    u56,
    u64,
    uleb128,
    until,
    vlq,
    when,
    zigzag,
)
from bebytes.errors import (
    InsufficientData,
    InvalidConstant,
    InvalidText,
    InvalidUtf8,
    InvalidValue,
    LengthMismatch,
    OutOfRange,
    WrongType,
)


class Kind(enum.IntEnum):
    A = 1
    B = 2


class Point(Struct):
    x: u16


class Odd(Struct):
    a: u24
    b: u40
    c: u48
    d: u56
    e: i24
    f: i40
    g: i48
    h: i56


def test_widths_between_the_powers_of_two(codec: Codecs) -> None:
    """At their edges, in both orders."""
    same_bytes(
        codec,
        Odd(1, 2, 3, 4, -1, -2, -3, -4),
        "000001 0000000002 000000000003 00000000000004 ffffff fffffffffe fffffffffffd fffffffffffffc",
        "010000 0200000000 030000000000 04000000000000 ffffff feffffffff fdffffffffff fcffffffffffff",
    )
    top = Odd(*(2**n - 1 for n in (24, 40, 48, 56)), *(-(2 ** (n - 1)) for n in (24, 40, 48, 56)))
    same_bytes(
        codec,
        top,
        "ff" * 21 + "800000 8000000000 800000000000 80000000000000",
        "ff" * 21 + "000080 0000000080 000000000080 00000000000080",
    )
    with raises(OutOfRange, ("a",), 0, value=2**24, minimum=0, maximum=2**24 - 1):
        codec(Odd).encode(Odd(2**24, 2, 3, 4, -1, -2, -3, -4))
    with raises(OutOfRange, ("h",), 35, value=-(2**55) - 1):
        codec(Odd).encode(Odd(1, 2, 3, 4, -1, -2, -3, -(2**55) - 1))
    with raises(InsufficientData, ("b",), 3, expected=5, actual=4):
        codec(Odd).decode(bytes(7))

    class Mixed(Struct):
        items: list[u24] = count(2)
        option: u24 | None
        low: u24 = bits(20)
        high: u8 = bits(4)

    same_bytes(codec, Mixed([1, 2], 3, 0x12345, 6), "000001000002 01000003 123456", "010000020000 01030000 452361")


@pytest.mark.parametrize(
    ("value", "big"),
    [
        (0.0, "0000"),
        (-0.0, "8000"),
        (1.5, "3e00"),
        (65504.0, "7bff"),
        (-65504.0, "fbff"),
        (math.inf, "7c00"),
        (6e-8, "0001"),
        (5.960464477539063e-08, "0001"),
        (2.0**-14, "0400"),
    ],
)
def test_half_floats(codec: Codecs, value: float, big: str) -> None:
    """IEEE 754 binary16, rounded to the nearest."""

    class Half(Struct):
        x: f16

    assert codec(Half).encode(Half(value)).hex() == big
    assert codec(Half, byteorder="little").encode(Half(value)).hex() == big[2:] + big[:2]
    read = codec(Half).decode(bytes.fromhex(big)).x
    assert codec(Half).encode(Half(read)).hex() == big


def test_half_floats_that_do_not_fit(codec: Codecs) -> None:
    """Above the greatest, which what rounds to it still is; not-a-numbers stay such."""

    class Half(Struct):
        x: f16
        y: list[f16] = count(1)

    assert codec(Half).encode(Half(65519.99, [0])).hex() == "7bff0000"
    for value in (65520.0, -65520.0, 1e300, 10**400):
        with raises(OutOfRange, ("x",), 0, minimum=-65504.0, maximum=65504.0):
            codec(Half).encode(Half(value, [0]))
    assert math.isnan(codec(Half).decode(b"\x7e\0\0\0").x)
    with raises(WrongType, ("x",), 0):
        codec(Half).encode(Half("1", [0]))  # type: ignore[arg-type]  # what the test is about


class Varints(Struct):
    a: uleb128
    b: sleb128
    c: zigzag
    d: vlq


@pytest.mark.parametrize(
    ("values", "data"),
    [
        ((0, 0, 0, 0), "00 00 00 00"),
        ((127, 63, 63, 127), "7f 3f 7e 7f"),
        ((128, 64, 64, 128), "8001 c000 8001 8100"),
        ((300, -64, -64, 300), "ac02 40 7f 822c"),
        ((624485, -65, -65, 106903), "e58e26 bf7f 8101 86c317"),
        ((16383, -123456, -1, 16383), "ff7f c0bb78 01 ff7f"),
        (
            (2**64 - 1, 2**63 - 1, 2**63 - 1, 2**64 - 1),
            "ffffffffffffffffff01 ffffffffffffffffff00 feffffffffffffffff01 81ffffffffffffffff7f",
        ),
        (
            (2**63, -(2**63), -(2**63), 2**63),
            "80808080808080808001 8080808080808080807f ffffffffffffffffff01 81808080808080808000",
        ),
    ],
)
def test_numbers_of_a_variable_size(codec: Codecs, values: tuple[int, ...], data: str) -> None:
    """LEB128 as in DWARF and WebAssembly, zigzag as in Protocol Buffers, VLQ as in MIDI; of no byte order."""
    same_bytes(codec, Varints(*values), data)


@pytest.mark.parametrize(
    ("kind", "data", "text"),
    [
        (uleb128, "8080808080808080808000", "a number of at most 10 bytes"),
        (uleb128, "ffffffffffffffffff02", "is 27670116110564327423, must be a number of 64 bits"),
        (sleb128, "80808080808080808001", "a number of 64 bits"),
        (sleb128, "ffffffffffffffffff7e", "a number of 64 bits"),
        (zigzag, "80808080808080808002", "a number of 64 bits"),
        (vlq, "82ffffffffffffffff7f", "a number of 64 bits"),
    ],
)
def test_numbers_of_too_many_bytes(codec: Codecs, kind: Any, data: str, text: str) -> None:
    """Are refused; those of more bytes than they need are read all the same."""

    class One(Struct):
        skip: u8
        x: kind

    with pytest.raises(InvalidValue) as caught:
        codec(One).decode(b"\0" + bytes.fromhex(data))
    assert text in str(caught.value)
    assert caught.value.path == ("x",)
    assert caught.value.offset == 8
    assert codec(One).decode(b"\0\x80\0").x == 0
    with raises(InsufficientData, ("x",), 1, expected=3, actual=2):
        codec(One).decode(b"\0\x80\x80")


def test_numbers_that_no_varint_holds(codec: Codecs) -> None:
    """With the bounds of 64 bits."""
    with raises(OutOfRange, ("a",), 0, value=2**64, minimum=0, maximum=2**64 - 1):
        codec(Varints).encode(Varints(2**64, 0, 0, 0))
    with raises(OutOfRange, ("a",), 0, value=-1):
        codec(Varints).encode(Varints(-1, 0, 0, 0))
    with raises(OutOfRange, ("b",), 1, value=2**63):
        codec(Varints).encode(Varints(0, 2**63, 0, 0))
    with raises(OutOfRange, ("c",), 2, value=-(2**63) - 1):
        codec(Varints).encode(Varints(0, 0, -(2**63) - 1, 0))
    with raises(WrongType, ("d",), 3):
        codec(Varints).encode(Varints(0, 0, 0, 1.0))  # type: ignore[arg-type]  # what the test is about


class Padded(Struct):
    a: u8
    gap: bytes = align(4)
    b: u8
    two: bytes = padding(2, policy="keep")
    n: u8
    some: bytes = padding("n", policy="ignore")
    flags: u8 = bits(3)
    rest: u8 = reserved(5)
    end: bytes = align(4)


def test_padding(codec: Codecs) -> None:
    """Is zeros where nothing was read, and no argument of the constructor."""
    same_bytes(codec, Padded(1, 2, 3, 5), "01000000 02 0000 03 000000 a0", "01000000 02 0000 03 000000 05")
    assert Padded(1, 2, 3, 5).gap == bytes(3)
    assert Padded(1, 2, 3, 5).some == bytes(3)
    assert Padded(1, 2, 3, 5).rest == 0
    same_bytes(codec, Padded(1, 2, 0, 5), "01000000 02 0000 00 a0 000000", "01000000 02 0000 00 05 000000")


def test_policies_of_padding(codec: Codecs) -> None:
    """Anything but zeros is refused, kept, or passed by."""
    good = bytearray.fromhex("01000000 02 0000 01 00 a0 0000")
    for at, path, offset in ((2, "gap", 1), (9, "rest", 9.375), (11, "end", 10)):
        broken = bytes(good[:at]) + bytes([good[at] | 1]) + bytes(good[at + 1 :])
        with raises(InvalidConstant, (path,), offset):
            codec(Padded).decode(broken)
    kept = codec(Padded).decode(bytes.fromhex("01000000 02 0107 01 ff a0 0000"))
    assert kept.two == b"\1\7"
    assert kept.some == b"\0"
    assert kept == Padded(1, 2, 1, 5, two=b"\1\7")
    assert codec(Padded).encode(kept).hex() == "010000000201070100a00000"
    with raises(LengthMismatch, ("two",), 5, expected=2, actual=3):
        codec(Padded).encode(Padded(1, 2, 0, 5, two=b"abc"))
    with raises(InvalidValue, ("gap",), 1, value=b"\0\1\0", rule="zeros"):
        codec(Padded).encode(Padded(1, 2, 0, 5, gap=b"\0\1\0"))
    with raises(LengthMismatch, ("gap",), 1):
        codec(Padded).encode(Padded(1, 2, 0, 5, gap=b""))
    value = Padded(1, 2, 0, 5, two=b"ab")
    for other in (copy.copy(value), pickle.loads(pickle.dumps(value))):
        assert other == value
        assert other.two == b"ab"


def test_alignment_counts_from_the_start_of_the_message(codec: Codecs) -> None:
    """Inside structs and lists too, and of each record of many."""

    class Inner(Struct):
        a: u8
        gap: bytes = align(4)

    class Outer(Struct):
        x: u8
        items: list[Inner] = count(2)

    same_bytes(codec, Outer(1, [Inner(2), Inner(3)]), "01 02 0000 03 000000")
    assert codec(Inner).decode_prefix(b"\1\0\0\0\2") == (Inner(1), 4)
    many = list(_records(codec, Outer, bytes.fromhex("01 02 0000 03 000000") * 2))
    assert many == [Outer(1, [Inner(2), Inner(3)])] * 2
    with raises(InsufficientData, ("gap",), 1, expected=3, actual=1):
        codec(Inner).decode(b"\1\0")


def _records(codec: Codecs, cls: Any, data: bytes) -> Any:
    of = codec(cls)
    while data:
        value, taken = of.decode_prefix(data)
        yield value
        data = data[taken:]


class Numbers(Struct):
    celsius: float = scaled(u8, 0.5, -40)
    down: float = scaled(i16, -0.25)
    point: float = fixed(i32, 16)
    part: float = scaled(u16, 0.1, bits=12)
    four: u8 = bits(4)
    list_: list[float] = scaled(u8, 2, count=2)
    option: float | None = scaled(u16, 0.5)


def test_scaled_numbers(codec: Codecs) -> None:
    """In both orders, in lists and options, as bits."""
    same_bytes(
        codec,
        Numbers(21.5, 1.0, -1.25, 10.0, 5, [4.0, 0.0], 1.5),
        "7b fffc fffec000 0645 0200 010003",
        "7b fcff 00c0feff 6450 0200 010300",
    )


def test_scaled_numbers_round_to_the_nearest(codec: Codecs) -> None:
    """Of two the even one; what does not fit is said."""

    class One(Struct):
        x: float = scaled(u8, 0.5, -40)

    for value, data in ((-40, 0), (-39.75, 0), (-39.25, 2), (-39.74, 1), (87.5, 255), (87.7, 255)):
        assert codec(One).encode(One(value)) == bytes([data])
    with raises(OutOfRange, ("x",), 0):
        codec(One).encode(One(88.0))
    with raises(OutOfRange, ("x",), 0):
        codec(One).encode(One(-41))
    for value in (math.nan, math.inf, -math.inf):
        with raises(OutOfRange, ("x",), 0, minimum=-40.0, maximum=87.5):
            codec(One).encode(One(value))
    with raises(WrongType, ("x",), 0, expected="a float"):
        codec(One).encode(One("1"))  # type: ignore[arg-type]  # what the test is about


class Digits(Struct):
    a: int = bcd(4)
    b: list[int] = bcd(2, count=2)
    c: int | None = bcd(2)


def test_decimal_digits(codec: Codecs) -> None:
    """Four bits each, the first byte first, or the last in little-endian order."""
    same_bytes(codec, Digits(1234, [56, 7], 89), "1234 5607 0189", "3412 5607 0189")
    same_bytes(codec, Digits(0, [99, 0], None), "0000 9900 0000")
    with pytest.raises(InvalidValue, match=r"^Digits.a: is '12a4', must be decimal digits \(at byte 0\)$"):
        codec(Digits).decode(bytes.fromhex("12a4 0000 0000"))
    with raises(OutOfRange, ("a",), 0, value=10000, minimum=0, maximum=9999):
        codec(Digits).encode(Digits(10000, [0, 0], None))
    with raises(OutOfRange, ("b", 1), 3, value=-1):
        codec(Digits).encode(Digits(0, [0, -1], None))

    class Most(Struct):
        x: int = bcd(36)

    same_bytes(codec, Most(10**36 - 1), "99" * 18)


class Texts(Struct):
    latin: str = size(4, encoding="latin-1", pad=" ")
    wide: str = size(6, encoding="utf-16-le", pad="\0")
    right: bytes = size(3, pad=b"\0")
    left: str = size(3, pad="0", strip="left")
    first: bytes = size(4, pad=b"\0", strip="first")
    ended: str = until("\0", encoding="ascii")
    items: list[str] = count(2, size=2, pad="-")
    option: str | None = size(2, encoding="cp437", pad=" ")


def test_text_in_other_codecs(codec: Codecs) -> None:
    """Filled up to its size, and without what fills it when read."""
    same_bytes(
        codec,
        Texts("hé", "é!", b"a", "7", b"ab", "x", ["a", "bc"], "é"),
        "68e92020 e90021000000 610000 303037 61620000 7800 612d 6263 018220",
    )
    assert codec(Texts).decode(
        bytes.fromhex("20202020 000000000000 000000 303030 61006200 00 2d2d 2d2d 000000")
    ) == Texts("", "", b"", "", b"a", "", ["", ""], None)


def test_text_that_is_none(codec: Codecs) -> None:
    """In either direction, with the codec's name."""
    good = bytes.fromhex("68e92020 e90021000000 610000 303037 61620000 7800 612d 6263 018220")
    with pytest.raises(InvalidText, match=r"^Texts.ended: the bytes are no valid ascii \(at byte 20\)$"):
        codec(Texts).decode(good.replace(b"x\0", b"\xff\0"))
    with raises(InvalidText, ("wide",), 4, encoding="utf-16-le"):
        codec(Texts).decode(good[:4] + b"\0\xd8" + good[6:])
    with raises(InvalidUtf8, ("left",), 13):
        codec(Texts).decode(good[:13] + b"\xff" + good[14:])

    def with_latin(latin: Any) -> Texts:
        return Texts(latin, "", b"", "", b"", "", ["", ""], None)

    with pytest.raises(InvalidValue, match=r"is '€', must be text that iso8859-1 can write"):
        codec(Texts).encode(with_latin("€"))
    with raises(LengthMismatch, ("latin",), 0, expected=4, actual=5):
        codec(Texts).encode(with_latin("12345"))
    with raises(WrongType, ("latin",), 0):
        codec(Texts).encode(with_latin(b"a"))


def test_length_of_text_in_another_codec(codec: Codecs) -> None:
    """Is counted in the bytes of that codec."""

    class Counted(Struct, kw_only=True):
        n: u8 = derived
        text: str = size("n", encoding="utf-16-be")

    same_bytes(codec, Counted(text="hé"), "04 0068 00e9")
    with raises(InvalidText, ("text",), 1):
        codec(Counted).decode(b"\3\0h\0")

    class Marked(Struct):
        text: str = field(size=6, encoding="utf-16", pad=" ")

    data = codec(Marked).encode(Marked("a"))
    assert len(data) == 6
    assert codec(Marked).decode(data) == Marked("a")


class Loose(Struct, unaligned=True):
    a: u8 = bits(4)
    b: bytes = size(2)
    c: Point
    d: f32
    e: u8 | None
    f: list[u8] = count(2)
    g: int = bcd(3)
    h: char
    i: Point | None
    j: Kind = bits(4)
    k: i8 = bits(4)


def test_fields_that_begin_inside_a_byte(codec: Codecs) -> None:
    """Of every kind whose size is known."""
    same_bytes(
        codec,
        Loose(1, b"\xab\xcd", Point(0x1234), 1.5, 7, [8, 9], 321, "é", None, Kind.B, -1),
        "1abcd12343fc000000107080932 1000000e90000002f".replace(" ", ""),
        _little_of_loose(),
    )


def _little_of_loose() -> str:
    # The first field in the lowest bits: written down as a number, last field first.
    parts = [
        (4, 1), (16, 0xCDAB), (16, 0x1234), (32, 0x3FC00000), (8, 1), (8, 7), (8, 8), (8, 9), (12, 0x321), (32, 0xE9),
        (8, 0), (16, 0), (4, 2), (4, 15),
    ]  # fmt: skip
    number = at = 0
    for width, bits_of in parts:
        number |= bits_of << at
        at += width
    return number.to_bytes(at // 8, "little").hex()


class Width(Struct):
    n: u8 = bits(5)
    x: i32 = bits("n")
    y: u64 = bits("n * 2")
    gap: bytes = align(1)
    z: u8


@pytest.mark.parametrize("n", [0, 1, 2, 7, 8, 15, 16, 31])
@pytest.mark.parametrize("byteorder", ["big", "little"])
def test_widths_from_data(codec: Codecs, n: int, byteorder: str) -> None:
    """From none to all bits of the type."""
    low, high = (-(1 << (n - 1)), (1 << (n - 1)) - 1) if n else (0, 0)
    of = codec(Width, byteorder=byteorder)
    for x in {low, high, 0}:
        for y in {0, (1 << 2 * n) - 1}:
            value = Width(n, x, y, 7)
            data = of.encode(value)
            assert len(data) == (5 + 3 * n + 7) // 8 + 1
            assert of.decode(data) == value
    with raises(OutOfRange, ("x",), 0.625, value=high + 1, minimum=low, maximum=high):
        of.encode(Width(n, high + 1, 0, 0))


def test_width_that_no_number_has(codec: Codecs) -> None:
    """Neither when decoding nor when encoding."""

    class Free(Struct):
        n: i8
        x: u16 = bits("n")
        gap: bytes = align(1)

    for n in (17, -1, 127):
        with pytest.raises(InvalidValue, match=rf"^Free.x: is {n}, must be 0 to 16 bits \(at byte 1\)$"):
            codec(Free).decode(bytes([n % 256, 0, 0]))
        with raises(InvalidValue, ("x",), 1, value=n):
            codec(Free).encode(Free(n, 0))
    with raises(InsufficientData, ("x",), 1, expected=2, actual=1):
        codec(Free).decode(b"\x09\0")


@pytest.mark.parametrize(
    ("order", "bit_order", "a", "b"),
    [("big", "msb", 1, 0x234), ("big", "lsb", 4, 0x123), ("little", "msb", 3, 0x412), ("little", "lsb", 2, 0x341)],
)
def test_four_readings_of_two_bytes(codec: Codecs, order: str, bit_order: str, a: int, b: int) -> None:
    """The bytes of a word in either order, and its bits from either end."""

    class Word(Struct, byteorder=order, bit_order=bit_order, word=16):  # type: ignore[arg-type]
        a: u8 = bits(4)
        b: u16 = bits(12)

    assert Word.from_bytes(b"\x12\x34") == Word(a, b)
    assert Word(a, b).to_bytes() == b"\x12\x34"
    for byteorder in ("big", "little"):
        assert codec(Word, byteorder=byteorder).decode(b"\x12\x34") == Word(a, b)


def test_words_of_bits(codec: Codecs) -> None:
    """Several behind each other, with signs, enums and reserved bits; the word is what its fields fill where none is given."""

    class Words(Struct, bit_order="lsb"):
        a: u8 = bits(3)
        b: i8 = bits(5)
        c: u16
        d: Kind = bits(2, word=32)
        e: bool = bits(word=32)
        f: u32 = bits(29, word=32)
        g: u8 = bits(4, bit_order="msb")
        h: u8 = reserved(4, bit_order="msb")

    same_bytes(
        codec,
        Words(5, -1, 0x1234, Kind.B, True, 1, 7),
        "fd 1234 0000000e 70",
        "fd 3412 0e000000 70",
    )
    with raises(OutOfRange, ("f",), 3.375, value=2**29):
        codec(Words).encode(Words(5, -1, 0x1234, Kind.B, True, 2**29, 7))
    with raises(InsufficientData, ("d",), 3, expected=4, actual=3):
        codec(Words).decode(bytes.fromhex("fd 1234 000000"))


def test_shapes_under_conditions_and_in_generic_places(codec: Codecs) -> None:
    """Combined with `when`, `valid`, and each other."""

    class Combined(Struct):
        flag: u8
        level: float | None = scaled(u8, 0.5, when="flag", valid=(0, 10.0))
        digits: int | None = bcd(2, when="flag", valid=range(20))
        name: str | None = when("flag", size=4, encoding="ascii", pad=" ")
        number: uleb128 | None = when("flag > 1", default=None)

    same_bytes(codec, Combined(1, 1.5, 12, "ab"), "01 03 12 61622020")
    same_bytes(codec, Combined(0, None, None, None), "00")
    same_bytes(codec, Combined(2, 0.0, 0, "", 300), "02 00 00 20202020 ac02")
    with raises(InvalidValue, ("level",), 1, value=10.5):
        codec(Combined).decode(bytes.fromhex("01 15 12 61622020"))
    with raises(InvalidValue, ("digits",), 2, value=20):
        codec(Combined).decode(bytes.fromhex("01 03 20 61622020"))
    with raises(InvalidValue, ("digits",), 2, value=20):
        codec(Combined).encode(Combined(1, 1.5, 20, "ab"))
