"""
ELF files (System V ABI, gABI chapters 4 and 5): how a program is laid out, and the libraries it asks for.

    python examples/elf.py                 # the running interpreter
    python examples/elf.py /bin/ls         # another program or shared library, 64-bit

The classes name no byte order: the file says which it has, and that is passed on.
"""

import argparse
import enum
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

from bebytes import Codec, Struct, decode_many, i64, size, u8, u16, u32, u64, until

ByteOrder = Literal["little", "big"]
Buffer = bytes | memoryview


class FileClass(enum.IntEnum):
    """The size of addresses."""

    ELF32 = 1
    ELF64 = 2


class DataEncoding(enum.IntEnum):
    """The order of bytes."""

    LITTLE = 1
    BIG = 2


class ObjectType(enum.IntEnum):
    """What a file is for."""

    NONE = 0
    REL = 1
    EXEC = 2
    DYN = 3
    CORE = 4


class Machine(enum.IntEnum):
    """Some of the processors; the registry has hundreds, so the header keeps the number."""

    X86 = 3
    PPC64 = 21
    S390 = 22
    ARM = 40
    X86_64 = 62
    AARCH64 = 183
    RISCV = 243
    LOONGARCH = 258


class SegmentType(enum.IntEnum):
    """The segments most programs have; systems and processors add their own, so a program header keeps the number."""

    NULL = 0
    LOAD = 1
    DYNAMIC = 2
    INTERP = 3
    NOTE = 4
    SHLIB = 5
    PHDR = 6
    TLS = 7
    GNU_EH_FRAME = 0x6474E550
    GNU_STACK = 0x6474E551
    GNU_RELRO = 0x6474E552
    GNU_PROPERTY = 0x6474E553


class Access(enum.IntFlag):
    """What a segment's memory may be used for."""

    EXECUTE = 1
    WRITE = 2
    READ = 4


class DynamicTag(enum.IntEnum):
    """The entries of the dynamic section that are read here."""

    NULL = 0
    NEEDED = 1
    STRTAB = 5
    STRSZ = 10


class Identification(Struct):
    """The sixteen bytes that say how to read the others."""

    magic: bytes = size(4)
    file_class: FileClass
    data: DataEncoding
    version: u8
    osabi: u8
    abiversion: u8
    padding: bytes = size(7)

    @property
    def byteorder(self) -> ByteOrder:
        """The byte order of the rest of the file."""
        return "little" if self.data is DataEncoding.LITTLE else "big"


class Header(Struct):
    """The ELF header of a 64-bit file."""

    e_ident: Identification
    e_type: Annotated[ObjectType, u16]
    e_machine: u16
    e_version: u32
    e_entry: u64
    e_phoff: u64
    e_shoff: u64
    e_flags: u32
    e_ehsize: u16
    e_phentsize: u16
    e_phnum: u16
    e_shentsize: u16
    e_shnum: u16
    e_shstrndx: u16


class ProgramHeader(Struct):
    """A segment: which part of the file goes where in memory."""

    p_type: u32
    p_flags: Annotated[Access, u32]
    p_offset: u64
    p_vaddr: u64
    p_paddr: u64
    p_filesz: u64
    p_memsz: u64
    p_align: u64


class SectionHeader(Struct):
    """A section: a part of the file with a name and a purpose."""

    sh_name: u32
    sh_type: u32
    sh_flags: u64
    sh_addr: u64
    sh_offset: u64
    sh_size: u64
    sh_link: u32
    sh_info: u32
    sh_addralign: u64
    sh_entsize: u64


class DynamicEntry(Struct):
    """A line of what the dynamic linker reads."""

    d_tag: i64
    d_val: u64


class Text(Struct):
    """A text in a string table, which ends at a zero byte."""

    text: str = until(0)


class File:
    """An ELF file: its header, and the tables the header points to."""

    def __init__(self, data: Buffer) -> None:
        """
        Read the header and both tables.

        Raises:
            ValueError: the data are no 64-bit ELF file; a `bebytes.errors.DecodeError` is one too.
        """
        self.data = memoryview(data)
        ident, _ = Identification.try_from_be_bytes(self.data)
        if ident.magic != b"\x7fELF" or ident.file_class is not FileClass.ELF64:
            raise ValueError("no 64-bit ELF file")
        self.byteorder: ByteOrder = ident.byteorder
        self.header, _ = Codec(Header, byteorder=self.byteorder).decode_prefix(self.data)
        h = self.header
        self.program_headers = decode_many(
            ProgramHeader, self.part(h.e_phoff, h.e_phnum * h.e_phentsize), byteorder=self.byteorder
        )
        self.section_headers = decode_many(
            SectionHeader, self.part(h.e_shoff, h.e_shnum * h.e_shentsize), byteorder=self.byteorder
        )

    def part(self, offset: int, length: int) -> memoryview:
        """A part of the file, not copied."""
        return self.data[offset : offset + length]

    def section_name(self, section: SectionHeader) -> str:
        """The name of a section, from the string table of names."""
        table = self.section_headers[self.header.e_shstrndx]
        return text_at(self.part(table.sh_offset, table.sh_size), section.sh_name)

    def dynamic_entries(self) -> Iterator[DynamicEntry]:
        """What the dynamic linker reads, up to the entry that ends it; nothing in a static program."""
        for segment in self.program_headers:
            if segment.p_type == SegmentType.DYNAMIC:
                part = self.part(segment.p_offset, segment.p_filesz)
                for entry in decode_many(DynamicEntry, part, byteorder=self.byteorder):
                    if entry.d_tag == DynamicTag.NULL:
                        return
                    yield entry

    def needed(self) -> list[str]:
        """The libraries that the program asks for."""
        entries = list(self.dynamic_entries())
        values = {entry.d_tag: entry.d_val for entry in entries}
        if DynamicTag.STRTAB not in values:
            return []
        table = self.part(self.file_offset(values[DynamicTag.STRTAB]), values[DynamicTag.STRSZ])
        return [text_at(table, entry.d_val) for entry in entries if entry.d_tag == DynamicTag.NEEDED]

    def file_offset(self, address: int) -> int:
        """Where in the file the byte is that is loaded at `address`."""
        for segment in self.program_headers:
            if segment.p_type == SegmentType.LOAD and 0 <= address - segment.p_vaddr < segment.p_filesz:
                return address - segment.p_vaddr + segment.p_offset
        raise ValueError(f"no segment of the file is loaded at 0x{address:x}")


def text_at(table: memoryview, offset: int) -> str:
    """A text in a string table."""
    value, _ = Text.try_from_be_bytes(table[offset:])
    return value.text


def name_of(kind: type[enum.IntEnum], number: int) -> str:
    """The name of a number, or the number where it has none."""
    try:
        return kind(number).name
    except ValueError:
        return f"0x{number:x}"


def main(arguments: list[str] | None = None) -> None:
    """Print how a program is laid out."""
    parser = argparse.ArgumentParser(description="Print how a 64-bit ELF program is laid out.")
    parser.add_argument("file", nargs="?", type=Path, default=Path(sys.executable), help="default: this interpreter")
    path: Path = parser.parse_args(arguments).file
    file = File(path.read_bytes())

    kind = f"{file.header.e_type.name} for {name_of(Machine, file.header.e_machine)}, {file.byteorder} endian"
    print(f"{path}: {kind}, entry 0x{file.header.e_entry:x}")
    for segment in file.program_headers:
        access = "".join(flag.name[0] if flag in segment.p_flags else "-" for flag in reversed(Access) if flag.name)
        place = f"{segment.p_memsz:8} bytes at 0x{segment.p_vaddr:08x}"
        print(f"  {name_of(SegmentType, segment.p_type):14}{access}  {place}, from byte {segment.p_offset}")
    names = [file.section_name(section) for section in file.section_headers[1:]]
    print(f"  {len(names)} sections: {' '.join(names)}")
    print(f"  needs {', '.join(file.needed()) or 'no library'}")


if __name__ == "__main__":
    main()
