r"""
Space packets: telemetry and telecommands of spacecraft, and the time codes that they carry.

Sources: CCSDS 133.0-B-2, "Space Packet Protocol", and CCSDS 301.0-B-4, "Time Code Formats". All is big endian.

A packet whose contents do not matter is a `SpacePacket`; packets stand back to back, so `bebytes.decode_many` reads a file:

>>> from bebytes import decode_many
>>> data = SpacePacket(apid=100, sequence_count=7, data=b"\1\2\3").to_bytes()
>>> data.hex(" ")
'00 64 c0 07 00 02 01 02 03'
>>> [packet.apid for packet in decode_many(SpacePacket, data * 2)]
[100, 100]

What a mission puts into its packets is made of classes: one for the secondary header, one for the data behind it.

>>> from bebytes import Struct, fixed, i16, u48
>>> class Temperatures(Struct):
...     panel: float = fixed(i16, 8)
...     battery: float = fixed(i16, 8)
>>> packet = Packet[CdsTime, Temperatures](
...     apid=101,
...     secondary_header=True,
...     data_field=PacketDataField[CdsTime, Temperatures](
...         secondary_header=CdsTime.of(datetime.datetime(2024, 1, 1, 12, tzinfo=datetime.UTC)),
...         user_data=Temperatures(21.5, 4.25)
...     ),
... )
>>> packet.to_bytes().hex(" ")
'08 65 c0 00 00 0a 40 5e 2a 02 93 2e 00 15 80 04 40'
>>> again = Packet[CdsTime, Temperatures].from_bytes(packet.to_bytes())
>>> again.data_field.secondary_header.datetime(), again.data_field.user_data
(datetime.datetime(2024, 1, 1, 12, 0, tzinfo=datetime.timezone.utc), Temperatures(panel=21.5, battery=4.25))

Most missions leave out the preamble that says how a time is coded, since all their packets have the same. Then the time is
a number: `seconds: float = fixed(u48, 16)` has 4 octets of seconds and 2 of their fractions.

>>> class MissionTime(Struct):
...     seconds: float = fixed(u48, 16)
>>> MissionTime(1.5).to_be_bytes().hex()
'000000018000'
"""

import datetime
import enum
from fractions import Fraction
from typing import Generic, TypeVar

from bebytes import Struct, bits, const, derived, field, reserved, size, u8, u16, u24, u32, u64, u128, when

__all__ = [
    "CCSDS_EPOCH",
    "CdsPreamble",
    "CdsTime",
    "CucExtension",
    "CucPreamble",
    "CucTime",
    "Packet",
    "PacketDataField",
    "PacketType",
    "PrimaryHeader",
    "SequenceFlags",
    "SpacePacket",
    "Submilliseconds",
    "TimeCode",
]

Secondary = TypeVar("Secondary")
Data = TypeVar("Data")

CCSDS_EPOCH = datetime.datetime(1958, 1, 1, tzinfo=datetime.UTC)
"""What times count from, unless an agency defined another epoch. CUC counts all seconds (TAI), CDS days of UTC."""


class PacketType(enum.IntEnum):
    """
    Which way a packet goes: to the ground, or from it.
    """

    TELEMETRY = 0
    TELECOMMAND = 1


class SequenceFlags(enum.IntEnum):
    """
    Which segment of the user's data a packet carries.
    """

    CONTINUATION = 0
    FIRST = 1
    LAST = 2
    UNSEGMENTED = 3


class PrimaryHeader(Struct, kw_only=True, byteorder="big"):
    """
    The six octets that every packet begins with (CCSDS 133.0-B-2, 4.1.3).

    Attributes:
        version: the packet version number; 0 is that of space packets, and others are met in their streams.
        secondary_header: whether there is a secondary header.
        apid: the application process identifier; 0x7FF is that of idle packets.
        sequence_count: counts the packets of an APID, modulo 16384; of a telecommand it may be a name.
        length: the octets of the packet data field behind the header, less one.
    """

    version: u8 = bits(3, default=0)
    packet_type: PacketType = bits(default=PacketType.TELEMETRY)
    secondary_header: bool = bits(default=False)
    apid: u16 = bits(11)
    sequence_flags: SequenceFlags = bits(default=SequenceFlags.UNSEGMENTED)
    sequence_count: u16 = bits(14, default=0)
    length: u16 = derived


class SpacePacket(PrimaryHeader, kw_only=True, byteorder="big"):
    """
    A packet of any kind, its data field left as it is: 1 to 65536 octets.
    """

    data: bytes = size("length + 1")


class PacketDataField(Struct, Generic[Secondary, Data], parameters=("has_header",), kw_only=True, byteorder="big"):
    """
    What stands behind the primary header (CCSDS 133.0-B-2, 4.1.4): the secondary header where there is one, and user data.
    """

    secondary_header: Secondary | None = when("has_header", default=None)
    user_data: Data


class Packet(PrimaryHeader, Generic[Secondary, Data], kw_only=True, byteorder="big"):
    """
    A packet whose secondary header and user data are of two types: `Packet[CdsTime, bytes]`.
    """

    data_field: PacketDataField[Secondary, Data] = size("length + 1", parameters={"has_header": "secondary_header"})


class TimeCode(enum.IntEnum):
    """
    The time code identification in a preamble (CCSDS 301.0-B-4).
    """

    CUC_CCSDS_EPOCH = 0b001
    CUC_AGENCY_EPOCH = 0b010
    CDS = 0b100
    CCS = 0b101


class CucExtension(Struct, byteorder="big"):
    """
    The second octet of the preamble of an unsegmented time (CCSDS 301.0-B-4, 3.2.2).

    Attributes:
        coarse_octets: to be added to those of the first octet.
        fine_octets: likewise.
    """

    extended: u8 = const(0, bits=1)
    coarse_octets: u8 = bits(2)
    fine_octets: u8 = bits(3)
    spare: u8 = reserved(2, policy="keep")


class CucPreamble(Struct, byteorder="big"):
    """
    The preamble (P-field) of an unsegmented time (CCSDS 301.0-B-4, 3.2.2).

    Attributes:
        code: of an epoch: that of CCSDS or one of an agency.
        coarse_octets: the octets of whole seconds, less one.
        fine_octets: the octets of fractions of a second.
    """

    extended: bool = bits(1)
    code: TimeCode = bits(3, valid={TimeCode.CUC_CCSDS_EPOCH, TimeCode.CUC_AGENCY_EPOCH})
    coarse_octets: u8 = bits(2)
    fine_octets: u8 = bits(2)
    extension: CucExtension | None = when("extended", default=None)


class CucTime(Struct, byteorder="big"):
    """
    An unsegmented time (CUC) with its preamble (CCSDS 301.0-B-4, 3.2).

    >>> CucTime.of(Fraction(3, 2)).to_bytes().hex(" ")
    '1e 00 00 00 01 80 00'

    Attributes:
        coarse: seconds since the epoch.
        fine: fractions of a second, the first octet worth 1/256.
    """

    preamble: CucPreamble
    coarse: u64 = bits(
        "8 * (1 + preamble.coarse_octets + (preamble.extension.coarse_octets if preamble.extended else 0))"
    )
    fine: u128 = bits("8 * (preamble.fine_octets + (preamble.extension.fine_octets if preamble.extended else 0))")

    @classmethod
    def of(cls, seconds: Fraction, *, fine_octets: int = 2, code: TimeCode = TimeCode.CUC_CCSDS_EPOCH) -> "CucTime":
        """
        A time of 4 octets of seconds since the epoch and 0 to 3 of fractions, rounded down.
        """
        scaled = seconds.numerator * 256**fine_octets // seconds.denominator
        return cls(CucPreamble(False, code, 3, fine_octets), *divmod(scaled, 256**fine_octets))

    def seconds(self) -> Fraction:
        """
        The seconds since the epoch.
        """
        extension = self.preamble.extension
        octets = self.preamble.fine_octets + (extension.fine_octets if extension is not None else 0)
        return self.coarse + Fraction(self.fine, 256**octets)


class Submilliseconds(enum.IntEnum):
    """
    How a day segmented time counts what is less than a millisecond.
    """

    NONE = 0
    MICROSECONDS = 1
    PICOSECONDS = 2


class CdsPreamble(Struct, kw_only=True, byteorder="big"):
    """
    The preamble (P-field) of a day segmented time (CCSDS 301.0-B-4, 3.3.2).

    Attributes:
        agency_epoch: whether days count from an epoch of an agency.
        long_day: whether the day has 24 bits, and not 16.
    """

    extended: u8 = const(0, bits=1)
    code: TimeCode = const(TimeCode.CDS, bits=3)
    agency_epoch: bool = bits(1, default=False)
    long_day: bool = bits(1, default=False)
    submilliseconds: Submilliseconds = bits(2, default=Submilliseconds.NONE)


class CdsTime(Struct, byteorder="big"):
    """
    A day segmented time (CDS) with its preamble (CCSDS 301.0-B-4, 3.3).

    Attributes:
        day: days since the epoch.
        millisecond: of the day; one with a leap second has 86,401,000.
        submillisecond: microseconds or picoseconds, as the preamble says; 0 where it has none.
    """

    preamble: CdsPreamble
    day: u24 = bits("24 if preamble.long_day else 16")
    millisecond: u32 = field(valid=range(86_401_000))
    submillisecond: u32 = bits("16 * preamble.submilliseconds", default=0)

    @classmethod
    def of(cls, moment: datetime.datetime) -> "CdsTime":
        """
        A time of 16 bits of days since 1958 and milliseconds, rounded down; `moment` is aware.
        """
        since = moment - CCSDS_EPOCH
        return cls(CdsPreamble(), since.days, since.seconds * 1000 + since.microseconds // 1000)

    def datetime(self, epoch: datetime.datetime = CCSDS_EPOCH) -> datetime.datetime:
        """
        The moment in UTC, in whole microseconds; one in a leap second is in the next day.
        """
        micro = self.submillisecond
        if self.preamble.submilliseconds is Submilliseconds.PICOSECONDS:
            micro //= 1_000_000
        return epoch + datetime.timedelta(days=self.day, milliseconds=self.millisecond, microseconds=micro)
