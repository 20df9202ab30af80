r"""
SQLite database files: header, pages, cells and records.

Source: "Database File Format", https://www.sqlite.org/fileformat2.html. All is big endian.

A file is a row of pages of one size. Here is what stands in them; `sqlite_database` has the whole file, and follows page numbers.

>>> import sqlite3
>>> connection = sqlite3.connect(":memory:")
>>> _ = connection.executescript("CREATE TABLE city (name, people); INSERT INTO city VALUES ('Bern', 134591), ('Chur', NULL)")
>>> data = connection.serialize()
>>> connection.close()
>>> header, _ = DatabaseHeader.try_from_bytes(data)
>>> header.page_size, header.text_encoding, header.page_count
(4096, <TextEncoding.UTF_8: 1>, 2)
>>> page = read_page(data[4096:], 4096)
>>> page.kind, [pointer.cell.rowid for pointer in page.cells]
(<PageKind.TABLE_LEAF: 13>, [1, 2])
>>> record = Record.from_bytes(page.cells[0].cell.payload.local)
>>> record.types, record.values()
([21, 3], ['Bern', 134591])

Values and records are made of Python's:

>>> Record.of(["Bern", 134591, None, 2.5, b"\0"]).to_bytes().hex(" ")
'06 15 03 00 07 0e 42 65 72 6e 02 0d bf 40 04 00 00 00 00 00 00 00'
"""

import enum
from collections.abc import Iterable
from typing import Annotated, Any

from bebytes import (
    Codec,
    Struct,
    computed,
    const,
    count,
    derived,
    field,
    i32,
    padding,
    size,
    sqlite_varint,
    switch,
    u8,
    u16,
    u32,
    when,
)

from ._sqlite_values import TextEncoding, length_of, serial_of, value_of

__all__ = [
    "BTreePage",
    "CellPointer",
    "DatabaseHeader",
    "FirstPage",
    "FreelistTrunk",
    "IndexInteriorCell",
    "IndexLeafCell",
    "OverflowPage",
    "PageKind",
    "Payload",
    "PointerKind",
    "PointerMapEntry",
    "Record",
    "TableInteriorCell",
    "TableLeafCell",
    "TextEncoding",
    "read_page",
    "write_page",
]


def _page_size(number: int) -> int:
    # The largest page has no number of 16 bits; 1 stands for it.
    page_size = 65536 if number == 1 else number
    if page_size < 512 or page_size & (page_size - 1):
        raise ValueError("a page has a power of two from 512 to 65536 bytes")
    return page_size


def _page_size_number(page_size: int) -> int:
    if _page_size(page_size) == 65536:
        return 1
    return page_size


class DatabaseHeader(Struct, kw_only=True, byteorder="big"):
    """
    The first 100 bytes of the first page (section 1.3).

    Attributes:
        page_size: bytes, 512 to 65536, a power of two.
        write_version: 1 for rollback journals, 2 for write-ahead logs.
        read_version: likewise.
        reserved_space: bytes at the end of each page that are left to extensions.
        change_counter: counts transactions.
        page_count: pages of the file; files from before SQLite 3.7.0 have another number here, and cannot be read.
        first_trunk: the page number of the first freelist trunk, 0 for none.
        free_pages: pages of the freelist.
        schema_cookie: counts changes of the schema.
        schema_format: 1 to 4.
        cache_size: suggested to whoever opens it.
        largest_root: the largest root page in a file that can be vacuumed page by page, else 0.
        user_version: for the application.
        incremental_vacuum: not 0 where pages are vacuumed on demand only.
        application_id: for the application.
        version_valid_for: the change counter when `sqlite_version` was written.
        sqlite_version: of the library that wrote last, as 3045001.
    """

    magic: bytes = const(b"SQLite format 3\0")
    page_size: u16 = field(default=4096, adapt=(_page_size, _page_size_number))
    write_version: u8 = 1
    read_version: u8 = 1
    reserved_space: u8 = 0
    maximum_fraction: u8 = const(64)
    minimum_fraction: u8 = const(32)
    leaf_fraction: u8 = const(32)
    change_counter: u32 = 1
    page_count: u32 = derived
    first_trunk: u32 = 0
    free_pages: u32 = 0
    schema_cookie: u32 = 0
    schema_format: u32 = field(default=4, valid=range(5))
    cache_size: i32 = 0
    largest_root: u32 = 0
    text_encoding: Annotated[TextEncoding, u32] = TextEncoding.UTF_8
    user_version: i32 = 0
    incremental_vacuum: u32 = 0
    application_id: i32 = 0
    unused: bytes = padding(20)
    version_valid_for: u32 = 1
    sqlite_version: u32 = 3_040_000


class PageKind(enum.IntEnum):
    """
    The kind of a b-tree page.
    """

    INDEX_INTERIOR = 2
    TABLE_INTERIOR = 5
    INDEX_LEAF = 10
    TABLE_LEAF = 13


class Payload(Struct, parameters=("length", "most", "least", "room"), byteorder="big"):
    """
    What of a payload stands in its cell (section 1.6).

    Of `length` bytes that is all up to `most`, else `least` or some more, so that the rest fills overflow pages of `room`.

    Attributes:
        local: the first bytes.
        overflow: the page number of the rest.
    """

    local: bytes = size(
        "length if length <= most else"
        " least + (length - least) % room if least + (length - least) % room <= most else least"
    )
    overflow: u32 | None = when("length > most", default=None)


_TABLE_PAYLOAD = {
    "length": "length",
    "most": "usable - 35",
    "least": "(usable - 12) * 32 / 255 - 23",
    "room": "usable - 4",
}
_INDEX_PAYLOAD = {**_TABLE_PAYLOAD, "most": "(usable - 12) * 64 / 255 - 23"}


class TableLeafCell(Struct, parameters=("usable",), byteorder="big"):
    """
    A row: the bytes of its record, its rowid, and the record.
    """

    length: sqlite_varint
    rowid: sqlite_varint
    payload: Payload = field(parameters=_TABLE_PAYLOAD)


class TableInteriorCell(Struct, byteorder="big"):
    """
    The page of the rows up to one.
    """

    left_child: u32
    rowid: sqlite_varint


class IndexLeafCell(Struct, parameters=("usable",), byteorder="big"):
    """
    A key of an index, or a row of a table without rowids.
    """

    length: sqlite_varint
    payload: Payload = field(parameters=_INDEX_PAYLOAD)


class IndexInteriorCell(Struct, parameters=("usable",), byteorder="big"):
    """
    A key, and the page of those before it.
    """

    left_child: u32
    length: sqlite_varint
    payload: Payload = field(parameters=_INDEX_PAYLOAD)


Cell = TableLeafCell | TableInteriorCell | IndexLeafCell | IndexInteriorCell


class CellPointer(Struct, parameters=("kind", "usable"), byteorder="big"):
    """
    Where in the page a cell is, and the cell.
    """

    offset: u16
    cell: TableLeafCell | TableInteriorCell | IndexLeafCell | IndexInteriorCell = switch(
        "kind",
        {
            PageKind.TABLE_LEAF: TableLeafCell,
            PageKind.TABLE_INTERIOR: TableInteriorCell,
            PageKind.INDEX_LEAF: IndexLeafCell,
            PageKind.INDEX_INTERIOR: IndexInteriorCell,
        },
        at="offset",
        parameters={"usable": "usable"},
    )


class BTreePage(Struct, parameters=("usable",), kw_only=True, byteorder="big"):
    """
    A page of a table or an index (section 1.6), without the header of the database before it in the first page.

    Attributes:
        first_freeblock: where in the page the first free block is, 0 for none.
        content_start: where the cells begin; 0 stands for 65536.
        fragmented: free bytes in pieces of up to 3.
        right_child: the page of what is behind all cells.
        cells: in the order of their keys.
        content: all from behind the pointers to the end of the page: cells, and what is left of old ones. It has the same
            bytes as the cells, so that a page is written as it was read.
    """

    kind: PageKind
    first_freeblock: u16 = 0
    cell_count: u16 = derived
    content_start: u16
    fragmented: u8 = 0
    right_child: u32 | None = when("kind in (PageKind.TABLE_INTERIOR, PageKind.INDEX_INTERIOR)", default=None)
    cells: list[CellPointer] = count("cell_count", parameters={"kind": "kind", "usable": "usable"})
    content: bytes

    @classmethod
    def of(
        cls,
        kind: PageKind,
        cells: "Iterable[Cell]",
        usable: int,
        *,
        right_child: int | None = None,
        first: bool = False,
    ) -> "BTreePage":
        """
        A page of `usable` bytes with these cells, packed at its end.

        Args:
            kind: of the page; all cells are of that.
            cells: in the order of their keys.
            usable: bytes of the page that are not reserved.
            right_child: of an interior page.
            first: whether the header of the database stands before it.

        Raises:
            ValueError: they do not fit.
        """
        pointers, contents, offset = [], [], usable
        for cell in cells:
            content = _cell_bytes(cell, usable)
            contents.append(content)
            offset -= len(content)
            pointers.append(CellPointer(offset, cell))
        begin = (100 if first else 0) + (8 if right_child is None else 12) + 2 * len(pointers)
        if offset < begin:
            raise ValueError(f"the cells need {begin - offset} bytes more than a page of {usable} has")
        content = bytes(offset - begin) + b"".join(reversed(contents))
        start = 0 if offset == 65536 else offset
        return cls(kind=kind, content_start=start, right_child=right_child, cells=pointers, content=content)


def _cell_bytes(cell: Cell, usable: int) -> bytes:
    if isinstance(cell, TableInteriorCell):
        return cell.to_bytes()
    return Codec[Any](type(cell), parameters={"usable": usable}).encode(cell)


class OverflowPage(Struct, byteorder="big"):
    """
    A page of the rest of a payload (section 1.7).

    Attributes:
        next_page: the page number of the next one, 0 for none.
    """

    next_page: u32
    content: bytes


class FreelistTrunk(Struct, kw_only=True, byteorder="big"):
    """
    A page that names free pages (section 1.5).

    Attributes:
        next_trunk: the page number of the next one, 0 for none.
        leaves: the page numbers of free pages.
        rest: what is left of what the page was.
    """

    next_trunk: u32
    leaf_count: u32 = derived
    leaves: list[u32] = count("leaf_count")
    rest: bytes


class PointerKind(enum.IntEnum):
    """
    What points to a page, where the parent is the page that does.
    """

    ROOT = 1
    FREE = 2
    FIRST_OVERFLOW = 3
    LATER_OVERFLOW = 4
    BTREE = 5


class PointerMapEntry(Struct, byteorder="big"):
    """
    What a pointer map says of a page, in a file that can be vacuumed page by page (section 1.8).

    Attributes:
        parent: the page number of the page that points to it; 0 for roots and free pages.
    """

    kind: PointerKind
    parent: u32


class Record(Struct, kw_only=True, byteorder="big"):
    """
    A row, or a key of an index (section 2.1): the types of the values, then the values.

    Attributes:
        header_size: the bytes of all types, and its own.
        types: the serial types.
        body: the values back to back; what a type means is said by `values`.
    """

    header_size: sqlite_varint = computed("sizeof(header_size:types)")
    types: list[sqlite_varint] = size("header_size - sizeof(header_size)")
    body: bytes

    def values(self, encoding: TextEncoding = TextEncoding.UTF_8) -> list[Any]:
        """
        The values as Python's: None, int, float, str and bytes.

        The key of a table that is its rowid is None here, and columns that were added later may be missing.

        Raises:
            ValueError: a type is reserved, text is none in this encoding, or the body has another size.
        """
        values, at = [], 0
        for serial in self.types:
            length = length_of(serial)
            if at + length > len(self.body):
                raise ValueError(f"the types need more than the {len(self.body)} bytes of the body")
            values.append(value_of(serial, self.body[at : at + length], encoding))
            at += length
        if at != len(self.body):
            raise ValueError(f"the types need {at} bytes of the {len(self.body)} of the body")
        return values

    @classmethod
    def of(cls, values: Iterable[Any], encoding: TextEncoding = TextEncoding.UTF_8) -> "Record":
        """
        The record of values, of the shortest types.

        Raises:
            TypeError: a value of another type.
            OverflowError: an int of more than 64 bits.
        """
        typed = [serial_of(value, encoding) for value in values]
        return cls(types=[serial for serial, _ in typed], body=b"".join(content for _, content in typed))


class FirstPage(Struct, parameters=("usable",), byteorder="big"):
    """
    The first page: the header of the database, and the root of its schema.
    """

    header: DatabaseHeader
    page: BTreePage = field(parameters={"usable": "usable"})


def read_page(data: bytes, usable: int, *, first: bool = False) -> BTreePage:
    """
    A b-tree page.

    Args:
        data: the whole page; of the first one, with the header of the database.
        usable: bytes of it that are not reserved.
        first: whether it is the first page.

    Raises:
        DecodeError: it is none.
    """
    parameters = {"usable": usable}
    if first:
        return Codec(FirstPage, parameters=parameters).decode(data).page
    return Codec(BTreePage, parameters=parameters).decode(data)


def write_page(page: BTreePage, usable: int, header: DatabaseHeader | None = None) -> bytes:
    """
    The bytes of a b-tree page; of the first one, with the header of the database.

    Raises:
        EncodeError: a field does not fit, or a cell is not what `content` has at its offset.
    """
    parameters = {"usable": usable}
    if header is not None:
        return Codec(FirstPage, parameters=parameters).encode(FirstPage(header, page))
    return Codec(BTreePage, parameters=parameters).encode(page)
