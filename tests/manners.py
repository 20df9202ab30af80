"""
How manners are reached, and what they are tried on: structs, and things in them that compare, hash and print in every way.
"""

import math
import operator
from collections.abc import Callable
from enum import IntEnum
from typing import Any

from variants import Frozen, Frozener, Line, Point

from bebytes import Struct, _manners, derived, fields, size, u8
from bebytes.testing import outcome

Manners = dict[str, Callable[..., Any]]

INSTALLED: Manners = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
    "repr": repr,
    "hash": hash,
}
REFERENCE: Manners = {
    "eq": _manners.equal,
    "ne": lambda one, other: not _manners.equal(one, other),
    "lt": _manners.less,
    "le": _manners.less_or_equal,
    "gt": _manners.greater,
    "ge": _manners.greater_or_equal,
    "repr": _manners.represent,
    "hash": _manners.hashed,
}
COMPARISONS = ("eq", "ne", "lt", "le", "gt", "ge")


class Ordered(Struct, order=True):
    a: u8
    b: u8


class Counted(Struct, kw_only=True):
    n: u8 = derived
    body: bytes = size("n")


class Wide(Struct, order=True):
    """More fields than a comparison keeps on the stack."""

    a: u8
    b: u8
    c: u8
    d: u8
    e: u8
    f: u8
    g: u8
    h: u8
    i: u8
    j: u8


class Kind(IntEnum):
    A = 1
    B = 2


class Text(str):
    __slots__ = ()


class Never:
    """Equal to nothing, itself included, and always less."""

    __hash__ = None  # type: ignore[assignment]  # not to be hashed

    def __eq__(self, other: object) -> bool:
        return False

    def __lt__(self, other: object) -> Any:
        return "less"


class Broken:
    def __eq__(self, other: object) -> bool:
        raise ZeroDivisionError("eq")

    def __lt__(self, other: object) -> bool:
        raise ZeroDivisionError("lt")

    def __hash__(self) -> int:
        raise ZeroDivisionError("hash")

    def __repr__(self) -> str:
        raise AttributeError("repr")


class Doing:
    """Does something when it is compared or printed; equal to all."""

    def __init__(self, action: Callable[[], object]) -> None:
        self.action = action

    def __eq__(self, other: object) -> bool:
        self.action()
        return True

    def __repr__(self) -> str:
        self.action()
        return "doing"

    def __hash__(self) -> int:
        return 0


class Shown:
    def __init__(self, text: Any) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text  # type: ignore[no-any-return]  # a test gives what is no text


def tuple_of(record: Struct) -> tuple[Any, ...]:
    return tuple(getattr(record, f.name) for f in fields(record))


# Construction takes anything, which type checkers need not like.
ordered: Any = Ordered
wide: Any = Wide
frozen: Any = Frozen

NEVER = Never()
NAN = math.nan
THINGS = [
    0,
    1,
    True,
    False,
    None,
    -5,
    300,
    2**40,
    2**40 + 1,
    2**64,
    -(2**100),
    1.0,
    0.0,
    -0.0,
    NAN,
    float("nan"),
    "",
    "a",
    "é",
    Text("a"),
    b"",
    b"a",
    b"\0\xff",
    bytearray(b"a"),
    Kind.A,
    Kind.B,
    NEVER,
    [],
    [1],
    [1, 2],
    [300, NAN],
    [NEVER],
    [[1]],
    (1,),
    Point(1),
    Point(300, 7),
    [Point(300, 7), Point(1)],
    Frozen(1),
    Frozener(1),
    Line(Point(300), [Point(1), Point(300)]),
    [[[[[300]]]]],
]


def copied(thing: Any) -> Any:
    # Another object where that is possible, so that not everything is settled by identity.
    if type(thing) is int:
        return int(str(thing))
    if type(thing) is list:
        return [copied(item) for item in thing]
    if type(thing) is bytes:
        return bytes(bytearray(thing))
    if isinstance(thing, Struct):
        return type(thing)(*map(copied, tuple_of(thing)))
    return thing


def comparisons_of(manners: Manners, one: Any, other: Any) -> list[Any]:
    return [outcome(manners[name], one, other) for name in COMPARISONS]
