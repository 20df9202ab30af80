"""
Every exception of bebytes.

An error is a value: `path` says where in names and indices (`("options", 3, "length")`), `offset` says where in bits from
the start of the whole buffer, and the figures of its kind are attributes.
Its text is made of them, and is the same whichever backend raised it.
"""

__all__ = [
    "BeBytesError",
    "BufferTooSmall",
    "ChecksumMismatch",
    "DecodeError",
    "EmptyBuffer",
    "EncodeError",
    "InsufficientData",
    "InvalidChar",
    "InvalidConstant",
    "InvalidDiscriminant",
    "InvalidSize",
    "InvalidText",
    "InvalidUtf8",
    "InvalidValue",
    "LengthMismatch",
    "LimitExceeded",
    "MarkerInData",
    "MarkerNotFound",
    "NotReversible",
    "OutOfRange",
    "SchemaError",
    "TrailingData",
    "WrongType",
]

from typing import Any, ClassVar

Path = tuple[str | int, ...]


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def show_marker(marker: int | bytes) -> str:
    """
    A marker as a person writes it.
    """
    return f"0x{marker:02x}" if isinstance(marker, int) else repr(marker)


def _show(value: object) -> str:
    # The interpreter refuses to print an int of thousands of digits.
    if isinstance(value, int) and value.bit_length() > 256:
        return f"an int of {value.bit_length()} bits"
    return repr(value)


class BeBytesError(Exception):
    """
    The root of all errors of bebytes.
    """


class SchemaError(BeBytesError, TypeError):
    """
    A class that declares no valid layout; the text says which field and what to write instead.
    """


class _ValueFault(BeBytesError, ValueError):
    """
    An error at a place: its figures by position, and where it is by keyword.
    """

    figures: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *figures: object, path: Path = (), offset: int = 0, struct: str = "") -> None:
        """
        Note the figures and the place.

        Args:
            figures: the values of the attributes named in the class's `figures`, in that order.
            path: names and indices from the outermost struct to the field.
            offset: bits from the start of the whole buffer to the start of the field.
            struct: the name of the outermost class.
        """
        if len(figures) != len(self.figures):
            raise TypeError(f"{type(self).__name__} takes {', '.join(self.figures) or 'no figures'}")
        super().__init__(*figures)
        for name, value in zip(self.figures, figures, strict=True):
            setattr(self, name, value)
        self.path = path
        self.offset = offset
        self.struct = struct

    def explanation(self) -> str:
        """
        What is wrong, in a clause.
        """
        return type(self).__name__

    def __str__(self) -> str:
        place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path)
        byte, bit = divmod(self.offset, 8)
        where = f"at byte {byte}, bit {bit}" if bit else f"at byte {byte}"
        return f"{(self.struct + place).lstrip('.')}: {self.explanation()} ({where})"

    def __repr__(self) -> str:
        figures = "".join(f"{_show(figure)}, " for figure in self.args)
        return f"{type(self).__name__}({figures}path={self.path!r}, offset={self.offset})"

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (type(self), self.args, self.path, self.offset, self.struct)


def _restore(cls: type[_ValueFault], figures: tuple[object, ...], path: Path, offset: int, struct: str) -> _ValueFault:
    return cls(*figures, path=path, offset=offset, struct=struct)


class EncodeError(_ValueFault):
    """
    A value that cannot be written.
    """


class DecodeError(_ValueFault):
    """
    Bytes that are no encoding of the struct.
    """


class OutOfRange(EncodeError):
    """
    A value of the right kind that does not fit; `minimum` and `maximum` are None where no range describes what fits.
    """

    figures = ("value", "minimum", "maximum")
    value: Any
    minimum: Any
    maximum: Any

    def explanation(self) -> str:
        if self.minimum is None:
            return f"{_show(self.value)} has lone surrogates, which UTF-8 cannot carry"
        if isinstance(self.value, str) and len(self.value) != 1:
            return f"{self.value!r} has {_count(len(self.value), 'character')}, exactly 1 fits"
        if isinstance(self.value, str) and "\ud800" <= self.value <= "\udfff":
            return f"{self.value!r} is a surrogate, which is no character by itself"
        if not isinstance(self.value, str) and self.minimum <= self.value <= self.maximum:
            return f"{_show(self.value)} is none of the values that fit, which lie between {self.minimum} and {self.maximum}"
        return f"{_show(self.value)} does not fit, {self.minimum!r} to {self.maximum!r} does"


class LengthMismatch(EncodeError):
    """
    A value whose length is not the declared one: `expected` and `actual` are in bytes for data, in items for lists.

    `expected` is None where the expression that gives it has no valid value.
    """

    figures = ("expected", "actual")
    expected: int | None
    actual: int

    def explanation(self) -> str:
        if self.expected is None:
            return f"its declared length has no valid value, its actual length is {self.actual}"
        return f"declared length {self.expected}, actual length {self.actual}"


class MarkerInData(EncodeError):
    """
    Data that holds the marker which would end it.
    """

    figures = ("marker",)
    marker: int | bytes

    def explanation(self) -> str:
        return f"the data holds its own marker {show_marker(self.marker)}, so reading would end there"


class WrongType(EncodeError):
    """
    A value of another kind than the field takes: `expected` says what it takes, `actual` what was given.
    """

    figures = ("expected", "actual")
    expected: str
    actual: str

    def explanation(self) -> str:
        return f"takes {self.expected}, got {self.actual}"


class BufferTooSmall(EncodeError):
    """
    A buffer to write into that is too short: bytes needed, bytes there behind the offset.
    """

    figures = ("expected", "actual")
    expected: int
    actual: int

    def explanation(self) -> str:
        return f"the encoding takes {_count(self.expected, 'byte')}, the buffer has {self.actual}"


class InsufficientData(DecodeError):
    """
    Input that ends inside a field: bytes the field needs, from the byte of its first bit to that of its last, and bytes left.
    """

    figures = ("expected", "actual")
    expected: int
    actual: int

    def explanation(self) -> str:
        return f"needs {_count(self.expected, 'byte')}, {self.actual} left"


class EmptyBuffer(InsufficientData):
    """
    No input at all for a struct that needs some; `expected` is the struct's `field_size()`.
    """


class TrailingData(DecodeError):
    """
    Input that goes on behind the struct: bytes read, bytes given.
    """

    figures = ("consumed", "actual")
    consumed: int
    actual: int

    def explanation(self) -> str:
        return f"read {_count(self.consumed, 'byte')} of {self.actual}, the rest is left over"


class InvalidDiscriminant(DecodeError):
    """
    A number that is no member of the enum or flags class, no bool, or no tag of an option; `type_name` says which.
    """

    figures = ("value", "type_name")
    value: int
    type_name: str

    def explanation(self) -> str:
        return f"{self.value} is no valid {self.type_name}"


class InvalidChar(DecodeError):
    """
    A number that is no Unicode scalar value.
    """

    figures = ("value",)
    value: int

    def explanation(self) -> str:
        return f"0x{self.value:x} is no Unicode scalar value"


class InvalidUtf8(DecodeError):
    """
    Bytes of a string that are not UTF-8.
    """

    def explanation(self) -> str:
        return "the bytes are not valid UTF-8"


class MarkerNotFound(DecodeError):
    """
    Input without the marker that ends the data.
    """

    figures = ("marker",)
    marker: int | bytes

    def explanation(self) -> str:
        return f"the marker {show_marker(self.marker)} is not in the bytes left"


class InvalidSize(DecodeError):
    """
    A length expression with an operand or result outside 0 to 2**64 - 1: `value`, or None for a division by zero.
    """

    figures = ("value",)
    value: int | None

    def explanation(self) -> str:
        if self.value is None:
            return "its length divides by zero"
        return f"its length comes to {self.value}, outside 0 to 2**64 - 1"


class InvalidText(DecodeError):
    """
    Bytes of a string that are none in its `encoding`.
    """

    figures = ("encoding",)
    encoding: str

    def explanation(self) -> str:
        return f"the bytes are no valid {self.encoding}"


class InvalidConstant(DecodeError):
    """
    Something else than the constant `expected`.
    """

    figures = ("value", "expected")
    value: Any
    expected: Any

    def explanation(self) -> str:
        return f"is {_show(self.value)}, must be {_show(self.expected)}"


class InvalidValue(EncodeError, DecodeError):
    """
    A value that its field may not have, when decoding or encoding: `rule` says what it must be.

    `value` is None where there is none: an expression that divides by zero, or looks at a field that is absent.
    """

    figures = ("value", "rule")
    value: Any
    rule: str

    def explanation(self) -> str:
        if self.value is None:
            return f"must be {self.rule}, which has no value here"
        return f"is {_show(self.value)}, must be {self.rule}"


class ChecksumMismatch(EncodeError, DecodeError):
    """
    A checksum that is not the one of what it covers: `expected` is that of the bytes, `actual` what stands there.
    """

    figures = ("expected", "actual")
    expected: int | bytes
    actual: int | bytes

    def explanation(self) -> str:
        return f"is {_hex(self.actual)}, what it covers has {_hex(self.expected)}"


def _hex(value: int | bytes) -> str:
    return f"0x{value:x}" if isinstance(value, int) else bytes(value).hex()


class NotReversible(DecodeError):
    """
    Input that decoding accepts, but encoding would not give back.

    The first byte that differs, as encoding writes it (`expected`) and as it stands there (`actual`); None where one ends.
    """

    figures = ("expected", "actual")
    expected: int | None
    actual: int | None

    def explanation(self) -> str:
        written = "nothing" if self.expected is None else f"0x{self.expected:02x}"
        there = "nothing" if self.actual is None else f"0x{self.actual:02x}"
        return f"the input has {there}, encoding would write {written}"


class LimitExceeded(DecodeError):
    """
    Structs nested deeper in the input than `depth`, which is the most.

    The nesting of other layouts is known when the class is made (beyond 128 levels it is a `SchemaError`), so this is for
    structs that can contain themselves, or lead to themselves by a position.
    """

    figures = ("depth",)
    depth: int

    def explanation(self) -> str:
        return f"nested deeper than {self.depth} levels"
