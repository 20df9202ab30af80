#!/usr/bin/env bash
# callgrind: instructions, simulated caches and branches, by function and by line.
# shellcheck disable=SC2329  # tool.sh calls the functions
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=profiling/tool.sh
source "$ROOT/profiling/tool.sh"

TOOL=callgrind
ABOUT="callgrind: the instructions of each function and line, with caches and branches as simulated; the same on each run. Only
the loop counts, not start-up. It is some fifty times slower than the program."
SYSTEM=Linux
PACE="unless given, a 20th of those of a round of \`bebytes bench\`, on python a 2000th; 64 at least"
PRODUCTS=(
    "callgrind.out|the instructions, for programs that show them|kcachegrind {}; or callgrind_annotate {}"
    "callgrind.txt|the same as text: by function, with what it calls, caches and branches, by line|any pager"
)

# Whether start-up is in the counts.
WHOLE=''

ready() { need_valgrind callgrind_annotate; }

profile() {
    local -a part=(--toggle-collect='*::measured*')
    few
    if [[ $ENGINE != core ]]; then
        # Functions of Python are none to callgrind; the workload freezes and thaws the collector around the loop.
        part=(--zero-before=gc_freeze --dump-before=gc_unfreeze)
        # Sets of strings lie in another order with each hash.
        export PYTHONHASHSEED=0
    fi
    traced valgrind --tool=callgrind --callgrind-out-file=callgrind.out --dump-instr=yes --cache-sim=yes --branch-sim=yes \
        "${part[@]}" "${COMMAND[@]}"
    ran
    if [[ -e callgrind.out.1 ]]; then
        # What came before; the other one is the end of the process.
        mv callgrind.out.1 callgrind.out
        rm -f callgrind.out.[2-9]*
    elif [[ $ENGINE != core ]]; then
        WHOLE=yes
        note "the whole process, start-up included: this Python has no symbols that say where the loop begins;" \
            "BEBYTES_PYTHON names another for .venv"
    fi
    # Calls that were under way have the count 0; callgrind_annotate would take what they cost for the caller's own.
    sed 's/^calls=0 /calls=1 /' callgrind.out >"$STAGE/begun"
    mv "$STAGE/begun" callgrind.out
    report >callgrind.txt
}

# Paths as short as they may be: of the checkout, of a crate, of Rust's library, of a binary.
annotated() {
    callgrind_annotate "$@" callgrind.out 2>/dev/null | sed -n '/^Ir /,$p' | sed -E -e "s|$ROOT/||g" \
        -e 's|/[^ ]*/registry/src/[^/]*/||; s|/rustc/[0-9a-f]*/||; s|\[/[^]]*/([^]/]*)\]|[\1]|'
}

each() { [[ -n $WHOLE ]] || printf ', %s an iteration' $((total / ITERATIONS)); }

report() {
    local total
    total=$(awk '/^summary:/ { sum += $2 } END { printf "%.0f", sum }' callgrind.out)
    ((total > 0)) || die "callgrind counted no instructions"
    echo "# $KEY on $ENGINE, $ITERATIONS iterations: $total instructions${WHOLE:+ in all}$(each)"
    if [[ -e $STAGE/notes ]]; then sed 's/^/# /' "$STAGE/notes"; fi
    echo "# Ir: instructions; Dr, Dw: data read, written; 1m: not in the first cache; Lm: in none; Bcm, Bim: branches mispredicted"
    printf '\n# === By function: the instructions in it alone\n'
    annotated --auto=no --show=Ir
    printf '\n# === With what it calls\n'
    annotated --auto=no --inclusive=yes --show=Ir
    printf '\n# === Caches and branches, by function\n'
    annotated --auto=no --show=Ir,D1mr,D1mw,DLmr,DLmw,I1mr,Bcm,Bim
    printf '\n# === By line\n'
    annotated --auto=yes --show=Ir
}

tool "$@"
