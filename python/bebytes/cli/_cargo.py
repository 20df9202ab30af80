"""
The Rust programs of benches/engines, built where there is a checkout and cargo.
"""

import json
import shutil
import subprocess
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


def build(root: Path, names: list[str]) -> dict[str, Path]:
    """
    Build some engines in the release profile and return where they are.

    Raises:
        BuildError: cargo is missing, or fails.
    """
    if shutil.which("cargo") is None:
        raise BuildError("needs cargo (https://rustup.rs), which is not on the PATH")
    ran = subprocess.run(
        [*command(names), "--message-format", "json-render-diagnostics"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        errors = [line for line in ran.stderr.splitlines() if line.startswith("error")]
        raise BuildError(f"`{' '.join(command(names))}` failed: {' / '.join(errors) or ran.stderr.strip()}")
    messages = [json.loads(line) for line in ran.stdout.splitlines() if line.startswith("{")]
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
