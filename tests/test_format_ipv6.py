"""
bebytes.formats.ip and icmpv6 on packets of IPv6 that scapy makes.

Scapy says what the packets hold, and puts the checksums in.
"""

from ipaddress import IPv6Address
from typing import Any

from scapy.layers import inet6
from scapy_packets import (
    DESTINATION6,
    IPV6,
    MACS,
    SOURCE6,
    UDP,
    MakeCodec,
    both_ways,
)

from bebytes.formats import icmpv6
from bebytes.formats.ip import (
    AuthenticationHeader,
    DestinationOptions,
    Fragment,
    HopByHopOptions,
    IpProtocol,
    Ipv6Option,
    Ipv6OptionType,
    Ipv6Packet,
    Routing,
)
from bebytes.formats.udp import UdpDatagram


def test_ipv6(codec: MakeCodec) -> None:
    packet = both_ways(codec(Ipv6Packet), IPV6(tc=0xB9, fl=0xABCDE, hlim=3, nh=59) / b"nothing")
    assert (packet.version, packet.dscp, packet.ecn, packet.flow_label) == (6, 0xB9 >> 2, 1, 0xABCDE)
    assert (packet.payload_length, packet.next_header) == (7, IpProtocol.NO_NEXT_HEADER)
    assert (packet.hop_limit, packet.payload) == (3, b"nothing")
    assert (packet.source, packet.destination) == (IPv6Address(SOURCE6), IPv6Address(DESTINATION6))


def test_extension_headers(codec: MakeCodec) -> None:
    """
    Each header has the next one as its payload, and the checksum at the end covers the packet's addresses.
    """
    packet = both_ways(
        codec(Ipv6Packet),
        IPV6()
        / inet6.IPv6ExtHdrHopByHop(options=[inet6.RouterAlert(value=2), inet6.HBHOptUnknown(otype=30, optdata=b"xy")])
        / inet6.IPv6ExtHdrRouting(type=2, addresses=[DESTINATION6], segleft=0)
        / inet6.IPv6ExtHdrFragment(id=99)
        / inet6.IPv6ExtHdrDestOpt(options=[inet6.Pad1(), inet6.PadN(optdata=bytes(3))])
        / UDP()
        / b"abc",
    )
    hop_by_hop = packet.payload
    assert (packet.next_header, type(hop_by_hop)) == (IpProtocol.HOP_BY_HOP, HopByHopOptions)
    assert hop_by_hop.options[:2] == [
        Ipv6Option(type=Ipv6OptionType.ROUTER_ALERT, value=2),
        Ipv6Option(type=30, value=b"xy"),
    ]
    routing = hop_by_hop.payload
    assert (type(routing), routing.routing_type, routing.segments_left, routing.length) == (Routing, 2, 0, 2)
    assert routing.data == bytes(4) + IPv6Address(DESTINATION6).packed
    fragment = routing.payload
    assert (type(fragment), fragment.identification, fragment.fragment) == (Fragment, 99, None)
    options = fragment.payload
    assert (type(options), options.next_header) == (DestinationOptions, IpProtocol.UDP)
    assert options.options[:2] == [
        Ipv6Option(type=Ipv6OptionType.PAD1),
        Ipv6Option(type=Ipv6OptionType.PADN, value=bytes(3)),
    ]
    assert options.payload.payload == b"abc"


def test_ipv6_fragments(codec: MakeCodec) -> None:
    packet = both_ways(codec(Ipv6Packet), IPV6() / inet6.IPv6ExtHdrFragment(id=1, m=1, nh=17) / bytes(16))
    first = packet.payload
    assert (first.next_header, first.more_fragments, first.payload, first.fragment) == (17, True, None, bytes(16))
    packet = both_ways(codec(Ipv6Packet), IPV6() / inet6.IPv6ExtHdrFragment(id=1, offset=2, nh=17) / b"end")
    assert (packet.payload.fragment_offset, packet.payload.fragment) == (2, b"end")


def test_authentication_header(codec: MakeCodec) -> None:
    """
    Its length counts otherwise (RFC 4302, 2.2).
    """
    packet = Ipv6Packet(
        source=IPv6Address(SOURCE6),
        destination=IPv6Address(DESTINATION6),
        payload=AuthenticationHeader(
            security_parameters_index=256,
            sequence=1,
            integrity_check=bytes(12),
            payload=UdpDatagram(source_port=1, destination_port=2),
        ),
    )
    data = codec(Ipv6Packet).encode(packet)
    # RFC 4302, 2: the next header, words of 4 bytes less two, two bytes, index, sequence and 12 bytes.
    assert data[40:64] == bytes([17, 4, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, *bytes(12)])
    assert data[6] == 51
    assert codec(Ipv6Packet).decode(data) == packet


def test_icmpv6(codec: MakeCodec) -> None:
    packets = codec(Ipv6Packet)
    message = both_ways(packets, IPV6() / inet6.ICMPv6EchoRequest(id=7, seq=9, data=b"data")).payload
    assert message.body == icmpv6.EchoRequest(identifier=7, sequence=9, data=b"data")
    message = both_ways(packets, IPV6() / inet6.ICMPv6EchoReply(id=7, seq=9, data=b"data")).payload
    assert message.body == icmpv6.EchoReply(identifier=7, sequence=9, data=b"data")
    message = both_ways(packets, IPV6() / inet6.ICMPv6PacketTooBig(mtu=1280) / IPV6()).payload
    assert (message.type, message.body.mtu) == (icmpv6.Icmpv6Type.PACKET_TOO_BIG, 1280)
    cases: list[tuple[Any, Any]] = [
        (inet6.ICMPv6DestUnreach(code=4), icmpv6.DestinationUnreachable),
        (inet6.ICMPv6TimeExceeded(), icmpv6.TimeExceeded),
        (inet6.ICMPv6ParamProblem(ptr=40), icmpv6.ParameterProblem),
    ]
    for made, cls in cases:
        message = both_ways(packets, IPV6() / made / IPV6(hlim=1)).payload
        assert type(message.body) is cls
        assert message.body.packet == bytes(IPV6(hlim=1))
    assert message.body.pointer == 40


def test_neighbor_discovery(codec: MakeCodec) -> None:
    packets = codec(Ipv6Packet)
    source = inet6.ICMPv6NDOptSrcLLAddr(lladdr=MACS["src"])
    target = inet6.ICMPv6NDOptDstLLAddr(lladdr=MACS["src"])
    in_bytes = bytes.fromhex(MACS["src"].replace(":", ""))
    message = both_ways(packets, IPV6() / inet6.ICMPv6ND_NS(tgt=DESTINATION6) / source).payload
    assert message.body == icmpv6.NeighborSolicitation(
        target=IPv6Address(DESTINATION6),
        options=[icmpv6.NeighborOption(value=icmpv6.SourceLinkLayerAddress(in_bytes))],
    )
    message = both_ways(packets, IPV6() / inet6.ICMPv6ND_NA(R=0, S=1, O=1, tgt=DESTINATION6) / target).payload
    assert message.body == icmpv6.NeighborAdvertisement(
        solicited=True,
        override=True,
        target=IPv6Address(DESTINATION6),
        options=[icmpv6.NeighborOption(value=icmpv6.TargetLinkLayerAddress(in_bytes))],
    )
    message = both_ways(packets, IPV6() / inet6.ICMPv6ND_RS() / source).payload
    assert message.body.options[0].length == 1
    redirect = inet6.ICMPv6ND_Redirect(tgt=DESTINATION6, dst=SOURCE6)
    message = both_ways(packets, IPV6() / redirect).payload
    assert (message.body.target, message.body.destination) == (IPv6Address(DESTINATION6), IPv6Address(SOURCE6))


def test_router_advertisement(codec: MakeCodec) -> None:
    made = (
        inet6.ICMPv6ND_RA(chlim=64, M=1, O=0, H=1, prf=3, routerlifetime=1800, reachabletime=4, retranstimer=5)
        / inet6.ICMPv6NDOptMTU(mtu=1500)
        / inet6.ICMPv6NDOptPrefixInfo(prefix="2001:db8::", prefixlen=64, L=1, A=0, validlifetime=6, preferredlifetime=7)
        / inet6.ICMPv6NDOptRDNSS(dns=[SOURCE6, DESTINATION6], lifetime=8)
        / inet6.ICMPv6NDOptUnknown(type=99, len=1, data=b"abcdef")
    )
    message = both_ways(codec(Ipv6Packet), IPV6() / made).payload
    assert message.body == icmpv6.RouterAdvertisement(
        hop_limit=64,
        managed=True,
        home_agent=True,
        preference=3,
        router_lifetime=1800,
        reachable_time=4,
        retransmit_timer=5,
        options=[
            icmpv6.NeighborOption(value=icmpv6.LinkMtu(mtu=1500)),
            icmpv6.NeighborOption(
                value=icmpv6.PrefixInformation(
                    prefix_length=64,
                    autonomous=False,
                    valid_lifetime=6,
                    preferred_lifetime=7,
                    prefix=IPv6Address("2001:db8::"),
                )
            ),
            icmpv6.NeighborOption(
                value=icmpv6.RecursiveDnsServers(lifetime=8, servers=[IPv6Address(SOURCE6), IPv6Address(DESTINATION6)])
            ),
            icmpv6.NeighborOption(type=99, value=b"abcdef"),
        ],
    )
