"""
The readable runner: the reference for what a plan means, in plain Python, field by field.

Reading is in `_python_read.py`, writing in `_python_write.py`; here are whole messages, buffers and many records.
"""

from collections.abc import Iterable, Iterator
from operator import index
from typing import Any

from ._plan import Plan, Record
from ._python_read import read_record
from ._python_write import write_node
from .errors import BufferTooSmall, DecodeError, EmptyBuffer, EncodeError, TrailingData


class Runner:
    """
    A plan run in plain Python.
    """

    __slots__ = ("_plan",)

    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    def decode(self, data: Any) -> Any:
        """
        The value that the whole input encodes.
        """
        data = readable(data)
        value, consumed = self._decode_first(data)
        if consumed != len(data):
            raise TrailingData(consumed, len(data), offset=consumed * 8, struct=self._plan.name)
        return value

    def decode_prefix(self, data: Any) -> tuple[Any, int]:
        """
        The value at the start of the input, and the bytes it takes.
        """
        return self._decode_first(readable(data))

    def _decode_first(self, data: bytes) -> tuple[Any, int]:
        if not data and self._plan.minimum:
            raise EmptyBuffer(self._plan.minimum, 0, struct=self._plan.name)
        return self.decode_at(data, 0, ())

    def decode_at(self, data: bytes, start: int, prefix: tuple[int, ...] = ()) -> tuple[Any, int]:
        """
        The value that begins at a byte, and the byte behind it; an error's path begins with `prefix`.
        """
        try:
            value, _, bit = read_record(self._plan, data, start * 8)
        except DecodeError as e:
            e.path = (*prefix, *e.path)
            e.struct = self._plan.name
            raise
        return value, bit // 8

    def iter_decode(self, data: Any) -> Iterator[Any]:
        """
        The records of the input, one after the other.
        """
        return self._records(readable(data))

    def _records(self, data: bytes) -> Iterator[Any]:
        position = number = 0
        while position < len(data):
            value, position = self.decode_at(data, position, (number,))
            number += 1
            yield value

    def decode_many(self, data: Any) -> list[Any]:
        """
        All records of the input.
        """
        return list(self._records(readable(data)))

    def encode(self, value: Any) -> bytes:
        """
        The bytes of a value.
        """
        out = bytearray()
        self._encode_to(out, value, 0, ())
        return bytes(out)

    def encode_into(self, value: Any, buffer: Any, offset: int = 0) -> int:
        """
        Write a value into a buffer from `offset` (bytes) on, all of it or nothing, and return the bytes written.
        """
        with memoryview(buffer) as whole:
            if whole.readonly or not whole.c_contiguous:
                raise BufferError("the buffer to write into must be writable and contiguous")
            if "O" in whole.format:
                raise BufferError("the buffer to write into holds Python objects, not bytes")
            # A view of several dimensions without items cannot be cast.
            with whole.cast("B") if whole.nbytes else memoryview(bytearray()) as target:
                offset = index(offset)
                if not 0 <= offset <= len(target):
                    raise IndexError(f"offset {offset} is outside the buffer of {len(target)} bytes")
                out = bytearray()
                self._encode_to(out, value, offset * 8, ())
                space = len(target) - offset
                if len(out) > space:
                    raise BufferTooSmall(len(out), space, offset=offset * 8, struct=self._plan.name)
                target[offset : offset + len(out)] = out
                return len(out)

    def encode_many(self, values: Iterable[Any]) -> bytes:
        """
        The bytes of all values, one after the other.
        """
        out = bytearray()
        for number, value in enumerate(values):
            record = bytearray()
            self._encode_to(record, value, len(out) * 8, (number,))
            out += record
        return bytes(out)

    def _encode_to(self, out: bytearray, value: Any, base: int, prefix: tuple[int, ...]) -> None:
        # `base` is where the record begins in the caller's buffer, in bits: errors count from there.
        try:
            write_node(Record(self._plan), value, out, 0, {})
        except EncodeError as e:
            e.path = (*prefix, *e.path)
            e.offset += base
            e.struct = self._plan.name
            raise


def readable(data: Any) -> bytes:
    """
    The bytes of any contiguous buffer.

    Raises:
        TypeError: it is no buffer.
        BufferError: it is not contiguous.
    """
    if type(data) is bytes:
        return data
    with memoryview(data) as view:
        if not view.c_contiguous:
            raise BufferError("the input must be contiguous")
        return view.tobytes()
