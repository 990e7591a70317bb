#!/usr/bin/env bash
# Sets up and runs the tests, on SQLite or on the MySQL that DATABASE_URL names. Arguments go to pytest.
"$(dirname "$0")/setup.sh" dev || exit 1
. "$(dirname "$0")/lib.sh"
scripts/servers.sh
$PY scripts/check_database.py
# In the order of collection, since the tests at its end empty the tables, rows of migrations among them; a few at a
# time, so that the long ones do not all wait for one process.
exec $PY -m pytest -n "${TEST_PROCESSES:-auto}" --dist load --maxschedchunk 4 "$@"
