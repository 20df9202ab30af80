"""
Results and errors in a form that can be compared.
"""

import struct
from collections.abc import Callable
from typing import Any

from bebytes import Struct
from bebytes._schema import schema_of
from bebytes.errors import BeBytesError

from ._common import slot


def outcome(call: Callable[..., Any], *args: Any) -> tuple[Any, ...]:
    """
    What a call gives, in a form in which two outcomes are equal when they cannot be told apart.

    Returns:
        `("value", value)` with structs taken apart, floats as their bits and the type of everything beside it; or the
        error's class and, where the error is one of ours, its text, path, offset and figures.
    """
    try:
        value = call(*args)
    except BeBytesError as e:
        figures = tuple(comparable(getattr(e, name)) for name in getattr(e, "figures", ()))
        return type(e).__name__, str(e), getattr(e, "path", None), getattr(e, "offset", None), figures
    except Exception as e:  # noqa: BLE001 (the user's own code may raise anything; its text is no business of ours)
        return (type(e).__name__,)
    return "value", comparable(value)


def comparable(value: Any) -> Any:
    """
    A value in a form that compares types too, takes structs apart to what their slots hold, and floats to their bits.
    """
    if isinstance(value, Struct):
        cls = type(value)
        slots = ((f.name, slot(value, i)) for i, f in enumerate(schema_of(cls).fields))
        return cls, tuple((name, comparable(held)) for name, held in slots)
    if isinstance(value, (list, tuple)):
        return type(value), tuple(comparable(item) for item in value)
    if isinstance(value, float):
        return float, struct.pack(">d", value)
    return type(value), value
