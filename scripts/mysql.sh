#!/usr/bin/env bash
# Makes sure that a MySQL or MariaDB answers on 127.0.0.1:3306 to root without a password, for CI: starts one
# with its data in var/ci when none does. Never touches a server that runs already.
. "$(dirname "$0")/lib.sh"
export DATABASE_URL=mysql://root@127.0.0.1:3306/giggatek
DATA=$PWD/var/ci/mysql

answers() { $PY scripts/check_database.py 2>>$LOG; }
port_taken() { (: </dev/tcp/127.0.0.1/3306) 2>/dev/null; }

start() {
    # The core package has the server and nothing that starts it by itself.
    has mariadbd || apt_install mariadb-server-core mariadb-client-core || fail "no MariaDB server to be had; see $LOG"
    say "Starting MariaDB on 127.0.0.1:3306 with its data in $DATA"
    local user
    user=$(id -un)
    rm -rf "$DATA"
    mkdir -p "$DATA"
    mariadb-install-db --no-defaults --user="$user" --datadir="$DATA" --auth-root-authentication-method=normal \
        --skip-test-db >>$LOG 2>&1 || fail "MariaDB's data could not be made in $DATA; see $LOG"
    # Tests may lose their data in a crash, so the disk need not be waited for.
    setsid mariadbd --no-defaults --user="$user" --datadir="$DATA" --socket="$DATA/socket" \
        --bind-address=127.0.0.1 --port=3306 --innodb-flush-log-at-trx-commit=0 >>"$DATA/../mysql.log" 2>&1 </dev/null &
    echo $! >var/ci/mysql.pid
}

answers && exit 0
! port_taken || fail "what answers on 127.0.0.1:3306 does not let root in without a password; see $LOG"
start
for _ in $(seq 60); do
    ! answers || exit 0
    sleep 1
done
fail "MariaDB did not answer within a minute; see var/ci/mysql.log"
