#!/usr/bin/env bash
# The quick run: `bebytes bench` in .venv, which is set up first. Options go to `bebytes bench`.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=profiling/common.sh
source "$ROOT/profiling/common.sh"

"$ROOT/profiling/setup.sh" run
# `bebytes bench` calls cargo, too, for the engines in Rust.
find_rust
# The directory stays the caller's, so that file names among the options mean what they say.
exec "$VENV/bin/bebytes" bench "$@"
