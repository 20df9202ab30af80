"""
What a format says, in words that are nobody's: plain tuples, lists, integers, bytes and text.

Each function takes our struct or the object that another library decoded, as long as its attributes have the same names; the
declarations in benches/engines do. Members of enums and bits that are true are numbers here, numbers that were scaled as on
the wire.
"""

from collections.abc import Callable
from typing import Any

Facts = tuple[Any, ...]


def numbers(value: Any, *names: str) -> Facts:
    """
    Attributes that are numbers, members of an enum or truth values.
    """
    return tuple(int(getattr(value, name)) for name in names)


def _wire(value: Any, scale: int) -> int:
    # Ours are floats already.
    return round(value * scale) if isinstance(value, float) else int(value)


# PNG


def _background(body: Any) -> Facts:
    value = body.value
    known = [name for name in ("grey", "red", "green", "blue", "index") if hasattr(value, name)]
    return numbers(value, *known)


_BODIES: dict[bytes, Callable[[Any], Any]] = {
    b"PLTE": lambda body: [numbers(colour, "red", "green", "blue") for colour in body.colours],
    b"IDAT": lambda body: body.data,
    b"IEND": lambda _: (),
    b"cHRM": lambda body: tuple(
        _wire(getattr(body, f"{point}_{axis}"), 100_000) for point in ("white", "red", "green", "blue") for axis in "xy"
    ),
    b"gAMA": lambda body: _wire(body.gamma, 100_000),
    b"sRGB": lambda body: int(body.intent),
    b"bKGD": _background,
    b"pHYs": lambda body: numbers(body, "x", "y", "unit"),
    b"tIME": lambda body: numbers(body, "year", "month", "day", "hour", "minute", "second"),
    b"tEXt": lambda body: (body.keyword, body.text),
}
"""The chunks that all declarations have a type for; others are bytes."""


def png(image: Any) -> Facts:
    """
    The header, and of each chunk the kind and what it holds.

    A chunk by itself does not tell its length and CRC, as what it holds may depend on the header.
    """
    header = numbers(image.header, "length", "width", "height", "bit_depth", "colour_type", "interlace", "crc")
    chunks = [(int(chunk.kind), _BODIES.get(int(chunk.kind).to_bytes(4), bytes)(chunk.body)) for chunk in image.chunks]
    return header, chunks


# TZif


def _block(block: Any) -> Facts:
    return (
        numbers(block, "version", "isutcnt", "isstdcnt", "leapcnt", "timecnt", "typecnt", "charcnt"),
        list(block.transition_times),
        list(block.transition_types),
        [numbers(kind, "utoff", "is_dst", "designation") for kind in block.types],
        block.designations,
        [numbers(leap, "occurrence", "correction") for leap in block.leap_seconds],
        list(map(int, block.standard)),
        list(map(int, block.ut)),
    )


def tzif(zone: Any) -> Facts:
    """
    Both blocks, and the rule.
    """
    return _block(zone.first), _block(zone.second), zone.footer.rule


# ELF

_HEADER = (
    *("e_type", "e_machine", "e_version", "e_entry", "e_phoff", "e_shoff", "e_flags", "e_ehsize", "e_phentsize"),
    *("e_phnum", "e_shentsize", "e_shnum", "e_shstrndx"),
)
_SECTION = (
    *("sh_name", "sh_type", "sh_flags", "sh_addr", "sh_offset", "sh_size", "sh_link", "sh_info", "sh_addralign"),
    "sh_entsize",
)
_SEGMENT = ("p_type", "p_flags", "p_offset", "p_vaddr", "p_paddr", "p_filesz", "p_memsz", "p_align")
_SYMBOL = ("st_name", "st_bind", "st_type", "st_rest", "st_visibility", "st_shndx", "st_value", "st_size")


def _content(content: Any) -> Any:
    if content is None or isinstance(content, bytes):
        return content
    if isinstance(content, list):
        return list(content)
    for name, fields in (
        ("symbols", _SYMBOL),
        ("relocations", ("r_offset", "r_sym", "r_type", "r_addend")),
        ("entries", ("d_tag", "d_val")),
    ):
        if hasattr(content, name):
            return [numbers(item, *fields) for item in getattr(content, name)]
    if hasattr(content, "versions"):
        return list(content.versions)
    if hasattr(content, "notes"):
        return [(*numbers(n, "n_namesz", "n_descsz", "n_type"), n.n_name, n.n_desc) for n in content.notes]
    return content.data


def elf(file: Any) -> Facts:
    """
    The headers, all sections with what they hold (symbols, relocations, strings, notes, bytes), all segments.
    """
    return (
        numbers(file.ident, "ei_class", "ei_data", "ei_version", "ei_osabi", "ei_abiversion"),
        numbers(file.header, *_HEADER),
        [(numbers(section, *_SECTION), _content(section.content)) for section in file.sections],
        [numbers(segment, *_SEGMENT) for segment in file.segments],
    )


# Space packets


def space_packets(stream: Any) -> list[Facts]:
    """
    The primary header of each packet, and its data.
    """
    names = ("version", "packet_type", "secondary_header", "apid", "sequence_flags", "sequence_count", "length")
    return [(*numbers(packet, *names), packet.data) for packet in stream.packets]


# DNS


def _name(name: Any) -> list[Facts]:
    # A label is a text or a pointer to the rest of the name.
    found = []
    for label in name.labels:
        target = getattr(label, "target", None)
        texts = (getattr(label, "text", None), getattr(label, "low", None))
        found.append((*numbers(label, "kind", "length"), *texts, None if target is None else _name(target)))
    return found


def _address(body: Any) -> bytes:
    # Ours is an object of Python's.
    return bytes(getattr(body.address, "packed", body.address))


_RECORDS: dict[int, Callable[[Any], Any]] = {
    1: _address,
    2: lambda body: _name(body.nsdname),
    5: lambda body: _name(body.cname),
    6: lambda body: (
        _name(body.mname),
        _name(body.rname),
        *numbers(body, "serial", "refresh", "retry", "expire", "minimum"),
    ),
    15: lambda body: (int(body.preference), _name(body.exchange)),
    16: lambda body: [string.text for string in body.strings],
    28: _address,
}
"""What the responses hold, by type."""


def dns(message: Any) -> Facts:
    """
    The header, the question, and all records with what they hold; names with their compression.
    """
    flags = numbers(message.flags, "qr", "opcode", "aa", "tc", "rd", "ra", "z", "ad", "cd", "rcode")
    questions = [(_name(q.qname), *numbers(q, "qtype", "qclass")) for q in message.questions]
    sections = [
        [(_name(r.name), *numbers(r, "rrtype", "rrclass", "ttl"), _RECORDS[int(r.rrtype)](r.rdata)) for r in records]
        for records in (message.answers, message.authorities, message.additionals)
    ]
    return message.id, flags, questions, sections


# pcap


def pcap(file: Any) -> Facts:
    """
    The header of the file, and all packets.
    """
    header = numbers(file, "version_major", "version_minor", "time_zone", "accuracy", "snap_length", "link_type")
    return header, [
        (*numbers(packet, "seconds", "fraction", "captured_length", "original_length"), packet.data)
        for packet in file.packets
    ]
