r"""
Capture files in the format pcapng: draft-ietf-opsawg-pcapng.

A file is a section, and a section is a header and blocks. The header tells the byte order of all that follows it: its magic
number is looked at (`ByteOrder`) before its length, which stands first, is read. Where another section begins, that is a
block too, and holds the rest of the file, in its own byte order.

>>> file = PcapngFile(
...     section=Section(
...         options=[SectionOption(code=SectionOptionCode.APPLICATION, value="example")],
...         blocks=[
...             Block(body=InterfaceDescription(link_type=1)),
...             Block(body=EnhancedPacket(original_length=60, data=b"frame")),
...         ],
...     )
... )
>>> data = file.to_bytes()
>>> data[:12].hex(" ", 4), len(data)
('0a0d0d0a 28000000 4d3c2b1a', 100)
>>> received = PcapngFile.from_bytes(data)
>>> packet = received.section.blocks[1]
>>> packet.type.name, packet.body.data, packet.body.total_length
('ENHANCED_PACKET', b'frame', 40)
"""

import enum
from ipaddress import IPv4Address, IPv6Address
from operator import attrgetter
from typing import TypeAlias, Union

from bebytes import (
    Struct,
    align,
    at,
    bits,
    computed,
    const,
    derived,
    field,
    i64,
    padding,
    repeat_until,
    size,
    switch,
    u16,
    u32,
    until,
)
from bebytes.adapters import ipv4, ipv6

from .pcapng_options import (
    CustomData,
    CustomText,
    InterfaceFilter,
    InterfaceIpv4,
    InterfaceIpv6,
    InterfaceOption,
    InterfaceOptionCode,
    MacAddress,
    NameOption,
    NameOptionCode,
    Option,
    OptionCode,
    PacketHash,
    PacketOption,
    PacketOptionCode,
    PacketVerdict,
    SectionOption,
    SectionOptionCode,
    SplitTime,
    StatisticsOption,
    StatisticsOptionCode,
)

__all__ = [
    "Block",
    "BlockType",
    "ByteOrder",
    "CustomBlock",
    "CustomBlockNoCopy",
    "CustomData",
    "CustomText",
    "DecryptionSecrets",
    "EnhancedPacket",
    "InterfaceDescription",
    "InterfaceFilter",
    "InterfaceIpv4",
    "InterfaceIpv6",
    "InterfaceOption",
    "InterfaceOptionCode",
    "InterfaceStatistics",
    "Ipv4Names",
    "Ipv6Names",
    "MacAddress",
    "NameOption",
    "NameOptionCode",
    "NameRecord",
    "NameRecordType",
    "NameResolution",
    "ObsoletePacket",
    "Option",
    "OptionCode",
    "PacketHash",
    "PacketOption",
    "PacketOptionCode",
    "PacketVerdict",
    "PcapngFile",
    "Section",
    "SectionOption",
    "SectionOptionCode",
    "SimplePacket",
    "SplitTime",
    "StatisticsOption",
    "StatisticsOptionCode",
    "TerminatedText",
    "UnknownBlock",
]


class ByteOrder(enum.Enum):
    """The byte order of a section, by the bytes of its magic number."""

    BIG = b"\x1a\x2b\x3c\x4d"
    LITTLE = b"\x4d\x3c\x2b\x1a"


class BlockType(enum.IntEnum):
    """The blocks that are known here; others are numbers."""

    INTERFACE_DESCRIPTION = 1
    OBSOLETE_PACKET = 2
    SIMPLE_PACKET = 3
    NAME_RESOLUTION = 4
    INTERFACE_STATISTICS = 5
    ENHANCED_PACKET = 6
    DECRYPTION_SECRETS = 10
    CUSTOM = 0x00000BAD
    SECTION_HEADER = 0x0A0D0D0A
    CUSTOM_NO_COPY = 0x40000BAD


# The bodies of blocks: all behind the type. The first and the last number are the bytes of the whole block.


class InterfaceDescription(Struct, kw_only=True):
    """
    An interface; the first of a section has number 0 (4.2).

    Attributes:
        link_type: what the packets are: 1 Ethernet, 101 IP ... (tcpdump.org/linktypes.html).
        snap_length: the most bytes that were kept of a packet; 0 is no limit.
    """

    total_length: u32 = computed("sizeof(self) + 4")
    link_type: u16
    unused: bytes = padding(2, policy="keep")
    snap_length: u32 = 0
    options: list[InterfaceOption] = size("total_length - 20", default_factory=list)
    total_length_again: u32 = computed("total_length")


class EnhancedPacket(Struct, kw_only=True):
    """
    A packet (4.3).

    Attributes:
        time: in the unit of the interface (`InterfaceOption`), since 1970.
        captured_length: bytes in the file.
        original_length: bytes that the packet had.
    """

    total_length: u32 = computed("sizeof(self) + 4")
    interface_id: u32 = 0
    time: SplitTime = field(default_factory=lambda: SplitTime(0, 0))
    captured_length: u32 = derived
    original_length: u32
    data: bytes = size("captured_length")
    padding: bytes = align(4, policy="keep")
    options: list[PacketOption] = size("total_length - 32 - (captured_length + 3) / 4 * 4", default_factory=list)
    total_length_again: u32 = computed("total_length")


class ObsoletePacket(Struct, kw_only=True):
    """A packet as old files have it (appendix A)."""

    total_length: u32 = computed("sizeof(self) + 4")
    interface_id: u16 = 0
    drop_count: u16 = 0xFFFF
    time: SplitTime = field(default_factory=lambda: SplitTime(0, 0))
    captured_length: u32 = derived
    original_length: u32
    data: bytes = size("captured_length")
    padding: bytes = align(4, policy="keep")
    options: list[PacketOption] = size("total_length - 32 - (captured_length + 3) / 4 * 4", default_factory=list)
    total_length_again: u32 = computed("total_length")


class SimplePacket(Struct, kw_only=True):
    """
    A packet without a time, of the first interface (4.4).

    Attributes:
        original_length: bytes that the packet had.
        data: the packet; where it was cut to the interface's `snap_length`, the bytes that fill the block up are at its end.
    """

    total_length: u32 = computed("sizeof(self) + 4")
    original_length: u32
    data: bytes = size("original_length if original_length < total_length - 16 else total_length - 16")
    padding: bytes = align(4, policy="keep")
    total_length_again: u32 = computed("total_length")


class TerminatedText(Struct):
    """A text that ends with a zero."""

    text: str = until("\0")


class NameRecordType(enum.IntEnum):
    """What a record of names is about; others are numbers."""

    END = 0
    IPV4 = 1
    IPV6 = 2


class Ipv4Names(Struct):
    """The names of an address."""

    address: IPv4Address = field(adapt=ipv4)
    names: list[TerminatedText]


class Ipv6Names(Struct):
    """The names of an address."""

    address: IPv6Address = field(adapt=ipv6)
    names: list[TerminatedText]


class NameRecord(Struct, kw_only=True):
    """A record of names; the one of type END, which is empty, ends them."""

    type: NameRecordType | int = bits(16, unknown="keep", default=derived)
    length: u16 = derived
    value: Ipv4Names | Ipv6Names | bytes = switch(
        "type",
        {NameRecordType.IPV4: Ipv4Names, NameRecordType.IPV6: Ipv6Names},
        default=bytes,
        size="length",
        default_factory=bytes,
    )
    padding: bytes = align(4, policy="keep")


class NameResolution(Struct, kw_only=True):
    """The names of addresses (4.5)."""

    total_length: u32 = computed("sizeof(self) + 4")
    records: list[NameRecord] = repeat_until("item.type == NameRecordType.END")
    options: list[NameOption] = size("total_length - 12 - sizeof(records)", default_factory=list)
    total_length_again: u32 = computed("total_length")


class InterfaceStatistics(Struct, kw_only=True):
    """Numbers of packets of an interface (4.6)."""

    total_length: u32 = computed("sizeof(self) + 4")
    interface_id: u32 = 0
    time: SplitTime = field(default_factory=lambda: SplitTime(0, 0))
    options: list[StatisticsOption] = size("total_length - 24", default_factory=list)
    total_length_again: u32 = computed("total_length")


class DecryptionSecrets(Struct, kw_only=True):
    """Keys for the packets that follow (4.7): kind 0x544c534b is a key log of TLS ..."""

    total_length: u32 = computed("sizeof(self) + 4")
    kind: u32
    length: u32 = derived
    secrets: bytes = size("length")
    padding: bytes = align(4, policy="keep")
    options: list[Option] = size("total_length - 20 - (length + 3) / 4 * 4", default_factory=list)
    total_length_again: u32 = computed("total_length")


class CustomBlock(Struct, kw_only=True):
    """Data of somebody's own, behind the number that IANA gave them (4.8), and options that only they can tell from it."""

    total_length: u32 = computed("sizeof(self) + 4")
    enterprise_number: u32
    data: bytes = size("total_length - 16")
    total_length_again: u32 = computed("total_length")


class CustomBlockNoCopy(CustomBlock):
    """The same; programs that change the file leave it out."""


class UnknownBlock(Struct, kw_only=True):
    """A block of another type."""

    total_length: u32 = computed("sizeof(self) + 4")
    data: bytes = size("total_length - 12")
    total_length_again: u32 = computed("total_length")


Body: TypeAlias = Union[
    InterfaceDescription,
    ObsoletePacket,
    SimplePacket,
    NameResolution,
    InterfaceStatistics,
    EnhancedPacket,
    DecryptionSecrets,
    CustomBlock,
    CustomBlockNoCopy,
    UnknownBlock,
    "Section",
]


class Block(Struct, kw_only=True):
    """
    A block (3.1): its type, which follows from the class of its body but for `UnknownBlock`, and the body.
    """

    type: BlockType | int = bits(32, unknown="keep", default=derived)
    body: Body = switch(
        "type",
        {
            BlockType.INTERFACE_DESCRIPTION: InterfaceDescription,
            BlockType.OBSOLETE_PACKET: ObsoletePacket,
            BlockType.SIMPLE_PACKET: SimplePacket,
            BlockType.NAME_RESOLUTION: NameResolution,
            BlockType.INTERFACE_STATISTICS: InterfaceStatistics,
            BlockType.ENHANCED_PACKET: EnhancedPacket,
            BlockType.DECRYPTION_SECRETS: DecryptionSecrets,
            BlockType.CUSTOM: CustomBlock,
            BlockType.CUSTOM_NO_COPY: CustomBlockNoCopy,
            BlockType.SECTION_HEADER: "Section",
        },
        default=UnknownBlock,
    )


class Section(Struct, kw_only=True, byteorder="little if order == b'\\x4d\\x3c\\x2b\\x1a' else big"):
    """
    A section header (4.1), and the blocks behind it; where the last one is another section, that goes on to the end.

    Attributes:
        order: of the bytes of the section: a look at the magic number.
        total_length: bytes of the header.
        section_length: bytes of the section behind its header, or -1.
    """

    order: ByteOrder = at(4, origin="struct", size=4, adapt=(ByteOrder, attrgetter("value")), default=ByteOrder.LITTLE)
    total_length: u32 = computed("sizeof(total_length:total_length_again) + 4")
    magic: u32 = const(0x1A2B3C4D)
    version_major: u16 = 1
    version_minor: u16 = 0
    section_length: i64 = -1
    options: list[SectionOption] = size("total_length - 28", default_factory=list)
    total_length_again: u32 = computed("total_length")
    blocks: list[Block] = field(default_factory=list)


class PcapngFile(Struct, kw_only=True, byteorder="big"):
    """A file: one section, which holds the others."""

    type: u32 = const(BlockType.SECTION_HEADER)  # the same in both byte orders
    section: Section

    @property
    def sections(self) -> list[Section]:
        """
        All sections, each with its own blocks and the block of the next one.
        """
        found = [self.section]
        while found[-1].blocks and isinstance(found[-1].blocks[-1].body, Section):
            found.append(found[-1].blocks[-1].body)
        return found
