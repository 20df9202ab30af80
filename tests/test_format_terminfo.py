"""
bebytes.formats.terminfo on the entries of this machine, and on some that `tic` makes; the library of ncurses says what they hold.
"""

import ctypes
import ctypes.util
import functools
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from format_damage import assert_cut_everywhere_fails, assert_survives

from bebytes import Codec
from bebytes.errors import DecodeError, InvalidConstant, InvalidDiscriminant
from bebytes.formats.terminfo import BOOLEANS, NUMBERS, STRINGS, Extended, Flag, Magic, Terminfo

Codecs = Callable[..., Codec[Any]]

ROOTS = [Path("/lib/terminfo"), Path("/usr/share/terminfo"), Path("/usr/lib/terminfo"), Path("/etc/terminfo")]
ENTRIES = {path.resolve() for root in ROOTS for path in root.glob("*/*") if path.is_file()}
LIBRARY = ctypes.util.find_library("tinfo") or ctypes.util.find_library("ncursesw")

# A terminal with colours by the thousand, which need numbers of 32 bits, one of every kind of its own, and a cancelled one.
SOURCE = r"""
base|the one that others use,
    am, xenl, cols#80, lines#24, bel=^G, cup=\E[%i%p1%d;%p2%dH, smso=\E[7m,
wide|one with many colours,
    am@, cols#132, colors#0x1000000, pairs#0x7fffffff, smso@,
    AX, Own, U8#1, Big#70000, E3=\E[3J, XM=\E[?1006;1000%?%p1%{1}%=%th%el%;, use=base,
small|one without strings, am, cols#40,
odd|three, am, own, Ox, cols#1, x=y,
"""


@functools.cache
def library() -> Any:
    """
    The functions of ncurses that look capabilities up.
    """
    if LIBRARY is None:
        pytest.skip("no library of terminal descriptions")
    functions = ctypes.CDLL(LIBRARY)
    functions.use_env(0)  # else the size of the screen stands for that of the entry
    functions.tigetstr.restype = ctypes.c_void_p
    functions.longname.restype = ctypes.c_char_p
    return functions


def asked(name: str, names: dict[str, tuple[str, ...]]) -> dict[str, bool | int | bytes]:
    """
    What ncurses says of a terminal, for these names of flags, numbers and strings.
    """
    functions, error = library(), ctypes.c_int()
    functions.setupterm(name.encode(), 1, ctypes.byref(error))
    if error.value != 1:
        pytest.fail(f"ncurses cannot read {name}")
    found: dict[str, bool | int | bytes] = {}
    found.update((n, True) for n in names["flags"] if functions.tigetflag(n.encode()) == 1)
    for n in names["numbers"]:
        number = functions.tigetnum(n.encode())
        if number >= 0:
            found[n] = number
    for n in names["strings"]:
        address = functions.tigetstr(n.encode())
        if address not in (None, ctypes.c_void_p(-1).value):
            found[n] = ctypes.string_at(address)
    return found


def names_of(entry: Terminfo) -> dict[str, tuple[str, ...]]:
    """
    The standard names, and those of the entry itself.
    """
    own = [(name, type(value)) for section in entry.extended for name, value in section.capabilities()]
    return {
        "flags": (*BOOLEANS, *(name for name, kind in own if kind is bool)),
        "numbers": (*NUMBERS, *(name for name, kind in own if kind is int)),
        "strings": (*STRINGS, *(name for name, kind in own if kind is bytes)),
    }


def assert_agrees(entry: Terminfo, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    ncurses finds the same in the file.
    """
    monkeypatch.setenv("TERMINFO", str(path.parent.parent))
    capabilities = entry.capabilities()
    if not {"gn", "hc"} & capabilities.keys():  # ncurses takes no such terminals
        assert capabilities == asked(path.name, names_of(entry))
        assert library().longname().decode("latin-1") == entry.aliases[-1]


@pytest.mark.skipif(not ENTRIES, reason="no terminal descriptions here")
def test_entries(codec: Codecs, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Every entry has the capabilities that ncurses finds, and is written as it was read.
    """
    magics = set()
    for path in sorted(ENTRIES):
        data = path.read_bytes()
        entry = codec(Terminfo).decode(data)
        magics.add(entry.magic)
        assert codec(Terminfo).encode(entry) == data
        assert_agrees(entry, path, monkeypatch)


def test_names() -> None:
    """
    The names are those that ncurses has, in its order.
    """
    for symbol, names in (("boolnames", BOOLEANS), ("numnames", NUMBERS), ("strnames", STRINGS)):
        array = (ctypes.c_char_p * (len(names) + 1)).in_dll(library(), symbol)
        assert [*array] == [*(name.encode() for name in names), None]


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """
    Entries that `tic` makes of `SOURCE`.
    """
    if shutil.which("tic") is None:
        pytest.skip("no compiler of terminal descriptions")
    folder = tmp_path_factory.mktemp("terminfo")
    (folder / "source").write_text(SOURCE)
    subprocess.run(["tic", "-x", "-o", str(folder / "made"), str(folder / "source")], check=True, capture_output=True)
    return {path.name: path for path in (folder / "made").glob("*/*")}


def test_compiled_entries(codec: Codecs, compiled: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Entries of both formats, with an extended section and without.
    """
    for path in compiled.values():
        entry = codec(Terminfo).decode(path.read_bytes())
        assert codec(Terminfo).encode(entry) == path.read_bytes()
        assert_agrees(entry, path, monkeypatch)

    wide = codec(Terminfo).decode(compiled["wide"].read_bytes())
    capabilities = wide.capabilities()
    assert wide.magic is Magic.WIDE
    assert (capabilities["colors"], capabilities["pairs"], capabilities["Big"]) == (0x1000000, 0x7FFFFFFF, 70000)
    assert capabilities["Own"] is capabilities["AX"] is True
    assert "am" not in capabilities
    assert "smso" not in capabilities
    assert capabilities["E3"] == b"\x1b[3J"
    small = codec(Terminfo).decode(compiled["small"].read_bytes())
    assert (small.magic, small.extended, small.string_table) == (Magic.LEGACY, [], b"")
    assert small.capabilities() == {"am": True, "cols": 40}


def test_entries_made_here(
    codec: Codecs, compiled: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    An entry made of its capabilities is what `tic` makes of them, and ncurses reads it.
    """
    for name, path in compiled.items():
        entry = codec(Terminfo).decode(path.read_bytes())
        again = Terminfo.of(entry.names, entry.capabilities())
        data = codec(Terminfo).encode(again)
        assert codec(Terminfo).decode(data) == again
        assert again.capabilities() == entry.capabilities()
        if name != "wide":  # which has cancelled ones
            assert data == path.read_bytes()

        folder = tmp_path / name[0]
        folder.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)
        assert_agrees(again, folder / name, monkeypatch)


def test_cancelled_ones(codec: Codecs) -> None:
    """
    What was cancelled is not there.
    """
    entry = Terminfo(names="x", booleans=[Flag.CANCELLED, Flag.PRESENT], numbers=[-2, 5], string_offsets=[-2, -1])
    data = codec(Terminfo).encode(entry)
    assert data.hex() == "1a01020002000200020000007800fe01feff0500feffffff"
    assert codec(Terminfo).decode(data) == entry
    assert entry.capabilities() == {"am": True, "it": 5}


@pytest.mark.parametrize(
    ("at", "byte", "error", "path"),
    [
        (0, 0x1B, InvalidDiscriminant, ("magic",)),
        (16, 1, InvalidConstant, ("end",)),
        (17, 2, InvalidDiscriminant, ("booleans", 0)),
        (19, 1, InvalidConstant, ("gap",)),
    ],
)
def test_broken_entries(codec: Codecs, at: int, byte: int, error: type[DecodeError], path: tuple[Any, ...]) -> None:
    """
    What must be so is checked, where it stands.
    """
    data = bytearray(codec(Terminfo).encode(Terminfo.of("dumb", {"bw": True, "am": True, "cols": 80})))
    data[at] = byte
    with pytest.raises(error) as caught:
        codec(Terminfo).decode(bytes(data))
    assert caught.value.path == path


def test_strings_outside_the_table() -> None:
    """
    Offsets lead into the table, and strings end in it; more capabilities than there are names are none of ours.
    """
    with pytest.raises(ValueError, match="begins at 3"):
        Terminfo(names="x", string_offsets=[3], string_table=b"ab\0").capabilities()
    with pytest.raises(ValueError, match="begins at 0"):
        Terminfo(names="x", string_offsets=[0], string_table=b"ab").capabilities()
    with pytest.raises(ValueError, match="have names"):
        Terminfo(names="x", numbers=[1] * (len(NUMBERS) + 1)).capabilities()
    section = Extended(
        item_count=0, booleans=[Flag.PRESENT], numbers=[], string_offsets=[], name_offsets=[9], string_table=b"a\0"
    )
    with pytest.raises(ValueError, match="begins at 9"):
        dict(section.capabilities())


def test_damage(codec: Codecs) -> None:
    """
    Entries that were cut off or changed.
    """
    plain = Terminfo.of("dumb|a", {"am": True, "cols": 80, "bel": b"\7"})
    data = codec(Terminfo).encode(plain)
    assert_cut_everywhere_fails(codec(Terminfo), data)
    assert_survives(codec(Terminfo), data)
    extended = Terminfo.of("dumb|a", {"am": True, "cols": 80, "bel": b"\7", "own": True, "N": 70000, "XM": b"abc"})
    assert assert_survives(codec(Terminfo), codec(Terminfo).encode(extended)) > 80
