"""
bebytes.formats.ethernet, ip, tcp, udp, icmp and icmpv6 on packets that scapy makes, and on traffic over loopback.

Scapy says what the packets hold, and puts the checksums in.
"""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from ipaddress import IPv4Address
from typing import Any

import pytest
from format_damage import assert_survives
from scapy.layers import inet, inet6, l2
from scapy_packets import (
    DESTINATION,
    ETHER,
    IP,
    IPV6,
    MACS,
    SOURCE,
    TCP,
    UDP,
    MakeCodec,
    both_ways,
)

from bebytes import errors
from bebytes.formats import icmp
from bebytes.formats.ethernet import ArpOperation, ArpPacket, EthernetFrame, EtherType, ServiceTag, VlanTag
from bebytes.formats.ip import (
    IpProtocol,
    Ipv4Option,
    Ipv4OptionType,
    Ipv4Packet,
    Ipv6Packet,
    RouteOption,
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
