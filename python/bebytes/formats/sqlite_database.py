r"""
SQLite database files as a whole: pages by their numbers, rows and keys of b-trees, and the schema.

Source: "Database File Format", https://www.sqlite.org/fileformat2.html; what stands in a page is in `sqlite`.

>>> import sqlite3
>>> connection = sqlite3.connect(":memory:")
>>> _ = connection.executescript("CREATE TABLE city (name, people); INSERT INTO city VALUES ('Bern', 134591), ('Chur', NULL)")
>>> database = Database.from_bytes(connection.serialize())
>>> connection.close()
>>> for kind, name, table, root, sql in database.schema():
...     print(kind, name, root, sql)
table city 2 CREATE TABLE city (name, people)
>>> list(database.rows(2))
[(1, ['Bern', 134591]), (2, ['Chur', None])]
"""

from collections.abc import Iterator
from typing import Any

from bebytes import Struct, decode_many, size

from .sqlite import (
    BTreePage,
    DatabaseHeader,
    FreelistTrunk,
    IndexInteriorCell,
    IndexLeafCell,
    OverflowPage,
    PointerMapEntry,
    Record,
    TableInteriorCell,
    TableLeafCell,
    read_page,
)

__all__ = ["Database"]

_MOST_LEVELS = 32


class Database(Struct, kw_only=True, byteorder="big"):
    """
    A whole file (section 1): its header, and its pages as bytes, since only those who follow page numbers know what they are.

    Attributes:
        header: stands at the start of the first page.
        first_page: what of the first page is behind it: the root of the schema.
        other_pages: all others, from number 2 on, back to back.
    """

    header: DatabaseHeader
    first_page: bytes = size("(65536 if header.page_size == 1 else header.page_size) - 100")
    other_pages: bytes = size(
        "(header.page_count - 1) * (65536 if header.page_size == 1 else header.page_size)", default=b""
    )

    @property
    def usable(self) -> int:
        """
        The bytes of a page that are not reserved.
        """
        return self.header.page_size - self.header.reserved_space

    @property
    def page_count(self) -> int:
        """
        The pages of the file.
        """
        return 1 + len(self.other_pages) // self.header.page_size

    def data(self, number: int) -> bytes:
        """
        The bytes of a page; they count from 1.

        Raises:
            ValueError: there is no such page.
        """
        page_size = self.header.page_size
        if not 1 <= number <= self.page_count:
            raise ValueError(f"there is no page {number}; the file has {self.page_count}")
        if number == 1:
            return self.header.to_bytes() + self.first_page
        return self.other_pages[(number - 2) * page_size : (number - 1) * page_size]

    def page(self, number: int) -> BTreePage:
        """
        A b-tree page.

        Raises:
            ValueError: there is no such page.
            DecodeError: it is none of a b-tree.
        """
        return read_page(self.data(number), self.usable, first=number == 1)

    def payload(self, cell: TableLeafCell | IndexLeafCell | IndexInteriorCell) -> bytes:
        """
        The whole payload of a cell, from overflow pages too.

        Raises:
            ValueError: their chain ends too soon.
        """
        found, number = cell.payload.local, cell.payload.overflow
        while len(found) < cell.length:
            if not number:
                raise ValueError(f"a payload of {cell.length} bytes ends after {len(found)}")
            page = OverflowPage.from_bytes(self.data(number)[: self.usable])
            found, number = found + page.content, page.next_page
        return found[: cell.length]

    def freelist(self) -> Iterator[int]:
        """
        The numbers of all free pages, trunks and leaves.

        Raises:
            ValueError: the list is longer than the file.
        """
        number, left = self.header.first_trunk, self.page_count
        while number:
            trunk = FreelistTrunk.from_bytes(self.data(number)[: self.usable])
            left -= 1 + len(trunk.leaves)
            if left < 0:
                raise ValueError("the freelist is longer than the file")
            yield number
            yield from trunk.leaves
            number = trunk.next_trunk

    def pointer_map(self) -> Iterator[tuple[int, PointerMapEntry]]:
        """
        The number of each page that the pointer maps tell of, and what they say; nothing where there are none.

        Raises:
            DecodeError: an entry is broken.
        """
        in_page = self.usable // 5
        number = 2
        while self.header.largest_root and number <= self.page_count:
            told = min(in_page, self.page_count - number)
            entries = decode_many(PointerMapEntry, self.data(number)[: told * 5])
            yield from enumerate(entries, number + 1)
            number += in_page + 1

    def cells(self, root: int) -> Iterator[TableLeafCell | IndexLeafCell | IndexInteriorCell]:
        """
        The cells of a b-tree in the order of their keys; of a table, those of its leaves.

        Raises:
            ValueError: a page is missing, or the tree is deeper than any.
        """
        yield from self._cells(root, 0)

    def _cells(self, number: int, level: int) -> Iterator[TableLeafCell | IndexLeafCell | IndexInteriorCell]:
        if level == _MOST_LEVELS:
            raise ValueError(f"a b-tree of more than {_MOST_LEVELS} levels")
        page = self.page(number)
        for pointer in page.cells:
            cell = pointer.cell
            if isinstance(cell, TableInteriorCell | IndexInteriorCell):
                yield from self._cells(cell.left_child, level + 1)
            if not isinstance(cell, TableInteriorCell):
                yield cell
        if page.right_child is not None:
            yield from self._cells(page.right_child, level + 1)

    def rows(self, root: int) -> Iterator[tuple[int, list[Any]]]:
        """
        The rowids and rows of a table, by the number of its first page.

        Raises:
            ValueError: as for `cells`, `payload` and `Record.values`.
        """
        for cell in self.cells(root):
            if isinstance(cell, TableLeafCell):
                yield cell.rowid, self._values(cell)

    def keys(self, root: int) -> Iterator[list[Any]]:
        """
        The keys of an index, or the rows of a table without rowids, by the number of its first page.

        Raises:
            ValueError: as for `rows`.
        """
        for cell in self.cells(root):
            if not isinstance(cell, TableLeafCell):
                yield self._values(cell)

    def _values(self, cell: TableLeafCell | IndexLeafCell | IndexInteriorCell) -> list[Any]:
        return Record.from_bytes(self.payload(cell)).values(self.header.text_encoding)

    def schema(self) -> Iterator[tuple[str, str, str, int, str | None]]:
        """
        The rows of the table `sqlite_schema`: type, name, table, first page and SQL of all that there is.

        Raises:
            ValueError: as for `rows`.
        """
        for _, row in self.rows(1):
            kind, name, table, root, sql = row
            yield kind, name, table, root, sql
