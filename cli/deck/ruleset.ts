/** Our lint rules for Kong states, in the form of Spectral that `deck file lint` reads. */

/**
 * Where plugins stand. decK's engine drops a filter behind a recursive descent (`$..plugins[?…]`)
 * without a word, so every place is named.
 */
const PLUGINS = [
  '$.plugins',
  '$.services[*].plugins',
  '$.services[*].routes[*].plugins',
  '$.routes[*].plugins',
  '$.consumers[*].plugins',
];
const ROUTES = ['$.services[*].routes[*]', '$.routes[*]'];

interface Rule {
  readonly name: string;
  readonly says: string;
  readonly severity: 'error' | 'warn';
  readonly given: readonly string[];
  /** Lines below `then`. */
  readonly then: readonly string[];
}

/** For paths that find only what is wrong: whatever has a name violates this. */
const NEVER = ['field: name', 'function: falsy'];

function plugins(condition: string): string[] {
  return PLUGINS.map((place) => `${place}[?(${condition})]`);
}

const RULES: readonly Rule[] = [
  {
    name: 'route-hosts',
    says: 'a route must name its hosts, or it answers for every host',
    severity: 'error',
    given: ROUTES,
    then: ['field: hosts', 'function: truthy'],
  },
  {
    name: 'route-hosts-some',
    says: 'a route must name at least one host, or it answers for every host',
    severity: 'error',
    given: ROUTES,
    then: ['field: hosts', 'function: length', 'functionOptions: { min: 1 }'],
  },
  {
    name: 'route-strip-path',
    says: 'a route must say strip_path, because Kong cuts the path off unless told otherwise',
    severity: 'error',
    given: ROUTES,
    then: ['field: strip_path', 'function: defined'],
  },
  {
    name: 'jwt-expiry',
    says: 'plugin jwt must verify the claim exp, or a token is good for ever',
    severity: 'error',
    // A comparison with [*] would want every member to be equal; there are at most two.
    given: plugins(
      "@.name=='jwt' && !(@.config.claims_to_verify[0]=='exp' || @.config.claims_to_verify[1]=='exp')",
    ),
    then: NEVER,
  },
  {
    name: 'key-in-query',
    says: 'plugin key-auth must not take keys from the query, which every access log holds',
    severity: 'error',
    given: plugins("@.name=='key-auth' && !(@.config.key_in_query==false)"),
    then: NEVER,
  },
  {
    name: 'key-hidden',
    says: "plugin key-auth should hide credentials, or the services see their clients' keys",
    severity: 'warn',
    given: plugins("@.name=='key-auth' && !(@.config.hide_credentials==true)"),
    then: NEVER,
  },
  {
    name: 'no-basic-auth',
    says: 'basic-auth credentials must not be declared: decK never sees that a password changed',
    severity: 'error',
    given: ['$.consumers[*]', '$'],
    then: ['field: basicauth_credentials', 'function: undefined'],
  },
];

/** The rules as YAML. */
export const RULESET = `rules:\n${RULES.map(
  ({ name, says, severity, given, then }) =>
    `  ${name}:
    description: ${JSON.stringify(says)}
    severity: ${severity}
    given: ${JSON.stringify(given)}
    then:
${then.map((line) => `      ${line}\n`).join('')}`,
).join('')}`;
