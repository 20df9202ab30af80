"""
What values encode to, whole and damaged.
"""

from typing import Literal

from hypothesis import strategies as st

from bebytes import Struct
from bebytes._python import Runner
from bebytes._schema import schema_of

from ._common import MOST_BYTES, PERCENT
from ._values import values

ByteOrder = Literal["big", "little"]


def encodings(cls: type[Struct], byteorder: ByteOrder = "big") -> st.SearchStrategy[bytes]:
    """
    What values of a class encode to.
    """
    return values(cls).map(Runner(schema_of(cls).plan(byteorder)).encode)


def damaged(cls: type[Struct], byteorder: ByteOrder = "big") -> st.SearchStrategy[bytes]:
    """
    Encodings that were cut, lengthened, or changed by a bit, a byte or one; also bytes of no such origin.
    """
    return _damaged(encodings(cls, byteorder))


@st.composite
def _damaged(draw: st.DrawFn, whole: st.SearchStrategy[bytes]) -> bytes:
    if draw(PERCENT) <= 15:
        return draw(st.binary(max_size=2 * MOST_BYTES))
    data = bytearray(draw(whole))
    for _ in range(draw(st.integers(1, 3))):
        _damage_once(draw, data)
    return bytes(data)


def _damage_once(draw: st.DrawFn, data: bytearray) -> None:
    kind = draw(st.sampled_from(("cut", "lengthen", "flip", "step", "set", "drop", "insert")))
    at = draw(st.integers(0, max(len(data) - 1, 0)))
    if kind == "lengthen":
        data += draw(st.binary(min_size=1, max_size=4))
    elif kind == "cut":
        del data[len(data) - 1 - at :]
    elif kind == "insert":
        data.insert(at, draw(st.integers(0, 255)))
    elif not data:
        return
    elif kind == "drop":
        del data[at]
    elif kind == "flip":
        data[at] ^= 1 << draw(st.integers(0, 7))
    elif kind == "step":
        data[at] = (data[at] + draw(st.sampled_from((1, 255)))) % 256
    else:
        data[at] = draw(st.sampled_from((0, 1, 2, 0x7F, 0x80, 0xD8, 0xFE, 0xFF)))
