"""
The command `bebytes bench memory`: what a result keeps, and what an operation needs besides.
"""

import dataclasses
import gc
import json
import re
import sys
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

import bebytes
from bebytes import scenarios
from bebytes.cli import _cargo, main
from bebytes.cli._layouts import Backend, Layout, PythonEngine, Unsupported
from bebytes.cli._memory import footprint

pytestmark = pytest.mark.usefixtures("good_build", "no_wishes")

HEADER = sys.getsizeof(b"")


def memory(*words: str) -> int:
    return main(["bench", "memory", *words])


class Known:
    """
    An engine whose memory is known: it gives back a list of bytes, and uses a buffer meanwhile.
    """

    def __init__(self, kept: int, meanwhile: int) -> None:
        self._kept = kept
        self._meanwhile = meanwhile

    def layout(self, cls: type, byteorder: str) -> Layout:
        def decode(data: bytes) -> list[bytes]:
            buffer = bytes(self._meanwhile)
            del buffer
            return [bytes(self._kept), bytes(self._kept)]

        return Layout(lambda value: b"", decode, lambda value: value, lambda value: value)


class TestFootprint:
    def known(self, monkeypatch: pytest.MonkeyPatch, kept: int, meanwhile: int) -> Any:
        engine = PythonEngine("known", Known(kept, meanwhile), {})
        monkeypatch.setattr(engine, "failures", lambda scenario: [])
        return footprint(engine, scenarios.find("enums/flags/decode"))

    def test_what_is_kept_is_counted(self, monkeypatch: pytest.MonkeyPatch) -> None:
        found = self.known(monkeypatch, 1000, 0)

        of_list = sys.getsizeof([b"", b""])
        assert found.bare_bytes == of_list
        # The list, its items, and two of bytes; a number that the loop itself has is less than a byte of each.
        assert found.kept_bytes == pytest.approx(of_list + 2 * (HEADER + 1000), abs=1)
        assert found.kept_blocks == pytest.approx(4, abs=0.05)
        assert found.transient_bytes == 0

    def test_what_is_given_back_meanwhile_is_told_apart(self, monkeypatch: pytest.MonkeyPatch) -> None:
        less, more = self.known(monkeypatch, 10, 20_000), self.known(monkeypatch, 10, 50_000)

        assert more.transient_bytes - less.transient_bytes == 30_000
        assert more.kept_bytes == pytest.approx(less.kept_bytes, abs=1)

    def test_an_object_of_ours_is_more_than_itself(self, backend: str) -> None:
        found = footprint(PythonEngine(backend, Backend(backend), {}), scenarios.find("nested/deep/decode"))

        assert found.kept_bytes > found.bare_bytes > 0
        assert found.kept_blocks > 1

    @pytest.mark.skipif("native" not in bebytes.available_backends(), reason="the extension is not there")
    @pytest.mark.parametrize("key", ["enums/flags/decode", "nested/deep/decode", "real/ipv4 header/decode"])
    def test_an_object_weighs_the_same_on_both_backends(self, key: str) -> None:
        """
        Although native makes it in memory of one that has ended, where there is some.
        """
        scenario = scenarios.find(key)
        for _ in range(2):
            native, python = (
                footprint(PythonEngine(name, Backend(name), {}), scenario) for name in ("native", "python")
            )
            assert native.kept_bytes >= native.bare_bytes == python.bare_bytes
            # Of some integers, the one makes room for a digit more than the other.
            assert native.kept_bytes == pytest.approx(python.kept_bytes, rel=0.05)
            assert native.kept_blocks == pytest.approx(python.kept_blocks, abs=0.05)

    def test_encoding_keeps_the_bytes(self, backend: str) -> None:
        scenario = scenarios.find("vectors/fixed/encode")
        found = footprint(PythonEngine(backend, Backend(backend), {}), scenario)

        assert found.bare_bytes == HEADER + 4
        assert found.kept_bytes == pytest.approx(HEADER + 4, abs=2)
        assert found.kept_blocks == pytest.approx(1, abs=0.1)

    def test_it_leaves_the_collector_and_the_tracer_as_they_were(self) -> None:
        engine = PythonEngine("python", Backend("python"), {})
        footprint(engine, scenarios.find("enums/flags/decode"))

        assert gc.isenabled()
        assert gc.get_freeze_count() == 0
        assert not tracemalloc.is_tracing()

    def test_what_cannot_be_has_a_reason(self) -> None:
        class None_:
            def layout(self, cls: type, byteorder: str) -> Layout:
                raise Unsupported("no flags")

        found = footprint(PythonEngine("none", None_(), {}), scenarios.find("enums/flags/decode"))
        assert found.form() == {"absent": "no flags"}


class TestCommand:
    ROWS = ("--scenario", "enums/flags", "--scenario", "bit_fields/complex")

    def test_it_shows_and_writes_a_line_a_cell(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        file = tmp_path / "now.json"
        backends = bebytes.available_backends()

        assert memory(*self.ROWS, "--engines", ",".join(backends), "--json", str(file)) == 0
        out = capsys.readouterr().out
        assert "not seen     what Rust code takes from the system by itself" in out
        assert len(re.findall(r" (?:native|python) +[\d.,]+ +\d+\.\d +\d+ +[\d,]+\n", out)) == 4 * len(backends)
        assert "\nAll answers were right.\n" in out
        assert max(map(len, out.splitlines())) <= 120

        record = json.loads(file.read_text())
        assert record["kind"] == "memory"
        # A round trip leaves nothing of its own.
        assert [(row["name"], row["operation"]) for row in record["rows"]] == [
            ("flags", "encode"),
            ("flags", "decode"),
            ("complex", "encode"),
            ("complex", "decode"),
        ]
        assert set(record["rows"][0]["engines"]["python"]) == {
            "kept_bytes", "kept_blocks", "bare_bytes", "transient_bytes",
        }  # fmt: skip

    def test_it_is_kept_apart_from_times(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(_cargo, "checkout", lambda: tmp_path)
        (tmp_path / "benches").mkdir()

        assert memory("--scenario", "enums/flags", "--engines", "python", "--save", "weights") == 0
        assert main(["bench", "compare", "weights", "weights"]) == 2
        assert "weights.json is a record of memory, not of bench\n" in capsys.readouterr().err

    def test_a_wrong_answer_is_shown_and_fails(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        right = scenarios.find("vectors/fixed/encode")
        wrong = dataclasses.replace(right, data=(b"wrong", *right.data[1:]))
        monkeypatch.setattr(scenarios, "load", lambda groups: [wrong])

        assert memory("--engines", "python") == 1
        assert "WRONG: python, vectors/fixed/encode: input 0: 00000102 instead of " in capsys.readouterr().out

    @pytest.mark.parametrize("engine", ["core", "fox"])
    def test_an_engine_that_it_has_not_is_an_error(self, engine: str, capsys: pytest.CaptureFixture[str]) -> None:
        assert memory("--engines", engine) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith(
            f"bebytes bench memory: --engines: no engine is called {engine}; there are native, python, "
        )

    def test_an_unknown_scenario_lists_the_known(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert memory("--scenario", "enums/fox") == 2
        assert "no scenario is called enums/fox; enums has regular, auto-sized, flags\n" in capsys.readouterr().err
