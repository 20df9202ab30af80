"""
Packets of IPv4 (RFC 791) and IPv6 (RFC 8200), and what they carry: TCP, UDP, ICMP, each other, or bytes.

Lengths, protocol numbers and checksums follow from what is carried. Those of TCP, UDP and ICMPv6 cover the addresses of the
packet too (RFC 8200, 8.1), so a packet hands the sum of its addresses down to them.

>>> from ipaddress import IPv4Address
>>> packet = Ipv4Packet(
...     source=IPv4Address("192.0.2.1"),
...     destination=IPv4Address("192.0.2.2"),
...     payload=UdpDatagram(source_port=4711, destination_port=7, payload=b"abc"),
... )
>>> packet.to_bytes().hex()
'4500001f000000004011f6cac0000201c000020212670007000ba503616263'
>>> received = Ipv4Packet.from_bytes(packet.to_bytes())
>>> received.protocol.name, received.total_length, received.payload.payload
('UDP', 31, b'abc')

Traffic captured where it is sent often lacks its checksums, since the network card puts them in; `verify=False` reads it.

>>> damaged = packet.to_bytes()[:-1] + b"d"
>>> Ipv4Packet.from_bytes(damaged)
Traceback (most recent call last):
bebytes.errors.ChecksumMismatch: Ipv4Packet.payload.checksum: is 0x..., what it covers has 0x... (at byte 26)
>>> Ipv4Packet.from_bytes(damaged, verify=False).payload.payload
b'abd'
"""

import enum
from ipaddress import IPv4Address, IPv6Address
from types import NoneType
from typing import Annotated, TypeAlias, Union

from bebytes import Struct, bits, checksum, const, derived, field, reserved, size, switch, u8, u16, u32, u64, when
from bebytes.adapters import Adapter, ipv4, ipv6

from .icmp import IcmpMessage
from .icmpv6 import Icmpv6Message
from .tcp import TcpSegment
from .udp import UdpDatagram

__all__ = [
    "AuthenticationHeader",
    "DestinationOptions",
    "Fragment",
    "HopByHopOptions",
    "IpProtocol",
    "Ipv4Option",
    "Ipv4OptionType",
    "Ipv4Packet",
    "Ipv6Option",
    "Ipv6OptionType",
    "Ipv6Packet",
    "RouteOption",
    "Routing",
]


class IpProtocol(enum.IntEnum):
    """What a packet carries (the registry of IANA): those that are known here; others are numbers."""

    HOP_BY_HOP = 0
    ICMP = 1
    IGMP = 2
    IPV4 = 4
    TCP = 6
    UDP = 17
    IPV6 = 41
    ROUTING = 43
    FRAGMENT = 44
    GRE = 47
    ESP = 50
    AUTHENTICATION = 51
    ICMPV6 = 58
    NO_NEXT_HEADER = 59
    DESTINATION_OPTIONS = 60
    OSPF = 89
    SCTP = 132


# Addresses are numbers on the wire here, as sums of them are handed down; 2**16 counts as 1 in a sum of 16-bit words.


class _Halves(Struct):
    # An IPv6 address; a number of 128 bits without a sign is more than expressions can reckon with.
    high: u64
    low: u64


def _ipv6_halves(value: IPv6Address) -> _Halves:
    return _Halves.from_be_bytes(ipv6.encode(value))


_IPV4 = Adapter(IPv4Address, lambda value: int.from_bytes(ipv4.encode(value), "big"), carrier=u32, name=ipv4.name)


def _ipv6_address(halves: _Halves) -> IPv6Address:
    return IPv6Address(halves.high << 64 | halves.low)


_IPV6 = (_ipv6_address, _ipv6_halves)


# IPv4


class Ipv4OptionType(enum.IntEnum):
    """The options that are known here; others are numbers."""

    END = 0
    NO_OPERATION = 1
    RECORD_ROUTE = 7
    TIMESTAMP = 68
    SECURITY = 130
    LOOSE_SOURCE_ROUTE = 131
    STRICT_SOURCE_ROUTE = 137
    ROUTER_ALERT = 148


class RouteOption(Struct, kw_only=True):
    """The routers that a packet passes (RFC 791, 3.1); `pointer` counts bytes of the option from 1 on."""

    pointer: u8 = 4
    route: list[IPv4Address] = field(adapt=ipv4, size=4)


class Ipv4Option(Struct, kw_only=True):
    """
    An option (RFC 791, 3.1).

    Attributes:
        length: bytes of the whole option; None for END and NO_OPERATION, which are one byte.
        value: a number for ROUTER_ALERT (RFC 2113), bytes where the type is not known, None for those of one byte.
    """

    type: Ipv4OptionType | int = bits(8, unknown="keep")
    length: u8 | None = when("type > 1", default=derived)
    value: RouteOption | u16 | bytes | None = switch(
        "type",
        {
            (
                Ipv4OptionType.RECORD_ROUTE,
                Ipv4OptionType.LOOSE_SOURCE_ROUTE,
                Ipv4OptionType.STRICT_SOURCE_ROUTE,
            ): RouteOption,
            Ipv4OptionType.ROUTER_ALERT: u16,
        },
        default=bytes,
        when="type > 1",
        size="length - 2",
        default_factory=NoneType,
    )


Ipv4Payload: TypeAlias = Union[IcmpMessage, "Ipv4Packet", TcpSegment, UdpDatagram, "Ipv6Packet", bytes]


class Ipv4Packet(Struct, kw_only=True, byteorder="big"):
    """
    A packet (RFC 791, 3.1).

    Attributes:
        ihl: words of 4 bytes of the header: the options must fill them up, with NO_OPERATION and END.
        dscp: class of service (RFC 2474).
        ecn: congestion (RFC 3168).
        total_length: bytes.
        fragment_offset: words of 8 bytes.
        protocol: follows from the class of the payload, but for bytes.
        checksum: of the header.
        payload: what the packet carries, where it is whole, else None.
        fragment: the part of it that a fragment carries, else None.
    """

    version: u8 = const(4, bits=4)
    ihl: u8 = bits(4, default=derived)
    dscp: u8 = bits(6, default=0)
    ecn: u8 = bits(2, default=0)
    total_length: u16 = derived
    identification: u16 = 0
    unused: u8 = reserved(1, policy="keep")
    dont_fragment: bool = bits(1, default=False)
    more_fragments: bool = bits(1, default=False)
    fragment_offset: u16 = bits(13, default=0)
    ttl: u8 = 64
    protocol: IpProtocol | int = bits(8, unknown="keep", default=derived)
    checksum: u16 = checksum("internet", over="version:options")
    source: IPv4Address = field(adapt=_IPV4)
    destination: IPv4Address = field(adapt=_IPV4)
    options: list[Ipv4Option] = size("ihl * 4 - 20", default_factory=list)
    payload: Ipv4Payload | None = switch(
        "protocol",
        {
            IpProtocol.ICMP: IcmpMessage,
            IpProtocol.IPV4: "Ipv4Packet",
            IpProtocol.TCP: TcpSegment,
            IpProtocol.UDP: UdpDatagram,
            IpProtocol.IPV6: "Ipv6Packet",
        },
        default=bytes,
        when="not more_fragments and fragment_offset == 0",
        size="total_length - ihl * 4",
        default_factory=NoneType,
        parameters={"addresses": "source + destination"},
    )
    fragment: bytes | None = when("more_fragments or fragment_offset > 0", size="total_length - ihl * 4", default=None)


# IPv6


class Ipv6OptionType(enum.IntEnum):
    """The options that are known here; others are numbers, whose upper two bits say what to do with the packet."""

    PAD1 = 0
    PADN = 1
    ROUTER_ALERT = 5
    JUMBO_PAYLOAD = 0xC2


class Ipv6Option(Struct, kw_only=True):
    """
    An option of a header (RFC 8200, 4.2).

    Attributes:
        length: bytes of the value; None for PAD1, which is one byte.
        value: a number for ROUTER_ALERT (RFC 2711) and JUMBO_PAYLOAD (RFC 2675), else bytes; None for PAD1.
    """

    type: Ipv6OptionType | int = bits(8, unknown="keep")
    length: u8 | None = when("type > 0", default=derived)
    value: u16 | u32 | bytes | None = switch(
        "type",
        {Ipv6OptionType.ROUTER_ALERT: u16, Ipv6OptionType.JUMBO_PAYLOAD: u32},
        default=bytes,
        when="type > 0",
        size="length",
        default_factory=NoneType,
    )


Ipv6Payload: TypeAlias = Union[
    "HopByHopOptions",
    "Ipv4Packet",
    TcpSegment,
    UdpDatagram,
    "Ipv6Packet",
    "Routing",
    "Fragment",
    "AuthenticationHeader",
    Icmpv6Message,
    "DestinationOptions",
    bytes,
]
_CARRIED = {
    IpProtocol.HOP_BY_HOP: "HopByHopOptions",
    IpProtocol.IPV4: "Ipv4Packet",
    IpProtocol.TCP: TcpSegment,
    IpProtocol.UDP: UdpDatagram,
    IpProtocol.IPV6: "Ipv6Packet",
    IpProtocol.ROUTING: "Routing",
    IpProtocol.FRAGMENT: "Fragment",
    IpProtocol.AUTHENTICATION: "AuthenticationHeader",
    IpProtocol.ICMPV6: Icmpv6Message,
    IpProtocol.DESTINATION_OPTIONS: "DestinationOptions",
}
_HANDED_DOWN = {"addresses": "addresses"}


class HopByHopOptions(Struct, kw_only=True, parameters=("addresses",)):
    """Options for each router (RFC 8200, 4.3), then what the packet carries; `length` counts words of 8 bytes, less one."""

    next_header: IpProtocol | int = bits(8, unknown="keep", default=derived)
    length: u8 = derived
    options: list[Ipv6Option] = size("length * 8 + 6", default_factory=list)
    payload: Ipv6Payload = switch("next_header", _CARRIED, default=bytes, parameters=_HANDED_DOWN)


class DestinationOptions(HopByHopOptions, parameters=("addresses",)):
    """Options for the destination (RFC 8200, 4.6)."""


class Routing(Struct, kw_only=True, parameters=("addresses",)):
    """
    Nodes to pass (RFC 8200, 4.4), then what the packet carries; `length` counts words of 8 bytes, less one.

    While `segments_left` is not 0, the checksum of what follows covers another destination than the packet's, so such
    packets are read with `verify=False`.
    """

    next_header: IpProtocol | int = bits(8, unknown="keep", default=derived)
    length: u8 = derived
    routing_type: u8
    segments_left: u8 = 0
    data: bytes = size("length * 8 + 4")
    payload: Ipv6Payload = switch("next_header", _CARRIED, default=bytes, parameters=_HANDED_DOWN)


class Fragment(Struct, kw_only=True, parameters=("addresses",)):
    """
    A part of a packet (RFC 8200, 4.5).

    Attributes:
        fragment_offset: words of 8 bytes.
        payload: what the packet carries, where the fragment is all of it, else None.
        fragment: the part that this one carries, else None.
    """

    next_header: IpProtocol | int = bits(8, unknown="keep", default=derived)
    unused: u8 = reserved(8, policy="keep")
    fragment_offset: u16 = bits(13, default=0)
    unused_2: u8 = reserved(2, policy="keep")
    more_fragments: bool = bits(1, default=False)
    identification: u32
    payload: Ipv6Payload | None = switch(
        "next_header",
        _CARRIED,
        default=bytes,
        when="not more_fragments and fragment_offset == 0",
        default_factory=NoneType,
        parameters=_HANDED_DOWN,
    )
    fragment: bytes | None = when("more_fragments or fragment_offset > 0", default=None)


class AuthenticationHeader(Struct, kw_only=True, parameters=("addresses",)):
    """What authenticates a packet (RFC 4302, 2), and what it carries; `length` counts words of 4 bytes, less two."""

    next_header: IpProtocol | int = bits(8, unknown="keep", default=derived)
    length: u8 = derived
    unused: u16 = reserved(16, policy="keep")
    security_parameters_index: u32
    sequence: u32
    integrity_check: bytes = size("length * 4 - 4")
    payload: Ipv6Payload = switch("next_header", _CARRIED, default=bytes, parameters=_HANDED_DOWN)


class Ipv6Packet(Struct, kw_only=True, byteorder="big"):
    """
    A packet (RFC 8200, 3): what it carries stands behind its extension headers, each of which has a payload of its own.

    Attributes:
        payload_length: bytes behind the header of 40 bytes.
        next_header: follows from the class of the payload, but for bytes.
    """

    version: u8 = const(6, bits=4)
    dscp: u8 = bits(6, default=0)
    ecn: u8 = bits(2, default=0)
    flow_label: u32 = bits(20, default=0)
    payload_length: u16 = derived
    next_header: IpProtocol | int = bits(8, unknown="keep", default=derived)
    hop_limit: u8 = 64
    source: Annotated[IPv6Address, _Halves] = field(adapt=_IPV6)
    destination: Annotated[IPv6Address, _Halves] = field(adapt=_IPV6)
    payload: Ipv6Payload = switch(
        "next_header",
        _CARRIED,
        default=bytes,
        size="payload_length",
        parameters={"addresses": "source.high + source.low + destination.high + destination.low"},
    )
