#!/usr/bin/env bash
# The quick run: `bebytes bench` in .venv, which is set up first. Options go to `bebytes bench`.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

"$ROOT/profiling/setup.sh" run
# The directory stays the caller's, so that file names among the options mean what they say.
exec "$ROOT/.venv/bin/bebytes" bench "$@"
