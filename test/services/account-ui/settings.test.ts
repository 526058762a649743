import { describe, expect, test } from 'vitest';
import { readSettings } from '../../../services/account-ui/src/settings.js';
import { thrown } from '../../helper/failure.js';
import { SITE } from './pages.js';

const VALID = {
  PORT: '8091',
  KRATOS_URL: 'http://kratos:4433/',
  SITE_FILE: '/site.json',
  ASSETS: '/app/assets',
  DRAIN_MILLISECONDS: '3000',
};
const read = (): string => JSON.stringify(SITE);

describe('readSettings', () => {
  test('reads the environment, and the file that it names', () => {
    const files: string[] = [];
    const settings = readSettings(VALID, 'one', (file) => {
      files.push(file);
      return read();
    });
    expect(settings).toEqual({
      port: 8091,
      kratosUrl: 'http://kratos:4433',
      assets: '/app/assets',
      site: SITE,
      replica: 'one',
      drainMilliseconds: 3000,
    });
    expect(files).toEqual(['/site.json']);
  });

  test('names every mistake of both at once', () => {
    const site = (): string => JSON.stringify({ ...SITE, name: '', registration: 'yes' });
    const wrong = {
      SITE_FILE: '/site.json',
      KRATOS_URL: 'http://kratos:4433/base',
      DRAIN_MILLISECONDS: '-1',
    };
    expect(thrown(() => readSettings(wrong, 'one', site)).message.split('; ')).toEqual([
      'PORT must be a whole number from 1 to 65535',
      "KRATOS_URL must be an origin such as 'http://kratos:4433'",
      'ASSETS must be a folder',
      'DRAIN_MILLISECONDS must be a whole number from 0 to 60000',
      'name must be 1 to 60 characters',
      'registration must be true or false',
    ]);
  });

  test('says of a file out of reach that it is', () => {
    const unreadable = (): string => {
      throw new Error('ENOENT');
    };
    expect(thrown(() => readSettings(VALID, 'one', unreadable)).message).toBe(
      'SITE_FILE must be a file that can be read',
    );
    expect(thrown(() => readSettings({ ...VALID, SITE_FILE: '' }, 'one', read)).message).toBe(
      'SITE_FILE must be a file',
    );
  });
});
