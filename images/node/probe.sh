#!/usr/bin/env bash
# Asks a port of this container for a path and ends with 0 on status 200.
# Starting Node for each probe would cost more than the services themselves do when idle.
set -euo pipefail
exec 3<>"/dev/tcp/127.0.0.1/$1"
printf 'GET %s HTTP/1.0\r\nHost: localhost\r\nConnection: close\r\n\r\n' "$2" >&3
read -r _ status _ <&3
[ "$status" = 200 ]
