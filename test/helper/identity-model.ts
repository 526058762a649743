/** Small valid inputs of rules, and the rules or mistakes that come of them; a test writes only what it is about. */
import { guarded, type GuardedProps } from '../../constructs/gateway/access.js';
import type { RouteDeclaration, ServiceDeclaration } from '../../constructs/gateway/model.js';
import type {
  Handler,
  Rule,
  RulesInput,
  SessionRules,
  TrustedIssuer,
} from '../../constructs/identity/model.js';
import { checkRulesInput } from '../../constructs/identity/rule-check.js';
import { renderRules } from '../../constructs/identity/rules.js';
import { answers } from '../../constructs/identity/url-pattern.js';
import { Mistakes } from '../../constructs/mistakes.js';
import { Duration } from '../../constructs/quantities.js';
import { present } from './failure.js';
import { CLIENT, service } from './gateway-model.js';

export const SESSIONS: SessionRules = {
  url: 'http://session-check:8090',
  aalQuestion: false,
  remember: 'never',
  secondFactor: true,
};

export const ISSUER: TrustedIssuer = {
  name: 'partner',
  issuer: 'https://login.partner.example',
  jwksUrl: 'https://login.partner.example/keys',
  audience: ['https://api.example.com'],
};

export function rulesInput(change: Partial<RulesInput> = {}): RulesInput {
  return {
    services: [guardedService()],
    clients: [CLIENT],
    issuers: [],
    hosts: ['localhost', '127.0.0.1'],
    ports: [8000, 8443],
    publicUrl: 'http://localhost:8000',
    loginUrl: 'http://localhost:8000/account/login',
    verifyUrl: 'http://kong:8010',
    sessions: SESSIONS,
    signer: { issuer: 'http://localhost:8000', ttl: Duration.minutes(2) },
    development: false,
    ...change,
  };
}

/** A guarded route below its own name. */
export function guardedRoute(
  name: string,
  access: GuardedProps = {},
  change: Partial<RouteDeclaration> = {},
): RouteDeclaration {
  return { name, paths: [`/${name}`], access: guarded(access), ...change };
}

/** The service hello with these routes, or with a guarded one. */
export function guardedService(...routes: readonly RouteDeclaration[]): ServiceDeclaration {
  return service({ routes: routes.length === 0 ? [guardedRoute('hello')] : routes });
}

/** An input whose one service has these routes. */
export function withRoutes(...routes: readonly RouteDeclaration[]): RulesInput {
  return rulesInput({ services: [guardedService(...routes)] });
}

/** An input with one guarded route. */
export function withAccess(access: GuardedProps, change: Partial<RulesInput> = {}): RulesInput {
  return { ...withRoutes(guardedRoute('hello', access)), ...change };
}

/** All mistakes of an input, sorted. */
export function ruleMistakes(input: RulesInput): string[] {
  const mistakes = new Mistakes();
  checkRulesInput(mistakes, input);
  renderRules(input, 'oathkeeper', mistakes);
  return [...mistakes.found].sort();
}

/** The rules of an input that has no mistake, without the one for probes. */
export function rulesOf(input: RulesInput): Rule[] {
  const mistakes = new Mistakes();
  checkRulesInput(mistakes, input);
  const [, ...rules] = renderRules(input, 'oathkeeper', mistakes);
  if (mistakes.found.length > 0) throw new Error(mistakes.found.join('\n'));
  return rules;
}

/** The only rule of an input. */
export function ruleOf(input: RulesInput): Rule {
  return present(rulesOf(input)[0]);
}

/** Ids of the rules that answer a request; the path as it comes out of decoding. */
export function answering(rules: readonly Rule[], url: string, method = 'GET'): string[] {
  return rules
    .filter(({ match }) => match.methods.includes(method) && answers(match.url, url))
    .map(({ id }) => id);
}

/** Configuration of the first handler of this kind. */
export function configOf(handlers: readonly Handler[], kind: string): NonNullable<Handler['config']> {
  return present(handlers.find(({ handler }) => handler === kind)?.config);
}
