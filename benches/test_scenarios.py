"""
The scenarios of `bebytes bench` under pytest-benchmark: `pytest benches`. A plain `pytest` does not run them.

A round is a lap over the 64 inputs, in the loop of `python -m bebytes.workload`, so a figure is that of 64 operations.
"""

import gc
from collections.abc import Iterator
from typing import Any

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

import bebytes
from bebytes import scenarios
from bebytes.scenarios import INPUTS, Absent, Scenario
from bebytes.workload import measured


def cells() -> Iterator[Any]:
    """
    Each scenario on each backend; what is absent is skipped, with the reason.
    """
    for s in scenarios.load():
        if isinstance(s, Absent):
            yield pytest.param(s, "", id=s.key, marks=pytest.mark.skip(reason=s.reason))
            continue
        for engine in bebytes.available_backends():
            yield pytest.param(s, engine, id=f"{s.key}-{engine}")


@pytest.fixture
def frozen() -> Iterator[None]:
    """
    What exists before is no garbage; the collector stays on for what the calls make.
    """
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("frozen")
@pytest.mark.parametrize(("scenario", "engine"), list(cells()))
def test_scenario(benchmark: BenchmarkFixture, scenario: Scenario, engine: str) -> None:
    if engine == "native" and benchmark.enabled:
        from bebytes import _core

        assert _core.build_profile != "debug", "the figures of a debug build say nothing: make build"
    assert scenario.failures(engine) == []
    benchmark.group = scenario.key
    benchmark.extra_info = {"engine": engine, "operations": INPUTS}

    benchmark(measured, scenario.work(engine), INPUTS)
