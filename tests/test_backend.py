"""
Choosing a backend: the environment variable, absent and broken extensions, and what an import costs.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import bebytes
from bebytes import Struct, u8

PACKAGE = Path(bebytes.__file__).parent
NATIVE = "native" in bebytes.available_backends()

# Stands before the program and makes `bebytes._core` what the test needs.
ABSENT = """
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name == "bebytes._core":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Absent())
"""

BROKEN = """
import sys

class Broken:
    def find_spec(self, name, path=None, target=None):
        if name == "bebytes._core":
            raise ImportError("undefined symbol: of_another_interpreter", name=name)

sys.meta_path.insert(0, Broken())
"""

NEEDS_MISSING = """
import sys

class NeedsMissing:
    def find_spec(self, name, path=None, target=None):
        if name == "bebytes._core":
            raise ModuleNotFoundError("No module named 'libsomething'", name="libsomething")

sys.meta_path.insert(0, NeedsMissing())
"""


class Point(Struct):
    x: u8


def run(program: str, backend: str | None = None) -> subprocess.CompletedProcess[str]:
    """
    Run a program in a fresh interpreter that finds the same package.

    Args:
        program: Python source.
        backend: the value of `BEBYTES_BACKEND`, or None for unset.
    """
    environment = {k: v for k, v in os.environ.items() if k != "BEBYTES_BACKEND"}
    environment["PYTHONPATH"] = str(PACKAGE.parent)
    if backend is not None:
        environment["BEBYTES_BACKEND"] = backend
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment, check=False)


def printed(program: str, backend: str | None = None) -> str:
    """
    What a program prints that must not fail.
    """
    result = run(program, backend)
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


SHOW = """
import bebytes, sys
class Point(bebytes.Struct):
    x: bebytes.u16
print(bebytes.available_backends(), bebytes.Codec(Point).backend, Point(258).to_be_bytes(), "bebytes._core" in sys.modules)
"""


def test_available_backends_is_the_fastest_first() -> None:
    """
    `python` is always there.
    """
    assert bebytes.available_backends() in (("native", "python"), ("python",))


def test_backend_python_keeps_the_extension_out() -> None:
    """
    It is not imported at all, and asking for it is an `ImportError` that says why.
    """
    assert printed(SHOW, "python") == "('python',) python b'\\x01\\x02' False"
    asked = run(SHOW + "\nbebytes.Codec(Point, backend='native')", "python")
    assert asked.returncode != 0
    assert "ImportError" in asked.stderr
    assert "BEBYTES_BACKEND=python keeps it out" in asked.stderr


def test_backend_python_never_looks_for_the_extension() -> None:
    """
    A broken one does no harm then.
    """
    assert printed(BROKEN + SHOW, "python") == "('python',) python b'\\x01\\x02' False"


def test_absent_extension_is_the_python_backend() -> None:
    """
    Unset, and empty, which is the same.
    """
    for unset in (None, ""):
        assert printed(ABSENT + SHOW, unset) == "('python',) python b'\\x01\\x02' False"


def test_named_backend_that_is_absent_is_an_import_error() -> None:
    """
    By the environment when importing, by the argument when asked.
    """
    by_environment = run(ABSENT + SHOW, "native")
    by_argument = run(ABSENT + SHOW + "\nbebytes.Codec(Point, backend='native')")

    for result in (by_environment, by_argument):
        assert result.returncode != 0
        assert "\nImportError" in result.stderr
        assert "not installed" in result.stderr


@pytest.mark.parametrize("backend", [None, "native"])
@pytest.mark.parametrize(("program", "said"), [(BROKEN, "of_another_interpreter"), (NEEDS_MISSING, "libsomething")])
def test_broken_extension_is_an_error(program: str, said: str, backend: str | None) -> None:
    """
    It does not pass for an absent one: there is no falling back in silence.
    """
    result = run(program + SHOW, backend)

    assert result.returncode != 0
    assert said in result.stderr


@pytest.mark.parametrize("name", ["rust", "Python", "NATIVE", " python", "auto"])
def test_unknown_name_is_a_value_error(name: str) -> None:
    """
    In the environment and as an argument.
    """
    result = run("import bebytes", name)

    assert result.returncode != 0
    assert "ValueError" in result.stderr
    assert "'native' or 'python'" in result.stderr
    with pytest.raises(ValueError, match="'native' or 'python'"):
        bebytes.Codec(Point, backend=name)  # type: ignore[arg-type]  # wrong on purpose


@pytest.mark.skipif(not NATIVE, reason="the extension is not installed")
def test_native_is_the_default_where_it_is_installed() -> None:
    """
    Unset, empty and named.
    """
    for backend in (None, "", "native"):
        assert printed(SHOW, backend) == "('native', 'python') native b'\\x01\\x02' True"


def test_backends_live_side_by_side() -> None:
    """
    Each codec keeps its own, whatever the default is.
    """
    for name in bebytes.available_backends():
        made: Any = bebytes.Codec(Point, backend=name)  # type: ignore[arg-type]  # a str to checkers
        assert made.backend == name
        assert made.decode(made.encode(Point(5))) == Point(5)


THIRD_PARTY = """
import sys
before = set(sys.modules)
import bebytes
own = {name.partition(".")[0] for name in set(sys.modules) - before}
print(sorted(own - set(sys.stdlib_module_names) - {"bebytes"}))
"""

HEAVY = """
import sys
import bebytes
print(sorted({"ast", "asyncio", "copy", "ctypes", "dataclasses", "inspect", "json", "logging", "numpy", "pathlib", "pickle",
    "random", "socket", "subprocess", "tempfile", "unittest", "urllib"} & set(sys.modules)))
"""


@pytest.mark.parametrize("backend", ["python", *(["native"] if NATIVE else [])])
def test_import_is_light(backend: str) -> None:
    """
    No third-party module, and none of the standard library's heavy ones.
    """
    assert printed(THIRD_PARTY, backend) == "[]"
    bare = set(printed("import sys; print(*sys.modules)").split())
    heavy = set(printed(HEAVY, backend).strip("[]").replace("'", "").replace(",", "").split())
    assert heavy <= bare


TYPING_ALONE = """
import sys, typing, collections.abc
before, compiled = set(sys.modules), []
sys.addaudithook(lambda event, args: compiled.append(args) if event == "compile" and args[1] == "<string>" else None)
import bebytes
print(sorted(name for name in set(sys.modules) - before if name.partition(".")[0] != "bebytes"), compiled)
"""


@pytest.mark.parametrize("backend", ["python", *(["native"] if NATIVE else [])])
def test_import_costs_little_more_than_that_of_typing(backend: str) -> None:
    """
    No other module, and no text is compiled: the first one of a process costs a millisecond.
    """
    assert printed(TYPING_ALONE, backend) == "[] []"


def test_import_reads_only_what_every_user_needs() -> None:
    """
    The test tools, the command and the scenarios wait until they are asked for.
    """
    program = "import bebytes, sys; print(sorted(n for n in sys.modules if n.startswith('bebytes.')))"

    for name in ("bebytes.testing", "bebytes.workload", "bebytes.cli", "bebytes.scenarios"):
        assert name not in printed(program, "python")


IN_ANOTHER_INTERPRETER = """
try:
    import bebytes
except ImportError:
    print("refused")
else:
    class Point(bebytes.Struct):
        x: bebytes.u8
    try:
        Point("a").to_be_bytes()
    except bebytes.errors.WrongType:
        print("raised")
"""


def test_an_error_in_another_interpreter_hangs_nobody() -> None:
    """Where the extension loads in a second interpreter at all, it works there."""
    pytest.importorskip("_xxsubinterpreters")
    program = f"""
import faulthandler
import _xxsubinterpreters
import bebytes
faulthandler.dump_traceback_later(30, exit=True)
interpreter = _xxsubinterpreters.create()
_xxsubinterpreters.run_string(interpreter, {IN_ANOTHER_INTERPRETER!r})
_xxsubinterpreters.destroy(interpreter)
"""
    assert printed(program) in ("raised", "refused")
