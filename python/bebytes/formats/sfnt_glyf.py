r"""
The tables loca and glyf of font files: outlines of TrueType.

Source: OpenType specification 1.9.1 (ISO/IEC 14496-22), "loca" and "glyf". All is big endian.

The coordinates of a simple glyph are packed by flags that repeat, which no field can say, so they are bytes here, which
`points` reads and `Simple.of` makes.

>>> square = Simple.of([[(0, 0, True), (500, 0, True), (500, 500, True), (0, 500, True)]])
>>> glyph = Glyph(contour_count=1, x_min=0, y_min=0, x_max=500, y_max=500, outline=square)
>>> glyph.to_bytes().hex(" ", 2)
'0001 0000 0000 01f4 01f4 0003 0000 3121 1121 01f4 fe0c 01f4'
>>> Glyph.from_bytes(glyph.to_bytes()).outline.points()
[[(0, 0, True), (500, 0, True), (500, 500, True), (0, 500, True)]]
"""

import enum
import io
import itertools
from collections.abc import Iterable, Iterator
from typing import Annotated, Generic, TypeVar

from bebytes import Struct, count, derived, field, fixed, i8, i16, repeat_until, size, switch, u8, u16, u32, when

from .sfnt_tables import LocaFormat

__all__ = [
    "Component",
    "ComponentFlags",
    "Composite",
    "Glyph",
    "Instructions",
    "Pair",
    "Point",
    "PointFlags",
    "Scale",
    "Simple",
    "TwoByTwo",
    "XYScale",
    "glyph_offsets",
    "read_glyphs",
]

Point = tuple[int, int, bool]
"""The coordinates of a point, and whether it is on the outline."""


class PointFlags(enum.IntFlag):
    """
    What the coordinates of a point are; bits that mean something else of short ones are named for those of two bytes.
    """

    ON_CURVE = 0x01
    X_SHORT = 0x02
    Y_SHORT = 0x04
    REPEAT = 0x08
    X_SAME = 0x10
    Y_SAME = 0x20
    OVERLAP = 0x40
    RESERVED = 0x80


class Simple(Struct, kw_only=True, parameters=("contour_count",), byteorder="big"):
    """
    The outline of a glyph.

    Attributes:
        end_points: of each contour, the number of its last point.
        instructions: a program that fits the outline to pixels.
        coordinates: flags, x and y of all points, packed; and what fills the glyph up to its place.
    """

    end_points: list[u16] = count("contour_count")
    instruction_size: u16 = derived
    instructions: bytes = size("instruction_size", default=b"")
    coordinates: bytes

    def points(self) -> list[list[Point]]:
        """
        The points of each contour.

        Raises:
            ValueError: they end too soon, or contours go backwards.
        """
        total = self.end_points[-1] + 1 if self.end_points else 0
        data = io.BytesIO(self.coordinates)
        flags: list[int] = []
        while len(flags) < total:
            flag = _take(data, 1)
            flags += [flag] * (1 + (_take(data, 1) if flag & PointFlags.REPEAT else 0))
        columns = [
            list(_column(data, flags[:total], short, same))
            for short, same in ((PointFlags.X_SHORT, PointFlags.X_SAME), (PointFlags.Y_SHORT, PointFlags.Y_SAME))
        ]
        points = [(x, y, bool(flag & PointFlags.ON_CURVE)) for flag, x, y in zip(flags, *columns, strict=False)]
        ends = [0, *(end + 1 for end in self.end_points)]
        if ends != sorted(ends):
            raise ValueError("a contour ends before the one before it")
        return [points[first:end] for first, end in itertools.pairwise(ends)]

    @classmethod
    def of(cls, contours: Iterable[Iterable[Point]], instructions: bytes = b"") -> "Simple":
        """
        The outline of these contours, without repeated flags.
        """
        flags, columns, ends, last = b"", (bytearray(), bytearray()), [], (0, 0)
        for contour in contours:
            for x, y, on_curve in contour:
                flag = int(on_curve)
                for axis, value in enumerate((x - last[0], y - last[1])):
                    flag |= _put(columns[axis], value) << axis
                flags += bytes((flag,))
                last = (x, y)
            ends.append(len(flags) - 1)
        return cls(end_points=ends, instructions=instructions, coordinates=flags + columns[0] + columns[1])


def _take(data: io.BytesIO, length: int, *, signed: bool = False) -> int:
    content = data.read(length)
    if len(content) < length:
        raise ValueError("the points end too soon")
    return int.from_bytes(content, "big", signed=signed)


def _column(data: io.BytesIO, flags: list[int], short: int, same: int) -> Iterator[int]:
    # The coordinates of all points in one direction; each is told as a step from the one before.
    value = 0
    for flag in flags:
        if flag & short:
            value += _take(data, 1) if flag & same else -_take(data, 1)
        elif not flag & same:
            value += _take(data, 2, signed=True)
        yield value


def _put(column: bytearray, step: int) -> int:
    # Write a step in x, and give its flags; those of y are the next higher bits.
    if step == 0:
        return PointFlags.X_SAME
    if -256 < step < 256:
        column.append(abs(step))
        return PointFlags.X_SHORT | (PointFlags.X_SAME if step > 0 else 0)
    column += step.to_bytes(2, "big", signed=True)
    return 0


Number = TypeVar("Number")


class Pair(Struct, Generic[Number], byteorder="big"):
    """
    Two numbers that place a component: how far it is moved, or a point of the glyph so far and the one of it that goes there.
    """

    first: Number
    second: Number


class Scale(Struct, byteorder="big"):
    """
    One factor for both directions, as F2DOT14.
    """

    scale: float = fixed(i16, 14)


class XYScale(Struct, byteorder="big"):
    """
    A factor for each direction.
    """

    x_scale: float = fixed(i16, 14)
    y_scale: float = fixed(i16, 14)


class TwoByTwo(Struct, byteorder="big"):
    """
    A linear transformation.
    """

    x_scale: float = fixed(i16, 14)
    scale_01: float = fixed(i16, 14)
    scale_10: float = fixed(i16, 14)
    y_scale: float = fixed(i16, 14)


class ComponentFlags(enum.IntFlag):
    """
    How a component is placed, and what stands behind it.
    """

    WORDS = 0x0001
    OFFSETS = 0x0002
    ROUND_TO_GRID = 0x0004
    SCALE = 0x0008
    MORE_COMPONENTS = 0x0020
    XY_SCALE = 0x0040
    TWO_BY_TWO = 0x0080
    INSTRUCTIONS = 0x0100
    USE_MY_METRICS = 0x0200
    OVERLAP = 0x0400
    SCALED_OFFSET = 0x0800
    UNSCALED_OFFSET = 0x1000


class Instructions(Struct, kw_only=True, byteorder="big"):
    """
    A program behind its number of bytes.
    """

    length: u16 = derived
    content: bytes = size("length")


class Component(Struct, kw_only=True, byteorder="big"):
    """
    Another glyph as a part of this one.

    Attributes:
        instructions: of the whole glyph, behind its last component.
    """

    flags: Annotated[ComponentFlags, u16] = field(unknown="keep")
    glyph: u16
    place: Pair[u8] | Pair[u16] | Pair[i8] | Pair[i16] = switch(
        "flags & (ComponentFlags.WORDS | ComponentFlags.OFFSETS)",
        {0: Pair[u8], ComponentFlags.WORDS: Pair[u16], ComponentFlags.OFFSETS: Pair[i8], 3: Pair[i16]},
    )
    scale: Scale | XYScale | TwoByTwo | None = switch(
        "flags & (ComponentFlags.SCALE | ComponentFlags.XY_SCALE | ComponentFlags.TWO_BY_TWO)",
        {
            0: None,
            ComponentFlags.SCALE: Scale,
            ComponentFlags.XY_SCALE: XYScale,
            ComponentFlags.TWO_BY_TWO: TwoByTwo,
        },
        default_factory=lambda: None,
    )
    instructions: Instructions | None = when(
        "flags & ComponentFlags.INSTRUCTIONS and not flags & ComponentFlags.MORE_COMPONENTS", default=None
    )


class Composite(Struct, kw_only=True, byteorder="big"):
    """
    A glyph made of others.

    Attributes:
        rest: what fills it up to its place.
    """

    components: list[Component] = repeat_until("not item.flags & ComponentFlags.MORE_COMPONENTS")
    rest: bytes = b""


class Glyph(Struct, kw_only=True, byteorder="big"):
    """
    An entry of the table glyf.

    Attributes:
        contour_count: negative where it is made of others.
        x_min: of all points, as the three that follow.
    """

    contour_count: i16
    x_min: i16
    y_min: i16
    x_max: i16
    y_max: i16
    outline: Simple | Composite = switch(
        "contour_count < 0", {0: Simple, 1: Composite}, parameters={"contour_count": "contour_count"}
    )


def glyph_offsets(loca: bytes, loca_format: LocaFormat) -> list[int]:
    """
    Where in glyf each glyph begins, and behind them where the last one ends.

    Raises:
        DecodeError: the table ends inside a number.
    """
    if loca_format is LocaFormat.SHORT:
        return [2 * offset for offset in _ShortLoca.from_bytes(loca).offsets]
    return _LongLoca.from_bytes(loca).offsets


class _ShortLoca(Struct, byteorder="big"):
    offsets: list[u16]


class _LongLoca(Struct, byteorder="big"):
    offsets: list[u32]


def read_glyphs(glyf: bytes, offsets: list[int]) -> Iterator[Glyph | None]:
    """
    All glyphs; None for one without an outline.

    Raises:
        DecodeError: one is broken.
    """
    for begin, end in itertools.pairwise(offsets):
        yield Glyph.from_bytes(glyf[begin:end]) if begin < end else None
