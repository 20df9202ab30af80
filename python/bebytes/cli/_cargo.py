"""
The Rust programs of benches/engines, built where there is a checkout and cargo.
"""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import bebytes

EXAMPLES = {"crate": "engine_crate", "core": "engine_core", "counts": "counts"}


class BuildError(Exception):
    """
    No program, and why.
    """


def checkout() -> Path | None:
    """
    The repository this package runs from or in, if there is one.
    """
    for folder in (Path(bebytes.__file__).resolve().parents[2], Path.cwd()):
        if (folder / "benches" / "engines" / "core.rs").exists():
            return folder
    return None


def command(names: list[str]) -> list[str]:
    """
    The command that builds some engines.
    """
    examples = [part for name in names for part in ("--example", EXAMPLES[name])]
    return ["cargo", "build", "--release", "--locked", *examples]


def build(root: Path, names: list[str], note: Callable[[str], None] = lambda _: None) -> dict[str, Path]:
    """
    Build some engines in the release profile and return where they are.

    Args:
        root: the repository.
        names: which.
        note: told that it takes a while, once there is something to build.

    Raises:
        BuildError: cargo is missing, or fails.
    """
    if shutil.which("cargo") is None:
        raise BuildError("needs cargo (https://rustup.rs), which is not on the PATH")
    words = [*command(names), "--message-format", "json-render-diagnostics"]
    said: list[str] = []
    # A file, as nobody reads one pipe while the other is waited for.
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8") as answers,
        subprocess.Popen(words, cwd=root, stdout=answers, stderr=subprocess.PIPE, text=True) as process,
    ):
        assert process.stderr is not None, "it is a pipe"
        for line in process.stderr:
            # What is up to date is passed over in silence.
            if "Compiling" in line and not any("Compiling" in earlier for earlier in said):
                note(f"building the Rust engines, which takes a minute or two: {' '.join(command(names))}")
            said.append(line.rstrip())
        failed = process.wait()
        answers.seek(0)
        messages = [json.loads(line) for line in answers if line.startswith("{")]
    if failed:
        errors = [line for line in said if line.startswith("error")]
        raise BuildError(f"`{' '.join(command(names))}` failed: {' / '.join(errors or said)}")
    found = {m["target"]["name"]: m["executable"] for m in messages if m.get("executable")}
    return {name: Path(found[EXAMPLES[name]]) for name in names}


def output(*words: str, cwd: Path | None = None) -> str:
    """
    What a small command prints, or "" where it cannot run.
    """
    try:
        return subprocess.run(words, cwd=cwd, capture_output=True, text=True, check=True, timeout=10).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return ""
