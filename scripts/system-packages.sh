#!/bin/sh
# Looks for the programs that some tests drive (shells, a terminal multiplexer, man, strace). As root on Debian
# it installs what is missing. Prints and returns 0 if all are there, 1 with a message if not.
set -eu

missing=""
for pair in strace:strace jq:jq tmux:tmux zsh:zsh fish:fish mandoc:mandoc man:man-db; do
    command -v "${pair%%:*}" >/dev/null 2>&1 || missing="$missing ${pair##*:}"
done
[ -e /usr/share/bash-completion/bash_completion ] || missing="$missing bash-completion"
command -v bash >/dev/null 2>&1 || missing="$missing bash"
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "installing$missing for the tests that drive them" >&2
    export DEBIAN_FRONTEND=noninteractive
    # shellcheck disable=SC2086
    if { apt-get install -y -q --no-install-recommends $missing ||
        { apt-get update -q && apt-get install -y -q --no-install-recommends $missing; }; } >/dev/null 2>&1; then
        exit 0
    fi
fi
echo "not installed:$missing. The tests marked 'programs' need them: sudo apt-get install$missing" >&2
exit 1
