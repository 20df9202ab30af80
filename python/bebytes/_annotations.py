"""
Compiler: what annotations beyond plain ones say.
"""

import enum
import typing
from types import NoneType, UnionType
from typing import Any

from ._nodes import show, unwrap
from ._schema import Schema, scalar_of


def parameters_of(annotation: Any) -> tuple[str, ...]:
    # What a struct, or each of a list of them, wants from the one around it.
    schema = getattr(leaf_of(annotation), "__bebytes_schema__", None)
    return schema.options.parameters if isinstance(schema, Schema) else ()


def alternatives(annotation: Any) -> tuple[Any, ...]:
    return typing.get_args(annotation) if typing.get_origin(annotation) in (typing.Union, UnionType) else (annotation,)


def without_int(annotation: Any) -> Any:
    # Where unknown numbers are kept, `Kind | int` says so to type checkers.
    rest = [a for a in alternatives(annotation) if a is not int]
    return unwrap(rest[0]) if len(rest) == 1 else annotation


def leaf_of(annotation: Any) -> Any:
    # What lists and options of an annotation hold in the end.
    while True:
        annotation = unwrap(annotation)
        rest = [a for a in alternatives(annotation) if a is not NoneType]
        if typing.get_origin(annotation) is list:
            (annotation,) = typing.get_args(annotation)
        elif len(rest) == 1 and rest[0] is not annotation:
            (annotation,) = rest
        else:
            return annotation


def is_struct(annotation: Any) -> bool:
    """
    Whether an annotation is a struct class.
    """
    return isinstance(annotation, type) and hasattr(annotation, "__bebytes_schema__")


def is_enum(annotation: Any) -> bool:
    base = getattr(annotation, "__origin__", annotation) if hasattr(annotation, "__metadata__") else annotation
    return isinstance(base, type) and issubclass(base, enum.Enum)


def classes_of(annotation: Any) -> tuple[type, ...]:
    # The Python classes of the values of a type.
    if isinstance(annotation, type):
        if hasattr(annotation, "__bebytes_schema__"):
            return (annotation,)
        return (annotation,) if annotation is not bytes else (bytes, bytearray, memoryview)
    scalar = scalar_of(annotation)
    if scalar is not None:
        return {"float": (float, int), "char": (str,)}.get(scalar.kind, (int,))
    if typing.get_origin(annotation) is list:
        return (list, tuple)
    inner = getattr(annotation, "__origin__", None)
    return (inner,) if isinstance(inner, type) else (object,)


def plain_name(annotation: Any) -> str:
    base = getattr(annotation, "__origin__", annotation)
    return getattr(base, "__name__", None) or show(annotation)
