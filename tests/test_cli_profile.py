"""
The command `bebytes profile`: where time is found, what is written and refused. No figure of a real clock is judged.
"""

import json
import math
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import bebytes
from bebytes import _python_read, _python_write
from bebytes._schema import schema_of
from bebytes.cli import _profile_measure, _profile_parts, _profile_python, _profile_records, main, profile
from bebytes.cli._profile_parts import CALL, DERIVE, MAKE, RELEASE, RUN, Attribution, Block, Tallies
from bebytes.errors import InsufficientData

NATIVE = "native" in bebytes.available_backends()
needs_native = pytest.mark.skipif(not NATIVE, reason="the extension is not installed, or kept out")

SOURCE = """
    from bebytes import Struct, bits, count, derived, field, size, u8, u16, until

    class Option(Struct, kw_only=True):
        length: u8 = derived
        body: bytes = size("length")

    class Packet(Struct, kw_only=True):
        high: u8 = bits(4)
        low: u8 = bits(4)
        n: u8 = derived
        options: list[Option] = count("n")
        grid: list[list[u8]] = count(2, 3)
        level: u16 | None
        name: str = until(0)

    class Open(Struct):
        good: bool
        rest: bytes
"""

PACKET = b"\x12\x02\x02hi\x00\x01\x02\x03\x04\x05\x06\x01\x00\x07name\x00"


@pytest.fixture
def module(tmp_path: Path) -> Path:
    """
    A file with structs.
    """
    path = tmp_path / "layouts_to_profile.py"
    path.write_text(textwrap.dedent(SOURCE))
    return path


@pytest.fixture
def classes(module: Path) -> Any:
    """
    Its classes by name.
    """
    from bebytes.cli._target import load

    return {name: load(f"{module}:{name}") for name in ("Packet", "Open")}


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A few short rounds, on any build, whatever they say.
    """
    pytest.importorskip("rich", reason="the tables need rich")
    monkeypatch.setattr(_profile_measure, "CHUNK", 20_000)
    monkeypatch.setattr(_profile_measure, "ROUNDS", 4)
    monkeypatch.setattr(profile, "TOLERANCE", math.inf)
    if NATIVE:
        from bebytes import _core

        monkeypatch.setattr(_core, "build_profile", "release")


def run(*words: str) -> int:
    return main(["profile", "--seconds", "0.001", *words])


class Hand:
    """
    Time that passes only when somebody spends it.
    """

    def __init__(self) -> None:
        self.now = 0

    def __call__(self) -> int:
        return self.now

    def slow(self, function: Callable[..., Any], ticks: int) -> Callable[..., Any]:
        """
        The function, which takes so long.
        """

        def slowed(*arguments: Any) -> Any:
            self.now += ticks
            return function(*arguments)

        return slowed


@pytest.fixture
def hand(monkeypatch: pytest.MonkeyPatch) -> Hand:
    """
    The plain-Python runner takes 1 for a number, 100 for data, 10_000 for solving derived numbers.
    """
    hand = Hand()
    for module, name, ticks in (
        (_python_read, "_read_number", 1),
        (_python_read, "_read_data", 100),
        (_python_write, "to_number", 1),
        (_python_write, "_write_data", 100),
        (_python_write, "solve_derived", 10_000),
    ):
        monkeypatch.setattr(module, name, hand.slow(vars(module)[name], ticks))
    return hand


def spent(taken: dict[str, Any], work: int) -> dict[tuple[int, ...], int]:
    """What was not spent in no time."""
    return {path: tallies[work][0] for path, tallies in taken["spots"].items() if tallies[work][0]}


def test_python_time_is_found_under_its_path(classes: Any, hand: Hand) -> None:
    """Each number and each piece of data under its own path, all items of a list as one."""
    probe = _profile_python.Probe(schema_of(classes["Packet"]).plan("big"), hand)
    with probe.timed():
        probe.decode(PACKET)
        probe.decode(PACKET)
    taken = probe.take()
    once = {(0,): 1, (1,): 1, (2,): 1, (3, 0, 0): 2, (3, 0, 1): 200, (4, 0, 0): 6, (5,): 1, (6,): 100}
    assert spent(taken, 0) == {path: 2 * ticks for path, ticks in once.items()}
    assert sum(spent(taken, 0).values()) == hand.now
    # Made: the outermost struct and two options, each time.
    assert {path: t[1][1] for path, t in taken["spots"].items() if t[1][1]} == {(): 2, (3, 0): 4}
    assert (taken["call"][1], taken["release"][1]) == (2 + 2 + 1, 2)
    assert probe.take()["spots"] == {(): [(0, 0, 0)] * 3}


def test_python_encoding_has_derived_numbers_apart(classes: Any, hand: Hand) -> None:
    """The struct that they are solved for has them; the fields have the rest."""
    value = bebytes.Codec(classes["Packet"], backend="python").decode(PACKET)
    hand.now = 0
    probe = _profile_python.Probe(schema_of(classes["Packet"]).plan("big"), hand)
    with probe.timed():
        probe.encode(value)
    taken = probe.take()
    assert spent(taken, 0) == {
        (0,): 1,
        (1,): 1,
        (2,): 1,
        (3, 0, 0): 2,
        (3, 0, 1): 200,
        (4, 0, 0): 6,
        (5,): 1,
        (6,): 100,
    }
    assert spent(taken, 2) == {(): 10_000, (3, 0): 20_000}


def test_the_runner_is_itself_again_afterwards(classes: Any) -> None:
    """Also where the data was bad."""
    before = {**vars(_python_read)}, {**vars(_python_write)}
    probe = _profile_python.Probe(schema_of(classes["Packet"]).plan("big"))
    with pytest.raises(InsufficientData), probe.timed():
        probe.decode(PACKET[:5])
    assert (vars(_python_read), vars(_python_write)) == before
    with probe.timed():
        probe.decode(PACKET)


@needs_native
def test_the_native_probe_does_what_the_codec_does(classes: Any) -> None:
    """The same errors; nothing kept from a failed record; paths as the other engine has them."""
    from bebytes import _core
    from bebytes._backend import runner

    codec = runner(classes["Packet"], "big", "native")
    assert isinstance(codec, _core.Codec)
    probe = _core.Probe(codec)
    # Behind that, the last field may end where the input ends.
    for end in range(len(PACKET) - 5):
        with pytest.raises(bebytes.errors.DecodeError) as expected:
            codec.decode(PACKET[:end])
        with pytest.raises(type(expected.value)) as error:
            probe.decode(PACKET[:end])
        assert str(error.value) == str(expected.value)
    probe.take()
    probe.decode(PACKET)
    probe.decode(PACKET)
    native = probe.take()
    python = _profile_python.Probe(schema_of(classes["Packet"]).plan("big"))
    with python.timed():
        python.decode(PACKET)
    assert set(native["spots"]) == set(python.take()["spots"])
    assert native["spots"][4, 0, 0][0][1] == 12
    assert native["release"][1] == 2
    assert probe.take()["call"] == (0, 0)
    with pytest.raises(bebytes.errors.WrongType, match="a Packet"):
        probe.encode(7)
    probe.encode(codec.decode(PACKET))
    assert probe.take()["spots"][3, 0][2][1] == 2
    assert probe.now() < probe.now()
    assert probe.empty(10) > 0


def test_bytes_of_a_path_are_those_on_the_wire(classes: Any) -> None:
    """Bit fields are parts of a byte, an option has its tag, a marker belongs to its data; together they are the record."""
    plan = schema_of(classes["Packet"]).plan("big")
    bits = _profile_python.bits_by_path(plan, [PACKET, PACKET])
    once = {(0,): 4, (1,): 4, (2,): 8, (3, 0, 0): 16, (3, 0, 1): 16, (4, 0, 0): 48, (5,): 24, (6,): 40}
    assert bits == {path: 2 * amount for path, amount in once.items()}
    assert sum(bits.values()) == 2 * 8 * len(PACKET)


def block(whole: float, parts: dict[Any, tuple[float, int]], rounds: int = 20) -> Block:
    """Two records done three times over; every other round is a slow one, by ever more."""
    made = Block([b"", b""], 3)
    for i in range(rounds):
        factor = 1.0 if i % 4 < 2 else 1.0 + i
        made.plain.append(whole * 6 * factor)
        made.traced.append(
            Tallies(
                {k: ns * 6 * factor for k, (ns, _) in parts.items()},
                {k: marks * 6 for k, (_, marks) in parts.items()},
            )
        )
    return made


def test_parts_are_what_is_left_without_the_clock() -> None:
    """A reading adds 10 here, and slow rounds say nothing."""
    keys = [(CALL, ()), (RUN, (0,)), (MAKE, (0,)), (RELEASE, ())]
    true = dict(zip(keys, (30.0, 20.0, 40.0, 10.0), strict=True))
    marks = dict(zip(keys, (1, 2, 2, 1), strict=True))
    measured = {k: (true[k] + 10 * marks[k], marks[k]) for k in keys}
    # Two blocks of two records each: figures are of a record, so they are those of each.
    found = _profile_parts.attribute([block(100.0, measured), block(100.0, measured)])
    assert found.whole == pytest.approx(100)
    assert found.overhead == pytest.approx(10)
    assert found.parts == pytest.approx(true)
    assert found.ratio == pytest.approx(1)
    assert found.marks == pytest.approx(6)
    assert found.traced == pytest.approx(160)


def test_readings_of_known_cost_are_taken_off_first() -> None:
    """What is left of the overhead is that of the others."""
    made = Block([b""], 1)
    node, alone = (RUN, (0,)), (RELEASE, ())
    made.plain = [100.0] * 4
    made.traced = [Tallies({node: 100.0, alone: 60.0}, {node: 2, alone: 2}, {alone: (20.0, 2)})] * 4
    found = _profile_parts.attribute([made])
    assert found.parts == pytest.approx({node: 60.0, alone: 40.0})
    assert found.overhead == pytest.approx(60 / 4)
    assert found.marks == 4


def test_parts_that_do_not_add_up_are_told() -> None:
    """One half of the rounds gives the overhead, the other is checked against it."""
    key = (RUN, ())
    made = block(100.0, {key: (150.0, 5)})
    made.plain[1::2] = [ns * 2 for ns in made.plain[1::2]]
    found = _profile_parts.attribute([made])
    assert found.overhead == pytest.approx(10)
    assert found.ratio == pytest.approx(0.5)
    # Less than the clock itself is nothing, and no less.
    made = block(10.0, {key: (50.0, 1), (RUN, (0,)): (10.0, 3)})
    assert _profile_parts.attribute([made]).parts[RUN, (0,)] == 0


def test_parts_have_names_kinds_and_objects_apart(classes: Any) -> None:
    """A struct is two parts: making the object, and going from field to field."""
    plan = schema_of(classes["Packet"]).plan("big")
    tallies = {
        (CALL, ()): 1.0,
        (MAKE, ()): 2.0,
        (RUN, ()): 3.0,
        (RUN, (0,)): 4.0,
        (MAKE, (0,)): 5.0,
        (RELEASE, ()): 6.0,
    }
    attribution = Attribution(21.0, 30.0, tallies, 1.0, 9.0)
    made = _profile_parts.parts(plan, "decode", attribution, {(0,): 8, (4, 0, 0): 96}, 2)
    rows = [(p["path"], p["kind"], p["type"], p["ns"], p["create_ns"], p["bytes"]) for p in made]
    assert rows[:4] == [
        ("", "call", "", 1.0, 0.0, 0.0),
        ("", "object", "Packet", 2.0, 2.0, 0.0),
        ("", "struct", "Packet", 3.0, 0.0, 0.0),
        ("high", "int", "bits(4)", 9.0, 5.0, 0.5),
    ]
    assert [(p["path"], p["kind"]) for p in made[5:]] == [
        ("n", "int"),
        ("options", "list"),
        ("options[]", "object"),
        ("options[]", "struct"),
        ("options[].length", "int"),
        ("options[].body", "bytes"),
        ("grid", "list"),
        ("grid[]", "list"),
        ("grid[][]", "int"),
        ("level", "option"),
        ("name", "str"),
        ("", "release"),
    ]
    assert next(p["bytes"] for p in made if p["path"] == "grid[][]") == 6
    # All that was spent is in some part.
    assert sum(p["ns"] for p in made) == attribution.whole
    encoded = _profile_parts.parts(plan, "encode", Attribution(9.0, 9.0, {(DERIVE, (3, 0)): 9.0}, 0.0, 1.0), {}, 1)
    assert [p["path"] for p in encoded if p["kind"] == "derive"] == ["", "options[]"]
    assert sum(p["ns"] for p in encoded) == 9


def test_records_are_found_back_to_back_and_one_by_one(classes: Any) -> None:
    """A class that takes all of its input is one record; so is what is said to be."""
    packet, open_ = classes["Packet"], classes["Open"]
    plans = {cls: schema_of(cls).plan("big") for cls in (packet, open_)}

    def split(cls: Any, data: bytes, one: bool = False, offset: int = 0) -> Any:
        return _profile_records.split(cls, plans[cls], data, "big", one=one, offset=offset)

    assert split(packet, PACKET * 3) == [PACKET] * 3
    assert split(packet, PACKET, one=True) == [PACKET]
    assert split(open_, b"\x01bc" * 3) == [b"\x01bc\x01bc\x01bc"]
    assert split(packet, b"") == "there are no bytes"
    # One record has no index.
    assert " Open.good: " in split(open_, b"\x02")
    rest = f"(at byte {len(PACKET)})"
    assert split(packet, PACKET * 2, one=True).endswith(f"of {2 * len(PACKET)}, the rest is left over {rest}")
    # As decode_many says it, counted from the start of the file.
    cut = (PACKET * 2)[:-18]
    with pytest.raises(InsufficientData) as error:
        bebytes.decode_many(packet, cut)
    assert split(packet, cut) == f"it does not decode: InsufficientData: {error.value}"
    at = f"(at byte {error.value.offset // 8 + 5})"
    assert split(packet, cut, offset=5).endswith(at)


def test_records_are_taken_evenly() -> None:
    """From the first on, and never more than there are."""
    records = [bytes([i]) for i in range(10)]
    assert _profile_measure.spread(records, 4) == [b"\x00", b"\x02", b"\x05", b"\x07"]
    assert _profile_measure.spread(records, 99) == records


@pytest.mark.usefixtures("quick")
def test_the_json_has_each_engine_and_each_part(
    module: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The parts of the engines stand side by side, their bytes are those of a record."""
    data = tmp_path / "data.bin"
    data.write_bytes(b"head" + PACKET * 5)
    file = tmp_path / "profile.json"
    words = [f"{module}:Packet", str(data), "--offset", "4", "--operation", "both", "--json", str(file)]
    assert run(*words) == 0
    out = capsys.readouterr().out
    record = json.loads(file.read_text())
    assert record["records"] == 5
    assert record["engines"] == record["operations"]["decode"]["engines"]
    for operation in ("decode", "encode"):
        engines = record["operations"][operation]["engines"]
        assert tuple(engines) == bebytes.available_backends()
        paths = [[(p["path"], p["kind"]) for p in e["parts"]] for e in engines.values()]
        assert all(p == paths[0] for p in paths)
        for engine in engines.values():
            assert sum(p["bytes"] for p in engine["parts"]) == pytest.approx(len(PACKET))
            assert sum(p["ns"] for p in engine["parts"]) == pytest.approx(engine["parts_ns"])
            assert engine["parts_ns"] == pytest.approx(engine["ratio"] * engine["whole_ns"])
            assert engine["clock_ns"] > 0
            assert engine["rounds"] >= 4
    assert "of it (" in out
    assert "adds" in out
    assert "options[].length" in out
    assert f"written: {file}" in out


@pytest.mark.usefixtures("quick")
def test_speedscope_has_a_profile_an_engine_and_direction(module: Path, tmp_path: Path) -> None:
    """Of its file format: frames by index, one stack and one weight a sample, weights that end where the profile does."""
    data = tmp_path / "data.bin"
    data.write_bytes(PACKET)
    file = tmp_path / "profile.speedscope.json"
    assert run(f"{module}:Packet", str(data), "--operation", "both", "--speedscope", str(file)) == 0
    found = json.loads(file.read_text())
    assert found["$schema"] == "https://www.speedscope.app/file-format-schema.json"
    names = [f["name"] for f in found["shared"]["frames"]]
    assert len(names) == len(set(names))
    assert [p["name"] for p in found["profiles"]] == [
        f"{engine} {operation}" for operation in ("decode", "encode") for engine in bebytes.available_backends()
    ]
    for of_engine in found["profiles"]:
        assert (of_engine["type"], of_engine["unit"], of_engine["startValue"]) == ("sampled", "nanoseconds", 0)
        assert len(of_engine["samples"]) == len(of_engine["weights"])
        assert of_engine["endValue"] == pytest.approx(sum(of_engine["weights"]))
        assert {type(i) for stack in of_engine["samples"] for i in stack} == {int}
        stacks = [[names[i] for i in stack] for stack in of_engine["samples"]]
        assert ["Packet", "options", "options[]", "options[].body"] in stacks
        assert ["Packet", "grid", "grid[]", "grid[][]"] in stacks
        assert ["(the call)"] in stacks
        assert ["Packet", "Packet (the object)"] in stacks


@pytest.mark.usefixtures("quick")
def test_parts_that_do_not_add_up_are_measured_again_for_longer(
    module: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Three times in all; the best of them is shown, and the exit code says that it will not do."""
    data = tmp_path / "data.bin"
    data.write_bytes(PACKET)
    ratios: Iterator[float]
    asked: list[float] = []
    measure = _profile_measure.measure

    def short(engines: Any, inputs: Any, seconds: float) -> Any:
        asked.append(seconds)
        return measure(engines, inputs, 0.001)

    monkeypatch.setattr(_profile_measure, "measure", short)
    monkeypatch.setattr(profile, "TOLERANCE", 0.15)
    monkeypatch.setattr(
        _profile_parts, "attribute", lambda _: Attribution(100.0, 150.0, {(CALL, ()): next(ratios) * 100}, 1.0, 5.0)
    )
    words = [f"{module}:Packet", str(data), "--engines", "python"]
    ratios = iter([1.5, 1.2, 0.7])
    assert run(*words) == 1
    assert asked == [0.001, 0.002, 0.004]
    assert "the parts add up to 120, 120.0 % of it" in capsys.readouterr().out
    asked.clear()
    ratios = iter([1.5, 1.1, 9.9])
    assert run(*words) == 0
    assert asked == [0.001, 0.002]


@pytest.mark.usefixtures("quick")
def test_data_that_does_not_decode_is_told_with_its_place(
    module: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 1; path, offset and figures as everywhere."""
    data = tmp_path / "data.bin"
    data.write_bytes(b"x" + PACKET + PACKET[:4])
    assert run(f"{module}:Packet", str(data), "--offset", "1") == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err == (
        f"bebytes profile: {data}: it does not decode: InsufficientData:"
        f" Packet[1].options[0].body: needs 2 bytes, 1 left (at byte {1 + len(PACKET) + 3})\n"
    )


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["FILE:Nothing", "DATA"], "no struct is called Nothing"),
        (["FILE:Packet", "DATA.none"], "No such file or directory"),
        (["FILE:Packet", "DATA", "--offset", "99"], "--offset 99: DATA has 20 bytes"),
        (["FILE:Packet", "DATA", "--engine", "crate"], "no engine is called crate; there are native, python"),
        (["FILE:Packet", "DATA", "--json", "none/x.json"], "--json none/x.json: there is no such folder"),
        (["FILE:Packet", "DATA", "--speedscope", "none/x.json"], "--speedscope none/x.json: there is no such folder"),
        (["FILE:Packet", "DATA", "--json", "."], "--json .: this is a folder"),
        (["FILE:Packet", "DATA", "--speedscope", "."], "--speedscope .: this is a folder"),
    ],
)
def test_what_cannot_be_profiled_is_one_sentence(
    words: list[str], text: str, module: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """On stderr; exit code 2."""
    data = tmp_path / "data.bin"
    data.write_bytes(PACKET)
    assert run(*(w.replace("FILE", str(module)).replace("DATA", str(data)) for w in words)) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert text.replace("DATA", str(data)) in err
    assert err.count("\n") == 1


@pytest.mark.usefixtures("quick")
@needs_native
def test_a_debug_build_is_refused(
    module: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its figures say nothing; the other engine does not mind."""
    from bebytes import _core

    monkeypatch.setattr(_core, "build_profile", "debug")
    data = module.with_suffix(".bin")
    data.write_bytes(PACKET)
    assert run(f"{module}:Packet", str(data)) == 2
    assert "debug build" in capsys.readouterr().err
    assert run(f"{module}:Packet", str(data), "--engine", "python") == 0


@pytest.mark.usefixtures("quick")
def test_an_engine_that_is_not_there_is_refused(
    module: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where it is asked for by name; otherwise the other one is profiled alone."""
    monkeypatch.setattr(bebytes, "available_backends", lambda: ("python",))
    data = module.with_suffix(".bin")
    data.write_bytes(PACKET)
    assert run(f"{module}:Packet", str(data), "--engine", "native") == 2
    assert "bebytes profile: --engine native: " in capsys.readouterr().err
    assert run(f"{module}:Packet", str(data)) == 0
    assert "native" not in capsys.readouterr().out


def test_without_rich_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2, before anything else."""
    monkeypatch.setitem(sys.modules, "rich", None)
    assert run("no_module:A", "no.bin") == 2
    assert "pip install 'bebytes[cli]'" in capsys.readouterr().err


@pytest.mark.usefixtures("quick")
def test_an_interrupted_run_leaves_files_as_they_were(
    module: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 130."""

    def interrupted(*_: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(_profile_measure, "measure", interrupted)
    data, file = module.with_suffix(".bin"), module.with_suffix(".json")
    data.write_bytes(PACKET)
    file.write_text("before")
    assert run(f"{module}:Packet", str(data), "--json", str(file)) == 130
    assert file.read_text() == "before"
    assert "interrupted" in capsys.readouterr().err
    assert sys.modules["bebytes._python_read"] is _python_read


def test_what_is_timed_as_a_whole_is_what_has_the_parts() -> None:
    """On python, the readable runner: the source that is generated for a plan has no parts to tell."""
    from bebytes._python import Runner
    from bebytes.cli._profile_measure import Engine
    from bebytes.scenarios.primitives import U16

    engine = Engine("python", U16, "big", "encode")

    assert isinstance(engine._call.__self__, Runner)
