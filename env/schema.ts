/**
 * What an environment says, with bounds, defaults and a remedy for each mistake.
 *
 * The schema knows both platforms from the start; one that isn't built yet is refused when the
 * stack is made, with a clear error. All mistakes of a file are reported at once.
 */
import * as z from 'zod';
import {
  ENVIRONMENT_NAME,
  address,
  cidr,
  days,
  duration,
  hostName,
  image,
  networkRange,
  pattern,
  record,
  resources,
  size,
  variableName,
  wholeNumber,
} from './fields.js';
import { access, group, methods } from './access.js';
import { account } from './account.js';
import { crossCheck } from './cross-checks.js';
import { identity } from './identity.js';
import { rule } from './report.js';

const docker = record({
  kind: z.literal('docker'),
  host: pattern(
    /^(unix|tcp|ssh|npipe):\/\/\S+$/,
    'be the address of a Docker engine',
    "write for example 'ssh://host', or leave it out",
  ).optional(),
});
const kubernetes = record({
  kind: z.literal('kubernetes'),
  context: z
    .string({ error: rule('be the name of a kube context', 'run `kubectl config get-contexts`') })
    .min(1),
});

const backend = z.discriminatedUnion(
  'type',
  [
    record({ type: z.literal('local') }),
    record({
      type: z.literal('s3'),
      bucket: z.string({ error: rule('be the name of a bucket', 'name it') }).min(1),
      key: z.string({ error: rule('be the path of the state in the bucket', 'name it') }).min(1),
      region: z.string({ error: rule('be the region of the bucket', 'name it') }).min(1),
    }),
  ],
  { error: rule('be one of local, s3', "write { type: 'local' }") },
);

const certificate = z.discriminatedUnion(
  'kind',
  [
    record({ kind: z.literal('internal') }),
    record({
      kind: z.literal('brought'),
      /** Variable with the certificate and those between it and its authority, PEM. */
      certificate: variableName,
      /** Variable with its private key, PEM. */
      key: variableName,
      version: wholeNumber(1, 1_000_000, 'raise it by one with each new certificate').default(1),
    }).superRefine(({ certificate, key }, context) => {
      if (certificate !== key) return;
      context.addIssue({
        code: 'custom',
        path: ['key'],
        input: key,
        message: rule("be another variable than 'certificate'", 'name two variables'),
      });
    }),
  ],
  { error: rule('be one of internal, brought', "write { kind: 'internal' }") },
);

const clients = z
  .array(
    record({
      name: pattern(
        /^[a-z][a-z0-9-]{0,38}[a-z0-9]$/,
        'be 2 to 40 small letters, digits and dashes',
        'rename it',
      ),
      /** Ways it may show who it is, each with a credential of its own. */
      methods: methods.default(['key']),
      /** What signs its tokens. */
      algorithm: z
        .enum(['RS256', 'ES256'], { error: rule('be one of RS256, ES256', 'leave it out for ES256') })
        .default('ES256'),
      /** Groups that routes may ask for. */
      groups: z.array(group, { error: rule('be a list of groups', 'write [] for none') }).default([]),
      limit: record({
        second: wholeNumber(1, 1_000_000, 'leave it out for no bound').optional(),
        minute: wholeNumber(1, 1_000_000, 'leave it out for no bound').optional(),
        hour: wholeNumber(1, 1_000_000, 'leave it out for no bound').optional(),
      }),
    }),
    { error: rule('be a list of clients', 'write [] for none') },
  )
  // Here and not at the end, which isn't reached when a value elsewhere has the wrong type.
  .superRefine((clients, context) => {
    clients.forEach(({ limit, name }, index) => {
      const bounds = [limit.second, limit.minute, limit.hour].filter((bound) => bound !== undefined);
      if (bounds.length === 0) {
        context.addIssue({
          code: 'custom',
          path: [index, 'limit'],
          input: limit,
          message: rule('set second, minute or hour', 'set one of them'),
        });
      }
      if (bounds.some((bound, i) => bound < (bounds[i - 1] ?? 0))) {
        context.addIssue({
          code: 'custom',
          path: [index, 'limit'],
          input: limit,
          message: rule('allow no less over a longer period', 'raise the longer one'),
        });
      }
      if (clients.findIndex((other) => other.name === name) !== index) {
        context.addIssue({
          code: 'custom',
          path: [index, 'name'],
          input: name,
          message: rule('be unique', 'rename one of them'),
        });
      }
    });
  })
  .default([]);

const fields = record({
  name: pattern(ENVIRONMENT_NAME, 'be 2 to 16 small letters, digits and dashes', "write for example 'dev'"),
  platform: z.discriminatedUnion('kind', [docker, kubernetes], {
    error: rule('be one of docker, kubernetes', "write { kind: 'docker' }"),
  }),
  /** Whether a plan may destroy data; only in dev. */
  protectData: z.boolean({ error: rule('be true or false', 'leave it out: true outside dev') }).optional(),
  public: record({
    /** Address of the platform as people type it. */
    url: pattern(
      /^https?:\/\/[a-z0-9.-]+(:(6553[0-5]|655[0-2]\d|65[0-4]\d\d|6[0-4]\d{3}|[1-5]?\d{1,4}))?$/,
      'be an http or https address without a path',
      "write for example 'http://localhost:8000'",
    ),
    hosts: z
      .array(hostName, { error: rule('be a list of host names', "write for example ['localhost']") })
      .min(1, { error: rule('name at least one host', "write for example ['localhost']") }),
    /** Address of the host that Kong's proxy port is published at. */
    address: address.default('127.0.0.1'),
    port: wholeNumber(1, 65_535, 'choose a free port').default(8000),
    /** A second port with HTTPS, for the same hosts. */
    tls: record({
      port: wholeNumber(1, 65_535, 'choose a free port').default(8443),
      certificate,
    }).optional(),
  }).superRefine(({ port, tls }, context) => {
    if (tls?.port !== port) return;
    context.addIssue({
      code: 'custom',
      path: ['tls', 'port'],
      input: port,
      message: rule('be another port than public.port', 'choose a free port'),
    });
  }),
  images: record({
    registry: pattern(
      /^[a-z0-9.-]+(:\d+)?(\/[a-z0-9._/-]+)?$/,
      'be a registry with an optional path',
      "write for example 'registry.example.com/team'",
    ).optional(),
    kong: image,
    postgres: image,
    deck: image,
    tools: image,
    jsonService: image,
    kratos: image,
    oathkeeper: image,
    mailpit: image,
    sessionCheck: image,
    accountUi: image,
  }),
  network: record({
    range: networkRange.default('10.212.0.0/14'),
    pinned: z.record(z.string(), cidr).default({}),
  }).prefault({}),
  backend: backend.default({ type: 'local' }),
  retention: record({
    logs: record({
      mebibytes: wholeNumber(1, 1024, 'leave it out for 10').default(10),
      files: wholeNumber(1, 20, 'leave it out for 3').default(3),
    }).prefault({}),
  }).prefault({}),
  rotation: record({
    passwords: days.default('30d'),
    apiKeys: days.default('90d'),
    signingKeys: days.default('30d'),
    /** How long a certificate is valid; an apply in its last third renews it. */
    certificates: days
      // What signs it is renewed that long before its own end.
      .refine((text) => !(Number.parseInt(text, 10) > 600), {
        error: rule('be at most 600d', 'shorten it'),
      })
      .default('30d'),
  }).prefault({}),
  postgres: record({
    resources: resources('512Mi', 1, 256),
    storage: size.default('2Gi'),
    maxConnections: wholeNumber(20, 1000, 'leave it out for 100').default(100),
    /** Whether connections to it are encrypted and its certificate is verified. */
    tls: z.boolean({ error: rule('be true or false', 'leave it out for true') }).default(true),
  }).prefault({}),
  kong: record({
    resources: resources('1Gi', 2, 256),
    workers: wholeNumber(1, 64, 'use one per core').default(2),
    propagation: duration.default('1s'),
    drain: duration.default('10s'),
  }).prefault({}),
  services: record({
    hello: record({
      access,
      replicas: wholeNumber(1, 16, 'use 2 or more to survive the loss of one').default(2),
      message: z.string({ error: rule('be text', 'write a greeting') }).default('hello'),
      resources: resources('192Mi', 0.5, 64),
    }).prefault({}),
    world: record({
      access,
      replicas: wholeNumber(1, 16, 'use 2 or more to survive the loss of one').default(2),
      message: z.string({ error: rule('be text', 'write a greeting') }).default('world'),
      resources: resources('192Mi', 0.5, 64),
    }).prefault({}),
  }).prefault({}),
  identity: identity.prefault({}),
  account,
  clients,
});

/** An environment whose fields are right, one by one. */
export type Checked = z.output<typeof fields>;

export const environmentSchema = fields.superRefine(crossCheck);

/** An environment as its file writes it, defaults left out. */
export type EnvironmentInput = z.input<typeof environmentSchema>;
/** An environment with every default filled in. */
export type Environment = z.output<typeof environmentSchema>;
