"""
What a person chooses on the command line: engines and rows, and what is said where there is no such thing.
"""

import argparse
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from ._files import unwritable

if TYPE_CHECKING:
    from bebytes.scenarios import Absent, Scenario


MOST = 1_000_000_000
"""The greatest number that an option takes."""


class Parser(Protocol):
    """
    What takes options.
    """

    def add_argument(self, *flags: str, **about: Any) -> object:
        """As `argparse.ArgumentParser` does."""
        ...


class Refused(Exception):
    """
    The run cannot start; the text says what to do.
    """


def add_engines(parser: Parser, default: str) -> None:
    """
    The option that `engines` takes.
    """
    parser.add_argument(
        "--engines",
        "--engine",
        type=names,
        action="extend",
        metavar="NAMES",
        help=f"only these engines, with commas between, or all; otherwise {default}",
    )


def add_scenarios(parser: Parser) -> None:
    """
    The options that `scenarios` takes.
    """
    parser.add_argument("--group", type=names, action="extend", metavar="NAMES", help="only these groups of scenarios")
    parser.add_argument(
        "--scenario",
        action="append",
        metavar="GROUP[/NAME[/OPERATION]]",
        help="only these scenarios; may be given several times",
    )


def names(text: str) -> list[str]:
    """
    Names with commas between.
    """
    found = [name.strip() for name in text.split(",")]
    if "" in found:
        raise argparse.ArgumentTypeError("a name is missing")
    return found


def positive(kind: type) -> Any:
    """
    A type for `add_argument`: a number above 0, and one that lets a run end.
    """

    def parse(text: str) -> Any:
        value = kind(text)
        if not value > 0:
            raise argparse.ArgumentTypeError(f"{text} is not above 0")
        if value > MOST:
            raise argparse.ArgumentTypeError(f"{text} is above {MOST:,}")
        return value

    parse.__name__ = kind.__name__
    return parse


def folder_of(file: Path | None) -> None:
    """
    Check that a file of `--json` can be written, before what takes long.

    Raises:
        Refused: it is a folder, or its folder is not there.
    """
    if file is not None and (reason := unwritable(file)):
        raise Refused(f"--json {file}: {reason}")


def engines(asked: Sequence[str] | None, known: Sequence[str], default: Sequence[str]) -> list[str]:
    """
    The engines that are asked for, in the order of the known ones.

    Raises:
        Refused: one of them is not known.
    """
    if asked is None:
        return list(default)
    if "all" in asked:
        return list(known)
    if unknown := sorted(set(asked).difference(known)):
        raise Refused(f"--engines: no engine is called {', '.join(unknown)}; there are {', '.join(known)}, and all")
    return [name for name in known if name in asked]


def scenarios(groups: Sequence[str] | None, addresses: Sequence[str] | None) -> "list[Scenario | Absent]":
    """
    The rows that are asked for, the groups in the order in which they were named, or all.

    Raises:
        Refused: there is no such group or scenario.
    """
    from bebytes import scenarios as all_scenarios

    found: list[Scenario | Absent] = []
    try:
        if groups or not addresses:
            found += all_scenarios.load(groups or all_scenarios.GROUPS)
        for address in addresses or ():
            found += all_scenarios.select(address)
    except ValueError as e:
        raise Refused(str(e)) from None
    order = list(dict.fromkeys(s.group for s in found))
    return sorted({s.key: s for s in found}.values(), key=lambda s: order.index(s.group))


def add_outputs(parser: Parser) -> None:
    """
    The options that say where figures are kept.
    """
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures, and what they ran on, to FILE")
    parser.add_argument(
        "--save", metavar="NAME", help="keep them in benches/record under that name, over what has it already"
    )


def lacks_rich(command: str, what: str) -> bool:
    """
    Whether the library of tables is not installed; if so, that is said.

    Args:
        command: who says it.
        what: what needs it, and the verb: "its tables need".
    """
    lacks = find_spec("rich") is None
    if lacks:
        print(f"{command}: {what} rich; pip install 'bebytes[cli]' brings it", file=sys.stderr)
    return lacks
