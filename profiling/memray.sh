#!/usr/bin/env bash
# memray: every allocation of the Python path, by the line that made it.
# shellcheck disable=SC2329  # tool.sh calls the functions
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=profiling/tool.sh
source "$ROOT/profiling/tool.sh"

TOOL=memray
ABOUT="memray: every allocation of a Python process, those of objects included, by the line of Python and the function of Rust
that made it."
SYSTEM=Linux
KNOWN=(native python)
PACE="unless given, a 20th of those of a round of \`bebytes bench\`, on python a 2000th; 64 at least"
PRODUCTS=(
    "memray.txt|how many allocations, of which sizes, and the lines that made most|any pager"
    "memray.html|who holds the memory at its peak, as a flame graph|a browser"
    "memray.bin|the allocations|.venv/bin/python -m memray tree {}"
)

# shellcheck disable=SC2034  # for tool.sh
NEEDS=(memray)

ready() { true; }

profile() {
    few
    traced "$VENV/bin/python" -m memray run --quiet --native --trace-python-allocators --output memray.bin \
        "${COMMAND[@]:1}"
    ran
    "$VENV/bin/python" -m memray flamegraph --output memray.html memray.bin
    {
        echo "# $KEY on $ENGINE, $ITERATIONS iterations; the whole process, start-up included"
        "$VENV/bin/python" -m memray stats --num-largest 20 memray.bin
    } >memray.txt
}

tool "$@"
