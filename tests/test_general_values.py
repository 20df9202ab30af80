"""
Expressions, values and bytes that Hypothesis makes up, for classes beyond the crate BeBytes, on both backends.
"""

from typing import Any

import pytest
from general_zoo_more import ZOO
from hypothesis import example, given, settings
from hypothesis import strategies as st

import bebytes
from bebytes import Codec, Struct, computed, field, i128, size, u8, u16, u128, when
from bebytes.errors import SchemaError
from bebytes.testing import outcome

pytestmark = pytest.mark.skipif("native" not in bebytes.available_backends(), reason="one backend only")

EDGES = (0, 1, 2, 3, 7, 64, 127, 128, 255, 2**63, 2**64 - 1, 2**64, 2**127 - 1)


def expressions(names: tuple[str, ...], operators: tuple[str, ...], *, signs: bool = True) -> st.SearchStrategy[str]:
    """
    Texts of expressions over some fields.
    """
    leaves = st.sampled_from(names) | st.sampled_from(EDGES).map(str)

    def wider(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        two = st.tuples(inner, st.sampled_from(operators), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})")
        if not signs:
            return two
        one = st.tuples(st.sampled_from(("-", "~", "not ")), inner).map(lambda t: f"({t[0]}{t[1]})")
        three = st.tuples(inner, inner, inner).map(lambda t: f"({t[0]} if {t[1]} else {t[2]})")
        return two | one | three

    return st.recursive(leaves, wider, max_leaves=6)


OPERATORS = ("+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>", "==", "!=", "<", "<=", ">", ">=", "and", "or")
NUMBERS = st.sampled_from((*EDGES, -1, -2, -(2**64), -(2**127))) | st.integers(-(2**127), 2**127 - 1)


def agree(cls: Any, data: bytes) -> None:
    for order in ("big", "little"):
        native, python = (Codec(cls, byteorder=order, backend=backend) for backend in ("native", "python"))
        read = outcome(python.decode, data)
        assert outcome(native.decode, data) == read
        if read[0] == "value":
            value = python.decode(data)
            assert outcome(native.encode, value) == outcome(python.encode, value)


@settings(max_examples=400)
@given(
    expressions(("a", "b", "c"), OPERATORS),
    NUMBERS,
    st.integers(0, 2**128 - 1) | st.sampled_from(EDGES),
    st.integers(0, 255),
)
@example("(a * a)", -(2**127), 0, 0)
@example("(a << c)", -3, 0, 127)
@example("(b + 0)", 0, 2**127, 0)
def test_conditions_and_rules(text: str, a: int, b: int, c: int) -> None:
    try:

        class Ruled(Struct):
            a: i128
            b: u128
            c: u8 = field(valid=text)
            d: u8 | None = when(text)

    except SchemaError:
        return
    agree(Ruled, (a & (2**128 - 1)).to_bytes(16, "big") + b.to_bytes(16, "big") + bytes((c, 7)))
    agree(Ruled, (a & (2**128 - 1)).to_bytes(16, "little") + b.to_bytes(16, "little") + bytes((c,)))


@settings(max_examples=300)
@given(
    expressions(("a", "b", "c"), ("+", "-", "*", "/", "%", "&", "<<"), signs=False),
    st.integers(0, 255),
    st.integers(0, 2**16 - 1),
    st.integers(0, 2**64) | st.sampled_from(EDGES),
)
def test_lengths(text: str, a: int, b: int, c: int) -> None:
    try:

        class Sized(Struct):
            a: u8
            b: u16
            c: u128
            n: u16 = computed("len(d) + sizeof(a:d)")
            d: bytes = size(text)

    except SchemaError:
        return
    head = bytes((a,)) + b.to_bytes(2, "big") + c.to_bytes(16, "big")
    for length in (0, 1, 3, 8):
        agree(Sized, head + (length + 21 + length).to_bytes(2, "big") + bytes(length))


CLASSES = list(dict.fromkeys(type(value) for value in ZOO))


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__qualname__)
@settings(max_examples=60)
@given(data=st.binary(max_size=80) | st.binary(max_size=12).map(lambda data: bytes(b & 7 for b in data)))
def test_any_bytes(cls: Any, data: bytes) -> None:
    agree(cls, data)
