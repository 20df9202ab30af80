"""
Bad input and hostile objects: errors at once and in little memory, never a crash, a hang or a half-written buffer.
"""

import array
import contextlib
import ctypes
import enum
import gc
import mmap
import subprocess
import sys
import textwrap
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import numpy
import pytest

import bebytes
from bebytes import Struct, bits, char, count, derived, errors, f32, f64, size, u8, u16, u64, until

Codecs = Callable[..., Any]


class Kind(enum.IntEnum):
    A = 0
    B = 1


class Item(Struct):
    x: u8


class Numbers(Struct):
    xs: list[u8] = count(4)


class Counted(Struct, kw_only=True):
    n: u8 = derived
    xs: list[u8] = count("n")
    tail: u16 = 0


class Body(Struct):
    a: u8
    body: bytes


class Sized(Struct, kw_only=True):
    a: u8 = 1
    n: u8 = derived
    body: bytes = size("n")


class Name(Struct):
    c: char
    s: str = size(2)


class Three(Struct):
    a: u8
    b: u8
    c: u8


class Reals(Struct):
    f: f32
    g: f64


class Truth(Struct):
    b: bool
    k: Kind


# Input that announces more than it has.

ANNOUNCERS = """
    class Bytes(Struct):
        n: u32
        v: bytes = size("n")
    class Text(Struct):
        n: u32
        v: str = size("n")
    class Small(Struct):
        n: u32
        v: list[u8] = count("n")
    class Large(Struct):
        n: u32
        v: list[u128] = count("n")
    class Inner(Struct):
        a: u8
        b: u64
    class Structs(Struct):
        n: u32
        v: list[Inner] = count("n")
    class Options(Struct):
        n: u32
        v: list[u64 | None] = count("n")
    class Sections(Struct):
        n: u32
        v: list[bytes] = until(0, count="n")
    class Items(Struct):
        n: u32
        v: list[bytes] = count(2, size="n")
    class Product(Struct):
        n: u32
        v: list[u16] = count("n * n")
    class Widest(Struct):
        n: u32
        v: bytes = size("n * 4294967297")
    class Nested(Struct):
        inner: Small
    class Grid(Struct):
        n: u32
        v: list[list[u8]] = count(1048576, 1048576)
    class Fixed(Struct):
        n: u32
        v: list[u64] = count(1099511627776)
    class Blob(Struct):
        n: u32
        v: bytes = size(1099511627776)
"""


PROGRAM = """
    import os, resource, sys, tracemalloc
    import bebytes
    from bebytes import *
    from bebytes.errors import BeBytesError

    CLASSES

    def peak():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)

    backend = sys.argv[1]
    classes = [c for c in list(globals().values()) if isinstance(c, type) and c.__module__ == "__main__"]
    codecs = [Codec(c, byteorder=order, backend=backend) for c in classes for order in ("big", "little")]
    Codec(Small, backend=backend).decode(bytes.fromhex("0000000105"))
    if os.path.exists("/proc/self/statm"):
        with open("/proc/self/statm") as file:
            in_use = int(file.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (in_use + 2**27, in_use + 2**27))
    before = peak()
    tracemalloc.start()
    outcomes = []
    for codec in codecs:
        def many(data):
            return decode_many(codec.cls, data, byteorder=codec.byteorder, backend=backend)

        for text in ("ffffffff", "fffffffe", "feffffff", "7fffffff", "ffffff7f", "ffffffff01"):
            for call in (codec.decode, codec.decode_prefix, many):
                try:
                    call(bytes.fromhex(text))
                except BeBytesError as e:
                    outcomes.append(type(e).__name__)
    assert len(outcomes) == len(codecs) * 6 * 3, "something was decoded"
    assert set(outcomes) == {"InsufficientData", "MarkerNotFound"}, set(outcomes)
    print("traced", tracemalloc.get_traced_memory()[1])
    print("grown", peak() - before)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits of memory are set with the module resource")
def test_announcing_four_gigabytes_fails_at_once_in_constant_memory(backend: str) -> None:
    """A message of 4 or 5 bytes that announces up to 2**64 items is an error before anything is reserved for them."""
    classes = textwrap.indent(textwrap.dedent(ANNOUNCERS), "    ")
    program = textwrap.dedent(PROGRAM.replace("    CLASSES\n", classes))

    done = subprocess.run(
        [sys.executable, "-c", program, backend], capture_output=True, text=True, timeout=60, check=False
    )

    assert done.returncode == 0, done.stderr
    figures = {name: float(number) for name, number in map(str.split, done.stdout.splitlines())}
    assert figures["traced"] < 2**20
    assert figures["grown"] < 2**23


def test_a_list_that_ends_early_costs_what_the_input_holds(codec: Codecs) -> None:
    """Items that are there are read, and the first that is not is the error."""

    class Many(Struct):
        n: u64
        v: list[u16] = count("n")

    with pytest.raises(errors.InsufficientData) as caught:
        codec(Many).decode(b"\xff" * 8 + bytes(2001))
    assert (caught.value.path, caught.value.args) == (("v", 1000), (2, 1))


def test_expressions_over_the_widest_numbers_stay_exact(codec: Codecs) -> None:
    """A length that overflows 64 bits is InvalidSize with the number itself, not one that wrapped around."""

    class Widest(Struct):
        n: u64
        v: bytes = size("n * n")

    with pytest.raises(errors.InvalidSize) as caught:
        codec(Widest).decode(b"\xff" * 8)
    assert caught.value.value == (2**64 - 1) ** 2


# Classes nested deeply.


def nested(depth: int) -> Any:
    cls: Any = Item
    for level in range(depth - 1):
        cls = type(Struct)(f"Level{level}", (Struct,), {"__annotations__": {"inner": cls}, "__module__": __name__})
    return cls


def test_structs_nest_as_deep_as_a_class_may(codec: Codecs) -> None:
    """128 structs inside each other work, one more is a SchemaError."""
    of_class = codec(nested(128))
    assert of_class.encode(of_class.decode(b"\x07")) == b"\x07"
    with pytest.raises(errors.EmptyBuffer):
        of_class.decode(b"")
    with pytest.raises(errors.SchemaError, match="128"):
        nested(129)


def test_the_deepest_class_needs_no_deep_stack(backend: str) -> None:
    """A thread with a small stack may be the first to use a class of 128 structs."""
    program = """
        import sys, threading
        from bebytes import Codec, Struct, u8

        cls = type(Struct)("Level0", (Struct,), {"__annotations__": {"number": u8}})
        for level in range(127):
            cls = type(Struct)(f"Level{level + 1}", (Struct,), {"__annotations__": {"inner": cls}})
        codec = Codec(cls, backend=sys.argv[1])

        def work():
            print(codec.encode(codec.decode(b"7")))

        threading.stack_size(192 * 1024)
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    """
    command = [sys.executable, "-c", textwrap.dedent(program), backend]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (result.returncode, result.stdout) == (0, "b'7'\n"), result.stderr


def test_more_than_memory_holds_is_a_memory_error(codec: Codecs) -> None:
    """An encoding that no memory has room for is an error like any other, and the interpreter goes on."""

    class Vast(Struct):
        body: bytes | None = size(2**48 - 1)

    with pytest.raises(MemoryError):
        codec(Vast).encode(Vast(None))


# Objects that stand for numbers and run code of their own.


class Acting:
    """
    Stands for a number, and does something when it is asked for it.
    """

    def __init__(self, action: Callable[[], Any], number: int = 7) -> None:
        self.action = action
        self.number = number

    def __index__(self) -> int:
        self.action()
        return self.number


class ActingFloat(Acting):
    __index__ = None  # type: ignore[assignment]

    def __float__(self) -> float:
        self.action()
        return 1.5


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


# Memory of others: to read, to write, and as the value of a field.

CONTIGUOUS: dict[str, Callable[[bytes], Any]] = {
    "bytes": bytes,
    "bytearray": bytearray,
    "memoryview": memoryview,
    "slice of a memoryview": lambda b: memoryview(b"x" + b + b"y")[1:-1],
    "array B": lambda b: array.array("B", b),
    "array b": lambda b: array.array("b", b),
    "array d": lambda b: array.array("d", b + bytes(-len(b) % 8)),
    "ctypes": lambda b: (ctypes.c_ubyte * len(b)).from_buffer_copy(b),
    "numpy u1": lambda b: numpy.frombuffer(b, "u1"),
    "numpy >u4": lambda b: numpy.frombuffer(b + bytes(-len(b) % 4), ">u4"),
    "numpy records": lambda b: numpy.frombuffer(b + bytes(-len(b) % 3), [("a", "u1"), ("b", ">u2")]),
    "numpy two dimensions": lambda b: numpy.frombuffer(b + bytes(len(b) % 2), "u1").reshape(2, -1),
    "numpy text": lambda b: numpy.frombuffer(b + bytes(-len(b) % 8), "U2"),
    "numpy half floats": lambda b: numpy.frombuffer(b + bytes(len(b) % 2), "f2"),
    "numpy bool": lambda b: numpy.frombuffer(b, "?"),
    "numpy complex": lambda b: numpy.frombuffer(b + bytes(-len(b) % 16), "c16"),
    "numpy 0-d": lambda b: numpy.frombuffer((b + bytes(8))[:8], "u8").reshape(()),
}


@pytest.mark.parametrize("make", CONTIGUOUS.values(), ids=CONTIGUOUS)
def test_any_contiguous_buffer_is_input_and_value(make: Callable[[bytes], Any], codec: Codecs) -> None:
    """All that lends its memory in one piece is read for its bytes, whatever items it says it has."""
    source = make(b"\1abcde")
    content = memoryview(source).tobytes()
    assert codec(Body).decode(source) == Body(1, content[1:])
    assert codec(Body).decode_prefix(source) == (Body(1, content[1:]), len(content))
    assert type(codec(Body).decode(source).body) is bytes
    assert codec(Body).encode(Body(9, source)) == b"\x09" + content
    assert codec(Sized).encode(Sized(body=source)) == bytes([1, len(content)]) + content


WRITABLE: dict[str, Callable[[], Any]] = {
    "bytearray": lambda: bytearray(16),
    "memoryview": lambda: memoryview(bytearray(16)),
    "array d": lambda: array.array("d", [0.0, 0.0]),
    "ctypes": lambda: (ctypes.c_uint32 * 4)(),
    "mmap": lambda: mmap.mmap(-1, 16),
    "numpy >u4": lambda: numpy.zeros(4, ">u4"),
    "numpy records": lambda: numpy.zeros(4, [("a", "u2"), ("b", "<u2")]),
    "numpy two dimensions": lambda: numpy.zeros((4, 4), "u1"),
    "numpy bool": lambda: numpy.zeros(16, "?"),
}


@pytest.mark.parametrize("make", WRITABLE.values(), ids=WRITABLE)
def test_any_writable_contiguous_buffer_is_a_target(make: Callable[[], Any], codec: Codecs) -> None:
    """Bytes are written at the byte offset, whatever items the buffer says it has."""
    target = make()
    assert codec(Body).encode_into(Body(1, b"abc"), target, 5) == 4
    assert memoryview(target).tobytes() == bytes(5) + b"\1abc" + bytes(7)


def test_targets_without_room_are_told_apart_from_bad_ones(codec: Codecs) -> None:
    """Empty buffers of any shape are too small; read-only, scattered and object buffers are BufferError; the rest TypeError."""
    of_class = codec(Body)
    value = Body(1, b"")
    for empty in (bytearray(), numpy.zeros((0, 3), "u1"), numpy.zeros((3, 0), ">u4"), array.array("d")):
        with pytest.raises(errors.BufferTooSmall) as caught:
            of_class.encode_into(value, empty)
        assert caught.value.args == (1, 0)
    read_only = numpy.zeros(4, "u1")
    read_only.setflags(write=False)
    scattered = numpy.zeros(8, "u1")[::2]
    for target in (
        b"1234",
        memoryview(b"1234"),
        memoryview(bytearray(4)).toreadonly(),
        read_only,
        scattered,
        memoryview(bytearray(8))[::2],
        memoryview(bytearray(8))[::-1],
        numpy.zeros((2, 3), "u1", order="F"),
        numpy.zeros(4, object),
    ):
        with pytest.raises(BufferError):
            of_class.encode_into(value, target)
    for target in ("1234", None, 5, [1, 2], object()):
        with pytest.raises(TypeError):
            of_class.encode_into(value, target)


@pytest.mark.parametrize("offset", [-1, 5, 2**63, -(2**63), 2**64, 10**30, -(10**30)])
def test_an_offset_outside_the_buffer_is_an_index_error(offset: int, codec: Codecs) -> None:
    """Offsets go from 0 to the length, and no number is too large to be told so."""
    buffer = bytearray(b"\xee" * 4)
    with pytest.raises(IndexError):
        codec(Body).encode_into(Body(1, b""), buffer, offset)
    assert buffer == b"\xee" * 4


def test_an_offset_is_an_integer(codec: Codecs) -> None:
    """Whatever has __index__ is an offset, what has not is a TypeError."""
    buffer = bytearray(4)
    assert codec(Body).encode_into(Body(1, b""), buffer, Acting(lambda: None, 2)) == 1
    assert buffer == b"\0\0\1\0"
    for bad in (1.0, "1", None):
        with pytest.raises(TypeError):
            codec(Body).encode_into(Body(1, b""), buffer, bad)


def test_input_that_is_no_contiguous_buffer_is_refused(codec: Codecs) -> None:
    """Text and numbers are TypeError, scattered memory is BufferError."""
    for bad in ("text", None, 5, [1], object()):
        for call in (codec(Body).decode, codec(Body).decode_prefix):
            with pytest.raises(TypeError) as caught:
                call(bad)
            assert not isinstance(caught.value, errors.BeBytesError)
    for bad in (memoryview(b"abcd")[::2], numpy.zeros(8, "u1")[::2], numpy.zeros((2, 2), "u1", order="F")):
        with pytest.raises(BufferError):
            codec(Body).decode(bad)


def test_scattered_memory_is_no_bytes_value(codec: Codecs) -> None:
    """A bytes field takes contiguous buffers, and anything else is WrongType."""
    scattered = [memoryview(b"abcd")[::2], numpy.zeros(8, "u1")[::2], numpy.zeros((2, 3), "u1", order="F")]
    for bad in (*scattered, "text", 5, None, [1]):
        with pytest.raises(errors.WrongType) as caught:
            codec(Body).encode(Body(1, bad))
        assert caught.value.args == ("bytes", type(bad).__name__)


def test_released_memory_is_an_error_of_its_exporter(codec: Codecs) -> None:
    """A memoryview released meanwhile is refused by Python itself, as a value, as input and as a target."""
    source, target = memoryview(b"\1\2\3"), memoryview(bytearray(3))
    value = Three(Acting(target.release), 2, 3)  # type: ignore[arg-type]
    late = Body(Acting(source.release), source)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="released") as caught:
        codec(Body).encode(late)
    assert not isinstance(caught.value, errors.BeBytesError)
    for call in (codec(Three).decode, codec(Three).decode_prefix):
        with pytest.raises(ValueError, match="released"):
            call(source)
    # The target is held while it is written to, so that releasing it fails or changes nothing.
    with contextlib.suppress(BufferError, ValueError):
        assert codec(Three).encode_into(value, target) == 3


def test_a_target_resized_by_a_value_is_never_written_outside(codec: Codecs) -> None:
    """A bytearray is held, or looked at again: it is written to whole, or not at all."""
    buffer = bytearray(b"\xee" * 3)
    try:
        codec(Three).encode_into(Three(Acting(buffer.clear), 2, 3), buffer)  # type: ignore[arg-type]
    except (BufferError, IndexError, errors.BufferTooSmall):
        assert bytes(buffer) in (b"\xee" * 3, b"")
    else:
        assert bytes(buffer) == b"\7\2\3"
    buffer += b"grows again"


def test_a_value_may_lie_in_the_target(codec: Codecs) -> None:
    """Source and target may overlap: what is written is what the value was."""
    buffer = bytearray(b"abcdefgh")
    assert codec(Body).encode_into(Body(1, memoryview(buffer)[:4]), buffer, 2) == 5  # type: ignore[arg-type]
    assert buffer == b"ab\1abcdh"


def test_decoded_bytes_are_copies(codec: Codecs) -> None:
    """A value does not change with the buffer it was read from."""
    buffer = bytearray(b"\1abc")
    value = codec(Body).decode(buffer)
    buffer[:] = b"\xff" * 4
    assert value == Body(1, b"abc")
    buffer.clear()  # no export is left behind


def test_buffers_are_given_back(codec: Codecs, backend: str) -> None:
    """After success and after failure, input, target and values can be resized and closed again."""

    class Unfit(Struct):
        v: bytes = size(2)
        k: Kind

    good, bad, target = bytearray(b"ab\1"), bytearray(b"ab\7"), bytearray(3)
    of_class = codec(Unfit)
    of_class.decode(good)
    of_class.encode_into(Unfit(good[:2], Kind.A), target)
    for call in (
        lambda: of_class.decode(bad),
        lambda: of_class.decode_prefix(bad),
        lambda: bebytes.decode_many(Unfit, bad, backend=backend),
        lambda: list(bebytes.iter_decode(Unfit, bad, backend=backend)),
        lambda: of_class.encode(Unfit(bad, Kind.A)),
        lambda: of_class.encode_into(Unfit(b"ab", 9), target),  # type: ignore[arg-type]
        lambda: of_class.encode_into(Unfit(b"ab", Kind.A), target, 1),
    ):
        with pytest.raises(errors.BeBytesError):
            call()
    for buffer in (good, bad, target):
        buffer.clear()


def test_iterating_over_changing_input_is_harmless(backend: str) -> None:
    """Input that changes or is let go while records are read lazily leads to records or errors, never to a crash."""
    buffer = bytearray(range(30))
    records = bebytes.iter_decode(Three, buffer, backend=backend)
    assert next(records) == Three(0, 1, 2)
    buffer[:] = bytes(30)
    assert all(type(record) is Three for record in records)
    assert list(records) == []
    view = memoryview(bytes(range(9)))
    records = bebytes.iter_decode(Three, view, backend=backend)
    assert next(records) == Three(0, 1, 2)
    with contextlib.suppress(BufferError):
        view.release()
    assert list(records) == [Three(3, 4, 5), Three(6, 7, 8)]


def test_iterating_ends_at_the_first_error(backend: str) -> None:
    """A broken record is raised once; what came before has been given."""
    records = bebytes.iter_decode(Truth, b"\1\0\1\1\1\x09\1\0", backend=backend)
    assert [next(records), next(records)] == [Truth(True, Kind.A), Truth(True, Kind.B)]
    with pytest.raises(errors.InvalidDiscriminant) as caught:
        next(records)
    assert caught.value.path == (2, "k")
    assert list(records) == []


def test_a_memory_map_is_input(codec: Codecs, tmp_path: Any) -> None:
    """A file mapped read-only is read, and can be closed afterwards; it is no target."""
    path = tmp_path / "data"
    path.write_bytes(b"\1abc")
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        assert codec(Body).decode(data) == Body(1, b"abc")
        with pytest.raises(BufferError):
            codec(Body).encode_into(Body(1, b""), data)


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
