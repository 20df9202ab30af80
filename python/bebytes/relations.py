"""
Field specifiers of what fields have to do with each other.

Constants, computed numbers, checksums, presence, variants, repetition and places.
They take the keywords of `bebytes.field` too.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload

from ._specifier import MISSING, Specifier, unstored

if TYPE_CHECKING:
    from typing import Unpack

    from ._specifier import Layout

__all__ = ["at", "checksum", "computed", "const", "repeat_until", "switch", "when"]

T = TypeVar("T")


def const(value: Any, *, init: Literal[False] = False, **keywords: "Unpack[Layout]") -> Any:
    r"""
    A value that is always written, and checked when decoding.

    The field is not stored and no argument of the constructor; it reads as the constant.

    >>> from bebytes import Struct, const, u8
    >>> class Header(Struct):
    ...     magic: bytes = const(b"\x7fELF")
    ...     version: u8 = const(1)
    >>> Header().to_be_bytes()
    b'\x7fELF\x01'

    Args:
        value: bytes, a str, or a number; it needs no `size`.
        init: always False: type checkers look at it.
        keywords: as for `field`.

    Raises:
        InvalidConstant: when decoding something else.
    """
    return Specifier(const=value, **unstored(keywords))


def computed(expression: str, *, init: Literal[False] = False, **keywords: "Unpack[Layout]") -> Any:
    """
    A number that is worked out from other fields, before or behind it, and checked when decoding.

    The field is not stored and no argument of the constructor; it reads as the number that would be written now. Assigning
    a number pins it, and encoding checks it then; assigning `derived` frees it.

    >>> from bebytes import Struct, computed, u8, u16
    >>> class Message(Struct):
    ...     length: u16 = computed("sizeof(self)")
    ...     kind: u8
    ...     payload: bytes
    >>> Message(7, b"abc").to_be_bytes().hex()
    '000607616263'

    Args:
        expression: over fields of the struct, their `len` (items, or bytes of data) and their `sizeof` (bytes on the wire).
        init: always False: type checkers look at it.
        keywords: as for `field`.

    Raises:
        InvalidValue: when decoding another number, or encoding a pinned one.
    """
    return Specifier(computed=expression, **unstored(keywords))


def checksum(
    algorithm: str,
    over: str = ":",
    *,
    start: str | int | None = None,
    none: int | bytes | None = None,
    init: Literal[False] = False,
    **keywords: "Unpack[Layout]",
) -> Any:
    r"""
    A checksum over fields of the struct, filled in when encoding and checked when decoding.

    The field is not stored and no argument of the constructor; it reads as the sum that would be written now.

    >>> import binascii
    >>> from bebytes import Struct, checksum, size, u8, u32
    >>> class Chunk(Struct):
    ...     kind: u8
    ...     payload: bytes = size(4)
    ...     crc: u32 = checksum("crc-32", over="kind:payload")
    >>> Chunk(1, b"data").crc == binascii.crc32(b"\1data")
    True

    Args:
        algorithm: its name: a CRC of the catalogue ("crc-32", "crc-16/modbus", ...), "internet" (RFC 1071), "adler-32",
            "fletcher-16" and its kin, "sum-8" ..., "xor-8" ..., or a digest of `hashlib` ("md5", "sha-256", ...).
        over: the fields that it covers: `"name"`, `"first:last"` (both included), `"first:"`, `":last"` or `":"` for all.
            Its own bytes count as zeros where they are among them.
        start: what a sum starts with, a number or an expression; for sums ("internet", "sum", "xor") only.
        none: the value that says that there is no checksum, such as 0 in UDP. It is not checked, and the field keeps it when
            decoding; assigning it leaves the checksum out. Where "internet" comes to 0 itself, that is written as 0xFFFF,
            which is the same in its arithmetic.
        init: always False: type checkers look at it.
        keywords: as for `field`.

    Raises:
        ChecksumMismatch: when decoding another value, unless called with `verify=False`.
    """
    return Specifier(checksum=(algorithm, over, start, none), **unstored(keywords))


@overload
def when(condition: str, *, default: T, **keywords: "Unpack[Layout]") -> T: ...


@overload
def when(condition: str, *, default_factory: Callable[[], T], **keywords: "Unpack[Layout]") -> T: ...


@overload
def when(condition: str, **keywords: "Unpack[Layout]") -> Any: ...


def when(condition: str, **keywords: Any) -> Any:
    r"""
    A field that is there where `condition` holds, and None, taking no bits, where it does not.

    >>> from bebytes import Struct, u8, u32, when
    >>> class Sample(Struct):
    ...     flags: u8
    ...     time: u32 | None = when("flags & 1")
    >>> Sample.from_be_bytes(b"\x00")
    Sample(flags=0, time=None)
    """
    return Specifier(when=condition, **keywords)


def switch(
    selector: str,
    cases: Mapping[Any, Any],
    *,
    default: Any = MISSING,
    default_factory: Callable[[], Any] = MISSING,
    **keywords: "Unpack[Layout]",
) -> Any:
    r"""
    A field of one of several types, by what `selector` comes to.

    >>> import enum
    >>> from bebytes import Struct, derived, switch, u8, u16
    >>> class Kind(enum.IntEnum):
    ...     POINT = 1
    ...     NAME = 2
    >>> class Point(Struct):
    ...     x: u16
    ...     y: u16
    >>> class Name(Struct):
    ...     text: str
    >>> class Shape(Struct, kw_only=True):
    ...     kind: Kind = derived
    ...     body: Point | Name | bytes = switch("kind", {Kind.POINT: Point, Kind.NAME: Name}, default=bytes)
    >>> Shape(body=Name("a")).to_be_bytes()
    b'\x02a'

    Args:
        selector: an expression; where it is a field declared `derived`, that is filled in from the class of the value.
        cases: from a value of the selector (a number, a member, bytes, or a tuple of them) to a type.
        default: the type where no case has the value; without one that is `InvalidDiscriminant`.
        default_factory: called without arguments for each object to make the default.
        keywords: as for `field`; `size` makes it fill as many bytes.
    """
    return Specifier(switch=(selector, cases, default), default_factory=default_factory, **keywords)


@overload
def repeat_until(
    condition: str, *, keep: bool = True, sentinel: Any = ..., default: T, **keywords: "Unpack[Layout]"
) -> T: ...


@overload
def repeat_until(
    condition: str,
    *,
    keep: bool = True,
    sentinel: Any = ...,
    default_factory: Callable[[], T],
    **keywords: "Unpack[Layout]",
) -> T: ...


@overload
def repeat_until(condition: str, *, keep: bool = True, sentinel: Any = ..., **keywords: "Unpack[Layout]") -> Any: ...


def repeat_until(condition: str, *, keep: bool = True, sentinel: Any = MISSING, **keywords: Any) -> Any:
    r"""
    A list that ends with the first item for which `condition` holds.

    >>> from bebytes import Struct, repeat_until, u8
    >>> class Path(Struct):
    ...     steps: list[u8] = repeat_until("item == 0", keep=False, sentinel=0)
    >>> Path.from_be_bytes(b"\x03\x01\x00")
    Path(steps=[3, 1])

    Args:
        condition: an expression over `item` (or its fields, `item.length`) and earlier fields.
        keep: whether that last item is one of the list.
        sentinel: where it is not, the item that is written for it.
        keywords: as for `field`.
    """
    return Specifier(repeat_until=(condition, keep, sentinel), **keywords)


@overload
def at(position: str | int, *, default: T, **keywords: "Unpack[Layout]") -> T: ...


@overload
def at(position: str | int, *, default_factory: Callable[[], T], **keywords: "Unpack[Layout]") -> T: ...


@overload
def at(position: str | int, **keywords: "Unpack[Layout]") -> Any: ...


def at(position: str | int, **keywords: Any) -> Any:
    """
    A field that stands at `position`, and not where the fields around it do.

    Where the position is a number declared `derived`, encoding writes the field behind everything else, and its position
    into that number.

    Args:
        position: bytes from the origin on, an expression.
        keywords: as for `field`; `origin` is "message" (the default), "struct" or "here", the place where the field would
            stand; `align` is the step of positions that encoding chooses from, in bytes.

    Raises:
        InvalidValue: a position outside the input, or one that leads back to itself.
    """
    return Specifier(at=position, **keywords)
