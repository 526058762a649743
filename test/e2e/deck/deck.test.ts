/** decK's wrapper against the real decK and the real Kong. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Deck, DeckError, MASK } from '../../../cli/deck.js';
import { withForward } from '../../../cli/deck/forward.js';
import { Mask } from '../../../cli/deck/mask.js';
import { eventually, mustDocker } from '../../images/kong/docker.js';
import { present, rejected } from '../../helper/failure.js';
import { placeholder, Rig, stateOf } from './rig.js';

let rig: Rig;
let deck: Deck;

beforeAll(async () => {
  rig = await Rig.start();
  deck = rig.inContainer();
});

afterAll(async () => {
  await rig.close();
});

async function failure(work: Promise<unknown>): Promise<DeckError> {
  const error = await rejected(work);
  if (!(error instanceof DeckError)) throw error;
  return error;
}

const route = { name: 'hello', hosts: ['localhost'], paths: ['/hello'], strip_path: false };
const service = { name: 'hello', host: 'hello.upstream', port: 8080, routes: [route] };
const consumer = (username: string, variable: string): object => ({
  username,
  keyauth_credentials: [{ key: placeholder(variable) }],
});

describe('reaching', () => {
  test('says its version and that of Kong', async () => {
    expect(await deck.version()).toMatch(/^(dev|\d+\.\d+\.\d+)$/);
    expect((await deck.ping()).kong).toMatch(/^3\./);
  });

  test('fails when nothing listens, and when there is no such container', async () => {
    const away = await failure(rig.inContainer(rig.gateway.database).ping());
    expect([away.failure, away.message]).toEqual(['unreachable', "Kong's Admin API must answer, got none"]);
    expect(away.detail.join()).toContain('connection refused');
    const missing = await failure(rig.inContainer('portcullis-deck-test-nowhere').ping());
    expect(missing.failure).toBe('missing');
    expect(missing.detail.join()).toContain('No such container');
  });

  test('gives the same report through a container, an address and a port-forward', async () => {
    const state = stateOf('reach', { services: [{ ...service, name: 'reach', routes: [] }] });
    const first = await deck.diff(state);
    expect(first.summary).toEqual({ creating: 1, updating: 0, deleting: 0, total: 1 });
    const comparable = (report: typeof first): unknown =>
      JSON.parse(JSON.stringify(report).replace(/"id":"[^"]*"/g, '"id":""'));
    const forwarded = await new Deck(rig.forward).diff(state);
    expect(comparable(forwarded)).toEqual(comparable(first));
    const options = { timeout: 60_000, signal: undefined };
    const addressed = await withForward(rig.forward, options, new Mask([]), (url) =>
      new Deck({ kind: 'address', url, program: rig.program }).diff(state),
    );
    expect(comparable(addressed)).toEqual(comparable(first));
  });

  test('an interruption and the end of patience end the container', async () => {
    // Its Admin API still takes connections, and answers none.
    await mustDocker('pause', rig.kong);
    try {
      const stop = new AbortController();
      const work = failure(rig.inContainer(rig.kong, { signal: stop.signal }).dump([]));
      await eventually('a decK container', async () =>
        (await rig.deckContainers()).length > 0 ? true : undefined,
      );
      stop.abort();
      expect((await work).failure).toBe('interrupted');
      expect(await rig.deckContainers()).toEqual([]);
      expect((await failure(rig.inContainer(rig.kong, { timeout: 3000 }).dump([]))).failure).toBe('timeout');
      expect(await rig.deckContainers()).toEqual([]);
    } finally {
      await mustDocker('unpause', rig.kong);
    }
  });
});

describe('validate', () => {
  test('finds a good state good, with Kong and without', async () => {
    const state = stateOf(
      'valid',
      { services: [service], consumers: [consumer('c', 'DECK_ENV_C')] },
      {
        DECK_ENV_C: 'some-key-of-c',
      },
    );
    expect(await deck.validate(state)).toEqual({ ok: true });
    expect(await deck.validate(state, { online: false })).toEqual({ ok: true });
  });

  test('names what is wrong, without the secrets beside it', async () => {
    const bad = stateOf(
      'valid',
      { consumers: [{ username: 'c', keyauth_credentials: [{ keys: placeholder('DECK_ENV_C') }] }] },
      { DECK_ENV_C: 'quite "secret" <key>' },
    );
    const offline = await deck.validate(bad, { online: false });
    expect(offline.ok ? [] : offline.errors).toContain(
      `validation error: object={"keys":"${MASK}"}, err=consumers.0.keyauth_credentials.0: key is required`,
    );
    const online = await deck.validate(stateOf('valid', { services: [{ ...service, host: 'no host' }] }));
    expect(online.ok ? '' : online.errors.join()).toContain('invalid value: no host');
  });

  test('fails when Kong is away, which is no fault of the state', async () => {
    const error = await failure(
      rig.inContainer(rig.gateway.database).validate(stateOf('valid', { services: [service] })),
    );
    expect(error.failure).toBe('unreachable');
  });
});

describe('diff and sync', () => {
  const secrets = { DECK_ENV_A: 'first-key-of-a==' };
  const state = stateOf('main', { services: [service], consumers: [consumer('a', 'DECK_ENV_A')] }, secrets);

  test('a difference is shown, then made, then gone', async () => {
    const shown = await deck.diff(state);
    expect(shown.changes.map(({ action, kind, name }) => `${action} ${kind} ${name}`).sort()).toEqual([
      'create consumer a',
      `create key-auth ${MASK} for consumer a`,
      'create route hello',
      'create service hello',
    ]);
    expect((await deck.sync(state)).summary).toEqual({ creating: 4, updating: 0, deleting: 0, total: 4 });
    expect(await deck.diff(state)).toEqual({
      changes: [],
      summary: { creating: 0, updating: 0, deleting: 0, total: 0 },
      warnings: [],
    });
  });

  test('a changed entity is shown before and after', async () => {
    const changed = stateOf(
      'main',
      { services: [{ ...service, port: 8081 }], consumers: [consumer('a', 'DECK_ENV_A')] },
      secrets,
    );
    const { changes } = await deck.diff(changed);
    expect(changes).toMatchObject([
      { action: 'update', kind: 'service', name: 'hello', before: { port: 8080 }, after: { port: 8081 } },
    ]);
  });

  test('a key that only Kong still knows is masked, its end too', async () => {
    const rotated = stateOf(
      'main',
      { services: [service], consumers: [consumer('a', 'DECK_ENV_A')] },
      { DECK_ENV_A: 'second-key-of-a' },
    );
    const { changes } = await deck.diff(rotated);
    const shown = JSON.stringify(changes);
    expect(changes.map(({ action, kind }) => `${action} ${kind}`)).toEqual([
      'create key-auth',
      'delete key-auth',
    ]);
    expect(shown).not.toMatch(/key-of-a|of-a/);
    expect(present(changes.find(({ action }) => action === 'delete')).before).toMatchObject({ key: MASK });
  });

  test('what carries another tag stays; what left the state goes', async () => {
    const other = stateOf('other', { consumers: [{ username: 'b' }] });
    expect((await deck.sync(other)).summary.creating).toBe(1);
    expect((await deck.diff(state)).summary.total).toBe(0);
    const emptied = stateOf('other', { consumers: [{ username: 'c' }] });
    expect((await deck.sync(emptied)).summary).toEqual({ creating: 1, updating: 0, deleting: 1, total: 2 });
    expect((await rig.entities('consumers')).map(({ username }) => username).sort()).toEqual(['a', 'c']);
  });

  test('fails when a state has no tags, before anything runs', async () => {
    const open = { text: '_format_version: "3.0"\n', secrets: new Map<string, string>() };
    const nowhere = rig.inContainer('portcullis-deck-test-nowhere');
    for (const work of [nowhere.diff(open), nowhere.sync(open)]) {
      const error = await failure(work);
      expect([error.failure, error.message]).toEqual([
        'refused',
        "'_info.select_tags' must name at least one tag, got none",
      ]);
    }
  });
});

describe('the traps of decK', () => {
  const drift = stateOf('trap', { consumers: [{ username: 'trapped' }] });

  test('with an exit code for differences there is no report, and diff has one', async () => {
    const args = ['gateway', 'diff', '--json-output', '--non-zero-exit-code'];
    expect(await rig.raw(drift.text, ...args)).toEqual({ code: 2, out: '' });
    expect((await deck.diff(drift)).summary.total).toBe(1);
  });

  test('with a report an error leaves the exit code 0, and sync fails', async () => {
    // The same key under another tag.
    const clash = stateOf(
      'trap',
      { consumers: [consumer('thief', 'DECK_ENV_A')] },
      { DECK_ENV_A: 'first-key-of-a==' },
    );
    const text = clash.text.replace('${{ env \\"DECK_ENV_A\\" }}', 'first-key-of-a==');
    const raw = await rig.raw(text, 'gateway', 'sync', '--json-output');
    expect(raw.code).toBe(0);
    expect((JSON.parse(raw.out) as { errors: string[] }).errors.join()).toContain('UNIQUE violation');
    const error = await failure(deck.sync(clash));
    expect([error.failure, error.message]).toEqual(['failed', 'decK must end sync without an error, got 1']);
    expect(error.detail.join()).toContain(
      `Create key-auth ${MASK} for consumer thief failed: HTTP status 409`,
    );
    expect(error.detail.join()).not.toMatch(/first-key|of-a=/);
  });
});

describe('dump and lint', () => {
  test('a dump holds what carries the tag, masked', async () => {
    const { formatVersion, state } = await deck.dump(['main']);
    expect(formatVersion).toBe('3.0');
    expect(state).toMatchObject({
      services: [{ name: 'hello', routes: [{ name: 'hello' }] }],
      consumers: [{ username: 'a', keyauth_credentials: [{ key: MASK }] }],
    });
    expect(JSON.stringify(state)).not.toContain('first-key');
  });

  test('lint finds what our rules forbid, offline', async () => {
    const { ok, violations } = await deck.lint({
      text: [
        'services:',
        '  - name: a',
        '    routes:',
        '      - name: open',
        '        plugins:',
        '          - { name: jwt, config: { claims_to_verify: [nbf] } }',
        '          - { name: key-auth }',
        '      - { name: fine, hosts: [a], strip_path: true, plugins: [{ name: jwt, config: { claims_to_verify: [nbf, exp] } }] }',
        '      - { name: empty, hosts: [], strip_path: false }',
        'plugins:',
        '  - { name: key-auth, config: { key_in_query: false, hide_credentials: true } }',
      ].join('\n'),
      secrets: new Map(),
    });
    expect(ok).toBe(false);
    expect(violations.map(({ severity, line, message }) => `${severity} ${line} ${message}`).sort()).toEqual([
      'error 4 a route must name its hosts, or it answers for every host: `hosts` must be set',
      'error 4 a route must say strip_path, because Kong cuts the path off unless told otherwise: `strip_path` must be defined',
      'error 6 plugin jwt must verify the claim exp, or a token is good for ever',
      'error 7 plugin key-auth must not take keys from the query, which every access log holds',
      "error 9 a route must name at least one host, or it answers for every host: 'hosts' must be longer/greater than '1'",
      "warn 7 plugin key-auth should hide credentials, or the services see their clients' keys",
    ]);
  });

  test('lint finds basic-auth credentials, and nothing in a good state; a program does as a container', async () => {
    const basic = 'consumers: [{ username: a, basicauth_credentials: [{ username: a, password: b }] }]';
    const good = stateOf('x', { services: [service] });
    for (const one of [deck, new Deck(rig.forward)]) {
      expect((await one.lint({ text: basic, secrets: new Map() })).violations).toMatchObject([
        { severity: 'error', line: 1 },
      ]);
      expect(await one.lint(good)).toEqual({ ok: true, violations: [] });
    }
  });

  test('fails when the rules are none', async () => {
    const error = await failure(deck.lint(stateOf('x', {}), 'rules: 7'));
    expect(error.failure).toBe('failed');
  });
});
