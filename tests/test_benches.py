"""
The benches under pytest-benchmark: they run, keep and compare what they found, and stay out of a plain `pytest`.
"""

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import bebytes

ROOT = Path(__file__).resolve().parent.parent
TINY = ["--benchmark-min-rounds", "2", "--benchmark-max-time", "0.000001", "--benchmark-calibration-precision", "1"]


def run(*words: str) -> str:
    pytest.importorskip("pytest_benchmark", reason="runs the benches; of the dependency group test")
    command = [sys.executable, "-m", "pytest", "benches", "-q", "-p", "no:cacheprovider", *TINY, *words]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def test_what_was_found_is_kept_and_compared(tmp_path: Path) -> None:
    path = tmp_path / "one.json"
    backends = bebytes.available_backends()
    if "native" in backends:
        from bebytes import _core

        if _core.build_profile == "debug":
            pytest.skip("the benches refuse to time a debug build")

    out = run("-k", "vectors/fixed/decode", "--benchmark-json", str(path))

    assert f"\n{len(backends)} passed, " in out
    found = json.loads(path.read_text(encoding="utf-8"))["benchmarks"]
    assert [b["name"] for b in found] == [f"test_scenario[vectors/fixed/decode-{name}]" for name in backends]
    assert {b["group"] for b in found} == {"vectors/fixed/decode"}
    assert [b["extra_info"] for b in found] == [{"engine": name, "operations": 64} for name in backends]

    out = run("-k", "vectors/fixed/decode", "--benchmark-compare", str(path))

    for name in backends:
        assert out.count(f"test_scenario[vectors/fixed/decode-{name}] (") == 2


def test_every_scenario_is_there() -> None:
    out = run("--collect-only")

    for key in ("primitives/u8/encode", "nested/deep/decode", "bit_fields/complex/round trip"):
        for name in bebytes.available_backends():
            assert f"benches/test_scenarios.py::test_scenario[{key}-{name}]" in out
    assert "benches/test_scenarios.py::test_scenario[real/" in out


def test_they_are_no_part_of_the_suite() -> None:
    options = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["pytest"]["ini_options"]

    assert options["testpaths"] == ["tests"]
