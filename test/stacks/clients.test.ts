import { describe, expect, test } from 'vitest';
import { KeyPair } from '../../constructs/secrets/key-pair.js';
import { checkEnvironment } from '../../env/index.js';
import { declareClient, type DeclaredClient } from '../../stacks/clients.js';
import { VALID } from '../helper/environment.js';
import { declared } from '../helper/synth.js';

function client(change: object): DeclaredClient {
  const [first] = checkEnvironment({
    ...VALID,
    clients: [{ name: 'app', limit: { minute: 5 }, ...change }],
  }).clients;
  if (first === undefined) throw new Error('the environment must have a client');
  return declared((scope) => declareClient(scope, first));
}

describe('a client of an environment', () => {
  test('has a key alone unless it asks for more', () => {
    const { declaration, credentials } = client({});
    expect(Object.keys(declaration).sort()).toEqual(['groups', 'key', 'limit', 'name']);
    expect(credentials.map(({ name, id }) => [name, id])).toEqual([['client-app', undefined]]);
  });

  test('hands over each credential with what it is known by', () => {
    const { declaration, credentials } = client({ methods: ['key', 'jwt', 'oauth2'], groups: ['readers'] });
    expect(declaration).toMatchObject({ name: 'app', groups: ['readers'], limit: { minute: 5 } });
    expect(credentials.map(({ name, id }) => [name, id])).toEqual([
      ['client-app', undefined],
      ['jwt-app', 'app.0.0'],
      ['oauth2-app', 'app.0'],
    ]);
  });

  test.each(['RS256', 'ES256'] as const)('signs with %s where it says so', (algorithm) => {
    const { jwt } = client({ methods: ['jwt'], algorithm }).declaration;
    expect(jwt).toBeInstanceOf(KeyPair);
    expect((jwt as KeyPair).algorithm).toBe(algorithm);
  });
});
