"""
What the tests of `bebytes.formats` for files share: input that is damaged, and the examples of a module.
"""

import contextlib
import doctest
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

from bebytes.errors import BeBytesError


def damages(data: bytes) -> Iterator[bytes]:
    """
    Data cut off before each of its bytes, and with one bit flipped in each of them.
    """
    for i in range(len(data)):
        yield data[:i]
        yield data[:i] + bytes([data[i] ^ 1 << i % 8]) + data[i + 1 :]


def assert_only_our_errors(
    decode: Callable[[bytes], Any], encode: Callable[[Any], bytes], data: bytes, *, refused: float
) -> None:
    """
    Damaged data is an error of bebytes that says where, or a value, which encodes or is refused likewise.

    Args:
        decode: what reads the data.
        encode: what writes the value.
        data: what is damaged.
        refused: the least share of the damages that must be errors, so that a definition that checks nothing is found out.
    """
    errors: list[Any] = []
    tries = 0
    for damaged in damages(data):
        tries += 1
        try:
            value = decode(damaged)
        except BeBytesError as e:
            errors.append(e)
        else:
            with contextlib.suppress(BeBytesError):  # such as two fields that say different things about the same bytes
                encode(value)
    for error in errors:
        assert error.struct, f"{error!r} does not say what was read"
        assert 0 <= error.offset <= len(data) * 8, f"{error} is outside the input"
    assert len(errors) >= refused * tries, f"only {len(errors)} of {tries} damages are errors"


def run_examples(module: ModuleType) -> int:
    """
    Run the examples in a module's docstrings, and return their number.
    """
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    reports: list[str] = []
    for test in doctest.DocTestFinder(exclude_empty=True).find(module):
        runner.run(test, out=reports.append)
    assert not reports, "\n".join(reports)
    return runner.tries
