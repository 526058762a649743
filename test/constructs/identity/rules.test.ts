import { describe, expect, test } from 'vitest';
import { renderRules } from '../../../constructs/identity/rules.js';
import { Mistakes } from '../../../constructs/mistakes.js';
import { service } from '../../helper/gateway-model.js';
import {
  answering,
  guardedRoute,
  guardedService,
  ruleMistakes,
  ruleOf,
  rulesInput,
  rulesOf,
  withRoutes,
} from '../../helper/identity-model.js';

const HERE = 'http://localhost:8000';
const SHARED =
  'two rules would answer; give the longer path every host and method of the shorter, or part them';

describe('the rule of a guarded route', () => {
  const rules = rulesOf(rulesInput());

  test.each([
    '/hello',
    '/hello/',
    '/hello/a/b',
    '/hello/a b',
    '/hello/ä',
    '/hello/a;b',
    '/hello/.well-known',
    '/hello/...',
  ])('answers %s', (path) => {
    expect(answering(rules, `${HERE}${path}`)).toEqual(['hello']);
  });

  test.each([
    '/',
    '/helloworld',
    '/HELLO',
    '/hello;x',
    '//hello',
    '/hello//a',
    '/hello/..',
    '/hello/../world',
    '/hello/./a',
    '/hello/.',
    '/hello/..;/a',
    '/hello/a\\b',
    '/hello\n',
    '/hello/\u0000',
    '/a/hello',
  ])('does not answer %j', (path) => {
    expect(answering(rules, `${HERE}${path}`)).toEqual([]);
  });

  test.each<[string, readonly string[]]>([
    ['http://localhost', ['hello']],
    ['https://localhost:8443', ['hello']],
    ['http://127.0.0.1:8000', ['hello']],
    ['http://localhost:8001', []],
    ['http://localhost:80000', []],
    ['http://127x0y0z1:8000', []],
    ['http://evil.localhost:8000', []],
    ['http://localhost:8000@evil', []],
    ['ftp://localhost:8000', []],
  ])('compares scheme, host and port as a whole: %s', (origin, ids) => {
    expect(answering(rules, `${origin}/hello`)).toEqual(ids);
  });

  test('takes every method unless the route names some', () => {
    expect(ruleOf(rulesInput()).match.methods).toEqual([
      'GET',
      'HEAD',
      'POST',
      'PUT',
      'PATCH',
      'DELETE',
      'OPTIONS',
    ]);
    const reading = ruleOf(withRoutes(guardedRoute('hello', {}, { methods: ['GET'] })));
    expect(reading.match.methods).toEqual(['GET']);
  });

  test('leads to the name that all replicas share, with host and path as they came', () => {
    expect(ruleOf(rulesInput()).upstream).toEqual({ url: 'http://hello:8080', preserve_host: true });
  });

  test('cuts the path off and names another host where the route says so', () => {
    const route = guardedRoute('hello', {}, { stripPath: true, preserveHost: false });
    expect(ruleOf(withRoutes(route)).upstream).toEqual({
      url: 'http://hello:8080',
      preserve_host: false,
      strip_path: '/hello',
    });
  });

  test('cuts nothing off the root', () => {
    const route = guardedRoute('all', {}, { paths: ['/'], stripPath: true });
    expect(ruleOf(withRoutes(route)).upstream).not.toHaveProperty('strip_path');
  });

  test('answers HTTPS alone where the route does', () => {
    const secure = rulesOf(withRoutes(guardedRoute('hello', {}, { httpsOnly: true })));
    expect(answering(secure, `${HERE}/hello`)).toEqual([]);
    expect(answering(secure, 'https://localhost:8443/hello')).toEqual(['hello']);
  });

  test('means the characters of a path as they are', () => {
    const odd = rulesOf(withRoutes(guardedRoute('odd', {}, { paths: ["/a.b$(c)*+~'%3C%C3%A9%20d"] })));
    expect(answering(odd, `${HERE}/a.b$(c)*+~'<é d/e`)).toEqual(['odd']);
    expect(answering(odd, `${HERE}/axb$(c)*+~'<é d/e`)).toEqual([]);
    expect(odd[0]?.match.url.match(/[<>]/g)).toHaveLength(6);
  });

  test('is one for all paths, and one for each where the path is cut off', () => {
    const paths = ['/one', '/two'];
    expect(rulesOf(withRoutes(guardedRoute('both', {}, { paths }))).map(({ id }) => id)).toEqual(['both']);
    const cut = rulesOf(withRoutes(guardedRoute('both', {}, { paths, stripPath: true })));
    expect(cut.map(({ id, upstream }) => [id, upstream.strip_path])).toEqual([
      ['both.1', '/one'],
      ['both.2', '/two'],
    ]);
  });
});

describe('nested paths', () => {
  const rules = rulesOf(
    withRoutes(
      guardedRoute('root', {}, { paths: ['/', '/orders/open/new'] }),
      guardedRoute('orders'),
      guardedRoute('open', { aal: 'aal2' }, { paths: ['/orders/open'] }),
      guardedRoute('slash', {}, { paths: ['/slash/'] }),
    ),
  );

  test.each<[string, readonly string[]]>([
    ['/', ['root']],
    ['/other', ['root']],
    ['/ordersx', ['root']],
    ['/orders', ['orders']],
    ['/orders/closed', ['orders']],
    ['/orders/opener', ['orders']],
    ['/orders/open', ['open']],
    ['/orders/open/1', ['open']],
    ['/orders/open/new', ['root']],
    ['/orders/open/new/1', ['root']],
    ['/slash', ['root']],
    ['/slash/a', ['slash']],
  ])('%s belongs to the longest', (path, ids) => {
    expect(answering(rules, `${HERE}${path}`)).toEqual(ids);
  });

  test.each(['/orders/OPEN', '/ORDERS/open', '/orders/open;x', '/Orders/open;x/1'])(
    'what a careless program could take for a nested path has no rule: %s',
    (path) => {
      expect(answering(rules, `${HERE}${path}`)).toEqual([]);
    },
  );

  test('may be apart by host or method', () => {
    const apart = withRoutes(
      guardedRoute('read', {}, { paths: ['/a'], methods: ['GET'] }),
      guardedRoute('write', {}, { paths: ['/a'], methods: ['POST'] }),
      guardedRoute('here', {}, { paths: ['/b'], hosts: ['localhost'] }),
      guardedRoute('there', {}, { paths: ['/b'], hosts: ['127.0.0.1'] }),
    );
    expect(ruleMistakes(apart)).toEqual([]);
    expect(answering(rulesOf(apart), `${HERE}/a`, 'POST')).toEqual(['write']);
    expect(answering(rulesOf(apart), 'http://127.0.0.1:8000/b')).toEqual(['there']);
  });
});

describe('overlaps are refused:', () => {
  test.each([
    ['the same path', guardedRoute('two', {}, { paths: ['/one'] }), '/one'],
    ['fewer methods below', guardedRoute('two', {}, { paths: ['/one/a'], methods: ['GET'] }), '/one/a'],
    ['fewer hosts below', guardedRoute('two', {}, { paths: ['/one/a'], hosts: ['localhost'] }), '/one/a'],
    ['HTTPS alone below', guardedRoute('two', {}, { paths: ['/one/a'], httpsOnly: true }), '/one/a'],
    ['the same path in another spelling', guardedRoute('two', {}, { paths: ['/%6Fne'] }), '/%6Fne'],
  ])('%s', (_what, second, path) => {
    expect(ruleMistakes(withRoutes(guardedRoute('one'), second))).toEqual([
      `routes.one.paths must share no request with route 'two', got "${path}"; ${SHARED}`,
    ]);
  });

  test('between services, too', () => {
    const services = [
      guardedService(guardedRoute('one', {}, { paths: ['/one'] })),
      { ...service(), routes: [guardedRoute('two', {}, { paths: ['/one'] })] },
    ];
    expect(ruleMistakes(rulesInput({ services }))).toEqual([
      `routes.one.paths must share no request with route 'two', got "/one"; ${SHARED}`,
    ]);
  });
});

describe('a route without a rule is refused:', () => {
  const remedy = 'name plain paths, such as /orders, on hosts and ports of the gateway';

  test.each([
    ['no path', [], '[]'],
    ['a dotted path', ['/a/../b'], '"https://localhost:8000/a/../b"'],
    ['an empty part', ['/a//b'], '"https://localhost:8000/a//b"'],
  ])('%s', (_what, paths, got) => {
    expect(ruleMistakes(withRoutes(guardedRoute('a', {}, { paths })))).toEqual([
      `routes.a.paths must reach exactly one rule, got ${got}; ${remedy}`,
    ]);
  });
});

test('the rule for probes refuses everybody, on no host that people can call', () => {
  const [probe] = renderRules(rulesInput(), 'oathkeeper', new Mistakes());
  expect(probe).toMatchObject({
    authenticators: [{ handler: 'noop' }],
    authorizer: { handler: 'deny' },
    mutators: [{ handler: 'noop' }],
  });
  const rules = probe === undefined ? [] : [probe];
  expect(answering(rules, 'http://oathkeeper/.portcullis/ready')).toEqual(['portcullis.probe']);
  expect(answering(rules, 'http://oathkeeper:4455/.portcullis/ready')).toEqual(['portcullis.probe']);
  expect(answering(rules, `${HERE}/.portcullis/ready`)).toEqual([]);
});

test('routes that others guard have no rule', () => {
  const mixed = withRoutes(guardedRoute('hello'), { name: 'open', paths: ['/open'] });
  expect(rulesOf(mixed).map(({ id }) => id)).toEqual(['hello']);
});
