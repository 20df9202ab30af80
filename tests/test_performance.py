"""
docs/performance.md is what the records give: its tables, its plots, and the programs that make them.
"""

import gc
import importlib
import json
import re
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from bebytes import available_backends
from bebytes.cli import _record

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "profiling"))

callgrind = importlib.import_module("callgrind")
costs = importlib.import_module("costs")
figures = importlib.import_module("figures")
performance = importlib.import_module("performance")
plots = importlib.import_module("plots")
tables = importlib.import_module("tables")

needs_matplotlib = pytest.mark.skipif(
    find_spec("matplotlib") is None, reason="matplotlib is not installed; the dependency group docs has it"
)


def cell(ns: float) -> dict[str, Any]:
    return {"best_ns": ns, "median_ns": ns, "operations": 10, "samples_ns": [ns]}


def row(key: str, **engines: dict[str, Any]) -> dict[str, Any]:
    group, name, operation = key.split("/")
    return {"group": group, "name": name, "operation": operation, "about": "", "engines": engines}


def record(*rows: dict[str, Any]) -> dict[str, Any]:
    facts = dict.fromkeys(("bebytes", "commit", "machine", "interpreter", "compiler"), "some")
    names = dict.fromkeys(name for r in rows for name in r["engines"])
    return {
        "form": 1,
        "date": "2026-01-02T03:04:05+00:00",
        **facts,
        "engines": {name: {} for name in names},
        "rows": rows,
    }


GROWN = record(
    *(
        row(f"{group}/{amount}/{operation}", native=cell(10 + 2 * amount), python=cell(1000 + 100 * amount))
        for group in plots.GROWTH
        for operation in ("decode", "encode")
        for amount in (16, 1, 4)
    )
)
SUITE = record(
    row("enums/a/encode", crate={"absent": "no such type"}, native=cell(100), python=cell(400)),
    row("enums/a/decode", crate=cell(50), native=cell(100), python=cell(2500)),
    row("enums/b/decode", crate=cell(400), native=cell(100), python=cell(400)),
)


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """
    A folder of records with one of growth and one of engines.
    """
    folder = tmp_path / "record"
    folder.mkdir()
    monkeypatch.setattr(_record, "folder", lambda: folder)
    for name, form in (("growth", GROWN), ("suite", SUITE)):
        (folder / f"{name}.json").write_text(json.dumps(form))
    return folder


def test_the_document_is_what_the_records_give(capsys: pytest.CaptureFixture[str]) -> None:
    """If this fails, run profiling/performance.sh."""
    assert performance.main(["--check"]) == 0, capsys.readouterr().err


def test_the_document_shows_each_plot() -> None:
    text = performance.DOCUMENT.read_text()
    assert set(re.findall(r"\]\((\w+)\.svg\)", text)) == set(figures.PLOTS)


def test_every_record_of_the_document_is_kept_small() -> None:
    files = [_record.path_of(name) for name in tables.RECORDS if figures.recorded(name)]
    assert sum(file.stat().st_size for file in files) < 3_000_000


class TestTables:
    def test_ratios_are_to_native(self, kept: Path) -> None:
        crate, python = tables.engines().splitlines()[2:]

        assert python.split(" | ")[1:4] == ["4.00", "4.00 to 4.00", "1"]
        assert crate.split(" | ")[1:4] == ["", "", "0"]
        # The geometric means of 1/2 and 4, and of 25 and 4.
        assert crate.split(" | ")[4:] == ["1.41", "0.50 to 4.00", "2 |"]
        assert python.split(" | ")[4:] == ["10.0", "4.00 to 25.0", "2 |"]

    def test_the_order_of_engines_is_counted(self, kept: Path) -> None:
        assert tables.order().splitlines() == [
            "- Rust crate: slower than native in 1 of 2 rows, faster in the others.",
            "- plain Python: slower than native in all 3 rows.",
        ]

    def test_a_mean_over_fewer_scenarios_is_left_out(self, kept: Path) -> None:
        assert tables.groups().splitlines()[2:] == [
            "| enums | encode |  | 100 | 400 |",
            "| enums | decode | 141 | 100 | 1,000 |",
        ]

    def test_growth_is_the_cost_of_a_step(self, kept: Path) -> None:
        lines = tables.growth("growth_items").splitlines()

        assert lines[0] == "| operation | engine | ns at 1 | ns at 16 | ns for a struct more |"
        assert lines[2:4] == [
            "| encode | native | 12.0 | 42.0 | 2.00 |",
            "| encode | plain Python | 1,100 | 2,600 | 100 |",
        ]
        assert tables.growth("growth_bytes").splitlines()[2] == "| encode | native | 12.0 | 42.0 | 2,000 |"

    @pytest.mark.parametrize(
        ("value", "text"), [(0.2749, "0.27"), (9.994, "9.99"), (9.996, "10.0"), (99.96, "100"), (12_345.6, "12,346")]
    )
    def test_numbers_have_three_digits(self, value: float, text: str) -> None:
        assert tables.number(value) == text

    def test_what_is_emptied_is_told_by_the_figures(self, kept: Path) -> None:
        rows = [
            {"operation": operation, "loop": loop, "best_ns": ns}
            for operation, loop, ns in (
                ("encode", "dropped", 0.25),
                ("encode", "kept", 20),
                ("decode", "dropped", 1),
                ("decode", "kept", 1.2),
            )
        ]
        (kept / "emptied.json").write_text(json.dumps({"kind": "emptied", "rows": rows}))

        assert tables.emptied().splitlines()[-2:] == [
            "The encode that the optimiser sees through shows 80 times too little.",
            "With this compiler, both loops of decode show about the same.",
        ]

    def test_what_is_counted_grows_by_the_step(self, kept: Path) -> None:
        counts = {
            f"growth_bytes/{amount}/{operation}": {"instructions": 100 + amount * factor, "blocks": 1}
            for operation, factor in (("encode", 2), ("decode", 0.5))
            for amount in (16, 65_536, 1024)
        }
        (kept / "counts.json").write_text(json.dumps({"scenarios": counts}))

        assert tables.growth_counted("growth_bytes") == (
            "Counted on the core, 1,000 bytes more is: encode 2,000 instructions and 0.00 heap blocks;"
            " decode 500 instructions and 0.00 heap blocks."
        )

    def test_allocations_are_of_everyday_layouts(self, kept: Path) -> None:
        count = {"instructions": 1234.5, "bytes": 8.0, "peak": 16, "blocks": 2.25}
        keys = ("bit_fields/a b/encode", "bit_fields/a b/round trip", "growth_depth/1/encode")
        (kept / "counts.json").write_text(json.dumps({"scenarios": dict.fromkeys(keys, count)}))

        assert tables.allocations().splitlines()[2:] == ["| bit fields, a b | encode | 1,234 | 8 | 16 | 2.2 |"]

    def weighed(self, kept: Path, native: float) -> None:
        weights = {"kept_blocks": 2.04, "bare_bytes": 1, "transient_bytes": 7}
        cells = {
            "native": weights | {"kept_bytes": native},
            "python": weights | {"kept_bytes": 100, "transient_bytes": 9},
        }
        rows = [row("enums/a/decode", **cells), row("enums/a/encode", **cells, ctypes={"absent": "no"})]
        form = record(*(r | {"bytes": [3, 5]} for r in rows)) | {"kind": "memory"}
        (kept / "memory.json").write_text(json.dumps(form))

    def test_objects_are_what_a_decode_leaves(self, kept: Path) -> None:
        self.weighed(kept, 110)

        assert tables.objects().splitlines()[0].startswith("| scenario | message | native | plain Python | ctypes |")
        assert tables.objects().splitlines()[2:] == ["| enums, a | 3 to 5 | 110 | 100 |  | 2.0 |"]
        assert tables.heavier().startswith("In none of the 1 rows ")
        assert tables.meanwhile().splitlines()[4] == "| plain Python | encode | 9 | 9 | 1 |"

    def test_heavier_objects_are_named(self, kept: Path) -> None:
        self.weighed(kept, 250)

        assert "In 1 of 1 rows" in tables.heavier()
        assert "enums, a (2.50 times as much)" in tables.heavier()

    def test_goals_are_limits_figures_and_verdicts(self, kept: Path) -> None:
        about = {"part": "calls", "goal": "decode", "sign": "<=", "limit": 0.45, "unit": "F", "rule": "mean"}
        figure = {"measured": 0.5, "worst": "b", "worst_measured": 1.0, "by": {"a": 0.25, "b": 1.0}}
        aims = [
            about | figure | {"met": False},
            about | figure | {"met": True, "by": {"a": 0.5}},
            about | {"met": None, "reason": "no floor"},
        ]
        times = [
            row("layouts/a/decode", **{"floor": cell(100), "native:held": cell(45), "native:loop": cell(9)}),
            row("layouts/a/encode", **{"floor": cell(50), "native:method": {"absent": "no"}}),
            row("mixed/a/decode", **{"core:reused": cell(5)}),
        ]
        form = record(*times) | {"kind": "goals", "goals": aims}
        (kept / "goals.json").write_text(json.dumps(form))

        assert tables.goals().splitlines()[2:] == [
            "| calls | decode | ≤ 0.45 F | 0.50 F | b 1.00 F | **not met** |",
            "| calls | decode | ≤ 0.45 F | 0.50 F |  | met |",
            "| calls | decode | ≤ 0.45 F |  |  | not measured: no floor |",
        ]
        assert tables.goals_calls().splitlines()[2:] == ["| a | 100 | 45.0 | 0.45 |  |  |  |"]

    def test_formats_are_shown_beside_other_libraries(self, kept: Path) -> None:
        rivals = {"construct:uncompiled": cell(50_000), "construct": cell(30_000), "kaitai": cell(9000)}
        times = [
            row("layouts/a/decode", **{"native:held": cell(1)}),
            row("formats/png/decode", **{"native:held": cell(2000), **rivals}),
            row("formats/dns/decode", **{"native:held": cell(4000), "construct": {"absent": "no"}}),
            row("formats/elf/decode", **{"native:held": {"failures": ["wrong"]}, "construct": cell(5)}),
        ]
        form = record(*times) | {"kind": "goals", "goals": []}
        (kept / "goals.json").write_text(json.dumps(form))

        heads = "native | construct | ÷ native | construct compiled | ÷ native | Kaitai Struct | ÷ native"
        assert tables.formats().splitlines()[0] == f"| format | what | {heads} |"
        assert tables.formats().splitlines()[2:] == [
            "| png |  | 2,000 | 50,000 | 25.0 | 30,000 | 15.0 | 9,000 | 4.50 |",
            "| dns |  | 4,000 |  |  |  |  |  |  |",
        ]
        (kept / "goals.json").write_text(json.dumps(form | {"rows": times[:1]}))
        assert tables.formats() == "The record has none of them yet."

    def test_parts_are_shares_by_kind(self, kept: Path) -> None:
        parts = [
            {"path": "", "kind": "call", "ns": 10, "create_ns": 0},
            {"path": "a", "kind": "int", "ns": 60, "create_ns": 5},
            {"path": "b", "kind": "int", "ns": 30, "create_ns": None},
        ]
        cell = costs.by_kind({"whole_ns": 101, "parts_ns": 100, "parts": parts})
        assert cell == {"whole_ns": 101, "parts_ns": 100, "create_ns": 5, "kinds": {"call": 10, "int": 90}}
        form = record(row("enums/a/decode", native=cell)) | {"kind": "parts"}
        (kept / "parts.json").write_text(json.dumps(form))

        assert tables.parts().splitlines() == [
            "| scenario | operation | engine | ns | the call | numbers |",
            "| --- | --- | --- | ---: | ---: | ---: |",
            "| enums, a | decode | native | 101 | 10% | 90% |",
        ]
        cell["kinds"]["odd"] = 1
        (kept / "parts.json").write_text(json.dumps(form))
        with pytest.raises(ValueError, match="kinds without a column: odd"):
            tables.parts()

    def test_records_that_are_kept_are_columns_by_their_number(self, kept: Path) -> None:
        rows = [
            row("layouts/ipv4/decode", **{"native:written": cell(100 + count), "floor": cell(2 * count)})
            | {"kept": count}
            for count in (10, 2000)
        ]
        assert tables.kept().startswith("Not recorded yet; ")
        (kept / "kept.json").write_text(json.dumps(record(*rows) | {"kind": "kept"}))

        assert tables.kept().splitlines() == [
            "| struct | decoded by | ns at 10 | ns at 2,000 |",
            "| --- | --- | ---: | ---: |",
            "| ipv4 | `[Class.from_be_bytes(data) for data in inputs]` | 110 | 2,100 |",
            "| ipv4 | struct + msgspec, in a list comprehension | 20.0 | 4,000 |",
        ]

    def test_functions_are_shares_of_the_whole(self, kept: Path) -> None:
        cost = {"instructions": 200, "reads": 30, "writes": 10, "i1_misses": 0, "d1_misses": 1.25, "ll_misses": 0.04}
        functions = [["_core::decode::run", 150], ["malloc", 48], ["rare", 1]]
        cells: dict[str, Any] = {
            "core": cost | {"functions": functions},
            "native": cost | {"writes": 50, "functions": []},
        }
        form = record(row("growth_bytes/65536/decode", **cells)) | {"kind": "cache", "caches": {"D1": "32768,8,64"}}
        (kept / "cache.json").write_text(json.dumps(form))

        assert tables.hot("core").splitlines()[2:] == [
            "| growth bytes, 65536 | decode | `decode::run` 75%, `malloc` 24% |"
        ]
        assert (
            tables.copies()
            == "At the greatest size, native reads and writes memory 2.00 times as often as the core to decode."
        )
        assert tables.cache().splitlines()[2:] == [
            "| growth bytes, 65536 | decode | core, without Python | 200 | 40.0 | 0.0 | 1.2 | 0.0 |",
            "| growth bytes, 65536 | decode | native | 200 | 80.0 | 0.0 | 1.2 | 0.0 |",
            "",
            "Simulated caches: D1 32 KiB, 64 bytes a line, 8 ways.",
        ]


class TestDocument:
    KNOWN = {"one": ("a command", lambda: "1"), "two": ("another", lambda: "2")}
    TEXT = (
        "# Title\n\n<!-- begin: one, by hand -->\nold\n<!-- end -->\ntext\n<!-- begin: two, by hand -->\n<!-- end -->\n"
    )

    def test_only_the_tables_change(self) -> None:
        assert performance.filled(self.TEXT, self.KNOWN) == (
            "# Title\n\n<!-- begin: one, by a command -->\n\n1\n\n<!-- end -->\ntext\n"
            "<!-- begin: two, by another -->\n\n2\n\n<!-- end -->\n"
        )

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            (TEXT.replace("two", "three"), "no table is called three; there are one, two"),
            (TEXT.replace("two", "one"), "the document must have each table once; look at one, two"),
        ],
    )
    def test_each_table_is_there_once(self, text: str, message: str) -> None:
        with pytest.raises(ValueError, match=message):
            performance.filled(text, self.KNOWN)

    def test_a_number_typed_by_hand_is_found(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        text = performance.DOCUMENT.read_text()
        copy = tmp_path / "performance.md"
        for plot in figures.PLOTS:
            (tmp_path / f"{plot}.svg").write_text((ROOT / "docs" / f"{plot}.svg").read_text())
        copy.write_text(text)
        assert performance.main(["--check", "--document", str(copy)]) == 0
        copy.write_text(re.sub(r"(?<=\| )(\d)", lambda found: str((int(found[0]) + 1) % 10), text, count=1))

        assert performance.main(["--check", "--document", str(copy)]) == 1
        assert capsys.readouterr().err == "older than their records: performance.md; run profiling/performance.sh\n"

    def test_a_missing_record_lists_those_that_there_are(
        self, kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (kept / "suite.json").unlink()
        text = tmp_path / "performance.md"
        text.write_text(performance.DOCUMENT.read_text())

        assert performance.main(["--document", str(text)]) == 2
        assert re.match(
            r"profiling/performance.py: no record is called \w+; there are growth$", capsys.readouterr().err
        )


@needs_matplotlib
class TestPlots:
    def test_plots_are_drawn_the_same_each_time(self, kept: Path, tmp_path: Path) -> None:
        drawn = []
        for name in ("first", "second"):
            folder = tmp_path / name
            folder.mkdir()
            assert plots.main(["--output", str(folder)]) == 0
            drawn.append({path.name: path.read_text() for path in folder.iterdir()})

        assert drawn[0] == drawn[1]
        assert set(drawn[0]) == {f"{plot}.svg" for plot in figures.PLOTS}
        assert performance.stale_plots(tmp_path / "first") == []
        for word in ("native", "plain Python", "encode", "decode", "u16 fields", "ns an operation"):
            assert word in drawn[0]["growth_fields.svg"]

    def test_a_plot_of_another_record_is_stale(self, kept: Path, tmp_path: Path) -> None:
        assert plots.main(["--output", str(tmp_path)]) == 0
        with (kept / "growth.json").open("a") as file:
            file.write("\n")
        (tmp_path / "engines.svg").unlink()

        assert performance.stale_plots(tmp_path) == ["engines.svg", *(f"{group}.svg" for group in plots.GROWTH)]


class TestPlotsRefuse:
    def test_an_unknown_record(self, kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert plots.main(["--growth", "nothing", "--output", str(tmp_path)]) == 2
        assert capsys.readouterr().err == ("profiling/plots.py: no record is called nothing; there are growth, suite\n")

    def test_a_folder_that_is_not_there(self, kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert plots.main(["--output", str(tmp_path / "no")]) == 2
        assert "there is no such folder" in capsys.readouterr().err


CALLGRIND = """\
# callgrind format
events: Ir D1mr
fl=(1) a.rs
fn=(1) outer::work::h0123456789abcdef
10 5 1
+2 7
cfn=(2) inner
calls=3 40
+1 900 90
* 1
fn=(2)
40 20 2
fe=(3) inlined.rs
41 1
fn=(3) inner'2
42 4 4
"""


class TestCallgrind:
    def test_functions_have_what_is_their_own(self, tmp_path: Path) -> None:
        path = tmp_path / "callgrind.out"
        path.write_text(CALLGRIND)
        read = callgrind.read(path)

        assert read == {"outer::work": {"Ir": 13, "D1mr": 1}, "inner": {"Ir": 25, "D1mr": 6}}
        assert callgrind.total(read) == {"Ir": 38, "D1mr": 7}

    def test_places_may_have_an_address_too(self, tmp_path: Path) -> None:
        path = tmp_path / "callgrind.out"
        path.write_text("positions: instr line\nevents: Ir\nfn=(1) f\n0x10 7 20\n+4 * 3\n")

        assert callgrind.read(path) == {"f": {"Ir": 23}}

    def test_a_difference_is_what_the_longer_run_added(self) -> None:
        more = {"loop": {"Ir": 30}, "start": {"Ir": 100}, "late": {"Ir": 1}}
        assert callgrind.difference(more, {"loop": {"Ir": 10}, "start": {"Ir": 100}}) == {
            "loop": {"Ir": 20},
            "start": {"Ir": 0},
            "late": {"Ir": 1},
        }


class TestCosts:
    def test_an_unknown_scenario_lists_those_that_there_are(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert costs.main(["cache", "--scenario", "mixed/nothing"]) == 2
        assert "no scenario is called mixed/nothing; mixed has packet, " in capsys.readouterr().err

    def test_a_name_that_is_none_is_refused_before_anything_runs(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert costs.main(["emptied", "--save", "../x"]) == 2
        assert "is no name for a record" in capsys.readouterr().err

    def test_a_missing_tool_is_named(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        monkeypatch.setenv("PATH", "/nowhere")

        assert costs.main(["emptied"]) == 1
        assert capsys.readouterr().err == "profiling/costs.py: needs cargo, which is not on the PATH\n"

    @pytest.mark.skipif(
        "native" not in available_backends() or find_spec("msgspec") is None, reason="needs the extension and msgspec"
    )
    def test_each_number_of_kept_results_is_timed_each_way(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(costs, "COUNTS", (10, 200))
        monkeypatch.setattr(costs, "ROUNDS", (2, 1))

        assert costs.main(["kept"]) == 0
        found = re.findall(r"^(.*), ([\d,]+) kept: ns a record: (.*)$", capsys.readouterr().out, re.MULTILINE)
        assert [line[:2] for line in found] == [
            (name, count) for name in ("kept/u16 u16 u8 u32", "layouts/ipv4") for count in ("10", "200")
        ]
        assert all(re.fullmatch(r"native:written \S+, native:decode_many \S+, floor \S+", line[2]) for line in found)
        assert (gc.isenabled(), gc.get_freeze_count()) == (True, 0)

    def test_what_is_timed_with_kept_results_is_right(self) -> None:
        scenario = costs.small()
        assert scenario.failures("python") == []
        if available_backends()[0] == "native" and find_spec("msgspec") is not None:
            for name, way in costs.ways(scenario).items():
                results = way(list(scenario.data), b"".join(scenario.data))
                assert [result.number for result in results] == [value.number for value in scenario.values], name

    def test_samples_are_those_of_the_measured_loop(self) -> None:
        raw = (
            "<module> (run.py:1);main (bebytes/workload.py:60);measured (bebytes/workload.py:33);read (bebytes/_python_read.py:26) 7\n"
            "<module> (run.py:1);measured (bebytes/workload.py:33) 2\n"
            "<module> (run.py:1);read (bebytes/_python_read.py:26) 100\n"
            "<module> (run.py:1);measured (bebytes/workload.py:33);list (bebytes/_a.py:1);read (bebytes/_python_read.py:26) 1\n"
        )
        assert costs.leaves(raw, "measured ") == {"_python_read.read": 8, "workload.measured": 2}

    def test_an_operation_is_the_difference_by_the_number_of_operations(self) -> None:
        events = {"Dr": 0, "Dw": 0, "I1mr": 0, "D1mr": 640, "D1mw": 0, "ILmr": 0, "DLmr": 0, "DLmw": 0}
        scenario = costs.select("primitives/u16/decode")[0]  # 640 operations, then as many again
        once = {"run": {**events, "Ir": 7400}, "start": {"Ir": 999}}
        twice = {"run": {**events, "Ir": 13_800, "D1mr": 1280}, "start": {"Ir": 999, "DLmr": 0}}
        found = costs._cell(scenario, once, twice)

        assert (found["instructions"], found["d1_misses"], found["ll_misses"]) == (10, 1, 0)
        assert found["functions"] == [["run", 10]]
