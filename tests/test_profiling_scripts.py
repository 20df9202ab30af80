"""
The scripts of the profilers: what they run, what they keep, and what they say where something is missing or fails.

They run in a copy, with stand-ins for the set-up, the workload and the tools of the system. Where the tools are there, the last
tests run them as they are.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from script_tree import PYTHON as INTERPRETER
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


@pytest.fixture
def tree(tmp_path: Path) -> Profilers:
    """
    A fresh copy.
    """
    return Profilers(tmp_path)


class TestTools:
    @pytest.mark.parametrize(
        ("choice", "files", "ran"),
        [
            ("1", ["perf.data", "perf_report.txt"], "perf record --quiet --freq 999 --event cpu-clock"),
            ("2", ["perf_stat.txt"], "perf stat --repeat 3"),
            ("3", ["callgrind.out", "callgrind.txt"], "valgrind --tool=callgrind"),
            ("4", ["massif.out", "massif.txt"], "valgrind --tool=massif"),
            ("5", ["flamegraph.folded", "flamegraph.svg"], "py-spy record --native"),
            ("memray", ["memray.bin", "memray.html", "memray.txt"], "memray -m memray run"),
        ],
    )
    def test_each_leaves_its_files_and_says_how_they_were_made(
        self, tree: Profilers, choice: str, files: list[str], ran: str
    ) -> None:
        said = tree.profile(choice, "--scenario", "nested/deep/decode", "--iterations", "70")

        assert tree.names() == files
        (call,) = [line for line in tree.logged(ran) if "bebytes.workload" in line]
        assert call.endswith("-m bebytes.workload --engine native --scenario nested/deep/decode --iterations 70")
        assert f"nested/deep/decode on native: profiling_results/{files[-1]}" in said.replace(files[0], files[-1])
        index = tree.index()
        assert [path.removeprefix("profiling_results/") for path in index] == files
        for path, entry in index.items():
            assert (entry["scenario"], entry["engine"], entry["iterations"]) == ("nested/deep/decode", "native", 70)
            assert entry["date"]
            assert ran.removeprefix("memray ") in str(entry["commands"])
            assert f"`{path}`: {entry['what']}" in (tree.results / "INDEX.md").read_text()
            assert f"open with: {entry['open']}" in (tree.results / "INDEX.md").read_text()

    def test_the_core_is_a_program_with_its_own_scenarios(self, tree: Profilers) -> None:
        tree.profile("3", "--engine", "core", "--scenario", "nested/deep/decode")

        (call,) = tree.logged("valgrind --tool=callgrind")
        file = tree.root / "target" / "profiling" / "scenarios" / "nested-deep-decode.json"
        assert "--toggle-collect=*::measured*" in call
        # A 20th of the 50,000 of a round.
        assert call.endswith(f"workload --scenarios {file} --scenario nested/deep/decode --iterations 2500")
        assert file.exists()
        assert "2500 iterations: 6400 instructions, 2 an iteration" in (tree.results / "callgrind.txt").read_text()

    def test_a_flame_graph_has_names_as_people_write_them(self, tree: Profilers) -> None:
        tree.profile("5")

        stack = "measured (bebytes/workload.py);_core::decode::Decoder<S>::record (decode.rs) 5\n"
        assert (tree.results / "flamegraph.folded").read_text() == stack
        assert "could not read 10 of 100 stacks" in (tree.results / "INDEX.md").read_text()

    def test_a_flame_graph_of_the_core_is_by_perf(self, tree: Profilers) -> None:
        tree.profile("5", "--engine", "core")

        assert not tree.logged("py-spy")
        assert (tree.results / "flamegraph.folded").read_text() == "workload;main 4\n"

    def test_events_that_are_not_counted_are_named_and_the_others_given(self, tree: Profilers) -> None:
        tree.profile("2")

        text = (tree.results / "perf_stat.txt").read_text()
        assert "not supported on this machine: cycles, cache-misses\n" in text
        assert "12.50 msec task-clock" in text
        assert "<not" not in text
        assert "not supported on this machine: cycles, cache-misses" in (tree.results / "INDEX.md").read_text()

    def test_samples_are_by_cycles_where_they_are_counted(self, tree: Profilers) -> None:
        tree.tool("perf", PERF.replace("<not supported>,,cycles", "99,,cycles"))

        tree.profile("1")

        assert len(tree.logged("perf record --quiet --freq 999 --event cycles")) == 1
        assert "cpu-clock, a timer" not in (tree.results / "perf_report.txt").read_text()

    def test_an_interpreter_with_frame_pointers_shows_functions_of_python(self, tree: Profilers) -> None:
        tree.profile("1")
        assert "--call-graph dwarf" in tree.logged("perf record")[-1]
        assert "functions of Python are not shown" in (tree.results / "perf_report.txt").read_text()

        tree.tool("python", 'case "$1" in -c) exit 0 ;; esac' + PYTHON, tree.root / ".venv" / "bin")
        tree.profile("1")

        assert "--call-graph fp" in tree.logged("perf record")[-1]
        assert "python -X perf -m bebytes.workload" in tree.logged("perf record")[-1]
        assert "functions of Python by the interpreter's trampoline" in (tree.results / "perf_report.txt").read_text()

    @pytest.mark.parametrize(("seconds", "iterations"), [("0.5", 380), ("1000", 1)])
    def test_without_iterations_there_are_as_many_as_take_some_seconds(
        self, tree: Profilers, seconds: str, iterations: int
    ) -> None:
        (tree.root.parent / "seconds").write_text(seconds)

        tree.profile("1")

        assert tree.logged("perf record")[0].endswith(f"--iterations {iterations}")

    def test_objects_of_python_count_one_by_one(self, tree: Profilers) -> None:
        tree.profile("4", "--engine", "python")

        assert "PYTHONMALLOC=malloc valgrind" in str(tree.index()["profiling_results/massif.out"]["commands"])

    def test_only_the_loop_counts_where_the_interpreter_has_symbols(self, tree: Profilers) -> None:
        tree.profile("3")
        assert "the whole process" in (tree.results / "callgrind.txt").read_text()

        part = """case $1 in --tool=callgrind) echo 'summary: 640' > "$out.1" ;; esac\n"""
        tree.tool("valgrind", part + VALGRIND)
        tree.profile("3")

        assert "640 instructions, 1 an iteration" in (tree.results / "callgrind.txt").read_text()
        assert "the whole process" not in (tree.results / "callgrind.txt").read_text()

    def test_help_says_what_it_leaves_and_builds_nothing(self, tree: Profilers) -> None:
        done = tree.run("profiling/massif.sh", "--help")

        assert done.returncode == 0
        assert "massif.txt" in done.stdout
        assert "130" in done.stdout
        assert not tree.log.exists()


class TestFolders:
    def test_several_have_a_folder_for_each_scenario_and_engine(self, tree: Profilers) -> None:
        tree.profile("2", "--scenario", "bit_fields/complex", "--engine", "native,core", "--engine=native")

        assert tree.names() == [
            f"bit_fields-complex-{operation}/{engine}/perf_stat.txt"
            for operation in ("decode", "encode", "round_trip")
            for engine in ("core", "native")
        ]
        assert tree.logged("setup.sh") == ["setup.sh profiling native core"]
        for path in tree.index():
            assert (tree.root / path).exists()

    def test_a_second_tool_joins_the_index_and_a_second_run_takes_its_own_place(self, tree: Profilers) -> None:
        tree.profile("2", "--scenario", "mixed/packet/encode")
        tree.profile("4", "--scenario", "mixed/packet/encode")
        tree.profile("2", "--scenario", "mixed/packet/decode")

        scenarios = {path: entry["scenario"] for path, entry in tree.index().items()}
        assert scenarios == {
            "profiling_results/massif.out": "mixed/packet/encode",
            "profiling_results/massif.txt": "mixed/packet/encode",
            "profiling_results/perf_stat.txt": "mixed/packet/decode",
        }

        (tree.results / "massif.txt").unlink()
        tree.profile("2")

        assert list(tree.index()) == ["profiling_results/massif.out", "profiling_results/perf_stat.txt"]

    def test_all_tools_one_after_the_other(self, tree: Profilers) -> None:
        said = tree.profile("6", "--engine", "core,python", "--iterations", "64")

        closing = [line.split()[:2] for line in said.splitlines() if line.startswith(("done", "failed", "missing"))]
        by_engine = ["perf-record", "perf-stat", "callgrind", "massif", "flamegraph"]
        assert sorted(closing) == sorted([["done", name] for name in [*by_engine, *by_engine, "memray"]])
        # Memray cannot do the core, and has a folder like the others.
        assert "mixed-packet-decode/python/memray.txt" in tree.names()
        assert all(name.startswith("mixed-packet-decode/") for name in tree.names())

    def test_scripts_run_alone_from_any_directory(self, tree: Profilers) -> None:
        done = tree.run("profiling/perf_stat.sh", "--scenario=mixed/packet/decode")

        assert done.returncode == 0, done.stderr
        assert tree.names() == ["perf_stat.txt"]


class TestBadUse:
    @pytest.mark.parametrize(
        ("choice", "options", "known"),
        [
            ("2", ["--engine", "rust"], "native python core"),
            ("2", ["--engine", "native,rust"], "native python core"),
            ("2", ["--engine="], "native python core"),
            ("2", ["--scenario", "vector"], "vectors"),
            ("2", ["--scenario", "nested/shallow"], "deep, mixed types, allocation"),
            ("2", ["--scenario", "nested/deep/eat"], "deep, mixed types, allocation"),
            ("2", ["--iterations", "0"], "above 0"),
            ("2", ["--iterations", "many"], "above 0"),
            ("2", ["--iterations"], "wants a value"),
            ("2", ["--group", "nested"], "--scenario, --engine, --iterations"),
            ("2", ["--", "nested"], "--scenario, --engine, --iterations"),
            ("6", ["--engine", "rust"], "native python core"),
            ("6", ["--scenario", "vector"], "vectors"),
            ("memray", ["--engine", "core"], "native python"),
        ],
    )
    def test_is_refused_with_what_is_known_before_any_work(
        self, tree: Profilers, choice: str, options: list[str], known: str
    ) -> None:
        said = tree.profile(choice, *options, status=2)

        assert known in said
        assert len(said.splitlines()) == 1
        assert not tree.log.exists()
        assert not tree.results.exists()

    def test_a_scenario_of_data_that_is_not_here_is_no_unknown_one(self, tree: Profilers) -> None:
        """
        Before the set-up, the packages with the real data may be missing.
        """

        def targets(*arguments: str) -> subprocess.CompletedProcess[str]:
            # -S: without packages.
            command = [sys.executable, "-S", str(tree.root / "profiling" / "targets.py"), *arguments]
            return subprocess.run(command, capture_output=True, text=True, check=False)

        known = targets("check", "real/ccsds telemetry/decode")
        assert (known.returncode, known.stderr) == (0, "")

        listed = targets("list", "real/ccsds telemetry/decode")
        assert listed.returncode == 2
        assert "no scenario is called real/ccsds telemetry/decode" in listed.stderr

        group = targets("list", "real/ccsds")
        assert (group.returncode, group.stdout) == (0, "")
        assert group.stderr.startswith("without real/ccsds: not installed")


class TestMissing:
    @pytest.mark.parametrize(("choice", "tool"), [("1", "perf"), ("2", "perf"), ("3", "valgrind"), ("4", "valgrind")])
    def test_a_tool_of_the_system_is_named_with_what_installs_it(self, tree: Profilers, choice: str, tool: str) -> None:
        (tree.bin / tool).unlink()

        said = tree.profile(choice, status=1)

        package = "linux-perf" if tool == "perf" else "valgrind"
        assert f"sudo apt install {package}" in said
        assert f"sudo dnf install {tool}" in said
        assert "missing " in said.splitlines()[-1]
        # Nothing is built for nothing.
        assert not tree.log.exists() or not tree.logged("setup.sh")

    def test_a_perf_that_only_says_that_there_is_none(self, tree: Profilers) -> None:
        tree.tool("perf", "echo 'WARNING: perf not found for kernel 9' >&2; exit 2")

        assert "missing  perf-stat" in tree.profile("2", status=1)

    def test_the_other_tools_run_all_the_same_also_after_one_has_failed(self, tree: Profilers) -> None:
        (tree.bin / "valgrind").unlink()
        tree.tool("perf", PERF.replace("12.50 msec", "<not supported>"))

        said = tree.profile("6", status=1)

        assert [line.split()[:2] for line in said.splitlines() if line.startswith(("done", "failed", "missing"))] == [
            ["done", "perf-record"],
            ["failed", "perf-stat"],
            ["missing", "callgrind"],
            ["missing", "massif"],
            ["done", "memray"],
            ["done", "flamegraph"],
        ]
        assert {name.partition(".")[0] for name in tree.names()} == {"perf", "perf_report", "memray", "flamegraph"}

    def test_one_engine_needs_what_another_does_not(self, tree: Profilers) -> None:
        (tree.bin / "perf").unlink()

        said = tree.profile("5", "--engine", "core,native", status=1)

        assert "missing  flamegraph" in said
        assert tree.names() == [f"mixed-packet-decode/native/flamegraph.{kind}" for kind in ("folded", "svg")]

    def test_a_set_up_that_fails_is_said(self, tree: Profilers) -> None:
        tree.stub("setup.sh", "echo no cargo >&2; exit 1", tree.root / "profiling")

        said = tree.profile("2", status=1)

        assert "no cargo" in said
        assert "failed   perf-stat      the set-up failed" in said


class TestFailure:
    """
    A tool that ran but produced nothing has failed; what was there before stays.
    """

    def failed(self, tree: Profilers, choice: str, *options: str, **environment: str) -> str:
        """
        The last line of a run that leaves nothing.
        """
        tree.results.mkdir()
        (tree.results / "massif.out").write_text("older")
        said = tree.profile(choice, *options, status=1, **environment)
        assert tree.names() == ["massif.out"]
        assert (tree.results / "massif.out").read_text() == "older"
        assert not (tree.results / "INDEX.md").exists()
        last = said.splitlines()[-1]
        assert last.startswith("failed ")
        return last

    def test_no_file(self, tree: Profilers) -> None:
        tree.tool("perf", PERF.replace('echo data > "$out"', ":"))
        assert "it left no perf.data" in self.failed(tree, "1")

    def test_an_empty_file(self, tree: Profilers) -> None:
        tree.tool("perf", PERF.replace('echo data > "$out"', ': > "$out"'))
        assert "its perf.data is empty" in self.failed(tree, "1")

    def test_no_samples(self, tree: Profilers) -> None:
        tree.tool("perf", PERF.replace("Samples: 7", "Samples: 0"))
        assert "perf took no samples" in self.failed(tree, "1")

    def test_no_event_counted(self, tree: Profilers) -> None:
        tree.tool("perf", PERF.replace("12.50 msec", "<not supported>"))
        assert "perf counted nothing" in self.failed(tree, "2")

    def test_no_instructions(self, tree: Profilers) -> None:
        tree.tool("valgrind", VALGRIND.replace("6400", "0"))
        assert "callgrind counted no instructions" in self.failed(tree, "3", "--engine", "core")

    def test_no_heap(self, tree: Profilers) -> None:
        tree.tool("valgrind", VALGRIND.replace("4096", "0"))
        assert "massif saw no heap" in self.failed(tree, "4")

    def test_a_text_that_could_not_be_made(self, tree: Profilers) -> None:
        tree.tool("ms_print", "echo ms_print has no heart >&2; exit 3")
        assert "ms_print has no heart" in self.failed(tree, "4")

    def test_no_frames(self, tree: Profilers) -> None:
        tree.tool("inferno-flamegraph", "echo '<svg><title>all</title></svg>'")
        assert "the flame graph has no frames" in self.failed(tree, "5")

    def test_no_stacks(self, tree: Profilers) -> None:
        tree.tool("py-spy", 'program "$@"; : > "$out"')
        assert "no samples were taken" in self.failed(tree, "5")

    def test_a_workload_that_fails_where_the_tool_does_not_say_so(self, tree: Profilers) -> None:
        tree.tool("workload", "exit 1", tree.stubs)
        assert "the workload did not end well" in self.failed(tree, "5", "--iterations", "9")

    def test_a_workload_that_fails(self, tree: Profilers) -> None:
        assert "failed   massif         mixed/packet/decode on native" in self.failed(tree, "4", FAIL="1")

    def test_perf_that_is_not_allowed_comes_with_the_remedy(self, tree: Profilers) -> None:
        tree.tool("perf", PERF.replace("record)", "record) echo 'see /proc/sys/kernel/perf_event_paranoid'; exit 255;"))

        assert "sudo sysctl kernel.perf_event_paranoid=1" in tree.profile("1", status=1)


class TestInterruption:
    @pytest.mark.parametrize("choice", ["6", "4"])
    def test_keeps_what_is_finished_and_stops_the_rest(self, tree: Profilers, choice: str) -> None:
        tree.profile("2")
        started = tree.root.parent / "started"
        tree.tool("valgrind", f"""echo half > "$out"; echo $$ > {started}.new; mv {started}.new {started}; sleep 600""")
        running = subprocess.Popen(
            [str(tree.root / "profile.sh"), choice],
            env={"PATH": str(tree.bin), "HOME": str(tree.root)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.wait(started.exists)
        assert len(list(tree.results.glob(".unfinished*"))) == 1

        running.send_signal(signal.SIGINT)
        said, _ = running.communicate(timeout=30)

        assert running.returncode == 130, said
        assert "interrupted" in said
        child = int(started.read_text())
        self.wait(lambda: not self.alive(child))
        assert [p.name for p in tree.results.iterdir() if p.name.startswith(".")] == [".lock"]
        finished = ["perf_stat.txt"] if choice == "4" else ["perf.data", "perf_report.txt", "perf_stat.txt"]
        assert tree.names() == finished
        assert [path.removeprefix("profiling_results/") for path in tree.index()] == finished
        if choice == "6":
            assert "done     perf-record" in said

    @staticmethod
    def wait(what: object) -> None:
        """
        Until something is so; much longer than it takes.
        """
        assert callable(what)
        end = time.monotonic() + 30
        while not what():
            assert time.monotonic() < end
            time.sleep(0.02)

    @staticmethod
    def alive(process: int) -> bool:
        """
        Whether a process runs; one that has ended and that nobody has asked for yet does not.
        """
        try:
            state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return False
        return state != "Z"


class TestMacOS:
    @pytest.mark.parametrize("choice", ["7", "8", "9"])
    def test_elsewhere_it_says_what_it_needs(self, tree: Profilers, choice: str) -> None:
        assert "this needs macOS with Xcode; here is Linux" in tree.profile(choice, status=1)
        assert not tree.log.exists() or not tree.logged("setup.sh")

    def test_there_the_tools_of_linux_say_the_same(self, tree: Profilers) -> None:
        tree.tool("uname", "echo Darwin")

        assert "this needs Linux; here is Darwin" in tree.profile("6", status=1)

    def test_xcode_is_needed_whole(self, tree: Profilers) -> None:
        tree.tool("uname", "echo Darwin")
        tree.tool("xcrun", "echo 'xcrun: error: unable to find utility xctrace' >&2; exit 72")

        said = tree.profile("7", status=1)

        assert "Install Xcode from the App Store" in said
        assert "missing  time-profiler  Xcode" in said

    def test_the_command_lines(self, tree: Profilers) -> None:
        tree.tool("uname", "echo Darwin")

        tree.profile("9", "--iterations", "99")

        python = f"{tree.root}/.venv/bin/python -m bebytes.workload --engine native"
        program = f"--launch -- {python} --scenario mixed/packet/decode --iterations 99"
        path = f"--env PYTHONPATH={tree.root}/target/profiling/python"
        malloc = "--env PYTHONMALLOC=malloc"
        record = "xcrun xctrace record --template"
        assert tree.logged("xcrun xctrace record") == [
            f"{record} Time Profiler --output time_profile.trace --target-stdout - {path} {program}",
            f"{record} Allocations --output allocations.trace --target-stdout - {malloc} {path} {program}",
        ]
        assert tree.names() == ["allocations.trace/data", "time_profile.trace/data"]
        assert (
            tree.index()["profiling_results/time_profile.trace"]["open"] == "open profiling_results/time_profile.trace"
        )

        # A trace is a directory: the next one takes its place.
        (tree.results / "time_profile.trace" / "old").touch()
        tree.profile("7", "--engine", "core", "--iterations", "99")

        assert tree.logged("xcrun xctrace record")[-1].endswith(
            f"--target-stdout - --launch -- {tree.root}/target/profiling/examples/workload --scenarios "
            f"{tree.root}/target/profiling/scenarios/mixed-packet-decode.json --scenario mixed/packet/decode "
            "--iterations 99"
        )
        assert tree.names() == ["allocations.trace/data", "time_profile.trace/data"]

    def test_an_empty_trace_is_a_failure(self, tree: Profilers) -> None:
        tree.tool("uname", "echo Darwin")
        tree.tool("xcrun", XCRUN.replace('&& echo run > "$out/data"', ""))

        assert "its time_profile.trace is empty" in tree.profile("7", status=1)


class TestSetUp:
    """
    What the set-up does for profilers, with stand-ins for cargo and pip.
    """

    CARGO = r"""
    case $1 in
        --version) echo cargo 1.99.0; exit ;;
        rustc) mkdir -p ROOT/target/profiling; echo PyInit__core > ROOT/target/profiling/lib_core.so ;;
        install) mkdir -p ROOT/.venv/bin
            for name in flamegraph collapse-perf; do cp LS ROOT/.venv/bin/inferno-$name; done ;;
    esac
    echo "cargo $* [$RUSTFLAGS] [$BEBYTES_BUILD_PROFILE]" >> LOGGED
    """

    @pytest.fixture
    def bare(self, tmp_path: Path) -> Tree:
        """
        A copy whose set-up is still to be done.
        """
        tree = Tree(tmp_path)
        for name in ("cp", "find", "ln", "mv", "uname"):
            (tree.bin / name).symlink_to(str(shutil.which(name)))
        script = self.CARGO.replace("ROOT", str(tree.root)).replace("LOGGED", str(tree.log))
        tree.stub("cargo", script.replace("LS", str(shutil.which("ls"))))
        (tree.extension.parent / "types.py").touch()
        return tree

    def test_the_extension_for_profilers_lies_beside_the_released_one(self, bare: Tree) -> None:
        assert bare.set_up("run") == ["venv", "pip", "maturin"]
        released = bare.extension.read_text()

        assert bare.set_up("profiling", "native", "python") == ["pip", "cargo"]
        (call,) = [line for line in bare.log.read_text().splitlines() if line.startswith("cargo")]
        assert "--profile profiling --lib --features python" in call
        assert call.endswith("[ -C force-frame-pointers=yes] [profiling]")
        beside = bare.root / "target" / "profiling" / "python" / "bebytes"
        assert sorted(p.name for p in beside.iterdir()) == [bare.extension.name, "types.py"]

        # Nothing is done twice, and the benchmark has what it had.
        assert bare.set_up("profiling", "native") == []
        assert bare.set_up("run") == []
        assert bare.extension.read_text() == released

    def test_python_files_are_followed_and_sources_built(self, bare: Tree) -> None:
        bare.set_up("profiling", "native")
        beside = bare.root / "target" / "profiling" / "python" / "bebytes"
        (bare.extension.parent / "types.py").rename(bare.extension.parent / "fields.py")

        assert bare.set_up("profiling", "native") == []
        assert sorted(p.name for p in beside.iterdir()) == [bare.extension.name, "fields.py"]

        (bare.root / "src" / "lib.rs").write_text("// something\n")

        assert bare.set_up("profiling", "native") == ["cargo"]

    def test_the_core_is_built_with_the_same_flags(self, bare: Tree) -> None:
        assert bare.set_up("profiling", "core") == ["venv", "pip", "cargo"]
        assert "--profile profiling --example workload" in bare.log.read_text()
        assert "[ -C force-frame-pointers=yes]" in bare.log.read_text()

    def test_inferno_is_built_once_and_not_where_there_is_one(self, bare: Tree) -> None:
        assert bare.set_up("profiling", "inferno") == ["venv", "pip", "cargo"]
        assert f"cargo install --quiet --locked --version ^0.12 --root {bare.root}/.venv" in bare.log.read_text()
        assert bare.set_up("profiling", "inferno") == []

        for name in ("flamegraph", "collapse-perf"):
            (bare.root / ".venv" / "bin" / f"inferno-{name}").rename(bare.bin / f"inferno-{name}")
        assert bare.set_up("profiling", "inferno") == []

    def test_an_unknown_need_is_refused(self, bare: Tree) -> None:
        done = bare.run("profiling/setup.sh", "profiling", "rust")

        assert done.returncode == 1
        assert "no such thing: rust" in done.stderr


class TestReal:
    """
    The tools themselves, on pure Python, so that nothing has to be built.
    """

    @pytest.fixture
    def real(self, tree: Profilers) -> Profilers:
        """
        A copy whose workload is the real one.
        """
        python = tree.root / ".venv" / "bin" / "python"
        python.unlink()
        python.symlink_to(INTERPRETER)
        beside = tree.root / "target" / "profiling" / "python"
        beside.symlink_to(tree.root / "python")
        return tree

    def use(self, tree: Profilers, *names: str) -> None:
        """
        Put the real tools in the place of the stand-ins.
        """
        for name in names:
            found = shutil.which(name)
            if found is None:
                pytest.skip(f"{name} is not installed")
            # Not as a link: some look for what lies beside them.
            tree.stub(name, f'exec {found} "$@"')

    def test_perf(self, real: Profilers) -> None:
        self.use(real, "perf")
        allowed = subprocess.run(
            ["perf", "record", "-e", "cpu-clock", "-o", os.devnull, "true"], capture_output=True, check=False
        )
        if allowed.returncode:
            pytest.skip("perf may not record here")
        options = ("--engine", "python", "--scenario", "primitives/u8/decode", "--iterations", "2000")

        real.profile("1", *options)
        real.profile("2", *options)

        assert "_PyEval_EvalFrameDefault" in (real.results / "perf_report.txt").read_text()
        assert "task-clock" in (real.results / "perf_stat.txt").read_text()

    def test_massif(self, real: Profilers) -> None:
        self.use(real, "valgrind", "ms_print")

        real.profile("4", "--engine", "python", "--scenario", "primitives/u8/decode", "--iterations", "64")

        assert "heap allocation functions" in (real.results / "massif.txt").read_text()
