"""
bebytes.formats.pcapng on files that python-pcapng writes, on its own test files where they are, and on files made here.

Its test files are in its source archive alone: `BEBYTES_PCAPNG_DATA` names the directory `test_data` of an unpacked one.
"""

import io
import os
import struct
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Any

import pcapng  # type: ignore[import-untyped]
import pytest
from format_damage import assert_survives
from pcapng import blocks

import bebytes
from bebytes import errors
from bebytes.formats.pcapng import (
    Block,
    BlockType,
    ByteOrder,
    CustomBlock,
    CustomBlockNoCopy,
    CustomData,
    CustomText,
    DecryptionSecrets,
    EnhancedPacket,
    InterfaceDescription,
    InterfaceFilter,
    InterfaceIpv4,
    InterfaceIpv6,
    InterfaceOption,
    InterfaceOptionCode,
    InterfaceStatistics,
    Ipv4Names,
    Ipv6Names,
    MacAddress,
    NameOption,
    NameOptionCode,
    NameRecord,
    NameResolution,
    ObsoletePacket,
    Option,
    OptionCode,
    PacketHash,
    PacketOption,
    PacketOptionCode,
    PacketVerdict,
    PcapngFile,
    Section,
    SectionOption,
    SectionOptionCode,
    SimplePacket,
    SplitTime,
    StatisticsOption,
    StatisticsOptionCode,
    TerminatedText,
    UnknownBlock,
)

MakeCodec = Callable[..., bebytes.Codec[Any]]

# python-pcapng warns about a table of its own.
pytestmark = pytest.mark.filterwarnings("ignore:Field type should not be:DeprecationWarning")

DATA = os.environ.get("BEBYTES_PCAPNG_DATA")
ORDERS = {"<": ByteOrder.LITTLE, ">": ByteOrder.BIG}
TIME = 0x0123456789ABCDEF


def flattened(file: PcapngFile) -> list[Any]:
    """
    The sections of a file and the bodies of their blocks, in the order of the file.
    """
    found: list[Any] = []
    for section in file.sections:
        found += [section, *(b.body for b in section.blocks if not isinstance(b.body, Section))]
    return found


def assert_same(ours: Any, theirs: Any) -> None:
    """
    A block is the one that python-pcapng reads.
    """
    match ours:
        case Section():
            assert ORDERS[theirs.endianness] is ours.order
            assert (ours.version_major, ours.version_minor) == (theirs.version_major, theirs.version_minor)
            assert ours.section_length == theirs.section_length
            codes = {2: "shb_hardware", 3: "shb_os", 4: "shb_userappl"}
        case InterfaceDescription():
            assert (ours.link_type, ours.snap_length) == (theirs.link_type, theirs.snaplen)
            codes = {2: "if_name", 3: "if_description", 8: "if_speed", 9: "if_tsresol", 12: "if_os", 15: "if_hardware"}
        case EnhancedPacket() | ObsoletePacket():
            assert (ours.interface_id, ours.time.value) == (
                theirs.interface_id,
                theirs.timestamp_high << 32 | theirs.timestamp_low,
            )
            assert (ours.captured_length, ours.original_length) == (theirs.captured_len, theirs.packet_len)
            assert ours.data == theirs.packet_data
            codes = {}
        case SimplePacket():
            assert (ours.original_length, ours.data) == (theirs.packet_len, theirs.packet_data)
            return
        case NameResolution():
            expected = [
                (record["type"], str(record["address"]), list(record["names"]))
                for record in theirs.records
                if record["type"]
            ]
            assert [
                (r.type, str(r.value.address), [n.text for n in r.value.names])
                for r in ours.records
                if not isinstance(r.value, bytes)
            ] == expected
            codes = {2: "ns_dnsname"}
        case InterfaceStatistics():
            assert (ours.interface_id, ours.time.value) == (
                theirs.interface_id,
                theirs.timestamp_high << 32 | theirs.timestamp_low,
            )
            codes = {4: "isb_ifrecv", 5: "isb_ifdrop", 8: "isb_usrdeliv"}
        case UnknownBlock():
            assert ours.data == theirs.data
            return
        case _:
            raise AssertionError(ours)
    for option in ours.options:
        name = codes.get(option.code)
        if name is not None:
            value = theirs.options[name]
            assert option.value == (value if not isinstance(value, bytes) else value[0])
        if option.code == OptionCode.COMMENT:
            assert option.value == theirs.options["opt_comment"]


def assert_same_file(codec: MakeCodec, data: bytes) -> PcapngFile:
    """
    A file has the blocks that python-pcapng reads, and encodes to the same bytes.
    """
    file: PcapngFile = codec(PcapngFile).decode(data)
    for ours, theirs in zip(flattened(file), pcapng.FileScanner(io.BytesIO(data)), strict=True):
        assert_same(ours, theirs)
    assert codec(PcapngFile).encode(file) == data
    return file


@pytest.mark.parametrize("endianness", ["<", ">"])
def test_files_of_python_pcapng(codec: MakeCodec, endianness: str) -> None:
    """
    One block of each kind, and then another section in the other byte order.
    """
    header = blocks.SectionHeader(
        endianness=endianness,
        options={"shb_hardware": "pytest", "shb_os": "python", "shb_userappl": "bebytes", "opt_comment": "ä"},
    )
    header.new_member(
        blocks.InterfaceDescription,
        link_type=1,
        snaplen=65535,
        options={"if_name": "eth0", "if_description": "Test", "if_os": "python", "if_hardware": "whatever"},
    )
    stream = io.BytesIO()
    writer = pcapng.FileWriter(stream, header)
    packet = header.new_member(blocks.EnhancedPacket, timestamp_high=1, timestamp_low=2)
    packet.packet_data = b"Test data 123 XYZ"
    writer.write_block(packet)
    packet = header.new_member(blocks.SimplePacket)
    packet.packet_data = b"Test data 123 XYZ"
    writer.write_block(packet)
    names = ["localhost", "localhost.localdomain"]
    writer.write_block(
        header.new_member(
            blocks.NameResolution,
            records=[
                {"type": 1, "address": "127.0.0.1", "names": names},
                {"type": 2, "address": "::1", "names": names},
            ],
        )
    )
    writer.write_block(
        header.new_member(
            blocks.InterfaceStatistics,
            interface_id=0,
            timestamp_high=TIME >> 32,
            timestamp_low=TIME & 0xFFFFFFFF,
            options={"isb_ifrecv": 2**64 - 1, "isb_usrdeliv": 50},
        )
    )
    other = blocks.SectionHeader(endianness={"<": ">", ">": "<"}[endianness])
    other.new_member(blocks.InterfaceDescription, link_type=101)
    writer.write_block(other)

    file = assert_same_file(codec, stream.getvalue())
    assert [section.order for section in file.sections] == [ORDERS[endianness], ORDERS[other.endianness]]
    assert [b.type for b in file.section.blocks] == [1, 6, 3, 4, 5, BlockType.SECTION_HEADER]
    assert file.sections[1].blocks[0].body == InterfaceDescription(link_type=101)


@pytest.mark.skipif(DATA is None, reason="BEBYTES_PCAPNG_DATA names no test_data of python-pcapng's source archive")
@pytest.mark.parametrize("number", ["001", "002", "003", "004", "005", "006-fixed", "008", "009"])
def test_test_files(codec: MakeCodec, number: str) -> None:
    assert DATA is not None
    assert_same_file(codec, (Path(DATA) / f"test{number}.ntar").read_bytes())


@pytest.mark.skipif(DATA is None, reason="BEBYTES_PCAPNG_DATA names no test_data of python-pcapng's source archive")
@pytest.mark.parametrize(
    ("number", "match"),
    [
        ("006", r"blocks\[1\]\.body\.options\[1\]\.length: needs 2 bytes, 1 left"),
        ("007", r"blocks\[1\]\.body\.total_length: is 139, must be 140"),
        ("010", r"blocks\[1\]\.body\.total_length: is 139, must be 140"),
    ],
)
def test_wrong_test_files(codec: MakeCodec, number: str, match: str) -> None:
    """
    Those with an option shorter than it says, or a length that is no multiple of 4, which a later one corrects.
    """
    assert DATA is not None
    with pytest.raises(errors.DecodeError, match=match):
        codec(PcapngFile).decode((Path(DATA) / f"test{number}.ntar").read_bytes())


def everything(order: ByteOrder) -> PcapngFile:
    """
    A file of all blocks and of most options.
    """
    comment = "a comment"
    custom = [
        Option(code=OptionCode.CUSTOM_TEXT, value=CustomText(32473, "text")),
        Option(code=OptionCode.CUSTOM_DATA_NO_COPY, value=CustomData(32473, b"\0\1\2")),
        Option(code=99, value=b"unknown"),
        Option(code=OptionCode.COMMENT, value=comment),
        Option(code=OptionCode.END),
    ]
    interface = InterfaceOptionCode
    packet = PacketOptionCode
    bodies = [
        InterfaceDescription(
            link_type=1,
            snap_length=4,
            options=[
                InterfaceOption(code=interface.NAME, value="eth0"),
                InterfaceOption(
                    code=interface.IPV4_ADDRESS,
                    value=InterfaceIpv4(IPv4Address("192.0.2.1"), IPv4Address("255.255.255.0")),
                ),
                InterfaceOption(code=interface.IPV6_ADDRESS, value=InterfaceIpv6(IPv6Address("2001:db8::1"), 64)),
                InterfaceOption(code=interface.MAC_ADDRESS, value=MacAddress("00:1a:2b:3c:4d:5e")),
                InterfaceOption(code=interface.SPEED, value=10**9),
                InterfaceOption(code=interface.TIME_RESOLUTION, value=9),
                InterfaceOption(code=interface.TIME_ZONE, value=-3600),
                InterfaceOption(code=interface.FILTER, value=InterfaceFilter(0, b"tcp")),
                InterfaceOption(code=interface.TIME_OFFSET, value=-1),
                InterfaceOption(code=interface.END),
            ],
        ),
        EnhancedPacket(
            time=SplitTime(TIME >> 32, TIME & 0xFFFFFFFF),
            original_length=9,
            data=b"frame",
            options=[
                PacketOption(code=packet.FLAGS, value=1),
                PacketOption(code=packet.HASH, value=PacketHash(2, b"\1\2\3\4")),
                PacketOption(code=packet.DROP_COUNT, value=2**64 - 1),
                PacketOption(code=packet.PACKET_ID, value=7),
                PacketOption(code=packet.QUEUE, value=8),
                PacketOption(code=packet.VERDICT, value=PacketVerdict(1, bytes(8))),
                PacketOption(code=packet.END),
            ],
        ),
        ObsoletePacket(original_length=3, data=b"old"),
        SimplePacket(original_length=2, data=b"ab"),
        SimplePacket(original_length=100, data=b"abcd"),
        NameResolution(
            records=[
                NameRecord(
                    value=Ipv4Names(IPv4Address("192.0.2.1"), [TerminatedText("a.test"), TerminatedText("b.test")])
                ),
                NameRecord(value=Ipv6Names(IPv6Address("2001:db8::1"), [TerminatedText("c.test")])),
                NameRecord(type=0),
            ],
            options=[NameOption(code=NameOptionCode.DNS_NAME, value="ns.test")],
        ),
        InterfaceStatistics(
            options=[
                StatisticsOption(code=StatisticsOptionCode.START_TIME, value=SplitTime(1, 2)),
                StatisticsOption(code=StatisticsOptionCode.RECEIVED, value=3),
            ],
        ),
        DecryptionSecrets(kind=0x544C534B, secrets=b"CLIENT_RANDOM", options=custom),
        CustomBlock(enterprise_number=32473, data=b"\1\2\3\4"),
        CustomBlockNoCopy(enterprise_number=32473, data=b""),
    ]
    unknown = Block(type=0x80000001, body=UnknownBlock(data=b"what"))
    return PcapngFile(
        section=Section(
            order=order,
            options=[
                SectionOption(code=SectionOptionCode.HARDWARE, value="card"),
                SectionOption(code=SectionOptionCode.END),
            ],
            blocks=[*(Block(body=body) for body in bodies), unknown],  # type: ignore[arg-type]  # of all kinds
        )
    )


@pytest.mark.parametrize("order", ByteOrder)
def test_everything(codec: MakeCodec, order: ByteOrder) -> None:
    """
    Blocks stand behind each other by their lengths, which stand at both ends; python-pcapng finds what it knows in them.
    """
    file = everything(order)
    data = codec(PcapngFile).encode(file)
    assert codec(PcapngFile).decode(data) == file

    sign = "<" if order is ByteOrder.LITTLE else ">"
    position, types = 0, []
    while position < len(data):
        kind, length = struct.unpack_from(sign + "II", data, position)
        types.append(kind)
        assert length % 4 == 0
        assert struct.unpack_from(sign + "I", data, position + length - 4) == (length,)
        position += length
    assert types == [0x0A0D0D0A, 1, 6, 2, 3, 3, 4, 5, 10, 0xBAD, 0x40000BAD, 0x80000001]

    # python-pcapng 2.1.1 fails on an address of IPv6 with a prefix.
    interface = file.section.blocks[0].body
    assert isinstance(interface, InterfaceDescription)
    interface.options = [o for o in interface.options if o.code != InterfaceOptionCode.IPV6_ADDRESS]
    theirs = list(pcapng.FileScanner(io.BytesIO(codec(PcapngFile).encode(file))))
    ours = flattened(file)
    for i in (0, 1, 2, 4, 6, 7, 11):
        assert_same(ours[i], theirs[i])
    options = theirs[1].options
    assert (options["if_speed"], options["if_tsoffset"]) == (10**9, -1)
    assert theirs[5].captured_len == 4


def test_lengths(codec: MakeCodec) -> None:
    """
    The lengths of a block must be the same, and the block as long.
    """
    data = bytearray(PcapngFile(section=Section(order=ByteOrder.BIG)).to_bytes())
    data[-1] += 4
    with pytest.raises(errors.InvalidValue, match=r"section\.total_length_again: is 32, must be 28"):
        codec(PcapngFile).decode(bytes(data))
    data[7] += 4
    with pytest.raises(errors.InsufficientData, match=r"section\.options: needs 4 bytes"):
        codec(PcapngFile).decode(bytes(data[:24]))


def test_many_sections(codec: MakeCodec) -> None:
    """
    Files may be put behind each other; each section is inside the one before it.
    """
    one = PcapngFile(section=Section(blocks=[Block(body=InterfaceDescription(link_type=1))]))
    data = codec(PcapngFile).encode(one)
    file = codec(PcapngFile).decode(data * 20)
    assert len(file.sections) == 20
    assert codec(PcapngFile).encode(file) == data * 20
    with pytest.raises(errors.LimitExceeded):
        codec(PcapngFile).decode(data * 100)


@pytest.mark.parametrize("order", ByteOrder)
def test_damage(codec: MakeCodec, order: ByteOrder) -> None:
    packet = EnhancedPacket(
        original_length=9, data=b"frame", options=[PacketOption(code=PacketOptionCode.FLAGS, value=1)]
    )
    names = everything(order).section.blocks[5:6]
    file = PcapngFile(section=Section(order=order, blocks=[Block(body=packet), *names]))
    data = codec(PcapngFile).encode(file)
    assert assert_survives(codec(PcapngFile), data) > len(data)
