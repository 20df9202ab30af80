"""
The command `bebytes explain`: what it says of a plan is so, and what it refuses.
"""

import json
import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bebytes
from bebytes import Struct
from bebytes._schema import schema_of
from bebytes.cli import _explain_facts, _explain_sizes, main
from bebytes.testing import encodings, schemas

needs_native = pytest.mark.skipif(
    "native" not in bebytes.available_backends(), reason="only the extension has loads to tell of"
)

SOURCE = """
    import enum
    from bebytes import Struct, after, bits, count, derived, field, size, u8, u16, u32, u64, until

    class Kind(enum.IntEnum):
        DATA = 0
        ACK = 1
        RESET = 2

    class Option(Struct, kw_only=True):
        code: u8
        length: u8 = derived
        body: bytes = size("length")

    class Packet(Struct, kw_only=True):
        version: u8 = bits(4)
        kind: Kind = bits()
        urgent: u8 = bits(2)
        sequence: u16
        checksum: u16 = field(byteorder="little")
        time: u32
        length: u8
        words: u8
        n_options: u16 = derived
        body: bytes = size("length")
        trailer: list[u16] = count("words - 1")
        mark: u8
        options: list[Option] = count("n_options")
        temperature: u32 | None
        payload: bytes

    class Flat(Struct):
        a: u32
        b: u32
        c: list[u8] = count(4)

    class Lines(Struct):
        n: u8
        lines: list[str] = until(10, count="n")
        rest: bytes = after(0)

    class Huge(Struct):
        n: u64
        body: bytes = size("n")

    class Many(Struct):
        a: u8
        b: u8
        c: u8
        d: u8
        w: bytes = size("a")
        x: bytes = size("b")
        y: bytes = size("c")
        z: bytes = size("d")
        last: u8

    class Outer:
        class Inner(Struct):
            a: u8

    number = 7
"""


@pytest.fixture
def module(tmp_path: Path) -> Path:
    """
    A file with structs.
    """
    path = tmp_path / "layouts_to_explain.py"
    path.write_text(textwrap.dedent(SOURCE))
    return path


def explain(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["explain", *words]) == 0
    return capsys.readouterr().out


def facts(capsys: pytest.CaptureFixture[str], tmp_path: Path, *words: str) -> dict[str, Any]:
    file = tmp_path / "facts.json"
    explain(capsys, *words, "--json", str(file))
    found: dict[str, Any] = json.loads(file.read_text())
    return found


def cells(out: str, field: str) -> list[str]:
    """The cells of a row of the plan."""
    row = next(line for line in out.splitlines() if line.strip().startswith(f"{field} "))
    return re.split(r"\s{2,}", row.strip())


def test_rows_say_place_size_order_and_what_sizes_what(module: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A place is a constant, an expression over lengths, or behind the field whose size only the data tells."""
    out = explain(capsys, f"{module}:Packet")

    assert cells(out, "version") == ["version", "bits(4)", "byte 0", "4 bits", "big", "0 to 15"]
    assert cells(out, "kind") == ["kind", "Kind in bits(2)", "byte 0, bit 4", "2 bits", "big", "DATA 0, ACK 1, RESET 2"]
    assert cells(out, "checksum") == ["checksum", "u16", "byte 3", "2 bytes", "little", "0 to 65,535"]
    assert cells(out, "time")[-1] == "0 to 2^32 - 1"
    assert cells(out, "length") == ["length", "u8", "byte 9", "1 byte", "0 to 255; sizes body"]
    assert cells(out, "words")[-1] == "0 to 255; counts trailer (words - 1)"
    assert cells(out, "n_options")[-1] == "0 to 65,535; counts options; derived"
    assert cells(out, "body")[1:] == ["bytes", "byte 13", "0 to 255 bytes", "length = length"]
    assert cells(out, "trailer")[1:] == ["list[u16]", "byte 13 + length", "0 to 508 bytes", "count = words - 1"]
    assert cells(out, "mark")[2] == "byte 13 + length + 2 * (words - 1)"
    assert cells(out, "options")[2:4] == ["byte 14 + length + 2 * (words - 1)", "0 to 16,842,495 bytes"]
    assert cells(out, "[]")[1:4] == ["u16", "each", "2 bytes"]
    assert cells(out, "code")[2] == "byte 0"
    assert cells(out, "temperature")[2:] == [
        "after options",
        "5 bytes",
        "big",
        "0 to 2^32 - 1; a tag byte, then the value or zeros",
    ]
    assert cells(out, "payload")[2:] == ["after options + 5 bytes", "0 bytes or more", "to the end of the input"]


def test_the_head_has_the_sizes(module: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Fixed, bounded by what a count can be, or unbounded."""
    assert "\n  size   12 bytes, always\n" in explain(capsys, f"{module}:Flat")
    assert re.search(r"\n  size +2 to 257 bytes\n", explain(capsys, f"{module}:Option"))
    out = explain(capsys, f"{module}:Lines")
    assert re.search(r"\n  size +2 bytes or more\n  dynamic +lines, rest\n", out)
    assert re.search(r"\n  reads +1 byte at least", out)
    # What a u64 counts is bounded in name only.
    out = explain(capsys, f"{module}:Huge")
    assert re.search(r"\n  size +8 bytes or more\n", out)
    assert cells(out, "body")[3] == "0 bytes or more"
    assert re.search(r"\n  depth +3: .*\n  derived +n_options\n", explain(capsys, f"{module}:Packet"))


def test_a_place_is_a_sum_of_few_lengths(module: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of more than two, it is told from the field before."""
    out = explain(capsys, f"{module}:Many")
    places = [cells(out, name)[2] for name in ("w", "x", "y", "z", "last")]
    assert places == ["byte 4", "byte 4 + a", "byte 4 + a + b", "after y", "after y + d"]


@pytest.mark.parametrize(
    ("expression", "least", "greatest"),
    [
        ("n + 3", 3, 258),
        ("n - 20", 0, 235),
        ("300 - n", 45, 300),
        ("n * 4 - 20", 0, 1000),
        ("n / 2", 0, 127),
        ("1000 / n", 3, 1000),
        ("n % 8", 0, 7),
        ("n % 1000", 0, 255),
        ("(n + 5) % 1000", 5, 260),
        ("n * m", 0, 255 * 15),
    ],
)
def test_bounds_of_an_expression(expression: str, least: int, greatest: int) -> None:
    """Of n from 0 to 255 and m from 0 to 15; what would be invalid bounds nothing."""
    namespace: dict[str, Any] = {}
    source = f"""
from bebytes import Struct, bits, size, u8
class Sized(Struct):
    n: u8
    m: u8 = bits(4)
    pad: u8 = bits(4)
    body: bytes = size({expression!r})
"""
    exec(source, namespace)
    plan = schema_of(namespace["Sized"]).plan("big")
    assert _explain_sizes.of_node(plan.ops[3].node, plan) == (8 * least, 8 * greatest)


@settings(max_examples=100)
@given(st.data(), schemas())
def test_no_encoding_is_smaller_or_larger(data: st.DataObject, cls: type[Struct]) -> None:
    """Whatever the schema, its encodings lie within the sizes; those of a fixed one have that size."""
    plan = schema_of(cls).plan("big")
    size = _explain_sizes.of_plan(plan)
    raw = data.draw(encodings(cls, "big"))
    # An input may lack the markers that an encoding has.
    again = bebytes.Codec(cls).encode(bebytes.Codec(cls).decode(raw))
    assert size.least <= 8 * len(again)
    assert size.greatest is None or 8 * len(again) <= size.greatest
    assert size.fixed == plan.fixed


@needs_native
def test_native_names_the_loads_of_a_run_and_its_one_check(module: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Neighbours in the same bytes share a line; stores that mix numbers are told."""
    out = explain(capsys, f"{module}:Packet")
    native = out[out.index("\nnative ") :]
    assert "in Rust: 7 bounds checks" in native
    assert "\n  byte 0: check 13 bytes, for 9 numbers (version … n_options)\n" in native
    assert (
        "    load  8 bytes at 0 big endian: version >> 60 & 0xf, kind >> 58 & 0x3, urgent >> 56 & 0x3,"
        " sequence >> 40 & 0xffff\n"
        "    load  8 bytes at 3 little endian: checksum & 0xffff\n"
    ) in native
    # The store of a single number is as plain as its load.
    assert "    store 8 bytes at 0 big endian: a << 32, b\n" in explain(capsys, f"{module}:Flat")
    # Where there is no list, nothing is said of its items.
    assert native.count("taken once") == 2
    assert "taken once" not in explain(capsys, f"{module}:Outer.Inner")
    assert "    store 3 bytes at 0 big endian: version << 20, kind << 18, urgent << 16, sequence\n" in native
    assert "store 2 bytes at 3" not in native
    assert "length >> 24 & 0xff (kept), words >> 16 & 0xff (kept), n_options & 0xffff (kept)" in native
    assert "\n  byte 13: body: compute length, check as many bytes, copy\n" in native
    assert "options: compute n_options, read as many items\n    each: a struct, 1 number kept for lengths\n" in native
    assert "\n      byte 0: check 2 bytes, for 2 numbers (code … length)\n" in native
    assert "temperature: check 5 bytes, look at the tag, load\n" in native
    assert "payload: all bytes to the end of the input, copy\n" in native
    assert out.endswith(
        "python   the readable runner, field by field: 18 ops, 16 bounds checks, the items of a list taken once; no merged loads\n"
    )


@needs_native
@pytest.mark.parametrize("byteorder", ["big", "little"])
def test_each_load_gives_the_number(
    byteorder: Any, module: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Done by hand, what is said of a load comes to what decoding gives."""
    from bebytes.cli._target import load

    cls = load(f"{module}:Packet")
    run = facts(capsys, tmp_path, f"{module}:Packet", "--byteorder", byteorder)["native"]["steps"][0]
    data = bytes(range(0x90, 0x90 + run["bytes"])).replace(b"\x90", b"\x91")
    numbers = {}
    for field in run["fields"]:
        read = field["read"]
        word = int.from_bytes(data[read["at"] : read["at"] + read["bytes"]], field["order"])
        numbers[field["name"]] = word >> read["shift"] & ((1 << field["width"]) - 1)
    lengths = numbers["length"] + 2 * (numbers["words"] - 1) + 1 + 2 * numbers["n_options"] + 5
    value = bebytes.Codec(cls, byteorder=byteorder).decode(data + bytes(lengths))
    assert numbers.pop("n_options") == len(value.options)
    assert numbers == {name: getattr(value, name) for name in numbers}


def test_the_byte_order_is_that_of_each_number(module: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A field with an order of its own keeps it."""
    out = explain(capsys, f"{module}:Packet", "--byteorder", "little")
    assert f"{module}:Packet, little endian" in out
    assert cells(out, "sequence")[4] == "little"
    assert cells(out, "checksum")[4] == "little"
    assert cells(explain(capsys, f"{module}:Packet"), "sequence")[4] == "big"


def test_json_has_it_all(module: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Numbers for programs: bits, members, lengths, nested plans."""
    found = facts(capsys, tmp_path, f"{module}:Packet")
    plan = found["plan"]
    assert (plan["struct"], plan["fixed"], plan["least_bytes"], plan["greatest_bytes"]) == ("Packet", False, 19, None)
    ops = {op["name"]: op for op in plan["ops"]}
    assert ops["kind"]["members"] == {"DATA": 0, "ACK": 1, "RESET": 2}
    assert (ops["urgent"]["offset_bits"], ops["urgent"]["constant"]) == (6, True)
    assert (ops["trailer"]["anchor"], ops["trailer"]["dynamic"]) == ("body", True)
    assert ops["trailer"]["length"] == {"kind": "computed", "expression": "words - 1", "least": 0, "greatest": 254}
    assert [op["name"] for op in ops["options"]["item"]["plan"]["ops"]] == ["code", "length", "body"]
    assert ops["options"]["item"]["plan"]["greatest_bytes"] == 257
    assert found["python"] == {"ops": 18, "checks": 16}


def test_a_length_in_a_nested_struct_says_what_it_sizes_outside() -> None:
    """A reference into a struct is told at the field it leads to."""
    namespace: dict[str, Any] = {}
    source = """
from bebytes import Struct, derived, size, u8
class Header(Struct, kw_only=True):
    kind: u8
    length: u8 = derived
class Message(Struct):
    header: Header
    body: bytes = size("header.length - 2")
"""
    exec(source, namespace)
    plan = _explain_facts.of_plan(schema_of(namespace["Message"]).plan("big"))
    length = plan["ops"][0]["plan"]["ops"][1]
    assert (length["sizes"], length["derived"]) == (["sizes body (header.length - 2)"], "outer")
    assert plan["ops"][1]["at"] == "byte 2"


def test_without_the_extension_the_plan_stands(module: Path) -> None:
    """And it says why there is nothing of native."""
    words = [sys.executable, "-m", "bebytes", "explain", f"{module}:Packet"]
    env = {**os.environ, "BEBYTES_BACKEND": "python", "PYTHONUTF8": "1"}
    done = subprocess.run(words, capture_output=True, text=True, encoding="utf-8", env=env, check=True)
    assert cells(done.stdout, "mark")[2] == "byte 13 + length + 2 * (words - 1)"
    assert "native   absent: BEBYTES_BACKEND=python keeps it out\n" in done.stdout


def test_modules_by_name_and_nested_classes(
    module: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The working directory counts as it does for `python -m`."""
    monkeypatch.chdir(module.parent)
    monkeypatch.setattr(sys, "path", [p for p in sys.path if p])
    assert "12 bytes, always" in explain(capsys, "layouts_to_explain:Flat")
    assert "1 byte, always" in explain(capsys, f"{module}:Outer.Inner")
    del sys.modules["layouts_to_explain"]


ALL = "Option, Packet, Flat, Lines, Huge, Many, Outer.Inner"


@pytest.mark.parametrize(
    ("target", "text"),
    [
        ("FILE:Nothing", f"FILE:Nothing: no struct is called Nothing in FILE; the structs there are {ALL}"),
        ("FILE:number", f"FILE:number: number in FILE is no struct; the structs there are {ALL}"),
        ("FILE:Kind", f"FILE:Kind: Kind in FILE is no struct; the structs there are {ALL}"),
        ("json:JSONDecoder", "json:JSONDecoder: JSONDecoder in json is no struct; there are no structs of its own"),
        ("FILE", f"FILE: write MODULE:CLASS; the structs of FILE are {ALL}"),
        ("FILE:", f"FILE:: write MODULE:CLASS; the structs of FILE are {ALL}"),
        ("no_such_module:A", "no_such_module: there is no module of this name, here or installed"),
        ("bebytes.no_such:A", "bebytes.no_such: there is no module of this name, here or installed"),
        ("what?:A", "what?: neither the name of a module nor the path of a .py file"),
        ("FOLDER/none.py:A", "FOLDER/none.py: there is no such file"),
        ("FOLDER/bad.py:A", "FOLDER/bad.py: cannot be imported: ZeroDivisionError: division by zero"),
        ("FOLDER/unresolved.py:A", "A.other: "),
    ],
)
def test_what_cannot_be_explained_is_one_sentence(
    target: str, text: str, module: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With what there is to choose from, on stderr; exit code 2."""
    (module.parent / "bad.py").write_text("1 / 0")
    (module.parent / "unresolved.py").write_text("from bebytes import Struct\nclass A(Struct):\n    other: 'B'\n")

    def real(words: str) -> str:
        return words.replace("FILE", str(module)).replace("FOLDER", str(module.parent))

    assert main(["explain", real(target)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"bebytes explain: {real(text)}")
    assert err.count("\n") == 1


def test_json_into_no_folder_is_refused_at_once(
    module: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before anything is printed."""
    assert main(["explain", f"{module}:Flat", "--json", str(tmp_path / "none" / "x.json")]) == 2
    out, err = capsys.readouterr()
    assert (out, err.endswith("there is no such folder\n")) == ("", True)


def test_json_over_a_folder_is_refused_at_once(
    module: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The folder stays as it is."""
    assert main(["explain", f"{module}:Flat", "--json", str(tmp_path)]) == 2
    assert capsys.readouterr() == ("", f"bebytes explain: --json {tmp_path}: this is a folder\n")
    assert tmp_path.is_dir()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names")
def test_json_into_a_pipe_is_refused_at_once(module: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It would be a plain file afterwards."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    assert main(["explain", f"{module}:Flat", "--json", str(pipe)]) == 2
    assert capsys.readouterr().err == f"bebytes explain: --json {pipe}: this is no file, and would be replaced by one\n"
    assert pipe.is_fifo()


def test_json_through_a_link_is_in_the_file_it_leads_to(module: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "kept.json")

    assert main(["explain", f"{module}:Flat", "--json", str(tmp_path / "link")]) == 0
    assert (tmp_path / "link").is_symlink()
    assert json.loads((tmp_path / "kept.json").read_text())


def test_a_terminal_without_lines_and_dots_gets_others(module: Path) -> None:
    """ASCII takes the place of what draws."""
    words = [sys.executable, "-X", "utf8=0", "-m", "bebytes", "explain", f"{module}:Packet"]
    done = subprocess.run(words, capture_output=True, env={**os.environ, "PYTHONIOENCODING": "ascii"}, check=True)
    assert b"-----" in done.stdout
