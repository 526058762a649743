/** What a Postgres server needs for TLS besides its settings: who may connect how, and new files at once. */

/** Text of `pg_hba.conf`; inside the container everybody is the superuser, from outside nobody without a password. */
export function accessRules(tls: boolean): string {
  return [
    '# Made by Portcullis.',
    'local all all trust',
    // Without a line for plain connections the server refuses them, whatever the client would accept.
    `${tls ? 'hostssl' : 'host'} all all all scram-sha-256`,
    '',
  ].join('\n');
}

/**
 * Bash that starts the image's own entrypoint in its place and beside it looks at the folder `$0`:
 * when a file there has changed, the server reads its configuration and certificate again.
 *
 * The server becomes the container's first process, so signals and the exit code are its own. Until
 * the server has answered, a change is asked for again; while only half of it is written, the server
 * keeps what it has, and the next look asks once more.
 */
export const FOLLOW_FILES = [
  'seen=$(cat "$0"/* | cksum)',
  'while sleep 2; do',
  '  now=$(cat "$0"/* | cksum)',
  '  [ "$now" = "$seen" ] && continue',
  "  psql -X -q -U postgres -d postgres -c 'SELECT pg_reload_conf()' >/dev/null && seen=$now",
  'done &',
  'exec docker-entrypoint.sh "$@"',
].join('\n');
