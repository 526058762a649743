#!/usr/bin/env bash
# First start: makes the data directory with the superuser's password; every start: runs the server.
# Variables as in the official image: POSTGRES_USER, POSTGRES_DB, POSTGRES_PASSWORD or its _FILE
# form, POSTGRES_INITDB_ARGS, PGDATA. They act on the first start only.
set -euo pipefail

if [ "${1:-}" != postgres ] && [ "${1#-}" = "${1:-}" ]; then exec "$@"; fi
if [ "${1#-}" != "${1:-}" ]; then set -- postgres "$@"; fi

if [ ! -s "$PGDATA/PG_VERSION" ]; then
  if [ -n "${POSTGRES_PASSWORD:-}" ] && [ -n "${POSTGRES_PASSWORD_FILE:-}" ]; then
    echo 'error: POSTGRES_PASSWORD and POSTGRES_PASSWORD_FILE must not both be set' >&2
    exit 1
  fi
  password=${POSTGRES_PASSWORD:-}
  if [ -n "${POSTGRES_PASSWORD_FILE:-}" ]; then password=$(<"$POSTGRES_PASSWORD_FILE"); fi
  if [ -z "$password" ]; then
    echo 'error: a password must be given for the first start; set POSTGRES_PASSWORD_FILE' >&2
    exit 1
  fi
  user=${POSTGRES_USER:-postgres}
  database=${POSTGRES_DB:-$user}
  # Filled beside its place: an interrupted first start must not look like a finished one.
  rm -rf "$PGDATA.part" "$PGDATA"
  # shellcheck disable=SC2086 # the arguments are words by contract
  initdb --username="$user" --pwfile=<(printf '%s\n' "$password") -D "$PGDATA.part" ${POSTGRES_INITDB_ARGS:-}
  {
    echo "listen_addresses = '*'"
    echo "log_destination = 'stderr'"
  } >>"$PGDATA.part/postgresql.conf"
  echo 'host all all all scram-sha-256' >>"$PGDATA.part/pg_hba.conf"
  if [ "$database" != postgres ]; then
    printf 'CREATE DATABASE "%s";\n' "${database//\"/\"\"}" | postgres --single -D "$PGDATA.part" postgres >/dev/null
  fi
  mv "$PGDATA.part" "$PGDATA"
fi
unset POSTGRES_PASSWORD
exec "$@"
