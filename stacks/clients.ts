/** The clients of an environment, with the credentials that each is given and hands over. */
import type { Construct } from 'constructs';
import { clientId, keyId } from '../constructs/gateway/client-state.js';
import type { ClientDeclaration } from '../constructs/gateway/model.js';
import { KeyPair } from '../constructs/secrets/key-pair.js';
import { Secret } from '../constructs/secrets/secret.js';
import type { Environment } from '../env/index.js';

/** A credential as `portcullis secret get` names it. */
export interface Credential {
  readonly name: string;
  readonly of: Secret | KeyPair;
  /** What it is known by to whom it is shown. */
  readonly id?: string;
}

export interface DeclaredClient {
  readonly declaration: ClientDeclaration;
  readonly credentials: readonly Credential[];
}

/** Declares a client's credentials, one per method that it may use. */
export function declareClient(scope: Construct, client: Environment['clients'][number]): DeclaredClient {
  const { name, methods, groups, algorithm } = client;
  const { second, minute, hour } = client.limit;
  const limit = {
    ...(second === undefined ? {} : { second }),
    ...(minute === undefined ? {} : { minute }),
    ...(hour === undefined ? {} : { hour }),
  };
  const key = methods.includes('key')
    ? Secret.generated(scope, `client-${name}`, { class: 'apiKeys' })
    : undefined;
  const jwt = methods.includes('jwt') ? KeyPair.generated(scope, `jwt-${name}`, { algorithm }) : undefined;
  const oauth2 = methods.includes('oauth2')
    ? Secret.generated(scope, `oauth2-${name}`, { class: 'apiKeys' })
    : undefined;
  return {
    declaration: {
      name,
      limit,
      groups,
      ...(key === undefined ? {} : { key }),
      ...(jwt === undefined ? {} : { jwt }),
      ...(oauth2 === undefined ? {} : { oauth2 }),
    },
    credentials: [
      ...(key === undefined ? [] : [{ name: key.label, of: key }]),
      ...(jwt === undefined ? [] : [{ name: jwt.label, of: jwt, id: keyId(name, jwt, jwt.newestSlot) }]),
      ...(oauth2 === undefined
        ? []
        : [{ name: oauth2.label, of: oauth2, id: clientId(name, oauth2.newestSlot) }]),
    ],
  };
}
