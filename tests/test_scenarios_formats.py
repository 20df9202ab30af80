"""
The benchmarks of whole formats: what the engines of other libraries find is what ours find, and what is left out says why.
"""

import dataclasses
import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import dns.message
import dns.rdatatype
import pytest

from bebytes import scenarios, workload
from bebytes.cli import _engines, _programs
from bebytes.cli._layouts import EngineError, PythonEngine
from bebytes.scenarios import Absent, Scenario, _dns_wire, formats

LOADED = [s for s in scenarios.load(["formats"]) if isinstance(s, Scenario)]
DECODED = [s for s in LOADED if s.operation == "decode"]
ENCODED = [s for s in LOADED if s.operation == "encode"]
READERS = ("construct", "construct:uncompiled", "kaitai")


def engine_of(name: str) -> PythonEngine:
    try:
        return _engines.open_python(name)
    except EngineError as e:
        pytest.skip(str(e))


def by_name(scenario: Scenario) -> str:
    return scenario.name


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("scenario", DECODED, ids=by_name)
class TestReaders:
    def test_they_find_what_ours_find(self, scenario: Scenario, name: str) -> None:
        engine = engine_of(name)

        assert engine.absent(scenario) == ""
        assert engine.failures(scenario) == []

    def test_a_wrong_answer_is_seen(self, scenario: Scenario, name: str) -> None:
        turned = dataclasses.replace(scenario, values=scenario.values[1:] + scenario.values[:1])

        assert len(engine_of(name).failures(turned)) == len(scenario.values)

    def test_other_bytes_are_another_answer(self, scenario: Scenario, name: str) -> None:
        engine = engine_of(name)
        raw = scenario.data[0]
        # The width of an image; a version, a class, a length or a count.
        at = 16 if scenario.name == "png" else 4
        damaged = raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]
        other = dataclasses.replace(scenario, values=scenario.values[:1], data=(damaged,))

        assert len(engine.failures(other)) == 1


WRITTEN = [(name, s) for name in READERS[:2] for s in ENCODED] + [
    ("kaitai", s) for s in ENCODED if s.name in ("ccsds", "pcap")
]


@pytest.mark.parametrize(("name", "scenario"), WRITTEN, ids=lambda value: getattr(value, "name", value))
def test_the_same_bytes_are_written(name: str, scenario: Scenario) -> None:
    engine = engine_of(name)

    assert engine.absent(scenario) == ""
    assert engine.failures(scenario) == []
    wrong = dataclasses.replace(scenario, data=(b"wrong", *scenario.data[1:]))
    assert len(engine.failures(wrong)) == 1


def test_kaitai_says_what_it_does_not_write() -> None:
    engine = engine_of("kaitai")

    reasons = {s.name for s in ENCODED if engine.absent(s).startswith("classes that write are others")}
    assert reasons == {s.name for s in ENCODED} - {"ccsds", "pcap"}


@pytest.mark.parametrize("scenario", DECODED, ids=by_name)
def test_construct_uncompiled_is_the_same_declaration(scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    construct = pytest.importorskip("construct")
    compiled = engine_of("construct").layout(scenario.schema, scenario.byteorder)

    def refuse(self: Any, filename: Any = None) -> Any:
        pytest.fail("it is compiled")

    # Neither the whole nor a part of it.
    monkeypatch.setattr(construct.Construct, "compile", refuse)
    plain = engine_of("construct:uncompiled").layout(scenario.schema, scenario.byteorder)
    assert compiled.source.replace("_compiled", "_as_it_is").replace(".compile()", "") == plain.source
    assert [type(layout.decode.__self__) for layout in (compiled, plain)] == [construct.Compiled, construct.Struct]  # type: ignore[attr-defined]  # methods


def test_construct_uncompiled_reads_formats_alone() -> None:
    engine = engine_of("construct:uncompiled")

    reason = "not compiled, construct is timed on formats alone"
    assert {engine.absent(s) for s in scenarios.load(["layouts"]) if isinstance(s, Scenario)} == {reason}


def test_facts_hold_no_objects_of_a_library() -> None:
    def plain(value: Any) -> bool:
        if isinstance(value, (tuple, list)):
            return all(map(plain, value))
        return type(value) in (int, bytes, str, type(None))

    for s in DECODED:
        assert s.facts is not None
        for engine in map(engine_of, (*READERS, "python")):
            (call,) = engine.work(s).calls
            assert plain(s.facts(call(s.data[0]))), (s.key, engine.name)


class TestInputs:
    @pytest.mark.parametrize("number", range(3))
    def test_responses_are_what_dnspython_reads(self, number: int) -> None:
        raw = _dns_wire.response(number)
        message = dns.message.from_wire(raw, one_rr_per_rrset=True)

        sections = (message.answer, message.authority, message.additional)
        assert sum(map(len, sections)) == _dns_wire.RECORDS
        kinds = [dns.rdatatype.to_text(rrset.rdtype) for rrset in message.answer]
        assert kinds == ["CNAME", "A", "A", "A", "A", "MX", "MX", "TXT"]
        assert str(message.authority[-1][0]).startswith(f"ns0.zone{number}.example. hostmaster.zone{number}.example. ")
        # Compressed, or they would be twice as long.
        assert len(raw) < len(message.to_wire()) + 32

    @pytest.mark.parametrize(("package", "name"), [("matplotlib", "png"), ("tzdata", "tzif"), ("ccsdspy", "ccsds")])
    def test_what_is_not_installed_has_a_row(self, package: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(formats, "find_spec", lambda wanted: None if wanted == package else find_spec(wanted))

        absent = [s for s in scenarios.load(["formats"]) if isinstance(s, Absent)]
        assert [(s.name, s.reason.partition(":")[0]) for s in absent if s.name == name] == [(name, "not installed")]

    def test_a_python_without_shared_modules_has_a_row(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(formats.sysconfig, "get_config_var", lambda name: str(tmp_path))  # type: ignore[attr-defined]
        (absent,) = [s for s in scenarios.load(["formats"]) if isinstance(s, Absent) and s.name == "elf"]
        assert absent.reason.startswith("this Python has no modules of at most 40,000 bytes")

        (tmp_path / "other.so").write_bytes(b"\xcf\xfa\xed\xfe")
        assert absent in scenarios.load(["formats"])


class TestPrograms:
    REASON = "the file of scenarios for programs in Rust holds plain plans alone"

    def test_formats_are_left_out_of_the_file(self, tmp_path: Path) -> None:
        flags = scenarios.find("enums/flags/encode")
        order = scenarios.write_scenarios(tmp_path / "some.json", [LOADED[0], flags, LOADED[1]])

        assert order == {"enums/flags/encode": 0}
        assert len(json.loads((tmp_path / "some.json").read_text(encoding="utf-8"))["scenarios"]) == 1
        assert [scenarios.left_out(s) for s in (LOADED[0], flags)] == [self.REASON, ""]

    def test_a_program_is_not_asked_for_them(self) -> None:
        program = object.__new__(_programs.Program)
        program.name, program.facts = "core", {}

        assert program.absent(DECODED[0]) == self.REASON
        assert program.way("reused").absent(DECODED[0]) == self.REASON

    def test_an_export_says_what_it_leaves_out(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        file = tmp_path / "one.json"
        words = ["--export", str(file), "--scenario", "formats/dns/decode"]

        assert workload.main(words) == 2
        assert capsys.readouterr().err == f"bebytes.workload: formats/dns/decode: {self.REASON}\n"
        assert not file.exists()

        assert workload.main([*words, "--scenario", "enums/flags/decode"]) == 0
        out, err = capsys.readouterr()
        assert out == f"{file}: 1 scenarios\n"
        assert err == f"bebytes.workload: without formats/dns/decode: {self.REASON}\n"
