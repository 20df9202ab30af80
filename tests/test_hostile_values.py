"""
Values that run code of their own or pretend to be others while they are encoded: an error of their own field, never a
crash or a half-written buffer.
"""

import array
import contextlib
import enum
import gc
import weakref
from collections.abc import Iterator
from typing import Any

import pytest
from checks import Codecs
from hostile_types import Acting, ActingFloat, Body, Counted, Item, Kind, Name, Numbers, Reals, Sized, Three, Truth

import bebytes
from bebytes import Struct, bits, count, errors, u8, until

# Objects that stand for numbers and run code of their own.


def test_a_list_emptied_by_its_own_item_is_a_length_mismatch(codec: Codecs) -> None:
    """The length is looked at again before each item."""
    xs: list[Any] = [1, None, 3, 4]
    xs[1] = Acting(xs.clear)
    with pytest.raises(errors.LengthMismatch) as caught:
        codec(Numbers).encode(Numbers(xs))
    assert (caught.value.path, caught.value.offset, caught.value.args) == (("xs",), 0, (4, 0))


def test_a_list_lengthened_by_its_own_item_is_a_length_mismatch(codec: Codecs) -> None:
    """A list that has grown is not as long as was checked."""
    xs: list[Any] = [1, None, 3, 4]
    xs[1] = Acting(lambda: xs.append(5))
    with pytest.raises(errors.LengthMismatch) as caught:
        codec(Numbers).encode(Numbers(xs))
    assert (caught.value.path, caught.value.args) == (("xs",), (4, 5))


def test_items_replaced_by_an_item_are_written_as_they_are_then(codec: Codecs) -> None:
    """An item is taken from the list when its turn comes."""
    xs: list[Any] = [1, None, 3, 4]
    xs[1] = Acting(lambda: xs.__setitem__(slice(1, 4), [9, 9, 9]))
    assert codec(Numbers).encode(Numbers(xs)) == bytes([1, 7, 9, 9])


def test_lists_inside_lists_may_be_emptied_too(codec: Codecs) -> None:
    """The same holds in every dimension, and for structs in a list."""

    class Grid(Struct):
        g: list[list[u8]] = count(2, 2)

    class Items(Struct):
        items: list[Item] = count(3)

    rows: list[Any] = [[1, 2], [3, 4]]
    rows[0][0] = Acting(rows.clear)
    with pytest.raises(errors.LengthMismatch) as caught:
        codec(Grid).encode(Grid(rows))
    assert caught.value.path == ("g",)
    items: list[Any] = [Item(1), Item(2), Item(3)]
    items[0].x = Acting(items.clear)
    with pytest.raises(errors.LengthMismatch) as caught:
        codec(Items).encode(Items(items))
    assert caught.value.path == ("items",)
    assert items == []


def test_an_attribute_deleted_meanwhile_is_unset(codec: Codecs) -> None:
    """Code of an earlier field may delete a later one."""
    value = Three(1, 2, 3)
    value.a = Acting(lambda: delattr(value, "c"))  # type: ignore[assignment]
    with pytest.raises(errors.WrongType) as caught:
        codec(Three).encode(value)
    assert (caught.value.path, caught.value.args) == (("c",), ("an int", "nothing (unset)"))


def test_an_attribute_that_deletes_itself_is_still_written(codec: Codecs) -> None:
    """The object at hand lives on until it has been asked."""
    value = Three(1, 2, 3)
    value.b = Acting(lambda: (delattr(value, "b"), gc.collect()))  # type: ignore[assignment]
    assert codec(Three).encode(value) == bytes([1, 7, 3])
    assert not hasattr(value, "b")


def test_encoding_may_be_entered_again(codec: Codecs) -> None:
    """An object may encode and decode with the same codec while it is being encoded."""
    of_class = codec(Three)
    inner: list[Any] = []
    value = Three(1, Acting(lambda: inner.append(of_class.decode(of_class.encode(Three(4, 5, 6))))), 3)  # type: ignore[arg-type]
    assert of_class.encode(value) == bytes([1, 7, 3])
    assert inner == [Three(4, 5, 6)]


@pytest.mark.parametrize(
    "exception", [ValueError, KeyError, AttributeError, RecursionError, MemoryError, KeyboardInterrupt]
)
@pytest.mark.parametrize("cls", [Acting, ActingFloat])
def test_what_an_object_raises_comes_out_unchanged(cls: Any, exception: Any, codec: Codecs) -> None:
    """Any exception but a TypeError is the user's, and the very object that was raised."""
    mine = exception("mine")

    def act() -> None:
        raise mine

    value = Reals(cls(act), 0.0) if cls is ActingFloat else Three(1, cls(act), 3)
    of_class = codec(type(value))
    buffer = bytearray(b"\xee" * 20)
    for call in (of_class.encode, lambda v: of_class.encode_into(v, buffer)):
        with pytest.raises(exception) as caught:
            call(value)
        assert caught.value is mine
    assert buffer == b"\xee" * 20


@pytest.mark.parametrize("method", ["to_be_bytes", "to_le_bytes"])
def test_exceptions_that_become_others_are_released(method: str) -> None:
    """What an object raised is gone with the error that took its place, whatever is called next."""
    raised: list[weakref.ref[BaseException]] = []

    class Refusing:
        def __index__(self) -> int:
            refusal = Refusal("no number")
            raised.append(weakref.ref(refusal))
            raise refusal

    class Refusal(TypeError):
        pass

    record = Item(Refusing())  # type: ignore[arg-type]
    for _ in range(10):
        with contextlib.suppress(errors.WrongType):
            getattr(record, method)()
    gc.collect()
    assert [refusal() for refusal in raised] == [None] * 10


def test_what_raises_type_error_or_gives_no_number_is_of_the_wrong_kind(codec: Codecs) -> None:
    """__index__ that raises TypeError, gives no int, or is None: WrongType with the name of the class."""

    def refuse() -> None:
        raise TypeError("mine")

    class NoInt:
        def __index__(self) -> Any:
            return "7"  # noqa: PLE0305 (that is the point)

    class NoFloat:
        def __float__(self) -> Any:
            return "7"

    class Not:
        __index__ = None

    for bad in (Acting(refuse), NoInt(), Not(), NoFloat()):
        with pytest.raises(errors.WrongType) as caught:
            codec(Three).encode(Three(1, bad, 3))  # type: ignore[arg-type]
        assert (caught.value.path, caught.value.args) == (("b",), ("an int", type(bad).__name__))
    for bad in (ActingFloat(refuse), NoFloat(), "1.5", b"1", None):
        with pytest.raises(errors.WrongType) as caught:
            codec(Reals).encode(Reals(1.0, bad))  # type: ignore[arg-type]
        assert (caught.value.path, caught.value.args) == (("g",), ("a float", type(bad).__name__))


def test_code_of_derived_fields_raises_where_its_field_stands(codec: Codecs) -> None:
    """Measuring for a derived number hides no error and brings none forward: the first bad field is the one."""
    released = memoryview(b"abc")
    released.release()
    with pytest.raises(errors.OutOfRange) as caught:
        codec(Sized).encode(Sized(a=1000, body=released))
    assert caught.value.path == ("a",)
    with pytest.raises(ValueError, match="released"):
        codec(Sized).encode(Sized(a=1, body=released))
    assert repr(Sized(body=released)).startswith("Sized(a=1, n=derived")
    assert Sized(body=released) == Sized(body=released)


def test_a_list_that_changes_below_a_derived_number_is_caught(codec: Codecs) -> None:
    """The number was derived before, and the list is compared with it."""
    xs: list[Any] = [1, 2, 3]
    value = Counted(xs=xs)
    xs[0] = Acting(lambda: xs.append(4))
    with pytest.raises(errors.LengthMismatch) as caught:
        codec(Counted).encode(value)
    assert caught.value.path == ("xs",)
    assert caught.value.args == (3, 4)


# Subclasses and objects that pretend.


def test_subclasses_count_with_their_real_contents(codec: Codecs) -> None:
    """What a subclass of str, list, tuple, int or bytes overrides does not change what is written."""

    class Text(str):
        def __len__(self) -> int:
            return 1

        def encode(self, *args: Any, **kwargs: Any) -> bytes:
            return b"surprise"

        def __str__(self) -> str:
            return "x"

    class Items(list[Any]):
        def __len__(self) -> int:
            return 1

        def __getitem__(self, i: Any) -> Any:
            return 99

        def __iter__(self) -> Iterator[Any]:
            return iter([98])

        def __bool__(self) -> bool:
            return False

    class Row(tuple[Any, ...]):  # noqa: SLOT001 (as users write them)
        def __len__(self) -> int:
            return 0

        def __getitem__(self, i: Any) -> Any:
            return 99

    class Int(int):
        def __index__(self) -> int:
            return 5

        def __int__(self) -> int:
            return 6

        def __le__(self, other: Any) -> bool:
            return True

        __ge__ = __lt__ = __gt__ = __eq__ = __le__  # type: ignore[assignment]
        __hash__ = int.__hash__

        def __and__(self, other: Any) -> Any:
            return 0

    class Data(bytes):
        def __len__(self) -> int:
            return 1

        def __bytes__(self) -> bytes:
            return b"surprise"

    assert codec(Name).encode(Name(Text("a"), Text("bc"))) == b"\0\0\0abc"
    with pytest.raises(errors.OutOfRange):
        codec(Name).encode(Name(Text("ab"), "cd"))
    assert codec(Numbers).encode(Numbers(Items([1, 2, 3, 4]))) == b"\1\2\3\4"
    assert codec(Numbers).encode(Numbers(Row((1, 2, 3, 4)))) == b"\1\2\3\4"  # type: ignore[arg-type]
    assert codec(Counted).encode(Counted(xs=Items([1, 2]))) == b"\2\1\2\0\0"
    assert codec(Three).encode(Three(Int(1), Int(2), Int(3))) == b"\1\2\3"
    with pytest.raises(errors.OutOfRange) as caught:
        codec(Three).encode(Three(1, Int(300), 3))
    assert caught.value.value == 300
    assert type(caught.value.value) is int
    assert codec(Body).encode(Body(1, Data(b"abc"))) == b"\1abc"
    assert codec(Sized).encode(Sized(body=Data(b"abc"))) == b"\1\3abc"


def test_a_float_subclass_is_asked_for_its_float(codec: Codecs) -> None:
    """float(value) is what counts, as for every object that has __float__; an int beyond all floats is OutOfRange."""

    class Real(float):
        def __float__(self) -> float:
            return 2.5

    class Both:
        def __float__(self) -> float:
            return 1.5

        def __index__(self) -> int:
            return 9

    assert codec(Reals).decode(codec(Reals).encode(Reals(Real(1.0), Both()))) == Reals(2.5, 1.5)  # type: ignore[arg-type]
    assert codec(Reals).decode(codec(Reals).encode(Reals(3, True))) == Reals(3.0, 1.0)
    with pytest.raises(errors.OutOfRange) as caught:
        codec(Reals).encode(Reals(0.0, -(10**400)))
    assert caught.value.value == -(10**400)


def test_a_false_class_attribute_fools_nobody(codec: Codecs) -> None:
    """The type of an object decides, not what its __class__ says."""

    def pretending(cls: type) -> Any:
        return type("Pretender", (), {"__class__": cls})()

    for value, path in [
        (pretending(Three), ()),
        (Numbers(pretending(list)), ("xs",)),
        (Name(pretending(str), "ab"), ("c",)),
        (Name("a", pretending(str)), ("s",)),
        (Body(1, pretending(bytes)), ("body",)),
        (Truth(pretending(bool), 0), ("b",)),
        (Truth(True, pretending(Kind)), ("k",)),
    ]:
        of_class = codec(Three if not path else type(value))
        with pytest.raises(errors.WrongType) as caught:
            of_class.encode(value)
        assert (caught.value.path, caught.value.actual) == (path, "Pretender")


def test_huge_ints_are_out_of_range(codec: Codecs) -> None:
    """Ints of any size, both signs, in every kind of field; the text stays short."""
    huge = 1 << 100_000
    for number in (huge, -huge, 2**64, -1, 2**128, -(2**127) - 1, 2**63):
        for value in (Three(1, number, 1), Truth(number, 0), Truth(True, number)):  # type: ignore[arg-type]
            with pytest.raises(errors.OutOfRange) as caught:
                codec(type(value)).encode(value)
            assert caught.value.value == number
            assert len(str(caught.value)) < 300


def test_iterators_and_mappings_are_no_lists(codec: Codecs) -> None:
    """Only lists and tuples are taken; nothing is consumed on the way to the error."""
    generator = (n for n in range(4))
    for value in (generator, range(4), {1, 2, 3, 4}, {1: 1}, "abcd", b"abcd", array.array("B", b"abcd"), None):
        with pytest.raises(errors.WrongType):
            codec(Numbers).encode(Numbers(value))  # type: ignore[arg-type]
    assert list(generator) == [0, 1, 2, 3]


def test_encode_many_takes_any_iterable_once(backend: str) -> None:
    """A generator is consumed; what it raises comes out; one that is empty gives no bytes."""

    def broken() -> Iterator[Three]:
        yield Three(1, 2, 3)
        raise LookupError("mine")

    assert bebytes.encode_many((Three(n, 0, 0) for n in range(3)), backend=backend) == b"\0\0\0\1\0\0\2\0\0"  # type: ignore[arg-type]
    assert bebytes.encode_many(iter(()), backend=backend) == b""  # type: ignore[arg-type]
    with pytest.raises(LookupError, match="mine"):
        bebytes.encode_many(broken(), backend=backend)  # type: ignore[arg-type]


# Enums that run code.


def test_flags_of_every_boundary_decode(codec: Codecs) -> None:
    """Unions of members come out whatever the class does with unknown bits."""
    for boundary in (enum.KEEP, enum.STRICT, enum.CONFORM):
        flags = enum.IntFlag("flags", {"A": 1, "B": 2, "HIGH": 0b1100}, boundary=boundary)
        cls = type(Struct)("Flagged", (Struct,), {"__annotations__": {"f": flags}, "__module__": __name__})
        of_class = codec(cls)
        for number in (0, 1, 2, 3, 12, 15):
            assert int(of_class.decode(bytes([number])).f) == number
            assert of_class.encode(cls(number)) == bytes([number])
        for number in (4, 8, 16, 255):
            with pytest.raises(errors.InvalidDiscriminant):
                of_class.decode(bytes([number]))
            with pytest.raises(errors.OutOfRange):
                of_class.encode(cls(number))


def test_an_enum_that_answers_for_missing_values_is_not_asked(codec: Codecs) -> None:
    """Only declared members are values on the wire, whatever `_missing_` would make of others."""

    class Open(enum.IntEnum):
        A = 1

        @classmethod
        def _missing_(cls, value: object) -> "Open":
            raise AssertionError("asked")

    class Row(Struct):
        k: Open

    with pytest.raises(errors.InvalidDiscriminant):
        codec(Row).decode(b"\2")
    with pytest.raises(errors.OutOfRange):
        codec(Row).encode(Row(2))  # type: ignore[arg-type]


# Slots that hold anything.


def test_structs_from_nowhere_are_unset(codec: Codecs) -> None:
    """An object made without its constructor has no values, and says so."""
    empty = object.__new__(Three)
    with pytest.raises(errors.WrongType) as caught:
        codec(Three).encode(empty)
    assert (caught.value.path, caught.value.actual) == (("a",), "nothing (unset)")
    assert "unset" in repr(empty)


def test_markers_and_text_with_nul_bytes_are_data(codec: Codecs) -> None:
    """NUL ends nothing unless it is the marker."""

    class Texts(Struct):
        a: str = until("|")
        b: str

    of_class = codec(Texts)
    assert of_class.decode(b"a\0b|\0") == Texts("a\0b", "\0")
    assert of_class.encode(Texts("\0", "|\0")) == b"\0||\0"


def test_bits_of_hostile_numbers_do_not_leak_into_neighbours(codec: Codecs) -> None:
    """A number too wide is refused and never spills over."""

    class Bits(Struct):
        a: u8 = bits(3)
        b: u8 = bits(2)
        c: u8 = bits(3)

    for order in ("big", "little"):
        of_class = codec(Bits, byteorder=order)
        for b in (4, -1, 255, 2**64):
            with pytest.raises(errors.OutOfRange):
                of_class.encode(Bits(0, b, 0))
        assert of_class.decode(of_class.encode(Bits(0, 3, 0))) == Bits(0, 3, 0)
