"""
The measured pieces of work: seven groups of made-up layouts, two of real data, those that grow, and those of the goals.

Each group is a file with a function `scenarios()`. To add a scenario, add it there; `bebytes bench`, the profilers and the
tests find it.

>>> from bebytes import scenarios
>>> scenario = scenarios.find("primitives/u16/decode")
>>> scenario.failures()
[]
"""

from collections.abc import Iterable
from importlib import import_module

from ._export import left_out, write_scenarios
from ._model import INPUTS, Absent, Case, Operation, Scenario, Work

__all__ = [
    "FOUND",
    "GROUPS",
    "GROWTH",
    "INPUTS",
    "LAYOUTS",
    "Absent",
    "Case",
    "Operation",
    "Scenario",
    "Work",
    "find",
    "left_out",
    "load",
    "select",
    "write_scenarios",
]

GROUPS = ("primitives", "bit_fields", "enums", "vectors", "nested", "arrays", "mixed", "real", "formats")
"""The groups that are measured where none is named."""

FOUND = ("real", "formats")
"""Groups of data that is found on the machine, and so is not the same on every one."""

GROWTH = ("growth_fields", "growth_bytes", "growth_items", "growth_telemetry", "growth_depth")
"""Groups in which one layout grows; the name of each scenario is the amount, in digits."""

LAYOUTS = ("layouts",)
"""The group that `bebytes bench goals` measures."""


def load(groups: Iterable[str] = GROUPS) -> list[Scenario | Absent]:
    """
    All scenarios of some groups, in the order of `GROUPS`, `GROWTH` and `LAYOUTS`.

    The groups `real` and `formats` read their files, and `real` sends its messages, now; what is not there is an `Absent`.

    Raises:
        ValueError: no group has that name.
    """
    wanted = set(groups)
    known = (*GROUPS, *GROWTH, *LAYOUTS)
    if unknown := wanted.difference(known):
        raise ValueError(f"no group is called {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    return [s for group in known if group in wanted for s in import_module(f"{__name__}.{group}").scenarios()]


def find(key: str) -> Scenario:
    """
    The scenario at `group/name/operation`.

    Raises:
        ValueError: there is none; the text lists those of the group, or says why it is absent.
    """
    group, _, name = key.partition("/")
    found = load([group])
    for s in found:
        if isinstance(s, Scenario) and s.key == key:
            return s
        if isinstance(s, Absent) and name.partition("/")[0] == s.name:
            raise ValueError(f"{key}: {s.reason}")
    keys = [s.key for s in found if isinstance(s, Scenario)]
    raise ValueError(f"no scenario is called {key}; {group} has {', '.join(keys)}")


def select(pattern: str) -> list[Scenario | Absent]:
    """
    The scenarios of `group`, `group/name` or `group/name/operation`.

    >>> from bebytes import scenarios
    >>> [s.key for s in scenarios.select("primitives/u16")]
    ['primitives/u16/encode', 'primitives/u16/decode']

    Raises:
        ValueError: there are none; the text lists those that there are.
    """
    group, _, rest = pattern.partition("/")
    loaded = load([group])
    if not rest:
        return loaded
    found = [s for s in loaded if rest in (s.name, s.key.partition("/")[2])]
    if not found:
        known = dict.fromkeys(s.name for s in loaded)
        raise ValueError(f"no scenario is called {pattern}; {group} has {', '.join(known)}")
    return found
