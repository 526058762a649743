/** decK's wrapper with a stand-in for decK: what it is called with, and what becomes of its answers. */
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Deck, DeckError, MASK, type DeckOptions, type DeckState, type DeckTarget } from '../../cli/deck.js';
import { RULESET } from '../../cli/deck/ruleset.js';
import { containerArguments } from '../../cli/deck/target.js';
import { present, rejected } from '../helper/failure.js';
import { scratchFolders } from '../helper/scratch.js';

const PROGRAM = fileURLToPath(new URL('../helper/deck.mjs', import.meta.url));
const FORWARD = fileURLToPath(new URL('../helper/forward.mjs', import.meta.url));
const URL_OF_KONG = 'http://127.0.0.1:9';
const SECRET = 'c2VjcmV0IG9mIG91cnM=';
const NOTHING = {
  changes: { creating: [], updating: [], deleting: [] },
  summary: { creating: 0, updating: 0, deleting: 0, total: 0 },
  warnings: [],
  errors: [],
};

interface Answer {
  readonly stdout?: string;
  readonly stderr?: string;
  readonly code?: number;
  readonly seconds?: number;
}

interface Called {
  readonly command: string;
  readonly flags: Readonly<Record<string, unknown>>;
  readonly input: string;
  readonly ruleset?: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

const scratch = scratchFolders();
afterEach(() => {
  vi.unstubAllEnvs();
});

const state: DeckState = {
  text: `_format_version: "3.0"
_info: { select_tags: [t] }
consumers: [{ username: a, keyauth_credentials: [{ key: '\${{ env "DECK_ENV_K" }}' }] }]
`,
  secrets: new Map([['DECK_ENV_K', SECRET]]),
};

/** A Deck on the stand-in, and what it was called with. */
function stand(
  answers: Readonly<Record<string, Answer>>,
  target: DeckTarget = { kind: 'address', url: URL_OF_KONG, program: PROGRAM },
  options: DeckOptions = {},
): { deck: Deck; calls: () => Called[] } {
  const folder = scratch();
  const calls = join(folder, 'calls');
  writeFileSync(calls, '');
  writeFileSync(join(folder, 'answers'), JSON.stringify(answers));
  vi.stubEnv('FAKE_DECK', join(folder, 'answers'));
  vi.stubEnv('FAKE_DECK_CALLS', calls);
  return {
    deck: new Deck(target, options),
    calls: () =>
      readFileSync(calls, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Called),
  };
}

async function failure(work: Promise<unknown>): Promise<DeckError> {
  const error = await rejected(work);
  if (!(error instanceof DeckError)) throw error;
  return error;
}

describe('at an address', () => {
  test('decK gets its address, no analytics, nobody else’s settings, and secrets on its input only', async () => {
    vi.stubEnv('DECK_HEADERS', 'x:y');
    vi.stubEnv('DECK_ENV_OLD', 'z');
    const { deck, calls } = stand({ 'gateway diff': { stdout: JSON.stringify(NOTHING) } });
    expect(await deck.diff(state)).toEqual({ changes: [], summary: NOTHING.summary, warnings: [] });
    const [call] = calls();
    expect(call?.args).toEqual([
      ...['--analytics=false', '--no-color', '--timeout', '10', '--kong-addr', URL_OF_KONG],
      ...['gateway', 'diff', '--json-output', '--parallelism', '1'],
    ]);
    expect(call?.input).toContain(`"key":"${SECRET}"`);
    expect(JSON.stringify([call?.args, call?.env])).not.toContain(SECRET);
    expect(Object.keys(call?.env ?? {}).filter((name) => name.startsWith('DECK_'))).toEqual([]);
    expect(call?.env.HOME).toBe('/nonexistent');
  });

  test('sync, dump and validate say to decK what they are', async () => {
    const { deck, calls } = stand({
      'gateway sync': { stdout: JSON.stringify(NOTHING) },
      'gateway dump': {
        stdout: JSON.stringify({ _format_version: '3.0', consumers: [{ username: SECRET }] }),
      },
      'gateway validate': {},
      'file validate': {},
      version: { stdout: 'decK v1.65.1 (abc) \n' },
    });
    await deck.sync(state);
    expect((await deck.dump(['a', 'b'], state.secrets)).state).toMatchObject({
      consumers: [{ username: MASK }],
    });
    expect(await deck.validate(state)).toEqual({ ok: true });
    expect(await deck.validate(state, { online: false })).toEqual({ ok: true });
    expect(await deck.version()).toBe('1.65.1');
    expect(
      calls().map(({ command, flags }) => [command, flags['--kong-addr'], flags['--select-tag']]),
    ).toEqual([
      ['gateway sync', URL_OF_KONG, undefined],
      ['gateway dump', URL_OF_KONG, ['a', 'b']],
      ['gateway validate', URL_OF_KONG, undefined],
      ['file validate', undefined, undefined],
      ['version', undefined, undefined],
    ]);
  });

  test('lint hands over the state as it is written, and rules in a file without secrets', async () => {
    const found = { fail_count: 0, total_count: 0, results: [] };
    const { deck, calls } = stand({ 'file lint': { stdout: JSON.stringify(found) } });
    expect(await deck.lint(state)).toEqual({ ok: true, violations: [] });
    await deck.lint(state, 'rules: {}');
    expect(calls().map(({ ruleset }) => ruleset)).toEqual([RULESET, 'rules: {}']);
    expect(calls()[0]?.input).toBe(state.text);
  });

  test('what decK says is an error, masked, with its numbering left out', async () => {
    const stderr = `Error: 1 errors occurred:\n\tvalidation error: object="${SECRET}"\n\n`;
    const answers = {
      'gateway sync': { stderr, code: 1 },
      'gateway dump': { stderr: 'Error: dial tcp: connect: connection refused', code: 1 },
      'file validate': { stderr, code: 1 },
      'file lint': { stderr, code: 1 },
    };
    const { deck } = stand(answers);
    const failed = await failure(deck.sync(state));
    expect([failed.failure, failed.message, failed.detail]).toEqual([
      'failed',
      '`deck gateway sync` must end with 0, got 1',
      [`validation error: object="${MASK}"`],
    ]);
    expect((await failure(deck.dump([]))).failure).toBe('unreachable');
    expect((await failure(deck.lint(state))).failure).toBe('failed');
    expect(await deck.validate(state, { online: false })).toEqual({ ok: false, errors: failed.detail });
  });

  test('a state that Kong refuses is told from a Kong that is away', async () => {
    const wrong = { stderr: 'Error: wrong', code: 1 };
    const answered = { stdout: 'Successfully connected to Kong!\nKong version:  3.9.3\n' };
    const there = stand({ 'gateway validate': wrong, 'gateway ping': answered });
    expect(await there.deck.validate(state)).toEqual({ ok: false, errors: ['wrong'] });
    expect(await there.deck.ping()).toEqual({ kong: '3.9.3' });
    const away = stand({ 'gateway validate': wrong, 'gateway ping': wrong });
    expect((await failure(away.deck.validate(state))).failure).toBe('unreachable');
  });

  test('fails when a state has no tags or a tag is two, and runs nothing', async () => {
    const { deck, calls } = stand({});
    const untagged = { ...state, text: 'services: []' };
    for (const work of [deck.diff(untagged), deck.sync(untagged), deck.dump(['a,b'])])
      expect((await failure(work)).failure).toBe('refused');
    expect(calls()).toEqual([]);
  });

  test('fails when decK is not there, or the address is none to be seen', async () => {
    const missing = stand({}, { kind: 'address', url: URL_OF_KONG, program: 'no-such-deck' });
    const error = await failure(missing.deck.ping());
    expect([error.failure, error.message]).toEqual([
      'missing',
      "decK must be installed, got no program 'no-such-deck' (ENOENT)",
    ]);
    for (const url of ['ftp://host', 'nonsense', 'http://user:pass@host']) {
      const { deck } = stand({}, { kind: 'address', url, program: PROGRAM });
      const refusal = await failure(deck.ping());
      expect(refusal.message).toMatch(/^'target\.url' must /);
      expect(refusal.message).not.toContain('pass@');
    }
  });

  test('fails when it takes too long, or is interrupted', async () => {
    const slow = { version: { stdout: 'decK dev (x)', seconds: 60 } };
    expect((await failure(stand(slow, undefined, { timeout: 1500 }).deck.version())).message).toBe(
      'decK must end within 1.5 s, got no end',
    );
    const stop = new AbortController();
    const { deck, calls } = stand(slow, undefined, { signal: stop.signal });
    const work = failure(deck.version());
    await vi.waitFor(() => expect(calls()).toHaveLength(1), { timeout: 10_000 });
    stop.abort();
    expect((await work).failure).toBe('interrupted');
  });
});

test('through a port-forward decK gets an address that leads there', async () => {
  const server = createServer((_, answer) => answer.end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  try {
    const args = [FORWARD, 'tcp', '127.0.0.1', String(port)];
    const { deck, calls } = stand(
      { 'gateway diff': { stdout: JSON.stringify(NOTHING) }, version: { stdout: 'decK dev (x)' } },
      { kind: 'forward', command: process.execPath, args, program: PROGRAM },
    );
    await deck.diff(state);
    await deck.version();
    const [online, offline] = calls();
    expect(present(online).flags['--kong-addr']).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(present(online).flags['--kong-addr']).not.toBe(`http://127.0.0.1:${port}`);
    expect(present(offline).flags['--kong-addr']).toBeUndefined();
  } finally {
    server.close();
  }
});

describe('in a container', () => {
  const target = { kind: 'container', container: 'kong', image: 'portcullis/deck:1' } as const;

  test('decK has Kong’s network and nothing else', () => {
    expect(containerArguments(target, 'n', { args: ['gateway', 'ping'], online: true })).toEqual([
      ...['run', '--rm', '--interactive', '--pull', 'never', '--name', 'n', '--network', 'container:kong'],
      ...['--read-only', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges', '--user', '10002:10002'],
      ...['--memory', '256m', '--memory-swap', '256m', '--pids-limit', '64', '--log-driver', 'none'],
      ...['--tmpfs', '/tmp', '--env', 'HOME=/nonexistent', '--entrypoint', 'deck', 'portcullis/deck:1'],
      ...['--analytics=false', '--no-color', '--timeout', '10', '--kong-addr', 'http://127.0.0.1:8001'],
      ...['gateway', 'ping'],
    ]);
  });

  test('what needs no Kong has no network, and a file comes as an argument', () => {
    const file = { path: '/tmp/rules', content: 'rules: {}' };
    const args = containerArguments(target, 'n', {
      args: ['file', 'lint', '/tmp/rules'],
      online: false,
      file,
    });
    expect(args[args.indexOf('--network') + 1]).toBe('none');
    expect(args.slice(args.indexOf('--entrypoint'))).toEqual([
      ...['--entrypoint', 'sh', 'portcullis/deck:1', '-c', 'printf %s "$1" >"$2"; shift 2; exec deck "$@"'],
      ...['sh', 'rules: {}', '/tmp/rules', '--analytics=false', '--no-color', '--timeout', '10'],
      ...['file', 'lint', '/tmp/rules'],
    ]);
  });

  test('fails when a name is none', () => {
    for (const wrong of [{ container: '--privileged' }, { container: 'a b' }, { image: '' }])
      expect(() => containerArguments({ ...target, ...wrong }, 'n', { args: [], online: true })).toThrow(
        /^'target\.(container|image)' must be a name, got /,
      );
  });
});
