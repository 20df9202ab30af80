"""
Numbers whose width comes from data, and variants in structs with parameters.
"""

import pickle
from collections.abc import Callable
from typing import Any

import pytest

import bebytes
from bebytes import (
    Codec,
    Struct,
    at,
    bits,
    computed,
    count,
    derived,
    field,
    i64,
    padding,
    size,
    switch,
    u8,
    u16,
    u32,
    u64,
)
from bebytes.errors import SchemaError, WrongType

Codecs = Callable[..., Any]


class Words(Struct, parameters=("wide",)):
    address: u64 = bits("64 if wide else 32")
    kind: u8
    addend: i64 = bits("64 if wide else (16 if kind else 32)")
    tail: u16


class Note(Struct):
    kind: u8


class Sheet(Struct):
    wide: u8
    words: Words = field(parameters={"wide": "wide"})
    more: list[Words] = count(2, parameters={"wide": "wide"})


def test_whole_bytes_stay_on_boundaries(codec: Codecs) -> None:
    """
    A width of whole bytes, whatever the data says, leaves the next field on a byte boundary.
    """
    value = Sheet(0, Words(1, 0, -2, 3), [Words(4, 1, -5, 6)] * 2)
    data = codec(Sheet).encode(value)
    assert data.hex() == "00" + "0000000100fffffffe0003" + 2 * ("0000000401fffb0006")
    assert codec(Sheet).decode(data) == value
    with pytest.raises(SchemaError, match="begins where only data tells"):

        class _Odd(Struct):
            width: u8
            number: u32 = bits("width * 4")
            kind: u8


def test_items_have_a_least_size(codec: Codecs) -> None:
    """
    The least of the widths is what an item takes at least, so such items may fill a list.
    """

    class Table(Struct):
        words: list[Words] = field(parameters={"wide": "1"})

    value = Table([Words(1, 2, 3, 4)])
    assert codec(Table).decode(codec(Table).encode(value)) == value
    assert Words.field_size() == 4 + 1 + 2 + 2


def test_cases_take_the_parameters_that_they_want(codec: Codecs) -> None:
    """
    Parameters of a switch are there for all its cases.
    """

    class Entry(Struct):
        wide: u8
        body: Words | Note | bytes = switch("wide", {0: Words, 2: Note}, default=bytes, parameters={"wide": "wide"})

    for value in (Entry(0, Words(1, 0, 2, 3)), Entry(2, Note(7)), Entry(3, b"abc")):
        assert codec(Entry).decode(codec(Entry).encode(value)) == value
    with pytest.raises(SchemaError, match="no case of the switch takes the parameter 'other'"):

        class _Wrong(Struct):
            kind: u8
            body: Words | Note = switch("kind", {0: Words, 2: Note}, parameters={"other": "kind"})


def test_places_inside_lists_at_places(codec: Codecs) -> None:
    """
    A place of an item in a list that stands at a place of its own is one of the same message.
    """

    class Item(Struct):
        offset: u8
        length: u8
        content: bytes = at("offset", size="length")

    class File(Struct):
        where: u8
        items: list[Item] = at("where", count=2)

    value = File(8, [Item(2, 2, b"ab"), Item(5, 1, b"c")])
    data = codec(File).encode(value)
    assert data == b"\x08\0ab\0c\0\0\x02\x02\x05\x01"
    assert codec(File).decode(data) == value


def test_objects_compare_without_the_struct_around(codec: Codecs) -> None:
    """
    What a field that is not stored would be, if the struct around says it, cannot be told; comparing and printing go on.
    """

    class Part(Struct, kw_only=True, parameters=("step",)):
        length: u8 = derived
        content: bytes = size("length")
        gap: bytes = padding("(step - length % step) % step")

    assert Part(content=b"a") == Part(content=b"a") != Part(content=b"b")
    assert repr(Part(content=b"a")) == "Part(length=1, content=b'a')"
    with pytest.raises(WrongType):
        _ = Part(content=b"a").gap

    class Measured(Struct, kw_only=True, parameters=("step",)):
        length: u8 = computed("sizeof(content)")
        content: list[u8]

    assert Measured(content=[1, 2]).length == 2


def test_parameters_from_the_caller(backend: str) -> None:
    """
    Where there is no struct around, a codec gives the parameters; without them nothing is guessed.
    """
    value = Words(1, 0, -2, 3)
    wide = Codec(Words, backend=backend, parameters={"wide": 1})  # type: ignore[arg-type]  # a name from available_backends()
    assert wide.encode(value).hex() == "000000000000000100fffffffffffffffe0003"
    assert wide.decode(wide.encode(value)) == value
    assert wide.decode(wide.encode(value), verify=False) == value
    assert repr(wide) == f"Codec(Words, byteorder='big', backend={backend!r}, parameters={{'wide': 1}})"
    again = pickle.loads(pickle.dumps(wide))
    assert again.encode(value) == wide.encode(value)
    for call in (
        value.to_be_bytes,
        lambda: Words.from_be_bytes(bytes(99)),
        lambda: Codec(Words),
        lambda: bebytes.verify(Words, bytes(99), byteorder="big"),
        lambda: bebytes.decode_many(Words, bytes(99)),
    ):
        with pytest.raises(SchemaError, match="Words: takes the parameters wide, so only a struct around it"):
            call()
    with pytest.raises(SchemaError, match="Words takes the parameters wide; other are given"):
        Codec(Words, parameters={"other": 1})
    with pytest.raises(ValueError, match="byteorder"):
        Codec(Words, byteorder="middle", parameters={"wide": 1})  # type: ignore[arg-type]  # on purpose


def test_parameters_are_not_hidden() -> None:
    """
    A field and a parameter of one name would be one thing in expressions and another outside.
    """
    with pytest.raises(SchemaError, match=r"_Hidden.size: hides the parameter of that name"):

        class _Hidden(Struct, parameters=("size",)):
            size: u8
