/** Oathkeeper's own configuration: listeners, and every handler that a rule may name. */
import { GATE_SESSION } from '../gateway/issuers.js';
import type { Duration } from '../quantities.js';
import { BLANKED_HEADERS, FOLDERS, SIGNING_KEYS } from './handlers.js';
import type { Json, RulesInput } from './model.js';

export const PROXY_PORT = 4455;
export const API_PORT = 4456;
const METRICS_PORT = 9000;
/** How many sessions a replica remembers. */
const MOST_SESSIONS = 10_000;
/** The file with the rules. */
export const RULES = 'rules.json';

export interface OathkeeperConfigProps {
  /** Address of the listeners that know no callers. */
  readonly administrationBind: string;
  /** Longest that a request may take to arrive, with its body. */
  readonly read: Duration;
  /** Longest that an answer may take to be given, from the end of the request's head. */
  readonly write: Duration;
}

/** Renders the configuration. It depends on no route, so that new rules never meet a handler that is off. */
export function oathkeeperConfig(props: OathkeeperConfigProps, input: RulesInput): Json {
  const on = { enabled: true };
  const bound = { host: props.administrationBind };
  const rulesSayIt = 'http://127.0.0.1/rules-say-where';
  return {
    serve: {
      proxy: {
        host: '0.0.0.0',
        port: PROXY_PORT,
        // A caller's own could change where it is led back to; Kong's host comes in `Host`.
        trust_forwarded_headers: false,
        timeout: {
          read: `${props.read.toSeconds()}s`,
          write: `${props.write.toSeconds()}s`,
          // Longer than Kong keeps a connection, so that none ends while a request is on its way.
          idle: '120s',
        },
      },
      api: { ...bound, port: API_PORT },
      // A label per path would be one per URL that anybody thinks of.
      prometheus: { ...bound, port: METRICS_PORT, hide_request_paths: true },
    },
    // Each error is logged with the request's headers, and of those `apikey` and our own token headers
    // are not left out. Kong logs every request; a level that shows more would show keys.
    log: { level: 'fatal', format: 'json' },
    access_rules: { matching_strategy: 'regexp', repositories: [`file://${FOLDERS.rules}/${RULES}`] },
    authenticators: {
      noop: on,
      unauthorized: on,
      oauth2_introspection: {
        ...on,
        config: {
          // `cookie_session` would answer 403 when nobody is there to ask, as for a missing factor.
          introspection_url: input.sessions === undefined ? rulesSayIt : `${input.sessions.url}/introspect`,
          token_from: { header: GATE_SESSION },
          // Only what lets pass is remembered, by the whole header, which holds what the route demands.
          // The cache is made even when it is off, and 4 GB large where nothing bounds it.
          cache:
            input.sessions === undefined || input.sessions.remember === 'never'
              ? { enabled: false, max_cost: 1 }
              : {
                  enabled: true,
                  ttl: `${input.sessions.remember.toMilliseconds()}ms`,
                  max_cost: MOST_SESSIONS,
                },
        },
      },
      bearer_token: { ...on, config: { check_session_url: rulesSayIt } },
      jwt: {
        ...on,
        config: {
          jwks_urls: [],
          // For outside issuers, clients and our own signing keys alike: how late a step of a rotation is
          // noticed. A key id that isn't known is looked for at once.
          jwks_ttl: '30s',
          jwks_max_wait: '2s',
        },
      },
    },
    authorizers: {
      allow: on,
      deny: on,
      remote_json: {
        ...on,
        config: {
          remote: rulesSayIt,
          payload: '{}',
          retry: { give_up_after: '1s', max_delay: '100ms' },
        },
      },
    },
    mutators: {
      noop: on,
      id_token: {
        ...on,
        config: {
          issuer_url: input.signer.issuer,
          jwks_url: `file://${FOLDERS.signer}/${SIGNING_KEYS}`,
          ttl: `${input.signer.ttl.toSeconds()}s`,
        },
      },
      header: { ...on, config: { headers: BLANKED_HEADERS } },
    },
    errors: {
      fallback: ['json'],
      handlers: {
        json: { ...on, config: { verbose: false } },
        redirect: { ...on, config: { to: input.loginUrl } },
      },
    },
  };
}
