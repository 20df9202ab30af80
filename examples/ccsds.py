"""
Space packets (CCSDS 133.0-B-2): what a telemetry file holds, and its packets decoded by their definition.

    python examples/ccsds.py                              # a mixed stream from the test data of ccsdspy
    python examples/ccsds.py telemetry.tlm                # your own
    python examples/ccsds.py telemetry.tlm defs.csv       # with the definition of its packets

The first part has classes written by hand: the header, a packet of any kind, packets of certain instruments.
In the second, `packet_class` makes such a class while the program runs, from a definition file.
"""

import argparse
import binascii
import csv
import enum
import functools
import importlib.util
import itertools
import json
import re
import types
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, cast

from bebytes import (
    Struct,
    bits,
    count,
    decode_many,
    derived,
    f32,
    f64,
    field,
    fields,
    i8,
    i16,
    i32,
    i64,
    size,
    u8,
    u16,
    u32,
    u64,
    u128,
)

# ---------------------------------------------------------------------------------------------------------------------
# Classes written by hand
# ---------------------------------------------------------------------------------------------------------------------


class PacketType(enum.IntEnum):
    """Which way a packet goes."""

    TELEMETRY = 0
    TELECOMMAND = 1


class Grouping(enum.IntEnum):
    """Which part of a longer message a packet carries."""

    CONTINUATION = 0
    FIRST = 1
    LAST = 2
    UNSEGMENTED = 3


class PrimaryHeader(Struct, kw_only=True):
    """The six bytes that every space packet begins with (CCSDS 133.0-B-2, 4.1.3)."""

    version: u8 = bits(3, default=0)
    packet_type: PacketType = bits(default=PacketType.TELEMETRY)
    secondary_header: bool = bits(default=False)
    apid: u16 = bits(11)
    grouping: Grouping = bits(default=Grouping.UNSEGMENTED)
    sequence_count: u16 = bits(14)
    length: u16 = field(default=derived, doc="the bytes behind this header, less one")


class SpacePacket(Struct):
    """A packet of any kind, its data left as they are."""

    header: PrimaryHeader
    data: bytes = size("header.length + 1")


class Sample(Struct):
    """What the three channels of a fluxgate magnetometer read at one moment, in counts."""

    channel_3: i32 = bits(24)
    channel_2: i32 = bits(24)
    channel_1: i32 = bits(24)


class Housekeeping(Struct):
    """Voltages, currents and feedback of a magnetometer's electronics, in counts."""

    minus_4v7: i32 = bits(24)
    plus_4v7: i32 = bits(24)
    reference_2v: i32 = bits(24)
    reference_1v: i32 = bits(24)
    drive_sense: i32 = bits(24)
    probe_temperature: i32 = bits(24)
    feedback_x: i32 = bits(24)
    feedback_y: i32 = bits(24)
    feedback_z: i32 = bits(24)
    bipolar_x: i32 = bits(24)
    bipolar_y: i32 = bits(24)
    bipolar_z: i32 = bits(24)
    plus_4v7_current: i32 = bits(24)
    minus_4v7_current: i32 = bits(24)
    channel_14: i32 = bits(24)
    channel_15: i32 = bits(24)


class MagnetometerPacket(Struct):
    """A magnetometer of Europa Clipper at its high rate: APIDs 1219, 1223 and 1227, one for each sensor."""

    header: PrimaryHeader
    seconds: u32
    subseconds: u16
    accountability: u32
    samples: list[Sample] = count(160)
    housekeeping: Housekeeping
    register_80: u16
    checksum: u16

    @property
    def intact(self) -> bool:
        """Whether the packet has the checksum that it carries (CRC-16/CCITT)."""
        return binascii.crc_hqx(self.to_be_bytes()[:-2], 0xFFFF) == self.checksum


class TwoLists(Struct, kw_only=True):
    """Two lists, each behind its own count, and a footer."""

    header: PrimaryHeader
    first_length: u8 = derived
    first: list[u16] = count("first_length")
    second_length: u8 = derived
    second: list[u16] = count("second_length")
    footer: u16


class OneList(Struct, kw_only=True):
    """A list that fills what the packet has before its footer: two bytes each."""

    header: PrimaryHeader
    items: list[u16] = count("(header.length - 1) / 2")
    footer: u16


# ---------------------------------------------------------------------------------------------------------------------
# Classes made at run time
# ---------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Parameter:
    """A line of a packet's definition; `offset` and `length` are in bits, the former from the end of the header."""

    name: str
    kind: Literal["uint", "int", "float", "str", "fill"]
    offset: int
    length: int
    items: int | None = None
    byteorder: Literal["big", "little"] = "big"
    labels: type[enum.IntEnum] | None = None

    @property
    def end(self) -> int:
        """The bit behind the last."""
        return self.offset + self.length * (1 if self.items is None else self.items)

    def declare(self) -> tuple[Any, Any]:
        """The annotation and the right-hand side of the field that holds this parameter."""
        whole_bytes = self.offset % 8 == 0 and self.length % 8 == 0
        if self.kind in ("uint", "int"):
            width = next(width for width in INTEGERS if width >= self.length)
            number = INTEGERS[width][self.kind == "int"]
            annotation = Annotated[self.labels, number] if self.labels else number
            whole_bytes = whole_bytes and width == self.length
            if not whole_bytes and self.items is None:
                return annotation, bits(self.length)
        elif self.kind == "float":
            annotation = {32: f32, 64: f64}[self.length]
        else:
            annotation = bytes
        if not whole_bytes:
            raise ValueError(f"{self.name}: floats, texts and arrays begin and end on a byte")
        if annotation is bytes:
            return annotation, size(self.length // 8)
        if self.items is None:
            return annotation, field(byteorder=self.byteorder)
        return types.GenericAlias(list, annotation), count(self.items, byteorder=self.byteorder)


INTEGERS: dict[int, tuple[Any, Any]] = {8: (u8, i8), 16: (u16, i16), 32: (u32, i32), 64: (u64, i64)}


class DefinedPacket(Struct):
    """The parent of the classes that `packet_class` makes; parameters come behind the header."""

    header: PrimaryHeader


def packet_class(name: str, parameters: Iterable[Parameter]) -> type[DefinedPacket]:
    """
    Make the class of the packets that `parameters` describe.

    Bits that no parameter describes become fields called `spare_<bit>`, and what a packet has behind them all `rest`.
    A parameter that spans several others, a word of flags say, becomes a property.
    """
    ordered = sorted(parameters, key=lambda p: (p.offset, -p.end))
    words: list[Parameter] = []
    leaves: list[Parameter] = []
    for parameter, following in itertools.zip_longest(ordered, ordered[1:]):
        overlapped = following is not None and following.offset < parameter.end
        (words if overlapped else leaves).append(parameter)

    annotations: dict[str, Any] = {}
    namespace: dict[str, Any] = {"__annotations__": annotations, "__doc__": f"A packet of {name}."}
    position = 0
    for parameter in leaves:
        if position < parameter.offset:
            fill(position, parameter.offset, annotations, namespace)
        annotations[parameter.name], namespace[parameter.name] = parameter.declare()
        position = parameter.end
    if position % 8:
        fill(position, position + -position % 8, annotations, namespace)
        position += -position % 8
    annotations["rest"] = bytes
    namespace["rest"] = size(f"header.length + 1 - {position // 8}", default=b"")

    for word in words:
        parts = [p for p in leaves if word.offset <= p.offset and p.end <= word.end and p.kind == "uint"]
        if sum(part.length for part in parts) != word.length:
            raise ValueError(f"{word.name} overlaps other parameters, but is no word made of them")
        namespace[word.name] = property(functools.partial(join, parts))

    cls = types.new_class(name, (DefinedPacket,), {"kw_only": True}, lambda body: body.update(namespace))
    return cast(type[DefinedPacket], cls)


def fill(start: int, stop: int, annotations: dict[str, Any], namespace: dict[str, Any]) -> None:
    """Declare a field for the bits from `start` to `stop`."""
    name = f"spare_{start}"
    if start % 8 or stop % 8:
        annotations[name], namespace[name] = u128, bits(stop - start, default=0)
    else:
        length = (stop - start) // 8
        annotations[name], namespace[name] = bytes, size(length, default=bytes(length))


def join(parts: Iterable[Parameter], packet: DefinedPacket) -> int:
    """The number that neighbouring unsigned parameters make together."""
    number = 0
    for part in parts:
        number = number << part.length | getattr(packet, part.name)
    return number


def read_definition(path: Path) -> list[Parameter]:
    """
    Read a definition file: a line for each parameter, with name, data_type, bit_offset, bit_length and calibration.

    Lines called `x[0]`, `x[1]` and so on are one parameter with several items.
    """
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file, skipinitialspace=True))
    parameters = []
    for name, group in itertools.groupby(rows, key=lambda row: re.sub(r"\[\d+\]$", "", row["name"])):
        lines = list(group)
        first = lines[0]
        parameters.append(
            Parameter(
                name,
                cast(Any, first["data_type"]),
                int(first["bit_offset"]),
                int(first["bit_length"]),
                items=len(lines) if first["name"] != name else None,
                labels=labels_of(name, first.get("calibration")),
            )
        )
    return parameters


def labels_of(name: str, calibration: str | None) -> type[enum.IntEnum] | None:
    """The enum of a calibration that names single numbers: `{"0": "OFF", "1": "ON"}`."""
    names = json.loads(calibration or "{}")
    if not names or not all(key.isdigit() and isinstance(value, str) for key, value in names.items()):
        return None
    return cast(type[enum.IntEnum], enum.IntEnum(name, {value: int(key) for key, value in names.items()}))


# ---------------------------------------------------------------------------------------------------------------------
# The program
# ---------------------------------------------------------------------------------------------------------------------


def by_apid(packets: Iterable[SpacePacket]) -> dict[int, list[SpacePacket]]:
    """Sort the packets of a mixed stream by the process that sent them."""
    streams: dict[int, list[SpacePacket]] = defaultdict(list)
    for packet in packets:
        streams[packet.header.apid].append(packet)
    return dict(sorted(streams.items()))


def lost(packets: Iterable[SpacePacket]) -> int:
    """How many packets of one APID are missing, going by their sequence counts, which wrap at 2**14."""
    counts = [packet.header.sequence_count for packet in packets]
    return sum((after - before - 1) % 2**14 for before, after in itertools.pairwise(counts))


def data_folder() -> Path:
    """The folder of telemetry that the package ccsdspy tests itself on."""
    spec = importlib.util.find_spec("ccsdspy")
    if spec is None or spec.submodule_search_locations is None:
        raise SystemExit("name a file, or install ccsdspy, which brings some: pip install ccsdspy")
    return Path(spec.submodule_search_locations[0], "tests", "data")


def main(arguments: list[str] | None = None) -> None:
    """Print what a telemetry file holds."""
    parser = argparse.ArgumentParser(description="Print what a file of CCSDS space packets holds.")
    parser.add_argument("file", nargs="?", type=Path, help="packets back to back (default: test data of ccsdspy)")
    parser.add_argument("definition", nargs="?", type=Path, help="a CSV file that describes the packets")
    options = parser.parse_args(arguments)
    path: Path = options.file or data_folder() / "europa_clipper" / "ecm_raw2.bin"
    data = path.read_bytes()

    if options.definition:
        print_first(path.name, packet_class(options.definition.parent.name, read_definition(options.definition)), data)
    else:
        print_streams(path.name, data)


def print_first(name: str, cls: type[DefinedPacket], data: bytes) -> None:
    """Print the first packet of a file by its definition."""
    packets = decode_many(cls, data)
    print(f"{name}: {len(packets)} packets of {len(data) // len(packets)} bytes; the first:")
    for item in fields(cls):
        print(f"  {item.name:24}{getattr(packets[0], item.name)!r}")


def print_streams(name: str, data: bytes) -> None:
    """Print which processes the packets of a file come from."""
    print(f"{name}: {len(data)} bytes")
    print("  APID  packets  bytes each  sequence counts  lost")
    for apid, packets in by_apid(decode_many(SpacePacket, data)).items():
        sizes = sorted({6 + len(packet.data) for packet in packets})
        each = str(sizes[0]) if len(sizes) == 1 else f"{sizes[0]}-{sizes[-1]}"
        counts = f"{packets[0].header.sequence_count}-{packets[-1].header.sequence_count}"
        print(f"  {apid:4}  {len(packets):7}  {each:>10}  {counts:>15}  {lost(packets):4}")


if __name__ == "__main__":
    main()
