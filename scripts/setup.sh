#!/usr/bin/env bash
# Makes .venv and installs the packages: `setup.sh run` what the store needs, `setup.sh dev` also what tests
# and checks need. Does nothing when that is already so. Details go to var/setup.log.
. "$(dirname "$0")/lib.sh"
profile=${1:-run}
declare -A files=([run]=requirements.txt [dev]=requirements-dev.txt)
OLDEST="(3, 11)"
PIP=("$PY" -m pip --disable-pip-version-check --no-input)

# --- The interpreter

suitable() { "$1" -c "import sys; sys.exit(sys.version_info < $OLDEST)" >/dev/null 2>&1; }
makes_venvs() { "$1" -c "import ensurepip, venv" >/dev/null 2>&1; }
version() { "$1" -c "import sys; print('%d.%d.%d' % sys.version_info[:3])" 2>/dev/null; }
minor() { "$1" -c "import sys; print('%d.%d' % sys.version_info[:2])"; }

# The newest suitable one that can make a venv as it is; else the newest that lacks only Debian's venv package.
find_python() {
    local name without_venv="" found=""
    for name in ${PYTHON:-python3.13 python3.12 python3.11 python3}; do
        if suitable "$name"; then
            if makes_venvs "$name"; then echo "$name"; return; fi
            without_venv=${without_venv:-$name}
        elif version "$name" >/dev/null; then
            found="$found, $name is $(version "$name")"
        fi
    done
    [ -z "$without_venv" ] || { echo "$without_venv"; return; }
    found=${found:-, found none${PYTHON:+ named $PYTHON}}
    fail "GigGatek needs Python 3.11 or newer$found. Install one, or name it: PYTHON=/path/to/python3.11 make"
}

venv_is_sound() {
    [ ! -e $VENV/installing ] && suitable $PY && $PY -m pip --version >/dev/null 2>&1 || return 1
    [ -z "${PYTHON:-}" ] || [ "$(version "$PYTHON")" = "$(version $PY)" ]
}

make_venv() {
    local python package
    python=$(find_python)
    if ! makes_venvs "$python"; then
        package="python$(minor "$python")-venv"
        apt_install "$package" && makes_venvs "$python" ||
            fail "$python cannot make virtual environments. Install its package: sudo apt-get install $package"
    fi
    say "Making $VENV with $python ($(version "$python"))"
    rm -rf $VENV
    "$python" -m venv $VENV >>$LOG 2>&1 || fail "$python could not make $VENV; see $LOG"
}

# --- MySQL's client, the one package that is compiled here

HEADERS="import pathlib, sysconfig as s; assert pathlib.Path(s.get_path('include'), 'Python.h').exists()"
mysql_installed() { $PY -c "import MySQLdb" >/dev/null 2>&1; }
can_build_mysql() {
    { has cc || has gcc; } && has pkg-config && $PY -c "$HEADERS" 2>/dev/null || return 1
    pkg-config --exists mysqlclient || pkg-config --exists mariadb || pkg-config --exists libmariadb
}
header_packages() { echo gcc libc6-dev pkg-config libmariadb-dev "python$(minor $PY)-dev"; }
mysql_possible() {
    # shellcheck disable=SC2046  # a list of packages
    mysql_installed || can_build_mysql || { apt_install $(header_packages) && can_build_mysql; }
}

# --- Packages

fingerprint() { { version $PY; cat requirements.txt "${files[$1]}"; } | sha256sum; }
up_to_date() {
    [ "$(cat "$VENV/stamp-$profile" 2>/dev/null)" = "$(fingerprint "$profile")" ] || return 1
    mysql_installed || ! can_build_mysql
}

install() { "${PIP[@]}" install -r "$1" >>$LOG 2>&1; }

install_without_mysql() {
    rm -rf var/setup
    mkdir -p var/setup
    cp requirements*.txt var/setup/
    sed -i '/^mysqlclient/d' var/setup/requirements.txt
    install "var/setup/${files[$profile]}"
}

install_packages() {
    say "Installing packages from ${files[$profile]} (a minute or two; details in $LOG)"
    touch $VENV/installing
    if ! { mysql_possible && install "${files[$profile]}"; } && ! install_without_mysql; then
        tail -n 4 $LOG | cut -c 1-200 >&2
        fail "the packages could not be installed; the reason is above, the whole story in $LOG"
    fi
    fingerprint "$profile" >"$VENV/stamp-$profile"
    # What tests need includes what the store needs.
    fingerprint run >$VENV/stamp-run
    rm $VENV/installing
}

exec 9>var/setup.lock
! has flock || flock 9
venv_is_sound || make_venv
up_to_date || install_packages
mysql_installed || say "MySQL is off: mysqlclient could not be built here. SQLite works. To turn MySQL on:" \
    "sudo apt-get install $(header_packages), then run make again."
