#!/usr/bin/env bash
# The demo on one machine: sets up, then serves the store and its background worker until Ctrl-C.
"$(dirname "$0")/setup.sh" run || exit 1
. "$(dirname "$0")/lib.sh"
export DEMO=true HOST="${HOST:-127.0.0.1}" PORT="${PORT:-8000}"
export SITE_URL="${SITE_URL:-http://127.0.0.1:$PORT}"
# Whoever opens the demo to the network reaches it by a name that nobody can foresee.
[ "$HOST" = 127.0.0.1 ] || export ALLOWED_HOSTS="${ALLOWED_HOSTS:-*}"
# The addresses and logins should stay in sight; LOG_LEVEL=INFO shows every request.
export LOG_LEVEL="${LOG_LEVEL:-WARNING}"
mkdir -p var/static var/media var/mail
exec $PY scripts/serve.py
