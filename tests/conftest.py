"""
Fixtures: each test that asks for `backend` or `codec` runs on every backend that is installed.
"""

import functools
from collections.abc import Callable
from typing import Any

import pytest

import bebytes


@pytest.fixture(params=bebytes.available_backends())
def backend(request: pytest.FixtureRequest) -> str:
    """
    The name of a backend.
    """
    name: str = request.param
    return name


@pytest.fixture
def codec(backend: str) -> Callable[..., Any]:
    """
    `bebytes.Codec` on a backend.
    """
    return functools.partial(bebytes.Codec, backend=backend)
