"""
Print what an engine makes of a scenario's layout, to judge whether it is what a person would write.

    python benches/source.py floor 'real/ipv4 header'
    python benches/source.py construct real --byteorder little
"""

import argparse
import sys

from bebytes import scenarios
from bebytes.cli import _engines
from bebytes.cli._layouts import EngineError, Unsupported


def main() -> int:
    parser = argparse.ArgumentParser(description="Print the declaration that an engine makes of a layout.")
    parser.add_argument("engine", help="one of those in benches/engines")
    parser.add_argument("scenario", metavar="GROUP[/NAME]", help="which layouts")
    parser.add_argument("--byteorder", choices=("big", "little"), help="instead of the scenario's own")
    arguments = parser.parse_args()
    names = [name for name in _engines.NAMES if name not in _engines.PROGRAMS]
    if arguments.engine not in names:
        parser.error(f"no engine is called {arguments.engine}; there are {', '.join(names)}")
    try:
        chosen = scenarios.select(arguments.scenario)
        engine = _engines.open_python(arguments.engine)
    except (ValueError, EngineError, _engines.Refused) as e:
        parser.error(str(e))
    layouts = {(s.schema, arguments.byteorder or s.byteorder): s for s in chosen if isinstance(s, scenarios.Scenario)}
    for (cls, byteorder), s in layouts.items():
        sys.stdout.write(f"# {arguments.engine}: {s.group}/{s.name}, {byteorder}-endian\n\n")
        try:
            source = engine.layout(cls, byteorder).source or "# the class itself, in a Codec"
            sys.stdout.write(f"{source}\n")
        except Unsupported as e:
            sys.stdout.write(f"# not supported: {e}\n\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
