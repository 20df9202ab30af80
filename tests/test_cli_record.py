"""
Records of `bebytes bench`: written whole, kept under names, and refused with a sentence where they are none.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from bebytes.cli import _cargo, _record
from bebytes.cli._record import RecordError

RECORD: dict[str, Any] = {
    "form": 1,
    "bebytes": "0.1.0",
    "commit": "",
    "date": "2026-11-25T09:00:00+00:00",
    "machine": "a machine",
    "interpreter": "CPython",
    "compiler": "",
    "engines": {"python": {"loop_ns": 7.0}, "crate": {"absent": "no checkout"}},
    "rows": [
        {
            "group": "enums",
            "name": "flags",
            "operation": "decode",
            "engines": {"python": {"samples_ns": [2.0, 1.5]}, "crate": {"absent": "no union"}},
        }
    ],
}


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """
    The folder of the records of a checkout.
    """
    monkeypatch.setattr(_cargo, "checkout", lambda: tmp_path)
    folder = tmp_path / "benches" / "record"
    folder.mkdir(parents=True)
    return folder


class TestNames:
    def test_what_is_kept_is_loaded_by_name_and_by_path(self, kept: Path) -> None:
        assert _record.keep("one-1.0", RECORD) == kept / "one-1.0.json"

        assert _record.load("one-1.0") == _record.load(kept / "one-1.0.json") == RECORD
        assert _record.names() == ["one-1.0"]

    def test_another_of_the_same_name_takes_its_place(self, kept: Path) -> None:
        _record.keep("one", RECORD)
        _record.keep("one", RECORD | {"machine": "another"})

        assert _record.load("one")["machine"] == "another"
        assert [file.name for file in kept.iterdir()] == ["one.json"]

    def test_the_folder_is_made(self, kept: Path) -> None:
        kept.rmdir()
        _record.keep("one", RECORD)

        assert _record.names() == ["one"]

    def test_kinds_are_apart(self, kept: Path) -> None:
        _record.keep("times", RECORD)
        _record.keep("weights", RECORD | {"kind": "memory"})
        (kept / "counts.json").write_text('{"instructions": 3}')

        assert (_record.names(), _record.names("memory")) == (["times"], ["weights"])
        with pytest.raises(RecordError, match=r"weights.json is a record of memory, not of bench$"):
            _record.load("weights")

    def test_an_unknown_one_lists_the_known(self, kept: Path) -> None:
        _record.keep("one", RECORD)
        _record.keep("two", RECORD)

        with pytest.raises(RecordError, match=r"^no record is called three; there are one, two$"):
            _record.load("three")

    def test_where_none_is_kept_it_says_how(self, kept: Path) -> None:
        with pytest.raises(RecordError, match=r"none is kept yet, `bebytes bench --save one` keeps one$"):
            _record.load("one")
        with pytest.raises(RecordError, match=r"`bebytes bench memory --save one` keeps one$"):
            _record.load("one", "memory")

    def test_one_too_long_for_a_file_is_told_as_unknown(self, kept: Path) -> None:
        with pytest.raises(RecordError, match="^no record is called a{300}; "):
            _record.load("a" * 300)

    @pytest.mark.parametrize("name", ["", ".", "..", "../one", "a/b", "-x", "a b", "one.json", "a\\b", "a" * 300])
    def test_what_is_no_name(self, kept: Path, name: str) -> None:
        with pytest.raises(RecordError, match="is no name for a record"):
            _record.keep(name, RECORD)
        assert list(kept.iterdir()) == []

    @pytest.mark.usefixtures("no_checkout")
    def test_without_a_checkout_there_are_files_only(self, tmp_path: Path) -> None:
        with pytest.raises(RecordError, match="benches/record of a checkout"):
            _record.keep("one", RECORD)
        with pytest.raises(RecordError, match="no record is called one"):
            _record.load("one")
        _record.write(tmp_path / "one.json", RECORD)
        assert _record.load(tmp_path / "one.json") == RECORD


class TestDamage:
    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("{", "is damaged: it is no JSON"),
            ("[]", "is no record of bebytes bench"),
            ('{"form": 1}', "is no record of bebytes bench"),
            ('{"form": 2, "rows": []}', "has form 2; this version of bebytes reads form 1"),
            ('{"form": 1, "rows": []}', "is damaged: it has no bebytes, commit, date, machine, interpreter, "),
            (json.dumps(RECORD | {"rows": {}}), "is damaged: its engines or rows are none"),
            (json.dumps(RECORD | {"engines": {"native": 3}}), "is damaged: it has no facts of native"),
            (json.dumps(RECORD | {"launches": "x"}), "is damaged: its launches are no number"),
            (json.dumps(RECORD | {"rows": [{}]}), "is damaged: row 0 has no engines"),
            (json.dumps(RECORD | {"rows": [{"engines": {}}]}), "is damaged: row 0 has no group, name, operation"),
        ],
    )
    def test_a_file_that_is_no_record(self, tmp_path: Path, text: str, message: str) -> None:
        (tmp_path / "one.json").write_text(text)

        with pytest.raises(RecordError) as raised:
            _record.load(tmp_path / "one.json")
        assert str(raised.value).startswith(f"{tmp_path / 'one.json'} {message}")

    @pytest.mark.parametrize(
        "cell",
        [
            {},
            {"samples_ns": []},
            {"samples_ns": [0]},
            {"samples_ns": ["1"]},
            {"samples_ns": [1.0], "launches": [2]},
            {"samples_ns": [1.0], "launches": "1"},
            {"samples_ns": [1.0], "launches": [1.0]},
            {"samples_ns": [float("inf")]},
            {"samples_ns": [1.0], "control_ns": [1.0, 2.0]},
        ],
    )
    def test_a_cell_without_figures(self, tmp_path: Path, cell: dict[str, Any]) -> None:
        row = RECORD["rows"][0] | {"engines": {"python": cell}}
        (tmp_path / "one.json").write_text(json.dumps(RECORD | {"rows": [row]}))

        with pytest.raises(RecordError, match="row 0 has no figures for python, nor a reason"):
            _record.load(tmp_path / "one.json")

    def test_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(RecordError, match=r"one.json cannot be read: No such file or directory$"):
            _record.load(tmp_path / "one.json")

    def test_a_folder_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(RecordError, match=r"one.json cannot be written: No such file or directory$"):
            _record.write(tmp_path / "nowhere" / "one.json", RECORD)


def test_a_row_is_a_line(tmp_path: Path) -> None:
    _record.write(tmp_path / "one.json", RECORD | {"absent": []})

    lines = (tmp_path / "one.json").read_text().splitlines()
    assert len(lines) == 14
    assert json.loads("\n".join(lines)) == RECORD | {"absent": []}
