import { describe, expect, test } from 'vitest';
import {
  EnvironmentError,
  checkEnvironment,
  loadEnvironment,
  ownServices,
  type EnvironmentInput,
} from '../../env/index.js';
import { UPSTREAM_PROVIDERS } from '../../images/channel.js';
import { EnvironmentStack } from '../../stacks/environment-stack.js';
import { VALID, environment } from '../helper/environment.js';
import { thrown } from '../helper/failure.js';
import { labelsOf, synthesizeApp } from '../helper/synth.js';

const NOTES = { image: { reference: 'notes:1.0.0', version: '1.0.0' }, port: 3000 } as const;

/** Lines of the report on services. */
function mistakes(services: object, rest: object = {}): readonly string[] {
  const error = thrown(() => checkEnvironment({ ...VALID, services, ...rest }));
  if (!(error instanceof EnvironmentError)) throw error;
  return error.lines;
}

describe("a service of one's own", () => {
  test('has a default for everything but its image and port', () => {
    expect(ownServices(environment({ services: { notes: NOTES } }).services)).toEqual([
      {
        ...NOTES,
        name: 'notes',
        path: '/notes',
        health: '/health',
        access: { sessions: true, methods: ['key'], issuers: [], aal: 'aal1' },
        replicas: 2,
        resources: { memory: '256Mi', cpu: 0.5, pids: 128 },
        environment: {},
      },
    ]);
  });

  test('stands beside hello and world, which stay what they are', () => {
    const services: EnvironmentInput['services'] = {
      zebra: { ...NOTES, path: '/animals/zebra' },
      hello: { replicas: 3 },
      notes: { ...NOTES, probe: ['/probe'], environment: { COLOUR: 'blue' } },
    };
    const checked = environment({ services }).services;
    expect(ownServices(checked).map(({ name, path }) => [name, path])).toEqual([
      ['notes', '/notes'],
      ['zebra', '/animals/zebra'],
    ]);
    expect(checked.hello.replicas).toBe(3);
    expect(checked.world.message).toBe('world');
  });

  test.each<[object, string]>([
    [
      { planet: { port: 1 } },
      "services.planet.image must be the image of a service of your own, got nothing; write { reference: 'notes:1.0.0', version: '1.0.0' }, or correct the service's name",
    ],
    [
      { notes: { ...NOTES, port: undefined } },
      'services.notes.port must be a whole number from 1 to 65535, got nothing; write the port that the program listens on',
    ],
    [
      { notes: { ...NOTES, image: { reference: 'notes', version: '1' } } },
      `services.notes.image.reference must be an image reference with a tag, got "notes"; write for example 'kong:3.9.3'`,
    ],
    [
      { notes: { ...NOTES, message: 'hi' } },
      'services.notes.message must be a name that the schema knows, got "hi"; remove or correct it',
    ],
    [
      { notes: { ...NOTES, path: '/notes/' } },
      'services.notes.path must be a plain path whose parts begin with letters or digits, without a slash at its end, got "/notes/"; leave it out for the name of the service',
    ],
    [
      { notes: { ...NOTES, path: '/.ory/notes' } },
      'services.notes.path must be a plain path whose parts begin with letters or digits, without a slash at its end, got "/.ory/notes"; leave it out for the name of the service',
    ],
    [
      { notes: { ...NOTES, path: '/' } },
      'services.notes.path must be a plain path whose parts begin with letters or digits, without a slash at its end, got "/"; leave it out for the name of the service',
    ],
    [
      { notes: { ...NOTES, health: 'health' } },
      `services.notes.health must be a path of letters, digits, dots, dashes and slashes, got "health"; write for example '/health'`,
    ],
    [
      { notes: { ...NOTES, probe: [] } },
      'services.notes.probe must hold a command, got []; leave it out where the image has wget',
    ],
    [
      { notes: { ...NOTES, probe: 'wget' } },
      'services.notes.probe must be a command, each word for itself, got "wget"; leave it out where the image has wget',
    ],
    [
      { notes: { ...NOTES, environment: { COUNT: 5 } } },
      'services.notes.environment.COUNT must be text, got 5; write it in quotes',
    ],
    [
      { notes: { ...NOTES, environment: { 'A-B': 'x' } } },
      'services.notes.environment.A-B must have a name of letters, digits and underscores, got "x"; rename it',
    ],
    [
      { notes: { ...NOTES, environment: { IDENTITY_ISSUER: 'x' } } },
      'services.notes.environment.IDENTITY_ISSUER must be left to the platform, got "x"; remove it',
    ],
    [
      { notes: { ...NOTES, access: { sessions: false, methods: [] } } },
      'services.notes.access must let somebody in, got {"sessions":false,"methods":[]}; set sessions, methods or issuers',
    ],
    [
      { notes: { ...NOTES, access: { issuers: ['partner'] } } },
      'services.notes.access.issuers[0] must be the name of an issuer, got "partner"; add it to identity.issuers',
    ],
    [
      { notes: { ...NOTES, access: { sessions: false, aal: 'aal2' } } },
      'services.notes.access.aal must be aal1 where no sessions pass, got "aal2"; leave it out',
    ],
  ])('fails when %j is written, with path, rule, value and remedy', (services, line) => {
    expect(mistakes(services)).toEqual([line]);
  });

  test.each([
    ['/account', '/account'],
    ['/account/notes', '/account'],
    ['/Account', '/account'],
    ['/mail/box', '/mail'],
    ['/oauth2/token', '/oauth2/token'],
  ])('keeps away from %s', (path, taken) => {
    expect(mistakes({ notes: { ...NOTES, path } })).toEqual([
      `services.notes.path must be outside of ${taken}, where the platform answers, got "${path}"; choose another`,
    ]);
  });

  test.each(['/accounting', '/mailbox', '/oauth2', '/hello/notes'])('may answer at %s', (path) => {
    expect(ownServices(environment({ services: { notes: { ...NOTES, path } } }).services)[0]?.path).toBe(
      path,
    );
  });

  test('has a path that no other has, whatever the size of its letters', () => {
    const services = {
      notes: { ...NOTES, path: '/Hello' },
      other: NOTES,
      more: { ...NOTES, path: '/other' },
    };
    expect(mistakes(services)).toEqual([
      `services.notes.path must be another than that of 'hello', got "/Hello"; choose another`,
      `services.other.path must be another than that of 'more', got nothing; choose another`,
    ]);
  });

  test.each(['Notes', 'n', 'my--notes', 'notes-', '1notes'])('is not called %s', (name) => {
    expect(mistakes({ [name]: { ...NOTES, path: '/own' } })[0]).toContain(
      `services.${name} must have a name of 2 to 40 small letters, digits and single dashes, got `,
    );
  });

  test('is called as nothing of the platform is', () => {
    const stack = synthesizeApp('dev', (app) => {
      new EnvironmentStack(app, { environment: loadEnvironment('dev'), providers: UPSTREAM_PROVIDERS });
    });
    const components = [...stack.all('docker_container').values()].map(
      (container) => labelsOf(container).get('dev.portcullis.component') ?? '',
    );
    const taken = [...new Set(components)].filter((name) => !/^(hello|world)(-|$)/.test(name));
    expect(taken).toContain('kong-migrations-finish-secrets');
    for (const name of [...taken, 'outside', 'alone', 'egress', 'secure-api', 'gate-key', 'account']) {
      expect(mistakes({ [name]: { ...NOTES, path: '/own' } })[0]).toContain(
        `services.${name} must have another name than the platform's own components, got `,
      );
    }
  });
});
