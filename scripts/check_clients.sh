#!/usr/bin/env bash
# Checks that the API's document is valid, and that clients for Python and TypeScript are made from it without a
# warning and compile. `check_clients.sh [document.json]`; without a document, today's is taken.
. "$(dirname "$0")/lib.sh"
TYPESCRIPT_CLIENT=openapi-typescript@7.13.0 TYPESCRIPT=typescript@5.9.3
DIR=$(mktemp -d)
trap 'rm -rf "$DIR"' EXIT
DOCUMENT=$DIR/openapi.json
PATH="$PWD/$VENV/bin:$PATH"

if [ -n "${1:-}" ]; then
    cp "$1" "$DOCUMENT"
else
    $PY manage.py spectacular --format openapi-json --file "$DOCUMENT" --validate --fail-on-warn
fi
openapi-spec-validator "$DOCUMENT"

say "== A client for Python"
# The generator asks to be told how it should read a PDF.
printf 'content_type_overrides:\n  application/pdf: application/octet-stream\nproject_name_override: client\n%s\n' \
    'package_name_override: client' >"$DIR/python.yml"
openapi-python-client generate --path "$DOCUMENT" --config "$DIR/python.yml" --output-path "$DIR/python" \
    --fail-on-warning
(cd "$DIR/python" && mypy --config-file= --no-incremental client)

say "== A client for TypeScript"
has npx || { apt_install nodejs npm && has npx; } || {
    [ -z "${REQUIRE_SERVERS:-}" ] || fail "npx is missing and may not be skipped here; see $LOG"
    say "npx is missing, so the client for TypeScript is left out. To check it: sudo apt-get install npm"
    exit 0
}
cd "$DIR"
npx --yes --package=$TYPESCRIPT_CLIENT --package=$TYPESCRIPT -- \
    sh -c "openapi-typescript openapi.json --output api.ts && tsc --noEmit --strict --target es2022 api.ts" 2>&1 |
    tee typescript.log
! grep -qiE 'warn|⚠' typescript.log || fail "openapi-typescript warns, see above"
say "The document is valid and its clients compile."
