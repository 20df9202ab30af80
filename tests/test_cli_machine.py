"""
What records say of the checkout they were made in.
"""

import shutil
import subprocess
from pathlib import Path

import pytest

from bebytes.cli import _machine

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """
    A repository with one commit.
    """
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("src/lib.rs", "benches/record/a.json", "docs/page.md", "README.md"):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("before")
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", ".")
    git(tmp_path, "-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "--quiet", "-m", "First")
    return tmp_path


def git(folder: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


def test_a_commit_is_named(checkout: Path) -> None:
    named = _machine.commit(checkout)

    assert named
    assert git(checkout, "rev-parse", "HEAD").startswith(named)


@pytest.mark.parametrize("name", ["src/lib.rs", "src/new.rs"])
def test_a_change_of_what_is_measured_leaves_a_mark(checkout: Path, name: str) -> None:
    (checkout / name).write_text("after")

    assert _machine.commit(checkout) == git(checkout, "rev-parse", "--short", "HEAD") + "-dirty"


@pytest.mark.parametrize("name", ["benches/record/a.json", "benches/record/b.json", "docs/page.md", "README.md"])
def test_what_is_written_of_figures_leaves_none(checkout: Path, name: str) -> None:
    (checkout / name).write_text("after")

    assert not _machine.commit(checkout).endswith("-dirty")


def test_without_a_checkout_there_is_none(tmp_path: Path) -> None:
    assert _machine.commit(None) == ""
    assert _machine.commit(tmp_path) == ""


def test_a_system_is_named_without_the_marks_of_its_build(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.system", lambda: "Linux")
    monkeypatch.setattr("platform.release", lambda: "6.18.44-vm-7")

    assert ", Linux 6.18, " in _machine.machine()
