"""
Constants, and what values must be: `const` and `valid`.
"""

import copy
import enum
import pickle
from typing import Any

import pytest
from checks import Codecs, raises, same_bytes

from bebytes import (
    Struct,
    asdict,
    char,
    const,
    count,
    derived,
    f32,
    field,
    fields,
    i8,
    replace,
    scaled,
    size,
    u8,
    u16,
    u64,
    u128,
    uleb128,
    when,
)
from bebytes.errors import InvalidConstant, InvalidValue, LengthMismatch, OutOfRange, SchemaError, WrongType


class Kind(enum.IntEnum):
    A = 1
    B = 2


class Header(Struct):
    magic: bytes = const(b"\x7fELF")
    version: u16 = const(0x0102)
    size: u16


class Every(Struct):
    text: str = const("hé")
    wide: str = const("hé", encoding="utf-16-be")
    kind: Kind = const(Kind.B)
    half: f32 = const(0.1)
    letter: char = const("é")
    high: u8 = const(9, bits=4)
    low: i8 = const(-1, bits=4)
    number: uleb128 = const(300)
    ready: bool = const(True)


class Frozen(Struct, frozen=True, order=True):
    magic: u8 = const(7)
    x: u8


class Child(Header):
    more: u8 = const(5)


class Outer(Struct):
    first: Header
    rest: list[Header]


class Perhaps(Struct):
    flag: u8
    magic: u16 | None = const(0x1234, when="flag & 1")
    rest: bytes


class Bounds(Struct):
    low: u8 = field(valid=range(1, 10))
    step: u16 = field(valid=range(0, 1000, 250))
    of: Kind = field(valid={Kind.B})
    pair: f32 = field(valid=(-1.0, 1.5))
    code: bytes = size(2, valid={b"ab", b"cd"})
    name: str = size(2, valid={"ab", "hi"})
    rule: u8 = field(valid="value > low and rule % 2 == 0")


GOOD = Bounds(3, 500, Kind.B, 0.5, b"cd", "hi", 4)


def test_constants_are_written_and_read(codec: Codecs) -> None:
    """Of every kind, in both byte orders."""
    same_bytes(codec, Header(5), "7f454c46 0102 0005", "7f454c46 0201 0500")
    same_bytes(
        codec,
        Every(),
        "68c3a9 0068 00e9 02 3dcccccd 000000e9 9f ac02 01",
        "68c3a9 0068 00e9 02 cdcccc3d e9000000 f9 ac02 01",
    )
    same_bytes(codec, Child(5), "7f454c46 0102 0005 05", "7f454c46 0201 0500 05")
    same_bytes(
        codec,
        Outer(Header(1), [Header(2)]),
        "7f454c46 0102 0001 7f454c46 0102 0002",
        "7f454c46 0201 0100 7f454c46 0201 0200",
    )


def test_constants_read_as_what_decoding_gives() -> None:
    """An enum's as its member, that of an f32 as the number of 32 bits."""
    every = Every()
    assert (every.text, every.wide, every.kind, every.letter) == ("hé", "hé", Kind.B, "é")
    assert type(every.kind) is Kind
    assert every.half == 0.10000000149011612
    assert (every.high, every.low, every.number, every.ready) == (9, -1, 300, True)
    assert Every(half=0.10000000149011612) == every


def test_anything_else_is_no_constant(codec: Codecs) -> None:
    """The error has what stands there, what must, and where."""
    big = codec(Header)
    with raises(InvalidConstant, ("magic",), 0, value=b"\x7fELG", expected=b"\x7fELF"):
        big.decode(b"\x7fELG\1\2\0\5")
    with pytest.raises(InvalidConstant, match=r"^Header.version: is 513, must be 258 \(at byte 4\)$"):
        big.decode(b"\x7fELF\2\1\0\5")
    with raises(InvalidConstant, ("rest", 0, "version"), 12, value=0, expected=0x0102):
        codec(Outer).decode(bytes.fromhex("7f454c46 0102 0001 7f454c46 0000 0002"))
    with raises(InvalidConstant, ("low",), 16.5, value=0, expected=-1):
        codec(Every).decode(bytes.fromhex("68c3a9 006800e9 02 3dcccccd 000000e9 90 ac02 01"))


def test_constant_is_no_argument_but_may_be_pinned(codec: Codecs) -> None:
    """A wrong pin is refused when encoding; `derived` frees it."""
    header = Header(5, version=0x0102)
    assert codec(Header).encode(header) == bytes.fromhex("7f454c46 0102 0005")
    header.version = 3
    assert header.version == 3
    with pytest.raises(InvalidValue, match=r"^Header.version: is 3, must be the constant 258 \(at byte 4\)$"):
        codec(Header).encode(header)
    header.version = derived
    assert header.version == 0x0102
    header.magic = b"abc"
    with raises(LengthMismatch, ("magic",), 0, expected=4, actual=3):
        codec(Header).encode(header)
    header.magic = 5
    with raises(WrongType, ("magic",), 0):
        codec(Header).encode(header)
    with pytest.raises(TypeError):
        Header(b"\x7fELF", 0x0102, 5)  # type: ignore[call-arg]
    assert Header.__match_args__ == ("size",)
    assert [f.kw_only for f in fields(Header)] == [True, True, False]


def test_objects_with_constants() -> None:
    """Copies, pickles, dicts, hashes and order see them."""
    header = Header(5)
    for other in (copy.copy(header), copy.deepcopy(header), pickle.loads(pickle.dumps(header)), replace(header)):
        assert other == header
        assert other.version == 0x0102
    assert asdict(header) == {"magic": b"\x7fELF", "version": 0x0102, "size": 5}
    assert replace(header, size=6) == Header(6)
    assert repr(header) == "Header(size=5)"
    assert hash(Frozen(1)) == hash(Frozen(1))
    assert Frozen(1) < Frozen(2)
    assert Frozen(1, magic=6) < Frozen(0)
    match header:
        case Header(5):
            pass
        case _:
            pytest.fail("positional patterns see only what construction takes")


def test_constant_may_be_absent(codec: Codecs) -> None:
    """Under a condition it is None where that does not hold, when decoding, encoding and reading the attribute."""
    same_bytes(codec, Perhaps(1, b"x"), "01 1234 78", "01 3412 78")
    same_bytes(codec, Perhaps(2, b"x"), "02 78")
    assert Perhaps(2, b"").magic is None
    assert Perhaps(3, b"").magic == 0x1234
    with raises(InvalidConstant, ("magic",), 1, value=0x1235, expected=0x1234):
        codec(Perhaps).decode(b"\x01\x12\x35")
    with raises(InvalidValue, ("magic",), 1, value=0x1234):
        codec(Perhaps).encode(Perhaps(2, b"", magic=0x1234))


def test_rules_of_values(codec: Codecs) -> None:
    """Ranges, steps, sets, bounds and expressions."""
    same_bytes(codec, GOOD, "03 01f4 02 3f000000 6364 6869 04", "03 f401 02 0000003f 6364 6869 04")
    good = codec(Bounds).encode(GOOD)
    for at, byte, path, text in (
        (0, 0, "low", "is 0, must be 1 to 9"),
        (0, 10, "low", "is 10, must be 1 to 9"),
        (2, 0xF5, "step", "is 501, must be 0 to 750 in steps of 250"),
        (3, 1, "of", "is <Kind.A: 1>, must be one of 2"),
        (4, 0xFF, "pair", "must be -1.0 to 1.5"),
        (8, 0x61, "code", "is b'ad', must be one of b'ab', b'cd'"),
        (10, 0x61, "name", "is 'ai', must be one of 'ab', 'hi'"),
        (12, 5, "rule", "is 5, must be rule with value > low and rule % 2 == 0"),
        (12, 2, "rule", "is 2, must be rule with value > low and rule % 2 == 0"),
    ):
        data = good[:at] + bytes([byte]) + good[at + 1 :]
        with pytest.raises(InvalidValue) as caught:
            codec(Bounds).decode(data)
        assert caught.value.path == (path,)
        assert text in str(caught.value)


def test_rules_hold_when_encoding(codec: Codecs) -> None:
    """With the same words; what does not fit the field at all is said first."""
    bounds = codec(Bounds)
    with pytest.raises(InvalidValue, match=r"^Bounds.low: is 10, must be 1 to 9 \(at byte 0\)$"):
        bounds.encode(replace(GOOD, low=10))
    with raises(InvalidValue, ("rule",), 12, value=3):
        bounds.encode(replace(GOOD, rule=3))
    with raises(OutOfRange, ("low",), 0):
        bounds.encode(replace(GOOD, low=256))
    with raises(WrongType, ("low",), 0):
        bounds.encode(replace(GOOD, low="a"))
    with raises(InvalidValue, ("pair",), 4):
        bounds.encode(replace(GOOD, pair=float("nan")))


class Index:
    def __init__(self, number: int) -> None:
        self.number = number

    def __index__(self) -> int:
        return self.number


def test_rules_take_all_that_stands_for_a_value(codec: Codecs) -> None:
    """A number by `__index__`, a buffer that cannot be hashed, an enum's number."""
    bounds = codec(Bounds)
    expected = bounds.encode(GOOD)
    for changes in (
        {"low": Index(3)},
        {"step": Index(500)},
        {"of": 2},
        {"code": bytearray(b"cd")},
        {"code": memoryview(bytearray(b"cd"))},
        {"pair": Index(0)},
    ):
        if "pair" in changes:
            assert bounds.decode(bounds.encode(replace(GOOD, **changes))).pair == 0.0
        else:
            assert bounds.encode(replace(GOOD, **changes)) == expected
    with pytest.raises(InvalidValue, match="is 10, must be 1 to 9"):
        bounds.encode(replace(GOOD, low=Index(10)))
    with pytest.raises(InvalidValue, match="is b'zz'"):
        bounds.encode(replace(GOOD, code=bytearray(b"zz")))


def test_a_rule_sees_the_value_that_is_read(codec: Codecs) -> None:
    """Of an f32 the number of 32 bits, of a scaled number the one on its scale."""

    class Rounded(Struct):
        a: f32 = field(valid={0.5, 0.10000000149011612})
        b: float = scaled(u8, 0.25, valid=(0, 1.0))

    same_bytes(codec, Rounded(0.10000000149011612, 1.0), "3dcccccd 04", "cdcccc3d 04")
    assert codec(Rounded).encode(Rounded(0.1, 1.1)).hex() == "3dcccccd04"
    with raises(InvalidValue, ("b",), 4, value=1.25):
        codec(Rounded).encode(Rounded(0.5, 1.2))


def test_rules_of_lists_are_about_their_items(codec: Codecs) -> None:
    """In several dimensions, and of options; the path leads to the first wrong one."""

    class Lists(Struct):
        a: list[u8] = count(2, valid=range(1, 5))
        b: list[list[u8]] = count(2, 2, valid={1, 2})
        c: list[u8 | None] = count(2, valid={1})
        d: list[bytes] = count(2, size=1, valid={b"a", b"b"})

    same_bytes(codec, Lists([1, 4], [[1, 2], [2, 1]], [None, 1], [b"a", b"b"]), "0104 01020201 00000101 6162")
    good = bytes.fromhex("0104 01020201 00000101 6162")
    for at, byte, path in ((1, 5, ("a", 1)), (4, 3, ("b", 1, 0)), (9, 2, ("c", 1)), (11, 0x63, ("d", 1))):
        with pytest.raises(InvalidValue) as caught:
            codec(Lists).decode(good[:at] + bytes([byte]) + good[at + 1 :])
        assert caught.value.path == path
    with pytest.raises(InvalidValue) as caught:
        codec(Lists).encode(Lists((1, Index(7)), ((1, 2), (2, 1)), [None, 1], [b"a", b"b"]))
    assert caught.value.path == ("a", 1)


def test_rules_at_the_edges(codec: Codecs) -> None:
    """Numbers of 64 and 128 bits, ranges that run down, and a rule that has no value."""

    class Wide(Struct):
        a: u64 = field(valid=(2**64 - 2, 2**64 - 1))
        b: u128 = field(valid={2**128 - 1})
        c: i8 = field(valid=range(3, -4, -3))
        d: u8 = field(valid="8 / value == 2")

    same_bytes(codec, Wide(2**64 - 1, 2**128 - 1, -3, 4), "ff" * 24 + "fd 04")
    with raises(InvalidValue, ("c",), 24, value=-1):
        codec(Wide).encode(Wide(2**64 - 1, 2**128 - 1, -1, 4))
    with raises(InvalidValue, ("d",), 25, value=None):
        codec(Wide).decode(b"\xff" * 24 + b"\xfd\0")


def test_rule_and_absent_fields(codec: Codecs) -> None:
    """None needs to obey no rule; a field called `value` is that field, except in its own rule."""

    class Sample(Struct):
        value: u8
        other: u8 | None = when("value", valid={7})
        last: u8 = field(valid="last > value")

    same_bytes(codec, Sample(0, None, 1), "00 01")
    same_bytes(codec, Sample(1, 7, 2), "01 07 02")
    with raises(InvalidValue, ("other",), 1, value=6):
        codec(Sample).decode(b"\1\6\2")
    with raises(InvalidValue, ("last",), 2, value=1):
        codec(Sample).decode(b"\1\7\1")

    class Own(Struct):
        value: u8 = field(valid="value > 2")

    same_bytes(codec, Own(3), "03")
    with raises(InvalidValue, ("value",), 0, value=2):
        codec(Own).decode(b"\2")


@pytest.mark.parametrize(
    ("body", "advice"),
    [
        ("x: u8 = const(256)", "the constant does not fit: 256 does not fit, 0 to 255 does"),
        ("x: u8 = const('a')", "takes an int, got str"),
        ("x: u8 = const(None)", "takes an int"),
        ("x: uleb128 = const(-1)", "does not fit"),
        ("x: bytes = const('a')", "is no bytes"),
        ("x: str = const(b'a')", "is no str"),
        ("x: bytes = const(b'ab', size=4)", "declared length 4, actual length 2"),
        ("n: u8; x: bytes = const(b'ab', size='n')", "drop the size"),
        ("x: bytes = const(b'a0b', until='0')", "marker"),
        ("x: str = const('a ', size=4, pad=' ')", "would be read as 'a'"),
        ("x: list[u8] = const([1, 2])", "a constant is a number, bytes or text"),
        ("x: u8 | None = const(3)", "a constant is a number, bytes or text"),
        ("x: Kind = const(7)", "does not fit"),
        ("x: u8 = const(1, default=2)", "drop the default"),
        ("x: u8 = field(valid=range(0))", "is empty"),
        ("x: u8 = field(valid=set())", "valid is empty"),
        ("x: u8 = field(valid=(1, 2, 3))", "a pair of bounds"),
        ("x: u8 = field(valid=5)", "write a range, a set"),
        ("x: u8 = field(valid={'a'})", "no value of the field can be compared"),
        ("x: u8 = field(valid=('a', 'b'))", "no value of the field can be compared"),
        ("x: bytes = size(2, valid=range(3))", "no value of the field can be compared"),
        ("x: char = field(valid=range(3))", "no value of the field can be compared"),
        ("x: Header = field(valid={1})", "valid is for numbers"),
        ("x: u8 = field(valid='y > 1'); y: u8", "'y', which stands behind it"),
        ("x: u8 = field(valid='z > 1')", "which Wrong does not declare"),
        ("x: u8 = field(valid='value >')", "no valid expression"),
        ("x: bytes = size(1, valid='value')", "comes to bytes"),
        ("x: u8 = field(valid='value is 3')", "write =="),
    ],
)
def test_wrong_constants_and_rules(body: str, advice: str) -> None:
    """A `SchemaError` that names the field and says what to write."""
    source = "class Wrong(Struct):\n" + "".join(f"    {line.strip()}\n" for line in body.split(";"))
    with pytest.raises(SchemaError) as caught:
        exec(source, globals(), {})
    assert str(caught.value).startswith("Wrong.x: ")
    assert advice in str(caught.value)


def test_specifiers_say_what_they_take() -> None:
    """No further positions, and no keyword that is none."""
    wrong: Any = const
    with pytest.raises(TypeError):
        wrong()
    with pytest.raises(TypeError):
        wrong(1, 2)
    with pytest.raises(TypeError, match="colour"):
        wrong(1, colour=2)
