/** The one stack that every case of this suite asks: declared and applied once, and taken away. */
import { createServer } from 'node:net';
import { TerraformOutput } from 'cdktf';
import { Postgres } from '../../../constructs/data/postgres.js';
import { Gateway } from '../../../constructs/gateway/gateway.js';
import { Kong } from '../../../constructs/gateway/kong.js';
import type { IdentityGate } from '../../../constructs/gateway/model.js';
import type { Image, IWorkload } from '../../../constructs/platform/platform.js';
import { Size } from '../../../constructs/quantities.js';
import { unseal, type Sealed } from '../../../constructs/secrets/sealed.js';
import { Secret } from '../../../constructs/secrets/secret.js';
import { Certificate } from '../../../constructs/secrets/certificate.js';
import { CertificateAuthority } from '../../../constructs/secrets/certificate-authority.js';
import { present } from '../../helper/failure.js';
import { channelInUse, localImage } from '../harness/images.js';
import { TestStack, type Declare } from '../harness/stack.js';
import { PORT, RESOURCES } from '../platform/fixtures.js';
import { declaration } from './declaration.js';
import { echo, gate, redis, REDIS_PASSWORD, sink } from './echo.js';
import { AMPLE, ENVIRONMENT, HOSTS, LOGIN_PATH, MOST_BODY, OUTSIDE_ISSUER, RANGE, TAG } from './theme.js';

export interface Deployment {
  readonly stack: TestStack;
  /** Ports of 127.0.0.1 that Kong answers at, with HTTP and HTTPS. */
  readonly port: number;
  readonly securePort: number;
  /** decK's state as it was rendered. */
  readonly state: string;
  /** A generated value, by the label of its secret or key. */
  readonly secret: (label: string) => string;
  /** Every generated value that isn't public. */
  readonly secrets: readonly string[];
  /** Image with Node and nothing in its way. */
  readonly tools: string;
  readonly deck: string;
}

let current: Deployment | undefined;

export function deployment(): Deployment {
  return present(current);
}

/** A port that nobody listens on. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().listen(0, '127.0.0.1');
    server.on('error', reject);
    server.on('listening', () => {
      const address = server.address();
      server.close(() => {
        if (address === null || typeof address === 'string') reject(new Error('a port must be a number'));
        else resolve(address.port);
      });
    });
  });
}

async function redisImage(): Promise<Image> {
  return (await channelInUse()) === 'local'
    ? { reference: await localImage('redis'), version: '7.0.15' }
    : { reference: 'redis:7.0.15', version: '7.0.15' };
}

/** The program in the identity system's place, as the gateway knows it. */
function identityGate(workload: IWorkload, port: number, securePort: number): IdentityGate {
  const [host] = HOSTS;
  const http = `http://${host}:${port}`;
  return {
    workload,
    listener: 'http',
    port: PORT,
    probePath: '/.gate/ready',
    sessionCookie: 'ory_kratos_session',
    canonical: { http, https: `https://${host}:${securePort}` },
    loginUrl: `${http}${LOGIN_PATH}`,
    aalQuestion: false,
    issuers: [{ name: 'outside', issuer: OUTSIDE_ISSUER }],
    limit: AMPLE,
    limitBy: 'session',
    verifyPort: 8010,
  };
}

let stack: TestStack | undefined;

/** Declares, applies and remembers. */
export async function deploy(): Promise<void> {
  const [port, securePort] = [await freePort(), await freePort()];
  const counters = await redisImage();
  stack = await TestStack.create(ENVIRONMENT, ['kong-gate', 'postgres', 'deck']);
  let state = '';
  let images: { readonly tools: string; readonly deck: string } | undefined;
  const labels = new Set<string>();
  const declare: Declare = (made, platform, catalogue) => {
    images = { tools: catalogue.tools.reference, deck: catalogue.deck.reference };
    const output = (sealed: Sealed, label: string): void => {
      labels.add(label);
      new TerraformOutput(made, `secret-${label}`, {
        value: unseal(sealed),
        sensitive: true,
      }).overrideLogicalId(label);
    };
    const authority = new CertificateAuthority(made, 'authority');
    output(authority.bundle, 'public-authority');
    const postgres = new Postgres(made, 'Postgres', {
      platform,
      image: catalogue.postgres,
      resources: { memory: Size.mebibytes(512), cpu: 2, pids: 128 },
      storage: Size.gibibytes(1),
    });
    const kong = new Kong(made, 'Kong', {
      platform,
      image: catalogue.kong,
      database: postgres.addDatabase('kong'),
      resources: { memory: Size.gibibytes(1), cpu: 2, pids: 256 },
      workers: 1,
      publish: { address: '127.0.0.1', port },
      tls: {
        certificate: new Certificate(made, 'gate', { authority, names: HOSTS }),
        publish: { address: '127.0.0.1', port: securePort },
      },
      maxRequestBody: MOST_BODY,
      verify: true,
    });
    const identity = platform.workload(made, 'Gate', { ...gate(catalogue.tools), resources: RESOURCES });
    kong.workload.allow('verify', 'gate');
    const password = Secret.generated(made, 'redis', { slots: 1 });
    output(password.slot(0), 'redis');
    platform.workload(
      made,
      'Redis',
      redis(counters, [
        {
          name: 'secrets',
          path: REDIS_PASSWORD.replace(/\/[^/]*$/, ''),
          files: [{ name: 'password', content: password.slot(0) }],
          reloads: false,
        },
      ]),
    );
    const gateway = new Gateway(made, 'Gateway', {
      platform,
      kong,
      deck: catalogue.deck,
      tag: TAG,
      hosts: HOSTS,
      requestSize: Size.mebibytes(2),
      identity: identityGate(identity, port, securePort),
      ...declaration({
        scope: made,
        echo: platform.workload(made, 'Echo', { ...echo(catalogue.tools), resources: RESOURCES }),
        gate: identity,
        sink: platform.workload(made, 'Sink', sink(catalogue.tools)),
        redis: { kind: 'redis', host: 'redis', password },
        output,
      }),
    });
    state = gateway.state.text;
  };
  await stack.declare(declare, { range: RANGE });
  await stack.apply();
  const outputs = JSON.parse(await stack.terraform('output', '-json')) as Record<string, { value: string }>;
  // The stack has outputs of its own beside those.
  const values = new Map(
    [...labels].map((label): [string, string] => [label, present(outputs[label]).value]),
  );
  current = {
    stack,
    port,
    securePort,
    state,
    secret: (label) => present(values.get(label)),
    secrets: [...values].flatMap(([label, value]) => (label.startsWith('public-') ? [] : [value])),
    ...present(images),
  };
}

export async function takeAway(): Promise<void> {
  await stack?.destroy();
}
