"""
ICMPv6 messages: RFC 4443, and neighbor discovery: RFC 4861, with RFC 8106 (name servers).

The checksum covers the addresses of the packet around too, which hands their sum down (`bebytes.formats.ip`). A message by
itself is read and written by a codec with that sum, or with 0 and `verify=False`.

>>> from bebytes import Codec
>>> from ipaddress import IPv6Address
>>> query = Icmpv6Message(
...     body=NeighborSolicitation(
...         target=IPv6Address("fe80::1"),
...         options=[NeighborOption(value=SourceLinkLayerAddress(bytes.fromhex("001a2b3c4d5e")))],
...     )
... )
>>> codec = Codec(Icmpv6Message, parameters={"addresses": 0})
>>> received = codec.decode(codec.encode(query))
>>> received.type.name, received.body.target, received.body.options[0].length
('NEIGHBOR_SOLICITATION', IPv6Address('fe80::1'), 1)
"""

import enum
from ipaddress import IPv6Address

from bebytes import Struct, bits, checksum, derived, field, reserved, switch, u8, u16, u32
from bebytes.adapters import ipv6

__all__ = [
    "DestinationUnreachable",
    "EchoReply",
    "EchoRequest",
    "Icmpv6Message",
    "Icmpv6Type",
    "LinkMtu",
    "NeighborAdvertisement",
    "NeighborOption",
    "NeighborOptionType",
    "NeighborSolicitation",
    "PacketTooBig",
    "ParameterProblem",
    "PrefixInformation",
    "RecursiveDnsServers",
    "Redirect",
    "RouterAdvertisement",
    "RouterSolicitation",
    "SourceLinkLayerAddress",
    "TargetLinkLayerAddress",
    "TimeExceeded",
]


class Icmpv6Type(enum.IntEnum):
    """The messages that are known here; others are numbers."""

    DESTINATION_UNREACHABLE = 1
    PACKET_TOO_BIG = 2
    TIME_EXCEEDED = 3
    PARAMETER_PROBLEM = 4
    ECHO_REQUEST = 128
    ECHO_REPLY = 129
    ROUTER_SOLICITATION = 133
    ROUTER_ADVERTISEMENT = 134
    NEIGHBOR_SOLICITATION = 135
    NEIGHBOR_ADVERTISEMENT = 136
    REDIRECT = 137


class DestinationUnreachable(Struct, kw_only=True):
    """A packet could not be delivered; the code says why, `packet` is its beginning."""

    length: u8 = 0  # words of 8 bytes, where extensions follow (RFC 4884)
    unused: u32 = reserved(24, policy="keep")
    packet: bytes


class PacketTooBig(Struct, kw_only=True):
    """A packet is longer than `mtu` bytes, which is what the next link takes."""

    mtu: u32
    packet: bytes


class TimeExceeded(DestinationUnreachable):
    """A packet's hop limit came to 0 (code 0), or fragments stayed away (code 1)."""


class ParameterProblem(Struct, kw_only=True):
    """A packet has an error, at the byte `pointer`."""

    pointer: u32
    packet: bytes


class EchoRequest(Struct, kw_only=True):
    """Asks for the same data back."""

    identifier: u16 = 0
    sequence: u16 = 0
    data: bytes = b""


class EchoReply(EchoRequest):
    """The answer."""


# Neighbor discovery


class NeighborOptionType(enum.IntEnum):
    """The options that are known here; others are numbers."""

    SOURCE_LINK_LAYER_ADDRESS = 1
    TARGET_LINK_LAYER_ADDRESS = 2
    PREFIX_INFORMATION = 3
    REDIRECTED_HEADER = 4
    MTU = 5
    RECURSIVE_DNS_SERVERS = 25
    DNS_SEARCH_LIST = 31


class SourceLinkLayerAddress(Struct):
    """The sender's address on the link: 6 bytes on Ethernet (RFC 4861, 4.6.1)."""

    address: bytes


class TargetLinkLayerAddress(SourceLinkLayerAddress):
    """The target's."""


class PrefixInformation(Struct, kw_only=True):
    """A prefix of the link (RFC 4861, 4.6.2); lifetimes are in seconds, all ones is without end."""

    prefix_length: u8
    on_link: bool = bits(1, default=True)
    autonomous: bool = bits(1, default=True)
    unused: u8 = reserved(6, policy="keep")
    valid_lifetime: u32
    preferred_lifetime: u32
    unused_2: u32 = reserved(32, policy="keep")
    prefix: IPv6Address = field(adapt=ipv6)


class LinkMtu(Struct, kw_only=True):
    """The largest packet of the link, in bytes (RFC 4861, 4.6.4)."""

    unused: u16 = reserved(16, policy="keep")
    mtu: u32


class RecursiveDnsServers(Struct, kw_only=True):
    """Servers of names, for `lifetime` seconds (RFC 8106, 5.1)."""

    unused: u16 = reserved(16, policy="keep")
    lifetime: u32
    servers: list[IPv6Address] = field(adapt=ipv6, size=16)


class NeighborOption(Struct, kw_only=True):
    """An option (RFC 4861, 4.6); `length` counts words of 8 bytes, type and length among them."""

    type: NeighborOptionType | int = bits(8, unknown="keep", default=derived)
    length: u8 = field(default=derived, valid="length > 0")
    value: (
        SourceLinkLayerAddress | TargetLinkLayerAddress | PrefixInformation | LinkMtu | RecursiveDnsServers | bytes
    ) = switch(
        "type",
        {
            NeighborOptionType.SOURCE_LINK_LAYER_ADDRESS: SourceLinkLayerAddress,
            NeighborOptionType.TARGET_LINK_LAYER_ADDRESS: TargetLinkLayerAddress,
            NeighborOptionType.PREFIX_INFORMATION: PrefixInformation,
            NeighborOptionType.MTU: LinkMtu,
            NeighborOptionType.RECURSIVE_DNS_SERVERS: RecursiveDnsServers,
        },
        default=bytes,
        size="length * 8 - 2",
    )


class RouterSolicitation(Struct, kw_only=True):
    """Asks routers to advertise themselves (RFC 4861, 4.1)."""

    unused: u32 = reserved(32, policy="keep")
    options: list[NeighborOption] = field(default_factory=list)


class RouterAdvertisement(Struct, kw_only=True):
    """
    A router and what its link is like (RFC 4861, 4.2).

    Attributes:
        managed: whether addresses come by DHCPv6.
        other: whether other settings do.
        preference: 0 medium, 1 high, 3 low (RFC 4191).
        router_lifetime: seconds for which it is a default router.
        reachable_time: milliseconds.
        retransmit_timer: milliseconds.
    """

    hop_limit: u8 = 0
    managed: bool = bits(1, default=False)
    other: bool = bits(1, default=False)
    home_agent: bool = bits(1, default=False)
    preference: u8 = bits(2, default=0)
    unused: u8 = reserved(3, policy="keep")
    router_lifetime: u16 = 0
    reachable_time: u32 = 0
    retransmit_timer: u32 = 0
    options: list[NeighborOption] = field(default_factory=list)


class NeighborSolicitation(Struct, kw_only=True):
    """Asks for the link-layer address of the target (RFC 4861, 4.3)."""

    unused: u32 = reserved(32, policy="keep")
    target: IPv6Address = field(adapt=ipv6)
    options: list[NeighborOption] = field(default_factory=list)


class NeighborAdvertisement(Struct, kw_only=True):
    """The answer (RFC 4861, 4.4)."""

    router: bool = bits(1, default=False)
    solicited: bool = bits(1, default=False)
    override: bool = bits(1, default=False)
    unused: u32 = reserved(29, policy="keep")
    target: IPv6Address = field(adapt=ipv6)
    options: list[NeighborOption] = field(default_factory=list)


class Redirect(Struct, kw_only=True):
    """A better first hop for a destination (RFC 4861, 4.5)."""

    unused: u32 = reserved(32, policy="keep")
    target: IPv6Address = field(adapt=ipv6)
    destination: IPv6Address = field(adapt=ipv6)
    options: list[NeighborOption] = field(default_factory=list)


class Icmpv6Message(Struct, kw_only=True, byteorder="big", parameters=("addresses",)):
    """
    A message (RFC 4443, 2.1); its type follows from the class of its body, but for bytes.

    Parameters: `addresses` is the sum of the 16-bit words of the packet's two addresses, or of larger words: 2**16 counts as
    1 in such sums.
    """

    type: Icmpv6Type | int = bits(8, unknown="keep", default=derived)
    code: u8 = 0
    checksum: u16 = checksum("internet", start="addresses + 58 + sizeof(self)")
    body: (
        DestinationUnreachable
        | PacketTooBig
        | TimeExceeded
        | ParameterProblem
        | EchoRequest
        | EchoReply
        | RouterSolicitation
        | RouterAdvertisement
        | NeighborSolicitation
        | NeighborAdvertisement
        | Redirect
        | bytes
    ) = switch(
        "type",
        {
            Icmpv6Type.DESTINATION_UNREACHABLE: DestinationUnreachable,
            Icmpv6Type.PACKET_TOO_BIG: PacketTooBig,
            Icmpv6Type.TIME_EXCEEDED: TimeExceeded,
            Icmpv6Type.PARAMETER_PROBLEM: ParameterProblem,
            Icmpv6Type.ECHO_REQUEST: EchoRequest,
            Icmpv6Type.ECHO_REPLY: EchoReply,
            Icmpv6Type.ROUTER_SOLICITATION: RouterSolicitation,
            Icmpv6Type.ROUTER_ADVERTISEMENT: RouterAdvertisement,
            Icmpv6Type.NEIGHBOR_SOLICITATION: NeighborSolicitation,
            Icmpv6Type.NEIGHBOR_ADVERTISEMENT: NeighborAdvertisement,
            Icmpv6Type.REDIRECT: Redirect,
        },
        default=bytes,
    )
