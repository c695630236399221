#!/bin/sh
# Fuzzes every target for so many seconds: scripts/fuzz.sh [SECONDS] [TARGET...]. Needs atheris (pip install atheris).
# Ends with an error at the first crash; ./crash-… is the input.
set -eu
cd "$(dirname "$0")/.."
seconds=${1:-60}
[ $# -eq 0 ] || shift
[ $# -gt 0 ] || set -- slices records config console urls text
for target in "$@"; do
    echo "== $target, $seconds s"
    "${PYTHON:-.venv/bin/python}" -m fuzz "$target" "$seconds" 2>&1 | tail -n 40
    # the pipe hides the exit code; a crash leaves a file
    if ls crash-* timeout-* oom-* leak-* >/dev/null 2>&1; then
        ls crash-* timeout-* oom-* leak-*
        exit 1
    fi
done
