"""
Layouts and objects that several of the `test_hostile_*.py` use.
"""

import enum
from collections.abc import Callable
from typing import Any

from bebytes import Struct, char, count, derived, f32, f64, size, u8, u16


class Kind(enum.IntEnum):
    A = 0
    B = 1


class Item(Struct):
    x: u8


class Numbers(Struct):
    xs: list[u8] = count(4)


class Counted(Struct, kw_only=True):
    n: u8 = derived
    xs: list[u8] = count("n")
    tail: u16 = 0


class Body(Struct):
    a: u8
    body: bytes


class Sized(Struct, kw_only=True):
    a: u8 = 1
    n: u8 = derived
    body: bytes = size("n")


class Name(Struct):
    c: char
    s: str = size(2)


class Three(Struct):
    a: u8
    b: u8
    c: u8


class Reals(Struct):
    f: f32
    g: f64


class Truth(Struct):
    b: bool
    k: Kind


class Acting:
    """
    Stands for a number, and does something when it is asked for it.
    """

    def __init__(self, action: Callable[[], Any], number: int = 7) -> None:
        self.action = action
        self.number = number

    def __index__(self) -> int:
        self.action()
        return self.number


class ActingFloat(Acting):
    __index__ = None  # type: ignore[assignment]

    def __float__(self) -> float:
        self.action()
        return 1.5
