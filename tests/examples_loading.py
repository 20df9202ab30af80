"""
The examples as modules, on any backend.

An example uses the default backend, which is settled when bebytes is imported, so another takes a second copy of it.
"""

import contextlib
import importlib.util
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from unittest import mock

import bebytes

FOLDER = Path(__file__).parent.parent / "examples"

# The second copies, by backend; each is made once.
_copies: dict[str, dict[str, ModuleType]] = {}


@contextlib.contextmanager
def example(name: str, backend: str) -> Iterator[ModuleType]:
    """
    Import `examples/<name>.py` afresh, with `backend` for its default.

    The module has two names more: `backend`, and `bebytes` for the copy of the package that it uses.
    """
    default = bebytes.available_backends()[0]
    ours = {} if backend == default else _take_bebytes_out()
    sys.modules.update(_copies.get(backend, {}))
    full_name = f"{name}_on_{backend}"
    try:
        with mock.patch.dict(os.environ, BEBYTES_BACKEND=backend):
            package = importlib.import_module("bebytes")
        spec = importlib.util.spec_from_file_location(full_name, FOLDER / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        module = sys.modules[full_name] = importlib.util.module_from_spec(spec)
        vars(module).update(backend=backend, bebytes=package)
        spec.loader.exec_module(module)
        yield module
    finally:
        sys.modules.pop(full_name, None)
        if ours:
            _copies[backend] = _take_bebytes_out()
            sys.modules.update(ours)


def _take_bebytes_out() -> dict[str, ModuleType]:
    names = [name for name in sys.modules if name.partition(".")[0] == "bebytes"]
    return {name: sys.modules.pop(name) for name in names}
