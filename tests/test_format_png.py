"""
`bebytes.formats.png` on images of matplotlib and on such that are made here: Pillow says what they hold.
"""

import importlib.util
import io
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from format_files import assert_only_our_errors, run_examples
from PIL import Image as Pillow
from PIL.PngImagePlugin import ChunkStream, PngInfo

from bebytes.errors import ChecksumMismatch, InvalidConstant, InvalidDiscriminant, InvalidValue, TrailingData
from bebytes.formats import png

Codecs = Callable[..., Any]

LARGE = 100_000
"""Bytes: on the plain backend, larger files take too long."""


def of_matplotlib() -> list[Path]:
    """
    The images that come with matplotlib, where it is installed.
    """
    spec = importlib.util.find_spec("matplotlib")
    if spec is None or spec.origin is None:
        return []
    return sorted(Path(spec.origin).parent.rglob("*.png"))


def kinds_of(data: bytes) -> list[bytes]:
    """
    The kinds of the chunks as Pillow reads them, CRCs checked.
    """
    stream = ChunkStream(io.BytesIO(data[8:]))
    return [*stream.verify(b"IEND"), b"IEND"]


def assert_as_pillow(image: png.Image, data: bytes) -> None:
    """
    The chunks, the size and the kind of pixels, and the pixels themselves.
    """
    expected = Pillow.open(io.BytesIO(data))
    expected.load()
    header = image.header
    assert (header.width, header.height) == expected.size
    assert [chunk.kind.to_bytes(4) for chunk in image.chunks] == kinds_of(data)[1:]
    samples = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[header.colour_type]
    row = (header.width * header.bit_depth * samples + 7) // 8 + 1
    if header.interlace == png.Interlace.NONE:
        assert len(zlib.decompress(image.data)) == row * header.height


@pytest.mark.skipif(not of_matplotlib(), reason="matplotlib, whose images are read, is not installed")
@pytest.mark.parametrize("path", of_matplotlib(), ids=lambda path: path.name)
def test_images_of_matplotlib(codec: Codecs, backend: str, path: Path) -> None:
    """
    Images of other programs are what Pillow reads, and are written as they were.
    """
    data = path.read_bytes()
    if backend == "python" and len(data) > LARGE:
        pytest.skip("too large for the backend in plain Python")
    image = codec(png.Image).decode(data)

    assert_as_pillow(image, data)
    assert codec(png.Image).encode(image) == data


def saved(mode: str, **keywords: Any) -> bytes:
    """
    A small image as Pillow saves it.
    """
    out = io.BytesIO()
    Pillow.new(mode, (3, 2), 1).save(out, "PNG", **keywords)
    return out.getvalue()


MODES = {
    "1": (1, png.ColourType.GREYSCALE),
    "L": (8, png.ColourType.GREYSCALE),
    "I;16": (16, png.ColourType.GREYSCALE),
    "LA": (8, png.ColourType.GREYSCALE_ALPHA),
    "P": (1, png.ColourType.INDEXED),
    "RGB": (8, png.ColourType.TRUECOLOUR),
    "RGBA": (8, png.ColourType.TRUECOLOUR_ALPHA),
}


@pytest.mark.parametrize("mode", MODES)
def test_kinds_of_pixels(codec: Codecs, mode: str) -> None:
    """
    Images of each kind of pixel.
    """
    data = saved(mode)
    image = codec(png.Image).decode(data)

    assert (image.header.bit_depth, image.header.colour_type) == MODES[mode]
    assert_as_pillow(image, data)
    assert codec(png.Image).encode(image) == data


def only(image: png.Image, body: type[Any]) -> Any:
    """
    The one chunk that holds such a body.
    """
    (found,) = [chunk.body for chunk in image.chunks if isinstance(chunk.body, body)]
    return found


def test_texts(codec: Codecs) -> None:
    """
    Texts of three kinds, with and without compression.
    """
    info = PngInfo()
    info.add_text("Title", "Über")
    info.add_text("Comment", "long " * 20, zip=True)
    info.add_itxt("Author", "名前", lang="ja", tkey="著者")
    info.add_itxt("Source", "x" * 50, zip=True)
    data = saved("L", pnginfo=info)
    image = codec(png.Image).decode(data)

    assert only(image, png.Text) == png.Text("Title", "Über")
    assert zlib.decompress(only(image, png.CompressedText).text) == b"long " * 20
    plain, compressed = [c.body for c in image.chunks if isinstance(c.body, png.InternationalText)]
    assert isinstance(compressed.text, bytes)
    assert plain == png.InternationalText(keyword="Author", language="ja", translated_keyword="著者", text="名前")
    assert (compressed.compressed, zlib.decompress(compressed.text)) == (True, b"x" * 50)
    assert Pillow.open(io.BytesIO(data)).info["Title"] == "Über"
    assert codec(png.Image).encode(image) == data


@pytest.mark.parametrize(
    ("mode", "transparency", "value"),
    [
        ("L", 7, png.GreySample(7)),
        ("RGB", (1, 2, 3), png.RgbSample(1, 2, 3)),
        ("P", b"\x80", png.PaletteAlpha([0x80])),
    ],
)
def test_transparency(codec: Codecs, mode: str, transparency: Any, value: Any) -> None:
    """
    What is transparent is said in another way for each kind of pixel.
    """
    data = saved(mode, transparency=transparency)
    image = codec(png.Image).decode(data)

    assert only(image, png.Transparency).value == value
    assert codec(png.Image).encode(image) == data


def test_other_chunks(codec: Codecs) -> None:
    """
    What Pillow writes of resolution, profile and its own kinds.
    """
    info = PngInfo()
    info.add(b"prVt", b"ours")
    data = saved("RGB", dpi=(300, 300), icc_profile=b"no profile at all", pnginfo=info)
    image = codec(png.Image).decode(data)

    assert only(image, png.PhysicalDimensions) == png.PhysicalDimensions(11811, 11811, png.Unit.METRE)
    assert zlib.decompress(only(image, png.Profile).profile) == b"no profile at all"
    private = next(chunk for chunk in image.chunks if chunk.kind == int.from_bytes(b"prVt"))
    assert (private.body, private.kind.to_bytes(4)) == (b"ours", b"prVt")
    assert codec(png.Image).encode(image) == data


def test_animation(codec: Codecs) -> None:
    """
    The chunks of an animation.
    """
    out = io.BytesIO()
    frames = [Pillow.new("RGBA", (2, 2), (shade, 0, 0, 255)) for shade in (0, 90, 180)]
    frames[0].save(out, "PNG", save_all=True, append_images=frames[1:], duration=250, loop=2, disposal=1, blend=0)
    data = out.getvalue()
    image = codec(png.Image).decode(data)

    assert only(image, png.AnimationControl) == png.AnimationControl(3, 2)
    controls = [c.body for c in image.chunks if isinstance(c.body, png.FrameControl)]
    assert [c.delay_numerator / c.delay_denominator for c in controls] == [0.25] * 3
    assert [(c.dispose, c.blend) for c in controls] == [(png.DisposeOperation.BACKGROUND, False)] * 3
    assert [c.body.sequence_number for c in image.chunks if isinstance(c.body, png.FrameData)] == [2, 4]
    assert codec(png.Image).encode(image) == data


def whole_image() -> png.Image:
    """
    An image with a chunk of every kind that an indexed image may have.
    """
    bodies: list[Any] = [
        png.Chromaticities(0.3127, 0.329, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06),
        png.Gamma(0.45455),
        png.StandardRgb(png.Intent.PERCEPTUAL),
        png.CodePoints(1, 13, 0, full_range=True),
        png.Palette([png.Colour(0, 0, 0), png.Colour(255, 255, 255)]),
        png.Transparency(png.PaletteAlpha([128])),
        png.Background(png.PaletteIndex(1)),
        png.Histogram([1, 3]),
        png.ModificationTime(2024, 2, 29, 23, 59, 60),
        png.Text("Title", "dots"),
        png.ImageData(zlib.compress(b"\0\x40\0\xc0")),
        png.End(),
    ]
    header = png.Header(width=2, height=2, bit_depth=1, colour_type=png.ColourType.INDEXED)
    return png.Image(header, [png.Chunk(body=body) for body in bodies])


def test_made_from_scratch(codec: Codecs) -> None:
    """
    An image made of structs is one for Pillow.
    """
    data = codec(png.Image).encode(whole_image())
    image = codec(png.Image).decode(data)
    assert image.header == whole_image().header
    assert image.chunks[2:] == whole_image().chunks[2:]
    assert only(image, png.Chromaticities).white_x == pytest.approx(0.3127)
    assert codec(png.Image).encode(image) == data
    expected = Pillow.open(io.BytesIO(data))
    expected.load()

    assert expected.info["gamma"] == 0.45455
    assert expected.info["srgb"] == 0
    assert expected.info["chromaticity"] == (0.3127, 0.329, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06)
    assert expected.info["transparency"] == b"\x80"
    assert expected.info["Title"] == "dots"
    assert expected.getpalette()[:6] == [0, 0, 0, 255, 255, 255]  # type: ignore[index]  # it has one
    assert list(expected.tobytes("raw", "P")) == [0, 1, 1, 1]


@pytest.mark.parametrize(
    ("depth", "colour_type", "good"),
    [
        (16, 3, False),
        (4, 2, False),
        (1, 6, False),
        (4, 3, True),
        (16, 2, True),
        (2, 0, True),
        (16, 0, True),
        (8, 4, True),
    ],
)
def test_depths(codec: Codecs, depth: int, colour_type: int, good: bool) -> None:
    """
    Not each depth goes with each kind of pixel.
    """
    header = png.Header(width=1, height=1, bit_depth=depth, colour_type=png.ColourType(colour_type))
    if good:
        assert codec(png.Header).decode(codec(png.Header).encode(header)) == header
    else:
        with pytest.raises(InvalidValue):
            codec(png.Header).encode(header)


def test_errors(codec: Codecs) -> None:
    """
    What is wrong is told with its place.
    """
    of = codec(png.Image)
    data = of.encode(whole_image())

    with pytest.raises(InvalidConstant) as signature:
        of.decode(data.replace(b"\r\n", b"\n\n", 1))
    assert signature.value.path == ("signature",)
    with pytest.raises(ChecksumMismatch) as crc:
        of.decode(data.replace(b"dots", b"does"))
    assert crc.value.path == ("chunks", 9, "crc")
    with pytest.raises(InvalidDiscriminant, match="Intent"):
        of.decode(data.replace(b"sRGB\0", b"sRGB\4"))
    with pytest.raises(TrailingData):
        of.decode(data + b"\0")
    grey = png.Chunk(body=png.Background(png.GreySample(1)))
    image = whole_image()
    image.chunks.insert(0, grey)
    with pytest.raises(Exception, match=r"chunks\[0\]\.body\.value") as mixed:
        of.encode(image)
    assert type(mixed.value).__name__ == "WrongType"


def test_damaged(codec: Codecs) -> None:
    """
    An image that is cut off or has a wrong bit is an error of ours: the CRCs see all of it but the signature and lengths.
    """
    of = codec(png.Image)
    assert_only_our_errors(of.decode, of.encode, of.encode(whole_image()), refused=1)


def test_examples() -> None:
    """
    The example in the docstring gives what it shows.
    """
    assert run_examples(png) >= 5
