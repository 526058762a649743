/** What a plugin of the gateway is: a name, a check of its properties, and Kong's configuration for it. */
import type { Mistakes } from '../../mistakes.js';
import type { Sealed } from '../../secrets/sealed.js';

/**
 * A value in Kong's configuration; a secret stays sealed until decK puts it in.
 *
 * null says that a field isn't set, where decK would otherwise see a difference for ever: inside of maps.
 */
export type ConfigValue =
  | null
  | string
  | number
  | boolean
  | Sealed
  | readonly ConfigValue[]
  | { readonly [key: string]: ConfigValue | undefined };

export type PluginConfig = Readonly<Record<string, ConfigValue | undefined>>;

/** Version of Kong that configuration is rendered for; some fields came late, others moved. */
export interface KongVersion {
  readonly major: number;
  readonly minor: number;
}

/** Protocols of requests that a plugin acts on. */
export type PluginProtocol = 'http' | 'https' | 'grpc' | 'grpcs';

/** Kong's default, spelled out by plugins whose schema in 3.0 says nothing: decK sees a difference else. */
export const EVERY_PROTOCOL: readonly PluginProtocol[] = ['grpc', 'grpcs', 'http', 'https'];

/**
 * A plugin as one of the functions of this folder makes it.
 *
 * Of one kind Kong runs only the most specific: a client's goes before a route's, a route's before a
 * service's, a service's before the gateway's.
 */
export interface GatewayPlugin {
  /** Kong's name of the plugin. */
  readonly name: string;
  /** Whether Kong takes it on a client. */
  readonly onClients: boolean;
  /** Written only where Kong would otherwise see a difference at each synchronization. */
  readonly protocols?: readonly PluginProtocol[];
  /** Headers of the request that it takes away, renames or sets. */
  readonly requestHeaders?: readonly string[];
  /** Notes every mistake in the properties. */
  check(mistakes: Mistakes, path: string, kong: KongVersion): void;
  /** Kong's configuration. */
  config(kong: KongVersion): PluginConfig;
}

export interface CustomPluginProps {
  /** Kong's name of the plugin; it must be loaded by the gateway. */
  readonly name: string;
  /** Its configuration as Kong's documentation names it; a value may be a secret's. */
  readonly config: PluginConfig;
  /** @default - Kong's own */
  readonly protocols?: readonly PluginProtocol[];
}

/**
 * Any plugin that has no function of its own here.
 *
 * Nothing of its configuration is checked before Kong does. Source: Kong's Admin API, `/schemas/plugins/NAME`.
 */
export function customPlugin(props: CustomPluginProps): GatewayPlugin {
  return {
    name: props.name,
    onClients: true,
    ...(props.protocols === undefined ? {} : { protocols: props.protocols }),
    check(mistakes, path) {
      mistakes.unless(
        /^[a-z][a-z0-9-]*$/.test(props.name),
        `${path}.name`,
        "be a plugin's name in small letters, digits and dashes",
        props.name,
        "write it as Kong's documentation does",
      );
      mistakes.unless(
        !TYPED.includes(props.name),
        `${path}.name`,
        'be a plugin without a function of its own',
        props.name,
        'use the typed function, which has safe defaults',
      );
    },
    config: () => props.config,
  };
}

/** Plugins that have a typed function, which is what keeps their defaults safe. */
const TYPED: readonly string[] = [
  'acl',
  'bot-detection',
  'correlation-id',
  'cors',
  'file-log',
  'http-log',
  'ip-restriction',
  'jwt',
  'key-auth',
  'oauth2',
  'post-function',
  'pre-function',
  'prometheus',
  'proxy-cache',
  'rate-limiting',
  'request-size-limiting',
  'request-termination',
  'request-transformer',
  'response-transformer',
];

/** Whether a version is at least another one. */
export function since(kong: KongVersion, major: number, minor: number): boolean {
  return kong.major > major || (kong.major === major && kong.minor >= minor);
}

/** Form of an HTTP header's name. */
export const HEADER_NAME = /^[A-Za-z0-9][A-Za-z0-9-]{0,126}$/;

/** Notes a mistake for each name that isn't a header's. */
export function checkHeaderNames(mistakes: Mistakes, path: string, names: readonly string[]): void {
  names.forEach((name, i) => {
    checkHeaderName(mistakes, `${path}[${i}]`, name);
  });
}

/** Notes a mistake unless the name is a header's. */
export function checkHeaderName(mistakes: Mistakes, path: string, name: string): void {
  mistakes.unless(
    HEADER_NAME.test(name),
    path,
    "be a header's name of letters, digits and dashes",
    name,
    "write for example 'X-Request-Id'",
  );
}

/** Notes a mistake for a text that decK would put something else into, be it another's secret. */
export function checkNoTemplate(mistakes: Mistakes, path: string, text: string): void {
  mistakes.unless(
    !text.includes('${{'),
    path,
    "hold no '${{', which decK would read as a template",
    text,
    'write it another way',
  );
}

/** Notes a mistake unless exactly one of two lists is given and holds something. */
export function checkEitherList(
  mistakes: Mistakes,
  path: string,
  { allow, deny }: { readonly allow?: readonly string[]; readonly deny?: readonly string[] },
): void {
  mistakes.unless(
    (allow === undefined) !== (deny === undefined) && (allow ?? deny ?? []).length > 0,
    path,
    'have either allow or deny, with at least one entry',
    { allow, deny },
    'keep one of the two',
  );
}
