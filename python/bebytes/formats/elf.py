r"""
ELF: programs, shared libraries, object files and core dumps, of 32 and 64 bits, in both byte orders.

The standard is the System V ABI (https://refspecs.linuxfoundation.org/elf/gabi4+/contents.html), with the numbers of the
Linux Standard Base and of GNU; fields have its names.

>>> from bebytes.formats import elf
>>> names = elf.StringTable(b"\0.shstrtab\0.note\0")
>>> build = elf.NoteSection([elf.Note(n_type=3, n_name=b"GNU\0", n_desc=bytes(4))])
>>> file = elf.File(
...     ident=elf.Ident(elf.Class.ELF64, elf.Data.LSB),
...     header=elf.Header(e_type=elf.Type.REL, e_machine=elf.Machine.X86_64, e_shoff=64, e_shnum=3, e_shstrndx=1),
...     segments=[],
...     sections=[
...         elf.Section(),
...         elf.Section(sh_name=1, sh_type=elf.SectionType.STRTAB, sh_offset=256, sh_size=17, content=names),
...         elf.Section(sh_name=11, sh_type=elf.SectionType.NOTE, sh_offset=276, sh_size=20, content=build),
...     ],
... )
>>> data = file.to_bytes()
>>> len(data), elf.File.from_bytes(data) == file
(296, True)
>>> file.section(".note").content.notes[0].n_name
b'GNU\x00'

One class, `File`, reads all of them: the first bytes say how wide the words are and in which order their bytes stand.
Where everything stands is said by offsets, which are the linker's business and are written as they are. Bytes between that no
header tells of are not kept; they are written as zeros, which is what linkers put there, and `bebytes.verify(File, data)`
says whether a file has others. Bytes behind all that headers tell of are `TrailingData`; `try_from_bytes` leaves them alone.
"""

from typing import Annotated

from bebytes import Struct, at, bits, const, derived, field, i32, i64, padding, size, switch, u8, u16, u32, u64, when

from ._elf_numbers import (
    Binding,
    Class,
    Compression,
    Data,
    Machine,
    SectionFlags,
    SectionType,
    SegmentFlags,
    SegmentType,
    SymbolType,
    Tag,
    Type,
    Visibility,
)

__all__ = [
    "Binding",
    "Class",
    "CompressedSection",
    "Compression",
    "Data",
    "Dynamic",
    "DynamicSection",
    "File",
    "Header",
    "Ident",
    "Machine",
    "Note",
    "NoteSection",
    "Rel32",
    "Rel64",
    "RelSection",
    "Rela32",
    "Rela64",
    "RelaSection",
    "Section",
    "SectionFlags",
    "SectionType",
    "Segment32",
    "Segment64",
    "SegmentFlags",
    "SegmentType",
    "StringTable",
    "Symbol32",
    "Symbol64",
    "SymbolTable",
    "SymbolType",
    "Tag",
    "Type",
    "Visibility",
]

MANY_SEGMENTS = 0xFFFF
"""`PN_XNUM`: the number of segments stands in the first section's header."""

NAMES_ELSEWHERE = 0xFFFF
"""`SHN_XINDEX`: which section has the names of sections stands in the first one's header."""

COMPRESSED = 1 << 32
"""In place of a section's type, none of which has so many bits: what it holds is compressed."""

WORD = "64 if wide else 32"
"""The bits of an address, an offset or a size."""


class Ident(Struct):
    """
    `e_ident`, the first 16 bytes: how to read the rest.
    """

    magic: bytes = const(b"\x7fELF")
    ei_class: Class
    ei_data: Data
    ei_version: u8 = 1
    ei_osabi: u8 = 0
    ei_abiversion: u8 = 0
    ei_pad: bytes = padding(7, policy="keep")


class StringTable(Struct):
    """
    Strings that end with a NUL each; others name them by where they begin.
    """

    data: bytes

    def string(self, offset: int) -> bytes:
        """
        The string that begins at `offset`, without its NUL; empty where nothing is.
        """
        end = self.data.find(b"\0", offset)
        return self.data[offset : end if end >= 0 else None]


class Symbol32(Struct, kw_only=True, bit_order="msb"):
    """
    A symbol of 32 bits. `st_name` is an offset into the string table, `st_shndx` the number of the section it lies in.
    """

    st_name: u32
    st_value: u32
    st_size: u32
    st_bind: Binding | int = bits(4, unknown="keep")
    st_type: SymbolType | int = bits(4, unknown="keep")
    st_rest: u8 = bits(6, default=0)
    st_visibility: Visibility = bits(2, default=Visibility.DEFAULT)
    st_shndx: u16


class Symbol64(Struct, kw_only=True, bit_order="msb"):
    """
    A symbol of 64 bits; as `Symbol32`, in another order.
    """

    st_name: u32
    st_bind: Binding | int = bits(4, unknown="keep")
    st_type: SymbolType | int = bits(4, unknown="keep")
    st_rest: u8 = bits(6, default=0)
    st_visibility: Visibility = bits(2, default=Visibility.DEFAULT)
    st_shndx: u16
    st_value: u64
    st_size: u64


class SymbolTable(Struct, parameters=("wide",)):
    """
    A section of symbols; the first one means none.
    """

    symbols: list[Symbol32] | list[Symbol64] = switch("wide", {0: list[Symbol32], 1: list[Symbol64]})


class Rel32(Struct, kw_only=True, bit_order="msb", word=32):
    """
    A place that the linker changes, of 32 bits: `r_sym` is the number of a symbol, `r_type` says how, by the machine.
    """

    r_offset: u32
    r_sym: u32 = bits(24)
    r_type: u8 = bits(8)


class Rel64(Struct, kw_only=True, bit_order="msb", word=64):
    """
    The same of 64 bits.

    64-bit MIPS, little endian, has the parts of `r_info` in an order of its own.
    """

    r_offset: u64
    r_sym: u32 = bits(32)
    r_type: u32 = bits(32)


class Rela32(Struct, kw_only=True, bit_order="msb", word=32):
    """
    As `Rel32`, with a number to add.
    """

    r_offset: u32
    r_sym: u32 = bits(24)
    r_type: u8 = bits(8)
    r_addend: i32


class Rela64(Struct, kw_only=True, bit_order="msb", word=64):
    """
    As `Rel64`, with a number to add.
    """

    r_offset: u64
    r_sym: u32 = bits(32)
    r_type: u32 = bits(32)
    r_addend: i64


class RelSection(Struct, parameters=("wide",)):
    """
    A section of relocations, whose addends stand in what they change.
    """

    relocations: list[Rel32] | list[Rel64] = switch("wide", {0: list[Rel32], 1: list[Rel64]})


class RelaSection(Struct, parameters=("wide",)):
    """
    A section of relocations with addends.
    """

    relocations: list[Rela32] | list[Rela64] = switch("wide", {0: list[Rela32], 1: list[Rela64]})


class Dynamic(Struct, parameters=("wide",)):
    """
    An entry for the dynamic linker: `d_tag` says what `d_val` is; see `Tag`.
    """

    d_tag: i64 = bits(WORD)
    d_val: u64 = bits(WORD)


class DynamicSection(Struct, parameters=("wide",)):
    """
    What the dynamic linker must know; the first entry with `Tag.NULL` is the last that counts.
    """

    entries: list[Dynamic] = field(parameters={"wide": "wide"})


class Note(Struct, kw_only=True, parameters=("alignment",)):
    """
    A note: `n_type` and `n_desc` mean what the owner of `n_name` (with its NUL) says.
    """

    n_namesz: u32 = derived
    n_descsz: u32 = derived
    n_type: u32
    n_name: bytes = size("n_namesz")
    name_gap: bytes = padding("(alignment - (12 + n_namesz) % alignment) % alignment", policy="keep")
    n_desc: bytes = size("n_descsz")
    desc_gap: bytes = padding("(alignment - n_descsz % alignment) % alignment", policy="keep")


class NoteSection(Struct, parameters=("alignment",)):
    """
    A section or a segment of notes, each on a boundary of 4 bytes, or of 8.
    """

    notes: list[Note] = field(parameters={"alignment": "alignment"})


class CompressedSection(Struct, kw_only=True, parameters=("wide",)):
    """
    A section with `SectionFlags.COMPRESSED`: what it holds, by the algorithm `ch_type`, and how much that is.
    """

    ch_type: Annotated[Compression, u32] | int = field(unknown="keep")
    ch_reserved: bytes = padding("4 if wide else 0", policy="keep")
    ch_size: u64 = bits(WORD)
    ch_addralign: u64 = bits(WORD)
    data: bytes


class Header(Struct, kw_only=True, parameters=("wide",)):
    """
    The ELF header behind `e_ident`. Offsets and sizes are in bytes.

    More sections than `e_shnum` can say, and more segments than `e_phnum`, are counted in the first section's header.
    """

    e_type: Annotated[Type, u16] | int = field(unknown="keep")
    e_machine: Annotated[Machine, u16] | int = field(unknown="keep")
    e_version: u32 = 1
    e_entry: u64 = bits(WORD, default=0)
    e_phoff: u64 = bits(WORD, default=0)
    e_shoff: u64 = bits(WORD, default=0)
    e_flags: u32 = 0
    e_ehsize: u16 = 64
    e_phentsize: u16 = 56
    e_phnum: u16 = field(default=0, valid="not value or e_phentsize == (56 if wide else 32)")
    e_shentsize: u16 = 64
    e_shnum: u16 = field(default=0, valid="not e_shoff or e_shentsize == (64 if wide else 40)")
    e_shstrndx: u16 = 0


class Section(Struct, kw_only=True, parameters=("wide",)):
    """
    A section header, and what the section holds: a part of the file as the linker sees it.

    `sh_name` is an offset into the section `e_shstrndx` of names; `sh_link` is the number of another section, such as that
    of the strings of symbols.
    """

    sh_name: u32 = 0
    sh_type: Annotated[SectionType, u32] | int = field(default=SectionType.NULL, unknown="keep")
    sh_flags: u64 = bits(WORD, default=0)
    sh_addr: u64 = bits(WORD, default=0)
    sh_offset: u64 = bits(WORD, default=0)
    sh_size: u64 = bits(WORD, default=0)
    sh_link: u32 = 0
    sh_info: u32 = 0
    sh_addralign: u64 = bits(WORD, default=0)
    sh_entsize: u64 = bits(WORD, default=0)
    content: (
        StringTable
        | SymbolTable
        | RelSection
        | RelaSection
        | DynamicSection
        | NoteSection
        | CompressedSection
        | list[u16]
        | list[u32]
        | bytes
        | None
    ) = switch(
        "COMPRESSED if sh_flags & SectionFlags.COMPRESSED else sh_type",
        {
            COMPRESSED: CompressedSection,
            SectionType.SYMTAB: SymbolTable,
            SectionType.DYNSYM: SymbolTable,
            SectionType.SUNW_LDYNSYM: SymbolTable,
            SectionType.STRTAB: StringTable,
            SectionType.REL: RelSection,
            SectionType.RELA: RelaSection,
            SectionType.DYNAMIC: DynamicSection,
            SectionType.NOTE: NoteSection,
            SectionType.GROUP: list[u32],
            SectionType.SYMTAB_SHNDX: list[u32],
            SectionType.GNU_VERSYM: list[u16],
        },
        default=bytes,
        default_factory=type(None),
        when="sh_type not in (SectionType.NULL, SectionType.NOBITS)",
        at="sh_offset",
        size="sh_size",
        parameters={"wide": "wide", "alignment": "8 if sh_addralign == 8 else 4"},
    )


class Segment32(Struct, kw_only=True, parameters=("alone",)):
    """
    A program header of 32 bits: a part of the file as the loader sees it.

    What a segment holds is told by sections too; `content` is there where the file has none.
    """

    p_type: Annotated[SegmentType, u32] | int = field(unknown="keep")
    p_offset: u32
    p_vaddr: u32
    p_paddr: u32
    p_filesz: u32
    p_memsz: u32
    p_flags: Annotated[SegmentFlags, u32] | int = field(unknown="keep")
    p_align: u32
    content: NoteSection | bytes | None = switch(
        "p_type",
        {SegmentType.NOTE: NoteSection},
        default=bytes,
        default_factory=type(None),
        when="alone",
        at="p_offset",
        size="p_filesz",
        parameters={"alignment": "8 if p_align == 8 else 4"},
    )


class Segment64(Struct, kw_only=True, parameters=("alone",)):
    """
    A program header of 64 bits; as `Segment32`, in another order.
    """

    p_type: Annotated[SegmentType, u32] | int = field(unknown="keep")
    p_flags: Annotated[SegmentFlags, u32] | int = field(unknown="keep")
    p_offset: u64
    p_vaddr: u64
    p_paddr: u64
    p_filesz: u64
    p_memsz: u64
    p_align: u64
    content: NoteSection | bytes | None = switch(
        "p_type",
        {SegmentType.NOTE: NoteSection},
        default=bytes,
        default_factory=type(None),
        when="alone",
        at="p_offset",
        size="p_filesz",
        parameters={"alignment": "8 if p_align == 8 else 4"},
    )


class File(Struct, byteorder="little if ident.ei_data == Data.LSB else big"):
    """
    A whole file, of either class and byte order.
    """

    ident: Ident
    header: Header = field(parameters={"wide": "ident.ei_class == Class.ELF64"})
    first: Section | None = when(
        "header.e_shoff and (not header.e_shnum or header.e_phnum == MANY_SEGMENTS)",
        default=None,
        kw_only=True,
        at="header.e_shoff",
        parameters={"wide": "ident.ei_class == Class.ELF64"},
        doc="the first section once more, where it counts what `e_shnum` or `e_phnum` cannot",
    )
    sections: list[Section] = at(
        "header.e_shoff",
        count="header.e_shnum if header.e_shnum or not header.e_shoff else first.sh_size",
        parameters={"wide": "ident.ei_class == Class.ELF64"},
    )
    segments: list[Segment32] | list[Segment64] = switch(
        "ident.ei_class",
        {Class.ELF32: list[Segment32], Class.ELF64: list[Segment64]},
        at="header.e_phoff",
        count="first.sh_info if header.e_phnum == MANY_SEGMENTS and header.e_shoff else header.e_phnum",
        parameters={"alone": "header.e_shoff == 0"},
    )

    def name(self, section: Section) -> str:
        """
        The name of a section; empty where the file has no names.
        """
        index = self.header.e_shstrndx
        if index == NAMES_ELSEWHERE and self.sections:
            index = self.sections[0].sh_link
        if not 0 < index < len(self.sections):
            return ""
        names = self.sections[index].content
        return names.string(section.sh_name).decode("utf-8", "replace") if isinstance(names, StringTable) else ""

    def section(self, name: str) -> Section:
        """
        The first section of a name.

        Raises:
            KeyError: there is none.
        """
        for section in self.sections:
            if self.name(section) == name:
                return section
        raise KeyError(name)

    def strings(self, section: Section) -> StringTable:
        """
        The strings that a section of symbols, or one for the dynamic linker, refers to.

        Raises:
            LookupError: its `sh_link` leads to no string table.
        """
        linked = self.sections[section.sh_link].content
        if isinstance(linked, StringTable):
            return linked
        raise LookupError(f"section {section.sh_link} holds no strings")
