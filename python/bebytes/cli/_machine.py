"""
What figures depend on: the machine, the interpreter, the compilers.
"""

import os
import platform
import sys
import sysconfig
from pathlib import Path

from ._cargo import output


def machine() -> str:
    """
    Processor, cores, operating system, with the version as far as it is that of the system and not of one machine's build.
    """
    cores = os.cpu_count() or 1
    release = ".".join(platform.release().split(".")[:2])
    return f"{_processor()}, {cores} core{'s' * (cores > 1)}, {platform.system()} {release}, {platform.machine()}"


def interpreter() -> str:
    """
    Implementation, version, the compiler it was built with, and whether it was built for speed.
    """
    options = sysconfig.get_config_var("CONFIG_ARGS") or ""
    traits = [platform.python_compiler().strip()]
    traits += ["profile-guided"] if "--enable-optimizations" in options else []
    traits += ["LTO"] if "--with-lto" in options else []
    traits += ["debug build"] if hasattr(sys, "gettotalrefcount") else []
    return f"{platform.python_implementation()} {platform.python_version()} ({', '.join(traits)})"


def build() -> str:
    """
    The cargo profile of the extension, or "" where there is none.
    """
    import bebytes

    if "native" not in bebytes.available_backends():
        return ""
    from bebytes import _core

    return str(_core.build_profile)


def compiler() -> str:
    """
    The Rust compiler on the PATH, or "".
    """
    return output("rustc", "--version")


def commit(root: Path | None) -> str:
    """
    The commit of a checkout, with a mark where what is measured, or measures, differs from it, or "".

    What is written about measurements is not: of several records made in a row, only the first would have no mark.
    """
    if root is None:
        return ""
    changed = output("git", "status", "--porcelain", "--", ".", ":!benches/record", ":!docs", ":!*.md", cwd=root)
    return output("git", "rev-parse", "--short", "HEAD", cwd=root) + "-dirty" * bool(changed)


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass  # only Linux has that file
    return output("sysctl", "-n", "machdep.cpu.brand_string") or platform.processor() or "unknown processor"
