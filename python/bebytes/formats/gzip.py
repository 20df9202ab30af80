r"""
gzip: files compressed by DEFLATE, each with a header and a trailer, back to back.

The standard is RFC 1952, https://www.rfc-editor.org/rfc/rfc1952.

>>> import zlib
>>> from bebytes.formats import gzip
>>> member = gzip.compress(b"hello, hello!", header=gzip.Header(flags=gzip.Flags.NAME, mtime=1700000000, name="hello.txt"))
>>> data = gzip.write([member])
>>> data[:20]
b'\x1f\x8b\x08\x08\x00\xf1Se\x00\xffhello.txt\x00'
>>> (again,) = gzip.read(data)
>>> again == member, again.header.name, again.length
(True, 'hello.txt', 13)
>>> zlib.decompress(again.body, -zlib.MAX_WBITS)
b'hello, hello!'

Where the compressed data ends, only inflating it tells: `read` does so, and gives each `Member` the number of bytes of its
body. `Member.content` gives what was compressed.
"""

import enum
import zlib
from collections.abc import Iterable
from typing import TYPE_CHECKING

from bebytes import Codec, Struct, const, derived, errors, field, size, u8, u16, u32, when

if TYPE_CHECKING:
    from typing_extensions import Buffer

__all__ = ["Flags", "Header", "Member", "Subfield", "System", "compress", "read", "write"]


class Flags(enum.IntFlag):
    """
    What a header has beside its fixed fields; `TEXT` says that it is probably text.
    """

    TEXT = 1
    HEADER_CRC = 2
    EXTRA = 4
    NAME = 8
    COMMENT = 16


class System(enum.IntEnum):
    """
    The system on which a file was compressed.
    """

    FAT = 0
    AMIGA = 1
    VMS = 2
    UNIX = 3
    VM_CMS = 4
    ATARI = 5
    HPFS = 6
    MACINTOSH = 7
    Z_SYSTEM = 8
    CP_M = 9
    TOPS_20 = 10
    NTFS = 11
    QDOS = 12
    ACORN_RISCOS = 13
    UNKNOWN = 255


class Subfield(Struct, kw_only=True):
    """
    A part of the extra field: two letters that say whose it is, and data.
    """

    ident: bytes = size(2)
    length: u16 = derived
    data: bytes = size("length")


class Header(Struct, byteorder="little", kw_only=True):
    """
    What stands before the compressed data. `mtime` is in seconds since 1970, UTC; 0 for none.

    `header_crc` is the low half of the CRC-32 of all that stands before it; see `crc_now`.
    """

    magic: bytes = const(b"\x1f\x8b")
    method: u8 = const(8)
    flags: Flags = Flags(0)
    mtime: u32 = 0
    extra_flags: u8 = field(default=0, doc="2: compressed as well as can be, 4: as fast as can be")
    system: System | int = field(default=System.UNKNOWN, unknown="keep")
    extra_length: u16 | None = when("flags & Flags.EXTRA", default=derived)
    extra: list[Subfield] | None = when("flags & Flags.EXTRA", size="extra_length", default=None)
    name: str | None = when("flags & Flags.NAME", until="\0", encoding="latin-1", default=None)
    comment: str | None = when("flags & Flags.COMMENT", until="\0", encoding="latin-1", default=None)
    header_crc: u16 | None = when("flags & Flags.HEADER_CRC", default=None)

    def crc_now(self) -> int:
        """
        What `header_crc` must be.
        """
        encoded = self.to_bytes()
        return zlib.crc32(encoded if self.header_crc is None else encoded[:-2]) & 0xFFFF


class Member(Struct, byteorder="little", kw_only=True, parameters=("body_size",)):
    """
    One compressed file: `body` is raw DEFLATE; `crc` and `length` (modulo 2**32, in bytes) are of what was compressed.
    """

    header: Header
    body: bytes = size("body_size")
    crc: u32
    length: u32

    def content(self) -> bytes:
        """
        What was compressed.

        Raises:
            InvalidValue: the body is no DEFLATE stream, or it is not what the trailer says.
        """
        content, rest = _inflate(self.body, ("body",))
        if rest is None or rest:
            raise errors.InvalidValue(self.body, "a whole DEFLATE stream", path=("body",), struct="Member")
        for name, actual, expected in (
            ("crc", self.crc, zlib.crc32(content)),
            ("length", self.length, len(content) & 0xFFFFFFFF),
        ):
            if actual != expected:
                raise errors.InvalidValue(actual, f"{expected}, that of the content", path=(name,), struct="Member")
        return content


def compress(content: "Buffer", *, header: Header | None = None, level: int = 9) -> Member:
    """
    A member that holds `content`.

    Args:
        content: what is compressed.
        header: what stands before it; one without name and time where none is given.
        level: 0 (stored) to 9 (as small as can be).
    """
    if header is None:
        header = Header(extra_flags={1: 4, 9: 2}.get(level, 0))
    deflate = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    body = deflate.compress(content) + deflate.flush()
    return Member(header=header, body=body, crc=zlib.crc32(content), length=memoryview(content).nbytes & 0xFFFFFFFF)


def read(data: "Buffer") -> list[Member]:
    """
    The members of a file.

    Raises:
        DecodeError: the path begins with the number of the member, the offset (in bits) counts from the start of the file.
    """
    content = bytes(data)
    members: list[Member] = []
    start = 0
    while start < len(content) or not members:
        try:
            header_size = Header.try_from_bytes(content[start:])[1]
            rest = _inflate(content[start + header_size :], ("body",), header_size * 8)[1]
            # Of a body that does not end, all belongs to it, and the trailer is missing.
            body_size = len(content) - start - header_size - (0 if rest is None else len(rest))
            of = Codec(Member, parameters={"body_size": body_size})
            member, consumed = of.decode_prefix(content[start:])
        except errors.DecodeError as e:
            e.path = (len(members), *e.path)
            e.offset += start * 8
            raise
        members.append(member)
        start += consumed
    return members


def write(members: Iterable[Member]) -> bytes:
    """
    The file that has these members.

    Raises:
        EncodeError: a member cannot be written.
    """
    return b"".join(Codec(Member, parameters={"body_size": len(m.body)}).encode(m) for m in members)


def _inflate(data: bytes, path: tuple[str, ...], offset: int = 0) -> tuple[bytes, bytes | None]:
    # What a DEFLATE stream holds, and what stands behind it; None where it does not end.
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        content = inflate.decompress(data)
    except zlib.error as e:
        raise errors.InvalidValue(
            data[:16], f"a DEFLATE stream: {e}", path=path, offset=offset, struct="Member"
        ) from None
    return content, inflate.unused_data if inflate.eof else None
