"""
The options of blocks of pcapng files (draft-ietf-opsawg-pcapng); `bebytes.formats.pcapng` has the blocks.

An option is a code, whose meaning depends on the block, a length, a value, and bytes up to a multiple of 4. What must be said
about an option, its code tells: texts are UTF-8, and values of unknown codes are bytes.

>>> name = InterfaceOption(code=InterfaceOptionCode.NAME, value="eth0")
>>> name.to_le_bytes().hex()
'0200040065746830'
"""

import enum
from ipaddress import IPv4Address, IPv6Address

from bebytes import Struct, align, bits, derived, field, i32, i64, switch, u8, u16, u32, u64
from bebytes.adapters import ipv4, ipv6, mac

__all__ = [
    "CustomData",
    "CustomText",
    "InterfaceFilter",
    "InterfaceIpv4",
    "InterfaceIpv6",
    "InterfaceOption",
    "InterfaceOptionCode",
    "MacAddress",
    "NameOption",
    "NameOptionCode",
    "Option",
    "OptionCode",
    "PacketHash",
    "PacketOption",
    "PacketOptionCode",
    "PacketVerdict",
    "SectionOption",
    "SectionOptionCode",
    "SplitTime",
    "StatisticsOption",
    "StatisticsOptionCode",
]


class CustomText(Struct):
    """A text of somebody's own, behind the number that IANA gave them."""

    enterprise_number: u32
    text: str


class CustomData(Struct):
    """Data of somebody's own, behind the number that IANA gave them."""

    enterprise_number: u32
    data: bytes


class OptionCode(enum.IntEnum):
    """The options of all blocks."""

    END = 0
    COMMENT = 1
    CUSTOM_TEXT = 2988
    CUSTOM_DATA = 2989
    CUSTOM_TEXT_NO_COPY = 19372
    CUSTOM_DATA_NO_COPY = 19373


_COMMON = {
    OptionCode.COMMENT: str,
    (OptionCode.CUSTOM_TEXT, OptionCode.CUSTOM_TEXT_NO_COPY): CustomText,
    (OptionCode.CUSTOM_DATA, OptionCode.CUSTOM_DATA_NO_COPY): CustomData,
}


class Option(Struct, kw_only=True):
    """An option of a block that has none of its own."""

    code: OptionCode | int = bits(16, unknown="keep")
    length: u16 = derived
    value: str | CustomText | CustomData | bytes = switch(
        "code", _COMMON, default=bytes, size="length", default_factory=bytes
    )
    padding: bytes = align(4, policy="keep")


class SectionOptionCode(enum.IntEnum):
    """The options of a section header."""

    END = 0
    COMMENT = 1
    HARDWARE = 2
    OPERATING_SYSTEM = 3
    APPLICATION = 4
    CUSTOM_TEXT = 2988
    CUSTOM_DATA = 2989
    CUSTOM_TEXT_NO_COPY = 19372
    CUSTOM_DATA_NO_COPY = 19373


class SectionOption(Struct, kw_only=True):
    """An option of a section header."""

    code: SectionOptionCode | int = bits(16, unknown="keep")
    length: u16 = derived
    value: str | CustomText | CustomData | bytes = switch(
        "code",
        {
            **_COMMON,
            (SectionOptionCode.HARDWARE, SectionOptionCode.OPERATING_SYSTEM, SectionOptionCode.APPLICATION): str,
        },
        default=bytes,
        size="length",
        default_factory=bytes,
    )
    padding: bytes = align(4, policy="keep")


class InterfaceOptionCode(enum.IntEnum):
    """The options of an interface description."""

    END = 0
    COMMENT = 1
    NAME = 2
    DESCRIPTION = 3
    IPV4_ADDRESS = 4
    IPV6_ADDRESS = 5
    MAC_ADDRESS = 6
    EUI_ADDRESS = 7
    SPEED = 8
    TIME_RESOLUTION = 9
    TIME_ZONE = 10
    FILTER = 11
    OPERATING_SYSTEM = 12
    FCS_LENGTH = 13
    TIME_OFFSET = 14
    HARDWARE = 15
    TRANSMIT_SPEED = 16
    RECEIVE_SPEED = 17
    CUSTOM_TEXT = 2988
    CUSTOM_DATA = 2989
    CUSTOM_TEXT_NO_COPY = 19372
    CUSTOM_DATA_NO_COPY = 19373


class InterfaceIpv4(Struct):
    """An address of an interface, and its mask."""

    address: IPv4Address = field(adapt=ipv4)
    mask: IPv4Address = field(adapt=ipv4)


class InterfaceIpv6(Struct):
    """An address of an interface, and the bits of its prefix."""

    address: IPv6Address = field(adapt=ipv6)
    prefix_length: u8


class MacAddress(Struct):
    """The address of an interface on its link."""

    address: str = field(adapt=mac)


class InterfaceFilter(Struct):
    """What chose the packets: code 0 is a text in the language of libpcap."""

    code: u8
    data: bytes


class InterfaceOption(Struct, kw_only=True):
    """
    An option of an interface description.

    TIME_RESOLUTION is the exponent of the unit of times, negated: of 10, or of 2 where its highest bit is set; 6, for
    microseconds, where there is none. TIME_OFFSET is in seconds, speeds are in bits a second.
    """

    code: InterfaceOptionCode | int = bits(16, unknown="keep")
    length: u16 = derived
    value: (
        str
        | InterfaceIpv4
        | InterfaceIpv6
        | MacAddress
        | u64
        | u8
        | i32
        | InterfaceFilter
        | i64
        | CustomText
        | CustomData
        | bytes
    ) = switch(
        "code",
        {
            **_COMMON,
            (
                InterfaceOptionCode.NAME,
                InterfaceOptionCode.DESCRIPTION,
                InterfaceOptionCode.OPERATING_SYSTEM,
                InterfaceOptionCode.HARDWARE,
            ): str,
            InterfaceOptionCode.IPV4_ADDRESS: InterfaceIpv4,
            InterfaceOptionCode.IPV6_ADDRESS: InterfaceIpv6,
            InterfaceOptionCode.MAC_ADDRESS: MacAddress,
            (
                InterfaceOptionCode.SPEED,
                InterfaceOptionCode.TRANSMIT_SPEED,
                InterfaceOptionCode.RECEIVE_SPEED,
            ): u64,
            (InterfaceOptionCode.TIME_RESOLUTION, InterfaceOptionCode.FCS_LENGTH): u8,
            InterfaceOptionCode.TIME_ZONE: i32,
            InterfaceOptionCode.FILTER: InterfaceFilter,
            InterfaceOptionCode.TIME_OFFSET: i64,
        },
        default=bytes,
        size="length",
        default_factory=bytes,
    )
    padding: bytes = align(4, policy="keep")


class PacketOptionCode(enum.IntEnum):
    """The options of a packet."""

    END = 0
    COMMENT = 1
    FLAGS = 2
    HASH = 3
    DROP_COUNT = 4
    PACKET_ID = 5
    QUEUE = 6
    VERDICT = 7
    CUSTOM_TEXT = 2988
    CUSTOM_DATA = 2989
    CUSTOM_TEXT_NO_COPY = 19372
    CUSTOM_DATA_NO_COPY = 19373


class PacketHash(Struct):
    """A hash of the packet: algorithm 2 is CRC32, 3 MD5, 4 SHA-1 ..."""

    algorithm: u8
    value: bytes


class PacketVerdict(Struct):
    """What became of the packet: kind 0 is hardware, 1 Linux eBPF TC, 2 Linux eBPF XDP."""

    kind: u8
    data: bytes


class PacketOption(Struct, kw_only=True):
    """An option of a packet. Of FLAGS, the lowest two bits are the direction: 1 in, 2 out."""

    code: PacketOptionCode | int = bits(16, unknown="keep")
    length: u16 = derived
    value: str | u32 | u64 | PacketHash | PacketVerdict | CustomText | CustomData | bytes = switch(
        "code",
        {
            **_COMMON,
            (PacketOptionCode.FLAGS, PacketOptionCode.QUEUE): u32,
            PacketOptionCode.HASH: PacketHash,
            (PacketOptionCode.DROP_COUNT, PacketOptionCode.PACKET_ID): u64,
            PacketOptionCode.VERDICT: PacketVerdict,
        },
        default=bytes,
        size="length",
        default_factory=bytes,
    )
    padding: bytes = align(4, policy="keep")


class NameOptionCode(enum.IntEnum):
    """The options of a block of names."""

    END = 0
    COMMENT = 1
    DNS_NAME = 2
    DNS_IPV4_ADDRESS = 3
    DNS_IPV6_ADDRESS = 4
    CUSTOM_TEXT = 2988
    CUSTOM_DATA = 2989
    CUSTOM_TEXT_NO_COPY = 19372
    CUSTOM_DATA_NO_COPY = 19373


class NameOption(Struct, kw_only=True):
    """An option of a block of names: the server that gave them; addresses are bytes."""

    code: NameOptionCode | int = bits(16, unknown="keep")
    length: u16 = derived
    value: str | CustomText | CustomData | bytes = switch(
        "code", {**_COMMON, NameOptionCode.DNS_NAME: str}, default=bytes, size="length", default_factory=bytes
    )
    padding: bytes = align(4, policy="keep")


class StatisticsOptionCode(enum.IntEnum):
    """The options of statistics."""

    END = 0
    COMMENT = 1
    START_TIME = 2
    END_TIME = 3
    RECEIVED = 4
    DROPPED = 5
    FILTER_ACCEPTED = 6
    SYSTEM_DROPPED = 7
    DELIVERED = 8
    CUSTOM_TEXT = 2988
    CUSTOM_DATA = 2989
    CUSTOM_TEXT_NO_COPY = 19372
    CUSTOM_DATA_NO_COPY = 19373


class SplitTime(Struct):
    """A time in units of the interface since 1970, in two numbers of 32 bits, each in the byte order of the file."""

    high: u32
    low: u32

    @property
    def value(self) -> int:
        """
        The time in one number.
        """
        return self.high << 32 | self.low


class StatisticsOption(Struct, kw_only=True):
    """An option of statistics; all but the times are numbers of packets."""

    code: StatisticsOptionCode | int = bits(16, unknown="keep")
    length: u16 = derived
    value: str | SplitTime | u64 | CustomText | CustomData | bytes = switch(
        "code",
        {
            **_COMMON,
            (StatisticsOptionCode.START_TIME, StatisticsOptionCode.END_TIME): SplitTime,
            (
                StatisticsOptionCode.RECEIVED,
                StatisticsOptionCode.DROPPED,
                StatisticsOptionCode.FILTER_ACCEPTED,
                StatisticsOptionCode.SYSTEM_DROPPED,
                StatisticsOptionCode.DELIVERED,
            ): u64,
        },
        default=bytes,
        size="length",
        default_factory=bytes,
    )
    padding: bytes = align(4, policy="keep")
