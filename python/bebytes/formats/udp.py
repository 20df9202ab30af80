"""
UDP datagrams: RFC 768.

The checksum covers the addresses of the packet around too, which hands their sum down (`bebytes.formats.ip`). A datagram by
itself is read and written by a codec with that sum, or with 0 and `verify=False`.

>>> from bebytes import Codec
>>> codec = Codec(UdpDatagram, parameters={"addresses": 0xC0000201 + 0xC0000202})
>>> codec.encode(UdpDatagram(source_port=4711, destination_port=7, payload=b"abc")).hex()
'12670007000ba503616263'
"""

from bebytes import Struct, checksum, derived, size, u16

__all__ = ["UdpDatagram"]


class UdpDatagram(Struct, kw_only=True, byteorder="big", parameters=("addresses",)):
    """
    A datagram.

    A checksum of 0 says that there is none, as tunnels have it; assign it to leave the checksum out.

    Parameters: `addresses` is the sum of the 16-bit words of the packet's two addresses, or of larger words: 2**16 counts as
    1 in such sums.
    """

    source_port: u16
    destination_port: u16
    length: u16 = derived
    checksum: u16 = checksum("internet", start="addresses + 17 + length", none=0)
    payload: bytes = size("length - 8", default=b"")
