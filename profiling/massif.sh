#!/usr/bin/env bash
# massif: the heap over time, and who holds it at its peak.
# shellcheck disable=SC2329  # tool.sh calls the functions
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=profiling/tool.sh
source "$ROOT/profiling/tool.sh"

TOOL=massif
ABOUT="massif: the heap over time, and who holds it at its peak, of the whole process. Python objects count one by one, as the
interpreter's own allocator is switched off. memray shows the same by lines of Python."
SYSTEM=Linux
PACE="unless given, a 20th of those of a round of \`bebytes bench\`, on python a 2000th; 64 at least"
PRODUCTS=(
    "massif.out|the heap over time, for programs that show it|massif-visualizer {}; or ms_print {}"
    "massif.txt|the same as text: a graph, and who holds what|any pager"
)

ready() { need_valgrind ms_print; }

profile() {
    local peak
    few
    if [[ $ENGINE != core ]]; then
        # Else its arenas are seen, not the objects in them.
        export PYTHONMALLOC=malloc
    fi
    traced valgrind --tool=massif --massif-out-file=massif.out "${COMMAND[@]}"
    ran
    peak=$(awk -F = '/^mem_heap_B=/ { if ($2 > most) most = $2 } END { printf "%.0f", most }' massif.out)
    ((peak > 0)) || die "massif saw no heap"
    {
        echo "# $KEY on $ENGINE, $ITERATIONS iterations: $peak bytes at the peak"
        ms_print massif.out
    } >massif.txt
}

tool "$@"
