import { describe, expect, test } from 'vitest';
import type { RulesInput } from '../../../constructs/identity/model.js';
import { oathkeeperConfig } from '../../../constructs/identity/oathkeeper-config.js';
import { Duration } from '../../../constructs/quantities.js';
import { rulesInput, SESSIONS } from '../../helper/identity-model.js';

interface Switch {
  readonly enabled: boolean;
  readonly config?: Readonly<Record<string, unknown>>;
}
type Config = Readonly<
  Record<'authenticators' | 'authorizers' | 'mutators', Readonly<Record<string, Switch>>>
>;

function configured(input: RulesInput): Config {
  const props = {
    administrationBind: '127.0.0.1',
    read: Duration.seconds(60),
    write: Duration.seconds(120),
  };
  return JSON.parse(JSON.stringify(oathkeeperConfig(props, input))) as Config;
}

function withoutSessions(): RulesInput {
  const { sessions, ...others } = rulesInput();
  expect(sessions).toBeDefined();
  return others;
}

describe('sessions', () => {
  const cacheOf = (input: RulesInput): unknown =>
    configured(input).authenticators.oauth2_introspection?.config?.cache;
  const off = { enabled: false, max_cost: 1 };

  test('are not remembered where they never may be, or where nobody has one', () => {
    expect(cacheOf(rulesInput({ sessions: { ...SESSIONS, remember: 'never' } }))).toEqual(off);
    expect(cacheOf(withoutSessions())).toEqual(off);
  });

  test.each([
    [Duration.milliseconds(1), '1ms'],
    [Duration.milliseconds(2500), '2500ms'],
    [Duration.seconds(30), '30000ms'],
  ])('are remembered for %j, and so many at most', (remember, ttl) => {
    expect(cacheOf(rulesInput({ sessions: { ...SESSIONS, remember } }))).toEqual({
      enabled: true,
      ttl,
      max_cost: 10_000,
    });
  });
});

describe('what services get', () => {
  test('is a token of ours, with the other credentials blanked in headers alone', () => {
    const { mutators } = configured(rulesInput());
    expect(mutators).toMatchObject({
      id_token: { enabled: true, config: { issuer_url: 'http://localhost:8000', ttl: '120s' } },
    });
    expect(mutators.header).toEqual({
      enabled: true,
      config: { headers: { apikey: '', 'X-Gate-Session': '' } },
    });
    expect(Object.keys(mutators).sort()).toEqual(['header', 'id_token', 'noop']);
  });
});

test('every handler that a rule may name is on, whatever the rules are', () => {
  for (const input of [rulesInput(), rulesInput({ services: [] }), withoutSessions()]) {
    const { authenticators, authorizers, mutators } = configured(input);
    const names = [authenticators, authorizers, mutators].map((all) =>
      Object.keys(all).filter((name) => all[name]?.enabled),
    );
    expect(names).toEqual([
      ['noop', 'unauthorized', 'oauth2_introspection', 'bearer_token', 'jwt'],
      ['allow', 'deny', 'remote_json'],
      ['noop', 'id_token', 'header'],
    ]);
  }
});
