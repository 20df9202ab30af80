r"""
Links of rtnetlink, and what links, addresses and routes have in common; `bebytes.formats.netlink` has the messages.

>>> TerminatedText("lo").to_be_bytes()
b'lo\x00'
>>> LinkLayerAddress("00:1a:2b:3c:4d:5e").to_be_bytes().hex()
'001a2b3c4d5e'
"""

import enum
import sys
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Annotated

from bebytes import Struct, align, bits, derived, field, i32, padding, size, switch, u8, u16, u32, u64, until

__all__ = [
    "Attribute",
    "DelLink",
    "Family",
    "GetLink",
    "InternetAddress",
    "LinkAttribute",
    "LinkAttributeType",
    "LinkFlags",
    "LinkInfoAttribute",
    "LinkInfoType",
    "LinkLayerAddress",
    "LinkStatistics",
    "NewLink",
    "TerminatedText",
]


ORDER = sys.byteorder


class Family(enum.IntEnum):
    """Families of addresses; others are numbers."""

    UNSPECIFIED = 0
    INET = 2
    BRIDGE = 7
    INET6 = 10
    MPLS = 28


class TerminatedText(Struct):
    """A text that ends with a zero."""

    text: str = until("\0")


def _pairs(carried: bytes) -> str:
    return carried.hex(":")


def _from_pairs(text: str) -> bytes:
    return bytes.fromhex(text.replace(":", ""))


def _packed(address: IPv4Address | IPv6Address) -> bytes:
    return address.packed


class LinkLayerAddress(Struct):
    """An address on a link, of as many bytes as it has there: pairs of digits with colons between them."""

    address: Annotated[str, bytes] = field(adapt=(_pairs, _from_pairs))


class InternetAddress(Struct):
    """An address of IPv4, in 4 bytes, or of IPv6, in 16."""

    address: Annotated[IPv4Address | IPv6Address, bytes] = field(adapt=(ip_address, _packed))


class Attribute(Struct, kw_only=True, byteorder=ORDER):
    """
    An attribute whose values are not known here.

    Attributes:
        length: bytes of the whole attribute, without those up to a multiple of 4.
        nested: whether its value is attributes; the kernel does not always say so.
        network_order: whether numbers in it are in network order.
    """

    length: u16 = derived
    nested: bool = bits(1, word=16, default=False)
    network_order: bool = bits(1, word=16, default=False)
    type: u16 = bits(14, word=16)
    value: bytes = size("length - 4", default=b"")
    padding: bytes = align(4, policy="keep")


class LinkFlags(enum.IntFlag):
    """The state of a link (netdevice(7))."""

    UP = 1
    BROADCAST = 2
    DEBUG = 4
    LOOPBACK = 8
    POINT_TO_POINT = 0x10
    NO_TRAILERS = 0x20
    RUNNING = 0x40
    NO_ARP = 0x80
    PROMISCUOUS = 0x100
    ALL_MULTICAST = 0x200
    MASTER = 0x400
    SLAVE = 0x800
    MULTICAST = 0x1000
    PORT_SELECTION = 0x2000
    AUTO_MEDIA = 0x4000
    DYNAMIC = 0x8000
    LOWER_UP = 0x10000
    DORMANT = 0x20000
    ECHO = 0x40000


class LinkAttributeType(enum.IntEnum):
    """The attributes of links that are known here; others are numbers."""

    ADDRESS = 1
    BROADCAST = 2
    NAME = 3
    MTU = 4
    LINK = 5
    QDISC = 6
    MASTER = 10
    TRANSMIT_QUEUE_LENGTH = 13
    OPERATIONAL_STATE = 16
    LINK_MODE = 17
    LINK_INFO = 18
    ALIAS = 20
    STATISTICS = 23
    FAMILY_SPECIFIC = 26
    GROUP = 27
    EXTENDED_MASK = 29
    PROMISCUITY = 30
    TRANSMIT_QUEUES = 31
    RECEIVE_QUEUES = 32
    CARRIER = 33
    CARRIER_CHANGES = 35
    MINIMUM_MTU = 50
    MAXIMUM_MTU = 51
    ALTERNATIVE_NAME = 53
    PERMANENT_ADDRESS = 54


class LinkStatistics(Struct, kw_only=True):
    """What has passed a link; newer kernels have more numbers, in `others`."""

    receive_packets: u64
    transmit_packets: u64
    receive_bytes: u64
    transmit_bytes: u64
    receive_errors: u64
    transmit_errors: u64
    receive_dropped: u64
    transmit_dropped: u64
    multicast: u64
    collisions: u64
    others: list[u64]


class LinkInfoType(enum.IntEnum):
    """The attributes of a link's kind; others are numbers."""

    KIND = 1
    DATA = 2
    STATISTICS = 3
    SLAVE_KIND = 4
    SLAVE_DATA = 5


class LinkInfoAttribute(Struct, kw_only=True):
    """An attribute of a link's kind, such as "vlan" or "bridge"."""

    length: u16 = derived
    nested: bool = bits(1, word=16, default=False)
    network_order: bool = bits(1, word=16, default=False)
    type: LinkInfoType | int = bits(14, word=16, unknown="keep")
    value: TerminatedText | bytes = switch(
        "type",
        {(LinkInfoType.KIND, LinkInfoType.SLAVE_KIND): TerminatedText},
        default=bytes,
        size="length - 4",
    )
    padding: bytes = align(4, policy="keep")


class LinkAttribute(Struct, kw_only=True):
    """An attribute of a link."""

    length: u16 = derived
    nested: bool = bits(1, word=16, default=False)
    network_order: bool = bits(1, word=16, default=False)
    type: LinkAttributeType | int = bits(14, word=16, unknown="keep")
    value: (
        LinkLayerAddress
        | TerminatedText
        | u32
        | u8
        | list[LinkInfoAttribute]
        | LinkStatistics
        | list[Attribute]
        | bytes
    ) = switch(
        "type",
        {
            (
                LinkAttributeType.ADDRESS,
                LinkAttributeType.BROADCAST,
                LinkAttributeType.PERMANENT_ADDRESS,
            ): LinkLayerAddress,
            (
                LinkAttributeType.NAME,
                LinkAttributeType.QDISC,
                LinkAttributeType.ALIAS,
                LinkAttributeType.ALTERNATIVE_NAME,
            ): TerminatedText,
            (
                LinkAttributeType.MTU,
                LinkAttributeType.LINK,
                LinkAttributeType.MASTER,
                LinkAttributeType.TRANSMIT_QUEUE_LENGTH,
                LinkAttributeType.GROUP,
                LinkAttributeType.EXTENDED_MASK,
                LinkAttributeType.PROMISCUITY,
                LinkAttributeType.TRANSMIT_QUEUES,
                LinkAttributeType.RECEIVE_QUEUES,
                LinkAttributeType.CARRIER_CHANGES,
                LinkAttributeType.MINIMUM_MTU,
                LinkAttributeType.MAXIMUM_MTU,
            ): u32,
            (
                LinkAttributeType.OPERATIONAL_STATE,
                LinkAttributeType.LINK_MODE,
                LinkAttributeType.CARRIER,
            ): u8,
            LinkAttributeType.LINK_INFO: list[LinkInfoAttribute],
            LinkAttributeType.STATISTICS: LinkStatistics,
            LinkAttributeType.FAMILY_SPECIFIC: list[Attribute],
        },
        default=bytes,
        size="length - 4",
    )
    padding: bytes = align(4, policy="keep")


class GetLink(Struct, kw_only=True):
    """
    Asks for a link, or, with `DUMP`, for all.

    Attributes:
        link_type: what its packets are, as ARP numbers it: 1 Ethernet, 772 loopback ...
        index: its number, from 1 on.
        change: which flags to change.
    """

    family: Family | int = bits(8, unknown="keep", default=Family.UNSPECIFIED)
    unused: bytes = padding(1, policy="keep")
    link_type: u16 = 0
    index: i32 = 0
    flags: LinkFlags = bits(32, unknown="keep", default=LinkFlags(0))
    change: u32 = 0
    attributes: list[LinkAttribute] = field(default_factory=list)


class NewLink(GetLink):
    """A link, or one to make or to change."""


class DelLink(GetLink):
    """A link that is gone, or that is to go."""
