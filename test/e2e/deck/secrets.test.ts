/** A hundred random secrets of every sort through the real decK: each arrives, none is seen. */
import { generateKeyPairSync, randomBytes, randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DeckError, MASK, type DeckState } from '../../../cli/deck.js';
import { rejected } from '../../helper/failure.js';
import { placeholder, Rig, stateOf } from './rig.js';

const KEYS = 60;
const PUBLIC_KEYS = 10;
const HEADERS = 20;
const LOG_HEADERS = 10;
const LEAST_LINE = 8;

let rig: Rig;
beforeAll(async () => {
  rig = await Rig.start();
});
afterAll(async () => {
  await rig.close();
});

/** Characters that have broken quoting somewhere. */
const AWKWARD = [
  ...[
    '"',
    "'",
    '\\',
    '\\\\',
    '$',
    '${{',
    '}}',
    '${{ env "DECK_ENV_K_0" }}',
    '{{',
    '%s',
    '&',
    '<',
    '>',
    '`',
    '|',
  ],
  ...['\n', '\r\n', '\t', '\u0001', '\u007f', '\u0085', '\u00a0', '\u2028', '\ufeff', '#', ': ', '- ', '~'],
  ...['é', 'ß', '中文', '\u{1f511}', '\u{10ffff}', 'null', '0x10', '1e3', '=', '[[', ']]', '/*', '//', ' '],
];

function awkward(): string {
  const parts = Array.from({ length: 6 }, () => AWKWARD[randomInt(AWKWARD.length)] ?? '');
  return `${randomBytes(6).toString('hex')}${parts.join('')}${randomBytes(6).toString('hex')}${AWKWARD[randomInt(AWKWARD.length)] ?? ''}`;
}

const SORTS: readonly (() => string)[] = [
  () => randomBytes(16).toString('hex'),
  () => randomBytes(16).toString('base64'),
  () => randomBytes(33).toString('base64url'),
  () => String(10 ** 15 + randomInt(10 ** 12)),
  awkward,
  awkward,
];

function privateKey(): string {
  const { privateKey: key } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function publicKey(): string {
  const { publicKey: key } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return key.export({ type: 'spki', format: 'pem' }).toString();
}

const secrets: Record<string, string> = {};
function secret(name: string, value: string): string {
  secrets[`DECK_ENV_${name}`] = value;
  return placeholder(`DECK_ENV_${name}`);
}

const some = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));
const sorted = (i: number): string => (SORTS[i % SORTS.length] ?? awkward)();

const content = {
  consumers: [
    {
      username: 'keys',
      keyauth_credentials: some(KEYS, (i) => ({
        key: secret(`K_${i}`, i % 10 === 9 ? privateKey() : sorted(i)),
      })),
      jwt_secrets: some(PUBLIC_KEYS, (i) => ({
        key: `issuer-${i}`,
        algorithm: 'ES256',
        secret: 'declared because decK wants one',
        rsa_public_key: secret(`P_${i}`, publicKey()),
      })),
    },
  ],
  services: [{ name: 'secretive', host: 'nowhere', routes: [] }],
  plugins: [
    {
      name: 'request-transformer',
      protocols: ['http', 'https'],
      config: {
        add: { headers: some(HEADERS, (i) => `x-${i}:${secret(`H_${i}`, sorted(i))}`) },
      },
    },
    {
      name: 'http-log',
      protocols: ['http', 'https'],
      config: {
        http_endpoint: 'http://nowhere/',
        headers: Object.fromEntries(some(LOG_HEADERS, (i) => [`x-log-${i}`, secret(`L_${i}`, sorted(i))])),
      },
    },
  ],
};
const state: DeckState = stateOf('hundred', content, secrets);

/** The secrets, or long enough lines of them, that stand in a text or in any string of a value. */
function seen(shown: unknown): string[] {
  const texts: string[] = [];
  const collect = (value: unknown): void => {
    if (value instanceof DeckError) collect([value.message, value.detail, value.remedy, value.stack]);
    else if (typeof value === 'string') texts.push(value, JSON.stringify(value));
    else if (Array.isArray(value)) value.forEach(collect);
    else if (value !== null && typeof value === 'object') Object.entries(value).forEach(collect);
  };
  collect(shown);
  const all = texts.join('\n\0\n');
  return (
    Object.entries(secrets)
      .flatMap(([name, value]) =>
        [value, ...value.split(/\r?\n/).filter((line) => line.length >= LEAST_LINE)].map((part) => [
          name,
          part,
        ]),
      )
      // A line that several have tells nothing of any: the ends of a PEM block, a bare placeholder.
      .filter(([name, part = '']) =>
        Object.entries(secrets).every(([other, value]) => other === name || !value.includes(part)),
      )
      .filter(([, part = '']) =>
        [part, JSON.stringify(part).slice(1, -1), Buffer.from(part).toString('base64')].some((form) =>
          all.includes(form),
        ),
      )
      .map(([name = '', part = '']) => `${name}: ${JSON.stringify(part)}`)
  );
}

describe('a hundred secrets', () => {
  test('are valid, and differ from nothing without being seen', async () => {
    expect(Object.keys(secrets)).toHaveLength(100);
    const deck = rig.inContainer();
    expect(await deck.validate(state)).toEqual({ ok: true });
    const report = await deck.diff(state);
    expect(report.summary.creating).toBe(KEYS + PUBLIC_KEYS + 4);
    expect(seen(report)).toEqual([]);
  });

  test('go in without being seen, in the report or from outside the container', async () => {
    const { result, inspections } = await rig.watched(rig.inContainer().sync(state));
    expect(result.summary.creating).toBe(KEYS + PUBLIC_KEYS + 4);
    expect(seen(result)).toEqual([]);
    expect(inspections.length).toBeGreaterThan(0);
    expect(seen(inspections)).toEqual([]);
  });

  test('arrive in Kong exactly as they are', async () => {
    const keys = (await rig.entities('key-auths')).map(({ key }) => key);
    expect(new Set(keys)).toEqual(new Set(some(KEYS, (i) => secrets[`DECK_ENV_K_${i}`])));
    const jwts = await rig.entities('jwts');
    expect(Object.fromEntries(jwts.map(({ key, rsa_public_key }) => [key, rsa_public_key]))).toEqual(
      Object.fromEntries(some(PUBLIC_KEYS, (i) => [`issuer-${i}`, secrets[`DECK_ENV_P_${i}`]])),
    );
    const plugins = Object.fromEntries(
      (await rig.entities('plugins')).map(({ name, config }) => [String(name), config]),
    );
    expect(plugins).toMatchObject({
      'request-transformer': {
        add: { headers: some(HEADERS, (i) => `x-${i}:${secrets[`DECK_ENV_H_${i}`] ?? ''}`) },
      },
      'http-log': {
        headers: Object.fromEntries(some(LOG_HEADERS, (i) => [`x-log-${i}`, secrets[`DECK_ENV_L_${i}`]])),
      },
    });
  });

  test('change nothing the second time', async () => {
    expect((await rig.inContainer().diff(state)).changes).toEqual([]);
    expect((await rig.inContainer().sync(state)).summary.total).toBe(0);
  });

  test('are masked in a dump, even when nobody names them', async () => {
    const known = await rig.inContainer().dump(['hundred'], state.secrets);
    expect(seen(known)).toEqual([]);
    const unknown = JSON.stringify((await rig.inContainer().dump(['hundred'])).state);
    expect(seen(unknown).filter((one) => /^DECK_ENV_[KL]_/.test(one))).toEqual([]);
  });

  test('are masked when they go, though the state no longer names them', async () => {
    const { changes } = await rig
      .inContainer()
      .diff(stateOf('hundred', { services: [{ name: 'secretive', host: 'x' }] }));
    expect(changes.filter(({ kind }) => kind === 'key-auth')).toHaveLength(KEYS);
    expect(seen(changes).filter((one) => /^DECK_ENV_[KL]_/.test(one))).toEqual([]);
  });

  test('are masked in errors of decK about the state', async () => {
    const wrong: DeckState = { ...state, text: state.text.replaceAll('"key":', '"keys":') };
    const result = await rig.inContainer().validate(wrong, { online: false });
    expect(JSON.stringify(result)).toContain(MASK);
    expect(seen(result)).toEqual([]);
    const error = await rejected(rig.inContainer().sync(wrong));
    expect(error).toBeInstanceOf(DeckError);
    expect(seen(error)).toEqual([]);
  });

  test('are masked in errors of Kong', async () => {
    for (const [i, sort] of SORTS.entries()) {
      const name = `DECK_ENV_K_${i}`;
      const theft = stateOf(
        'thief',
        { consumers: [{ username: 'thief', keyauth_credentials: [{ key: placeholder(name) }] }] },
        { [name]: secrets[name] ?? sort() },
      );
      const error = await rejected(rig.inContainer().sync(theft));
      expect(error instanceof DeckError && error.detail.join()).toContain('UNIQUE violation');
      expect(seen(error)).toEqual([]);
    }
  });

  test('fails when a value has a character that no database takes, without showing it', async () => {
    const value = `before\0${'after'.repeat(3)}`;
    const state = stateOf(
      'nul',
      { consumers: [{ username: 'nul', keyauth_credentials: [{ key: placeholder('DECK_ENV_N') }] }] },
      { DECK_ENV_N: value },
    );
    const error = await rejected(rig.inContainer().sync(state));
    expect(error).toBeInstanceOf(DeckError);
    expect(JSON.stringify([error.message, error])).not.toContain('afterafter');
  });
});
