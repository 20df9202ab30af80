"""
bebytes.formats.sqlite and sqlite_database on databases made here; sqlite3 says what they hold.
"""

import contextlib
import functools
import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from format_damage import assert_cut_everywhere_fails, assert_survives, cut_and_flipped

from bebytes import Codec
from bebytes.errors import DecodeError, EncodeError, InvalidConstant, InvalidDiscriminant, InvalidValue
from bebytes.formats import sqlite
from bebytes.formats.sqlite import (
    BTreePage,
    DatabaseHeader,
    FirstPage,
    FreelistTrunk,
    IndexInteriorCell,
    IndexLeafCell,
    OverflowPage,
    PageKind,
    Payload,
    PointerKind,
    PointerMapEntry,
    Record,
    TableInteriorCell,
    TableLeafCell,
    TextEncoding,
)
from bebytes.formats.sqlite_database import Database

Codecs = Callable[..., Codec[Any]]

VALUES = [
    None,
    0,
    1,
    -1,
    127,
    -128,
    128,
    32767,
    -32768,
    32768,
    2**23 - 1,
    -(2**23),
    2**31 - 1,
    2**31,
    2**47 - 1,
    -(2**47),
    2**47,
    2**63 - 1,
    -(2**63),
    1.5,
    -0.1,
    float("inf"),
    "",
    "text",
    "Ünï©ødé 🚀",
    b"",
    b"\0\xff" * 30,
]

SCRIPT = """
CREATE TABLE plain (a, b, c);
CREATE TABLE keyed (id INTEGER PRIMARY KEY, name);
CREATE TABLE bare (k, v, PRIMARY KEY (k)) WITHOUT ROWID;
CREATE INDEX by_name ON keyed (name);
CREATE TABLE emptied (x);
"""


def fill(database: sqlite3.Connection, page_size: int) -> None:
    """
    Rows for tables of several levels, with values of all types, long ones, and pages that are free again.
    """
    database.executescript(SCRIPT)
    database.executemany("INSERT INTO plain VALUES (?, ?, ?)", [(v, i, [v] and v) for i, v in enumerate(VALUES)])
    database.executemany("INSERT INTO plain (rowid, a) VALUES (?, ?)", [(-5, "below"), (2**62, "above")])
    # Those from page_size - 48 on are the last that fit into a cell, and the first that do not.
    lengths = [10, page_size // 5, *range(page_size - 48, page_size - 38), page_size, 3 * page_size + 17]
    database.executemany("INSERT INTO plain VALUES (?, ?, NULL)", [("x" * n, n) for n in lengths])
    rows = [(i * 7 % 400, f"name {i * 31 % 400:05} " + "n" * (i % 40)) for i in range(400)]
    database.executemany("INSERT INTO keyed VALUES (?, ?)", rows)
    database.executemany(
        "INSERT INTO bare VALUES (?, ?)", [(f"k{i * 11 % 250:04}" * (1 + i % 30), i) for i in range(250)]
    )
    database.executemany("INSERT INTO emptied VALUES (?)", [("gone" * 100,)] * 200)
    database.execute("DELETE FROM emptied")
    database.execute("DELETE FROM keyed WHERE id % 9 = 4")
    database.commit()


@functools.cache
def made(page_size: int, pragmas: str = "") -> tuple[bytes, dict[str, Any]]:
    """
    The bytes of a database, and what its tables hold.
    """
    with contextlib.closing(sqlite3.connect(":memory:")) as database:
        database.executescript(f"PRAGMA page_size = {page_size}; {pragmas}")
        fill(database, page_size)
        queries = {
            "plain": "SELECT rowid, * FROM plain ORDER BY rowid",
            "keyed": "SELECT id, NULL, name FROM keyed ORDER BY id",
            "emptied": "SELECT rowid, * FROM emptied",
            "bare": "SELECT * FROM bare ORDER BY k",
            "by_name": "SELECT name, id FROM keyed ORDER BY name, id",
            "schema": "SELECT type, name, tbl_name, rootpage, sql FROM sqlite_schema",
            "free": "PRAGMA freelist_count",
        }
        return database.serialize(), {name: database.execute(query).fetchall() for name, query in queries.items()}


FILES = [(512, ""), (1024, "PRAGMA encoding = 'UTF-16le';"), (4096, "PRAGMA encoding = 'UTF-16be';"), (65536, "")]


@pytest.fixture(params=FILES, ids=lambda of: str(of[0]))
def file(request: pytest.FixtureRequest) -> tuple[bytes, dict[str, Any]]:
    """
    Databases with small and large pages, and in all encodings.
    """
    return made(*request.param)


def test_tables(codec: Codecs, file: tuple[bytes, dict[str, Any]]) -> None:
    """
    Tables, with and without rowids, and indexes hold what sqlite3 reads; so does the schema.
    """
    data, expected = file
    database = codec(Database).decode(data)
    roots = {name: root for _, name, _, root, _ in database.schema()}

    assert [*database.schema()] == expected["schema"]
    for name in ("plain", "keyed", "emptied"):
        assert [(rowid, *row) for rowid, row in database.rows(roots[name])] == expected[name]
    for name in ("bare", "by_name"):
        assert [tuple(row) for row in database.keys(roots[name])] == expected[name]


def test_header(codec: Codecs, file: tuple[bytes, dict[str, Any]]) -> None:
    """
    The header says what was asked for, and the file is written as it was read.
    """
    data, expected = file
    database = codec(Database).decode(data)

    assert database.page_count * database.header.page_size == len(data)
    assert database.header.free_pages == expected["free"][0][0] == len([*database.freelist()])
    assert len({*database.freelist()}) == database.header.free_pages
    assert codec(Database).encode(database) == data


def pages(database: Database) -> Iterator[tuple[int, BTreePage]]:
    """
    All pages of all b-trees, with their numbers.
    """
    pending = [1, *(root for _, _, _, root, _ in database.schema())]
    while pending:
        number = pending.pop()
        page = database.page(number)
        yield number, page
        pending.extend(
            p.cell.left_child for p in page.cells if isinstance(p.cell, TableInteriorCell | IndexInteriorCell)
        )
        if page.right_child is not None:
            pending.append(page.right_child)


def test_pages(codec: Codecs, file: tuple[bytes, dict[str, Any]]) -> None:
    """
    Every page of every b-tree, of overflow and of the freelist is written as it was read; together they are all pages.
    """
    data, _ = file
    database = codec(Database).decode(data)
    usable = database.usable
    of = codec(BTreePage, parameters={"usable": usable})
    first = codec(FirstPage, parameters={"usable": usable})
    seen, kinds = set(), set()
    for number, page in pages(database):
        content = database.data(number)
        seen.add(number)
        kinds.add(page.kind)
        codec_of = first if number == 1 else of
        assert codec_of.encode(codec_of.decode(content)) == content
        for pointer in page.cells:
            if isinstance(pointer.cell, TableInteriorCell):
                continue
            following = pointer.cell.payload.overflow
            while following:
                seen.add(following)
                overflow = codec(OverflowPage).decode(database.data(following))
                assert codec(OverflowPage).encode(overflow) == database.data(following)
                following = overflow.next_page
    trunk = database.header.first_trunk
    while trunk:
        page_of = codec(FreelistTrunk).decode(database.data(trunk))
        assert codec(FreelistTrunk).encode(page_of) == database.data(trunk)
        trunk = page_of.next_trunk

    seen.update(database.freelist())
    assert seen == set(range(1, database.page_count + 1))
    assert kinds == set(PageKind) or database.header.page_size == 65536


def test_pointer_maps(codec: Codecs) -> None:
    """
    In a file that can be vacuumed page by page, each page is told who points to it.
    """
    data, expected = made(512, "PRAGMA auto_vacuum = INCREMENTAL;")
    database = codec(Database).decode(data)
    entries = dict(database.pointer_map())
    maps = {2 + i * (512 // 5 + 1) for i in range(database.page_count)}

    assert [*database.schema()] == expected["schema"]
    assert entries.keys() == set(range(3, database.page_count + 1)) - maps
    children: dict[int, int] = {}
    for number, page in pages(database):
        for pointer in page.cells:
            if isinstance(pointer.cell, TableInteriorCell | IndexInteriorCell):
                children[pointer.cell.left_child] = number
            if not isinstance(pointer.cell, TableInteriorCell) and pointer.cell.payload.overflow:
                assert entries[pointer.cell.payload.overflow] == PointerMapEntry(PointerKind.FIRST_OVERFLOW, number)
        if page.right_child is not None:
            children[page.right_child] = number
    assert {n: e.parent for n, e in entries.items() if e.kind is PointerKind.BTREE} == {
        number: parent for number, parent in children.items() if number in entries
    }
    assert {n for n, e in entries.items() if e.kind is PointerKind.FREE} == {*database.freelist()}
    roots = {root for _, _, _, root, _ in expected["schema"]}
    assert {n for n, e in entries.items() if e.kind is PointerKind.ROOT} == roots
    assert not [*codec(Database).decode(made(512)[0]).pointer_map()]


def test_read_and_write_page() -> None:
    """
    The functions for pages agree with the methods of a database.
    """
    database = Database.from_bytes(made(*FILES[0])[0])
    for number in (1, 2):
        header = database.header if number == 1 else None
        page = sqlite.read_page(database.data(number), database.usable, first=number == 1)
        assert page == database.page(number)
        assert sqlite.write_page(page, database.usable, header) == database.data(number)


@pytest.mark.parametrize("encoding", TextEncoding)
def test_records(codec: Codecs, encoding: TextEncoding) -> None:
    """
    The record of a row of all values, as sqlite3 writes it in the last cell of its page, and its values.
    """
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(
            f"PRAGMA page_size = 4096; PRAGMA encoding = '{encoding.codec.upper().replace('-LE', 'le').replace('-BE', 'be')}'"
        )
        connection.execute(f"CREATE TABLE t ({', '.join(f'c{i}' for i in range(len(VALUES)))})")
        connection.execute(f"INSERT INTO t VALUES ({', '.join('?' * len(VALUES))})", VALUES)
        connection.commit()
        page = connection.serialize()[4096:]

    record = Record.of(VALUES, encoding)
    data = codec(Record).encode(record)
    assert page.endswith(data)
    assert codec(Record).decode(data) == record
    assert record.values(encoding) == VALUES
    assert record.header_size == 1 + len(VALUES) + 1  # the type of 60 bytes has two bytes itself


@pytest.mark.parametrize("columns", [0, 1, 126, 127, 128, 300])
def test_the_size_of_a_header(codec: Codecs, columns: int) -> None:
    """
    It counts its own bytes: with 127 types there are two of them.
    """
    data = codec(Record).encode(Record.of([None] * columns))
    assert len(data) == columns + (1 if columns < 127 else 2)
    assert codec(Record).decode(data).values() == [None] * columns


@pytest.mark.parametrize(
    ("types", "body"), [([10], b""), ([11], b""), ([-1], b""), ([1], b""), ([1], b"ab"), ([15], b"\xff"), ([], b"a")]
)
def test_records_without_values(types: list[int], body: bytes) -> None:
    """
    Reserved types, bodies of another size, and text that is none.
    """
    with pytest.raises(ValueError):
        Record(types=types, body=body).values()


def test_values_of_no_type() -> None:
    """
    What SQLite cannot hold.
    """
    with pytest.raises(TypeError):
        Record.of([object()])
    with pytest.raises(OverflowError):
        Record.of([2**63])


@pytest.mark.parametrize("page_size", [512, 4096])
def test_a_database_made_here(codec: Codecs, page_size: int) -> None:
    """
    sqlite3 finds a table of two levels and an index in a database that it did not write, and nothing wrong with it.
    """
    rows = [(i, f"row {i}") for i in range(1, 21)]
    sql = "CREATE TABLE made (id INTEGER PRIMARY KEY, name)"
    index_sql = "CREATE INDEX names ON made (name)"

    def leaf(some: list[tuple[int, str]]) -> BTreePage:
        records = [(i, Record.of([None, name]).to_bytes()) for i, name in some]
        cells = [TableLeafCell(len(r), i, Payload(r)) for i, r in records]
        return BTreePage.of(PageKind.TABLE_LEAF, cells, page_size)

    def key(name: str, i: int) -> IndexLeafCell:
        record = Record.of([name, i]).to_bytes()
        return IndexLeafCell(len(record), Payload(record))

    schema = [Record.of(["table", "made", "made", 2, sql]), Record.of(["index", "names", "made", 5, index_sql])]
    contents = [record.to_bytes() for record in schema]
    tables = [TableLeafCell(len(r), i, Payload(r)) for i, r in enumerate(contents, 1)]
    first = BTreePage.of(PageKind.TABLE_LEAF, tables, page_size, first=True)
    root = BTreePage.of(PageKind.TABLE_INTERIOR, [TableInteriorCell(3, 10)], page_size, right_child=4)
    ordered = sorted((name, i) for i, name in rows)
    index = BTreePage.of(PageKind.INDEX_LEAF, [key(name, i) for name, i in ordered], page_size)
    other = [root, leaf(rows[:10]), leaf(rows[10:]), index]
    header = DatabaseHeader(page_size=page_size)
    header.page_count = 5
    database = Database(
        header=header,
        first_page=sqlite.write_page(first, page_size, header)[100:],
        other_pages=b"".join(sqlite.write_page(page, page_size) for page in other),
    )
    data = codec(Database).encode(database)

    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        connection.deserialize(data)
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("SELECT * FROM made").fetchall() == rows
        assert connection.execute("SELECT id FROM made WHERE name = 'row 12'").fetchall() == [(12,)]
        plan = connection.execute("EXPLAIN QUERY PLAN SELECT id FROM made WHERE name = 'row 12'").fetchall()
        assert "names" in plan[0][-1]


def test_pages_that_do_not_hold_together(codec: Codecs) -> None:
    """
    More cells than fit, and a cell that is not what the content says.
    """
    record = Record.of(["x" * 200]).to_bytes()
    cells = [TableLeafCell(len(record), i, Payload(record)) for i in range(3)]
    with pytest.raises(ValueError, match="bytes more"):
        BTreePage.of(PageKind.TABLE_LEAF, cells, 512)

    page = BTreePage.of(PageKind.TABLE_LEAF, cells[:2], 512)
    cells[0].rowid = 77
    with pytest.raises(InvalidValue, match=r"cells\[0\].cell"):
        codec(BTreePage, parameters={"usable": 512}).encode(page)
    with pytest.raises(EncodeError, match="overflow"):
        sqlite.write_page(BTreePage.of(PageKind.TABLE_LEAF, [TableLeafCell(1, 1, Payload(b"a", 5))], 512), 512)


@pytest.mark.parametrize(
    ("at", "byte", "error", "path"),
    [
        (0, 0x73, InvalidConstant, ("header", "magic")),
        (16, 3, InvalidValue, ("header", "page_size")),
        (21, 65, InvalidConstant, ("header", "maximum_fraction")),
        (47, 5, InvalidValue, ("header", "schema_format")),
        (59, 4, InvalidDiscriminant, ("header", "text_encoding")),
        (72, 1, InvalidConstant, ("header", "unused")),
    ],
)
def test_broken_headers(codec: Codecs, at: int, byte: int, error: type[DecodeError], path: tuple[str, ...]) -> None:
    """
    What must be so is checked, where it stands.
    """
    data = bytearray(made(*FILES[0])[0])
    data[at] = byte
    with pytest.raises(error) as caught:
        codec(Database).decode(bytes(data))
    assert caught.value.path == path


@functools.cache
def small() -> bytes:
    """
    A database of two pages, the second one with a cell that goes on in a third.
    """
    with contextlib.closing(sqlite3.connect(":memory:")) as database:
        database.executescript("PRAGMA page_size = 512; CREATE TABLE t (a, b)")
        database.executemany("INSERT INTO t VALUES (?, ?)", [(1, "abc"), (None, b"x" * 600)])
        database.commit()
        return database.serialize()


def test_damaged_pages(codec: Codecs) -> None:
    """
    Pages and records that were cut off or changed.
    """
    page, record = small()[512:1024], Record.of([1, None, "abc", 2.5]).to_bytes()
    assert assert_survives(codec(BTreePage, parameters={"usable": 512}), page) > 500
    assert_survives(codec(Record), record)
    trunk = FreelistTrunk(next_trunk=0, leaves=[1, 2, 3], rest=b"old").to_bytes()
    assert_survives(codec(FreelistTrunk), trunk)
    assert_cut_everywhere_fails(codec(DatabaseHeader), small()[:100])


def test_damaged_databases(codec: Codecs) -> None:
    """
    Whatever is wrong with a file shows as a ValueError, when it is decoded or when its rows are asked for.
    """
    data = small()
    for damaged in cut_and_flipped(data):
        with contextlib.suppress(ValueError):
            database = codec(Database).decode(damaged)
            [*database.freelist()]
            for _, _, _, root, _ in database.schema():
                [*database.rows(root)]


def test_loops(codec: Codecs) -> None:
    """
    Pages that lead back to themselves come to an end.
    """
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript("PRAGMA page_size = 512; CREATE TABLE t (a)")
        connection.execute("INSERT INTO t VALUES (?)", (bytes(range(256)) * 10,))
        connection.commit()
        data = bytearray(connection.serialize())
    (row,) = [row for _, row in Database.from_bytes(data).rows(2)]
    assert row == [bytes(range(256)) * 10]
    data[1024:1028] = (3).to_bytes(4, "big")
    ((_, (looped,)),) = codec(Database).decode(bytes(data)).rows(2)
    assert len(looped) == 2560
    data[1024:1028] = bytes(4)
    with pytest.raises(ValueError, match="ends after"):
        [*codec(Database).decode(bytes(data)).rows(2)]

    page = BTreePage.of(PageKind.TABLE_INTERIOR, [], 512, right_child=2)
    data[512:1024] = sqlite.write_page(page, 512)
    with pytest.raises(ValueError, match="levels"):
        [*codec(Database).decode(bytes(data)).rows(2)]
    data[32:36] = (3).to_bytes(4, "big")
    data[1024:1032] = (3).to_bytes(4, "big") + bytes(4)
    with pytest.raises(ValueError, match="freelist"):
        [*codec(Database).decode(bytes(data)).freelist()]
