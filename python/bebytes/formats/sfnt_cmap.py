r"""
The table cmap of font files: from characters to glyphs.

Source: OpenType specification 1.9.1 (ISO/IEC 14496-22), "cmap". Of the formats of subtables, 0, 4, 6, 10, 12 and 13 are
here, which are all that fonts for Unicode and for 8-bit encodings use; others are kept as bytes. All is big endian.

>>> cmap = Cmap.from_bytes(bytes.fromhex(
...     "0000 0001 0003 0001 0000000c"  # one encoding: Windows, Unicode
...     "0004 0020 0000 0004 0004 0001 0000 0042 ffff 0000 0041 ffff ffc2 0001 0000 0000"  # format 4: A and B
... ))
>>> cmap.encodings[0].platform, cmap.encodings[0].subtable.body.mapping()
(<Platform.WINDOWS: 3>, {65: 3, 66: 4})
"""

from collections.abc import Iterator, Mapping
from typing import Annotated

from bebytes import Struct, at, computed, const, count, derived, field, i16, padding, size, switch, u16, u32

from .sfnt_name import Platform

__all__ = ["Cmap", "Encoding", "Format0", "Format4", "Format6", "Format10", "Format12", "Format13", "Group", "Subtable"]


class Format0(Struct, kw_only=True, byteorder="big"):
    """
    A glyph for each of 256 characters.
    """

    length: u16 = const(262)
    language: u16 = 0
    glyphs: bytes = size(256)

    def mapping(self) -> dict[int, int]:
        """
        From characters to glyphs, without those that have none.
        """
        return {code: glyph for code, glyph in enumerate(self.glyphs) if glyph}


class Format4(Struct, kw_only=True, byteorder="big"):
    """
    Segments of characters: of each, the glyph is its number and `deltas`, or stands in `glyphs`.

    Attributes:
        segments_2: twice the number of segments.
        search_range: twice the largest power of two that is no more than the number of segments; fonts may have others.
        entry_selector: the logarithm of its half, to base 2.
        range_shift: `segments_2` less the search range.
        end_codes: the last character of each segment; of the last segment 0xFFFF.
        start_codes: the first ones.
        deltas: added to a character or a glyph, modulo 65536.
        range_offsets: 0, or the bytes from this number itself to the glyph of the first character.
    """

    length: u16 = computed("2 + sizeof(self)")
    language: u16 = 0
    segments_2: u16 = computed("2 * len(end_codes)")
    search_range: u16 = 2
    entry_selector: u16 = 0
    range_shift: u16 = 0
    end_codes: list[u16] = count("segments_2 / 2")
    pad: bytes = padding(2)
    start_codes: list[u16] = count("segments_2 / 2")
    deltas: list[i16] = count("segments_2 / 2")
    range_offsets: list[u16] = count("segments_2 / 2")
    glyphs: list[u16] = count("(length - 2 - sizeof(length:range_offsets)) / 2")

    def mapping(self) -> dict[int, int]:
        """
        From characters to glyphs, without those that have none.

        Raises:
            ValueError: a glyph is said to stand behind the end.
        """
        return {code: glyph for code, glyph in self._all() if glyph}

    def _all(self) -> Iterator[tuple[int, int]]:
        columns = zip(self.start_codes, self.end_codes, self.deltas, self.range_offsets, strict=True)
        for i, (start, end, delta, offset) in enumerate(columns):
            first = offset // 2 - (len(self.range_offsets) - i)
            for code in range(start, end + 1):
                glyph = code
                if offset and offset != 0xFFFF:
                    index = first + code - start
                    if not 0 <= index < len(self.glyphs):
                        raise ValueError(f"the glyph of character {code} is number {index} of {len(self.glyphs)}")
                    glyph = self.glyphs[index]
                yield code, (glyph + delta) & 0xFFFF if glyph or not offset else 0


class Format6(Struct, kw_only=True, byteorder="big"):
    """
    A glyph for each of a row of characters.
    """

    length: u16 = computed("2 + sizeof(self)")
    language: u16 = 0
    first_code: u16
    glyph_count: u16 = derived
    glyphs: list[u16] = count("glyph_count")

    def mapping(self) -> dict[int, int]:
        """
        From characters to glyphs, without those that have none.
        """
        return {code: glyph for code, glyph in enumerate(self.glyphs, self.first_code) if glyph}


class Format10(Struct, kw_only=True, byteorder="big"):
    """
    As format 6, in 32 bits.
    """

    unused: u16 = const(0)
    length: u32 = computed("2 + sizeof(self)")
    language: u32 = 0
    first_code: u32
    glyph_count: u32 = derived
    glyphs: list[u16] = count("glyph_count")

    def mapping(self) -> dict[int, int]:
        """
        From characters to glyphs, without those that have none.
        """
        return {code: glyph for code, glyph in enumerate(self.glyphs, self.first_code) if glyph}


class Group(Struct, byteorder="big"):
    """
    Characters from one to another, and the glyph of the first; the others have those that follow.
    """

    first_code: u32 = field(valid=range(0x110000))
    last_code: u32 = field(valid="first_code <= value and value < 0x110000")
    glyph: u32


class Format12(Struct, kw_only=True, byteorder="big"):
    """
    Groups of characters, of all of Unicode.
    """

    unused: u16 = const(0)
    length: u32 = computed("2 + sizeof(self)")
    language: u32 = 0
    group_count: u32 = derived
    groups: list[Group] = count("group_count")

    def mapping(self) -> dict[int, int]:
        """
        From characters to glyphs, without those that have none.
        """
        found: dict[int, int] = {}
        for group in self.groups:
            codes = range(group.first_code, group.last_code + 1)
            found.update((code, glyph) for glyph, code in enumerate(codes, group.glyph) if glyph)
        return found


class Format13(Struct, kw_only=True, byteorder="big"):
    """
    As format 12, with one glyph for all characters of a group.
    """

    unused: u16 = const(0)
    length: u32 = computed("2 + sizeof(self)")
    language: u32 = 0
    group_count: u32 = derived
    groups: list[Group] = count("group_count")

    def mapping(self) -> dict[int, int]:
        """
        From characters to glyphs, without those that have none.
        """
        found: dict[int, int] = {}
        for group in self.groups:
            if group.glyph:
                found.update(dict.fromkeys(range(group.first_code, group.last_code + 1), group.glyph))
        return found


class Subtable(Struct, kw_only=True, byteorder="big"):
    """
    The glyphs of an encoding, in one of several formats; of others, all to the end of the table.
    """

    format: u16 = derived
    body: Format0 | Format4 | Format6 | Format10 | Format12 | Format13 | bytes = switch(
        "format", {0: Format0, 4: Format4, 6: Format6, 10: Format10, 12: Format12, 13: Format13}, default=bytes
    )


class Encoding(Struct, kw_only=True, byteorder="big"):
    """
    An encoding of a platform, and its subtable, which others may have too.

    Attributes:
        offset: bytes from the start of the table.
    """

    platform: Annotated[Platform, u16]
    encoding: u16
    offset: u32
    subtable: Subtable = at("offset")


class Cmap(Struct, kw_only=True, byteorder="big"):
    """
    The table cmap.

    Attributes:
        encodings: in the order of their platforms and numbers.
    """

    version: u16 = const(0)
    encoding_count: u16 = derived
    encodings: list[Encoding] = count("encoding_count")

    def best(self) -> dict[int, int]:
        """
        From characters of Unicode to glyphs, by the encoding that has the most of them.

        Raises:
            KeyError: there is none for Unicode.
            ValueError: as for `Format4.mapping`.
        """
        by_number = {(e.platform, e.encoding): e.subtable.body for e in self.encodings}
        for number in _BEST:
            body = by_number.get(number)
            if body is not None and not isinstance(body, bytes):
                return body.mapping()
        raise KeyError("an encoding of Unicode")

    @classmethod
    def of(cls, subtables: Mapping[tuple[Platform, int], Subtable]) -> "Cmap":
        """
        The table of these encodings; those with equal subtables share one.
        """
        offsets: dict[bytes, int] = {}
        end, encodings = 4 + 8 * len(subtables), []
        for (platform, encoding), subtable in sorted(subtables.items(), key=lambda item: item[0]):
            content = subtable.to_bytes()
            if content not in offsets:
                offsets[content] = end
                end += len(content)
            encodings.append(Encoding(platform=platform, encoding=encoding, offset=offsets[content], subtable=subtable))
        return cls(encodings=encodings)


_BEST = [
    (Platform.WINDOWS, 10),
    (Platform.UNICODE, 6),
    (Platform.UNICODE, 4),
    (Platform.WINDOWS, 1),
    (Platform.UNICODE, 3),
    (Platform.UNICODE, 2),
    (Platform.UNICODE, 1),
    (Platform.UNICODE, 0),
]
