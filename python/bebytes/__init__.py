"""
Binary layouts as typed Python classes, encoded and decoded by a Rust core.

Declare a class derived from `Struct`; its annotated fields are the layout, and its methods read and write it.
"""

from . import errors
from ._backend import Codec, available_backends, decode_many, encode_many, iter_decode
from .fields import after, bits, count, derived, field, size, until
from .types import char, f32, f64, i8, i16, i32, i64, i128, u8, u16, u32, u64, u128

# isort: split
# Behind `.fields`, so that the function `fields` and not the module has the name, for type checkers too.
from ._struct import Struct, asdict, fields, replace

__all__ = [
    "Codec",
    "Struct",
    "after",
    "asdict",
    "available_backends",
    "bits",
    "char",
    "count",
    "decode_many",
    "derived",
    "encode_many",
    "errors",
    "f32",
    "f64",
    "field",
    "fields",
    "i8",
    "i16",
    "i32",
    "i64",
    "i128",
    "iter_decode",
    "replace",
    "size",
    "u8",
    "u16",
    "u32",
    "u64",
    "u128",
    "until",
]
