#!/bin/bash
# Assembles the file tree of the local Kong image: Kong's Lua (from the unpacked Go
# module in ./goks), our shims and the needed Debian packages, all under /out.
# Runs inside the builder stage, in the folder that holds the build context.
set -euo pipefail

out=/out
tree=$out/usr/local/share/lua/5.1
debs=$(mktemp -d)
# apt drops to its own user for downloads and warns when it cannot write here.
chown _apt "$debs" 2>/dev/null || true

# Some packages only serve the build and must not reach the image.
build_only='patch'

# Unpacks one package. Not installed: lua-nginx-redis and its siblings depend on
# nginx-extras, which would replace the nginx that the Lua module was built for.
unpack() {
  local pinned=$1 name=${1%%=*} candidate
  if ! (cd "$debs" && apt-get -qq download "$pinned" 2>/dev/null); then
    # A pinned version leaves the archive with every security fix. The candidate is
    # signed by the same archive key, so falling forward costs only reproducibility.
    candidate=$(apt-cache policy "$name" | awk '/Candidate:/ { print $2 }')
    if [[ -z $candidate || $candidate == '(none)' ]]; then
      echo "package not found in bookworm: $name" >&2
      exit 1
    fi
    echo "drift: $name pinned=${pinned#*=} got=$candidate"
    (cd "$debs" && apt-get -qq download "$name=$candidate")
  fi
  if [[ $name == "$build_only" ]]; then
    dpkg-deb -x "$debs/$name"_*.deb /
  else
    dpkg-deb -x "$debs/$name"_*.deb "$out"
  fi
}

apt-get -qq update
mkdir -p "$out" "$tree"
while IFS= read -r line; do
  [[ -n $line ]] || continue
  # What the base already holds stays under the control of the base's own package
  # database; a second copy over it would hide later upgrades.
  if dpkg-query -W -f '${db:Status-Status}' "${line%%=*}" 2>/dev/null | grep -qx installed; then
    echo "base: $(dpkg-query -W -f '${Package}=${Version}' "${line%%=*}")"
    continue
  fi
  unpack "$line"
done < packages.lock

# Older packages still ship /lib; the base has it as a link into /usr.
if [[ -d $out/lib ]]; then
  cp -a "$out/lib/." "$out/usr/lib/"
  rm -rf "${out:?}/lib"
fi

# One architecture-neutral place for C modules keeps LUA_CPATH the same everywhere.
mkdir -p "$out/usr/local/lib/lua"
cp -aL "$out"/usr/lib/*/lua/5.1 "$out/usr/local/lib/lua/"
for folder in "$out"/usr/lib/*/lua; do
  # ffi.load("z") looks for the name without a version.
  ln -s libz.so.1 "${folder%/lua}/libz.so"
  rm -rf "$folder"
done
rm -rf "$out"/usr/lib/*/liblua5.* "$out"/usr/share/{doc,man,lintian,nginx,bug} \
  "$out"/usr/share/lua/5.[234] "${out:?}"/{etc,var}

# The module carries Kong changed for a Lua without FFI; its own patch, reversed,
# gives the published rock back.
(cd goks && patch -s -R -p1 --no-backup-if-mismatch < patches/lua-tree.patch)
cp -a goks/lua-tree/share/lua/5.1/. "$tree/"

# Their C halves come from Debian, and Lua halves must match them.
rm -rf "$tree"/{lyaml,socket,socket.lua,mime.lua,ltn12.lua,ssl,ssl.lua,re.lua,patched}

(cd "$tree/kong/templates" && patch -s -p1 --no-backup-if-mismatch) < templates.patch
if grep -qF '{;}' "$tree/kong/templates/nginx_kong.lua"; then
  echo 'templates.patch left an empty statement that this LuaJIT cannot parse' >&2
  exit 1
fi

mkdir -p "$out/usr/local/portcullis" "$out/usr/local/bin" "$out/usr/local/openresty/nginx/sbin"
cp -a shims "$out/usr/local/portcullis/lua"
cp bin/kong bin/portcullis-lua "$out/usr/local/bin/"
cp bin/nginx "$out/usr/local/openresty/nginx/sbin/nginx"
cp docker-entrypoint.sh "$out/docker-entrypoint.sh"
chmod -R u=rwX,go=rX "$out"
chmod 0755 "$out"/usr/local/bin/* "$out/usr/local/openresty/nginx/sbin/nginx" "$out/docker-entrypoint.sh"
chown -R 0:0 "$out"
mkdir -m 1777 "$out/usr/local/kong"
