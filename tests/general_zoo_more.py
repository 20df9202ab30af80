"""
The rest of the zoo: type parameters, recursion, places, adapters, windows, and what is made of several of them.
"""

import ipaddress
from typing import Generic, TypeVar

from general_zoo import ZOO, A, Header, Kind, P, add

from bebytes import (
    Struct,
    at,
    bits,
    computed,
    count,
    derived,
    f32,
    f64,
    field,
    i8,
    i32,
    repeat_until,
    reserved,
    size,
    u8,
    u16,
    u32,
    u64,
    u128,
    uleb128,
    when,
)

__all__ = ["ZOO"]

T = TypeVar("T")


class Tlv(Struct, Generic[T], kw_only=True):
    kind: u8
    n: u8 = derived
    body: T = size("n")


add(Tlv[A](kind=1, body=A(2)), Tlv[bytes](kind=1, body=b"abc"))


class Tree(Struct, kw_only=True):
    value: u8
    n: u8 = derived
    kids: "list[Tree]" = count("n")


add(Tree(value=1, kids=[Tree(value=2, kids=[]), Tree(value=3, kids=[Tree(value=4, kids=[])])]))


class Sec(Struct, parameters=("wide",)):
    off: u64 | None = when("wide", default=None)
    off4: u32 | None = when("not wide", default=None)


class Fl(Struct):
    w: bool
    secs: list[Sec] = count(2, parameters={"wide": "w"})


add(Fl(True, [Sec(1), Sec(2)]), Fl(False, [Sec(None, 1), Sec(None, 2)]))


class Ptr(Struct, kw_only=True):
    off: u16 = derived
    n: u8 = derived
    name: bytes = at("off", size="n")
    z: u8


class Pf(Struct):
    items: list[Ptr] = count(2)
    tot: u16 = computed("sizeof(self)")


add(Pf([Ptr(name=b"abc", z=1), Ptr(name=b"de", z=2)]))


class Label(Struct):
    kind: u8 = bits(2)
    length: u8 = bits(6)
    text: bytes | None = when("kind == 0", size="length", default=None)
    low: u8 | None = when("kind == 3", default=None)
    target: "Name | None" = when("kind == 3", at="length << 8 | low", default=None)


class Name(Struct):
    labels: list[Label] = repeat_until("item.kind == 3 or item.length == 0")


class Two(Struct):
    a: Name
    b: Name


add(Two.from_be_bytes(b"\3www\7example\0" + b"\4mail\xc0\x04"))


class Entry(Struct):
    where: u16
    long: u8
    what: bytes = at("where", size="long")
    near: u8 = 0


class Directory(Struct):
    """
    Positions that fields say, over gaps and over each other.
    """

    n: u8
    entries: list[Entry] = count("n")
    first: list[u16] = at("n * 4 + 1", count="n")


add(Directory(2, [Entry(20, 3, b"abc", 1), Entry(21, 2, b"bc", 2)], [5, 6]))


class Ad(Struct):
    a: ipaddress.IPv4Address = size(4, adapt=(ipaddress.IPv4Address, lambda v: v.packed))
    b: u8


add(Ad(ipaddress.IPv4Address("1.2.3.4"), 5))


class Lo(Struct, lossless=True):
    a: uleb128
    r: u8 = reserved(4)
    k: Kind = bits(4)
    s: str = size(4, pad=" ")


add(Lo(5, k=Kind.A, s="abc"))


class Big(Struct):
    a: u128
    b: u8 = field(valid="a + b > 0")
    c: i32
    d: bytes = size("c - 3")
    e: bytes = size("(b - 1) * 4294967296 * 4294967296 * 2 + 1")
    f: u8 = field(valid="-a < c << 100 and ~b != f / 3 + c % 5 and (f if b else c) >= 0")


add(Big(7, 1, 4, b"x", b"y", 3))


class Wrapped(Struct):
    before: u16
    inner: Header
    items: list[Header] = count(2)
    many: list[P]


add(Wrapped(1, Header(1, 2, 4, 5), [Header(1, 2, 4, 5)] * 2, [P(4, 7, Kind.A, None, 1), P(0, None, Kind.B, 3, 2)]))


class Twenty(Struct):
    """
    A header of 20 plain fields with one condition at the end.
    """

    f0: u8
    f1: u16
    f2: u32
    f3: u64
    f4: u8 = bits(3)
    f5: u8 = bits(5)
    f6: i8
    f7: Kind
    f8: bool
    f9: f32
    g0: u8
    g1: u16
    g2: u32
    g3: u64
    g4: u8 = bits(3)
    g5: u8 = bits(5)
    g6: i8
    g7: Kind
    g8: bool
    g9: f64
    opt: u16 | None = when("f0 & 1", default=None)


add(Twenty(1, 2, 3, 4, 5, 6, -7, Kind.A, True, 1.5, 1, 2, 3, 4, 5, 6, -7, Kind.B, False, 2.5, 9))
add(Twenty(2, 2, 3, 4, 5, 6, -7, Kind.A, True, 1.5, 1, 2, 3, 4, 5, 6, -7, Kind.B, False, 2.5, None))
