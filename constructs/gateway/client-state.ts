/** Kong's consumers and their credentials, rendered from clients. */
import { KeyPair } from '../secrets/key-pair.js';
import { slotGeneration } from '../secrets/slots.js';
import type { ClientDeclaration, GatewayDeclaration } from './model.js';
import type { Secret } from '../secrets/secret.js';
import { rateLimiting } from './plugins/traffic.js';
import { withoutCredentials } from './route-plugins.js';
import type { PluginRenderer } from './service-state.js';
import type { Placeholders } from './state.js';

/** The claim `kid` of tokens that the key in a slot signs; a new key in the slot has another. */
export function keyId(client: string, keys: KeyPair, slot: number): string {
  return `${client}.${slot}.${slotGeneration(keys.generation, keys.slots, slot)}`;
}

/** The id that a client asks for tokens with, by the slot of its secret. */
export function clientId(client: string, slot: number): string {
  return `${client}.${slot}`;
}

/** A consumer with every credential that is accepted now. */
export function renderClient(
  client: ClientDeclaration,
  gateway: Pick<GatewayDeclaration, 'counters' | 'unusedSecret'>,
  placeholders: Placeholders,
  render: PluginRenderer,
): object {
  const { key, jwt, oauth2 } = client;
  const slots = (count: number): number[] => Array.from({ length: count }, (_, slot) => slot);
  return {
    username: client.name,
    ...(client.groups === undefined ? {} : { acls: client.groups.map((group) => ({ group })) }),
    ...(key === undefined
      ? {}
      : {
          keyauth_credentials: slots(key.slots).map((slot) => ({ key: placeholders.of(key.slot(slot)) })),
        }),
    ...(jwt === undefined
      ? {}
      : { jwt_secrets: jwtSecrets(client.name, jwt, gateway.unusedSecret, placeholders) }),
    ...(oauth2 === undefined
      ? {}
      : {
          oauth2_credentials: slots(oauth2.slots).map((slot) => ({
            name: clientId(client.name, slot),
            client_id: clientId(client.name, slot),
            client_secret: placeholders.of(oauth2.slot(slot)),
            client_type: 'confidential',
            // decK doesn't know this default, and a hashed one would differ at each synchronization.
            hash_secret: false,
          })),
        }),
    plugins: [
      rateLimiting({ limit: client.limit, counters: gateway.counters }),
      // It acts in place of the route's, which does the same.
      ...(client.plugins ?? []).map((plugin) =>
        plugin.name === 'request-transformer' ? withoutCredentials(plugin) : plugin,
      ),
    ].map(render),
  };
}

function jwtSecrets(
  client: string,
  keys: NonNullable<ClientDeclaration['jwt']>,
  unused: Secret | undefined,
  placeholders: Placeholders,
): object[] {
  // decK insists on a secret; Kong looks at it for algorithms with a shared one alone.
  const secret = unused === undefined ? {} : { secret: placeholders.of(unused.newest) };
  if (!(keys instanceof KeyPair)) {
    return keys.map(({ kid, algorithm, publicKey }) => ({
      key: kid,
      algorithm,
      rsa_public_key: publicKey,
      ...secret,
    }));
  }
  return Array.from({ length: keys.slots }, (_, slot) => ({
    key: keyId(client, keys, slot),
    algorithm: keys.algorithm,
    rsa_public_key: placeholders.of(keys.publicKey(slot)),
    ...secret,
  }));
}
