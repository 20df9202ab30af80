r"""
Tables of font files: head, hhea, maxp, hmtx, OS/2 and post.

Source: OpenType specification 1.9.1 (ISO/IEC 14496-22), the chapters of these names. All is big endian.

>>> os2 = OS2.from_bytes(bytes(78))
>>> os2.version, os2.code_pages, os2.metrics
(0, None, None)
>>> Post(version=PostVersion.NONE, italic_angle=-12.5, underline_position=-100, underline_thickness=50).to_bytes()[:12].hex(" ", 4)
'00030000 fff38000 ff9c0032'
"""

import datetime
import enum
from typing import Annotated, ClassVar

from bebytes import (
    Codec,
    Struct,
    const,
    count,
    derived,
    field,
    fixed,
    i16,
    i32,
    i64,
    padding,
    size,
    switch,
    u8,
    u16,
    u32,
    when,
)
from bebytes.adapters import Adapter

__all__ = [
    "OS2",
    "CodePages",
    "Head",
    "Hhea",
    "Hmtx",
    "LocaFormat",
    "LongHorMetric",
    "Maxp",
    "MaxpProfile",
    "Metrics",
    "OpticalSizes",
    "Post",
    "PostNames",
    "PostVersion",
    "read_hmtx",
    "write_hmtx",
]

_EPOCH = datetime.datetime(1904, 1, 1, tzinfo=datetime.UTC)


def _to_datetime(seconds: int) -> datetime.datetime:
    return _EPOCH + datetime.timedelta(seconds=seconds)


def _from_datetime(moment: datetime.datetime) -> int:
    return (moment - _EPOCH) // datetime.timedelta(seconds=1)


LONGDATETIME = Adapter(_to_datetime, _from_datetime, carrier=i64, name="an aware datetime")
"""Seconds since 1904 in UTC."""


class LocaFormat(enum.IntEnum):
    """
    How the table loca counts: in 16 bits of two bytes each, or in 32 bits.
    """

    SHORT = 0
    LONG = 1


class Head(Struct, kw_only=True, byteorder="big"):
    """
    The table head: what holds for the whole font.

    Attributes:
        revision: 16.16, of the manufacturer.
        adjustment: such that the sum of the whole file is 0xB1B0AFBA.
        units_per_em: 16 to 16384.
        x_min: of all glyphs, as the three that follow.
        mac_style: bits: bold, italic, underline, outline, shadow, condensed, extended.
        lowest_ppem: the smallest readable size in pixels.
        glyph_data_format: 0.
    """

    major_version: u16 = const(1)
    minor_version: u16 = const(0)
    revision: float = fixed(i32, 16, default=1.0)
    adjustment: u32 = 0
    magic: u32 = const(0x5F0F3CF5)
    flags: u16 = 0
    units_per_em: u16 = field(valid=range(16, 16385))
    created: datetime.datetime = field(adapt=LONGDATETIME)
    modified: datetime.datetime = field(adapt=LONGDATETIME)
    x_min: i16
    y_min: i16
    x_max: i16
    y_max: i16
    mac_style: u16 = 0
    lowest_ppem: u16
    direction_hint: i16 = 2
    loca_format: Annotated[LocaFormat, i16]
    glyph_data_format: i16 = 0


class Hhea(Struct, kw_only=True, byteorder="big"):
    """
    The table hhea: what holds for all glyphs in horizontal lines.

    Attributes:
        metric_count: the metrics in hmtx that have an advance width.
    """

    major_version: u16 = const(1)
    minor_version: u16 = const(0)
    ascender: i16
    descender: i16
    line_gap: i16
    advance_width_max: u16
    min_left_side_bearing: i16
    min_right_side_bearing: i16
    x_max_extent: i16
    caret_slope_rise: i16 = 1
    caret_slope_run: i16 = 0
    caret_offset: i16 = 0
    unused: bytes = padding(8)
    metric_data_format: i16 = const(0)
    metric_count: u16


class MaxpProfile(Struct, byteorder="big"):
    """
    What a rasterizer of TrueType outlines needs room for.
    """

    points: u16
    contours: u16
    composite_points: u16
    composite_contours: u16
    zones: u16
    twilight_points: u16
    storage: u16
    function_definitions: u16
    instruction_definitions: u16
    stack_elements: u16
    size_of_instructions: u16
    component_elements: u16
    component_depth: u16


class Maxp(Struct, kw_only=True, byteorder="big"):
    """
    The table maxp: the number of glyphs, and limits of TrueType outlines.
    """

    CFF: ClassVar[int] = 0x00005000
    TRUETYPE: ClassVar[int] = 0x00010000

    version: u32 = field(valid={0x00005000, 0x00010000})
    glyph_count: u16
    profile: MaxpProfile | None = when("version == 0x00010000", default=None)


class LongHorMetric(Struct, byteorder="big"):
    """
    The advance width and the left side bearing of a glyph.
    """

    advance_width: u16
    left_side_bearing: i16


class Hmtx(Struct, parameters=("metric_count",), byteorder="big"):
    """
    The table hmtx: a metric for each glyph; those behind `metrics` have the advance width of the last of them.

    How many there are is in other tables; `read_hmtx` and `write_hmtx` take it from them.
    """

    metrics: list[LongHorMetric] = count("metric_count")
    left_side_bearings: list[i16]

    def of_glyph(self, glyph: int) -> LongHorMetric:
        """
        The metric of a glyph.

        Raises:
            IndexError: there is none.
        """
        if glyph < len(self.metrics):
            return self.metrics[glyph]
        return LongHorMetric(self.metrics[-1].advance_width, self.left_side_bearings[glyph - len(self.metrics)])


def read_hmtx(table: bytes, hhea: Hhea) -> Hmtx:
    """
    The table hmtx, by the number of metrics in hhea.

    Raises:
        DecodeError: the table is too short.
    """
    return Codec(Hmtx, parameters={"metric_count": hhea.metric_count}).decode(table)


def write_hmtx(hmtx: Hmtx, hhea: Hhea) -> bytes:
    """
    The bytes of the table hmtx.

    Raises:
        EncodeError: hhea has another number of metrics.
    """
    return Codec(Hmtx, parameters={"metric_count": hhea.metric_count}).encode(hmtx)


class CodePages(Struct, byteorder="big"):
    """
    The code pages that a font covers, a bit each, from version 1 of OS/2 on.
    """

    range_1: u32
    range_2: u32


class Metrics(Struct, kw_only=True, byteorder="big"):
    """
    What OS/2 has from version 2 on.
    """

    x_height: i16
    cap_height: i16
    default_char: u16 = 0
    break_char: u16 = 32
    max_context: u16


class OpticalSizes(Struct, byteorder="big"):
    """
    The sizes that a font is made for, in twentieths of a point, from version 5 of OS/2 on.
    """

    lower: u16
    upper: u16


class OS2(Struct, kw_only=True, byteorder="big"):
    """
    The table OS/2: weight, width and style of a font, and its metrics for Windows.

    Attributes:
        weight_class: 1 to 1000, 400 is normal.
        width_class: 1 to 9, 5 is normal.
        embedding: bits that say what a licence allows.
        panose: ten digits that classify the design.
        unicode_ranges: a bit a range, bit 0 the least.
        vendor: four characters.
        selection: bits: italic, underscore, negative, outlined, strikeout, bold, regular, ...
    """

    version: u16 = field(valid=range(6))
    average_width: i16
    weight_class: u16
    width_class: u16
    embedding: u16 = 0
    subscript_x_size: i16
    subscript_y_size: i16
    subscript_x_offset: i16
    subscript_y_offset: i16
    superscript_x_size: i16
    superscript_y_size: i16
    superscript_x_offset: i16
    superscript_y_offset: i16
    strikeout_size: i16
    strikeout_position: i16
    family_class: i16 = 0
    panose: bytes = size(10)
    unicode_range_1: u32
    unicode_range_2: u32 = 0
    unicode_range_3: u32 = 0
    unicode_range_4: u32 = 0
    vendor: str = size(4, encoding="latin-1")
    selection: u16
    first_char: u16
    last_char: u16
    typo_ascender: i16
    typo_descender: i16
    typo_line_gap: i16
    win_ascent: u16
    win_descent: u16
    code_pages: CodePages | None = when("version >= 1", default=None)
    metrics: Metrics | None = when("version >= 2", default=None)
    optical_sizes: OpticalSizes | None = when("version >= 5", default=None)


class PostVersion(enum.IntEnum):
    """
    Which names of glyphs the table post has.
    """

    STANDARD = 0x00010000
    OWN = 0x00020000
    OFFSETS = 0x00025000
    NONE = 0x00030000


class PascalString(Struct, kw_only=True, byteorder="big"):
    """
    A string behind the number of its bytes.
    """

    length: u8 = derived
    text: str = size("length", encoding="latin-1")


class PostNames(Struct, kw_only=True, byteorder="big"):
    """
    The names of glyphs: an index for each, below 258 into the standard names of Macintosh, from there on into `names`.
    """

    glyph_count: u16 = derived
    indices: list[u16] = count("glyph_count")
    names: list[PascalString]


class Post(Struct, kw_only=True, byteorder="big"):
    """
    The table post: what printers need to know.

    Attributes:
        italic_angle: degrees, counted against the clock from the vertical.
        is_fixed_pitch: not 0 where all glyphs are equally wide.
        names: in version 2; as bytes in version 2.5, which nobody writes any more.
    """

    version: Annotated[PostVersion, u32]
    italic_angle: float = fixed(i32, 16, default=0.0)
    underline_position: i16
    underline_thickness: i16
    is_fixed_pitch: u32 = 0
    min_memory_42: u32 = 0
    max_memory_42: u32 = 0
    min_memory_1: u32 = 0
    max_memory_1: u32 = 0
    names: PostNames | bytes | None = switch(
        "version",
        {
            PostVersion.OWN: PostNames,
            PostVersion.OFFSETS: bytes,
            (PostVersion.STANDARD, PostVersion.NONE): None,
        },
        default_factory=lambda: None,
    )
