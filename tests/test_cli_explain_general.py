"""
What `bebytes explain` says of structs that go beyond plain fields.
"""

import json
import textwrap
from pathlib import Path

import pytest

from bebytes.cli import main

LAYOUTS = """
import enum
import ipaddress
from bebytes import *

class Kind(enum.IntEnum):
    POINT = 1
    NAME = 2

class Point(Struct):
    x: u16

class Name(Struct):
    text: str

class Message(Struct, kw_only=True, parameters=("wide",)):
    magic: bytes = const(b"MSG")
    length: uleb128 = computed("sizeof(body)")
    kind: Kind = derived
    n: u8 = derived
    body: Point | Name | None = switch("kind", {Kind.POINT: Point, Kind.NAME: Name, (3, 4): None}, size="n")
    extra: u32 | None = when("wide", default=None)
    level: u8 = field(valid=range(1, 10))
    path: list[u8] = repeat_until("item == 0", keep=False, sentinel=0)
    gap: bytes = align(4)
    spare: u8 = reserved(3, policy="keep")
    width: u8 = bits(5)
    value: u16 = bits("width")
    end: bytes = align(1)
    celsius: float = scaled(u8, 0.5, -40)
    digits: int = bcd(4)
    label: str = size(8, encoding="latin-1", pad=" ")
    other: Kind = field(unknown="keep")
    host: ipaddress.IPv4Address = size(4, adapt=(ipaddress.IPv4Address, lambda a: a.packed))
    line: str = until("\\r\\n")
    place: Point = at("level", origin="struct")
    turned: u16 = field(byteorder="little if level == 1 else big")
    crc: u32 = checksum("crc-32", over="magic:line")

class Tree(Struct, kw_only=True, byteorder="little if n == 1 else big", lossless=True):
    n: u8 = derived
    value: u16
    children: "list[Tree]" = count("n")

class Words(Struct, word=16, bit_order="lsb"):
    a: u8 = bits(4)
    b: u16 = bits(12)
"""


@pytest.fixture
def explained(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> object:
    module = tmp_path / "general_layouts.py"
    module.write_text(textwrap.dedent(LAYOUTS))
    monkeypatch.setenv("COLUMNS", "200")

    def explain(name: str) -> tuple[str, dict[str, object]]:
        out = tmp_path / "facts.json"
        assert main(["explain", f"{module}:{name}", "--json", str(out)]) == 0
        return capsys.readouterr().out, json.loads(out.read_text())

    return explain


def row(text: str, name: str) -> str:
    (found,) = [line.strip() for line in text.splitlines() if line.strip().startswith(f"{name} ")][:1]
    return " ".join(found.split())


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("magic", "magic bytes byte 0 3 bytes always b'MSG'"),
        ("length", "length uleb128 byte 3 1 to 10 bytes at most 64 bits; computed: sizeof(body)"),
        ("body", "in n bytes; by kind: 1: Point; 2: Name; 3, 4: None"),
        ("extra", "extra u32 | None after body 0 to 4 bytes big when wide"),
        ("level", "must be 1 to 9"),
        ("path", "until item == 0, which is dropped"),
        ("gap", "to the next multiple of 4 bytes; zeros"),
        ("spare", "anything, kept"),
        ("value", "bits = width"),
        ("celsius", "celsius float in u8"),
        ("celsius", "number * 0.5 + -40"),
        ("digits", "digits bcd(4)"),
        ("label", "iso8859-1, padded with b' ', stripped right"),
        ("other", "unknown numbers are kept"),
        ("host", "IPv4Address in bytes"),
        ("line", "up to the marker b'\\r\\n'"),
        ("place", "at level from the start of the struct"),
        ("turned", "byte order: little if level == 1 else big"),
        ("crc", "crc-32/iso-hdlc over magic to line"),
    ],
)
def test_what_a_field_does_is_said(explained: object, name: str, says: str) -> None:
    text, _ = explained("Message")  # type: ignore[operator]  # a function

    assert says in row(text, name)


def test_structs_say_what_they_do_as_a_whole(explained: object) -> None:
    text, facts = explained("Tree")  # type: ignore[operator]
    assert "byte order    little if n == 1 else big, from behind n on" in text
    assert "lossless      input that encoding would not give back is refused" in text
    assert "contains itself, at most 64 deep" in text
    assert facts["plan"]["plain"] is False

    text, _ = explained("Message")  # type: ignore[operator]
    assert "parameters    wide" in text
    assert "Point:" in text


def test_places_in_containers_are_said(explained: object) -> None:
    text, _ = explained("Words")  # type: ignore[operator]

    assert "bits 0 to 3 of a word of 16 bits" in row(text, "a")
    assert "bits 4 to 15 of a word of 16 bits" in row(text, "b")
