"""
The tables of `bebytes bench`: which engine is a column, what stands below, and how native compares with the others.
"""

import io
import math
import re
from collections.abc import Sequence

import pytest

from bebytes import scenarios
from bebytes.cli import _summary
from bebytes.cli._measure import Cell, Cells
from bebytes.cli._show import Screen
from bebytes.cli._summary import Summary, sentence
from bebytes.cli._table import Row, Tables, number, ratio

pytestmark = pytest.mark.usefixtures("no_wishes")

ENUMS = tuple(scenarios.load(["enums"]))
MANY = ("crate", "core", "native", "python", "slots", "floor", "numpy")


def cells(engines: Sequence[str], rows: Sequence[Row] = ENUMS) -> Cells:
    """
    The first engine takes 100 ns, the second 200, and so on; in decoding, ten times that.
    """
    found = Cells()
    for s in rows:
        for number_of, engine in enumerate(engines, 1):
            takes = 100.0 * number_of * (10 if s.key.endswith("decode") else 1)
            found.setdefault(s.key, {})[engine] = Cell(64, [[takes, takes + 1]] * 3, [[1.0, 1.0]] * 3)
    return found


def shown(engines: Sequence[str], figures: Cells, detail: bool = False, missing: dict[str, str] | None = None) -> str:
    out = io.StringIO()
    with Screen(out, io.StringIO()) as screen:
        tables = Tables(screen, ENUMS, engines, missing or {}, figures)
        tables.show(ENUMS, detail)
        tables.legend()
    return out.getvalue()


class TestColumns:
    def test_a_few_engines_are_columns_with_their_ratios_below(self) -> None:
        engines = ("native", "python", "floor")

        lines = shown(engines, cells(engines)).splitlines()
        words = [line.split() for line in lines]
        assert ["regular", "encode", "100", "200", "300", "384"] in words
        assert ["decode", "1,000", "2,000", "3,000", "384"] in words
        assert words[-2:] == [["÷", "native", "encode", "2.00", "3.00"], ["÷", "native", "decode", "2.00", "3.00"]]

    def test_only_rows_of_both_are_in_the_mean(self) -> None:
        engines = ("native", "python")
        figures = cells(engines)
        figures["enums/flags/encode"]["python"] = Cell(absent="no")
        figures["enums/regular/encode"]["python"] = Cell(64, [[800.0]])

        lines = shown(engines, figures).splitlines()
        # Of 8 and 2.
        assert lines[-4].split() == ["÷", "native", "encode", "4.00"]
        assert lines[-1] == "(a) python: no"

    def test_without_native_there_are_none(self) -> None:
        assert "÷" not in shown(("python", "floor"), cells(("python", "floor")))
        assert "÷" not in shown(("native",), cells(("native",)))

    def test_what_was_not_timed_has_a_sign(self) -> None:
        engines = ("native", "python", "crate")
        figures = cells(("native", "python"))
        figures["enums/flags/encode"]["python"] = Cell(64, [[200.0, 100.0]], failures=["input 0: wrong"])
        del figures["enums/flags/decode"]["python"]

        out = shown(engines, figures, missing={"crate": "no checkout"})
        assert re.search(r"\nflags +encode +100 +WRONG +- +384\n +decode +1,000 +- +- +384\n", out)
        assert "\n-   crate: no checkout\n" in out
        # What was wrong, for as long as it ran, says nothing of the engine.
        assert re.search(r"\n÷ native +encode +2\.00\n÷ native +decode +2\.00\n", out)


class TestLines:
    def test_many_engines_are_lines(self) -> None:
        out = shown(MANY, cells(MANY))

        lines = [line.split() for line in out.splitlines()]
        assert ["regular", "regular", "auto-sized", "auto-sized", "flags", "flags"] in lines
        assert ["ns/op", "encode", "decode", "encode", "decode", "encode", "decode"] in lines
        assert [line for line in lines if line and line[0] in MANY] == [
            [engine, *[f"{100 * n}", f"{1000 * n:,}"] * 3] for n, engine in enumerate(MANY, 1)
        ]

    def test_they_fit_whatever_the_group(self) -> None:
        out = io.StringIO()
        rows = scenarios.load(["real", "nested"])
        figures = cells(MANY, rows)
        with Screen(out, io.StringIO()) as screen:
            tables = Tables(screen, rows, MANY, {}, figures)
            for group in ("real", "nested"):
                tables.show([s for s in rows if s.group == group])

        assert max(map(len, out.getvalue().splitlines())) <= 120
        blocks = sum(math.ceil(sum(s.group == group for s in rows) / 7) for group in ("real", "nested"))
        assert sum(line.startswith("native ") for line in out.getvalue().splitlines()) == blocks > 1


class TestDetail:
    def test_each_cell_is_a_line(self) -> None:
        engines = ("native", "python")
        out = shown(engines, cells(engines), detail=True)

        assert re.search(r"\nregular +encode +native +100 +100 +100 – 101 +6 +64\n", out)  # noqa: RUF001
        assert re.search(r"\n +python +200 +200 +200 – 201 +2\.00 +2\.00 – 2\.00 +6 +64\n", out)  # noqa: RUF001
        assert max(map(len, out.splitlines())) <= 120
        assert len(re.findall(r" (?:native|python) +\d", out)) == 12

    def test_reasons_stand_in_them(self) -> None:
        figures = cells(("native",))
        for of_row in figures.values():
            of_row["crate"] = Cell(absent="no enums")

        assert re.search(r"\n +crate +\(a\)\n", shown(("native", "crate"), figures, detail=True))


class TestSummary:
    def test_means_are_by_engine_and_operation(self) -> None:
        engines = ("native", "python", "floor")
        figures = cells(engines)
        figures["enums/regular/encode"]["python"] = Cell(64, [[800.0]])
        figures["enums/flags/encode"]["floor"] = Cell(absent="no")

        assert _summary.summaries(figures, engines, ENUMS) == {
            "python": {
                "encode": Summary(pytest.approx(32 ** (1 / 3)), 2.0, 8.0, 3),  # type: ignore[arg-type]
                "decode": Summary(pytest.approx(2.0), 2.0, 2.0, 3),  # type: ignore[arg-type]
            },
            "floor": {
                "encode": Summary(pytest.approx(3.0), 3.0, 3.0, 2),  # type: ignore[arg-type]
                "decode": Summary(pytest.approx(3.0), 3.0, 3.0, 3),  # type: ignore[arg-type]
            },
        }

    def test_it_stands_at_the_end(self) -> None:
        out = io.StringIO()
        engines = ("core", "native", "python")
        with Screen(out, io.StringIO()) as screen:
            _summary.show(screen, cells(engines), engines, ENUMS)

        text = out.getvalue()
        assert "an engine's time ÷ native's: 2 took twice as long as native" in text
        assert re.search(r"\ncore +0\.50 +0\.50 +0\.50 +3 +0\.50 +0\.50 +0\.50 +3\n", text)
        assert re.search(r"\npython +1\.50 +1\.50 +1\.50 +3 +1\.50 +1\.50 +1\.50 +3\n", text)
        assert "\nnative against python (this package in plain Python): encodes 1.50 × as fast, decodes" in text  # noqa: RUF001
        assert ": encodes 0.50 × as fast, decodes 0.50 × as fast\n" in text  # noqa: RUF001

    def test_without_another_engine_there_is_none(self) -> None:
        out = io.StringIO()
        with Screen(out, io.StringIO()) as screen:
            _summary.show(screen, cells(("native",)), ("native",), ENUMS)

        assert out.getvalue() == ""

    def test_all_ratios_are_said_the_same_way_round(self) -> None:
        of_engine = {"encode": Summary(61.4, 1, 99, 3), "decode": Summary(0.4, 0.1, 1, 3)}

        assert sentence(of_engine, "x") == "encodes 61 x as fast, decodes 0.40 x as fast"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1234.5, "1,234"),
        (100, "100"),
        (99.96, "100.0"),
        (12.34, "12.3"),
        (1.234, "1.23"),
        (0.5, "0.50"),
        (0.0213, "0.021"),
    ],
)
def test_ratios_have_the_figures_that_matter(value: float, text: str) -> None:
    assert ratio(value) == text


@pytest.mark.parametrize(("value", "text"), [(1234.5, "1,234"), (99.94, "99.9"), (1.94, "1.9")])
def test_times_have_three_figures(value: float, text: str) -> None:
    assert number(value) == text
