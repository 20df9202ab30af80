#!/usr/bin/env bash
# Both tools for macOS, one after the other.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=profiling/tool.sh
source "$ROOT/profiling/tool.sh"

TOOL=all-macos
ABOUT="Both templates of Instruments, one after the other: Time Profiler, Allocations."
SYSTEM=Darwin
PACE="unless given, as each tool says for itself"

suite time_profiler allocations -- "$@"
