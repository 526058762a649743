/**
 * Takes secrets that we don't know out of what decK reads back from Kong: by where they stand.
 *
 * A key from before the last rotation, a JWT secret that Kong made up or a certificate's private key
 * is in no map of ours, so these are recognised by the kind of entity and the name of the field.
 * Too much is masked rather than too little; what only names a secret (`{vault://…}`) is shown.
 */
import { MASK, type Mask } from './mask.js';

/** Lists in a state file → the kind of their members, as decK's reports call it. */
const COLLECTIONS: Readonly<Record<string, string>> = {
  acls: 'acl-group',
  basicauth_credentials: 'basic-auth',
  ca_certificates: 'ca-certificate',
  certificates: 'certificate',
  consumers: 'consumer',
  consumer_groups: 'consumer-group',
  hmacauth_credentials: 'hmac-auth',
  jwt_secrets: 'jwt-auth',
  keyauth_credentials: 'key-auth',
  keys: 'key',
  licenses: 'license',
  mtls_auth_credentials: 'mtls-auth',
  oauth2_credentials: 'oauth2-cred',
  partials: 'partial',
  plugins: 'plugin',
  routes: 'route',
  services: 'service',
  upstreams: 'upstream',
  vaults: 'vault',
};

/** Kinds whose field `key` is the secret itself; a JWT credential's only says whose it is. */
const SECRET_KEY = ['key-auth', 'certificate', 'plugin', 'partial', 'vault'];
/** Names of secret fields, whatever they belong to. */
const SECRET_FIELD =
  /(^|_)(secrets?|passw(or)?d|passphrase|tokens?|credentials?|authorization|jwk|pem|payload)$|^cookie$|(^|_)api_?key$|(?<!(^|_)public)_key$|^key_alt$|^(header|param)_value$|_account_json$|^connection_string$/i;
/** Names of headers, parameters and members of a body that carry secrets. */
const SECRET_NAME = /authorization|cookie|token|secret|passw|api-?_?key|signature|credential|[-_]key$/i;
/** Values that carry one whatever their name. */
const SCHEME = /^\s*(bearer|basic|digest|negotiate)\s/i;
/** Headers that never prove anything; every other one that Kong sends might. */
const PLAIN_HEADER = /^(host|accept(-.*)?|content-type|user-agent)$/i;
/** What names a secret instead of holding it. */
const REFERENCE = /^(\{vault:\/\/[^}]*\}|\$\{\{[^}]*\}\})$/;
/** Shorter texts would take half a report with them. */
const LEAST_FOUND = 8;

/** Secrets in free text that are known by their own look. */
const LOOKS: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  [/-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z0-9 ]*PRIVATE KEY-----|$)/g, MASK],
  [/\beyJ[\w-]{8,}\.[\w-]{8,}(\.[\w-]*)?/g, MASK],
  [/(\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@"']*:)[^\s/@"']+@/gi, `$1${MASK}@`],
  // decK names a key by its last five characters.
  [/(\bkey-auth )[\s\S]{1,5}?(?= for consumer | failed: |$)/g, `$1${MASK}`],
];

/** Free text without known secrets and without what looks like one. */
export function concealText(mask: Mask, text: string): string {
  return LOOKS.reduce(
    (shown, [pattern, replacement]) => shown.replace(pattern, replacement),
    mask.text(text),
  );
}

/** An entity without its secrets. */
export function concealEntity(mask: Mask, kind: string, body: unknown): unknown {
  return walk(body, kind, [], () => MASK, mask);
}

/** A state file or a dump without its secrets. */
export function concealState(mask: Mask, state: unknown): unknown {
  return concealEntity(mask, '', state);
}

/** The name by which decK reports an entity, without the end of a key. */
export function concealName(mask: Mask, kind: string, name: string): string {
  if (kind !== 'key-auth') return concealText(mask, name);
  const rest = name.indexOf(' for consumer ');
  return rest === -1 ? MASK : MASK + concealText(mask, name.slice(rest));
}

/** Texts that stand in a state where secrets stand, to be added to a mask. */
export function secretsIn(state: unknown): string[] {
  const found: string[] = [];
  walk(state, '', [], (text) => {
    if (text.length >= LEAST_FOUND) found.push(text);
    return text;
  });
  return found;
}

/**
 * Copies a value, putting every secret through `take`.
 *
 * @param path names of the members on the way from the entity, lists left out
 * @param mask for all other text; left as it is without one
 */
function walk(
  value: unknown,
  kind: string,
  path: readonly string[],
  take: (secret: string) => string,
  mask?: Mask,
): unknown {
  if (Array.isArray(value)) return value.map((member) => walk(member, kind, path, take, mask));
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(
      Object.entries(value).map(([name, member]: [string, unknown]) => [
        mask === undefined ? name : concealText(mask, name),
        walkMember(member, kind, [...path, name], take, mask),
      ]),
    );
  }
  if (mask === undefined) return value;
  if (typeof value === 'string') return concealText(mask, value);
  // A secret that went in as a number comes back as one.
  if (typeof value !== 'number') return value;
  const shown = mask.text(String(value));
  return shown === String(value) ? value : shown;
}

function walkMember(
  value: unknown,
  kind: string,
  path: readonly string[],
  take: (secret: string) => string,
  mask?: Mask,
): unknown {
  const name = path.at(-1) ?? '';
  const collection = COLLECTIONS[name];
  if (collection !== undefined && Array.isArray(value))
    return value.map((member) => walk(member, collection, [], take, mask));
  if (name === '_plugin_configs') return walk(value, 'plugin', ['config'], take, mask);
  if (isSecretField(kind, name)) return takeAll(value, take);
  if (
    /^(custom_)?headers$/.test(name) &&
    !Array.isArray(value) &&
    value !== null &&
    typeof value === 'object'
  )
    return Object.fromEntries(
      Object.entries(value).map(([header, values]: [string, unknown]) => [
        mask === undefined ? header : concealText(mask, header),
        // A route matches on headers; everywhere else they are sent, often to prove who we are.
        SECRET_NAME.test(header) || (kind !== 'route' && !PLAIN_HEADER.test(header))
          ? takeAll(values, take)
          : walk(values, kind, path, take, mask),
      ]),
    );
  if (/^(custom_)?(headers|querystring|body)$/.test(name) && Array.isArray(value))
    return value.map((entry: unknown) =>
      typeof entry === 'string' ? pair(entry, take, mask) : walk(entry, kind, path, take, mask),
    );
  return walk(value, kind, path, take, mask);
}

function isSecretField(kind: string, name: string): boolean {
  return name === 'key' ? SECRET_KEY.includes(kind) : SECRET_FIELD.test(name);
}

/** `name:value` of a transformer; the value goes when the name or its form says so. */
function pair(entry: string, take: (secret: string) => string, mask?: Mask): string {
  const colon = entry.indexOf(':');
  const [name, value] = colon === -1 ? [entry, ''] : [entry.slice(0, colon), entry.slice(colon + 1)];
  if (value !== '' && (SECRET_NAME.test(name) || SCHEME.test(value)))
    return `${mask === undefined ? name : concealText(mask, name)}:${takeOne(value, take)}`;
  return mask === undefined ? entry : concealText(mask, entry);
}

/** Every text within a secret field; numbers and switches, such as `hash_secret`, are none. */
function takeAll(value: unknown, take: (secret: string) => string): unknown {
  if (typeof value === 'string') return takeOne(value, take);
  if (Array.isArray(value)) return value.map((member) => takeAll(member, take));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]: [string, unknown]) => [name, takeAll(member, take)]),
  );
}

function takeOne(text: string, take: (secret: string) => string): string {
  return text === '' || REFERENCE.test(text) ? text : take(text);
}
