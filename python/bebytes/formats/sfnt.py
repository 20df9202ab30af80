r"""
Font files of TrueType and OpenType (sfnt): the directory of tables, and the tables as bytes.

Source: OpenType specification 1.9.1, "The OpenType Font File" (ISO/IEC 14496-22). All is big endian.

Tables are read by the classes in `sfnt_tables` (head, hhea, maxp, hmtx, OS/2, post), `sfnt_name`, `sfnt_cmap` and
`sfnt_glyf` (loca too); each is a message of its own.

>>> from bebytes.formats.sfnt_tables import Maxp
>>> font = Font.of({"maxp": Maxp(version=Maxp.CFF, glyph_count=3).to_bytes(), "abcd": b"12345"})
>>> font.to_bytes()[:44].hex(" ", -4)
'00010000 00020020 00010000 61626364 66323334 00000034 00000005 6d617870 00035000 0000002c 00000006'
>>> font.to_bytes()[44:].hex(" ", -4)
'00005000 00030000 31323334 35000000'
>>> again = Font.from_bytes(font.to_bytes())
>>> [record.tag for record in again.tables], Maxp.from_bytes(again["maxp"]).glyph_count
(['abcd', 'maxp'], 3)
>>> again.wrong_checksums()
[]
"""

import enum
from collections.abc import Mapping
from typing import Annotated

from bebytes import Struct, at, computed, const, count, derived, field, size, u16, u32, when

__all__ = ["Collection", "Font", "FontRecord", "Sfnt", "Signature", "TableRecord", "checksum_of"]


class Sfnt(enum.IntEnum):
    """
    What the outlines of a font are.
    """

    TRUETYPE = 0x00010000
    CFF = 0x4F54544F
    APPLE_TRUETYPE = 0x74727565


def checksum_of(table: bytes) -> int:
    """
    The sum of the 32-bit numbers of a table, which is filled up with zeros.
    """
    filled = table + bytes(-len(table) % 4)
    return sum(int.from_bytes(filled[i : i + 4], "big") for i in range(0, len(filled), 4)) & 0xFFFFFFFF


class TableRecord(Struct, kw_only=True, byteorder="big"):
    """
    An entry of the directory, and the table that it tells of.

    Attributes:
        tag: four characters.
        checksum: of the table; that of head counts its own adjustment as 0.
        offset: bytes from the start of the file, a multiple of 4.
        gap: what fills the table up to 4 bytes, without zeros at its end.
    """

    tag: str = size(4, encoding="latin-1")
    checksum: u32
    offset: u32
    length: u32 = derived
    table: bytes = at("offset", size="length")
    gap: bytes = at("offset + length", size="(4 - length % 4) % 4", pad=b"\0", default=b"")


class Font(Struct, kw_only=True, byteorder="big"):
    """
    A font file with one font.

    Tables stand where their records say. One of another size takes a new font, made by `of`.

    Attributes:
        entry_selector: the logarithm of the number of tables, to base 2, rounded down.
        tables: in the order of their tags.
    """

    sfnt: Annotated[Sfnt, u32] = Sfnt.TRUETYPE
    table_count: u16 = derived
    search_range: u16 = computed("16 << entry_selector")
    entry_selector: u16 = computed(
        "0 if table_count < 2 else 1 if table_count < 4 else 2 if table_count < 8 else 3 if table_count < 16"
        " else 4 if table_count < 32 else 5 if table_count < 64 else 6 if table_count < 128 else 7"
    )
    range_shift: u16 = computed("16 * table_count - search_range")
    tables: list[TableRecord] = count("table_count")

    def __getitem__(self, tag: str) -> bytes:
        """
        A table.

        Raises:
            KeyError: there is none.
        """
        return self._record(tag).table

    def __contains__(self, tag: object) -> bool:
        """
        Whether there is a table.
        """
        return any(record.tag == tag for record in self.tables)

    def _record(self, tag: str) -> TableRecord:
        for record in self.tables:
            if record.tag == tag:
                return record
        raise KeyError(tag)

    def wrong_checksums(self) -> list[str]:
        """
        The tags of the tables that have another checksum than their record says.
        """
        return [r.tag for r in self.tables if checksum_of(_without_adjustment(r.tag, r.table)) != r.checksum]

    def adjustment(self) -> int:
        """
        What `adjustment` of the table head must be.
        """
        records = [*self.tables]
        head = self._record("head")
        cleared = Font(
            sfnt=self.sfnt,
            tables=[
                TableRecord(
                    tag=r.tag,
                    checksum=r.checksum,
                    offset=r.offset,
                    gap=r.gap,
                    table=_without_adjustment(r.tag, r.table),
                )
                if r is head
                else r
                for r in records
            ],
        )
        return (0xB1B0AFBA - checksum_of(cleared.to_bytes())) & 0xFFFFFFFF

    @classmethod
    def of(cls, tables: Mapping[str, bytes], sfnt: Sfnt = Sfnt.TRUETYPE) -> "Font":
        """
        The font of these tables, one behind the other in their order, with all checksums.
        """
        made, offset = [], 12 + 16 * len(tables)
        for tag, table in tables.items():
            content = _without_adjustment(tag, table)
            made.append(TableRecord(tag=tag, checksum=checksum_of(content), offset=offset, table=content))
            offset += len(table) + -len(table) % 4
        font = cls(sfnt=sfnt, tables=sorted(made, key=lambda record: record.tag))
        if "head" in tables:
            adjustment = font.adjustment().to_bytes(4, "big")
            head = font._record("head")
            head.table = head.table[:8] + adjustment + head.table[12:]
        return font


class FontRecord(Struct, byteorder="big"):
    """
    A font of a collection; all its offsets count from the start of the file, so that fonts share tables.
    """

    offset: u32
    font: Font = at("offset")


class Signature(Struct, kw_only=True, byteorder="big"):
    """
    Where the digital signature of a collection is, from version 2 on; all zeros where there is none.
    """

    tag: bytes = size(4, default=bytes(4))
    length: u32 = 0
    offset: u32 = 0


class Collection(Struct, kw_only=True, byteorder="big"):
    """
    A font file with several fonts (.ttc).
    """

    tag: bytes = const(b"ttcf")
    major_version: u16 = field(default=1, valid={1, 2})
    minor_version: u16 = const(0)
    font_count: u32 = derived
    fonts: list[FontRecord] = count("font_count")
    signature: Signature | None = when("major_version == 2", default=None)


def _without_adjustment(tag: str, table: bytes) -> bytes:
    return table[:8] + bytes(4) + table[12:] if tag == "head" else table
