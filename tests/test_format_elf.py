"""
`bebytes.formats.elf` on real files: pyelftools says what they hold.

Its own test files come with its sources only (`pip download --no-binary :all: --no-deps pyelftools`, 15 MB). Where these are
unpacked, `BEBYTES_ELF_FILES` says; without them, the running interpreter and its modules are read.
"""

import importlib.util
import io
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from elftools.elf import enums
from elftools.elf.dynamic import DynamicSection
from elftools.elf.elffile import ELFFile
from elftools.elf.relocation import RelocationSection
from elftools.elf.sections import NoteSection, SymbolTableSection
from format_files import assert_only_our_errors, run_examples

from bebytes.errors import DecodeError, InsufficientData, InvalidConstant, InvalidValue
from bebytes.formats import elf

Codecs = Callable[..., Any]

NUMBERS: dict[str, int] = {
    name: number
    for of, table in vars(enums).items()
    if of.startswith("ENUM_")
    for name, number in table.items()
    if isinstance(number, int)
}
LARGE = 80_000
"""Bytes: on the plain backend, larger files take too long."""

# The interpreter, modules that it has loaded, and those of packages.
MODULES = ("_ctypes", "_json", "_struct", "_bisect", "ujson", "markupsafe._speedups", "msgspec._core")


def found_here() -> list[Path]:
    """
    ELF files of this machine.
    """
    origins = [sys.executable]
    for name in MODULES:
        try:
            spec = importlib.util.find_spec(name)
        except ImportError:
            continue
        if spec is not None and spec.origin is not None:
            origins.append(spec.origin)
    return [path for path in map(Path, origins) if path.is_file() and path.read_bytes()[:4] == b"\x7fELF"]


def of_pyelftools() -> list[Path]:
    """
    The test files of pyelftools, where there are any.
    """
    folder = os.environ.get("BEBYTES_ELF_FILES")
    files = sorted(Path(folder).rglob("testfiles_for_*/*")) if folder else []
    return [path for path in files if path.is_file() and path.read_bytes()[:4] == b"\x7fELF"]


# Files that are no ELF by the standard, most of them on purpose, and what is wrong with them.
WRONG = {
    "corrupt_sh.elf": "File.sections: is 65535, must be a position inside the input",
    "section_header_bogus_size.elf": "File.header.e_phnum: is 1, must be",
    "section_link_to_self.elf": "File.header.e_shnum: is 127, must be",
    "x64_bad_sections.elf": "read 7280 bytes of 12333",
    # What its compiler calls a section of notes is DWARF.
    "dwarf_phantombytes.elf": "File.sections[197].content.notes[0].n_name: needs 1179702 bytes",
}
FILES = [*found_here(), *(path for path in of_pyelftools() if path.name not in WRONG)]


def number(value: Any) -> Any:
    """
    The number of a name that pyelftools gives.
    """
    return NUMBERS[value] if isinstance(value, str) else value


def assert_fields(ours: Any, theirs: Any) -> None:
    """
    A header of ours has the numbers that pyelftools reads.
    """
    assert {key: getattr(ours, key) for key in theirs} == {key: number(value) for key, value in theirs.items()}


def assert_symbols(content: Any, theirs: SymbolTableSection, names: elf.StringTable) -> None:
    symbols = [
        (
            names.string(s.st_name).decode("utf-8", "replace"),
            (s.st_name, s.st_value, s.st_size, s.st_bind, s.st_type, s.st_visibility, s.st_shndx),
        )
        for s in content.symbols
    ]
    assert symbols == [
        (
            s.name,
            (
                s.entry.st_name,
                s.entry.st_value,
                s.entry.st_size,
                number(s.entry.st_info.bind),
                number(s.entry.st_info.type),
                number(s.entry.st_other.visibility),
                number(s.entry.st_shndx),
            ),
        )
        for s in theirs.iter_symbols()
    ]


def assert_content(file: elf.File, section: elf.Section, theirs: Any, expected: ELFFile) -> None:
    """
    What a section holds is what pyelftools reads of it.
    """
    content = section.content
    match theirs:
        case SymbolTableSection():
            assert_symbols(content, theirs, file.strings(section))
        case RelocationSection():
            assert isinstance(content, elf.RelSection | elf.RelaSection)
            ours = [(r.r_offset, r.r_sym, r.r_type, getattr(r, "r_addend", None)) for r in content.relocations]
            if expected["e_machine"] == "EM_MIPS" and expected.elfclass == 64:
                return  # r_info has parts of its own
            assert ours == [
                (r["r_offset"], r["r_info_sym"], r["r_info_type"], r["r_addend"] if theirs.is_RELA() else None)
                for r in theirs.iter_relocations()
            ]
        case DynamicSection():
            assert isinstance(content, elf.DynamicSection)
            entries = [(e.d_tag, e.d_val) for e in content.entries]
            tags = [(number(t.entry.d_tag), t.entry.d_val) for t in theirs.iter_tags()]
            assert entries[: len(tags)] == tags
        case NoteSection():
            assert_notes(content, theirs)
        case _ if isinstance(content, bytes):
            assert content == theirs.data()


def assert_notes(content: Any, theirs: Any) -> None:
    assert isinstance(content, elf.NoteSection)
    ours = [(n.n_namesz, n.n_descsz, n.n_name.rstrip(b"\0"), n.n_desc) for n in content.notes]
    assert ours == [(n["n_namesz"], n["n_descsz"], n["n_name"].encode(), n["n_descdata"]) for n in theirs.iter_notes()]


def assert_headers(file: elf.File, expected: ELFFile) -> None:
    """
    The headers of the file and of its segments, field by field.
    """
    assert_fields(file.header, {k: v for k, v in expected.header.items() if k != "e_ident"})
    theirs = expected.header.e_ident
    assert (file.ident.ei_class, file.ident.ei_osabi) == (number(theirs.EI_CLASS), number(theirs.EI_OSABI))
    assert (file.ident.ei_data == elf.Data.LSB) == expected.little_endian
    assert len(file.segments) == expected.num_segments()
    for ours, segment in zip(file.segments, expected.iter_segments(), strict=True):
        assert_fields(ours, segment.header)


def assert_sections(file: elf.File, expected: ELFFile) -> None:
    """
    The headers of sections, their names, and what they hold.
    """
    assert len(file.sections) == expected.num_sections()
    for ours, theirs in zip(file.sections, expected.iter_sections(), strict=True):
        assert_fields(ours, theirs.header)
        assert file.name(ours) == theirs.name
        assert_content(file, ours, theirs, expected)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_real_files(codec: Codecs, backend: str, path: Path) -> None:
    """
    Everything is as pyelftools reads it, and the file is written as it was, byte for byte.
    """
    data = path.read_bytes()
    if backend == "python" and len(data) > LARGE:
        pytest.skip("too large for the backend in plain Python")
    file, expected = codec(elf.File).decode(data), ELFFile(io.BytesIO(data))

    assert_headers(file, expected)
    assert_sections(file, expected)
    assert codec(elf.File).encode(file) == data


@pytest.mark.skipif(not of_pyelftools(), reason="BEBYTES_ELF_FILES does not say where the files of pyelftools are")
class TestOfPyelftools:
    @pytest.mark.parametrize("name", WRONG)
    def test_wrong_files(self, codec: Codecs, name: str) -> None:
        """
        Files that contradict the standard are errors that say where.
        """
        (path,) = (path for path in of_pyelftools() if path.name == name)
        with pytest.raises(DecodeError) as error:
            codec(elf.File).decode(path.read_bytes())
        assert WRONG[name] in str(error.value)

    def test_without_sections(self, codec: Codecs) -> None:
        """
        Where a file has no sections, as a core dump, the segments hold what there is.
        """
        (path,) = (path for path in of_pyelftools() if path.name == "aarch64_super_stripped.elf")
        file = codec(elf.File).decode(path.read_bytes())
        assert file.sections == []
        loaded = next(s for s in file.segments if s.p_type == elf.SegmentType.LOAD)
        assert loaded.content == path.read_bytes()[loaded.p_offset : loaded.p_offset + loaded.p_filesz]


def small_file(order: elf.Data, width: elf.Class) -> elf.File:
    """
    A file with a section of each kind that there is a struct for.
    """
    wide = width == elf.Class.ELF64
    sizes = (64, 56, 64) if wide else (52, 32, 40)
    symbol: Any = (elf.Symbol64 if wide else elf.Symbol32)(
        st_name=8, st_value=5, st_size=4, st_bind=elf.Binding.GLOBAL, st_type=elf.SymbolType.FUNC, st_shndx=6
    )
    rela: Any = (elf.Rela64 if wide else elf.Rela32)(r_offset=7, r_sym=0x12345, r_type=2, r_addend=-3)
    kinds = elf.SectionType
    # Types, contents, bytes of an entry, bytes, and the sections they refer to.
    contents: list[tuple[elf.SectionType, Any, int, int, int]] = [
        (kinds.STRTAB, elf.StringTable(b"\0.names\0main\0"), 0, 13, 0),
        (kinds.SYMTAB, elf.SymbolTable([symbol]), 24 if wide else 16, 24 if wide else 16, 1),
        (kinds.RELA, elf.RelaSection([rela]), 24 if wide else 12, 24 if wide else 12, 2),
        (kinds.DYNAMIC, elf.DynamicSection([elf.Dynamic(1, 8), elf.Dynamic(0, 0)]), 8 * width, 16 * width, 1),
        (kinds.NOTE, elf.NoteSection([elf.Note(n_type=1, n_name=b"me\0", n_desc=b"hello")]), 0, 24, 0),
        (kinds.PROGBITS, b"\x90\xc3", 0, 2, 0),
    ]
    offset = sizes[0] + sizes[1] + sizes[2] * (len(contents) + 1)
    sections = [elf.Section()]
    for kind, content, entry, length, link in contents:
        offset += -offset % 8
        sections.append(
            elf.Section(
                sh_type=kind,
                sh_offset=offset,
                sh_size=length,
                sh_link=link,
                sh_addralign=4,
                sh_entsize=entry,
                content=content,
            )
        )
        offset += length
    sections[1].sh_name = 1
    segment: Any = (elf.Segment64 if wide else elf.Segment32)(
        p_type=elf.SegmentType.LOAD,
        p_flags=elf.SegmentFlags.R | elf.SegmentFlags.X,
        p_offset=0,
        p_vaddr=0,
        p_paddr=0,
        p_filesz=offset,
        p_memsz=offset,
        p_align=8,
    )
    header = elf.Header(
        e_type=elf.Type.DYN,
        e_machine=elf.Machine.NONE,
        e_phoff=sizes[0],
        e_shoff=sizes[0] + sizes[1],
        e_ehsize=sizes[0],
        e_phentsize=sizes[1],
        e_phnum=1,
        e_shentsize=sizes[2],
        e_shnum=len(sections),
        e_shstrndx=1,
    )
    return elf.File(elf.Ident(width, order), header, sections, [segment])


@pytest.mark.parametrize("order", elf.Data)
@pytest.mark.parametrize("width", elf.Class)
def test_made_from_scratch(codec: Codecs, order: elf.Data, width: elf.Class) -> None:
    """
    Files of both widths and byte orders, made from structs, are what pyelftools and we read.
    """
    of = codec(elf.File)
    made = small_file(order, width)
    data = of.encode(made)
    expected: Any = ELFFile(io.BytesIO(data))

    assert (expected.elfclass, expected.little_endian) == (32 * width, order == elf.Data.LSB)
    for ours, theirs in zip(made.sections, expected.iter_sections(), strict=True):
        assert_fields(ours, theirs.header)
    assert expected.get_section(1).name == ".names"
    assert [(s.name, s.entry.st_value) for s in expected.get_section(2).iter_symbols()] == [("main", 5)]
    assert [(r["r_info_sym"], r["r_addend"]) for r in expected.get_section(3).iter_relocations()] == [(0x12345, -3)]
    assert of.decode(data) == made
    assert of.encode(of.decode(data)) == data


def test_many_sections(codec: Codecs) -> None:
    """
    More sections and segments than the header can count are counted in the first section.
    """
    made = small_file(elf.Data.MSB, elf.Class.ELF32)
    made.header.e_shnum, made.header.e_phnum = 0, elf.MANY_SEGMENTS
    made.sections[0].sh_size, made.sections[0].sh_info = len(made.sections), 1
    made.first = made.sections[0]
    data = codec(elf.File).encode(made)
    file = codec(elf.File).decode(data)

    assert ELFFile(io.BytesIO(data)).num_sections() == len(file.sections) == 7
    assert len(file.segments) == 1
    assert file == made


def test_compressed_section(codec: Codecs) -> None:
    """
    A section that is compressed says how, whatever its type is.
    """
    made = small_file(elf.Data.LSB, elf.Class.ELF64)
    compressed = elf.CompressedSection(ch_type=elf.Compression.ZLIB, ch_size=100, ch_addralign=1, data=b"zip")
    section = made.sections[-1]
    section.sh_flags, section.sh_size, section.content = elf.SectionFlags.COMPRESSED, 27, compressed
    data = codec(elf.File).encode(made)

    assert codec(elf.File).decode(data) == made
    theirs = ELFFile(io.BytesIO(data)).get_section(6)
    assert theirs.compressed
    assert theirs.data_size == 100


def test_errors(codec: Codecs) -> None:
    """
    What is wrong is told with its place.
    """
    of = codec(elf.File)
    data = of.encode(small_file(elf.Data.MSB, elf.Class.ELF32))

    with pytest.raises(InvalidConstant) as magic:
        of.decode(b"\x7fELG" + data[4:])
    assert magic.value.path == ("ident", "magic")
    with pytest.raises(InvalidValue) as size:
        of.decode(data[:46] + b"\0\x41" + data[48:])
    assert size.value.path == ("header", "e_shnum")
    with pytest.raises(InsufficientData) as cut:
        of.decode(data[:-1])
    assert cut.value.path == ("sections", 6, "content")
    made = small_file(elf.Data.MSB, elf.Class.ELF32)
    made.sections[-1].sh_offset -= 3
    with pytest.raises(InvalidValue, match="free, or the same"):
        of.encode(made)


def test_names(codec: Codecs) -> None:
    """
    Sections are found by name, and names by the section that has them.
    """
    file = small_file(elf.Data.MSB, elf.Class.ELF32)
    assert file.section(".names") is file.sections[1]
    with pytest.raises(KeyError):
        file.section(".text")
    assert file.strings(file.sections[2]).string(8) == b"main"
    with pytest.raises(LookupError):
        file.strings(file.sections[1])


@pytest.mark.parametrize(("width", "sections"), [(elf.Class.ELF32, 7), (elf.Class.ELF64, 4)])
def test_damaged(codec: Codecs, width: elf.Class, sections: int) -> None:
    """
    A file that is cut off or has a wrong bit is an error of ours, or another file.
    """
    made = small_file(elf.Data.LSB, width)
    del made.sections[sections:]
    made.header.e_shnum = sections
    of = codec(elf.File)
    assert_only_our_errors(of.decode, of.encode, of.encode(made), refused=0.55)


def test_examples() -> None:
    """
    The example in the docstring gives what it shows.
    """
    assert run_examples(elf) >= 5
