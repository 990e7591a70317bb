#!/usr/bin/env bash
# All checks that are not tests: style, types, migrations, Django's own list for a production start, and clients
# made from the API's document.
"$(dirname "$0")/setup.sh" dev || exit 1
. "$(dirname "$0")/lib.sh"
failed=()
# Everything that reads the settings reads those of a production start; mypy's plugin does, too.
export DEBUG=false DEMO=false TESTING=false ALLOWED_HOSTS=shop.example.com
export STRIPE_SECRET_KEY=sk_test_check STRIPE_WEBHOOK_SECRET=whsec_check EMAIL_HOST=mail.example.com
SECRET_KEY=$(head -c 48 /dev/urandom | base64 -w0)
JWT_SECRET_KEY=$(head -c 48 /dev/urandom | base64 -w0)
ENCRYPTION_KEYS=$(head -c 32 /dev/urandom | base64 -w0 | tr +/ -_)
TICKET_SIGNING_KEYS=$(head -c 32 /dev/urandom | base64 -w0 | tr +/ -_)
export SECRET_KEY JWT_SECRET_KEY ENCRYPTION_KEYS TICKET_SIGNING_KEYS

check() {
    say "== $*"
    "$@" || failed+=("$*")
}

check $PY -m ruff check .
check $PY -m ruff format --check .
check $PY -m mypy .
check $PY manage.py makemigrations --check --dry-run
check $PY manage.py check --deploy --fail-level WARNING
check scripts/check_clients.sh
[ ${#failed[@]} = 0 ] || fail "failed: $(printf '%s; ' "${failed[@]}")"
say "All checks passed."
