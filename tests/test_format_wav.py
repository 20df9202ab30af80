"""
`bebytes.formats.wav` beside the wave module of Python, on its own test files where they are installed.
"""

import importlib.util
import io
import sys
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from format_files import assert_only_our_errors, run_examples

from bebytes.errors import InsufficientData, InvalidConstant, InvalidValue, TrailingData
from bebytes.formats import wav

Codecs = Callable[..., Any]


def of_python() -> list[Path]:
    """
    The sounds that Python's own tests read.
    """
    spec = importlib.util.find_spec("test")
    if spec is None or spec.origin is None:
        return []
    return sorted(Path(spec.origin).parent.rglob("*.wav"))


def assert_as_wave(file: wav.File, data: bytes) -> None:
    """
    The parameters and the samples.
    """
    with wave.open(io.BytesIO(data)) as expected:
        of = file.format
        assert of.channels == expected.getnchannels()
        assert (of.bits_per_sample + 7) // 8 == expected.getsampwidth()
        assert of.sample_rate == expected.getframerate()
        assert len(file.data) // of.block_align == expected.getnframes()
        if sys.byteorder == "little":
            assert file.data == expected.readframes(expected.getnframes())


@pytest.mark.skipif(not of_python(), reason="the sounds of Python's own tests are not installed")
@pytest.mark.parametrize("path", of_python(), ids=lambda path: path.name)
def test_sounds_of_python(codec: Codecs, path: Path) -> None:
    """
    Sounds of other programs are what Python reads, and are written as they were.
    """
    data = path.read_bytes()
    file = codec(wav.File).decode(data)

    if file.format.format_tag == wav.FormatTag.PCM or sys.version_info >= (3, 12):
        assert_as_wave(file, data)
    assert codec(wav.File).encode(file) == data
    for info in (i for c in file.chunks if isinstance(c.body, wav.ListChunk) for i in c.body.items):
        assert isinstance(info, wav.Info)
        assert info.text.endswith("\0")


@pytest.mark.parametrize("channels", [1, 2, 6])
@pytest.mark.parametrize("width", [1, 2, 3, 4])
def test_sounds_that_python_writes(codec: Codecs, channels: int, width: int) -> None:
    """
    All widths of samples.
    """
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(44100)
        file.writeframes(bytes(range(channels * width * 4)))
    data = out.getvalue()
    read = codec(wav.File).decode(data)

    assert_as_wave(read, data)
    assert codec(wav.File).encode(read) == data
    made = wav.Format.pcm(channels=channels, sample_rate=44100, bits=8 * width)
    assert (
        codec(wav.File).encode(wav.File(chunks=[wav.Chunk(body=made), wav.Chunk(body=wav.Samples(read.data))])) == data
    )


def whole_file(riff: bytes = b"RIFF") -> wav.File:
    """
    A file with a chunk of every kind.
    """
    pcm = wav.Format.pcm(channels=1, sample_rate=8000, bits=8)
    pcm.format_tag = wav.FormatTag.MULAW
    pcm.extensions = [wav.Extension(body=b"xy")]
    texts = [
        wav.Info(kind=wav.InfoKind.INAM, text="Übung\0"),
        wav.Info(kind=wav.InfoKind.ISFT, text="us\0"),
    ]
    return wav.File(
        riff=riff,
        chunks=[
            wav.Chunk(body=pcm),
            wav.Chunk(body=wav.Fact(3)),
            wav.Chunk(body=wav.ListChunk(b"INFO", texts)),
            wav.Chunk(body=wav.ListChunk(b"adtl", b"other")),
            wav.Chunk(kind=int.from_bytes(b"cue "), body=b"\0\0\0\0\1"),
            wav.Chunk(body=wav.Samples(b"abc")),
        ],
    )


def test_made_from_scratch(codec: Codecs) -> None:
    """
    Lengths, kinds and gaps follow from what chunks hold.
    """
    data = codec(wav.File).encode(whole_file())
    file = codec(wav.File).decode(data)

    assert file == whole_file()
    assert file.length == len(data) - 8
    assert [(c.kind.to_bytes(4), c.length, c.gap) for c in file.chunks] == [
        (b"fmt ", 20, b""),
        (b"fact", 4, b""),
        (b"LIST", 30, b""),
        (b"LIST", 9, b"\0"),
        (b"cue ", 5, b"\0"),
        (b"data", 3, b"\0"),
    ]
    assert data[-4:] == b"abc\0"
    assert file.data == b"abc"
    assert file.format.extensions[0].body == b"xy"


def test_big_endian(codec: Codecs) -> None:
    """
    In a file of the form RIFX numbers are big endian, names stand as ever.
    """
    data = codec(wav.File).encode(whole_file(b"RIFX"))
    little = codec(wav.File).encode(whole_file())

    assert data[:24] == b"RIFX\0\0\0" + little[4:5] + b"WAVEfmt \0\0\0\x14\0\7\0\1"
    assert codec(wav.File).decode(data) == whole_file(b"RIFX")


def test_what_fills_up_is_kept(codec: Codecs) -> None:
    """
    A byte that fills up and is not zero is written as it was.
    """
    data = codec(wav.File).encode(whole_file())[:-1] + b"!"
    file = codec(wav.File).decode(data)
    assert file.chunks[-1].gap == b"!"
    assert codec(wav.File).encode(file) == data


def test_errors(codec: Codecs) -> None:
    """
    What is wrong is told with its place.
    """
    of = codec(wav.File)
    data = of.encode(whole_file())

    with pytest.raises(InvalidValue) as riff:
        of.decode(b"RIFE" + data[4:])
    assert riff.value.path == ("riff",)
    with pytest.raises(InvalidConstant) as form:
        of.decode(data[:8] + b"AVI " + data[12:])
    assert form.value.path == ("wave",)
    with pytest.raises(TrailingData):
        of.decode(data + b"\0")
    with pytest.raises(InsufficientData) as gap:
        of.decode(b"RIFF\x0d\0\0\0WAVEdata\1\0\0\0a")
    assert gap.value.path == ("chunks", 0, "gap")
    with pytest.raises(ValueError, match="no chunk"):
        of.decode(b"RIFF\4\0\0\0WAVE").format  # noqa: B018 (a property)


def test_damaged(codec: Codecs) -> None:
    """
    A file that is cut off or has a wrong bit is an error of ours, or another file.
    """
    of = codec(wav.File)
    assert_only_our_errors(of.decode, of.encode, of.encode(whole_file()), refused=0.6)


def test_examples() -> None:
    """
    The example in the docstring gives what it shows.
    """
    assert run_examples(wav) >= 3
