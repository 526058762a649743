/** What the fields of an environment must be to each other. */
import type * as z from 'zod';
import { ENVIRONMENT_NAME } from './fields.js';
import { rule } from './report.js';
import type { Checked } from './schema.js';

type Note = (path: PropertyKey[], input: unknown, must: string, remedy: string) => void;

/** Notes every mistake that no single field shows. */
export function crossCheck(environment: Checked, context: z.core.$RefinementCtx<Checked>): void {
  const note: Note = (path, input, must, remedy) => {
    context.addIssue({ code: 'custom', path, input, message: rule(must, remedy) });
  };
  checkAddress(environment, note);
  checkDevelopment(environment, note);
  checkIdentity(environment, note);
  for (const [name, { access }] of Object.entries(environment.services))
    checkAccess(environment, name, access, note);
}

/** Whether an environment may do without what only HTTPS and a real mail server give. */
export function isDevelopment({ name, identity }: Pick<Checked, 'name' | 'identity'>): boolean {
  return identity.development ?? name === 'dev';
}

function checkAddress({ public: { url, hosts, port }, platform }: Checked, note: Note): void {
  const at = URL.canParse(url) ? new URL(url) : undefined;
  if (at !== undefined && !hosts.includes(at.hostname)) {
    note(['public', 'hosts'], hosts, `hold the host of public.url, ${at.hostname}`, `add '${at.hostname}'`);
  }
  if (
    at?.protocol === 'http:' &&
    platform.kind === 'docker' &&
    Number(at.port === '' ? 80 : at.port) !== port
  ) {
    note(
      ['public', 'url'],
      url,
      `have the published port ${port}`,
      `write '${at.protocol}//${at.hostname}:${port}'`,
    );
  }
}

function checkDevelopment(environment: Checked, note: Note): void {
  const { name, identity } = environment;
  if (name !== 'dev' && identity.development === true) {
    note(['identity', 'development'], true, 'be false outside of dev', 'leave it out');
  }
  // What a name that is none would ask for says nothing.
  if (isDevelopment(environment) || !ENVIRONMENT_NAME.test(name)) return;
  const { url } = environment.public;
  if (url.startsWith('http:')) {
    note(
      ['public', 'url'],
      url,
      'begin with https outside of dev, since cookies are for HTTPS alone',
      `write '${url.replace(/^http:/, 'https:')}'`,
    );
  }
  if (identity.mail === undefined || identity.mail.kind === 'catcher') {
    note(
      ['identity', 'mail'],
      identity.mail,
      'be a real mail server outside of dev',
      "write { kind: 'smtp', host: …, from: … }",
    );
  }
}

function checkIdentity({ identity, public: { hosts }, clients }: Checked, note: Note): void {
  const { cookieDomain } = identity.sessions;
  if (
    cookieDomain !== undefined &&
    hosts.some((host) => host !== cookieDomain && !host.endsWith(`.${cookieDomain}`))
  ) {
    note(
      ['identity', 'sessions', 'cookieDomain'],
      cookieDomain,
      `be what all public hosts (${hosts.join(', ')}) end with`,
      'leave it out for the one host',
    );
  }
  for (const [list, key, values] of [
    ['providers', 'id', identity.providers.map(({ id }) => id)],
    ['issuers', 'name', identity.issuers.map(({ name }) => name)],
    ['issuers', 'issuer', identity.issuers.map(({ issuer }) => issuer)],
  ] as const) {
    values.forEach((value, i) => {
      if (values.indexOf(value) !== i)
        note(['identity', list, i, key], value, 'be unique', 'change one of them');
    });
  }
  identity.issuers.forEach(({ issuer, name }, i) => {
    if (clients.some((client) => client.name === issuer))
      note(['identity', 'issuers', i, 'issuer'], issuer, 'differ from every client', `rename '${name}'`);
  });
}

function checkAccess(
  { identity }: Checked,
  name: string,
  access: Checked['services'][string]['access'],
  note: Note,
): void {
  const at = ['services', name, 'access'];
  const { methods } = identity;
  if (!access.sessions && access.methods.length === 0 && access.issuers.length === 0) {
    note(at, access, 'let somebody in', 'set sessions, methods or issuers');
  }
  access.issuers.forEach((issuer, i) => {
    if (identity.issuers.some((known) => known.name === issuer)) return;
    note([...at, 'issuers', i], issuer, 'be the name of an issuer', 'add it to identity.issuers');
  });
  if (access.aal !== 'aal2') return;
  if (!access.sessions) note([...at, 'aal'], access.aal, 'be aal1 where no sessions pass', 'leave it out');
  if (
    !methods.totp &&
    !methods.lookupCodes &&
    methods.webauthn !== 'second-factor' &&
    methods.code !== 'second-factor'
  )
    note(
      [...at, 'aal'],
      access.aal,
      'be aal1 while no second factor is enabled',
      'enable identity.methods.totp or another',
    );
}
