/** The shell script of the job that brings Kong to the declared state. */

/**
 * For `sh -c SCRIPT deck-sync SECRETS STATE`: waits for the Admin API, then runs decK.
 *
 * Secrets reach decK by its environment only, read from files inside the container. decK's own masking
 * misses values that begin or end with something else than a letter or digit, and Kong repeats values in
 * its errors: everything that is said goes through a filter of our own, and events aren't shown at all.
 */
export const SYNC_SCRIPT = String.raw`set -eu
secrets=$1
state=$2
for file in "$secrets"/*; do
  [ ! -f "$file" ] || export "$(basename "$file")=$(cat "$file")"
done
mask() {
  awk -v folder="$secrets" '
    function hide(text) { if (length(text) >= 8) values[++count] = text }
    BEGIN {
      list = "ls " folder
      while ((list | getline name) > 0) {
        while ((getline value < (folder "/" name)) > 0) {
          inner = substr(value, 2, length(value) - 2)
          hide(inner)
          parts = split(inner, part, /\\[nr]/)
          for (i = 1; i <= parts; i++) hide(part[i])
        }
      }
    }
    {
      line = $0
      for (i = 1; i <= count; i++) {
        while ((at = index(line, values[i])) > 0)
          line = substr(line, 1, at - 1) "[masked]" substr(line, at + length(values[i]))
      }
      print line
      fflush()
    }'
}
tries=0
until deck gateway ping >/dev/null 2>&1; do
  tries=$((tries + 1))
  [ "$tries" -lt 30 ] || { echo "the Admin API did not answer within 30 tries" >&2; exit 1; }
  sleep 1
done
exec 4>&1
status=$({
  {
    code=0
    deck gateway sync --no-color --silence-events "$state" 2>&1 || code=$?
    echo "$code" >&3
  } | mask >&4
} 3>&1)
exit "$status"
`;
