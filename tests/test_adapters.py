"""
Ready-made adapters: known values, round trips both ways, and what they refuse.
"""

import io
import ipaddress
import os
import socket
import subprocess
import sys
import types
import uuid
import zipfile
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from checks import Codecs
from hypothesis import given
from hypothesis import strategies as st

import bebytes
from bebytes import Struct, adapters, char, f64, field, i16, i64, u8, u32, u64
from bebytes.adapters import Adapter

PACKAGE = Path(bebytes.__file__).parent

READY: dict[str, Adapter[Any, Any]] = {name: getattr(adapters, name) for name in adapters.__all__ if name != "Adapter"}
FORMS: dict[str, tuple[Any, int | None, str]] = {
    "dos_time": (u32, None, "a naive datetime"),
    "filetime": (u64, None, "an aware datetime"),
    "hex_text": (bytes, None, "a str of hexadecimal digits"),
    "ipv4": (bytes, 4, "an IPv4Address"),
    "ipv6": (bytes, 16, "an IPv6Address"),
    "mac": (bytes, 6, "a MAC address such as '00:1a:2b:3c:4d:5e'"),
    "ntp_time": (u64, None, "an aware datetime"),
    "unix_micros": (i64, None, "an aware datetime"),
    "unix_millis": (i64, None, "an aware datetime"),
    "unix_time": (u32, None, "an aware datetime"),
    "unix_time64": (i64, None, "an aware datetime"),
    "uuid": (bytes, 16, "a UUID"),
    "uuid_le": (bytes, 16, "a UUID"),
}
IN_UTC = ["filetime", "ntp_time", "unix_micros", "unix_millis", "unix_time", "unix_time64"]

GUID = uuid.UUID("00112233-4455-6677-8899-aabbccddeeff")
MICRO = timedelta(microseconds=1)


def utc(*parts: int) -> datetime:
    """
    A time in UTC.
    """
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]  # a time of any number of parts


def naive(*parts: int) -> datetime:
    """
    A time in no zone.
    """
    return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001  # naive, as the name says


KNOWN: list[tuple[str, Any, Any]] = [
    ("ipv4", bytes([192, 0, 2, 1]), ipaddress.IPv4Address("192.0.2.1")),
    ("ipv6", bytes.fromhex("20010db8000000000000000000000001"), ipaddress.IPv6Address("2001:db8::1")),
    ("mac", bytes.fromhex("001a2b3c4d5e"), "00:1a:2b:3c:4d:5e"),
    ("uuid", bytes.fromhex("00112233445566778899aabbccddeeff"), GUID),
    ("uuid_le", bytes.fromhex("33221100554477668899aabbccddeeff"), GUID),
    ("hex_text", b"", ""),
    ("hex_text", b"\x00\xfe\x0a", "00fe0a"),
    ("unix_time", 0, utc(1970, 1, 1)),
    ("unix_time", 1_234_567_890, utc(2009, 2, 13, 23, 31, 30)),
    # The last second of a signed and of an unsigned number.
    ("unix_time", 2**31 - 1, utc(2038, 1, 19, 3, 14, 7)),
    ("unix_time", 2**32 - 1, utc(2106, 2, 7, 6, 28, 15)),
    ("unix_time64", -1, utc(1969, 12, 31, 23, 59, 59)),
    ("unix_time64", 2**32, utc(2106, 2, 7, 6, 28, 16)),
    ("unix_time64", -62_135_596_800, utc(1, 1, 1)),
    ("unix_time64", 253_402_300_799, utc(9999, 12, 31, 23, 59, 59)),
    ("unix_millis", -1, utc(1969, 12, 31, 23, 59, 59, 999_000)),
    ("unix_millis", 1_234_567_890_123, utc(2009, 2, 13, 23, 31, 30, 123_000)),
    ("unix_micros", -1, utc(1969, 12, 31, 23, 59, 59, 999_999)),
    ("unix_micros", 1_234_567_890_123_456, utc(2009, 2, 13, 23, 31, 30, 123_456)),
    # The dates of RFC 5905, figure 4, in era 0.
    ("ntp_time", 0, utc(1900, 1, 1)),
    ("ntp_time", 2_208_988_800 << 32, utc(1970, 1, 1)),
    ("ntp_time", 2_272_060_800 << 32, utc(1972, 1, 1)),
    ("ntp_time", 3_155_587_200 << 32, utc(1999, 12, 31)),
    ("ntp_time", (1 << 32) - 1 << 32, utc(2036, 2, 7, 6, 28, 15)),
    ("ntp_time", 1 << 31, utc(1900, 1, 1, 0, 0, 0, 500_000)),
    ("ntp_time", 4295, utc(1900, 1, 1, 0, 0, 0, 1)),
    ("filetime", 0, utc(1601, 1, 1)),
    ("filetime", 116_444_736_000_000_000, utc(1970, 1, 1)),
    ("filetime", 125_911_584_000_000_010, utc(2000, 1, 1, 0, 0, 0, 1)),
    ("filetime", 2_650_467_743_999_999_990, utc(9999, 12, 31, 23, 59, 59, 999_999)),
    ("dos_time", 0x00210000, naive(1980, 1, 1)),
    ("dos_time", 0xFF9FBF7D, naive(2107, 12, 31, 23, 59, 58)),
    ("dos_time", 0x58A63905, naive(2024, 5, 6, 7, 8, 10)),
]


def test_forms() -> None:
    """
    Carrier, size and name of each, and no adapter beside them.
    """
    assert {name: (a.carrier, a.size, a.name) for name, a in READY.items()} == FORMS


@pytest.mark.parametrize(("name", "carried", "value"), KNOWN)
def test_known_values(name: str, carried: Any, value: Any) -> None:
    """
    Both ways, types included.
    """
    adapter = READY[name]

    decoded, encoded = adapter.decode(carried), adapter.encode(value)

    assert (decoded, type(decoded)) == (value, type(value))
    assert (encoded, type(encoded)) == (carried, type(carried))
    if isinstance(value, datetime):
        assert decoded.tzinfo is value.tzinfo


@pytest.mark.parametrize("name", FORMS)
def test_carriers_are_annotations_of_fields(codec: Codecs, name: str) -> None:
    """
    A struct with the carrier takes what was encoded, and gives what is decoded.
    """
    adapter = READY[name]
    encoded = [adapter.encode(value) for known, _, value in KNOWN if known == name]

    def body(space: dict[str, Any]) -> None:
        space["__annotations__"] = {"carried": adapter.carrier}
        if adapter.size is not None:
            space["carried"] = field(size=adapter.size)

    holder: Any = types.new_class("Holder", (Struct,), exec_body=body)
    for byteorder in ("big", "little"):
        of_class = codec(holder, byteorder=byteorder)
        assert [of_class.decode(of_class.encode(holder(carried=c))).carried for c in encoded] == encoded


# Round trips


def times(first: datetime, last: datetime) -> st.SearchStrategy[datetime]:
    """
    Times from one to another, as clocks show them, in zones of any offset.
    """
    offsets = st.timedeltas(timedelta(hours=-24) + MICRO, timedelta(hours=24) - MICRO)
    return st.datetimes(first, last, timezones=st.one_of(st.just(UTC), st.builds(timezone, offsets)))


def outcome(adapter: Adapter[Any, datetime], carried: int) -> datetime | str:
    """
    The time of a number, or the text of the error.
    """
    try:
        return adapter.decode(carried)
    except ValueError as e:
        return str(e)


# A day from the ends, so that no offset leads beyond them.
RANGES: dict[str, tuple[datetime, datetime]] = {
    "filetime": (naive(1601, 1, 2), naive(9999, 12, 30)),
    "ntp_time": (naive(1900, 1, 2), naive(2036, 2, 6)),
    "unix_micros": (naive(1, 1, 2), naive(9999, 12, 30)),
    "unix_millis": (naive(1, 1, 2), naive(9999, 12, 30)),
    "unix_time": (naive(1970, 1, 2), naive(2106, 2, 6)),
    "unix_time64": (naive(1, 1, 2), naive(9999, 12, 30)),
}
UNITS = {
    "unix_millis": timedelta(milliseconds=1),
    "unix_time": timedelta(seconds=1),
    "unix_time64": timedelta(seconds=1),
}


@pytest.mark.parametrize("name", IN_UTC)
@given(data=st.data())
def test_times_come_back_as_they_were_encoded(name: str, data: st.DataObject) -> None:
    """
    To the microsecond, in UTC, from any zone; a time finer than the unit is refused.
    """
    adapter = READY[name]
    value = data.draw(times(*RANGES[name]))
    unit = UNITS.get(name, MICRO)
    rest = (value - utc(1970, 1, 1)) % unit

    if rest:
        with pytest.raises(ValueError, match="is finer than a (milli)?second, in which it is sent; round it first"):
            adapter.encode(value)
    decoded = adapter.decode(adapter.encode(value - rest))

    assert decoded == value - rest
    assert decoded.tzinfo is UTC


@pytest.mark.parametrize("name", IN_UTC)
@given(data=st.data())
def test_every_number_decodes_or_is_refused(name: str, data: st.DataObject) -> None:
    """
    A time that decoding gives can be encoded, and decodes to itself; any other number is a `ValueError`.
    """
    adapter = READY[name]
    low, high = (-(2**63), 2**63) if adapter.carrier == i64 else (0, 2**32 if adapter.carrier == u32 else 2**64)
    carried = data.draw(st.integers(low, high - 1))

    value = outcome(adapter, carried)
    if isinstance(value, str):
        assert value == f"{carried} is a time outside the years 1 to 9999, which a datetime cannot hold"
        assert name not in {"unix_time", "ntp_time"}
        return

    assert adapter.decode(adapter.encode(value)) == value
    if name.startswith("unix"):
        assert adapter.encode(value) == carried


@pytest.mark.parametrize(
    ("name", "units", "first", "last"),
    [
        ("unix_time64", 1, -62_135_596_800, 253_402_300_799),
        ("unix_millis", 1_000, -62_135_596_800_000, 253_402_300_799_999),
        ("unix_micros", 1_000_000, -62_135_596_800_000_000, 253_402_300_799_999_999),
    ],
)
@given(data=st.data())
def test_numbers_since_1970_come_back(name: str, units: int, first: int, last: int, data: st.DataObject) -> None:
    """
    Each within the years of a datetime, and it is the time that exact fractions give; one beyond is a `ValueError`.
    """
    adapter = READY[name]
    carried = data.draw(st.integers(first, last))

    value = adapter.decode(carried)

    assert Fraction((value - utc(1970, 1, 1)) // MICRO, 1_000_000) == Fraction(carried, units)
    assert adapter.encode(value) == carried
    for beyond in (first - 1, last + 1):
        with pytest.raises(ValueError, match=f"^{beyond} is a time outside the years 1 to 9999"):
            adapter.decode(beyond)


@given(st.integers(0, 2**64 - 1))
def test_ntp_is_the_nearest_microsecond(carried: int) -> None:
    """
    Of the era: at most half a microsecond away, which encoding keeps to.
    """
    value = adapters.ntp_time.decode(carried)

    micros = (value - utc(1900, 1, 1)) // MICRO
    exact = Fraction(carried * 1_000_000, 2**32)
    assert abs(micros - exact) <= Fraction(1, 2) or micros == 2**32 * 1_000_000 - 1
    assert abs(Fraction(adapters.ntp_time.encode(value)) - Fraction(micros * 2**32, 1_000_000)) <= Fraction(1, 2)


@given(times(*RANGES["ntp_time"]))
def test_ntp_of_other_writers(value: datetime) -> None:
    """
    Whichever way the fraction was rounded, the time is the one that was meant.
    """
    micros = (value - utc(1900, 1, 1)) // MICRO

    down = micros * 2**32 // 1_000_000

    assert adapters.ntp_time.decode(down) == adapters.ntp_time.decode(down + 1) == value


@pytest.mark.parametrize("carried", [2**64 - 1, 2**64 - 2148, 2**64 - 2147, 2**64 - 4296])
def test_ntp_stays_in_its_era(carried: int) -> None:
    """
    The last half microsecond is rounded down, so that it can be encoded.
    """
    value = adapters.ntp_time.decode(carried)

    assert value == utc(2036, 2, 7, 6, 28, 15, 999_999)
    assert adapters.ntp_time.decode(adapters.ntp_time.encode(value)) == value


@given(st.integers(0, 2_650_467_743_999_999_994))
def test_filetime_is_the_nearest_microsecond(carried: int) -> None:
    """
    Half of one goes up; multiples of 10 come back.
    """
    value = adapters.filetime.decode(carried)

    assert (value - utc(1601, 1, 1)) // MICRO == (carried + 5) // 10
    assert abs(adapters.filetime.encode(value) - carried) <= 5
    assert adapters.filetime.encode(adapters.filetime.decode(carried // 10 * 10)) == carried // 10 * 10


@given(st.binary(min_size=4, max_size=4), st.binary(min_size=16, max_size=16))
def test_addresses_come_back(short: bytes, long: bytes) -> None:
    """
    They are those of the system's own functions.
    """
    v4, v6 = adapters.ipv4.decode(short), adapters.ipv6.decode(long)

    assert socket.inet_ntoa(short) == str(v4)
    assert v6 == ipaddress.IPv6Address(socket.inet_ntop(socket.AF_INET6, long))
    assert (adapters.ipv4.encode(v4), adapters.ipv6.encode(v6)) == (short, long)


@given(st.binary(min_size=16, max_size=16), st.uuids())
def test_uuids_come_back(carried: bytes, value: uuid.UUID) -> None:
    """
    In both forms, as `uuid` reads and writes them.
    """
    for adapter, form in ((adapters.uuid, "bytes"), (adapters.uuid_le, "bytes_le")):
        decoded = adapter.decode(carried)
        assert getattr(decoded, form) == carried
        assert adapter.encode(decoded) == carried
        assert adapter.encode(value) == getattr(value, form)
        assert adapter.decode(adapter.encode(value)) == value


@given(st.binary(min_size=6, max_size=6), st.binary(max_size=40))
def test_texts_come_back(address: bytes, data: bytes) -> None:
    """
    In lower case; upper case goes in, and hyphens in an address.
    """
    text, digits = adapters.mac.decode(address), adapters.hex_text.decode(data)

    assert text == ":".join(f"{byte:02x}" for byte in address)
    assert digits == "".join(f"{byte:02x}" for byte in data)
    for form in (text, text.upper(), text.replace(":", "-"), text.upper().replace(":", "-")):
        assert adapters.mac.encode(form) == address
    assert adapters.hex_text.encode(digits) == adapters.hex_text.encode(digits.upper()) == data


@given(st.datetimes(naive(1980, 1, 1), naive(2107, 12, 31, 23, 59, 59)))
def test_dos_times_are_those_of_zip_archives(value: datetime) -> None:
    """
    The header of a member holds them, time before date, little endian.
    """
    value = value.replace(microsecond=0, second=value.second // 2 * 2)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as writer:
        writer.writestr(zipfile.ZipInfo("name", value.timetuple()[:6]), b"")

    carried = int.from_bytes(archive.getvalue()[10:14], "little")

    assert zipfile.ZipFile(archive).infolist()[0].date_time == value.timetuple()[:6]
    assert adapters.dos_time.encode(value) == carried
    assert adapters.dos_time.decode(carried) == value


@given(st.integers(0, 2**32 - 1))
def test_every_dos_number_comes_back_or_is_refused(carried: int) -> None:
    """
    No two numbers are the same time.
    """
    value = outcome(adapters.dos_time, carried)
    if isinstance(value, str):
        assert value.startswith(f"0x{carried:08x} is no date and time of MS-DOS: ")
        return

    assert value.tzinfo is None
    assert adapters.dos_time.encode(value) == carried


# What is refused


STRANGERS: list[object] = [None, 7, b"\x00" * 16, 1.5, date(2020, 1, 1), object(), []]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *((name, value) for name in FORMS for value in STRANGERS),
        *((name, "192.0.2.1") for name in FORMS if name not in {"mac", "hex_text"}),
    ],
)
def test_values_of_other_types(name: str, value: object) -> None:
    """
    `TypeError`, with what is taken and what was given.
    """
    with pytest.raises(TypeError) as caught:
        READY[name].encode(value)

    assert str(caught.value) == f"takes {READY[name].name}, got {type(value).__name__}"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ipv4", ipaddress.IPv6Address("::1")),
        ("ipv6", ipaddress.IPv4Address("192.0.2.1")),
        # They are addresses by inheritance, with a network that would be lost.
        ("ipv4", ipaddress.IPv4Interface("192.0.2.1/24")),
        ("ipv6", ipaddress.IPv6Interface("2001:db8::1/64")),
        ("uuid", str(GUID)),
    ],
)
def test_values_of_related_types(name: str, value: object) -> None:
    """
    `TypeError`, likewise.
    """
    with pytest.raises(TypeError, match=f"^takes {READY[name].name}, got {type(value).__name__}$"):
        READY[name].encode(value)


def test_ipv6_with_a_zone() -> None:
    """
    The zone would be lost.
    """
    with pytest.raises(ValueError, match="^fe80::1%eth0 has a zone, .* write the address without %eth0$"):
        adapters.ipv6.encode(ipaddress.IPv6Address("fe80::1%eth0"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "00:1a:2b:3c:4d",
        "00:1a:2b:3c:4d:5e:6f",
        "00:1a:2b:3c:4d:5",
        "00:1a:2b:3c:4d:5g",
        "00:1a:2b:3c:4d-5e",
        "00-1a:2b-3c:4d-5e",
        "001a2b3c4d5e",
        "001a.2b3c.4d5e",
        "0:01a:2b:3c:4d:5e",
        "00:1a:2b:3c:4d:  ",
        " 0:1a:2b:3c:4d:5e",
        "00:1a:2b:3c:4d:5e\n",
        "00:1a:2b:3c:4d:\u0665\u0665",
    ],
)
def test_texts_that_are_no_mac_address(text: str) -> None:
    """
    `ValueError`, which says how one is written.
    """
    with pytest.raises(ValueError) as caught:
        adapters.mac.encode(text)

    assert str(caught.value).startswith(f"{text!r} is no MAC address; write six pairs of hexadecimal digits")


@pytest.mark.parametrize("text", ["0", "0g", "00 11", " 00", "00\n", "0x00", "\u0660\u0660", "00:11"])
def test_texts_that_are_no_hexadecimal_digits(text: str) -> None:
    """
    `ValueError`, which says how they are written.
    """
    with pytest.raises(ValueError) as caught:
        adapters.hex_text.encode(text)

    assert str(caught.value).startswith(f"{text!r} is no bytes in hexadecimal; write two digits a byte")


@pytest.mark.parametrize("name", ["ipv4", "ipv6", "mac", "uuid", "uuid_le"])
@pytest.mark.parametrize("size", [0, 3, 5, 7, 15, 17])
def test_bytes_of_another_size(name: str, size: int) -> None:
    """
    `ValueError`, where a field gives the wrong number of them.
    """
    with pytest.raises(ValueError):
        READY[name].decode(bytes(size))


@pytest.mark.parametrize("name", IN_UTC)
def test_naive_times(name: str) -> None:
    """
    `ValueError`, which says what to write; a zone without an offset is none.
    """

    class Nowhere(tzinfo):
        def utcoffset(self, moment: datetime | None) -> None:
            return None

        tzname = dst = utcoffset

    for value in (naive(2001, 2, 3, 4, 5, 6), datetime(2001, 2, 3, 4, 5, 6, tzinfo=Nowhere())):
        with pytest.raises(ValueError) as caught:
            READY[name].encode(value)
        assert str(caught.value) == (
            "2001-02-03T04:05:06 has no time zone; write .replace(tzinfo=timezone.utc) for UTC, .astimezone() for local"
        )


WEST, EAST = timezone(timedelta(hours=-1)), timezone(timedelta(hours=1))


@pytest.mark.parametrize(
    ("name", "value", "first", "last"),
    [
        ("unix_time", utc(1970, 1, 1) - MICRO, "1970-01-01T00:00:00+00:00", "2106-02-07T06:28:15.999999+00:00"),
        ("unix_time", utc(2106, 2, 7, 6, 28, 16), "1970-01-01T00:00:00+00:00", "2106-02-07T06:28:15.999999+00:00"),
        (
            "unix_time",
            datetime(1970, 1, 1, tzinfo=EAST),
            "1970-01-01T00:00:00+00:00",
            "2106-02-07T06:28:15.999999+00:00",
        ),
        ("ntp_time", utc(1900, 1, 1) - MICRO, "1900-01-01T00:00:00+00:00", "2036-02-07T06:28:15.999999+00:00"),
        ("ntp_time", utc(2036, 2, 7, 6, 28, 16), "1900-01-01T00:00:00+00:00", "2036-02-07T06:28:15.999999+00:00"),
        ("filetime", utc(1601, 1, 1) - MICRO, "1601-01-01T00:00:00+00:00", "9999-12-31T23:59:59.999999+00:00"),
        # In UTC these are in the years 0 and 10000, which could not be decoded.
        (
            "filetime",
            datetime.max.replace(tzinfo=WEST),
            "1601-01-01T00:00:00+00:00",
            "9999-12-31T23:59:59.999999+00:00",
        ),
        *(
            (name, value, "0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59.999999+00:00")
            for name in ("unix_time64", "unix_millis", "unix_micros")
            for value in (datetime.min.replace(tzinfo=EAST), datetime.max.replace(tzinfo=WEST))
        ),
        ("dos_time", naive(1979, 12, 31, 23, 59, 58), "1980-01-01T00:00:00", "2107-12-31T23:59:58"),
        ("dos_time", naive(2108, 1, 1), "1980-01-01T00:00:00", "2107-12-31T23:59:58"),
    ],
)
def test_times_out_of_range(name: str, value: datetime, first: str, last: str) -> None:
    """
    `ValueError`, with the range.
    """
    with pytest.raises(ValueError) as caught:
        READY[name].encode(value)

    assert str(caught.value) == f"{value.isoformat()} does not fit, {first} to {last} does"


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (naive(2024, 1, 1, 0, 0, 1), "has an odd second, and MS-DOS counts in steps of 2 seconds; round it first"),
        (naive(2024, 1, 1, 0, 0, 0, 1), "has microseconds, and MS-DOS counts in steps of 2 seconds; round it first"),
        (utc(2024, 1, 1), "has a time zone, which MS-DOS does not store"),
    ],
)
def test_dos_times_that_would_lose_something(value: datetime, reason: str) -> None:
    """
    `ValueError`, which says what.
    """
    with pytest.raises(ValueError) as caught:
        adapters.dos_time.encode(value)

    assert str(caught.value).startswith(f"{value.isoformat()} {reason}")


@pytest.mark.parametrize(
    ("carried", "reason"),
    [
        (0, "month"),
        (13 << 21 | 1 << 16, "month"),
        (1 << 21, "day"),
        (2 << 21 | 30 << 16, "day"),
        (0x00210000 | 24 << 11, "hour"),
        (0x00210000 | 60 << 5, "minute"),
        (0x00210000 | 30, "second"),
    ],
)
def test_dos_numbers_that_are_no_time(carried: int, reason: str) -> None:
    """
    `ValueError`, with the number and the part that is wrong.
    """
    with pytest.raises(ValueError, match=f"^0x{carried:08x} is no date and time of MS-DOS: {reason}"):
        adapters.dos_time.decode(carried)


class Foreign(datetime):
    """
    A time that counts in a way of its own, as those of pendulum do.
    """

    def __sub__(self, other: Any) -> Any:
        raise NotImplementedError

    def utcoffset(self) -> Any:
        raise NotImplementedError

    def isoformat(self, *args: Any) -> Any:
        raise NotImplementedError


class Finer(datetime):
    """
    A time with nanoseconds, as those of pandas have them.
    """

    nanosecond = 0


@pytest.mark.parametrize("name", [*IN_UTC, "dos_time"])
def test_subclasses_of_datetime(name: str) -> None:
    """
    They are what their parent makes of them; nanoseconds are not lost without a word.
    """
    adapter = READY[name]
    zone = None if name == "dos_time" else UTC
    expected = adapter.encode(datetime(2024, 5, 6, 7, 8, 10, tzinfo=zone))

    assert adapter.encode(Foreign(2024, 5, 6, 7, 8, 10, tzinfo=zone)) == expected
    value = Finer(2024, 5, 6, 7, 8, 10, tzinfo=zone)
    assert adapter.encode(value) == expected
    value.nanosecond = 1
    with pytest.raises(ValueError, match="has nanoseconds, and a datetime is read to the microsecond; round it first$"):
        adapter.encode(value)
    for refused in (Foreign(1500, 1, 1), Foreign(2024, 5, 6, 7, 8, 9)):
        with pytest.raises(ValueError):
            adapter.encode(refused)


# The class


def same(value: Any) -> Any:
    """
    The value.
    """
    return value


def test_adapters_of_users() -> None:
    """
    The functions by position or by keyword, the rest by keyword; the parts are kept as they are.
    """
    adapter: Adapter[int, int] = Adapter(same, encode=abs, carrier=i16, name="a number")

    assert (adapter.decode, adapter.encode, adapter.carrier, adapter.size, adapter.name) == (
        same,
        abs,
        i16,
        None,
        "a number",
    )
    assert repr(adapter) == "Adapter(name='a number', carrier=i16)"
    assert repr(adapters.ipv4) == "Adapter(name='an IPv4Address', carrier=bytes, size=4)"
    assert repr(adapters.hex_text) == "Adapter(name='a str of hexadecimal digits', carrier=bytes)"
    made: Any = Adapter
    with pytest.raises(TypeError):
        made(same, same, u8, None, "a number")
    with pytest.raises(TypeError):
        made(same, same, carrier=u8)


@pytest.mark.parametrize("name", ["decode", "encode", "carrier", "size", "name", "other", "__dict__"])
def test_adapters_cannot_be_changed(name: str) -> None:
    """
    Nor their parts be taken away, nor others be added.
    """
    before = repr(adapters.mac)
    refusal = f"^an adapter cannot be changed: '{name}' stays what it is"
    with pytest.raises(AttributeError, match=refusal):
        setattr(adapters.mac, name, None)
    with pytest.raises(AttributeError, match=refusal):
        delattr(adapters.mac, name)

    assert repr(adapters.mac) == before
    assert not hasattr(adapters.mac, "__dict__")


@pytest.mark.parametrize(
    ("change", "kind", "text"),
    [
        ({"decode": None}, TypeError, "decode is None; write a function of one argument"),
        ({"encode": 3}, TypeError, "encode is 3; write a function of one argument"),
        ({"carrier": int}, TypeError, "carrier is <class 'int'>; write an integer type (u8 ... i128) or bytes"),
        ({"carrier": str}, TypeError, "carrier is <class 'str'>; write an integer type (u8 ... i128) or bytes"),
        ({"carrier": f64}, TypeError, f"carrier is {f64!r}; write an integer type (u8 ... i128) or bytes"),
        ({"carrier": char}, TypeError, f"carrier is {char!r}; write an integer type (u8 ... i128) or bytes"),
        ({"carrier": None}, TypeError, "carrier is None; write an integer type (u8 ... i128) or bytes"),
        ({"size": "4"}, TypeError, "size is '4'; write a number of bytes, or None where the field says it"),
        ({"size": True}, TypeError, "size is True; write a number of bytes, or None where the field says it"),
        ({"size": -1}, ValueError, "size is -1; write a number of bytes, 0 or more"),
        ({"size": 4, "carrier": u32}, ValueError, "size is for the carrier bytes; u32 has its own"),
        ({"name": None}, TypeError, "name is None; write what encode takes, as in 'an IPv4Address'"),
    ],
)
def test_wrong_parts(change: dict[str, Any], kind: type[Exception], text: str) -> None:
    """
    They are refused when the adapter is made, with what to write instead.
    """
    parts: dict[str, Any] = {"decode": same, "encode": same, "carrier": bytes, "size": 4, "name": "bytes"} | change
    with pytest.raises(kind) as caught:
        Adapter(**parts)

    assert type(caught.value) is kind
    assert str(caught.value) == text


# What is imported


def loaded(program: str) -> list[str]:
    """
    The modules in question that a fresh interpreter has loaded after a program.
    """
    questions = ("bebytes.adapters", "datetime", "ipaddress", "uuid", "zoneinfo", "dataclasses")
    program += f"\nimport sys\nprint(*(name for name in {questions!r} if name in sys.modules))"
    environment = os.environ | {"PYTHONPATH": str(PACKAGE.parent)}
    # Without `site`: what the files there import says nothing about us.
    result = subprocess.run(
        [sys.executable, "-S", "-c", program], capture_output=True, text=True, env=environment, check=True
    )
    return result.stdout.split()


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ("import bebytes", []),
        ("import bebytes.adapters", ["bebytes.adapters"]),
        ("from bebytes.adapters import *\nprint(end=repr(ipv4)[:0])", ["bebytes.adapters"]),
        ("from bebytes.adapters import mac\nmac.encode(mac.decode(bytes(6)))", ["bebytes.adapters"]),
        ("from bebytes.adapters import hex_text\nhex_text.encode('00')", ["bebytes.adapters"]),
        ("from bebytes.adapters import ipv4\nipv4.decode(bytes(4))", ["bebytes.adapters", "ipaddress"]),
        ("from bebytes.adapters import ipv6\nipv6.decode(bytes(16))", ["bebytes.adapters", "ipaddress"]),
        ("from bebytes.adapters import uuid as u\nu.decode(bytes(16))", ["bebytes.adapters", "uuid"]),
        ("from bebytes.adapters import unix_time\nunix_time.decode(0)", ["bebytes.adapters", "datetime"]),
        ("from bebytes.adapters import dos_time\ndos_time.decode(0x210000)", ["bebytes.adapters", "datetime"]),
    ],
)
def test_modules_are_imported_at_first_use(program: str, expected: list[str]) -> None:
    """
    `import bebytes` has no adapters, and adapters have what they make values of when they make one.
    """
    assert loaded(program) == expected


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ipv4", "ipaddress.IPv4Address(1)"),
        ("ipv6", "ipaddress.IPv6Address(1)"),
        ("uuid", "uuid.UUID(int=1)"),
        ("uuid_le", "uuid.UUID(int=1)"),
        ("ntp_time", "datetime.datetime(2000, 1, 1, tzinfo=datetime.timezone.utc)"),
        ("dos_time", "datetime.datetime(2000, 1, 1)"),
    ],
)
def test_encoding_may_be_the_first_use(name: str, value: str) -> None:
    """
    Nothing has to be decoded before.
    """
    module = value.partition(".")[0]
    program = f"import {module}\nfrom bebytes import adapters\nadapters.{name}.encode({value})"

    assert loaded(program) == ["bebytes.adapters", module]
