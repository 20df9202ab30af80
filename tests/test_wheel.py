"""
What is delivered: the wheel, the package without its extension, the source archive, and `pip install .`.

Built with the tools of .venv into the target directory that everything else uses, so little is compiled here.
"""

import os
import re
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("maturin", reason="the tools to build a wheel are installed in .venv only")

ROOT = Path(__file__).resolve().parent.parent
VERSION = tomllib.loads((ROOT / "Cargo.toml").read_text("utf-8"))["package"]["version"]
EXTENSION = f"bebytes/_core{sysconfig.get_config_var('EXT_SUFFIX')}"

SMOKE = """
import sys
from importlib.metadata import version
from pathlib import Path

import bebytes
from bebytes import Struct, bits, count, derived, u8, u16
from bebytes.errors import InsufficientData

class Option(Struct):
    code: u8
    value: u16

class Packet(Struct, kw_only=True):
    version: u8 = bits(4)
    n: u8 = bits(4, default=derived)
    options: list[Option] = count("n")
    rest: bytes

wanted = sys.argv[1:]
assert list(bebytes.available_backends()) == wanted, bebytes.available_backends()
assert version("bebytes") == "VERSION", version("bebytes")
assert not Path(bebytes.__file__).is_relative_to("ROOT"), bebytes.__file__
value = Packet(version=4, options=[Option(1, 2)], rest=b"end")
for backend in wanted:
    codec = bebytes.Codec(Packet, backend=backend)
    assert codec.encode(value) == b"\\x41\\x01\\x00\\x02end"
    assert codec.decode(codec.encode(value)) == value
    try:
        codec.decode(b"\\x42\\x01\\x00\\x02")
    except InsufficientData as e:
        assert str(e).startswith("Packet.options[1]"), e
    else:
        raise AssertionError(backend)
if "native" in wanted:
    from bebytes import _core
    assert _core.build_profile == "release", _core.build_profile
    assert _core.__version__ == "VERSION", _core.__version__
else:
    try:
        bebytes.Codec(Packet, backend="native")
    except ImportError:
        pass
    else:
        raise AssertionError("a backend that is not installed was given out")
print("all is well")
""".replace("VERSION", VERSION).replace("ROOT", str(ROOT))


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    """
    The output of a command, run far from the project and without what steers Python and the backends.
    """
    dropped = {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "BEBYTES_BACKEND", "BEBYTES_BUILD_PROFILE"}
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=kept | environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def build(*command: str | Path) -> str:
    """
    The output of a build by the tools of .venv; cargo is told what profiling/common.sh tells it.
    """
    return run(
        sys.executable, "-m", *command, cwd=ROOT, PYO3_PYTHON=sys.executable, CARGO_TARGET_DIR=str(ROOT / "target")
    )


def environment(path: Path) -> Path:
    """
    The Python of a fresh environment, without pip.
    """
    run(sys.executable, "-m", "venv", "--without-pip", path, cwd=path.parent)
    return path / "bin" / "python"


def install(python: Path, wheel: Path) -> None:
    """
    Install a wheel for that Python, and nothing else.
    """
    options = ["--quiet", "--no-index", "--no-deps"]
    run(sys.executable, "-m", "pip", "--python", python, "install", *options, wheel, cwd=wheel.parent)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """
    The wheel for this Python.
    """
    out = tmp_path_factory.mktemp("wheel")
    build("maturin", "build", "--release", "--locked", "--interpreter", sys.executable, "--out", out)
    (made,) = out.iterdir()
    return made


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """
    The source archive.
    """
    out = tmp_path_factory.mktemp("sdist")
    build("maturin", "sdist", "--out", out)
    (made,) = out.iterdir()
    return made


def without_extension(wheel: Path) -> Iterator[tuple[str, bytes]]:
    """
    The files of a wheel but for the extension.
    """
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if name != EXTENSION and not name.endswith("/"):
                yield name, archive.read(name)


def test_wheel_is_small(wheel: Path) -> None:
    """
    Half of it is the extension; what makes it larger should be worth it.
    """
    assert wheel.stat().st_size <= 1_150_000


def test_wheel_holds_the_package_and_one_extension(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        metadata = archive.read(f"bebytes-{VERSION}.dist-info/METADATA").decode()
    package = ROOT / "python"
    sources = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*")
        if path.is_file() and path.suffix not in {".so", ".pyc"} and "egg-info" not in str(path)
    }

    assert {name for name in names if name.startswith("bebytes/")} == sources | {EXTENSION}
    assert {name.split("/")[0] for name in names} == {"bebytes", f"bebytes-{VERSION}.dist-info"}
    assert f"bebytes-{VERSION}.dist-info/licenses/LICENSE" in names
    assert "Requires-Python: >=3.11" in metadata
    assert all("extra ==" in line for line in re.findall("^Requires-Dist: .*", metadata, re.MULTILINE))


def test_wheel_works_in_a_fresh_environment(wheel: Path, tmp_path: Path) -> None:
    python = environment(tmp_path / "venv")
    install(python, wheel)

    assert run(python, "-c", SMOKE, "native", "python", cwd=tmp_path) == "all is well\n"
    assert run(python.parent / "bebytes", "--version", cwd=tmp_path) == f"bebytes {VERSION}\n"
    assert run(python, "-m", "bebytes", "--version", cwd=tmp_path) == f"bebytes {VERSION}\n"


def test_package_without_the_extension_is_the_plain_backend(wheel: Path, tmp_path: Path) -> None:
    python = environment(tmp_path / "venv")
    (site,) = (tmp_path / "venv" / "lib").glob("python*/site-packages")
    for name, content in without_extension(wheel):
        path = site / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    assert run(python, "-c", SMOKE, "python", cwd=tmp_path) == "all is well\n"
    assert run(python, "-m", "bebytes", "--version", cwd=tmp_path) == f"bebytes {VERSION}\n"


def test_source_archive_holds_what_a_build_needs_and_builds(sdist: Path, tmp_path: Path) -> None:
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    needed = {"Cargo.toml", "Cargo.lock", "pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "src/lib.rs"}
    unwanted = [name for name in names if name.startswith((".venv", "target/", "dist/")) or name.endswith(".so")]

    assert needed | {"python/bebytes/py.typed", "python/bebytes/_core.pyi"} <= names
    assert unwanted == []

    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    tree = tmp_path / f"bebytes-{VERSION}"
    # The files of an archive are old, and cargo would take what it has made of the project's own for theirs.
    (tree / "src" / "lib.rs").touch()
    # As pip builds it on a machine for which there is no wheel; only fetching maturin anew is left out.
    build("pip", "wheel", "--quiet", "--no-deps", "--no-index", "--no-build-isolation", "--wheel-dir", tmp_path, tree)
    (made,) = tmp_path.glob("*.whl")
    python = environment(tmp_path / "venv")
    install(python, made)
    assert run(python, "-c", SMOKE, "native", "python", cwd=tmp_path) == "all is well\n"


def test_pip_install_of_the_tree(tmp_path: Path) -> None:
    site = tmp_path / "site"
    build("pip", "install", "--quiet", "--no-deps", "--no-index", "--no-build-isolation", "--target", site, ".")

    assert run(sys.executable, "-c", SMOKE, "native", "python", cwd=tmp_path, PYTHONPATH=str(site)) == "all is well\n"
