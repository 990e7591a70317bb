#!/usr/bin/env bash
# Gets what the tests start for themselves: Redis, a browser, and Node for a client. Without them those tests are skipped, one
# line says so; with REQUIRE_SERVERS=1 (CI) it is a failure.
. "$(dirname "$0")/lib.sh"

# want COMMAND PACKAGE: present, or installed now, or told.
want() {
    has "$1" || { apt_install "$2" && has "$1"; } && return
    [ -z "${REQUIRE_SERVERS:-}" ] || fail "$1 is missing and may not be skipped here; see $LOG"
    say "$1 is missing, its tests are skipped. To run them: sudo apt-get install $2"
}

want redis-server redis-server
want chromium chromium
want npm npm
