"""
Declarations of whole formats for construct, written by hand; the same ones are compiled, and used as they are.

They read no more than the scenarios hold, where that is less work than `bebytes.formats` does: no CRC is checked, ELF is the
one of 64 bits and little endian. Of two spellings the one that is faster compiled stands here: shifts instead of a BitStruct,
which does not compile, and an Array of a known count instead of a GreedyRange.
"""

import inspect
import textwrap
from collections.abc import Callable
from typing import Any

import construct as cs
from construct import this

from bebytes import Struct
from bebytes.cli._layouts import Layout

Ready = Callable[[Any], Any]
"""Takes a declaration and gives what is called: it compiled, or itself."""


class _Text(str):
    """
    A text to compare with: construct compiles conditions by `str`, which gives no quotes.
    """

    __slots__ = ()
    __str__ = str.__repr__


def _cases(kinds: Any, cases: dict[str, Any]) -> dict[str | int, Any]:
    """
    Cases by the names of an enum, as compiled declarations read it, and by its numbers, as they write it.
    """
    found: dict[str | int, Any] = {}
    for name, case in cases.items():
        found[name] = found[int(kinds[name])] = case
    return found


def format_layout(cls: type[Struct], compiled: bool = True) -> Layout | None:
    """
    The declaration of a class of `bebytes.formats`, or None where there is none.

    Args:
        cls: the class.
        compiled: whether `compile()` is called on it, and on the parts that would stay as they are.
    """
    declare = _FORMATS.get(f"{cls.__module__}:{cls.__qualname__}")
    if declare is None:
        return None
    ready = _compiled if compiled else _as_it_is
    declared = ready(declare(ready))
    encode, decode = declared.build, declared.parse
    # What a person changes and writes again was read before.
    head = "import construct as cs\nfrom construct import this"
    made = f"LAYOUT = {ready.__name__}({declare.__name__}({ready.__name__}))"
    last = f"{made}\nencode, decode = LAYOUT.build, LAYOUT.parse"
    parts = [head, *(textwrap.dedent(inspect.getsource(part)) for part in (ready, declare)), last]
    source = "\n\n\n".join(part.strip("\n") for part in parts) + "\n"
    return Layout(encode, decode, lambda value: decode(value.to_bytes()), lambda value: value, source)


def _compiled(declared: Any) -> Any:
    return declared.compile()


def _as_it_is(declared: Any) -> Any:
    return declared


def _png(_: Ready) -> Any:
    from bebytes.formats.png import ColourType, Intent, Interlace, Kind, Unit

    header = cs.Struct(
        "length" / cs.Const(13, cs.Int32ub),
        "kind" / cs.Const(b"IHDR"),
        "width" / cs.Int32ub,
        "height" / cs.Int32ub,
        "bit_depth" / cs.Int8ub,
        "colour_type" / cs.Enum(cs.Int8ub, ColourType),
        "compression" / cs.Const(0, cs.Int8ub),
        "filter" / cs.Const(0, cs.Int8ub),
        "interlace" / cs.Enum(cs.Int8ub, Interlace),
        "crc" / cs.Int32ub,
    )
    colour = cs.Struct("red" / cs.Int8ub, "green" / cs.Int8ub, "blue" / cs.Int8ub)
    grey = cs.Struct("grey" / cs.Int16ub)
    rgb = cs.Struct("red" / cs.Int16ub, "green" / cs.Int16ub, "blue" / cs.Int16ub)
    points = [f"{point}_{axis}" for point in ("white", "red", "green", "blue") for axis in "xy"]
    bodies = {
        "PLTE": cs.Struct("colours" / cs.Array(this._.length // 3, colour)),
        "IDAT": cs.Struct("data" / cs.GreedyBytes),
        "IEND": cs.Struct(),
        "cHRM": cs.Struct(*(name / cs.Int32ub for name in points)),
        "gAMA": cs.Struct("gamma" / cs.Int32ub),
        "sRGB": cs.Struct("intent" / cs.Enum(cs.Int8ub, Intent)),
        "tEXt": cs.Struct(
            "keyword" / cs.NullTerminated(cs.GreedyString("latin-1")), "text" / cs.GreedyString("latin-1")
        ),
        "bKGD": cs.Struct(
            "value"
            / cs.Switch(
                this._._.header.colour_type,
                _cases(
                    ColourType,
                    {
                        **dict.fromkeys(("GREYSCALE", "GREYSCALE_ALPHA"), grey),
                        **dict.fromkeys(("TRUECOLOUR", "TRUECOLOUR_ALPHA"), rgb),
                        "INDEXED": cs.Struct("index" / cs.Int8ub),
                    },
                ),
            )
        ),
        "pHYs": cs.Struct("x" / cs.Int32ub, "y" / cs.Int32ub, "unit" / cs.Enum(cs.Int8ub, Unit)),
        "tIME": cs.Struct(
            "year" / cs.Int16ub, *(name / cs.Int8ub for name in ("month", "day", "hour", "minute", "second"))
        ),
    }
    chunk = cs.Struct(
        "length" / cs.Int32ub,
        "kind" / cs.Enum(cs.Int32ub, Kind),
        "body" / cs.FixedSized(this.length, cs.Switch(this.kind, _cases(Kind, bodies), cs.GreedyBytes)),
        "crc" / cs.Int32ub,
    )
    return cs.Struct(
        "signature" / cs.Const(b"\x89PNG\r\n\x1a\n"),
        "header" / header,
        "chunks" / cs.RepeatUntil((cs.obj_.kind == _Text("IEND")) | (cs.obj_.kind == Kind.IEND.value), chunk),
    )


def _tzif(_: Ready) -> Any:
    from bebytes.formats.tzif import Version

    kind = cs.Struct("utoff" / cs.Int32sb, "is_dst" / cs.Flag, "designation" / cs.Int8ub)

    def block(time: Any) -> Any:
        return cs.Struct(
            "magic" / cs.Const(b"TZif"),
            "version" / cs.Enum(cs.Int8ub, Version),
            "unused" / cs.Padding(15),
            *(f"{name}cnt" / cs.Int32ub for name in ("isut", "isstd", "leap", "time", "type", "char")),
            "transition_times" / cs.Array(this.timecnt, time),
            "transition_types" / cs.Array(this.timecnt, cs.Int8ub),
            "types" / cs.Array(this.typecnt, kind),
            "designations" / cs.Bytes(this.charcnt),
            "leap_seconds" / cs.Array(this.leapcnt, cs.Struct("occurrence" / time, "correction" / cs.Int32sb)),
            "standard" / cs.Array(this.isstdcnt, cs.Flag),
            "ut" / cs.Array(this.isutcnt, cs.Flag),
        )

    footer = cs.Struct("begin" / cs.Const(b"\n"), "rule" / cs.NullTerminated(cs.GreedyString("ascii"), term=b"\n"))
    return cs.Struct(
        "first" / block(cs.Int32sb),
        "second" / cs.If(this.first.version != _Text("V1"), block(cs.Int64sb)),
        "footer" / cs.If(this.first.version != _Text("V1"), footer),
    )


def _elf(_: Ready) -> Any:
    from bebytes.formats.elf import (
        Binding,
        Class,
        Data,
        Machine,
        SectionType,
        SegmentType,
        SymbolType,
        Type,
        Visibility,
    )

    word, half, long = cs.Int32ul, cs.Int16ul, cs.Int64ul
    ident = cs.Struct(
        "magic" / cs.Const(b"\x7fELF"),
        "ei_class" / cs.Enum(cs.Int8ul, Class),
        "ei_data" / cs.Enum(cs.Int8ul, Data),
        *(f"ei_{name}" / cs.Int8ul for name in ("version", "osabi", "abiversion")),
        "ei_pad" / cs.Bytes(7),
    )
    header = cs.Struct(
        "e_type" / cs.Enum(half, Type),
        "e_machine" / cs.Enum(half, Machine),
        "e_version" / word,
        *(f"e_{name}" / long for name in ("entry", "phoff", "shoff")),
        "e_flags" / word,
        *(f"e_{name}" / half for name in ("ehsize", "phentsize", "phnum", "shentsize", "shnum", "shstrndx")),
    )
    symbol = cs.Struct(
        "st_name" / word,
        "st_info" / cs.Int8ul,
        "st_bind" / cs.Enum(cs.Computed(this.st_info >> 4), Binding),
        "st_type" / cs.Enum(cs.Computed(this.st_info & 15), SymbolType),
        "st_other" / cs.Int8ul,
        "st_rest" / cs.Computed(this.st_other >> 2),
        "st_visibility" / cs.Enum(cs.Computed(this.st_other & 3), Visibility),
        "st_shndx" / half,
        "st_value" / long,
        "st_size" / long,
    )
    relocation = cs.Struct("r_offset" / long, "r_type" / word, "r_sym" / word, "r_addend" / cs.Int64sl)
    entry = cs.Struct("d_tag" / cs.Int64sl, "d_val" / long)

    def gap(size: Callable[[Any], int]) -> Any:
        return cs.Bytes(lambda context: -size(context) % (8 if context._._.sh_addralign == 8 else 4))

    note = cs.Struct(
        "n_namesz" / word,
        "n_descsz" / word,
        "n_type" / word,
        "n_name" / cs.Bytes(this.n_namesz),
        "name_gap" / gap(lambda context: 12 + context.n_namesz),
        "n_desc" / cs.Bytes(this.n_descsz),
        "desc_gap" / gap(lambda context: context.n_descsz),
    )
    symbols = cs.Struct("symbols" / cs.Array(this._.sh_size // 24, symbol))
    contents = {
        "NULL": cs.Pass,
        "NOBITS": cs.Pass,
        "SYMTAB": symbols,
        "DYNSYM": symbols,
        "STRTAB": cs.Struct("data" / cs.Bytes(this._.sh_size)),
        "RELA": cs.Struct("relocations" / cs.Array(this._.sh_size // 24, relocation)),
        "DYNAMIC": cs.Struct("entries" / cs.Array(this._.sh_size // 16, entry)),
        "NOTE": cs.FixedSized(this.sh_size, cs.Struct("notes" / cs.GreedyRange(note))),
        "GROUP": cs.Array(this.sh_size // 4, word),
        "SYMTAB_SHNDX": cs.Array(this.sh_size // 4, word),
        "GNU_VERSYM": cs.Array(this.sh_size // 2, half),
    }
    section = cs.Struct(
        "sh_name" / word,
        "sh_type" / cs.Enum(word, SectionType),
        *(f"sh_{name}" / long for name in ("flags", "addr", "offset", "size")),
        *(f"sh_{name}" / word for name in ("link", "info")),
        *(f"sh_{name}" / long for name in ("addralign", "entsize")),
        "content"
        / cs.Pointer(this.sh_offset, cs.Switch(this.sh_type, _cases(SectionType, contents), cs.Bytes(this.sh_size))),
    )
    segment = cs.Struct(
        "p_type" / cs.Enum(word, SegmentType),
        "p_flags" / word,
        *(f"p_{name}" / long for name in ("offset", "vaddr", "paddr", "filesz", "memsz", "align")),
    )
    return cs.Struct(
        "ident" / ident,
        "header" / header,
        "sections" / cs.Pointer(this.header.e_shoff, cs.Array(this.header.e_shnum, section)),
        "segments" / cs.Pointer(this.header.e_phoff, cs.Array(this.header.e_phnum, segment)),
    )


def _ccsds(ready: Ready) -> Any:
    from bebytes.formats.ccsds import PacketType, SequenceFlags

    packet = cs.Struct(
        "identification" / cs.Int16ub,
        "version" / cs.Computed(this.identification >> 13),
        "packet_type" / cs.Enum(cs.Computed((this.identification >> 12) & 1), PacketType),
        "secondary_header" / cs.Computed((this.identification >> 11) & 1),
        "apid" / cs.Computed(this.identification & 0x7FF),
        "control" / cs.Int16ub,
        "sequence_flags" / cs.Enum(cs.Computed(this.control >> 14), SequenceFlags),
        "sequence_count" / cs.Computed(this.control & 0x3FFF),
        "length" / cs.Int16ub,
        "data" / cs.Bytes(this.length + 1),
    )
    # A GreedyRange does not compile, and nothing in it would: the packet is compiled before.
    return cs.Struct("packets" / cs.GreedyRange(ready(packet)))


def _dns(ready: Ready) -> Any:
    from bebytes.formats.dns import LabelKind, Opcode, RecordClass, RecordType, ResponseCode

    names: list[Any] = []
    label = cs.Struct(
        "first" / cs.Int8ub,
        "kind" / cs.Enum(cs.Computed(this.first >> 6), LabelKind),
        "length" / cs.Computed(this.first & 63),
        "text" / cs.If(this.first < 64, cs.Bytes(this.length)),
        "low" / cs.If(this.first >= 192, cs.Int8ub),
        "target" / cs.If(this.first >= 192, cs.Pointer(this.length << 8 | this.low, cs.LazyBound(lambda: names[0]))),
    )
    name = cs.Struct("labels" / cs.RepeatUntil((cs.obj_.first >= 192) | (cs.obj_.first == 0), label))
    # What a pointer leads to does not compile inside of what points to it; it is compiled by itself.
    names.append(ready(name))
    question = cs.Struct(
        "qname" / name, "qtype" / cs.Enum(cs.Int16ub, RecordType), "qclass" / cs.Enum(cs.Int16ub, RecordClass)
    )
    string = cs.Struct("length" / cs.Int8ub, "text" / cs.Bytes(this.length))
    # Not in a window, in which a pointer would count from its start.
    bodies = {
        "A": cs.Struct("address" / cs.Bytes(4)),
        "AAAA": cs.Struct("address" / cs.Bytes(16)),
        "NS": cs.Struct("nsdname" / name),
        "CNAME": cs.Struct("cname" / name),
        "PTR": cs.Struct("ptrdname" / name),
        "MX": cs.Struct("preference" / cs.Int16ub, "exchange" / name),
        "SOA": cs.Struct(
            "mname" / name,
            "rname" / name,
            *(field / cs.Int32ub for field in ("serial", "refresh", "retry", "expire", "minimum")),
        ),
        "SRV": cs.Struct(*(field / cs.Int16ub for field in ("priority", "weight", "port")), "target" / name),
        "TXT": cs.FixedSized(this.rdlength, cs.Struct("strings" / cs.GreedyRange(ready(string)))),
    }
    record = cs.Struct(
        "name" / name,
        "rrtype" / cs.Enum(cs.Int16ub, RecordType),
        "rrclass" / cs.Enum(cs.Int16ub, RecordClass),
        "ttl" / cs.Int32ub,
        "rdlength" / cs.Int16ub,
        "rdata" / cs.Switch(this.rrtype, _cases(RecordType, bodies), cs.Bytes(this.rdlength)),
    )
    places = {"qr": 15, "aa": 10, "tc": 9, "rd": 8, "ra": 7, "z": 6, "ad": 5, "cd": 4}
    flags = cs.Struct(
        "word" / cs.Int16ub,
        "opcode" / cs.Enum(cs.Computed((this.word >> 11) & 15), Opcode),
        "rcode" / cs.Enum(cs.Computed(this.word & 15), ResponseCode),
        *(field / cs.Computed((this.word >> place) & 1) for field, place in places.items()),
    )
    return cs.Struct(
        "id" / cs.Int16ub,
        "flags" / flags,
        *(field / cs.Int16ub for field in ("qdcount", "ancount", "nscount", "arcount")),
        "questions" / cs.Array(this.qdcount, question),
        "answers" / cs.Array(this.ancount, record),
        "authorities" / cs.Array(this.nscount, record),
        "additionals" / cs.Array(this.arcount, record),
    )


def _pcap(ready: Ready) -> Any:
    packet = cs.Struct(
        *(field / cs.Int32ul for field in ("seconds", "fraction", "captured_length", "original_length")),
        "data" / cs.Bytes(this.captured_length),
    )
    return cs.Struct(
        "magic" / cs.Const(b"\xd4\xc3\xb2\xa1"),
        "version_major" / cs.Int16ul,
        "version_minor" / cs.Int16ul,
        "time_zone" / cs.Int32sl,
        "accuracy" / cs.Int32ul,
        "snap_length" / cs.Int32ul,
        "link_type" / cs.Int16ul,
        "frame_check" / cs.Int16ul,
        "packets" / cs.GreedyRange(ready(packet)),
    )


_FORMATS: dict[str, Callable[[Ready], Any]] = {
    "bebytes.formats.png:Image": _png,
    "bebytes.formats.tzif:TimeZone": _tzif,
    "bebytes.formats.elf:File": _elf,
    "bebytes.scenarios.formats:SpacePackets": _ccsds,
    "bebytes.formats.dns:Message": _dns,
    "bebytes.formats.pcap:PcapFile": _pcap,
}
