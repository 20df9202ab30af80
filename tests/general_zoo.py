"""
A class for each thing that a layout can say beyond the crate BeBytes, alone and combined, each with values.
"""

import enum
import ipaddress
from typing import Any, Generic, TypeVar

from bebytes import (
    Struct,
    align,
    at,
    bcd,
    bits,
    checksum,
    computed,
    const,
    count,
    derived,
    f16,
    f32,
    f64,
    field,
    fixed,
    i8,
    i24,
    i32,
    padding,
    repeat_until,
    reserved,
    scaled,
    size,
    sleb128,
    switch,
    u8,
    u16,
    u24,
    u32,
    u64,
    u128,
    uleb128,
    until,
    vlq,
    when,
    zigzag,
)
from bebytes.fields import after

ZOO: list[Any] = []
"""Values; each of them is encoded in both byte orders where its class fixes none."""


def add(*values: Any) -> None:
    """
    Put values into the zoo.
    """
    ZOO.extend(values)


class Kind(enum.IntEnum):
    A = 1
    B = 2
    C = 3


class Bits(enum.IntFlag):
    R = 1
    W = 2
    X = 4


class A(Struct):
    x: u16


class B(Struct):
    y: str


class Header(Struct):
    magic: bytes = const(b"\x7fELF")
    version: u8 = const(1)
    kind: u8 = field(valid={1, 2, 7})
    n: u8 = field(valid=range(1, 10))
    m: u8 = field(valid="m > n and m % 2 == 0")
    name: str = const("né")
    last: u16


add(Header(1, 2, 4, 600), Header(7, 9, 254, 0))


class Constants(Struct):
    a: Kind = const(Kind.B)
    b: bool = const(True)
    c: f32 = const(1.5)
    d: u128 = const(2**127 + 5)
    e: i24 = const(-3)
    f: str = size(2)
    g: u8 = bits(3)
    h: u8 = const(5, bits=5)


add(Constants("xy", 3))


class Rules(Struct):
    a: Kind = field(valid={Kind.A, Kind.B})
    b: f64 = field(valid=(0.5, 2.5))
    c: str = size(2, valid={"ab", "cd"})
    d: bytes = size(2, valid="d == 'PK' or d == 'MZ'")
    e: i32 = field(valid=(-5, 5))
    f: u8 = field(valid=range(3, 200, 7))
    g: list[u8] = count(3, valid=range(10))
    h: Bits = field(valid="h & 1 == 1")


add(Rules(Kind.B, 1.0, "cd", b"MZ", -5, 10, [1, 9, 0], Bits.R | Bits.X))


class Msg(Struct):
    length: u16 = computed("sizeof(self)")
    count_: u8 = computed("len(items)")
    items: list[u16] = count("count_")
    hlen: u8 = computed("sizeof(head) / 4")
    head: bytes = size("hlen * 4")
    tail: uleb128 = computed("sizeof(items:head)")
    rest: bytes


add(Msg([1, 2], b"abcd", b"xyz"), Msg([], b"", b""))


class Var(Struct, kw_only=True):
    n: uleb128 = computed("sizeof(body)")
    body: bytes = size("n")
    k: uleb128 = derived
    more: list[u16] = size("k")
    z: zigzag
    s: sleb128
    q: vlq


add(
    Var(body=b"x" * 3, more=[1] * 2, z=-3, s=-200, q=300),
    Var(body=b"", more=[], z=2**63 - 1, s=-(2**63), q=2**64 - 1),
)


class P(Struct):
    flags: u8
    time: u32 | None = when("flags & 4")
    kind: Kind
    big: u16 | None = when("kind == Kind.B and not flags & 1")
    tail: u8


add(P(4, 7, Kind.A, None, 1), P(0, None, Kind.B, 3, 2), P(1, None, Kind.C, None, 3))


class S(Struct, kw_only=True):
    kind: Kind = derived
    body: A | B | bytes = switch("kind", {Kind.A: A, Kind.B: B}, default=bytes)


add(S(body=A(3)), S(body=B("hey")), S(kind=Kind.C, body=b"zz"))


class S2(Struct, kw_only=True):
    kind: u8
    n: u8 = derived
    body: A | B = switch("kind", {1: A, (2, 3): B}, size="n")
    after_: u8


add(S2(kind=1, body=A(7), after_=9), S2(kind=3, body=B("abc"), after_=9))


class S3(Struct, kw_only=True):
    kind: bytes = size(2)
    m: Kind
    body: A | u8 | None = switch("kind", {b"AA": A, b"BB": u8, b"CC": None})
    more: u8 | u16 = switch("m", {Kind.A: u8, Kind.B: u16})


add(S3(kind=b"AA", m=Kind.A, body=A(1), more=2), S3(kind=b"CC", m=Kind.B, body=None, more=3))


class R(Struct, kw_only=True):
    labels: list[u8] = repeat_until("item == 0")
    pairs: list[A] = repeat_until("item.x > 10")
    path: list[u8] = repeat_until("item == 0", keep=False, sentinel=0)
    m: str = until("\r\n")
    n: u8 = derived
    sub: list[A] = size("n")
    nib: list[u8] = count(4, bits=4)
    rest: list[A]


add(R(labels=[1, 2, 0], pairs=[A(1), A(11)], path=[5, 6], m="hi", sub=[A(1)], nib=[1, 2, 3, 4], rest=[A(1), A(2)]))


class Marked(Struct):
    """
    Markers whose end is their start.
    """

    a: bytes = until(b"abab")
    b: bytes = until(b"xx")


add(Marked(b"zb", b"y"), Marked(b"", b""))


class Texts(Struct):
    a: str = size(8, encoding="latin-1", pad=" ")
    b: str = size(8, encoding="utf-16-le", pad="\0")
    c: str = size(4, encoding="ascii", pad="\0", strip="first")
    d: str = size(8, encoding="utf-32-be")
    e: str = size(3, encoding="cp437")
    f: bytes = size(4)
    g: str = size(6, pad=" ", strip="both")
    h: str = until(b"--")
    i: bytes = after(b"::")


add(Texts("abc", "hé", "xy", "aé", "é..", b"0012", "x y", "mark", b"rest"))


class Summed(Struct, kw_only=True):
    """
    Checksums of every sort: of the core, of Python's, of a part, with a start, and one that may be left out.
    """

    n: u8
    crc: u32 = checksum("crc-32", over="n:body")
    body: bytes = size("n")
    half: u16 = checksum("internet", start="n + 1", none=0)
    digest: bytes = checksum("md5", over="n:body")


class Chunk(Struct, kw_only=True):
    length: u32 = derived
    kind: bytes = size(4)
    payload: bytes = size("length")
    crc: u32 = checksum("crc-32", over="kind:payload")


class Loose(Struct, kw_only=True):
    length: u16 = derived
    sum: u16 = checksum("internet", start="length + 17", none=0)
    payload: list[u16] = size("length - 4")


add(Summed(n=3, body=b"abc"), Summed(n=0, body=b"", half=0), Chunk(kind=b"IDAT", payload=b"xyz"))  # type: ignore[call-arg]  # pinned
add(Loose(payload=[1, 2]), Loose(payload=[], sum=0))  # type: ignore[call-arg]  # pinned


class Picked(Struct, kw_only=True):
    """
    A variant whose cases have lengths of their own, and a length that is for a field which may be absent.
    """

    kind: u8
    n: u8 = derived
    m: u8 = derived
    body: list[u8] | list[u16] = switch("kind", {1: list[u8], 2: list[u16]}, count="n")
    more: bytes | None = when("kind == 2", size="m", default=None)


add(Picked(kind=1, body=[1, 2]), Picked(kind=2, body=[1, 2], more=b"xy"))


class Padded(Struct, kw_only=True):
    """
    A length that what stands behind its field looks at once more.
    """

    n: u16 = derived
    items: list[A] = size("n * 2")
    gap: bytes = padding("n % 2", policy="ignore")
    m: u8 = derived
    body: bytes = size("m")
    rest: bytes = padding("(4 - m % 4) % 4", policy="zero")
    kept: u8 | None = when("n > 2 and m > 0", default=None)


add(Padded(items=[A(1), A(2), A(3)], body=b"abcde", kept=7), Padded(items=[], body=b""))


class Sh(Struct):
    a: u24
    gap: bytes = align(4)
    h: f16
    pad: bytes = padding(2, policy="keep")
    c: float = scaled(u8, 0.5, -40)
    f: float = fixed(i32, 16)
    d: int = bcd(4)
    o: A | None
    oo: str | None = size(3)
    r: u8 = reserved(3)
    q: u8 = bits(5)
    nb: u8 = bits(5)
    x: i32 = bits("nb")
    y: i32 = bits("nb")
    end: bytes = align(1)
    loose: bytes = padding(3, policy="ignore")


add(Sh(0x010203, 1.5, c=21.5, f=-1.25, d=1234, o=A(1), oo=None, q=3, nb=7, x=-5, y=60))
add(Sh(1, -2.0, c=0.0, f=0.5, d=9876, o=None, oo="abc", q=1, nb=0, x=0, y=0))


class Un(Struct, unaligned=True):
    a: u8 = bits(4)
    b: bytes = size(2)
    c: A
    e: u16 | None
    f: list[u8] = count(2)
    d: u8 = bits(4)


add(Un(1, b"\xab\xcd", A(0x1234), 5, [1, 2], 5), Un(1, b"\xab\xcd", A(0x1234), None, [3, 4], 5))


for order in "big", "little":
    for end in "msb", "lsb":

        class W(Struct, byteorder=order, bit_order=end, word=16):
            a: u8 = bits(4)
            b: u16 = bits(12)
            c: Kind = bits(2)
            d: i32 = bits(14)
            e: u8

        add(W(3, 0xABC, Kind.C, -7, 9))


class L(Struct, byteorder="little"):
    a: u16
    b: A


add(L(1, A(2)))


class Id(Struct):
    data: u8
    more: u16 = field(byteorder="big")


class E(Struct, byteorder="little if ident.data == 1 else big"):
    ident: Id
    x: u16
    b: A
    c: list[u32] = count(2)


add(E(Id(1, 5), 2, A(3), [1, 2]), E(Id(2, 5), 2, A(3), [1, 2]))


class Told(Struct):
    mark: u8
    inner: Id
    n: u8


class E3(Struct, byteorder="little if mark == 1 else big"):
    mark: u8
    told: Told
    x: u16 | None = when("told.n > 2 and told.inner.more > 2")
    y: bytes = size("told.inner.more - 1")


add(E3(1, Told(2, Id(3, 3), 4), 5, b"ab"), E3(2, Told(2, Id(3, 2), 4), None, b"a"))


class E2(Struct):
    m: bytes = size(2)
    x: u16 = field(byteorder="little if m == b'II' else big")
    y: list[u16] = count(2, byteorder="little if m == b'II' else big")


add(E2(b"II", 1, [2, 3]), E2(b"MM", 1, [2, 3]))


class En(Struct):
    a: Kind = field(unknown="keep")
    b: Kind = field(unknown=Kind.C)
    c: Bits = field(unknown="keep")


add(En(9, Kind.A, 200), En(Kind.B, Kind.C, Bits.W))  # type: ignore[arg-type]  # numbers that no member has


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
