"""
The page of `bebytes bench report` as a text: what stands on it.

test_cli_report_command.py writes it as a file, test_cli_report_browser.py opens it.
"""

import json
import re
import statistics
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from bench_records import ENGINES, SCENARIOS, best, cell, record
from html_page import Page

pytest.importorskip("jinja2", reason="the page is made with jinja2, which comes with bebytes[cli]")

from bebytes.cli import _report, _report_pairs, _report_text, bench_compare, bench_report
from bebytes.cli._engines import NAMES
from bebytes.cli._report_text import TIMES

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"' onload='alert(3)"


def page(*records: dict[str, Any], flames: Any = ()) -> Page:
    return Page(text(*records, flames=flames))


def text(*records: dict[str, Any], flames: Any = ()) -> str:
    return bench_report.page([(f"r{n}", r) for n, r in enumerate(records)], flames)


@pytest.fixture(scope="module")
def two() -> Page:
    return page(record(), record(pace=1.2))


# What stands on the page


def test_ids_occur_once_and_what_refers_to_them_finds_them(two: Page) -> None:
    ids = [e["id"] for e in two.elements if "id" in e]
    wanted = {e[name] for e in two.elements for name in ("aria-labelledby", "for") if name in e}
    wanted |= {e["href"][1:] for e in two.elements if (e.get("href") or "").startswith("#")}

    assert len(set(ids)) == len(ids)
    assert wanted <= set(ids)
    assert len(wanted) > 20


def test_page_has_headings_in_order_captions_and_names_for_drawings(two: Page) -> None:
    levels = [int(e["tag"][1]) for e in two.elements if re.fullmatch("h[1-6]", e["tag"])]

    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert len(two.all("caption")) == len(two.all("table"))
    assert all(caption["text"].strip() for caption in two.all("caption"))
    for drawing in two.all("svg"):
        assert drawing.get("aria-hidden") == "true" or (drawing["role"] == "img" and drawing["aria-label"])
    for region in [e for e in two.elements if e.get("role") == "region"]:
        assert region["tabindex"] == "0"
    for control in [*two.all("select"), *two.all("input")]:
        assert any(outer["tag"] == "label" for outer in control["around"])


def test_nothing_refers_to_another_place() -> None:
    whole = text(record(), record())
    parts = Page(whole)

    for element in parts.elements:
        for name in ("src", "href", "xlink:href", "srcset", "action", "data", "poster", "background"):
            value = element.get(name, "")
            assert value == "" or value.startswith("#") or value == "data:,", (element["tag"], name, value)
    assert set(re.findall(r"[a-z]+://[^\s\"'<]*", whole)) == {"http://www.w3.org/2000/svg"}
    assert not re.search(r"@import|url\(", whole)
    (policy,) = [e["content"] for e in parts.all("meta") if e.get("http-equiv") == "Content-Security-Policy"]
    assert policy.split("; ")[0] == "default-src 'none'"
    assert "http" not in policy


def test_all_figures_of_a_record_stand_in_its_table() -> None:
    content = record()
    rows = page(content).table("figures")

    assert len(rows) == len(SCENARIOS)
    for row, cells in zip(content["rows"], rows, strict=True):
        assert [cells[0]["text"], cells[1]["text"]] == [
            f"{row['name']} {row['operation']}",
            row["group"].replace("_", " "),
        ]
        for engine, shown in zip(("crate", "native", "python", "floor", "kaitai", "numpy"), cells[3:], strict=True):
            known = row["engines"].get(engine, content["engines"][engine])
            if "absent" in known:
                assert (shown["text"], shown["title"], "data-v" in shown) == ("—", known["absent"], False)
            elif "failures" in known:
                assert (shown["text"], shown["title"], "data-v" in shown) == ("WRONG", known["failures"][0], False)
            else:
                low, high = known["interval_ns"]
                assert float(shown["data-v"]) == known["best_ns"]
                assert shown["text"].lstrip("~") == _report_text.number(known["best_ns"])
                assert shown["title"] == (
                    f"{_report_text.number(known['best_ns'])} ns at best, {_report_text.number(known['median_ns'])} ns in the median,"
                    f" which lies between {_report_text.number(low)} and {_report_text.number(high)} ns; 15 rounds of 1,000 operations"
                )


def test_noisy_figures_are_marked_as_in_the_terminal() -> None:
    content = record()
    content["rows"][0]["engines"]["native"]["samples_ns"] = [100, 121, 122]
    content["rows"][1]["engines"]["native"]["samples_ns"] = [100, 119, 122]
    rows = page(content).table("figures")

    assert [rows[n][4]["text"] for n in (0, 1)] == ["~100", "100"]


def test_charts_have_a_mark_for_each_figure_on_one_logarithmic_scale() -> None:
    content = record()
    parts = page(content)
    charts = [chart for chart in parts.all("figure", class_="chart") if "data-g" in chart]

    assert [chart["data-g"] for chart in charts] == ["primitives", "bit_fields", "real"]
    drawn = [mark for chart in charts for mark in parts.all("use", chart, class_="mark")]
    assert len(drawn) == sum("samples_ns" in c for row in content["rows"] for c in row["engines"].values())
    # 20 ns to 200 µs or so: from 10 ns over five decades.
    figures = [min(c["samples_ns"]) for row in content["rows"] for c in row["engines"].values() if "samples_ns" in c]
    assert (10, 1e6) < (min(figures), max(figures)) < (100, 1e7)
    for mark in drawn:
        place = float(mark["x"].removesuffix("%"))
        assert float(mark["data-v"]) == pytest.approx(10 ** (1 + place / 100 * 5), rel=2e-3)
    assert [t["text"] for t in parts.all("text", charts[0])] == ["10 ns", "100 ns", "1 µs", "10 µs", "100 µs", "1 ms"]


def test_strips_name_their_figures_for_those_who_hear_them(two: Page) -> None:
    strips = two.all("svg", class_="strip")

    assert (
        strips[0]["aria-label"]
        == "u8 encode: crate 20.0 ns, floor 90.8 ns, native 107 ns, numpy 900 ns, python 9.12 µs"
    )
    assert len(two.all("title", strips[0])) == 5


def test_each_known_engine_has_a_mark_of_its_own_also_without_colour() -> None:
    marks = [_report.Engine(name, "", slot) for slot, name in enumerate(NAMES)]

    assert len({(m.shape, m.hollow) for m in marks}) == len(NAMES)
    assert len({(m.shape, m.hue) for m in marks}) == len(NAMES)
    assert len({m.hue for m in marks if not m.hollow}) == _report.HUES
    assert {m.shape for m in marks} <= set(bench_report.SHAPES)


def test_ratios_and_their_geometric_means_are_to_the_floor() -> None:
    content = record()
    parts = page(content)
    order = ("crate", "native", "python", "floor", "kaitai", "numpy")
    ratios = {
        engine: [
            best(content, n, engine) / best(content, n, "floor") if best(content, n, "floor") else 0
            for n in range(len(SCENARIOS))
        ]
        for engine in order
    }
    every = parts.table("every")
    means = parts.table("means")

    for n, cells in enumerate(every):
        assert [c["data-v"] for c in cells[2:]] == [f"{ratios[e][n]:.6g}" if ratios[e][n] else "" for e in order]
    for cells, rows in zip(means, ((0, 1), (2, 3), (4,), range(5)), strict=True):
        for engine, shown in zip(order, cells[1:], strict=True):
            known = [ratios[engine][n] for n in rows if ratios[engine][n]]
            wanted = f"{statistics.geometric_mean(known):.6g}" if known else ""
            assert shown["data-v"] == wanted
            assert (shown["text"] == "—") == (not known)
    assert [cells[0]["text"] for cells in means] == ["primitives", "bit fields", "real", "all shown"]


def test_without_a_floor_ratios_are_to_native_and_any_engine_can_be_chosen() -> None:
    content = record()
    for row in content["rows"]:
        row["engines"].pop("floor")
    parts = page(content)
    (select,) = parts.all("select", class_="base")

    assert [option["text"] for option in parts.all("option", select)] == ["crate", "native", "python", "numpy"]
    assert [o["text"] for o in parts.all("option", select) if "selected" in o] == ["native"]
    assert parts.table("means")[-1][2]["text"] == f"1.00{TIMES}"


def test_first_sentences_compare_native_with_the_best_known() -> None:
    content = record()
    parts = page(content)
    shown = [item["text"] for item in parts.all("li", parts.all("ul", class_="headlines")[0])]
    operations = [operation for _, _, operation in SCENARIOS]

    def words(ratios: dict[int, float]) -> str:
        figures = list(ratios.values())
        by_operation = [
            f"{name} {_report_text.times(statistics.geometric_mean([r for n, r in ratios.items() if operations[n] == name]))}"
            for name in ("encode", "decode", "round trip")
        ]
        return f"{', '.join(by_operation)}{len(ratios)} rows, {_report_text.times(min(figures))} to {_report_text.times(max(figures))}"

    to_python = {n: best(content, n, "python") / best(content, n, "native") for n in range(5)}
    to_crate = {n: best(content, n, "native") / best(content, n, "crate") for n in (0, 1, 3, 4)}

    assert len(shown) == 4
    mean = _report_text.times(statistics.geometric_mean(to_python.values()))
    assert shown[0] == f"native is{mean}faster than python{words(to_python)}"
    mean = _report_text.times(statistics.geometric_mean(to_crate.values()))
    assert shown[2] == f"native is{mean}slower than crate{words(to_crate)}"


def test_first_sentences_say_where_the_direction_changes() -> None:
    content = record()
    for n, ratio in enumerate((2, 0.25, 2, 2, 2)):
        content["rows"][n]["engines"]["python"] = cell(best(content, n, "native") * ratio)
    parts = page(content)
    shown = parts.all("li", parts.all("ul", class_="headlines")[0])[0]["text"]

    assert shown == (
        f"native is1.32{TIMES}faster than pythonencode 2.00{TIMES}, decode 1.41{TIMES} slower, round trip 2.00{TIMES}"
        f"5 rows, 4.00{TIMES} slower to 2.00{TIMES} faster"
    )


def test_machine_versions_build_commit_and_date_are_told(two: Page) -> None:
    facts = [e["text"] for e in two.all("dd")]

    assert facts[:7] == [
        "0.1.0",
        "0123abc",
        "release",
        "2026-01-02 03:04:05 UTC",
        "a machine, 2 cores",
        "CPython 3.11.7",
        "rustc 1.95.0",
    ]


def test_reasons_and_wrong_answers_are_listed() -> None:
    parts = page(record())
    gaps = next(t for t in parts.all("table") if "What has no figures" in t["text"])["text"]

    for words in (
        "kaitaikaitaistruct is not installedall",
        "crateno bits across bytesbit_fields/complex",
        "floornobody wrote it by handreal/tzif",
        "allccsdspy is not installedreal/telemetry",
    ):
        assert words in gaps
    (alert,) = parts.all("div", class_="alert")
    assert "numpy, bit_fields/complex/round trip: input 3: got b'\\x00', not b'\\x01'" in alert["text"]


def test_a_pair_of_records_is_judged_as_the_verb_compare_judges() -> None:
    a, b = record(), record(pace=1.2, machine="another", launches=2)
    parts = page(a, b)
    (changes,) = [t for t in parts.all("table") if t.get("id") == "changes"]
    rows = [
        [e for e in parts.elements if e["around"] and e["around"][-1] is row]
        for row in parts.all("tr", changes)
        if row["around"][-1]["tag"] == "tbody"
    ]
    found = bench_compare.compare(a, b, list(ENGINES))
    wanted = [(c.key[3], c.difference) for c in found.changes]

    assert len(rows) == len(wanted) == 22
    for cells, (engine, difference) in zip(rows, wanted, strict=True):
        assert cells[2]["text"] == engine
        assert [c["data-v"] for c in cells[5:7]] == [
            str(round(difference.ratio, 6)),
            str(round(difference.low, 6)),
        ]
        assert cells[6]["text"] == f"{difference.low:.3f}{TIMES} to {difference.high:.3f}{TIMES}"
        assert cells[7]["text"] == difference.verdict == ("slower" if engine == "native" else "no difference")
    (sums,) = [t for t in parts.all("table") if t.get("id") == "sums"]
    assert f"native1.200{TIMES}050" in sums["text"]
    assert [e["text"] for e in parts.all("li") if e["around"][-1].get("id") == "warnings"] == found.warnings
    assert len(found.warnings) == 3


def test_every_pair_is_embedded_for_the_script() -> None:
    parts = page(*[record(pace=pace) for pace in (1, 1.5, 2)])
    (data,) = [json.loads(e["text"]) for e in parts.all("script") if e.get("id") == "pairs"]

    assert list(data["pairs"]) == ["0-1", "0-2", "1-2"]
    assert data["shown"] == ["1", "2"]
    native = str(NAMES.index("native"))
    assert data["engines"][native] == "native"
    for pair, ratio in {"0-1": 1.5, "0-2": 2.0, "1-2": 1.333333}.items():
        changes = [c for c in data["pairs"][pair]["changes"] if str(c[1]) == native]
        assert [data["rows"][c[0]] for c in changes] == [list(s) for s in SCENARIOS]
        assert {c[4] for c in changes} == {ratio}
        assert {_report_pairs.VERDICTS[c[7]] for c in changes} == {"slower"}


def test_one_record_is_compared_with_nothing() -> None:
    parts = page(record())

    assert not [e for e in parts.elements if e.get("id") in {"compare", "pairs"}]
    assert "Compare records" not in "".join(e["text"] for e in parts.all("nav"))


def test_whatever_names_and_reasons_hold_is_text() -> None:
    content = record(machine=HOSTILE, commit=HOSTILE)
    row = content["rows"][0]
    row |= {"group": HOSTILE, "name": HOSTILE, "operation": HOSTILE, "about": HOSTILE}
    row["engines"] |= {HOSTILE: cell(5), "crate": {"absent": HOSTILE}, "numpy": {"failures": [HOSTILE]}}
    whole = bench_report.page([(HOSTILE, content), ("b", content)])
    parts = Page(whole)
    (data,) = [json.loads(e["text"]) for e in parts.all("script") if e.get("id") == "pairs"]

    assert len(parts.all("script")) == 3
    assert parts.all("img") == []
    assert not [(e["tag"], name) for e in parts.elements for name in e if name.startswith("on")]
    assert data["rows"][0] == [HOSTILE] * 3
    assert HOSTILE in data["engines"].values()
    assert parts.table("figures")[0][3]["title"] == HOSTILE
    assert parts.table("figures")[0][0]["text"] == f"{HOSTILE} {HOSTILE}"
    assert HOSTILE in [e["text"] for e in parts.all("h2")]


def test_record_without_rows_or_figures_is_a_page() -> None:
    empty = record() | {"rows": [], "absent": []}
    absent = record()
    for row in absent["rows"]:
        row["engines"] = {"native": {"absent": "it is Sunday"}}

    for content in (empty, absent):
        parts = page(content)
        assert parts.all("use", class_="mark") == []
        assert parts.all("ul", class_="headlines") == []
    assert "This record has no rows." in "".join(e["text"] for e in page(empty).all("main"))


def test_optional_facts_may_be_missing() -> None:
    content = record()
    for key in ("build", "rounds", "seconds", "absent"):
        del content[key]
    for row in content["rows"]:
        del row["about"], row["bytes"]
        for known in row["engines"].values():
            known.pop("interval_ns", None)
            known.pop("operations", None)
    content["engines"]["native"]["profile"] = "profiling"
    parts = page(content)

    assert [e["text"] for e in parts.all("dd")][2] == "profiling"
    assert parts.table("figures")[0][4]["title"] == "107 ns at best, 109 ns in the median; 15 rounds"


# Colours


def colours() -> dict[str, tuple[str, str]]:
    style = (Path(bench_report.__file__).parent / "report" / "page.css").read_text("utf-8")
    return {
        name: (light, dark)
        for name, light, dark in re.findall(r"--(\w+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", style)
    }


def luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["paper", "panel", "hover"])
def test_contrast_is_that_of_wcag_aa(mode: int, ground: str) -> None:
    known = colours()
    behind = known[ground][mode]

    for name in ("ink", "soft", "accent", "good", "bad"):
        assert contrast(known[name][mode], behind) >= 4.5, name
    marks = [name for name in known if name.startswith("hue")]
    assert len(marks) == _report.HUES
    for name in marks:
        assert contrast(known[name][mode], behind) >= 3, name


# Words and figures


@pytest.mark.parametrize(
    ("nanoseconds", "shown"),
    [
        (0.5, "0.50 ns"),
        (1.957, "1.96 ns"),
        (9.996, "10.0 ns"),
        (84.16, "84.2 ns"),
        (99.97, "100 ns"),
        (272, "272 ns"),
        (999.4, "999 ns"),
        (999.6, "1.00 µs"),
        (4287, "4.29 µs"),
        (768_544, "769 µs"),
        (2.5e6, "2.50 ms"),
        (3e9, "3.00 s"),
    ],
)
def test_durations_have_three_figures(nanoseconds: float, shown: str) -> None:
    assert _report_text.duration(nanoseconds) == shown


@pytest.mark.parametrize(
    ("figures", "ends"),
    [([20, 800], (1, 3)), ([10, 100], (0, 3)), ([50], (1, 2)), ([], (-1, 1)), ([0, 0.5, 3], (-1, 1))],
)
def test_axis_holds_all_figures_on_whole_decades(figures: list[float], ends: tuple[int, int]) -> None:
    axis = _report.Axis.over(figures)

    assert (axis.low, axis.high) == ends
    assert [axis.at(axis.decades[0]), axis.at(axis.decades[-1])] == [0, 100]


def test_pace_has_a_direction() -> None:
    assert _report_text.pace(63.04) == (f"63.0{TIMES}", "faster than")
    assert _report_text.pace(0.25) == (f"4.00{TIMES}", "slower than")
    assert _report_text.pace(1) == (f"1.00{TIMES}", "faster than")
