"""
IPv4 (RFC 791), UDP (RFC 768) and DNS (RFC 1035): a name asked for and answered over the loopback interface.

    python examples/network.py                    # asks for www.example.test
    python examples/network.py mail.example.test  # another name; the zone is `ZONE` below

No length is ever typed: those of IPv4, of UDP, of labels and of records come from the data.
A name in DNS may go on elsewhere in the message, so two functions read and write them, label by label.
"""

import argparse
import enum
import ipaddress
import itertools
import socket
import struct
from dataclasses import dataclass, field

from bebytes import Struct, bits, decode_many, derived, size, u8, u16, u32

# ---------------------------------------------------------------------------------------------------------------------
# IPv4 and UDP
# ---------------------------------------------------------------------------------------------------------------------

UDP = 17


class Fragmentation(enum.IntFlag):
    """The flags of an IPv4 header."""

    MORE_FRAGMENTS = 1
    DONT_FRAGMENT = 2
    RESERVED = 4


class IPv4Packet(Struct, kw_only=True):
    """A packet: its header (RFC 791, 3.1) and what it carries."""

    version: u8 = bits(4, default=4)
    ihl: u8 = bits(4, default=derived)  # the header in words of 4 bytes: from `options`
    dscp: u8 = bits(6, default=0)
    ecn: u8 = bits(2, default=0)
    total_length: u16 = derived  # from `payload`
    identification: u16 = 0
    flags: Fragmentation = bits(3, default=Fragmentation(0))
    fragment_offset: u16 = bits(13, default=0)
    ttl: u8 = 64
    protocol: u8 = UDP
    checksum: u16 = 0
    source: bytes = size(4)
    destination: bytes = size(4)
    options: bytes = size("ihl * 4 - 20", default=b"")
    payload: bytes = size("total_length - ihl * 4")


class UDPDatagram(Struct, kw_only=True):
    """A datagram: its header and its data."""

    source_port: u16
    destination_port: u16
    length: u16 = derived
    checksum: u16 = 0
    data: bytes = size("length - 8")


class PseudoHeader(Struct, kw_only=True):
    """What the checksum of UDP covers besides the datagram (RFC 768)."""

    source: bytes = size(4)
    destination: bytes = size(4)
    zero: u8 = 0
    protocol: u8 = UDP
    length: u16


def internet_checksum(data: bytes) -> int:
    """The complement of the sum of 16-bit words in ones' complement (RFC 1071); 0 over data that hold their own."""
    data += b"\0" * (len(data) % 2)
    total: int = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF


def header_of(packet: IPv4Packet) -> bytes:
    """The bytes of a packet's header."""
    return packet.to_be_bytes()[: packet.ihl * 4]


def udp_checksum(packet: IPv4Packet, datagram: UDPDatagram) -> int:
    """The checksum over a datagram and the pseudo-header; a sum of 0 is written as its complement."""
    pseudo = PseudoHeader(source=packet.source, destination=packet.destination, length=datagram.length)
    return internet_checksum(pseudo.to_be_bytes() + datagram.to_be_bytes()) or 0xFFFF


def udp_packet(source: tuple[str, int], destination: tuple[str, int], data: bytes) -> IPv4Packet:
    """A packet that carries `data` from one address and port to another, with both checksums."""
    datagram = UDPDatagram(source_port=source[1], destination_port=destination[1], data=data)
    packet = IPv4Packet(
        source=socket.inet_aton(source[0]), destination=socket.inet_aton(destination[0]), payload=datagram.to_be_bytes()
    )
    datagram.checksum = udp_checksum(packet, datagram)
    packet.payload = datagram.to_be_bytes()
    packet.checksum = internet_checksum(header_of(packet))
    return packet


# ---------------------------------------------------------------------------------------------------------------------
# DNS
# ---------------------------------------------------------------------------------------------------------------------

Name = tuple[bytes, ...]


class Opcode(enum.IntEnum):
    """What a message asks for."""

    QUERY = 0
    IQUERY = 1
    STATUS = 2
    NOTIFY = 4
    UPDATE = 5


class ResponseCode(enum.IntEnum):
    """How it went."""

    NO_ERROR = 0
    FORMAT_ERROR = 1
    SERVER_FAILURE = 2
    NAME_ERROR = 3
    NOT_IMPLEMENTED = 4
    REFUSED = 5
    NAME_EXISTS = 6
    RECORDS_EXIST = 7
    RECORDS_MISSING = 8
    NOT_AUTHORITATIVE = 9
    NOT_IN_ZONE = 10


class RecordType(enum.IntEnum):
    """The types of records that are shown here; others are numbers."""

    A = 1
    NS = 2
    CNAME = 5
    PTR = 12
    MX = 15
    TXT = 16
    AAAA = 28


class Flags(Struct, kw_only=True):
    """The second word of a message (RFC 1035, 4.1.1; RFC 4035, 3.2)."""

    response: bool = bits(default=False)
    opcode: Opcode = bits(4, default=Opcode.QUERY)
    authoritative: bool = bits(default=False)
    truncated: bool = bits(default=False)
    recursion_desired: bool = bits(default=False)
    recursion_available: bool = bits(default=False)
    reserved: bool = bits(default=False)
    authentic_data: bool = bits(default=False)
    checking_disabled: bool = bits(default=False)
    code: ResponseCode = bits(4, default=ResponseCode.NO_ERROR)


class MessageHeader(Struct):
    """The header of a message (RFC 1035, 4.1.1)."""

    id: u16
    flags: Flags
    questions: u16
    answers: u16
    authorities: u16
    additionals: u16


class LabelKind(enum.IntEnum):
    """What the first two bits of a part of a name say."""

    TEXT = 0
    POINTER = 3


class Label(Struct, kw_only=True):
    """A part of a name; the one without text ends it."""

    kind: LabelKind = bits(2, default=LabelKind.TEXT)
    length: u8 = bits(6, default=derived)
    text: bytes = size("length")


class Pointer(Struct, kw_only=True):
    """The place in the message where a name goes on (RFC 1035, 4.1.4)."""

    kind: LabelKind = bits(2, default=LabelKind.POINTER)
    offset: u16 = bits(14)


class QuestionTail(Struct):
    """What follows the name in a question (RFC 1035, 4.1.2)."""

    record_type: u16
    record_class: u16 = 1


class RecordTail(Struct, kw_only=True):
    """What follows the name in a resource record (RFC 1035, 4.1.3)."""

    record_type: u16
    record_class: u16
    ttl: u32
    rdlength: u16 = derived
    rdata: bytes = size("rdlength")


class CharacterString(Struct, kw_only=True):
    """A piece of text in a record of type TXT (RFC 1035, 3.3)."""

    length: u8 = derived
    text: bytes = size("length")


@dataclass
class Question:
    """A name, and what is asked about it."""

    name: Name
    record_type: int
    record_class: int = 1


@dataclass
class Record:
    """A resource record; where its data end in a name, `target` is that name and `data` the bytes before it."""

    name: Name
    record_type: int
    record_class: int
    ttl: int
    data: bytes = b""
    target: Name | None = None


@dataclass
class Message:
    """A message: its flags and its four sections."""

    id: int
    flags: Flags
    questions: list[Question] = field(default_factory=list)
    answers: list[Record] = field(default_factory=list)
    authorities: list[Record] = field(default_factory=list)
    additionals: list[Record] = field(default_factory=list)


# Where the name begins in the data of the types that end in one; only these may be compressed.
TARGET_AT = {RecordType.NS: 0, RecordType.CNAME: 0, RecordType.PTR: 0, RecordType.MX: 2}


def name_from_text(text: str) -> Name:
    """The labels of a name: `"www.example.test"` is `(b"www", b"example", b"test")`."""
    return tuple(label.encode("ascii") for label in text.rstrip(".").split(".") if label)


def text_of(name: Name) -> str:
    """A name for people, with its final dot."""
    return "".join(label.decode("ascii", "backslashreplace") + "." for label in name) or "."


def read_name(message: bytes, offset: int) -> tuple[Name, int]:
    """
    Read the name at `offset`, through its pointers.

    Returns:
        The labels, and the offset behind the name.

    Raises:
        ValueError: a pointer leads forwards, or round in a circle.
    """
    labels: list[bytes] = []
    view, behind, earliest = memoryview(message), -1, offset
    while True:
        label_kind = message[offset] >> 6 if offset < len(message) else LabelKind.TEXT
        if label_kind == LabelKind.POINTER:
            pointer, consumed = Pointer.try_from_be_bytes(view[offset:])
            if pointer.offset >= earliest:
                raise ValueError(f"the pointer at byte {offset} does not lead backwards")
            behind = offset + consumed if behind < 0 else behind
            offset = earliest = pointer.offset
            continue
        label, consumed = Label.try_from_be_bytes(view[offset:])
        offset += consumed
        if not label.text:
            return tuple(labels), offset if behind < 0 else behind
        labels.append(label.text)


def write_name(name: Name, known: dict[Name, int], position: int) -> bytes:
    """
    Encode a name that will stand at `position`.

    A rest that stands in the message already is pointed to; `known` says where, and learns of the new ones.
    """
    encoded = b""
    for start, text in enumerate(name):
        rest = tuple(label.lower() for label in name[start:])
        if rest in known:
            return encoded + Pointer(offset=known[rest]).to_be_bytes()
        if position + len(encoded) < 2**14:
            known[rest] = position + len(encoded)
        encoded += Label(text=text).to_be_bytes()
    return encoded + Label(text=b"").to_be_bytes()


def read_message(data: bytes) -> Message:
    """Decode a message."""
    header, offset = MessageHeader.try_from_be_bytes(data)
    message = Message(header.id, header.flags)
    for _ in range(header.questions):
        name, offset = read_name(data, offset)
        question, consumed = QuestionTail.try_from_be_bytes(memoryview(data)[offset:])
        message.questions.append(Question(name, question.record_type, question.record_class))
        offset += consumed
    for section, length in (
        (message.answers, header.answers),
        (message.authorities, header.authorities),
        (message.additionals, header.additionals),
    ):
        for _ in range(length):
            name, offset = read_name(data, offset)
            tail, consumed = RecordTail.try_from_be_bytes(memoryview(data)[offset:])
            offset += consumed
            record = Record(name, tail.record_type, tail.record_class, tail.ttl, tail.rdata)
            if tail.record_type in TARGET_AT:
                split = TARGET_AT[RecordType(tail.record_type)]
                record.data = tail.rdata[:split]
                record.target, _ = read_name(data, offset - len(tail.rdata) + split)
            section.append(record)
    return message


def write_message(message: Message) -> bytes:
    """Encode a message, with compressed names."""
    sections = (message.answers, message.authorities, message.additionals)
    header = MessageHeader(message.id, message.flags, len(message.questions), *map(len, sections))
    data = header.to_be_bytes()
    known: dict[Name, int] = {}
    for question in message.questions:
        data += write_name(question.name, known, len(data))
        data += QuestionTail(question.record_type, question.record_class).to_be_bytes()
    for record in itertools.chain(*sections):
        data += write_name(record.name, known, len(data))
        tail = RecordTail(
            record_type=record.record_type, record_class=record.record_class, ttl=record.ttl, rdata=record.data
        )
        if record.target is not None:
            tail.rdata += write_name(record.target, known, len(data) + len(tail.to_be_bytes()))
        data += tail.to_be_bytes()
    return data


def text_of_data(record: Record) -> str:
    """The data of a record for people."""
    match record.record_type:
        case RecordType.A | RecordType.AAAA:
            return str(ipaddress.ip_address(record.data))
        case RecordType.MX:
            return f"{int.from_bytes(record.data, 'big')} {text_of(record.target or ())}"
        case RecordType.TXT:
            return " ".join(f'"{piece.text.decode()}"' for piece in decode_many(CharacterString, record.data))
    return record.data.hex() if record.target is None else text_of(record.target)


# ---------------------------------------------------------------------------------------------------------------------
# The program
# ---------------------------------------------------------------------------------------------------------------------

ZONE = {
    name_from_text("www.example.test"): ["192.0.2.80", "192.0.2.81"],
    name_from_text("mail.example.test"): ["192.0.2.25"],
}


def query(name: str, id: int, record_type: int = RecordType.A) -> bytes:
    """A message that asks for the records of a name."""
    question = Question(name_from_text(name), record_type)
    return write_message(Message(id, Flags(recursion_desired=True), [question]))


def answer(data: bytes) -> bytes:
    """What a server of `ZONE` answers to a query."""
    message = read_message(data)
    message.flags.response = message.flags.authoritative = True
    message.additionals = []
    for question in message.questions:
        addresses = ZONE.get(tuple(label.lower() for label in question.name))
        if addresses is None:
            message.flags.code = ResponseCode.NAME_ERROR
        elif question.record_type == RecordType.A:
            packed = (ipaddress.IPv4Address(address).packed for address in addresses)
            message.answers += [Record(question.name, RecordType.A, 1, 300, address) for address in packed]
    return write_message(message)


def main(arguments: list[str] | None = None) -> None:
    """Ask for a name and answer, over two sockets of the loopback interface."""
    parser = argparse.ArgumentParser(description="Ask for a name over loopback, and print what went back and forth.")
    parser.add_argument("name", nargs="?", default="www.example.test")
    name: str = parser.parse_args(arguments).name

    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server,
    ):
        for end in (client, server):
            end.bind(("127.0.0.1", 0))
            end.settimeout(5)
        client.sendto(query(name, id=1), server.getsockname())
        asked, sender = server.recvfrom(512)
        server.sendto(answer(asked), sender)
        answered = client.recv(512)
        packet = udp_packet(server.getsockname(), sender, answered)

    message = read_message(answered)
    print(f"asked for {name} in {len(asked)} bytes, answered in {len(answered)}: {message.flags.code.name}")
    for record in message.answers:
        print(f"  {text_of(record.name)} {record.ttl} A {text_of_data(record)}")
    print(f"the answer as an IPv4 packet: {packet.total_length} bytes, header {header_of(packet).hex(' ', 4)}")


if __name__ == "__main__":
    main()
