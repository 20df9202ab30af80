"""
Messages of netlink (RFC 3549; netlink(7)) and of rtnetlink (rtnetlink(7)): links, addresses and routes of Linux.

The kernel's numbers are in the byte order of the machine, so what is here has that order; addresses are in network order. The
layouts are those of `linux/netlink.h`, `linux/rtnetlink.h`, `linux/if_link.h` and `linux/if_addr.h`.

A request for all links, and what came back from one for loopback, cut short:

>>> request = NetlinkMessage(
...     flags=NetlinkFlags.REQUEST | NetlinkFlags.DUMP, sequence=1, body=GetLink(),
... )
>>> request.length, request.type.name, len(request.to_bytes())
(32, 'GETLINK', 32)
>>> answer = NetlinkMessage(
...     sequence=1,
...     body=NewLink(
...         index=1,
...         attributes=[
...             LinkAttribute(type=LinkAttributeType.NAME, value=TerminatedText("lo")),
...             LinkAttribute(type=LinkAttributeType.MTU, value=65536),
...         ],
...     ),
... )
>>> received = NetlinkMessage.from_bytes(answer.to_bytes())
>>> received.body.attributes[0].value.text, received.body.attributes[1].value
('lo', 65536)

Messages stand behind each other in what a socket receives: `iter_decode(NetlinkMessage, data)`.
"""

import enum
from typing import TypeAlias

from bebytes import Struct, align, bits, derived, i32, switch, u32

from .netlink_addresses import (
    AddressAttribute,
    AddressAttributeType,
    AddressCache,
    DelAddress,
    DelRoute,
    GetAddress,
    GetRoute,
    NewAddress,
    NewRoute,
    NextHop,
    RouteAttribute,
    RouteAttributeType,
    RouteCache,
)
from .netlink_links import (
    ORDER,
    Attribute,
    DelLink,
    Family,
    GetLink,
    InternetAddress,
    LinkAttribute,
    LinkAttributeType,
    LinkFlags,
    LinkInfoAttribute,
    LinkInfoType,
    LinkLayerAddress,
    LinkStatistics,
    NewLink,
    TerminatedText,
)

__all__ = [
    "AddressAttribute",
    "AddressAttributeType",
    "AddressCache",
    "Attribute",
    "DelAddress",
    "DelLink",
    "DelRoute",
    "DoneMessage",
    "ErrorMessage",
    "Family",
    "GetAddress",
    "GetLink",
    "GetRoute",
    "InternetAddress",
    "LinkAttribute",
    "LinkAttributeType",
    "LinkFlags",
    "LinkInfoAttribute",
    "LinkInfoType",
    "LinkLayerAddress",
    "LinkStatistics",
    "MessageType",
    "NetlinkFlags",
    "NetlinkMessage",
    "NewAddress",
    "NewLink",
    "NewRoute",
    "NextHop",
    "RouteAttribute",
    "RouteAttributeType",
    "RouteCache",
    "TerminatedText",
]


class MessageType(enum.IntEnum):
    """The messages that are known here; others are numbers."""

    NOOP = 1
    ERROR = 2
    DONE = 3
    OVERRUN = 4
    NEWLINK = 16
    DELLINK = 17
    GETLINK = 18
    NEWADDR = 20
    DELADDR = 21
    GETADDR = 22
    NEWROUTE = 24
    DELROUTE = 25
    GETROUTE = 26


class NetlinkFlags(enum.IntFlag):
    """What is asked for, and what an answer is; `DUMP` asks for all there are."""

    REQUEST = 1
    MULTI = 2
    ACK = 4
    ECHO = 8
    DUMP_INTERRUPTED = 0x10
    DUMP_FILTERED = 0x20
    REPLACE = 0x100
    EXCLUSIVE = 0x200
    DUMP = 0x300
    CREATE = 0x400
    APPEND = 0x800


class ErrorMessage(Struct, kw_only=True):
    """
    How a request went.

    Attributes:
        error: 0, or a number of `errno`, negated.
        request: the request, or its header alone, and what more there is to say.
    """

    error: i32
    request: bytes


class DoneMessage(Struct, kw_only=True):
    """The end of several messages; `error` as in `ErrorMessage`."""

    error: i32 = 0
    more: bytes = b""


Body: TypeAlias = (
    ErrorMessage
    | DoneMessage
    | NewLink
    | DelLink
    | GetLink
    | NewAddress
    | DelAddress
    | GetAddress
    | NewRoute
    | DelRoute
    | GetRoute
    | bytes
)


class NetlinkMessage(Struct, kw_only=True, byteorder=ORDER):
    """
    A message; its type follows from the class of its body, but for bytes.

    Attributes:
        length: bytes of the message, without those up to a multiple of 4.
        port: of the sender; 0 is the kernel, or an unbound socket.
    """

    length: u32 = derived
    type: MessageType | int = bits(16, unknown="keep", default=derived)
    flags: NetlinkFlags = bits(16, unknown="keep", default=NetlinkFlags(0))
    sequence: u32 = 0
    port: u32 = 0
    body: Body = switch(
        "type",
        {
            MessageType.ERROR: ErrorMessage,
            MessageType.DONE: DoneMessage,
            MessageType.NEWLINK: NewLink,
            MessageType.DELLINK: DelLink,
            MessageType.GETLINK: GetLink,
            MessageType.NEWADDR: NewAddress,
            MessageType.DELADDR: DelAddress,
            MessageType.GETADDR: GetAddress,
            MessageType.NEWROUTE: NewRoute,
            MessageType.DELROUTE: DelRoute,
            MessageType.GETROUTE: GetRoute,
        },
        default=bytes,
        size="length - 16",
    )
    padding: bytes = align(4, policy="keep")
