"""
The scalar types: what a number, a truth value or a character takes on the wire.

Each is an `Annotated` alias, so that a type checker sees `int`, `float` or `str`, and the layout is kept beside it.
`bool`, `bytes` and `str` stand for themselves.
"""

from typing import Annotated, TypeAlias

__all__ = [
    "char",
    "f32",
    "f64",
    "i8",
    "i16",
    "i32",
    "i64",
    "i128",
    "u8",
    "u16",
    "u32",
    "u64",
    "u128",
]


class Scalar:
    """
    The layout of a scalar type: its kind (`int`, `float` or `char`), its width in bits, and whether it has a sign.
    """

    __slots__ = ("kind", "name", "signed", "width")

    def __init__(self, name: str, kind: str, width: int, signed: bool = False) -> None:
        self.name = name
        self.kind = kind
        self.width = width
        self.signed = signed

    def __repr__(self) -> str:
        return self.name


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
