"""
Field specifiers: what stands on the right-hand side of a field.

`field` takes everything by keyword; `bits`, `size`, `count`, `until` and `after` are its short forms and take the other
keywords too.
A specifier only notes what was written; the class it stands in checks it and raises `SchemaError`.
Those for what goes beyond the crate BeBytes are in `relations.py` and `shapes.py`.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar, overload

from ._specifier import Specifier, derived

if TYPE_CHECKING:
    from typing import Unpack

    from ._specifier import Layout

__all__ = ["after", "bits", "count", "derived", "field", "size", "until"]

T = TypeVar("T")


@overload
def field(*, default: T, **keywords: "Unpack[Layout]") -> T: ...


@overload
def field(*, default_factory: Callable[[], T], **keywords: "Unpack[Layout]") -> T: ...


@overload
def field(**keywords: "Unpack[Layout]") -> Any: ...


def field(**keywords: Any) -> Any:
    """
    Describe a field by keyword.

    Args:
        bits: width in bits, 1 to the type's width; None for the fewest that hold an enum, a flags class or a bool; an
            expression for a width that earlier fields tell.
        size: length in bytes of `bytes` or `str`, of each item of a list of them, or of a list or struct as a whole: a
            number, or an expression over earlier integer fields.
        count: number of items of a list: a number, a tuple with one number a dimension, or an expression.
        until: the marker (0 to 255, ASCII characters or bytes) that ends the data and is dropped.
        after: the marker behind which the data begins; it reads to the end of the input.
        byteorder: "big" or "little", whatever the call says; on a struct or a list it holds for all inside. An expression
            that comes to one of them takes it from data: `"little if kind == 1 else big"`.
        kw_only: whether construction takes the field by keyword only.
        default: the value of the field where construction gives none; `derived` for a length or count.
        default_factory: called without arguments for each object to make the default.
        doc: a sentence about the field, kept in `bebytes.fields(cls)`.
        when: an expression; where it comes to 0 the field is None and takes no bits.
        valid: what the value must be: a `range`, a set, a pair of bounds (both inclusive), or an expression over `value`
            and earlier fields.
        encoding: the codec of a `str`, as Python names it; UTF-8 where none is given.
        pad: what fills a `str` or `bytes` up to its fixed size; dropped when read.
        strip: where padding is dropped when read: "right" (the default), "left", "both", "first" (from the first on), or
            "" for not at all.
        unknown: what a number that no member of an enum has is read as: "error" (the default), "keep" for the integer, or
            a member.
        bit_order: "msb" or "lsb": the end of the word from which bit fields are taken.
        word: the width in bits of the container that bit fields share, its bytes in the byte order.
        parameters: the numbers that a struct with `parameters` gets, each a number or an expression.
        at: the position of the field in bytes, an expression; what stands behind it goes on where this one would have begun.
        origin: what `at` counts from: "message" (the default), "struct" or "here".
        align: for `at`, the step of positions that encoding chooses.
        adapt: what makes a value of what was read, and back: a pair of functions, or an object with `decode` and `encode`
            (those of `bebytes.adapters`).

    Raises:
        SchemaError: from the class the field stands in, where the keywords do not fit the annotation.
    """
    return Specifier(**keywords)


@overload
def bits(width: int | str | None = None, *, default: T, **keywords: "Unpack[Layout]") -> T: ...


@overload
def bits(width: int | str | None = None, *, default_factory: Callable[[], T], **keywords: "Unpack[Layout]") -> T: ...


@overload
def bits(width: int | str | None = None, **keywords: "Unpack[Layout]") -> Any: ...


def bits(width: int | str | None = None, **keywords: Any) -> Any:
    """
    A bit field of `width` bits; without a width, the fewest bits that hold an enum's or flags' largest value, 1 for a bool.

    An expression gives a width that earlier fields tell, 0 to the type's width.
    """
    return Specifier(bits=width, **keywords)


@overload
def size(length: int | str, /, *, default: T, **keywords: "Unpack[Layout]") -> T: ...


@overload
def size(length: int | str, /, *, default_factory: Callable[[], T], **keywords: "Unpack[Layout]") -> T: ...


@overload
def size(length: int | str, /, **keywords: "Unpack[Layout]") -> Any: ...


def size(length: int | str, /, **keywords: Any) -> Any:
    """
    Data of `length` bytes: a number, or an expression such as `"n"`, `"header.length - 8"`, `"w * h"`.

    A list (of other items than `bytes` and `str`) or a struct of a size fills it with all that it holds.
    """
    return Specifier(size=length, **keywords)


@overload
def count(*number: int | str, default: T, **keywords: "Unpack[Layout]") -> T: ...


@overload
def count(*number: int | str, default_factory: Callable[[], T], **keywords: "Unpack[Layout]") -> T: ...


@overload
def count(*number: int | str, **keywords: "Unpack[Layout]") -> Any: ...


def count(*number: int | str, **keywords: Any) -> Any:
    """
    A list of `number` items, one number a dimension, or an expression such as `"n"`.
    """
    return Specifier(count=number, **keywords)


@overload
def until(marker: int | str | bytes, /, *, default: T, **keywords: "Unpack[Layout]") -> T: ...


@overload
def until(marker: int | str | bytes, /, *, default_factory: Callable[[], T], **keywords: "Unpack[Layout]") -> T: ...


@overload
def until(marker: int | str | bytes, /, **keywords: "Unpack[Layout]") -> Any: ...


def until(marker: int | str | bytes, /, **keywords: Any) -> Any:
    """
    Data up to `marker` (0 to 255, ASCII characters or bytes), which is written behind it and dropped when read.
    """
    return Specifier(until=marker, **keywords)


@overload
def after(marker: int | str | bytes, /, *, default: T, **keywords: "Unpack[Layout]") -> T: ...


@overload
def after(marker: int | str | bytes, /, *, default_factory: Callable[[], T], **keywords: "Unpack[Layout]") -> T: ...


@overload
def after(marker: int | str | bytes, /, **keywords: "Unpack[Layout]") -> Any: ...


def after(marker: int | str | bytes, /, **keywords: Any) -> Any:
    """
    Data from behind the first `marker` (0 to 255, ASCII characters or bytes) to the end of the input.
    """
    return Specifier(after=marker, **keywords)
