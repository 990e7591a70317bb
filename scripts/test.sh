#!/usr/bin/env bash
# Sets up and runs the tests, on SQLite or on the MySQL that DATABASE_URL names. Arguments go to pytest.
"$(dirname "$0")/setup.sh" dev || exit 1
. "$(dirname "$0")/lib.sh"
scripts/servers.sh
# In CI a test that fails is tried once more and named in the summary: one that passes then is a defect of the test, or
# a race, and is to be mended; but hundreds of servers and deadlines on a busy machine shall not refuse all else.
again=()
[ -z "${CI:-}" ] || again=(--reruns 1 -rR)
$PY scripts/check_database.py
# In the order of collection, since the tests at its end empty the tables, rows of migrations among them; a few at a
# time, so that the long ones do not all wait for one process.
exec $PY -m pytest -n "${TEST_PROCESSES:-auto}" --dist load --maxschedchunk 4 "${again[@]}" "$@"
