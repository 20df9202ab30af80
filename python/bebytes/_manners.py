"""
Manners: how structs compare, hash and print.

The reference of src/python/manners.rs, which comes here for whatever is not plain: a field that is unset, a number that is
derived, a class that reads attributes in its own way.
"""

from _thread import get_ident
from collections.abc import Callable
from typing import Any

from ._schema import schema_of
from .errors import EncodeError

_printing: set[tuple[int, int]] = set()


def equal(self: Any, other: object) -> bool:
    """
    Whether two structs are of one class and hold equal values.
    """
    return _values(self) == _values(other) if type(other) is type(self) else NotImplemented


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
        fields = ", ".join(f"{f.name}={shown(self, f.name)}" for f in schema_of(cls).fields)
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
    The hash of a frozen struct.
    """
    return hash(_values(self))


def less(self: Any, other: object) -> bool:
    """
    As tuples of the values compare, within one class.
    """
    return _values(self) < _values(other) if type(other) is type(self) else NotImplemented


def less_or_equal(self: Any, other: object) -> bool:
    """
    Likewise.
    """
    return _values(self) <= _values(other) if type(other) is type(self) else NotImplemented


def greater(self: Any, other: object) -> bool:
    """
    Likewise.
    """
    return _values(self) > _values(other) if type(other) is type(self) else NotImplemented


def greater_or_equal(self: Any, other: object) -> bool:
    """
    Likewise.
    """
    return _values(self) >= _values(other) if type(other) is type(self) else NotImplemented


MANNERS: dict[str, Callable[..., Any]] = {
    "__eq__": equal,
    "__repr__": represent,
    "__hash__": hashed,
    "__lt__": less,
    "__le__": less_or_equal,
    "__gt__": greater,
    "__ge__": greater_or_equal,
}


def _values(record: Any) -> tuple[Any, ...]:
    return tuple([_value(record, f.name) for f in schema_of(type(record)).fields])


def _value(record: Any, name: str) -> Any:
    # A derived number that cannot be told is no reason for comparing or printing to fail.
    try:
        return getattr(record, name)
    except EncodeError:
        return None
