/** The services behind the gate: hello and world, and those of one's own, each an image that speaks HTTP. */
import * as z from 'zod';
import { access } from './access.js';
import { image, pattern, record, resources, wholeNumber } from './fields.js';
import { rule } from './report.js';

/** Names on the platform, in the gateway and of networks that are taken. */
const TAKEN: readonly string[] = [
  'account',
  'alone',
  'egress',
  'gate-key',
  'gate-oauth2',
  'mail',
  'oauth2-token',
  'outside',
  'secure-api',
  'session-check',
];
/** Programs that have jobs and files beside them, whose names begin with theirs. */
const TAKEN_WITH_MORE: readonly string[] = ['account-ui', 'deck', 'kong', 'kratos', 'oathkeeper', 'postgres'];

/** Paths, with all below them, that are for everybody or for clients that get their tokens. */
const TAKEN_PATHS: readonly string[] = ['/account', '/mail', '/oauth2/token'];

const GREETINGS: readonly string[] = ['hello', 'world'];
const SET_BY_PLATFORM = /^(PORT|IDENTITY_(ISSUER|AUDIENCE|KEYS|ALGORITHMS))$/;
const NAME = /^[a-z][a-z0-9-]{0,38}[a-z0-9]$/;

const replicas = wholeNumber(1, 16, 'use 2 or more to survive the loss of one').default(2);

/** One that answers with a greeting. */
const greeting = (message: string) =>
  record({
    access,
    replicas,
    message: z.string({ error: rule('be text', 'write a greeting') }).default(message),
    resources: resources('192Mi', 0.5, 64),
  }).prefault({});

const NO_IMAGE = rule(
  'be the image of a service of your own',
  "write { reference: 'notes:1.0.0', version: '1.0.0' }, or correct the service's name",
);

/** One of one's own. */
const own = record({
  /** On the engine already, or where it can be pulled. */
  image: z.strictObject(image.shape, { error: NO_IMAGE }),
  /** What the program listens on. */
  port: wholeNumber(1, 65_535, 'write the port that the program listens on'),
  /** What the gate answers at; the program sees the path as it was asked for. */
  path: pattern(
    /^(\/[A-Za-z0-9_~][A-Za-z0-9._~-]*)+$/,
    'be a plain path whose parts begin with letters or digits, without a slash at its end',
    'leave it out for the name of the service',
  ).optional(),
  /** Path inside the container that answers 200 while the program takes requests. */
  health: pattern(
    /^\/[A-Za-z0-9._/~-]*$/,
    'be a path of letters, digits, dots, dashes and slashes',
    "write for example '/health'",
  ).default('/health'),
  /** Command that asks for it inside the container; `wget` where it is left out. */
  probe: z
    .array(z.string({ error: rule('be a word of a command', 'write text') }).min(1), {
      error: rule('be a command, each word for itself', 'leave it out where the image has wget'),
    })
    .min(1, { error: rule('hold a command', 'leave it out where the image has wget') })
    .optional(),
  access,
  replicas,
  resources: resources('256Mi', 0.5, 128),
  /** Plain variables of the program; nothing here is kept secret. */
  environment: z
    .record(z.string(), z.string({ error: rule('be text', 'write it in quotes') }), {
      error: rule('be an object of texts', 'write NAME: value in { }'),
    })
    .default({}),
});

type Greeting = z.output<ReturnType<typeof greeting>>;
type GreetingInput = z.input<ReturnType<typeof greeting>>;
/** A service of one's own, checked. */
export type OwnService = z.output<typeof own>;

interface NamedPath {
  readonly name: string;
  readonly path: string;
}

/** Services by their names. */
export interface Services {
  readonly hello: Greeting;
  readonly world: Greeting;
  readonly [name: string]: Greeting | OwnService;
}

export interface ServicesInput {
  readonly hello?: GreetingInput;
  readonly world?: GreetingInput;
  readonly [name: string]: GreetingInput | z.input<typeof own>;
}

type Note = (path: PropertyKey[], input: unknown, must: string, remedy: string) => void;

/** hello and world, and under every other name a service of one's own. */
export const services: z.ZodType<Services, ServicesInput> = z
  .strictObject(
    { hello: greeting('hello'), world: greeting('world') },
    { error: rule('be an object', 'write its fields in { }') },
  )
  .catchall(own)
  .superRefine((found, context) => {
    const note: Note = (path, input, must, remedy) => {
      context.addIssue({ code: 'custom', path, input, message: rule(must, remedy) });
    };
    const paths = new Map(GREETINGS.map((name) => [`/${name}`, name]));
    for (const { name, path, environment } of ownServices(found)) {
      checkName(name, note);
      checkPath(name, path, paths, note);
      checkVariables(name, environment, note);
    }
  });

/** The services of one's own, in the order of their names, each with its path. */
export function ownServices(services: Services): readonly (OwnService & NamedPath)[] {
  return Object.entries(services)
    .flatMap(([name, service]) =>
      'image' in service ? [{ ...service, name, path: service.path ?? `/${name}` }] : [],
    )
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function checkName(name: string, note: Note): void {
  if (!NAME.test(name) || name.includes('--'))
    note([name], name, 'have a name of 2 to 40 small letters, digits and single dashes', 'rename it');
  if (TAKEN.includes(name) || TAKEN_WITH_MORE.some((taken) => name === taken || name.startsWith(`${taken}-`)))
    note([name], name, "have another name than the platform's own components", 'rename it');
}

/** @param paths those of other services so far, in small letters, with the names of their owners */
function checkPath(name: string, path: string, paths: Map<string, string>, note: Note): void {
  const at = [name, 'path'];
  const lower = path.toLowerCase();
  const taken = TAKEN_PATHS.find((one) => lower === one || lower.startsWith(`${one}/`));
  if (taken !== undefined)
    note(at, path, `be outside of ${taken}, where the platform answers`, 'choose another');
  const other = paths.get(lower);
  if (other !== undefined) note(at, path, `be another than that of '${other}'`, 'choose another');
  paths.set(lower, name);
}

function checkVariables(name: string, environment: OwnService['environment'], note: Note): void {
  for (const [variable, value] of Object.entries(environment)) {
    const at = [name, 'environment', variable];
    if (!/^[A-Za-z_]\w*$/.test(variable))
      note(at, value, 'have a name of letters, digits and underscores', 'rename it');
    if (SET_BY_PLATFORM.test(variable)) note(at, value, 'be left to the platform', 'remove it');
  }
}
