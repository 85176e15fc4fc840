#!/bin/sh
# Runs one of Holdfast's programs. Each connects to Postgres as a role of its own; `migrate` has left that role's URL in a file.
set -eu
if [ -z "${DATABASE_URL:-}" ] && [ -n "${HOLDFAST_ROLE:-}" ]; then
  DATABASE_URL="$(cat "/run/holdfast/${HOLDFAST_ROLE}.url")"
  export DATABASE_URL
  if [ "${HOLDFAST_ROLE}" = api ]; then
    HOLDFAST_OPERATOR_DATABASE_URL="$(cat /run/holdfast/operator.url)"
    export HOLDFAST_OPERATOR_DATABASE_URL
  fi
fi
exec node --enable-source-maps "$@"
