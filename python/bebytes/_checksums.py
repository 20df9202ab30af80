"""
Checksums by their names, as in `src/checksum.rs`, and digests. Only what has to do with a checksum imports this.

- `crc-16/modbus`, `crc-32/iso-hdlc` and 111 more: the catalogue of CRC RevEng, in `_checksum_catalogue.py`.
- `internet`, RFC 1071: big-endian words of 16 bits are added, what is carried out of 16 bits is added in again, and the
  number is the complement of that.
- `adler-32`, RFC 1950.
- `fletcher-16`, `-32`, `-64`, J. G. Fletcher, "An Arithmetic Checksum for Serial Transmissions", 1982: two sums over
  little-endian words of half the width, modulo the greatest word (255, 65535, 2**32 - 1). The first one, of the words,
  is the lower half; the second one, of what the first one is after each word, is the upper half.
- `sum-8`, `-16`, `-32`, `-64`: the sum of the bytes, modulo two to the power of the width.
- `xor-8`, `-16`, `-32`: exclusive or of big-endian words of the width.
- `md5`, RFC 1321; `sha-1`, `sha-224`, `-256`, `-384`, `-512`, FIPS 180-4; `sha3-224`, `-256`, `-384`, `-512`, FIPS 202;
  `blake2b` and `blake2s`, RFC 7693, of 64 and 32 bytes without a key. These are digests: their values are bytes.

If the data ends inside a word, zeros follow.
"""

import sys
from array import array
from binascii import crc_hqx
from collections.abc import Callable, Iterator
from functools import cache, reduce
from itertools import accumulate
from operator import xor
from typing import Literal, TypeAlias
from zlib import adler32, crc32

from ._checksum_catalogue import CATALOGUE, Crc

Data: TypeAlias = bytes | bytearray | memoryview

_Number: TypeAlias = Callable[[Data, int], int]

# In names, cases are the same and these four are nothing. Only ASCII has cases here, as in Rust.
_LETTERS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz", "-_/ ")

# Each with its name in hashlib, and its bits.
_DIGESTS = (
    ("md5", "md5", 128),
    ("sha-1", "sha1", 160),
    ("sha-224", "sha224", 224),
    ("sha-256", "sha256", 256),
    ("sha-384", "sha384", 384),
    ("sha-512", "sha512", 512),
    ("sha3-224", "sha3_224", 224),
    ("sha3-256", "sha3_256", 256),
    ("sha3-384", "sha3_384", 384),
    ("sha3-512", "sha3_512", 512),
    ("blake2b", "blake2b", 512),
    ("blake2s", "blake2s", 256),
)


class Algorithm:
    """
    A way to tell a number, or a digest, from bytes.

    `name` is the one that the catalogue gives first, as in `crc-32/iso-hdlc`; `width` is the bits of the value;
    `is_digest` says whether that is bytes, and `takes_start` whether `start` counts.
    """

    __slots__ = ("_function", "is_digest", "name", "takes_start", "width")

    def __init__(
        self,
        name: str,
        width: int,
        function: Callable[[Data, int], int | bytes],
        takes_start: bool = False,
        is_digest: bool = False,
    ) -> None:
        self.name = name
        self.width = width
        self.is_digest = is_digest
        self.takes_start = takes_start
        self._function = function

    def __repr__(self) -> str:
        return f"Algorithm({self.name!r})"

    def compute(self, data: Data, start: int = 0) -> int | bytes:
        """
        The value for these bytes: a number of `width` bits, or a digest.

        Args:
            data: a memoryview of anything but bytes in a row stands for what its `tobytes` gives.
            start: 0 to 2**64 - 1; a part of the sum, or of the exclusive or, before the first byte is. Algorithms that
                do not take one give the same value whatever it is.
        """
        if isinstance(data, memoryview) and not (data.format == "B" and data.ndim == 1 and data.contiguous):
            data = data.tobytes()
        return self._function(data, start)


def find_algorithm(name: str) -> Algorithm:
    """
    The algorithm that has this name, or this other name.

    Upper and lower case are the same, and `-`, `_`, `/` and blanks may stand or be missing anywhere.

    >>> find_algorithm("CRC16_MODBUS")
    Algorithm('crc-16/modbus')
    >>> hex(find_algorithm("crc-32").compute(b"123456789"))
    '0xcbf43926'

    Raises:
        ValueError: there is none; the text says which are near.
    """
    found = _algorithms().get(name.translate(_LETTERS))
    if found is None:
        raise ValueError(f"no checksum is called {name!r}; {_hint(name)}")
    return found[1]


def all_algorithms() -> list[Algorithm]:
    """
    Every algorithm once.
    """
    return list(dict.fromkeys(algorithm for _, algorithm in _algorithms().values()))


@cache
def _algorithms() -> dict[str, tuple[str, Algorithm]]:
    # What counts of each name, then the name as it is spelled in full.
    return {name.translate(_LETTERS): (name, algorithm) for names, algorithm in _all() for name in names.split(" ")}


def _all() -> Iterator[tuple[str, Algorithm]]:
    # With the names of each; in the order of `Algorithm::all` in Rust.
    for crc in CATALOGUE:
        yield crc.names, Algorithm(crc.names.split(" ")[0], crc.width, _crc(crc))
    yield "internet", Algorithm("internet", 16, _internet, takes_start=True)
    yield "adler-32", Algorithm("adler-32", 32, lambda data, _: adler32(data))
    for width in (16, 32, 64):
        yield (name := f"fletcher-{width}"), Algorithm(name, width, _fletcher(width // 2))
    for width in (8, 16, 32, 64):
        yield (name := f"sum-{width}"), Algorithm(name, width, _sum(width), takes_start=True)
    for width in (8, 16, 32):
        yield (name := f"xor-{width}"), Algorithm(name, width, _xor(width), takes_start=True)
    for name, of_hashlib, width in _DIGESTS:
        yield name, Algorithm(name, width, _digest(of_hashlib), is_digest=True)


def _hint(name: str) -> str:
    import difflib  # only this text needs it

    near = difflib.get_close_matches(name.translate(_LETTERS), _algorithms())
    if near:
        return "the nearest names: " + ", ".join(_algorithms()[letters][0] for letters in near)
    others = ", ".join(a.name for a in all_algorithms() if not a.name.startswith("crc-"))
    return f"there are the CRCs of the CRC RevEng catalogue, as crc-32/iso-hdlc, and {others}"


def _crc(crc: Crc) -> _Number:
    # Where the standard library has the polynomial, it does the bytes, with any register before the first one. Its
    # registers shift in one direction each; what goes in or comes out in the other one is turned around.
    shift_in: _Number
    if (crc.width, crc.poly) == (32, 0x04C11DB7):
        downwards, shift_in = True, _shift_in_zlib
    elif (crc.width, crc.poly) == (16, 0x1021):
        downwards, shift_in = False, crc_hqx
    elif crc.refin:
        downwards, shift_in = True, _shift_in_downwards(crc.width, crc.poly)
    else:
        downwards, shift_in = False, _shift_in_upwards(crc.width, crc.poly)
    register = _turned(crc.init, crc.width) if downwards else crc.init

    def number(data: Data, _start: int) -> int:
        if downwards != crc.refin:
            data = bytes(data).translate(_turned_bytes())
        shifted = shift_in(data, register)
        if downwards != crc.refout:
            shifted = _turned(shifted, crc.width)
        return shifted ^ crc.xorout

    return number


def _shift_in_zlib(data: Data, register: int) -> int:
    # zlib complements the register before and after.
    return crc32(data, register ^ 0xFFFFFFFF) ^ 0xFFFFFFFF


def _shift_in_downwards(width: int, poly: int) -> _Number:
    def shift_in(data: Data, register: int) -> int:
        table = _table_downwards(width, poly)
        for byte in data:
            register = table[register & 0xFF ^ byte] ^ register >> 8
        return register

    return shift_in


def _shift_in_upwards(width: int, poly: int) -> _Number:
    # A register of less than 8 bits is the upper end of one that has 8.
    spare = max(8 - width, 0)
    above = width + spare - 8
    lower = (1 << above) - 1

    def shift_in(data: Data, register: int) -> int:
        table = _table_upwards(width + spare, poly << spare)
        register <<= spare
        for byte in data:
            register = table[register >> above ^ byte] ^ (register & lower) << 8
        return register >> spare

    return shift_in


@cache
def _table_downwards(width: int, poly: int) -> list[int]:
    # What each byte makes of an empty register.
    poly = _turned(poly, width)
    table = []
    for register in range(256):
        for _ in range(8):
            register = register >> 1 ^ (poly if register & 1 else 0)  # noqa: PLW2901
        table.append(register)
    return table


@cache
def _table_upwards(width: int, poly: int) -> list[int]:
    # Likewise.
    highest = 1 << (width - 1)
    table = []
    for byte in range(256):
        register = byte << (width - 8)
        for _ in range(8):
            register = (register & ~highest) << 1 ^ (poly if register & highest else 0)
        table.append(register)
    return table


def _turned(number: int, width: int) -> int:
    return int(f"{number:0{width}b}"[::-1], 2)


@cache
def _turned_bytes() -> bytes:
    return bytes(_turned(byte, 8) for byte in range(256))


def _internet(data: Data, start: int) -> int:
    # Adding carries in again is to reckon modulo 0xFFFF, where 2**16 is 1, so all the words can be one number. Of 0 and
    # 0xFFFF, which are the same there, the sum is only 0 if there is nothing to add.
    number = int.from_bytes(data, "big") << 8 * (len(data) % 2)
    rest = (number % 0xFFFF + start) % 0xFFFF
    return 0xFFFF - (rest or (0xFFFF if number or start else 0))


def _fletcher(width: int) -> _Number:
    greatest = (1 << width) - 1

    def number(data: Data, _start: int) -> int:
        words = _words(data, width, "little")
        return sum(accumulate(words)) % greatest << width | sum(words) % greatest

    return number


def _sum(width: int) -> _Number:
    return lambda data, start: (sum(data) + start) & (1 << width) - 1


def _xor(width: int) -> _Number:
    return lambda data, start: reduce(xor, _words(data, width, "big"), start & (1 << width) - 1)


def _words(data: Data, width: int, order: Literal["little", "big"]) -> "array[int]":
    missing = -len(data) % (width // 8)
    if missing:
        data = b"".join((data, bytes(missing)))
    words = array({8: "B", 16: "H", 32: "I"}[width])
    words.frombytes(data)
    if order != sys.byteorder:
        words.byteswap()
    return words


def _digest(name: str) -> Callable[[Data, int], bytes]:
    def digest(data: Data, _start: int) -> bytes:
        import hashlib  # loads OpenSSL, which takes longer than all of bebytes

        # Where a machine allows no weak digests for secrets, a checksum is none.
        return hashlib.new(name, data, usedforsecurity=False).digest()

    return digest
