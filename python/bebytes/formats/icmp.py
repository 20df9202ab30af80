"""
ICMP messages: RFC 792 and its successors; those of version 6 are in `bebytes.formats.icmpv6`.

>>> ping = IcmpMessage(body=EchoRequest(identifier=1, sequence=2, data=b"abc"))
>>> ping.to_bytes().hex()
'0800339a00010002616263'
>>> IcmpMessage.from_bytes(ping.to_bytes()).body
EchoRequest(identifier=1, sequence=2, data=b'abc')
"""

import enum
from ipaddress import IPv4Address

from bebytes import Struct, bits, checksum, derived, field, reserved, switch, u8, u16, u32
from bebytes.adapters import ipv4

__all__ = [
    "DestinationUnreachable",
    "EchoReply",
    "EchoRequest",
    "IcmpMessage",
    "IcmpType",
    "ParameterProblem",
    "Redirect",
    "TimeExceeded",
    "TimestampReply",
    "TimestampRequest",
]


class IcmpType(enum.IntEnum):
    """The messages that are known here; others are numbers."""

    ECHO_REPLY = 0
    DESTINATION_UNREACHABLE = 3
    REDIRECT = 5
    ECHO_REQUEST = 8
    TIME_EXCEEDED = 11
    PARAMETER_PROBLEM = 12
    TIMESTAMP_REQUEST = 13
    TIMESTAMP_REPLY = 14


class EchoRequest(Struct, kw_only=True):
    """Asks for the same data back (RFC 792)."""

    identifier: u16 = 0
    sequence: u16 = 0
    data: bytes = b""


class EchoReply(EchoRequest):
    """The answer."""


class DestinationUnreachable(Struct, kw_only=True):
    """
    A packet could not be delivered; the code says why.

    Attributes:
        length: words of 4 bytes of the packet where extensions follow it (RFC 4884), else 0.
        next_hop_mtu: bytes, for code 4, "fragmentation needed" (RFC 1191, 4).
        packet: the beginning of that packet, its IPv4 header first, and extensions.
    """

    unused: u8 = reserved(8, policy="keep")
    length: u8 = 0
    next_hop_mtu: u16 = 0
    packet: bytes


class TimeExceeded(Struct, kw_only=True):
    """A packet's time to live ended (code 0), or fragments stayed away (code 1)."""

    unused: u8 = reserved(8, policy="keep")
    length: u8 = 0
    unused_2: u16 = reserved(16, policy="keep")
    packet: bytes


class ParameterProblem(Struct, kw_only=True):
    """A packet's header has an error, at the byte `pointer`."""

    pointer: u8 = 0
    length: u8 = 0
    unused: u16 = reserved(16, policy="keep")
    packet: bytes


class Redirect(Struct, kw_only=True):
    """A better router for packets like this one."""

    gateway: IPv4Address = field(adapt=ipv4)
    packet: bytes


class TimestampRequest(Struct, kw_only=True):
    """Asks for the time; times are milliseconds since midnight UTC."""

    identifier: u16 = 0
    sequence: u16 = 0
    originate: u32 = 0
    receive: u32 = 0
    transmit: u32 = 0


class TimestampReply(TimestampRequest):
    """The answer."""


class IcmpMessage(Struct, kw_only=True, byteorder="big"):
    """A message; its type follows from the class of its body, but for bytes."""

    type: IcmpType | int = bits(8, unknown="keep", default=derived)
    code: u8 = 0
    checksum: u16 = checksum("internet")
    body: (
        EchoReply
        | DestinationUnreachable
        | Redirect
        | EchoRequest
        | TimeExceeded
        | ParameterProblem
        | TimestampRequest
        | TimestampReply
        | bytes
    ) = switch(
        "type",
        {
            IcmpType.ECHO_REPLY: EchoReply,
            IcmpType.DESTINATION_UNREACHABLE: DestinationUnreachable,
            IcmpType.REDIRECT: Redirect,
            IcmpType.ECHO_REQUEST: EchoRequest,
            IcmpType.TIME_EXCEEDED: TimeExceeded,
            IcmpType.PARAMETER_PROBLEM: ParameterProblem,
            IcmpType.TIMESTAMP_REQUEST: TimestampRequest,
            IcmpType.TIMESTAMP_REPLY: TimestampReply,
        },
        default=bytes,
    )
