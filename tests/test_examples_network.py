"""
examples/network.py on messages sent over loopback; dnspython says what they hold, the kernel whether packets are good.
"""

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from types import ModuleType

import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype
import dns.rrset
import pytest
from examples_loading import example

WWW = "www.example.test."


@pytest.fixture
def network(backend: str) -> Iterator[ModuleType]:
    """
    The example, once on each backend.
    """
    with example("network", backend) as module:
        yield module


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    """
    Two UDP sockets on loopback.
    """
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) for _ in range(2)]
        for end in sockets:
            end.bind(("127.0.0.1", 0))
            end.settimeout(10)
        yield sockets[0], sockets[1]


# ---------------------------------------------------------------------------------------------------------------------
# DNS
# ---------------------------------------------------------------------------------------------------------------------

Response = dns.message.QueryMessage


def response(name: str, record_type: str) -> Response:
    """
    An empty response of dnspython.
    """
    made = dns.message.make_response(dns.message.make_query(name, record_type, id=4711))
    assert isinstance(made, Response)
    return made


def addresses() -> Response:
    """Two addresses: the name once, and twice a pointer to it."""
    made = response(WWW, "A")
    made.flags |= dns.flags.AA | dns.flags.RA
    made.answer.append(dns.rrset.from_text(WWW, 300, "IN", "A", "192.0.2.80", "192.0.2.81"))
    return made


def aliases() -> Response:
    """A chain of aliases that ends in an address of version 6; names in the data are compressed too."""
    made = response(WWW, "AAAA")
    made.flags |= dns.flags.AD
    made.answer.append(dns.rrset.from_text(WWW, 60, "IN", "CNAME", "web.example.test."))
    made.answer.append(dns.rrset.from_text("web.example.test.", 60, "IN", "CNAME", "host.other.test."))
    made.answer.append(dns.rrset.from_text("host.other.test.", 60, "IN", "AAAA", "2001:db8::80"))
    return made


def mail() -> Response:
    """Mail servers with their addresses, to which names in the data before have led."""
    made = response("example.test.", "MX")
    made.flags |= dns.flags.CD
    made.answer.append(
        dns.rrset.from_text("example.test.", 1, "IN", "MX", "10 a.mx.example.test.", "20 b.example.test.")
    )
    made.authority.append(dns.rrset.from_text("test.", 2**31 - 1, "IN", "NS", "ns.example.test."))
    made.additional.append(dns.rrset.from_text("a.mx.example.test.", 0, "IN", "A", "192.0.2.1"))
    made.additional.append(dns.rrset.from_text("ns.example.test.", 0, "IN", "A", "192.0.2.2"))
    return made


def reverse() -> Response:
    """The name of an address, in letters of both cases."""
    made = response("80.2.0.192.IN-ADDR.arpa.", "PTR")
    made.answer.append(dns.rrset.from_text("80.2.0.192.IN-ADDR.arpa.", 5, "IN", "PTR", WWW))
    return made


def texts() -> Response:
    """Texts of several pieces, one of them empty, one as long as can be."""
    made = response(WWW, "TXT")
    made.answer.append(dns.rrset.from_text(WWW, 5, "IN", "TXT", f'"v=1" "" "{"x" * 255}"'))
    return made


def refusal() -> Response:
    """No such name: the zone's authority, and an EDNS record, whose name is the root."""
    made = response("none.example.test.", "A")
    made.use_edns(0, payload=1232)
    made.flags |= dns.flags.TC
    made.set_rcode(dns.rcode.NXDOMAIN)
    soa = "ns.example.test. admin.example.test. 1 2 3 4 5"
    made.authority.append(dns.rrset.from_text("example.test.", 5, "IN", "SOA", soa))
    return made


RESPONSES: list[Callable[[], Response]] = [addresses, aliases, mail, reverse, texts, refusal]


def assert_same_message(network: ModuleType, data: bytes) -> None:
    """
    A message has the header, names and data that dnspython reads, and encodes to the same bytes.
    """
    message, expected = network.read_message(data), dns.message.from_wire(data, one_rr_per_rrset=True)
    flags = message.flags

    assert message.id == expected.id
    assert int.from_bytes(flags.to_be_bytes(), "big") == int(expected.flags) | expected.rcode()
    assert (flags.opcode, flags.code) == (expected.opcode(), expected.rcode())
    assert flags.response == bool(expected.flags & dns.flags.QR)
    assert flags.authoritative == bool(expected.flags & dns.flags.AA)
    assert flags.truncated == bool(expected.flags & dns.flags.TC)
    assert flags.recursion_desired == bool(expected.flags & dns.flags.RD)
    assert flags.recursion_available == bool(expected.flags & dns.flags.RA)
    assert flags.authentic_data == bool(expected.flags & dns.flags.AD)
    assert flags.checking_disabled == bool(expected.flags & dns.flags.CD)
    assert [(*question.name, b"") for question in message.questions] == [
        rrset.name.labels for rrset in expected.question
    ]
    assert [q.record_type for q in message.questions] == [rrset.rdtype for rrset in expected.question]
    ours = [message.answers, message.authorities, message.additionals]
    theirs = [expected.answer, expected.authority, expected.additional]
    for section, rrsets in zip(ours, theirs, strict=True):
        # dnspython keeps EDNS apart from the records.
        records = [record for record in section if record.record_type != dns.rdatatype.OPT]
        assert len(records) == len(rrsets)
        for record, rrset in zip(records, rrsets, strict=True):
            assert (*record.name, b"") == rrset.name.labels
            assert (record.record_type, record.record_class, record.ttl) == (rrset.rdtype, rrset.rdclass, rrset.ttl)
            if record.record_type != dns.rdatatype.SOA:
                assert network.text_of_data(record) == rrset[0].to_text()
    assert network.write_message(message) == data


@pytest.mark.parametrize("make", RESPONSES, ids=lambda make: make.__name__)
def test_query_and_response(
    network: ModuleType, ends: tuple[socket.socket, socket.socket], make: Callable[[], Response]
) -> None:
    """
    Over loopback: dnspython reads the query and answers, and we read the answer.
    """
    client, server = ends
    made = make()
    question = made.question[0]
    query = network.query(question.name.to_text(), made.id, question.rdtype)

    client.sendto(query, server.getsockname())
    asked, sender = server.recvfrom(4096)
    assert asked == dns.message.make_query(question.name, question.rdtype, id=made.id).to_wire()
    assert_same_message(network, asked)

    server.sendto(made.to_wire(), sender)
    assert_same_message(network, client.recv(4096))


@pytest.mark.parametrize(
    ("name", "code", "expected"),
    [
        (WWW, "NOERROR", ["192.0.2.80", "192.0.2.81"]),
        ("MAIL.example.TEST.", "NOERROR", ["192.0.2.25"]),
        ("none.test.", "NXDOMAIN", []),
    ],
)
def test_server(
    network: ModuleType, ends: tuple[socket.socket, socket.socket], name: str, code: str, expected: list[str]
) -> None:
    """
    Over loopback the other way: the client of dnspython, which checks what it gets, asks our server.
    """
    client, server = ends

    def serve() -> None:
        data, sender = server.recvfrom(4096)
        server.sendto(network.answer(data), sender)

    thread = threading.Thread(target=serve)
    thread.start()
    host, port = server.getsockname()
    answer = dns.query.udp(dns.message.make_query(name, "A"), host, timeout=10, port=port, sock=client)
    thread.join()

    assert dns.rcode.to_text(answer.rcode()) == code
    assert [address.to_text() for rrset in answer.answer for address in rrset] == expected
    assert answer.flags & dns.flags.AA


def test_compression(network: ModuleType) -> None:
    """
    Names are found again whatever their case, as dnspython finds them.
    """
    owner, target = "WWW.Example.test.", "web.EXAMPLE.Test."
    expected = response(WWW, "CNAME")
    expected.answer.append(dns.rrset.from_text(owner, 60, "IN", "CNAME", target))
    question = network.Question(network.name_from_text(WWW), network.RecordType.CNAME)
    record = network.Record(
        network.name_from_text(owner), network.RecordType.CNAME, 1, 60, target=network.name_from_text(target)
    )
    flags = network.Flags(response=True, recursion_desired=True)

    assert network.write_message(network.Message(4711, flags, [question], [record])) == expected.to_wire()


def test_names(network: ModuleType) -> None:
    """
    Pointers that do not lead backwards, names cut short and labels too long are errors.
    """
    assert network.read_name(b"\x03www\x00", 0) == ((b"www",), 5)
    assert network.read_name(b"\x04test\x00\x03www\xc0\x00.", 6) == ((b"www", b"test"), 12)
    assert network.name_from_text(".") == ()
    assert network.text_of(()) == "."
    for loop in (b"\xc0\x00", b"\x03www\xc0\x00", b"\xc0\x02\x00"):
        with pytest.raises(ValueError, match="does not lead backwards"):
            network.read_name(loop, 0)
    with pytest.raises(network.bebytes.errors.InsufficientData, match=r"Label\.text: needs 5 bytes, 2 left"):
        network.read_name(b"\x05ww", 0)
    with pytest.raises(network.bebytes.errors.InvalidDiscriminant, match=r"Label\.kind: 1 is no valid LabelKind"):
        network.read_name(b"\x40", 0)
    with pytest.raises(network.bebytes.errors.OutOfRange, match=r"Label\.length: 64 does not fit, 0 to 63 does"):
        network.query("x" * 64, id=1)


# ---------------------------------------------------------------------------------------------------------------------
# IPv4 and UDP
# ---------------------------------------------------------------------------------------------------------------------


EXPEDITED = 46  # a class of service (RFC 3246)


def on_the_wire(network: ModuleType, sender: socket.socket, receiver: socket.socket, data: bytes) -> bytes:
    """
    Send a datagram; give the packet as the kernel made it where raw sockets are allowed, else as the example makes it.
    """
    source, destination = sender.getsockname(), receiver.getsockname()
    sender.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, EXPEDITED << 2)
    try:
        raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_UDP)
    except PermissionError:
        sender.sendto(data, destination)
        made = network.udp_packet(source, destination, data)
        made.dscp, made.checksum = EXPEDITED, 0
        made.checksum = network.internet_checksum(network.header_of(made))
        packet: bytes = made.to_be_bytes()
        return packet
    with raw:
        raw.settimeout(10)
        raw.bind(destination)
        sender.sendto(data, destination)
        ports = struct.pack("!HH", source[1], destination[1])
        while True:
            packet = raw.recv(65535)
            if packet[20:24] == ports:
                return packet


def test_packet(network: ModuleType, ends: tuple[socket.socket, socket.socket]) -> None:
    """
    A packet that carries a DNS message over loopback: IPv4, UDP and DNS against other readers, and encoded again.
    """
    client, server = ends
    sent = addresses().to_wire()
    data = on_the_wire(network, client, server, sent)
    assert server.recv(4096) == sent

    packet = network.IPv4Packet.from_be_bytes(data)
    word, tos, length, identification, fragment, ttl, protocol, checksum, source, destination = struct.unpack(
        "!BBHHHBBH4s4s", data[:20]
    )
    assert (packet.version, packet.ihl) == (word >> 4, word & 15) == (4, 5)
    assert (packet.dscp, packet.ecn) == (tos >> 2, tos & 3) == (EXPEDITED, 0)
    assert packet.total_length == length == len(data)
    assert packet.identification == identification
    assert (packet.flags, packet.fragment_offset) == (fragment >> 13, fragment & 0x1FFF)
    assert (packet.ttl, packet.protocol, packet.checksum) == (ttl, protocol, checksum)
    assert (packet.source, packet.destination) == (source, destination) == (socket.inet_aton("127.0.0.1"),) * 2
    assert network.internet_checksum(network.header_of(packet)) == 0
    assert packet.to_be_bytes() == data

    datagram = network.UDPDatagram.from_be_bytes(packet.payload)
    ports = (client.getsockname()[1], server.getsockname()[1])
    assert (datagram.source_port, datagram.destination_port, datagram.length) == (*ports, 8 + len(sent))
    assert datagram.to_be_bytes() == packet.payload
    assert datagram.data == sent
    assert_same_message(network, datagram.data)


def test_kernel_takes_packet(network: ModuleType, ends: tuple[socket.socket, socket.socket]) -> None:
    """
    The kernel delivers a packet made here and drops one with a wrong checksum; without raw sockets we check the sums.
    """
    client, server = ends
    source, destination = client.getsockname(), server.getsockname()
    sent = network.query(WWW, id=1)
    good = network.udp_packet(source, destination, sent)
    datagram = network.UDPDatagram.from_be_bytes(good.payload)
    datagram.checksum ^= 0x5555
    bad = network.bebytes.replace(good, payload=datagram.to_be_bytes())

    assert network.internet_checksum(network.header_of(good)) == 0
    assert network.udp_checksum(good, network.UDPDatagram.from_be_bytes(good.payload)) == 0xFFFF
    assert network.udp_checksum(bad, datagram) != 0xFFFF
    try:
        raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    except PermissionError:
        return
    with raw:
        raw.sendto(bad.to_be_bytes(), ("127.0.0.1", 0))
        raw.sendto(good.to_be_bytes(), ("127.0.0.1", 0))
    assert server.recvfrom(4096) == (sent, source)
    assert_same_message(network, sent)


def test_derived_lengths(network: ModuleType) -> None:
    """
    The header's length follows its options, the packet's both; neither can be made by options of odd length.
    """
    packet = network.IPv4Packet(source=bytes(4), destination=bytes(4), payload=b"data")
    assert (packet.ihl, packet.total_length) == (5, 24)
    packet.options = bytes.fromhex("0707040000000000")
    assert (packet.ihl, packet.total_length) == (7, 32)
    assert packet.to_be_bytes()[:4].hex() == "47000020"
    assert network.IPv4Packet.from_be_bytes(packet.to_be_bytes()) == packet

    packet.options = b"odd"
    with pytest.raises(network.bebytes.errors.WrongType, match=r"IPv4Packet\.ihl"):
        packet.to_be_bytes()
    with pytest.raises(network.bebytes.errors.InvalidSize, match=r"IPv4Packet\.options: its length comes to -4"):
        network.IPv4Packet.from_be_bytes(b"\x44" + bytes(19))


def test_checksum(network: ModuleType) -> None:
    """
    The example of RFC 1071, and a header from a textbook.
    """
    assert network.internet_checksum(bytes.fromhex("0001f203f4f5f6f7")) == 0xFFFF - 0xDDF2
    header = bytes.fromhex("45000073000040004011b861c0a80001c0a800c7")
    assert network.internet_checksum(header) == 0
    packet, consumed = network.IPv4Packet.try_from_be_bytes(header + bytes(95))
    packet.checksum = 0
    assert consumed == 0x73
    assert network.internet_checksum(network.header_of(packet)) == 0xB861


def test_program(network: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    """
    The program asks itself over loopback and prints the answer.
    """
    network.main([])
    found = capsys.readouterr().out
    network.main(["none.test"])
    missing = capsys.readouterr().out

    assert "asked for www.example.test in 34 bytes, answered in 66: NO_ERROR" in found
    assert "  www.example.test. 300 A 192.0.2.81" in found
    assert "answered in 27: NAME_ERROR" in missing
