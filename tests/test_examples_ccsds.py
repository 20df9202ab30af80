"""
examples/ccsds.py on the telemetry that ccsdspy tests itself on; ccsdspy says what it holds.
"""

import dataclasses
import enum
import io
import struct
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import ccsdspy  # type: ignore[import-untyped]
import pytest
from examples_loading import example

DATA = Path(ccsdspy.__file__).parent / "tests" / "data"
HS = {path.parent.name: path for path in DATA.glob("hs/apid*/*.tlm")}
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
    "CCSDS_SEQUENCE_FLAG": "grouping",
    "CCSDS_SEQUENCE_COUNT": "sequence_count",
    "CCSDS_PACKET_LENGTH": "length",
}

# ccsdspy 2.0.1 sets the dtype of arrays in place, which NumPy 2.5 warns about.
pytestmark = pytest.mark.filterwarnings("ignore:Setting the dtype on a NumPy array:DeprecationWarning")


@pytest.fixture
def ccsds(backend: str) -> Iterator[ModuleType]:
    """
    The example, once on each backend.
    """
    with example("ccsds", backend) as module:
        yield module


def beginning(path: Path, backend: str, packets: int = 2000) -> bytes:
    """
    The whole file for the native backend; as many packets for the plain one as it decodes in about a second.
    """
    data = path.read_bytes()
    if backend == "native":
        return data
    end = 0
    for _ in range(packets):
        if end < len(data):
            end += 7 + int.from_bytes(data[end + 4 : end + 6], "big")
    return data[:end]


def bits_of(values: Any) -> list[bytes]:
    """
    Floats as bytes, so that a NaN equals itself.
    """
    return [struct.pack(">d", value) for value in values]


def assert_same_column(expected: Any, actual: list[Any]) -> None:
    """
    A column of ccsdspy, a NumPy array, holds the values of ours.
    """
    if expected.dtype.kind == "f":
        assert bits_of(expected) == bits_of(actual)
    elif expected.dtype.kind == "S":
        # NumPy cuts the zeros off the end of bytes.
        assert expected.tolist() == [value.rstrip(b"\0") for value in actual]
    else:
        assert expected.tolist() == actual


@pytest.mark.parametrize("path", STREAMS, ids=lambda path: path.parent.name)
def test_headers(ccsds: ModuleType, path: Path) -> None:
    """
    Every header of a file is the one that ccsdspy reads, and the packets encode to the file.
    """
    data = beginning(path, ccsds.backend)
    packets = ccsds.decode_many(ccsds.SpacePacket, data)

    if len({packet.header.length for packet in packets}) == 1:
        first_byte = ccsdspy.PacketField("first", "uint", bit_length=8, bit_offset=48)
        expected = ccsdspy.FixedLength([first_byte]).load(io.BytesIO(data), include_primary_header=True)
    else:
        expected = ccsdspy.utils.read_primary_headers(io.BytesIO(data))
    for theirs, ours in HEADER.items():
        assert_same_column(expected[theirs], [getattr(packet.header, ours) for packet in packets])
    assert ccsds.bebytes.encode_many(packets) == data


def test_split(ccsds: ModuleType) -> None:
    """
    A mixed stream splits into the packets that ccsdspy splits it into.
    """
    path = DATA / "europa_clipper" / "ecm_raw2.bin"
    streams = ccsds.by_apid(ccsds.decode_many(ccsds.SpacePacket, path.read_bytes()))

    expected = {apid: stream.read() for apid, stream in ccsdspy.split_by_apid(str(path)).items()}
    assert expected == {apid: ccsds.bebytes.encode_many(packets) for apid, packets in streams.items()}
    assert all(ccsds.lost(packets) == 0 for packets in streams.values())
    assert ccsds.lost(streams[1216][:3] + streams[1216][5:]) == 2
    assert ccsds.lost([streams[1216][0]] * 2) == 2**14 - 1


# The definition files leave byte orders out; by the list that they were made of, these have the low byte first.
LITTLE = {
    "pkt1_uint16_osc",
    "pkt10_uint32_osc",
    "pkt10_int32_rnd",
    "pkt251_flt_sin_1h",
    "pkt251_dbl_sin_2h",
    "pkt895_int16_osc",
    "pkt895_int32_osc",
}
# And these two floats have their bytes in the orders 3412 and 2143, so they are compared as plain words.
SHUFFLED = {"pkt251_flt_sin_1d", "pkt895_flt_sin_12h"}


def definition(ccsds: ModuleType, name: str) -> list[Any]:
    """
    A definition of the folder hs; two of the files say 4 for the width of array items of 32 bits.
    """
    return [
        dataclasses.replace(
            p,
            kind="uint" if p.name in SHUFFLED else p.kind,
            length=32 if p.items and p.length == 4 else p.length,
            byteorder="little" if p.name in LITTLE else "big",
        )
        for p in ccsds.read_definition(HS[name].parent / "defs.csv")
    ]


@pytest.mark.parametrize("name", sorted(HS))
def test_definition_file(ccsds: ModuleType, name: str) -> None:
    """
    A class made from a definition file decodes each parameter to what ccsdspy makes of it.
    """
    parameters = definition(ccsds, name)
    data = beginning(HS[name], ccsds.backend)
    packets = ccsds.decode_many(ccsds.packet_class(name, parameters), data)

    oracle = ccsdspy.FixedLength([theirs for p in parameters for theirs in oracle_fields(p)])
    expected = oracle.load(io.BytesIO(data))
    for p in parameters:
        column = [getattr(packet, p.name) for packet in packets]
        if p.items is None:
            assert_same_column(expected[p.name], column)
        else:
            for i in range(p.items):
                assert_same_column(expected[f"{p.name}[{i}]"], [items[i] for items in column])
    assert {packet.rest for packet in packets} == {b""}
    assert ccsds.bebytes.encode_many(packets) == data


def oracle_fields(p: Any) -> list[Any]:
    """
    A parameter in the words of ccsdspy, whose offsets count from the start of the packet.
    """
    if p.items is None:
        return [ccsdspy.PacketField(p.name, p.kind, p.length, 48 + p.offset, p.byteorder)]
    offsets = [48 + p.offset + i * p.length for i in range(p.items)]
    return [ccsdspy.PacketField(f"{p.name}[{i}]", p.kind, p.length, at, p.byteorder) for i, at in enumerate(offsets)]


def test_calibration(ccsds: ModuleType) -> None:
    """
    A calibration that names single numbers becomes an enum.
    """
    cls = ccsds.packet_class("apid010", definition(ccsds, "apid010"))
    packet = ccsds.decode_many(cls, HS["apid010"].read_bytes()[:51])[0]

    assert (packet.pkt10_datavalid.name, packet.pkt10_oscstatus.name) == ("VALID", "BELOW")
    assert isinstance(packet.pkt10_datavalid, enum.IntEnum)


def test_gaps(ccsds: ModuleType) -> None:
    """
    Bits that no parameter describes are kept, and an overlap that is no whole word is refused.
    """
    first, last = ccsds.Parameter("first", "uint", 4, 7), ccsds.Parameter("last", "int", 40, 3)
    packet = ccsds.packet_class("gaps", [first, last])(
        header=ccsds.PrimaryHeader(apid=1, sequence_count=0), first=127, last=-1
    )
    data = packet.to_be_bytes()

    assert data[6:] == bytes.fromhex("0fe0000000e0")
    assert type(packet).from_be_bytes(data + b"").rest == b""
    with pytest.raises(ValueError, match="first overlaps"):
        ccsds.packet_class("overlap", [first, ccsds.Parameter("second", "uint", 8, 8)])
    with pytest.raises(ValueError, match="arrays begin and end on a byte"):
        ccsds.packet_class("nibbles", [ccsds.Parameter("nibbles", "uint", 0, 4, items=2)])


@pytest.mark.parametrize("apid", [1219, 1223, 1227])
def test_magnetometer(ccsds: ModuleType, apid: int) -> None:
    """
    The magnetometers of Europa Clipper: 24-bit samples in a list of structs, and checksums that hold.
    """
    path = DATA / "europa_clipper" / f"apid{apid:05}.tlm"
    data = beginning(path, ccsds.backend, packets=5)
    packets = ccsds.decode_many(ccsds.MagnetometerPacket, data)

    channels = [f"channel_{c}" for c in (3, 2, 1)]
    housekeeping = [f.name for f in ccsds.fields(ccsds.Housekeeping)]
    oracle = ccsdspy.FixedLength(
        [
            ccsdspy.PacketField("seconds", "uint", 32),
            ccsdspy.PacketField("subseconds", "uint", 16),
            ccsdspy.PacketField("accountability", "uint", 32),
            *(ccsdspy.PacketField(f"{c}[{i}]", "int", 24) for i in range(160) for c in channels),
            *(ccsdspy.PacketField(name, "int", 24) for name in housekeeping),
            ccsdspy.PacketField("register_80", "uint", 16),
            ccsdspy.PacketField("checksum", "uint", 16),
        ]
    )
    expected = oracle.load(io.BytesIO(data))
    for name in ("seconds", "subseconds", "accountability", "register_80", "checksum"):
        assert_same_column(expected[name], [getattr(packet, name) for packet in packets])
    for name in housekeeping:
        assert_same_column(expected[name], [getattr(packet.housekeeping, name) for packet in packets])
    for i in range(160):
        for c in channels:
            assert_same_column(expected[f"{c}[{i}]"], [getattr(packet.samples[i], c) for packet in packets])
    assert all(packet.intact for packet in packets)
    assert ccsds.bebytes.encode_many(packets) == data


def array(name: str, width: int, shape: str) -> Any:
    """
    An array of unsigned integers whose length another field or the length of the packet gives.
    """
    return ccsdspy.PacketArray(name=name, data_type="uint", bit_length=width, array_shape=shape)


def test_variable_length(ccsds: ModuleType) -> None:
    """
    Lists sized by a field before them and by the length of the packet, which ccsdspy calls variable length.
    """
    cases: list[tuple[Any, str, list[Any]]] = [
        (
            ccsds.TwoLists,
            "var_length_packets_double_varfield_with_footer.bin",
            [
                ccsdspy.PacketField("first_length", "uint", 8),
                array("first", 16, "first_length"),
                ccsdspy.PacketField("second_length", "uint", 8),
                array("second", 16, "second_length"),
                ccsdspy.PacketField("footer", "uint", 16),
            ],
        ),
        (
            ccsds.OneList,
            "var_length_packets_with_footer.bin",
            [array("items", 16, "expand"), ccsdspy.PacketField("footer", "uint", 16)],
        ),
    ]
    for cls, name, fields in cases:
        path = DATA / "var_length" / name
        packets = ccsds.decode_many(cls, path.read_bytes())

        expected = ccsdspy.VariableLength(fields).load(str(path))
        for column, values in expected.items():
            assert [value.tolist() for value in values] == [getattr(packet, column) for packet in packets]
        if cls is ccsds.OneList:
            # The list alone says how long its packet is, so the number can be left out.
            for packet in packets:
                packet.header.length = ccsds.derived
        assert ccsds.bebytes.encode_many(packets) == path.read_bytes()


def test_cut_short(ccsds: ModuleType) -> None:
    """
    A stream that ends inside a packet is an error that says which, and how much of it is there.
    """
    data = (DATA / "europa_clipper" / "ecm_raw2.bin").read_bytes()
    size = 7 + ccsds.decode_many(ccsds.SpacePacket, data)[-1].header.length

    with pytest.raises(ccsds.bebytes.errors.InsufficientData) as cut:
        ccsds.decode_many(ccsds.SpacePacket, data[:-1])
    assert cut.value.path == (1029, "data")
    assert cut.value.offset == (len(data) - size + 6) * 8
    assert (cut.value.expected, cut.value.actual) == (size - 6, size - 7)


def test_from_scratch(ccsds: ModuleType, tmp_path: Path) -> None:
    """
    Packets built here, their lengths derived, are read back by ccsdspy.
    """
    words = [b"one", b"three", b"five!", b"seven"]
    packets = [ccsds.SpacePacket(ccsds.PrimaryHeader(apid=77, sequence_count=i), word) for i, word in enumerate(words)]
    path = tmp_path / "words.tlm"
    path.write_bytes(ccsds.bebytes.encode_many(packets))

    oracle = ccsdspy.VariableLength([array("data", 8, "expand")])
    expected = oracle.load(str(path), include_primary_header=True)
    assert [bytes(data.tolist()) for data in expected["data"]] == words
    assert expected["CCSDS_APID"].tolist() == [77] * 4
    assert expected["CCSDS_SEQUENCE_COUNT"].tolist() == [0, 1, 2, 3]
    assert expected["CCSDS_SEQUENCE_FLAG"].tolist() == [3] * 4
    assert expected["CCSDS_PACKET_LENGTH"].tolist() == [len(word) - 1 for word in words]


def test_program(ccsds: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    """
    The program prints the packets of a mixed stream, and one packet by its definition.
    """
    ccsds.main([])
    listing = capsys.readouterr().out
    ccsds.main([str(HS["apid251"]), str(HS["apid251"].parent / "defs.csv")])
    packet = capsys.readouterr().out

    assert "ecm_raw2.bin: 255012 bytes" in listing
    assert " 1216      944         164" in listing
    assert "24000 packets of 42 bytes" in packet
    assert r"pkt251_char_hellow      b'Hello\x00\x00\x00'" in packet
