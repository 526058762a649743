/** Social login: who else may say who somebody is, and how far that is believed. */
import type { Mistakes } from '../mistakes.js';
import type { Secret } from '../secrets/secret.js';
import type { SealedJson } from './sealed-json.js';

interface ProviderBase {
  /**
   * What the provider knows us by. Declare it with `Secret.fromVariable`; one that is missing is
   * reported together with all other mistakes.
   */
  readonly clientId: Secret | undefined;
  readonly clientSecret: Secret | undefined;
  /**
   * Trait → claim that fills it when somebody registers. Never the e-mail address, which is taken over
   * by itself, when the provider says that it is verified.
   *
   * @default - only the e-mail address
   */
  readonly traits?: Readonly<Record<string, string>>;
}

export interface GitHubProvider extends ProviderBase {
  readonly kind: 'github';
  /** @default 'github' */
  readonly id?: string;
  /** All must be granted. @default ['user:email'] */
  readonly scopes?: readonly string[];
}

export interface OidcProvider extends ProviderBase {
  readonly kind: 'oidc';
  /** Part of the address that the provider leads back to; can't change while people log in with it. */
  readonly id: string;
  /** Where `/.well-known/openid-configuration` is found; HTTPS, plain HTTP in development alone. */
  readonly issuer: string;
  /** What the button says. */
  readonly label: string;
  /** @default ['openid', 'email', 'profile'] */
  readonly scopes?: readonly string[];
  /**
   * Further origins that a browser is led over on its way to log in there. Browsers refuse to go on where
   * a form leads to an origin that wasn't announced.
   *
   * @default - only the issuer's own
   */
  readonly origins?: readonly string[];
}

const DEFAULT_SCOPES: readonly string[] = ['openid', 'email', 'profile'];

export type Provider = GitHubProvider | OidcProvider;

export function providerId(provider: Provider): string {
  return provider.kind === 'github' ? (provider.id ?? 'github') : provider.id;
}

/** What the button of a provider says. */
export function providerLabel(provider: Provider): string {
  return provider.kind === 'github' ? 'GitHub' : provider.label;
}

/** Origins that a browser is led over when its owner logs in there. */
export function providerOrigins(provider: Provider): string[] {
  if (provider.kind === 'github') return ['https://github.com'];
  return [...new Set([new URL(provider.issuer).origin, ...(provider.origins ?? [])])];
}

/** What a provider tells about a person, by what it is asked for. GitHub's name is public there. */
export function providerTells(provider: Provider): ('email' | 'name')[] {
  if (provider.kind === 'github') return ['email', 'name'];
  const scopes = provider.scopes ?? DEFAULT_SCOPES;
  return [
    ...(scopes.includes('email') ? (['email'] as const) : []),
    ...(scopes.includes('profile') ? (['name'] as const) : []),
  ];
}

/** Notes every mistake of the providers. */
export function checkProviders(
  mistakes: Mistakes,
  path: string,
  providers: readonly Provider[],
  { traits, development }: { readonly traits: readonly string[]; readonly development: boolean },
): void {
  mistakes.unique(`${path}.id`, providers.map(providerId), 'give each provider an id of its own');
  for (const provider of providers) {
    const id = providerId(provider);
    const at = `${path}.${id}`;
    mistakes.unless(
      /^[a-z0-9][a-z0-9-]{0,39}$/.test(id),
      `${at}.id`,
      'be small letters, digits and dashes',
      id,
      'rename it',
    );
    for (const credential of ['clientId', 'clientSecret'] as const) {
      mistakes.unless(
        provider[credential] !== undefined,
        `${at}.${credential}`,
        'be a secret from outside',
        undefined,
        'declare it with Secret.fromVariable',
      );
    }
    checkScopes(mistakes, `${at}.scopes`, provider);
    if (provider.kind === 'oidc') {
      checkIssuer(mistakes, `${at}.issuer`, provider.issuer, development);
      checkOrigins(mistakes, `${at}.origins`, provider.origins ?? [], development);
    }
    for (const [trait, claim] of Object.entries(provider.traits ?? {})) {
      mistakes.unless(
        traits.includes(trait),
        `${at}.traits.${trait}`,
        'be a trait of the schema other than the e-mail address',
        trait,
        'declare it in schema.traits or remove it',
      );
      mistakes.unless(
        /^[A-Za-z_][A-Za-z0-9_]{0,62}$/.test(claim) && claim !== 'email',
        `${at}.traits.${trait}`,
        'be the plain name of a claim other than email',
        claim,
        'correct it',
      );
    }
  }
}

function checkScopes(mistakes: Mistakes, path: string, provider: Provider): void {
  const { scopes } = provider;
  if (scopes === undefined) return;
  const needed = provider.kind === 'github' ? 'user:email' : 'openid';
  mistakes.unless(scopes.includes(needed), path, `hold ${needed}`, scopes, 'add it');
  mistakes.unique(path, scopes, 'remove one of them');
}

function checkIssuer(mistakes: Mistakes, path: string, issuer: string, development: boolean): void {
  const url = URL.canParse(issuer) ? new URL(issuer) : undefined;
  mistakes.unless(
    url !== undefined &&
      (url.protocol === 'https:' || (development && url.protocol === 'http:')) &&
      url.search + url.hash + url.username + url.password === '',
    path,
    development ? 'be an address without a query' : 'be an https address without a query',
    issuer,
    "write for example 'https://id.example.com'",
  );
}

function checkOrigins(
  mistakes: Mistakes,
  path: string,
  origins: readonly string[],
  development: boolean,
): void {
  mistakes.unique(path, origins, 'remove one of them');
  origins.forEach((text, i) => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    mistakes.unless(
      url?.origin === text && (url.protocol === 'https:' || (development && url.protocol === 'http:')),
      `${path}[${i}]`,
      `be an ${development ? 'http or ' : ''}https origin: scheme, host and perhaps a port`,
      text,
      "write for example 'https://login.example.com'",
    );
  });
}

/** Kratos' configuration of a provider; its credentials stay sealed. */
export function renderProvider(provider: Provider): SealedJson {
  const { clientId, clientSecret } = provider;
  const shared = {
    id: providerId(provider),
    ...(clientId === undefined ? {} : { client_id: clientId.newest }),
    ...(clientSecret === undefined ? {} : { client_secret: clientSecret.newest }),
    mapper_url: `base64://${Buffer.from(claimsMapper(provider.traits ?? {})).toString('base64')}`,
  };
  return provider.kind === 'github'
    ? {
        ...shared,
        provider: 'github',
        label: providerLabel(provider),
        scope: provider.scopes ?? ['user:email'],
      }
    : {
        ...shared,
        provider: 'generic',
        label: providerLabel(provider),
        issuer_url: provider.issuer,
        scope: provider.scopes ?? DEFAULT_SCOPES,
      };
}

/**
 * Jsonnet from a provider's claims to traits.
 *
 * An address that the provider doesn't call verified is left out: whoever owns an account there could
 * name anybody's. Kratos then asks for one and verifies it itself.
 */
export function claimsMapper(traits: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(traits).sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    "local claims = std.extVar('claims');",
    "local raw = if 'raw_claims' in claims && claims.raw_claims != null then claims.raw_claims else {};",
    'local named(name) = if name in claims then claims[name] else if name in raw then raw[name] else null;',
    "local verified = 'email' in claims && claims.email != '' && 'email_verified' in claims && claims.email_verified == true;",
    '{',
    '  identity: {',
    '    traits: {',
    "      [if verified then 'email']: claims.email,",
    ...pairs.map(
      ([trait, claim]) => `      [if named('${claim}') != null then '${trait}']: named('${claim}'),`,
    ),
    '    },',
    "    [if verified then 'verified_addresses']: [{ via: 'email', value: claims.email }],",
    '  },',
    '}',
    '',
  ].join('\n');
}
