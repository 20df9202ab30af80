"""
What several files of this package need: bounds of what is drawn, a number that is no int, and the slots of a struct.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from hypothesis import strategies as st

from bebytes import Struct
from bebytes.errors import EncodeError

S = TypeVar("S", bound=Struct)

MOST_BYTES = 24
PERCENT = st.integers(1, 100)


class Index:
    """
    A number by `__index__` alone.
    """

    def __init__(self, number: int) -> None:
        self.number = number

    def __index__(self) -> int:
        return self.number

    def __repr__(self) -> str:
        return f"Index({self.number})"


def slot(record: Struct, number: int) -> Any:
    cls: Any = type(record)
    try:
        return cls.__bebytes_slots__[number].__get__(record)
    except AttributeError:
        return "<unset>"


def set_slot(record: Struct, number: int, value: Any) -> None:
    cls: Any = type(record)
    cls.__bebytes_slots__[number].__set__(record, value)


def exchange(record: Struct, number: int, other: Any, encode: Callable[[], bytes], expected: bytes) -> bool:
    """
    Put another value in a slot if `encode` still gives the bytes expected; whether it does.
    """
    held = slot(record, number)
    set_slot(record, number, other)
    try:
        same = encode() == expected
    except EncodeError:
        same = False
    if not same:
        set_slot(record, number, held)
    return same
