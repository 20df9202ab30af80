"""
The scalar types: what a number, a truth value or a character takes on the wire.

Each is an `Annotated` alias, so that a type checker sees `int`, `float` or `str`, and the layout is kept beside it.
`bool`, `bytes` and `str` stand for themselves.
"""

from typing import TYPE_CHECKING, Annotated, TypeAlias

if TYPE_CHECKING:
    from typing import Any, Self

__all__ = [
    "Overlong",
    "char",
    "f16",
    "f32",
    "f64",
    "i8",
    "i16",
    "i24",
    "i32",
    "i40",
    "i48",
    "i56",
    "i64",
    "i128",
    "sleb128",
    "sqlite_varint",
    "u8",
    "u16",
    "u24",
    "u32",
    "u40",
    "u48",
    "u56",
    "u64",
    "u128",
    "uleb128",
    "vlq",
    "zigzag",
]


class Scalar:
    """
    The layout of a scalar type: its kind, its width in bits, and whether it has a sign.

    The width of an integer of a variable number of bytes is that of its greatest number.
    Kinds are `int`, `float`, `char`, and those of a variable number of bytes: `leb128`, `zigzag`, `vlq`,
    `sqlite`.
    """

    __slots__ = ("kind", "name", "signed", "width")

    def __init__(self, name: str, kind: str, width: int, signed: bool = False) -> None:
        self.name = name
        self.kind = kind
        self.width = width
        self.signed = signed

    def __repr__(self) -> str:
        return self.name

    def __reduce__(self) -> "tuple[Any, ...]":
        # The same object again: types are told apart by it.
        return _scalar_of, (self.name,)


u8: TypeAlias = Annotated[int, Scalar("u8", "int", 8)]
u16: TypeAlias = Annotated[int, Scalar("u16", "int", 16)]
u32: TypeAlias = Annotated[int, Scalar("u32", "int", 32)]
u64: TypeAlias = Annotated[int, Scalar("u64", "int", 64)]
u128: TypeAlias = Annotated[int, Scalar("u128", "int", 128)]
i8: TypeAlias = Annotated[int, Scalar("i8", "int", 8, signed=True)]
i16: TypeAlias = Annotated[int, Scalar("i16", "int", 16, signed=True)]
i32: TypeAlias = Annotated[int, Scalar("i32", "int", 32, signed=True)]
i64: TypeAlias = Annotated[int, Scalar("i64", "int", 64, signed=True)]
i128: TypeAlias = Annotated[int, Scalar("i128", "int", 128, signed=True)]
f32: TypeAlias = Annotated[float, Scalar("f32", "float", 32, signed=True)]
f64: TypeAlias = Annotated[float, Scalar("f64", "float", 64, signed=True)]
char: TypeAlias = Annotated[str, Scalar("char", "char", 32)]

u24: TypeAlias = Annotated[int, Scalar("u24", "int", 24)]
u40: TypeAlias = Annotated[int, Scalar("u40", "int", 40)]
u48: TypeAlias = Annotated[int, Scalar("u48", "int", 48)]
u56: TypeAlias = Annotated[int, Scalar("u56", "int", 56)]
i24: TypeAlias = Annotated[int, Scalar("i24", "int", 24, signed=True)]
i40: TypeAlias = Annotated[int, Scalar("i40", "int", 40, signed=True)]
i48: TypeAlias = Annotated[int, Scalar("i48", "int", 48, signed=True)]
i56: TypeAlias = Annotated[int, Scalar("i56", "int", 56, signed=True)]
f16: TypeAlias = Annotated[float, Scalar("f16", "float", 16, signed=True)]
uleb128: TypeAlias = Annotated[int, Scalar("uleb128", "leb128", 64)]
sleb128: TypeAlias = Annotated[int, Scalar("sleb128", "leb128", 64, signed=True)]
zigzag: TypeAlias = Annotated[int, Scalar("zigzag", "zigzag", 64, signed=True)]
vlq: TypeAlias = Annotated[int, Scalar("vlq", "vlq", 64)]
sqlite_varint: TypeAlias = Annotated[int, Scalar("sqlite_varint", "sqlite", 64, signed=True)]


def _scalar_of(name: str) -> Scalar:
    scalar: Scalar = globals()[name].__metadata__[0]
    return scalar


class Overlong(int):
    """
    An integer that was read from more bytes than it needs, `size`, and is written to as many.
    """

    size: int

    def __new__(cls, number: int, size: int) -> "Self":
        made = super().__new__(cls, number)
        made.size = size
        return made

    def __getnewargs__(self) -> tuple[int, int]:  # type: ignore[override]  # takes a size beside the number
        return int(self), self.size
