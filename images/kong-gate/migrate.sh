#!/bin/bash
# Brings the database schema up to date, however often it is run. Called by entrypoint.sh,
# which has exported the secrets.
#
#   migrate.sh          what the version before can live with; before the new one starts
#   migrate.sh finish   the rest, once every node runs the new version
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

if [[ ${1:-} == finish ]]; then
  exec kong migrations finish
fi
case $state in
  0) echo 'Database is up-to-date' ;;
  3) kong migrations bootstrap ;;
  4)
    # `up` refuses while an earlier release is unfinished, and every node runs that one by now.
    # Without new migrations this release is the unfinished one: its own end comes later.
    if [[ $output == *'New migrations available'* ]]; then
      kong migrations finish
      kong migrations up
    else
      echo 'Database is up-to-date, with migrations to finish later'
    fi
    ;;
  5) kong migrations up ;;
esac
