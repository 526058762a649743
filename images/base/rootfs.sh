#!/usr/bin/env bash
# Makes a minimal Debian bookworm file system from Debian packages alone, as a tar archive.
set -euo pipefail
target=$1
# Documentation and locales are a third of its size and nobody reads them in a container.
mmdebstrap --variant=minbase --include=ca-certificates \
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/info/*' \
  bookworm "$target"
