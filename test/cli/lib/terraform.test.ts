import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { terraformConfigFile } from '../../../cli/lib/project.js';
import { atLeast, terraformEnvironment } from '../../../cli/lib/terraform.js';
import { defaultCatalogue } from '../../../env/catalogue.js';
import { UPSTREAM_PROVIDERS, type Channel } from '../../../images/channel.js';
import { scratchFolders } from '../../helper/scratch.js';

const folder = scratchFolders();
const UPSTREAM: Channel = {
  version: 1,
  channel: 'upstream',
  images: defaultCatalogue,
  providers: UPSTREAM_PROVIDERS,
};
const LOCAL: Channel = { ...UPSTREAM, channel: 'local' };
const ALWAYS = { TF_IN_AUTOMATION: '1', TF_INPUT: '0', CHECKPOINT_DISABLE: '1' };

describe('atLeast', () => {
  test.each([
    ['1.6.0', '1.6.0', true],
    ['1.6.1', '1.6.0', true],
    ['1.10.0', '1.6.0', true],
    ['2.0.0', '1.6.0', true],
    ['1.5.7', '1.6.0', false],
    ['0.15.9', '1.6.0', false],
    ['1.6', '1.6.0', true],
    ['1.14.0-beta1', '1.6.0', true],
  ])('%s against %s: %s', (version, least, expected) => {
    expect(atLeast(version, least)).toBe(expected);
  });
});

describe('the environment of Terraform', () => {
  test('asks nothing and calls nobody', () => {
    expect(terraformEnvironment(UPSTREAM, {})).toEqual(ALWAYS);
  });

  test('respects a configuration of the user in the upstream channel', () => {
    const file = join(folder(), 'terraform.rc');
    writeFileSync(file, '');
    expect(terraformEnvironment(UPSTREAM, { TF_CLI_CONFIG_FILE: file })).toEqual(ALWAYS);
  });

  test('blanks one that names no file', () => {
    expect(terraformEnvironment(UPSTREAM, { TF_CLI_CONFIG_FILE: join(folder(), 'absent') })).toEqual({
      ...ALWAYS,
      TF_CLI_CONFIG_FILE: '',
    });
  });

  test.each([{}, { TF_CLI_CONFIG_FILE: '/etc/hosts' }])(
    'replaces it in the local channel, whose providers come from a mirror: %j',
    (given) => {
      expect(terraformEnvironment(LOCAL, given)).toEqual({
        ...ALWAYS,
        TF_CLI_CONFIG_FILE: terraformConfigFile,
      });
    },
  );
});
