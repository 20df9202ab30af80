"""
IntEnum and IntFlag fields: their widths, their members, and numbers that are none.
"""

import enum
from typing import Annotated, Any

import pytest
from checks import Codecs, raises, same_bytes

from bebytes import Codec, Struct, bits, count, field, i8, i16, u8, u16, u32, u128
from bebytes.errors import InsufficientData, InvalidDiscriminant, OutOfRange, WrongType


class Kind(enum.IntEnum):
    DATA = 0
    ACK = 1
    RESET = 2


class Largest255(enum.IntEnum):
    LOW = 1
    HIGH = 0xFF


class Largest256(enum.IntEnum):
    LOW = 1
    HIGH = 0x100


class Largest65536(enum.IntEnum):
    LOW = 1
    HIGH = 0x10000


class Largest32Bits(enum.IntEnum):
    LOW = 1
    HIGH = 0xFFFFFFFF


class Largest33Bits(enum.IntEnum):
    LOW = 1
    HIGH = 0x100000000


class Largest65Bits(enum.IntEnum):
    LOW = 1
    HIGH = 0x10000000000000000


class Largest128Bits(enum.IntEnum):
    LOW = 1
    HIGH = 2**128 - 1


class Zero(enum.IntEnum):
    ONLY = 0


class Below(enum.IntEnum):
    MINUS = -1
    ZERO = 0
    PLUS = 5


class Alias(enum.IntEnum):
    FIRST = 1
    SECOND = 1
    THIRD = 3


class Open(enum.IntEnum):
    ONE = 1

    @classmethod
    def _missing_(cls, value: object) -> "Open":
        return cls.ONE


class Permission(enum.IntFlag):
    READ = 1
    WRITE = 2
    EXECUTE = 8


class Pair(enum.IntFlag):
    LOW = 1
    BOTH = 0x30


class Wide(enum.IntFlag):
    LOW = 1
    HIGH = 0x8000


class WithNone(enum.IntFlag):
    NONE = 0
    SOME = 4


@pytest.mark.parametrize(
    ("cls", "big", "little"),
    [
        (Largest255, "ff", "ff"),
        (Largest256, "0100", "0001"),
        (Largest65536, "00010000", "00000100"),
        (Largest32Bits, "ffffffff", "ffffffff"),
        (Largest33Bits, "0000000100000000", "0000000001000000"),
        (Largest65Bits, "00" * 7 + "01" + "00" * 8, "00" * 8 + "01" + "00" * 7),
        (Largest128Bits, "ff" * 16, "ff" * 16),
    ],
)
def test_enum_takes_the_smallest_size_for_its_largest_member(codec: Codecs, cls: Any, big: str, little: str) -> None:
    """
    1, 2, 4, 8 or 16 bytes.
    """

    class Holder(Struct):
        x: cls

    same_bytes(codec, Holder(cls.HIGH), big, little)
    assert Holder.field_size() == len(big) // 2


@pytest.mark.parametrize(
    ("annotation", "value", "big", "little"),
    [
        (Annotated[Kind, u16], Kind.RESET, "0002", "0200"),
        (Annotated[Kind, u128], Kind.RESET, "00" * 15 + "02", "02" + "00" * 15),
        (Annotated[Kind, i8], Kind.ACK, "01", "01"),
        (Annotated[Below, i8], Below.MINUS, "ff", "ff"),
        (Annotated[Below, i16], Below.MINUS, "ffff", "ffff"),
        (Annotated[Below, i16], Below.PLUS, "0005", "0500"),
        (Annotated[Wide, u32], Wide.HIGH, "00008000", "00800000"),
        (Annotated[Permission, u16], Permission.READ | Permission.EXECUTE, "0009", "0900"),
        (Zero, Zero.ONLY, "00", "00"),
        (Wide, Wide.LOW | Wide.HIGH, "8001", "0180"),
        (Permission, Permission(0), "00", "00"),
        (WithNone, WithNone.NONE, "00", "00"),
        (WithNone, WithNone.SOME, "04", "04"),
        (Pair, Pair.BOTH | Pair.LOW, "31", "31"),
        (Alias, Alias.SECOND, "01", "01"),
    ],
)
def test_enum_is_carried_as_declared(codec: Codecs, annotation: Any, value: Any, big: str, little: str) -> None:
    """
    The integer type of `Annotated` gives the width; members, and unions of flags, come back as such.
    """

    class Holder(Struct):
        x: annotation

    same_bytes(codec, Holder(value), big, little)
    assert codec(Holder).decode(bytes.fromhex(big)).x is value


@pytest.mark.parametrize(
    ("annotation", "width"),
    [(Kind, 2), (Largest255, 8), (Largest256, 9), (Permission, 4), (WithNone, 3), (Wide, 16), (Alias, 2), (bool, 1),
     (Annotated[Below, i8], 4), (Annotated[Kind, u16], 2), (Largest128Bits, 128)],
)  # fmt: skip
def test_bits_without_a_width_takes_the_fewest(codec: Codecs, annotation: Any, width: int) -> None:
    """
    The width shows in what the rest of the run has to fill.
    """
    filler: Any = bits(-width % 8 or 8)

    class Auto(Struct):
        x: annotation = bits()
        y: u8 = filler

    assert Auto.field_size() * 8 == width + (-width % 8 or 8)


def test_enums_share_a_byte(codec: Codecs) -> None:
    """
    Enums, flags and bools in bits, by own width and by a given one.
    """

    class Packed(Struct):
        kind: Kind = bits()
        permission: Permission = bits(5)
        urgent: bool = bits()
        below: Annotated[Below, i8] = bits(4)
        again: Kind = bits(4)

    value = Packed(Kind.RESET, Permission.EXECUTE | Permission.READ, True, Below.MINUS, Kind.ACK)

    same_bytes(codec, value, "93 f1", "a6 1f")
    decoded = codec(Packed).decode(b"\x93\xf1")
    assert decoded.kind is Kind.RESET
    assert decoded.below is Below.MINUS
    assert decoded.permission is Permission(9)


@pytest.mark.parametrize("value", [Kind.ACK, 1, True, Alias.FIRST], ids=repr)
def test_a_member_may_be_given_as_its_integer(codec: Codecs, value: Any) -> None:
    """
    Whatever has `__index__` and is a member's number is written; reading gives the member.
    """

    class Holder(Struct):
        x: Kind

    assert codec(Holder).encode(Holder(value)) == b"\1"
    assert codec(Holder).decode(b"\1").x is Kind.ACK


class OfKind(Struct):
    before: u8
    x: Kind


class OfBelow(Struct):
    before: u8
    x: Annotated[Below, i16]


class OfPermission(Struct):
    before: u8
    x: Permission


class OfPair(Struct):
    before: u8
    x: Pair


class OfOpen(Struct):
    before: u8
    x: Open


@pytest.mark.parametrize(
    ("cls", "data", "number", "name"),
    [
        (OfKind, "00 03", 3, "Kind"),
        (OfKind, "00 ff", 255, "Kind"),
        (OfBelow, "00 fffe", -2, "Below"),
        (OfBelow, "00 0001", 1, "Below"),
        (OfPermission, "00 04", 4, "Permission"),
        (OfPermission, "00 ff", 255, "Permission"),
        (OfPair, "00 10", 0x10, "Pair"),
        (OfPair, "00 21", 0x21, "Pair"),
        (OfOpen, "00 02", 2, "Open"),
    ],
)
def test_unknown_number_is_an_invalid_discriminant(codec: Codecs, cls: Any, data: str, number: int, name: str) -> None:
    """
    The number is signed where the field is; part of a member of several bits is no flag.
    """
    with raises(InvalidDiscriminant, ("x",), 1, value=number, type_name=name):
        codec(cls).decode(bytes.fromhex(data))


@pytest.mark.parametrize(
    ("value", "minimum", "maximum"),
    [
        (OfKind(0, 3), 0, 2),  # type: ignore[arg-type]  # no member
        (OfKind(0, -1), 0, 2),  # type: ignore[arg-type]  # no member
        (OfBelow(0, 1), -1, 5),  # type: ignore[arg-type]  # no member
        (OfBelow(0, 40000), -1, 5),  # type: ignore[arg-type]  # no member
        (OfPermission(0, 4), 0, 11),  # type: ignore[arg-type]  # no union
        (OfPermission(0, Permission(16)), 0, 11),
        (OfPair(0, 0x10), 0, 0x31),  # type: ignore[arg-type]  # no union
        (OfOpen(0, 2), 1, 1),  # type: ignore[arg-type]  # no member
        (OfKind(0, 2**200), 0, 2),  # type: ignore[arg-type]  # no member
    ],
    ids=lambda v: repr(v)[:40],
)
def test_number_that_is_no_member_is_out_of_range(codec: Codecs, value: Any, minimum: int, maximum: int) -> None:
    """
    It is of the right kind, but does not fit; the range is that of the members.
    """
    with raises(OutOfRange, ("x",), 1, value=int(value.x), minimum=minimum, maximum=maximum):
        codec(type(value)).encode(value)


@pytest.mark.parametrize(
    ("value", "expected", "actual"),
    [
        (OfKind(0, "ACK"), "a Kind", "str"),  # type: ignore[arg-type]  # wrong on purpose
        (OfKind(0, 1.0), "a Kind", "float"),  # type: ignore[arg-type]  # wrong on purpose
        (OfPermission(0, None), "a Permission", "NoneType"),  # type: ignore[arg-type]  # wrong on purpose
    ],
    ids=repr,
)
def test_another_kind_than_an_integer_is_wrong_type(codec: Codecs, value: Any, expected: str, actual: str) -> None:
    """
    The enum is named.
    """
    with raises(WrongType, ("x",), 1, expected=expected, actual=actual):
        codec(type(value)).encode(value)


def test_unknown_member_in_bits_is_told_with_its_sign_and_bit(codec: Codecs) -> None:
    """
    Two bits hold 3, which `Kind` does not; four signed bits hold -2, which `Below` does not.
    """

    class Packed(Struct):
        a: u8 = bits(2)
        kind: Kind = bits()
        below: Annotated[Below, i8] = bits(4)

    same_bytes(codec, Packed(3, Kind.RESET, Below.PLUS), "e5", "5b")
    with raises(InvalidDiscriminant, ("kind",), 0.25, value=3, type_name="Kind"):
        codec(Packed).decode(b"\xf0")
    with raises(InvalidDiscriminant, ("below",), 0.5, value=-2, type_name="Below"):
        codec(Packed).decode(b"\x0e")
    with raises(InvalidDiscriminant, ("below",), 0.5, value=-2, type_name="Below"):
        codec(Packed, byteorder="little").decode(b"\xe0")


def test_enums_in_lists_keep_their_width_and_order(codec: Codecs) -> None:
    """
    Items are members; the first that is none is named with its index.
    """

    class Many(Struct):
        kinds: list[Kind] = count(3)
        wide: list[Annotated[Kind, u16]] = count(2)
        flags: list[Permission]

    value = Many([Kind.ACK, Kind.DATA, Kind.RESET], [Kind.ACK, Kind.RESET], [Permission(3), Permission.EXECUTE])

    same_bytes(codec, value, "010002 0001 0002 03 08", "010002 0100 0200 03 08")
    with raises(InvalidDiscriminant, ("wide", 1), 5, value=256, type_name="Kind"):
        codec(Many).decode(bytes.fromhex("010002 0001 0100"))
    with raises(InsufficientData, ("wide", 1), 5, expected=2, actual=1):
        codec(Many).decode(bytes.fromhex("010002 0001 00"))
    with raises(OutOfRange, ("flags", 1), 8, value=4):
        codec(Many).encode(Many([0, 1, 2], [0, 1], [1, 4]))  # type: ignore[list-item]  # numbers of members


def test_carrier_with_its_own_byte_order(codec: Codecs) -> None:
    """
    `byteorder` holds for the number of an enum.
    """

    class Fixed(Struct):
        kind: Annotated[Kind, u16] = field(byteorder="little")

    same_bytes(codec, Fixed(Kind.RESET), "0200", "0200")


def test_a_member_that_does_not_fit_is_told_as_its_number(codec: Codecs) -> None:
    """
    The figures of an error are plain numbers, whatever stood for them.
    """

    class Wide(enum.IntEnum):
        MANY = 300

    class OneByte(Struct):
        number: u8

    with pytest.raises(OutOfRange) as caught:
        codec(OneByte).encode(OneByte(Wide.MANY))

    assert type(caught.value.value) is int


@pytest.mark.parametrize("raised", [KeyboardInterrupt, RuntimeError, MemoryError])
def test_what_a_flags_class_raises_comes_out_and_the_class_is_called_once(
    raised: type[BaseException], backend: Any
) -> None:
    calls: list[int] = []

    class Bits(enum.IntFlag):
        A = 1
        B = 2

        @classmethod
        def _missing_(cls, value: object) -> Any:
            calls.append(int(value))  # type: ignore[call-overload]
            if len(calls) == 1:
                raise raised
            return super()._missing_(value)

    class Holder(Struct):
        flags: Annotated[Bits, u8]

    codec = Codec(Holder, backend=backend)
    with pytest.raises(raised):
        codec.decode(b"\3")
    assert calls == [3]
    assert codec.decode(b"\3").flags == 3
