"""
Field specifiers of shapes that data has: padding, alignment, reserved bits, scaled numbers and decimal digits.

They take the keywords of `bebytes.field` too.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload

from ._specifier import Specifier, unstored

if TYPE_CHECKING:
    from typing import Unpack

    from ._specifier import Layout

    Policy = Literal["zero", "keep", "ignore"]

__all__ = ["align", "bcd", "fixed", "padding", "reserved", "scaled"]

T = TypeVar("T")


def align(
    step: int, *, policy: "Policy | None" = None, init: Literal[False] = False, **keywords: "Unpack[Layout]"
) -> Any:
    """
    As many bytes as there are to the next multiple of `step`, counted from the start of the message.

    >>> from bebytes import Struct, align, u8, u32
    >>> class Entry(Struct):
    ...     kind: u8
    ...     gap: bytes = align(4)
    ...     value: u32
    >>> Entry(1, 2).to_be_bytes().hex()
    '0100000000000002'

    Args:
        step: bytes.
        policy: of what is read there: "zero" (the default) refuses anything but zeros, "keep" (the default of lossless
            classes) keeps it to write it again, "ignore" does neither.
        init: always False: type checkers look at it.
        keywords: as for `field`.
    """
    return Specifier(padding=("align", step, policy), **unstored(keywords))


def padding(
    length: int | str, *, policy: "Policy | None" = None, init: Literal[False] = False, **keywords: "Unpack[Layout]"
) -> Any:
    """
    `length` bytes that mean nothing, a number or an expression; `policy` as for `align`.
    """
    return Specifier(padding=("bytes", length, policy), **unstored(keywords))


def reserved(
    width: int, *, policy: "Policy | None" = None, init: Literal[False] = False, **keywords: "Unpack[Layout]"
) -> Any:
    """
    `width` bits that mean nothing; `policy` as for `align`.
    """
    return Specifier(padding=("bits", width, policy), bits=width, **unstored(keywords))


@overload
def scaled(carrier: Any, scale: float, offset: float = 0.0, *, default: T, **keywords: "Unpack[Layout]") -> T: ...


@overload
def scaled(
    carrier: Any, scale: float, offset: float = 0.0, *, default_factory: Callable[[], T], **keywords: "Unpack[Layout]"
) -> T: ...


@overload
def scaled(carrier: Any, scale: float, offset: float = 0.0, **keywords: "Unpack[Layout]") -> Any: ...


def scaled(carrier: Any, scale: float, offset: float = 0.0, **keywords: Any) -> Any:
    """
    A float that stands as an integer: `number * scale + offset`; written as the nearest, of two the even one.

    >>> from bebytes import Struct, scaled, u8
    >>> class Sample(Struct):
    ...     celsius: float = scaled(u8, 0.5, -40)
    >>> Sample(21.5).to_be_bytes().hex()
    '7b'

    Args:
        carrier: the integer type.
        scale: what one of the number is worth; not 0.
        offset: what 0 is worth.
        keywords: as for `field`.
    """
    return Specifier(scaled=(carrier, scale, offset), **keywords)


@overload
def fixed(carrier: Any, fraction: int, *, default: T, **keywords: "Unpack[Layout]") -> T: ...


@overload
def fixed(carrier: Any, fraction: int, *, default_factory: Callable[[], T], **keywords: "Unpack[Layout]") -> T: ...


@overload
def fixed(carrier: Any, fraction: int, **keywords: "Unpack[Layout]") -> Any: ...


def fixed(carrier: Any, fraction: int, **keywords: Any) -> Any:
    """
    A fixed-point number with `fraction` bits behind the point, such as `fixed(i32, 16)` for 16.16.
    """
    return Specifier(scaled=(carrier, None, fraction), **keywords)


@overload
def bcd(digits: int, *, default: T, **keywords: "Unpack[Layout]") -> T: ...


@overload
def bcd(digits: int, *, default_factory: Callable[[], T], **keywords: "Unpack[Layout]") -> T: ...


@overload
def bcd(digits: int, **keywords: "Unpack[Layout]") -> Any: ...


def bcd(digits: int, **keywords: Any) -> Any:
    """
    An `int` of `digits` decimal digits in 4 bits each (packed BCD).
    """
    return Specifier(bcd=digits, **keywords)
