/** The one environment that every case of this suite asks, with everything that routes can demand. */
import type { Catalogue } from '../../../env/catalogue.js';
import type { EnvironmentInput } from '../../../env/index.js';
import { requireNoDevEnvironment } from '../harness/checkout.js';
import { settled } from '../harness/settled.js';
import { TestStack } from '../harness/stack.js';
import { AUDIENCE, ISSUER, EGRESS, startIssuer, stopIssuer } from './issuer.js';

export { componentIds as containers } from '../harness/checkout.js';

/** How long a revoked session may still pass here. */
export const REVOCATION_MILLISECONDS = 2000;

/**
 * `hello` lets in everybody who is known; `world` asks people for a second factor. It is called dev because
 * nothing else may have plain HTTP and a mail catcher.
 */
export const input = (images: Catalogue): EnvironmentInput => ({
  name: 'dev',
  platform: { kind: 'docker' },
  public: {
    url: 'http://localhost:8000',
    hosts: ['localhost', '127.0.0.1'],
    port: 8000,
    tls: { port: 8443, certificate: { kind: 'internal' } },
  },
  images,
  network: { pinned: { 'egress--oathkeeper': EGRESS } },
  identity: {
    sessions: { revocation: `${REVOCATION_MILLISECONDS}ms` },
    issuers: [
      { name: 'outside', issuer: ISSUER, jwksUrl: `${ISSUER}/jwks`, audience: [AUDIENCE], scopes: ['read'] },
    ],
    limits: {
      login: { minute: 120 },
      registration: { minute: 600 },
      recovery: { minute: 600 },
      pages: { minute: 100_000 },
      people: { minute: 100_000 },
    },
  },
  services: {
    hello: { access: { methods: ['key', 'jwt', 'oauth2'], issuers: ['outside'] } },
    world: { access: { methods: ['key'], aal: 'aal2' } },
  },
  clients: [
    { name: 'demo', methods: ['key', 'jwt', 'oauth2'], limit: { minute: 100_000 } },
    { name: 'other', methods: ['key', 'jwt'], limit: { minute: 100_000 } },
  ],
});

interface Handed {
  readonly value: string;
  readonly id?: string;
}

let stack: TestStack | undefined;
let outputs: Readonly<Record<string, { readonly value: unknown }>> = {};

export function theStack(): TestStack {
  if (stack === undefined) throw new Error('the environment must be deployed first');
  return stack;
}

/** A credential that is handed over, such as `client-demo`. */
export function handed(name: string): Handed {
  const output = outputs[`secret_${name.replaceAll('-', '_')}`];
  if (output === undefined) throw new Error(`'${name}' must be handed over`);
  return output.value as Handed;
}

/** Certificate of the authority, PEM. */
export function authority(): string {
  return String(outputs.ca_certificate?.value);
}

export async function deploy(): Promise<void> {
  await requireNoDevEnvironment();
  stack = await TestStack.create('dev', [
    'kong-gate',
    'postgres',
    'deck',
    'json-service',
    'kratos',
    'oathkeeper',
    'mailpit',
    'session-check',
    'account-ui',
  ]);
  await stack.declareEnvironment(input);
  await stack.apply();
  outputs = JSON.parse(await stack.terraform('output', '-json')) as typeof outputs;
  await startIssuer();
  await settled({
    '/hello': 401,
    '/.ory/kratos/sessions/whoami': 401,
    '/.ory/kratos/self-service/registration/api': 200,
  });
}

export async function takeAway(): Promise<void> {
  stopIssuer();
  await stack?.destroy();
}
