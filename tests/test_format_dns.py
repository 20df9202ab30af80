"""
bebytes.formats.dns on messages that dnspython makes; dnspython says what they hold.
"""

import ipaddress
from collections.abc import Callable
from typing import Any

import dns.edns
import dns.flags
import dns.message
import dns.name
import dns.rdatatype
import dns.rrset
import pytest
from format_damage import assert_survives

import bebytes
from bebytes import errors
from bebytes.formats.dns import (
    CAA,
    CNAME,
    OPT,
    A,
    ClientSubnet,
    Edns,
    EdnsOption,
    EdnsOptionCode,
    ExtendedError,
    Flags,
    Label,
    Message,
    Name,
    Question,
    Record,
    RecordClass,
    RecordType,
    TcpMessage,
)

MakeCodec = Callable[..., bebytes.Codec[Any]]

NAME = "www.example.test."
HASH = "2vptu5timamqttgl4luu9kg21e0aor3s"
SIGNATURE = "A 8 3 300 20300101000000 20200101000000 4711 example.test. " + "AAEC" * 20
TEXTS = [
    ("A", ["192.0.2.80", "192.0.2.81"]),
    ("AAAA", ["2001:db8::80"]),
    ("NS", ["ns.example.test."]),
    ("CNAME", ["web.example.test."]),
    ("DNAME", ["other.test."]),
    ("PTR", ["WWW.Example.test."]),
    ("MX", ["10 mx.www.example.test.", "20 b.example.test."]),
    ("SOA", ["ns.example.test. admin.example.test. 1 2 3 4 5"]),
    ("TXT", ['"v=1" "" "' + "x" * 255 + '"']),
    ("SRV", ["0 5 389 ldap.example.test."]),
    ("NAPTR", ['100 10 "u" "sip+E2U" "!^.*$!sip:a@example.test!" .']),
    ("CAA", ['0 issue "ca.test"', '128 iodef "mailto:a@example.test"']),
    ("SSHFP", ["4 2 " + "ab" * 32]),
    ("TLSA", ["3 1 1 " + "cd" * 32]),
    ("SVCB", ['1 svc.example.test. alpn="h2,h3" port="8443" ipv4hint="192.0.2.1"']),
    ("HTTPS", ["1 . alpn=h2", "0 web.example.test."]),
    ("DS", ["60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118"]),
    ("DNSKEY", ["257 3 8 " + "AwEA" * 20]),
    ("RRSIG", [SIGNATURE]),
    ("NSEC", ["zzz.example.test. A MX RRSIG NSEC TYPE1234"]),
    ("NSEC3", [f"1 1 12 aabbccdd {HASH} A RRSIG"]),
    ("NSEC3PARAM", ["1 0 12 aabbccdd"]),
    ("TYPE65280", [r"\# 3 010203"]),
]
# What each class says, as a zone file has it.
TO_TEXT: dict[str, Callable[[Any], str]] = {
    "A": lambda d: str(d.address),
    "AAAA": lambda d: str(d.address),
    "NS": lambda d: str(d.nsdname),
    "CNAME": lambda d: str(d.cname),
    "DNAME": lambda d: str(d.target),
    "PTR": lambda d: str(d.ptrdname),
    "MX": lambda d: f"{d.preference} {d.exchange}",
    "SOA": lambda d: f"{d.mname} {d.rname} {d.serial} {d.refresh} {d.retry} {d.expire} {d.minimum}",
    "TXT": lambda d: " ".join(f'"{s.text.decode()}"' for s in d.strings),
    "SRV": lambda d: f"{d.priority} {d.weight} {d.port} {d.target}",
    "NAPTR": lambda d: (
        f"{d.order} {d.preference} "
        + " ".join(f'"{s.text.decode()}"' for s in (d.flags, d.services, d.regexp))
        + f" {d.replacement}"
    ),
    "CAA": lambda d: f'{d.critical << 7} {d.tag} "{d.value.decode()}"',
    "SSHFP": lambda d: f"{d.algorithm} {d.fingerprint_type} {d.fingerprint.hex()}",
    "TLSA": lambda d: f"{d.usage} {d.selector} {d.matching_type} {d.data.hex()}",
    "DS": lambda d: f"{d.key_tag} {d.algorithm} {d.digest_type} {d.digest.hex()}",
    "TYPE65280": lambda d: f"\\# {len(d)} {d.hex()}",
}


def response(name: str, record_type: str) -> dns.message.QueryMessage:
    made = dns.message.make_response(dns.message.make_query(name, record_type, id=4711))
    assert isinstance(made, dns.message.QueryMessage)
    return made


def assert_same(codec: bebytes.Codec[Any], data: bytes) -> Message:
    """
    A message has the header and the records that dnspython reads, and encodes to the same bytes.
    """
    message: Message = codec.decode(data)
    expected: Any = dns.message.from_wire(data, one_rr_per_rrset=True)
    flags = message.flags
    assert message.id == expected.id
    assert (flags.opcode, flags.rcode) == (expected.opcode(), expected.rcode() & 15)
    for is_set, bit in [
        (flags.qr, dns.flags.QR),
        (flags.aa, dns.flags.AA),
        (flags.tc, dns.flags.TC),
        (flags.rd, dns.flags.RD),
        (flags.ra, dns.flags.RA),
        (flags.ad, dns.flags.AD),
        (flags.cd, dns.flags.CD),
    ]:
        assert is_set == bool(expected.flags & bit)
    assert [(q.qname.parts, q.qtype, q.qclass) for q in message.questions] == [
        (rrset.name.labels, rrset.rdtype, rrset.rdclass) for rrset in expected.question
    ]
    sections = [message.answers, message.authorities, message.additionals]
    expected_sections = [expected.answer, expected.authority, expected.additional]
    for section, rrsets in zip(sections, expected_sections, strict=True):
        # dnspython keeps EDNS apart from the records.
        records = [record for record in section if record.rrtype != RecordType.OPT]
        assert len(records) == len(rrsets)
        for record, rrset in zip(records, rrsets, strict=True):
            assert record.name.parts == rrset.name.labels
            assert str(record.name) == rrset.name.to_text()
            assert (record.rrtype, record.rrclass, record.ttl) == (rrset.rdtype, rrset.rdclass, rrset.ttl)
            in_text = TO_TEXT.get(dns.rdatatype.to_text(rrset.rdtype))
            if in_text is not None:
                assert in_text(record.rdata) == rrset[0].to_text()
    assert (message.qdcount, message.ancount) == (len(expected.question), len(expected.answer))
    assert codec.encode(message) == data
    return message


@pytest.mark.parametrize(("record_type", "texts"), TEXTS, ids=lambda v: v if isinstance(v, str) else "")
def test_record_types(codec: MakeCodec, record_type: str, texts: list[str]) -> None:
    """
    Each type of record, its names compressed as dnspython does it, means what it means there.
    """
    made = response(NAME, "A")
    made.answer.append(dns.rrset.from_text(NAME, 300, "IN", record_type, *texts))
    made.authority.append(dns.rrset.from_text("example.test.", 2**31 - 1, "IN", "NS", "ns.example.test."))
    message = assert_same(codec(Message), made.to_wire())
    rdata = message.answers[0].rdata
    assert type(rdata).__name__ == (record_type if "TYPE" not in record_type else "bytes")


def test_dnssec_fields(codec: MakeCodec) -> None:
    made = response(NAME, "A")
    for record_type in ("RRSIG", "DNSKEY", "NSEC", "NSEC3", "SVCB"):
        made.answer.append(dns.rrset.from_text(NAME, 300, "IN", record_type, *dict(TEXTS)[record_type]))
    data = made.to_wire()
    signature, key, nsec, nsec3, service = (r.rdata for r in codec(Message).decode(data).answers)
    theirs: Any = [rrset[0] for rrset in dns.message.from_wire(data).answer]

    assert (signature.type_covered, signature.algorithm, signature.labels) == (RecordType.A, 8, 3)
    assert (signature.original_ttl, signature.expiration) == (theirs[0].original_ttl, theirs[0].expiration)
    assert (signature.inception, signature.key_tag) == (theirs[0].inception, theirs[0].key_tag)
    assert (signature.signer.parts, signature.signature) == (theirs[0].signer.labels, theirs[0].signature)
    assert (key.flags, key.protocol, key.algorithm, key.public_key) == (257, 3, 8, theirs[1].key)
    assert nsec.next_name.parts == theirs[2].next.labels
    assert [t for w in nsec.windows for t in w.types] == [1, 15, 46, 47, 1234]
    assert [(w.window, w.bitmap) for w in nsec.windows] == list(theirs[2].windows)
    assert (nsec3.algorithm, nsec3.flags, nsec3.iterations) == (1, 1, 12)
    assert (nsec3.salt, nsec3.next_hash) == (theirs[3].salt, theirs[3].next)
    assert (service.priority, service.target.parts) == (theirs[4].priority, theirs[4].target.labels)
    assert [p.key for p in service.parameters] == sorted(theirs[4].params)


def test_edns(codec: MakeCodec) -> None:
    """
    An OPT record has flags and a size where others have a class and a TTL, and options.
    """
    query = dns.message.make_query(NAME, "A", id=1, want_dnssec=True, payload=4096)
    options = [
        dns.edns.ECSOption("192.0.2.0", 24, 0),
        dns.edns.EDEOption(dns.edns.EDECode.PROHIBITED, "not for you"),
        dns.edns.GenericOption(dns.edns.OptionType.COOKIE, b"cookie!!"),
    ]
    query.use_edns(0, dns.flags.DO, 4096, options=options)
    message = assert_same(codec(Message), query.to_wire())

    record = message.additionals[0]
    assert (record.rrclass, record.ttl) == (None, None)
    assert record.edns == Edns(payload_size=4096, do=True)
    assert record.rdata == OPT(
        [
            EdnsOption(data=ClientSubnet(1, 24, 0, bytes([192, 0, 2]))),
            EdnsOption(data=ExtendedError(18, "not for you")),
            EdnsOption(code=EdnsOptionCode.COOKIE, data=b"cookie!!"),
        ]
    )
    own = Message(
        id=1,
        flags=Flags(rd=True),
        questions=message.questions,
        additionals=[Record(name=Name.from_text("."), edns=record.edns, rdata=record.rdata)],
    )
    assert own.to_bytes() == query.to_wire()
    assert own == message


def test_made_messages(codec: MakeCodec) -> None:
    """
    What is made here, dnspython reads.
    """
    question = Question(Name.from_text("WWW.example.test"), RecordType.A)
    name = Name.pointer(12, question.qname)
    alias = Name.pointer(16, Name(question.qname.labels[1:]), b"web")
    message = Message(
        id=7,
        flags=Flags(qr=True, aa=True),
        questions=[question],
        answers=[
            Record(name=name, rrclass=RecordClass.IN, ttl=60, rdata=CNAME(alias)),
            Record(name=alias, rrclass=RecordClass.IN, ttl=60, rdata=A(ipaddress.IPv4Address("192.0.2.1"))),
            Record(name=name, rrclass=RecordClass.CH, ttl=0, rdata=CAA(tag="issue", value=b"")),
            Record(name=name, rrtype=RecordType.NS, rrclass=RecordClass.IN, ttl=0, rdata=b"\0"),
        ],
    )
    with pytest.raises(errors.WrongType, match=r"Message\.answers\[3\]\.rdata"):
        codec(Message).encode(message)
    message.answers.pop()
    data = codec(Message).encode(message)
    assert_same(codec(Message), data)
    read = dns.message.from_wire(data)
    assert [r.to_text() for r in read.answer][:2] == [
        "WWW.example.test. 60 IN CNAME web.example.test.",
        "web.example.test. 60 IN A 192.0.2.1",
    ]
    framed = TcpMessage(message=data).to_bytes()
    assert framed == len(data).to_bytes(2, "big") + data
    assert codec(Message).decode(codec(TcpMessage).decode(framed).message) == message


@pytest.mark.parametrize("text", [".", "a.", "www.example.test.", "a\\.b.test.", "\\000\\255.x.", "\\\\\\;.test."])
def test_names_in_text(text: str) -> None:
    name = Name.from_text(text)
    assert name.parts == dns.name.from_text(text).labels
    assert str(name) == dns.name.from_text(text).to_text()
    assert name.to_be_bytes() == dns.name.from_text(text).to_wire()
    assert Name.from_text(str(name)) == name


@pytest.mark.parametrize("text", ["a..b", ".a", "x" * 64, "", "ä.test"])
def test_no_names(text: str) -> None:
    if not text:
        assert Name.from_text("") == Name.from_text(".")
        return
    with pytest.raises(ValueError, match=r"label|ascii"):
        Name.from_text(text)


def test_wrong_pointers(codec: MakeCodec) -> None:
    """
    Pointers that lead to themselves or out of the message, labels of a kind that is not in use, and pointers to what
    has changed.
    """
    names = codec(Name)
    for loop in (b"\xc0\x00", b"\x03www\xc0\x00", b"\xc0\x02\xc0\x00"):
        with pytest.raises(errors.InvalidValue, match="does not lead back to itself"):
            names.decode(loop)
    with pytest.raises(errors.InvalidValue, match="a position inside the input"):
        names.decode(b"\xc0\x09")
    with pytest.raises(errors.InvalidDiscriminant, match=r"Name\.labels\[0\]\.kind: 1 is no valid LabelKind"):
        names.decode(b"\x40")
    with pytest.raises(errors.InsufficientData, match=r"Name\.labels\[0\]\.text: needs 5 bytes, 2 left"):
        names.decode(b"\x05ww")

    made = response(NAME, "A")
    made.answer.append(dns.rrset.from_text(NAME, 300, "IN", "A", "192.0.2.1"))
    message = codec(Message).decode(made.to_wire())
    message.questions[0].qname.labels[0] = Label(length=4, text=b"mail")
    with pytest.raises(errors.InvalidValue, match=r"Message\.answers\[0\]\.name\.labels\[0\]\.target: is 12, must be"):
        codec(Message).encode(message)


def test_damage(codec: MakeCodec) -> None:
    made = response("a.test.", "MX")
    made.use_edns(0, payload=1232, options=[dns.edns.ECSOption("192.0.2.0", 24, 0)])
    made.answer.append(dns.rrset.from_text("a.test.", 300, "IN", "MX", "10 b.a.test."))
    made.answer.append(dns.rrset.from_text("b.a.test.", 300, "IN", "AAAA", "2001:db8::1"))
    data = made.to_wire()
    assert assert_survives(codec(Message), data) > len(data)


def test_long_message(codec: MakeCodec) -> None:
    """
    A message of many names that all go on at another place.
    """
    made = response(NAME, "NS")
    names = [f"ns{i}.{'a' * 40}.{NAME}" for i in range(300)]
    made.answer.append(dns.rrset.from_text(NAME, 300, "IN", "NS", *names))
    assert_same(codec(Message), made.to_wire())
