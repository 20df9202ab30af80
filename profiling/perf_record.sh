#!/usr/bin/env bash
# perf record: samples of where the time goes, with the calls that led there.
# shellcheck disable=SC2329  # tool.sh calls the functions
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=profiling/tool.sh
source "$ROOT/profiling/tool.sh"

TOOL=perf-record
ABOUT="perf record: where the time goes, in Rust, in the interpreter and in the kernel; by samples, about a thousand a second."
SYSTEM=Linux
PACE="unless given, what takes about 3 seconds"
PRODUCTS=(
    "perf_report.txt|where the time goes: by function, with what it calls, and by call graph|any pager"
    "perf.data|the samples|perf report --input {}"
)

ready() { need_perf; }

# Whether the processor counts this event here; virtual machines often do not.
counts() { perf stat --field-separator , --event "$1" -- true 2>&1 | grep -q '^[0-9]'; }

# CPython 3.12 and newer can show Python functions to perf, if frame pointers lead from one to the other.
trampoline() {
    "$VENV/bin/python" -c '
import sys, sysconfig
flags = " ".join(str(sysconfig.get_config_var(name)) for name in ("CFLAGS", "PY_CORE_CFLAGS"))
has = sys.version_info >= (3, 12) and sysconfig.get_config_var("PY_HAVE_PERF_TRAMPOLINE")
sys.exit(not (has and "-fno-omit-frame-pointer" in flags))'
}

profile() {
    # Frame pointers would end at libc and at most builds of CPython, which have none.
    local event=cycles graph=dwarf,16384
    if ! counts cycles; then
        event=cpu-clock
        note "cycles are not counted on this machine: sampled by cpu-clock, a timer"
    fi
    if [[ $ENGINE != core ]]; then
        if trampoline; then
            graph=fp PYTHON_OPTIONS=(-X perf)
            note "functions of Python by the interpreter's trampoline"
        else
            note "functions of Python are not shown, the flame graph has them"
        fi
    fi
    pace 3
    traced perf record --quiet --freq 999 --event "$event" --call-graph "$graph" --output perf.data -- "${COMMAND[@]}"
    ran
    report >perf_report.txt
    grep -q '^# Samples: [1-9]' perf_report.txt || die "perf took no samples"
}

shown() {
    perf report --input perf.data --stdio --no-inline "$@" 2>/dev/null |
        sed -e '/^#$/d' -e '/^# To display/d' -e '/^# Total Lost/d' -e '/^# (Tip/d'
}

report() {
    echo "# $KEY on $ENGINE, $ITERATIONS iterations"
    if [[ -e $STAGE/notes ]]; then sed 's/^/# /' "$STAGE/notes"; fi
    printf '\n# === By function: the time in it alone\n'
    shown --no-children --call-graph none --percent-limit 0.5
    printf '\n# === With what it calls\n'
    shown --children --call-graph none --percent-limit 1
    printf '\n# === The call graph, from the top\n'
    shown --no-children --call-graph caller,0.5 --percent-limit 2
}

tool "$@"
