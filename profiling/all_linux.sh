#!/usr/bin/env bash
# All tools for Linux, one after the other.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=profiling/tool.sh
source "$ROOT/profiling/tool.sh"

TOOL=all-linux
ABOUT="All tools for Linux, one after the other: perf record, perf stat, callgrind, massif, memray, a flame graph."
SYSTEM=Linux
PACE="unless given, as each tool says for itself"

suite perf_record perf_stat callgrind massif memray flamegraph -- "$@"
