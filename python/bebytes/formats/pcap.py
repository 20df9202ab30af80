"""
Capture files of libpcap: draft-ietf-opsawg-pcap (and pcap-savefile(5)), in both byte orders, with times in micro- or nanoseconds.

The magic number at the start tells the byte order of everything behind it, and the unit of the times' fractions.

>>> capture = PcapFile(
...     magic=PcapMagic.LITTLE_NANOSECONDS,
...     link_type=1,
...     packets=[PcapPacket(seconds=1_700_000_000, fraction=999_999_999, original_length=60, data=b"frame")],
... )
>>> data = capture.to_bytes()
>>> data[:4].hex(), data[16:24].hex()
('4d3cb2a1', '0000040001000000')
>>> packet = PcapFile.from_bytes(data).packets[0]
>>> packet.captured_length, packet.original_length, packet.data
(5, 60, b'frame')

The frames of link type 1 are those of `bebytes.formats.ethernet`. A file that is still being written is read packet by
packet, behind its first 24 bytes: `iter_decode(PcapPacket, data[24:], byteorder="little")`.
"""

import enum
from operator import attrgetter

from bebytes import Struct, bits, derived, field, i32, reserved, size, u8, u16, u32

__all__ = ["PcapFile", "PcapMagic", "PcapPacket"]


class PcapMagic(enum.Enum):
    """The first four bytes of a file, by the order of bytes and the unit of fractions of a second."""

    BIG_MICROSECONDS = b"\xa1\xb2\xc3\xd4"
    LITTLE_MICROSECONDS = b"\xd4\xc3\xb2\xa1"
    BIG_NANOSECONDS = b"\xa1\xb2\x3c\x4d"
    LITTLE_NANOSECONDS = b"\x4d\x3c\xb2\xa1"

    @property
    def is_little(self) -> bool:
        """
        Whether the file is little endian.
        """
        return self.value[-1] == 0xA1

    @property
    def is_nanoseconds(self) -> bool:
        """
        Whether fractions count nanoseconds, and not microseconds.
        """
        return 0x4D in self.value


class PcapPacket(Struct, kw_only=True):
    """
    A packet.

    Attributes:
        seconds: since 1970-01-01 00:00 UTC.
        fraction: of a second, in the unit of the file.
        captured_length: bytes in the file.
        original_length: bytes that the packet had, before it was cut to the file's `snap_length`.
    """

    seconds: u32
    fraction: u32 = 0
    captured_length: u32 = derived
    original_length: u32
    data: bytes = size("captured_length")


class PcapFile(
    Struct,
    kw_only=True,
    byteorder="little if magic in (b'\\xd4\\xc3\\xb2\\xa1', b'\\x4d\\x3c\\xb2\\xa1') else big",
):
    """
    A file.

    Attributes:
        snap_length: the most bytes that were kept of a packet.
        fcs_length: bytes of the frame check sequence at the end of each packet, in units of 2, where `has_fcs_length`.
        link_type: what the packets are: 1 Ethernet, 101 IP, 113 Linux "cooked" ... (tcpdump.org/linktypes.html).
    """

    magic: PcapMagic = size(4, adapt=(PcapMagic, attrgetter("value")), default=PcapMagic.LITTLE_MICROSECONDS)
    version_major: u16 = 2
    version_minor: u16 = 4
    time_zone: i32 = 0
    accuracy: u32 = 0
    snap_length: u32 = 262144
    fcs_length: u8 = bits(4, word=32, default=0)
    unused: u8 = reserved(1, word=32, policy="keep")
    has_fcs_length: bool = bits(1, word=32, default=False)
    unused_2: u16 = reserved(10, word=32, policy="keep")
    link_type: u16 = bits(16, word=32)
    packets: list[PcapPacket] = field(default_factory=list)
