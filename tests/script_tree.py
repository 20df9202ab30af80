"""
A copy of the scripts with stand-ins for what they call, for tests of the scripts.
"""

import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILES = ("profile.sh", "test.sh", "Cargo.toml", "Cargo.lock", "pyproject.toml")
SYSTEM = (
    "bash",
    "cat",
    "cut",
    "date",
    "dirname",
    "env",
    "flock",
    "grep",
    "mkdir",
    "rm",
    "sed",
    "sh",
    "tee",
    "touch",
    "tr",
)
# Not that of an environment: from such a one the scripts go to the Python it was made from.
PYTHON = Path(sys.base_prefix) / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}"


class Tree:
    """
    A copy of the scripts, and a PATH that holds nothing but plain tools and the stand-ins.
    """

    def __init__(self, path: Path) -> None:
        self.root = path / "tree"
        self.bin = path / "bin"
        self.stubs = path / "stubs"
        self.log = path / "log"
        self.extension = self.root / "python" / "bebytes" / f"_core{sysconfig.get_config_var('EXT_SUFFIX')}"
        for directory in (self.root / "profiling", self.root / "src", self.extension.parent, self.bin, self.stubs):
            directory.mkdir(parents=True)
        for name in FILES:
            shutil.copy(ROOT / name, self.root / name)
        for pattern in ("*.sh", "*.py"):
            for file in (ROOT / "profiling").glob(pattern):
                shutil.copy(file, self.root / "profiling")
        (self.root / "src" / "lib.rs").write_text("// nothing\n")
        for name in SYSTEM:
            if found := shutil.which(name):
                (self.bin / name).symlink_to(found)
        self.stub("cargo", 'echo "cargo 1.99.0 (stand-in)"')
        self.stub("cc", "exit 0")
        self.stub(
            "python3",
            f"""
            if [ "$1 $2" != "-m venv" ]; then exec {PYTHON} "$@"; fi
            echo venv >> {self.log}
            mkdir -p "$3/bin"
            cat {self.stubs}/venv-python > "$3/bin/python"
            cat {self.stubs}/maturin > "$3/bin/maturin"
            /bin/chmod +x "$3/bin/python" "$3/bin/maturin"
            """,
        )
        self.stub(
            "venv-python",
            f"""
            if [ "$1 $2" != "-m pip" ]; then exec {sys.executable} "$@"; fi
            echo pip >> {self.log}
            """,
            self.stubs,
        )
        self.stub(
            "maturin",
            f"""
            echo "maturin $*" >> {self.log}
            date +%N > {self.extension}
            printf '#!/bin/sh\\necho bebytes "$@"\\n' > "$VIRTUAL_ENV/bin/bebytes"
            /bin/chmod +x "$VIRTUAL_ENV/bin/bebytes"
            """,
            self.stubs,
        )

    def stub(self, name: str, script: str, directory: Path | None = None) -> None:
        """
        Put a stand-in on PATH.
        """
        path = (directory or self.bin) / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def run(
        self, script: str, *arguments: str, answer: str = "", **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """
        Run a script of the tree with nothing in the environment but PATH and an empty HOME.
        """
        home = self.root.parent / "home"
        home.mkdir(exist_ok=True)
        return subprocess.run(
            [str(self.root / script), *arguments],
            cwd=self.root.parent,
            env={"PATH": str(self.bin), "HOME": str(home)} | environment,
            input=answer,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def set_up(self, *arguments: str, **environment: str) -> list[str]:
        """
        What a successful set-up did: the first words of the log, which starts anew.
        """
        self.log.write_text("")
        done = self.run("profiling/setup.sh", *arguments, **environment)
        assert done.returncode == 0, done.stderr
        return [line.split()[0] for line in self.log.read_text().splitlines()]
