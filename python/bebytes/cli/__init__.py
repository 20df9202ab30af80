"""
The command `bebytes`; each verb is a file of this folder.

A verb's module has `HELP`, `add_arguments(parser)` and `run(arguments) -> exit code`.
Exit codes: 0 all well, 1 a check failed, 2 the command could not run, 130 it was interrupted.
"""

import argparse
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from types import ModuleType

from . import bench, explain, profile

__all__ = ["main"]

VERBS: dict[str, ModuleType] = {"bench": bench, "explain": explain, "profile": profile}


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Run the command; `arguments` are those of the process where none are given.
    """
    parser = argparse.ArgumentParser(prog="bebytes", description="Tools for bebytes, the library for binary layouts.")
    parser.add_argument("--version", action="version", version=f"bebytes {installed_version()}")
    verbs = parser.add_subparsers(title="verbs", metavar="VERB", required=True)
    for name, verb in VERBS.items():
        of_verb = verbs.add_parser(name, help=verb.HELP, description=verb.__doc__)
        # Before its arguments: a verb may have verbs of its own, each with its own `run`.
        of_verb.set_defaults(run=verb.run)
        verb.add_arguments(of_verb)
    parsed = parser.parse_args(arguments)
    try:
        code: int = parsed.run(parsed)
    except KeyboardInterrupt:
        print("\ninterrupted", file=sys.stderr)
        return 130
    return code


def installed_version() -> str:
    """
    The version of the installed package.
    """
    try:
        return version("bebytes")
    except PackageNotFoundError:
        return "(not installed)"
