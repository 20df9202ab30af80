"""
Structs with parameters by themselves: a class around one that gives it its numbers.
"""

import functools
import types
from typing import Any

from bebytes import Struct, field


@functools.cache
def with_parameters(of: Any, **numbers: int) -> Any:
    """
    The class of a struct whose one field `value` is `of`, with these numbers for its parameters; made once.
    """
    body = {
        "__annotations__": {"value": of},
        "__doc__": f"A {of.__name__} with its parameters.",
        "value": field(parameters=numbers),
    }
    return types.new_class(
        f"Given{of.__name__}", (Struct,), {"byteorder": "big"}, lambda namespace: namespace.update(body)
    )
