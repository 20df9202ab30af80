"""
bebytes.formats.netlink on what the running kernel answers; /sys, /proc and other calls say the same in their own ways.
"""

import contextlib
import errno
import socket
import struct
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import Any

import pytest
from format_damage import assert_survives

import bebytes
from bebytes import errors
from bebytes.formats.netlink import (
    AddressAttribute,
    AddressAttributeType,
    AddressCache,
    Attribute,
    DoneMessage,
    ErrorMessage,
    Family,
    GetAddress,
    GetLink,
    GetRoute,
    InternetAddress,
    LinkAttribute,
    LinkAttributeType,
    LinkFlags,
    LinkInfoAttribute,
    LinkInfoType,
    LinkLayerAddress,
    LinkStatistics,
    MessageType,
    NetlinkFlags,
    NetlinkMessage,
    NewAddress,
    NewLink,
    NewRoute,
    NextHop,
    RouteAttribute,
    RouteAttributeType,
    TerminatedText,
)

MakeCodec = Callable[..., bebytes.Codec[Any]]

DUMP = NetlinkFlags.REQUEST | NetlinkFlags.DUMP
LINKS = Path("/sys/class/net")


def ask(codec: MakeCodec, body: Any, flags: NetlinkFlags = DUMP) -> list[NetlinkMessage]:
    """
    What the kernel answers; each datagram of it encodes to the same bytes.
    """
    if not hasattr(socket, "AF_NETLINK"):
        pytest.skip("netlink is a thing of Linux")
    made = codec(NetlinkMessage)
    try:
        kernel = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
    except OSError as e:
        pytest.skip(f"there is no netlink here: {e}")
    found: list[NetlinkMessage] = []
    with kernel:
        kernel.settimeout(10)
        kernel.bind((0, 0))
        kernel.send(made.encode(NetlinkMessage(flags=flags, sequence=7, body=body)))
        while not found or (found[-1].flags & NetlinkFlags.MULTI and found[-1].type != MessageType.DONE):
            data = kernel.recv(1 << 18)
            messages = list(bebytes.iter_decode(NetlinkMessage, data, backend=made.backend))
            assert bebytes.encode_many(messages, backend=made.backend) == data
            found += messages
    assert {message.sequence for message in found} == {7}
    return found


def values(attributes: Any) -> dict[Any, Any]:
    """
    The values of attributes by their types, unwrapped.
    """
    found = {}
    for attribute in attributes:
        value = attribute.value
        value = getattr(value, "text", getattr(value, "address", value))
        found[attribute.type] = value
    return found


def test_links(codec: MakeCodec) -> None:
    """
    All links, as /sys/class/net and the resolver have them.
    """
    *answers, last = ask(codec, GetLink())
    assert type(last.body) is DoneMessage
    assert last.body.error == 0
    links = [answer.body for answer in answers]
    assert all(type(link) is NewLink for link in links)
    names = {link.index: values(link.attributes)[LinkAttributeType.NAME] for link in links if isinstance(link, NewLink)}
    assert sorted(names.items()) == sorted(socket.if_nameindex())

    for link in links:
        assert isinstance(link, NewLink)
        found = values(link.attributes)
        directory = LINKS / names[link.index]
        if not directory.exists():
            continue

        def told(name: str, directory: Path = directory) -> str | None:
            with contextlib.suppress(OSError):
                return (directory / name).read_text().strip()
            return None

        assert str(link.index) == told("ifindex")
        assert str(link.link_type) == told("type")
        assert str(found[LinkAttributeType.MTU]) == told("mtu")
        assert str(found[LinkAttributeType.TRANSMIT_QUEUE_LENGTH]) == told("tx_queue_len")
        if LinkAttributeType.ADDRESS in found:
            assert found[LinkAttributeType.ADDRESS] == told("address")
        # /sys has the flags that were set; netlink adds those of the state.
        flags = told("flags")
        assert flags is not None
        settable = LinkFlags.UP | LinkFlags.BROADCAST | LinkFlags.LOOPBACK | LinkFlags.POINT_TO_POINT | LinkFlags.NO_ARP
        assert int(link.flags & settable) == int(flags, 16) & int(settable)
        state = told("operstate")
        states = ["unknown", "notpresent", "down", "lowerlayerdown", "testing", "dormant", "up"]
        assert states[found[LinkAttributeType.OPERATIONAL_STATE]] == state
        if LinkAttributeType.STATISTICS in found:
            statistics = found[LinkAttributeType.STATISTICS]
            assert isinstance(statistics, LinkStatistics)
            assert statistics.receive_bytes <= int(told("statistics/rx_bytes") or 0)


def test_one_link(codec: MakeCodec) -> None:
    """
    Loopback alone, asked for by its name.
    """
    name = LinkAttribute(type=LinkAttributeType.NAME, value=TerminatedText("lo"))
    (answer,) = ask(codec, GetLink(attributes=[name]), NetlinkFlags.REQUEST)
    assert isinstance(answer.body, NewLink)
    assert answer.body.index == socket.if_nametoindex("lo")
    assert answer.body.flags & LinkFlags.LOOPBACK
    family_specific = values(answer.body.attributes).get(LinkAttributeType.FAMILY_SPECIFIC)
    assert family_specific is None or {a.type for a in family_specific} <= {Family.INET, Family.INET6, Family.MPLS}


def test_refused(codec: MakeCodec) -> None:
    """
    A link that is not there: the error, and the request in it.
    """
    name = LinkAttribute(type=LinkAttributeType.NAME, value=TerminatedText("no-such-link"))
    (answer,) = ask(codec, GetLink(attributes=[name]), NetlinkFlags.REQUEST)
    assert isinstance(answer.body, ErrorMessage)
    assert answer.body.error == -errno.ENODEV
    request, _ = codec(NetlinkMessage).decode_prefix(answer.body.request)
    assert request.body == GetLink(attributes=[name])


def test_addresses(codec: MakeCodec) -> None:
    """
    The addresses of version 6 as /proc has them; those of version 4 are ones that can be bound.
    """
    *answers, _ = ask(codec, GetAddress())
    found: dict[Any, set[Any]] = {Family.INET: set(), Family.INET6: set()}
    for answer in answers:
        assert isinstance(answer.body, NewAddress)
        attributes = values(answer.body.attributes)
        address = attributes.get(AddressAttributeType.LOCAL, attributes[AddressAttributeType.ADDRESS])
        found[answer.body.family].add((address, answer.body.prefix_length, answer.body.index))
        if AddressAttributeType.CACHE in attributes:
            assert isinstance(attributes[AddressAttributeType.CACHE], AddressCache)
        if AddressAttributeType.FLAGS in attributes:
            assert attributes[AddressAttributeType.FLAGS] & 0xFF == answer.body.flags
    listing = Path("/proc/net/if_inet6")
    lines = [line.split() for line in listing.read_text().splitlines()] if listing.exists() else []
    assert found[Family.INET6] == {
        (IPv6Address(int(address, 16)), int(length, 16), int(index, 16)) for address, index, length, *_ in lines
    }
    assert (IPv4Address("127.0.0.1"), 8, socket.if_nametoindex("lo")) in found[Family.INET]
    for address, _, _ in found[Family.INET]:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as trial:
            trial.bind((str(address), 0))


def test_routes(codec: MakeCodec) -> None:
    """
    The routes of the main table of version 4 as /proc has them.
    """
    *answers, _ = ask(codec, GetRoute(family=Family.INET))
    found = set()
    for answer in answers:
        route = answer.body
        assert isinstance(route, NewRoute)
        attributes = values(route.attributes)
        assert attributes[RouteAttributeType.TABLE] == route.table
        if route.table != 254:
            continue
        found.add(
            (
                socket.if_indextoname(attributes[RouteAttributeType.OUTPUT_INTERFACE]),
                attributes.get(RouteAttributeType.DESTINATION, ip_address("0.0.0.0")),
                attributes.get(RouteAttributeType.GATEWAY, ip_address("0.0.0.0")),
                attributes.get(RouteAttributeType.PRIORITY, 0),
                route.destination_length,
            )
        )
    listing = Path("/proc/net/route")
    if not listing.exists():
        pytest.skip("there is no /proc/net/route")
    expected = set()
    for line in listing.read_text().splitlines()[1:]:
        name, destination, gateway, _, _, _, metric, mask, *_ = line.split()
        # The numbers are addresses as the machine has them in memory.
        address, router, bits = (struct.pack("=I", int(number, 16)) for number in (destination, gateway, mask))
        length = int.from_bytes(bits, "big").bit_count()
        expected.add((name, ip_address(address), ip_address(router), int(metric), length))
    assert found == expected


def made_messages() -> list[NetlinkMessage]:
    """
    Messages with what a kernel need not have: nested attributes, several ways, other families.
    """
    link = LinkAttributeType
    route = RouteAttributeType
    ways = [
        NextHop(
            index=2,
            hops=9,
            attributes=[RouteAttribute(type=route.GATEWAY, value=InternetAddress(IPv4Address("192.0.2.1")))],
        ),
        NextHop(index=3),
    ]
    return [
        NetlinkMessage(
            body=NewLink(
                family=Family.BRIDGE,
                index=-1,
                flags=LinkFlags.UP | LinkFlags.ECHO,
                attributes=[
                    LinkAttribute(type=link.ADDRESS, value=LinkLayerAddress("00:1a:2b:3c:4d:5e")),
                    LinkAttribute(
                        type=link.LINK_INFO,
                        nested=True,
                        value=[
                            LinkInfoAttribute(type=LinkInfoType.KIND, value=TerminatedText("vlan")),
                            LinkInfoAttribute(type=LinkInfoType.DATA, value=b"\x06\0\x01\0\x2a\0\0\0"),
                        ],
                    ),
                    LinkAttribute(type=link.FAMILY_SPECIFIC, value=[Attribute(type=2, value=b"abc")]),
                    LinkAttribute(type=link.CARRIER, value=1),
                    LinkAttribute(type=200, network_order=True, value=b"?"),
                ],
            )
        ),
        NetlinkMessage(
            body=NewRoute(
                family=Family.INET,
                attributes=[
                    RouteAttribute(type=route.MULTIPATH, value=ways),
                    RouteAttribute(type=route.METRICS, value=[Attribute(type=2, value=b"\0\0\5\xdc")]),
                    RouteAttribute(type=route.PREFERENCE, value=1),
                ],
            )
        ),
        NetlinkMessage(
            body=NewRoute(
                family=Family.MPLS, attributes=[RouteAttribute(type=route.DESTINATION, value=b"\0\x06\x41\0")]
            )
        ),
        NetlinkMessage(
            body=NewAddress(
                family=Family.INET6,
                attributes=[
                    AddressAttribute(type=AddressAttributeType.LOCAL, value=InternetAddress(IPv6Address("2001:db8::1")))
                ],
            )
        ),
        NetlinkMessage(type=999, body=b"what"),
    ]


def test_made_messages(codec: MakeCodec) -> None:
    """
    Attributes inside attributes: the lengths are those that struct finds, and all come back.
    """
    messages = made_messages()
    data = bebytes.encode_many(messages, backend=codec(NetlinkMessage).backend)
    assert list(bebytes.iter_decode(NetlinkMessage, data, backend=codec(NetlinkMessage).backend)) == messages

    first = codec(NetlinkMessage).encode(messages[0])
    length, kind, _, _, _ = struct.unpack_from("=IHHII", first)
    assert (length, kind, len(first) % 4) == (messages[0].length, 16, 0)
    found, position = [], 32
    while position < length:
        size, kind = struct.unpack_from("=HH", first, position)
        found.append((size, kind))
        position += size + -size % 4
    assert found == [(10, 1), (4 + 12 + 12, 18 | 0x8000), (4 + 8, 26), (5, 33), (5, 200 | 0x4000)]
    assert first[-3:] == bytes(3)


def test_wrong_addresses(codec: MakeCodec) -> None:
    """
    An address is of 4 bytes or of 16.
    """
    message = made_messages()[3]
    data = codec(NetlinkMessage).encode(message)
    # The message, its attribute and its address become 4 bytes shorter.
    shorter = bytearray(data[:-4])
    struct.pack_into("=I", shorter, 0, len(shorter))
    struct.pack_into("=H", shorter, 24, 16)
    with pytest.raises(errors.InvalidValue, match=r"body\.attributes\[0\]\.value\.address") as caught:
        codec(NetlinkMessage).decode(bytes(shorter))
    assert caught.value.value == data[28:40]


@pytest.mark.parametrize("number", range(5))
def test_damage(codec: MakeCodec, number: int) -> None:
    data = codec(NetlinkMessage).encode(made_messages()[number])
    assert assert_survives(codec(NetlinkMessage), data) >= len(data) - 4
