/** The one environment whose pages every case of this suite opens, with everything that they can show. */
import type { Catalogue } from '../../../env/catalogue.js';
import type { EnvironmentInput } from '../../../env/index.js';
import { requireNoDevEnvironment } from '../harness/checkout.js';
import { settled } from '../harness/settled.js';
import { TestStack } from '../harness/stack.js';
import { EGRESS, PROVIDER, PROVIDER_ID, PROVIDER_LABEL, startProvider, stopProvider } from './provider.js';

/** Where people find it. */
export const SITE = 'http://localhost:8000';

/** How long a revoked session may still pass here. */
export const REVOCATION_MILLISECONDS = 2000;

const MANY = { minute: 100_000 };

/**
 * `hello` lets in everybody who is known; `world` asks people for a second factor. It is called dev because
 * nothing else may have plain HTTP and a mail catcher.
 */
const input = (images: Catalogue): EnvironmentInput => ({
  name: 'dev',
  platform: { kind: 'docker' },
  public: {
    url: SITE,
    hosts: ['localhost', '127.0.0.1'],
    port: 8000,
    tls: { port: 8443, certificate: { kind: 'internal' } },
  },
  images,
  network: { pinned: { 'egress--kratos': EGRESS } },
  identity: {
    sessions: { revocation: `${REVOCATION_MILLISECONDS}ms` },
    methods: { passkey: true, webauthn: 'second-factor' },
    providers: [
      {
        kind: 'oidc',
        id: PROVIDER_ID,
        issuer: PROVIDER,
        label: PROVIDER_LABEL,
        clientId: 'outside_id',
        clientSecret: 'outside_secret',
      },
    ],
    limits: { pages: MANY, login: MANY, registration: MANY, recovery: MANY, people: MANY },
  },
  services: {
    hello: { access: { methods: ['key'] } },
    world: { access: { methods: ['key'], aal: 'aal2' } },
  },
  clients: [{ name: 'demo', methods: ['key'], limit: MANY }],
});

let stack: TestStack | undefined;

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
  stack.supply('outside_id', 'portcullis');
  stack.supply('outside_secret', 'portcullis-secret');
  await stack.apply();
  await startProvider();
  await settled({
    '/hello': 401,
    '/.ory/kratos/sessions/whoami': 401,
    '/account/': 200,
    '/mail/': 200,
  });
}

export async function takeAway(): Promise<void> {
  stopProvider();
  await stack?.destroy();
}
