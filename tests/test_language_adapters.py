"""
Adapters in fields: what becomes of errors, lengths, lists and conditions; `test_adapters.py` is about the ready-made ones.
"""

import copy
import ipaddress
import pickle
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

import pytest
from checks import Codecs, raises, same_bytes

from bebytes import Struct, asdict, bits, computed, count, derived, field, size, u8, u16, u32, until, when
from bebytes.errors import InsufficientData, InvalidValue, LengthMismatch, OutOfRange, WrongType

ADDRESS = (ipaddress.IPv4Address, int)


def _to_decimal(content: bytes) -> Decimal:
    return Decimal(content.decode("ascii")) if content else Decimal(0)


def _from_decimal(value: Decimal) -> bytes:
    return str(value).encode("ascii")


NUMBER = (_to_decimal, _from_decimal)


class Days:
    """An adapter of its own: a carrier, a name, and both ways."""

    carrier = u16
    name = "a date"

    def decode(self, days: int) -> date:
        return date.fromordinal(days + 1)

    def encode(self, value: date) -> int:
        return value.toordinal() - 1


class Point(Struct):
    x: u8
    y: u8


POINT = (lambda point: complex(point.x, point.y), lambda value: Point(int(value.real), int(value.imag)))


class Hosts(Struct, kw_only=True):
    one: Annotated[ipaddress.IPv4Address, u32] = field(adapt=ADDRESS)
    n: u8 = derived
    many: list[Annotated[ipaddress.IPv4Address, u32]] = count("n", adapt=ADDRESS)
    maybe: Annotated[ipaddress.IPv4Address, u32] | None = field(adapt=ADDRESS)
    there: Annotated[ipaddress.IPv4Address, u32] | None = when("n > 1", adapt=ADDRESS)


class Amounts(Struct, kw_only=True):
    n: u8 = derived
    amount: Decimal = size("n", adapt=NUMBER)
    fixed: Decimal = size(4, adapt=NUMBER, pad=b" ")
    parts: list[Decimal] = until(0, count=2, adapt=NUMBER)
    day: date = field(adapt=Days())
    low: date = field(adapt=Days())


def test_values_are_made_of_what_is_read(codec: Codecs) -> None:
    """One, several, optional, and under a condition; numbers in the byte order of the field."""
    one, two, three = (ipaddress.IPv4Address(text) for text in ("1.2.3.4", "5.6.7.8", "9.9.9.9"))
    same_bytes(
        codec,
        Hosts(one=one, many=[two, three], maybe=one, there=two),
        "01020304 02 05060708 09090909 0101020304 05060708",
        "04030201 02 08070605 09090909 0104030201 08070605",
    )
    same_bytes(
        codec, Hosts(one=one, many=[], maybe=None, there=None), "01020304 00 0000000000", "04030201 00 0000000000"
    )


def test_lengths_follow_from_what_is_written(codec: Codecs) -> None:
    """Those of a derived number too; padding is not seen by the adapter."""
    value = Amounts(
        amount=Decimal("12.50"),
        fixed=Decimal(7),
        parts=[Decimal(1), Decimal("2.5")],
        day=date(1, 1, 2),
        low=date(1, 1, 1),
    )
    same_bytes(
        codec, value, "05 31322e3530 37202020 3100 322e3500 0001 0000", "05 31322e3530 37202020 3100 322e3500 0100 0000"
    )
    assert value.n == 5
    with raises(LengthMismatch, ("fixed",), 6, expected=4, actual=5):
        codec(Amounts).encode(_with(value, fixed=Decimal(12345)))


def _with(value: Any, **changes: Any) -> Any:
    made = copy.copy(value)
    for name, of in changes.items():
        setattr(made, name, of)
    return made


def test_what_adapters_refuse(codec: Codecs) -> None:
    """Is an error of the field, with what the adapter said as its cause."""
    good = bytes.fromhex("05 31322e3530 37202020 3100 322e3500 0001 0000")
    with pytest.raises(
        InvalidValue, match=r"^Amounts.amount: is b'xx\.50', must be what makes a Decimal \(at byte 1\)$"
    ) as caught:
        codec(Amounts).decode(good.replace(b"12.5", b"xx.5"))
    assert caught.value.__cause__ is not None
    with pytest.raises(InvalidValue) as caught:
        codec(Amounts).decode(good.replace(b"2.5\0", b"x.5\0").replace(b"1x", b"12"))
    assert caught.value.path[0] in ("amount", "parts")
    value = codec(Amounts).decode(good)
    for wrong in (5, "2020-01-01", None, object()):
        with pytest.raises(InvalidValue) as caught:
            codec(Amounts).encode(_with(value, day=wrong))
        assert caught.value.path == ("day",)
        assert caught.value.rule == "what makes a date"
    with raises(OutOfRange, ("day",), 16, value=730119):
        codec(Amounts).encode(_with(value, day=date(2000, 1, 1)))
    with raises(InvalidValue, ("many", 0), 5):
        codec(Hosts).encode(Hosts(one=ipaddress.IPv4Address(0), many=["x"], maybe=None, there=None))  # type: ignore[list-item]
    with raises(WrongType, ("many",), 5):
        codec(Hosts).encode(Hosts(n=0, one=ipaddress.IPv4Address(0), many=5, maybe=None, there=None))  # type: ignore[arg-type]


def test_other_errors_of_adapters_come_through(codec: Codecs) -> None:
    """A mistake in the adapter is not the data's."""

    class Broken(Struct):
        x: Any = size(1, adapt=(lambda content: content.nothing, lambda value: 1 // 0))

    with pytest.raises(AttributeError):
        codec(Broken).decode(b"a")
    with raises(InvalidValue, ("x",), 0):
        codec(Broken).encode(Broken(1))

    class Other(Struct):
        x: Any = size(1, adapt=(bytes, lambda value: _stop()))

    with pytest.raises(KeyboardInterrupt):
        codec(Other).encode(Other(1))


def _stop() -> bytes:
    raise KeyboardInterrupt


def test_adapted_structs_and_numbers_in_expressions(codec: Codecs) -> None:
    """Expressions see what stands on the wire, rules the value that is made of it."""

    class Wired(Struct):
        point: Annotated[complex, Point] = field(adapt=POINT)
        day: date = field(adapt=Days(), valid={date(1, 1, 2), date(1, 1, 3)})
        more: u8 | None = when("day == 1")
        twice: u8 = computed("day * 2")

    same_bytes(codec, Wired(3 + 4j, date(1, 1, 2), 9), "03 04 0001 09 02", "03 04 0100 09 02")
    same_bytes(codec, Wired(3 + 4j, date(1, 1, 3), None), "03 04 0002 04", "03 04 0200 04")
    with raises(InvalidValue, ("day",), 2, value=date(1, 1, 1)):
        codec(Wired).decode(bytes.fromhex("03 04 0000"))
    with raises(InvalidValue, ("day",), 2, value=date(1, 1, 1)):
        codec(Wired).encode(Wired(3 + 4j, date(1, 1, 1), None))
    with raises(InsufficientData, ("point", "y"), 1):
        codec(Wired).decode(b"\3")


def test_objects_with_adapted_values() -> None:
    """Copies, pickles and dicts hold the values."""
    value = Hosts(one=ipaddress.IPv4Address("1.2.3.4"), many=[], maybe=None, there=None)
    for other in (copy.deepcopy(value), pickle.loads(pickle.dumps(value))):
        assert other == value
    assert asdict(value)["one"] == ipaddress.IPv4Address("1.2.3.4")


def test_adapters_inside_bits_and_nested_lists(codec: Codecs) -> None:
    """Wherever their carrier may stand."""

    class Nested(Struct):
        high: Annotated[object, u8] = bits(4, adapt=(str, int))
        low: u8 = bits(4)
        grid: list[list[Annotated[object, u16]]] = count(1, 2, adapt=(str, int))
        options: list[Annotated[object, u8] | None] = count(2, adapt=(str, int))

    same_bytes(codec, Nested("5", 6, [["7", "8"]], [None, "9"]), "56 0007 0008 0000 0109", "65 0700 0800 0000 0109")
    with raises(InvalidValue, ("grid", 0, 1), 3):
        codec(Nested).encode(Nested("5", 6, [["7", "x"]], [None, None]))
