"""
examples/elf.py on the running interpreter and shared libraries of it; pyelftools says what they hold.
"""

import importlib.util
import io
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from elftools.elf import enums
from elftools.elf.dynamic import DynamicSegment
from elftools.elf.elffile import ELFFile
from examples_loading import example


def is_elf(path: Path) -> bool:
    """
    Whether a path is a 64-bit little-endian ELF file.
    """
    with path.open("rb") as file:
        return file.read(6) == b"\x7fELF\x02\x01"


MODULES = [spec.origin for name in ("_ctypes", "_ssl", "_json") if (spec := importlib.util.find_spec(name))]
PROGRAMS = [Path(sys.executable), *(Path(origin) for origin in MODULES if origin and Path(origin).is_file())]
NUMBERS: dict[str, int] = {
    name: number
    for table in (
        enums.ENUM_E_TYPE,
        enums.ENUM_E_MACHINE,
        enums.ENUM_E_VERSION,
        enums.ENUM_EI_OSABI,
        enums.ENUM_P_TYPE_BASE,
        enums.ENUM_P_TYPE_AARCH64,
        enums.ENUM_P_TYPE_RISCV,
        enums.ENUM_SH_TYPE_BASE,
        enums.ENUM_SH_TYPE_AMD64,
        enums.ENUM_SH_TYPE_AARCH64,
        enums.ENUM_SH_TYPE_RISCV,
        enums.ENUM_D_TAG,
    )
    for name, number in table.items()
}

pytestmark = pytest.mark.skipif(not is_elf(PROGRAMS[0]), reason="this interpreter is no 64-bit little-endian ELF file")


@pytest.fixture
def elf(backend: str) -> Iterator[ModuleType]:
    """
    The example, once on each backend.
    """
    with example("elf", backend) as module:
        yield module


def numbers(header: Any) -> dict[str, int]:
    """
    A header of pyelftools with the numbers of its names.
    """
    return {key: NUMBERS[value] if isinstance(value, str) else value for key, value in header.items()}


def assert_same_headers(elf: ModuleType, data: bytes) -> None:
    """
    The ELF header and each program header are those that pyelftools reads, field by field.
    """
    file, expected = elf.File(data), ELFFile(io.BytesIO(data))
    header = elf.bebytes.asdict(file.header)
    ident = header.pop("e_ident")

    theirs = expected.header.e_ident
    assert ident["magic"] == bytes(theirs.EI_MAG)
    assert file.header.e_ident.file_class.name.replace("ELF", "ELFCLASS") == theirs.EI_CLASS
    assert file.byteorder == ("little" if expected.little_endian else "big")
    assert ident["osabi"] == NUMBERS.get(theirs.EI_OSABI, theirs.EI_OSABI)
    assert (ident["version"], ident["abiversion"]) == (NUMBERS[theirs.EI_VERSION], theirs.EI_ABIVERSION)
    assert header == {key: value for key, value in numbers(expected.header).items() if key != "e_ident"}
    assert [elf.bebytes.asdict(segment) for segment in file.program_headers] == [
        numbers(segment.header) for segment in expected.iter_segments()
    ]


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.name)
def test_headers(elf: ModuleType, path: Path) -> None:
    """
    The headers are those that pyelftools reads, and they encode to the bytes of the file.
    """
    data = path.read_bytes()
    file = elf.File(data)
    start, end = file.header.e_phoff, file.header.e_phoff + file.header.e_phnum * file.header.e_phentsize

    assert_same_headers(elf, data)
    assert file.header.to_le_bytes() == data[: file.header.e_ehsize]
    assert elf.bebytes.encode_many(file.program_headers, byteorder="little") == data[start:end]


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.name)
def test_sections(elf: ModuleType, path: Path) -> None:
    """
    So are the section headers and their names.
    """
    data = path.read_bytes()
    file = elf.File(data)
    start, end = file.header.e_shoff, file.header.e_shoff + file.header.e_shnum * file.header.e_shentsize

    expected = list(ELFFile(io.BytesIO(data)).iter_sections())
    assert [elf.bebytes.asdict(section) for section in file.section_headers] == [numbers(s.header) for s in expected]
    assert [file.section_name(section) for section in file.section_headers] == [s.name for s in expected]
    assert elf.bebytes.encode_many(file.section_headers, byteorder="little") == data[start:end]


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.name)
def test_dynamic_entries(elf: ModuleType, path: Path) -> None:
    """
    So are the entries for the dynamic linker, and the names of the libraries asked for.
    """
    data = path.read_bytes()
    file = elf.File(data)
    entries = list(file.dynamic_entries())

    segments = [s for s in ELFFile(io.BytesIO(data)).iter_segments() if isinstance(s, DynamicSegment)]
    tags: list[Any] = [tag for segment in segments for tag in segment.iter_tags() if tag.entry.d_tag != "DT_NULL"]
    assert [(e.d_tag, e.d_val) for e in entries] == [(numbers(t.entry)["d_tag"], t.entry.d_val) for t in tags]
    assert file.needed() == [tag.needed for tag in tags if tag.entry.d_tag == "DT_NEEDED"]


def test_big_endian(elf: ModuleType) -> None:
    """
    The same classes write the headers big endian, and pyelftools and we read the same from that.
    """
    file = elf.File(PROGRAMS[0].read_bytes())
    header = elf.bebytes.replace(file.header, e_phoff=64, e_shoff=0, e_shnum=0, e_shstrndx=0)
    header.e_ident = elf.bebytes.replace(header.e_ident, data=elf.DataEncoding.BIG)
    for number, segment in enumerate(file.program_headers):
        segment.p_paddr += 0x1000 * number
    data = header.to_be_bytes() + elf.bebytes.encode_many(file.program_headers)

    assert_same_headers(elf, data)
    assert elf.File(data).program_headers == file.program_headers


def test_no_elf(elf: ModuleType) -> None:
    """
    Anything else is a ValueError.
    """
    data = PROGRAMS[0].read_bytes()[:64]

    with pytest.raises(ValueError, match="no 64-bit ELF file"):
        elf.File(b"\x7fELG" + data[4:])
    with pytest.raises(
        elf.bebytes.errors.InvalidDiscriminant, match=r"Identification\.file_class: 3 is no valid FileClass"
    ):
        elf.File(data[:4] + b"\x03" + data[5:])
    with pytest.raises(elf.bebytes.errors.InsufficientData) as cut:
        elf.File(data[:50])
    assert (cut.value.path, cut.value.offset) == (("e_flags",), 48 * 8)
    assert (cut.value.expected, cut.value.actual) == (4, 2)


def test_program(elf: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    """
    The program prints the layout of the interpreter.
    """
    elf.main([])
    printed = capsys.readouterr().out

    assert printed.startswith(f"{sys.executable}: ")
    assert "little endian" in printed
    assert "  LOAD          R" in printed
