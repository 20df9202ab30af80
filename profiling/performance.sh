#!/usr/bin/env bash
# docs/performance.md: its records, its plots and its tables. Sets up .venv first. The commands that make the records are
# those that stand above the tables in the page's source.
#
#   performance.sh                      plots and tables, from the records that are there
#   performance.sh --record [NAME...]   first makes the records anew, or those that are named; on a quiet machine
#   performance.sh --check              changes nothing; exits with 1 if a plot or a table is older than its record
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=profiling/common.sh
source "$ROOT/profiling/common.sh"

RECORDS=(suite growth goals memory counts parts kept cache samples emptied)

record() {
    local bebytes=$VENV/bin/bebytes python=$VENV/bin/python
    say "recording $1"
    case $1 in
    suite) "$bebytes" bench --engines all --save suite ;;
    growth)
        "$bebytes" bench --group growth_fields,growth_bytes,growth_items,growth_telemetry,growth_depth \
            --engines core,native,python,floor,neoconstruct,rustruct,construct --save growth
        ;;
    goals) "$bebytes" bench goals --save goals ;;
    memory) "$bebytes" bench memory --engines native,python,slots,floor,neoconstruct,construct --save memory ;;
    counts) "$ROOT/profiling/counts.sh" --save ;;
    *) "$python" "$ROOT/profiling/costs.py" "$1" --save "$1" ;;
    esac
}

main() {
    local name
    local -a wanted=()
    cd "$ROOT"
    case ${1:-} in
    '' | --check) ;;
    --record)
        wanted=("${@:2}")
        ((${#wanted[@]} > 0)) || wanted=("${RECORDS[@]}")
        for name in "${wanted[@]}"; do
            [[ " ${RECORDS[*]} " == *" $name "* ]] || { say "no record is called $name; there are ${RECORDS[*]}" && exit 2; }
        done
        ;;
    *) say "usage: profiling/performance.sh [--record [NAME...] | --check]" && exit 2 ;;
    esac
    profiling/setup.sh run
    find_rust
    if [[ ${1:-} == --check ]]; then
        exec "$VENV/bin/python" profiling/performance.py --check
    fi
    if ((${#wanted[@]} > 0)); then
        # Of docs, matplotlib: its images are among the formats.
        tools "$VENV" build rivals py-spy memray docs
        for name in "${wanted[@]}"; do record "$name"; done
    fi
    tools "$VENV" docs
    "$VENV/bin/python" profiling/plots.py
    "$VENV/bin/python" profiling/performance.py
}

main "$@"
