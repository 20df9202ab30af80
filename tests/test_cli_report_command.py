"""
The command `bebytes bench report`: which records and flame graphs it takes, what it writes, what it refuses.
"""

import errno
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from bench_records import record
from html_page import Page

pytest.importorskip("jinja2", reason="the page is made with jinja2, which comes with bebytes[cli]")

from bebytes.cli import _cargo, bench_report, main

SVG = '<?xml version="1.0"?><svg width="1200" height="300" xmlns="http://www.w3.org/2000/svg"><text>hot "&amp;" cold</text></svg>'


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """
    A checkout that keeps no records yet.
    """
    (tmp_path / "benches" / "record").mkdir(parents=True)
    monkeypatch.setattr(_cargo, "checkout", lambda: tmp_path)
    return tmp_path


def keep(checkout: Path, name: str, content: Any) -> Path:
    path = checkout / "benches" / "record" / f"{name}.json"
    path.write_text(json.dumps(content))
    return path


def run(*words: object) -> int:
    return main(["bench", "report", *map(str, words)])


def test_flame_graphs_stand_in_frames_of_their_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for place, content in (("b", SVG), ("a/native", SVG.replace("300", "700")), (".", SVG), ("broken", "no drawing")):
        folder = tmp_path / "results" / place
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "flamegraph.svg").write_text(content)
    file = tmp_path / "record.json"
    file.write_text(json.dumps(record()))
    out = tmp_path / "out.html"

    assert run(file, "--profiles", tmp_path / "results", "--output", out) == 0
    said = capsys.readouterr()
    parts = Page(out.read_text("utf-8"))
    frames = parts.all("iframe")
    assert [f["title"] for f in frames] == [f"Flame graph of {name}" for name in ("a/native", "b", "results")]
    assert [f["height"] for f in frames] == ["704", "304", "304"]
    assert {f["sandbox"] for f in frames} == {"allow-scripts"}
    assert frames[1]["srcdoc"] == bench_report.STAGE + SVG[SVG.index("<svg") :]
    assert all(any(outer["tag"] == "details" and "open" not in outer for outer in f["around"]) for f in frames)
    assert said.err == f"left out, as it is no SVG: {tmp_path / 'results' / 'broken' / 'flamegraph.svg'}\n"
    assert f"written: {out} (1 record, 3 flame graphs, " in said.out


def test_flame_graphs_of_the_checkout_are_found(checkout: Path) -> None:
    (checkout / "profiling_results" / "callgrind").mkdir(parents=True)
    (checkout / "profiling_results" / "callgrind" / "flamegraph.svg").write_text(SVG)
    keep(checkout, "now", record())

    assert run("--output", checkout / "out.html") == 0
    assert len(Page((checkout / "out.html").read_text("utf-8")).all("iframe")) == 1


def test_same_records_make_the_same_page(tmp_path: Path) -> None:
    others: dict[str, Any] = {name: {} for name in ("other", "another", "a third", "one more", "the last")}
    files = []
    for n, pace in enumerate((1, 1.2)):
        content = record(pace=pace)
        content["engines"] |= others
        files.append(tmp_path / f"{n}.json")
        files[-1].write_text(json.dumps(content))
    pages = []
    for seed in ("1", "2"):
        out = tmp_path / f"{seed}.html"
        command = [sys.executable, "-m", "bebytes", "bench", "report", *map(str, files), "--output", str(out)]
        subprocess.run(command, check=True, capture_output=True, env=os.environ | {"PYTHONHASHSEED": seed})
        pages.append(out.read_text("utf-8"))

    assert pages[0] == pages[1]


def test_kept_records_stand_by_age_and_other_files_do_not(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep(checkout, "a-new", record(date="2026-03-01T00:00:00+00:00"))
    keep(checkout, "b-old", record(date="2026-01-01T00:00:00+00:00"))
    keep(checkout, "c-middle", record(date="2026-02-01T00:00:00+00:00"))
    keep(checkout, "counts", {"instructions": {"real/tzif/decode": 12345}})
    keep(checkout, "memory", record(kind="memory"))
    out = checkout / "report.html"

    assert run("--output", out) == 0
    assert capsys.readouterr().out.startswith(f"written: {out} (3 records, ")
    parts = Page(out.read_text("utf-8"))
    (select,) = [e for e in parts.all("select") if e.get("id") == "record"]
    assert [o["text"] for o in parts.all("option", select)] == ["b-old", "c-middle", "a-new"]
    assert [o["text"] for o in parts.all("option", select) if "selected" in o] == ["a-new"]


def test_records_are_named_or_files_in_the_order_given(checkout: Path) -> None:
    kept = keep(checkout, "kept", record())
    for folder in ("x", "y"):
        (checkout / folder).mkdir()
        (checkout / folder / "same.json").write_text(kept.read_text())
    out = checkout / "report.html"

    def titles() -> list[str]:
        return [e["text"] for e in Page(out.read_text("utf-8")).all("h2")][: len(words)]

    words: list[object] = [checkout / "x" / "same.json", "kept"]
    assert run(*words, "--output", out) == 0
    assert titles() == ["same", "kept"]
    words = [checkout / "x" / "same.json", checkout / "y" / "same.json"]
    assert run(*words, "--output", out) == 0
    assert titles() == [str(word) for word in words]


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ((), "no record is kept yet; `bebytes bench --save NAME` makes one"),
        (("nope",), "no record is called nope"),
        (("gone.json",), "gone.json cannot be read: No such file or directory"),
    ],
)
def test_missing_records_are_refused(
    words: tuple[str, ...], complaint: str, checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*words, "--output", checkout / "out.html") == 2
    said = capsys.readouterr()
    assert said.err.startswith(f"bebytes bench report: {complaint}")
    assert (said.out, said.err.count("\n"), (checkout / "out.html").exists()) == ("", 1, False)


def test_an_unknown_record_lists_the_known_ones(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep(checkout, "one", record())
    keep(checkout, "two", record())

    assert run("one", "three", "--output", checkout / "out.html") == 2
    assert capsys.readouterr().err == "bebytes bench report: no record is called three; there are one, two\n"


def test_a_record_named_twice_is_refused(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep(checkout, "one", record())

    assert run("one", "one", "--output", checkout / "out.html") == 2
    assert capsys.readouterr().err == "bebytes bench report: named twice: one\n"


def test_places_that_take_no_file_are_refused(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep(checkout, "one", record())
    gone, here = checkout / "gone" / "out.html", checkout / "benches"

    assert run("--output", gone) == 2
    assert run("--output", here) == 2
    assert run("--output", checkout / "out.html", "--profiles", checkout / "gone") == 2
    assert capsys.readouterr().err == (
        f"bebytes bench report: --output {gone}: there is no such folder\n"
        f"bebytes bench report: --output {here}: this is a folder\n"
        f"bebytes bench report: --profiles {checkout / 'gone'}: there is no such folder\n"
    )


def test_page_is_written_whole_or_not_at_all(
    checkout: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(checkout, "one", record())
    out = checkout / "out.html"
    out.write_text("what was there")
    before = sorted(checkout.iterdir())

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", full)
        assert run("--output", out) == 2
    assert capsys.readouterr().err == f"bebytes bench report: --output {out}: No space left on device\n"

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", stop)
        assert run("--output", out) == 130
    assert out.read_text() == "what was there"
    assert sorted(checkout.iterdir()) == before


def test_without_jinja_the_command_says_what_to_install(
    checkout: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench_report, "find_spec", lambda _: None)

    assert run("--output", checkout / "out.html") == 2
    assert capsys.readouterr().err == (
        "bebytes bench report: the page is made with jinja2; pip install 'bebytes[cli]' brings it\n"
    )
