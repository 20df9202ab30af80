"""
Numbers that are worked out: `computed`.
"""

import copy
import enum
import pickle

import pytest
from checks import Codecs, raises, same_bytes

from bebytes import (
    Struct,
    asdict,
    bits,
    computed,
    count,
    derived,
    i8,
    i16,
    replace,
    size,
    sleb128,
    u8,
    u16,
    u24,
    u32,  # noqa: F401 (in the text of a class)
    uleb128,
    vlq,
    when,
)
from bebytes.errors import InvalidValue, OutOfRange, SchemaError, WrongType


class Kind(enum.IntEnum):
    A = 1
    B = 2


class Message(Struct):
    length: u16 = computed("sizeof(self)")
    number: u8 = computed("len(items)")
    items: list[u16] = count("number")
    words: u8 = computed("sizeof(head) / 4")
    head: bytes = size("words * 4")
    rest: bytes


class Both(Struct):
    above: i16 = computed("x - y")
    x: u8
    y: u8
    below: u24 = computed("x * y + above")


class Forms(Struct):
    kind: Kind = computed("x if x < 3 else 2")
    ready: bool = computed("x > 1", bits=1)
    low: u8 = computed("x & 127", bits=7)
    digits: int = computed("x + 90", bcd=4)
    little: u16 = computed("x", byteorder="little")
    x: u8


class Counting(Struct):
    total: uleb128 = computed("sizeof(self)")
    body: bytes


class Several(Struct):
    a: uleb128 = computed("sizeof(self)")
    b: vlq = computed("sizeof(c:body)")
    c: sleb128 = computed("0 - len(body)")
    body: bytes


class Entry(Struct):
    n: uleb128 = computed("len(data)")
    data: bytes = size("n")


class Table(Struct):
    length: uleb128 = computed("sizeof(entries)")
    entries: list[Entry] = size("length")
    after: u8


class Frozen(Struct, frozen=True):
    n: u8 = computed("len(data)")
    data: bytes


class Perhaps(Struct):
    flag: u8
    n: u8 | None = computed("sizeof(rest)", when="flag")
    twice: u8 | None = computed("flag * 2", when="flag")
    rest: bytes


def test_numbers_are_worked_out_from_fields_before_and_behind(codec: Codecs) -> None:
    """With lengths, sizes on the wire, and other such numbers."""
    same_bytes(
        codec,
        Message([1, 2], b"abcd", b"xyz"),
        "000f 02 0001 0002 01 61626364 78797a",
        "0f00 02 0100 0200 01 61626364 78797a",
    )
    same_bytes(codec, Both(3, 5), "fffe 03 05 00000d", "feff 03 05 0d0000")
    same_bytes(codec, Forms(5), "02 85 0095 0500 05", "02 0b 9500 0500 05")


def test_attribute_reads_as_what_would_be_written_now() -> None:
    """And changes with what it follows from."""
    message = Message([1, 2], b"abcd", b"xyz")
    assert (message.length, message.number, message.words) == (15, 2, 1)
    message.items.append(3)
    message.rest = b""
    assert (message.length, message.number) == (14, 3)
    forms = Forms(5)
    assert (forms.kind, forms.ready, forms.low, forms.digits) == (Kind.B, True, 5, 95)
    assert type(forms.kind) is Kind
    assert type(forms.ready) is bool


def test_another_number_is_refused_when_decoding(codec: Codecs) -> None:
    """As soon as all that it looks at was read, with what it must be."""
    data = codec(Message).encode(Message([1], b"", b""))
    assert data.hex() == "0006" + "01" + "0001" + "00"
    with pytest.raises(InvalidValue, match=r"^Message.length: is 7, must be 6, which is sizeof\(self\) \(at byte 0\)$"):
        codec(Message).decode(b"\0\7" + data[2:])
    with raises(InvalidValue, ("below",), 4, value=14, rule="13, which is x * y + above"):
        codec(Both).decode(bytes.fromhex("fffe 03 05 00000e"))
    with raises(InvalidValue, ("above",), 0, value=-3, rule="-2, which is x - y"):
        codec(Both).decode(bytes.fromhex("fffd 03 05 00000e"))


class _Inner(Struct):
    n: u8 = computed("3")


class _Outer(Struct):
    inner: _Inner


class _Item(Struct):
    n: u8 = computed("len(data) + 1")
    data: bytes = size("n - 1")


def test_pinned_numbers_are_checked_when_encoding(codec: Codecs) -> None:
    """Given to the constructor or assigned; `derived` frees them."""
    message = Message([1], b"", b"", length=6)
    assert codec(Message).encode(message).hex() == "000601000100"
    message.length = 99
    assert message.length == 99
    with raises(InvalidValue, ("length",), 0, value=99, rule="6, which is sizeof(self)"):
        codec(Message).encode(message)
    message.length = 2**16
    with raises(OutOfRange, ("length",), 0):
        codec(Message).encode(message)
    message.length = "a"  # type: ignore[assignment]  # what the test is about
    with raises(WrongType, ("length",), 0):
        codec(Message).encode(message)
    message.length = derived
    assert codec(Message).encode(message).hex() == "000601000100"


def test_numbers_that_do_not_fit(codec: Codecs) -> None:
    """Or have no value: the error is about the computed field."""

    class Half(Struct):
        n: u8 = computed("a / b")
        a: u16
        b: u8

    same_bytes(codec, Half(510, 2), "ff 01fe 02", "ff fe01 02")
    with raises(OutOfRange, ("n",), 0, value=256):
        codec(Half).encode(Half(512, 2))
    with raises(InvalidValue, ("n",), 0, value=None, rule="'a / b'"):
        codec(Half).encode(Half(512, 0))
    with raises(InvalidValue, ("n",), 0, value=None):
        codec(Half).decode(b"\1\0\1\0")
    with raises(OutOfRange, ("number",), 2, value=256):
        codec(Message).encode(Message([0] * 256, b"", b""))


@pytest.mark.parametrize("length", [0, 1, 125, 126, 127, 128, 129, 16380, 16381, 16382, 16383, 16384, 2097149])
def test_number_of_a_variable_size_counts_itself(codec: Codecs, length: int) -> None:
    """At the edges where it grows by a byte."""
    value = Counting(b"x" * length)
    data = codec(Counting).encode(value)
    assert value.total == len(data)
    assert codec(Counting).decode(data) == value


def test_numbers_of_variable_sizes_count_each_other(codec: Codecs) -> None:
    """Whatever moves as they grow."""
    for length in (0, 1, 63, 64, 65, 120, 124, 125, 126, 127, 128, 8190, 8192, 16380):
        value = Several(b"x" * length)
        for byteorder in ("big", "little"):
            data = codec(Several, byteorder=byteorder).encode(value)
            assert value.a == len(data)
            assert codec(Several, byteorder=byteorder).decode(data) == value
    table = Table([Entry(b"a" * n) for n in (0, 127, 128, 300)], 7)
    same_bytes_of = codec(Table).encode(table)
    assert same_bytes_of[:2].hex() == "b104"
    assert codec(Table).decode(same_bytes_of) == table
    assert [e.n for e in table.entries] == [0, 127, 128, 300]


def test_number_of_an_absent_field(codec: Codecs) -> None:
    """Is None, and is not looked for."""
    same_bytes(codec, Perhaps(1, b"abc"), "01 03 02 616263")
    same_bytes(codec, Perhaps(0, b"abc"), "00 616263")
    assert Perhaps(0, b"").n is None
    assert Perhaps(1, b"a").n == 1
    with raises(InvalidValue, ("n",), 1, value=3):
        codec(Perhaps).encode(Perhaps(0, b"abc", n=3))


def test_objects_with_computed_numbers() -> None:
    """Copies, pickles, dicts, hashes; a wrong field is no reason for printing or comparing to fail."""
    message = Message([1], b"", b"x")
    for other in (copy.copy(message), copy.deepcopy(message), pickle.loads(pickle.dumps(message)), replace(message)):
        assert other == message
        assert other.length == 7
    assert asdict(message) == {"length": 7, "number": 1, "items": [1], "words": 0, "head": b"", "rest": b"x"}
    assert repr(message) == "Message(items=[1], head=b'', rest=b'x')"
    assert Message([1], b"", b"x", number=1) == message
    assert Message([1], b"", b"x", number=2) != message
    assert hash(Frozen(b"a")) == hash(Frozen(b"a", n=1))
    assert Frozen(b"a") == Frozen(b"a", n=1)

    message.items = 5  # type: ignore[assignment]  # what the test is about
    assert repr(message) == "Message(items=5, head=b'', rest=b'x')"
    assert message != Message([1], b"", b"x")
    with pytest.raises(InvalidValue):
        assert message.number


def test_ranges_of_fields(codec: Codecs) -> None:
    """`sizeof` of one, of several, of all up to and from one on, and of the field itself; bits that fill no byte count as one."""

    class Ranges(Struct):
        a: u8 = computed("sizeof(:c)")
        b: u8 = computed("sizeof(b:)")
        c: u16
        d: u8 = computed("sizeof(a:a) + sizeof(e)", bits=4)
        e: u8 = bits(4)
        f: bytes

    same_bytes(codec, Ranges(1, 2, b"xyz"), "04 07 0001 22 78797a", "04 07 0100 22 78797a")


def test_numbers_in_a_row(codec: Codecs) -> None:
    """64 that follow from each other; each is worked out once, however often it is named."""
    lines = "".join(f"    a{i}: u32 = computed('a{i + 1} + a{i + 1}')\n" for i in range(20))
    scope = dict(globals())
    exec(f"class Row(Struct):\n{lines}    a20: u32", scope)
    row = scope["Row"](1)
    assert codec(scope["Row"]).encode(row)[:8].hex() == "0010000000080000"
    assert row.a0 == 2**20

    lines = "".join(f"    a{i}: u32 = computed('a{i + 1} + 1')\n" for i in range(64))
    exec(f"class Row(Struct):\n{lines}    a64: u32", scope)
    assert codec(scope["Row"]).encode(scope["Row"](1))[:4].hex() == "00000041"

    lines = "".join(f"    a{i}: u32 = computed('a{i + 1} + 1')\n" for i in range(66))
    with pytest.raises(SchemaError, match="64 is the most"):
        exec(f"class Row(Struct):\n{lines}    a66: u32", scope)
    with pytest.raises(SchemaError, match="in a circle"):
        exec("class Row(Struct):\n    a: u8 = computed('b')\n    b: u8 = computed('a')", scope)


def test_children_count_with_their_parents(codec: Codecs) -> None:
    """Fields that a subclass adds belong to `self`; those of the parent can be looked at."""

    class Base(Struct):
        length: u8 = computed("sizeof(self)")
        x: u8

    class Child(Base):
        twice: u16 = computed("x + x")

    same_bytes(codec, Base(7), "02 07")
    same_bytes(codec, Child(7), "04 07 000e", "04 07 0e00")
    assert Child(7).length == 4


def test_names_that_could_mean_something_else(codec: Codecs) -> None:
    """A field called `len`, `sizeof`, `self` or like a number of the module."""

    class Names(Struct):
        len: list[u8] = count(2)
        sizeof: u8 = computed("len(len)")
        self: u8
        n: u8 = computed("sizeof(self)")
        last: i8 = computed("EDGE - self")

    same_bytes(codec, Names([1, 2], 3), "0102 02 03 01 fa")


EDGE = -3


def test_numbers_inside_lists_and_structs(codec: Codecs) -> None:
    """Each struct has its own; the path of an error leads there."""

    class Outer(Struct):
        n: u8 = computed("len(items)")
        items: list[_Item] = count("n")
        first: u8 = computed("last.inner.n")
        last: _Outer

    same_bytes(codec, Outer([_Item(b"a"), _Item(b"")], _Outer(_Inner())), "02 0261 01 03 03")
    with raises(InvalidValue, ("last", "inner", "n"), 5, value=4, rule="3, which is 3"):
        codec(Outer).decode(bytes.fromhex("02 0261 01 03 04"))


def test_condition_over_a_number_behind_it(codec: Codecs) -> None:
    """A number that looks at an absent field has none."""

    class Absent(Struct):
        n: u8 = computed("x + 1")
        flag: u8
        x: u8 | None = when("flag")

    same_bytes(codec, Absent(1, 4), "05 01 04")
    with raises(InvalidValue, ("n",), 0, value=None):
        codec(Absent).encode(Absent(0, None))
    with raises(InvalidValue, ("n",), 0, value=None):
        codec(Absent).decode(b"\1\0")
