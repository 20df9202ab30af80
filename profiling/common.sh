# Shell functions that the scripts share: what the machine must have, the environments, the builds.
# Sourced with ROOT set to the project's directory. What takes time leaves a stamp in the environment once it has
# succeeded, so that a second run costs next to nothing and an interrupted one is repeated.
#
# Plain enough for the bash 3.2 of macOS.
# shellcheck shell=bash

ROOT=${ROOT:?set by the script that sources this file}
VENV=$ROOT/.venv
OLDEST=3.11

# Neither questions nor news of pip help here.
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1

# Tools and tests run in other folders; to cargo, this one would be another in each.
case ${CARGO_TARGET_DIR:-/} in
/*) ;;
*) export CARGO_TARGET_DIR=$PWD/$CARGO_TARGET_DIR ;;
esac

say() { printf '%s\n' "$*" >&2; }

die() {
    say "$@"
    exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# --- What the machine must have ---------------------------------------------------------------------------------

# How to install something: one line a system. $1 what, $2 Debian, $3 Fedora, $4 macOS.
lacks() {
    say "bebytes needs $1."
    say "  Debian, Ubuntu:  $2"
    say "  Fedora:          $3"
    die "  macOS:           $4"
}

# rustup's cargo is a stand-in that looks for its toolchains in $HOME. Where HOME is another one (a bare CI
# environment), they still lie beside the directory of the stand-in.
find_rust() {
    local home
    if ! have cargo && [[ -x ${HOME:-}/.cargo/bin/cargo ]]; then
        # Installed, but the shell was not started anew.
        PATH=$HOME/.cargo/bin:$PATH
    fi
    if have cargo && [[ -z ${RUSTUP_HOME:-} ]] && ! cargo --version >/dev/null 2>&1; then
        home=$(cd "$(dirname "$(command -v cargo)")/../.." && pwd)/.rustup
        [[ ! -d $home/toolchains ]] || export RUSTUP_HOME=$home
    fi
}

# Whether version $1 is at least $2; both are numbers with a dot.
at_least() {
    local have_major=${1%%.*} have_minor want_major=${2%%.*} want_minor
    have_minor=${1#*.} want_minor=${2#*.}
    have_minor=${have_minor%%.*} want_minor=${want_minor%%.*}
    ((have_major > want_major || (have_major == want_major && have_minor >= want_minor)))
}

rust_wanted() { sed -n 's/^rust-version = "\(.*\)"/\1/p' "$ROOT/Cargo.toml"; }

need_rust() {
    local wanted found
    local rustup="curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh"
    wanted=$(rust_wanted)
    find_rust
    if ! have cargo || ! found=$(cargo --version 2>/dev/null); then
        lacks "Rust $wanted or newer, and there is no cargo that works" "$rustup" "$rustup" "$rustup"
    fi
    found=$(cut -d ' ' -f 2 <<<"$found")
    rustup="rustup update stable, or: $rustup"
    at_least "$found" "$wanted" ||
        lacks "Rust $wanted or newer; cargo here is $found" "$rustup" "$rustup" "$rustup"
}

need_rust_linters() {
    local add="rustup component add rustfmt clippy"
    if ! cargo fmt --version >/dev/null 2>&1 || ! cargo clippy --version >/dev/null 2>&1; then
        lacks "rustfmt and clippy" "$add" "$add" "$add"
    fi
}

# Rust links with `cc`, unless a linker is configured. On macOS `cc` is there before it works, so it is run.
need_linker() {
    [[ -n $(compgen -e | grep -E '^CARGO_TARGET_.*_LINKER$' || true) ]] && return
    cc --version >/dev/null 2>&1 ||
        lacks "a C compiler, with which Rust links (cc)" "sudo apt install build-essential" "sudo dnf install gcc" \
            "xcode-select --install"
}

# Prints "3.12 yes /usr/bin/python3.12" for a CPython that runs, and nothing for anything else: its version; whether it
# can make environments (Debian puts that into a package of its own); the Python to make them with, which is the one
# behind it if it belongs to an environment itself. It is asked, not trusted by name: the stand-ins of pyenv exist also
# for versions that are not switched on.
describe() {
    "$1" -c '
import sys
from importlib.util import find_spec
if sys.implementation.name == "cpython":
    whole = find_spec("venv") and find_spec("ensurepip")
    behind = sys._base_executable if sys.prefix != sys.base_prefix else sys.argv[1]
    print("%d.%d" % sys.version_info[:2], "yes" if whole else "no", behind)
' "$1" 2>/dev/null || true
}

version_of() {
    local version _
    read -r version _ < <(describe "$1") || true
    printf '%s\n' "$version"
}

# Sets PYTHON and PYTHON_VERSION: BEBYTES_PYTHON if that is set, else the first of python3, python3.13 … that will do.
find_python() {
    local candidate version makes path old='' bare=''
    local -a candidates=(python3 python3.13 python3.12 python3.11)
    [[ -z ${BEBYTES_PYTHON:-} ]] || candidates=("$BEBYTES_PYTHON")
    for candidate in "${candidates[@]}"; do
        read -r version makes path < <(describe "$candidate") || continue
        if ! at_least "$version" "$OLDEST"; then
            old=${old:-$candidate is $version}
        elif [[ $makes == yes ]]; then
            PYTHON=$path
            # shellcheck disable=SC2034  # for the scripts that source this
            PYTHON_VERSION=$version
            return
        else
            bare=${bare:-$version}
        fi
    done
    if [[ -n $bare ]]; then
        lacks "Python's venv module, which Python $bare here lacks" "sudo apt install python$bare-venv" \
            "sudo dnf install python3" "brew install python"
    fi
    lacks "CPython $OLDEST or newer${BEBYTES_PYTHON:+ in BEBYTES_PYTHON}${old:+; $old}" \
        "sudo apt install python3 python3-venv (or pyenv: https://github.com/pyenv/pyenv)" \
        "sudo dnf install python3.13" "brew install python@3.13"
}

# Everything at once, before any work is done. PYTHON is set afterwards.
need_all() {
    need_rust
    need_linker
    find_python
}

# Paths at which a CPython of version $1 may be: on PATH, among pyenv's versions (also where they are not switched
# on), among uv's.
places_of_version() {
    local versions
    command -v "python$1" || true
    {
        printf '%s\n' "${PYENV_ROOT:-${HOME:-}/.pyenv}/versions"
        tr : '\n' <<<"$PATH" | sed -n 's,/shims$,/versions,p'
        # The default Python may be one of pyenv's although pyenv is not on PATH.
        dirname "$("$PYTHON" -c 'import sys; print(sys.base_prefix)')" | sed -n '/\/versions$/p'
    } | while read -r versions; do
        printf '%s\n' "$versions/$1".*/bin/"python$1"
    done
    printf '%s\n' "${XDG_DATA_HOME:-${HOME:-}/.local/share}/uv/python/cpython-$1".*/bin/"python$1"
}

# Prints the path of a CPython of version $1, if the machine has one that works.
python_of_version() {
    local candidate version makes path
    while read -r candidate; do
        read -r version makes path < <(describe "$candidate") || continue
        if [[ $version == "$1" && $makes == yes ]]; then
            printf '%s\n' "$path"
            return
        fi
    done < <(places_of_version "$1")
}

# --- Stamps -------------------------------------------------------------------------------------------------------

# Two runs at once would build the same environment twice; the second waits. Without flock (macOS) it does not.
lock() {
    have flock || return 0
    exec 9>"$ROOT/.venv.lock"
    flock --nonblock 9 || { say "waiting for another set-up of this directory to end" && flock 9; }
}

# Runs profiling/inputs.py, on the Python of environment $1: what it and its build are made from.
inputs() {
    local venv=$1
    shift
    PYTHONDONTWRITEBYTECODE=1 "$venv/bin/python" "$ROOT/profiling/inputs.py" "$@"
}

stamp_holds() { [[ -f $1 && $(<"$1") == "$2" ]]; }

# --- Environments -------------------------------------------------------------------------------------------------

# Whether environment $1 works; if a Python was asked for by name, it must be of that version ($2).
environment_works() {
    local found
    [[ ! -e $1/.making ]] || return 1
    found=$("$1/bin/python" -c 'import sys, pip; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || return 1
    at_least "$found" "$OLDEST" && [[ -z ${BEBYTES_PYTHON:-} || $found == "$2" ]]
}

# Makes the environment $1 with Python $2 of version $3. One that works stays, also if somebody made it by hand.
environment() {
    local venv=$1 python=$2 version=$3
    if environment_works "$venv" "$version"; then return; fi
    say "making ${venv#"$ROOT/"} with Python $version"
    rm -rf "$venv"
    mkdir -p "$venv"
    # Gone when all is done, so that an interrupted run is seen.
    touch "$venv/.making"
    "$python" -m venv "$venv"
    rm "$venv/.making"
}

# Installs into environment $1 what the sets of pyproject.toml (dependency groups, extras) name and it has not yet.
tools() {
    local venv=$1 stamps name stamp
    local -a wanted=()
    shift
    mkdir -p "$venv/.bebytes"
    stamps=$(inputs "$venv" stamps "$@")
    while read -r name stamp; do
        stamp_holds "$venv/.bebytes/$name" "$stamp" || wanted+=("$name")
    done <<<"$stamps"
    ((${#wanted[@]} > 0)) || return 0
    say "installing into ${venv#"$ROOT/"}: ${wanted[*]}"
    "$venv/bin/python" -m pip install --quiet --requirement /dev/stdin <<<"$(inputs "$venv" requirements "${wanted[@]}")"
    while read -r name stamp; do
        printf '%s\n' "$stamp" >"$venv/.bebytes/$name"
    done <<<"$stamps"
}

# Builds the extension in place for environment $1 with cargo profile $2, and puts the command `bebytes` there.
# The Python files are used where they are: only a change of what goes into the build leads to another.
build() {
    local venv=$1 profile=$2 stamp=$1/.bebytes/extension
    if [[ -x $venv/bin/bebytes ]] && stamp_holds "$stamp" "$(inputs "$venv" build "$profile")"; then return; fi
    say "building the extension for ${venv#"$ROOT/"} (cargo profile $profile)"
    rm -f "$stamp"
    # The name that the extension reports; unset in a release, as in one that pip builds, or cargo would build twice.
    [[ $profile == release ]] || export BEBYTES_BUILD_PROFILE=$profile
    env -u CONDA_PREFIX VIRTUAL_ENV="$venv" PYO3_PYTHON="$venv/bin/python" \
        "$VENV/bin/maturin" develop --quiet --locked --profile "$profile" --manifest-path "$ROOT/Cargo.toml"
    inputs "$venv" build "$profile" >"$stamp"
}

# What all builds for profilers have in common; with others, cargo would build everything anew.
FRAME_POINTERS="-C force-frame-pointers=yes"
# What would take the place of RUSTFLAGS, or put what is built elsewhere.
OVERRIDING=(-u CARGO_ENCODED_RUSTFLAGS -u CARGO_BUILD_TARGET -u CARGO_BUILD_TARGET_DIR)

# Where cargo puts program $1 of benches/ in the profile of the profilers.
profiled() { printf '%s\n' "${CARGO_TARGET_DIR:-$ROOT/target}/profiling/examples/$1"; }

# Builds programs of benches/ for the profilers. Frame pointers are no setting of a cargo profile; in a profile of its own
# they cost no other build.
build_profiled() {
    local name
    local -a examples=()
    for name in "$@"; do examples+=(--example "$name"); done
    RUSTFLAGS="${RUSTFLAGS:-} $FRAME_POINTERS" env "${OVERRIDING[@]}" \
        cargo build --quiet --locked --profile profiling "${examples[@]}" --manifest-path "$ROOT/Cargo.toml"
}

# Builds the workload in Rust and sets WORKLOAD to its path.
build_workload() {
    # shellcheck disable=SC2034  # for the scripts that source this
    WORKLOAD=$(profiled workload)
    build_profiled workload
}

# --- What the profilers run ---------------------------------------------------------------------------------------

# The package once more, for profilers: links to the Python files, and an extension of its own. The one in place stays
# as it is, so `bebytes bench` never meets a build for profilers. Used by PYTHONPATH.
beside() { printf '%s\n' "${CARGO_TARGET_DIR:-$ROOT/target}/profiling/python"; }

# Builds the extension in profile `profiling`, with frame pointers, for environment $1, into the package beside.
build_beside() {
    local venv=$1 package stamp wanted file name suffix built
    local -a link=()
    package=$(beside)/bebytes
    mkdir -p "$package"
    for file in "$ROOT"/python/bebytes/*; do
        name=${file##*/}
        [[ $name == _core.*.so || $name == __pycache__ ]] || ln -sfn "$file" "$package/$name"
    done
    # Links whose files are gone.
    find -L "$package" -maxdepth 1 -type l -exec rm -f {} +
    stamp=$package.stamp
    wanted=$(inputs "$venv" build profiling "$package")
    if stamp_holds "$stamp" "$wanted"; then return; fi
    say "building the extension for profilers (cargo profile profiling)"
    rm -f "$stamp"
    if [[ $(uname -s) == Darwin ]]; then
        # What is Python's is found when the extension is loaded.
        link=(-C link-arg=-undefined -C link-arg=dynamic_lookup)
        built=$package/../../lib_core.dylib
    else
        # py-spy's unwinder loses most stacks where a segment's place in the file is not its address, as LLD makes it.
        link=(-C "link-arg=-Wl,-z,separate-loadable-segments")
        built=$package/../../lib_core.so
    fi
    RUSTFLAGS="${RUSTFLAGS:-} $FRAME_POINTERS" BEBYTES_BUILD_PROFILE=profiling PYO3_PYTHON=$venv/bin/python \
        env "${OVERRIDING[@]}" cargo rustc --quiet --locked --profile profiling --lib --features python --crate-type cdylib \
        --manifest-path "$ROOT/Cargo.toml" -- "${link[@]}"
    # A cargo that mixed it up with the library for Rust programs would be found here, not by a profiler.
    grep -q PyInit__core "$built" || die "$built is no extension for Python"
    suffix=$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_config_var("EXT_SUFFIX"))')
    # By way of another name: a profiler may have the old one loaded.
    cp "$built" "$package/.core"
    mv -f "$package/.core" "$package/_core$suffix"
    inputs "$venv" build profiling "$package" >"$stamp"
}

# Draws flame graphs. Any on PATH will do; else cargo builds it into environment $1, once.
INFERNO=0.12
inferno() {
    local venv=$1
    if PATH=$PATH:$venv/bin have inferno-flamegraph && PATH=$PATH:$venv/bin have inferno-collapse-perf; then return; fi
    say "building inferno, which draws flame graphs (once, a minute or two)"
    cargo install --quiet --locked --version "^$INFERNO" --root "$venv" inferno
}
