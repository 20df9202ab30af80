"""
Ethernet frames (IEEE 802.3), their VLAN tags (IEEE 802.1Q), ARP (RFC 826), and the packets of IP that they carry.

Frames are as captures have them, without preamble and check sequence.

>>> from ipaddress import IPv4Address
>>> request = EthernetFrame(
...     destination="ff:ff:ff:ff:ff:ff",
...     source="00:1a:2b:3c:4d:5e",
...     payload=VlanTag(
...         vlan=42,
...         payload=ArpPacket(
...             sender_hardware="00:1a:2b:3c:4d:5e",
...             sender_protocol=IPv4Address("192.0.2.1"),
...             target_protocol=IPv4Address("192.0.2.2"),
...         ),
...     ),
... )
>>> request.to_bytes().hex()
'ffffffffffff001a2b3c4d5e8100002a08060001080006040001001a2b3c4d5ec0000201000000000000c0000202'
>>> received = EthernetFrame.from_bytes(request.to_bytes())
>>> received.payload.vlan, received.payload.payload.target_protocol
(42, IPv4Address('192.0.2.2'))

A packet of IP says how long it is; what follows it fills a short frame up, and is the frame's `trailer`.
"""

import enum
from ipaddress import IPv4Address
from typing import TypeAlias, Union

from bebytes import Struct, at, bits, const, derived, field, switch, u8, u16
from bebytes.adapters import ipv4, mac

from .ip import Ipv4Packet, Ipv6Packet

__all__ = ["ArpOperation", "ArpPacket", "EtherType", "EthernetFrame", "ServiceTag", "VlanTag"]


class EtherType(enum.IntEnum):
    """What a frame carries: those that are known here; others are numbers, and those up to 1500 the length of the payload."""

    IPV4 = 0x0800
    ARP = 0x0806
    WAKE_ON_LAN = 0x0842
    VLAN = 0x8100
    IPV6 = 0x86DD
    MPLS = 0x8847
    PPPOE_DISCOVERY = 0x8863
    PPPOE_SESSION = 0x8864
    EAPOL = 0x888E
    SERVICE_VLAN = 0x88A8
    LLDP = 0x88CC
    PTP = 0x88F7


class ArpOperation(enum.IntEnum):
    """What an ARP packet is; others are numbers."""

    REQUEST = 1
    REPLY = 2
    RARP_REQUEST = 3
    RARP_REPLY = 4


class ArpPacket(Struct, kw_only=True, byteorder="big"):
    """A packet of ARP (RFC 826) that asks for the Ethernet address of an IPv4 address, or tells it."""

    hardware_type: u16 = const(1)
    protocol_type: u16 = const(EtherType.IPV4)
    hardware_size: u8 = const(6)
    protocol_size: u8 = const(4)
    operation: ArpOperation | int = bits(16, unknown="keep", default=ArpOperation.REQUEST)
    sender_hardware: str = field(adapt=mac)
    sender_protocol: IPv4Address = field(adapt=ipv4)
    target_hardware: str = field(adapt=mac, default="00:00:00:00:00:00")
    target_protocol: IPv4Address = field(adapt=ipv4)


Payload: TypeAlias = Union[Ipv4Packet, ArpPacket, "VlanTag", Ipv6Packet, "ServiceTag", bytes]
_CARRIED = {
    EtherType.IPV4: Ipv4Packet,
    EtherType.ARP: ArpPacket,
    EtherType.VLAN: "VlanTag",
    EtherType.IPV6: Ipv6Packet,
    EtherType.SERVICE_VLAN: "ServiceTag",
}


class VlanTag(Struct, kw_only=True, byteorder="big"):
    """
    A tag (IEEE 802.1Q, 9.6), and what it stands before: the frame's type is that of the tag, and the tag has the next one.

    Attributes:
        priority: 0 to 7.
        drop_eligible: whether the frame may be dropped first.
        vlan: 1 to 4094; 0 is a priority only.
        ethertype: follows from the class of the payload, but for bytes.
    """

    priority: u8 = bits(3, default=0)
    drop_eligible: bool = bits(1, default=False)
    vlan: u16 = bits(12)
    ethertype: EtherType | int = bits(16, unknown="keep", default=derived)
    payload: Payload = switch("ethertype", _CARRIED, default=bytes)


class ServiceTag(VlanTag, byteorder="big"):
    """A tag of the provider (IEEE 802.1ad), which stands before that of the customer."""


class EthernetFrame(Struct, kw_only=True, byteorder="big"):
    """
    A frame (IEEE 802.3, 3.1.1).

    Attributes:
        ethertype: follows from the class of the payload, but for bytes.
        trailer: the bytes behind the payload, which fill the frame up to 60 bytes.
    """

    destination: str = field(adapt=mac)
    source: str = field(adapt=mac)
    ethertype: EtherType | int = bits(16, unknown="keep", default=derived)
    payload: Payload = switch("ethertype", _CARRIED, default=bytes)
    trailer: bytes = at("14 + sizeof(payload)", origin="struct", default=b"")
