"""
`bebytes.formats.gzip` beside the gzip module of Python.
"""

import gzip as python_gzip
import io
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from format_files import assert_only_our_errors, run_examples

from bebytes.errors import DecodeError, InsufficientData, InvalidConstant, InvalidValue
from bebytes.formats import gzip

Codecs = Callable[..., Any]

TEXT = b"hello, hello, hello! " * 9

# Of the system, where it has any; they were made by another program.
REAL = [path for path in sorted(Path("/usr/share/doc").glob("*/*.gz")) if path.stat().st_size < 20_000][:20]


@pytest.mark.skipif(not REAL, reason="there are no gzip files under /usr/share/doc")
@pytest.mark.parametrize("path", REAL, ids=lambda path: path.parent.name)
def test_real_files(path: Path) -> None:
    """
    Files of the system hold what Python's module says, and are written as they were.
    """
    data = path.read_bytes()
    members = gzip.read(data)
    assert b"".join(m.content() for m in members) == python_gzip.decompress(data)
    assert gzip.write(members) == data


def file_of_python(**keywords: Any) -> bytes:
    """
    What Python's module writes of `TEXT`.
    """
    out = io.BytesIO()
    with python_gzip.GzipFile(fileobj=out, mode="wb", **keywords) as file:
        file.write(TEXT)
    return out.getvalue()


@pytest.mark.parametrize("level", [0, 1, 6, 9])
def test_files_of_python(level: int) -> None:
    """
    Names, times and levels of compression.
    """
    data = file_of_python(filename="Über.txt", mtime=1700000000, compresslevel=level)
    (member,) = gzip.read(data)

    assert member.header.name == "Über.txt"
    assert member.header.mtime == 1700000000
    assert member.header.flags == gzip.Flags.NAME
    assert member.header.extra_flags == {1: 4, 9: 2}.get(level, 0)
    assert (member.content(), member.length, member.crc) == (TEXT, len(TEXT), zlib.crc32(TEXT))
    assert gzip.write([member]) == data


def test_several_members() -> None:
    """
    One behind the other.
    """
    data = file_of_python(mtime=1) + python_gzip.compress(b"", mtime=2) + file_of_python(mtime=3)
    members = gzip.read(data)

    assert [m.header.mtime for m in members] == [1, 2, 3]
    assert [m.content() for m in members] == [TEXT, b"", TEXT]
    assert gzip.write(members) == data


def whole_header() -> gzip.Header:
    """
    A header that has everything.
    """
    header = gzip.Header(
        flags=gzip.Flags.TEXT | gzip.Flags.HEADER_CRC | gzip.Flags.EXTRA | gzip.Flags.NAME | gzip.Flags.COMMENT,
        mtime=1,
        system=gzip.System.UNIX,
        extra=[gzip.Subfield(ident=b"Ap", data=b"abc"), gzip.Subfield(ident=b"zz", data=b"")],
        name="n",
        comment="a comment",
        header_crc=0,
    )
    header.header_crc = header.crc_now()
    return header


def test_all_fields() -> None:
    """
    A header with everything that there may be is one for Python, and is read as it was written.
    """
    data = gzip.write([gzip.compress(TEXT, header=whole_header())])
    (member,) = gzip.read(data)

    assert python_gzip.decompress(data) == TEXT
    assert member.header.extra_length == 11
    assert member.header.extra == whole_header().extra
    assert (member.header.name, member.header.comment) == ("n", "a comment")
    assert member.header.header_crc == member.header.crc_now() == zlib.crc32(data[:35]) & 0xFFFF
    assert gzip.write([member]) == data


@pytest.mark.parametrize("flags", range(32))
def test_each_combination(codec: Codecs, flags: int) -> None:
    """
    A header has the fields that its flags say, in either backend.
    """
    whole = whole_header()
    header = gzip.Header(flags=gzip.Flags(flags))
    for flag, name in ((4, "extra"), (8, "name"), (16, "comment"), (2, "header_crc")):
        if flags & flag:
            setattr(header, name, getattr(whole, name))
    data = codec(gzip.Header).encode(header)

    assert codec(gzip.Header).decode(data) == header
    assert python_gzip.decompress(data + gzip.write([gzip.compress(TEXT)])[10:]) == TEXT


def test_unknown_system() -> None:
    """
    A number that has no name is kept.
    """
    data = bytearray(file_of_python(mtime=0))
    data[9] = 77
    assert gzip.read(data)[0].header.system == 77
    assert gzip.write(gzip.read(data)) == data


def test_errors() -> None:
    """
    What is wrong is told with its place.
    """
    data = file_of_python(mtime=0, filename="")

    with pytest.raises(InsufficientData) as empty:
        gzip.read(b"")
    assert empty.value.path == (0,)
    with pytest.raises(InvalidConstant) as magic:
        gzip.read(data + b"PK" + bytes(8))
    assert (magic.value.path, magic.value.offset) == ((1, "magic"), len(data) * 8)
    with pytest.raises(InvalidValue, match="DEFLATE") as body:
        gzip.read(data[:10] + b"\xff" + data[11:])
    assert (body.value.path, body.value.offset) == ((0, "body"), 80)
    with pytest.raises(InsufficientData) as trailer:
        gzip.read(data[:-3])
    assert trailer.value.path == (0, "length")
    with pytest.raises(InsufficientData) as cut:
        gzip.read(data[:20])
    assert cut.value.path == (0, "crc")
    with pytest.raises(DecodeError, match="Flags"):
        gzip.read(data[:2] + b"\x08\x80" + data[4:])
    for place, name in ((-8, "crc"), (-4, "length")):
        wrong = bytearray(data)
        wrong[place] ^= 1
        with pytest.raises(InvalidValue) as trailer_of:
            gzip.read(wrong)[0].content()
        assert trailer_of.value.path == (name,)


def test_body_and_rest() -> None:
    """
    A body of another member is none, and neither is one with more behind it.
    """
    member = gzip.compress(TEXT)
    member.body += b"more"
    with pytest.raises(InvalidValue, match="whole"):
        member.content()
    member.body = member.body[:5]
    with pytest.raises(InvalidValue, match="whole"):
        member.content()


def test_damaged() -> None:
    """
    A file that is cut off is an error; the trailer sees wrong bits of the content.
    """

    def content(data: bytes) -> list[gzip.Member]:
        members = gzip.read(data)
        for member in members:
            member.content()
        return members

    data = gzip.write([gzip.compress(TEXT, header=whole_header())])
    assert_only_our_errors(content, gzip.write, data, refused=0.75)


def test_examples() -> None:
    """
    The example in the docstring gives what it shows.
    """
    assert run_examples(gzip) >= 5
