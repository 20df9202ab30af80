"""
The scripts of the profilers where something is wrong: what they say of bad use, of missing tools, of tools that fail or give
nothing, and what they leave behind when they are interrupted.
"""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from profilers_tree import PERF, VALGRIND, Profilers


@pytest.fixture
def tree(tmp_path: Path) -> Profilers:
    """
    A fresh copy.
    """
    return Profilers(tmp_path)


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

    def test_a_tool_that_does_not_let_itself_be_stopped_is_killed(self, tree: Profilers) -> None:
        started = tree.root.parent / "started"
        tree.tool(
            "valgrind",
            f"""trap '' TERM; echo $$ > {started}.new; mv {started}.new {started}; while :; do sleep 1; done""",
        )
        running = subprocess.Popen(
            [str(tree.root / "profile.sh"), "4"],
            env={"PATH": str(tree.bin), "HOME": str(tree.root)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.wait(started.exists)

        running.send_signal(signal.SIGINT)
        said, _ = running.communicate(timeout=30)

        assert running.returncode == 130, said
        self.wait(lambda: not self.alive(int(started.read_text())))

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
