r"""
Time zone files (TZif): when the clocks of a place change, and what they show.

Source: RFC 9636, "The Time Zone Information Format (TZif)", which replaces RFC 8536. All four versions are here: version 1
is a header and a block of 32-bit times; the later ones put a second header, a block of 64-bit times and a footer behind it.
Numbers are big endian; times count seconds since 1970 in UTC (with leap seconds, where the file has any).

>>> zone = TimeZone(
...     first=Block[i32](types=[LocalTimeType()], designations=b"\0"),
...     second=Block[i64](
...         transition_times=[323_830_800, 338_950_800],
...         transition_types=[1, 0],
...         types=[LocalTimeType(3600, False, 0), LocalTimeType(7200, True, 4)],
...         designations=b"CET\0CEST\0",
...     ),
...     footer=Footer(rule="CET-1CEST,M3.5.0,M10.5.0/3"),
... )
>>> data = zone.to_bytes()
>>> data[:5], len(data)
(b'TZif2', 162)
>>> again = TimeZone.from_bytes(data)
>>> again.second.typecnt, again.footer.rule
(2, 'CET-1CEST,M3.5.0,M10.5.0/3')
>>> again.block.local_time(330_000_000)
LocalTime(utoff=7200, is_dst=True, designation='CEST')
"""

import bisect
import enum
from typing import Generic, NamedTuple, TypeVar

from bebytes import Struct, const, count, derived, field, i32, i64, padding, size, u8, u32, until, when

__all__ = ["Block", "Footer", "Header", "LeapSecond", "LocalTime", "LocalTimeType", "TimeZone", "Version"]

Time = TypeVar("Time", i32, i64)


class Version(enum.IntEnum):
    """
    The version of a file: an ASCII digit, or zero for the first.
    """

    V1 = 0
    V2 = ord("2")
    V3 = ord("3")
    V4 = ord("4")


class Header(Struct, kw_only=True, byteorder="big"):
    """
    What stands before each block (RFC 9636, 3.1); encoding takes all counts from the lists of the block.

    There are as many indicators of either kind as local time types, or none, and at least one type.

    Attributes:
        version: a reader may take a later one for the latest that it knows, so numbers without a member are kept.
        isutcnt: the number of UT/local indicators.
        isstdcnt: the number of standard/wall indicators.
        leapcnt: the number of leap second records.
        timecnt: the number of transition times.
        typecnt: the number of local time types.
        charcnt: the bytes of all designations.
    """

    magic: bytes = const(b"TZif")
    version: Version = field(default=Version.V2, unknown="keep")
    unused: bytes = padding(15)
    isutcnt: u32 = derived
    isstdcnt: u32 = derived
    leapcnt: u32 = derived
    timecnt: u32 = derived
    typecnt: u32 = field(default=derived, valid="value > 0 and isutcnt in (0, value) and isstdcnt in (0, value)")
    charcnt: u32 = field(default=derived, valid="value > 0")


class LocalTimeType(Struct, byteorder="big"):
    """
    One way to set the clocks (RFC 9636, 3.2).

    Attributes:
        utoff: seconds east of UT.
        is_dst: whether it is daylight saving time.
        designation: the byte in the block's designations at which its abbreviation begins.
    """

    utoff: i32 = 0
    is_dst: bool = False
    designation: u8 = 0


class LeapSecond(Struct, Generic[Time], byteorder="big"):
    """
    A leap second record (RFC 9636, 3.2).

    Attributes:
        occurrence: the time at which it occurs, or in version 4, in the last record, the one at which the table expires.
        correction: all leap seconds up to and with this one.
    """

    occurrence: Time
    correction: i32


class LocalTime(NamedTuple):
    """
    What the clocks show: seconds east of UT, whether that is daylight saving time, and the abbreviation.
    """

    utoff: int
    is_dst: bool
    designation: str


class Block(Header, Generic[Time], kw_only=True, byteorder="big"):
    """
    A header and the data behind it (RFC 9636, 3.2), of times of 32 or of 64 bits: `Block[i32]` and `Block[i64]`.

    Attributes:
        transition_times: in ascending order.
        transition_types: for each time, the index of the type that holds from then on.
        types: the local time types.
        designations: abbreviations, each ended by a zero byte; one may be the end of another.
        leap_seconds: in ascending order.
        standard: of each type, whether its transitions were given in standard time; or none.
        ut: of each type, whether its transitions were given in UT; or none.
    """

    transition_times: list[Time] = count("timecnt", default_factory=list)
    transition_types: list[u8] = count("timecnt", default_factory=list)
    types: list[LocalTimeType] = count("typecnt")
    designations: bytes = size("charcnt")
    leap_seconds: list[LeapSecond[Time]] = count("leapcnt", default_factory=list)
    standard: list[bool] = count("isstdcnt", default_factory=list)
    ut: list[bool] = count("isutcnt", default_factory=list)

    def local_time(self, time: int) -> LocalTime:
        """
        What the clocks show at a time, up to the last transition; behind it, the footer's rule says.

        Raises:
            IndexError: the block has no such type, or its abbreviation begins behind the designations.
        """
        after = bisect.bisect_right(self.transition_times, time)
        return self.type_at(self.transition_types[after - 1] if after else 0)

    def type_at(self, index: int) -> LocalTime:
        """
        A local time type with the text of its designation.

        Raises:
            IndexError: as for `local_time`.
        """
        chosen = self.types[index]
        if chosen.designation >= len(self.designations):
            raise IndexError(f"a designation begins at byte {chosen.designation} of {len(self.designations)}")
        name = self.designations[chosen.designation :].partition(b"\0")[0]
        return LocalTime(chosen.utoff, chosen.is_dst, name.decode("ascii", "replace"))


class Footer(Struct, byteorder="big"):
    """
    The rule for times behind the last transition, between newlines (RFC 9636, 3.3).

    Attributes:
        rule: as the value of the environment variable TZ (POSIX); empty where there is none.
    """

    begin: bytes = const(b"\n")
    rule: str = until("\n", default="", encoding="ascii")


class TimeZone(Struct, kw_only=True, byteorder="big"):
    """
    A file of any version (RFC 9636, 3).

    Attributes:
        first: the block for readers that know version 1 only; in later versions often without any transitions.
        second: the block for all others, from version 2 on.
        footer: from version 2 on.
    """

    first: Block[i32]
    second: Block[i64] | None = when("first.version != Version.V1", default=None)
    footer: Footer | None = when("first.version != Version.V1", default=None)

    @property
    def block(self) -> Block[i32] | Block[i64]:
        """
        The block that a reader uses.
        """
        return self.first if self.second is None else self.second
