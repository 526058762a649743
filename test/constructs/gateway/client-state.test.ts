import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clientId, keyId } from '../../../constructs/gateway/client-state.js';
import type { ClientDeclaration } from '../../../constructs/gateway/model.js';
import { requestTermination, requestTransformer } from '../../../constructs/gateway/plugins/index.js';
import { Placeholders, renderState } from '../../../constructs/gateway/state.js';
import { KeyPair } from '../../../constructs/secrets/key-pair.js';
import { Sealed } from '../../../constructs/secrets/sealed.js';
import { Secret } from '../../../constructs/secrets/secret.js';
import { present } from '../../helper/failure.js';
import { CLIENT, KONG_3_9, MADE, model, rendered, type RenderedState } from '../../helper/gateway-model.js';
import { declared } from '../../helper/synth.js';

const placeholder = (name: string): string => `\${{ env "DECK_ENV_${name}" }}`;

function consumer(change: Partial<ClientDeclaration>): RenderedState['consumers'][number] {
  return present(rendered(model({ clients: [{ ...CLIENT, ...change }] })).consumers[0]);
}

describe('a client', () => {
  test('has a key per slot, and the limit that was given, with no other bound', () => {
    expect(consumer({ limit: { second: 5, hour: 100 } })).toEqual({
      username: 'app',
      keyauth_credentials: [{ key: placeholder('CLIENT_APP_0') }, { key: placeholder('CLIENT_APP_1') }],
      plugins: [
        {
          name: 'rate-limiting',
          config: {
            second: 5,
            hour: 100,
            limit_by: 'consumer',
            policy: 'local',
            fault_tolerant: false,
            hide_client_headers: false,
          },
        },
      ],
    });
  });

  test('has its groups, and its plugins after its limit', () => {
    const found = consumer({ groups: ['admins', 'staff'], plugins: [requestTermination()] });
    expect(found.acls).toEqual([{ group: 'admins' }, { group: 'staff' }]);
    expect(found.plugins.map(({ name }) => name)).toEqual(['rate-limiting', 'request-termination']);
  });

  test('has a generated signing key per slot, named by slot and generation', () => {
    expect(consumer({ jwt: MADE.keyPair }).jwt_secrets).toEqual(
      [1, 2, 1].map((generation, slot) => ({
        key: `app.${slot}.${generation}`,
        algorithm: 'RS256',
        rsa_public_key: placeholder(`JWT_APP_PUB_${slot}`),
      })),
    );
  });

  test('has one new key name after a step of the rotation, and keeps the others', () => {
    const names = [4, 5].map((generation) => {
      const keys = declared(
        (stack) => KeyPair.generated(stack, 'k', { algorithm: 'ES256' }),
        {},
        { signingKeys: generation },
      );
      return [0, 1, 2].map((slot) => keyId('app', keys, slot));
    });
    expect(names).toEqual([
      ['app.0.1', 'app.1.2', 'app.2.1'],
      ['app.0.1', 'app.1.2', 'app.2.2'],
    ]);
  });

  test('has public keys of its own as they are, each in the algorithm it names', () => {
    const publicKey = '-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n';
    expect(consumer({ jwt: [{ kid: 'mine', algorithm: 'ES256', publicKey }] }).jwt_secrets).toEqual([
      { key: 'mine', algorithm: 'ES256', rsa_public_key: publicKey },
    ]);
  });

  test('has an id for tokens per slot of its secret', () => {
    expect([clientId('app', 0), clientId('app', 1)]).toEqual(['app.0', 'app.1']);
    expect(consumer({ oauth2: MADE.oauth2 }).oauth2_credentials).toEqual(
      [0, 1].map((slot) => ({
        name: `app.${slot}`,
        client_id: `app.${slot}`,
        client_secret: placeholder(`OAUTH2_APP_${slot}`),
        client_type: 'confidential',
        hash_secret: false,
      })),
    );
  });
});

describe('secrets', () => {
  const state = renderState(model(), KONG_3_9);

  test('stand in the text as plain placeholders, since each value brings its own quotes', () => {
    expect(state.text).toContain('      - key: ${{ env "DECK_ENV_CLIENT_APP_0" }}\n');
    expect(state.text).not.toMatch(/['"]\$\{\{|TfToken|random_password/);
  });

  test('have a variable per slot, named by their labels', () => {
    expect([...state.secrets].map(([name, sealed]) => [name, sealed.label])).toEqual([
      ['DECK_ENV_CLIENT_APP_0', 'client-app#0'],
      ['DECK_ENV_CLIENT_APP_1', 'client-app#1'],
    ]);
  });

  test('are declared once where one value is used twice, and again with a text before it', () => {
    const plugin = requestTransformer({ append: { headers: { 'X-Token': MADE.token } } });
    const { text, secrets } = renderState(model({ plugins: [plugin] }), KONG_3_9);
    expect(text).toContain('- ${{ env "DECK_ENV_LOG_TOKEN_0" }}\n');
    expect([...secrets.keys()]).toEqual([
      'DECK_ENV_LOG_TOKEN_0',
      'DECK_ENV_CLIENT_APP_0',
      'DECK_ENV_CLIENT_APP_1',
    ]);
    const placeholders = new Placeholders();
    expect(placeholders.of(MADE.key.slot(0))).toBe(placeholders.of(MADE.key.slot(0)));
    expect(placeholders.secrets.size).toBe(1);
  });

  test('share a variable where they are one value', () => {
    const placeholders = new Placeholders();
    const [one, same] = [0, 0].map(() => placeholders.of(Sealed.of('a', 0, 'X:${x}')));
    expect([one === same, placeholders.secrets.size]).toEqual([true, 1]);
  });

  test('of clients whose names run together share no variable', () => {
    const clients = declared((stack) =>
      ['aa', 'aa-0'].map((name) => ({
        name,
        key: Secret.generated(stack, `client-${name}`, { slots: 11 }),
        limit: { minute: 1 },
      })),
    );
    expect(renderState(model({ clients }), KONG_3_9).secrets.size).toBe(22);
  });

  test('never share a variable, whatever their labels', () => {
    const label = fc.stringMatching(/^[aA1._# -]{0,5}$/);
    fc.assert(
      fc.property(fc.array(label, { maxLength: 20 }), (labels) => {
        const placeholders = new Placeholders();
        const names = labels.map((one, i) => placeholders.of(Sealed.of(one, 0, `\${x${i}}`)));
        expect(new Set(names).size).toBe(labels.length);
        expect(placeholders.secrets.size).toBe(labels.length);
        for (const name of names) {
          const variable = /^\$\{\{ env "(DECK_ENV_[A-Z0-9_]*)" \}\}$/.exec(name)?.[1] ?? '';
          expect(placeholders.secrets.has(variable)).toBe(true);
        }
      }),
    );
  });
});
