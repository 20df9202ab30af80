"""
Structs compare and print by themselves, where only a struct around them could say what their unstored fields are.
"""

import copy
from collections.abc import Callable
from typing import Any

from bebytes import Codec, Struct, align, field, switch, u8, u16

Codecs = Callable[..., Codec[Any]]


class Inner(Struct, parameters=("wide",)):
    first: u8
    gap: bytes = align(2)
    number: u8 | u16 = switch("wide", {1: u8, 2: u16})


class Outer(Struct):
    wide: u8
    inner: Inner = field(parameters={"wide": "wide"})


def test_comparing(codec: Codecs) -> None:
    value = Outer(1, Inner(1, 2))

    assert codec(Outer).decode(codec(Outer).encode(value)) == value
    assert value.inner == Inner(1, 2)
    assert value.inner != Inner(1, 3)
    assert copy.deepcopy(value) == value


def test_printing() -> None:
    assert repr(Outer(1, Inner(1, 2))) == "Outer(wide=1, inner=Inner(first=1, number=2))"
