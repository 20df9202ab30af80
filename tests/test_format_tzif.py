"""
bebytes.formats.tzif on the zones of the package tzdata and of this machine; zoneinfo says what they hold.
"""

import datetime
import functools
import importlib.resources
import io
import zoneinfo
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from zoneinfo._common import load_data  # the tables themselves, read in plain Python

import pytest
from format_damage import assert_cut_everywhere_fails, assert_survives

from bebytes import Codec, i32, i64
from bebytes.errors import InvalidConstant, InvalidValue
from bebytes.formats.tzif import Block, Footer, LeapSecond, LocalTime, LocalTimeType, TimeZone, Version

Codecs = Callable[..., Codec[Any]]

PACKAGE = Path(str(importlib.resources.files("tzdata").joinpath("zoneinfo")))
KEYS = importlib.resources.files("tzdata").joinpath("zones").read_text().split()
SYSTEM = Path("/usr/share/zoneinfo")
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
TELLING = ["Africa/Casablanca", "America/St_Johns", "Asia/Tehran", "Australia/Lord_Howe", "Etc/UTC", "Pacific/Apia"]


@functools.cache
def files() -> list[bytes]:
    """
    All different zone files of the package, and of this machine where it has any.
    """
    found = {PACKAGE.joinpath(*key.split("/")).read_bytes() for key in KEYS}
    found.update(data for data in system_files() if data[:4] == b"TZif")
    return sorted(found)


def system_files() -> Iterator[bytes]:
    """
    The files below the machine's own zones.
    """
    for path in SYSTEM.rglob("*"):
        if path.is_file():
            yield path.read_bytes()


def same_tables(zone: TimeZone, data: bytes) -> bool:
    """
    Whether a file has the tables that zoneinfo reads.
    """
    block = zone.block
    indices, times, offsets, is_dst, abbreviations, rule = load_data(io.BytesIO(data))
    types = [block.type_at(i) for i in range(len(block.types))]
    expected = [LocalTime(*of) for of in zip(offsets, map(bool, is_dst), abbreviations, strict=True)]
    own_rule = None if zone.footer is None else zone.footer.rule.encode()
    return (list(times), list(indices), expected, rule) == (
        block.transition_times,
        block.transition_types,
        types,
        own_rule,
    )


def test_files(codec: Codecs) -> None:
    """
    Every file has the tables that zoneinfo reads, and encodes to itself.
    """
    of = codec(TimeZone)
    for data in files():
        zone = of.decode(data)
        assert same_tables(zone, data)
        assert of.encode(zone) == data


def test_both_kinds_of_files_are_there() -> None:
    """
    Some files have a first block of their own, some an empty one, and some have indicators.
    """
    zones = [TimeZone.from_bytes(data) for data in files()[::40]]
    assert {bool(zone.first.transition_times) for zone in zones} == {True, False} or not SYSTEM.is_dir()
    assert {zone.first.version for zone in zones} >= {Version.V2}


@pytest.mark.parametrize("key", TELLING)
def test_local_times(codec: Codecs, key: str) -> None:
    """
    Just before and at each transition, the clocks show what zoneinfo says.
    """
    data = PACKAGE.joinpath(*key.split("/")).read_bytes()
    zone = zoneinfo.ZoneInfo.from_file(io.BytesIO(data))
    block = codec(TimeZone).decode(data).block
    times = block.transition_times

    # Before the first transition, zoneinfo takes the first standard time; the standard takes the first type.
    for time in [time - 1 for time in times[1:]] + times:
        moment = (EPOCH + datetime.timedelta(seconds=time)).astimezone(zone)
        local = block.local_time(time)
        assert (moment.utcoffset(), moment.tzname()) == (datetime.timedelta(seconds=local.utoff), local.designation)


def version_1() -> TimeZone:
    """
    A file of version 1 with everything that such a file may have.
    """
    return TimeZone(
        first=Block[i32](
            version=Version.V1,
            transition_times=[-1_000_000_000, 0, 2_000_000_000],
            transition_types=[1, 0, 1],
            types=[LocalTimeType(3600, False, 0), LocalTimeType(7200, True, 4)],
            designations=b"CET\0CEST\0",
            leap_seconds=[LeapSecond[i32](78796800, -1), LeapSecond[i32](94694399, -2)],
            standard=[True, False],
            ut=[True, False],
        )
    )


def test_version_1(codec: Codecs) -> None:
    """
    A file of version 1 is one block; all counts come from the lists.
    """
    data = codec(TimeZone).encode(version_1())

    zone = codec(TimeZone).decode(data)
    assert zone == version_1()
    assert zone.second is None
    assert zone.footer is None
    header = zone.first
    counts = (header.isutcnt, header.isstdcnt, header.leapcnt, header.timecnt, header.typecnt, header.charcnt)
    assert counts == (2, 2, 2, 3, 2, 9)
    assert data[20:44] == b"".join(n.to_bytes(4, "big") for n in counts)
    assert same_tables(zone, data)


# RFC 9636, appendix B.1: the hexadecimal column of "Version 1 File Representing UTC (with Leap Seconds)".
UTC_WITH_LEAP_SECONDS = bytes.fromhex("""
    545a6966 00 000000000000000000000000000000
    00000001 00000001 0000001b 00000000 00000001 00000004
    00000000 00 00 55544300
    04b25800 00000001 05a4ec01 00000002 07861f82 00000003 09675303 00000004
    0b488684 00000005 0d2b0b85 00000006 0f0c3f06 00000007 10ed7287 00000008
    12cea608 00000009 159fca89 0000000a 1780fe0a 0000000b 1962318b 0000000c
    1d25ea0c 0000000d 21dae50d 0000000e 259e9d8e 0000000f 277fd10f 00000010
    2a50f590 00000011 2c322911 00000012 2e135c92 00000013 30e72413 00000014
    33b84894 00000015 368c1015 00000016 43b71b96 00000017 495c0797 00000018
    4fef9318 00000019 55932d99 0000001a 5868469a 0000001b
    00 00
""")


def test_example_of_the_standard(codec: Codecs) -> None:
    """
    The file of appendix B.1: 27 leap seconds, each at the second that its date and those before it give.
    """
    zone = codec(TimeZone).decode(UTC_WITH_LEAP_SECONDS)

    assert codec(TimeZone).encode(zone) == UTC_WITH_LEAP_SECONDS
    assert zone.block.type_at(0) == LocalTime(0, False, "UTC")
    first, last = zone.block.leap_seconds[0], zone.block.leap_seconds[-1]
    assert (EPOCH + datetime.timedelta(seconds=first.occurrence)).date() == datetime.date(1972, 7, 1)
    assert last.correction == 27
    assert EPOCH + datetime.timedelta(seconds=last.occurrence - 26) == datetime.datetime(
        2017, 1, 1, tzinfo=datetime.UTC
    )
    assert (zone.block.standard, zone.block.ut) == ([False], [False])


def test_version_4(codec: Codecs) -> None:
    """
    Leap seconds of 64 bits, the last record one at which the table expires (RFC 9636, 3.2).
    """
    types, name = [LocalTimeType()], b"UTC\0"
    leap_seconds = [LeapSecond[i64](78796800, 1), LeapSecond[i64](94694401, 2), LeapSecond[i64](2**40, 2)]
    zone = TimeZone(
        first=Block[i32](version=Version.V4, types=types, designations=name),
        second=Block[i64](version=Version.V4, types=types, designations=name, leap_seconds=leap_seconds),
        footer=Footer("UTC0"),
    )
    data = codec(TimeZone).encode(zone)

    assert codec(TimeZone).decode(data) == zone
    assert data.count(b"TZif4") == 2
    assert data.endswith((2**40).to_bytes(8, "big") + (2).to_bytes(4, "big") + b"\nUTC0\n")


def test_later_versions_are_kept(codec: Codecs) -> None:
    """
    A version that has no member yet is read as its number, as the latest that is known, and written again.
    """
    data = PACKAGE.joinpath("Etc", "UTC").read_bytes().replace(b"TZif2", b"TZif9")
    zone = codec(TimeZone).decode(data)

    assert zone.first.version == ord("9")
    assert zone.second is not None
    assert codec(TimeZone).encode(zone) == data


@pytest.mark.parametrize(
    ("at", "byte", "error", "path"),
    [
        (0, 0x55, InvalidConstant, ("first", "magic")),
        (8, 1, InvalidConstant, ("first", "unused")),
        (23, 1, InvalidValue, ("first", "typecnt")),  # one UT/local indicator for two types
        (39, 0, InvalidValue, ("first", "typecnt")),
        (43, 0, InvalidValue, ("first", "charcnt")),
    ],
)
def test_broken_headers(codec: Codecs, at: int, byte: int, error: type[Exception], path: tuple[str, ...]) -> None:
    """
    What the standard says must be so is checked, where it stands.
    """
    data = bytearray(codec(TimeZone).encode(version_1()))
    data[at] = byte
    with pytest.raises(error) as caught:
        codec(TimeZone).decode(bytes(data))
    assert caught.value.path == path  # type: ignore[attr-defined]  # of the errors above


def test_the_wrong_number_of_indicators(codec: Codecs) -> None:
    """
    A block with fewer indicators than types cannot be written.
    """
    zone = version_1()
    zone.first.ut.pop()
    with pytest.raises(InvalidValue, match="typecnt"):
        codec(TimeZone).encode(zone)


def test_damage(codec: Codecs) -> None:
    """
    Files that were cut off or changed.
    """
    data = PACKAGE.joinpath("Asia", "Tokyo").read_bytes()
    assert_cut_everywhere_fails(codec(TimeZone), data)
    assert assert_survives(codec(TimeZone), data) > len(data)
    assert_survives(codec(TimeZone), codec(TimeZone).encode(version_1()))
