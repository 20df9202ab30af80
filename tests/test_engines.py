"""
The engines in Python: each gives the right answers or a reason that is on record, and its source can be read.
"""

import enum
import importlib.metadata
import sys
from collections import defaultdict
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import engine_layouts
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from bebytes import Codec, Struct, bits, scenarios, size, u8
from bebytes.cli import _cargo, _engines, _layouts
from bebytes.cli._engines import PythonEngine
from bebytes.cli._layouts import Backend, EngineError, Layout, Unsupported, same
from bebytes.scenarios import Scenario
from bebytes.testing import schemas
from bebytes.testing import values as values_of

pytestmark = pytest.mark.usefixtures("good_build")

ROOT = Path(__file__).resolve().parent.parent
RIVALS = [name for name in _engines.NAMES if name not in _engines.PROGRAMS]

# What each engine cannot express of the scenarios, by the reason; all others are supported, and stay so.
DATA = "vectors/from-field, real/ipv4 header, layouts/sized bytes"
LISTS = "nested/mixed types, nested/allocation, mixed/packet, mixed/memory stress, mixed/dns-like, real/tzif, real/elf segments, real/dns message, real/ipv4 udp dns, layouts/dns name, growth_telemetry/1, growth_telemetry/4, growth_telemetry/16, growth_telemetry/64, growth_telemetry/256"
BITS = "primitives/u8, primitives/u16, primitives/u32, bit_fields/complex, bit_fields/cross-byte, enums/auto-sized, enums/flags, nested/deep, real/ccsds header, real/ccsds telemetry, layouts/bits of u8, layouts/bits of u16, layouts/bits of u32, layouts/bits and u32, layouts/ipv4, layouts/enum of bits, layouts/nested, layouts/packet"
NO_DATA = "no lengths known only from data"
OWN_FIELDS = "no length in a field of a nested struct: an expression knows the fields of its own class"
FORMATS = "formats/png, formats/tzif, formats/elf, formats/ccsds, formats/dns, formats/pcap"
BY_HAND = {"formats are declared by hand, for construct and Kaitai Struct alone": FORMATS}
UNSUPPORTED: dict[str, dict[str, str]] = {
    "slots": BY_HAND,
    "floor": BY_HAND,
    "msgpack": BY_HAND,
    # Decoding them it does; see test_scenarios_formats.py.
    "kaitai": {
        "classes that write are others than those that read, and not written for this format": "formats/png, formats/tzif, formats/elf, formats/dns"
    },
    "neoconstruct": {**BY_HAND, OWN_FIELDS: "real/tzif, real/elf segments"},
    "rustruct": {
        **BY_HAND,
        OWN_FIELDS: "real/tzif, real/elf segments",
        "no markers but a zero behind a text": "real/dns message, real/ipv4 udp dns",
    },
    "dissect": {**BY_HAND, OWN_FIELDS: "real/tzif, real/elf segments"},
    "bitstruct": {
        **BY_HAND,
        NO_DATA: DATA,
        "one flat format: no nested structs": f"{LISTS}, nested/deep, arrays/fixed, arrays/of structs, real/ccsds telemetry, layouts/nested, layouts/packet",
        "one flat format: no lists": "arrays/two dimensions, layouts/arrays",
    },
    "caterpillar": {
        **BY_HAND,
        "no lists in lists: a second dimension takes the place of the first": "arrays/two dimensions",
        "no bytes up to a marker: CString is text": "real/dns message, real/ipv4 udp dns",
    },
    "dataclasses_struct": {**BY_HAND, "no bit fields": BITS, NO_DATA: f"{DATA}, {LISTS}"},
    "ctypes": {**BY_HAND, NO_DATA: f"{DATA}, {LISTS}"},
    "numpy": {**BY_HAND, "no bit fields": BITS, NO_DATA: f"{DATA}, {LISTS}"},
}

# The same for the layouts of engine_layouts.py: those in both byte orders, and those in little endian alone.
NO_WIDE = "no integers above 64 bits"
OPEN = "Sized, Vector, Telemetry, Words, Chained"
OF_BITS = "EnumBits, Nested, Packet, ThreeBytes"
ALSO_UNSUPPORTED: dict[str, dict[str, str]] = {
    "msgpack": {"MessagePack has no integers above 64 bits": "Huge"},
    "rustruct": {NO_WIDE: "Huge", "no markers but a zero behind a text": "Words"},
    "kaitai": {NO_WIDE: "Huge"},
    "dissect": {"no marker but a zero": "Words"},
    "bitstruct": {
        NO_WIDE: "Huge",
        NO_DATA: "Sized",
        "one flat format: no nested structs": "Nested, Packet, Telemetry, Vector, Chained",
        "one flat format: no lists": "Arrays, LongArray, Words",
    },
    "dataclasses_struct": {NO_WIDE: "Huge", "no bit fields": OF_BITS, NO_DATA: OPEN},
    "ctypes": {NO_WIDE: "Huge", NO_DATA: OPEN, "bit fields that share 3 bytes: a unit has 1, 2, 4 or 8": "ThreeBytes"},
    "numpy": {NO_WIDE: "Huge", "no bit fields": OF_BITS, NO_DATA: OPEN},
}
LITTLE_UNSUPPORTED: dict[str, dict[str, str]] = {
    "neoconstruct": {"no little-endian bit fields: ByteSwapped takes no struct": f"{OF_BITS}, Telemetry"},
    "rustruct": {"no little-endian bit fields: the most significant bit is first": f"{OF_BITS}, Telemetry"},
    "bitstruct": {
        "no little-endian bit fields: its bit order turns the bits of each field, not of each byte": "EnumBits, ThreeBytes",
    },
}


@cache
def opened(name: str) -> PythonEngine | str:
    try:
        return _engines.open_python(name)
    except EngineError as e:
        return str(e)


def engine_of(name: str) -> PythonEngine:
    engine = opened(name)
    if isinstance(engine, str):
        pytest.skip(engine)
    return engine


@cache
def measured() -> list[Scenario]:
    groups = (*scenarios.GROUPS, "growth_telemetry", *scenarios.LAYOUTS)
    return [s for s in scenarios.load(groups) if isinstance(s, Scenario)]


@cache
def more() -> list[Scenario]:
    return list(engine_layouts.scenarios())


def outcomes(engine: PythonEngine, work: list[Scenario]) -> dict[str, set[str]]:
    """
    The layouts that an engine does not express, by the reason; all others it gets right.
    """
    reasons = defaultdict(set)
    wrong = []
    for s in work:
        if reason := engine.absent(s):
            reasons[reason].add(f"{s.group}/{s.name}")
        else:
            wrong += [f"{s.key}: {failure}" for failure in engine.failures(s)[:2]]
    assert wrong == []
    return dict(reasons)


@pytest.mark.parametrize("name", RIVALS)
def test_scenarios_are_answered_right_or_refused_with_the_reason_on_record(name: str) -> None:
    here = {f"{s.group}/{s.name}" for s in measured()}
    expected = {reason: set(text.split(", ")) & here for reason, text in UNSUPPORTED.get(name, {}).items()}

    assert outcomes(engine_of(name), measured()) == {reason: layouts for reason, layouts in expected.items() if layouts}


@pytest.mark.parametrize("name", RIVALS)
def test_other_layouts_in_both_byte_orders(name: str) -> None:
    expected: dict[str, set[str]] = defaultdict(set)
    for order, table in (("big", {}), ("little", LITTLE_UNSUPPORTED.get(name, {}))):
        for reason, text in (*ALSO_UNSUPPORTED.get(name, {}).items(), *table.items()):
            expected[reason] |= {f"{order}/{layout}" for layout in text.split(", ")}

    assert outcomes(engine_of(name), more()) == expected


@pytest.mark.parametrize("name", RIVALS)
def test_layouts_that_are_made_up(name: str) -> None:
    engine = engine_of(name)
    supported = 0

    @settings(max_examples=20, phases=[Phase.generate])
    @given(st.data(), schemas(), st.sampled_from(("big", "little")))
    def run(data: st.DataObject, cls: type[Struct], byteorder: Any) -> None:
        nonlocal supported
        codec = Codec(cls, byteorder=byteorder, backend="python")
        raw = codec.encode(data.draw(values_of(cls)))
        for operation in ("encode", "decode", "round trip"):
            # What was read holds no `derived`, and no NaN by another spelling.
            s = Scenario("made", "up", operation, 1, (codec.decode(raw),), (raw,), "", byteorder)
            if not engine.absent(s):
                assert engine.failures(s) == []
                supported += 1

    run()
    assert supported


class Off:
    """
    An engine of this package whose numbers are one too high, in what it writes or in what it reads.
    """

    def __init__(self, written: int = 0, read: int = 0) -> None:
        self._written, self._read = written, read

    def layout(self, cls: type[Struct], byteorder: Any) -> Layout:
        right = Backend("python").layout(cls, byteorder)
        return Layout(
            lambda value: bytes(b + self._written & 255 for b in right.encode(value)),
            lambda raw: right.decode(bytes(b + self._read & 255 for b in raw)),
            right.make,
            right.plain,
        )


class Numbers(Struct):
    first: u8
    second: u8


def numbers(operation: str) -> Scenario:
    return Scenario("made", "up", operation, 1, (Numbers(1, 2), Numbers(3, 4)), (b"\1\2", b"\3\4"), "")  # type: ignore[arg-type]


class TestChecks:
    @pytest.mark.parametrize(
        ("module", "operation", "failure"),
        [
            (Off(written=1), "encode", "input 0: 0203 instead of 0102"),
            (Off(read=1), "decode", "input 0: (2, 3) instead of (1, 2)"),
            (Off(written=1), "round trip", "input 0: (2, 3) instead of (1, 2)"),
            (Off(read=1), "round trip", "input 0: (2, 3) instead of (1, 2)"),
        ],
    )
    def test_a_wrong_answer_is_told(self, module: Off, operation: str, failure: str) -> None:
        found = PythonEngine("off", module, {}).failures(numbers(operation))
        assert len(found) == 2
        assert found[0] == failure

    @pytest.mark.parametrize("operation", ["encode", "decode", "round trip"])
    def test_a_right_one_is_not(self, operation: str) -> None:
        assert PythonEngine("off", Off(), {}).failures(numbers(operation)) == []

    @pytest.mark.parametrize("operation", ["encode", "decode", "round trip"])
    def test_another_format_is_checked_by_reading_it_back(self, operation: str) -> None:
        def module(off: int) -> Any:
            def layout(cls: type[Struct], byteorder: Any) -> Layout:
                return Layout(
                    lambda value: repr((value.first, value.second + off)).encode(),
                    lambda raw: Numbers(*eval(raw)),
                    lambda value: value,
                    lambda value: (value.first, value.second),
                    foreign=True,
                )

            return SimpleNamespace(layout=layout)

        assert PythonEngine("other", module(0), {}).failures(numbers(operation)) == []
        failures = PythonEngine("other", module(1), {}).failures(numbers(operation))
        assert failures[0] == "input 0: (1, 3) instead of (1, 2)"

    def test_types_count(self) -> None:
        kind = enum.IntEnum("kind", {"ONE": 1}).ONE  # type: ignore[attr-defined]
        assert same((1, [True, None, kind, -0.0]), (1, [True, None, kind, -0.0]))
        assert same(float("nan"), float("nan"))
        for other in (True, kind, 1.0, "1", (1,), 2):
            assert not same(1, other)
            assert not same([1], [other])
        assert not same(0.0, -0.0)
        assert not same((1,), [1])
        assert not same([1], [1, 1])

    def test_what_a_library_holds_as_numbers_is_compared_as_numbers(self) -> None:
        class Kinds(enum.IntEnum):
            ONE = 1

        class Row(Struct):
            kind: Kinds
            text: str = size(1)
            flag: bool = bits(1)
            rest: u8 = bits(7)
            whole: bool

        def form(*raw: str) -> tuple[Any, ...]:
            plan = Row.__bebytes_schema__.plan("big")  # type: ignore[attr-defined]
            return _layouts.plain_form(plan, Row(Kinds.ONE, "a", True, 3, True), raw)

        assert same(form(), (Kinds.ONE, "a", True, 3, True))
        assert same(form("enum", "text", "bool"), (1, b"a", 1, 3, 1))
        assert same(form("sized text", "bool bit"), (Kinds.ONE, b"a", 1, 3, True))
        assert same(form("bool byte"), (Kinds.ONE, "a", True, 3, 1))

    def test_a_value_of_another_class_is_wrong(self) -> None:
        class Too(Struct):
            first: u8
            second: u8

        wrong = Backend("python").layout(Numbers, "big")
        module = SimpleNamespace(
            layout=lambda cls, byteorder: Layout(wrong.encode, lambda raw: Too(*raw), wrong.make, wrong.plain)
        )
        (first, _) = PythonEngine("too", module, {}).failures(numbers("decode"))
        assert first == "input 0: TypeError: a Too instead of a Numbers"

    def test_an_engine_that_breaks_is_told(self) -> None:
        def broken(cls: type[Struct], byteorder: Any) -> Layout:
            raise ZeroDivisionError("once")

        def refused(cls: type[Struct], byteorder: Any) -> Layout:
            raise Unsupported("no numbers")

        with pytest.raises(EngineError, match="no layout: ZeroDivisionError: once"):
            PythonEngine("broken", SimpleNamespace(layout=broken), {}).absent(numbers("encode"))
        assert PythonEngine("refused", SimpleNamespace(layout=refused), {}).absent(numbers("encode")) == "no numbers"


class TestTiming:
    def counting(self) -> tuple[PythonEngine, list[Any]]:
        calls: list[Any] = []

        def layout(cls: type[Struct], byteorder: Any) -> Layout:
            def call(value: Any) -> Any:
                calls.append(value)
                return value

            return Layout(call, call, lambda value: value, lambda value: value)

        return PythonEngine("counting", SimpleNamespace(layout=layout), {}), calls

    @pytest.mark.parametrize(("operation", "per"), [("encode", 1), ("decode", 1), ("round trip", 2)])
    def test_as_many_operations_as_asked_for_each_input_in_turn(self, operation: str, per: int) -> None:
        engine, calls = self.counting()
        s = numbers(operation)
        given = s.data if operation == "decode" else s.values

        assert engine.time(s, 5) >= 0
        assert calls == [value for i in range(5) for value in [given[i % 2]] * per]

    def test_scenarios_with_one_name_are_not_mixed_up(self) -> None:
        engine, calls = self.counting()
        other = Scenario("made", "up", "decode", 1, (Numbers(9, 9),), (b"\x09\x09",), "")
        engine.time(numbers("decode"), 1)
        engine.time(other, 1)
        assert calls == [b"\1\2", b"\x09\x09"]


class TestRegistry:
    def test_each_file_has_a_row_and_each_row_a_file(self) -> None:
        files = {path.stem for path in (ROOT / "benches" / "engines").glob("*.py") if not path.stem.startswith("_")}
        assert files == set(RIVALS)
        assert set(_engines.TITLES) == set(_engines.NAMES)
        assert set(_engines.DEFAULT) < set(_engines.NAMES)

    def test_their_names_hide_no_library(self) -> None:
        for name in RIVALS:
            opened(name)
        for name in ("ctypes", "construct", "numpy", "bitstruct", "neoconstruct", "rustruct"):
            module = sys.modules.get(name)
            assert module is None or "engines" not in str(module.__file__)

    def test_one_that_is_not_installed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def missing(name: str) -> str:
            raise importlib.metadata.PackageNotFoundError(name)

        monkeypatch.setattr(_engines, "version", missing)
        engines, reasons = _engines.open_engines(["construct", "python", "slots"], [], None)  # type: ignore[arg-type]
        assert [e.name for e in engines] == ["python", "slots"]
        assert reasons == {"construct": "construct is not installed: pip install construct"}

    def test_one_that_cannot_be_imported(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        folder = tmp_path / "benches" / "engines"
        folder.mkdir(parents=True)
        (folder / "__init__.py").touch()
        (folder / "slots.py").write_text("import no_such_library_at_all\n")
        monkeypatch.setattr(_cargo, "checkout", lambda: tmp_path)

        with pytest.raises(
            EngineError, match=r"its library cannot be imported: No module named 'no_such_library_at_all'"
        ):
            _engines.open_python("slots")
        with pytest.raises(EngineError, match=r"engines has no ctypes.py"):
            _engines.open_python("ctypes")

    def test_without_a_checkout_only_the_backends_run(self, no_checkout: None) -> None:
        assert _engines.open_python("python").failures(numbers("decode")) == []
        with pytest.raises(EngineError, match="needs a checkout of the repository"):
            _engines.open_python("slots")
