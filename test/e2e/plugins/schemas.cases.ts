/** Every rendered entity as Kong's own schemas and decK's see it. */
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { admin, deck, deckSecrets, type AdminAnswer } from './containers.js';
import { deployment } from './deployment.js';

type Entity = Readonly<Record<string, unknown>>;
interface Case {
  readonly schema: string;
  readonly entity: Entity;
}

/** What a nested entity belongs to, and its collection's name in Kong's schemas. */
const NESTED: Readonly<Record<string, { readonly schema: string; readonly parent?: string }>> = {
  routes: { schema: 'routes', parent: 'service' },
  plugins: { schema: 'plugins' },
  targets: { schema: 'targets', parent: 'upstream' },
  acls: { schema: 'acls', parent: 'consumer' },
  keyauth_credentials: { schema: 'keyauth_credentials', parent: 'consumer' },
  jwt_secrets: { schema: 'jwt_secrets', parent: 'consumer' },
  oauth2_credentials: { schema: 'oauth2_credentials', parent: 'consumer' },
};
const SOMETHING = { id: '00000000-0000-4000-8000-000000000001' };

/** Entities and what is nested in them, each as Kong's Admin API wants it. */
function flat(schema: string, entities: readonly Entity[], parent: Entity = {}): Case[] {
  return entities.flatMap((entity) => {
    const own = Object.entries(entity).filter(([name]) => !(name in NESTED));
    // At the top level a plugin names its route and consumer; Kong wants their ids.
    const fields = own.map(([name, value]) =>
      schema === 'plugins' && (name === 'route' || name === 'consumer') ? [name, SOMETHING] : [name, value],
    );
    const below = Object.entries(NESTED).flatMap(([name, { schema: kind, parent: field }]) =>
      flat(kind, (entity[name] ?? []) as Entity[], field === undefined ? {} : { [field]: SOMETHING }),
    );
    return [{ schema, entity: { ...(Object.fromEntries(fields) as Entity), ...parent } }, ...below];
  });
}

/** The state with its secrets in place. */
async function filled(): Promise<Readonly<Record<string, unknown>>> {
  const values = await deckSecrets();
  const text = deployment().state.replaceAll(/\$\{\{ env "([^"]+)" \}\}/g, (_, name: string) => {
    const value = values.get(name);
    if (value === undefined) throw new Error(`${name} must be among decK's secrets`);
    return value;
  });
  return parse(text) as Record<string, unknown>;
}

/** This path of the Admin API alone takes a dot in a name for a level; that of a change does not. */
function undotted(key: string, value: unknown): unknown {
  if (key !== 'custom_fields_by_lua') return value;
  return Object.fromEntries(
    Object.entries(value as object).map(([name, lua]) => [name.replaceAll('.', '_'), lua]),
  );
}

async function validated(cases: readonly Case[]): Promise<readonly AdminAnswer[]> {
  return admin(
    ...cases.map(({ schema, entity }) => ({
      method: 'POST',
      path: `/schemas/${schema}/validate`,
      body: JSON.parse(JSON.stringify(entity, undotted)) as unknown,
    })),
  );
}

export function schemas(): void {
  describe('the rendered state', () => {
    test('has no entity that a schema of Kong refuses', async () => {
      const { _format_version: version, _info: info, ...collections } = await filled();
      expect([version, info]).toEqual(['3.0', { select_tags: ['portcullis-plugins'] }]);
      const cases = Object.entries(collections).flatMap(([name, list]) => flat(name, list as Entity[]));
      const kinds = new Set(cases.map(({ schema, entity }) => (schema === 'plugins' ? entity.name : schema)));
      for (const kind of [
        ...[
          'services',
          'routes',
          'upstreams',
          'targets',
          'consumers',
          'acls',
          'keyauth_credentials',
          'jwt_secrets',
        ],
        ...[
          'acl',
          'bot-detection',
          'correlation-id',
          'cors',
          'file-log',
          'http-log',
          'ip-restriction',
          'jwt',
        ],
        ...['key-auth', 'post-function', 'pre-function', 'prometheus', 'proxy-cache', 'rate-limiting'],
        ...['request-size-limiting', 'request-termination', 'request-transformer', 'response-transformer'],
      ]) {
        expect(kinds).toContain(kind);
      }
      const answers = await validated(cases);
      const refused = answers.flatMap(({ status, body }, i) =>
        status === 200 ? [] : [{ ...cases[i], status, body }],
      );
      expect(refused).toEqual([]);
      expect(answers).toHaveLength(cases.length);
    });

    test.each<[string, Case]>([
      ['an unknown field', { schema: 'services', entity: { name: 'x', host: 'x', nonsense: true } }],
      ['a route without a path', { schema: 'routes', entity: { name: 'x', service: SOMETHING } }],
      ['a limit without a bound', { schema: 'plugins', entity: { name: 'rate-limiting', config: {} } }],
      [
        'Lua that is none',
        { schema: 'plugins', entity: { name: 'pre-function', config: { access: ['end end'] } } },
      ],
    ])('would be refused with %s', async (_what, wrong) => {
      const [answer] = await validated([wrong]);
      expect(answer?.status).toBe(400);
    });

    test("passes decK's own check, and would not with something else in it", async () => {
      const right = await deck(['file', 'validate', '-'], deployment().state);
      expect({ code: right.code, said: right.all }).toEqual({ code: 0, said: '' });
      const wrong = await deck(
        ['file', 'validate', '-'],
        deployment().state.replace('retries: 2', 'retries: many'),
      );
      expect(wrong.code).toBe(1);
      const unknown = await deck(['file', 'validate', '-'], `${deployment().state}nonsense: true\n`);
      expect(unknown.code).toBe(1);
    });
  });
}
