"""
What several files of this package need: bounds of what is drawn, a number that is no int, and the slots of a struct.
"""

from typing import Any, TypeVar

from hypothesis import strategies as st

from bebytes import Struct

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
