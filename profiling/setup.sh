#!/usr/bin/env bash
# Sets up .venv with the command `bebytes` in it: checks what the machine has, installs the tools, builds the extension.
# Run again, it does only what has changed.
#
#   setup.sh             all that work on the project needs
#   setup.sh run         what measuring needs, without the tools of the tests
#   setup.sh build NAME  the extension in another cargo profile, as dev
#   setup.sh profiling NAME...  what profilers need for the engines native, python, core; py-spy, memray, inferno
#   setup.sh also PATH   .venvs/VERSION for the tests on another Python, given by its path
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=profiling/common.sh
source "$ROOT/profiling/common.sh"

main() {
    need_all
    lock
    environment "$VENV" "$PYTHON" "$PYTHON_VERSION"
    case ${1:-all} in
    all)
        tools "$VENV" build bench rivals py-spy memray docs test lint
        build "$VENV" release
        ;;
    run)
        tools "$VENV" build bench rivals
        build "$VENV" release
        ;;
    profiling) profiling "${@:2}" ;;
    build)
        tools "$VENV" build
        build "$VENV" "${2:?a cargo profile}"
        ;;
    also) also "${2:?the path of a Python}" ;;
    *) die "usage: profiling/setup.sh [run | build PROFILE | profiling NAME... | also PYTHON]" ;;
    esac
}

also() {
    local python=$1 version venv
    version=$(version_of "$python")
    venv=$ROOT/.venvs/$version
    # What BEBYTES_PYTHON says is about .venv.
    unset BEBYTES_PYTHON
    tools "$VENV" build
    environment "$venv" "$python" "$version"
    tools "$venv" bench test
    build "$venv" checked
}

profiling() {
    local name
    tools "$VENV" bench
    for name in "$@"; do
        case $name in
        native | python) build_beside "$VENV" ;;
        core) build_workload ;;
        py-spy | memray) tools "$VENV" "$name" ;;
        inferno) inferno "$VENV" ;;
        *) die "setup.sh profiling: no such thing: $name" ;;
        esac
    done
}

main "$@"
