"""
The command `bebytes bench goals`: what it says of goals that are met, not met and not measured, and what it keeps.
"""

import dataclasses
import json
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

import bebytes
from bebytes import scenarios
from bebytes.cli import _cargo, _goals_memory, _goals_times, _goals_weight, _record, bench_goals, main
from bebytes.cli._goals import PARTS, TIMED, UNITS, Goal, Rule, Sign, Unmeasured, limit_shown, shown
from bebytes.cli._goals_memory import Memory
from bebytes.cli._goals_times import DECODE, ENCODE, FLOOR, LOOP, Times, ratios
from bebytes.cli._measure import Cell, Cells
from bebytes.cli._record import RecordError
from bebytes.scenarios import Scenario

pytestmark = pytest.mark.usefixtures("good_build", "no_wishes")

SHORT = ["--quick", "--launches", "1", "--rounds", "2", "--seconds", "0.00001"]
TIMES = UNITS["x"]
ROWS = [s for s in scenarios.load(scenarios.LAYOUTS) if isinstance(s, Scenario)]
GOALS = (*_goals_times.GOALS, *_goals_memory.GOALS, *_goals_weight.GOALS)

needs_floor = pytest.mark.skipif(
    "native" not in bebytes.available_backends() or find_spec("msgspec") is None or _cargo.checkout() is None,
    reason="needs the extension, msgspec and a checkout",
)

needs_memray = pytest.mark.skipif(
    find_spec("memray") is None or "native" not in bebytes.available_backends(), reason="needs memray and native"
)


def goals(*words: str) -> int:
    return main(["bench", "goals", *words])


def cells(**ns: float) -> Cells:
    """
    The same times for all layouts, by engine; ":" of a name is written "_".
    """
    found = Cells()
    known = {name.replace(":", "_").replace(" ", "_"): name for part in TIMED for name in _goals_times.ENGINES[part]}
    for s in ROWS:
        found[s.key] = {known[name]: Cell(100, [[time, time + 1]], [[1, 1]]) for name, time in ns.items()}
    return found


def outcome(text: str, given: Any) -> Any:
    (goal,) = [goal for goal in GOALS if goal.text == text]
    return goal.judge(given)


class TestGoals:
    def goal(self, sign: Sign, rule: Rule, **figures: float) -> Any:
        return Goal("calls", "a goal", sign, 1, "F", rule, lambda _: figures).judge(None)

    @pytest.mark.parametrize(
        ("sign", "rule", "figures", "figure", "met", "worst"),
        [
            ("<=", "mean", {"a": 0.5, "b": 2.0}, 1.0, True, "b"),
            ("<=", "each", {"a": 0.5, "b": 2.0}, 2.0, False, "b"),
            ("<=", "each", {"a": 0.5, "b": 1.0}, 1.0, True, "b"),
            ("<", "each", {"a": 0.5, "b": 1.0}, 1.0, False, "b"),
            (">=", "mean", {"a": 0.5, "b": 2.0}, 1.0, True, "a"),
            (">=", "each", {"a": 0.5, "b": 2.0}, 0.5, False, "a"),
        ],
    )
    def test_a_verdict_is_of_the_mean_or_of_the_worst(
        self, sign: Sign, rule: Rule, figures: dict[str, float], figure: float, met: bool, worst: str
    ) -> None:
        found = self.goal(sign, rule, **figures)

        assert found.figure == pytest.approx(figure)
        assert (found.met, found.worst, found.verdict) == (met, worst, "met" if met else "not met")

    def test_without_figures_there_is_a_reason_and_no_verdict(self) -> None:
        def refuse(given: Any) -> Any:
            raise Unmeasured("no floor")

        found = Goal("calls", "a goal", "<=", 1, "F", "each", refuse).judge(None)
        assert (found.met, found.verdict, found.reason) == (None, "not measured", "no floor")
        assert self.goal("<=", "each").reason == "nothing was measured"

    def test_a_goal_of_a_mean_says_so(self) -> None:
        assert all(("geometric mean" in goal.text) == (goal.rule == "mean") for goal in GOALS)

    def test_every_part_has_goals(self) -> None:
        assert list(dict.fromkeys(goal.part for goal in GOALS)) == list(PARTS)
        assert len({goal.text + goal.part for goal in GOALS}) == len(GOALS)
        assert set(TIMED) == set(_goals_times.ENGINES)

    @pytest.mark.parametrize(
        ("figure", "unit", "text"),
        [
            (0.456, "F", "0.46 F"),
            (3.0, "x", f"3.00 {TIMES}"),
            (12.34, "ns", "12.3 ns"),
            (382.4, "us", "382 µs"),
            (144.0, "bytes", "144 bytes"),
            (0.5, "blocks", "0.5 blocks"),
            (0.0, "", "0"),
        ],
    )
    def test_figures_are_shown_with_their_units(self, figure: float, unit: str, text: str) -> None:
        assert shown(figure, unit) == text

    def test_limits_are_shown_with_their_signs(self) -> None:
        assert [limit_shown("<=", 0.45, "F"), limit_shown("<", 1, "x"), limit_shown(">=", 7, "x")] == [
            "≤ 0.45 F", f"< 1.00 {TIMES}", f"≥ 7.00 {TIMES}",
        ]  # fmt: skip
        assert limit_shown("<=", 65_536, "bytes") == "≤ 65,536 bytes"


class TestTimes:
    def of(self, **ns: float) -> Times:
        return Times(ROWS, cells(**ns), {})

    def test_the_loop_counts_where_that_is_worse_for_us(self) -> None:
        times = self.of(native_held=50, floor=100, native_loop=10)
        rows = times.of("decode", ["ipv4"])

        # 50 / 100 with the loop, 40 / 90 without.
        assert ratios(times, rows, DECODE, FLOOR) == {"ipv4": 0.5}
        # 100 / 50, and 90 / 40.
        assert ratios(times, rows, FLOOR, DECODE) == {"ipv4": 2.25}
        # The same the other way round: 100 / 50 is the less.
        assert ratios(times, rows, DECODE, FLOOR, faster=True) == {"ipv4": 2.0}
        # A loop around 64 records is a 64th of it a record.
        assert ratios(times, rows, DECODE, FLOOR, records=64)["ipv4"] == pytest.approx((50 - 10 / 64) / 90)

    @pytest.mark.parametrize(("ours", "met"), [(40, True), (50, False)])
    def test_decoding_is_met_or_not(self, ours: float, met: bool) -> None:
        times = self.of(native_held=ours, floor=100, native_loop=1)

        assert outcome("decode, the function held in a name, geometric mean", times).met is met

    @pytest.mark.parametrize(("ours", "each", "one_byte"), [(79, True, True), (94, False, True), (96, False, False)])
    def test_messages_of_a_byte_have_a_limit_of_their_own(self, ours: float, each: bool, one_byte: bool) -> None:
        times = self.of(native_method=ours, floor=100, native_loop=1)

        more, single = (outcome(f"encode, each layout of {what}", times) for what in ("more than a byte", "one byte"))
        assert (more.met, single.met) == (each, one_byte)
        assert set(single.by) == {"enum", "enum of bits", "flags"}
        assert len(more.by) == 12

    @pytest.mark.parametrize(("above", "met"), [(24, True), (26, False)])
    def test_trying_is_a_difference(self, above: float, met: bool) -> None:
        times = self.of(native_held=50, native_try=50 + above)

        found = outcome("try_from_be_bytes above from_be_bytes, each layout", times)
        assert (found.met, found.figure) == (met, above)

    @pytest.mark.parametrize(
        ("text", "theirs", "good", "bad"),
        [
            ("decode against neoconstruct, geometric mean", "neoconstruct", 360, 340),
            ("encode against neoconstruct, geometric mean", "neoconstruct", 710, 690),
            ("decode against neoconstruct, each layout", "neoconstruct", 101, 99),
            ("decode against rustruct, geometric mean", "rustruct", 810, 790),
            ("encode against rustruct, geometric mean", "rustruct", 1210, 1190),
        ],
    )
    def test_rivals_are_to_be_slower(self, text: str, theirs: str, good: float, bad: float) -> None:
        for time, met in ((good, True), (bad, False)):
            times = self.of(native_held=100, native_method=100, native_loop=1, **{theirs: time})
            assert outcome(text, times).met is met

    @pytest.mark.parametrize(
        ("text", "ours", "theirs", "good", "bad"),
        [
            ("construction with all arguments, each layout", "native_construct", "floor_construct", 105, 115),
            ("attributes, over those of __slots__, geometric mean", "native_read", "slots_read", 104, 106),
            ("==, each layout", "native_equal", "floor_equal", 99, 101),
            ("repr, each layout", "native_repr", "floor_repr", 99, 101),
            ("decode_many, a record over from_be_bytes, each layout", "native_decode_many", "native_held", 88, 95),
            ("encode_many, a record over to_be_bytes, each layout", "native_encode_many", "native_method", 68, 75),
            ("faster than kaitai, each layout and way", "python", "kaitai", 99, 101),
            ("decode, geometric mean", "python", "floor", 290, 301),
        ],
    )
    def test_what_is_to_be_faster(self, text: str, ours: str, theirs: str, good: float, bad: float) -> None:
        loops = {"native_loop": 1, "native_loop_of_pairs": 1, "native_loop_of_fields": 1}
        for time, met in ((good, True), (bad, False)):
            assert outcome(text, self.of(**{ours: time, theirs: 100}, **loops)).met is met

    @pytest.mark.parametrize(
        ("text", "good", "bad"),
        [
            ("encoding into one buffer, each scenario", 99, 101),
            ("decoding fixed and nested structs, each scenario", 299, 301),
            ("decoding vectors and the mixed packet", 99, 101),
        ],
    )
    def test_the_core_is_compared_with_the_crate(self, text: str, good: float, bad: float) -> None:
        rows = _goals_times.core_scenarios()
        assert {s.group for s in rows} == {*scenarios.GROUPS} - {"real", "formats"}
        for time, met in ((good, True), (bad, False)):
            found = Cells()
            for s in rows:
                found[s.key] = {
                    "core:reused": Cell(9, [[time]], [[1]]),
                    "crate:reused": Cell(9, [[100]], [[1]]),
                }
            assert outcome(text, Times(rows, found, {})).met is met

    @pytest.mark.parametrize(
        ("rival", "name", "good", "bad"),
        [
            ("construct:uncompiled", "construct", 2010, 1990),
            ("construct", "construct compiled", 2010, 1990),
            ("kaitai", "kaitaistruct", 510, 490),
        ],
    )
    def test_formats_have_a_limit_each(self, rival: str, name: str, good: float, bad: float) -> None:
        rows = _goals_times.format_scenarios()
        assert {(s.group, s.operation) for s in rows} == {("formats", "decode")}
        for time, met in ((good, True), (bad, False)):
            found = Cells()
            for s in rows:
                found[s.key] = {
                    engine: Cell(9, [[ns]], [[1]]) for engine, ns in ((DECODE, 100), (LOOP, 0), (rival, 5000))
                }
            found[rows[0].key][rival] = Cell(9, [[time]], [[1]])
            verdict = outcome(f"decode against {name}, each format", Times(rows, found, {}))
            assert (verdict.met, verdict.worst, verdict.figure) == (met, rows[0].name, pytest.approx(time / 100))
            assert set(verdict.by) == {s.name for s in rows}

    def test_formats_are_timed_apart_from_layouts(self, monkeypatch: pytest.MonkeyPatch) -> None:
        launched: list[tuple[set[str], list[str]]] = []
        monkeypatch.setattr(
            bench_goals._Run, "_launch", lambda self, rows, engines: launched.append(({s.group for s in rows}, engines))
        )
        for parts in (["formats"], ["pure", "formats"]):
            bench_goals._Run(parts, ROWS, None, True, None, False)._time()  # type: ignore[arg-type]  # nothing is measured

        of_formats = ({"formats"}, [DECODE, "construct:uncompiled", "construct", "kaitai", LOOP])
        assert launched[0] == of_formats
        assert [groups for groups, _ in launched[1:]] == [{"layouts"}, {"formats"}]
        assert "native:held" not in launched[1][1]

    def test_an_engine_that_does_not_run_is_the_reason(self) -> None:
        times = Times(ROWS, cells(native_held=1, native_loop=1), {"floor": "msgspec is not installed"})

        found = outcome("decode, the function held in a name, each layout", times)
        assert found.reason == "floor: msgspec is not installed"


class TestMemory:
    @pytest.mark.parametrize("goal", [*_goals_memory.GOALS, *_goals_weight.GOALS], ids=lambda g: g.text)
    def test_each_is_met_up_to_its_limit(self, goal: Goal) -> None:
        kind = goal.figures.keywords["kind"]  # type: ignore[attr-defined]  # all are `Memory.of` of a kind

        assert goal.judge(Memory({kind: {"a": goal.limit}})).met is True
        assert goal.judge(Memory({kind: {"a": goal.limit, "b": goal.limit + 0.5}})).met is False
        assert goal.judge(Memory(reasons={kind: "no tool"})).reason == "no tool"

    def test_the_blocks_of_a_result_are_counted(self) -> None:
        blocks = _goals_memory.blocks_of

        assert [blocks(value) for value in (None, True, 256, 257, -6, 1.5, b"", b"a", b"ab", "é", [], [300])] == [
            0, 0, 0, 1, 1, 1, 0, 0, 1, 0, 1, 3,
        ]  # fmt: skip
        nested = scenarios.find("layouts/nested/decode").values[1]
        # Three structs, and two numbers that are not small.
        assert blocks(nested) == 5

    @needs_memray
    def test_what_is_allocated_beyond_a_result_is_seen(self, monkeypatch: pytest.MonkeyPatch) -> None:
        scenario = scenarios.find("layouts/ipv4/encode")
        (encode,) = scenario.work("native").calls

        class Wasteful:
            def work(self, backend: str) -> Any:
                return scenarios.Work((lambda value: (encode(value), [None])[0],), scenario.values, ())

        assert _goals_memory.beyond(scenario) == 0
        assert _goals_memory.beyond(Wasteful()) >= 1  # type: ignore[arg-type]

    @needs_memray
    def test_what_is_allocated_beside_objects_from_kept_memory_is_seen(self) -> None:
        scenario = scenarios.find("layouts/nested/decode")
        (decode,) = scenario.work("native").calls

        class Wasteful:
            def work(self, backend: str) -> Any:
                return scenarios.Work((lambda data: (decode(data), bytes(300))[0],), scenario.data, ())

        assert _goals_memory.beyond(scenario) == 0
        assert _goals_memory.beyond(Wasteful()) >= 1  # type: ignore[arg-type]

    def test_without_memray_there_is_a_reason(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(_goals_memory, "find_spec", lambda name: None)
        monkeypatch.setattr(bebytes, "available_backends", lambda: ("native", "python"))
        monkeypatch.setattr(_goals_memory, "_counted", lambda rows, found: None)

        found = _goals_memory.measure(ROWS[:2], ["memory"], True, lambda doing: None)
        assert found.reasons["decode"].startswith("memray is not installed: pip install memray; profiling/setup.sh ")
        assert found.reasons["object"] == "the layout ipv4 was left out"

    def test_weights_that_cannot_be_have_reasons(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(_goals_weight, "_imports", lambda times: (3.0,))
        monkeypatch.setattr(_goals_weight, "_python", lambda code, given="": json.dumps([[9e9, 3e5, 1e5], [9e9] * 3]))
        monkeypatch.setattr(_cargo, "checkout", lambda: None)

        found = _goals_weight.measure(True, lambda doing: None)
        assert found.figures["import"] == {"import": 3.0}
        assert found.figures["class"] == {"class": 200.0}
        assert found.figures["first class"] == {"first class": 9e6}
        assert found.reasons == {"wheel": "needs a checkout of the repository to build it from"}

    def test_importing_is_timed_in_processes(self) -> None:
        (above,) = _goals_weight._imports(1)
        assert 0 < above < 5000

    def test_modules_are_kept_compiled_there_whatever_the_environment_says(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
        code = "import bebytes, os; print(os.path.exists(bebytes.__cached__))"

        assert _goals_weight._python(code) == "True\n"


class TestCommand:
    @needs_floor
    def test_it_shows_and_writes_a_line_a_goal(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        file = tmp_path / "now.json"

        assert goals(*SHORT, "--only", "calls,many", "--layout", "ipv4,enum,dns name", "--json", str(file)) == 0
        out, err = capsys.readouterr()
        assert "\ndecoding and encoding against code by hand, the floor F\n" in out
        assert len(re.findall(r"≤ [\d.]+ (?:F|ns|.) .* (?:met|not met)\n", out)) == 9
        assert re.search(r"\n(\d+ met, )?(\d+ not met)?\n", out)
        assert max(map(len, out.splitlines())) <= 120
        assert err.startswith("timing 6 scenarios on floor, native:held, ")

        record = _record.load(file, "goals")
        assert [(r["name"], r["operation"]) for r in record["rows"]][:2] == [("ipv4", "encode"), ("ipv4", "decode")]
        assert set(record["rows"][0]["engines"]) == {FLOOR, ENCODE, LOOP, "native:encode_many"}
        assert set(record["rows"][1]["engines"][DECODE]) == {
            "best_ns", "median_ns", "interval_ns", "operations", "launches",
        }  # fmt: skip
        by = {goal["goal"]: goal for goal in record["goals"]}
        # The labels of a name take the rest of the input.
        assert set(by["decode_many, a record over from_be_bytes, each layout"]["by"]) == {"ipv4", "enum"}
        for goal in record["goals"]:
            assert goal["worst_measured"] == max(goal["by"].values())

    @needs_floor
    def test_details_are_a_line_a_layout(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert goals(*SHORT, "--only", "calls", "--layout", "ipv4,numbers", "--detail") == 0
        out = capsys.readouterr().out
        assert len(re.findall(r"\n    numbers +[\d.]+ F", out)) == 5
        assert re.search(r"\nlayouts/ipv4/decode +floor [\d,.]+, native:held [\d,.]+, native:written ", out)

    @needs_floor
    def test_a_goal_that_is_missed_fails_a_check_alone(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for limit, code in ((1e9, 0), (0.001, 1)):
            missed = tuple(dataclasses.replace(goal, limit=limit) for goal in _goals_times.GOALS)
            monkeypatch.setattr(_goals_times, "GOALS", missed)
            assert goals(*SHORT, "--only", "calls", "--layout", "ipv4", "--check") == code
        assert goals(*SHORT, "--only", "calls", "--layout", "ipv4") == 0
        assert "not met\n" in capsys.readouterr().out

    @needs_floor
    def test_a_wrong_answer_is_shown_and_fails(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        s = scenarios.find("layouts/ipv4/encode")
        wrong = dataclasses.replace(s, data=(b"wrong", *s.data[1:]))
        monkeypatch.setattr(bench_goals, "_rows", lambda asked: [wrong])

        assert goals(*SHORT, "--only", "calls") == 1
        assert "WRONG: native:method, layouts/ipv4/encode: input 0: " in capsys.readouterr().out

    @pytest.mark.parametrize(
        ("words", "message"),
        [
            (("--only", "fox"), "--only: no part is called fox; there are calls, objects, many, "),
            (("--layout", "fox"), "--layout: no layout is called fox; there are bits of u8, bits of u16, "),
            (("--save", "../x"), "'../x' is no name for a record"),
            (("--json", "/nowhere/x"), "--json /nowhere/x: "),
        ],
    )
    def test_bad_use_is_a_sentence(
        self, words: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert goals(*words) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith(f"bebytes bench goals: {message}")
        assert err.count("\n") == 1

    def test_it_is_kept_under_a_name(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(_cargo, "checkout", lambda: tmp_path)
        (tmp_path / "benches").mkdir()
        monkeypatch.setattr(_goals_weight, "measure", lambda quick, step: Memory({"needs": {"needs": 1.0}}))

        assert goals("--only", "weight", "--save", "aims") == 0
        out = " ".join(capsys.readouterr().out.split())
        assert "packages needed at run time ≤ 0 1 not met" in out
        assert "1 not met, 6 not measured" in out
        assert "import bebytes, above a bare interpreter ≤ 15 ms not measured making" in out
        (needs,) = [g for g in _record.load("aims", "goals")["goals"] if g["met"] is not None]
        assert (needs["goal"], needs["met"], needs["measured"]) == ("packages needed at run time", False, 1.0)
        with pytest.raises(RecordError, match="is a record of goals, not of bench"):
            _record.load("aims")


class TestRecord:
    @pytest.mark.parametrize(
        "damage",
        [
            {"goals": None},
            {"goals": [{"part": "calls"}]},
            {"goals": [{"part": "a", "goal": "b", "sign": "<", "unit": "", "rule": "each", "limit": 1, "met": None}]},
            {"goals": [{"part": "a", "goal": "b", "sign": "<", "unit": "", "rule": "each", "limit": 1, "met": True}]},
            {"rows": [{"group": "a", "name": "b", "operation": "decode", "engines": {"native": {"best_ns": "x"}}}]},
        ],
    )
    def test_a_damaged_one_is_told(self, tmp_path: Path, damage: dict[str, Any]) -> None:
        good = dict.fromkeys(_record.KEYS, "some") | {
            "form": 1,
            "engines": {},
            "rows": [],
            "goals": [],
            "kind": "goals",
        }
        file = tmp_path / "one.json"
        file.write_text(json.dumps(good))
        assert _record.load(file, "goals")["goals"] == []
        file.write_text(json.dumps(good | damage))

        with pytest.raises(RecordError, match="is damaged: "):
            _record.load(file, "goals")


class TestWays:
    @needs_floor
    def test_each_way_gives_the_right_answers_on_each_layout(self) -> None:
        from bebytes.cli import _engines, _ways

        done = dict.fromkeys(_ways.NAMES, 0)
        for name in _ways.NAMES:
            try:
                engine = _engines.open_python(name)
            except _engines.EngineError as e:
                pytest.skip(str(e))
            for s in ROWS:
                if not engine.absent(s):
                    assert (name, s.key, engine.failures(s)) == (name, s.key, [])
                    done[name] += 1
        # A way of formats alone, see test_scenarios_formats.py.
        assert done.pop("construct:uncompiled") == 0
        assert all(count in (10, 14, 15, 20, 30) for count in done.values()), done

    @needs_floor
    def test_a_wrong_answer_of_a_way_is_told(self) -> None:
        from bebytes.cli import _engines

        s = scenarios.find("layouts/numbers/decode")
        wrong = dataclasses.replace(s, values=s.values[1:] + s.values[:1])
        for name in ("native:held", "native:written", "native:try", "native:decode_many"):
            assert _engines.open_python(name).failures(wrong), name
        encode = scenarios.find("layouts/numbers/encode")
        wrong = dataclasses.replace(encode, data=encode.data[1:] + encode.data[:1])
        for name in ("native:method", "native:encode_many"):
            assert _engines.open_python(name).failures(wrong), name

    def test_what_is_timed_is_what_is_written(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from bebytes.cli import _engines

        s = scenarios.find("layouts/flags/decode")
        engine = _engines.open_python("native:written") if "native" in bebytes.available_backends() else None
        if engine is None:
            pytest.skip("needs the extension")
        calls: list[bytes] = []
        monkeypatch.setattr(s.schema, "from_be_bytes", calls.append)
        assert engine.time(s, 70) > 0
        assert calls == [*s.data, *s.data[:6]]
