#!/usr/bin/env bash
# Instruments, Time Profiler: where the time goes, on macOS.
# shellcheck disable=SC2329  # tool.sh calls the functions
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=profiling/tool.sh
source "$ROOT/profiling/tool.sh"

TOOL=time-profiler
ABOUT="Instruments, Time Profiler: where the time goes, on macOS."
SYSTEM=Darwin
PACE="unless given, what takes about 4 seconds"
PRODUCTS=("time_profile.trace|where the time goes|open {}")

ready() { need_xctrace; }

profile() {
    pace 4
    instruments "Time Profiler" time_profile.trace
}

tool "$@"
