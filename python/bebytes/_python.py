"""
The readable runner: the reference for what a plan means, in plain Python, field by field.

Reading is in `_python_read.py`, writing in `_python_write.py`; here are whole messages, buffers and many records.
"""

from collections.abc import Iterable, Iterator
from operator import index
from typing import Any

from ._derive import UNSET, is_record_of
from ._plan import Plan
from ._python_read import Input, read_record
from ._python_write import Output, write_record
from ._specifier import derived
from .errors import (
    BufferTooSmall,
    DecodeError,
    EmptyBuffer,
    EncodeError,
    InvalidValue,
    LimitExceeded,
    TrailingData,
    WrongType,
)


class Runner:
    """
    A plan run in plain Python.
    """

    __slots__ = ("_parameters", "_plan")

    def __init__(self, plan: Plan, parameters: tuple[int, ...] = ()) -> None:
        self._plan = plan
        self._parameters = parameters

    def decode(self, data: Any, *, verify: bool = True) -> Any:
        """
        The value that the whole input encodes; checksums are checked where `verify`.
        """
        data = readable(data)
        value, consumed = self._decode_first(data, verify)
        if consumed != len(data):
            raise TrailingData(consumed, len(data), offset=consumed * 8, struct=self._plan.name)
        return value

    def decode_prefix(self, data: Any, *, verify: bool = True) -> tuple[Any, int]:
        """
        The value at the start of the input, and the bytes it takes; checksums are checked where `verify`.
        """
        return self._decode_first(readable(data), verify)

    def _decode_first(self, data: bytes, verify: bool) -> tuple[Any, int]:
        if not data and self._plan.minimum:
            raise EmptyBuffer(self._plan.minimum, 0, struct=self._plan.name)
        return self.decode_at(data, 0, verify=verify)

    def decode_at(
        self, data: bytes, start: int, prefix: tuple[int, ...] = (), *, verify: bool = True
    ) -> tuple[Any, int]:
        """
        The value that begins at a byte, and the byte behind it; an error's path begins with `prefix`.
        """
        plan = self._plan
        source = Input(data, start, verify=verify)
        try:
            value, _, bit = read_record(plan, source, start * 8, self._parameters)
            if plan.plain:
                return value, bit // 8
            end = max((bit + 7) // 8, source.reach)
            if plan.lossless:
                from ._verify import check_lossless

                check_lossless(plan, value, data, start, end, self._parameters)
        except DecodeError as e:
            e.path = (*prefix, *e.path)
            e.struct = plan.name
            raise
        except RecursionError:
            if plan.plain:
                raise  # what a caller's own code raises comes through
            # Structs with many nodes around each other take up Python's own limit before ours.
            from ._python_read_general import MAXIMUM_RECURSION

            raise LimitExceeded(MAXIMUM_RECURSION, path=prefix, offset=start * 8, struct=plan.name) from None
        return value, end

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
        return bytes(self._written(value, 0, ()))

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
                out = self._written(value, offset * 8, ())
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
            out += self._written(value, len(out) * 8, (number,))
        return bytes(out)

    def _written(self, value: Any, base: int, prefix: tuple[int, ...]) -> bytearray:
        # `base` is where the record begins in the caller's buffer, in bits: errors count from there.
        try:
            return written(self._plan, value, self._parameters)
        except EncodeError as e:
            e.path = (*prefix, *e.path)
            e.offset += base
            e.struct = self._plan.name
            raise
        except RecursionError:
            if self._plan.plain:
                raise  # what a caller's own code raises comes through
            from ._python_read_general import MAXIMUM_RECURSION

            rule = f"at most {MAXIMUM_RECURSION} structs inside each other"
            raise InvalidValue(MAXIMUM_RECURSION + 1, rule, path=prefix, offset=base, struct=self._plan.name) from None


def written(plan: Plan, value: Any, parameters: tuple[int, ...] = ()) -> bytearray:
    """
    The bytes of a value.

    Raises:
        EncodeError: with the path from the struct on.
    """
    if not is_record_of(value, plan.cls):
        raise WrongType(
            f"a {plan.name}",
            "nothing (unset)" if value is UNSET else "derived" if value is derived else type(value).__name__,
        )
    out = Output()
    write_record(plan, value, out, 0, {}, parameters)
    if out.places or out.unfinished:
        from ._python_write_general import finish_message

        finish_message(out)
    return out.data


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
