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
});
