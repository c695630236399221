#!/bin/sh
# Looks for the programs that some tests drive (shells, a terminal multiplexer, man, strace, sshd, Java, Chromium). As root on Debian, or
# where sudo asks for no password, it installs what is missing. Prints nothing and returns 0 if all are there, else 1
# with a message.
set -eu

missing=""
for pair in strace:strace jq:jq tmux:tmux zsh:zsh fish:fish mandoc:mandoc man:man-db java:default-jre-headless ssh:openssh-client ps:procps; do
    command -v "${pair%%:*}" >/dev/null 2>&1 || missing="$missing ${pair##*:}"
done
[ -e /usr/share/bash-completion/bash_completion ] || missing="$missing bash-completion"
[ -x /usr/sbin/sshd ] || missing="$missing openssh-server"
command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 ||
    missing="$missing chromium"
command -v bash >/dev/null 2>&1 || missing="$missing bash"
[ -n "$missing" ] || exit 0

as_root=""
[ "$(id -u)" = 0 ] || as_root="sudo -n"

# Runs apt-get with the rights to install.
apt() {
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get "$@"
}

# Installs what is missing, from fresh package lists if the present ones do not do.
install() {
    # shellcheck disable=SC2086
    apt install -y -q --no-install-recommends $missing || { apt update -q && apt install -y -q --no-install-recommends $missing; }
}

if command -v apt-get >/dev/null 2>&1 && $as_root true 2>/dev/null; then
    echo "installing$missing for the tests that drive them" >&2
    if install >/dev/null 2>&1; then
        exit 0
    fi
fi
echo "not installed:$missing. The tests marked 'programs', 'browser' and 'spark' need them: sudo apt-get install$missing" >&2
exit 1
