"""
Time zone files (TZif, RFC 8536 and RFC 9636): when a place changed its clocks, and how to write such a file.

    python examples/tzif.py                       # Europe/Berlin, from the package tzdata
    python examples/tzif.py Asia/Tehran           # another zone of it
    python examples/tzif.py /etc/localtime        # any such file
"""

import argparse
import bisect
import datetime
import enum
import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bebytes import Struct, count, derived, i32, i64, size, u8, u32, until


class Version(enum.IntEnum):
    """The version in a header: the character, or zero for the first."""

    V1 = 0
    V2 = ord("2")
    V3 = ord("3")
    V4 = ord("4")


class Header(Struct, kw_only=True):
    """What stands before each data block (RFC 8536, 3.1); the block's fields give the counts."""

    magic: bytes = size(4, default=b"TZif")
    version: Version = Version.V2
    reserved: bytes = size(15, default=bytes(15))
    isutcnt: u32 = derived
    isstdcnt: u32 = derived
    leapcnt: u32 = derived
    timecnt: u32 = derived
    typecnt: u32 = derived
    charcnt: u32 = derived


class LocalTimeType(Struct):
    """One way to set the clocks: seconds east of UTC, whether that is daylight saving time, where its name begins."""

    utoff: i32
    is_dst: bool
    designation: u8


class LeapSecond32(Struct):
    """A leap second, in a block of version 1."""

    occurrence: i32
    correction: i32


class LeapSecond64(Struct):
    """A leap second, in a block of version 2 or later."""

    occurrence: i64
    correction: i32


class Block32(Struct, kw_only=True):
    """A header and the data block of version 1: times of 32 bits (RFC 8536, 3.2)."""

    header: Header
    transition_times: list[i32] = count("header.timecnt", default_factory=list)
    transition_types: list[u8] = count("header.timecnt", default_factory=list)
    types: list[LocalTimeType] = count("header.typecnt")
    designations: bytes = size("header.charcnt")
    leap_seconds: list[LeapSecond32] = count("header.leapcnt", default_factory=list)
    is_standard: list[bool] = count("header.isstdcnt", default_factory=list)
    is_ut: list[bool] = count("header.isutcnt", default_factory=list)


class Block64(Struct, kw_only=True):
    """A header and the data block of version 2 and later: times of 64 bits (RFC 8536, 3.2)."""

    header: Header
    transition_times: list[i64] = count("header.timecnt", default_factory=list)
    transition_types: list[u8] = count("header.timecnt", default_factory=list)
    types: list[LocalTimeType] = count("header.typecnt")
    designations: bytes = size("header.charcnt")
    leap_seconds: list[LeapSecond64] = count("header.leapcnt", default_factory=list)
    is_standard: list[bool] = count("header.isstdcnt", default_factory=list)
    is_ut: list[bool] = count("header.isutcnt", default_factory=list)


class Footer(Struct):
    """The rule for times behind the last transition, as in the environment variable TZ, between newlines."""

    newline: u8 = ord("\n")
    rule: str = until("\n", default="")


class ZoneFile(Struct):
    """A file of version 2 or later: the block for readers that know version 1 only, the real one, the rule."""

    legacy: Block32
    block: Block64
    footer: Footer


class LocalTime(NamedTuple):
    """What the clocks show: seconds east of UTC, whether that is daylight saving time, the abbreviation."""

    utoff: int
    is_dst: bool
    name: str


def read(data: bytes) -> ZoneFile | Block32:
    """Decode a file of any version; one of version 1 is a block alone."""
    header, _ = Header.try_from_be_bytes(data)
    if header.magic != b"TZif":
        raise ValueError(f"a TZif file begins with b'TZif', not {header.magic!r}")
    return Block32.from_be_bytes(data) if header.version is Version.V1 else ZoneFile.from_be_bytes(data)


def transitions(block: Block32 | Block64) -> Iterator[tuple[int, LocalTime]]:
    """The moments at which the clocks changed, in seconds since 1970 in UTC, and what they showed from then on."""
    for time, index in zip(block.transition_times, block.transition_types, strict=True):
        yield time, local_time_type(block, index)


def local_time(block: Block32 | Block64, time: int) -> LocalTime:
    """What the clocks show at a moment up to the last transition; behind it, the footer's rule decides."""
    after = bisect.bisect_right(block.transition_times, time)
    return local_time_type(block, block.transition_types[after - 1] if after else 0)


def local_time_type(block: Block32 | Block64, index: int) -> LocalTime:
    """A local time type with the text of its designation, which ends at a zero byte."""
    chosen = block.types[index]
    end = block.designations.index(0, chosen.designation)
    return LocalTime(chosen.utoff, chosen.is_dst, block.designations[chosen.designation : end].decode("ascii"))


def fixed_zone(name: str, utoff: int) -> ZoneFile:
    """A zone that never changes its clocks; `utoff` is in seconds east of UTC. All counts come from the data."""
    types = [LocalTimeType(utoff, False, 0)]
    designations = name.encode("ascii") + b"\0"
    sign, seconds = "+" if utoff < 0 else "-", abs(utoff)
    rule = f"<{name}>{sign}{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return ZoneFile(
        legacy=Block32(header=Header(), types=types, designations=designations),
        block=Block64(header=Header(), types=types, designations=designations),
        footer=Footer(rule=rule),
    )


def find(zone: str) -> Path:
    """The file of a zone: a path, or a key of the package tzdata."""
    path = Path(zone)
    spec = importlib.util.find_spec("tzdata")
    if not path.is_file() and spec is not None and spec.submodule_search_locations is not None:
        path = Path(spec.submodule_search_locations[0], "zoneinfo", *zone.split("/"))
    if not path.is_file():
        raise SystemExit(f"{zone}: no file, and no zone of the package tzdata (pip install tzdata)")
    return path


def text_of_time(time: int) -> str:
    """A moment for people; files may name some that are older than any calendar."""
    try:
        return str(datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC) + datetime.timedelta(seconds=time))
    except OverflowError:
        return f"{time} seconds from 1970"


def main(arguments: list[str] | None = None) -> None:
    """Print the latest transitions of a zone."""
    parser = argparse.ArgumentParser(description="Print the latest transitions in a time zone file.")
    parser.add_argument("zone", nargs="?", default="Europe/Berlin", help="a key of tzdata, or a file")
    zone: str = parser.parse_args(arguments).zone
    file = read(find(zone).read_bytes())
    block = file if isinstance(file, Block32) else file.block
    changes = list(transitions(block))

    version = block.header.version.name.removeprefix("V")
    print(f"{zone}: version {version}, {len(changes)} transitions, {len(block.types)} local times")
    for time, local in changes[-5:]:
        season = " (daylight saving time)" if local.is_dst else ""
        print(f"  {text_of_time(time)}  UTC{local.utoff / 3600:+g} {local.name}{season}")
    if isinstance(file, ZoneFile):
        print(f"  and then by the rule {file.footer.rule!r}")


if __name__ == "__main__":
    main()
