/** Who people are in an environment: Kratos, its mail, what asks it for sessions, what signs identities. */
import type { Construct } from 'constructs';
import type { Postgres } from '../constructs/data/postgres.js';
import type { ServiceDeclaration } from '../constructs/gateway/model.js';
import { accountDeclaration } from '../constructs/identity/account-routes.js';
import type { Landing } from '../constructs/identity/account-site.js';
import { AccountUi } from '../constructs/identity/account-ui.js';
import type { IdentitySchema } from '../constructs/identity/identity-schema.js';
import { Kratos } from '../constructs/identity/kratos.js';
import type { Methods } from '../constructs/identity/methods.js';
import { kratosDeclaration } from '../constructs/identity/kratos-routes.js';
import { Mailpit, mailpitDeclaration, type Mail } from '../constructs/identity/mail.js';
import type { Provider } from '../constructs/identity/providers.js';
import { SessionCheck } from '../constructs/identity/session-check.js';
import { TokenSigner } from '../constructs/identity/token-signer.js';
import type { IPlatform } from '../constructs/platform/platform.js';
import { Duration, Size } from '../constructs/quantities.js';
import { Secret } from '../constructs/secrets/secret.js';
import { isDevelopment, type Environment } from '../env/index.js';
import type { Credential } from './clients.js';
import { resources } from './resources.js';

/** Whom `up` logs in as, where an environment is for development. */
const DEMO = 'demo@example.com';

export interface Identity {
  readonly kratos: Kratos;
  readonly sessionCheck: SessionCheck;
  readonly accountUi: AccountUi;
  readonly signer: TokenSigner;
  /** What the gateway shows to everybody. */
  readonly services: readonly ServiceDeclaration[];
  readonly credentials: readonly Credential[];
}

/** Where browsers are led to, one origin per scheme, and every port that people call. */
export function origins({ public: { url, port, tls } }: Environment): {
  readonly canonical: { readonly http?: string; readonly https?: string };
  readonly ports: readonly number[];
} {
  const at = new URL(url);
  const own = at.port === '' ? [] : [Number(at.port)];
  const ports = [...new Set([...own, port, ...(tls === undefined ? [] : [tls.port])])];
  // Behind a balancer that ends TLS everything arrives in plain, and goes back to the one address.
  if (at.protocol === 'https:') return { canonical: { https: url }, ports };
  return {
    canonical: { http: url, ...(tls === undefined ? {} : { https: `https://${at.hostname}:${tls.port}` }) },
    ports,
  };
}

/** Declares the identity system of an environment. */
export function declareIdentity(
  scope: Construct,
  {
    environment,
    platform,
    postgres,
  }: { readonly environment: Environment; readonly platform: IPlatform; readonly postgres: Postgres },
): Identity {
  const { identity, images } = environment;
  const development = isDevelopment(environment);
  const { canonical } = origins(environment);
  const catcher =
    identity.mail === undefined || identity.mail.kind === 'catcher'
      ? new Mailpit(scope, 'Mail', {
          platform,
          image: images.mailpit,
          resources: { memory: Size.mebibytes(128), cpu: 0.5, pids: 64 },
        })
      : undefined;
  const { sessions } = identity;
  const kratos = new Kratos(scope, 'Kratos', {
    platform,
    image: images.kratos,
    database: postgres.addDatabase('kratos'),
    resources: resources(identity.kratos.resources),
    replicas: identity.kratos.replicas,
    publicUrl: environment.public.url,
    hosts: environment.public.hosts,
    returnUrls: [...new Set(Object.values(canonical))],
    schema: { traits: traits(identity) },
    methods: methods(identity),
    sessions: {
      lifetime: Duration.parse(sessions.lifetime),
      privileged: Duration.parse(sessions.privileged),
      aal: sessions.aal,
      ...(sessions.cookieDomain === undefined ? {} : { cookie: { domain: sessions.cookieDomain } }),
    },
    providers: identity.providers.map((provider) => declareProvider(scope, provider)),
    mail: catcher?.mail ?? declareRelay(scope, identity),
    development,
  });
  const sessionCheck = new SessionCheck(scope, 'SessionCheck', {
    platform,
    image: images.sessionCheck,
    resources: resources(identity.sessionCheck.resources),
    replicas: identity.sessionCheck.replicas,
    kratos,
    remember: remembered(environment),
  });
  const { account } = environment;
  const accountUi = new AccountUi(scope, 'AccountUi', {
    platform,
    image: images.accountUi,
    resources: resources(account.resources),
    replicas: account.replicas,
    kratos,
    name: account.name,
    colours: account.colours,
    language: account.language,
    ...(account.logo === undefined ? {} : { logo: account.logo }),
    ...(development ? { landing: landing(environment, catcher) } : {}),
  });
  const signer = new TokenSigner(scope, 'IdToken', {
    issuer: environment.public.url,
    ttl: Duration.parse(identity.tokens.lifetime),
  });
  const demo = development ? Secret.generated(scope, 'user-demo', { class: 'fixed' }) : undefined;
  return {
    kratos,
    sessionCheck,
    accountUi,
    signer,
    services: [
      kratosDeclaration(kratos, {
        login: identity.limits.login,
        registration: identity.limits.registration,
        recovery: identity.limits.recovery,
      }),
      accountDeclaration(accountUi, { pages: identity.limits.pages }),
      ...(catcher === undefined ? [] : [mailpitDeclaration(catcher)]),
    ],
    credentials: demo === undefined ? [] : [{ name: demo.label, of: demo, id: DEMO }],
  };
}

/** What whoever develops finds at `/account`. */
function landing({ name, services }: Environment, catcher: Mailpit | undefined): Landing {
  return {
    environment: name,
    services: Object.keys(services).map((service) => ({ name: service, path: `/${service}` })),
    people: [{ address: DEMO, command: `npx portcullis secret get user-demo --env ${name}` }],
    ...(catcher === undefined ? {} : { mail: catcher.webroot }),
  };
}

/** Two programs remember, one behind the other: each for half of the time that a revocation may take. */
export function remembered({ identity: { sessions } }: Environment): Duration | 'never' {
  if (Number.parseInt(sessions.revocation, 10) === 0) return 'never';
  const half = Math.floor(Duration.parse(sessions.revocation).toMilliseconds() / 2);
  return half === 0 ? 'never' : Duration.milliseconds(half);
}

function traits({ traits: all }: Environment['identity']): NonNullable<IdentitySchema['traits']> {
  return Object.fromEntries(
    Object.entries(all).map(([name, { type, title, required }]) => [
      name,
      { type, required, ...(title === undefined ? {} : { title }) },
    ]),
  );
}

function methods({ methods: all }: Environment['identity']): Methods {
  return {
    password: all.password ? {} : false,
    totp: all.totp ? {} : false,
    lookupCodes: all.lookupCodes,
    webauthn: all.webauthn === 'off' ? false : { use: all.webauthn },
    passkey: all.passkey,
    code: all.code,
    recovery: all.recovery ? {} : false,
    verification: all.verification ? {} : false,
  };
}

function declareProvider(scope: Construct, provider: Environment['identity']['providers'][number]): Provider {
  const secret = (name: string, what: string): Secret =>
    Secret.fromVariable(scope, name, { description: `${what} of the provider ${provider.id}` });
  const credentials = {
    clientId: secret(provider.clientId, 'client id'),
    clientSecret: secret(provider.clientSecret, 'client secret'),
  };
  if (provider.kind === 'github') return { kind: 'github', id: provider.id, ...credentials };
  const { id, issuer, label = id, scopes, origins: further } = provider;
  return { kind: 'oidc', id, issuer, label, scopes, origins: further, ...credentials };
}

function declareRelay(scope: Construct, { mail }: Environment['identity']): Mail {
  if (mail?.kind !== 'smtp') throw new TypeError('mail must be that of a relay');
  const secret = (name: string | undefined, what: string): Secret | undefined =>
    name === undefined
      ? undefined
      : Secret.fromVariable(scope, name, { description: `${what} of the mail relay ${mail.host}` });
  const { host, port, tls, from } = mail;
  return {
    kind: 'smtp',
    host,
    port,
    tls,
    from,
    user: secret(mail.user, 'user'),
    password: secret(mail.password, 'password'),
  };
}
