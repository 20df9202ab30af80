r"""
The table name of font files: the strings that people read.

Source: OpenType specification 1.9.1 (ISO/IEC 14496-22), "name". All is big endian.

>>> font = Name.of([NameRecord.of(NameId.FAMILY, "Größe"), NameRecord.of(NameId.FAMILY, "Größe", platform=Platform.MACINTOSH)])
>>> data = font.to_bytes()
>>> data[30:].hex(" ")
'00 47 00 72 00 f6 00 df 00 65 47 72 9a a7 65'
>>> [(record.platform.name, record.text) for record in Name.from_bytes(data).records]
[('WINDOWS', 'Größe'), ('MACINTOSH', 'Größe')]
"""

import enum
from collections.abc import Iterable
from typing import Annotated

from bebytes import Struct, at, count, derived, field, u16, when

__all__ = ["LanguageTag", "LanguageTags", "Name", "NameId", "NameRecord", "Platform"]


class Platform(enum.IntEnum):
    """
    Who numbered encodings and languages.
    """

    UNICODE = 0
    MACINTOSH = 1
    ISO = 2
    WINDOWS = 3
    CUSTOM = 4


class NameId(enum.IntEnum):
    """
    What a string says.
    """

    COPYRIGHT = 0
    FAMILY = 1
    SUBFAMILY = 2
    IDENTIFIER = 3
    FULL_NAME = 4
    VERSION = 5
    POSTSCRIPT_NAME = 6
    TRADEMARK = 7
    MANUFACTURER = 8
    DESIGNER = 9
    DESCRIPTION = 10
    VENDOR_URL = 11
    DESIGNER_URL = 12
    LICENSE = 13
    LICENSE_URL = 14
    TYPOGRAPHIC_FAMILY = 16
    TYPOGRAPHIC_SUBFAMILY = 17
    COMPATIBLE_FULL = 18
    SAMPLE_TEXT = 19


_UNICODE = "platform in (Platform.UNICODE, Platform.WINDOWS)"
_ROMAN = "platform == Platform.MACINTOSH and encoding == 0"


class NameRecord(Struct, kw_only=True, parameters=("storage",), byteorder="big"):
    """
    A string of the table name, in one language and for one platform: it is one of `unicode`, `roman` and `other`.

    Attributes:
        language: a number of the platform, or from 0x8000 on the index of a language tag.
        offset: bytes from the start of the table's strings.
        unicode: of the platforms Unicode and Windows.
        roman: of Macintosh, in its encoding 0.
        other: in encodings that Python has no codec for.
    """

    platform: Annotated[Platform, u16]
    encoding: u16
    language: u16
    name: Annotated[NameId, u16] = field(unknown="keep")
    length: u16 = derived
    offset: u16 = 0
    unicode: str | None = when(_UNICODE, at="storage + offset", size="length", encoding="utf-16-be", default=None)
    roman: str | None = when(_ROMAN, at="storage + offset", size="length", encoding="mac-roman", default=None)
    other: bytes | None = when(
        f"not ({_UNICODE}) and not ({_ROMAN})", at="storage + offset", size="length", default=None
    )

    @property
    def text(self) -> str | bytes | None:
        """
        The string, whatever its encoding.
        """
        if self.unicode is not None:
            return self.unicode
        return self.roman if self.roman is not None else self.other

    @classmethod
    def of(
        cls, name: NameId, text: str, *, platform: Platform = Platform.WINDOWS, language: int | None = None
    ) -> "NameRecord":
        """
        An English string, or one of another language, for Windows, Macintosh or Unicode.
        """
        if platform is Platform.MACINTOSH:
            return cls(platform=platform, encoding=0, language=language or 0, name=name, roman=text)
        is_windows = platform is Platform.WINDOWS
        encoding = 1 if is_windows else 3
        chosen = (0x409 if is_windows else 0) if language is None else language
        return cls(platform=platform, encoding=encoding, language=chosen, name=name, unicode=text)


class LanguageTag(Struct, kw_only=True, parameters=("storage",), byteorder="big"):
    """
    A language by its tag (BCP 47), in version 1 of the table name.
    """

    length: u16 = derived
    offset: u16
    tag: str = at("storage + offset", size="length", encoding="utf-16-be")


class LanguageTags(Struct, kw_only=True, parameters=("storage",), byteorder="big"):
    """
    What version 1 of the table name has more.
    """

    tag_count: u16 = derived
    tags: list[LanguageTag] = count("tag_count", parameters={"storage": "storage"})


class Name(Struct, kw_only=True, byteorder="big"):
    """
    The table name: the strings that people read.

    Attributes:
        storage: where in the table the strings begin.
        records: in the order of their platforms, encodings, languages and names.
        strings: all behind the records. It has the same bytes as the records, so that a table is written as it was read; other
            strings take another table, made by `of`.
    """

    version: u16 = field(default=0, valid=range(2))
    record_count: u16 = derived
    storage: u16
    records: list[NameRecord] = count("record_count", parameters={"storage": "storage"})
    languages: LanguageTags | None = when("version == 1", default=None, parameters={"storage": "storage"})
    strings: bytes

    @classmethod
    def of(cls, records: Iterable[NameRecord]) -> "Name":
        """
        The table of strings, each one stored once; it gives the records their offsets.
        """
        placed, offsets, strings = [*records], dict[bytes, int](), b""
        for record in placed:
            text = record.text or b""
            content = text if isinstance(text, bytes) else text.encode("utf-16-be" if record.unicode else "mac-roman")
            if content not in offsets:
                offsets[content] = len(strings)
                strings += content
            record.offset = offsets[content]
        return cls(storage=6 + 12 * len(placed), records=placed, strings=strings)
