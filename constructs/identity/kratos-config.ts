/** Kratos' configuration: plain files, and the ones with secrets in them. */
import type { IPostgresDatabase } from '../data/postgres.js';
import type { Duration, Size } from '../quantities.js';
import type { Secret } from '../secrets/secret.js';
import { urlEncoded, type Sealed } from '../secrets/sealed.js';
import { signingSlot } from '../secrets/slots.js';
import { renderIdentitySchema, SCHEMA_ID, type IdentitySchema } from './identity-schema.js';
import { mailFrom, smtpAddress, type Mail } from './mail.js';
import { renderMethods, type EnabledMethods } from './methods.js';
import { renderProvider, type Provider } from './providers.js';
import { sealedJson, SealedText } from './sealed-json.js';

/** How passwords are hashed. */
export type Hasher =
  | {
      readonly algorithm: 'bcrypt';
      /** From 12 to 16; each step doubles the time. @default 12 */
      readonly cost?: number;
    }
  | {
      readonly algorithm: 'argon2';
      /** For each login at once. @default Size.mebibytes(128) */
      readonly memory?: Size;
      /** From 1 to 64. @default 3 */
      readonly iterations?: number;
      /** From 1 to 64 threads. @default 1 */
      readonly parallelism?: number;
    };

export interface Cookie {
  /** @default 'ory_kratos_session' */
  readonly name?: string;
  /** The public host or a domain above it, which all hosts below then get it from. @default - the public host alone */
  readonly domain?: string;
  /** @default 'Lax' */
  readonly sameSite?: 'Strict' | 'Lax' | 'None';
  /** Whether it outlives the browser. @default true */
  readonly persistent?: boolean;
}

export interface Sessions {
  /** At most 365 days. @default Duration.hours(24) */
  readonly lifetime?: Duration;
  /**
   * What a session must have reached to be told about: the first factor, or the second one where its owner
   * has set one up.
   *
   * @default 'highest_available'
   */
  readonly aal?: 'aal1' | 'highest_available';
  readonly cookie?: Cookie;
  /** How long after a login one may change what one logs in with. @default Duration.hours(1) */
  readonly privileged?: Duration;
}

export type LogLevel = 'debug' | 'info' | 'warning' | 'error';

/** Everything that the files are made from, defaults filled in and checked. */
export interface KratosSettings {
  readonly publicUrl: string;
  readonly basePath: string;
  readonly accountPath: string;
  readonly returnUrls: readonly string[];
  readonly registration: boolean;
  readonly schema: IdentitySchema;
  readonly methods: EnabledMethods;
  readonly providers: readonly Provider[];
  readonly sessions: {
    readonly lifetime: Duration;
    readonly aal: 'aal1' | 'highest_available';
    readonly privileged: Duration;
    readonly cookie: Cookie & { readonly name: string };
  };
  readonly hasher: Hasher;
  readonly mail: Mail;
}

/** Address of a page of the account's owner. */
function page(settings: KratosSettings, name: string): string {
  return `${settings.publicUrl}${settings.accountPath}/${name}`;
}

/** The plain file that Kratos reloads; pretty, since differences of it are read by people. */
export function plainConfig(settings: KratosSettings): string {
  const { publicUrl, sessions, methods, hasher } = settings;
  const { hostname: publicHost } = new URL(publicUrl);
  const relying = [publicUrl, ...settings.returnUrls.map((url) => new URL(url).origin)].filter((origin) => {
    const { hostname } = new URL(origin);
    return hostname === publicHost || hostname.endsWith(`.${publicHost}`);
  });
  return pretty({
    identity: identity(settings),
    session: {
      lifespan: sessions.lifetime.toGoDuration(),
      whoami: { required_aal: sessions.aal },
      cookie: {
        name: sessions.cookie.name,
        ...(sessions.cookie.domain === undefined ? {} : { domain: sessions.cookie.domain }),
        path: '/',
        persistent: sessions.cookie.persistent ?? true,
        same_site: sessions.cookie.sameSite ?? 'Lax',
      },
    },
    cookies: { path: '/', same_site: sessions.cookie.sameSite ?? 'Lax' },
    hashers: renderHasher(hasher),
    selfservice: {
      default_browser_return_url: `${publicUrl}${settings.accountPath}`,
      allowed_return_urls: [...settings.returnUrls],
      methods: {
        ...renderMethods(methods, { publicHost, origins: [...new Set(relying)] }),
        oidc: { enabled: settings.providers.length > 0 },
      },
      flows: renderFlows(settings),
    },
    courier: { smtp: { from_address: mailFrom(settings.mail) } },
  });
}

function identity(settings: KratosSettings): object {
  const schema = JSON.stringify(renderIdentitySchema(settings.schema, settings.methods));
  return {
    default_schema_id: SCHEMA_ID,
    schemas: [{ id: SCHEMA_ID, url: `base64://${Buffer.from(schema).toString('base64')}` }],
  };
}

function renderFlows(settings: KratosSettings): object {
  const { methods, sessions } = settings;
  const ui = (name: string): object => ({ ui_url: page(settings, name) });
  const mailed = (use: 'off' | 'code' | 'link', name: string): object =>
    use === 'off'
      ? { enabled: false }
      : { enabled: true, use, notify_unknown_recipients: false, ...ui(name) };
  // The session first: the answer to a program then holds its token beside the way to verification.
  const show = methods.verification === 'off' ? [] : [{ hook: 'show_verification_ui' }];
  const after = { hooks: [{ hook: 'session' }, ...show] };
  // Whoever had the old password, or the session that made somebody change it, is out.
  const alone = { hooks: [{ hook: 'revoke_active_sessions' }] };
  return {
    login: ui('login'),
    registration: {
      enabled: settings.registration,
      ...ui('registration'),
      after: {
        ...(methods.password ? { password: after } : {}),
        ...(methods.webauthn === 'passwordless' ? { webauthn: after } : {}),
        ...(methods.passkey ? { passkey: after } : {}),
        // Its code has just come by mail.
        ...(methods.code === 'passwordless' ? { code: { hooks: [{ hook: 'session' }] } } : {}),
        ...(settings.providers.length > 0 ? { oidc: after } : {}),
      },
    },
    settings: {
      ...ui('settings'),
      privileged_session_max_age: sessions.privileged.toGoDuration(),
      required_aal: sessions.aal,
      after: { password: alone },
    },
    recovery: {
      ...mailed(methods.recovery, 'recovery'),
      ...(methods.recovery === 'off' ? {} : { after: alone }),
    },
    verification: mailed(methods.verification, 'verification'),
    error: ui('error'),
    logout: { after: { default_browser_return_url: page(settings, 'login') } },
  };
}

function renderHasher(hasher: Hasher): object {
  return hasher.algorithm === 'bcrypt'
    ? { algorithm: 'bcrypt', bcrypt: { cost: hasher.cost ?? 12 } }
    : {
        algorithm: 'argon2',
        argon2: {
          memory: `${hasher.memory?.toMebibytes() ?? 128}MB`,
          iterations: hasher.iterations ?? 3,
          parallelism: hasher.parallelism ?? 1,
          salt_length: 16,
          key_length: 32,
        },
      };
}

/** What Kratos reads at its start alone. */
export function startConfig(
  settings: KratosSettings,
  { bind, logLevel }: { readonly bind: string; readonly logLevel: LogLevel },
): string {
  return pretty({
    serve: {
      public: {
        base_url: `${settings.publicUrl}${settings.basePath}/`,
        host: '0.0.0.0',
        port: 4433,
        request_log: { disable_for_health: true },
      },
      // Only named in redirects, to where nobody from outside gets.
      admin: {
        base_url: `http://${bind}:4434/`,
        host: bind,
        port: 4434,
        request_log: { disable_for_health: true },
      },
    },
    log: { level: logLevel, format: 'json', leak_sensitive_values: false },
  });
}

/** As little as the migrations need: what else changes doesn't run them again. */
export function migrationConfig(settings: KratosSettings): string {
  return pretty({
    identity: { default_schema_id: SCHEMA_ID, schemas: [{ id: SCHEMA_ID, url: 'base64://e30=' }] },
    selfservice: { default_browser_return_url: settings.publicUrl },
  });
}

/** The file with the address of the database. `folder` is where the bundle of its authority lies. */
export function dsnConfig(database: IPostgresDatabase, connections: number, folder: string): Sealed {
  const tls =
    database.tls === undefined ? 'sslmode=disable' : `sslmode=verify-full&sslrootcert=${folder}/ca.pem`;
  return sealedJson('kratos-dsn', {
    dsn: new SealedText([
      `postgres://${encodeURIComponent(database.user)}:`,
      urlEncoded(database.password),
      `@${database.host}:${database.port}/${database.database}?${tls}&max_conns=${connections}`,
    ]),
  });
}

/** Secrets that cookies and codes are made with; two values per slot. */
export type SecretPair = readonly [Secret, Secret];

/** The file with what signs, encrypts and identifies us at providers. Only replicas read it. */
export function secretConfig(
  settings: KratosSettings,
  secrets: { readonly cookie: SecretPair; readonly default: SecretPair; readonly cipher: Secret },
): Sealed {
  return sealedJson('kratos-secrets', {
    secrets: {
      cookie: inOrder(secrets.cookie),
      default: inOrder(secrets.default),
      cipher: [secrets.cipher.newest],
    },
    ciphers: { algorithm: 'aes' },
    ...(settings.providers.length === 0
      ? {}
      : {
          selfservice: {
            methods: { oidc: { config: { providers: settings.providers.map(renderProvider) } } },
          },
        }),
  });
}

/**
 * The pair that signs, then the newest, which every replica knows for one step before it signs, then the
 * one before.
 *
 * Kratos up to 26.2 reads the list of one of its cookies as pairs of a signing and an encrypting secret:
 * of single values every step would pair others.
 */
function inOrder(pair: SecretPair): Sealed[] {
  const [{ generation, slots }] = pair;
  const first = signingSlot(generation, slots);
  const after = (first + 1) % slots;
  const others = Array.from({ length: slots - 1 }, (_, i) => (after + i) % slots);
  return [first, ...others].flatMap((slot) => pair.map((secret) => secret.slot(slot)));
}

/** The file with the way to the mail server. Only the courier reads it. */
export function mailConfig(mail: Mail): Sealed {
  return sealedJson('kratos-mail', {
    courier: { smtp: { connection_uri: smtpAddress(mail), from_address: mailFrom(mail) } },
  });
}

function pretty(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
