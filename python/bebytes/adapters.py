r"""
Ready-made adapters: a field that holds an address, an identifier or a time instead of the number or bytes on the wire.

An adapter is handed to `field`: `source: Any = field(adapt=adapters.ipv4)`.

| adapter | value | on the wire | source of the format |
| --- | --- | --- | --- |
| `ipv4` | `ipaddress.IPv4Address` | 4 bytes | RFC 791 |
| `ipv6` | `ipaddress.IPv6Address` | 16 bytes | RFC 4291 |
| `mac` | str, `"00:1a:2b:3c:4d:5e"` | 6 bytes | EUI-48 of IEEE 802 |
| `uuid` | `uuid.UUID` | 16 bytes | RFC 9562 |
| `uuid_le` | `uuid.UUID` | 16 bytes, the first three parts little endian | GUID of Microsoft, MS-DTYP 2.3.4.2 |
| `unix_time` | aware `datetime` | `u32`, seconds since 1970 | POSIX, seconds since the Epoch |
| `unix_time64` | aware `datetime` | `i64`, seconds since 1970 | likewise |
| `unix_millis` | aware `datetime` | `i64`, milliseconds since 1970 | likewise |
| `unix_micros` | aware `datetime` | `i64`, microseconds since 1970 | likewise |
| `ntp_time` | aware `datetime` | `u64`, 2**-32 seconds since 1900 | RFC 5905, section 6 |
| `filetime` | aware `datetime` | `u64`, 100 nanoseconds since 1601 | FILETIME of Microsoft, MS-DTYP 2.3.3 |
| `dos_time` | naive `datetime` | `u32`, the date in its upper half | `DosDateTimeToFileTime` of Windows; ZIP archives |
| `hex_text` | str, lower case | bytes; the field says how many | |

Bytes stand as they are in either byte order, as addresses are always in network order; numbers follow the byte order of
their field. All times count days of 86,400 seconds, without leap seconds, and are computed in whole numbers, so nothing
is lost but where an adapter says so. There is no `unix_nanos`: a `datetime` has microseconds, and would lose three
digits of each time. Such a field is best kept as an `i64`.

`encode` raises `TypeError` for a value of another type, and `ValueError` for one that does not fit: outside the range,
finer than the unit, naive where a time zone is needed. `decode` raises `ValueError` for what has no value, such as a
month 0.

>>> from datetime import datetime
>>> from bebytes.adapters import ipv4, mac, unix_time
>>> ipv4.decode(b"\xc0\x00\x02\x01")
IPv4Address('192.0.2.1')
>>> mac.encode("00-1A-2B-3C-4D-5E").hex()
'001a2b3c4d5e'
>>> unix_time.decode(1_700_000_000)
datetime.datetime(2023, 11, 14, 22, 13, 20, tzinfo=datetime.timezone.utc)
>>> unix_time.encode(datetime(2023, 11, 14, 22, 13, 20))
Traceback (most recent call last):
ValueError: 2023-11-14T22:13:20 has no time zone; write .replace(tzinfo=timezone.utc) for UTC, .astimezone() for local
"""

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, Generic, NoReturn, TypeVar

from .types import Scalar, i64, u32, u64

if TYPE_CHECKING:
    from datetime import datetime, timedelta
    from ipaddress import IPv4Address, IPv4Interface, IPv6Address, IPv6Interface
    from uuid import UUID

__all__ = [
    "Adapter",
    "dos_time",
    "filetime",
    "hex_text",
    "ipv4",
    "ipv6",
    "mac",
    "ntp_time",
    "unix_micros",
    "unix_millis",
    "unix_time",
    "unix_time64",
    "uuid",
    "uuid_le",
]

C = TypeVar("C")
V = TypeVar("V")


class Adapter(Generic[C, V]):
    """
    How the value of a field is made of what stands on the wire, and back.

    >>> from bebytes import u8
    >>> from bebytes.adapters import Adapter
    >>> gain = Adapter(
    ...     lambda carried: "automatic" if carried == 0 else f"{carried} dB",
    ...     lambda value: 0 if value == "automatic" else int(value.removesuffix(" dB")),
    ...     carrier=u8,
    ...     name="a gain such as '6 dB'",
    ... )
    >>> gain.decode(12)
    '12 dB'
    >>> gain.encode("automatic")
    0
    >>> gain
    Adapter(name="a gain such as '6 dB'", carrier=u8)

    An adapter cannot be changed.

    Attributes:
        decode: makes the value of what was read: an int within the range of the carrier, or bytes. Raises `ValueError`
            where there is no such value.
        encode: makes what is written of a value. Raises `TypeError` for a value of another type, `ValueError` for one
            that does not fit.
        carrier: the annotation of what stands on the wire: an integer type of `bebytes.types`, or `bytes`.
        size: the number of bytes for the carrier `bytes`, None where the field says it; None for integers.
        name: what `encode` takes, as in "takes an IPv4Address".
    """

    __slots__ = ("carrier", "decode", "encode", "name", "size")

    decode: Callable[[C], V]
    encode: Callable[[V], C]
    carrier: Any
    size: int | None
    name: str

    def __init__(
        self,
        decode: Callable[[C], V],
        encode: Callable[[V], C],
        *,
        carrier: Any,
        size: int | None = None,
        name: str,
    ) -> None:
        """
        Note the parts.

        Raises:
            TypeError: a part of the wrong type, or a carrier that is none.
            ValueError: a negative size, or a size beside a carrier that has its own.
        """
        for what, function in (("decode", decode), ("encode", encode)):
            if not callable(function):
                raise TypeError(f"{what} is {function!r}; write a function of one argument")
        if carrier is not bytes and _scalar(carrier) is None:
            raise TypeError(f"carrier is {carrier!r}; write an integer type (u8 ... i128) or bytes")
        if size is not None:
            if type(size) is not int:
                raise TypeError(f"size is {size!r}; write a number of bytes, or None where the field says it")
            if size < 0:
                raise ValueError(f"size is {size}; write a number of bytes, 0 or more")
            if carrier is not bytes:
                raise ValueError(f"size is for the carrier bytes; {_scalar(carrier)} has its own")
        given: Any = name
        if not isinstance(given, str):
            raise TypeError(f"name is {name!r}; write what encode takes, as in 'an IPv4Address'")
        for slot, part in (
            ("decode", decode),
            ("encode", encode),
            ("carrier", carrier),
            ("size", size),
            ("name", name),
        ):
            object.__setattr__(self, slot, part)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"an adapter cannot be changed: {name!r} stays what it is; make another Adapter")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"an adapter cannot be changed: {name!r} stays what it is; make another Adapter")

    def __repr__(self) -> str:
        size = "" if self.size is None else f", size={self.size}"
        return f"Adapter(name={self.name!r}, carrier={_scalar(self.carrier) or 'bytes'}{size})"


def _scalar(carrier: Any) -> Scalar | None:
    for note in getattr(carrier, "__metadata__", ()):
        if isinstance(note, Scalar) and note.kind == "int":
            return note
    return None


def _wrong_type(takes: str, value: object) -> TypeError:
    # As the text of `errors.WrongType`.
    return TypeError(f"takes {takes}, got {type(value).__name__}")


# What costs time to import is imported at the first use. An import statement in each function would be run with each
# value and takes longer than the rest of the function; the result of a cached function is at hand.


@cache
def _ipv4() -> "tuple[type[IPv4Address], type[IPv4Interface]]":
    from ipaddress import IPv4Address, IPv4Interface

    return IPv4Address, IPv4Interface


@cache
def _ipv6() -> "tuple[type[IPv6Address], type[IPv6Interface]]":
    from ipaddress import IPv6Address, IPv6Interface

    return IPv6Address, IPv6Interface


@cache
def _uuid() -> "type[UUID]":
    from uuid import UUID

    return UUID


@cache
def _clock() -> "tuple[type[datetime], type[timedelta], datetime]":
    """
    The classes of times and of spans, and the start of 1970 in UTC.
    """
    from datetime import UTC, datetime, timedelta

    return datetime, timedelta, datetime(1970, 1, 1, tzinfo=UTC)


# Addresses and identifiers


def _decode_ipv4(carried: bytes) -> "IPv4Address":
    return _ipv4()[0](carried)


def _encode_ipv4(value: "IPv4Address") -> bytes:
    address, interface = _ipv4()
    # An interface is an address by inheritance, with a network that would be lost.
    if not isinstance(value, address) or isinstance(value, interface):
        raise _wrong_type("an IPv4Address", value)
    return value.packed


ipv4: "Adapter[bytes, IPv4Address]" = Adapter(_decode_ipv4, _encode_ipv4, carrier=bytes, size=4, name="an IPv4Address")
"""
An IPv4 address (RFC 791): 4 bytes in network order, whatever the byte order of the message.
"""


def _decode_ipv6(carried: bytes) -> "IPv6Address":
    return _ipv6()[0](carried)


def _encode_ipv6(value: "IPv6Address") -> bytes:
    address, interface = _ipv6()
    if not isinstance(value, address) or isinstance(value, interface):
        raise _wrong_type("an IPv6Address", value)
    if value.scope_id is not None:
        raise ValueError(
            f"{value} has a zone, for which 16 bytes have no room; write the address without %{value.scope_id}"
        )
    return value.packed


ipv6: "Adapter[bytes, IPv6Address]" = Adapter(_decode_ipv6, _encode_ipv6, carrier=bytes, size=16, name="an IPv6Address")
"""
An IPv6 address (RFC 4291): 16 bytes in network order, whatever the byte order of the message.

An address with a zone (`fe80::1%eth0`) is a `ValueError`, since the zone is never sent.
"""


def _decode_mac(carried: bytes) -> str:
    if len(carried) != 6:
        raise ValueError(f"a MAC address has 6 bytes, not {len(carried)}")
    return carried.hex(":")


def _encode_mac(value: Any) -> bytes:
    if not isinstance(value, str):
        raise _wrong_type(mac.name, value)
    separator = "-" if "-" in value else ":"
    pairs = value.split(separator)
    if len(pairs) == 6 and all(len(pair) == 2 for pair in pairs):
        try:
            carried = bytes.fromhex("".join(pairs))
        except ValueError:
            carried = b""
        # `fromhex` passes over spaces; where there were some, digits are missing.
        if len(carried) == 6:
            return carried
    raise ValueError(f"{value!r} is no MAC address; write six pairs of hexadecimal digits with ':' or '-' between them")


mac: Adapter[bytes, str] = Adapter(
    _decode_mac, _encode_mac, carrier=bytes, size=6, name="a MAC address such as '00:1a:2b:3c:4d:5e'"
)
"""
A MAC address (EUI-48 of IEEE 802): 6 bytes as they are sent, shown as pairs of lower-case digits with colons.

`encode` also takes upper case, and hyphens, with which IEEE 802 writes addresses.
"""


def _decode_uuid(carried: bytes) -> "UUID":
    return _uuid()(bytes=carried)


def _encode_uuid(value: "UUID") -> bytes:
    if not isinstance(value, _uuid()):
        raise _wrong_type("a UUID", value)
    return value.bytes


uuid: "Adapter[bytes, UUID]" = Adapter(_decode_uuid, _encode_uuid, carrier=bytes, size=16, name="a UUID")
"""
A UUID as RFC 9562 sends it: 16 bytes, each part big endian, whatever the byte order of the message.
"""


def _decode_uuid_le(carried: bytes) -> "UUID":
    return _uuid()(bytes_le=carried)


def _encode_uuid_le(value: "UUID") -> bytes:
    if not isinstance(value, _uuid()):
        raise _wrong_type("a UUID", value)
    return value.bytes_le


uuid_le: "Adapter[bytes, UUID]" = Adapter(_decode_uuid_le, _encode_uuid_le, carrier=bytes, size=16, name="a UUID")
"""
A GUID as Microsoft stores it (MS-DTYP 2.3.4.2): the parts of 4, 2 and 2 bytes are little endian, the last 8 bytes stand
as they are written, whatever the byte order of the message.
"""


# Times

# All that are in UTC go by microseconds from the start of 1970, which is what a datetime can tell apart.

SECOND = 1_000_000
YEARS = range(-62_135_596_800 * SECOND, 253_402_300_800 * SECOND)
"""The times of a datetime: the years 1 to 9999."""

UNIX = range(SECOND << 32)
"""The times of a `u32`."""

NTP = range(-2_208_988_800 * SECOND, (-2_208_988_800 + (1 << 32)) * SECOND)
"""Era 0 of NTP, which begins with 1900."""

WINDOWS = range(-11_644_473_600 * SECOND, YEARS.stop)
"""From 1601 on."""


def _utc(micros: int) -> "datetime":
    _, timedelta, start = _clock()
    return start + timedelta(microseconds=micros)


def _micros(value: Any, fits: range) -> int:
    """
    The microseconds from the start of 1970 in UTC to a time, which must be among those that fit.
    """
    datetime, _, start = _clock()
    if not isinstance(value, datetime):
        raise _wrong_type("an aware datetime", value)
    # These go by the functions of datetime itself: those of a subclass may give other types, as pendulum's do.
    if datetime.utcoffset(value) is None:
        raise ValueError(
            f"{datetime.isoformat(value)} has no time zone;"
            f" write .replace(tzinfo=timezone.utc) for UTC, .astimezone() for local"
        )
    _refuse_nanoseconds(value)
    passed = datetime.__sub__(value, start)
    micros = (passed.days * 86_400 + passed.seconds) * SECOND + passed.microseconds
    if micros not in fits:
        raise _outside(value, _utc(fits[0]), _utc(fits[-1]))
    return micros


def _refuse_nanoseconds(value: Any) -> None:
    # A subclass may be finer than its parent, as the Timestamp of pandas, and would lose that without a word.
    if getattr(value, "nanosecond", 0):
        raise ValueError(f"{value!r} has nanoseconds, and a datetime is read to the microsecond; round it first")


def _outside(value: "datetime", first: "datetime", last: "datetime") -> ValueError:
    show = _clock()[0].isoformat
    # As the text of `errors.OutOfRange`.
    return ValueError(f"{show(value)} does not fit, {show(first)} to {show(last)} does")


def _no_year(carried: int) -> ValueError:
    return ValueError(f"{carried} is a time outside the years 1 to 9999, which a datetime cannot hold")


def _unix(carrier: Any, fits: range, micros: int, unit: str) -> "Adapter[int, datetime]":
    """
    The adapter of times counted from 1970.

    Args:
        carrier: the annotation of the number.
        fits: the times of that type.
        micros: microseconds in a unit.
        unit: its name, with an article.
    """

    def decode(carried: int) -> "datetime":
        if carried * micros not in fits:
            raise _no_year(carried)
        return _utc(carried * micros)

    def encode(value: "datetime") -> int:
        number, rest = divmod(_micros(value, fits), micros)
        if rest:
            raise ValueError(
                f"{_clock()[0].isoformat(value)} is finer than {unit}, in which it is sent; round it first"
            )
        return number

    return Adapter(decode, encode, carrier=carrier, name="an aware datetime")


unix_time: "Adapter[int, datetime]" = _unix(u32, UNIX, SECOND, "a second")
"""
Seconds since 1970-01-01 00:00 UTC (POSIX) in a `u32`: up to 2106-02-07 06:28:15. A time with a fraction is a
`ValueError`.
"""

unix_time64: "Adapter[int, datetime]" = _unix(i64, YEARS, SECOND, "a second")
"""
Seconds since 1970-01-01 00:00 UTC (POSIX) in an `i64`. A time with a fraction is a `ValueError`, and so is a number
outside the years 1 to 9999, when decoded.
"""

unix_millis: "Adapter[int, datetime]" = _unix(i64, YEARS, 1_000, "a millisecond")
"""
Milliseconds since 1970-01-01 00:00 UTC in an `i64`. A time with a finer fraction is a `ValueError`, and so is a number
outside the years 1 to 9999, when decoded.
"""

unix_micros: "Adapter[int, datetime]" = _unix(i64, YEARS, 1, "a microsecond")
"""
Microseconds since 1970-01-01 00:00 UTC in an `i64`. A number outside the years 1 to 9999 is a `ValueError`, when
decoded.
"""


def _decode_ntp(carried: int) -> "datetime":
    micros = NTP.start + ((carried * SECOND + (1 << 31)) >> 32)
    # The last half microsecond would be rounded up to the next era, which `encode` could not write.
    return _utc(min(micros, NTP[-1]))


def _encode_ntp(value: "datetime") -> int:
    micros = _micros(value, NTP) - NTP.start
    return ((micros << 32) + SECOND // 2) // SECOND


ntp_time: "Adapter[int, datetime]" = Adapter(_decode_ntp, _encode_ntp, carrier=u64, name="an aware datetime")
"""
The 64-bit timestamp of NTP (RFC 5905, section 6): seconds since 1900-01-01 00:00 UTC in the upper 32 bits, the fraction
of a second in the lower 32.

It is era 0, which ends at 2036-02-07 06:28:16; a time outside is a `ValueError`. The number 0, by which NTP says that a
time is unknown, is the start of 1900.

The fraction has a resolution of 233 picoseconds, and is rounded to the nearest microsecond. So every time comes back as
it was encoded, but a number from elsewhere need not: the one encoded again is up to half a microsecond away, in the
last half microsecond of the era up to a whole one. Where each bit counts, as in the origin timestamp of an answer, keep
the field a `u64`.
"""


def _decode_filetime(carried: int) -> "datetime":
    micros = WINDOWS.start + (carried + 5) // 10
    if micros not in WINDOWS:
        raise _no_year(carried)
    return _utc(micros)


def _encode_filetime(value: "datetime") -> int:
    return (_micros(value, WINDOWS) - WINDOWS.start) * 10


filetime: "Adapter[int, datetime]" = Adapter(_decode_filetime, _encode_filetime, carrier=u64, name="an aware datetime")
"""
The FILETIME of Windows (MS-DTYP 2.3.3): units of 100 nanoseconds since 1601-01-01 00:00 UTC. Files hold it little
endian, so such a field says `byteorder="little"` where the message is big endian.

The last digit is rounded to the nearest microsecond, half a microsecond up. So every time comes back as it was encoded,
but a number that is no multiple of 10 does not. A number after the year 9999 is a `ValueError`, when decoded.
"""


def _decode_dos(carried: int) -> "datetime":
    datetime = _clock()[0]
    date, time = carried >> 16, carried & 0xFFFF
    try:
        return datetime(
            1980 + (date >> 9),
            date >> 5 & 15,
            date & 31,
            time >> 11,
            time >> 5 & 63,
            (time & 31) * 2,
        )
    except ValueError as e:
        raise ValueError(f"0x{carried:08x} is no date and time of MS-DOS: {e}") from None


def _encode_dos(value: "datetime") -> int:
    datetime = _clock()[0]
    if not isinstance(value, datetime):
        raise _wrong_type("a naive datetime", value)
    show = datetime.isoformat
    if value.tzinfo is not None:
        raise ValueError(
            f"{show(value)} has a time zone, which MS-DOS does not store;"
            f" write .replace(tzinfo=None), after .astimezone(...) where another zone is meant"
        )
    if not 1980 <= value.year <= 2107:
        raise _outside(value, datetime(1980, 1, 1), datetime(2107, 12, 31, 23, 59, 58))
    _refuse_nanoseconds(value)
    if value.microsecond or value.second % 2:
        found = "microseconds" if value.microsecond else "an odd second"
        raise ValueError(f"{show(value)} has {found}, and MS-DOS counts in steps of 2 seconds; round it first")
    date = value.year - 1980 << 9 | value.month << 5 | value.day
    return date << 16 | value.hour << 11 | value.minute << 5 | value.second // 2


dos_time: "Adapter[int, datetime]" = Adapter(_decode_dos, _encode_dos, carrier=u32, name="a naive datetime")
"""
A date and time of MS-DOS, as in ZIP archives and FAT, in steps of 2 seconds from 1980 to 2107, in no time zone.

From the highest bit: 7 bits year since 1980, 4 month, 5 day, 5 hour, 6 minute, 5 half the second. Files hold the time
and then the date, each as two bytes, little endian; that is one little-endian `u32`, so such a field says
`byteorder="little"` where the message is big endian.

An odd second, microseconds and a time zone are a `ValueError`, and so is a number whose parts are no date and time,
when decoded; 0 is such a number.
"""


# Bytes as text


def _decode_hex(carried: bytes) -> str:
    return carried.hex()


def _encode_hex(value: Any) -> bytes:
    if not isinstance(value, str):
        raise _wrong_type(hex_text.name, value)
    try:
        carried = bytes.fromhex(value)
    except ValueError:
        carried = b""
    # `fromhex` passes over spaces, which would not come back.
    if len(carried) * 2 != len(value):
        raise ValueError(f"{value!r} is no bytes in hexadecimal; write two digits a byte, and nothing between them")
    return carried


hex_text: Adapter[bytes, str] = Adapter(_decode_hex, _encode_hex, carrier=bytes, name="a str of hexadecimal digits")
"""
Bytes as lower-case hexadecimal digits, as many as the field says. `encode` takes upper case, too.
"""
