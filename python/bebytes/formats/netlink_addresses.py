"""
Addresses and routes of rtnetlink; `bebytes.formats.netlink` has the messages.

>>> from ipaddress import ip_address
>>> route = GetRoute(
...     family=Family.INET,
...     attributes=[
...         RouteAttribute(type=RouteAttributeType.DESTINATION, value=InternetAddress(ip_address("192.0.2.1"))),
...     ],
... )
>>> route.attributes[0].value
InternetAddress(address=IPv4Address('192.0.2.1'))
"""

import enum

from bebytes import Struct, align, bits, derived, field, i32, size, switch, u8, u16, u32

from .netlink_links import Attribute, Family, InternetAddress, TerminatedText

__all__ = [
    "AddressAttribute",
    "AddressAttributeType",
    "AddressCache",
    "DelAddress",
    "DelRoute",
    "GetAddress",
    "GetRoute",
    "NewAddress",
    "NewRoute",
    "NextHop",
    "RouteAttribute",
    "RouteAttributeType",
    "RouteCache",
]


# Addresses


class AddressAttributeType(enum.IntEnum):
    """The attributes of addresses that are known here; others are numbers."""

    ADDRESS = 1
    LOCAL = 2
    LABEL = 3
    BROADCAST = 4
    ANYCAST = 5
    CACHE = 6
    MULTICAST = 7
    FLAGS = 8
    PRIORITY = 9
    PROTOCOL = 11


class AddressCache(Struct):
    """How long an address lasts, in seconds, all ones without end; and when it came and changed, in 1/100 s of uptime."""

    preferred: u32
    valid: u32
    created: u32
    updated: u32


class AddressAttribute(Struct, kw_only=True, parameters=("family",)):
    """An attribute of an address; of families other than INET and INET6, its value is bytes."""

    length: u16 = derived
    nested: bool = bits(1, word=16, default=False)
    network_order: bool = bits(1, word=16, default=False)
    type: AddressAttributeType | int = bits(14, word=16, unknown="keep")
    value: InternetAddress | TerminatedText | AddressCache | u32 | u8 | bytes = switch(
        "type if family in (2, 10) else 0",
        {
            (
                AddressAttributeType.ADDRESS,
                AddressAttributeType.LOCAL,
                AddressAttributeType.BROADCAST,
                AddressAttributeType.ANYCAST,
                AddressAttributeType.MULTICAST,
            ): InternetAddress,
            AddressAttributeType.LABEL: TerminatedText,
            AddressAttributeType.CACHE: AddressCache,
            (AddressAttributeType.FLAGS, AddressAttributeType.PRIORITY): u32,
            AddressAttributeType.PROTOCOL: u8,
        },
        default=bytes,
        size="length - 4",
    )
    padding: bytes = align(4, policy="keep")


class GetAddress(Struct, kw_only=True):
    """
    Asks for the addresses of a family, or, with `DUMP`, for all.

    Attributes:
        scope: 0 is everywhere, 253 this link, 254 this machine.
        index: of the link.
    """

    family: Family | int = bits(8, unknown="keep", default=Family.UNSPECIFIED)
    prefix_length: u8 = 0
    flags: u8 = 0
    scope: u8 = 0
    index: u32 = 0
    attributes: list[AddressAttribute] = field(default_factory=list, parameters={"family": "family"})


class NewAddress(GetAddress):
    """An address, or one to make."""


class DelAddress(GetAddress):
    """An address that is gone, or that is to go."""


# Routes


class RouteAttributeType(enum.IntEnum):
    """The attributes of routes that are known here; others are numbers."""

    DESTINATION = 1
    SOURCE = 2
    INPUT_INTERFACE = 3
    OUTPUT_INTERFACE = 4
    GATEWAY = 5
    PRIORITY = 6
    PREFERRED_SOURCE = 7
    METRICS = 8
    MULTIPATH = 9
    FLOW = 11
    CACHE = 12
    TABLE = 15
    MARK = 16
    PREFERENCE = 20
    EXPIRES = 23
    NEXT_HOP_ID = 30


class RouteCache(Struct):
    """How a route has been used; times in 1/100 s."""

    references: u32
    last_use: u32
    expires: i32
    error: u32
    used: u32
    id: u32
    timestamp: u32
    timestamp_age: u32


class RouteAttribute(Struct, kw_only=True, parameters=("family",)):
    """An attribute of a route; of families other than INET and INET6, its value is bytes."""

    length: u16 = derived
    nested: bool = bits(1, word=16, default=False)
    network_order: bool = bits(1, word=16, default=False)
    type: RouteAttributeType | int = bits(14, word=16, unknown="keep")
    value: "InternetAddress | u32 | list[Attribute] | list[NextHop] | RouteCache | u8 | bytes" = switch(
        "type if family in (2, 10) else 0",
        {
            (
                RouteAttributeType.DESTINATION,
                RouteAttributeType.SOURCE,
                RouteAttributeType.GATEWAY,
                RouteAttributeType.PREFERRED_SOURCE,
            ): InternetAddress,
            (
                RouteAttributeType.INPUT_INTERFACE,
                RouteAttributeType.OUTPUT_INTERFACE,
                RouteAttributeType.PRIORITY,
                RouteAttributeType.FLOW,
                RouteAttributeType.TABLE,
                RouteAttributeType.MARK,
                RouteAttributeType.EXPIRES,
                RouteAttributeType.NEXT_HOP_ID,
            ): u32,
            RouteAttributeType.METRICS: list[Attribute],
            RouteAttributeType.MULTIPATH: "list[NextHop]",
            RouteAttributeType.CACHE: RouteCache,
            RouteAttributeType.PREFERENCE: u8,
        },
        default=bytes,
        size="length - 4",
        parameters={"family": "family"},
    )
    padding: bytes = align(4, policy="keep")


class NextHop(Struct, kw_only=True, parameters=("family",)):
    """One of several ways that a route goes; its weight is `hops` + 1."""

    length: u16 = derived
    flags: u8 = 0
    hops: u8 = 0
    index: i32
    attributes: list[RouteAttribute] = size("length - 8", default_factory=list, parameters={"family": "family"})


class GetRoute(Struct, kw_only=True):
    """
    Asks for the routes of a family, or, with `DUMP`, for all.

    Attributes:
        table: 254 is the main one, 255 that of this machine's own addresses; larger numbers are in an attribute.
        protocol: who made it: 2 the kernel, 3 at boot, 4 the administrator ...
        scope: how far away what it leads to is, as for addresses.
        kind: 1 unicast, 2 local, 3 broadcast ...
    """

    family: Family | int = bits(8, unknown="keep", default=Family.UNSPECIFIED)
    destination_length: u8 = 0
    source_length: u8 = 0
    tos: u8 = 0
    table: u8 = 0
    protocol: u8 = 0
    scope: u8 = 0
    kind: u8 = 0
    flags: u32 = 0
    attributes: list[RouteAttribute] = field(default_factory=list, parameters={"family": "family"})


class NewRoute(GetRoute):
    """A route, or one to make."""


class DelRoute(GetRoute):
    """A route that is gone, or that is to go."""
