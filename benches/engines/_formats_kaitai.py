"""
Readers of whole formats for Kaitai Struct, written by hand as its compiler 0.11 writes them for Python.

They are classes that only read, which is what the compiler writes unless told otherwise, and read faster than those of
`--read-write`. Of the latter there are some as well, for encoding, of packets and captures. What reads also fetches the instances (fields at a place), so that nothing is left to be read later.
As for construct, they read no more than the scenarios hold: no CRC is checked, ELF is the one of 64 bits and little endian.
"""

import importlib
import inspect
from typing import Any

from bebytes import Struct
from bebytes.cli._layouts import Layout

NO_ENCODING = "classes that write are others than those that read, and not written for this format"

_FORMATS = {
    "bebytes.formats.png:Image": ("_formats_kaitai_png", "Png"),
    "bebytes.formats.tzif:TimeZone": ("_formats_kaitai_tzif", "Tzif"),
    "bebytes.formats.elf:File": ("_formats_kaitai_elf", "Elf"),
    "bebytes.scenarios.formats:SpacePackets": ("_formats_kaitai_ccsds", "SpacePackets"),
    "bebytes.formats.dns:Message": ("_formats_kaitai_dns", "Dns"),
    "bebytes.formats.pcap:PcapFile": ("_formats_kaitai_pcap", "Pcap"),
}


def format_layout(cls: type[Struct]) -> Layout | None:
    """
    The reader of a class of `bebytes.formats`, or None where there is none.
    """
    found = _FORMATS.get(f"{cls.__module__}:{cls.__qualname__}")
    if found is None:
        return None
    file, name = found
    module = importlib.import_module(f".{file}", __package__)
    reader: Any = getattr(module, name)

    def fetched(data: bytes) -> Any:
        value = reader.from_bytes(data)
        value._fetch_instances()  # noqa: SLF001 (so the compiler calls it)
        return value

    places = hasattr(reader, "_fetch_instances")
    decode = fetched if places else reader.from_bytes

    lines = [
        "def decode(data):",
        f"    value = {name}.from_bytes(data)",
        "    value._fetch_instances()",
        "    return value",
    ]
    source = "\n".join([inspect.getsource(module), "", *(lines if places else [f"decode = {name}.from_bytes"]), ""])
    if hasattr(module, "encode"):
        return Layout(
            module.encode, decode, lambda value: module.written(value.to_bytes()), lambda value: value, source
        )

    def encode(value: Any) -> bytes:
        raise NotImplementedError(NO_ENCODING)

    source += f"# no encode: {NO_ENCODING}\n"
    return Layout(encode, decode, lambda value: value, lambda value: value, source, no_encoding=NO_ENCODING)
