#!/usr/bin/env bash
# The menu over the benchmark and the profilers. `./profile.sh` asks; `./profile.sh CHOICE [OPTION...]` does not:
# CHOICE is a number or a name, the options go to what is chosen.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# number, name, other names, script in profiling/, what it does. A new profiler is a script and a row.
MENU=(
    "1|perf-record|perf|perf_record.sh|Linux: perf record, where the time goes"
    "2|perf-stat||perf_stat.sh|Linux: perf stat, the counters of processor and kernel"
    "3|callgrind||callgrind.sh|Linux: callgrind, instructions by function and line"
    "4|massif||massif.sh|Linux: massif, the heap over time"
    "5|flamegraph|flame-graph flame|flamegraph.sh|Linux: a flame graph, Python and Rust in one picture"
    "6|all-linux|linux all-linux-tools|all_linux.sh|Linux: all of these, and memray"
    "7|time-profiler|instruments-time-profiler|time_profiler.sh|macOS: Instruments, Time Profiler"
    "8|allocations|instruments-allocations|allocations.sh|macOS: Instruments, Allocations"
    "9|all-macos|macos all-macos-tools|all_macos.sh|macOS: both of these"
    "10|quick|quick-run bench|quick.sh|the benchmark alone, no profiler"
    "-|memray||memray.sh|Linux: memray, every allocation by the line of Python"
)

menu() {
    local row number name title
    echo "bebytes: what does it cost?"
    echo
    for row in "${MENU[@]}"; do
        IFS='|' read -r number name _ _ title <<<"$row"
        printf '%4s  %-14s %s\n' "$number" "$name" "$title"
    done
    printf '%4s  %-14s %s\n' 0 exit "leave"
    echo
    echo "Options of the profilers: --scenario GROUP[/NAME[/OPERATION]], --engine native|python|core, --iterations N, --help"
}

# The script of a choice; nothing where there is none.
script_of() {
    local choice row number name others script
    choice=$(tr '[:upper:] _' '[:lower:]--' <<<"$1")
    for row in "${MENU[@]}"; do
        IFS='|' read -r number name others script _ <<<"$row"
        if [[ $number != - && $choice == "$number" || " $name $others " == *" $choice "* ]]; then
            echo "$script"
            return
        fi
    done
}

run() {
    local count script
    case $1 in 0 | exit) exit 0 ;; esac
    # Names of several words need no quotes: the most words that are a name are the choice.
    for ((count = $#; count > 0; count--)); do
        script=$(script_of "${*:1:count}")
        [[ -z $script ]] || exec "$ROOT/profiling/$script" "${@:count+1}"
    done
    menu >&2
    echo "no such choice: $1" >&2
    exit 2
}

main() {
    local answer
    local -a words=()
    case ${1:-} in
    -h | --help | help)
        echo "usage: ./profile.sh [CHOICE [OPTION...]]"
        echo
        menu
        echo "./profile.sh CHOICE --help says more."
        ;;
    '')
        menu
        read -r -p "Choice: " answer || true
        read -r -a words <<<"${answer:-}"
        if ((${#words[@]} == 0)); then
            echo "nothing chosen" >&2
            exit 2
        fi
        run "${words[@]}"
        ;;
    *) run "$@" ;;
    esac
}

main "$@"
