#!/usr/bin/env bash
# Sets up what is missing and runs every check: formatting, lints, types, the Rust tests, and the Python tests on each
# supported CPython that the machine has. All of them run, also after one has failed; the end of the output says which.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=profiling/common.sh
source "$ROOT/profiling/common.sh"
cd "$ROOT"

LOGS=$ROOT/target/test-logs
SUPPORTED=(3.11 3.12 3.13)
# Checks of the tree and of the tools, not of one Python: they run once, on the Python of .venv.
ONCE=(tests/test_wheel.py tests/test_scripts.py tests/test_profiling_scripts.py
    tests/test_profiling_failures.py tests/test_typing.py)
# Long ones that try each case on both backends, of formats and of the language: they run once too.
LONG=('tests/test_format_*.py' tests/test_general_strategies.py tests/test_general_parity.py)
SUMMARY=()
LINT='' QUICK='' ONLY='' PYTEST_OPTIONS=()
FAILED=0

usage() {
    cat <<'END'
usage: ./test.sh [--lint] [--quick] [--python VERSION] [PYTEST OPTION...]

  --lint             only formatting, lints and types
  --quick            only the Python of .venv, no wheel, no counts
  --python VERSION   only the Python tests, on that version: 3.11, 3.12 or 3.13
  PYTEST OPTION...   go to pytest: ./test.sh --quick -k flags -x
END
}

# Runs a check: $1 is its name, the rest the command. Its output passes by and is kept for the closing lines.
stage() {
    local name=$1 log start status=0 mark=pass
    shift
    log=$LOGS/$((${#SUMMARY[@]} + 1))
    start=$SECONDS
    printf '\n=== %s\n' "$name"
    "$@" 2>&1 | tee "$log" || status=$?
    if ((status == 0)); then
        # What was not checked, or not in full, has not passed.
        if grep -q '^skipped: ' "$log"; then mark=skip; elif grep -q '^Not judged' "$log"; then mark=part; fi
        SUMMARY+=("$(printf '%s %5d s  %s' $mark $((SECONDS - start)) "$name")")
    else
        SUMMARY+=("$(printf 'FAIL %5d s  %s' $((SECONDS - start)) "$name")")
        FAILED=$((FAILED + 1))
    fi
}

# The table of checks, then the last words of pytest, cargo and the counts, as they were.
summary() {
    printf '\n=== summary\n'
    printf '%s\n' "${SUMMARY[@]}"
    printf '\n'
    local number
    for ((number = 1; number <= ${#SUMMARY[@]}; number++)); do
        closing "$LOGS/$number"
    done
    if ((FAILED > 0)); then
        printf '\n%d of %d checks failed\n' "$FAILED" "${#SUMMARY[@]}"
    fi
}

closing() {
    grep -E '^test result: |^(skipped: |MORE: |NEW: |GONE: |Not judged|No count )|(passed|failed|errors?|skipped|deselected|no tests ran).* in [0-9.]+s' "$1" |
        grep -v '^test result: ok. 0 passed' || true
}

rust_lints() {
    stage "cargo fmt" cargo fmt --check
    stage "cargo clippy" cargo clippy --locked --all-targets -- --deny warnings
    # The extension itself, for the Python of .venv, so that nothing is built twice.
    PYO3_PYTHON=$VENV/bin/python stage "cargo clippy, extension" \
        cargo clippy --locked --lib --features python -- --deny warnings
}

python_lints() {
    stage "ruff" "$VENV/bin/ruff" check .
    stage "ruff format" "$VENV/bin/ruff" format --check .
    stage "mypy" "$VENV/bin/mypy"
    # Files called as the libraries they import; of those, some have no types.
    stage "mypy, engines" "$VENV/bin/mypy" --explicit-package-bases --ignore-missing-imports \
        benches/engines benches/source.py
    stage "pyright" "$VENV/bin/basedpyright"
    stage "stubtest" "$VENV/bin/python" -m mypy.stubtest bebytes._core
}

# pytest on one Python: $1 is its environment, the rest goes to pytest.
pytest_in() {
    local venv=$1
    shift
    "$venv/bin/python" -m pytest "$@"
}

without_once() {
    printf -- '--ignore=%s\n' "${ONCE[@]}"
    printf -- '--ignore-glob=%s\n' "${LONG[@]}"
}

other_python() {
    local version=$1 path
    shift
    path=$(python_of_version "$version")
    if [[ -z $path ]]; then
        printf '\n=== Python %s: not on this machine\n' "$version"
        return
    fi
    stage "set-up of Python $version" "$ROOT/profiling/setup.sh" also "$path"
    # shellcheck disable=SC2046  # one option a line, none with spaces
    stage "pytest, Python $version" pytest_in "$ROOT/.venvs/$version" $(without_once) "$@"
}

rust_tests() { stage "cargo test" cargo test --locked --no-fail-fast; }

counts() { stage "counts" "$ROOT/profiling/counts.sh" --check; }

# Files of other people's tests, which only their source archives have; without them, tests of formats have fewer to read.
archives() {
    local folder=$ROOT/target/archives archive
    if [[ ! -d $folder ]]; then
        mkdir -p "$folder.part"
        if "$VENV/bin/python" -m pip download --quiet --no-deps --no-binary :all: --dest "$folder.part" \
            pyelftools==0.33 python-pcapng==2.1.1; then
            for archive in "$folder.part"/*.tar.gz; do tar --extract --gzip --file "$archive" --directory "$folder.part"; done
            mv "$folder.part" "$folder"
        else
            say "the source archives of pyelftools and python-pcapng are not to be had: some tests will be skipped"
            rm -rf "$folder.part"
            return 0
        fi
    fi
    export BEBYTES_ELF_FILES=$folder/pyelftools-0.33 BEBYTES_PCAPNG_DATA=$folder/python-pcapng-2.1.1/test_data
}

# The Python of .venv: both backends, then what is left when the extension is not to be had.
own_python() {
    local version=$1
    local -a skipped=()
    shift
    [[ -z $QUICK ]] || skipped=(--ignore=tests/test_wheel.py)
    stage "pytest, Python $version" pytest_in "$VENV" ${skipped[@]+"${skipped[@]}"} "$@"
    # shellcheck disable=SC2046  # one option a line, none with spaces
    BEBYTES_BACKEND=python \
        stage "pytest, Python $version without the extension" pytest_in "$VENV" $(without_once) "$@"
}

options() {
    while (($# > 0)); do
        case $1 in
        -h | --help)
            usage
            exit
            ;;
        --lint) LINT=yes ;;
        --quick) QUICK=yes ;;
        --python)
            ONLY=${2:-}
            [[ " ${SUPPORTED[*]} " == *" $ONLY "* ]] || die "--python wants one of: ${SUPPORTED[*]}"
            shift
            ;;
        *) break ;;
        esac
        shift
    done
    PYTEST_OPTIONS=("$@")
}

main() {
    local own version
    options "$@"
    set -- ${PYTEST_OPTIONS[@]+"${PYTEST_OPTIONS[@]}"}

    need_all
    need_rust_linters
    "$ROOT/profiling/setup.sh"
    mkdir -p "$LOGS"
    own=$(version_of "$VENV/bin/python")

    if [[ -z $ONLY ]]; then
        rust_lints
        python_lints
    fi
    if [[ -z $LINT ]]; then
        archives
        if [[ -z $ONLY ]]; then rust_tests; fi
        if [[ -z $ONLY || $ONLY == "$own" ]]; then own_python "$own" "$@"; fi
        for version in "${SUPPORTED[@]}"; do
            if [[ $version != "$own" && ($ONLY == "$version" || -z $ONLY$QUICK) ]]; then
                other_python "$version" "$@"
            fi
        done
        if [[ -z $ONLY$QUICK ]]; then counts; fi
    fi
    summary
    ((FAILED == 0))
}

main "$@"
