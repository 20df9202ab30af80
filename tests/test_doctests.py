"""
The examples in docstrings, in the README and under docs/ give what they show.
"""

import doctest
import importlib
import pkgutil
import re
import sys
from pathlib import Path

import pytest

import bebytes
import bebytes.formats

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def modules() -> list[str]:
    """
    All modules of the package that can be imported here; the command and its extras have tests of their own.
    """
    found = [m.name for m in pkgutil.iter_modules(bebytes.__path__, "bebytes.")]
    found += [m.name for m in pkgutil.iter_modules(bebytes.formats.__path__, "bebytes.formats.")]
    return [
        "bebytes",
        *(n for n in found if n not in ("bebytes.__main__", "bebytes.cli", "bebytes._native", "bebytes._core")),
    ]


def run(tests: list[doctest.DocTest]) -> int:
    runner = doctest.DocTestRunner(optionflags=OPTIONS)
    reports: list[str] = []
    for test in tests:
        runner.run(test, out=reports.append)
    assert not reports, "\n".join(reports)
    return runner.tries


@pytest.mark.parametrize("name", modules())
def test_examples_in_docstrings(name: str) -> None:
    """What follows >>> in a docstring gives what stands below it."""
    module = importlib.import_module(name)
    run(doctest.DocTestFinder(exclude_empty=True).find(module))


def test_docstrings_have_examples() -> None:
    """The base class shows how it is used."""
    examples = [e for t in doctest.DocTestFinder().find(bebytes.Struct, "Struct") for e in t.examples]
    assert len(examples) >= 3


def blocks(page: Path) -> list[tuple[int, str]]:
    """
    The Python blocks of a page, each with its line.
    """
    text = page.read_text()
    pattern = re.compile(r"^```(?:python|pycon|py)\n(.*?)^```", re.MULTILINE | re.DOTALL)
    return [(text.count("\n", 0, m.start()) + 2, m.group(1)) for m in pattern.finditer(text)]


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_examples_on_pages(page: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The Python blocks of a page run from top to bottom, and what follows >>> gives what stands below it."""
    monkeypatch.chdir(tmp_path)
    name = f"page_{page.stem.lower()}"
    module = type(sys)(name)  # classes of the page find each other through their module
    monkeypatch.setitem(sys.modules, name, module)
    scope = vars(module)
    for line, code in blocks(page):
        if ">>>" in code:
            test = doctest.DocTestParser().get_doctest(code, scope, f"{page.name}, line {line}", str(page), line - 1)
            test.globs = scope
            run_keeping(test)
        else:
            exec(compile("\n" * (line - 1) + code, str(page), "exec", dont_inherit=True), scope)


def run_keeping(test: doctest.DocTest) -> None:
    reports: list[str] = []
    doctest.DocTestRunner(optionflags=OPTIONS).run(test, out=reports.append, clear_globs=False)
    assert not reports, "\n".join(reports)
