"""
Read the files that callgrind writes.
"""

import re
from collections import defaultdict
from pathlib import Path

Costs = dict[str, dict[str, int]]
"""By function what its own instructions cost, by the name of the event: `Ir` instructions, `D1mr` misses in reading, …"""

_NAMED = re.compile(r"\((\d+)\)(?: (.*))?$")


def read(path: Path) -> Costs:
    """
    The costs of a file; what was inlined into a function is the function's, and so are its recursive calls.
    """
    costs: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    names: dict[str, str] = {}
    events: list[str] = []
    places = 1
    function = ""
    of_call = False
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        if line.startswith("events:"):
            events = line.split()[1:]
        elif line.startswith("positions:"):
            # The line, behind the address if that was asked for.
            places = len(line.split()) - 1
        elif line.startswith("fn="):
            function = _name(line[3:], names)
        elif line.startswith("cfn="):
            _name(line[4:], names)
        elif line.startswith("calls="):
            of_call = True
        elif line[:1].isdigit() or line[:1] in ("+", "-", "*"):
            # The line behind `calls=` is what the called function cost.
            if not of_call:
                for event, cost in zip(events, line.split()[places:], strict=False):
                    costs[function][event] += int(cost)
            of_call = False
    return {name: dict(by_event) for name, by_event in costs.items()}


def _name(text: str, names: dict[str, str]) -> str:
    # A name stands once, behind its number; later there is only the number.
    found = _NAMED.match(text)
    if found is None:
        return plain(text)
    number, name = found.groups()
    if name is not None:
        names[number] = plain(name)
    return names[number]


def plain(name: str) -> str:
    """
    A function without what tells its instances apart: the depth of recursion, the hash of a symbol.
    """
    return re.sub(r"::h[0-9a-f]{16}$", "", re.sub(r"'\d+$", "", name))


def difference(more: Costs, less: Costs) -> Costs:
    """
    What one run cost beyond another.
    """
    return {
        name: {event: cost - less.get(name, {}).get(event, 0) for event, cost in by_event.items()}
        for name, by_event in more.items()
    }


def total(costs: Costs) -> dict[str, int]:
    """
    The sum over all functions, by event.
    """
    found: defaultdict[str, int] = defaultdict(int)
    for by_event in costs.values():
        for event, cost in by_event.items():
            found[event] += cost
    return found
