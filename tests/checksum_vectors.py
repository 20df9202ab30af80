"""
Makes `tests/vectors/checksums.json`, by which pytest and cargo hold the checksums of both languages together.

`python tests/checksum_vectors.py` writes it anew. Each list of the file has one line for:

- `algorithms`: an algorithm, all of them in order.
- `names`: a way to write the name of one; `algorithm` is null where it is nobody's.
- `values`: what `data` (hex), repeated `times` times, comes to with a `start`: a number, or a digest in hex.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bebytes._checksum_catalogue import CATALOGUE
from bebytes._checksums import all_algorithms, find_algorithm

FILE = Path(__file__).parent / "vectors" / "checksums.json"

STRANGE = [
    "CRC 16 Modbus",
    "Crc32",
    "crc_32c",
    "crc-16/x25",
    "ADLER32",
    "--in/ter net__",
    "SHA256",
    "Sha3_256",
    "BLAKE2B",
]
NOBODYS = ["", "-", "crc", "crc-33", "crc-16/modbus2", "\u017fum-8", "crc-32/i\u0130so-hdlc", "sum-8\n", "sum\u20138"]

# The pieces of 16 bytes and of 4096, at which the core works, end inside some of these, and inside words.
DATA = [
    ("", 1),
    ("31", 1),
    (b"123456789".hex(), 1),
    ("00", 3),
    ("ff", 4),
    ("80", 17),
    ("fffefdfcfb0102", 5),
    ("0123456789abcdef3c", 1000),
    ("ff", 70_001),
]
STARTS = [1, 0xFFFF, 0x1234_5678_9ABC, 2**64 - 1]


def names() -> Iterator[dict[str, Any]]:
    spelled = [name for crc in CATALOGUE for name in crc.names.split(" ")]
    others = [a.name for a in all_algorithms() if not a.name.startswith("crc-")]
    for name in [*spelled, *others, *STRANGE]:
        yield {"name": name, "algorithm": find_algorithm(name).name}
    for name in NOBODYS:
        yield {"name": name, "algorithm": None}


def values() -> Iterator[dict[str, Any]]:
    for algorithm in all_algorithms():
        for data, times in DATA:
            # One line is enough to show that a start does not count.
            for start in [0, *(STARTS if algorithm.takes_start else [7] if data == "31" else [])]:
                value = algorithm.compute(bytes.fromhex(data) * times, start)
                shown = value.hex() if isinstance(value, bytes) else value
                yield {"name": algorithm.name, "data": data, "times": times, "start": start, "value": shown}


def made() -> str:
    """
    The text of the file, as it ought to be.
    """
    algorithms = [
        {"name": a.name, "width": a.width, "is_digest": a.is_digest, "takes_start": a.takes_start}
        for a in all_algorithms()
    ]
    lists = {"algorithms": algorithms, "names": names(), "values": values()}
    parts = (f'"{key}": [\n' + ",\n".join(map(json.dumps, rows)) + "\n]" for key, rows in lists.items())
    return "{" + ",\n".join(parts) + "}\n"


if __name__ == "__main__":
    FILE.write_text(made(), "utf-8")
