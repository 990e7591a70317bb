# shellcheck shell=bash
# Shared by the scripts: where things are, how to speak, how to get a Debian package.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
PATH="$PATH:/usr/sbin:/sbin"
VENV=.venv
PY=$VENV/bin/python
LOG=var/setup.log
mkdir -p var

say() { printf '%s\n' "$*"; }
fail() { printf 'error: %s\n' "$*" >&2; exit 1; }
has() { command -v "$1" >/dev/null 2>&1; }

# May this user install Debian packages without being asked for a password? NO_APT=1 says no.
may_install() {
    [ -z "${NO_APT:-}" ] && has apt-get || return 1
    [ "$(id -u)" = 0 ] || { has sudo && sudo -n true 2>/dev/null; }
}

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }

# apt_install PACKAGE...: one line, then quiet; non-zero when it may not or cannot.
apt_install() {
    may_install || return 1
    say "Installing with apt: $* (NO_APT=1 forbids it)"
    local get=(env DEBIAN_FRONTEND=noninteractive apt-get -y -q -o DPkg::Lock::Timeout=300)
    as_root "${get[@]}" install --no-install-recommends "$@" >>"$LOG" 2>&1 && return 0
    # A fresh machine has no package lists, an old one stale ones.
    as_root "${get[@]}" update >>"$LOG" 2>&1 || true
    as_root "${get[@]}" install --no-install-recommends "$@" >>"$LOG" 2>&1
}
