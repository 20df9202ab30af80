r"""
WAV: sound as a row of RIFF chunks, each filled up to an even number of bytes.

The format is that of "Multimedia Programming Interface and Data Specifications 1.0" (IBM and Microsoft, 1991), with
`WAVEFORMATEXTENSIBLE` as Microsoft documents it (mmreg.h).

>>> from bebytes.formats import wav
>>> sound = wav.File(
...     chunks=[
...         wav.Chunk(body=wav.Format.pcm(channels=1, sample_rate=8000, bits=16)),
...         wav.Chunk(body=wav.Samples(b"\0\0\x10\x20")),
...     ]
... )
>>> data = sound.to_bytes()
>>> data[:20], len(data)
(b'RIFF(\x00\x00\x00WAVEfmt \x10\x00\x00\x00', 48)
>>> wav.File.from_bytes(data).format.sample_rate
8000

A chunk's length and kind follow from what it holds. Chunks that have no struct here are `bytes`, and their kind is an
integer where it has no name. A last chunk of an odd number of bytes that is not filled up, as some programs leave it, is an
error, `InsufficientData` of its `gap`.
"""

import enum
from typing import Annotated
from uuid import UUID

from bebytes import (
    Struct,
    adapters,
    const,
    derived,
    field,
    padding,
    size,
    switch,
    u16,
    u32,
)

__all__ = [
    "Chunk",
    "Extensible",
    "Extension",
    "Fact",
    "File",
    "Format",
    "FormatTag",
    "Info",
    "InfoKind",
    "Kind",
    "ListChunk",
    "Samples",
]


class Kind(enum.IntEnum):
    """
    The kinds of chunks that are read: their four letters as a number, the first letter the most significant.
    """

    FMT = int.from_bytes(b"fmt ")
    FACT = int.from_bytes(b"fact")
    LIST = int.from_bytes(b"LIST")
    DATA = int.from_bytes(b"data")


class InfoKind(enum.IntEnum):
    """
    What a text of a list of the form "INFO" is about; there are more than these.
    """

    IARL = int.from_bytes(b"IARL")
    IART = int.from_bytes(b"IART")
    ICMT = int.from_bytes(b"ICMT")
    ICOP = int.from_bytes(b"ICOP")
    ICRD = int.from_bytes(b"ICRD")
    IENG = int.from_bytes(b"IENG")
    IGNR = int.from_bytes(b"IGNR")
    IKEY = int.from_bytes(b"IKEY")
    INAM = int.from_bytes(b"INAM")
    IPRD = int.from_bytes(b"IPRD")
    ISBJ = int.from_bytes(b"ISBJ")
    ISFT = int.from_bytes(b"ISFT")
    ISRC = int.from_bytes(b"ISRC")
    ITRK = int.from_bytes(b"ITRK")


class FormatTag(enum.IntEnum):
    """
    How samples are encoded; there are more than these.
    """

    PCM = 1
    ADPCM = 2
    IEEE_FLOAT = 3
    ALAW = 6
    MULAW = 7
    IMA_ADPCM = 0x11
    GSM610 = 0x31
    MPEG = 0x50
    MPEGLAYER3 = 0x55
    EXTENSIBLE = 0xFFFE


class Extensible(Struct, kw_only=True):
    """
    How many of the bits of a sample count, where the speakers of the channels stand, and how samples are encoded.
    """

    valid_bits: u16
    channel_mask: u32
    sub_format: UUID = field(
        adapt=adapters.uuid_le, doc="its first two bytes are a `FormatTag`, for those that have one"
    )


class Extension(Struct, kw_only=True, parameters=("format_tag",)):
    """
    What else there is to say about a format.
    """

    length: u16 = derived
    body: Extensible | bytes = switch(
        "format_tag", {FormatTag.EXTENSIBLE: Extensible}, default=bytes, size="length", default_factory=bytes
    )


class Format(Struct, kw_only=True):
    """
    How the samples are encoded. Rates are in frames (one sample a channel) and bytes a second.

    Plain samples have no extension, the first versions of the format none at all, so `extensions` has one item or none.
    """

    format_tag: Annotated[FormatTag, u16] | int = field(unknown="keep")
    channels: u16
    sample_rate: u32
    byte_rate: u32
    block_align: u16 = field(doc="bytes of a frame, or of a block of encodings that have such")
    bits_per_sample: u16
    extensions: list[Extension] = field(default_factory=list, parameters={"format_tag": "format_tag"})

    @classmethod
    def pcm(cls, *, channels: int, sample_rate: int, bits: int) -> "Format":
        """
        The format of samples that are plain integers: unsigned of up to 8 bits, else signed.
        """
        frame = channels * ((bits + 7) // 8)
        return cls(
            format_tag=FormatTag.PCM,
            channels=channels,
            sample_rate=sample_rate,
            byte_rate=sample_rate * frame,
            block_align=frame,
            bits_per_sample=bits,
        )


class Fact(Struct):
    """
    The number of samples of each channel, of formats that are not plain.
    """

    samples: u32
    rest: bytes = b""


class Samples(Struct):
    """
    The sound itself.
    """

    data: bytes


class Info(Struct, kw_only=True):
    """
    A text about the sound, with its NUL.
    """

    kind: Annotated[InfoKind, u32] | int = field(byteorder="big", unknown="keep")
    length: u32 = derived
    text: str = size("length", encoding="latin-1")
    gap: bytes = padding("length % 2", policy="keep")


class ListChunk(Struct):
    """
    A list of chunks: of texts where its form is "INFO", else as it stands.
    """

    form: bytes = size(4)
    items: list[Info] | bytes = switch("form", {b"INFO": list[Info]}, default=bytes)


class Chunk(Struct, kw_only=True):
    """
    A chunk; `kind` needs to be given for `bytes` only.
    """

    kind: Annotated[Kind, u32] | int = field(default=derived, byteorder="big", unknown="keep")
    length: u32 = derived
    body: Format | Fact | ListChunk | Samples | bytes = switch(
        "kind",
        {Kind.FMT: Format, Kind.FACT: Fact, Kind.LIST: ListChunk, Kind.DATA: Samples},
        default=bytes,
        size="length",
    )
    gap: bytes = padding("length % 2", policy="keep")


class File(Struct, kw_only=True, byteorder="little if riff == b'RIFF' else big"):
    """
    A whole file, in little endian, or in big endian as RIFX.
    """

    riff: bytes = size(4, default=b"RIFF", valid={b"RIFF", b"RIFX"})
    length: u32 = derived
    wave: bytes = const(b"WAVE")
    chunks: list[Chunk] = size("length - 4")

    @property
    def format(self) -> Format:
        """
        How the samples are encoded.

        Raises:
            ValueError: there is no such chunk.
        """
        for chunk in self.chunks:
            if isinstance(chunk.body, Format):
                return chunk.body
        raise ValueError("there is no chunk with the format")

    @property
    def data(self) -> bytes:
        """
        The samples of all chunks that have some.
        """
        return b"".join(chunk.body.data for chunk in self.chunks if isinstance(chunk.body, Samples))
