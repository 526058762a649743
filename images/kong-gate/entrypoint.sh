#!/bin/bash
# Reads KONG_<NAME>_FILE into KONG_<NAME>, starts Kong in the foreground and, when such a
# file is replaced, hands the new value to the running Kong by `kong reload`.
#
#   kong docker-start    (default) run the gateway and watch the files
#   portcullis-migrate   bring the database schema up to date for the next version; safe to repeat
#   portcullis-migrate finish   what is left of that, once every node runs the new version
#   anything else        run with the values exported
#
# PORTCULLIS_WATCH          files that Kong opens by itself, separated by spaces; a changed one costs a reload
# PORTCULLIS_FILE_WAIT      seconds to wait for a file at start (30)
# PORTCULLIS_WATCH_SECONDS  seconds between two looks at the files (2)
# PORTCULLIS_DRAIN_SECONDS  seconds that requests in flight get to finish (10)
set -euo pipefail

file_wait=${PORTCULLIS_FILE_WAIT:-30}
watch_seconds=${PORTCULLIS_WATCH_SECONDS:-2}
drain_seconds=${PORTCULLIS_DRAIN_SECONDS:-10}
export KONG_PREFIX=${KONG_PREFIX:-/usr/local/kong}
pid_file=$KONG_PREFIX/pids/nginx.pid

declare -A file_of=() sum_of=() sum_at=()

say() { echo "portcullis: $*" >&2; }

# A checksum rather than a time stamp: a file renamed into place may be older than the last.
checksum() { cksum 2>/dev/null <"$1" || echo unreadable; }

# Command substitution drops the final newline, which is never part of a secret.
load() {
  local value
  value=$(cat "${file_of[$1]}" 2>/dev/null) || return 1
  [[ -n $value ]] || return 1
  export "$1=$value"
}

read_files() {
  local variable name deadline
  for variable in $(compgen -e | grep -E '^KONG_.+_FILE$' || true); do
    [[ -n ${!variable} ]] || continue
    name=${variable%_FILE}
    if [[ -n ${!name:-} ]]; then
      say "both $name and $variable are set; keep one"
      exit 1
    fi
    file_of[$name]=${!variable}
    # The upstream entry point would see both forms and refuse.
    unset "$variable"
    deadline=$((SECONDS + file_wait))
    # Taken before the value: a change in between then costs a reload and is not lost.
    sum_of[$name]=$(checksum "${file_of[$name]}")
    until load "$name"; do
      if ((SECONDS >= deadline)); then
        say "$variable: file missing, unreadable or empty after ${file_wait}s: ${file_of[$name]}"
        exit 1
      fi
      sleep 1
      sum_of[$name]=$(checksum "${file_of[$name]}")
    done
  done
}

# Kong is told where these are; what they hold never passes through here.
watch_files() {
  local path
  for path in ${PORTCULLIS_WATCH:-}; do
    sum_at[$path]=$(checksum "$path")
  done
}

# Exports what changed; succeeds when at least one value or watched file did.
refresh() {
  local name path sum changed=1
  for path in "${!sum_at[@]}"; do
    sum=$(checksum "$path")
    [[ $sum != "${sum_at[$path]}" ]] || continue
    sum_at[$path]=$sum
    say "$path changed"
    changed=0
  done
  for name in "${!file_of[@]}"; do
    sum=$(checksum "${file_of[$name]}")
    [[ $sum != "${sum_of[$name]}" ]] || continue
    # Remembered even when it is of no use, so that a bad value is reported once.
    sum_of[$name]=$sum
    if load "$name"; then
      say "$name changed"
      changed=0
    else
      say "$name: new value missing, unreadable or empty, keeping the old one"
    fi
  done
  return "$changed"
}

# Graceful first; a request that outlasts the drain is cut off, or the container's own
# deadline would kill everything.
stop() {
  trap '' TERM QUIT INT
  say "stopping, requests in flight have ${drain_seconds}s"
  local deadline=$((SECONDS + drain_seconds))
  if [[ -s $pid_file ]]; then
    # Again and again: while nginx loads a new configuration, Kong runs shell commands, and
    # C's system() throws away a QUIT that arrives meanwhile.
    while kill -QUIT "$kong" 2>/dev/null && ((SECONDS < deadline)); do
      sleep 0.3
    done
  fi
  kill -TERM "$kong" 2>/dev/null || true
  wait "$kong" || true
  exit 0
}

# Bash handles a signal only between commands, and at once while it waits for a child: what
# takes time runs in the background and is waited for. Sets `status`; fails once Kong is gone.
wait_for() {
  local ended=''
  status=0
  wait -n -p ended "$kong" "$1" || status=$?
  [[ $ended != "$kong" ]]
}

run() {
  # Also for `kong reload`, which writes the configuration anew from its environment.
  export KONG_NGINX_DAEMON=off
  # Left behind by a killed container whose prefix outlived it.
  rm -f "$pid_file"

  /docker-entrypoint.sh "$@" &
  kong=$!
  trap stop TERM QUIT INT

  local pending=0 status=0
  while sleep "$watch_seconds" & wait_for "$!"; do
    if refresh; then
      pending=1
    fi
    # Without a pid file there is nothing to reload yet; a later look finds it.
    if ! ((pending)) || [[ ! -s $pid_file ]]; then
      continue
    fi
    kong reload -p "$KONG_PREFIX" >/dev/null &
    wait_for "$!" || break
    if ((status == 0)); then
      pending=0
      say 'reloaded'
    else
      say "reload failed with status $status, trying again"
    fi
  done
  # Nobody asked it to end, so even a polite end is a failure.
  say "kong ended with status $status"
  exit $((status == 0 ? 1 : status))
}

read_files
watch_files
case "${1:-} ${2:-}" in
  'kong docker-start') run "$@" ;;
  'portcullis-migrate ' | 'portcullis-migrate finish') exec bash "${BASH_SOURCE[0]%/*}/migrate.sh" "${@:2}" ;;
  *) exec "$@" ;;
esac
