#!/bin/bash
# Exits 0 when Kong's status listener answers 200 and, on /status, when that answer says
# the database is reachable. Bash alone: neither image has curl.
set -euo pipefail

port=${PORTCULLIS_STATUS_PORT:-8100}
path=${PORTCULLIS_STATUS_PATH:-/status}

unhealthy() {
  echo "unhealthy: $*"
  exit 1
}

# A listener that accepts and then says nothing must not hang the check.
if ! answer=$(
  exec 2>/dev/null
  exec 3<>"/dev/tcp/127.0.0.1/$port" || exit 1
  printf 'GET %s HTTP/1.0\r\nHost: localhost\r\nConnection: close\r\n\r\n' "$path" >&3
  timeout 5 cat <&3
); then
  unhealthy "no answer from port $port"
fi

status=$(head -n 1 <<<"$answer" | tr -d '\r')
[[ $status =~ ^HTTP/1\.[01]\ 200( |$) ]] || unhealthy "$path answered: ${status:-nothing}"

# /status answers 200 with the database gone.
if [[ $path == /status && $answer != *'"reachable":true'* ]]; then
  unhealthy 'database not reachable'
fi
echo healthy
