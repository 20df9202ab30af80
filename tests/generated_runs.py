"""
The generated runner beside the readable one, which is its oracle.
"""

import types
from collections.abc import Callable
from typing import Any, Literal

from bebytes import (
    Struct,
)
from bebytes._generated import Runner
from bebytes._python import Runner as Readable
from bebytes._schema import schema_of
from bebytes.testing import outcome

ORDERS: tuple[Literal["big", "little"], ...] = ("big", "little")
FUNCTIONS = ("decode", "_decode_at", "decode_many", "encode", "encode_into")


def both(cls: type[Struct], byteorder: str = "big") -> tuple[Runner, Readable]:
    plan = schema_of(cls).plan(byteorder)
    return Runner(plan, byteorder), Readable(plan)


class Detour(BaseException):
    """
    The second way was taken; no `except Exception` hides it.
    """


def straight(cls: type[Struct], byteorder: str = "big") -> Runner:
    runner, _ = both(cls, byteorder)
    for name in FUNCTIONS:
        scope = getattr(runner, name).__globals__
        scope["slow"] = scope["slow_decode_at"] = refuse
    return runner


def refuse(*_: Any) -> Any:
    raise Detour


def same_encoding(value: Any, byteorder: str = "big", *, cls: type[Struct] | None = None) -> tuple[Any, ...]:
    generated, readable = both(cls or type(value), byteorder)
    expected = outcome(readable.encode, value)
    assert outcome(generated.encode, value) == expected
    buffers = bytearray(b"\xee" * 90), bytearray(b"\xee" * 90)
    into = outcome(generated.encode_into, value, buffers[0], 3), outcome(readable.encode_into, value, buffers[1], 3)
    assert into[0] == into[1]
    assert buffers[0] == buffers[1]
    assert outcome(generated.encode_many, [value, value]) == outcome(readable.encode_many, [value, value])
    return expected


def same_decoding(cls: type[Struct], data: Any, byteorder: str = "big") -> tuple[Any, ...]:
    generated, readable = both(cls, byteorder)
    expected = outcome(readable.decode, data)
    assert outcome(generated.decode, data) == expected
    assert outcome(generated.decode_prefix, data) == outcome(readable.decode_prefix, data)
    if schema_of(cls).plan(byteorder).minimum_read:
        assert outcome(generated.decode_many, data) == outcome(readable.decode_many, data)
        assert outcome(listed(generated), data) == outcome(listed(readable), data)
    return expected


def listed(runner: Any) -> Callable[[Any], list[Any]]:
    return lambda data: list(runner.iter_decode(data))


def declared(name: str, annotations: dict[str, Any], **body: Any) -> Any:
    """
    A struct class made from a dict.
    """
    made: Any = types.new_class(name, (Struct,), {}, lambda space: space.update(__annotations__=annotations, **body))
    return made
