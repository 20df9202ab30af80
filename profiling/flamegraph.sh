#!/usr/bin/env bash
# A flame graph: functions of Python and of Rust by name, in one picture.
# shellcheck disable=SC2329  # tool.sh calls the functions
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=profiling/tool.sh
source "$ROOT/profiling/tool.sh"

TOOL=flamegraph
ABOUT="A flame graph: where the time goes, functions of Python and of Rust by name in one picture. py-spy samples the Python
process (for the engine core, perf does), inferno draws."
SYSTEM=Linux
PACE="unless given, what takes about 4 seconds"
PRODUCTS=(
    "flamegraph.svg|where the time goes: width is time, what is called stands on top|a browser; click to zoom, Ctrl-F to search"
    "flamegraph.folded|the same as text, a stack a line|any pager; inferno-diff-folded compares two"
)
NEEDS=(inferno)

ready() { if [[ $1 == core ]]; then need_perf; else NEEDS+=(py-spy); fi; }

profile() {
    local frames unit=samples
    pace 4
    if [[ $ENGINE == core ]]; then
        unit=ns
        # A timer is there also where cycles are not counted; with DWARF, stacks go through libc.
        traced perf record --quiet --freq 999 --event cpu-clock --call-graph dwarf,16384 --output ../perf.data -- "${COMMAND[@]}"
        ran
        perf script --no-inline --input ../perf.data 2>/dev/null | inferno-collapse-perf >flamegraph.folded
    else
        traced py-spy record --native --function --rate 250 --format raw --output ../stacks -- "${COMMAND[@]}"
        ran
        lost
        readable <../stacks >flamegraph.folded
    fi
    [[ -s flamegraph.folded ]] || die "no samples were taken"
    inferno-flamegraph --title "$KEY on $ENGINE" --subtitle "$ITERATIONS iterations" --countname "$unit" --hash \
        flamegraph.folded >flamegraph.svg
    # One frame is "all".
    frames=$(grep -o '<title>' flamegraph.svg | wc -l || true)
    ((frames > 1)) || die "the flame graph has no frames"
}

# py-spy leaves out stacks that it cannot read: a few are as good as none.
lost() {
    local taken errors
    read -r taken errors < <(sed -n 's/.*Samples: \([0-9]*\) Errors: \([0-9]*\).*/\1 \2/p' "$STAGE/log") || return 0
    if ((errors * 20 > taken)); then note "py-spy could not read $errors of $((taken + errors)) stacks"; fi
}

# One frame a function: without the line, which py-spy gives for Rust also where it was asked not to; names of Rust as people
# write them, without the hash that tells apart what the compiler made of one function.
# shellcheck disable=SC2016  # the dollar signs are part of the names
readable() {
    local -a names=(cat)
    if have c++filt && c++filt --format=rust _RNvC1a1b >/dev/null 2>&1; then names=(c++filt --format=rust); fi
    sed -E -e 's/:[0-9]+\)/)/g' -e 's/::h[0-9a-f]{16}//g' \
        -e 's/\$LT\$/</g; s/\$GT\$/>/g; s/\$u20\$/ /g; s/\$u7b\$/{/g; s/\$u7d\$/}/g; s/\$u5b\$/[/g; s/\$u5d\$/]/g' \
        -e 's/\$RF\$/\&/g; s/\$BP\$/*/g; s/\$LP\$/(/g; s/\$RP\$/)/g; s/\$C\$/,/g; s/\$u27\$/'"'"'/g' \
        -e 's/([[:alnum:]_>])\.\.([[:alnum:]_<])/\1::\2/g; s/([;_])_</\1</g; s/::_\{/::{/g' | "${names[@]}"
}

tool "$@"
