"""
Shared fixtures: each test that uses them runs on every backend that is installed.
"""

import functools
from collections.abc import Callable
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, settings
from manners import INSTALLED, REFERENCE, Manners

import bebytes

# The same examples on every run, whatever the machine's speed.
settings.register_profile(
    "bebytes",
    derandomize=True,
    deadline=None,
    database=None,
    print_blob=False,
    suppress_health_check=[
        HealthCheck.too_slow,  # drawing a class, a value and its bytes takes longer than a flat value
        HealthCheck.function_scoped_fixture,  # `backend` and `codec` are the same for all examples
        HealthCheck.large_base_example,
        HealthCheck.data_too_large,
    ],
)
settings.load_profile("bebytes")


@pytest.fixture(params=bebytes.available_backends())
def backend(request: pytest.FixtureRequest) -> str:
    """
    The name of a backend that is installed.
    """
    name: str = request.param
    return name


@pytest.fixture
def codec(backend: str) -> Callable[..., bebytes.Codec[Any]]:
    """
    Build a codec for a class on every backend that is installed.
    """
    return functools.partial(bebytes.Codec, backend=backend)  # type: ignore[arg-type]  # a name from available_backends()


@pytest.fixture(params=[INSTALLED, REFERENCE], ids=["installed", "reference"])
def manners(request: pytest.FixtureRequest) -> Manners:
    """
    The manners of the default backend, and those in plain Python.
    """
    return cast("Manners", request.param)


@pytest.fixture
def good_build(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A debug build of the extension, which `bebytes bench` refuses, passes for a good one: the tests run with it too.
    """
    if "native" in bebytes.available_backends():
        from bebytes import _core

        monkeypatch.setattr(_core, "build_profile", "release")


@pytest.fixture
def no_wishes(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    What the shell of the tests wants for its own screen says nothing.
    """
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE", "TERM", "COLORTERM", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def no_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    As where the package is installed without its repository.
    """
    from bebytes.cli import _cargo

    monkeypatch.setattr(_cargo, "checkout", lambda: None)
