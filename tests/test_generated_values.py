"""
Values of every kind, good and bad: generated source against the readable runner, its oracle.
"""

import array
import enum
from functools import partial
from typing import Any

import pytest
from generated_runs import ORDERS, both, same_decoding, same_encoding, straight
from hostile_types import ActingFloat

import bebytes
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
    i16,
    i32,
    i128,
    size,
    u8,
    u16,
    u32,
    u64,
    u128,
    until,
)
from bebytes.testing import outcome

# Numbers


class Kind(enum.IntEnum):
    A = 0
    B = 1
    C = 6


class Mode(enum.IntFlag):
    R = 1
    W = 2
    X = 8


class Numbers(Struct, kw_only=True):
    top: u8 = bits(3, default=0)
    middle: u8 = bits(4, default=0)
    truth: bool = bits(1, default=False)
    odd: u32 = bits(24, default=0)
    signed: i32 = bits(13, default=0)
    low: i8 = bits(3, default=0)
    byte: u8 = 0
    short: i16 = 0
    long: u64 = 0
    huge: u128 = 0
    below: i128 = 0
    kind: Kind = Kind.A
    small: Kind = bits(4, default=Kind.B)
    mode: Mode = bits(4, default=Mode(0))
    whole: bool = False
    maybe: u16 | None = None


def numbers(**fields: Any) -> Numbers:
    return Numbers(**fields)


LIMITS = {
    "top": (0, 7),
    "middle": (0, 15),
    "odd": (0, 2**24 - 1),
    "signed": (-(2**12), 2**12 - 1),
    "low": (-4, 3),
    "byte": (0, 255),
    "short": (-(2**15), 2**15 - 1),
    "long": (0, 2**64 - 1),
    "huge": (0, 2**128 - 1),
    "below": (-(2**127), 2**127 - 1),
    "truth": (0, 1),
    "whole": (0, 1),
    "maybe": (0, 2**16 - 1),
}


class Scalar:
    """
    Stands for a number, and computes as numbers of a fixed width do: all else than `__index__` is wrong.
    """

    def __init__(self, number: int = 1) -> None:
        self.number = number
        self.asked = 0

    def __index__(self) -> int:
        self.asked += 1
        return self.number

    def __or__(self, other: Any) -> int:
        return 0

    __ror__ = __lshift__ = __rshift__ = __and__ = __pos__ = __or__

    def __gt__(self, other: Any) -> bool:
        return False

    __lt__ = __le__ = __ge__ = __gt__


class Liar(Scalar):
    __class__ = int  # type: ignore[assignment]


class Spelled(int):
    def __or__(self, other: Any) -> int:
        return 0

    __ror__ = __lshift__ = __and__ = __or__

    def __index__(self) -> int:
        return 0

    __int__ = __index__


@pytest.mark.parametrize("byteorder", ORDERS)
@pytest.mark.parametrize("name", LIMITS)
def test_bounds_are_those_of_the_field(name: str, byteorder: str) -> None:
    """The least and the greatest go straight and come back; one more on either side is refused."""
    low, high = LIMITS[name]
    runner = straight(Numbers, byteorder)
    for number in (low, high):
        value = numbers(**{name: number})
        assert same_encoding(value, byteorder)[0] == "value"
        assert getattr(runner.decode(runner.encode(value)), name) == number
    for number in (low - 1, high + 1, -(2**200), 2**200):
        assert same_encoding(numbers(**{name: number}), byteorder)[0] == "OutOfRange"


@pytest.mark.parametrize("name", LIMITS)
@pytest.mark.parametrize("wrong", [1.0, "1", None, b"\1", [1], derived, 1j, object()], ids=repr)
def test_what_is_no_int_is_refused(name: str, wrong: Any) -> None:
    """A float that is whole is no number of a field."""
    expected = "value" if (name, wrong) == ("maybe", None) else "WrongType"
    assert same_encoding(numbers(**{name: wrong}))[0] == expected


@pytest.mark.parametrize("name", [*LIMITS, "kind", "small", "mode"])
@pytest.mark.parametrize("make", [Scalar, Liar, Spelled])
def test_what_stands_for_a_number_is_asked_for_it_and_nothing_else(name: str, make: Any) -> None:
    """Operators of the object have no say in the bytes, nor does the class it claims; it is asked as often as before."""
    generated, readable = both(Numbers)
    value, plain = numbers(**{name: make(1)}), numbers(**{name: 1})
    assert generated.encode(value) == readable.encode(plain)
    if make is not Spelled:
        assert getattr(value, name).asked == 1
    assert same_encoding(numbers(**{name: make(-5)})) == same_encoding(numbers(**{name: -5}))


def test_what_stands_for_a_number_alone_or_in_a_list() -> None:
    """A field by itself, an item, and a number that sizes another are no easier to deceive."""

    class Alone(Struct, kw_only=True):
        n: u8 = 0
        body: bytes = size("n", default=b"x")
        few: list[u8] = count(1, default_factory=lambda: [0])
        pair: list[u16] = count(2, default_factory=lambda: [0, 0])
        many: list[u16] = count(20, default_factory=lambda: [0] * 20)

    class Shared(Struct):
        n: u8 = bits(7)
        truth: bool = bits(1)

    for make in (Scalar, Liar, Spelled):
        shared: Any = make(1)
        assert both(Shared)[0].encode(Shared(shared, False)) == b"\2"
        fields: dict[str, Any] = {"n": make(1), "few": [make(1)], "pair": [make(1), 1], "many": [make(1)] * 20}
        for name, held in fields.items():
            value = Alone(**{"n": 1, name: held})
            assert same_encoding(value)[0] == "value"
            one = held[0] if isinstance(held, list) else held
            if make is not Spelled:
                one.asked = 0
                both(Alone)[0].encode(value)
                assert one.asked == (20 if name == "many" else 1)


@pytest.mark.parametrize("name", LIMITS)
def test_ints_of_other_classes_go_straight(name: str) -> None:
    """True and members of any enum are the numbers that they are."""
    runner = straight(Numbers)
    for number in (True, Kind.B, Mode.R):
        assert runner.encode(numbers(**{name: number})) == runner.encode(numbers(**{name: 1}))


@pytest.mark.parametrize("name", ["kind", "small"])
def test_members_and_their_numbers(name: str) -> None:
    """Members, those of another enum and plain numbers; a number without a member is refused."""
    runner = straight(Numbers)
    for number in (Kind.C, 6, Mode(6)):
        assert runner.decode(runner.encode(numbers(**{name: number}))) == numbers(**{name: Kind.C})
    for number in (2, -1, 7, 300):
        assert same_encoding(numbers(**{name: number}))[0] == "OutOfRange"
    for wrong in (6.0, "C", None):
        assert same_encoding(numbers(**{name: wrong}))[0] == "WrongType"


def test_unions_of_flags() -> None:
    """All unions of members go straight once they were met, bits of no member are refused."""
    generated, _ = both(Numbers)
    for number in (0, 1, 2, 3, 8, 11):
        generated.decode(generated.encode(Numbers(mode=Mode(number))))
    runner = straight(Numbers)
    for number in (0, 1, 2, 3, 8, 11):
        for mode in (Mode(number), number):
            assert runner.decode(runner.encode(numbers(mode=mode))).mode is Mode(number)
    for number in (4, 12, 16, -1):
        assert same_encoding(Numbers(mode=number))[0] == "OutOfRange"  # type: ignore[arg-type]


def test_enums_with_a_hash_of_their_own() -> None:
    """What a class says of equality has no say in its numbers."""

    class Same(enum.IntEnum):
        A = 1
        B = 2

        def __hash__(self) -> int:
            return 1

        def __eq__(self, other: object) -> bool:
            return True

    class Holder(Struct):
        same: Same

    runner = straight(Holder)
    assert runner.encode(Holder(Same.B)) == b"\2"
    assert runner.decode(b"\2").same is Same.B


@pytest.mark.parametrize("byteorder", ORDERS)
@pytest.mark.parametrize("damage", [(0, 0x80), (7, 0x02), (15, 0xFF), (60, 2), (61, 2)])
def test_bytes_that_are_no_value(damage: tuple[int, int], byteorder: str) -> None:
    """Bools above 1, numbers without a member, tags of options: wherever a byte is wrong, the same error."""
    _, readable = both(Numbers, byteorder)
    data = bytearray(readable.encode(Numbers(maybe=7)))
    for i in range(len(data)):
        data[i] ^= damage[1]
        same_decoding(Numbers, bytes(data), byteorder)
        data[i] ^= damage[1]
    same_decoding(Numbers, bytes(data[: damage[0] % len(data)]), byteorder)


# Text, floats, bytes


class Text(Struct, kw_only=True):
    letter: char = "a"
    narrow: char = bits(7, default="a")
    wide: char = bits(17, default="a")
    fixed: str = size(3, default="abc")
    maybe: char | None = None
    zero: str = until(0, default="")
    rest: str = ""


class Word(str):
    __slots__ = ()

    def encode(self, *_: Any) -> bytes:
        return b"no"

    def __len__(self) -> int:
        return 1


@pytest.mark.parametrize("text", ["", "ab", "\udfff", "\ue000", "\ud7ff", "\0", "\x80", "\U0010ffff", "é", 97, b"a"])
@pytest.mark.parametrize("name", [f.name for f in bebytes.fields(Text)])
def test_text(name: str, text: Any) -> None:
    """Surrogates, characters that are too great, texts of another length, and markers in them."""
    if same_encoding(Text(**{name: text}))[0] == "value":
        assert getattr(straight(Text).decode(straight(Text).encode(Text(**{name: text}))), name) == text
    same_encoding(Text(**{name: Word(text)}) if isinstance(text, str) else Text(**{name: text}))


@pytest.mark.parametrize("code", [0xD7FF, 0xD800, 0xDFFF, 0xE000, 0x10FFFF, 0x110000, 0xFFFFFFFF])
def test_characters_read(code: int) -> None:
    """A number that is no character is refused, alone and in a list."""

    class Letters(Struct):
        letter: char
        others: list[char] = count(20)

    same_decoding(Letters, code.to_bytes(4, "big") + bytes(80))
    same_decoding(Letters, bytes(8) + code.to_bytes(4, "big") + bytes(72))


@pytest.mark.parametrize("byteorder", ORDERS)
@pytest.mark.parametrize(
    "number",
    [0.1, -0.0, float("inf"), float("nan"), 1e39, -1e39, 7, 2**200, 2**2000, True, "1.5", b"1", None, 1j, Scalar(3)],
)
def test_floats(number: Any, byteorder: str) -> None:
    """Floats that f32 cannot hold, ints, and what float() would parse; alone and in lists."""

    class Floats(Struct, kw_only=True):
        f: f32 = 0.0
        g: f64 = 0.0
        maybe: f32 | None = None
        many: list[f32] = count(20)
        rest: list[f64]

    lists: dict[str, Any] = {"many": [0.0] * 20, "rest": []}
    for name in ("f", "g", "maybe"):
        same_encoding(Floats(**{name: number}, **lists), byteorder)
    same_encoding(Floats(many=[*[0.0] * 19, number], rest=[1, number]), byteorder)


def test_what_stands_for_a_float_is_asked_once() -> None:
    """Code of a value runs once, in its turn, and a field behind it is looked at afterwards."""

    class Reals(Struct):
        f: f32
        g: f64
        n: u8

    generated, readable = both(Reals)
    for run in (generated, readable):
        asked: list[int] = []
        value = Reals(1.0, 2.0, 3)

        def act(asked: list[int] = asked, value: Reals = value) -> None:
            asked.append(1)
            value.n = 9

        value.f = ActingFloat(act)  # type: ignore[assignment]
        assert run.encode(value)[-1] == 9
        value.n = "wrong"  # type: ignore[assignment]
        value.f = ActingFloat(partial(asked.append, 1))  # type: ignore[assignment]
        assert outcome(run.encode, value)[0] == "WrongType"
        assert asked == [1, 1]


@pytest.mark.parametrize("byteorder", ORDERS)
@pytest.mark.parametrize("raw", ["7fc00001", "7f800001", "ffc12345", "80000000", "7f800000"])
def test_floats_keep_their_bits(raw: str, byteorder: str) -> None:
    """The payload of a NaN survives as it does in the readable runner."""

    class One(Struct):
        f: f32
        g: f64

    data = bytes.fromhex(raw) + bytes.fromhex(raw) + b"\1\2\3\4"
    kind, value = same_decoding(One, data, byteorder)
    assert kind == "value"
    decoded = straight(One, byteorder).decode(data)
    assert value == outcome(lambda: decoded)[1]
    assert straight(One, byteorder).encode(decoded) == both(One, byteorder)[1].encode(decoded)


class Payload(Struct, kw_only=True):
    fixed: bytes = size(2, default=b"ab")
    zero: bytes = until(0, default=b"")
    maybe: bytes | None = size(2, default=None)
    n: u8 = derived
    sized: bytes = size("n", default=b"")
    behind: bytes = after(b":", default=b"")


@pytest.mark.parametrize("name", ["fixed", "zero", "maybe", "sized", "behind"])
@pytest.mark.parametrize(
    "content",
    [
        b"xy",
        b"x\0",
        b"xyz",
        bytearray(b"xy"),
        memoryview(b"xy"),
        memoryview(b"xxyy")[::2],
        memoryview(array.array("H", [1])),
        array.array("H", [7]),
        "xy",
        [1, 2],
        None,
        2,
        type("Sub", (bytes,), {"__len__": lambda self: 9})(b"xy"),
    ],
    ids=repr,
)
def test_bytes_of_all_kinds(name: str, content: Any) -> None:
    """Buffers of every kind, of the wrong length, not contiguous, or none at all."""
    same_encoding(Payload(**{name: content}))


def test_buffers_of_python_go_straight() -> None:
    """A bytearray and a view of bytes are as good as bytes."""
    runner = straight(Payload)
    for make in (bytearray, memoryview):
        fields: Any = {"fixed": make(b"xy"), "sized": make(b"xyz"), "maybe": make(b"ab")}
        value = Payload(**fields)
        assert runner.decode(runner.encode(value)) == Payload(fixed=b"xy", sized=b"xyz", maybe=b"ab")


@pytest.mark.parametrize("data", [b"", b"\0", b"x", b"x\0", b"x\0y"])
@pytest.mark.parametrize("specifier", [until(0), after(0), bebytes.field()], ids=["until", "after", "rest"])
@pytest.mark.parametrize("kind", [bytes, str])
def test_ends_that_may_be_missing(data: bytes, specifier: Any, kind: type) -> None:
    """A marker may be missing at the end, but not from no input at all."""

    class Open(Struct):
        __annotations__ = {"rest": kind}
        rest = specifier

    class Around(Struct):
        n: u8
        open: Open

    same_decoding(Open, data)
    same_decoding(Around, b"\1" + data)


@pytest.mark.parametrize(
    "given_input",
    [
        bytearray(b"ab\0\0\1\1\1x:yz"),
        memoryview(b"ab\0\0\1\1\1x:yz"),
        memoryview(b"ab\0\0\1\1\1x:yz")[::2],
        array.array("H", [1, 2, 3, 4, 5]),
        "text",
        None,
        type("Sub", (bytes,), {"__getitem__": None, "find": None})(b"ab\0\0\1\1\1x:yz"),
    ],
    ids=repr,
)
def test_input_of_all_kinds(given_input: Any) -> None:
    """Any contiguous buffer, read as bytes; all else has the error that it had."""
    same_decoding(Payload, given_input)


# Lists


class Lists(Struct, kw_only=True):
    n: u8 = derived
    short: list[u8] = count(3, default_factory=lambda: [1, 2, 3])
    counted: list[u16] = count("n", default_factory=list)
    long: list[i16] = count(20, default_factory=lambda: [0] * 20)
    grid: list[list[u8]] = count(2, 2, default_factory=lambda: [[1, 2], [3, 4]])
    kinds: list[Kind] = count("n", default_factory=list)
    truths: list[bool] = count("n", default_factory=list)
    rest: list[u32] = bebytes.field(default_factory=list)


@pytest.mark.parametrize("byteorder", ORDERS)
@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"counted": [1, 2], "kinds": [Kind.C, 1], "truths": [True, False]},
        {"counted": [1, 2], "kinds": [Kind.C, 1], "truths": [True, 2]},
        {"counted": [1, 2], "kinds": [Kind.C, 1.0], "truths": [True, 1]},
        {"counted": [1, 2], "kinds": [Kind.C], "truths": [True, 1]},
        {"counted": [1, 65536], "kinds": [Kind.C, 1], "truths": [True, 1]},
        {"counted": [0] * 300, "kinds": [Kind.C] * 300, "truths": [True] * 300},
        {"n": 1},
        {"n": 0},
        {"n": True},
        {"n": 1.0},
        {"short": [1, 2]},
        {"short": (1, 2, True)},
        {"short": [1, 2, 3, 4]},
        {"short": [1, 2, -1]},
        {"short": [1, 2, 256]},
        {"short": [1, 2, 3.0]},
        {"short": b"abc"},
        {"short": {1, 2, 3}},
        {"grid": [[1, 2], [3]]},
        {"grid": [[1, 2], (3, 4)]},
        {"grid": [[1, 2], None]},
        {"grid": [[1, 2]]},
        {"long": [0] * 19},
        {"long": [0] * 19 + [-32769]},
        {"long": [0] * 19 + [Scalar()]},
        {"long": [True] * 20},
        {"rest": [1, 2, 3]},
        {"rest": (Kind.B, 2**32)},
        {"rest": [1, "2"]},
        {"rest": iter([1])},
        {"rest": type("Sub", (list,), {"__iter__": None, "__len__": lambda self: 0})([1, 2])},
    ],
    ids=repr,
)
def test_lists(fields: dict[str, Any], byteorder: str) -> None:
    """Lengths, items and containers of every kind."""
    expected = same_encoding(Lists(**fields), byteorder)
    if expected[0] == "value":
        data = expected[1][1]
        for end in range(len(data) + 1):
            same_decoding(Lists, data[:end], byteorder)
