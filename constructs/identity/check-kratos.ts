/** Checks what is declared about Kratos; every mistake is in one report. */
import { isIP } from 'node:net';
import { HOST_NAME } from '../gateway/check.js';
import { Mistakes } from '../mistakes.js';
import type { Image, ResourceSpec } from '../platform/platform.js';
import { checkIdentitySchema } from './identity-schema.js';
import type { Hasher, KratosSettings } from './kratos-config.js';
import { checkMail } from './mail.js';
import { checkMethods } from './methods.js';
import { checkProviders } from './providers.js';

/** What is checked beside the settings. */
export interface CheckedKratos {
  readonly image: Image;
  readonly replicas: number;
  readonly connections: number;
  readonly resources: ResourceSpec;
  readonly hosts: readonly string[];
  readonly development: boolean;
}

/** @throws PortcullisError with every mistake in one report */
export function checkKratos(settings: KratosSettings, rest: CheckedKratos, at: string): void {
  const mistakes = new Mistakes();
  const major = Number(rest.image.version.split('.')[0]);
  mistakes.unless(
    /^1\.([3-9]|\d\d)/.test(rest.image.version) || major >= 25,
    'image.version',
    'be 1.3 or newer',
    rest.image.version,
    'choose such an image in the catalogue',
  );
  mistakes.wholeNumber('replicas', rest.replicas, 1, 16, 'leave it out for 2');
  mistakes.wholeNumber('connections', rest.connections, 2, 500, 'leave it out for 20');
  const publicHost = checkPublicUrl(mistakes, settings.publicUrl, rest);
  for (const name of ['basePath', 'accountPath'] as const) {
    mistakes.unless(
      /^(\/[A-Za-z0-9._-]+)+$/.test(settings[name]),
      name,
      'be a path of letters, digits, dots and dashes, without a slash at its end',
      settings[name],
      'correct it',
    );
  }
  checkReturnUrls(mistakes, settings.returnUrls, rest);
  checkSessions(mistakes, settings.sessions, publicHost, rest.development);
  checkIdentitySchema(mistakes, 'schema', settings.schema);
  checkMethods(mistakes, 'methods', settings.methods, {
    publicHost,
    providers: settings.providers.length,
  });
  checkProviders(mistakes, 'providers', settings.providers, {
    traits: Object.keys(settings.schema.traits ?? {}),
    development: rest.development,
  });
  checkHasher(mistakes, 'hasher', settings.hasher, rest.resources);
  checkMail(mistakes, 'mail', settings.mail);
  mistakes.throwIfAny('Kratos', at);
}

/** Returns the host, or an empty text when there is none. */
function checkPublicUrl(mistakes: Mistakes, text: string, { hosts, development }: CheckedKratos): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.origin !== text) {
    mistakes.add(
      'publicUrl',
      'be an origin: scheme, host and perhaps a port',
      text,
      "write for example 'https://example.com'",
    );
    return url?.hostname ?? '';
  }
  mistakes.unless(
    url.protocol === (development ? 'http:' : 'https:'),
    'publicUrl',
    development
      ? 'be plain HTTP where development is on, which weakens cookies'
      : 'be HTTPS: browsers keep cookies to themselves otherwise',
    text,
    development ? 'turn development off' : 'give the gateway a certificate',
  );
  mistakes.unless(
    hosts.includes(url.hostname),
    'publicUrl',
    `be on a public host: ${hosts.join(', ')}`,
    text,
    "add it to the gateway's hosts or correct it",
  );
  return url.hostname;
}

function checkReturnUrls(
  mistakes: Mistakes,
  urls: readonly string[],
  { hosts, development }: CheckedKratos,
): void {
  mistakes.unless(urls.length > 0, 'returnUrls', 'name at least one', urls, 'add the public address');
  mistakes.unique('returnUrls', urls, 'remove one of them');
  urls.forEach((text, i) => {
    const path = `returnUrls[${i}]`;
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
      mistakes.add(path, 'be an http or https address', text, "write for example 'https://example.com/'");
      return;
    }
    mistakes.unless(
      development || url.protocol === 'https:',
      path,
      'be HTTPS outside of development',
      text,
      'correct it',
    );
    mistakes.unless(
      url.search + url.hash + url.username + url.password === '',
      path,
      'have no query, fragment or user',
      text,
      'remove it',
    );
    mistakes.unless(
      hosts.includes(url.hostname),
      path,
      `be on a public host: ${hosts.join(', ')}`,
      text,
      "add it to the gateway's hosts or remove it",
    );
  });
}

function checkSessions(
  mistakes: Mistakes,
  { lifetime, privileged, cookie }: KratosSettings['sessions'],
  publicHost: string,
  development: boolean,
): void {
  const path = 'sessions';
  mistakes.unless(
    lifetime.toSeconds() >= 60 && lifetime.toSeconds() <= 365 * 86_400,
    `${path}.lifetime`,
    'be from a minute to 365 days',
    lifetime.toGoDuration(),
    'leave it out for 24 hours',
  );
  mistakes.unless(
    privileged.toMilliseconds() <= lifetime.toMilliseconds(),
    `${path}.privileged`,
    'be no longer than the lifetime',
    privileged.toGoDuration(),
    'shorten it',
  );
  mistakes.unless(
    /^[A-Za-z0-9_-]{1,64}$/.test(cookie.name),
    `${path}.cookie.name`,
    'be letters, digits, dashes and underscores',
    cookie.name,
    "leave it out for 'ory_kratos_session'",
  );
  mistakes.unless(
    !development || cookie.sameSite !== 'None',
    `${path}.cookie.sameSite`,
    'be another than None in development, where browsers refuse it',
    cookie.sameSite,
    "leave it out for 'Lax'",
  );
  const { domain } = cookie;
  if (domain === undefined) return;
  mistakes.unless(
    HOST_NAME.test(domain) &&
      isIP(domain) === 0 &&
      (domain === publicHost || (domain.includes('.') && publicHost.endsWith(`.${domain}`))),
    `${path}.cookie.domain`,
    `be the public host ${publicHost} or a domain above it`,
    domain,
    'correct it, or leave it out',
  );
}

function checkHasher(mistakes: Mistakes, path: string, hasher: Hasher, { memory }: ResourceSpec): void {
  if (hasher.algorithm === 'bcrypt') {
    mistakes.wholeNumber(`${path}.cost`, hasher.cost ?? 12, 12, 16, 'leave it out for 12');
    return;
  }
  mistakes.wholeNumber(`${path}.iterations`, hasher.iterations ?? 3, 1, 64, 'leave it out for 3');
  mistakes.wholeNumber(`${path}.parallelism`, hasher.parallelism ?? 1, 1, 64, 'leave it out for 1');
  const mebibytes = hasher.memory?.toMebibytes() ?? 128;
  mistakes.unless(
    mebibytes >= 19 && mebibytes * 2 <= memory.toMebibytes(),
    `${path}.memory`,
    `be from 19 MiB to half of a replica's ${memory.toMebibytes()} MiB`,
    mebibytes,
    'raise resources.memory or lower it',
  );
}
