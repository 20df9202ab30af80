"""
What environments and builds are made from, for the shell scripts.

`requirements SET...` prints what to install for sets of pyproject.toml, `stamps SET...` a fingerprint of each set, and
`build PROFILE [PACKAGE]` a fingerprint of a build for the Python that runs this, with the extension in that directory or in
place.
"""

import hashlib
import re
import sys
import sysconfig
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent

# What the extension and its metadata are made from; the Python files are not: they are used where they are.
BUILD_FILES = ("Cargo.toml", "Cargo.lock", "build.rs", "src/**/*.rs")


def requirements(project: dict[str, Any], sets: list[str]) -> list[str]:
    """
    The requirements of dependency groups and extras, without repetition; for an extra of the project, what it names.

    Older pips know no `--group`, and the extras of an uninstalled project cannot be asked for alone.
    """
    groups = project["dependency-groups"] | project["project"]["optional-dependencies"]
    found = set()
    waiting = [*sets]
    while waiting:
        for line in groups[waiting.pop()]:
            if extra := re.fullmatch(rf"{project['project']['name']}\[([\w-]+)\]", line):
                waiting.append(extra[1])
            else:
                found.add(line)
    return sorted(found)


def build(project: dict[str, Any], profile: str, package: Path = ROOT / "python" / "bebytes") -> str:
    """
    A fingerprint of a build: all that goes into it, and the extension that came out.

    The extension counts so that a build by another hand, in another profile, is noticed.
    """
    digest = hashlib.sha256(f"{profile} {sys.version} {project['project']} {project['tool']['maturin']}".encode())
    for pattern in BUILD_FILES:
        for path in sorted(ROOT.glob(pattern)):
            content = path.read_bytes()
            digest.update(f"{path.relative_to(ROOT)} {len(content)} ".encode() + content)
    extension = package / f"_core{sysconfig.get_config_var('EXT_SUFFIX')}"
    made = extension.stat() if extension.exists() else None
    return f"{digest.hexdigest()} {made.st_size} {made.st_mtime_ns}" if made else f"{digest.hexdigest()} absent"


def main(verb: str, *arguments: str) -> None:
    """
    Print what was asked for.
    """
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    if verb == "requirements":
        print("\n".join(requirements(project, list(arguments))))
    elif verb == "stamps":
        for name in arguments:
            lines = "\n".join(requirements(project, [name]))
            print(name, hashlib.sha256(lines.encode()).hexdigest())
    else:
        profile, *package = arguments
        print(build(project, profile, *map(Path, package)))


if __name__ == "__main__":
    main(*sys.argv[1:])
