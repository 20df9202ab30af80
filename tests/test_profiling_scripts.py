"""
The scripts of the profilers: what they run, where they keep it, and how they set themselves up.

They run in a copy, with stand-ins for the set-up, the workload and the tools of the system. Where the tools are there, the last
tests run them as they are.
"""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from profilers_tree import PERF, PYTHON, VALGRIND, XCRUN, Profilers
from script_tree import PYTHON as INTERPRETER
from script_tree import Tree


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
        said = tree.profile("3")
        assert "callgrind: the whole process, start-up included: " in said
        head = (tree.results / "callgrind.txt").read_text().splitlines()
        assert head[0].endswith(" instructions in all")
        assert "the whole process" in head[1]

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

    def test_a_relative_target_directory_is_the_one_it_is_for_cargo(self, tree: Profilers) -> None:
        """The tools run elsewhere, and would find another package there, or none."""
        (tree.root / "target").rename(tree.root / "elsewhere")
        relative = f"{tree.root.name}/elsewhere"

        tree.profile("3", "--engine", "core", "--iterations", "640", CARGO_TARGET_DIR=relative)
        tree.profile("5", "--iterations", "640", CARGO_TARGET_DIR=relative)

        commands = (tree.results / "INDEX.md").read_text()
        assert f"{tree.root}/elsewhere/profiling/examples/workload" in commands
        assert f"PYTHONPATH={tree.root}/elsewhere/profiling/python" in commands

    def test_what_has_no_python_is_said_to_be_left_out_by_memray(self, tree: Profilers) -> None:
        assert "skipped  memray         core: no Python in it" in tree.profile("6", "--engine", "core")


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

    def test_a_trace_of_a_workload_that_fails_is_a_failure(self, tree: Profilers) -> None:
        """xctrace ends well all the same, and leaves a trace."""
        tree.tool("uname", "echo Darwin")
        tree.tool("xcrun", XCRUN.replace('program "$@" && mkdir', "mkdir"))

        assert "the workload did not end well" in tree.profile("7", status=1)
        assert tree.names() == []


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

        assert bare.set_up("profiling", "native", "python") == ["cargo"]
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

    def test_a_profiler_is_installed_for_the_tool_that_runs_it(self, bare: Tree) -> None:
        """One that is not to be had here keeps no other from running."""
        bare.set_up("run")

        assert bare.set_up("profiling", "memray", "py-spy") == ["pip", "pip"]
        assert bare.set_up("profiling", "memray") == []

    def test_each_tool_asks_for_its_own(self, tree: Profilers) -> None:
        tree.profile("6", "--engines", "native,core", "--iterations", "640")

        assert tree.logged("setup.sh") == [
            *["setup.sh profiling native core"] * 4,
            "setup.sh profiling native memray",
            "setup.sh profiling native core inferno py-spy",
        ]

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
