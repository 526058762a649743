import { describe, expect, test } from 'vitest';
import {
  backTo,
  kratosPathOf,
  ownPath,
  pageOf,
  startOf,
} from '../../../services/account-ui/src/addresses.js';
import { thrown } from '../../helper/failure.js';
import { SITE } from './pages.js';

describe('ownPath', () => {
  test.each([
    ['http://localhost:8000/hello?a=1#b', '/hello?a=1#b'],
    ['https://localhost:8443', '/'],
  ])('%s is ours, at whichever origin the page is', (address, path) => {
    expect(ownPath(SITE, address)).toBe(path);
  });

  test.each([
    ['another host', 'http://evil.example/'],
    ['another port', 'http://localhost:8001/'],
    ['another scheme', 'https://localhost:8000/'],
    ['a host in the user part', 'http://localhost:8000@evil.example/'],
    ['a path that is read as a host', 'http://localhost:8000//evil.example/x'],
    ['a path that a browser mends to one', 'http://localhost:8000/\\evil.example/x'],
    ['a script', 'javascript:alert(1)'],
    ['a path alone', '/hello'],
    ['nothing', undefined],
  ])('%s is not', (_what, address) => {
    expect(ownPath(SITE, address)).toBeUndefined();
  });
});

test('an address of Kratos must be below its path', () => {
  const action = 'http://localhost:8000/.ory/kratos/self-service/login?flow=1';
  expect(kratosPathOf(SITE, action)).toBe('/.ory/kratos/self-service/login?flow=1');
  for (const other of ['http://localhost:8000/hello', 'http://evil.example/.ory/kratos/x'])
    expect(thrown(() => kratosPathOf(SITE, other)).message).toBe('an address that is not of Kratos');
});

describe('backTo', () => {
  test.each(['/account/', '/account/login?flow=1', '/account/error?id=%2F'])('%s is gone back to', (path) => {
    expect(backTo(SITE, path)).toBe(path);
  });

  test.each([
    'https://evil.example/account/',
    '//evil.example/account/',
    '/\\evil.example/account/',
    '/account/../hello',
    '/account/%2e%2e/hello',
    '/accounting/',
    '/hello',
    '\t//evil.example/account/',
    '',
    null,
  ])('%s is not', (path) => {
    expect(backTo(SITE, path)).toBe('/account/');
  });
});

test('what goes into a query stays in its place', () => {
  const returnTo = 'http://localhost:8000/a?b=c&aal=aal1#d';
  const page = new URL(pageOf(SITE, 'login', { returnTo, aal: 'aal2' }), 'http://x');
  expect([...page.searchParams]).toEqual([
    ['aal', 'aal2'],
    ['return_to', returnTo],
  ]);
  expect(pageOf(SITE, 'recovery')).toBe('/account/recovery');
  expect(startOf(SITE, 'settings', new URLSearchParams())).toBe('/.ory/kratos/self-service/settings/browser');
});
