"""
What the right-hand side of a field is noted down as.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal, NoReturn

from .errors import SchemaError

if TYPE_CHECKING:
    from typing import TypedDict

    ByteOrder = Literal["big", "little"]

    class Layout(TypedDict, total=False):
        """
        The keywords that all field specifiers take; `bebytes.field` says what they mean.
        """

        bits: int | str | None
        size: int | str
        count: int | str | tuple[int, ...]
        until: int | str | bytes
        after: int | str | bytes
        byteorder: ByteOrder | str | None
        kw_only: bool
        doc: str | None
        when: str
        valid: Any
        encoding: str
        pad: str | bytes
        strip: Literal["right", "left", "both", "first", ""]
        unknown: Any
        bit_order: Literal["msb", "lsb"]
        word: int
        parameters: Mapping[str, str | int]
        at: str | int
        origin: Literal["message", "struct", "here"]
        align: int
        adapt: Any


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


def unstored(keywords: Any) -> dict[str, Any]:
    """
    The keywords of a field that need not be given, and only by its name, since the class itself knows its value.
    """
    return {"default": derived, "kw_only": True, **keywords}


class Specifier:
    """
    What a field's right-hand side says; `MISSING` where it says nothing.

    `bits` is a width in bits, or None for the fewest that hold the type; `size` counts bytes, `count` counts items, one
    entry a dimension; `until` and `after` are markers as they were written.
    The others are what the keywords and functions of their names say.
    """

    bits: Any = MISSING
    size: Any = MISSING
    count: Any = MISSING
    until: Any = MISSING
    after: Any = MISSING
    byteorder: Any = None
    kw_only: Any = MISSING
    default: Any = MISSING
    default_factory: "Callable[[], Any] | Missing" = MISSING
    doc: str | None = None
    when: Any = MISSING
    valid: Any = MISSING
    encoding: Any = MISSING
    pad: Any = MISSING
    strip: Any = MISSING
    unknown: Any = MISSING
    bit_order: Any = MISSING
    word: Any = MISSING
    parameters: Any = MISSING
    at: Any = MISSING
    origin: Any = MISSING
    align: Any = MISSING
    adapt: Any = MISSING
    # What the functions of these names note; no keywords of `field`.
    const: Any = MISSING
    computed: Any = MISSING
    checksum: Any = MISSING
    switch: Any = MISSING
    repeat_until: Any = MISSING
    padding: Any = MISSING
    scaled: Any = MISSING
    bcd: Any = MISSING

    general = False
    """Whether anything is said that only the general rooms know."""

    def __init__(self, **keywords: Any) -> None:
        if not keywords:
            return
        if not keywords.keys() <= _KEYWORDS:
            unknown = min(keywords.keys() - _KEYWORDS)
            raise TypeError(f"a field specifier got an unexpected keyword argument {unknown!r}")
        count = keywords.get("count")
        if isinstance(count, tuple) and len(count) == 1:
            keywords["count"] = count[0]
        self.__dict__.update(keywords)
        if not keywords.keys() <= _PLAIN or isinstance(keywords.get("bits"), str):
            self.general = True


_PLAIN = frozenset(
    {"bits", "size", "count", "until", "after", "byteorder", "kw_only", "default", "default_factory", "doc"}
)
_KEYWORDS = frozenset(n for n in Specifier.__annotations__ if n != "general")
