import { describe, expect, test } from 'vitest';
import { readSettings } from '../../../services/json-service/src/settings.js';
import { thrown } from '../../helper/failure.js';

const VALID = { SERVICE_NAME: 'hello', SERVICE_MESSAGE: 'good day', PORT: '8080', DRAIN_MILLISECONDS: '0' };

describe('readSettings', () => {
  test('reads what is set', () => {
    expect(readSettings(VALID, 'replica-1')).toEqual({
      name: 'hello',
      message: 'good day',
      port: 8080,
      replica: 'replica-1',
      drainMilliseconds: 0,
    });
  });

  test('fails when everything is missing, and names every variable at once', () => {
    expect(thrown(() => readSettings({}, 'r')).message).toBe(
      'SERVICE_NAME must be set; SERVICE_MESSAGE must be set; PORT must be a whole number from 1 to 65535; DRAIN_MILLISECONDS must be a whole number from 0 to 60000',
    );
  });

  test.each([
    [{ SERVICE_NAME: '' }, 'SERVICE_NAME must be set'],
    [{ PORT: '0' }, 'PORT must be a whole number from 1 to 65535'],
    [{ PORT: '65536' }, 'PORT must be a whole number from 1 to 65535'],
    [{ PORT: '80.5' }, 'PORT must be a whole number from 1 to 65535'],
    [{ PORT: 'http' }, 'PORT must be a whole number from 1 to 65535'],
    [{ DRAIN_MILLISECONDS: '-1' }, 'DRAIN_MILLISECONDS must be a whole number from 0 to 60000'],
    [{ DRAIN_MILLISECONDS: '60001' }, 'DRAIN_MILLISECONDS must be a whole number from 0 to 60000'],
    [{ DRAIN_MILLISECONDS: '' }, 'DRAIN_MILLISECONDS must be a whole number from 0 to 60000'],
  ])('fails when %j is set', (change, message) => {
    expect(thrown(() => readSettings({ ...VALID, ...change }, 'r')).message).toBe(message);
  });

  const IDENTITY = {
    IDENTITY_ISSUER: 'https://localhost:8443/',
    IDENTITY_AUDIENCE: 'hello',
    IDENTITY_KEYS: '/run/keys.json',
    IDENTITY_ALGORITHMS: 'RS256,ES256',
  };

  test('reads whose identity is demanded, where it is', () => {
    expect(readSettings({ ...VALID, ...IDENTITY }, 'r').identity).toEqual({
      issuer: 'https://localhost:8443/',
      audience: 'hello',
      keys: '/run/keys.json',
      algorithms: ['RS256', 'ES256'],
    });
    expect(readSettings(VALID, 'r')).not.toHaveProperty('identity');
  });

  test.each(Object.keys(IDENTITY))('fails when %s alone is set, and names the others', (name) => {
    const { message } = thrown(() => readSettings({ ...VALID, [name]: 'RS256' }, 'r'));
    for (const other of Object.keys(IDENTITY)) {
      if (other === name) expect(message).not.toContain(name);
      else expect(message).toContain(`${other} must be`);
    }
  });

  test.each(['', 'none', 'HS256', 'RS256,HS256', 'RS256, ES256', 'rs256', 'RS256,'])(
    'fails when the algorithms are %j',
    (algorithms) => {
      const set = { ...VALID, ...IDENTITY, IDENTITY_ALGORITHMS: algorithms };
      expect(thrown(() => readSettings(set, 'r')).message).toBe(
        'IDENTITY_ALGORITHMS must be some of RS256, ES256 with commas between',
      );
    },
  );

  test('fails when what is set for the identity is empty, rather than to demand none', () => {
    const empty = Object.fromEntries(Object.keys(IDENTITY).map((name) => [name, '']));
    expect(thrown(() => readSettings({ ...VALID, ...empty }, 'r')).message).toBe(
      'IDENTITY_ISSUER must be set; IDENTITY_AUDIENCE must be set; IDENTITY_KEYS must be set; IDENTITY_ALGORITHMS must be some of RS256, ES256 with commas between',
    );
  });
});
