"""
examples/tzif.py on the zones of the package tzdata; the standard library's zoneinfo says what they hold.
"""

import datetime
import importlib.resources
import io
import zoneinfo
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from zoneinfo._common import load_data  # the tables themselves, read in plain Python

import pytest
from examples_loading import example

ZONES = Path(str(importlib.resources.files("tzdata").joinpath("zoneinfo")))
KEYS = importlib.resources.files("tzdata").joinpath("zones").read_text().split()
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
# Clocks that went back and forth by odd amounts, over the date line, or many times; and one that never did.
TELLING = [
    "Africa/Casablanca",
    "America/New_York",
    "America/St_Johns",
    "Asia/Tehran",
    "Australia/Lord_Howe",
    "Etc/UTC",
    "Europe/Berlin",
    "Europe/Dublin",
    "Pacific/Apia",
]


@pytest.fixture
def tzif(backend: str) -> Iterator[ModuleType]:
    """
    The example, once on each backend.
    """
    with example("tzif", backend) as module:
        yield module


def data_of(key: str) -> bytes:
    """
    The bytes of a zone's file.
    """
    return ZONES.joinpath(*key.split("/")).read_bytes()


def version_1(tzif: ModuleType, data: bytes) -> bytes:
    """
    A file of version 1 with those transitions of another that 32 bits hold.
    """
    block = tzif.read(data).block
    fitting = [i for i, time in enumerate(block.transition_times) if -(2**31) <= time < 2**31]
    return tzif.Block32(  # type: ignore[no-any-return]
        header=tzif.Header(version=tzif.Version.V1),
        transition_times=[block.transition_times[i] for i in fitting],
        transition_types=[block.transition_types[i] for i in fitting],
        types=block.types,
        designations=block.designations,
        is_standard=block.is_standard,
        is_ut=block.is_ut,
    ).to_be_bytes()


def assert_same_tables(tzif: ModuleType, data: bytes) -> None:
    """
    The tables of a file are those that zoneinfo reads, and they encode to the file.
    """
    file = tzif.read(data)
    block, rule = (file, None) if isinstance(file, tzif.Block32) else (file.block, file.footer.rule.encode())
    names = tuple(tzif.local_time_type(block, i).name for i in range(len(block.types)))

    indices, times, offsets, is_dst, abbreviations, tz = load_data(io.BytesIO(data))
    assert (list(times), list(indices)) == (block.transition_times, block.transition_types)
    assert [*zip(offsets, map(bool, is_dst), strict=True)] == [(t.utoff, t.is_dst) for t in block.types]
    assert abbreviations == names
    assert tz == rule
    assert file.to_be_bytes() == data


def test_tables(tzif: ModuleType) -> None:
    """
    Every zone has the tables that zoneinfo reads.
    """
    for key in KEYS:
        assert_same_tables(tzif, data_of(key))


@pytest.mark.parametrize("key", TELLING)
def test_local_times(tzif: ModuleType, key: str) -> None:
    """
    Just before and at each transition, the clocks show what zoneinfo says.
    """
    data = data_of(key)
    zone = zoneinfo.ZoneInfo.from_file(io.BytesIO(data))
    block = tzif.read(data).block
    changes = list(tzif.transitions(block))

    # Before the first transition, zoneinfo takes the first standard time; the standard takes the first type.
    moments = [time - 1 for time, _ in changes[1:]] + [time for time, _ in changes]
    for time in moments:
        moment = (EPOCH + datetime.timedelta(seconds=time)).astimezone(zone)
        utoff, _, name = tzif.local_time(block, time)
        assert moment.utcoffset() == datetime.timedelta(seconds=utoff)
        assert moment.tzname() == name
    assert all(tzif.local_time(block, time) == local for time, local in changes)


@pytest.mark.parametrize("key", TELLING)
def test_version_1(tzif: ModuleType, key: str) -> None:
    """
    A file of version 1, made here with all counts derived, has the tables that zoneinfo reads.
    """
    data = version_1(tzif, data_of(key))

    assert tzif.read(data).header.version is tzif.Version.V1
    assert_same_tables(tzif, data)


def test_leap_seconds(tzif: ModuleType) -> None:
    """
    Both blocks filled, with leap seconds and indicators: zoneinfo finds the second block, and the rule behind it.
    """
    types = [tzif.LocalTimeType(-3600, False, 4), tzif.LocalTimeType(0, True, 0)]
    common = {"types": types, "designations": b"DST\0STD\0", "is_standard": [True, False]}
    times = [78796800, 94694401, 126230402]
    file = tzif.ZoneFile(
        legacy=tzif.Block32(
            header=tzif.Header(),
            transition_times=[-(2**31), 2**31 - 1],
            transition_types=[1, 0],
            leap_seconds=[tzif.LeapSecond32(time, i + 1) for i, time in enumerate(times)],
            **common,
        ),
        block=tzif.Block64(
            header=tzif.Header(),
            transition_times=[-(2**40), 0, 2**33],
            transition_types=[0, 1, 0],
            leap_seconds=[tzif.LeapSecond64(time, i + 1) for i, time in enumerate(times)],
            **common,
        ),
        footer=tzif.Footer(rule="STD1"),
    )
    data = file.to_be_bytes()

    assert len(data) == (44 + 2 * 5 + 12 + 8 + 3 * 8 + 2) + (44 + 3 * 9 + 12 + 8 + 3 * 12 + 2) + 6
    assert_same_tables(tzif, data)
    assert tzif.read(data).block.leap_seconds == file.block.leap_seconds


@pytest.mark.parametrize(("name", "utoff"), [("UTC", 0), ("+0530", 19800), ("-033045", -12645)])
def test_fixed_zone(tzif: ModuleType, name: str, utoff: int) -> None:
    """
    A zone made here is one to zoneinfo.
    """
    data = tzif.fixed_zone(name, utoff).to_be_bytes()
    zone = zoneinfo.ZoneInfo.from_file(io.BytesIO(data))

    for year in (1900, 2000, 2100):
        moment = datetime.datetime(year, 7, 1, tzinfo=zone)
        assert moment.utcoffset() == datetime.timedelta(seconds=utoff)
        assert moment.tzname() == name
    assert_same_tables(tzif, data)


def test_damage(tzif: ModuleType) -> None:
    """
    A file cut short, a wrong count and a foreign file are errors that name the place.
    """
    data = data_of("Europe/Berlin")
    file = tzif.read(data)
    end_of_legacy = len(file.legacy.to_be_bytes())

    with pytest.raises(tzif.bebytes.errors.InsufficientData) as cut:
        tzif.read(data[: end_of_legacy + 44 + 20])
    assert cut.value.path == ("block", "transition_times", 2)
    assert cut.value.offset == (end_of_legacy + 44 + 16) * 8

    file.block.transition_types.pop()
    with pytest.raises(tzif.bebytes.errors.LengthMismatch) as uneven:
        file.to_be_bytes()
    assert uneven.value.path == ("block", "transition_types")

    with pytest.raises(ValueError, match="TZif"):
        tzif.read(b"PNG!" + data[4:])


def test_program(tzif: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    The program prints the latest transitions of a zone of tzdata, and of any file.
    """
    tzif.main([])
    berlin = capsys.readouterr().out
    path = tmp_path / "fixed"
    path.write_bytes(tzif.fixed_zone("+0530", 19800).to_be_bytes())
    tzif.main([str(path)])
    fixed = capsys.readouterr().out

    assert "CEST (daylight saving time)" in berlin
    assert "and then by the rule 'CET-1CEST,M3.5.0,M10.5.0/3'" in berlin
    assert "version 2, 0 transitions, 1 local times" in fixed
    assert "'<+0530>-05:30:00'" in fixed
