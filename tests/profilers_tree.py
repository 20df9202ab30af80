"""
The tree in which the scripts of the profilers are tried: a copy, with stand-ins for the set-up, the workload and the tools of
the system.
"""

import json
import shutil
import sys
from pathlib import Path

from script_tree import ROOT, Tree

TOOLS = ("awk", "chmod", "cp", "find", "ln", "ls", "mktemp", "mv", "sleep", "tail", "uname", "wc")

# The stand-ins share how they find "--output FILE" and the like, and what stands behind "--"; they run it as the tools do.
PARSE = r"""
echo "${0##*/} $*" >> LOG
out= ; name= ; command=
for word in "$@"; do
    case $name in --output|-o) out=$word ;; esac
    case $word in
        --*-out-file=*) out=${word#*=} ;;
    esac
    name=$word
done
program() { while [ $# -gt 0 ] && [ "$1" != -- ]; do shift; done; [ $# -eq 0 ] || { shift; "$@"; }; }
"""

WORKLOAD = r"""
for word in "$@"; do
    case $name in --scenario) key=$word ;; --engine) engine=$word ;; --iterations) n=$word ;; --export) file=$word ;; esac
    name=$word
done
if [ -n "$file" ]; then echo "{}" > "$file"; exit; fi
echo "$key: $n operations on ${engine:-core} in $(cat SECONDS) s"
exit "${FAIL:-0}"
"""

PERF = r"""
case $1 in
    --version) echo perf version 9 ;;
    report) echo '# Samples: 7  of event cpu-clock' ;;
    script) echo stacks ;;
    record) echo data > "$out"; program "$@" ;;
    stat)
        if [ -z "$out" ]; then echo '<not supported>,,cycles,0,100.00,,'; exit; fi
        {
            echo '             12.50 msec task-clock          #    0.9 CPUs utilized'
            echo '   <not supported>      cycles'
            echo '     <not counted>      cache-misses'
        } > "$out"
        program "$@" ;;
esac
"""

VALGRIND = r"""
case $1 in
    --tool=callgrind) { echo 'events: Ir'; echo 'calls=0 0 0'; echo 'summary: 6400'; } > "$out" ;;
    --tool=massif) echo mem_heap_B=4096 > "$out" ;;
esac
while [ $# -gt 0 ]; do case $1 in --*) shift ;; *) break ;; esac; done
"$@"
"""

XCRUN = r"""
case $2 in
    version) echo 'xctrace version 16.0' ;;
    record) program "$@" && mkdir -p "$out" && echo run > "$out/data" ;;
esac
"""

PY_SPY = r"""
echo "py-spy> Wrote raw flamegraph data. Samples: 90 Errors: 10"
program "$@"
echo 'measured (bebytes/workload.py:33);_core::decode::Decoder$LT$S$GT$::record::h0123456789abcdef (decode.rs:9) 5' > "$out"
"""

PYTHON = r"""
case "$1 $2" in
    "-X perf") shift 2 ;;
esac
case "$1 $2 $3" in
    "-m bebytes.workload "*) shift 2; exec STUBS/workload "$@" ;;
    "-m memray run") echo "memray $*" >> LOG
        while [ $# -gt 0 ] && [ "$1" != -m -o "$2" != bebytes.workload ]; do
            [ "$1" != --output ] || echo allocations > "$2"
            shift
        done
        shift 2; exec STUBS/workload "$@" ;;
    "-m memray flamegraph") echo page > "$5" ;;
    "-m memray stats") echo 'Total allocations: 9' ;;
    *) exec REAL "$@" ;;
esac
"""


class Profilers(Tree):
    """
    A copy of the scripts whose set-up is done, on a machine that has all tools.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        for name in TOOLS:
            if not (self.bin / name).exists() and (found := shutil.which(name)):
                (self.bin / name).symlink_to(found)
        for part in (ROOT / "python" / "bebytes").iterdir():
            if part.suffix != ".so" and part.name != "__pycache__":
                (self.extension.parent / part.name).symlink_to(part)
        (self.root.parent / "seconds").write_text("0.5")
        self.tool("workload", WORKLOAD, self.stubs)
        self.tool("perf", PERF)
        self.tool("valgrind", VALGRIND)
        self.tool("callgrind_annotate", 'echo "Ir "; echo "100 src/decode.rs:record"')
        self.tool("ms_print", "echo MB")
        self.tool("py-spy", PY_SPY)
        self.tool("inferno-collapse-perf", "cat > /dev/null; echo 'workload;main 4'")
        self.tool("inferno-flamegraph", "echo '<svg><title>all</title><title>main</title></svg>'")
        self.tool("xcrun", XCRUN)
        self.tool("uname", "echo Linux")
        program = self.root / "target" / "profiling" / "examples" / "workload"
        for directory in (program.parent, self.root / ".venv" / "bin"):
            directory.mkdir(parents=True)
        shutil.copy(self.stubs / "workload", program)
        self.tool("python", PYTHON, self.root / ".venv" / "bin")
        self.stub("setup.sh", f'echo "setup.sh $*" >> {self.log}', self.root / "profiling")

    @property
    def results(self) -> Path:
        """
        The folder of the results.
        """
        return self.root / "profiling_results"

    def tool(self, name: str, script: str, directory: Path | None = None) -> None:
        """
        A stand-in that knows its arguments and notes them in the log.
        """
        (self.bin / name).unlink(missing_ok=True)
        text = PARSE + script
        for word, value in {
            "LOG": self.log,
            "STUBS": self.stubs,
            "REAL": sys.executable,
            "SECONDS": self.root.parent / "seconds",
        }.items():
            text = text.replace(word, str(value))
        self.stub(name, text, directory)

    def profile(self, *arguments: str, status: int = 0, **environment: str) -> str:
        """
        What `profile.sh` says on stderr, once its exit status is as expected.
        """
        done = self.run("profile.sh", *arguments, **environment)
        assert done.returncode == status, done.stderr
        assert done.stdout == ""
        assert list(self.results.glob(".unfinished*")) == []
        assert list(self.results.glob(".summary*")) == []
        return done.stderr

    def names(self) -> list[str]:
        """
        The files of results, without those that index them.
        """
        kept = {"INDEX.md", "index.json", ".lock"}
        files = (p for p in self.results.rglob("*") if p.is_file())
        return sorted(p.relative_to(self.results).as_posix() for p in files if p.name not in kept)

    def index(self) -> dict[str, dict[str, object]]:
        """
        The index, for programs.
        """
        found: dict[str, dict[str, object]] = json.loads((self.results / "index.json").read_text())
        return found

    def logged(self, start: str) -> list[str]:
        """
        The calls of a stand-in.
        """
        return [line for line in self.log.read_text().splitlines() if line.startswith(start)]
