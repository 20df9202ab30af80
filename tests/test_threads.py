"""
Threads may share a codec, a class and, for reading, an object.
"""

import contextlib
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import bebytes
from bebytes import Struct, bits, count, derived, errors, size, u8, u16, u32, until

THREADS = 8


class Item(Struct):
    code: u8
    length: u8
    body: bytes = size("length")


class Packet(Struct, kw_only=True):
    version: u8 = bits(4, default=1)
    kind: u8 = bits(4, default=2)
    n: u8 = derived
    items: list[Item] = count("n")
    name: str = until(0)
    grid: list[list[u16]] = count(2, 2)
    rest: bytes


def packet(number: int) -> Packet:
    items = [Item(i, 1 + i, bytes([number % 256]) * (1 + i)) for i in range(number % 4)]
    return Packet(items=items, name=f"n{number}", grid=[[number, 1], [2, 3]], rest=bytes([number % 256]) * 3)


@pytest.fixture(autouse=True)
def frequent_switches() -> Iterator[None]:
    """
    Let threads take turns as often as the interpreter can.
    """
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def together(work: Callable[[int], Any]) -> list[Any]:
    """
    Run `work(0)`, `work(1)` ... in as many threads, begun at the same moment; give what they return.
    """
    barrier = threading.Barrier(THREADS)
    results: list[Any] = [None] * THREADS
    failures: list[BaseException] = []

    def run(number: int) -> None:
        try:
            barrier.wait()
            results[number] = work(number)
        except BaseException as e:  # noqa: BLE001 (raised again by the thread that waits)
            failures.append(e)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads), "a thread hangs"
    if failures:
        raise failures[0]
    return results


@pytest.mark.parametrize("byteorder", ["big", "little"])
def test_threads_share_a_codec(byteorder: str, codec: Callable[..., Any]) -> None:
    """Each thread gets the outcomes of its own values and bytes, errors too."""
    of_class = codec(Packet, byteorder=byteorder)

    def work(number: int) -> None:
        for i in range(150):
            value = packet(number * 1000 + i)
            data = of_class.encode(value)
            assert of_class.decode(data) == value
            buffer = bytearray(len(data) + 2)
            assert of_class.encode_into(value, buffer, 1) == len(data)
            assert buffer[1:-1] == data
            with pytest.raises(errors.MarkerInData) as caught:
                of_class.encode(packet(number).__replace__(name="\0"))
            assert caught.value.path == ("name",)

    together(work)


def test_threads_share_an_object_for_reading(codec: Callable[..., Any]) -> None:
    """One value, encoded, compared, shown and asked for its derived number by all threads at once."""
    of_class = codec(Packet)
    value = packet(7)
    expected, text = of_class.encode(value), repr(value)

    def work(number: int) -> None:
        for _ in range(150):
            assert of_class.encode(value) == expected
            assert value.n == 3
            assert repr(value) == text
            assert value == packet(7)

    together(work)
    assert value == packet(7)


def test_threads_meet_at_the_first_use_of_a_class(backend: str) -> None:
    """A class is compiled once, whoever comes first, also where it names a class that is defined later."""
    for attempt in range(10):
        scope: dict[str, Any] = {"Struct": Struct, "u8": u8, "u32": u32, "__name__": f"{__name__}_{attempt}"}
        module = type(sys)(scope["__name__"])
        sys.modules[module.__name__] = module
        try:
            vars(module).update(scope)
            exec(
                "class First(Struct):\n a: 'Second'\n b: 'u32'\nclass Second(Struct):\n x: u8\n y: 'u32'",
                vars(module),
            )
            first: Any = vars(module)["First"]

            def work(number: int, first: Any = first) -> bytes:
                of_class = bebytes.Codec(first, byteorder=("big", "little")[number % 2], backend=backend)
                value = of_class.decode(bytes(range(9)))
                assert first.field_size() == 9
                return of_class.encode(value)

            assert together(work) == [bytes(range(9))] * THREADS
        finally:
            del sys.modules[module.__name__]


def test_threads_declare_classes_that_refer_to_each_other(backend: str) -> None:
    """Classes made in many threads do not block each other."""

    def work(number: int) -> None:
        inner: Any = Item
        for level in range(20):
            inner = type(Struct)(
                f"T{number}L{level}", (Struct,), {"__annotations__": {"x": u8, "inner": inner}, "__module__": __name__}
            )
        data = bytes(20) + b"\1\2ab"
        of_class = bebytes.Codec(inner, backend=backend)  # type: ignore[arg-type]
        assert of_class.encode(of_class.decode(data)) == data

    together(work)


def test_an_object_that_changes_meanwhile_does_no_harm(codec: Callable[..., Any]) -> None:
    """Reading is what threads may share; writing beside it gives a value of some moment, or an error, and no crash."""
    of_class = codec(Packet)
    value = packet(3)
    stop = threading.Event()

    def work(number: int) -> int:
        if number == 0:
            for i in range(3000):
                value.items = [Item(1, 1, b"x")] * (i % 4)
                value.items.clear()
                value.rest = bytes(i % 50)
            stop.set()
            return 0
        done = 0
        while not stop.is_set():
            with contextlib.suppress(errors.BeBytesError):
                of_class.decode(of_class.encode(value))
            done += 1
        return done

    together(work)


def test_threads_share_an_iterator_or_are_told(backend: str) -> None:
    """Records read lazily by several threads come out once each; one that comes while another is at it is a ValueError."""
    records = bebytes.iter_decode(Item, b"\1\1x" * 800, backend=backend)

    def work(number: int) -> int:
        done = 0
        while True:
            try:
                if next(records, None) is None:
                    return done
            except ValueError:
                continue
            done += 1

    assert sum(together(work)) == 800
