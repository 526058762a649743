#!/bin/bash
# Entry point with the outward contract of the upstream image: `kong docker-start`
# prepares the prefix and becomes nginx; anything else is run as it stands.
set -euo pipefail

export KONG_NGINX_DAEMON=off
prefix=${KONG_PREFIX:-/usr/local/kong}

if [[ ${1:-} != kong || ${2:-} != docker-start ]]; then
  exec "$@"
fi
shift 2

kong prepare -p "$prefix" "$@"

# A socket or pid file that outlived a killed container belongs to nobody any more.
find "$prefix" -maxdepth 1 -type s -delete
rm -f "$prefix/pids/nginx.pid"

# The default log files become the container's own streams.
ln -sfn /dev/stdout "$prefix/logs/access.log"
ln -sfn /dev/stdout "$prefix/logs/admin_access.log"
ln -sfn /dev/stdout "$prefix/logs/status_access.log"
ln -sfn /dev/stderr "$prefix/logs/error.log"

exec /usr/local/openresty/nginx/sbin/nginx -p "$prefix" -c nginx.conf
