"""
Packets that scapy makes, and what they are read as.
"""

import functools
from collections.abc import Callable
from typing import Any

from scapy.layers import inet, inet6, l2

import bebytes

MakeCodec = Callable[..., bebytes.Codec[Any]]

SOURCE, DESTINATION = "192.0.2.1", "198.51.100.254"
SOURCE6, DESTINATION6 = "2001:db8::1", "fe80::ffff:1"
MACS = {"src": "00:1a:2b:3c:4d:5e", "dst": "ff:ff:ff:ff:ff:ff"}
ETHER: Callable[..., Any] = functools.partial(l2.Ether, src=MACS["src"], dst=MACS["dst"])
IP = functools.partial(inet.IP, src=SOURCE, dst=DESTINATION)
IPV6 = functools.partial(inet6.IPv6, src=SOURCE6, dst=DESTINATION6)
TCP = functools.partial(inet.TCP, sport=4711, dport=80)
UDP = functools.partial(inet.UDP, sport=4711, dport=7)


def both_ways(codec: bebytes.Codec[Any], packet: Any) -> Any:
    """
    What the bytes of a packet of scapy are read as; they are written again.
    """
    data = bytes(packet)
    value = codec.decode(data)
    assert codec.encode(value) == data
    return value
