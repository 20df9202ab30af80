r"""
PNG: images as a signature and a row of chunks, each with a CRC.

The standard is the W3C's "Portable Network Graphics (PNG) Specification (Third Edition)", https://www.w3.org/TR/png-3/.

>>> import zlib
>>> from bebytes.formats import png
>>> image = png.Image(
...     header=png.Header(width=2, height=1, bit_depth=8, colour_type=png.ColourType.TRUECOLOUR),
...     chunks=[
...         png.Chunk(body=png.Text("Title", "red and blue")),
...         png.Chunk(body=png.ImageData(zlib.compress(b"\0\xff\0\0\0\0\xff"))),
...         png.Chunk(body=png.End()),
...     ],
... )
>>> data = image.to_bytes()
>>> data[:24]
b'\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x02\x00\x00\x00\x01'
>>> png.Image.from_bytes(data).chunks[0]
Chunk(length=18, kind=<Kind.tEXt: 1950701684>, body=Text(keyword='Title', text='red and blue'))
>>> zlib.decompress(image.data)
b'\x00\xff\x00\x00\x00\x00\xff'

A chunk's length, kind and CRC follow from what it holds. Chunks that have no struct here are `bytes`, and their kind is an
integer where it has no name. What is compressed stays so: `zlib` gives the pixels, in rows that are filtered as the standard
says.
"""

import enum

from bebytes import Struct, bits, checksum, const, derived, field, repeat_until, scaled, switch, u8, u16, u32, until

__all__ = [
    "AnimationControl",
    "Background",
    "Chromaticities",
    "Chunk",
    "CodePoints",
    "Colour",
    "ColourType",
    "CompressedText",
    "DisposeOperation",
    "End",
    "FrameControl",
    "FrameData",
    "Gamma",
    "GreySample",
    "Header",
    "Histogram",
    "Image",
    "ImageData",
    "Intent",
    "InternationalText",
    "Kind",
    "ModificationTime",
    "Palette",
    "PaletteAlpha",
    "PaletteIndex",
    "PhysicalDimensions",
    "Profile",
    "RgbSample",
    "StandardRgb",
    "Text",
    "Transparency",
    "Unit",
]


class Kind(enum.IntEnum):
    """
    The kinds of chunks that are read: their four letters as a number.

    A small first letter means that a reader may skip the chunk, a small last one that an editor may keep it.
    """

    PLTE = int.from_bytes(b"PLTE")
    IDAT = int.from_bytes(b"IDAT")
    IEND = int.from_bytes(b"IEND")
    tRNS = int.from_bytes(b"tRNS")  # noqa: N815 (so the standard calls it; those below likewise)
    cHRM = int.from_bytes(b"cHRM")  # noqa: N815
    gAMA = int.from_bytes(b"gAMA")  # noqa: N815
    iCCP = int.from_bytes(b"iCCP")  # noqa: N815
    sRGB = int.from_bytes(b"sRGB")  # noqa: N815
    cICP = int.from_bytes(b"cICP")  # noqa: N815
    tEXt = int.from_bytes(b"tEXt")  # noqa: N815
    zTXt = int.from_bytes(b"zTXt")  # noqa: N815
    iTXt = int.from_bytes(b"iTXt")  # noqa: N815
    bKGD = int.from_bytes(b"bKGD")  # noqa: N815
    hIST = int.from_bytes(b"hIST")  # noqa: N815
    pHYs = int.from_bytes(b"pHYs")  # noqa: N815
    tIME = int.from_bytes(b"tIME")  # noqa: N815
    acTL = int.from_bytes(b"acTL")  # noqa: N815
    fcTL = int.from_bytes(b"fcTL")  # noqa: N815
    fdAT = int.from_bytes(b"fdAT")  # noqa: N815


class ColourType(enum.IntEnum):
    """
    What the samples of a pixel are.
    """

    GREYSCALE = 0
    TRUECOLOUR = 2
    INDEXED = 3
    GREYSCALE_ALPHA = 4
    TRUECOLOUR_ALPHA = 6


class Interlace(enum.IntEnum):
    """
    The order in which pixels are sent.
    """

    NONE = 0
    ADAM7 = 1


class Header(Struct, kw_only=True):
    """
    IHDR, always the first chunk: the size of the image in pixels, and what a pixel is.
    """

    length: u32 = const(13)
    kind: bytes = const(b"IHDR")
    width: u32 = field(valid=range(1, 1 << 31))
    height: u32 = field(valid=range(1, 1 << 31))
    bit_depth: u8 = field(valid={1, 2, 4, 8, 16}, doc="bits of a sample, or of an index into the palette")
    colour_type: ColourType = field(
        valid="bit_depth == 8 or (bit_depth != 16 if value == ColourType.INDEXED else bit_depth == 16 or not value)"
    )
    compression: u8 = const(0)
    filter: u8 = const(0)
    interlace: Interlace = Interlace.NONE
    crc: u32 = checksum("crc-32", over="kind:interlace")


class Colour(Struct):
    """
    A colour of the palette.
    """

    red: u8
    green: u8
    blue: u8


class Palette(Struct):
    """
    PLTE: 1 to 256 colours.
    """

    colours: list[Colour]


class ImageData(Struct):
    """
    IDAT: a part of the zlib stream of the pixels, which goes on in the next one.
    """

    data: bytes


class End(Struct):
    """
    IEND: the last chunk.
    """

    nothing: bytes = const(b"")


class GreySample(Struct):
    """
    A shade of grey, in as many of the low bits as the image has.
    """

    grey: u16


class RgbSample(Struct):
    """
    A colour, in as many of the low bits as the image has.
    """

    red: u16
    green: u16
    blue: u16


class PaletteIndex(Struct):
    """
    A colour of the palette.
    """

    index: u8


class PaletteAlpha(Struct):
    """
    How opaque the first colours of the palette are, 255 for wholly.
    """

    alphas: list[u8]


class Transparency(Struct, parameters=("colour_type",)):
    """
    tRNS: the one colour that is transparent, or the alphas of the palette.
    """

    value: GreySample | RgbSample | PaletteAlpha = switch(
        "colour_type",
        {
            ColourType.GREYSCALE: GreySample,
            ColourType.TRUECOLOUR: RgbSample,
            ColourType.INDEXED: PaletteAlpha,
        },
    )


class Background(Struct, parameters=("colour_type",)):
    """
    bKGD: the colour to show the image against.
    """

    value: GreySample | RgbSample | PaletteIndex = switch(
        "colour_type",
        {
            (ColourType.GREYSCALE, ColourType.GREYSCALE_ALPHA): GreySample,
            (ColourType.TRUECOLOUR, ColourType.TRUECOLOUR_ALPHA): RgbSample,
            ColourType.INDEXED: PaletteIndex,
        },
    )


class Chromaticities(Struct):
    """
    cHRM: where the white point and the primaries lie in the CIE's plane of colours.
    """

    white_x: float = scaled(u32, 1e-5)
    white_y: float = scaled(u32, 1e-5)
    red_x: float = scaled(u32, 1e-5)
    red_y: float = scaled(u32, 1e-5)
    green_x: float = scaled(u32, 1e-5)
    green_y: float = scaled(u32, 1e-5)
    blue_x: float = scaled(u32, 1e-5)
    blue_y: float = scaled(u32, 1e-5)


class Gamma(Struct):
    """
    gAMA: the exponent that made the samples, such as 1 / 2.2.
    """

    gamma: float = scaled(u32, 1e-5)


class Profile(Struct):
    """
    iCCP: a colour profile of the ICC, compressed by zlib.
    """

    name: str = until("\0", encoding="latin-1")
    compression: u8 = const(0)
    profile: bytes


class Intent(enum.IntEnum):
    """
    What counts where a colour cannot be shown.
    """

    PERCEPTUAL = 0
    RELATIVE_COLORIMETRIC = 1
    SATURATION = 2
    ABSOLUTE_COLORIMETRIC = 3


class StandardRgb(Struct):
    """
    sRGB: samples are in the colour space of that name.
    """

    intent: Intent


class CodePoints(Struct):
    """
    cICP: the colour space by the numbers of ITU-T H.273.
    """

    colour_primaries: u8
    transfer_function: u8
    matrix_coefficients: u8
    full_range: bool


class Text(Struct):
    """
    tEXt: a text under a keyword, such as "Title" or "Author".
    """

    keyword: str = until("\0", encoding="latin-1")
    text: str = field(encoding="latin-1")


class CompressedText(Struct):
    """
    zTXt: the same, the text (in Latin-1) compressed by zlib.
    """

    keyword: str = until("\0", encoding="latin-1")
    compression: u8 = const(0)
    text: bytes


class InternationalText(Struct, kw_only=True):
    """
    iTXt: a text in any language, in UTF-8; bytes where it is compressed by zlib.
    """

    keyword: str = until("\0", encoding="latin-1")
    compressed: bool = False
    compression: u8 = const(0)
    language: str = until("\0", default="")
    translated_keyword: str = until("\0", default="")
    text: str | bytes = switch("compressed", {0: str, 1: bytes})


class Histogram(Struct):
    """
    hIST: how often each colour of the palette occurs, more or less.
    """

    frequencies: list[u16]


class Unit(enum.IntEnum):
    """
    What pixels are counted on.
    """

    UNKNOWN = 0
    METRE = 1


class PhysicalDimensions(Struct):
    """
    pHYs: pixels on a unit, or only the shape of one.
    """

    x: u32
    y: u32
    unit: Unit


class ModificationTime(Struct):
    """
    tIME: when the image was last changed, in UTC.
    """

    year: u16
    month: u8 = field(valid=range(1, 13))
    day: u8 = field(valid=range(1, 32))
    hour: u8 = field(valid=range(24))
    minute: u8 = field(valid=range(60))
    second: u8 = field(valid=range(61))


class AnimationControl(Struct):
    """
    acTL: the image moves, `plays` times, or for ever where that is 0.
    """

    frames: u32 = field(valid="value > 0")
    plays: u32


class DisposeOperation(enum.IntEnum):
    """
    What becomes of a frame before the next one.
    """

    NONE = 0
    BACKGROUND = 1
    PREVIOUS = 2


class FrameControl(Struct):
    """
    fcTL: where the next frame stands, and for how many seconds: `delay_numerator / delay_denominator` (0: 100).
    """

    sequence_number: u32
    width: u32
    height: u32
    x_offset: u32
    y_offset: u32
    delay_numerator: u16
    delay_denominator: u16
    dispose: DisposeOperation
    blend: bool = bits(8)


class FrameData(Struct):
    """
    fdAT: as `ImageData`, of a frame behind the first.
    """

    sequence_number: u32
    data: bytes


Body = (
    Palette
    | ImageData
    | End
    | Transparency
    | Chromaticities
    | Gamma
    | Profile
    | StandardRgb
    | CodePoints
    | Text
    | CompressedText
    | InternationalText
    | Background
    | Histogram
    | PhysicalDimensions
    | ModificationTime
    | AnimationControl
    | FrameControl
    | FrameData
    | bytes
)
"""What a chunk may hold."""


class Chunk(Struct, kw_only=True, parameters=("colour_type",)):
    """
    A chunk behind the header; `kind` needs to be given for `bytes` only.
    """

    length: u32 = derived
    kind: Kind | int = field(default=derived, unknown="keep")
    body: Body = switch(
        "kind",
        {
            Kind.PLTE: Palette,
            Kind.IDAT: ImageData,
            Kind.IEND: End,
            Kind.tRNS: Transparency,
            Kind.cHRM: Chromaticities,
            Kind.gAMA: Gamma,
            Kind.iCCP: Profile,
            Kind.sRGB: StandardRgb,
            Kind.cICP: CodePoints,
            Kind.tEXt: Text,
            Kind.zTXt: CompressedText,
            Kind.iTXt: InternationalText,
            Kind.bKGD: Background,
            Kind.hIST: Histogram,
            Kind.pHYs: PhysicalDimensions,
            Kind.tIME: ModificationTime,
            Kind.acTL: AnimationControl,
            Kind.fcTL: FrameControl,
            Kind.fdAT: FrameData,
        },
        default=bytes,
        size="length",
        parameters={"colour_type": "colour_type"},
    )
    crc: u32 = checksum("crc-32", over="kind:body")


class Image(Struct, byteorder="big"):
    """
    A whole image, or an animation.
    """

    signature: bytes = const(b"\x89PNG\r\n\x1a\n")
    header: Header
    chunks: list[Chunk] = repeat_until("item.kind == Kind.IEND", parameters={"colour_type": "header.colour_type"})

    @property
    def data(self) -> bytes:
        """
        The whole zlib stream of the pixels.
        """
        return b"".join(chunk.body.data for chunk in self.chunks if isinstance(chunk.body, ImageData))
