import { describe, expect, test } from 'vitest';
import {
  asVariables,
  masked,
  missingSecrets,
  placeholdersFor,
  refuseMissing,
} from '../../../cli/lib/variables.js';
import { Secret } from '../../../constructs/secrets/secret.js';
import { thrown } from '../../helper/failure.js';
import { synthesize } from '../../helper/synth.js';

const { parsed } = synthesize((scope) => {
  Secret.fromVariable(scope, 'mail_password', { description: 'password of the mail server' });
  Secret.fromVariable(scope, 'gate_key', { description: 'key of the gate' });
});
const stack = parsed as { readonly variable: Record<string, { readonly description: string }> };
const GATE = { name: 'gate_key', description: 'key of the gate' };
const MAIL = { name: 'mail_password', description: 'password of the mail server' };

describe('missing secrets', () => {
  test('are those of the stack whose variable is not set, or empty', () => {
    expect(missingSecrets(stack, {})).toEqual([GATE, MAIL]);
    expect(missingSecrets(stack, { TF_VAR_gate_key: 'x', gate_key: 'x' })).toEqual([MAIL]);
    expect(missingSecrets(stack, { TF_VAR_gate_key: 'x', TF_VAR_mail_password: '' })).toEqual([MAIL]);
    expect(missingSecrets(stack, { TF_VAR_gate_key: 'x', TF_VAR_mail_password: 'y' })).toEqual([]);
  });

  test('are none where there are no variables, or Terraform has a default', () => {
    expect(missingSecrets({}, {})).toEqual([]);
    expect(missingSecrets({ variable: { region: { default: 'here' } } }, {})).toEqual([]);
  });

  test('are all refused at once, each with its purpose and its remedy', () => {
    expect(
      thrown(() => {
        refuseMissing('dev', [GATE, MAIL]);
      }),
    ).toMatchObject({
      message: "every secret from outside must be supplied to deploy 'dev', got 2 missing",
      detail: [
        "secret 'gate_key' must be supplied, got nothing (key of the gate); `export TF_VAR_gate_key=…`",
        "secret 'mail_password' must be supplied, got nothing (password of the mail server); `export TF_VAR_mail_password=…`",
      ],
      remedy: 'set the variables above, then run the same command again',
    });
    expect(() => {
      refuseMissing('dev', []);
    }).not.toThrow();
  });

  test('have a placeholder each', () => {
    expect(asVariables(placeholdersFor([GATE]))).toEqual({
      TF_VAR_gate_key: 'portcullis-not-supplied-gate_key',
    });
  });
});

describe('masked', () => {
  test('takes what was supplied out of what a program says, line by line', () => {
    const environment = {
      TF_VAR_key: '-----BEGIN-----\nMIIabcdefgh\nijklmnop\n',
      TF_VAR_mail: 'correct horse',
      OTHER: 'mentioned here',
    };
    expect(masked('│ MIIabcdefgh\n│ correct horse, mentioned here', environment)).toBe(
      '│ (sensitive value)\n│ (sensitive value), mentioned here',
    );
  });

  test('leaves short words alone', () => {
    expect(masked('the word is word', { TF_VAR_a: 'word' })).toBe('the word is word');
  });
});
