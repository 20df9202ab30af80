"""
Structs of every manner, for the tests of structs as objects and of their copies: defaults, frozen, keywords, inheritance.
"""

from typing import ClassVar

from bebytes import Struct, count, field, u8, u16


class Point(Struct):
    x: u16
    y: u8 = 2


class Frozen(Struct, frozen=True):
    x: u8
    y: u8 = 0


class KwOnly(Struct, kw_only=True):
    a: u8 = 1
    b: u16
    c: list[u8] = count(2, default_factory=lambda: [0, 0])


class Mixed(Point):
    a: u8 = field(default=3)
    b: u8 = field(kw_only=True)
    c: u8 = field(default=5, kw_only=False)


class Line(Struct):
    start: Point
    ends: list[Point] = count(1)


class Frozener(Frozen, frozen=True):
    z: u8 = 1


class WithAttribute(Point):
    """Adds no fields, but a method and a class variable."""

    LIMIT: ClassVar[int] = 7

    def total(self) -> int:
        return self.x + self.y
