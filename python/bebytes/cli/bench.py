"""
Time every scenario on some engines: the Rust crate bebytes, our Rust core, the native and the python backend, code by hand.

Each answer is checked first; a wrong one ends the run with exit code 1. Figures are nanoseconds an operation, the best of
many short rounds in which the engines take turns, in several processes one after the other.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from itertools import groupby
from types import ModuleType
from typing import TYPE_CHECKING, Any

from . import _choose, _record, bench_compare, bench_goals, bench_memory, bench_report
from ._choose import Refused

if TYPE_CHECKING:
    from bebytes.scenarios import Absent, Scenario

    from ._measure import Cells, Settings
    from ._show import Screen

HELP = "time encoding and decoding on every engine, with checked answers"

# Launches, rounds of each, seconds of a round.
FULL = (6, 16, 0.003)
QUICK = (5, 8, 0.002)

PREVIEW = "real/ipv4 udp dns/decode"

VERBS: dict[str, ModuleType] = {
    "compare": bench_compare,
    "goals": bench_goals,
    "memory": bench_memory,
    "report": bench_report,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """
    The options of the verb, and the verbs below it.
    """
    own = _Own(parser)
    _choose.add_scenarios(own)
    _choose.add_engines(own, "crate, core, native, python and floor")
    own.add_argument("--quick", action="store_true", help="fewer and shorter rounds")
    own.add_argument(
        "--launches",
        type=_choose.positive(int),
        metavar="N",
        help=f"processes that measure, one after the other (otherwise {FULL[0]}, with --quick {QUICK[0]});"
        " 1 measures in the command itself",
    )
    own.add_argument(
        "--rounds",
        type=_choose.positive(int),
        metavar="N",
        help=f"rounds of an engine and scenario in each launch (otherwise {FULL[1]}, with --quick {QUICK[1]})",
    )
    own.add_argument(
        "--seconds",
        type=_choose.positive(float),
        metavar="S",
        help=f"what a round takes (otherwise {FULL[2]}, with --quick {QUICK[2]}), but each input is taken once",
    )
    own.add_argument(
        "--iterations",
        type=_choose.positive(int),
        metavar="N",
        help="operations a round, on fast and slow engines alike, instead of what --seconds allows",
    )
    own.add_argument("--detail", action="store_true", help="a line a cell, with medians and intervals")
    _choose.add_outputs(own)
    verbs = parser.add_subparsers(title="other figures, and what is made of kept ones", metavar="[VERB]")
    for name, verb in VERBS.items():
        of_verb = verbs.add_parser(name, help=verb.HELP, description=verb.__doc__)
        of_verb.set_defaults(run=partial(_below, verb))
        verb.add_arguments(of_verb)


class _Own:
    """
    Adds options of the verb itself; the verbs below it have some of the same name.
    """

    PREFIX = "bench_"

    def __init__(self, parser: argparse.ArgumentParser) -> None:
        self._parser = parser

    def add_argument(self, *flags: str, **about: Any) -> None:
        self._parser.add_argument(*flags, dest=f"{self.PREFIX}{flags[0].removeprefix('--')}", **about)

    @classmethod
    def of(cls, arguments: argparse.Namespace) -> argparse.Namespace:
        """
        These options alone.
        """
        own = {name: value for name, value in vars(arguments).items() if name.startswith(cls.PREFIX)}
        return argparse.Namespace(**{name.removeprefix(cls.PREFIX): value for name, value in own.items()})


def _below(verb: ModuleType, arguments: argparse.Namespace) -> int:
    if given := [name for name, value in vars(_Own.of(arguments)).items() if value]:
        options = ", ".join(f"--{name}" for name in given)
        print(f"bebytes bench: {options} in front of a verb means nothing; options stand behind it", file=sys.stderr)
        return 2
    code: int = verb.run(arguments)
    return code


def run(arguments: argparse.Namespace) -> int:
    """
    Do what the options say.
    """
    if _choose.lacks_rich("bebytes bench", "its tables need"):
        return 2

    from ._show import Screen

    with Screen() as screen:
        return _bench(_Own.of(arguments), screen)


def _bench(arguments: argparse.Namespace, screen: "Screen") -> int:
    from . import _engines
    from ._launches import BrokenOff
    from ._measure import Settings

    launches, rounds, seconds = QUICK if arguments.quick else FULL
    settings = Settings(
        arguments.launches or launches,
        arguments.rounds or rounds,
        arguments.seconds or seconds,
        arguments.iterations or 0,
    )
    try:
        if arguments.seconds and arguments.iterations:
            raise Refused("--seconds and --iterations both say how long a round is; give one of them")
        _choose.folder_of(arguments.json)
        if arguments.save is not None:
            _record.path_of(arguments.save)
        names = _choose.engines(arguments.engines, _engines.NAMES, _engines.DEFAULT)
        loaded = _choose.scenarios(arguments.group, arguments.scenario)
        wanted = arguments.engines is not None and "all" not in arguments.engines
        record, failed = _Run(loaded, names, settings, screen, wanted, arguments.detail).whole()
        if arguments.json is not None:
            _record.write(arguments.json, record)
            screen.line(f"written: {arguments.json}")
        if arguments.save is not None:
            screen.line(f"kept: {_record.keep(arguments.save, record)}")
    except (Refused, _engines.Refused, _record.RecordError, BrokenOff) as e:
        screen.end()
        print(f"bebytes bench: {e}", file=sys.stderr)
        return 2
    return 1 if failed else 0


class _Run:
    """
    One run of the command.
    """

    def __init__(
        self,
        loaded: "Sequence[Scenario | Absent]",
        names: Sequence[str],
        settings: "Settings",
        screen: "Screen",
        wanted: bool,
        detail: bool,
    ) -> None:
        """
        Begin a run.

        Args:
            loaded: the rows.
            names: the engines.
            settings: how long to measure.
            screen: where all of it stands.
            wanted: whether an engine that cannot run is an error.
            detail: whether each cell is a line.
        """
        from ._measure import Cells

        self._loaded = loaded
        self._names = names
        self._settings = settings
        self._screen = screen
        self._wanted = wanted
        self._detail = detail
        self._cells: Cells = Cells()
        self._missing: dict[str, str] = {}
        self._record: dict[str, Any] = {}
        self._launch = ""

    def whole(self) -> tuple[dict[str, Any], bool]:
        """
        Measure and show everything; the record, and whether a check failed.
        """
        from . import _launches

        try:
            _launches.run(
                self._loaded,
                self._names,
                self._settings,
                self._opened,
                self._screen.note,
                self._step,
                self._cells,
            )
        finally:
            # Of a run that is broken off, what there is.
            if self._record:
                self._show()
        self._record |= _rows(self._loaded, self._cells)
        return self._record, self._verdict()

    def _opened(self, facts: dict[str, Any], missing: dict[str, str]) -> None:
        if self._wanted and missing:
            raise Refused("; ".join(f"{engine}: {reason}" for engine, reason in missing.items()))
        self._missing = missing
        self._record = _record.begin(facts, missing) | asdict(self._settings)
        _head(self._record, self._screen)
        _preview(self._loaded, self._screen)
        groups = dict.fromkeys(s.group.replace("_", " ") for s in self._loaded if hasattr(s, "operation"))
        self._screen.section(f"measuring {', '.join(groups)} on {', '.join(facts)}")
        self._screen.expect(self._settings.launches * self._settings.rounds * len(groups))

    def _step(self, doing: str) -> None:
        launch, colon, _ = doing.partition(":")
        if colon and launch != self._launch:
            self._launch = launch
            self._screen.section(launch)
        self._screen.step(doing)

    def _show(self) -> None:
        from . import _summary
        from ._table import Tables

        tables = Tables(self._screen, self._loaded, self._names, self._missing, self._cells)
        for _, members in groupby(self._loaded, lambda s: s.group):
            rows = [s for s in members if not hasattr(s, "operation") or s.key in self._cells]
            if rows:
                tables.show(rows, self._detail)
        tables.legend()
        _summary.show(self._screen, self._cells, self._names, self._loaded)

    def _verdict(self) -> bool:
        from bebytes.scenarios import Scenario

        wrong = [
            f"{engine}, {key}: {failure}"
            for key, cells in self._cells.items()
            for engine, cell in cells.items()
            for failure in cell.failures[:3]
        ]
        self._screen.line()
        for text in wrong:
            self._screen.line(f"WRONG: {text}", "red")
        checked = sum(not cell.absent for cells in self._cells.values() for cell in cells.values())
        if wrong:
            self._screen.line("Some answers were wrong; see above.")
        elif checked:
            counts = sorted({len(s.data) for s in self._loaded if isinstance(s, Scenario)})
            inputs = " to ".join(map(str, dict.fromkeys((counts[0], counts[-1]))))
            self._screen.line(
                f"All answers of {checked} cell{'s' * (checked != 1)} were right, each on {inputs} inputs."
            )
        return bool(wrong)


def _head(record: dict[str, Any], screen: "Screen") -> None:
    from ._engines import NAMES, TITLES

    screen.line(f"bebytes {record['bebytes']} bench", "bold")
    pairs = [
        ("machine", record["machine"]),
        ("interpreter", record["interpreter"]),
        ("compiler", record["compiler"] or "no rustc on the PATH"),
    ]
    pairs += [
        (name, f"{TITLES[name]}: {_engine_facts(record['engines'][name])}")
        for name in NAMES
        if name in record["engines"]
    ]
    rounds = f"{record['launches']} × {record['rounds']}".replace("×", screen.times)  # noqa: RUF001 (the sign that is meant)
    size = f"{record['iterations']:,} operations" if record["iterations"] else f"{1000 * record['seconds']:g} ms"
    figures = f"ns an operation, the best of {rounds} rounds of {size}; in each launch, the engines take turns in random order"
    screen.pairs([*pairs, ("figures", figures)], 12)


def _engine_facts(facts: dict[str, Any]) -> str:
    if "absent" in facts:
        return f"no figures: {facts['absent']}"
    parts = [f"version {facts['version']}"] if "version" in facts else []
    parts += [f"{facts['profile']} build"] if "profile" in facts else []
    parts += [f"as on the wire: {', '.join(facts['raw'])}"] if "raw" in facts else []
    return ", ".join([*parts, f"its loop takes {facts['loop_ns']:.1f} ns of each figure"])


def _preview(loaded: "Sequence[Scenario | Absent]", screen: "Screen") -> None:
    from bebytes import Codec
    from bebytes._schema import schema_of
    from bebytes.scenarios import Scenario

    scenario = next((s for s in loaded if isinstance(s, Scenario) and s.key == PREVIEW), None)
    if scenario is None:
        return
    # The second is an answer, which holds more than a question.
    raw = scenario.data[1]
    codec = Codec(scenario.schema, byteorder=scenario.byteorder)
    value = codec.decode(raw)
    again = codec.encode(value)
    verdict = f"the same {len(raw)} bytes" if again == raw else f"OTHER BYTES: {again.hex(' ')}"
    fields = [(f"  {f.name}", repr(getattr(value, f.name))) for f in schema_of(scenario.schema).fields]
    screen.line()
    screen.line(f"a real message ({scenario.about})", "bold")
    screen.pairs([("bytes", raw.hex(" ")), ("decoded", ""), *fields, ("encoded", verdict)], 12)


def _rows(loaded: "Sequence[Scenario | Absent]", cells: "Cells") -> dict[str, Any]:
    from bebytes.scenarios import Absent

    return {
        "rows": [_record.row(s, cells.get(s.key, {})) for s in loaded if not isinstance(s, Absent)],
        "absent": [{"group": s.group, "name": s.name, "reason": s.reason} for s in loaded if isinstance(s, Absent)],
    }
