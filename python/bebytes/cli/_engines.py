"""
The engines: who can do a scenario's work, and what each needs.

`crate` and `core` are Rust programs that are asked over a pipe; all others run in this process, each a file of
benches/engines, which is found where there is a checkout. `native` and `python` do without one.
To add a rival, add its file there and a row to `_ROWS`.
"""

import importlib
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import bebytes
from bebytes.scenarios import Absent, Scenario, write_scenarios

from . import _cargo
from ._layouts import Backend, EngineError, Module, PythonEngine, loop_cost
from ._programs import Program

__all__ = [
    "DEFAULT",
    "NAMES",
    "TITLES",
    "Engine",
    "EngineError",
    "Program",
    "PythonEngine",
    "Refused",
    "loop_cost",
    "open_engines",
]

PROGRAMS = ("crate", "core")
BACKENDS = ("native", "python")


class _Row(NamedTuple):
    """
    What is known of an engine without opening it: in words, and the distributions it needs, the measured one first.
    """

    title: str
    needs: tuple[str, ...] = ()


_ROWS = {
    "crate": _Row("the Rust crate bebytes"),
    "core": _Row("the Rust core of this package, without an interpreter"),
    "native": _Row("this package with the Rust extension"),
    "python": _Row("this package in plain Python"),
    "slots": _Row("struct and shifts by hand, into classes with slots"),
    "floor": _Row("struct and shifts by hand, into msgspec structs, as a person writes it", ("msgspec",)),
    "msgpack": _Row("MessagePack by msgspec, another format: what a compiled library can reach", ("msgspec",)),
    "neoconstruct": _Row("neoconstruct, a library in Rust", ("neoconstruct",)),
    "rustruct": _Row("rustruct, a library in Rust", ("rustruct",)),
    "construct": _Row("construct, compiled to Python", ("construct",)),
    "kaitai": _Row("classes as the Kaitai Struct compiler writes them", ("kaitaistruct",)),
    "dissect": _Row("dissect.cstruct, compiled to Python", ("dissect.cstruct",)),
    "bitstruct": _Row("bitstruct, its C extension where that can do the layout", ("bitstruct",)),
    "caterpillar": _Row("caterpillar, a library in Python", ("caterpillar-py",)),
    "dataclasses_struct": _Row("dataclasses-struct, over the module struct", ("dataclasses-struct",)),
    "ctypes": _Row("packed structures of ctypes, whose fields are read when they are asked for"),
    "numpy": _Row("records of NumPy, whose fields are read when they are asked for", ("numpy",)),
}

NAMES = tuple(_ROWS)
"""All engines, in the order in which they are shown."""

TITLES = {name: row.title for name, row in _ROWS.items()}

DEFAULT = ("crate", "core", "native", "python", "floor")
"""The engines of a run that names none."""


class Refused(Exception):
    """
    The run cannot start; the text says what to do.
    """


class Engine(Protocol):
    """
    What every engine can do with a scenario; whatever breaks off is an `EngineError`.
    """

    name: str
    facts: dict[str, Any]

    def absent(self, scenario: Scenario) -> str:
        """Why the engine cannot do it, or ""."""
        ...

    def failures(self, scenario: Scenario) -> list[str]:
        """What it gets wrong, a line an input."""
        ...

    def time(self, scenario: Scenario, operations: int) -> int:
        """The nanoseconds that so many operations take."""
        ...


def open_engines(
    names: Sequence[str],
    scenarios: Sequence[Scenario | Absent],
    stack: ExitStack,
    note: Callable[[str], None] = lambda _: None,
) -> tuple[list[Engine], dict[str, str]]:
    """
    The engines that can run, and the reasons of those that cannot.

    Args:
        names: which, of `NAMES`, in the order of that; behind them the ways of engines, as "native:written".
        scenarios: what the Rust programs will be asked to do.
        stack: ends the programs.
        note: told of what takes long.

    Raises:
        Refused: an engine is a debug build.
    """
    engines: dict[str, Engine] = {}
    missing: dict[str, str] = {}
    # First what can be refused at once; building takes long.
    known = [*(name for name in NAMES if name in names), *(name for name in names if ":" in name)]
    for name in known:
        if name.partition(":")[0] not in PROGRAMS:
            try:
                engines[name] = open_python(name)
            except EngineError as e:
                missing[name] = str(e)
    opened, absent = _open_programs(
        [name for name in known if name.partition(":")[0] in PROGRAMS], scenarios, stack, note
    )
    engines |= opened
    missing |= absent
    return [engines[name] for name in known if name in engines], missing


def open_python(name: str) -> PythonEngine:
    """
    An engine of this process, or a way of one (`_ways`).

    Raises:
        EngineError: it cannot run, and why.
        Refused: it is a debug build.
    """
    engine, _, way = name.partition(":")
    module, facts = _open_module(engine)
    if not way:
        return PythonEngine(name, module, facts)

    from ._ways import WayEngine

    return WayEngine(name, module, facts)


def _open_module(name: str) -> tuple[Module, dict[str, Any]]:
    facts: dict[str, Any] = {}
    if name in BACKENDS:
        facts |= _backend_facts(name)
    needs = _ROWS[name].needs
    for distribution in needs:
        try:
            facts.setdefault("version", version(distribution))
        except PackageNotFoundError:
            raise EngineError(f"{distribution} is not installed: pip install {distribution}") from None
    root = _cargo.checkout()
    folder = root / "benches" / "engines" if root is not None else None
    if folder is not None and (folder / f"{name}.py").exists():
        return _load(folder, name), facts
    if name in BACKENDS:
        return Backend(name), facts
    if folder is not None:
        raise EngineError(f"{folder} has no {name}.py")
    raise EngineError("needs a checkout of the repository, which holds its file")


def _backend_facts(name: str) -> dict[str, Any]:
    if name not in bebytes.available_backends():
        raise EngineError(
            "BEBYTES_BACKEND=python keeps the extension out"
            if os.environ.get("BEBYTES_BACKEND") == "python"
            else "the extension is not installed; in a checkout, maturin develop --release builds it"
        )
    if name != "native":
        return {}
    from bebytes import _core

    if _core.build_profile == "debug":
        raise Refused(
            "the extension is a debug build, whose figures say nothing; build it with\n    maturin develop --release"
        )
    return {"profile": _core.build_profile}


def _load(folder: Path, name: str) -> Module:
    # The files are called as the libraries they import, so they are modules of a package of another name.
    try:
        module: Any = importlib.import_module(f"{_package(folder)}.{name}")
    except ImportError as e:
        raise EngineError(f"its library cannot be imported: {e}") from e
    loaded: Module = module
    return loaded


@cache
def _package(folder: Path) -> str:
    name = f"bebytes_engines_{abs(hash(folder))}"
    spec = spec_from_file_location(name, folder / "__init__.py", submodule_search_locations=[str(folder)])
    assert spec is not None, "a file of Python has one"
    assert spec.loader is not None, "likewise"
    module = module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return name


def _open_programs(
    names: Sequence[str], scenarios: Sequence[Scenario | Absent], stack: ExitStack, note: Callable[[str], None]
) -> tuple[dict[str, Engine], dict[str, str]]:
    if not names:
        return {}, {}
    root = _cargo.checkout()
    if root is None:
        return {}, dict.fromkeys(names, "needs a checkout of the repository, which holds the program to build")
    # A program serves all ways of its engine.
    wanted = list(dict.fromkeys(name.partition(":")[0] for name in names))
    try:
        paths = _cargo.build(root, wanted, note)
    except _cargo.BuildError as e:
        return {}, dict.fromkeys(names, str(e))
    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="bebytes-bench-"))
    file = Path(folder) / "scenarios.json"
    order = write_scenarios(file, [s for s in scenarios if isinstance(s, Scenario)])
    programs: dict[str, Program | str] = {}
    for name in wanted:
        try:
            program = Program(name, paths[name], file, order, {"profile": "release"})
        except EngineError as e:
            programs[name] = str(e)
            continue
        stack.callback(program.close)
        if program.facts["debug"]:
            raise Refused(
                f"the engine {name} is a debug build, whose figures say nothing; build it with\n"
                f"    {' '.join(_cargo.command([name]))}"
            )
        programs[name] = program
    engines: dict[str, Engine] = {}
    missing = {}
    for name in names:
        engine, _, way = name.partition(":")
        found = programs[engine]
        if isinstance(found, str):
            missing[name] = found
        else:
            engines[name] = found.way(way) if way else found
    return engines, missing
