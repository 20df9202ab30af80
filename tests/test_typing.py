"""
Type checkers, strict: mypy and pyright accept the package and right uses of it, and reject wrong ones.
"""

import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

import bebytes

pytest.importorskip("mypy")

# Either brings the same checker; the first brings the Node.js that it needs, too.
PYRIGHT = next((name for name in ("basedpyright", "pyright") if importlib.util.find_spec(name)), None)
if PYRIGHT is None:
    pytest.skip("neither basedpyright nor pyright is installed", allow_module_level=True)

PACKAGE = Path(bebytes.__file__).parent
FILES = Path(__file__).parent / "typing"
ACCEPTED = [FILES / "accepted.py", FILES / "language_accepted.py"]
REJECTED = [FILES / "rejected.py", FILES / "language_rejected.py"]

# Rules of pyright that the package itself is spared; the files of uses are held to all.
INSIDE = (
    "reportPrivateUsage",  # modules of one package use each other's underscored names
    "reportMatchNotExhaustive",  # a match that passes over some cases does so on purpose
    "reportMissingImports",  # the rivals in the benchmarks need not be installed
    "reportMissingModuleSource",
    "reportMissingTypeStubs",
    "reportUnknownArgumentType",  # values given by users are of any kind, and so are their types
    "reportUnknownMemberType",
    "reportUnknownVariableType",
)

MYPY_LINE = re.compile(r"^(?P<file>.+?):(?P<line>\d+): error: (?P<text>.*)$")


class Report(NamedTuple):
    """
    One error of a checker.
    """

    file: Path
    line: int
    text: str


def mypy(folder: Path) -> list[Report]:
    """
    The errors of mypy over the package and the files.
    """
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--config-file=", "--hide-error-context"]
    command += [f"--cache-dir={folder / 'cache'}", "--python-version=3.11", "--no-pretty"]
    result = subprocess.run(
        [*command, str(PACKAGE), *map(str, ACCEPTED + REJECTED)],
        capture_output=True,
        text=True,
        cwd=folder,
        env={**os.environ, "MYPYPATH": str(PACKAGE.parent)},
        check=False,
    )
    assert result.returncode in (0, 1), result.stdout + result.stderr
    lines = [m for line in result.stdout.splitlines() if (m := MYPY_LINE.match(line))]
    return [Report((folder / m["file"]).resolve(), int(m["line"]), m["text"]) for m in lines]


def pyright(folder: Path) -> list[Report]:
    """
    The errors of pyright over the package and the files.
    """
    package, files = (os.path.relpath(path, folder) for path in (PACKAGE, FILES))
    config = {
        "include": [package, files],
        "extraPaths": [os.path.relpath(PACKAGE.parent, folder)],
        "typeCheckingMode": "strict",
        "pythonVersion": "3.11",
        "executionEnvironments": [
            {"root": files, "extraPaths": [os.path.relpath(PACKAGE.parent, folder)]},
            {"root": os.path.relpath(PACKAGE.parent, folder), **dict.fromkeys(INSIDE, False)},
        ],
    }
    (folder / "pyrightconfig.json").write_text(json.dumps(config))
    result = subprocess.run(
        [sys.executable, "-m", str(PYRIGHT), "--outputjson", "--project", str(folder), "--pythonpath", sys.executable],
        capture_output=True,
        text=True,
        cwd=folder,
        check=False,
    )
    assert result.returncode in (0, 1), result.stdout + result.stderr
    found = json.loads(result.stdout[result.stdout.index("{") :])
    assert found["summary"]["filesAnalyzed"] > 2
    return [
        Report(Path(d["file"]).resolve(), d["range"]["start"]["line"] + 1, d["message"])
        for d in found["generalDiagnostics"]
        if d["severity"] == "error"
    ]


@pytest.fixture(scope="module", params=[mypy, pyright], ids=lambda checker: checker.__name__)
def reports(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[Report]:
    """
    What one checker says.
    """
    found: list[Report] = request.param(tmp_path_factory.mktemp("typing").resolve())
    return found


def test_package_is_typed_strictly(reports: list[Report]) -> None:
    """
    Nothing is reported in the package itself.
    """
    assert [r for r in reports if r.file.is_relative_to(PACKAGE.resolve())] == []


def test_right_uses_are_accepted(reports: list[Report]) -> None:
    """
    Nothing is reported.
    """
    assert [r for r in reports if r.file in ACCEPTED] == []


@pytest.mark.parametrize("of", REJECTED, ids=lambda path: path.stem)
def test_wrong_uses_are_rejected(reports: list[Report], of: Path) -> None:
    """
    Exactly the marked lines are reported.
    """
    lines = of.read_text(encoding="utf-8").splitlines()
    marked = {number for number, line in enumerate(lines, 1) if line.endswith("# error")}
    reported = {r.line: r.text for r in reports if r.file == of}

    assert marked
    assert {n: lines[n - 1] for n in marked - set(reported)} == {}, "not reported"
    assert {n: (lines[n - 1], text) for n, text in reported.items() if n not in marked} == {}, "reported without a mark"
