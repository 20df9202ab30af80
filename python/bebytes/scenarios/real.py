"""
Real data: telemetry, time zones, the running interpreter, and messages sent over loopback.

The answers are taken from the bytes with `struct` and shifts, not with bebytes.
A file that is not installed gives an `Absent` with the command that installs it.
"""

import math
import socket
import struct
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from enum import IntEnum, IntFlag
from importlib.resources import files
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

from bebytes import Struct, bits, count, f32, f64, i32, i64, size, u8, u16, u32, u64, until

from ._model import INPUTS, Absent, Scenario, scenarios_of

GROUP = "real"
ITERATIONS = 100_000
FILES = 10_000
"""Of whole files, which are long."""

EXTRA = "not installed: pip install bebytes[bench]"


# CCSDS space packets (133.0-B-2): the telemetry of ccsdspy's own tests.


class SpaceHeader(Struct):
    version: u8 = bits(3)
    command: bool = bits(1)
    secondary: bool = bits(1)
    apid: u16 = bits(11)
    grouping: u8 = bits(2)
    sequence: u16 = bits(14)
    length: u16


class Telemetry(Struct):
    """Packet 251 of the data set `hs`."""

    header: SpaceHeader
    seconds: u32
    microseconds: u32
    field1: u8 = bits(6)
    field2: u8 = bits(7)
    field3: u8 = bits(6)
    field4: u8 = bits(7)
    field5: u8 = bits(6)
    hourly: f32
    daily: f32
    sine: f64
    greeting: str = size(8)


TELEMETRY = "tests/data/hs/apid251/SSAT1_2015-180-00-00-00_2015-180-01-59-59_251_1_sim.tlm"


def _space_header(raw: bytes) -> SpaceHeader:
    identification, control, length = struct.unpack(">HHH", raw)
    return SpaceHeader(
        identification >> 13,
        bool(identification >> 12 & 1),
        bool(identification >> 11 & 1),
        identification & 0x7FF,
        control >> 14,
        control & 0x3FFF,
        length,
    )


def _telemetry(raw: bytes) -> Telemetry:
    seconds, microseconds, word, hourly, daily, sine, greeting = struct.unpack(">IIIffd8s", raw[6:])
    return Telemetry(
        _space_header(raw[:6]),
        seconds,
        microseconds,
        word >> 26,
        word >> 19 & 127,
        word >> 13 & 63,
        word >> 6 & 127,
        word & 63,
        hourly,
        daily,
        sine,
        greeting.decode("ascii"),
    )


def space_packets(stream: bytes) -> Iterator[bytes]:
    """
    The packets of a stream, one after the other.
    """
    at = 0
    while at < len(stream):
        end = at + 7 + int.from_bytes(stream[at + 4 : at + 6], "big")
        yield stream[at:end]
        at = end


def _ccsds() -> Iterator[Scenario | Absent]:
    # The package is found without importing it, which would pull in NumPy.
    spec = find_spec("ccsdspy")
    if spec is None or spec.origin is None:
        yield Absent(GROUP, "ccsds", EXTRA)
        return
    path = Path(spec.origin).parent / TELEMETRY
    if not path.exists():
        yield Absent(GROUP, "ccsds", f"this ccsdspy comes without its test data ({TELEMETRY})")
        return
    with path.open("rb") as file:
        packets = [(_telemetry(raw), raw) for raw in islice(space_packets(file.read(42 * 256)), 256)]
    # A NaN equals nothing, so a packet that holds one makes no answer to compare with.
    telemetry = [(t, raw) for t, raw in packets if not any(map(math.isnan, (t.hourly, t.daily, t.sine)))][:INPUTS]
    yield from scenarios_of(
        GROUP,
        "ccsds header",
        ITERATIONS,
        [(value.header, raw[:6]) for value, raw in telemetry],
        "the primary header of telemetry from ccsdspy",
    )
    yield from scenarios_of(
        GROUP,
        "ccsds telemetry",
        ITERATIONS,
        telemetry,
        "packets 251 of ccsdspy's data set hs: bits, floats, text",
    )


# TZif (RFC 9636): the zones of the package tzdata.


class ZoneHeader(Struct):
    magic: bytes = size(4)
    version: u8
    reserved: bytes = size(15)
    n_ut: u32
    n_standard: u32
    n_leaps: u32
    n_times: u32
    n_types: u32
    n_letters: u32


class LocalType(Struct):
    offset: i32
    daylight: bool
    letters: u8


class ShortLeap(Struct):
    time: i32
    correction: i32


class Leap(Struct):
    time: i64
    correction: i32


class ShortZone(Struct):
    header: ZoneHeader
    times: list[i32] = count("header.n_times")
    kinds: bytes = size("header.n_times")
    types: list[LocalType] = count("header.n_types")
    letters: bytes = size("header.n_letters")
    leaps: list[ShortLeap] = count("header.n_leaps")
    standard: bytes = size("header.n_standard")
    ut: bytes = size("header.n_ut")


class LongZone(Struct):
    header: ZoneHeader
    times: list[i64] = count("header.n_times")
    kinds: bytes = size("header.n_times")
    types: list[LocalType] = count("header.n_types")
    letters: bytes = size("header.n_letters")
    leaps: list[Leap] = count("header.n_leaps")
    standard: bytes = size("header.n_standard")
    ut: bytes = size("header.n_ut")


class Zone(Struct):
    old: ShortZone
    new: LongZone
    newline: u8
    rule: str = until("\n")


def _zone_block(raw: bytes, at: int, time: str) -> tuple[list[Any], int]:
    # The fields of a ShortZone (time "i") or LongZone (time "q") at `at`, and the place behind it.
    header = struct.unpack_from(">4sB15s6I", raw, at)
    n_ut, n_standard, n_leaps, n_times, n_types, n_letters = header[3:]
    at += 44

    def take(form: str) -> tuple[Any, ...]:
        nonlocal at
        start, at = at, at + struct.calcsize(form)
        return struct.unpack_from(form, raw, start)

    times = list(take(f">{n_times}{time}"))
    (kinds,) = take(f">{n_times}s")
    types = [
        LocalType(offset, bool(daylight), letters)
        for offset, daylight, letters in (take(">iBB") for _ in range(n_types))
    ]
    (letters,) = take(f">{n_letters}s")
    leap = ShortLeap if time == "i" else Leap
    leaps = [leap(*take(f">{time}i")) for _ in range(n_leaps)]
    (standard,) = take(f">{n_standard}s")
    (ut,) = take(f">{n_ut}s")
    return [ZoneHeader(*header), times, kinds, types, letters, leaps, standard, ut], at


def _zone(raw: bytes) -> Zone:
    old, at = _zone_block(raw, 0, "i")
    new, at = _zone_block(raw, at, "q")
    return Zone(ShortZone(*old), LongZone(*new), raw[at], raw[at + 1 : -1].decode("ascii"))


def _tzif() -> Iterator[Scenario | Absent]:
    if find_spec("tzdata") is None:
        yield Absent(GROUP, "tzif", EXTRA)
        return
    names = (files("tzdata") / "zones").read_text(encoding="ascii").split()
    # Every ninth of some six hundred, so from all continents.
    chosen = names[:: max(1, len(names) // INPUTS)][:INPUTS]
    zones = [files("tzdata").joinpath("zoneinfo", *name.split("/")).read_bytes() for name in chosen]
    yield from scenarios_of(
        GROUP,
        "tzif",
        FILES,
        [(_zone(raw), raw) for raw in zones],
        f"{len(zones)} zone files of tzdata, {min(map(len, zones))} to {max(map(len, zones))} bytes",
        crate="no lists of numbers",
    )


# ELF: the file of the running interpreter.


class FileType(IntEnum):
    NONE = 0
    RELOCATABLE = 1
    EXECUTABLE = 2
    SHARED = 3
    CORE = 4


class Access(IntFlag):
    EXECUTE = 1
    WRITE = 2
    READ = 4


class ElfHeader(Struct):
    magic: bytes = size(4)
    width: u8
    byteorder: u8
    ident_version: u8
    abi: u8
    padding: bytes = size(8)
    type: Annotated[FileType, u16]
    machine: u16
    version: u32
    entry: u64
    programs_at: u64
    sections_at: u64
    flags: u32
    header_size: u16
    program_size: u16
    n_programs: u16
    section_size: u16
    n_sections: u16
    names_section: u16


class ProgramHeader(Struct):
    type: u32
    access: Annotated[Access, u32]
    offset: u64
    virtual: u64
    physical: u64
    file_size: u64
    memory_size: u64
    alignment: u64


class Segments(Struct):
    header: ElfHeader
    programs: list[ProgramHeader] = count("header.n_programs")


def _elf_header(raw: bytes) -> ElfHeader:
    magic, width, byteorder, version, abi, padding, kind, *rest = struct.unpack("<4s4B8sHHIQQQI6H", raw)
    return ElfHeader(magic, width, byteorder, version, abi, padding, FileType(kind), *rest)


def _program_header(raw: bytes) -> ProgramHeader:
    kind, access, *rest = struct.unpack("<IIQQQQQQ", raw)
    return ProgramHeader(kind, Access(access), *rest)


def _elf() -> Iterator[Scenario | Absent]:
    with Path(sys.executable).resolve().open("rb") as file:
        raw = file.read(64)
        if raw[:6] != b"\x7fELF\2\1" or len(raw) < 64:
            yield Absent(GROUP, "elf", "the running interpreter is no 64-bit little-endian ELF file")
            return
        header = _elf_header(raw)
        file.seek(header.programs_at)
        table = file.read(56 * header.n_programs)
    programs = [table[at : at + 56] for at in range(0, len(table), 56)]
    crate = "no choice of the size of an enum"
    yield from scenarios_of(
        GROUP, "elf header", ITERATIONS, [(header, raw)], "of the running interpreter", byteorder="little", crate=crate
    )
    yield from scenarios_of(
        GROUP,
        "elf segments",
        ITERATIONS,
        [(Segments(header, [_program_header(p) for p in programs]), raw + table)],
        f"the header and {len(programs)} program headers of the running interpreter",
        byteorder="little",
        crate=crate,
    )


# IPv4, UDP and DNS: messages that this process sends to itself.


class IPv4(Struct):
    version: u8 = bits(4)
    words: u8 = bits(4)
    service: u8 = bits(6)
    congestion: u8 = bits(2)
    length: u16
    identification: u16
    reserved: bool = bits(1)
    whole: bool = bits(1)
    more: bool = bits(1)
    fragment: u16 = bits(13)
    hops: u8
    protocol: u8
    checksum: u16
    source: bytes = size(4)
    destination: bytes = size(4)
    options: bytes = size("(words - 5) * 4")


class UDP(Struct):
    source: u16
    destination: u16
    length: u16
    checksum: u16


class QueryType(IntEnum):
    A = 1
    TXT = 16
    AAAA = 28


class Question(Struct):
    name: bytes = until(0, doc="segments with their lengths; the root, which is empty, ends them")
    type: Annotated[QueryType, u16]
    network: u16


class Answer(Struct):
    name: u16
    type: Annotated[QueryType, u16]
    network: u16
    seconds: u32
    length: u16
    body: bytes = size("length")


class Message(Struct):
    id: u16
    response: bool = bits()
    opcode: u8 = bits(4)
    authoritative: bool = bits()
    truncated: bool = bits()
    recurse: bool = bits()
    recursive: bool = bits()
    reserved: u8 = bits(3)
    code: u8 = bits(4)
    n_questions: u16
    n_answers: u16
    n_authorities: u16
    n_additional: u16
    questions: list[Question] = count("n_questions")
    answers: list[Answer] = count("n_answers")


class Datagram(Struct):
    ip: IPv4
    udp: UDP
    message: Message


TO_QUESTION = 0xC00C
"""A name in an answer that points back to the question, which starts behind 12 bytes."""


def _ipv4(raw: bytes) -> IPv4:
    first, service, length, ident, fragment, hops, protocol, checksum, source, destination = struct.unpack(
        ">BBHHHBBH4s4s", raw[:20]
    )
    return IPv4(
        first >> 4,
        first & 15,
        service >> 2,
        service & 3,
        length,
        ident,
        bool(fragment >> 15),
        bool(fragment >> 14 & 1),
        bool(fragment >> 13 & 1),
        fragment & 0x1FFF,
        hops,
        protocol,
        checksum,
        source,
        destination,
        raw[20:],
    )


def _message(i: int) -> tuple[Message, bytes]:
    # Question and answer take turns, as on the wire: 0 asks, 1 answers it, 2 asks ...
    number, response = divmod(i, 2)
    kind = (QueryType.A, QueryType.AAAA, QueryType.TXT)[number % 3]
    host = b"host-%d" % number
    name = bytes([len(host)]) + host + b"\7example\3org"
    body = {
        QueryType.A: bytes([192, 0, 2, number]),
        QueryType.AAAA: b"\x20\x01\x0d\xb8" + bytes(11) + bytes([number]),
        QueryType.TXT: b"\x0fv=spf1 -all " + b"%03d" % number,
    }[kind]
    question = Question(name, kind, 1)
    answers = [Answer(TO_QUESTION, kind, 1, 300, len(body), body)] * response
    value = Message(
        id=number * 997,
        response=bool(response),
        opcode=0,
        authoritative=False,
        truncated=False,
        recurse=True,
        recursive=bool(response),
        reserved=0,
        code=0,
        n_questions=1,
        n_answers=response,
        n_authorities=0,
        n_additional=0,
        questions=[question],
        answers=answers,
    )
    flags = response << 15 | 1 << 8 | response << 7
    raw = struct.pack(">HHHHHH", number * 997, flags, 1, response, 0, 0) + name + b"\0" + struct.pack(">HH", kind, 1)
    if response:
        raw += struct.pack(">HHHIH", TO_QUESTION, kind, 1, 300, len(body)) + body
    return value, raw


def _exchange(messages: list[bytes]) -> tuple[list[bytes], str]:
    """
    Send messages from one socket to another and back, and return the IPv4 packets that carried them, and how they were got.

    A raw socket sees the packets as they are; without the right to open one, the headers are put together from the addresses
    and ports of the sockets, around the bytes that arrived.
    """
    with ExitStack() as stack:
        client = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        server = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        for end in (client, server):
            end.bind(("127.0.0.1", 0))
            end.settimeout(2)
        raw: socket.socket | None = None
        # Linux hands over packets as they were on the wire; elsewhere the kernel rewrites some fields.
        if sys.platform == "linux":
            try:
                raw = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_UDP))
                raw.bind(("127.0.0.1", 0))
                raw.settimeout(2)
            except PermissionError:
                raw = None
        packets = []
        for i, message in enumerate(messages):
            sender, receiver = (server, client) if i % 2 else (client, server)
            sender.sendto(message, receiver.getsockname())
            arrived = receiver.recv(65535)
            ports = struct.pack(">HH", sender.getsockname()[1], receiver.getsockname()[1])
            if raw is None:
                packets.append(_wrap(ports, i, arrived))
                continue
            # Other programs send over loopback too.
            while (packet := raw.recv(65535))[20:24] != ports:
                pass
            packets.append(packet)
        return packets, "as captured" if raw is not None else "headers rebuilt, as a raw socket needs more rights"


def _wrap(ports: bytes, identification: int, message: bytes) -> bytes:
    home = bytes([127, 0, 0, 1])
    header = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 28 + len(message), identification, 0x4000, 64, 17, 0, home, home)
    total = sum(struct.unpack(">10H", header))
    total = (total & 0xFFFF) + (total >> 16)
    checksum = struct.pack(">H", ~((total & 0xFFFF) + (total >> 16)) & 0xFFFF)
    return b"".join([header[:10], checksum, header[12:], ports, struct.pack(">HH", 8 + len(message), 0), message])


def _network() -> Iterator[Scenario | Absent]:
    messages = [_message(i) for i in range(INPUTS)]
    try:
        packets, how = _exchange([raw for _, raw in messages])
    except OSError as e:
        yield Absent(GROUP, "network", f"no messages over loopback here: {e}")
        return
    headers = [packet[: (packet[0] & 15) * 4] for packet in packets]
    datagrams = []
    for packet, header, (message, raw) in zip(packets, headers, messages, strict=True):
        udp = packet[len(header) : len(header) + 8]
        if packet != header + udp + raw:
            yield Absent(GROUP, "network", "the packets over loopback did not hold what was sent")
            return
        datagrams.append(Datagram(_ipv4(header), UDP(*struct.unpack(">4H", udp)), message))
    crate = "no choice of the size of an enum"
    yield from scenarios_of(
        GROUP, "ipv4 header", ITERATIONS, [(_ipv4(h), h) for h in headers], f"of messages over loopback, {how}"
    )
    yield from scenarios_of(GROUP, "dns message", ITERATIONS, messages, "questions and answers in turn", crate=crate)
    yield from scenarios_of(
        GROUP,
        "ipv4 udp dns",
        ITERATIONS,
        zip(datagrams, packets, strict=True),
        f"the whole packet over loopback, {how}",
        crate=crate,
    )


def scenarios() -> Iterator[Scenario | Absent]:
    """
    The scenarios of the group, from whatever files are there.
    """
    yield from _ccsds()
    yield from _tzif()
    yield from _elf()
    yield from _network()
