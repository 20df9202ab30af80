"""
TCP segments: RFC 9293, with the options of RFC 7323 (window scale, timestamps) and RFC 2018 (selective acknowledgment).

The checksum covers the addresses of the packet around too, which hands their sum down (`bebytes.formats.ip`). A segment by
itself is read and written by a codec with that sum, or with 0 and `verify=False`.

>>> from bebytes import Codec
>>> syn = TcpSegment(
...     source_port=4711,
...     destination_port=80,
...     sequence=1,
...     flags=TcpFlags.SYN,
...     window=64240,
...     options=[
...         TcpOption(kind=TcpOptionKind.MAXIMUM_SEGMENT_SIZE, value=1460),
...         TcpOption(value=SackPermitted()),
...         TcpOption(value=Timestamps(1000, 0)),
...         TcpOption(kind=TcpOptionKind.NO_OPERATION),
...         TcpOption(kind=TcpOptionKind.WINDOW_SCALE, value=7),
...     ],
... )
>>> syn.data_offset
10
>>> codec = Codec(TcpSegment, parameters={"addresses": 0xC0000201 + 0xC0000202})
>>> received = codec.decode(codec.encode(syn))
>>> received.options[2]
TcpOption(kind=<TcpOptionKind.TIMESTAMPS: 8>, length=10, value=Timestamps(value=1000, echo_reply=0))
"""

import enum
from types import NoneType

from bebytes import Struct, bits, checksum, derived, reserved, size, switch, u8, u16, u32, when

__all__ = ["SackBlock", "SackPermitted", "TcpFlags", "TcpOption", "TcpOptionKind", "TcpSegment", "Timestamps"]


class TcpFlags(enum.IntFlag):
    """The control bits (RFC 9293, 3.1; RFC 3168 for ECE and CWR; AE is of draft-ietf-tcpm-accurate-ecn)."""

    FIN = 1
    SYN = 2
    RST = 4
    PSH = 8
    ACK = 16
    URG = 32
    ECE = 64
    CWR = 128
    AE = 256


class TcpOptionKind(enum.IntEnum):
    """The options that are known here; others are numbers."""

    END = 0
    NO_OPERATION = 1
    MAXIMUM_SEGMENT_SIZE = 2
    WINDOW_SCALE = 3
    SACK_PERMITTED = 4
    SACK = 5
    TIMESTAMPS = 8
    USER_TIMEOUT = 28
    AUTHENTICATION = 29
    MULTIPATH = 30
    FAST_OPEN = 34


class SackPermitted(Struct):
    """The sender takes SACK options (RFC 2018, 2); it holds nothing."""


class SackBlock(Struct):
    """Bytes that have arrived (RFC 2018, 3): the first sequence number, and the one behind the last."""

    left: u32
    right: u32


class Timestamps(Struct):
    """The sender's clock, and what it saw of the receiver's (RFC 7323, 3.2)."""

    value: u32
    echo_reply: u32


class TcpOption(Struct, kw_only=True):
    """
    An option (RFC 9293, 3.1).

    Attributes:
        kind: which; a value of a class of its own tells it, such as `Timestamps`.
        length: bytes of the whole option; None for END and NO_OPERATION, which are one byte.
        value: bytes where the kind is not known; None for those of one byte.
    """

    kind: TcpOptionKind | int = bits(8, unknown="keep", default=derived)
    length: u8 | None = when("kind > 1", default=derived)
    value: u16 | u8 | SackPermitted | list[SackBlock] | Timestamps | bytes | None = switch(
        "kind",
        {
            TcpOptionKind.MAXIMUM_SEGMENT_SIZE: u16,
            TcpOptionKind.WINDOW_SCALE: u8,
            TcpOptionKind.SACK_PERMITTED: SackPermitted,
            TcpOptionKind.SACK: list[SackBlock],
            TcpOptionKind.TIMESTAMPS: Timestamps,
        },
        default=bytes,
        when="kind > 1",
        size="length - 2",
        default_factory=NoneType,
    )


class TcpSegment(Struct, kw_only=True, byteorder="big", parameters=("addresses",)):
    """
    A segment (RFC 9293, 3.1).

    Parameters: `addresses` is the sum of the 16-bit words of the packet's two addresses, or of larger words: 2**16 counts as
    1 in such sums.

    Attributes:
        data_offset: words of 4 bytes before the payload: the options must fill them up, with NO_OPERATION and END.
    """

    source_port: u16
    destination_port: u16
    sequence: u32 = 0
    acknowledgment: u32 = 0
    data_offset: u8 = bits(4, default=derived)
    unused: u8 = reserved(3, policy="keep")
    flags: TcpFlags = bits(9, default=TcpFlags(0))
    window: u16 = 0
    checksum: u16 = checksum("internet", start="addresses + 6 + sizeof(self)")
    urgent_pointer: u16 = 0
    options: list[TcpOption] = size("data_offset * 4 - 20", default_factory=list)
    payload: bytes = b""
