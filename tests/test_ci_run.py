"""
`.ci/run`, with stand-ins for what it calls: nothing is installed here.
"""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
NEEDED = ("dirname", "mktemp", "rm", "sh")
"""What the script calls of the system; all else is a stand-in."""

APT = """#!/bin/sh
echo "apt-get $* ($DEBIAN_FRONTEND)" >>"$CALLS"
echo "much to read"
case "$*" in *linux-perf*) exit 100 ;; esac
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """
    A project whose test.sh says how it was called, and a PATH with nothing but stand-ins.
    """
    (tmp_path / ".ci").mkdir()
    (tmp_path / "bin").mkdir()
    shutil.copy(ROOT / ".ci" / "run", tmp_path / ".ci" / "run")
    for name in NEEDED:
        (tmp_path / "bin" / name).symlink_to(str(shutil.which(name)))
    script(tmp_path / "test.sh", '#!/bin/sh\necho "test.sh in $PWD: $*"\nexit 3\n')
    return tmp_path


def script(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o755)


def run(tree: Path, *words: str, user: int = 0) -> tuple[list[str], list[str]]:
    """
    The lines that it prints, and the calls of apt-get.
    """
    calls = tree / "calls"
    calls.write_text("")
    script(tree / "bin" / "id", f"#!/bin/sh\necho {user}\n")
    environment = {"PATH": str(tree / "bin"), "CALLS": str(calls), "TMPDIR": str(tree)}
    done = subprocess.run(
        [tree / ".ci" / "run", *words], cwd="/", env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (3, "")
    return done.stdout.splitlines(), calls.read_text().splitlines()


def test_what_is_missing_is_installed_and_what_cannot_be_is_told(tree: Path) -> None:
    script(tree / "bin" / "apt-get", APT)
    script(tree / "bin" / "valgrind", "#!/bin/sh\n")
    before = sorted(tree.iterdir())
    lines, calls = run(tree, "--quick", "-k", "flags")

    assert lines == [
        ".ci/run: apt-get install chromium chromium-driver linux-perf",
        ".ci/run: linux-perf could not be installed",
        f"test.sh in {os.path.realpath(tree)}: --quick -k flags",
    ]
    options = "install --quiet --yes --no-install-recommends"
    assert calls == [
        "apt-get update --quiet (noninteractive)",
        *(f"apt-get {options} {name} (noninteractive)" for name in ("chromium", "chromium-driver", "linux-perf")),
    ]
    assert sorted(tree.iterdir()) == sorted([*before, tree / "calls"])


@pytest.mark.parametrize("why", ["nothing is missing", "not root", "no apt-get"])
def test_it_goes_straight_to_the_tests_otherwise(tree: Path, why: str) -> None:
    if why != "no apt-get":
        script(tree / "bin" / "apt-get", APT)
    if why == "nothing is missing":
        for name in ("chromium", "chromedriver", "valgrind", "perf"):
            script(tree / "bin" / name, "#!/bin/sh\n")
    lines, calls = run(tree, user=1000 if why == "not root" else 0)

    assert (lines, calls) == ([f"test.sh in {os.path.realpath(tree)}: "], [])
