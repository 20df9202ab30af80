"""
bebytes.formats.ccsds on the telemetry that ccsdspy tests itself on; ccsdspy says what it holds.

Where space_packet_parser and spacepackets are installed, they are asked too.
"""

import datetime
import io
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import ccsdspy  # type: ignore[import-untyped]
import pytest
from format_damage import assert_cut_everywhere_fails, assert_survives

from bebytes import Codec, Struct, decode_many, encode_many, fixed, u16, u32, u48
from bebytes.errors import (
    EncodeError,
    InsufficientData,
    InvalidConstant,
    InvalidDiscriminant,
    InvalidValue,
    LengthMismatch,
)
from bebytes.formats.ccsds import (
    CdsPreamble,
    CdsTime,
    CucExtension,
    CucPreamble,
    CucTime,
    Packet,
    PacketDataField,
    PacketType,
    SequenceFlags,
    SpacePacket,
    Submilliseconds,
    TimeCode,
)

Codecs = Callable[..., Codec[Any]]

DATA = Path(ccsdspy.__file__).parent / "tests" / "data"
STREAMS = [
    *sorted(DATA.glob("hs/apid*/*.tlm")),
    DATA / "csa" / "apid00400.tlm",
    DATA / "europa_clipper" / "ecm_raw2.bin",
    DATA / "split" / "CYGNSS_F7_L0_2022_086_10_15_V01_F__first101pkts.tlm",
    DATA / "var_length" / "var_length_packets.bin",
]
HEADER = {
    "CCSDS_VERSION_NUMBER": "version",
    "CCSDS_PACKET_TYPE": "packet_type",
    "CCSDS_SECONDARY_FLAG": "secondary_header",
    "CCSDS_APID": "apid",
    "CCSDS_SEQUENCE_FLAG": "sequence_flags",
    "CCSDS_SEQUENCE_COUNT": "sequence_count",
    "CCSDS_PACKET_LENGTH": "length",
}

# ccsdspy 2.0.1 sets the dtype of arrays in place, which NumPy 2.5 warns about.
pytestmark = pytest.mark.filterwarnings("ignore:Setting the dtype on a NumPy array:DeprecationWarning")


def beginning(path: Path, packets: int = 300) -> bytes:
    """
    The first packets of a file: both backends decode as many in no time.
    """
    data = path.read_bytes()
    end = 0
    for _ in range(packets):
        if end < len(data):
            end += 7 + int.from_bytes(data[end + 4 : end + 6], "big")
    return data[:end]


@pytest.mark.parametrize("path", STREAMS, ids=lambda path: path.parent.name)
def test_headers(backend: Any, path: Path) -> None:
    """
    Every header is the one that ccsdspy reads, and the packets, back to back, encode to the file.
    """
    data = beginning(path)
    packets = decode_many(SpacePacket, data, backend=backend)

    expected = ccsdspy.utils.read_primary_headers(io.BytesIO(data))
    for theirs, ours in HEADER.items():
        assert expected[theirs].tolist() == [getattr(packet, ours) for packet in packets]
    assert encode_many(packets, backend=backend) == data


@pytest.mark.parametrize("path", STREAMS, ids=lambda path: path.parent.name)
def test_packets(backend: Any, path: Path) -> None:
    """
    space_packet_parser splits a file into the same packets, with the same fields.
    """
    parser = pytest.importorskip("space_packet_parser")
    data = beginning(path)
    theirs = list(parser.ccsds_generator(data))
    ours = decode_many(SpacePacket, data, backend=backend)

    assert [bytes(packet) for packet in theirs] == [packet.to_bytes() for packet in ours]
    for one, other in zip(theirs, ours, strict=True):
        assert one.header_values == tuple(int(getattr(other, name)) for name in HEADER.values())
        assert one.user_data == other.data


class EuropaTime(Struct):
    """The secondary header of Europa Clipper: 4 octets of seconds and 2 of fractions, without a preamble."""

    seconds: float = fixed(u48, 16)
    accountability: u32


def test_secondary_headers(backend: Any) -> None:
    """
    A mission's secondary header, as a type of its own; ccsdspy reads its fields as numbers.
    """
    data = DATA.joinpath("europa_clipper", "ecm_raw2.bin").read_bytes()
    packets = decode_many(Packet[EuropaTime, bytes], data, backend=backend)
    fields = [
        ccsdspy.PacketField("seconds", "uint", bit_length=32),
        ccsdspy.PacketField("fractions", "uint", bit_length=16),
        ccsdspy.PacketField("accountability", "uint", bit_length=32),
        ccsdspy.PacketArray(name="rest", data_type="uint", bit_length=8, array_shape="expand"),
    ]
    expected: dict[int, tuple[list[float], list[int]]] = {}
    for apid, stream in ccsdspy.split_by_apid(io.BytesIO(data)).items():
        of = ccsdspy.VariableLength(fields).load(stream)
        times = [s + f / 65536 for s, f in zip(of["seconds"].tolist(), of["fractions"].tolist(), strict=True)]
        expected[apid] = times, of["accountability"].tolist()

    for apid, (times, accountability) in expected.items():
        headers = [packet.data_field.secondary_header for packet in packets if packet.apid == apid]
        assert times == [header.seconds for header in headers if header is not None]
        assert accountability == [header.accountability for header in headers if header is not None]
    assert encode_many(packets, backend=backend) == data


def test_lengths(codec: Codecs) -> None:
    """
    The length is the octets of the data field, less one, whatever that holds.
    """
    packet = SpacePacket(apid=2047, packet_type=PacketType.TELECOMMAND, sequence_flags=SequenceFlags.FIRST, data=b"x")
    assert packet.length == 0
    assert codec(SpacePacket).encode(packet) == bytes.fromhex("17ff 4000 0000 78")
    packet.data = bytes(65536)
    assert codec(SpacePacket).encode(packet)[4:6] == b"\xff\xff"

    packet.data = bytes(65537)
    with pytest.raises(EncodeError, match="length"):
        codec(SpacePacket).encode(packet)
    packet.data = b""  # a packet carries at least one octet
    with pytest.raises(EncodeError, match="length"):
        codec(SpacePacket).encode(packet)
    packet.data, packet.length = b"abc", 3
    with pytest.raises(LengthMismatch):
        codec(SpacePacket).encode(packet)


def test_packets_without_a_secondary_header(codec: Codecs) -> None:
    """
    The flag says whether there is one.
    """
    of = codec(Packet[CucTime, bytes])
    bare = Packet[CucTime, bytes](apid=1, data_field=PacketDataField[CucTime, bytes](user_data=b"abc"))
    assert of.decode(of.encode(bare)) == bare

    time = CucTime.of(Fraction(5, 4), fine_octets=1)
    timed = Packet[CucTime, bytes](
        apid=1, secondary_header=True, data_field=PacketDataField[CucTime, bytes](secondary_header=time, user_data=b"")
    )
    data = of.encode(timed)
    assert data.hex() == "0801c000" + "0005" + "1d" + "00000001" + "40"
    assert of.decode(data) == timed

    timed.secondary_header = False
    with pytest.raises(InvalidValue, match="data_field.secondary_header"):
        of.encode(timed)


SPARE = CucExtension(0, 1)
SPARE.spare = 3


@pytest.mark.parametrize(
    ("preamble", "coarse_octets", "fine_octets"),
    [
        (CucPreamble(False, TimeCode.CUC_CCSDS_EPOCH, 0, 0), 1, 0),
        (CucPreamble(False, TimeCode.CUC_AGENCY_EPOCH, 3, 2), 4, 2),
        (CucPreamble(False, TimeCode.CUC_CCSDS_EPOCH, 3, 3), 4, 3),
        (CucPreamble(True, TimeCode.CUC_CCSDS_EPOCH, 3, 3, CucExtension(3, 7)), 7, 10),
        (CucPreamble(True, TimeCode.CUC_AGENCY_EPOCH, 0, 0, SPARE), 1, 1),
    ],
)
def test_unsegmented_times(codec: Codecs, preamble: CucPreamble, coarse_octets: int, fine_octets: int) -> None:
    """
    Times of all widths: the number of octets is what the preamble says.
    """
    octets = bytes(range(0x81, 0x81 + coarse_octets + fine_octets))
    data = preamble.to_bytes() + octets
    time = codec(CucTime).decode(data)

    assert time.preamble == preamble
    assert time.seconds() == Fraction(int.from_bytes(octets, "big"), 256**fine_octets)
    assert codec(CucTime).encode(time) == data
    assert_cut_everywhere_fails(codec(CucTime), data)


def test_unsegmented_times_from_numbers(codec: Codecs) -> None:
    """
    Seconds since the epoch, rounded down to the octets that there are.
    """
    time = CucTime.of(Fraction(10, 3), fine_octets=2)
    assert codec(CucTime).encode(time).hex() == "1e" + "00000003" + "5555"
    assert 0 < Fraction(10, 3) - time.seconds() < Fraction(1, 65536)


@pytest.mark.parametrize(
    "moment",
    [
        datetime.datetime(1958, 1, 1, tzinfo=datetime.UTC),
        datetime.datetime(1970, 1, 1, 0, 0, 0, 1000, tzinfo=datetime.UTC),
        datetime.datetime(2024, 2, 29, 23, 59, 59, 999000, tzinfo=datetime.UTC),
    ],
)
def test_day_segmented_times(codec: Codecs, moment: datetime.datetime) -> None:
    """
    A moment and back, and what spacepackets writes for it, where that is installed.
    """
    time = CdsTime.of(moment)
    data = codec(CdsTime).encode(time)

    assert codec(CdsTime).decode(data) == time
    assert time.datetime() == moment
    assert data[0] == 0x40
    assert int.from_bytes(data[1:3], "big") == (moment.date() - datetime.date(1958, 1, 1)).days
    theirs = pytest.importorskip("spacepackets.ccsds.time").CdsShortTimestamp
    assert theirs(time.day, time.millisecond).pack() == data
    assert theirs.unpack(data).as_datetime() == moment


def test_day_segmented_times_of_all_widths(codec: Codecs) -> None:
    """
    Long days, and both units below the millisecond.
    """
    micro = CdsTime(CdsPreamble(long_day=True, submilliseconds=Submilliseconds.MICROSECONDS), 0x010203, 5, 678)
    assert codec(CdsTime).encode(micro).hex() == "45" + "010203" + "00000005" + "02a6"
    pico = CdsTime(CdsPreamble(agency_epoch=True, submilliseconds=Submilliseconds.PICOSECONDS), 1, 5, 678_000_001)
    assert codec(CdsTime).encode(pico).hex() == "4a" + "0001" + "00000005" + f"{678_000_001:08x}"
    for time in (micro, pico):
        assert codec(CdsTime).decode(codec(CdsTime).encode(time)) == time
    epoch = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)
    assert pico.datetime(epoch) == datetime.datetime(2000, 1, 2, 0, 0, 0, 5678, tzinfo=datetime.UTC)


def test_bad_times(codec: Codecs) -> None:
    """
    Times of another kind, or of no day.
    """
    with pytest.raises(InvalidConstant, match="preamble.code"):
        codec(CdsTime).decode(bytes.fromhex("10 0000 00000000"))
    with pytest.raises(InvalidDiscriminant, match="submilliseconds"):
        codec(CdsTime).decode(bytes.fromhex("43 0000 00000000"))
    with pytest.raises(InvalidValue, match="millisecond"):
        codec(CdsTime).decode(bytes.fromhex("40 0000") + (86_401_000).to_bytes(4, "big"))
    with pytest.raises(InvalidValue, match="preamble.code"):
        codec(CucTime).decode(bytes.fromhex("4c 00000000"))
    with pytest.raises(InvalidConstant, match="preamble.extension.extended"):
        codec(CucTime).decode(bytes.fromhex("9c 80 00000000"))


def test_packets_cut_off(codec: Codecs) -> None:
    """
    The error says how much is missing.
    """
    with pytest.raises(InsufficientData, match="needs 10 bytes, 4 left"):
        codec(SpacePacket).decode(bytes(5) + b"\x09" + bytes(4))


class Measurement(Struct):
    """User data for damaged packets."""

    channel: u16
    value: float = fixed(u32, 16)


def test_damage(codec: Codecs) -> None:
    """
    Packets that were cut off or changed.
    """
    fields: Any = PacketDataField[CdsTime, Measurement]
    data_field = fields(
        secondary_header=CdsTime.of(datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)), user_data=Measurement(1, 2.5)
    )
    packet = Packet[CdsTime, Measurement](apid=5, secondary_header=True, data_field=data_field)
    for of, value in ((codec(type(packet)), packet), (codec(SpacePacket), SpacePacket(apid=1, data=b"abcdef"))):
        data = of.encode(value)
        assert of.decode(data) == value
        assert_cut_everywhere_fails(of, data)
        assert assert_survives(of, data) >= len(data)
