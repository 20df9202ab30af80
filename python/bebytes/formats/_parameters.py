"""
Structs with parameters by themselves: a class around one that gives it its numbers.
"""

import functools
from typing import Any

from bebytes import Struct, field


@functools.cache
def with_parameters(of: Any, **numbers: int) -> Any:
    """
    The class of a struct whose one field `value` is `of`, with these numbers for its parameters; made once.
    """

    class Given(Struct, byteorder="big"):
        value: of = field(parameters=numbers)

    return Given
