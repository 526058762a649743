import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SYNC_SCRIPT } from '../../../constructs/gateway/sync-script.js';
import { present } from '../../helper/failure.js';
import { scratchFolders } from '../../helper/scratch.js';

/**
 * The script is the real one, run by the machine's `sh`; only `deck` and `sleep` are stand-ins.
 *
 * The end-to-end suites run it with the real decK and Kong. What is looked at here is the filter and the
 * waiting alone, with answers that a real Kong gives only when something is broken. The stand-in knows
 * the two calls that the script makes and refuses any other.
 */
const DECK = `#!/bin/sh
here=$(dirname "$0")
case "$*" in
"gateway ping")
  echo ping >>"$here/calls"
  [ "$(grep -c ping "$here/calls")" -gt "$PINGS_REFUSED" ]
  ;;
"gateway sync --no-color --silence-events $STATE")
  echo sync >>"$here/calls"
  env | grep ^DECK_ENV_ | sort >"$here/environment"
  cat "$here/stdout"
  cat "$here/stderr" >&2
  exit "$SYNC_CODE"
  ;;
*)
  echo "unknown call: $*" >&2
  exit 64
  ;;
esac
`;
const SLEEP = `#!/bin/sh
echo "sleep $*" >>"$(dirname "$0")/calls"
`;

function onPath(name: string): string | undefined {
  const candidates = (process.env.PATH ?? '').split(delimiter).map((path) => join(path, name));
  return candidates.find((candidate) => existsSync(candidate));
}

/** Programs that can stand for awk; decK's image has that of busybox, Debian has mawk. */
const AWKS = [
  ...new Set(
    ['mawk', 'gawk', 'original-awk', 'busybox', 'awk']
      .flatMap((name) => onPath(name) ?? [])
      .map((path) => realpathSync(path)),
  ),
];
const [AWK = ''] = AWKS;

const folder = scratchFolders();

interface Run {
  /** Values by variable, as text. */
  readonly secrets?: Readonly<Record<string, string>>;
  readonly stdout?: string;
  readonly stderr?: string;
  readonly pingsRefused?: number;
  readonly code?: number;
  /** Program that stands for awk; an empty one for none. */
  readonly awk?: string;
}

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly calls: readonly string[];
  readonly environment: readonly string[];
}

/** As Terraform's `jsonencode` writes a text. */
function jsonencode(text: string): string {
  const escapes: Readonly<Record<string, string>> = { '<': '\\u003c', '>': '\\u003e', '&': '\\u0026' };
  return JSON.stringify(text).replace(/[<>&]/g, (sign) => escapes[sign] ?? sign);
}

function linesOf(path: string): string[] {
  return readFileSync(path, 'utf8').split('\n').filter(Boolean);
}

function run(given: Run): Outcome {
  const [programs, secrets, state] = [folder(), folder(), join(folder(), 'kong.yaml')];
  for (const [name, text] of [
    ['deck', DECK],
    ['sleep', SLEEP],
  ] as const) {
    writeFileSync(join(programs, name), text);
    chmodSync(join(programs, name), 0o755);
  }
  for (const name of ['calls', 'environment']) writeFileSync(join(programs, name), '');
  writeFileSync(join(programs, 'stdout'), given.stdout ?? '');
  writeFileSync(join(programs, 'stderr'), given.stderr ?? '');
  writeFileSync(state, '');
  for (const [name, value] of Object.entries(given.secrets ?? {})) {
    writeFileSync(join(secrets, name), jsonencode(value));
  }
  // A folder of links, so that no other awk is found.
  const tools = folder();
  for (const tool of ['sh', 'basename', 'cat', 'dirname', 'env', 'grep', 'ls', 'sort']) {
    symlinkSync(present(onPath(tool)), join(tools, tool));
  }
  const awk = given.awk ?? AWK;
  if (awk !== '') symlinkSync(awk, join(tools, 'awk'));
  const { status, stdout, stderr } = spawnSync(
    join(tools, 'sh'),
    ['-c', SYNC_SCRIPT, 'deck-sync', secrets, state],
    {
      encoding: 'utf8',
      timeout: 20_000,
      env: {
        PATH: `${programs}${delimiter}${tools}`,
        STATE: state,
        PINGS_REFUSED: String(given.pingsRefused ?? 0),
        SYNC_CODE: String(given.code ?? 0),
      },
    },
  );
  return {
    code: status,
    stdout,
    stderr,
    calls: linesOf(join(programs, 'calls')),
    environment: linesOf(join(programs, 'environment')),
  };
}

describe('the run', () => {
  test('hands every file to decK as a variable, quotes included, and passes on what it says', () => {
    const outcome = run({
      secrets: { DECK_ENV_A_0: 'abcdefghij', DECK_ENV_B_0: 'a"b\\c\nd$(e)`f`' },
      stdout: 'Summary:\n  Created: 1\n',
    });
    expect(outcome).toEqual({
      code: 0,
      stdout: 'Summary:\n  Created: 1\n',
      stderr: '',
      calls: ['ping', 'sync'],
      environment: ['DECK_ENV_A_0="abcdefghij"', 'DECK_ENV_B_0="a\\"b\\\\c\\nd$(e)`f`"'],
    });
  });

  test('works without a secret', () => {
    expect(run({ stdout: 'done\n' })).toMatchObject({ code: 0, stdout: 'done\n', environment: [] });
  });

  test.each([1, 2, 64])('ends with the code %d of decK', (code) => {
    expect(run({ code, stderr: 'Error: no\n' })).toMatchObject({ code, stdout: 'Error: no\n', stderr: '' });
  });

  test('waits a second between two tries until the Admin API answers', () => {
    expect(run({ pingsRefused: 2 })).toMatchObject({
      code: 0,
      calls: ['ping', 'sleep 1', 'ping', 'sleep 1', 'ping', 'sync'],
    });
  });

  test('takes the 30th answer', () => {
    const { code, calls } = run({ pingsRefused: 29 });
    expect([code, calls.at(-1)]).toEqual([0, 'sync']);
  });

  test('gives up after 30 tries, and says so', () => {
    const { code, stdout, stderr, calls } = run({ pingsRefused: 30 });
    expect([code, stdout, stderr]).toEqual([1, '', 'the Admin API did not answer within 30 tries\n']);
    expect(calls.filter((call) => call === 'ping')).toHaveLength(30);
    expect(calls).not.toContain('sync');
  });

  test('says nothing and fails where the filter is missing', () => {
    const outcome = run({ awk: '', secrets: { DECK_ENV_A_0: 'abcdefghij' }, stdout: 'key abcdefghij\n' });
    expect(outcome.code).not.toBe(0);
    expect(`${outcome.stdout}${outcome.stderr}`).not.toContain('abcdefghij');
  });
});

const PEM = [
  '-----BEGIN PUBLIC KEY-----',
  'MIIBIjANBgkqhkiG9w0B/+==',
  'AQEFAAOCAQ8AMIIBCgKCAQEA',
  '-----END PUBLIC KEY-----',
  '',
];

describe.each(AWKS)('the filter with %s', (path) => {
  function filtered(secrets: readonly string[], stdout: string): string {
    const named = Object.fromEntries(secrets.map((value, i) => [`DECK_ENV_S_${i}`, value]));
    const outcome = run({ secrets: named, stdout, awk: path });
    expect([outcome.code, outcome.stderr]).toEqual([0, '']);
    return outcome.stdout;
  }

  test.each<[string, string, string, string]>([
    ['a value', 'abcdefghij', 'key: abcdefghij, abcdefghij!', 'key: [masked], [masked]!'],
    ['signs of regular expressions', 'a.b*c[d](e)^f$|+?', '"a.b*c[d](e)^f$|+?"', '"[masked]"'],
    ['what only a regular expression would find', 'a.......c', 'abcdefghc a.......c', 'abcdefghc [masked]'],
    ['the sign that replaces', 'abcd&efgh&', 'abcd&efgh&', '[masked]'],
    ['signs that JSON escapes', 'a"b\\c<d>e&f\tg', 'x a"b\\c<d>e&f\tg y', 'x [masked] y'],
    [
      'the same value as JSON',
      'a"b\\c<d>e&f\tg',
      String.raw`x a\"b\\c\u003cd\u003ee\u0026f\tg y`,
      'x [masked] y',
    ],
    ['signs without a name', 'abcdefgh\u0001ijklmnop', 'abcdefgh\u0001ijklmnop', '[masked]\u0001[masked]'],
    ['base64', 'c2VjcmV0IHZhbHVl+/==', 'at c2VjcmV0IHZhbHVl+/==.', 'at [masked].'],
    ['a key in PEM form', PEM.join('\n'), PEM.join('\n'), '[masked]\n[masked]\n[masked]\n[masked]\n'],
    ['a key with carriage returns', PEM.join('\r\n'), `at ${PEM[1]}`, 'at [masked]'],
    ['a key as JSON', PEM.join('\n'), JSON.stringify(PEM.join('\n')), '"[masked]"'],
    ['a value that looks like the mask', '[masked]', 'a [masked] b', 'a [masked] b'],
    ['eight signs', '12345678', '12345678', '[masked]'],
    ['more than ASCII', 'pässwörter', 'das pässwörter da', 'das [masked] da'],
  ])('hides %s', (_what, secret, said, shown) => {
    expect(filtered([secret], `${said}\n`)).toBe(`${shown}\n`);
  });

  test('leaves short values, which would hide plain words', () => {
    expect(filtered(['hello'], 'hello world\n')).toBe('hello world\n');
  });

  test('hides the whole of a value that another begins', () => {
    expect(filtered(['abcdefgh', 'abcdefgh-and-more', 'abcdefgh'], 'abcdefgh-and-more\n')).toBe('[masked]\n');
  });

  test('hides a value on the last line that has no end', () => {
    expect(filtered(['abcdefghij'], 'Error: abcdefghij')).toBe('Error: [masked]\n');
  });

  test('hides what is said on either channel', () => {
    const said = { stdout: 'out abcdefghij\n', stderr: 'err abcdefghij\n' };
    expect(run({ secrets: { DECK_ENV_S: 'abcdefghij' }, ...said, awk: path, code: 1 })).toMatchObject({
      code: 1,
      stdout: 'out [masked]\nerr [masked]\n',
      stderr: '',
    });
  });

  test('hides any value of one line, in the clear and as JSON', () => {
    const value = fc.string({ unit: 'grapheme-ascii', minLength: 12, maxLength: 60 });
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 8 }), (values) => {
        const said = values.flatMap((one) => [`a ${one} b`, `c ${jsonencode(one)} d`]);
        const shown = filtered(values, `${said.join('\n')}\n`);
        expect(values.filter((one) => shown.includes(one) || shown.includes(jsonencode(one)))).toEqual([]);
        expect(shown.split('\n')).toHaveLength(said.length + 1);
      }),
      { numRuns: 25 },
    );
  });
});
