#!/usr/bin/env bash
# Counts the instructions and the heap of each scenario on the Rust core, beside the record in benches/record/counts.json.
#
#   counts.sh             a table
#   counts.sh --check     exit code 1 where a count is over 3 % more than in the record; test.sh asks that
#   counts.sh --save      the record anew, after a change that is meant
#   counts.sh --help      the other options
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=profiling/common.sh
source "$ROOT/profiling/common.sh"

# The benchmarks' Python code alone: neither an environment nor the extension is needed.
counts() {
    PYTHONPATH=$ROOT/python PYTHONDONTWRITEBYTECODE=1 BEBYTES_BACKEND=python \
        "$PYTHON" "$ROOT/profiling/counts.py" --counter "$COUNTER" --workload "$WORKLOAD" "$@"
}

main() {
    local -a programs=(counts)
    if [[ -x $VENV/bin/python ]]; then PYTHON=$VENV/bin/python; else find_python; fi
    COUNTER=$(profiled counts) WORKLOAD=$(profiled workload)
    case " $* " in
    *" --help "* | *" -h "*) counts --help && exit ;;
    *" --save "*) programs+=(workload) ;;
    esac
    if ! have valgrind; then
        say "skipped: valgrind is not installed; sudo apt install valgrind"
        # Without it there is nothing to check, and nothing to save.
        [[ " $* " != *" --save "* ]] || exit 2
        exit 0
    fi
    need_rust
    need_linker
    build_profiled "${programs[@]}"
    counts "$@"
}

main "$@"
