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
    # The longest first: a value that is part of another would leave the rest of it to be read.
    function hide(text,  i) {
      if (length(text) < 8) return
      for (i = ++count; i > 1 && length(values[i - 1]) < length(text); i--) values[i] = values[i - 1]
      values[i] = text
    }
    # What a JSON string stands for, as Terraform writes it; what has no sign of its own ends a line.
    function plain(text,  before, sign) {
      while (match(text, /\\./)) {
        sign = substr(text, RSTART + 1, 1)
        before = before substr(text, 1, RSTART - 1)
        text = substr(text, RSTART + 2)
        if (sign == "u") {
          sign = signs[substr(text, 1, 4)]
          text = substr(text, 5)
        } else if (sign in signs) sign = signs[sign]
        before = before (sign == "" ? "\n" : sign)
      }
      return before text
    }
    BEGIN {
      signs["n"] = signs["r"] = "\n"; signs["t"] = "\t"
      signs["003c"] = "<"; signs["003e"] = ">"; signs["0026"] = "&"
      list = "ls " folder
      while ((list | getline name) > 0) {
        while ((getline value < (folder "/" name)) > 0) {
          inner = substr(value, 2, length(value) - 2)
          hide(inner)
          parts = split(inner, part, /\\[nr]/)
          for (i = 1; i <= parts; i++) hide(part[i])
          parts = split(plain(inner), part, "\n")
          for (i = 1; i <= parts; i++) hide(part[i])
        }
      }
    }
    {
      line = $0
      for (i = 1; i <= count; i++) {
        done = ""
        while ((at = index(line, values[i])) > 0) {
          done = done substr(line, 1, at - 1) "[masked]"
          line = substr(line, at + length(values[i]))
        }
        line = done line
      }
      # Its own name for a key is the last five characters of it.
      gsub(/key-auth [^ ]+ for consumer/, "key-auth [masked] for consumer", line)
      gsub(/key-auth [^ ]+ failed:/, "key-auth [masked] failed:", line)
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
