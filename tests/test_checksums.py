"""
Checksums: each by its check value, by other people's code, by its definition, and by the vectors that cargo reads too.
"""

import binascii
import hashlib
import json
import subprocess
import sys
import zlib
from typing import Any

import checksum_vectors
import pytest
from crccheck.crc import ALLCRCCLASSES  # type: ignore[import-untyped]
from hypothesis import example, given
from hypothesis import strategies as st

from bebytes import _checksums
from bebytes._checksum_catalogue import CATALOGUE, Crc
from bebytes._checksums import all_algorithms, find_algorithm

THERE_ARE = (
    "there are the CRCs of the CRC RevEng catalogue, as crc-32/iso-hdlc, and internet, adler-32, fletcher-16, "
    "fletcher-32, fletcher-64, sum-8, sum-16, sum-32, sum-64, xor-8, xor-16, xor-32, "
    "md5, sha-1, sha-224, sha-256, sha-384, sha-512, sha3-224, sha3-256, sha3-384, sha3-512, blake2b, blake2s"
)
STARTS = st.integers(0, 2**64 - 1)
# Long enough for some to pass what the sums of Fletcher are modulo.
DATA = st.binary(max_size=80) | st.integers(0, 2000).map(lambda length: b"\xff" * length)


def by_definition(crc: Crc, data: bytes) -> int:
    """
    The CRC, one bit after the other, as the catalogue describes it.
    """
    register = crc.init
    for byte in data:
        for bit in range(8):
            coming = byte >> (bit if crc.refin else 7 - bit) & 1
            going = register >> (crc.width - 1)
            register = (register << 1) & ((1 << crc.width) - 1)
            if coming != going:
                register ^= crc.poly
    if crc.refout:
        register = int(f"{register:0{crc.width}b}"[::-1], 2)
    return register ^ crc.xorout


def words(data: bytes, width: int, order: str) -> list[int]:
    size = width // 8
    data += bytes(-len(data) % size)
    return [int.from_bytes(data[i : i + size], order) for i in range(0, len(data), size)]  # type: ignore[arg-type]


class TestCrcs:
    def test_the_whole_catalogue_is_there(self) -> None:
        """113 CRCs, of these widths."""
        assert len(CATALOGUE) == len({crc.names.split(" ")[0] for crc in CATALOGUE}) == 113
        assert sorted({crc.width for crc in CATALOGUE}) == [
            *range(3, 9),
            *range(10, 18),
            21,
            24,
            30,
            31,
            32,
            40,
            64,
            82,
        ]

    @pytest.mark.parametrize("crc", CATALOGUE, ids=lambda crc: crc.names.split(" ")[0])
    def test_check_value(self, crc: Crc) -> None:
        """Under each of its names."""
        for name in crc.names.split(" "):
            algorithm = find_algorithm(name)
            assert algorithm.compute(b"123456789") == crc.check
            assert (algorithm.name, algorithm.width) == (crc.names.split(" ")[0], crc.width)
            assert (algorithm.takes_start, algorithm.is_digest) == (False, False)
        assert crc.names.startswith(f"crc-{crc.width}/")

    @given(st.sampled_from(CATALOGUE), DATA)
    @example(CATALOGUE[0], b"")
    def test_definition(self, crc: Crc, data: bytes) -> None:
        """Also of those that the standard library computes."""
        assert find_algorithm(crc.names.split(" ")[0]).compute(data) == by_definition(crc, data)

    def test_others_have_the_same_catalogue(self) -> None:
        """crccheck has the same CRCs, and no other name for one that we give to another."""
        theirs = {kind._names[0].lower(): kind for kind in ALLCRCCLASSES}
        assert sorted(theirs) == sorted(crc.names.split(" ")[0] for crc in CATALOGUE)
        for crc in CATALOGUE:
            kind = theirs[crc.names.split(" ")[0]]
            assert (kind._poly, kind._initvalue, kind._xor_output) == (crc.poly, crc.init, crc.xorout)
            assert (kind._reflect_input, kind._reflect_output) == (crc.refin, crc.refout)
            # Where the catalogue says X-CRC-12.
            for alias in {*kind._names} - {"CRC-12-X"}:
                assert find_algorithm(alias).name == crc.names.split(" ")[0]

    @given(st.sampled_from(ALLCRCCLASSES), st.binary(max_size=100))
    def test_others_compute_the_same(self, kind: Any, data: bytes) -> None:
        """crccheck, bit by bit or by tables of its own."""
        assert find_algorithm(kind._names[0]).compute(data) == kind.calc(data)

    @given(DATA)
    def test_standard_library(self, data: bytes) -> None:
        """Where it has a CRC under another name."""
        assert find_algorithm("crc-32").compute(data) == zlib.crc32(data) == binascii.crc32(data)
        assert find_algorithm("xmodem").compute(data) == binascii.crc_hqx(data, 0)
        assert find_algorithm("crc-16/ccitt-false").compute(data) == binascii.crc_hqx(data, 0xFFFF)

    def test_tables_are_made_once_when_they_are_needed(self) -> None:
        """A table for each polynomial and width; none for finding an algorithm."""
        _checksums._table_downwards.cache_clear()
        modbus, usb = find_algorithm("modbus"), find_algorithm("crc-16/usb")
        assert _checksums._table_downwards.cache_info().currsize == 0
        for algorithm in (modbus, usb, modbus):
            algorithm.compute(b"1")
        assert _checksums._table_downwards.cache_info().misses == 1


class TestSums:
    @given(DATA, STARTS)
    def test_internet(self, data: bytes, start: int) -> None:
        """RFC 1071: carries are added in again; the complement."""
        total = start + sum(words(data, 16, "big"))
        while total >> 16:
            total = (total & 0xFFFF) + (total >> 16)
        assert find_algorithm("internet").compute(data, start) == total ^ 0xFFFF

    def test_internet_of_the_rfc(self) -> None:
        """The example of RFC 1071, part 3; with the checksum among the data, the sum is 0."""
        internet = find_algorithm("internet")
        data = bytes.fromhex("0001f203f4f5f6f7")
        assert internet.compute(data) == 0xFFFF - 0xDDF2
        assert internet.compute(data + bytes.fromhex("220d")) == 0
        assert internet.compute(b"") == 0xFFFF
        assert internet.compute(b"\xff\xff", 0) == internet.compute(b"", 0xFFFF) == 0

    @given(DATA)
    def test_adler(self, data: bytes) -> None:
        """RFC 1950, by the words of it."""
        first, second = 1, 0
        for byte in data:
            first = (first + byte) % 65521
            second = (second + first) % 65521
        assert find_algorithm("adler-32").compute(data) == second << 16 | first

    @pytest.mark.parametrize("width", [16, 32, 64])
    @given(DATA)
    def test_fletcher(self, width: int, data: bytes) -> None:
        """Step by step."""
        half = width // 2
        first = second = 0
        for word in words(data, half, "little"):
            first = (first + word) % (2**half - 1)
            second = (second + first) % (2**half - 1)
        assert find_algorithm(f"fletcher-{width}").compute(data) == second << half | first

    @pytest.mark.parametrize(
        ("name", "numbers"),
        [
            ("fletcher-16", [0xC8F0, 0x2057, 0x0627]),
            ("fletcher-32", [0xF04FC729, 0x56502D2A, 0xEBE19591]),
            ("fletcher-64", [0xC8C6C527646362C6, 0xC8C72B276463C8C6, 0x312E2B28CCCAC8C6]),
        ],
    )
    def test_fletcher_as_published(self, name: str, numbers: list[int]) -> None:
        """The three texts that Wikipedia has numbers for."""
        assert [find_algorithm(name).compute(text) for text in (b"abcde", b"abcdef", b"abcdefgh")] == numbers

    @pytest.mark.parametrize("width", [8, 16, 32, 64])
    @given(DATA, STARTS)
    def test_sum(self, width: int, data: bytes, start: int) -> None:
        """Of bytes, whatever the width."""
        assert find_algorithm(f"sum-{width}").compute(data, start) == (sum(data) + start) % 2**width

    @pytest.mark.parametrize("width", [8, 16, 32])
    @given(DATA, STARTS)
    def test_xor(self, width: int, data: bytes, start: int) -> None:
        """Of words; what of the start is above the width does not count."""
        number = start % 2**width
        for word in words(data, width, "big"):
            number ^= word
        assert find_algorithm(f"xor-{width}").compute(data, start) == number

    def test_words_of_machines_with_the_other_order(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """What the machine's order is makes the words turn around or not."""
        here = list(_checksums._words(b"\1\2\3", 16, "little"))
        monkeypatch.setattr(sys, "byteorder", "little" if sys.byteorder == "big" else "big")
        assert list(_checksums._words(b"\1\2\3", 16, "big")) == here == [0x0201, 0x0003]

    def test_which_take_a_start(self) -> None:
        """The sums; of all others, the value is the same with any start."""
        takers = {a.name for a in all_algorithms() if a.takes_start}
        assert takers == {"internet", "sum-8", "sum-16", "sum-32", "sum-64", "xor-8", "xor-16", "xor-32"}
        for algorithm in all_algorithms():
            same = algorithm.compute(b"123") == algorithm.compute(b"123", 5)
            assert same is not algorithm.takes_start


class TestDigests:
    NAMES = (
        *("md5", "sha1", "sha224", "sha256", "sha384", "sha512"),
        *("sha3_224", "sha3_256", "sha3_384", "sha3_512", "blake2b", "blake2s"),
    )

    @pytest.mark.parametrize("name", NAMES)
    @given(DATA)
    def test_hashlib(self, name: str, data: bytes) -> None:
        """Under the names of hashlib as well."""
        algorithm = find_algorithm(name)
        digest = hashlib.new(name, data).digest()
        assert algorithm.compute(data) == digest
        assert (algorithm.width, algorithm.is_digest) == (8 * len(digest), True)

    def test_these_are_all(self) -> None:
        """No other algorithm says so, and each value is what it says."""
        assert {a.name for a in all_algorithms() if a.is_digest} == {find_algorithm(name).name for name in self.NAMES}
        for algorithm in all_algorithms():
            assert isinstance(algorithm.compute(b""), bytes) is algorithm.is_digest


class TestNames:
    @pytest.mark.parametrize("algorithm", all_algorithms(), ids=lambda a: a.name)
    def test_spellings(self, algorithm: Any) -> None:
        """Case makes no difference, nor do the four separators, missing ones included."""
        name = algorithm.name
        for spelled in (
            name.upper(),
            name.replace("-", "_"),
            name.replace("/", " "),
            name.replace("-", "").replace("/", ""),
        ):
            assert find_algorithm(spelled) is algorithm
        assert repr(algorithm) == f"Algorithm({name!r})"

    @pytest.mark.parametrize(
        ("name", "full"),
        [
            ("crc32", "crc-32/iso-hdlc"),
            ("crc-32", "crc-32/iso-hdlc"),
            ("crc32c", "crc-32/iscsi"),
            ("crc-8", "crc-8/smbus"),
            ("crc-16", "crc-16/arc"),
            ("crc-16/ccitt", "crc-16/kermit"),
            ("crc-ccitt", "crc-16/kermit"),
            ("crc-16/ccitt-false", "crc-16/ibm-3740"),
            ("crc-16/x25", "crc-16/ibm-sdlc"),
            ("xmodem", "crc-16/xmodem"),
            ("modbus", "crc-16/modbus"),
            ("crc-24", "crc-24/openpgp"),
            ("crc-64", "crc-64/ecma-182"),
            ("crc-64/go-ecma", "crc-64/xz"),
        ],
    )
    def test_usual_names(self, name: str, full: str) -> None:
        """What people call them."""
        assert find_algorithm(name).name == full

    def test_no_name_is_given_twice(self) -> None:
        """Although separators do not count."""
        names = [name for crc in CATALOGUE for name in crc.names.split(" ")]
        others = [a.name for a in all_algorithms() if not a.name.startswith("crc-")]
        letters = [name.translate(_checksums._LETTERS) for name in [*names, *others]]
        assert len(set(letters)) == len(letters)

    @pytest.mark.parametrize(
        ("name", "text"),
        [
            ("crc-16/modbuz", "the nearest names: crc-16/modbus, crc-16/xmodem, crc-16/profibus"),
            ("crc 33", "the nearest names: crc-32, crc-32q, crc-32d"),
            ("sha-2", "the nearest names: sha-512, sha-256, sha-224"),
            ("", THERE_ARE),
        ],
    )
    def test_unknown(self, name: str, text: str) -> None:
        """The error has the nearest names, or says what there is."""
        with pytest.raises(ValueError) as caught:
            find_algorithm(name)
        assert str(caught.value) == f"no checksum is called {name!r}; {text}"


class TestData:
    @pytest.mark.parametrize("algorithm", all_algorithms(), ids=lambda a: a.name)
    def test_every_kind_of_data(self, algorithm: Any) -> None:
        """The value is that of the bytes, which are not changed."""
        data = bytes(range(200, 224))
        value = algorithm.compute(data)
        assert algorithm.compute(bytearray(data)) == value
        view = memoryview(b"x" + data + b"x")[1:-1]
        for other in (view, view.cast("I"), view.cast("b"), view.cast("B", (4, 6)), memoryview(data[::-1])[::-1]):
            assert algorithm.compute(other) == value

    @pytest.mark.parametrize("algorithm", all_algorithms(), ids=lambda a: a.name)
    def test_empty(self, algorithm: Any) -> None:
        """No bytes, of any kind, have a value too."""
        values = [algorithm.compute(data) for data in (b"", bytearray(), memoryview(b""))]
        assert values == values[:1] * 3


class TestVectors:
    def test_they_are_up_to_date(self) -> None:
        """`python tests/checksum_vectors.py` makes them anew."""
        assert checksum_vectors.FILE.read_text("utf-8") == checksum_vectors.made()

    def test_values(self) -> None:
        """What cargo finds as well."""
        vectors = json.loads(checksum_vectors.FILE.read_text("utf-8"))
        for row in vectors["values"]:
            value = find_algorithm(row["name"]).compute(bytes.fromhex(row["data"]) * row["times"], row["start"])
            assert (value.hex() if isinstance(value, bytes) else value) == row["value"], row
        assert len(vectors["values"]) > 1000


def test_nothing_is_imported_before_it_is_needed() -> None:
    """Neither this with bebytes, nor OpenSSL with this."""
    program = """
import sys
import bebytes
assert "bebytes._checksums" not in sys.modules and "bebytes._checksum_catalogue" not in sys.modules
import bebytes._checksums
bebytes._checksums.find_algorithm("crc-32").compute(b"1")
assert "hashlib" not in sys.modules and "difflib" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", program], check=True)
