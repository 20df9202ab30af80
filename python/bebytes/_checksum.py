"""
What a field with a checksum must hold: the algorithm's value, as a number or as bytes.
"""

from ._checksums import find_algorithm
from ._expression import InvalidValue as NoValue
from ._plan_general import Checksum
from ._python_common import Scope
from ._python_formula import whole
from .errors import InvalidValue


def checksum_of(checksum: Checksum, covered: bytes | bytearray, scope: Scope, bit: int) -> int | bytes:
    """
    The value of a checksum over the bytes that it covers.

    Args:
        checksum: the algorithm, and what it starts with.
        covered: the bytes.
        scope: the fields that the start may refer to.
        bit: where the field is, for errors.

    Raises:
        InvalidValue: the start has no value.
    """
    start = 0
    if checksum.start is not None:
        try:
            start = whole(checksum.start.expression, scope)
        except NoValue as e:
            raise InvalidValue(e.value, f"start {checksum.start.text!r}", offset=bit) from None
        if start < 0:
            raise InvalidValue(start, f"start {checksum.start.text!r}, 0 or more", offset=bit)
    value = find_algorithm(checksum.algorithm).compute(covered, start)
    # What would say that there is none is written as the other zero of ones' complement.
    return 0xFFFF if checksum.algorithm == "internet" and value == checksum.none == 0 else value
