"""
Binary layouts as typed Python classes, encoded and decoded by a Rust core.

Declare a class derived from `Struct`; its annotated fields are the layout, and its methods read and write it.
"""

from . import errors
from ._backend import Codec, available_backends, decode_many, encode_many, iter_decode
from .fields import after, bits, count, derived, field, size, until
from .relations import at, checksum, computed, const, repeat_until, switch, when
from .shapes import align, bcd, fixed, padding, reserved, scaled
from .types import (
    char,
    f16,
    f32,
    f64,
    i8,
    i16,
    i24,
    i32,
    i40,
    i48,
    i56,
    i64,
    i128,
    sleb128,
    u8,
    u16,
    u24,
    u32,
    u40,
    u48,
    u56,
    u64,
    u128,
    uleb128,
    vlq,
    zigzag,
)

# isort: split
# Behind `.fields`, so that the function `fields` and not the module has the name, for type checkers too.
from ._struct import Struct, asdict, fields, replace, verify

__all__ = [
    "Codec",
    "Struct",
    "after",
    "align",
    "asdict",
    "at",
    "available_backends",
    "bcd",
    "bits",
    "char",
    "checksum",
    "computed",
    "const",
    "count",
    "decode_many",
    "derived",
    "encode_many",
    "errors",
    "f16",
    "f32",
    "f64",
    "field",
    "fields",
    "fixed",
    "i8",
    "i16",
    "i24",
    "i32",
    "i40",
    "i48",
    "i56",
    "i64",
    "i128",
    "iter_decode",
    "padding",
    "repeat_until",
    "replace",
    "reserved",
    "scaled",
    "size",
    "sleb128",
    "switch",
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
    "until",
    "verify",
    "vlq",
    "when",
    "zigzag",
]
