"""
Whether encoding gives back what was decoded, and where it does not.
"""

from typing import Any

from ._plan import Plan
from ._python_read import Input, read_record
from ._python_read_general import MAXIMUM_RECURSION
from ._schema import schema_of
from .errors import DecodeError, EncodeError, LimitExceeded, NotReversible


def verify(cls: Any, data: Any, byteorder: str) -> NotReversible | None:
    """
    What `bebytes.verify` does.
    """
    from ._backend import runner
    from ._python import Runner, readable

    runner(cls, byteorder)  # refuses a class that the struct around gives parameters
    plan = schema_of(cls).plan(byteorder)
    content = readable(data)
    value = Runner(plan._replace(lossless=False)).decode(content)
    return difference(plan, value, content, 0, len(content), ())


def check_lossless(plan: Plan, value: Any, data: bytes, start: int, end: int, parameters: tuple[int, ...]) -> None:
    """
    Check that encoding a value gives back the bytes that it was read from.

    Raises:
        NotReversible: it does not.
    """
    found = difference(plan, value, data, start, end, parameters)
    if found is not None:
        raise found


def difference(
    plan: Plan, value: Any, data: bytes, start: int, end: int, parameters: tuple[int, ...]
) -> NotReversible | None:
    """
    The first place in bytes `start` to `end` that encoding the value does not give back, or None.
    """
    from ._python import written

    try:
        again = written(plan, value, parameters)
    except RecursionError:
        raise LimitExceeded(MAXIMUM_RECURSION, offset=start * 8, struct=plan.name) from None
    except EncodeError as e:
        bit = start * 8 + e.offset
        return NotReversible(
            None, data[bit // 8] if bit // 8 < end else None, path=e.path, offset=bit, struct=plan.name
        )
    there = bytearray(data[start:end])
    if again == there:
        return None
    at = next(
        (i for i, (one, other) in enumerate(zip(again, there, strict=False)) if one != other),
        min(len(again), len(there)),
    )
    expected, actual = again[at] if at < len(again) else None, there[at] if at < len(there) else None
    path, bit = _place(plan, data, start, at, (expected or 0) ^ (actual or 0), parameters)
    return NotReversible(expected, actual, path=path, offset=bit, struct=plan.name)


def _place(
    plan: Plan, data: bytes, start: int, at: int, differing: int, parameters: tuple[int, ...]
) -> tuple[tuple[str | int, ...], int]:
    # The innermost field or item that has a bit which differs, and where it begins.
    source = Input(data, start, verify=False)
    source.trace = []
    try:
        read_record(plan, source, start * 8, parameters)
    except DecodeError:
        return (), (start + at) * 8  # cannot be: it was read once
    first = (start + at) * 8
    wrong = [first + i for i in range(8) if differing & 0x80 >> i] or [first]
    for path, begin, end in source.trace:
        if begin < end and any(begin <= bit < end for bit in wrong) and not _has_inner(source.trace, path, first):
            return path, begin
    return (), first


def _has_inner(trace: list[tuple[tuple[str | int, ...], int, int]], path: tuple[str | int, ...], bit: int) -> bool:
    return any(
        len(inner) > len(path) and inner[: len(path)] == path and begin < bit + 8 and end > bit
        for inner, begin, end in trace
    )
