import { describe, expect, test } from 'vitest';
import { EnvironmentError, environmentNames, loadEnvironment } from '../../env/index.js';
import { defaultCatalogue } from '../../env/catalogue.js';
import { thrown } from '../helper/failure.js';

describe('loadEnvironment', () => {
  test.each(environmentNames)('%s is valid and has the name of its file', (name) => {
    expect(loadEnvironment(name).name).toBe(name);
  });

  test('dev stays on this machine, and its data may be thrown away', () => {
    const dev = loadEnvironment('dev');
    expect(dev.platform).toEqual({ kind: 'docker' });
    expect(dev.public.address).toBe('127.0.0.1');
    expect(dev.protectData).toBeUndefined();
  });

  test('takes its images from the channel', () => {
    const images = {
      ...defaultCatalogue,
      kong: { reference: 'portcullis/kong-gate:3.0.0-abc', version: '3.0.0' },
    };
    expect(loadEnvironment('dev', images).images.kong).toEqual(images.kong);
    expect(loadEnvironment('dev').images).toEqual(defaultCatalogue);
  });

  test.each(['prodd', '', '__proto__', 'constructor', 'toString'])('fails when the name is %j', (name) => {
    const error = thrown(() => loadEnvironment(name));
    expect(error).toBeInstanceOf(EnvironmentError);
    expect(error.message).toBe(
      `environment '${name}' has 1 mistake:\n  environment must be one of ${environmentNames.join(', ')}, got ${JSON.stringify(name)}; add env/${name}.ts and name it in env/index.ts`,
    );
  });
});
