"""
bebytes.formats.sfnt and its tables on the fonts that matplotlib has; fontTools says what they hold.
"""

import datetime
import functools
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from format_damage import assert_cut_everywhere_fails, assert_survives

from bebytes import Codec
from bebytes.errors import DecodeError, InvalidConstant, InvalidDiscriminant, InvalidValue
from bebytes.formats.sfnt import Collection, Font, Sfnt, Signature, checksum_of
from bebytes.formats.sfnt_cmap import Cmap, Format0, Format4, Format6, Format10, Format12, Format13, Group, Subtable
from bebytes.formats.sfnt_glyf import (
    Component,
    ComponentFlags,
    Composite,
    Glyph,
    Instructions,
    Pair,
    Scale,
    Simple,
    TwoByTwo,
    XYScale,
    glyph_offsets,
    read_glyphs,
)
from bebytes.formats.sfnt_name import LanguageTag, LanguageTags, Name, NameId, NameRecord, Platform
from bebytes.formats.sfnt_tables import (
    OS2,
    CodePages,
    Head,
    Hhea,
    LocaFormat,
    Maxp,
    Post,
    PostNames,
    PostVersion,
    read_hmtx,
    write_hmtx,
)

Codecs = Callable[..., Codec[Any]]

mpl: Any = pytest.importorskip("matplotlib")
pytest.importorskip("fontTools")

from fontTools.ttLib import TTCollection, TTFont  # type: ignore[import-untyped]  # noqa: E402 (where there is one)

FOLDER = Path(mpl.get_data_path()) / "fonts" / "ttf"
SMALLEST = ["STIXSizTwoSymBol.ttf", "cmss10.ttf", "cmex10.ttf"]
TABLES: dict[str, Any] = {
    "head": Head,
    "hhea": Hhea,
    "maxp": Maxp,
    "OS/2": OS2,
    "post": Post,
    "name": Name,
    "cmap": Cmap,
}


@functools.cache
def fonts() -> dict[str, bytes]:
    """
    All fonts of matplotlib.
    """
    return {path.name: path.read_bytes() for path in sorted(FOLDER.glob("*.ttf"))}


@functools.cache
def decoded(backend: Any) -> dict[str, Font]:
    """
    All of them, decoded once on each backend.
    """
    codec = Codec(Font, backend=backend)
    return {name: codec.decode(data) for name, data in fonts().items()}


@functools.cache
def theirs(name: str) -> TTFont:
    """
    A font as fontTools has it.
    """
    return TTFont(io.BytesIO(fonts()[name]), lazy=True, checkChecksums=2)


@pytest.fixture(params=SMALLEST)
def small(request: pytest.FixtureRequest) -> str:
    """
    The name of a small font.
    """
    name: str = request.param
    return name


def test_directories(codec: Codecs, backend: str) -> None:
    """
    Every font has the tables that fontTools finds, with the right checksums, and is written as it was read.
    """
    for name, font in decoded(backend).items():
        assert codec(Font).encode(font) == fonts()[name]
        reader = theirs(name).reader
        entries = {record.tag: (record.checksum, record.offset, record.length) for record in font.tables}
        assert entries == {tag: (e.checkSum, e.offset, e.length) for tag, e in reader.tables.items()}
        assert all(font[tag] == reader[tag] for tag in entries)


def test_checksums(small: str) -> None:
    """
    Of tables, and of the whole font.
    """
    font = Font.from_bytes(fonts()[small])
    assert font.wrong_checksums() == []
    assert font.adjustment() == Head.from_bytes(font["head"]).adjustment
    font.tables[0].table = b"\xff" + font.tables[0].table[1:]
    assert font.wrong_checksums() == [font.tables[0].tag]
    assert checksum_of(b"\0\0\0\1\xff\xff\xff\xff\1") == 0x01000000


def test_a_font_made_of_its_tables(codec: Codecs, small: str) -> None:
    """
    With its tables in the order of the file, it is the same file; in another, fontTools reads it.
    """
    data = fonts()[small]
    font = codec(Font).decode(data)
    in_order = sorted(font.tables, key=lambda record: record.offset)
    assert codec(Font).encode(Font.of({record.tag: record.table for record in in_order})) == data

    other = codec(Font).encode(Font.of({record.tag: record.table for record in font.tables}))
    again = TTFont(io.BytesIO(other), checkChecksums=2)
    assert again.getGlyphOrder() == theirs(small).getGlyphOrder()
    assert "head" in font
    assert "abcd" not in font
    with pytest.raises(KeyError):
        font["abcd"]


def test_tables_are_written_as_they_were_read(codec: Codecs, backend: str) -> None:
    """
    All tables of all fonts.
    """
    for font in decoded(backend).values():
        for tag, cls in TABLES.items():
            assert codec(cls).encode(codec(cls).decode(font[tag])) == font[tag]


@pytest.mark.parametrize("shared", [True, False])
def test_collections(codec: Codecs, shared: bool) -> None:
    """
    A collection that fontTools makes of two fonts, with tables that they share and without.
    """
    collection = TTCollection()
    names = ["STIXSizOneSymReg.ttf", "STIXSizTwoSymReg.ttf"]
    collection.fonts = [TTFont(io.BytesIO(fonts()[name])) for name in names]
    out = io.BytesIO()
    collection.save(out, shareTables=shared)
    read = codec(Collection).decode(out.getvalue())

    assert codec(Collection).encode(read) == out.getvalue()
    assert read.font_count == 2
    for record, name in zip(read.fonts, names, strict=True):
        assert record.font["cmap"] == theirs(name).reader["cmap"]
        assert record.font.wrong_checksums() == []
    offsets = [{table.offset for table in record.font.tables} for record in read.fonts]
    assert bool(offsets[0] & offsets[1]) is shared

    signed = Collection(major_version=2, fonts=[], signature=Signature())
    assert codec(Collection).encode(signed) == b"ttcf" + bytes.fromhex("0002 0000 00000000") + bytes(12)
    assert codec(Collection).decode(codec(Collection).encode(signed)) == signed


def fields(table: Any, names: dict[str, str]) -> dict[str, Any]:
    """
    Attributes of a table of ours, by fontTools' names.
    """
    return {their: getattr(table, our) for their, our in names.items()}


HEAD = {
    "checkSumAdjustment": "adjustment",
    "flags": "flags",
    "unitsPerEm": "units_per_em",
    "xMin": "x_min",
    "yMin": "y_min",
    "xMax": "x_max",
    "yMax": "y_max",
    "macStyle": "mac_style",
    "lowestRecPPEM": "lowest_ppem",
    "fontDirectionHint": "direction_hint",
    "indexToLocFormat": "loca_format",
    "glyphDataFormat": "glyph_data_format",
    "magicNumber": "magic",
}
HHEA = {
    "ascent": "ascender",
    "descent": "descender",
    "lineGap": "line_gap",
    "advanceWidthMax": "advance_width_max",
    "minLeftSideBearing": "min_left_side_bearing",
    "minRightSideBearing": "min_right_side_bearing",
    "xMaxExtent": "x_max_extent",
    "caretSlopeRise": "caret_slope_rise",
    "caretSlopeRun": "caret_slope_run",
    "caretOffset": "caret_offset",
    "numberOfHMetrics": "metric_count",
}
PROFILE = {
    "maxPoints": "points",
    "maxContours": "contours",
    "maxCompositePoints": "composite_points",
    "maxCompositeContours": "composite_contours",
    "maxZones": "zones",
    "maxTwilightPoints": "twilight_points",
    "maxStorage": "storage",
    "maxFunctionDefs": "function_definitions",
    "maxInstructionDefs": "instruction_definitions",
    "maxStackElements": "stack_elements",
    "maxSizeOfInstructions": "size_of_instructions",
    "maxComponentElements": "component_elements",
    "maxComponentDepth": "component_depth",
}
OS_2 = {
    "version": "version",
    "xAvgCharWidth": "average_width",
    "usWeightClass": "weight_class",
    "usWidthClass": "width_class",
    "fsType": "embedding",
    "ySubscriptXSize": "subscript_x_size",
    "ySubscriptYSize": "subscript_y_size",
    "ySubscriptXOffset": "subscript_x_offset",
    "ySubscriptYOffset": "subscript_y_offset",
    "ySuperscriptXSize": "superscript_x_size",
    "ySuperscriptYSize": "superscript_y_size",
    "ySuperscriptXOffset": "superscript_x_offset",
    "ySuperscriptYOffset": "superscript_y_offset",
    "yStrikeoutSize": "strikeout_size",
    "yStrikeoutPosition": "strikeout_position",
    "sFamilyClass": "family_class",
    "ulUnicodeRange1": "unicode_range_1",
    "ulUnicodeRange2": "unicode_range_2",
    "ulUnicodeRange3": "unicode_range_3",
    "ulUnicodeRange4": "unicode_range_4",
    "fsSelection": "selection",
    "fsFirstCharIndex": "first_char",
    "fsLastCharIndex": "last_char",
    "sTypoAscender": "typo_ascender",
    "sTypoDescender": "typo_descender",
    "sTypoLineGap": "typo_line_gap",
    "usWinAscent": "win_ascent",
    "usWinDescent": "win_descent",
}
POST = {
    "italicAngle": "italic_angle",
    "underlinePosition": "underline_position",
    "underlineThickness": "underline_thickness",
    "isFixedPitch": "is_fixed_pitch",
    "minMemType42": "min_memory_42",
    "maxMemType42": "max_memory_42",
    "minMemType1": "min_memory_1",
    "maxMemType1": "max_memory_1",
}


def test_fields_of_tables(codec: Codecs, backend: str) -> None:
    """
    head, hhea, maxp, OS/2 and post have the numbers that fontTools reads.
    """
    epoch = datetime.datetime(1904, 1, 1, tzinfo=datetime.UTC)
    for name, font in decoded(backend).items():
        their = theirs(name)
        head = codec(Head).decode(font["head"])
        maxp = codec(Maxp).decode(font["maxp"])
        os2 = codec(OS2).decode(font["OS/2"])
        for tag, ours, names in (
            ("head", head, HEAD),
            ("hhea", codec(Hhea).decode(font["hhea"]), HHEA),
            ("maxp", maxp.profile, PROFILE),
            ("OS/2", os2, OS_2),
            ("post", codec(Post).decode(font["post"]), POST),
        ):
            table = their[tag]
            assert fields(ours, names) == {n: getattr(table, n) for n in names}, (name, tag)
        # fontTools takes small numbers for seconds since 1970, whose start it puts one hour and twenty minutes too early.
        assert their["head"].created - (head.created - epoch).total_seconds() in {0, 0x7C259DC0}
        assert head.revision == pytest.approx(their["head"].fontRevision, abs=1e-4)
        assert maxp.glyph_count == their["maxp"].numGlyphs
        assert os2.vendor == their["OS/2"].achVendID
        panose = their["OS/2"].panose
        assert os2.panose[:3] == bytes((panose.bFamilyType, panose.bSerifStyle, panose.bWeight))
        if os2.code_pages is not None:
            assert os2.code_pages == CodePages(their["OS/2"].ulCodePageRange1, their["OS/2"].ulCodePageRange2)
        if os2.metrics is not None:
            assert (os2.metrics.x_height, os2.metrics.max_context) == (
                their["OS/2"].sxHeight,
                their["OS/2"].usMaxContext,
            )


def test_signs(codec: Codecs) -> None:
    """
    Which numbers of OS/2 have a sign shows where all bits are set.
    """
    from fontTools.ttLib import newTable

    data = bytes(2) + b"\xff" * 76
    their = newTable("OS/2")
    their.decompile(data, None)
    assert fields(codec(OS2).decode(data), OS_2) == {name: getattr(their, name) for name in OS_2}


def test_names_of_glyphs(codec: Codecs, backend: str) -> None:
    """
    Version 2 of post has the names that fontTools gives to the glyphs which have one of their own.
    """
    for name, font in decoded(backend).items():
        post = codec(Post).decode(font["post"])
        if not isinstance(post.names, PostNames):
            assert post.version is PostVersion.NONE
            continue
        order = theirs(name).getGlyphOrder()
        own = [string.text for string in post.names.names]
        assert post.names.glyph_count == len(order)
        for index, glyph in zip(post.names.indices, order, strict=True):
            if index >= 258:
                assert glyph.partition("#")[0] == own[index - 258]


def test_metrics(codec: Codecs, backend: str) -> None:
    """
    hmtx has an advance width and a bearing for each glyph.
    """
    for name, font in decoded(backend).items():
        hhea = codec(Hhea).decode(font["hhea"])
        hmtx = read_hmtx(font["hmtx"], hhea)
        metrics = [hmtx.of_glyph(i) for i in range(len(hmtx.metrics) + len(hmtx.left_side_bearings))]
        expected = theirs(name)["hmtx"].metrics
        assert [(m.advance_width, m.left_side_bearing) for m in metrics] == [
            expected[glyph] for glyph in theirs(name).getGlyphOrder()
        ]
        assert write_hmtx(hmtx, hhea) == font["hmtx"]


def test_strings(codec: Codecs, backend: str) -> None:
    """
    The strings of all platforms.
    """
    for name, font in decoded(backend).items():
        records = codec(Name).decode(font["name"]).records
        for ours, their in zip(records, theirs(name)["name"].names, strict=True):
            assert (ours.platform, ours.encoding, ours.language, ours.name) == (
                their.platformID,
                their.platEncID,
                their.langID,
                their.nameID,
            )
            if ours.other is None:
                assert ours.text == their.toUnicode()
            else:
                assert ours.text == their.string


def test_characters(codec: Codecs, backend: str) -> None:
    """
    cmap leads from characters to the glyphs that fontTools finds, in each encoding.
    """
    formats = set()
    for name, font in decoded(backend).items():
        cmap = codec(Cmap).decode(font["cmap"])
        their = theirs(name)
        for encoding, subtable in zip(cmap.encodings, their["cmap"].tables, strict=True):
            formats.add(encoding.subtable.format)
            assert encoding.subtable.format == subtable.format
            if len(subtable.cmap) < 10000:  # a font of all characters takes a second
                expected = {code: their.getGlyphID(glyph) for code, glyph in subtable.cmap.items()}
                mapping = encoding.subtable.body.mapping()
                assert mapping == {code: glyph for code, glyph in expected.items() if glyph}
        best = their.getBestCmap()
        if best is not None and len(best) < 10000:
            assert cmap.best().keys() == {code for code, glyph in best.items() if their.getGlyphID(glyph)}
    assert formats >= {0, 4, 6, 12}


def test_outlines(codec: Codecs, small: str) -> None:
    """
    Glyphs have the points and the components that fontTools reads, and are written as they were read.
    """
    font, their = codec(Font).decode(fonts()[small]), theirs(small)
    offsets = glyph_offsets(font["loca"], codec(Head).decode(font["head"]).loca_format)
    glyphs = list(read_glyphs(font["glyf"], offsets))
    assert len(glyphs) == their["maxp"].numGlyphs
    for i, (name, glyph) in enumerate(zip(their.getGlyphOrder(), glyphs, strict=True)):
        expected = their["glyf"][name]
        if glyph is None:
            assert expected.numberOfContours == 0
            continue
        assert codec(Glyph).encode(glyph) == font["glyf"][offsets[i] : offsets[i + 1]]
        assert (glyph.x_min, glyph.y_max) == (expected.xMin, expected.yMax)
        if isinstance(glyph.outline, Simple):
            points, ends, flags = expected.getCoordinates(their["glyf"])
            contours = glyph.outline.points()
            assert [len(contour) for contour in contours] == [e - b for b, e in zip([-1, *ends], ends, strict=False)]
            assert [point for contour in contours for point in contour] == [
                (x, y, bool(flag & 1)) for (x, y), flag in zip(points, flags, strict=True)
            ]
            assert Simple.of(contours, glyph.outline.instructions).points() == contours
        else:
            assert [component.glyph for component in glyph.outline.components] == [
                their.getGlyphID(component.glyphName) for component in expected.components
            ]


def composite() -> Glyph:
    """
    A glyph of other glyphs, placed in all ways.
    """
    from bebytes import i8, i16, u8, u16

    parts = [
        (0x20, Pair[u8](200, 255), None),
        (0x21, Pair[u16](1, 60000), None),
        (0x22 | 0x08, Pair[i8](-128, 127), Scale(0.5)),
        (0x23 | 0x40, Pair[i16](-30000, 5), XYScale(-2.0, 1.25)),
        (0x103 | 0x80, Pair[i16](1, 2), TwoByTwo(0.0, 1.0, -1.0, 1 - 2**-14)),
    ]
    components = [
        Component(flags=ComponentFlags(flags), glyph=i, place=place, scale=scale)
        for i, (flags, place, scale) in enumerate(parts)
    ]
    components[-1].instructions = Instructions(content=b"\x4f\x2d")
    outline = Composite(components=components, rest=b"\0")
    return Glyph(contour_count=-1, x_min=0, y_min=-1, x_max=2, y_max=3, outline=outline)


def test_composites(codec: Codecs) -> None:
    """
    Components of all kinds; fontTools reads the same.
    """
    from fontTools.ttLib.tables._g_l_y_f import Glyph as TheirGlyph  # type: ignore[import-untyped]
    from fontTools.ttLib.tables._g_l_y_f import table__g_l_y_f

    glyph = composite()
    data = codec(Glyph).encode(glyph)
    assert codec(Glyph).decode(data) == glyph

    table = table__g_l_y_f()
    table.glyphOrder = [f"glyph{i}" for i in range(10)]
    table._reverseGlyphOrder = {name: i for i, name in enumerate(table.glyphOrder)}
    their = TheirGlyph(data)
    their.expand(table)
    points = [(c.firstPt, c.secondPt) if hasattr(c, "firstPt") else (c.x, c.y) for c in their.components]
    assert isinstance(glyph.outline, Composite)
    assert points == [(c.place.first, c.place.second) for c in glyph.outline.components]
    assert their.components[2].transform == [[0.5, 0], [0, 0.5]]
    assert their.components[4].transform == [[0.0, 1.0], [-1.0, 1 - 2**-14]]
    assert their.program.getBytecode() == b"\x4f\x2d"


def test_strings_made_here(codec: Codecs) -> None:
    """
    Strings for three platforms, two of them the same bytes, and languages by their tags; fontTools reads them.
    """
    from fontTools.ttLib import newTable

    records = [
        NameRecord.of(NameId.FAMILY, "Größe", platform=Platform.UNICODE),
        NameRecord.of(NameId.FAMILY, "Größe", platform=Platform.MACINTOSH),
        NameRecord.of(NameId.FAMILY, "Größe"),
        NameRecord.of(NameId.SUBFAMILY, "🅰 fett", language=0x407),
    ]
    name = Name.of(records)
    data = codec(Name).encode(name)
    assert codec(Name).decode(data) == name
    assert len(name.strings) == 10 + 5 + 14
    table = newTable("name")
    table.decompile(data, None)
    assert [record.toUnicode() for record in table.names] == ["Größe", "Größe", "Größe", "🅰 fett"]

    tagged = Name(
        version=1,
        storage=6 + 2 + 4,
        records=[],
        languages=LanguageTags(tags=[LanguageTag(offset=0, tag="gsw")]),
        strings="gsw".encode("utf-16-be"),
    )
    data = codec(Name).encode(tagged)
    assert data.hex() == "00010000000c000100060000006700730077"
    assert codec(Name).decode(data) == tagged
    records[0].unicode = "Other"
    with pytest.raises(InvalidValue, match=r"records\[0\].unicode"):
        codec(Name).encode(name)


class Glyphs:
    """
    A font whose glyphs are named by their numbers.
    """

    lazy = True

    def getGlyphName(self, glyph: int) -> str:
        return str(glyph)

    def getGlyphNameMany(self, glyphs: list[int]) -> list[str]:
        return [*map(str, glyphs)]


def test_characters_made_here(codec: Codecs) -> None:
    """
    Subtables of all formats, two encodings with one subtable; fontTools reads them.
    """
    from fontTools.ttLib import newTable

    bodies: list[Any] = [
        Format0(glyphs=bytes(range(256))),
        Format4(
            end_codes=[0x42, 0x61, 0xFFFF],
            start_codes=[0x41, 0x61, 0xFFFF],
            deltas=[-0x40, 5, 1],
            range_offsets=[0, 4, 0],
            glyphs=[7],
        ),
        Format6(first_code=32, glyphs=[1, 0, 3]),
        Format12(groups=[Group(65, 70, 1), Group(0x1F600, 0x1F601, 9)]),
        Format13(groups=[Group(0, 100, 0), Group(0x1F600, 0x1F601, 9)]),
    ]
    numbers = [
        (Platform.MACINTOSH, 0),
        (Platform.WINDOWS, 1),
        (Platform.UNICODE, 3),
        (Platform.WINDOWS, 10),
        (Platform.UNICODE, 6),
    ]
    subtables = {number: Subtable(body=body) for number, body in zip(numbers, bodies, strict=True)}
    subtables[Platform.UNICODE, 4] = subtables[Platform.WINDOWS, 10]
    cmap = Cmap.of(subtables)
    data = codec(Cmap).encode(cmap)
    assert codec(Cmap).decode(data) == cmap
    assert [e.subtable.format for e in cmap.encodings] == [6, 12, 13, 0, 4, 12]
    assert cmap.best() == bodies[3].mapping()

    table = newTable("cmap")
    table.decompile(data, Glyphs())
    for encoding, their in zip(cmap.encodings, table.tables, strict=True):
        assert not isinstance(encoding.subtable.body, bytes)
        assert {c: int(g) for c, g in their.cmap.items() if int(g)} == encoding.subtable.body.mapping()
    assert bodies[1].mapping() == {0x41: 1, 0x42: 2, 0x61: 12}
    assert Format10(first_code=0x10000, glyphs=[5, 0]).mapping() == {0x10000: 5}
    assert Format10(first_code=0x10000, glyphs=[5, 0]).to_bytes().hex()[:36] == "000000000018000000000001000000000002"
    with pytest.raises(KeyError):
        Cmap(encodings=[]).best()


def test_other_formats_are_kept(codec: Codecs) -> None:
    """
    A subtable of another format is bytes, to the end of the table.
    """
    data = bytes.fromhex("0000 0001 0000 0005 0000000c 000e 0000000a 00000000")
    cmap = codec(Cmap).decode(data)
    assert cmap.encodings[0].subtable.format == 14
    assert cmap.encodings[0].subtable.body == data[14:]
    assert codec(Cmap).encode(cmap) == data


def test_offsets_of_glyphs() -> None:
    """
    Short ones count two bytes each.
    """
    assert glyph_offsets(bytes.fromhex("0000 0005 ffff"), LocaFormat.SHORT) == [0, 10, 131070]
    assert glyph_offsets(bytes.fromhex("00000000 00010000"), LocaFormat.LONG) == [0, 65536]
    with pytest.raises(DecodeError):
        glyph_offsets(b"\0\0\0", LocaFormat.SHORT)


@pytest.mark.parametrize(
    ("coordinates", "ends"), [(b"\x37", [0]), (b"\x3f", [0]), (b"", [0]), (b"\x31\x31", [1, 0]), (b"\x01\1\1", [0])]
)
def test_points_that_are_not_there(coordinates: bytes, ends: list[int]) -> None:
    """
    Coordinates that end too soon, and contours that go backwards.
    """
    with pytest.raises(ValueError):
        Simple(end_points=ends, coordinates=coordinates).points()


@pytest.mark.parametrize(
    ("tag", "at", "byte", "error", "path"),
    [
        ("head", 1, 2, InvalidConstant, ("major_version",)),
        ("head", 12, 0, InvalidConstant, ("magic",)),
        ("head", 18, 0x80, InvalidValue, ("units_per_em",)),
        ("head", 20, 0x7F, InvalidValue, ("created",)),
        ("head", 51, 2, InvalidDiscriminant, ("loca_format",)),
        ("hhea", 24, 1, InvalidConstant, ("unused",)),
        ("maxp", 1, 2, InvalidValue, ("version",)),
        ("OS/2", 1, 6, InvalidValue, ("version",)),
        ("cmap", 1, 1, InvalidConstant, ("version",)),
        ("name", 1, 2, InvalidValue, ("version",)),
    ],
)
def test_broken_tables(
    codec: Codecs, tag: str, at: int, byte: int, error: type[DecodeError], path: tuple[str, ...]
) -> None:
    """
    What must be so is checked, where it stands.
    """
    data = bytearray(Font.from_bytes(fonts()[SMALLEST[0]])[tag])
    data[at] = byte
    with pytest.raises(error) as caught:
        codec(TABLES[tag]).decode(bytes(data))
    assert caught.value.path == path


def test_damage(codec: Codecs) -> None:
    """
    Fonts and tables that were cut off or changed.
    """
    tables = {"maxp": Maxp(version=Maxp.CFF, glyph_count=3).to_bytes(), "abcd": b"12345"}
    data = codec(Font).encode(Font.of(tables, Sfnt.CFF))
    assert_cut_everywhere_fails(codec(Font), data)
    assert assert_survives(codec(Font), data) > len(data)
    font = Font.from_bytes(fonts()["cmex10.ttf"])
    for tag in ("head", "hhea", "maxp", "OS/2"):
        assert_cut_everywhere_fails(codec(TABLES[tag]), font[tag])
        assert_survives(codec(TABLES[tag]), font[tag])
    assert_survives(codec(Glyph), codec(Glyph).encode(composite()))
    subtables = {
        (Platform.WINDOWS, 1): Subtable(
            body=Format4(end_codes=[0x42], start_codes=[65], deltas=[1], range_offsets=[0], glyphs=[])
        )
    }
    assert_survives(codec(Cmap), codec(Cmap).encode(Cmap.of(subtables)))
    assert_survives(codec(Name), codec(Name).encode(Name.of([NameRecord.of(NameId.FAMILY, "ab")])))
    post = Post(
        version=PostVersion.OWN,
        underline_position=1,
        underline_thickness=1,
        names=PostNames(indices=[0, 258], names=[]),
    )
    assert_survives(codec(Post), codec(Post).encode(post))
