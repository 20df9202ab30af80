#!/usr/bin/env bash
# Instruments, Allocations: the heap, on macOS.
# shellcheck disable=SC2329  # tool.sh calls the functions
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=profiling/tool.sh
source "$ROOT/profiling/tool.sh"

TOOL=allocations
ABOUT="Instruments, Allocations: every allocation and who made it, on macOS. Python objects count one by one, as the
interpreter's own allocator is switched off."
SYSTEM=Darwin
PACE="unless given, a 20th of those of a round of \`bebytes bench\`, on python a 2000th; 64 at least"
PRODUCTS=("allocations.trace|the allocations|open {}")

ready() { need_xctrace; }

profile() {
    few
    [[ $ENGINE == core ]] || LAUNCHED+=(--env PYTHONMALLOC=malloc)
    instruments Allocations allocations.trace
}

tool "$@"
