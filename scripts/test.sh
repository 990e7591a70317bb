#!/usr/bin/env bash
# Sets up and runs the tests, on SQLite or on the MySQL that DATABASE_URL names. Arguments go to pytest.
"$(dirname "$0")/setup.sh" dev || exit 1
. "$(dirname "$0")/lib.sh"
scripts/servers.sh
$PY scripts/check_database.py
# The long tests of the last module would otherwise all wait for one process.
exec $PY -m pytest -n "${TEST_PROCESSES:-auto}" --dist worksteal "$@"
