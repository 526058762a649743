import { describe, expect, test } from 'vitest';
import { readSettings } from '../../../services/session-check/src/settings.js';
import { thrown } from '../../helper/failure.js';

const VALID = {
  PORT: '8090',
  KRATOS_URL: 'http://kratos:4433',
  SESSION_COOKIE: 'ory_kratos_session',
  REMEMBER_MILLISECONDS: '5000',
  DRAIN_MILLISECONDS: '3000',
};

describe('readSettings', () => {
  test('reads what is set, and remembers ten thousand answers unless told otherwise', () => {
    expect(readSettings(VALID, 'replica-1')).toEqual({
      port: 8090,
      kratosUrl: 'http://kratos:4433',
      sessionCookie: 'ory_kratos_session',
      rememberMilliseconds: 5000,
      rememberEntries: 10_000,
      replica: 'replica-1',
      drainMilliseconds: 3000,
    });
    expect(readSettings({ ...VALID, REMEMBER_ENTRIES: '7' }, 'r').rememberEntries).toBe(7);
  });

  test('fails when everything is missing, and names every variable at once', () => {
    expect(thrown(() => readSettings({}, 'r')).message).toBe(
      "PORT must be a whole number from 1 to 65535; KRATOS_URL must be an origin such as 'http://kratos:4433'; SESSION_COOKIE must be the name of a cookie; REMEMBER_MILLISECONDS must be a whole number from 0 to 60000; DRAIN_MILLISECONDS must be a whole number from 0 to 60000",
    );
  });

  test.each([
    [{ PORT: '0' }, 'PORT must be a whole number from 1 to 65535'],
    [{ KRATOS_URL: 'kratos:4433' }, "KRATOS_URL must be an origin such as 'http://kratos:4433'"],
    [{ KRATOS_URL: 'https://kratos:4433' }, "KRATOS_URL must be an origin such as 'http://kratos:4433'"],
    [{ KRATOS_URL: 'http://kratos:4433/below' }, "KRATOS_URL must be an origin such as 'http://kratos:4433'"],
    [{ KRATOS_URL: 'http://u:p@kratos:4433' }, "KRATOS_URL must be an origin such as 'http://kratos:4433'"],
    [{ SESSION_COOKIE: 'a=b' }, 'SESSION_COOKIE must be the name of a cookie'],
    [{ SESSION_COOKIE: 'a\r\nb' }, 'SESSION_COOKIE must be the name of a cookie'],
    [{ REMEMBER_MILLISECONDS: '60001' }, 'REMEMBER_MILLISECONDS must be a whole number from 0 to 60000'],
    [{ REMEMBER_MILLISECONDS: '' }, 'REMEMBER_MILLISECONDS must be a whole number from 0 to 60000'],
    [{ REMEMBER_ENTRIES: '0' }, 'REMEMBER_ENTRIES must be a whole number from 1 to 1000000'],
    [{ DRAIN_MILLISECONDS: '-1' }, 'DRAIN_MILLISECONDS must be a whole number from 0 to 60000'],
  ])('fails when %j is set', (change, message) => {
    expect(thrown(() => readSettings({ ...VALID, ...change }, 'r')).message).toBe(message);
  });

  test('takes 0 for answers that are never remembered, and an origin with its slash', () => {
    const change = { REMEMBER_MILLISECONDS: '0', KRATOS_URL: 'http://kratos:4433/' };
    expect(readSettings({ ...VALID, ...change }, 'r')).toMatchObject({
      rememberMilliseconds: 0,
      kratosUrl: 'http://kratos:4433/',
    });
  });
});
