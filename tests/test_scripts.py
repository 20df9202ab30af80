"""
The scripts: the menu, what they say where something is missing, and that a second run does nothing again.

They run in a copy of their files, with stand-ins for the compilers, Python's venv and pip, maturin and the command
`bebytes`. The stand-ins write what they are asked to do into a log.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from script_tree import ROOT, Tree

CHOICES = {
    "1": "perf_record.sh",
    "2": "perf_stat.sh",
    "3": "callgrind.sh",
    "4": "massif.sh",
    "5": "flamegraph.sh",
    "6": "all_linux.sh",
    "7": "time_profiler.sh",
    "8": "allocations.sh",
    "9": "all_macos.sh",
    "10": "quick.sh",
    "perf-record": "perf_record.sh",
    "perf record": "perf_record.sh",
    "Perf_Stat": "perf_stat.sh",
    "callgrind": "callgrind.sh",
    "massif": "massif.sh",
    "memray": "memray.sh",
    "flamegraph": "flamegraph.sh",
    "flame graph": "flamegraph.sh",
    "all-linux": "all_linux.sh",
    "all Linux tools": "all_linux.sh",
    "time-profiler": "time_profiler.sh",
    "Instruments Time Profiler": "time_profiler.sh",
    "allocations": "allocations.sh",
    "all-macos": "all_macos.sh",
    "quick run": "quick.sh",
}


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """
    A fresh copy.
    """
    return Tree(tmp_path)


def edit(path: Path, old: str, new: str) -> None:
    """
    Replace the one place where a file says `old`.
    """
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))


class TestMenu:
    def test_without_a_choice_it_shows_all_and_asks(self, tree: Tree) -> None:
        done = tree.run("profile.sh", answer="0\n")

        assert done.returncode == 0
        for number in range(11):
            assert f"\n{number:4}  " in done.stdout

    def test_no_answer_is_no_success(self, tree: Tree) -> None:
        assert tree.run("profile.sh").returncode == 2
        assert tree.run("profile.sh", answer="\n").returncode == 2

    @pytest.mark.parametrize("choice", ["0", "exit"])
    def test_exit(self, tree: Tree, choice: str) -> None:
        done = tree.run("profile.sh", choice)

        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")

    @pytest.mark.parametrize(("choice", "script"), CHOICES.items())
    def test_a_choice_is_a_script_that_gets_the_options(self, tree: Tree, choice: str, script: str) -> None:
        tree.stub(script, 'echo "${0##*/}" "$@"', tree.root / "profiling")
        options = ("--scenario", "bit_fields/complex/round trip", "--engine=core")
        wanted = f"{script} {' '.join(options)}\n"

        assert tree.run("profile.sh", choice, *options).stdout == wanted
        # Typed as a person does, at the question as well.
        assert tree.run("profile.sh", *choice.split(), *options).stdout == wanted
        assert tree.run("profile.sh", answer=f"{choice} --engine core\n").stdout.endswith(f"{script} --engine core\n")

    def test_every_profiler_of_the_menu_is_there(self) -> None:
        assert all(os.access(ROOT / "profiling" / script, os.X_OK) for script in CHOICES.values())

    @pytest.mark.parametrize("words", [("10", "compare", "a"), ("quick", "run", "compare", "a")])
    def test_words_behind_a_name_go_to_its_script(self, tree: Tree, words: tuple[str, ...]) -> None:
        tree.stub("quick.sh", 'echo "$@"', tree.root / "profiling")

        assert tree.run("profile.sh", *words).stdout == "compare a\n"

    def test_an_unknown_choice_is_refused_with_the_menu(self, tree: Tree) -> None:
        done = tree.run("profile.sh", "11")

        assert done.returncode == 2
        assert "no such choice: 11" in done.stderr
        assert tree.run("profile.sh", "-").returncode == 2
        assert "callgrind" in done.stderr

    def test_help_shows_the_menu(self, tree: Tree) -> None:
        done = tree.run("profile.sh", "--help")

        assert done.returncode == 0
        assert "callgrind" in done.stdout

    @pytest.mark.parametrize("choice", ["10", "quick"])
    def test_the_quick_run_sets_up_and_passes_options_and_exit_code_on(self, tree: Tree, choice: str) -> None:
        done = tree.run("profile.sh", choice, "--group", "bit fields")

        assert done.returncode == 0, done.stderr
        assert done.stdout == "bebytes bench --group bit fields\n"

        tree.stub("bebytes", "exit 3", tree.root / ".venv" / "bin")
        assert tree.run("profile.sh", choice).returncode == 3


class TestMissing:
    """
    One message, what to install, exit code 1, and nothing begun.
    """

    def refused(self, tree: Tree, script: str = "profiling/setup.sh", **environment: str) -> str:
        """
        The message of a refusal.
        """
        arguments = ["10"] if script == "profile.sh" else []
        done = tree.run(script, *arguments, **environment)
        assert done.returncode == 1
        assert done.stderr.count("bebytes needs") == 1
        assert all(system in done.stderr for system in ("Debian, Ubuntu:", "Fedora:", "macOS:"))
        assert not (tree.root / ".venv").exists()
        assert not tree.log.exists()
        return done.stderr

    @pytest.mark.parametrize("script", ["profile.sh", "test.sh", "profiling/setup.sh"])
    def test_no_cargo(self, tree: Tree, script: str) -> None:
        (tree.bin / "cargo").unlink()

        assert "https://sh.rustup.rs" in self.refused(tree, script)

    def test_a_cargo_that_does_not_run(self, tree: Tree) -> None:
        tree.stub("cargo", "exit 1")

        assert "no cargo that works" in self.refused(tree)

    def test_an_old_cargo(self, tree: Tree) -> None:
        tree.stub("cargo", "echo cargo 1.63.0")

        message = self.refused(tree)
        assert "cargo here is 1.63.0" in message
        assert "rustup update" in message

    @pytest.mark.parametrize("script", ["profile.sh", "test.sh", "profiling/setup.sh"])
    def test_no_linker(self, tree: Tree, script: str) -> None:
        (tree.bin / "cc").unlink()

        message = self.refused(tree, script)
        assert "C compiler" in message
        assert "apt install build-essential" in message
        assert "xcode-select --install" in message

    def test_a_linker_that_does_not_run(self, tree: Tree) -> None:
        tree.stub("cc", "echo xcode-select: no developer tools were found >&2; exit 1")

        assert "C compiler" in self.refused(tree)

    def test_no_python(self, tree: Tree) -> None:
        (tree.bin / "python3").unlink()

        assert "CPython 3.11 or newer" in self.refused(tree)

    def test_an_old_python(self, tree: Tree) -> None:
        tree.stub("python3", "echo 3.9 yes /usr/bin/python3")

        assert "python3 is 3.9" in self.refused(tree)

    def test_a_python_without_venv(self, tree: Tree) -> None:
        tree.stub("python3", "echo 3.12 no /usr/bin/python3")

        assert "apt install python3.12-venv" in self.refused(tree)

    def test_bebytes_python_that_is_not_there(self, tree: Tree) -> None:
        assert "in BEBYTES_PYTHON" in self.refused(tree, BEBYTES_PYTHON="/nowhere/python")

    def test_no_rustfmt_or_clippy(self, tree: Tree) -> None:
        tree.stub("cargo", '[ "$1" = --version ] && echo cargo 1.99.0')

        assert "rustup component add rustfmt clippy" in self.refused(tree, "test.sh")


class TestSetUp:
    def test_does_everything_once(self, tree: Tree) -> None:
        assert tree.set_up() == ["venv", "pip", "maturin"]
        assert tree.set_up() == []
        assert (tree.root / ".venv" / "bin" / "bebytes").exists()

    def test_measuring_needs_no_test_tools_and_nothing_that_is_there(self, tree: Tree) -> None:
        assert tree.set_up("run") == ["venv", "pip", "maturin"]
        assert tree.set_up("run") == []
        assert tree.set_up() == ["pip"]
        assert tree.set_up("run") == []

    def test_the_project_itself_is_never_fetched(self, tree: Tree) -> None:
        """
        An extra that names another, as `bebytes[cli]`, would have pip fetch some bebytes from its index.
        """
        sets = ["build", "bench", "test", "lint"]
        script = tree.root / "profiling" / "inputs.py"
        done = subprocess.run(
            [sys.executable, str(script), "requirements", *sets], capture_output=True, text=True, check=True
        )

        assert "rich" in done.stdout
        assert "bebytes" not in done.stdout

    def test_a_changed_source_is_built(self, tree: Tree) -> None:
        tree.set_up()
        (tree.root / "src" / "lib.rs").write_text("// something\n")

        assert tree.set_up() == ["maturin"]
        assert tree.set_up() == []

    def test_a_changed_python_file_is_not(self, tree: Tree) -> None:
        tree.set_up()
        (tree.root / "python" / "bebytes" / "new.py").write_text("x = 1\n")

        assert tree.set_up() == []

    def test_a_changed_tool_is_installed_and_nothing_is_built(self, tree: Tree) -> None:
        tree.set_up()
        edit(tree.root / "pyproject.toml", '"hypothesis>=', '"hypothesis>4,>=')

        assert tree.set_up() == ["pip"]
        assert tree.set_up() == []

    def test_an_extension_by_another_hand_is_replaced(self, tree: Tree) -> None:
        tree.set_up()
        tree.extension.write_text("a debug build")

        assert tree.set_up() == ["maturin"]

        tree.extension.unlink()

        assert tree.set_up() == ["maturin"]

    def test_another_profile_is_built_and_then_the_released_one(self, tree: Tree) -> None:
        tree.set_up()

        assert tree.set_up("build", "profiling") == ["maturin"]
        assert "--profile profiling" in tree.log.read_text()
        assert tree.set_up() == ["maturin"]
        assert "--profile release" in tree.log.read_text()

    def test_an_environment_made_by_hand_is_kept(self, tree: Tree) -> None:
        tree.set_up()
        shutil.rmtree(tree.root / ".venv" / ".bebytes")

        assert tree.set_up() == ["pip", "maturin"]

    @pytest.mark.parametrize("harm", ["interrupted", "no python", "python that does not run"])
    def test_a_broken_environment_is_made_anew(self, tree: Tree, harm: str) -> None:
        tree.set_up()
        python = tree.root / ".venv" / "bin" / "python"
        if harm == "interrupted":
            (tree.root / ".venv" / ".making").touch()
        else:
            python.unlink()
        if harm == "python that does not run":
            python.symlink_to("/nowhere/python")

        assert tree.set_up() == ["venv", "pip", "maturin"]
        assert tree.set_up() == []

    def test_a_failed_build_is_tried_again(self, tree: Tree) -> None:
        maturin = tree.stubs / "maturin"
        good = maturin.read_text()
        maturin.write_text("#!/bin/sh\nexit 7\n")
        assert tree.run("profiling/setup.sh").returncode != 0
        tree.stub("maturin", good, tree.root / ".venv" / "bin")

        assert tree.set_up() == ["maturin"]

    def test_stand_ins_of_pyenv_that_fail_are_passed_over(self, tree: Tree) -> None:
        (tree.bin / "python3").rename(tree.bin / "python3.12")
        for name in ("python3", "python3.13"):
            tree.stub(name, "echo pyenv: command not found >&2; exit 127")

        assert tree.set_up() == ["venv", "pip", "maturin"]

    def test_a_new_bebytes_python_of_another_version_replaces_the_environment(self, tree: Tree) -> None:
        tree.set_up()
        same = str(tree.bin / "python3")

        assert tree.set_up(BEBYTES_PYTHON=same) == []

        tree.stub("other", f'if [ "$1" = -c ]; then echo 3.99 yes "$0"; else exec {same} "$@"; fi')
        assert tree.set_up(BEBYTES_PYTHON=str(tree.bin / "other"))[0] == "venv"

    def test_a_broken_environment_that_is_active_is_made_anew_by_the_python_behind_it(self, tree: Tree) -> None:
        tree.set_up()
        (tree.root / ".venv" / ".making").touch()
        inside = tree.root / ".venv" / "bin" / "python3"
        inside.write_text(f"#!/bin/sh\necho 3.11 yes {tree.bin}/python3\n")
        inside.chmod(0o755)

        assert tree.set_up(PATH=f"{inside.parent}{os.pathsep}{tree.bin}") == ["venv", "pip", "maturin"]

    def test_toolchains_beside_a_rustup_of_another_home_are_found(self, tree: Tree) -> None:
        home = tree.root.parent / "somebody"
        (home / ".rustup" / "toolchains").mkdir(parents=True)
        (home / ".cargo" / "bin").mkdir(parents=True)
        (tree.bin / "cargo").unlink()
        tree.stub("cargo", f'[ "$RUSTUP_HOME" = {home}/.rustup ] && echo cargo 1.99.0', home / ".cargo" / "bin")

        assert tree.set_up(PATH=f"{tree.bin}{os.pathsep}{home}/.cargo/bin") == ["venv", "pip", "maturin"]

    def test_a_cargo_that_is_installed_but_not_yet_on_path_is_found(self, tree: Tree) -> None:
        home = tree.root.parent / "home" / ".cargo" / "bin"
        home.mkdir(parents=True)
        (tree.bin / "cargo").rename(home / "cargo")

        assert tree.set_up() == ["venv", "pip", "maturin"]


class TestTest:
    def test_unknown_python_is_refused(self, tree: Tree) -> None:
        done = tree.run("test.sh", "--python", "3.9")

        assert done.returncode == 1
        assert "3.11 3.12 3.13" in done.stderr

    def test_help(self, tree: Tree) -> None:
        assert "--quick" in tree.run("test.sh", "--help").stdout
