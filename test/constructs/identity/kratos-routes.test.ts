import { describe, expect, test } from 'vitest';
import { kratosDeclaration } from '../../../constructs/identity/kratos-routes.js';
import { kratos } from '../../helper/identity.js';
import { KONG_3_0, KONG_3_9, mistakesIn, model, rendered } from '../../helper/gateway-model.js';
import { present } from '../../helper/failure.js';
import { declared } from '../../helper/synth.js';

const LIMITS = { login: { minute: 30 }, registration: { minute: 20 }, recovery: { minute: 10 } };
const declaration = declared((scope, platform) => kratosDeclaration(kratos(scope, platform), LIMITS));
const gateway = model({ services: [declaration], clients: [] });

/** Name and captured path of the route that answers, as Kong chooses: the highest priority first. */
function answers(path: string): [name: string, sent: string] | undefined {
  const routes = [...declaration.routes].sort((a, b) => (b.priority ?? 0) - (a.priority ?? 0));
  for (const { name, paths } of routes) {
    const sent = new RegExp(`^${present(paths[0]).slice(1)}`).exec(path)?.[1];
    if (sent !== undefined) return [name, sent];
  }
  return undefined;
}

describe('the routes of Kratos', () => {
  test.each([
    ['/.ory/kratos/self-service/login/browser', 'kratos-login'],
    ['/.ory/kratos/self-service/login', 'kratos-login'],
    ['/.ory/kratos/self-service/login/flows', 'kratos-login'],
    ['/.ory/kratos/self-service/registration/api', 'kratos-registration'],
    ['/.ory/kratos/self-service/recovery', 'kratos-recovery'],
    ['/.ory/kratos/self-service/verification', 'kratos-verification'],
    ['/.ory/kratos/self-service/logout/browser', 'kratos'],
    ['/.ory/kratos/self-service/settings', 'kratos'],
    ['/.ory/kratos/self-service/methods/oidc/callback/github', 'kratos'],
    ['/.ory/kratos/self-service/loginx', 'kratos'],
    ['/.ory/kratos/sessions/whoami', 'kratos'],
    ['/.ory/kratos/schemas/default', 'kratos'],
    ['/.ory/kratos/.well-known/ory/webauthn.js', 'kratos'],
  ])('%s goes through %s, below the base path', (path, name) => {
    expect(answers(path)).toEqual([name, path.slice('/.ory/kratos'.length)]);
  });

  test.each([
    '/.ory/kratos',
    '/.ory/kratos/',
    '/.ory/kratos/admin/identities',
    '/.ory/kratos/identities',
    '/.ory/kratos/health/ready',
    '/.ory/kratos/sessionsx',
    '/xory/kratos/sessions/whoami',
    '/x/.ory/kratos/sessions/whoami',
  ])('%s goes nowhere', (path) => {
    expect(answers(path)).toBeUndefined();
  });

  test.each([KONG_3_0, KONG_3_9])('are sound for Kong %j', (kong) => {
    const [service] = rendered(gateway, kong).services;
    expect(service).toMatchObject({ retries: 0, port: 4433 });
    for (const { plugins } of present(service).routes) {
      const transformer = plugins.find(({ name }) => name === 'request-transformer');
      expect(transformer?.config).toMatchObject({
        replace: { headers: [], querystring: [], uri: '$(uri_captures[1])' },
        remove: { headers: ['apikey'] },
      });
    }
  });

  test('count each address where something can be guessed', () => {
    const routes = present(rendered(gateway).services[0]).routes;
    const limits = routes.map(({ name, plugins }) => [
      name,
      plugins.find((plugin) => plugin.name === 'rate-limiting')?.config,
    ]);
    const limit = (minute: number): unknown =>
      expect.objectContaining({ minute, limit_by: 'ip', policy: 'local' });
    expect(limits).toEqual([
      ['kratos', undefined],
      ['kratos-login', limit(30)],
      ['kratos-registration', limit(20)],
      ['kratos-recovery', limit(10)],
      ['kratos-verification', limit(10)],
    ]);
  });

  test('count where they are told, with a limit of its own for verification', () => {
    const own = declared((scope, platform) =>
      kratosDeclaration(kratos(scope, platform), {
        ...LIMITS,
        verification: { hour: 5 },
        counters: { kind: 'cluster' },
      }),
    );
    const [service] = rendered(model({ services: [own], clients: [] })).services;
    expect(
      service?.routes.at(-1)?.plugins.find(({ name }) => name === 'rate-limiting')?.config,
    ).toMatchObject({ hour: 5, policy: 'cluster' });
  });

  test('give browsers a page where nobody is there', () => {
    const [service] = rendered(gateway).services;
    expect(service?.plugins.map(({ name }) => name)).toEqual(['post-function']);
    expect(
      service?.routes.flatMap(({ plugins }) => plugins).some(({ name }) => name === 'post-function'),
    ).toBe(false);
  });

  test('report a limit that is none', () => {
    const none = declared((scope, platform) =>
      kratosDeclaration(kratos(scope, platform), { ...LIMITS, login: {} }),
    );
    expect(mistakesIn(model({ services: [none], clients: [] }))).toEqual([
      expect.stringMatching(
        /^routes\.kratos-login\.plugins\.rate-limiting\.limit must set at least one period/,
      ),
    ]);
  });

  test('take a replica out that cannot reach its database', () => {
    expect(declaration).toMatchObject({ listener: 'public', health: { path: '/health/ready' } });
  });
});
