"""
Records that the tests of methods and those of many records at once read and write.
"""

from bebytes import Struct, count, size, u8, u16, until
from bebytes import after as after_marker


class Point(Struct):
    x: u16
    y: u8


class Child(Point):
    pass


class Message(Struct):
    n: u8
    data: bytes = size("n")


class Flagged(Struct):
    flag: bool
    points: list[Point] = count(1)


class Line(Struct):
    text: str = until("\n")


class Everything(Struct):
    rest: bytes


class AfterMarker(Struct):
    rest: bytes = after_marker(0)


class NumberAndAfter(Struct):
    n: u8
    rest: bytes = after_marker(0)


class Empty(Struct):
    pass
