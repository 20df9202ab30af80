"""
What engines make of a layout can be read, and the floor's is what a person writes.
"""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bebytes import Struct, scenarios
from bebytes.cli import _engines
from bebytes.cli._engines import PythonEngine
from bebytes.cli._layouts import EngineError
from bebytes.scenarios import Scenario, bit_fields, real, vectors

ROOT = Path(__file__).resolve().parent.parent
WRITTEN = [name for name in _engines.NAMES if name not in (*_engines.PROGRAMS, *_engines.BACKENDS)]


def engine_of(name: str) -> PythonEngine:
    try:
        return _engines.open_python(name)
    except EngineError as e:
        pytest.skip(str(e))


IPV4 = """\
import msgspec
import struct

unpack_from = struct.Struct(">2B3H2BH4s4s").unpack_from
pack = struct.Struct(">2B3H2BH4s4s").pack


class IPv4(msgspec.Struct, gc=False):
    version: int
    words: int
    service: int
    congestion: int
    length: int
    identification: int
    reserved: bool
    whole: bool
    more: bool
    fragment: int
    hops: int
    protocol: int
    checksum: int
    source: bytes
    destination: bytes
    options: bytes


def decode(data):
    (
        version_bits, service_bits, length, identification, reserved_bits, hops, protocol, checksum, source,
        destination,
    ) = unpack_from(data)
    words = version_bits & 15
    options_end = 20 + (words - 5) * 4
    return IPv4(
        version_bits >> 4, words, service_bits >> 2, service_bits & 3, length, identification,
        reserved_bits & 32768 != 0, reserved_bits & 16384 != 0, reserved_bits & 8192 != 0, reserved_bits & 8191, hops,
        protocol, checksum, source, destination, data[20 : options_end],
    )


def encode(value):
    return pack(
        value.version << 4 | value.words, value.service << 2 | value.congestion, value.length, value.identification,
        value.reserved << 15 | value.whole << 14 | value.more << 13 | value.fragment, value.hops, value.protocol,
        value.checksum, value.source, value.destination,
    ) + value.options
"""

COMPLEX = """\
import msgspec
import struct

unpack = struct.Struct("<BI").unpack
pack = struct.Struct("<BI").pack


class ErrorEstimate(msgspec.Struct, gc=False):
    s_bit: int
    z_bit: int
    scale: int
    multiplier: int


def decode(data):
    s_bit_bits, multiplier = unpack(data)
    return ErrorEstimate(s_bit_bits & 1, s_bit_bits >> 1 & 1, s_bit_bits >> 2, multiplier)


def encode(value):
    return pack(value.s_bit | value.z_bit << 1 | value.scale << 2, value.multiplier)
"""

FROM_FIELD = """\
import msgspec
import struct

pack = struct.Struct(">B").pack


class FromField(msgspec.Struct, gc=False):
    length: int
    body: bytes
    post: int


def decode(data):
    length = data[0]
    body_end = 1 + length
    return FromField(length, data[1 : body_end], data[body_end])


def encode(value):
    return b"%c%b%c" % (value.length, value.body, value.post)
"""

FIXED = """\
import msgspec
import struct

unpack = struct.Struct(">B3s").unpack
pack = struct.Struct(">B3s").pack


class Fixed(msgspec.Struct, gc=False):
    innocent: int
    tail: bytes


def decode(data):
    return Fixed(*unpack(data))


def encode(value):
    return pack(value.innocent, value.tail)
"""


class TestSources:
    @pytest.mark.parametrize(
        ("cls", "byteorder", "source"),
        [
            (real.IPv4, "big", IPV4),
            (bit_fields.ErrorEstimate, "little", COMPLEX),
            (vectors.FromField, "big", FROM_FIELD),
            (vectors.Fixed, "little", FIXED),
        ],
    )
    def test_the_floor_is_what_a_person_writes(self, cls: type[Struct], byteorder: Any, source: str) -> None:
        assert engine_of("floor").layout(cls, byteorder).source == source

    @pytest.mark.parametrize("name", WRITTEN)
    def test_every_source_is_valid_python(self, name: str) -> None:
        engine = engine_of(name)
        for s in scenarios.load():
            if isinstance(s, Scenario) and not engine.absent(s):
                source = engine.layout(s.schema, s.byteorder).source
                compile(source, name, "exec")
                assert "encode" in source
                assert "decode" in source

    def source(self, *words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(ROOT / "benches" / "source.py"), *words]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    def test_a_program_prints_it(self) -> None:
        ran = self.source("slots", "vectors/from-field", "--byteorder", "little")
        assert ran.returncode == 0, ran.stderr
        assert ran.stdout.startswith("# slots: vectors/from-field, little-endian\n\nimport struct\n")
        assert "def decode(data):\n    length = data[0]\n" in ran.stdout

    def test_it_says_why_there_is_none(self) -> None:
        ran = self.source("ctypes", "vectors")
        assert ran.returncode == 0, ran.stderr
        assert (
            "# ctypes: vectors/from-field, big-endian\n\n# not supported: no lengths known only from data\n"
            in ran.stdout
        )

    @pytest.mark.parametrize(
        ("words", "message"),
        [
            (["flor", "vectors"], "no engine is called flor; there are native, python, slots, floor, "),
            (["slots", "vector"], "no group is called vector; there are primitives, "),
            (["slots", "vectors/none"], "no scenario is called vectors/none; vectors has fixed, from-field"),
        ],
    )
    def test_an_unknown_name(self, words: list[str], message: str) -> None:
        ran = self.source(*words)
        assert (ran.returncode, ran.stdout) == (2, "")
        assert message in ran.stderr
