r"""
DNS messages: RFC 1035, with the record types of its successors, EDNS (RFC 6891) and DNSSEC (RFC 4034, RFC 5155).

A message is a header, questions and three sections of records; its counts follow from the lists. A name may go on elsewhere
in the message (RFC 1035, 4.1.4): its last label is then a pointer, whose `target` is the rest of the name. So what was
decoded encodes to the same bytes, with the same compression; a name made by `Name.from_text` is written in full.

>>> from ipaddress import IPv4Address
>>> from bebytes import replace
>>> query = Message(id=1, flags=Flags(rd=True), questions=[Question(Name.from_text("example.com"), RecordType.A)])
>>> query.to_bytes().hex()
'000101000001000000000000076578616d706c6503636f6d0000010001'

An answer, whose name is a pointer to that of the question, behind the 12 bytes of the header:

>>> answer = replace(query, flags=Flags(qr=True, rd=True, ra=True), answers=[
...     Record(
...         name=Name.pointer(12, query.questions[0].qname),
...         rrclass=RecordClass.IN,
...         ttl=300,
...         rdata=A(IPv4Address("192.0.2.80")),
...     )
... ])
>>> received = Message.from_bytes(answer.to_bytes())
>>> record = received.answers[0]
>>> str(record.name), record.rrtype.name, record.rdata
('example.com.', 'A', A(address=IPv4Address('192.0.2.80')))

Over TCP, each message stands behind its length (`TcpMessage`).
"""

import enum

from bebytes import Struct, bits, count, derived, reserved, size, switch, u8, u16, u32, when

from .dns_records import (
    AAAA,
    CAA,
    CNAME,
    DNAME,
    DNSKEY,
    DS,
    HTTPS,
    MX,
    NAPTR,
    NS,
    NSEC,
    NSEC3,
    NSEC3PARAM,
    OPT,
    PTR,
    RRSIG,
    SOA,
    SRV,
    SSHFP,
    SVCB,
    TLSA,
    TXT,
    A,
    CharacterString,
    ClientSubnet,
    Edns,
    EdnsOption,
    EdnsOptionCode,
    ExtendedError,
    Label,
    LabelKind,
    Name,
    RecordType,
    ServiceParameter,
    TypeWindow,
)

__all__ = [
    "AAAA",
    "CAA",
    "CNAME",
    "DNAME",
    "DNSKEY",
    "DS",
    "HTTPS",
    "MX",
    "NAPTR",
    "NS",
    "NSEC",
    "NSEC3",
    "NSEC3PARAM",
    "OPT",
    "PTR",
    "RRSIG",
    "SOA",
    "SRV",
    "SSHFP",
    "SVCB",
    "TLSA",
    "TXT",
    "A",
    "CharacterString",
    "ClientSubnet",
    "Edns",
    "EdnsOption",
    "EdnsOptionCode",
    "ExtendedError",
    "Flags",
    "Label",
    "LabelKind",
    "Message",
    "Name",
    "Opcode",
    "Question",
    "Record",
    "RecordClass",
    "RecordType",
    "ResponseCode",
    "ServiceParameter",
    "TcpMessage",
    "TypeWindow",
]


class Opcode(enum.IntEnum):
    """What a message asks for (RFC 6895, 2.2)."""

    QUERY = 0
    IQUERY = 1
    STATUS = 2
    NOTIFY = 4
    UPDATE = 5
    DSO = 6


class ResponseCode(enum.IntEnum):
    """How it went (RFC 6895, 2.3): the 4 bits of the header; EDNS puts 8 more above them."""

    NOERROR = 0
    FORMERR = 1
    SERVFAIL = 2
    NXDOMAIN = 3
    NOTIMP = 4
    REFUSED = 5
    YXDOMAIN = 6
    YXRRSET = 7
    NXRRSET = 8
    NOTAUTH = 9
    NOTZONE = 10
    DSOTYPENI = 11


class RecordClass(enum.IntEnum):
    """The classes of records and questions (RFC 6895, 3.2); others are numbers."""

    IN = 1
    CH = 3
    HS = 4
    NONE = 254
    ANY = 255


# Messages


class Question(Struct):
    """What is asked for (RFC 1035, 4.1.2)."""

    qname: Name
    qtype: RecordType | int = bits(16, unknown="keep")
    qclass: RecordClass | int = bits(16, unknown="keep", default=RecordClass.IN)


class Record(Struct, kw_only=True):
    """
    A resource record (RFC 1035, 4.1.3): `rdata` is of the class that `rrtype` says, bytes where that is none of them.

    `rrtype` follows from the class of `rdata`; for bytes it must be given. An OPT record has `edns` instead of a class and
    a TTL (seconds).
    """

    name: Name
    rrtype: RecordType | int = bits(16, unknown="keep", default=derived)
    rrclass: RecordClass | int | None = when("rrtype != RecordType.OPT", bits=16, unknown="keep", default=None)
    ttl: u32 | None = when("rrtype != RecordType.OPT", default=None)
    edns: Edns | None = when("rrtype == RecordType.OPT", default=None)
    rdlength: u16 = derived
    rdata: (
        A
        | AAAA
        | NS
        | CNAME
        | SOA
        | PTR
        | MX
        | TXT
        | SRV
        | NAPTR
        | DNAME
        | OPT
        | DS
        | SSHFP
        | RRSIG
        | NSEC
        | DNSKEY
        | NSEC3
        | NSEC3PARAM
        | TLSA
        | SVCB
        | HTTPS
        | CAA
        | bytes
    ) = switch(
        "rrtype",
        {
            RecordType.A: A,
            RecordType.AAAA: AAAA,
            RecordType.NS: NS,
            RecordType.CNAME: CNAME,
            RecordType.SOA: SOA,
            RecordType.PTR: PTR,
            RecordType.MX: MX,
            RecordType.TXT: TXT,
            RecordType.SRV: SRV,
            RecordType.NAPTR: NAPTR,
            RecordType.DNAME: DNAME,
            RecordType.OPT: OPT,
            RecordType.DS: DS,
            RecordType.SSHFP: SSHFP,
            RecordType.RRSIG: RRSIG,
            RecordType.NSEC: NSEC,
            RecordType.DNSKEY: DNSKEY,
            RecordType.NSEC3: NSEC3,
            RecordType.NSEC3PARAM: NSEC3PARAM,
            RecordType.TLSA: TLSA,
            RecordType.SVCB: SVCB,
            RecordType.HTTPS: HTTPS,
            RecordType.CAA: CAA,
        },
        default=bytes,
        size="rdlength",
    )


class Flags(Struct, kw_only=True):
    """
    The second word of the header (RFC 1035, 4.1.1; RFC 4035, 3.1.6).

    Attributes:
        qr: whether it is a response.
        aa: whether it comes from a server of the zone.
        tc: whether it was cut short.
        rd: whether recursion is desired.
        ra: whether it is available.
        ad: whether the data is authentic.
        cd: whether checking is disabled.
    """

    qr: bool = bits(1, default=False)
    opcode: Opcode | int = bits(4, unknown="keep", default=Opcode.QUERY)
    aa: bool = bits(1, default=False)
    tc: bool = bits(1, default=False)
    rd: bool = bits(1, default=False)
    ra: bool = bits(1, default=False)
    z: u8 = reserved(1, policy="keep")
    ad: bool = bits(1, default=False)
    cd: bool = bits(1, default=False)
    rcode: ResponseCode | int = bits(4, unknown="keep", default=ResponseCode.NOERROR)


class Message(Struct, kw_only=True, byteorder="big"):
    """
    A message (RFC 1035, 4.1).
    """

    id: u16
    flags: Flags
    qdcount: u16 = derived
    ancount: u16 = derived
    nscount: u16 = derived
    arcount: u16 = derived
    questions: list[Question] = count("qdcount", default_factory=list)
    answers: list[Record] = count("ancount", default_factory=list)
    authorities: list[Record] = count("nscount", default_factory=list)
    additionals: list[Record] = count("arcount", default_factory=list)


class TcpMessage(Struct, kw_only=True, byteorder="big"):
    """A message as a stream carries it (RFC 1035, 4.2.2): `Message.from_bytes(framed.message)` decodes it."""

    length: u16 = derived
    message: bytes = size("length", kw_only=False)
