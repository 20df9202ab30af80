"""
The benchmark scenarios give the right answers, on every backend.
"""

import dataclasses
import socket
from importlib.util import find_spec
from typing import Any

import pytest

from bebytes import Struct, fields, scenarios
from bebytes.scenarios import Absent, Scenario, enums, real

LOADED = scenarios.load()
GROWING = [s for s in scenarios.load(scenarios.GROWTH) if isinstance(s, Scenario)]
AIMED = [s for s in scenarios.load(scenarios.LAYOUTS) if isinstance(s, Scenario)]
PRESENT = [*(s for s in LOADED if isinstance(s, Scenario)), *GROWING, *AIMED]

# The counts that the groups promise.
ITERATIONS = {
    "primitives": {1_000_000},
    "bit_fields": {500_000},
    "enums": {1_000_000},
    "vectors": {100_000},
    "nested": {50_000},
    "arrays": {200_000},
    "mixed": {10_000},
    "real": {100_000, 10_000},
    "formats": {1000},
    "growth_fields": {100_000},
    "growth_bytes": {20_000},
    "growth_items": {10_000},
    "growth_telemetry": {20_000},
    "growth_depth": {100_000},
    "layouts": {200_000},
}

# The sizes in bytes, in the order of the amounts.
GROWTH_SIZES = {
    "growth_fields": [2, 4, 8, 16, 32, 64, 128],
    "growth_bytes": [20, 68, 260, 1028, 4100, 16_388, 65_540],
    "growth_items": [6, 18, 66, 258, 1026, 4098],
    "growth_telemetry": [22, 43, 127, 463, 1807],
    "growth_depth": [1, 2, 4, 8, 16, 32],
}


def by_key(scenario: Scenario) -> str:
    return scenario.key


@pytest.mark.parametrize("scenario", PRESENT, ids=by_key)
def test_all_answers_are_right(scenario: Scenario, backend: str) -> None:
    assert scenario.failures(backend) == []


@pytest.mark.parametrize("scenario", PRESENT, ids=by_key)
def test_a_scenario_is_whole(scenario: Scenario) -> None:
    whole = scenario.group == "formats"
    assert len(scenario.values) == len(scenario.data)
    assert 2 <= len(scenario.data) <= 16 if whole else len(scenario.data) == scenarios.INPUTS
    assert (scenario.facts is not None) is whole
    assert len(set(scenario.data)) > 1 or not whole
    assert {type(value) for value in scenario.values} == {scenario.schema}
    assert scenario.iterations in ITERATIONS[scenario.group]
    assert scenario.about


def test_every_group_is_there_and_keys_are_unique() -> None:
    assert [group for group in scenarios.GROUPS if any(s.group == group for s in LOADED)] == list(scenarios.GROUPS)
    assert list(ITERATIONS) == [*scenarios.GROUPS, *scenarios.GROWTH, *scenarios.LAYOUTS]
    assert len({s.key for s in PRESENT}) == len(PRESENT)


@pytest.mark.parametrize("group", scenarios.GROWTH)
def test_growth_is_by_the_amount_in_the_name(group: str) -> None:
    for operation in ("encode", "decode"):
        grown = [s for s in GROWING if (s.group, s.operation) == (group, operation)]
        amounts = [int(s.name) for s in grown]

        assert amounts == sorted(amounts)
        assert [{len(raw) for raw in s.data} for s in grown] == [{size} for size in GROWTH_SIZES[group]]


def test_growth_and_the_layouts_of_the_goals_are_not_measured_unasked() -> None:
    assert not {s.group for s in LOADED} & {*scenarios.GROWTH, *scenarios.LAYOUTS}


def test_there_are_fifteen_layouts_for_the_goals() -> None:
    assert len(AIMED) == 2 * 15
    assert {len(raw) for raw in scenarios.find("layouts/packet/encode").data} == {64}
    assert len(fields(scenarios.find("layouts/ipv4/decode").schema)) == 13
    assert {len(value.segments) for value in scenarios.find("layouts/dns name/decode").values} == {3}  # type: ignore[attr-defined]


# Typed from the page on the wire format and from dumps, so that a slip in the packing of the files shows.
@pytest.mark.parametrize(
    ("key", "number", "text"),
    [
        ("primitives/u8/encode", 3, "b36f"),
        ("primitives/u16/encode", 1, "a006"),
        ("primitives/u32/encode", 3, "dffffeab"),
        ("bit_fields/complex/encode", 3, "c30bfffff1"),
        ("enums/auto-sized/encode", 7, "7d"),
        ("enums/flags/encode", 7, "3f0703"),
        ("vectors/from-field/encode", 1, "050102030405" + "63"),
        ("arrays/two dimensions/encode", 0, "00" + "0000000100020003" + "0101010201030104" + "0202020302040205"),
        ("mixed/dns-like/encode", 5, "03777777" + "06686f73742d35"),
        ("nested/allocation/encode", 2, "02" + "020203" + "03030405" + "63"),
        ("growth_fields/2/encode", 1, "1104" + "1405"),
        ("growth_bytes/16/decode", 1, "00000010" + "0102030405060708090a0b0c0d0e0f10"),
        ("growth_depth/4/decode", 1, "25262728"),
        ("growth_items/1/encode", 1, "0001" + "1104" + "1405"),
        ("growth_telemetry/1/encode", 2, "0014" + "0a" + "73746174696f6e2d3032" + "0001" + "0181" + "02" + "42800000"),
        ("layouts/numbers/encode", 1, "25" + "04fe" + "03fffffb" + "03ffffffffffffe5"),
        ("layouts/ipv4/decode", 1, "45050053" + "04fe207f" + "21110407" + "c0a80101" + "0a010001"),
        ("layouts/enum of bits/encode", 7, "c7"),
        ("layouts/nested/encode", 1, "0fc1" + "01fe457ec3" + "b90e"),
        (
            "layouts/arrays/decode",
            0,
            "0001020304050607" + "00010203" + "0101" + "0402" + "0703" + "0a04" + "0d05" + "1006" + "1307" + "1608",
        ),
        ("layouts/packet/encode", 1, "2801" + "030a068110" + "1d7f270ee0" + bytes(range(1, 53)).hex()),
        ("layouts/dns name/encode", 1, "03777777" + "06686f73742d31" + "0e6578616d706c656578616d706c65"),
    ],
)
def test_bytes_by_hand(key: str, number: int, text: str) -> None:
    assert scenarios.find(key).data[number].hex() == text


def test_a_wrong_answer_is_seen(backend: str) -> None:
    scenario = scenarios.find("primitives/u8/decode")
    wrong = dataclasses.replace(scenario, values=scenario.values[1:] + scenario.values[:1])

    assert len(wrong.failures(backend)) == scenarios.INPUTS
    assert wrong.failures(backend)[0].startswith(
        "input 0: U8(first=0, second=0, third=0, fourth=0) instead of U8(first=1,"
    )


def test_an_error_is_a_wrong_answer(backend: str) -> None:
    scenario = scenarios.find("primitives/u16/decode")
    short = dataclasses.replace(scenario, data=tuple(raw[:1] for raw in scenario.data))

    assert short.failures(backend)[0].startswith("input 0: InsufficientData: U16.second: needs 2 bytes, 1 left")


def test_a_number_does_not_pass_for_a_member(backend: str) -> None:
    scenario = scenarios.find("enums/regular/decode")
    numbers = dataclasses.replace(scenario, values=tuple(enums.Regular(i % 3) for i in range(64)))  # type: ignore[arg-type]

    assert len(numbers.failures(backend)) == scenarios.INPUTS


def test_find_says_what_there_is() -> None:
    with pytest.raises(
        ValueError, match=r"no scenario is called primitives/u9/decode; primitives has primitives/u8/encode, "
    ):
        scenarios.find("primitives/u9/decode")
    with pytest.raises(ValueError, match=r"no group is called nothing; there are primitives, "):
        scenarios.load(["nothing"])


class TestRealData:
    def without(self, monkeypatch: pytest.MonkeyPatch, package: str) -> None:
        monkeypatch.setattr(real, "find_spec", lambda name: None if name == package else find_spec(name))

    @pytest.mark.parametrize(("package", "name"), [("ccsdspy", "ccsds"), ("tzdata", "tzif")])
    def test_a_package_that_is_not_installed_has_a_row(
        self, monkeypatch: pytest.MonkeyPatch, package: str, name: str
    ) -> None:
        self.without(monkeypatch, package)

        assert Absent("real", name, "not installed: pip install bebytes[bench]") in scenarios.load(["real"])

    def test_find_gives_the_reason(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.without(monkeypatch, "tzdata")

        with pytest.raises(ValueError, match=r"real/tzif/decode: not installed: pip install"):
            scenarios.find("real/tzif/decode")

    def test_without_a_network_there_is_a_row(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*arguments: Any, **keywords: Any) -> None:
            raise OSError("no sockets here")

        monkeypatch.setattr(socket, "socket", refuse)

        assert scenarios.load(["real"])[-1] == Absent(
            "real", "network", "no messages over loopback here: no sockets here"
        )

    def test_without_the_right_to_capture_the_headers_are_rebuilt(self, monkeypatch: pytest.MonkeyPatch) -> None:
        whole = socket.socket

        def refuse_raw(family: int, kind: int, protocol: int = 0) -> socket.socket:
            if kind == socket.SOCK_RAW:
                raise PermissionError("only root")
            return whole(family, kind, protocol)

        monkeypatch.setattr(socket, "socket", refuse_raw)
        scenario = scenarios.find("real/ipv4 udp dns/decode")

        assert scenario.about.endswith("headers rebuilt, as a raw socket needs more rights")
        assert scenario.failures() == []
        # The checksum of a header makes the sum of its words all ones.
        header = scenario.data[0][:20]
        total = sum(int.from_bytes(header[i : i + 2], "big") for i in range(0, 20, 2))
        assert (total & 0xFFFF) + (total >> 16) == 0xFFFF

    def test_an_interpreter_of_another_format_has_a_row(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("sys.executable", __file__)

        absent = Absent("real", "elf", "the running interpreter is no 64-bit little-endian ELF file")
        assert absent in scenarios.load(["real"])


def test_schemas_name_their_fields() -> None:
    # The record of the bench and the Rust programs go by position, so a class must give all its fields.
    for scenario in PRESENT:
        value: Struct = scenario.values[0]
        assert all(hasattr(value, f.name) for f in fields(type(value)))


@pytest.mark.parametrize(
    ("pattern", "operations"),
    [
        ("bit_fields/complex", ["encode", "decode", "round trip"]),
        ("bit_fields/complex/round trip", ["round trip"]),
        ("vectors/fixed/decode", ["decode"]),
    ],
)
def test_a_selection_is_by_name_and_operation(pattern: str, operations: list[str]) -> None:
    assert [s.operation for s in scenarios.select(pattern) if isinstance(s, Scenario)] == operations


def test_a_selection_of_a_group_is_all_of_it() -> None:
    assert [s.key for s in scenarios.select("enums")] == [s.key for s in scenarios.load(["enums"])]


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("primitive", "no group is called primitive; there are primitives, bit_fields, "),
        ("primitives/u64", "no scenario is called primitives/u64; primitives has u8, u16, u32"),
        ("primitives/u16/multiply", "no scenario is called primitives/u16/multiply; primitives has u8, u16, u32"),
    ],
)
def test_an_unknown_selection_lists_what_there_is(pattern: str, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}"):
        scenarios.select(pattern)
