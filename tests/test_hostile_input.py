"""
Input that announces more than it has, and classes nested deeply: errors at once, in little memory and stack.
"""

import subprocess
import sys
import textwrap
from typing import Any

import pytest
from checks import Codecs
from hostile_types import Item

from bebytes import Struct, count, errors, size, u16, u64

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
