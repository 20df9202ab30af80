"""
Manners: how structs compare, hash and print.

The reference of src/python/manners.rs, which comes here for whatever is not plain: a field that is unset, a number that is
derived, a class that reads attributes in its own way.
"""

from _thread import get_ident
from collections.abc import Callable
from typing import Any

from ._schema import Field, schema_of
from ._specifier import derived
from .errors import EncodeError

_printing: set[tuple[int, int]] = set()


def equal(self: Any, other: object) -> bool:
    """
    Whether two structs are of one class and hold equal values.
    """
    if type(other) is not type(self):
        return NotImplemented  # type: ignore[no-any-return]  # what Python makes of it
    left, right = _compared(self, other)
    return bool(left == right)


def represent(self: Any) -> str:
    """
    The call that makes the struct; "..." for a struct inside itself.
    """
    key = id(self), get_ident()
    if key in _printing:
        return "..."
    _printing.add(key)
    try:
        cls = type(self)
        fields = ", ".join(
            f"{f.name}={shown(self, f.name)}" for i, f in enumerate(schema_of(cls).fields) if not _is_given(self, i, f)
        )
        return f"{cls.__qualname__.rsplit('>.', 1)[-1]}({fields})"
    finally:
        _printing.discard(key)


def shown(record: Any, name: str) -> str:
    """
    What is printed for a field.
    """
    try:
        value = getattr(record, name)
    except EncodeError:
        return "derived"
    except AttributeError:
        return "<unset>"
    return repr(value)


def hashed(self: Any) -> int:
    """
    The hash of a frozen struct; fields that are not stored have no part in it, since a pinned one may equal one that is not.
    """
    return hash(tuple([_value(self, f.name) for f in schema_of(type(self)).fields if not f.is_unstored]))


def less(self: Any, other: object) -> bool:
    """
    As tuples of the values compare, within one class.
    """
    if type(other) is not type(self):
        return NotImplemented  # type: ignore[no-any-return]  # what Python makes of it
    left, right = _compared(self, other)
    return left < right


def less_or_equal(self: Any, other: object) -> bool:
    """
    Likewise.
    """
    if type(other) is not type(self):
        return NotImplemented  # type: ignore[no-any-return]  # what Python makes of it
    left, right = _compared(self, other)
    return left <= right


def greater(self: Any, other: object) -> bool:
    """
    Likewise.
    """
    if type(other) is not type(self):
        return NotImplemented  # type: ignore[no-any-return]  # what Python makes of it
    left, right = _compared(self, other)
    return left > right


def greater_or_equal(self: Any, other: object) -> bool:
    """
    Likewise.
    """
    if type(other) is not type(self):
        return NotImplemented  # type: ignore[no-any-return]  # what Python makes of it
    left, right = _compared(self, other)
    return left >= right


MANNERS: dict[str, Callable[..., Any]] = {
    "__eq__": equal,
    "__repr__": represent,
    "__hash__": hashed,
    "__lt__": less,
    "__le__": less_or_equal,
    "__gt__": greater,
    "__ge__": greater_or_equal,
}


def _compared(left: Any, right: Any) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    # The values of both, without those that neither stores: the same fields give them in both.
    names = [
        f.name
        for i, f in enumerate(schema_of(type(left)).fields)
        if not (_is_given(left, i, f) and _is_given(right, i, f))
    ]
    return tuple([_value(left, name) for name in names]), tuple([_value(right, name) for name in names])


def _is_given(record: Any, index: int, field: Field) -> bool:
    # Whether a field is not stored, and has no pinned value.
    if not field.is_unstored:
        return False
    try:
        return type(record).__bebytes_slots__[index].__get__(record) is derived
    except AttributeError:
        return False


def _value(record: Any, name: str) -> Any:
    # A number that cannot be told is no reason for comparing or printing to fail.
    try:
        return getattr(record, name)
    except EncodeError:
        return None
