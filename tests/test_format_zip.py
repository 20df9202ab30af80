"""
`bebytes.formats.zip` beside the zipfile module of Python, on its own test files where they are installed.
"""

import importlib.util
import io
import warnings
import zipfile
import zlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from format_files import assert_only_our_errors, run_examples

from bebytes.errors import DecodeError, InsufficientData, InvalidConstant, InvalidValue, MarkerNotFound
from bebytes.formats import zip as archives

Codecs = Callable[..., Any]

LARGE = 70_000
"""Bytes: larger files take too long in plain Python."""


def of_python() -> list[Path]:
    """
    The archives that Python's own tests read, and wheels that come with it.
    """
    found: list[Path] = []
    for name in ("test", "ensurepip"):
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.origin is not None:
            found += [path for path in sorted(Path(spec.origin).parent.rglob("*")) if path.is_file()]
    return [
        p for p in found if p.stat().st_size <= LARGE and p.suffix in (".zip", ".whl", "") and zipfile.is_zipfile(p)
    ]


def assert_as_zipfile(archive: archives.Archive, data: bytes) -> None:
    """
    Names, sizes, times, attributes and what is stored.
    """
    expected = zipfile.ZipFile(io.BytesIO(data))
    assert archive.end.comment == expected.comment
    infos = expected.infolist()
    assert len(archive.directory) == len(infos)
    for entry, info in zip(archive.directory, infos, strict=True):
        assert entry.file_name == info.orig_filename
        assert (entry.flags, entry.method, entry.crc) == (info.flag_bits, info.compress_type, info.CRC)
        assert (entry.system, entry.version_made) == (info.create_system, info.create_version)
        assert (entry.external_attributes, entry.comment) == (info.external_attr, info.comment)
        modified = entry.modified
        assert (1980 + modified.year, modified.month, modified.day) == info.date_time[:3]
        assert (modified.hour, modified.minute, 2 * modified.two_seconds) == info.date_time[3:]
        if entry.uncompressed_size != archives.IN_EXTRA:
            assert (entry.compressed_size, entry.uncompressed_size) == (info.compress_size, info.file_size)
        if entry.local is not None:
            assert entry.local.name == entry.name
            assert entry.content() == expected.read(info)


@pytest.mark.skipif(not of_python(), reason="the archives of Python's own tests are not installed")
@pytest.mark.parametrize("path", of_python(), ids=lambda path: path.name)
def test_archives_of_python(path: Path) -> None:
    """
    Archives of other programs are what Python reads, and are written as they were, with what stands before them.
    """
    data = path.read_bytes()
    archive = archives.read(data)

    assert_as_zipfile(archive, data)
    assert archives.write(archive) == data


class Stream(io.RawIOBase):
    """
    A file that cannot go back, so that sizes stand behind the data.
    """

    def __init__(self) -> None:
        self.data = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        self.data += content
        return len(content)


def made(compression: int = zipfile.ZIP_STORED, *, count: int = 3, comment: bytes = b"", stream: bool = False) -> bytes:
    """
    An archive that Python writes.
    """
    out: Any = Stream() if stream else io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as file:
        for i in range(count):
            info = zipfile.ZipInfo(f"folder/näme {i}" if i == 1 else f"name {i}", (2024, 2, 29, 23, 59, 58))
            info.compress_type, info.comment, info.external_attr = compression, b"about" * i, 0o100644 << 16
            file.writestr(info, b"content " * i)
        file.comment = comment
    return bytes(out.data) if stream else out.getvalue()


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("comment", [b"", b"a comment", bytes(65535)])
@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_archives_that_python_writes(compression: int, comment: bytes, stream: bool) -> None:
    """
    Stored and compressed, with comments of any kind, and with sizes behind the data.
    """
    data = made(compression, comment=comment, stream=stream)
    archive = archives.read(data)

    assert_as_zipfile(archive, data)
    assert archive.directory[1].file_name == "folder/näme 1"
    assert archive.directory[0].modified.to_datetime() == datetime(2024, 2, 29, 23, 59, 58)  # noqa: DTZ001 (in no zone)
    for entry in archive.directory:
        assert entry.local is not None
        assert (entry.local.descriptor is not None) == stream
        if entry.local.descriptor is not None:
            assert entry.local.descriptor.uncompressed_size == entry.uncompressed_size
    assert archives.write(archive) == data


def test_signature_in_the_comment() -> None:
    """
    The signature of the end in a comment is no end: the comment behind it would be too long.
    """
    comment = b"PK\x05\x06 is what an archive ends with"
    data = made(comment=comment)
    archive = archives.read(data)
    assert archive.end.comment == comment
    assert archives.write(archive) == data


def test_many_entries() -> None:
    """
    Hundreds of files.
    """
    data = made(count=300)
    archive = archives.read(data)
    assert (archive.end.entries, len(archive.directory)) == (300, 300)
    assert archives.write(archive) == data


def test_none(codec: Codecs) -> None:
    """
    An archive without files is its end; the end by itself is a struct like others.
    """
    data = made(count=0, comment=b"nothing")
    archive = archives.read(data)
    assert archive.directory == []
    assert archives.write(archive) == data
    assert codec(archives.End, byteorder="little").decode(data) == archive.end


@pytest.mark.parametrize("stream", [False, True])
def test_sizes_of_64_bits(stream: bool) -> None:
    """
    A header whose sizes stand in the extra field, as for files whose size is not known beforehand.
    """
    out: Any = Stream() if stream else io.BytesIO()
    with zipfile.ZipFile(out, "w") as file, file.open("large", "w", force_zip64=True) as entry:
        entry.write(b"not really")
    data = bytes(out.data) if stream else out.getvalue()
    archive = archives.read(data)
    local = archive.directory[0].local

    assert local is not None
    assert local.compressed_size == local.uncompressed_size == archives.IN_EXTRA
    sizes = local.extra[0].body
    assert isinstance(sizes, archives.Zip64Sizes)
    written = 0 if stream else 10
    assert (sizes.uncompressed_size, sizes.compressed_size, sizes.offset) == (written, written, None)
    assert (local.descriptor is not None) == stream
    assert_as_zipfile(archive, data)
    assert archives.write(archive) == data


@pytest.mark.parametrize("prefix", [b"", b"#!/bin/sh\n"])
def test_directory_of_64_bits(monkeypatch: pytest.MonkeyPatch, prefix: bytes) -> None:
    """
    Where there are too many entries, the end of the directory has numbers of 64 bits; Python is told that 2 are too many.
    """
    monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 2)
    data = prefix + made(comment=b"for all")
    archive = archives.read(data)

    assert archive.end64 is not None
    assert archive.locator is not None
    assert (archive.end64.entries, archive.end64.directory_offset) == (3, archive.end.directory_offset)
    assert archive.prefix == prefix
    assert_as_zipfile(archive, data)
    assert archives.write(archive) == data


def test_offsets_of_64_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Offsets and sizes in the directory's extra fields; Python is told that 20 bytes are too many.
    """
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w") as file:
        file.writestr("a", b"x" * 15)
        file.writestr("b", b"y" * 30)
        monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 20)
    data = out.getvalue()
    first, second = archives.read(data).directory

    assert isinstance(first.local, archives.Local)
    assert (second.local, second.offset, second.uncompressed_size) == (None, archives.IN_EXTRA, archives.IN_EXTRA)
    sizes = second.extra[0].body
    assert isinstance(sizes, archives.Zip64Sizes)
    assert (sizes.uncompressed_size, sizes.compressed_size, sizes.offset) == (30, 30, 46)
    with pytest.raises(ValueError, match="not to be read here"):
        second.content()


def test_what_stands_before_is_kept() -> None:
    """
    As the program of an archive that unpacks itself.
    """
    data = b"MZ program" + made(zipfile.ZIP_DEFLATED)
    archive = archives.read(data)
    assert archive.prefix == b"MZ program"
    assert_as_zipfile(archive, data)
    assert archives.write(archive) == data


def extra(kind: int, body: Any) -> archives.ExtraField:
    return archives.ExtraField(kind=kind, body=body)


def test_made_from_scratch() -> None:
    """
    An archive made of structs, with extra fields of all kinds, is one for Python.
    """
    when = archives.DosTime(year=44, month=5, day=6, hour=7, minute=8, two_seconds=5)
    content = b"some content"
    extras = [
        extra(archives.ExtraKind.EXTENDED_TIMESTAMP, archives.ExtendedTimestamp(3, [1, -2])),
        extra(archives.ExtraKind.UNIX_OWNER, archives.UnixOwner(user=b"\xe8\x03\0\0", group=b"\0\0\0\0")),
        extra(archives.ExtraKind.UNICODE_PATH, archives.UnicodeText(crc=zlib.crc32(b"a.txt"), text="ä.txt")),
        extra(0xCAFE, b""),
    ]
    local = archives.Local(
        method=archives.Method.STORED,
        modified=when,
        crc=zlib.crc32(content),
        compressed_size=len(content),
        uncompressed_size=len(content),
        name=b"a.txt",
        extra=extras,
        data=content,
    )
    entry = archives.Entry(
        method=archives.Method.STORED,
        modified=when,
        crc=zlib.crc32(content),
        compressed_size=len(content),
        uncompressed_size=len(content),
        offset=0,
        name=b"a.txt",
        extra=[extra(archives.ExtraKind.EXTENDED_TIMESTAMP, archives.ExtendedTimestamp(3, [1]))],
        comment=b"mine",
        local=local,
    )
    at = 30 + 5 + (4 + 9) + (4 + 11) + (4 + 11) + 4 + len(content)
    end = archives.End(entries_here=1, entries=1, directory_size=46 + 5 + 9 + 4, directory_offset=at)
    data = archives.write(archives.Archive(end=end, directory=[entry]))
    archive = archives.read(data)

    assert archive.directory[0] == entry
    assert archives.write(archive) == data
    (info,) = zipfile.ZipFile(io.BytesIO(data)).infolist()
    assert info.date_time == (2024, 5, 6, 7, 8, 10)
    assert zipfile.ZipFile(io.BytesIO(data)).read(info) == content


def test_errors() -> None:
    """
    What is wrong is told with its place.
    """
    data = made(comment=b"end")

    with pytest.raises(MarkerNotFound) as nothing:
        archives.read(b"PK")
    assert nothing.value.path == ("end",)
    with pytest.raises(InsufficientData) as cut:
        archives.read(data[:-1])
    assert cut.value.path == ("end", "comment")
    first = data.index(b"PK\x01\x02")
    with pytest.raises(InvalidConstant) as entry:
        archives.read(data[:first] + b"XX" + data[first + 2 :])
    assert entry.value.path == ("directory", 0, "signature")
    with pytest.raises(InvalidConstant) as local:
        archives.read(b"XX" + data[2:])
    assert (local.value.path, local.value.offset) == (("directory", 0, "local", "signature"), 0)
    with pytest.raises(InvalidValue, match="before this"):
        archives.read(data[first:])
    with pytest.raises(DecodeError):
        archives.read(data[:-1] + b"more")


def test_content_that_cannot_be_read() -> None:
    """
    Content that is damaged, encrypted, or compressed in ways that are not read here is a ValueError.
    """
    archive = archives.read(made(zipfile.ZIP_DEFLATED))
    entry = archive.directory[2]
    assert entry.local is not None
    entry.local.data = b"\xff" + entry.local.data[1:]
    with pytest.raises(ValueError, match="name 2"):
        entry.content()
    archive.directory[0].crc = 7
    with pytest.raises(ValueError, match="another CRC"):
        archive.directory[0].content()
    archive.directory[1].method = archives.Method.LZMA
    with pytest.raises(ValueError, match="LZMA"):
        archive.directory[1].content()


def test_times() -> None:
    """
    A time of zeros is none.
    """
    none = archives.DosTime(year=0, month=0, day=0, hour=0, minute=0, two_seconds=0)
    with pytest.raises(ValueError, match="month"):
        none.to_datetime()


@pytest.mark.parametrize("stream", [False, True])
def test_damaged(stream: bool) -> None:
    """
    An archive that is cut off or has a wrong bit is an error of ours, or another archive.
    """
    data = made(count=2, stream=stream)
    assert_only_our_errors(archives.read, archives.write, data, refused=0.6)


def test_examples() -> None:
    """
    The example in the docstring gives what it shows.
    """
    assert run_examples(archives) >= 5
