"""
Whole files and messages, with the definitions of `bebytes.formats`.

What is encoded, and what decoding must give, is what the plain-Python backend makes of the bytes: the definitions are checked
against other programs by their own tests. Engines of other libraries have declarations of their own, and must find the same
in the bytes (`_facts`), which vouches for both. What is not there gives an `Absent` with the command that installs it.
"""

import struct
import sysconfig
from collections.abc import Callable, Iterable, Iterator
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any

from bebytes import Codec, Struct
from bebytes.formats import ccsds, dns, elf, pcap, png, tzif

from . import _dns_wire, _facts, real
from ._model import BOTH, Absent, Scenario

GROUP = "formats"
ITERATIONS = 1000

IMAGES, ZONES, LIBRARIES, MESSAGES, STREAMS, PACKETS = 16, 16, 2, 8, 4, 100

SMALL = 40_000
"""Bytes of the largest library: with many more symbols, the libraries in Python take too long."""


class SpacePackets(Struct, byteorder="big"):
    """Space packets back to back."""

    packets: list[ccsds.SpacePacket]


def _scenarios(
    name: str, cls: type[Struct], facts: Callable[[Any], Any], data: Iterable[bytes], about: str
) -> Iterator[Scenario]:
    given = tuple(data)
    decode = Codec(cls, backend="python").decode
    values = tuple(map(decode, given))
    sizes = list(map(len, given))
    about = f"{about}, {min(sizes):,} to {max(sizes):,} bytes"
    for operation in BOTH:
        yield Scenario(GROUP, name, operation, ITERATIONS, values, given, about, crate="no such layouts", facts=facts)


def _folder(package: str) -> Path | None:
    # Found without importing it, which may pull in much.
    spec = find_spec(package)
    return None if spec is None or spec.origin is None else Path(spec.origin).parent


def _png() -> Iterator[Scenario | Absent]:
    folder = _folder("matplotlib")
    if folder is None:
        yield Absent(GROUP, "png", "not installed: pip install matplotlib")
        return
    paths = sorted((folder / "mpl-data" / "images").glob("*.png"))[:IMAGES]
    if not paths:
        yield Absent(GROUP, "png", "this matplotlib comes without its images (mpl-data/images)")
        return
    about = f"{len(paths)} icons of matplotlib"
    yield from _scenarios("png", png.Image, _facts.png, (path.read_bytes() for path in paths), about)


def _tzif() -> Iterator[Scenario | Absent]:
    folder = _folder("tzdata")
    if folder is None:
        yield Absent(GROUP, "tzif", real.EXTRA)
        return
    names = (folder / "zones").read_text(encoding="ascii").split()
    chosen = names[:: max(1, len(names) // ZONES)][:ZONES]
    data = (folder.joinpath("zoneinfo", *name.split("/")).read_bytes() for name in chosen)
    yield from _scenarios("tzif", tzif.TimeZone, _facts.tzif, data, f"{len(chosen)} zones of tzdata")


def _elf() -> Iterator[Scenario | Absent]:
    folder = Path(sysconfig.get_config_var("DESTSHARED") or "/nowhere")
    # Each with its size, so that the greatest of the small ones are taken: there the work is symbols and relocations.
    sizes = sorted((path.stat().st_size, path) for path in folder.glob("*.so"))
    paths = [path for size, path in sizes if size <= SMALL][-LIBRARIES:]
    data = [path.read_bytes() for path in paths]
    if not data or any(raw[:6] != b"\x7fELF\2\1" for raw in data):
        yield Absent(GROUP, "elf", f"this Python has no modules of at most {SMALL:,} bytes in 64-bit little-endian ELF")
        return
    about = f"{', '.join(path.name.partition('.')[0] for path in paths)} of this Python, all sections and symbols"
    yield from _scenarios("elf", elf.File, _facts.elf, data, about)


def _ccsds() -> Iterator[Scenario | Absent]:
    folder = _folder("ccsdspy")
    if folder is None:
        yield Absent(GROUP, "ccsds", real.EXTRA)
        return
    path = folder / real.TELEMETRY
    if not path.exists():
        yield Absent(GROUP, "ccsds", f"this ccsdspy comes without its test data ({real.TELEMETRY})")
        return
    packets = real.space_packets(path.read_bytes())
    data = [b"".join(islice(packets, PACKETS)) for _ in range(STREAMS)]
    about = f"{PACKETS} packets of ccsdspy's data set hs"
    yield from _scenarios("ccsds", SpacePackets, _facts.space_packets, data, about)


def _dns() -> Iterator[Scenario | Absent]:
    about = f"responses of {_dns_wire.RECORDS} records, names compressed"
    yield from _scenarios("dns", dns.Message, _facts.dns, map(_dns_wire.response, range(MESSAGES)), about)


def _capture(number: int) -> bytes:
    # Frames of all lengths, with times and in the order of the bytes that tcpdump writes on most machines.
    parts = [struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262_144, 1)]
    message = _dns_wire.response(number)
    for i in range(PACKETS):
        frame = (message * 4)[: 60 + (number * 13 + i) * 37 % 1400]
        parts += [struct.pack("<IIII", 1_700_000_000 + i, i * 997, len(frame), len(frame)), frame]
    return b"".join(parts)


def _pcap() -> Iterator[Scenario | Absent]:
    about = f"captures of {PACKETS} frames, little endian"
    yield from _scenarios("pcap", pcap.PcapFile, _facts.pcap, map(_capture, range(STREAMS)), about)


def scenarios() -> Iterator[Scenario | Absent]:
    """
    The scenarios of the group, from whatever files are there.
    """
    yield from _png()
    yield from _tzif()
    yield from _elf()
    yield from _ccsds()
    yield from _dns()
    yield from _pcap()
