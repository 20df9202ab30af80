"""
Derived numbers: lengths and counts that are never stale.
"""

import copy
import pickle
from typing import Any

import pytest
from checks import Codecs, raises, same_bytes

from bebytes import Struct, asdict, bits, count, derived, field, fields, i8, replace, size, u8, u16, u64, until
from bebytes.errors import LengthMismatch, OutOfRange, SchemaError, WrongType


class Message(Struct, kw_only=True):
    n: u8 = derived
    data: bytes = size("n")


class Words(Struct, kw_only=True):
    n: u16 = derived
    words: list[u16] = count("n")


class Text(Struct, kw_only=True):
    n: u8 = bits(4, default=derived)
    m: u8 = bits(4, default=derived)
    text: str = size("n")
    parts: list[str] = until(0, count="m")


class Two(Struct, kw_only=True):
    n: u8 = derived
    a: list[u8] = count("n")
    b: list[u16] = count("n")


class Header(Struct, kw_only=True):
    kind: u8
    n: u8 = derived


class Outer(Struct, kw_only=True):
    header: Header
    data: bytes = size("header.n")


class Frozen(Struct, kw_only=True, frozen=True, order=True):
    n: u8 = derived
    data: bytes = size("n")


def test_derived_number_counts_what_it_sizes(codec: Codecs) -> None:
    """
    Bytes of data, bytes of a string's UTF-8, items and sections.
    """
    same_bytes(codec, Message(data=b"abc"), "03 616263")
    same_bytes(codec, Message(data=b""), "00")
    same_bytes(codec, Words(words=[1, 2]), "0002 0001 0002", "0200 0100 0200")
    same_bytes(codec, Text(text="é!", parts=["a", ""]), "32 c3a921 6100 00", "23 c3a921 6100 00")


def test_derived_number_is_never_stale(codec: Codecs) -> None:
    """
    It reads as the number needed now, after decoding as well.
    """
    for value in (Message(data=b"abc"), codec(Message).decode(b"\3abc")):
        assert value.n == 3

        value.data = b"abcdef"
        assert value.n == 6
        assert codec(Message).encode(value) == b"\6abcdef"

    words = codec(Words).decode(b"\0\1\0\5")
    words.words.append(7)
    assert words.n == 2
    assert repr(words) == "Words(n=2, words=[5, 7])"
    assert codec(Words).encode(words) == b"\0\2\0\5\0\7"


def test_assigning_a_number_pins_it_and_derived_frees_it(codec: Codecs) -> None:
    """
    A pinned number is checked when it is written.
    """
    value = Message(data=b"abc")

    value.n = 5
    assert value.n == 5
    with raises(LengthMismatch, ("data",), 1, expected=5, actual=3):
        codec(Message).encode(value)
    value.data = b"abcde"
    assert codec(Message).encode(value) == b"\5abcde"
    value.n = derived
    value.data = b""
    assert value.n == 0
    assert codec(Message).encode(value) == b"\0"


def test_number_given_to_the_constructor_is_pinned(codec: Codecs) -> None:
    """
    And `derived` may be given too.
    """
    with raises(LengthMismatch, ("data",), 1, expected=2, actual=1):
        codec(Message).encode(Message(n=2, data=b"a"))
    assert codec(Message).encode(Message(n=derived, data=b"a")) == b"\1a"
    assert codec(Message).encode(Message(n=1, data=b"a")) == b"\1a"


def test_comparisons_hash_and_repr_use_the_number() -> None:
    """
    Free or pinned makes no difference where the number is the same.
    """
    free, pinned = Frozen(data=b"ab"), Frozen(n=2, data=b"ab")

    assert free == pinned
    assert hash(free) == hash(pinned)
    assert repr(free) == repr(pinned) == "Frozen(n=2, data=b'ab')"
    assert Frozen(data=b"zz") < Frozen(data=b"aaa")
    assert Frozen(n=1, data=b"ab") != free
    assert asdict(free) == {"n": 2, "data": b"ab"}


def test_encoding_changes_nothing(codec: Codecs) -> None:
    """
    The number stays derived, in nested structs too.
    """
    header = Header(kind=1)
    one, two = Outer(header=header, data=b"a"), Outer(header=header, data=b"bb")

    for _ in range(2):
        assert codec(Outer).encode(one) == b"\1\1a"
        assert codec(Outer).encode(two) == b"\1\2bb"
    assert header.n is derived
    message = Message(data=b"x")
    codec(Message).encode(message)
    message.data = b"xyz"
    assert codec(Message).encode(message) == b"\3xyz"


def test_number_of_a_nested_struct_is_replaced_by_the_outer_one(codec: Codecs) -> None:
    """
    There it is an ordinary field: decoding stores the number, and a given one is checked.
    """
    outer = Outer(header=Header(kind=7), data=b"abc")

    assert codec(Outer).encode(outer) == b"\7\3abc"
    assert repr(outer) == "Outer(header=Header(kind=7, n=derived), data=b'abc')"
    decoded = codec(Outer).decode(b"\7\3abc")
    assert decoded.header.n == 3
    decoded.data = b"ab"
    with raises(LengthMismatch, ("data",), 2, expected=3, actual=2):
        codec(Outer).encode(decoded)
    decoded.header.n = derived
    assert codec(Outer).encode(decoded) == b"\7\2ab"
    with raises(LengthMismatch, ("data",), 2, expected=1, actual=2):
        codec(Outer).encode(Outer(header=Header(kind=7, n=1), data=b"ab"))


def test_derived_that_nothing_replaces_is_wrong_type(codec: Codecs) -> None:
    """
    The nested struct alone has no number to write.
    """
    with raises(WrongType, ("n",), 1, actual="derived"):
        codec(Header).encode(Header(kind=1))
    with raises(WrongType, ("kind",), 0, expected="an int", actual="derived"):
        codec(Header).encode(Header(kind=derived))
    with raises(WrongType, ("data",), 1, actual="derived"):
        codec(Message).encode(Message(n=1, data=derived))


def test_numbers_of_deeper_structs_are_replaced_too(codec: Codecs) -> None:
    """
    To any depth, several at once.
    """

    class Lengths(Struct, kw_only=True):
        a: u8 = derived
        b: u16 = derived

    class Top(Struct, kw_only=True):
        kind: u8
        lengths: Lengths

    class Packet(Struct, kw_only=True):
        top: Top
        a: bytes = size("top.lengths.a")
        b: list[u8] = count("top.lengths.b - 1")

    value = Packet(top=Top(kind=9, lengths=Lengths()), a=b"xy", b=[1])

    assert codec(Packet).encode(value).hex() == "0902000278 7901".replace(" ", "")
    assert codec(Packet, byteorder="little").encode(value).hex() == "0902020078 7901".replace(" ", "")


def test_sequences_of_one_count_must_agree(codec: Codecs) -> None:
    """
    The first that disagrees is named.
    """
    same_bytes(codec, Two(a=[1, 2], b=[3, 4]), "02 01 02 0003 0004", "02 01 02 0300 0400")
    with raises(LengthMismatch, ("b",), 3, expected=2, actual=1):
        codec(Two).encode(Two(a=[1, 2], b=[3]))
    with raises(LengthMismatch, ("a",), 1, expected=1, actual=2):
        codec(Two).encode(Two(n=1, a=[1, 2], b=[3]))


def test_derived_number_must_fit_its_field(codec: Codecs) -> None:
    """
    256 bytes are more than a u8 counts, 16 more than 4 bits, 128 more than an i8.
    """

    class Signed(Struct, kw_only=True):
        n: i8 = derived
        data: bytes = size("n")

    with raises(OutOfRange, ("n",), 0, value=256, minimum=0, maximum=255):
        codec(Message).encode(Message(data=bytes(256)))
    with raises(OutOfRange, ("m",), 0.5, value=16, minimum=0, maximum=15):
        codec(Text).encode(Text(text="", parts=[""] * 16))
    with raises(OutOfRange, ("n",), 0, value=128, minimum=-128, maximum=127):
        codec(Signed).encode(Signed(data=bytes(128)))
    assert Message(data=bytes(256)).n == 256
    assert codec(Signed).encode(Signed(data=bytes(127)))[0] == 127


def test_wrong_value_behind_a_derived_number_is_its_own_error(codec: Codecs) -> None:
    """
    What cannot be measured is to blame, not the number before it.
    """
    with raises(WrongType, ("data",), 1, expected="bytes", actual="str"):
        codec(Message).encode(Message(data="abc"))  # type: ignore[arg-type]  # wrong on purpose
    with raises(WrongType, ("words",), 2, expected="a list", actual="NoneType"):
        codec(Words).encode(Words(words=None))  # type: ignore[arg-type]  # wrong on purpose
    with raises(OutOfRange, ("text",), 1, value="\ud800"):
        codec(Text).encode(Text(text="\ud800", parts=[]))
    with raises(OutOfRange, ("words", 1), 4, value=-1):
        codec(Words).encode(Words(words=[1, -1]))


def test_derived_numbers_inside_items(codec: Codecs) -> None:
    """
    Each item has its own.
    """

    class Batch(Struct, kw_only=True):
        n: u8 = derived
        messages: list[Message] = count("n")
        last: Message

    value = Batch(messages=[Message(data=b"a"), Message(data=b"")], last=Message(data=b"xyz"))

    same_bytes(codec, value, "02 0161 00 0378797a")
    value.messages[1].data = b"bc"
    value.messages.append(Message(n=1, data=b"z"))
    assert codec(Batch).encode(value).hex() == "03" + "0161" + "026263" + "017a" + "0378797a"


def test_size_of_the_items_of_a_list_may_be_derived(codec: Codecs) -> None:
    """
    All of them have it; the first stands for all.
    """

    class FixedItems(Struct, kw_only=True):
        n: u8 = derived
        items: list[bytes] = count(2, size="n")

    same_bytes(codec, FixedItems(items=[b"ab", b"cd"]), "02 61626364")
    with raises(LengthMismatch, ("items", 1), 3, expected=2, actual=1):
        codec(FixedItems).encode(FixedItems(items=[b"ab", b"c"]))


def test_number_that_its_own_struct_and_an_outer_one_use(codec: Codecs) -> None:
    """
    The inner struct gives it; the outer field must agree.
    """

    class Both(Struct, kw_only=True):
        message: Message
        copy: bytes = size("message.n")

    same_bytes(codec, Both(message=Message(data=b"ab"), copy=b"cd"), "02 6162 6364")
    with raises(LengthMismatch, ("copy",), 3, expected=2, actual=1):
        codec(Both).encode(Both(message=Message(data=b"ab"), copy=b"c"))


def test_number_of_a_parent_may_count_a_childs_field(codec: Codecs) -> None:
    """
    In the parent alone nothing gives it.
    """

    class Parent(Struct, kw_only=True):
        n: u8 = derived

    class Child(Parent, kw_only=True):
        data: bytes = size("n")

    same_bytes(codec, Child(data=b"ab"), "02 6162")
    value = codec(Child).decode(b"\1a")
    value.data = b"abc"
    assert value.n == 3
    with raises(WrongType, ("n",), 0, actual="derived"):
        codec(Parent).encode(Parent())
    assert codec(Parent).encode(Parent(n=3)) == b"\3"
    assert codec(Parent).decode(b"\3").n == 3


def test_derived_is_a_singleton() -> None:
    """
    Through pickling and copying, and in the fields of a class.
    """
    assert pickle.loads(pickle.dumps(derived)) is derived
    assert copy.copy(derived) is derived
    assert copy.deepcopy(derived) is derived
    assert repr(derived) == "derived"
    assert fields(Message)[0].default is derived
    assert Header(kind=1).n is derived


def test_derived_is_not_called() -> None:
    """
    A class that calls it is told what to write.
    """
    with pytest.raises(SchemaError, match=r"derived is not called; write n: u8 = derived$") as caught:
        derived()
    assert isinstance(caught.value, TypeError)


def test_a_derived_field_hides_a_specifier_of_its_name() -> None:
    """
    As any field with a default does.
    """
    with pytest.raises(SchemaError, match=r"the field 'size' hides .*; write bebytes.size\(...\)"):

        class Wrong(Struct, kw_only=True):
            size: u8 = derived
            body: bytes = size("size")  # type: ignore[operator]  # a checker takes the annotation for the value


def test_copies_keep_a_free_number_free() -> None:
    """
    And a pinned one pinned.
    """
    free, pinned = Message(data=b"ab"), Message(n=9, data=b"ab")

    for made in (copy.copy(free), copy.deepcopy(free), replace(free, data=b"ab")):
        made.data = b"abc"
        assert made.n == 3
    for made in (copy.copy(pinned), copy.deepcopy(pinned), replace(pinned, data=b"ab")):
        made.data = b"abc"
        assert made.n == 9
    assert replace(pinned, n=derived).n == 2
    assert replace(free, n=7).n == 7


def test_frozen_numbers_stay_free() -> None:
    """
    A frozen object's number follows a list that changes inside it, but cannot be pinned.
    """

    class Items(Struct, kw_only=True, frozen=True):
        n: u8 = derived
        items: list[u8] = count("n")

    value = Items(items=[1])
    value.items.append(2)

    assert value.n == 2
    with pytest.raises(AttributeError):
        value.n = 5  # type: ignore[misc]  # wrong on purpose


def test_derived_may_be_left_out_positionally(codec: Codecs) -> None:
    """
    With defaults behind it, no class keyword is needed.
    """

    class Positional(Struct):
        n: u64 = derived
        data: bytes = size("n", default=b"")
        kind: u8 = 7

    assert codec(Positional).encode(Positional()).hex() == "0000000000000000" + "07"
    assert codec(Positional).encode(Positional(1, b"a", 2)).hex() == "0000000000000001" + "61" + "02"
    assert codec(Positional).encode(Positional(data=b"a")).hex() == "0000000000000001" + "61" + "07"


@pytest.mark.parametrize("annotation", [bytes, str, bool, list[u8], Message, u8 | None])
def test_only_integers_are_derived(annotation: Any) -> None:
    """
    Nothing else counts or measures.
    """
    with pytest.raises(SchemaError, match=r"Wrong\.n: derived is for integer fields"):

        class Wrong(Struct):
            n: annotation = field(default=derived)


def test_derived_field_that_was_deleted_is_unset(codec: Codecs) -> None:
    """
    Deleting it is neither pinning nor freeing.
    """
    value = Message(data=b"a")
    del value.n

    with raises(WrongType, ("n",), 0, expected="an int", actual="nothing (unset)"):
        codec(Message).encode(value)
    with pytest.raises(AttributeError):
        _ = value.n


def test_no_items_in_any_dimension_need_a_size_of_0(codec: Codecs) -> None:
    """
    Where a list has no item to measure, the size that its items share is 0.
    """

    class Blocks(Struct, kw_only=True):
        n: u8 = derived
        blocks: list[list[bytes]] = count(0, 3, size="n")

    assert codec(Blocks).encode(Blocks(blocks=[])) == b"\x00"
