"""
What many tests check in the same way.
"""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bebytes import Struct
from bebytes.errors import BeBytesError

Codecs = Callable[..., Any]
"""The fixture `codec`: `bebytes.Codec` on one of the backends."""


def same_bytes(codec: Codecs, value: Struct, big: str, little: str | None = None) -> None:
    """
    Assert that a value has these bytes (hex) in either order, and that they decode to the same value, types included.

    Args:
        codec: the fixture.
        value: the value, its parts in the form that decoding gives them.
        big: its bytes, big endian.
        little: its bytes, little endian; those of `big` where left out.
    """
    for byteorder, text in (("big", big), ("little", big if little is None else little)):
        of_class = codec(type(value), byteorder=byteorder)
        data = bytes.fromhex(text)

        encoded = of_class.encode(value)
        decoded = of_class.decode(data)

        assert type(encoded) is bytes
        assert encoded.hex(" ") == data.hex(" ")
        assert type(decoded) is type(value)
        assert repr(decoded) == repr(value)
        assert of_class.decode_prefix(data) == (decoded, len(data))
        assert of_class.encode(decoded) == data


@contextlib.contextmanager
def raises(
    kind: type[BeBytesError], path: tuple[str | int, ...] = (), at: float = 0, **figures: object
) -> Iterator[None]:
    """
    Assert that just this error comes out of the block: its class, path, offset and figures.

    Args:
        kind: the class, exactly.
        path: names and indices.
        at: the byte of the offset; 2.25 is bit 2 of byte 2.
        figures: the attributes of the error.
    """
    with pytest.raises(BeBytesError) as caught:
        yield
    assert type(caught.value) is kind, f"{type(caught.value).__name__}: {caught.value}"
    error: Any = caught.value
    assert error.path == path
    assert error.offset == at * 8
    assert {name: getattr(error, name) for name in figures} == figures
