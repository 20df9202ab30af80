# What the scripts of the profilers share: options, what is profiled, how a tool is run, where its results go.
# Sourced with ROOT set to the project's directory, by a script that then sets
#
#   TOOL      its name in the menu of profile.sh
#   ABOUT     what it shows, in a sentence or two, for --help
#   SYSTEM    where it runs: Linux or Darwin
#   PACE      how many iterations there are unless told, in words, for --help
#   PRODUCTS  what it leaves, a row each: "NAME|what it is|how to open it"
#
# defines
#
#   ready ENGINE    whether the system has what it takes; else says what is missing (see missing)
#   profile         runs the tool with the current directory as the place for the products
#
# and calls `tool "$@"`. Plain enough for the bash 3.2 of macOS.
# shellcheck shell=bash

ROOT=${ROOT:?set by the script that sources this file}
# shellcheck source=profiling/common.sh
source "$ROOT/profiling/common.sh"

RESULTS=$ROOT/profiling_results
KNOWN=(native python core)
NEEDS=() SCENARIOS=() ENGINES=() GIVEN='' FAILED=0 STAGE='' CHILD='' SUMMARY=''
# Where the script that called this one, for a part of the work, keeps its summary.
OUTER=${BEBYTES_SUMMARY:-}
DEFAULT_SCENARIO=mixed/packet/decode
DEFAULT_ENGINE=native

# --- Options --------------------------------------------------------------------------------------------------------

usage() {
    local row name what
    cat <<END
usage: ./profile.sh $TOOL [--scenario GROUP[/NAME[/OPERATION]]]... [--engine ENGINE]... [--iterations N]

$ABOUT

  --scenario ...    what to profile: a group, a layout or one operation; $DEFAULT_SCENARIO unless given
  --engine ENGINE   who does the work, of ${KNOWN[*]}; several with commas between; $DEFAULT_ENGINE unless given
                    (native: this package with its Rust extension; python: the same without; core: its Rust core alone)
  --iterations N    operations; $PACE

Each scenario is profiled alone, on each engine. The results go to profiling_results/ of the checkout, or where there is
more than one scenario or engine, to a folder for each: profiling_results/GROUP-NAME-OPERATION/ENGINE/.

  INDEX.md             how each file was made, and how to open it
END
    for row in ${PRODUCTS[@]+"${PRODUCTS[@]}"}; do
        IFS='|' read -r name what _ <<<"$row"
        printf '  %-20s %s\n' "$name" "$what"
    done
    cat <<END

Exit status: 0 all is done; 1 something failed or is missing, the last lines say what; 2 bad use; 130 interrupted.
END
}

refuse() {
    say "$TOOL: $*"
    exit 2
}

options() {
    local word name value
    local -a names=()
    while (($# > 0)); do
        word=$1
        shift
        case $word in
        -h | --help)
            usage
            exit
            ;;
        --scenario=* | --engine=* | --engines=* | --iterations=*) value=${word#*=} ;;
        --scenario | --engine | --engines | --iterations)
            (($# > 0)) || refuse "$word wants a value"
            value=$1
            shift
            ;;
        *) refuse "no option is called $word; there are --scenario, --engine, --iterations, --help" ;;
        esac
        case $word in
        --scenario*) SCENARIOS+=("$value") ;;
        --engine*)
            IFS=', ' read -r -a names <<<"$value"
            ((${#names[@]} > 0)) || refuse "--engine wants one of ${KNOWN[*]}"
            for name in "${names[@]}"; do
                [[ " ${KNOWN[*]} " == *" $name "* ]] ||
                    refuse "no engine is called $name; $TOOL knows ${KNOWN[*]}"
                [[ " ${ENGINES[*]-} " == *" $name "* ]] || ENGINES+=("$name")
            done
            ;;
        --iterations*)
            [[ $value =~ ^[1-9][0-9]{0,11}$ ]] || refuse "--iterations wants a whole number above 0, not $value"
            GIVEN=$value
            ;;
        esac
    done
    ((${#SCENARIOS[@]} > 0)) || SCENARIOS=("$DEFAULT_SCENARIO")
    ((${#ENGINES[@]} > 0)) || ENGINES=("$DEFAULT_ENGINE")
    find_python
    "$PYTHON" "$ROOT/profiling/targets.py" check "${SCENARIOS[@]}" || exit
}

# --- What the last lines say ----------------------------------------------------------------------------------------

# Adds a line to the summary: $1 done, skipped, failed or missing, the rest in words.
closing() {
    local line
    line=$(printf '%-8s %-14s %s' "$1" "$TOOL" "${*:2}")
    [[ $1 == "done" || $1 == skipped ]] || FAILED=1
    printf '%s\n' "$line" >>"$SUMMARY"
}

# Prints the summary, unless the script that called this one does.
summary() {
    [[ -z $OUTER && -s $SUMMARY ]] || return 0
    say ""
    cat "$SUMMARY" >&2
    if grep -q '^done' "$SUMMARY"; then say "what is in profiling_results: ${RESULTS#"$PWD/"}/INDEX.md"; fi
}

# Says what is missing and how to install it, as `lacks` does, but the run goes on.
missing() {
    say "$TOOL needs $1."
    say "  Debian, Ubuntu:  $2"
    say "  Fedora:          $3"
    closing missing "$1: $2"
    return 1
}

need_perf() {
    # Ubuntu has a perf that only says that there is none for this kernel.
    perf --version >/dev/null 2>&1 ||
        missing "perf" "sudo apt install linux-perf (Ubuntu: linux-tools-generic)" "sudo dnf install perf"
}

need_valgrind() {
    # Fedora has the scripts that print what it wrote in the same package.
    if ! have valgrind || ! have "$1"; then
        missing "valgrind" "sudo apt install valgrind" "sudo dnf install valgrind"
    fi
}

need_xctrace() {
    xcrun xctrace version >/dev/null 2>&1 && return
    say "$TOOL needs Xcode, whole: its command line tools alone have no xctrace."
    say "  Install Xcode from the App Store, then: sudo xcode-select -s /Applications/Xcode.app"
    closing missing "Xcode"
    return 1
}

# --- Interruptions --------------------------------------------------------------------------------------------------

# Runs a command as a process group of its own, so that all of it can be stopped; its status is in STATUS.
supervised() {
    STATUS=0
    set -m
    "$@" </dev/null &
    CHILD=$!
    set +m
    wait "$CHILD" || STATUS=$?
    CHILD=''
}

# Also what the command started; what was finished before stays.
interrupted() {
    trap '' INT TERM HUP
    if [[ -n $CHILD ]]; then
        kill -TERM -- "-$CHILD" 2>/dev/null || true
        wait "$CHILD" 2>/dev/null || true
        kill -KILL -- "-$CHILD" 2>/dev/null || true
    fi
    summary
    [[ -n $OUTER ]] || say "$TOOL: interrupted"
    exit "$1"
}

leave() {
    [[ -z $STAGE ]] || rm -rf "$STAGE"
    [[ -z $SUMMARY || -n $OUTER ]] || rm -f "$SUMMARY"
}

# --- One run of the tool --------------------------------------------------------------------------------------------

# Words for the index and the screen, from within `profile`.
note() { printf '%s\n' "$*" >>"$STAGE/notes"; }

# Runs a command and keeps it for the index.
traced() {
    local line='' name word
    for name in PYTHONPATH PYTHONHASHSEED PYTHONMALLOC; do
        [[ -z ${!name:-} ]] || line+="$name=$(printf %q "${!name}") "
    done
    for word in "$@"; do
        # %q also escapes commas.
        [[ $word =~ ^[[:alnum:]/._=,:-]+$ ]] || word=$(printf %q "$word")
        line+="$word "
    done
    printf '%s\n' "${line% }" >>"$STAGE/commands"
    "$@"
}

# Sets COMMAND to the bare workload; a `profile` adds to it by `workload`. Options in PYTHON_OPTIONS are the interpreter's.
PYTHON_OPTIONS=()
workload() {
    COMMAND=("$VENV/bin/python" ${PYTHON_OPTIONS[@]+"${PYTHON_OPTIONS[@]}"} -m bebytes.workload --engine "$ENGINE")
    if [[ $ENGINE == core ]]; then COMMAND=("$(profiled workload)" --scenarios "$EXPORTED"); fi
    COMMAND+=(--scenario "$KEY")
    [[ -z ${ITERATIONS:-} ]] || COMMAND+=(--iterations "$ITERATIONS")
}

# Sets ITERATIONS to what is given, else to what takes so many seconds ($1), to two digits; and COMMAND.
pace() {
    local ran tried=64
    ITERATIONS=''
    workload
    while [[ -z $GIVEN ]]; do
        ran=$("${COMMAND[@]}" --iterations "$tried" | sed -n 's/.* in \([0-9.]*\) s$/\1/p')
        [[ -n $ran ]] || die "the workload did not say how long it took"
        GIVEN=$(awk -v n="$tried" -v ran="$ran" -v wanted="$1" 'BEGIN {
            if (ran < 0.05 && n < 1e8) exit
            n *= wanted / (ran > 0.001 ? ran : 0.001)
            for (unit = 1; n / unit >= 100; unit *= 10);
            printf "%.0f", (n < 1 ? 1 : int(n / unit)) * unit
        }')
        tried=$((tried * 16))
    done
    fixed "$GIVEN"
}

# Sets ITERATIONS to what is given, else to $1, and COMMAND.
fixed() {
    ITERATIONS=${GIVEN:-$1}
    workload
    printf '%s\n' "$ITERATIONS" >"$STAGE/iterations"
}

# As `fixed`, for tools that slow a program down fifty times, and whose figures are the same for each run: a part of the
# operations of a round of `bebytes bench`, but each input at least once.
few() {
    local part=20
    [[ $ENGINE != python ]] || part=2000
    fixed $((ROUND / part > 64 ? ROUND / part : 64))
}

# The workload says so when it is through; not all tools fail where the program that they run does.
ran() { grep -q "^$KEY: .* operations on $ENGINE" "$STAGE/log" || die "the workload did not end well"; }

# Runs the workload under a template of Instruments ($1) into a trace ($2). xctrace gives the environment on by name.
LAUNCHED=()
instruments() {
    [[ -z ${PYTHONPATH:-} ]] || LAUNCHED+=(--env "PYTHONPATH=$PYTHONPATH")
    traced xcrun xctrace record --template "$1" --output "$2" --target-stdout - \
        ${LAUNCHED[@]+"${LAUNCHED[@]}"} --launch -- "${COMMAND[@]}"
    ran
}

# What `profile` does, in a process of its own, with its output in the log.
one() {
    set -e
    trap - INT TERM HUP EXIT
    exec >"$STAGE/log" 2>&1
    PATH=$PATH:$VENV/bin
    mkdir "$STAGE/out"
    cd "$STAGE/out"
    if [[ $ENGINE == core ]]; then
        # What the program in Rust reads: this scenario alone, also one of the group real.
        EXPORTED=$(beside)/../scenarios/$SLUG.json
        mkdir -p "${EXPORTED%/*}"
        EXPORTED=$(cd "${EXPORTED%/*}" && pwd)/$SLUG.json
        PYTHONPATH=$ROOT/python BEBYTES_BACKEND=python \
            "$VENV/bin/python" -m bebytes.workload --export "$EXPORTED" --scenario "$KEY"
    else
        PYTHONPATH=$(beside)
        export PYTHONPATH
    fi
    profile
}

# Profiles scenario $KEY on $ENGINE, and puts the results into the folder $1 of profiling_results.
attempt() {
    local place=$1 problem
    STAGE=$(mktemp -d "$RESULTS/.unfinished.XXXXXX")
    say "$TOOL: $KEY on $ENGINE"
    supervised one
    if [[ -s $STAGE/notes ]]; then sed "s/^/$TOOL: /" "$STAGE/notes" >&2; fi
    if ((STATUS != 0)); then
        tail -n 15 "$STAGE/log" >&2
        if grep -q perf_event_paranoid "$STAGE/log"; then
            say "perf is not allowed here; try: sudo sysctl kernel.perf_event_paranoid=1"
        fi
        problem=$(tail -n 1 "$STAGE/log" | cut -c 1-100)
        closing failed "$KEY on $ENGINE: ${problem:-exit status $STATUS}"
    elif problem=$("$VENV/bin/python" "$ROOT/profiling/results.py" \
        "$RESULTS" "$STAGE" "$place" "$TOOL" "$KEY" "$ENGINE" "${PRODUCTS[@]}"); then
        closing "done" "$KEY on $ENGINE: profiling_results/$place${place:+/}${PRODUCTS[0]%%|*}"
    else
        say "$TOOL: $problem"
        closing failed "$KEY on $ENGINE: $problem"
    fi
    rm -rf "$STAGE"
    STAGE=''
}

# --- The whole ------------------------------------------------------------------------------------------------------

begin() {
    mkdir -p "$RESULTS"
    SUMMARY=$OUTER
    trap leave EXIT
    trap 'interrupted 130' INT
    trap 'interrupted 143' TERM HUP
    [[ -n $SUMMARY ]] || SUMMARY=$(mktemp "$RESULTS/.summary.XXXXXX")
}

# Whether this is the system that the tool is for.
at_home() {
    local here where=Linux
    here=$(uname -s)
    [[ $here == "$SYSTEM" ]] && return
    [[ $SYSTEM == Linux ]] || where="macOS with Xcode"
    say "$TOOL: this needs $where; here is $here"
    closing missing "this needs $where"
    return 1
}

finish() {
    summary
    exit "$FAILED"
}

tool() {
    local engine key round targets several=''
    local -a engines=() keys=() rounds=()
    options "$@"
    begin
    at_home || finish
    for engine in "${ENGINES[@]}"; do
        if ready "$engine"; then engines+=("$engine"); fi
    done
    ((${#engines[@]} > 0)) || finish

    supervised "$ROOT/profiling/setup.sh" profiling "${engines[@]}" ${NEEDS[@]+"${NEEDS[@]}"}
    if ((STATUS != 0)); then
        closing failed "the set-up failed"
        finish
    fi
    targets=$("$VENV/bin/python" "$ROOT/profiling/targets.py" list "${SCENARIOS[@]}")
    while IFS=$'\t' read -r key round; do
        [[ -z $key ]] || keys+=("$key") rounds+=("$round")
    done <<<"$targets"
    if ((${#keys[@]} == 0)); then
        closing failed "${SCENARIOS[*]}: not to be had here"
        finish
    fi
    ((${#keys[@]} * ${#ENGINES[@]} == 1)) && [[ -z ${BEBYTES_SEVERAL:-} ]] || several=yes
    local i
    for ((i = 0; i < ${#keys[@]}; i++)); do
        KEY=${keys[i]} ROUND=${rounds[i]}
        SLUG=$(tr '/ ' '-_' <<<"$KEY")
        for ENGINE in "${engines[@]}"; do
            attempt "${several:+$SLUG/$ENGINE}"
        done
    done
    finish
}

# Several tools, one after the other, also after one has failed: $1… are names of scripts without the ending, then `--` and the
# options.
suite() {
    local script engine
    local -a scripts=() arguments=() engines=()
    while [[ $1 != -- ]]; do
        scripts+=("$1")
        shift
    done
    shift
    options "$@"
    begin
    at_home || finish
    export BEBYTES_SUMMARY=$SUMMARY
    # Also a tool that can do but one of several engines has a folder for it.
    ((${#ENGINES[@]} == 1)) || export BEBYTES_SEVERAL=yes
    for engine in "${SCENARIOS[@]}"; do arguments+=(--scenario "$engine"); done
    [[ -z $GIVEN ]] || arguments+=(--iterations "$GIVEN")
    for script in "${scripts[@]}"; do
        engines=()
        for engine in "${ENGINES[@]}"; do
            # Its engines are those that run in Python.
            if [[ $script == memray && $engine == core ]]; then
                TOOL=memray closing skipped "core: no Python in it"
            else
                engines+=(--engine "$engine")
            fi
        done
        ((${#engines[@]} > 0)) || continue
        supervised "$ROOT/profiling/$script.sh" "${arguments[@]}" "${engines[@]}"
        ((STATUS == 0)) || FAILED=1
    done
    finish
}
