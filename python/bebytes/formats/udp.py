"""
UDP datagrams: RFC 768.

The checksum covers the addresses of the packet around too, which hands their sum down (`bebytes.formats.ip`); a datagram by
itself is read with `verify=False`, or with addresses of 0.

>>> UdpDatagram(source_port=4711, destination_port=7, payload=b"abc").to_bytes().hex()
'12670007000b2908616263'
"""

from bebytes import Struct, checksum, derived, size, u16

__all__ = ["UdpDatagram"]


class UdpDatagram(Struct, kw_only=True, byteorder="big", parameters=("addresses",)):
    """
    A datagram.

    Parameters: `addresses` is the sum of the 16-bit words of the packet's two addresses, or of larger words: 2**16 counts as
    1 in such sums.
    """

    source_port: u16
    destination_port: u16
    length: u16 = derived
    checksum: u16 = checksum("internet", start="addresses + 17 + length")
    payload: bytes = size("length - 8", default=b"")
