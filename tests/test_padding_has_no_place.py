"""
Padding stands where it is declared: at a place of its own it was written where the fields around it are.
"""

import pytest

from bebytes import Struct, padding, size, u8
from bebytes.errors import SchemaError


def test_padding_at_a_place() -> None:
    with pytest.raises(
        SchemaError, match="gap: padding has no place of its own; put it into a struct, and that at 'offset'"
    ):

        class _(Struct):
            offset: u8
            gap: bytes = padding(2, at="offset", policy="keep")
            behind: u8


def test_padding_in_a_struct_at_a_place() -> None:
    class Gap(Struct):
        content: bytes = padding(2, policy="keep")

    class Around(Struct):
        offset: u8
        gap: Gap = size(2, at="offset")
        behind: u8

    assert Around.from_be_bytes(b"\2\7\1\2").to_be_bytes() == b"\2\7\1\2"
