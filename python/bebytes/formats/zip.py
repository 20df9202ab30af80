r"""
ZIP: archives of files, stored or compressed, with a directory at their end.

The format is that of PKWARE's APPNOTE.TXT 6.3.10 (https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT), with ZIP64.

>>> import io, zipfile
>>> out = io.BytesIO()
>>> with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
...     file.writestr("hello.txt", "hello " * 20)
...     file.comment = b"for all"
>>> from bebytes.formats import zip
>>> archive = zip.read(out.getvalue())
>>> archive.end.comment
b'for all'
>>> (entry,) = archive.directory
>>> entry.file_name, entry.method, entry.uncompressed_size, entry.content()[:6]
('hello.txt', <Method.DEFLATED: 8>, 120, b'hello ')
>>> zip.write(archive) == out.getvalue()
True

A reader begins at the end: the record there tells where the directory is, and that where each file is. How long the comment
behind the record is stands in it, so it is found by its signature, from the back; `read` does that, and all else is said by
the structs. Bytes that the directory does not tell of, between the parts, are not kept and are written as zeros;
what stands before an archive (`Archive.prefix`) is kept.
"""

import enum
import zlib
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from bebytes import Codec, Struct, at, bits, const, derived, errors, field, i32, size, switch, u8, u16, u32, u64, when

if TYPE_CHECKING:
    from typing_extensions import Buffer

__all__ = [
    "Archive",
    "DataDescriptor",
    "DosTime",
    "End",
    "Entry",
    "ExtendedTimestamp",
    "ExtraField",
    "ExtraKind",
    "Flags",
    "Local",
    "Method",
    "UnicodeText",
    "UnixOwner",
    "Zip64End",
    "Zip64Locator",
    "Zip64Sizes",
    "read",
    "write",
]

IN_EXTRA = 0xFFFFFFFF
"""In place of a size or an offset: it stands in the extra field, `Zip64Sizes`."""

GIVEN = ("size_given", "compressed_given", "offset_given", "disk_given")
"""What an extra field must know of the header that it stands in."""


class Flags(enum.IntFlag):
    """
    How an entry is stored; bits 1 and 2 depend on the method.
    """

    ENCRYPTED = 0x1
    DESCRIPTOR = 0x8
    PATCHED = 0x20
    STRONGLY_ENCRYPTED = 0x40
    UTF8 = 0x800
    MASKED = 0x2000


class Method(enum.IntEnum):
    """
    How an entry is compressed.
    """

    STORED = 0
    SHRUNK = 1
    IMPLODED = 6
    DEFLATED = 8
    DEFLATE64 = 9
    BZIP2 = 12
    LZMA = 14
    ZSTANDARD = 93
    XZ = 95
    PPMD = 98
    AES = 99


class ExtraKind(enum.IntEnum):
    """
    What a part of an extra field is about; there are more than these.
    """

    ZIP64 = 0x0001
    NTFS = 0x000A
    EXTENDED_TIMESTAMP = 0x5455
    UNICODE_COMMENT = 0x6375
    UNICODE_PATH = 0x7075
    UNIX_OWNER = 0x7875
    AES = 0x9901
    JAR = 0xCAFE


class DosTime(Struct, kw_only=True, bit_order="msb", word=32):
    """
    A local time of MS-DOS, in steps of 2 seconds, the year counted from 1980. All zeros, which are no date, stand for none.
    """

    year: u8 = bits(7)
    month: u8 = bits(4)
    day: u8 = bits(5)
    hour: u8 = bits(5)
    minute: u8 = bits(6)
    two_seconds: u8 = bits(5)

    def to_datetime(self) -> datetime:
        """
        The time as Python has it.

        Raises:
            ValueError: there is no such time.
        """
        return datetime(  # noqa: DTZ001 (in no time zone)
            1980 + self.year, self.month, self.day, self.hour, self.minute, 2 * self.two_seconds
        )


class Zip64Sizes(Struct, kw_only=True, parameters=GIVEN):
    """
    The numbers that are too large for the header; each is there where the header says so.
    """

    uncompressed_size: u64 | None = when("size_given == IN_EXTRA", default=None)
    compressed_size: u64 | None = when("compressed_given == IN_EXTRA", default=None)
    offset: u64 | None = when("offset_given == IN_EXTRA", default=None)
    disk: u32 | None = when("disk_given == 0xFFFF", default=None)
    rest: bytes = b""


class ExtendedTimestamp(Struct):
    """
    Times in seconds since 1970, UTC, by bits of `flags`: changed (1), looked at (2), made (4).

    The directory has the first one only, whatever the flags are.
    """

    flags: u8
    times: list[i32]


class UnixOwner(Struct, kw_only=True):
    """
    Whose file it is: numbers of some bytes, little endian.
    """

    version: u8 = 1
    user_length: u8 = derived
    user: bytes = size("user_length")
    group_length: u8 = derived
    group: bytes = size("group_length")


class UnicodeText(Struct, kw_only=True):
    """
    The name or the comment in UTF-8, and the CRC-32 of the one in the header that it stands for.
    """

    version: u8 = 1
    crc: u32
    text: str


class ExtraField(Struct, kw_only=True, parameters=GIVEN):
    """
    A part of an extra field.
    """

    kind: Annotated[ExtraKind, u16] | int = field(unknown="keep")
    length: u16 = derived
    body: Zip64Sizes | ExtendedTimestamp | UnixOwner | UnicodeText | bytes = switch(
        "kind",
        {
            ExtraKind.ZIP64: Zip64Sizes,
            ExtraKind.EXTENDED_TIMESTAMP: ExtendedTimestamp,
            ExtraKind.UNIX_OWNER: UnixOwner,
            (ExtraKind.UNICODE_PATH, ExtraKind.UNICODE_COMMENT): UnicodeText,
        },
        default=bytes,
        size="length",
        parameters={n: n for n in GIVEN},
    )


class DataDescriptor(Struct, kw_only=True, parameters=("wide",)):
    """
    The CRC and the sizes, behind the data of an entry whose header was written before they were known.

    The standard lets the signature be left out; such descriptors are not read.
    """

    signature: bytes = const(b"PK\x07\x08")
    crc: u32
    compressed_size: u64 = bits("64 if wide else 32")
    uncompressed_size: u64 = bits("64 if wide else 32")


class Local(Struct, kw_only=True, parameters=("data_size",)):
    """
    An entry where it is: its header once more, and its data, of as many bytes as the directory says.
    """

    signature: bytes = const(b"PK\x03\x04")
    version_needed: u16 = 20
    flags: Annotated[Flags, u16] | int = field(default=Flags(0), unknown="keep")
    method: Annotated[Method, u16] | int = field(unknown="keep")
    modified: DosTime
    crc: u32
    compressed_size: u32
    uncompressed_size: u32
    name_length: u16 = derived
    extra_length: u16 = derived
    name: bytes = size("name_length")
    extra: list[ExtraField] = field(
        size="extra_length",
        default_factory=list,
        parameters={
            "size_given": "uncompressed_size",
            "compressed_given": "compressed_size",
            "offset_given": "0",
            "disk_given": "0",
        },
    )
    data: bytes = size("data_size")
    descriptor: DataDescriptor | None = when(
        "flags & Flags.DESCRIPTOR", default=None, parameters={"wide": "compressed_size == IN_EXTRA"}
    )


class Entry(Struct, kw_only=True, parameters=("start",)):
    """
    An entry of the directory: what there is to know of a file, and where it is.

    Sizes and the offset are in bytes. Where one is `IN_EXTRA`, as of files of 4 GiB and more, `local` is None.
    """

    signature: bytes = const(b"PK\x01\x02")
    version_made: u8 = 20
    system: u8 = 3
    version_needed: u16 = 20
    flags: Annotated[Flags, u16] | int = field(default=Flags(0), unknown="keep")
    method: Annotated[Method, u16] | int = field(unknown="keep")
    modified: DosTime
    crc: u32
    compressed_size: u32
    uncompressed_size: u32
    name_length: u16 = derived
    extra_length: u16 = derived
    comment_length: u16 = derived
    disk: u16 = 0
    internal_attributes: u16 = 0
    external_attributes: u32 = 0
    offset: u32
    name: bytes = size("name_length")
    extra: list[ExtraField] = field(
        size="extra_length",
        default_factory=list,
        parameters={
            "size_given": "uncompressed_size",
            "compressed_given": "compressed_size",
            "offset_given": "offset",
            "disk_given": "disk",
        },
    )
    comment: bytes = size("comment_length", default=b"")
    local: Local | None = when(
        "offset != IN_EXTRA and compressed_size != IN_EXTRA",
        default=None,
        at="start + offset",
        parameters={"data_size": "compressed_size"},
    )

    @property
    def file_name(self) -> str:
        """
        The name as text: UTF-8, or the code page of the first PCs.
        """
        return self.name.decode("utf-8" if self.flags & Flags.UTF8 else "cp437", "replace")

    def content(self) -> bytes:
        """
        What was stored or compressed by DEFLATE.

        Raises:
            ValueError: it is compressed otherwise, encrypted, too large, or damaged.
        """
        if self.local is None or self.flags & Flags.ENCRYPTED or self.method not in (Method.STORED, Method.DEFLATED):
            raise ValueError(f"{self.file_name} is not to be read here: method {self.method!r}, flags {self.flags!r}")
        content = self.local.data
        if self.method == Method.DEFLATED:
            try:
                content = zlib.decompress(content, -zlib.MAX_WBITS)
            except zlib.error as e:
                raise ValueError(f"{self.file_name}: {e}") from None
        if zlib.crc32(content) != self.crc:
            raise ValueError(f"{self.file_name} has another CRC than the directory says")
        return content


class Zip64End(Struct, kw_only=True):
    """
    The end of the directory, with numbers of 64 bits.
    """

    signature: bytes = const(b"PK\x06\x06")
    length: u64 = field(default=44, valid=range(44, 1 << 32), doc="bytes from behind this number on")
    version_made: u8 = 45
    system: u8 = 3
    version_needed: u16 = 45
    disk: u32 = 0
    directory_disk: u32 = 0
    entries_here: u64
    entries: u64
    directory_size: u64
    directory_offset: u64
    extensible: bytes = size("length - 44", default=b"")


class Zip64Locator(Struct, kw_only=True):
    """
    Where the record with numbers of 64 bits is.
    """

    signature: bytes = const(b"PK\x06\x07")
    disk: u32 = 0
    offset: u64
    disks: u32 = 1


class End(Struct, kw_only=True):
    """
    The end of the directory, and of the archive.
    """

    signature: bytes = const(b"PK\x05\x06")
    disk: u16 = 0
    directory_disk: u16 = 0
    entries_here: u16
    entries: u16
    directory_size: u32
    directory_offset: u32
    comment_length: u16 = derived
    comment: bytes = size("comment_length", default=b"")


class Archive(Struct, kw_only=True, byteorder="little", parameters=("start", "end_at", "is_zip64")):
    """
    A whole archive: what stands before it, its directory with all files, and the records at its end.

    Offsets count from `start`, behind `prefix`; the record `end` is at byte `end_at`, and where `is_zip64` there are two
    more before it. `read` finds these numbers.
    """

    prefix: bytes = size("start", default=b"")
    end: End = at("end_at")
    locator: Zip64Locator | None = when("is_zip64", default=None, at="end_at - 20")
    end64: Zip64End | None = when("is_zip64", default=None, at="start + locator.offset")
    directory: list[Entry] = at(
        "start + (end64.directory_offset if is_zip64 else end.directory_offset)",
        count="end64.entries if is_zip64 else end.entries",
        parameters={"start": "start"},
    )


def read(data: "Buffer") -> Archive:
    """
    An archive, with what stands before it.

    Raises:
        MarkerNotFound: there is no end of a directory.
        DecodeError: a part of the archive is none.
    """
    content = bytes(data)
    end_at = _find_end(content)
    # Its record of 64 bits stands right before the locator, without the field that may make it longer.
    is_zip64 = content[:end_at].startswith(b"PK\x06\x07", max(end_at - 20, 0))
    try:
        if is_zip64:
            directory_end = end_at - 76
            end: End | Zip64End = Zip64End.try_from_le_bytes(content[max(directory_end, 0) :])[0]
        else:
            directory_end = end_at
            end = End.try_from_le_bytes(content[end_at:])[0]
    except errors.DecodeError as e:
        e.path = ("end64" if is_zip64 else "end", *e.path)
        e.offset += (end_at - 76 * is_zip64) * 8
        e.struct = "Archive"
        raise
    start = directory_end - end.directory_size - end.directory_offset
    if start < 0:
        raise errors.InvalidValue(
            end.directory_offset,
            "an offset at which the directory ends before this",
            path=("end",),
            offset=end_at * 8,
            struct="Archive",
        )
    return Codec(Archive, parameters={"start": start, "end_at": end_at, "is_zip64": is_zip64}).decode(content)


def _find_end(content: bytes) -> int:
    # Of the signatures in the last 64 KiB, the last one whose comment ends with the data; else the last one, whose error
    # says what is wrong.
    least = max(len(content) - 22 - 0xFFFF, 0)
    at = last = content.rfind(b"PK\x05\x06", least)
    if last < 0:
        raise errors.MarkerNotFound(b"PK\x05\x06", path=("end",), struct="Archive")
    while at >= 0:
        if at + 22 + int.from_bytes(content[at + 20 : at + 22], "little") == len(content):
            return at
        at = content.rfind(b"PK\x05\x06", least, at + 3)
    return last


def write(archive: Archive) -> bytes:
    """
    The bytes of an archive; all offsets are taken as they are.

    Raises:
        EncodeError: a part of it cannot be written.
    """
    start = len(archive.prefix)
    if archive.locator is not None and archive.end64 is not None:
        end_at = start + archive.locator.offset + 12 + archive.end64.length + 20
    else:
        end_at = start + archive.end.directory_offset + archive.end.directory_size
    parameters = {"start": start, "end_at": end_at, "is_zip64": archive.locator is not None}
    return Codec(Archive, parameters=parameters).encode(archive)
