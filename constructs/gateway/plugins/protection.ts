/** Plugins that keep callers out by address, user agent or origin. */
import { isIP } from 'node:net';
import { Duration } from '../../quantities.js';
import type { HttpMethod } from '../model.js';
import { checkEitherList, checkHeaderNames, type GatewayPlugin } from './plugin.js';

export interface IpRestrictionProps {
  /** Addresses or ranges in CIDR form that may pass; nobody else may. */
  readonly allow?: readonly string[];
  /** Addresses or ranges that may not. */
  readonly deny?: readonly string[];
  /** @default 403 */
  readonly status?: number;
  /** @default - Kong's own text */
  readonly message?: string;
}

/** Whether a text is an IPv4 or IPv6 address, or a range in CIDR form. */
function isRange(text: string): boolean {
  const [address = '', bits = '0', ...more] = text.split('/');
  const version = isIP(address);
  return (
    version !== 0 &&
    !address.includes('%') &&
    more.length === 0 &&
    /^\d{1,3}$/.test(bits) &&
    Number(bits) <= (version === 4 ? 32 : 128)
  );
}

/**
 * Lets pass by the caller's address.
 *
 * The address is that of the connection unless Kong was told which proxies to trust. Source: Kong's
 * plugin `ip-restriction`.
 */
export function ipRestriction(props: IpRestrictionProps): GatewayPlugin {
  return {
    name: 'ip-restriction',
    onClients: true,
    check(mistakes, path) {
      checkEitherList(mistakes, path, props);
      for (const list of ['allow', 'deny'] as const) {
        props[list]?.forEach((address, i) => {
          mistakes.unless(
            isRange(address),
            `${path}.${list}[${i}]`,
            'be an address or a range in CIDR form',
            address,
            "write for example '10.0.0.0/8'",
          );
        });
      }
      mistakes.wholeNumber(`${path}.status`, props.status ?? 403, 400, 599, 'leave it out for 403');
    },
    config: () => ({
      allow: props.allow === undefined ? undefined : [...props.allow],
      deny: props.deny === undefined ? undefined : [...props.deny],
      status: props.status ?? 403,
      message: props.message,
    }),
  };
}

export interface BotDetectionProps {
  /** Regular expressions of user agents that pass although they look like a robot. */
  readonly allow?: readonly string[];
  /** Regular expressions of further user agents that get 403. */
  readonly deny?: readonly string[];
}

/**
 * Answers 403 to user agents that Kong knows as robots, and to those you name.
 *
 * It keeps out the honest ones; anybody can name another agent. Source: Kong's plugin `bot-detection`.
 */
export function botDetection(props: BotDetectionProps = {}): GatewayPlugin {
  return {
    name: 'bot-detection',
    onClients: false,
    check(mistakes, path) {
      for (const list of ['allow', 'deny'] as const) {
        props[list]?.forEach((pattern, i) => {
          mistakes.unless(
            isPattern(pattern),
            `${path}.${list}[${i}]`,
            'be a regular expression',
            pattern,
            'correct its brackets',
          );
        });
      }
    },
    config: () => ({ allow: [...(props.allow ?? [])], deny: [...(props.deny ?? [])] }),
  };
}

/** Whether a text compiles; Kong's own dialect is close enough for brackets and classes. */
export function isPattern(text: string): boolean {
  try {
    return text !== '' && new RegExp(text).source !== '';
  } catch {
    return false;
  }
}

export interface CorsProps {
  /** Origins that pages may call from, exactly as browsers send them; or `['*']` for all. */
  readonly origins: readonly string[];
  /** @default - GET, HEAD and POST */
  readonly methods?: readonly HttpMethod[];
  /** Request headers that pages may send. @default - those the page asks for */
  readonly headers?: readonly string[];
  /** Answer headers that pages may read. */
  readonly exposedHeaders?: readonly string[];
  /**
   * Whether pages may send cookies; not together with `['*']`.
   *
   * @default false
   */
  readonly credentials?: boolean;
  /** How long a browser remembers the answer. @default Duration.minutes(10) */
  readonly maxAge?: Duration;
}

/**
 * Tells browsers which other origins may call, and answers their preflight requests.
 *
 * It protects people's browsers, not the service: a program ignores it. Source: Kong's plugin `cors`.
 */
export function cors(props: CorsProps): GatewayPlugin {
  return {
    name: 'cors',
    onClients: false,
    check(mistakes, path) {
      mistakes.unless(
        props.origins.length > 0,
        `${path}.origins`,
        'name at least one',
        props.origins,
        "write for example ['https://app.example.com']",
      );
      props.origins.forEach((origin, i) => {
        mistakes.unless(
          (origin === '*' && props.origins.length === 1) ||
            /^https?:\/\/[a-z0-9.-]+(:\d{1,5})?$/.test(origin),
          `${path}.origins[${i}]`,
          "be an origin without a path, or '*' alone",
          origin,
          "write for example 'https://app.example.com'",
        );
      });
      mistakes.unless(
        props.credentials !== true || !props.origins.includes('*'),
        `${path}.credentials`,
        "be false with the origin '*'",
        props.credentials,
        'list the origins',
      );
      checkHeaderNames(mistakes, `${path}.headers`, props.headers ?? []);
      checkHeaderNames(mistakes, `${path}.exposedHeaders`, props.exposedHeaders ?? []);
    },
    config: () => ({
      origins: [...props.origins],
      methods: [...(props.methods ?? ['GET', 'HEAD', 'POST'])],
      headers: props.headers === undefined ? undefined : [...props.headers],
      exposed_headers: props.exposedHeaders === undefined ? undefined : [...props.exposedHeaders],
      credentials: props.credentials ?? false,
      max_age: (props.maxAge ?? Duration.minutes(10)).toSeconds(),
      preflight_continue: false,
    }),
  };
}
