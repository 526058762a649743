import { describe, expect, test } from 'vitest';
import { accountDeclaration, type AccountLimits } from '../../../constructs/identity/account-routes.js';
import type { KratosProps } from '../../../constructs/identity/kratos.js';
import type { ServiceDeclaration } from '../../../constructs/gateway/model.js';
import { workload } from '../../helper/specs.js';
import { KONG_3_0, KONG_3_9, mistakesIn, model, rendered } from '../../helper/gateway-model.js';
import { present } from '../../helper/failure.js';
import { kratos } from '../../helper/identity.js';
import { declared } from '../../helper/synth.js';

function declaration(limits: AccountLimits = {}, change: Partial<KratosProps> = {}): ServiceDeclaration {
  return declared((stack, platform) =>
    accountDeclaration(
      {
        workload: platform.workload(stack, 'AccountUi', workload('account-ui')),
        listener: 'http',
        port: 8091,
        settings: kratos(stack, platform, change).settings,
      },
      limits,
    ),
  );
}

const pages = declaration();
const gateway = model({ services: [pages], clients: [] });

function plugin(of: ServiceDeclaration, name: string): Readonly<Record<string, unknown>> {
  const [service] = rendered(model({ services: [of], clients: [] })).services;
  return present(service?.routes[0]?.plugins.find((one) => one.name === name)).config;
}

describe('the route of the account pages', () => {
  const matches = (path: string, of = pages): boolean =>
    new RegExp(`^${present(of.routes[0]?.paths[0]).slice(1)}`).test(path);

  test.each([
    '/account',
    '/account/',
    '/account/login',
    '/account/sessions/end-others',
    '/account/assets/site.0a1b2c3d.css',
  ])('takes %s', (path) => {
    expect(matches(path)).toBe(true);
  });

  test.each([
    '/accounting',
    '/account.html',
    '/accoun',
    '/x/account',
    '/account/login/',
    '/account//login',
    '/account/a%2fb',
    '/account/<script>',
    '/account/a b',
    '/account/a;b',
    '/account/login\n',
  ])('does not take %j', (path) => {
    expect(matches(path)).toBe(false);
  });

  test('is where Kratos leads to', () => {
    const other = declaration({}, { accountPath: '/my.account' });
    expect(matches('/my.account/login', other)).toBe(true);
    expect(matches('/myxaccount/login', other)).toBe(false);
    expect(matches('/account/login', other)).toBe(false);
  });

  test.each([KONG_3_0, KONG_3_9])('is sound for Kong %j, and leads to the program as it is', (kong) => {
    const [service] = rendered(gateway, kong).services;
    expect(service).toMatchObject({ port: 8091, retries: 1 });
    expect(service?.routes[0]).toMatchObject({ strip_path: false, preserve_host: true });
    expect(service?.plugins.map(({ name }) => name)).toEqual(['post-function']);
    expect(pages.health).toEqual({ path: '/health/ready' });
  });

  test('counts each address, by default 600 times a minute', () => {
    expect(plugin(pages, 'rate-limiting')).toMatchObject({ minute: 600, limit_by: 'ip', policy: 'local' });
    const other = declaration({ pages: { hour: 7 }, counters: { kind: 'cluster' } });
    expect(plugin(other, 'rate-limiting')).toMatchObject({ hour: 7, limit_by: 'ip', policy: 'cluster' });
  });

  test('reports a limit that is none', () => {
    expect(mistakesIn(model({ services: [declaration({ pages: {} })], clients: [] }))).toEqual([
      expect.stringMatching(/^routes\.account\.plugins\.rate-limiting\.limit must set at least one period/),
    ]);
  });

  test('looks at where a browser wants to go, and leads it to the host of the cookies first', () => {
    const [host, back] = plugin(
      declaration(
        {},
        {
          publicUrl: 'http://localhost:8000',
          development: true,
          hosts: ['localhost'],
          returnUrls: ['http://localhost:8000', 'https://localhost:8443'],
        },
      ),
      'pre-function',
    ).access as string[];
    expect(host).toContain(
      'local origins = { http = { url = "http://localhost:8000", host = "localhost" }, https = { url = "https://localhost:8443", host = "localhost" } }',
    );
    expect(back).toContain('local allowed = { "http://localhost:8000", "https://localhost:8443" }');
    expect(back).toContain('Bad return address');
  });

  test('behind a balancer with HTTPS leads to its one address', () => {
    const [host] = plugin(pages, 'pre-function').access as string[];
    const only = '{ url = "https://example.com", host = "example.com" }';
    expect(host).toContain(`local origins = { http = ${only}, https = ${only} }`);
  });
});
