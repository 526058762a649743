#!/usr/bin/env bash
# Ends with 0 when the service answers 200: the image has neither wget nor curl.
set -euo pipefail
exec 3<>"/dev/tcp/127.0.0.1/$PORT"
printf 'GET /health HTTP/1.0\r\n\r\n' >&3
read -r _ status _ <&3
[ "$status" = 200 ]
