"""
What the records of DNS messages hold: RFC 1035 and its successors.

`bebytes.formats.dns`, which has the messages around them, gives all that is here too.

>>> SRV(priority=0, weight=5, port=389, target=Name.from_text("ldap.example.com")).to_be_bytes().hex()
'000000050185046c646170076578616d706c6503636f6d00'
"""

import enum
import re
from ipaddress import IPv4Address, IPv6Address

from bebytes import Struct, at, bits, derived, field, repeat_until, reserved, size, switch, u8, u16, u32, when
from bebytes.adapters import ipv4, ipv6

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
    "Label",
    "LabelKind",
    "Name",
    "RecordType",
    "ServiceParameter",
    "TypeWindow",
]


class RecordType(enum.IntEnum):
    """The types of records and questions that are known here; others are numbers."""

    A = 1
    NS = 2
    CNAME = 5
    SOA = 6
    PTR = 12
    MX = 15
    TXT = 16
    AAAA = 28
    SRV = 33
    NAPTR = 35
    DNAME = 39
    OPT = 41
    DS = 43
    SSHFP = 44
    RRSIG = 46
    NSEC = 47
    DNSKEY = 48
    NSEC3 = 50
    NSEC3PARAM = 51
    TLSA = 52
    SVCB = 64
    HTTPS = 65
    IXFR = 251
    AXFR = 252
    ANY = 255
    CAA = 257


# Names


class LabelKind(enum.IntEnum):
    """The upper two bits of a label; the two other values are not in use (RFC 6891, 5)."""

    TEXT = 0
    POINTER = 3


class Label(Struct, kw_only=True):
    """
    A part of a name (RFC 1035, 3.1), or a pointer to where the name goes on (4.1.4).

    Attributes:
        kind: which of them.
        length: bytes of the text; of a pointer, the upper 6 bits of its offset.
        text: 0 to 63 bytes; the empty one is the root, and ends a name.
        low: the lower 8 bits of a pointer's offset, which counts bytes from the start of the message.
        target: the rest of the name, at that offset.
    """

    kind: LabelKind = bits(2, default=LabelKind.TEXT)
    length: u8 = bits(6)
    text: bytes | None = when("kind == LabelKind.TEXT", size="length", default=None)
    low: u8 | None = when("kind == LabelKind.POINTER", default=None)
    target: "Name | None" = at("length << 8 | low", when="kind == LabelKind.POINTER", default=None)


_ESCAPED = re.compile(rb"\\(\d{3}|.)|\.", re.DOTALL)
_SPECIAL = frozenset(b'."\\();@$')


class Name(Struct):
    """
    A name: labels up to the root, or up to a pointer to the rest.

    `str(name)` is the name in full, as zone files write it (RFC 1035, 5.1).
    """

    labels: list[Label] = repeat_until("item.kind == LabelKind.POINTER or item.length == 0")

    @classmethod
    def from_text(cls, text: str) -> "Name":
        r"""
        The name that a text such as `"www.example.com"` writes; a dot at its end changes nothing, `"."` is the root.

        `\.` is a dot inside a label, `\065` the byte 65.

        Raises:
            ValueError: it has characters outside ASCII, or a label of no or more than 63 bytes.
        """
        labels = [bytearray()]
        rest, position = text.encode("ascii"), 0
        for found in _ESCAPED.finditer(rest):
            labels[-1] += rest[position : found.start()]
            position = found.end()
            if found[1] is None:
                labels.append(bytearray())
            else:
                labels[-1] += bytes([int(found[1])]) if len(found[1]) == 3 else found[1]
        labels[-1] += rest[position:]
        if not labels[-1]:
            labels.pop()
        if labels == [b""]:
            labels = []
        for label in labels:
            if not 0 < len(label) < 64:
                raise ValueError(f"{text!r} has a label of {len(label)} bytes; 1 to 63 are allowed")
        return cls([Label(length=len(label), text=bytes(label)) for label in (*labels, b"")])

    @classmethod
    def pointer(cls, offset: int, target: "Name", *labels: bytes) -> "Name":
        """
        The name that begins with `labels` and goes on as `target`, which stands `offset` bytes behind the message's start.
        """
        parts = [Label(length=len(label), text=label) for label in labels]
        last = Label(kind=LabelKind.POINTER, length=offset >> 8, low=offset & 0xFF, target=target)
        return cls([*parts, last])

    @property
    def parts(self) -> tuple[bytes, ...]:
        """
        The texts of all labels, those behind pointers too; the root is the empty one at the end.
        """
        found: list[bytes] = []
        name: Name | None = self
        while name is not None:
            found += [label.text for label in name.labels if label.text is not None]
            name = name.labels[-1].target
        return tuple(found)

    def __str__(self) -> str:
        shown = (
            "".join(f"\\{chr(c)}" if c in _SPECIAL else chr(c) if 0x20 < c < 0x7F else f"\\{c:03}" for c in part)
            for part in self.parts
        )
        return ".".join(shown) or "."


class CharacterString(Struct, kw_only=True):
    """Up to 255 bytes behind their length (RFC 1035, 3.3)."""

    length: u8 = derived
    text: bytes = size("length", kw_only=False)


# The data of records


class A(Struct):
    """A host's address (RFC 1035, 3.4.1)."""

    address: IPv4Address = field(adapt=ipv4)


class AAAA(Struct):
    """A host's address of version 6 (RFC 3596)."""

    address: IPv6Address = field(adapt=ipv6)


class NS(Struct):
    """A server of the zone (RFC 1035, 3.3.11)."""

    nsdname: Name


class CNAME(Struct):
    """The name that the record's name is an alias of (RFC 1035, 3.3.1)."""

    cname: Name


class DNAME(Struct):
    """The name that all names below the record's are redirected to (RFC 6672)."""

    target: Name


class PTR(Struct):
    """A name for an address (RFC 1035, 3.3.12)."""

    ptrdname: Name


class SOA(Struct):
    """The start of a zone (RFC 1035, 3.3.13); the times are in seconds."""

    mname: Name
    rname: Name
    serial: u32
    refresh: u32
    retry: u32
    expire: u32
    minimum: u32


class MX(Struct):
    """A mail server; the lowest preference comes first (RFC 1035, 3.3.9)."""

    preference: u16
    exchange: Name


class TXT(Struct):
    """Texts (RFC 1035, 3.3.14)."""

    strings: list[CharacterString]


class SRV(Struct):
    """Where a service is (RFC 2782)."""

    priority: u16
    weight: u16
    port: u16
    target: Name


class NAPTR(Struct):
    """A rule that rewrites a name (RFC 3403, 4.1)."""

    order: u16
    preference: u16
    flags: CharacterString
    services: CharacterString
    regexp: CharacterString
    replacement: Name


class CAA(Struct, kw_only=True):
    """Who may issue certificates (RFC 8659)."""

    critical: bool = bits(1, default=False)
    unused: u8 = reserved(7, policy="keep")
    tag_length: u8 = derived
    tag: str = size("tag_length")
    value: bytes


class SSHFP(Struct):
    """The fingerprint of an SSH key (RFC 4255)."""

    algorithm: u8
    fingerprint_type: u8
    fingerprint: bytes


class TLSA(Struct):
    """A certificate that TLS servers have (RFC 6698)."""

    usage: u8
    selector: u8
    matching_type: u8
    data: bytes


class ServiceParameter(Struct, kw_only=True):
    """A parameter of a service: 1 is "alpn", 3 "port", 4 and 6 are addresses ... (RFC 9460, 14.3.2)."""

    key: u16
    length: u16 = derived
    value: bytes = size("length")


class SVCB(Struct):
    """How to reach a service (RFC 9460, 2.2)."""

    priority: u16
    target: Name
    parameters: list[ServiceParameter]


class HTTPS(SVCB):
    """The same, for HTTP (RFC 9460, 9)."""


# DNSSEC


class TypeWindow(Struct, kw_only=True):
    """256 record types, of which a bit says whether the name has them, the highest bit of a byte first (RFC 4034, 4.1.2)."""

    window: u8 = 0
    length: u8 = derived
    bitmap: bytes = size("length")

    @property
    def types(self) -> list[int]:
        """
        The numbers of those that are there.
        """
        return [self.window << 8 | i for i in range(len(self.bitmap) * 8) if self.bitmap[i // 8] & 0x80 >> i % 8]


class DS(Struct):
    """The digest of a zone's key, in the zone above (RFC 4034, 5.1)."""

    key_tag: u16
    algorithm: u8
    digest_type: u8
    digest: bytes


class DNSKEY(Struct):
    """A zone's key (RFC 4034, 2.1): flags 256 is a zone key, 257 one that signs others too."""

    flags: u16
    protocol: u8
    algorithm: u8
    public_key: bytes


class RRSIG(Struct):
    """A signature (RFC 4034, 3.1); times are seconds since 1970, in serial arithmetic (RFC 1982)."""

    type_covered: RecordType | int = bits(16, unknown="keep")
    algorithm: u8
    labels: u8
    original_ttl: u32
    expiration: u32
    inception: u32
    key_tag: u16
    signer: Name
    signature: bytes


class NSEC(Struct):
    """The next name of the zone, and the types of this one (RFC 4034, 4.1)."""

    next_name: Name
    windows: list[TypeWindow]


class NSEC3(Struct, kw_only=True):
    """The same, by the hashes of names (RFC 5155, 3.2)."""

    algorithm: u8 = 1
    flags: u8 = 0
    iterations: u16 = 0
    salt_length: u8 = derived
    salt: bytes = size("salt_length", default=b"")
    hash_length: u8 = derived
    next_hash: bytes = size("hash_length")
    windows: list[TypeWindow]


class NSEC3PARAM(Struct, kw_only=True):
    """How a zone hashes names (RFC 5155, 4.2)."""

    algorithm: u8 = 1
    flags: u8 = 0
    iterations: u16 = 0
    salt_length: u8 = derived
    salt: bytes = size("salt_length", default=b"")


# EDNS


class EdnsOptionCode(enum.IntEnum):
    """The options of EDNS that are known here; others are numbers."""

    NSID = 3
    CLIENT_SUBNET = 8
    EXPIRE = 9
    COOKIE = 10
    TCP_KEEPALIVE = 11
    PADDING = 12
    EXTENDED_ERROR = 15


class ClientSubnet(Struct):
    """The network of a client (RFC 7871, 6): family 1 is IPv4, 2 is IPv6; as many bytes as the prefix needs."""

    family: u16
    source_prefix_length: u8
    scope_prefix_length: u8
    address: bytes


class ExtendedError(Struct):
    """Why it went as it did (RFC 8914, 2)."""

    info_code: u16
    extra_text: str = ""


class EdnsOption(Struct, kw_only=True):
    """An option (RFC 6891, 6.1.2)."""

    code: EdnsOptionCode | int = bits(16, unknown="keep", default=derived)
    length: u16 = derived
    data: ClientSubnet | ExtendedError | bytes = switch(
        "code",
        {EdnsOptionCode.CLIENT_SUBNET: ClientSubnet, EdnsOptionCode.EXTENDED_ERROR: ExtendedError},
        default=bytes,
        size="length",
    )


class OPT(Struct):
    """The options of EDNS; the rest of it stands where other records have class and TTL (`Edns`)."""

    options: list[EdnsOption]


class Edns(Struct, kw_only=True):
    """
    What the class and the TTL of an OPT record say (RFC 6891, 6.1.3).

    Attributes:
        payload_size: bytes of the largest UDP payload that the sender takes.
        extended_rcode: the 8 bits above those in the header.
        do: whether DNSSEC records are wanted.
    """

    payload_size: u16 = 1232
    extended_rcode: u8 = 0
    version: u8 = 0
    do: bool = bits(1, default=False)
    z: u16 = reserved(15, policy="keep")
