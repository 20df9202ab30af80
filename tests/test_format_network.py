"""
bebytes.formats.ethernet, ip, tcp, udp, icmp and icmpv6 on packets that scapy makes, and on traffic over loopback.

Scapy says what the packets hold, and puts the checksums in.
"""

import contextlib
import functools
import socket
import threading
from collections.abc import Callable, Iterator
from ipaddress import IPv4Address, IPv6Address
from typing import Any

import pytest
from format_damage import assert_survives
from scapy.layers import inet, inet6, l2

import bebytes
from bebytes import errors
from bebytes.formats import icmp, icmpv6
from bebytes.formats.ethernet import ArpOperation, ArpPacket, EthernetFrame, EtherType, ServiceTag, VlanTag
from bebytes.formats.ip import (
    AuthenticationHeader,
    DestinationOptions,
    Fragment,
    HopByHopOptions,
    IpProtocol,
    Ipv4Option,
    Ipv4OptionType,
    Ipv4Packet,
    Ipv6Option,
    Ipv6OptionType,
    Ipv6Packet,
    RouteOption,
    Routing,
)
from bebytes.formats.tcp import (
    SackBlock,
    SackPermitted,
    TcpFlags,
    TcpOption,
    TcpOptionKind,
    TcpSegment,
    Timestamps,
)
from bebytes.formats.udp import UdpDatagram

MakeCodec = Callable[..., bebytes.Codec[Any]]

SOURCE, DESTINATION = "192.0.2.1", "198.51.100.254"
SOURCE6, DESTINATION6 = "2001:db8::1", "fe80::ffff:1"
MACS = {"src": "00:1a:2b:3c:4d:5e", "dst": "ff:ff:ff:ff:ff:ff"}
ETHER: Callable[..., Any] = functools.partial(l2.Ether, src=MACS["src"], dst=MACS["dst"])
IP = functools.partial(inet.IP, src=SOURCE, dst=DESTINATION)
IPV6 = functools.partial(inet6.IPv6, src=SOURCE6, dst=DESTINATION6)
TCP = functools.partial(inet.TCP, sport=4711, dport=80)
UDP = functools.partial(inet.UDP, sport=4711, dport=7)


def both_ways(codec: bebytes.Codec[Any], packet: Any) -> Any:
    """
    What the bytes of a packet of scapy are read as; they are written again.
    """
    data = bytes(packet)
    value = codec.decode(data)
    assert codec.encode(value) == data
    return value


# ---------------------------------------------------------------------------------------------------------------------
# Ethernet
# ---------------------------------------------------------------------------------------------------------------------


def test_ethernet(codec: MakeCodec) -> None:
    frame = both_ways(codec(EthernetFrame), ETHER(type=0x88B5) / b"local")
    assert (frame.destination, frame.source) == (MACS["dst"], MACS["src"])
    assert (frame.ethertype, frame.payload, frame.trailer) == (0x88B5, b"local", b"")
    # IEEE 802.3: a length, and what it is the length of.
    frame = both_ways(codec(EthernetFrame), l2.Dot3(src=MACS["src"], dst=MACS["dst"]) / b"\x42\x42\x03")
    assert (frame.ethertype, frame.payload) == (3, b"\x42\x42\x03")


def test_arp(codec: MakeCodec) -> None:
    reply = l2.ARP(op=2, hwsrc=MACS["src"], psrc=SOURCE, hwdst="02:00:00:00:00:01", pdst=DESTINATION)
    frame = both_ways(codec(EthernetFrame), ETHER() / reply / bytes(18))
    assert frame.ethertype is EtherType.ARP
    assert frame.payload == ArpPacket(
        operation=ArpOperation.REPLY,
        sender_hardware=MACS["src"],
        sender_protocol=IPv4Address(SOURCE),
        target_hardware="02:00:00:00:00:01",
        target_protocol=IPv4Address(DESTINATION),
    )
    assert frame.trailer == bytes(18)


def test_tags(codec: MakeCodec) -> None:
    tagged = ETHER() / l2.Dot1AD(vlan=100, prio=5, dei=1) / l2.Dot1Q(vlan=4094, prio=1) / IP() / UDP() / b"abc"
    data = bytes(tagged) + bytes(7)
    frame = codec(EthernetFrame).decode(data)
    assert codec(EthernetFrame).encode(frame) == data
    assert (frame.ethertype, frame.trailer) == (EtherType.SERVICE_VLAN, bytes(7))
    outer = frame.payload
    assert type(outer) is ServiceTag
    assert (outer.priority, outer.drop_eligible, outer.vlan, outer.ethertype) == (5, True, 100, EtherType.VLAN)
    inner = outer.payload
    assert type(inner) is VlanTag
    assert (inner.priority, inner.drop_eligible, inner.vlan, inner.ethertype) == (1, False, 4094, EtherType.IPV4)
    packet = inner.payload
    assert type(packet) is Ipv4Packet
    assert type(packet.payload) is UdpDatagram
    assert packet.payload.payload == b"abc"


# ---------------------------------------------------------------------------------------------------------------------
# IPv4
# ---------------------------------------------------------------------------------------------------------------------


def test_ipv4(codec: MakeCodec) -> None:
    packet = both_ways(codec(Ipv4Packet), IP(tos=0xB9, id=0x1234, flags="DF", ttl=3, proto=253) / b"whatever")
    expected = inet.IP(codec(Ipv4Packet).encode(packet))
    assert (packet.version, packet.ihl, packet.total_length) == (4, 5, expected.len)
    assert (packet.dscp, packet.ecn) == (0xB9 >> 2, 1)
    assert (packet.identification, packet.ttl, packet.protocol) == (0x1234, 3, 253)
    assert (packet.dont_fragment, packet.more_fragments, packet.fragment_offset) == (True, False, 0)
    assert packet.checksum == expected.chksum
    assert (packet.source, packet.destination) == (IPv4Address(SOURCE), IPv4Address(DESTINATION))
    assert (packet.options, packet.payload, packet.fragment) == ([], b"whatever", None)


def test_ipv4_options(codec: MakeCodec) -> None:
    options = [
        inet.IPOption_Router_Alert(),
        inet.IPOption_NOP(),
        inet.IPOption_RR(routers=["10.0.0.1", "0.0.0.0"]),
        inet.IPOption_LSRR(routers=["10.0.0.2"]),
        inet.IPOption(b"\x5e\x03\x07"),
        inet.IPOption_EOL(),
    ]
    packet = both_ways(codec(Ipv4Packet), IP(options=options) / inet.ICMP())
    assert packet.ihl == 5 + 7
    assert packet.options[:5] == [
        Ipv4Option(type=Ipv4OptionType.ROUTER_ALERT, value=0),
        Ipv4Option(type=Ipv4OptionType.NO_OPERATION),
        Ipv4Option(
            type=Ipv4OptionType.RECORD_ROUTE, value=RouteOption(route=[IPv4Address("10.0.0.1"), IPv4Address(0)])
        ),
        Ipv4Option(type=Ipv4OptionType.LOOSE_SOURCE_ROUTE, value=RouteOption(route=[IPv4Address("10.0.0.2")])),
        Ipv4Option(type=0x5E, value=b"\x07"),
    ]
    assert {option.type for option in packet.options[5:]} == {Ipv4OptionType.END}

    packet.options = [Ipv4Option(type=Ipv4OptionType.NO_OPERATION)]
    with pytest.raises(errors.WrongType, match=r"Ipv4Packet\.ihl"):
        codec(Ipv4Packet).encode(packet)


def test_ipv4_fragments(codec: MakeCodec) -> None:
    """
    The parts of a datagram are bytes, also the first; together they are it.
    """
    whole = bytes(IP(id=7) / UDP() / bytes(range(100)))
    made: Any = inet.IP(whole)
    parts = [both_ways(codec(Ipv4Packet), part) for part in made.fragment(48)]
    assert [(p.fragment_offset, p.more_fragments, p.payload) for p in parts] == [
        (0, True, None),
        (6, True, None),
        (12, False, None),
    ]
    assert [p.protocol for p in parts] == [IpProtocol.UDP] * 3
    again = Ipv4Packet(
        identification=7,
        source=parts[0].source,
        destination=parts[0].destination,
        payload=codec(UdpDatagram, parameters={"addresses": 0}).decode(
            b"".join(p.fragment for p in parts), verify=False
        ),
    )
    assert codec(Ipv4Packet).encode(again) == whole


def test_tunnels(codec: MakeCodec) -> None:
    packet = both_ways(codec(Ipv4Packet), IP() / IPV6() / IP(ttl=1) / UDP() / b"deep")
    assert (packet.protocol, packet.payload.next_header) == (IpProtocol.IPV6, IpProtocol.IPV4)
    assert packet.payload.payload.ttl == 1
    assert packet.payload.payload.payload.payload == b"deep"


# ---------------------------------------------------------------------------------------------------------------------
# TCP, UDP, ICMP
# ---------------------------------------------------------------------------------------------------------------------

OPTIONS = [
    ("MSS", 1460),
    ("NOP", None),
    ("WScale", 7),
    ("SAckOK", b""),
    ("SAck", (1, 2**32 - 1)),
    ("Timestamp", (1000, 2**32 - 1)),
    (254, b"\xab"),
    ("EOL", None),
]


@pytest.mark.parametrize("around", [IP, IPV6], ids=["IPv4", "IPv6"])
@pytest.mark.parametrize("payload", [b"", b"GET / HTTP/1.1\r\n\r\n", b"odd"], ids=len)
def test_tcp(codec: MakeCodec, around: Callable[..., Any], payload: bytes) -> None:
    made = TCP(seq=2**32 - 1, ack=5, flags="SAPUEC", window=1000, urgptr=3, options=OPTIONS) / payload
    packet = both_ways(codec(Ipv4Packet if around is IP else Ipv6Packet), around() / made)
    segment = packet.payload
    assert (segment.source_port, segment.destination_port) == (4711, 80)
    assert (segment.sequence, segment.acknowledgment) == (2**32 - 1, 5)
    assert segment.flags == TcpFlags.SYN | TcpFlags.ACK | TcpFlags.PSH | TcpFlags.URG | TcpFlags.ECE | TcpFlags.CWR
    assert (segment.window, segment.urgent_pointer, segment.payload) == (1000, 3, payload)
    assert segment.data_offset == 5 + 9
    assert segment.options[:8] == [
        TcpOption(kind=TcpOptionKind.MAXIMUM_SEGMENT_SIZE, value=1460),
        TcpOption(kind=TcpOptionKind.NO_OPERATION),
        TcpOption(kind=TcpOptionKind.WINDOW_SCALE, value=7),
        TcpOption(value=SackPermitted()),
        TcpOption(kind=TcpOptionKind.SACK, value=[SackBlock(1, 2**32 - 1)]),
        TcpOption(value=Timestamps(1000, 2**32 - 1)),
        TcpOption(kind=254, value=b"\xab"),
        TcpOption(kind=TcpOptionKind.END),
    ]
    assert codec(TcpSegment, parameters={"addresses": 0}).encode(segment)[:16] == bytes(made)[:16]


@pytest.mark.parametrize("around", [IP, IPV6], ids=["IPv4", "IPv6"])
@pytest.mark.parametrize("payload", [b"", b"a", bytes(range(256))], ids=len)
def test_udp(codec: MakeCodec, around: Callable[..., Any], payload: bytes) -> None:
    cls: Any = Ipv4Packet if around is IP else Ipv6Packet
    packet = both_ways(codec(cls), around() / UDP() / payload)
    datagram = packet.payload
    assert type(datagram) is UdpDatagram
    assert (datagram.source_port, datagram.destination_port) == (4711, 7)
    assert (datagram.length, datagram.payload) == (8 + len(payload), payload)


def test_udp_without_checksum(codec: MakeCodec) -> None:
    """
    0 is no checksum, and one that comes to 0 is written as all ones (RFC 768), as scapy does.
    """
    packet = both_ways(codec(Ipv4Packet), IP() / UDP(chksum=0) / b"abc")
    assert packet.payload.checksum == 0
    # Data that is the checksum over zeros in its place makes the sum 0.
    zeros = bytes(IP() / UDP() / bytes(2))
    data = bytes(IP() / UDP() / zeros[26:28])
    assert data[26:28] == b"\xff\xff"
    assert both_ways(codec(Ipv4Packet), inet.IP(data)).payload.payload == zeros[26:28]


def test_checksums(codec: MakeCodec) -> None:
    """
    A bit turned over anywhere but in ports and addresses alike is found, and passed over where asked for.
    """
    data = bytes(IP() / UDP() / b"abc")
    for at, field in [(8, "checksum"), (12, "checksum"), (20, "payload.checksum"), (30, "payload.checksum")]:
        wrong = bytearray(data)
        wrong[at] ^= 0x10
        with pytest.raises(errors.ChecksumMismatch) as caught:
            codec(Ipv4Packet).decode(bytes(wrong))
        assert ".".join(map(str, caught.value.path)) == field
        assert codec(Ipv4Packet).decode(bytes(wrong), verify=False).payload is not None
    data = bytes(IPV6() / TCP() / b"abc")
    wrong = bytearray(data)
    wrong[-1] ^= 1
    with pytest.raises(errors.ChecksumMismatch, match=r"Ipv6Packet\.payload\.checksum"):
        codec(Ipv6Packet).decode(bytes(wrong))
    # Read without a look at the checksum, the packet is written with the right one.
    packet = codec(Ipv6Packet).decode(bytes(wrong), verify=False)
    assert codec(Ipv6Packet).decode(codec(Ipv6Packet).encode(packet)) == packet


def test_icmp(codec: MakeCodec) -> None:
    messages = codec(icmp.IcmpMessage)
    message = both_ways(messages, inet.ICMP(type=8, id=7, seq=9) / b"data")
    assert (message.type, message.code) == (icmp.IcmpType.ECHO_REQUEST, 0)
    assert message.body == icmp.EchoRequest(identifier=7, sequence=9, data=b"data")
    message = both_ways(messages, inet.ICMP(type=0, id=7, seq=9) / b"data")
    assert message.body == icmp.EchoReply(identifier=7, sequence=9, data=b"data")
    message = both_ways(messages, inet.ICMP(type=3, code=4, nexthopmtu=1400) / b"E...")
    assert (message.code, message.body.next_hop_mtu, message.body.packet) == (4, 1400, b"E...")
    message = both_ways(messages, inet.ICMP(type=5, code=1, gw="10.0.0.1") / b"E...")
    assert message.body == icmp.Redirect(gateway=IPv4Address("10.0.0.1"), packet=b"E...")
    message = both_ways(messages, inet.ICMP(type=11) / b"E...")
    assert message.body == icmp.TimeExceeded(packet=b"E...")
    message = both_ways(messages, inet.ICMP(type=12, ptr=20) / b"E...")
    assert message.body == icmp.ParameterProblem(pointer=20, packet=b"E...")
    for kind, cls in [(13, icmp.TimestampRequest), (14, icmp.TimestampReply)]:
        message = both_ways(messages, inet.ICMP(type=kind, id=1, seq=2, ts_ori=3, ts_rx=4, ts_tx=5))
        assert message.body == cls(identifier=1, sequence=2, originate=3, receive=4, transmit=5)
    message = both_ways(messages, inet.ICMP(type=40) / b"other")
    assert (message.type, message.body[-5:]) == (40, b"other")
    with pytest.raises(errors.ChecksumMismatch, match=r"IcmpMessage\.checksum"):
        messages.decode(b"\x08\0\0\0\0\0\0\0")


# ---------------------------------------------------------------------------------------------------------------------
# IPv6
# ---------------------------------------------------------------------------------------------------------------------


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


# ---------------------------------------------------------------------------------------------------------------------
# Traffic, and what is none
# ---------------------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def captured() -> Iterator[list[bytes]]:
    """
    The frames of loopback while the context lasts.
    """
    if not hasattr(socket, "AF_PACKET"):
        pytest.skip("packet sockets are a thing of Linux")
    try:
        raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    except PermissionError:
        pytest.skip("packet sockets need privileges (CAP_NET_RAW)")
    frames: list[bytes] = []
    with raw:
        raw.bind(("lo", 0))
        raw.settimeout(0.2)
        yield frames
        with contextlib.suppress(TimeoutError):
            while len(frames) < 1000:
                frames.append(raw.recv(65535))


def talk(family: int, host: str) -> tuple[int, int]:
    """
    Send something by TCP and by UDP; the ports that listen.
    """
    with socket.create_server((host, 0), family=family) as server:
        server.settimeout(10)

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.sendall(connection.recv(100)[::-1])

        thread = threading.Thread(target=serve)
        thread.start()
        with socket.create_connection(server.getsockname()[:2], timeout=10) as client:
            client.sendall(b"over TCP")
            assert client.recv(100) == b"PCT revo"
        thread.join()
        tcp: int = server.getsockname()[1]
    with socket.socket(family, socket.SOCK_DGRAM) as receiver, socket.socket(family, socket.SOCK_DGRAM) as sender:
        receiver.bind((host, 0))
        receiver.settimeout(10)
        sender.sendto(b"over UDP", receiver.getsockname())
        receiver.recv(100)
        udp: int = receiver.getsockname()[1]
    return tcp, udp


@pytest.mark.parametrize(
    ("family", "host", "cls"),
    [(socket.AF_INET, "127.0.0.1", Ipv4Packet), (socket.AF_INET6, "::1", Ipv6Packet)],
    ids=["IPv4", "IPv6"],
)
def test_loopback(codec: MakeCodec, family: int, host: str, cls: Any) -> None:
    """
    Frames of a connection and a datagram, as the kernel makes them, without the checksums that a card would put in.
    """
    try:
        with socket.socket(family, socket.SOCK_STREAM) as trial:
            trial.bind((host, 0))
    except OSError:
        pytest.skip(f"there is no {host}")
    with captured() as frames:
        tcp, udp = talk(family, host)
    segments, datagrams = [], []
    for data in frames:
        frame = codec(EthernetFrame).decode(data, verify=False)
        packet = frame.payload
        if type(packet) is not cls:
            continue
        if type(packet.payload) is TcpSegment and tcp in (packet.payload.source_port, packet.payload.destination_port):
            segments.append(packet.payload)
        elif type(packet.payload) is UdpDatagram and udp == packet.payload.destination_port:
            datagrams.append(packet.payload)
        else:
            continue
        # The same bytes but for the checksum, which is right now.
        again = codec(EthernetFrame).encode(frame)
        assert codec(EthernetFrame).decode(again) == frame
        differing = [i for i, (one, other) in enumerate(zip(data, again, strict=True)) if one != other]
        start = 14 + (packet.ihl * 4 if cls is Ipv4Packet else 40) + (16 if type(packet.payload) is TcpSegment else 6)
        assert set(differing) <= {start, start + 1}
    # Each frame of loopback is seen when it is sent and when it arrives.
    assert {d.payload for d in datagrams} == {b"over UDP"}
    assert {s.payload for s in segments} == {b"", b"over TCP", b"PCT revo"}
    syn = next(s for s in segments if s.flags == TcpFlags.SYN)
    kinds = {option.kind for option in syn.options}
    assert TcpOptionKind.MAXIMUM_SEGMENT_SIZE in kinds
    assert all(s.window or s.flags & TcpFlags.RST for s in segments)


DAMAGED = {
    "tcp": (EthernetFrame, ETHER() / IP() / TCP(options=OPTIONS[:4]) / b"a"),
    "udp": (EthernetFrame, ETHER() / l2.Dot1Q(vlan=1) / IPV6() / inet6.IPv6ExtHdrDestOpt() / UDP() / b"a"),
    "icmp": (Ipv4Packet, IP(options=[inet.IPOption_RR(routers=["10.0.0.1"])]) / inet.ICMP()),
    "icmpv6": (Ipv6Packet, IPV6() / inet6.ICMPv6ND_NS() / inet6.ICMPv6NDOptSrcLLAddr(lladdr=MACS["src"])),
    "arp": (EthernetFrame, ETHER() / l2.ARP(hwsrc=MACS["src"], psrc=SOURCE)),
    "fragment": (Ipv6Packet, IPV6() / inet6.IPv6ExtHdrFragment(id=1, m=1, nh=17) / bytes(16)),
}


@pytest.mark.parametrize("name", DAMAGED)
@pytest.mark.parametrize("verify", [True, False], ids=["verified", "unverified"])
def test_damage(codec: MakeCodec, name: str, verify: bool) -> None:
    cls, packet = DAMAGED[name]
    made = codec(cls)
    data = bytes(packet)
    if verify:
        assert assert_survives(made, data) > len(data) // 2
    else:
        assert_survives(made, data, verify=False)
