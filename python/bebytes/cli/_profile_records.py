"""
The records of a file, one by one.
"""

from typing import Any

from bebytes import Codec
from bebytes._layout import is_open
from bebytes._plan import Plan, Record
from bebytes.errors import BeBytesError, DecodeError


def split(cls: Any, plan: Plan, data: bytes, byteorder: Any, *, one: bool, offset: int) -> list[bytes] | str:
    """
    The records of `data`, which begins at byte `offset` of its file, or what is wrong with them.
    """
    if not data:
        return f"there are no bytes behind byte {offset}" if offset else "there are no bytes"
    codec: Codec[Any] = Codec(cls, byteorder=byteorder)
    found: list[bytes] = []
    try:
        if one or takes_all(plan):
            codec.decode(data)
            return [data]
        with memoryview(data) as view:
            start = 0
            while start < len(data):
                # A view, since a copy of all that is left for each record would take for ever.
                with view[start:] as left:
                    _, size = codec.decode_prefix(left)
                found.append(data[start : start + size])
                start += size
    except DecodeError as e:
        if found or not (one or takes_all(plan)):
            e.path = (len(found), *e.path)
        e.offset += 8 * (offset + sum(map(len, found)))
        return f"it does not decode: {type(e).__name__}: {e}"
    return found


def takes_all(plan: Plan) -> bool:
    """
    Whether a record ends where the input ends, or may take no bytes, so that nothing can stand behind it.
    """
    return is_open(Record(plan)) or plan.minimum_read == 0


def values(cls: Any, records: list[bytes], byteorder: Any) -> list[Any] | str:
    """
    The values of the records, which can be encoded again; or what is wrong with them.
    """
    codec: Codec[Any] = Codec(cls, byteorder=byteorder)
    made = [codec.decode(record) for record in records]
    for index, value in enumerate(made):
        try:
            codec.encode(value)
        except BeBytesError as e:
            return f"record {index} does not encode again: {type(e).__name__}: {e}"
    return made
