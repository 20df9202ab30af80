"""
Field specifiers: what stands on the right-hand side of a field.

`field` takes everything by keyword; `bits`, `size`, `count`, `until` and `after` are its short forms and take the other
keywords too.
A specifier only notes what was written; the class it stands in checks it and raises `SchemaError`.
"""

from collections.abc import Callable
from typing import Any, Literal, NoReturn, TypeVar, overload

from .errors import SchemaError

__all__ = ["after", "bits", "count", "derived", "field", "size", "until"]

T = TypeVar("T")
ByteOrder = Literal["big", "little"]


class Missing:
    """
    The type of `MISSING`: nothing was given.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return "MISSING"

    def __reduce__(self) -> str:
        return "MISSING"


MISSING: Any = Missing()


class Derived:
    """
    The type of `derived`: the number that the fields sized by this one need.
    """

    __slots__ = ()

    def __call__(self, *_args: object, **_keywords: object) -> NoReturn:
        raise SchemaError("derived is not called; write n: u8 = derived")

    def __repr__(self) -> str:
        return "derived"

    def __reduce__(self) -> str:
        return "derived"


derived: Any = Derived()


class Specifier:
    """
    What a field's right-hand side says; `MISSING` where it says nothing.

    `bits` is a width in bits, or None for the fewest that hold the type; `size` counts bytes, `count` counts items, one
    entry a dimension; `until` and `after` are markers as they were written.
    """

    __slots__ = ("after", "bits", "byteorder", "count", "default", "default_factory", "doc", "kw_only", "size", "until")

    def __init__(
        self,
        *,
        bits: Any = MISSING,
        size: Any = MISSING,
        count: Any = MISSING,
        until: Any = MISSING,
        after: Any = MISSING,
        byteorder: Any = None,
        kw_only: Any = MISSING,
        default: Any = MISSING,
        default_factory: Any = MISSING,
        doc: str | None = None,
    ) -> None:
        self.bits = bits
        self.size = size
        self.count = count[0] if isinstance(count, tuple) and len(count) == 1 else count
        self.until = until
        self.after = after
        self.byteorder = byteorder
        self.kw_only = kw_only
        self.default = default
        self.default_factory = default_factory
        self.doc = doc


@overload
def field(
    *,
    default: T,
    bits: int | None = ...,
    size: int | str = ...,
    count: int | str | tuple[int, ...] = ...,
    until: int | str | bytes = ...,
    after: int | str | bytes = ...,
    byteorder: ByteOrder | None = None,
    kw_only: bool = ...,
    doc: str | None = None,
) -> T: ...


@overload
def field(
    *,
    default_factory: Callable[[], T],
    bits: int | None = ...,
    size: int | str = ...,
    count: int | str | tuple[int, ...] = ...,
    until: int | str | bytes = ...,
    after: int | str | bytes = ...,
    byteorder: ByteOrder | None = None,
    kw_only: bool = ...,
    doc: str | None = None,
) -> T: ...


@overload
def field(
    *,
    bits: int | None = ...,
    size: int | str = ...,
    count: int | str | tuple[int, ...] = ...,
    until: int | str | bytes = ...,
    after: int | str | bytes = ...,
    byteorder: ByteOrder | None = None,
    kw_only: bool = ...,
    doc: str | None = None,
) -> Any: ...


def field(**keywords: Any) -> Any:
    """
    Describe a field by keyword.

    Args:
        bits: width in bits, 1 to the type's width; None for the fewest that hold an enum, a flags class or a bool.
        size: length in bytes of `bytes` or `str`, or of each item of a list of them: a number, or an expression over
            earlier integer fields.
        count: number of items of a list: a number, a tuple with one number a dimension, or an expression.
        until: the marker (0 to 255, an ASCII character or one byte) that ends the data and is dropped.
        after: the marker behind which the data begins; it reads to the end of the input.
        byteorder: "big" or "little", whatever the call says; on a struct or a list it holds for all inside.
        kw_only: whether construction takes the field by keyword only.
        default: the value of the field where construction gives none; `derived` for a length or count.
        default_factory: called without arguments for each object to make the default.
        doc: a sentence about the field, kept in `bebytes.fields(cls)`.

    Raises:
        SchemaError: from the class the field stands in, where the keywords do not fit the annotation.
    """
    return Specifier(**keywords)


@overload
def bits(
    width: int | None = None,
    *,
    default: T,
    size: int | str = ...,
    count: int | str | tuple[int, ...] = ...,
    until: int | str | bytes = ...,
    after: int | str | bytes = ...,
    byteorder: ByteOrder | None = None,
    kw_only: bool = ...,
    doc: str | None = None,
) -> T: ...


@overload
def bits(
    width: int | None = None,
    *,
    default_factory: Callable[[], T],
    size: int | str = ...,
    count: int | str | tuple[int, ...] = ...,
    until: int | str | bytes = ...,
    after: int | str | bytes = ...,
    byteorder: ByteOrder | None = None,
    kw_only: bool = ...,
    doc: str | None = None,
) -> T: ...


@overload
def bits(
    width: int | None = None,
    *,
    size: int | str = ...,
    count: int | str | tuple[int, ...] = ...,
    until: int | str | bytes = ...,
    after: int | str | bytes = ...,
    byteorder: ByteOrder | None = None,
    kw_only: bool = ...,
    doc: str | None = None,
) -> Any: ...


def bits(width: int | None = None, **keywords: Any) -> Any:
    """
    A bit field of `width` bits; without a width, the fewest bits that hold an enum's or flags' largest value, 1 for a bool.
    """
    return Specifier(bits=width, **keywords)


@overload
def size(
    length: int | str,
    /,
    *,
    default: T,
    bits: int | None = ...,
    count: int | str | tuple[int, ...] = ...,
    until: int | str | bytes = ...,
    after: int | str | bytes = ...,
    byteorder: ByteOrder | None = None,
    kw_only: bool = ...,
    doc: str | None = None,
) -> T: ...


@overload
def size(
    length: int | str,
    /,
    *,
    default_factory: Callable[[], T],
    bits: int | None = ...,
    count: int | str | tuple[int, ...] = ...,
    until: int | str | bytes = ...,
    after: int | str | bytes = ...,
    byteorder: ByteOrder | None = None,
    kw_only: bool = ...,
    doc: str | None = None,
) -> T: ...


@overload
def size(
    length: int | str,
    /,
    *,
    bits: int | None = ...,
    count: int | str | tuple[int, ...] = ...,
    until: int | str | bytes = ...,
    after: int | str | bytes = ...,
    byteorder: ByteOrder | None = None,
    kw_only: bool = ...,
    doc: str | None = None,
) -> Any: ...


def size(length: int | str, /, **keywords: Any) -> Any:
    """
    Data of `length` bytes: a number, or an expression such as `"n"`, `"header.length - 8"`, `"w * h"`.
    """
    return Specifier(size=length, **keywords)


@overload
def count(
    *number: int | str,
    default: T,
    bits: int | None = ...,
    size: int | str = ...,
    until: int | str | bytes = ...,
    after: int | str | bytes = ...,
    byteorder: ByteOrder | None = None,
    kw_only: bool = ...,
    doc: str | None = None,
) -> T: ...


@overload
def count(
    *number: int | str,
    default_factory: Callable[[], T],
    bits: int | None = ...,
    size: int | str = ...,
    until: int | str | bytes = ...,
    after: int | str | bytes = ...,
    byteorder: ByteOrder | None = None,
    kw_only: bool = ...,
    doc: str | None = None,
) -> T: ...


@overload
def count(
    *number: int | str,
    bits: int | None = ...,
    size: int | str = ...,
    until: int | str | bytes = ...,
    after: int | str | bytes = ...,
    byteorder: ByteOrder | None = None,
    kw_only: bool = ...,
    doc: str | None = None,
) -> Any: ...


def count(*number: int | str, **keywords: Any) -> Any:
    """
    A list of `number` items, one number a dimension, or an expression such as `"n"`.
    """
    return Specifier(count=number, **keywords)


@overload
def until(
    marker: int | str | bytes,
    /,
    *,
    default: T,
    bits: int | None = ...,
    size: int | str = ...,
    count: int | str | tuple[int, ...] = ...,
    after: int | str | bytes = ...,
    byteorder: ByteOrder | None = None,
    kw_only: bool = ...,
    doc: str | None = None,
) -> T: ...


@overload
def until(
    marker: int | str | bytes,
    /,
    *,
    default_factory: Callable[[], T],
    bits: int | None = ...,
    size: int | str = ...,
    count: int | str | tuple[int, ...] = ...,
    after: int | str | bytes = ...,
    byteorder: ByteOrder | None = None,
    kw_only: bool = ...,
    doc: str | None = None,
) -> T: ...


@overload
def until(
    marker: int | str | bytes,
    /,
    *,
    bits: int | None = ...,
    size: int | str = ...,
    count: int | str | tuple[int, ...] = ...,
    after: int | str | bytes = ...,
    byteorder: ByteOrder | None = None,
    kw_only: bool = ...,
    doc: str | None = None,
) -> Any: ...


def until(marker: int | str | bytes, /, **keywords: Any) -> Any:
    """
    Data up to `marker` (0 to 255, an ASCII character or one byte), which is written behind it and dropped when read.
    """
    return Specifier(until=marker, **keywords)


@overload
def after(
    marker: int | str | bytes,
    /,
    *,
    default: T,
    bits: int | None = ...,
    size: int | str = ...,
    count: int | str | tuple[int, ...] = ...,
    until: int | str | bytes = ...,
    byteorder: ByteOrder | None = None,
    kw_only: bool = ...,
    doc: str | None = None,
) -> T: ...


@overload
def after(
    marker: int | str | bytes,
    /,
    *,
    default_factory: Callable[[], T],
    bits: int | None = ...,
    size: int | str = ...,
    count: int | str | tuple[int, ...] = ...,
    until: int | str | bytes = ...,
    byteorder: ByteOrder | None = None,
    kw_only: bool = ...,
    doc: str | None = None,
) -> T: ...


@overload
def after(
    marker: int | str | bytes,
    /,
    *,
    bits: int | None = ...,
    size: int | str = ...,
    count: int | str | tuple[int, ...] = ...,
    until: int | str | bytes = ...,
    byteorder: ByteOrder | None = None,
    kw_only: bool = ...,
    doc: str | None = None,
) -> Any: ...


def after(marker: int | str | bytes, /, **keywords: Any) -> Any:
    """
    Data from behind the first `marker` (0 to 255, an ASCII character or one byte) to the end of the input.
    """
    return Specifier(after=marker, **keywords)
