#!/bin/bash
# Brings the database schema up to date, however often it is run. Called by entrypoint.sh,
# which has exported the secrets.
#
# PORTCULLIS_DB_WAIT  seconds to wait for the database (60)
set -euo pipefail

db_wait=${PORTCULLIS_DB_WAIT:-60}
deadline=$((SECONDS + db_wait))

# 0 up to date, 3 to be bootstrapped, 4 unfinished, 5 new migrations; anything else means
# that Kong could not ask.
while true; do
  state=0
  output=$(kong migrations list 2>&1) || state=$?
  case $state in
    0 | 3 | 4 | 5) break ;;
  esac
  if ((SECONDS >= deadline)); then
    echo "portcullis: database not usable after ${db_wait}s" >&2
    echo "$output" >&2
    exit 1
  fi
  sleep 1
done

# `up` refuses while an earlier run is unfinished, so that comes first.
if ((state == 4)); then
  kong migrations finish
fi
kong migrations bootstrap
kong migrations up
kong migrations finish
