#!/usr/bin/env bash
# The menu over the benchmark and the profilers. `./profile.sh` asks; `./profile.sh CHOICE [OPTION...]` does not:
# CHOICE is a number or a name, the options go to what is chosen.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# number, name, script in profiling/, what it does. A new profiler is a script and a row.
MENU=(
    "1|perf-record|perf_record.sh|Linux: perf record, where the time goes"
    "2|perf-stat|perf_stat.sh|Linux: perf stat, the processor's counters"
    "3|callgrind|callgrind.sh|Linux: callgrind, the calls, instruction by instruction"
    "4|massif|massif.sh|Linux: massif, the heap over time"
    "5|flamegraph|flamegraph.sh|Linux: a flame graph"
    "6|all-linux|all_linux.sh|Linux: all of these"
    "7|time-profiler|time_profiler.sh|macOS: Instruments, Time Profiler"
    "8|allocations|allocations.sh|macOS: Instruments, Allocations"
    "9|all-macos|all_macos.sh|macOS: both of these"
    "10|quick|quick.sh|the benchmark alone, no profiler"
)

menu() {
    local row number name script title
    echo "bebytes: what does it cost?"
    echo
    for row in "${MENU[@]}"; do
        IFS='|' read -r number name script title <<<"$row"
        [[ -x $ROOT/profiling/$script ]] || title+=" (not yet)"
        printf '%4s  %-14s %s\n' "$number" "$name" "$title"
    done
    printf '%4s  %-14s %s\n' 0 exit "leave"
    echo
}

run() {
    local choice=$1 row number name script title
    shift
    [[ $choice == 0 || $choice == exit ]] && exit 0
    for row in "${MENU[@]}"; do
        IFS='|' read -r number name script title <<<"$row"
        if [[ $choice == "$number" || $choice == "$name" ]]; then
            if [[ ! -x $ROOT/profiling/$script ]]; then
                echo "not yet: $name will be profiling/$script" >&2
                exit 1
            fi
            exec "$ROOT/profiling/$script" "$@"
        fi
    done
    menu >&2
    echo "no such choice: $choice" >&2
    exit 2
}

main() {
    local choice
    if (($# > 0)); then
        case $1 in
        -h | --help | help)
            echo "usage: ./profile.sh [CHOICE [OPTION...]]"
            echo
            menu
            ;;
        *) run "$@" ;;
        esac
    else
        menu
        if ! read -r -p "Choice: " choice || [[ -z $choice ]]; then
            echo "nothing chosen" >&2
            exit 2
        fi
        run "$choice"
    fi
}

main "$@"
