"""
Wrong uses of the whole language: mypy and pyright report every line that ends in the word `error` as a comment, and no other.
"""

import enum

import bebytes
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
    field,
    fixed,
    padding,
    repeat_until,
    reserved,
    scaled,
    size,
    switch,
    u8,
    u16,
    u32,
    when,
)


class Kind(enum.IntEnum):
    A = 1


class Unstored(Struct):
    magic: bytes = const(b"PK")
    length: u16 = computed("sizeof(self)")
    kind: Kind
    crc: u32 = checksum("crc-32", over="kind:name")
    gap: bytes = align(4)
    rest: u8 = reserved(4)
    low: u8 = bits(4)
    name: str


# What is not stored is no argument of the constructor

Unstored()  # error
Unstored(Kind.A, 1)  # error
Unstored(b"PK", Kind.A, 1, "a")  # error
Unstored(Kind.A, 1, "a", 5)  # error
Unstored(1, 1, "a")  # error
Unstored(Kind.A, "1", "a")  # error


# Values of other types


class Conditions(Struct):
    flags: u8
    time: u32 | None = when("flags")
    level: float = scaled(u8, 0.5)
    digits: int = bcd(4)


Conditions(1, "a", 1.5, 2)  # error
Conditions(1, None, "b", 2)  # error
Conditions(1, None, 1.5, b"2")  # error
Conditions(1, None, 1.5)  # error
made = Conditions(1, None, 1.5, 2)
made.time + 1  # error
made.level = "a"  # error
made.digits.nothing()  # error


class Variants(Struct):
    kind: u8
    body: str | bytes = switch("kind", {1: str}, default=bytes)


Variants(1, 2)  # error
Variants(1, "a").body.hex()  # error


# Specifiers

const()  # error
const(1, 2)  # error
computed(5)  # error
checksum("crc-32", 5)  # error
checksum("crc-32", over="a", colour=1)  # error
when(5)  # error
switch("kind", 5)  # error
repeat_until("item", keep=1)  # error
at([1])  # error
at("a", origin="end")  # error
align("4")  # error
align(4, policy="drop")  # error
padding(None)  # error
reserved("4")  # error
scaled(u8)  # error
scaled(u8, "1")  # error
fixed(u8, 1.5)  # error
bcd("4")  # error
field(strip="middle")  # error
field(bit_order="up")  # error
field(word="16")  # error
field(origin="end")  # error
field(when=5)  # error
size(4, encoding=5)  # error
count(2, align="a")  # error


# Functions of the package

bebytes.verify(5, b"")  # error
bebytes.verify(Variants, "a")  # error
bebytes.verify(Variants, b"", byteorder="middle")  # error
Variants.from_bytes("a")  # error
Variants.from_bytes(b"", verify=5)  # error
made.to_bytes(1)  # error
