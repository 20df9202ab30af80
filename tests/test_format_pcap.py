"""
bebytes.formats.pcap on files that dpkt writes, and that are put together here; dpkt says what they hold.
"""

import io
import struct
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import dpkt  # type: ignore[import-untyped]
import pytest
from format_damage import assert_survives

import bebytes
from bebytes import errors
from bebytes.formats.pcap import PcapFile, PcapMagic, PcapPacket

MakeCodec = Callable[..., bebytes.Codec[Any]]

PACKETS = [(Decimal("1700000000.000001"), b"a"), (Decimal("0.999999"), b""), (Decimal(4294967295), bytes(range(256)))]


@pytest.mark.parametrize("nano", [False, True], ids=["microseconds", "nanoseconds"])
def test_files_of_dpkt(codec: MakeCodec, nano: bool) -> None:
    """
    dpkt writes in the byte order of the machine.
    """
    file = io.BytesIO()
    writer = dpkt.pcap.Writer(file, snaplen=128, linktype=dpkt.pcap.DLT_RAW, nano=nano)
    for time, data in PACKETS:
        writer.writepkt_time(data, time)
    data = file.getvalue()

    capture = codec(PcapFile).decode(data)
    assert capture.magic.is_nanoseconds == nano
    assert (capture.version_major, capture.version_minor) == (2, 4)
    assert (capture.snap_length, capture.link_type) == (128, dpkt.pcap.DLT_RAW)
    assert [(p.seconds, p.fraction * (1 if nano else 1000)) for p in capture.packets] == [
        (1_700_000_000, 1000),
        (0, 999_999_000),
        (4294967295, 0),
    ]
    assert [p.data for p in capture.packets] == [data for _, data in PACKETS]
    assert [(p.captured_length, p.original_length) for p in capture.packets] == [(1, 1), (0, 0), (256, 256)]
    assert codec(PcapFile).encode(capture) == data


@pytest.mark.parametrize("magic", PcapMagic)
def test_orders_and_units(codec: MakeCodec, magic: PcapMagic) -> None:
    """
    Each magic number has the byte order and the unit that dpkt reads it with.
    """
    capture = PcapFile(
        magic=magic,
        time_zone=-3600,
        link_type=1,
        packets=[
            PcapPacket(seconds=1_700_000_000, fraction=5, original_length=100, data=b"abc"),
            PcapPacket(seconds=1, original_length=1, data=b"d"),
        ],
    )
    data = codec(PcapFile).encode(capture)
    order = "<" if magic.is_little else ">"
    fields = (2, 4, -3600, 0, 262144, 1, 1_700_000_000, 5, 3, 100)
    assert data[:4] == magic.value
    assert data[4:40] == struct.pack(order + "HHiIIIIIII", *fields)
    assert codec(PcapFile).decode(data) == capture

    reader = dpkt.pcap.Reader(io.BytesIO(data))
    assert (reader.datalink(), reader.snaplen) == (1, 262144)
    unit = Decimal(10) ** (-9 if magic.is_nanoseconds else -6)
    assert [(Decimal(str(time)), packet) for time, packet in reader] == [
        (1_700_000_000 + 5 * unit, b"abc"),
        (Decimal(1), b"d"),
    ]
    packets = bebytes.iter_decode(PcapPacket, data[24:], byteorder="little" if magic.is_little else "big")
    assert list(packets) == capture.packets


def test_check_sequences(codec: MakeCodec) -> None:
    """
    The upper bits beside the link type tell how long frame check sequences are, in both byte orders.
    """
    for magic, word in [(PcapMagic.BIG_MICROSECONDS, "24000001"), (PcapMagic.LITTLE_MICROSECONDS, "01000024")]:
        capture = PcapFile(magic=magic, link_type=1, fcs_length=2, has_fcs_length=True)
        data = codec(PcapFile).encode(capture)
        assert data[20:].hex() == word
        assert codec(PcapFile).decode(data) == capture


def test_no_capture(codec: MakeCodec) -> None:
    with pytest.raises(errors.InvalidValue, match=r"PcapFile\.magic"):
        codec(PcapFile).decode(b"\x0a\x0d\x0d\x0a" + bytes(20))


@pytest.mark.parametrize("magic", [PcapMagic.BIG_MICROSECONDS, PcapMagic.LITTLE_NANOSECONDS])
def test_damage(codec: MakeCodec, magic: PcapMagic) -> None:
    packets = [PcapPacket(seconds=1, original_length=2, data=b"ab"), PcapPacket(seconds=2, original_length=0, data=b"")]
    data = codec(PcapFile).encode(PcapFile(magic=magic, link_type=1, packets=packets))
    assert assert_survives(codec(PcapFile), data) > len(data) // 2
