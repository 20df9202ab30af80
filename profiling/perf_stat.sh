#!/usr/bin/env bash
# perf stat: the counters of the processor and of the kernel.
# shellcheck disable=SC2329  # tool.sh calls the functions
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=profiling/tool.sh
source "$ROOT/profiling/tool.sh"

TOOL=perf-stat
ABOUT="perf stat: the counters of the processor (instructions, branches, caches) and of the kernel (page faults, switches), of
the whole process, start-up included, three times. Events that the machine does not count are named."
SYSTEM=Linux
PACE="unless given, what takes about a second"
PRODUCTS=("perf_stat.txt|the counters of the processor and the kernel|any pager")
HARDWARE=cycles,instructions,branches,branch-misses,cache-references,cache-misses
CACHES=L1-dcache-loads,L1-dcache-load-misses,LLC-loads,LLC-load-misses
SOFTWARE=task-clock,context-switches,cpu-migrations,page-faults,minor-faults,major-faults

ready() { need_perf; }

profile() {
    local lacking
    pace 1
    traced perf stat --repeat 3 --output ../counters --event "$SOFTWARE,$HARDWARE,$CACHES" -- "${COMMAND[@]}"
    ran
    # "<not supported>      cycles"; "<not counted>" where there were too few counters.
    lacking=$(awk '/^ *<not/ { printf "%s%s", sep, $3; sep = ", " }' ../counters)
    [[ -z $lacking ]] || note "not supported on this machine: $lacking"
    grep -Eq '^ *[0-9]' ../counters || die "perf counted nothing: ${lacking:-no event}"
    {
        echo "# $KEY on $ENGINE, $ITERATIONS iterations; the whole process, the mean of three runs"
        if [[ -n $lacking ]]; then
            echo "# not supported on this machine: $lacking"
            echo "# for instructions, caches and branches there is callgrind, which simulates them"
        fi
        # The events that it did not count are named above.
        grep -Ev '^ *<not|^# started on' ../counters
    } >perf_stat.txt
}

tool "$@"
