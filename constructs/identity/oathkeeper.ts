/** `Oathkeeper`: knows who calls a guarded route, and tells the service in a token of its own. */
import { Construct } from 'constructs';
import { keyId } from '../gateway/client-state.js';
import type { ClientDeclaration, ServiceDeclaration } from '../gateway/model.js';
import { PortcullisError } from '../errors.js';
import { Mistakes } from '../mistakes.js';
import type { FileSet, Image, IPlatform, IWorkload, ResourceSpec } from '../platform/platform.js';
import { Duration, Size } from '../quantities.js';
import { KeyPair } from '../secrets/key-pair.js';
import { KeySet } from '../secrets/key-set.js';
import { clientKeys, FOLDERS, SIGNING_KEYS } from './handlers.js';
import {
  guardedRoutes,
  remoteAuthorizers,
  type Json,
  type Rule,
  type RulesInput,
  type TrustedIssuer,
} from './model.js';
import { API_PORT, oathkeeperConfig, PROXY_PORT, RULES } from './oathkeeper-config.js';
import { checkRulesInput } from './rule-check.js';
import { PROBE_PATH, renderRules } from './rules.js';
import type { TokenSigner } from './token-signer.js';

const NAME = 'oathkeeper';
const CONFIG = '/run/portcullis/config';

export interface OathkeeperProps {
  readonly platform: IPlatform;
  readonly image: Image;
  readonly resources: ResourceSpec;
  /** @default 2 */
  readonly replicas?: number;
  /** Signs the tokens that services get. */
  readonly signer: TokenSigner;
  /** All services of the gateway; guarded routes become rules. */
  readonly services: readonly ServiceDeclaration[];
  readonly clients: readonly ClientDeclaration[];
  /** Host names of the gateway. */
  readonly hosts: readonly string[];
  /** Ports that people call the gateway at. */
  readonly ports: readonly number[];
  /** Public URL of the gateway, without a slash at the end. */
  readonly publicUrl: string;
  /** Says whose a key or an access token is, at its listener `verify`. */
  readonly kong: IWorkload;
  /** Port of that listener. */
  readonly verifyPort: number;
  /**
   * Who says whose a session is.
   *
   * @default - nobody has a session
   */
  readonly sessions?: {
    readonly check: { readonly workload: IWorkload; readonly port: number; readonly listener?: string };
    /** Whether Kratos may refuse a session for its factors on any route. */
    readonly aalQuestion: boolean;
    /** Name of the session cookie. */
    readonly cookie: string;
    /** Whether people can have a second factor. */
    readonly secondFactor: boolean;
    /** The page where a browser begins to log in, on `publicUrl`. @default - `/account/login` there */
    readonly loginUrl?: string;
    /**
     * How long a session that may pass isn't asked for again; what session-check remembers comes on top.
     *
     * @default 'never'
     */
    readonly remember?: Duration | 'never';
  };
  /** @default [] */
  readonly issuers?: readonly TrustedIssuer[];
  /**
   * Whether issuers and authorizers outside may be asked over plain HTTP.
   *
   * @default false
   */
  readonly development?: boolean;
  /**
   * How long a request may take to arrive with its body, and how long an answer may take.
   *
   * @default - 60 and 120 seconds
   */
  readonly timeouts?: { readonly read?: Duration; readonly write?: Duration };
}

/** What the gateway in front must know. */
export interface OathkeeperGate {
  readonly workload: IWorkload;
  readonly listener: string;
  readonly port: number;
  readonly probePath: string;
  readonly sessionCookie: string;
  readonly loginUrl: string;
  readonly aalQuestion: boolean;
  readonly issuers: readonly { readonly name: string; readonly issuer: string }[];
  readonly verifyPort: number;
}

/**
 * Oathkeeper between the gateway and the services of guarded routes.
 *
 * Rules and keys are taken over without a restart; a change of anything else replaces the replicas one
 * after the other. It calls nobody outside unless an issuer or an authorizer there is declared.
 */
export class Oathkeeper extends Construct {
  readonly workload: IWorkload;
  readonly port = PROXY_PORT;
  /** Access rules, the one for probes included. */
  readonly rules: readonly Rule[];
  /** What the gateway in front must know. */
  readonly gate: OathkeeperGate;

  /** @throws PortcullisError with every mistake of the declaration in one report */
  constructor(scope: Construct, id: string, props: OathkeeperProps) {
    super(scope, id);
    const { platform, sessions, issuers = [], clients } = props;
    const input: RulesInput = {
      services: props.services,
      clients,
      issuers,
      hosts: props.hosts,
      ports: props.ports,
      publicUrl: props.publicUrl,
      loginUrl: sessions?.loginUrl ?? `${props.publicUrl}/account/login`,
      verifyUrl: `http://${props.kong.name}:${props.verifyPort}`,
      signer: props.signer,
      development: props.development ?? false,
      ...(sessions === undefined
        ? {}
        : {
            sessions: {
              url: `http://${sessions.check.workload.name}:${sessions.check.port}`,
              aalQuestion: sessions.aalQuestion,
              remember: sessions.remember ?? 'never',
              secondFactor: sessions.secondFactor,
            },
          }),
    };
    const mistakes = new Mistakes();
    checkRulesInput(mistakes, input);
    this.rules = renderRules(input, NAME, mistakes);
    const remotes = remoteAuthorizers(input);
    for (const service of new Set([
      ...guardedRoutes(input).map((route) => route.service),
      ...remotes.flatMap(({ service: ours = [] }) => ours),
    ])) {
      becomeCaller(service, mistakes);
    }
    mistakes.throwIfAny('the identity of callers', this.node.path);

    // Kong has that listener where a client comes with what only Kong can look up.
    const asks = guardedRoutes(input).some(({ access: { methods } }) => methods.some((one) => one !== 'jwt'));
    if (asks) props.kong.allow('verify', NAME);
    sessions?.check.workload.allow(sessions.check.listener ?? 'http', NAME);
    const config = oathkeeperConfig(
      {
        administrationBind: platform.administrationBind,
        read: props.timeouts?.read ?? Duration.seconds(60),
        write: props.timeouts?.write ?? Duration.seconds(120),
      },
      input,
    );
    this.workload = platform.workload(this, 'Workload', {
      name: NAME,
      image: props.image,
      entrypoint: [NAME],
      command: ['serve', '--config', `${CONFIG}/config.json`, '--disable-telemetry', '--sqa-opt-out'],
      // What lives is small, so that the runtime would clean up all the time; with a limit it may wait.
      environment: {
        GOGC: '400',
        GOMEMLIMIT: `${Math.floor(props.resources.memory.toMebibytes() * 0.8)}MiB`,
      },
      files: files(config, this.rules, props.signer, clients),
      user: { uid: 10003, gid: 10003 },
      resources: props.resources,
      scratch: [{ path: '/tmp', size: Size.mebibytes(16) }],
      listeners: [{ name: 'proxy', port: PROXY_PORT }],
      readiness: {
        command: ['wget', '-q', '-T', '2', '-O', '/dev/null', `http://127.0.0.1:${API_PORT}/health/ready`],
        interval: Duration.seconds(2),
        timeout: Duration.seconds(3),
        failures: 3,
        startup: Duration.seconds(30),
      },
      replicas: props.replicas ?? 2,
      stop: { signal: 'SIGTERM', grace: Duration.seconds(15) },
      egress: issuers.length > 0 || remotes.some(({ service }) => service === undefined),
    });
    this.gate = {
      workload: this.workload,
      listener: 'proxy',
      port: PROXY_PORT,
      probePath: PROBE_PATH,
      sessionCookie: sessions?.cookie ?? '',
      loginUrl: input.loginUrl,
      aalQuestion: sessions?.aalQuestion ?? false,
      issuers: issuers.map(({ name, issuer }) => ({ name, issuer })),
      verifyPort: props.verifyPort,
    };
  }
}

/** Notes a service that can't be called, which otherwise would show only one by one. */
function becomeCaller({ name, workload, listener }: ServiceDeclaration, mistakes: Mistakes): void {
  try {
    workload.allow(listener, NAME);
  } catch (error) {
    if (!(error instanceof PortcullisError)) throw error;
    mistakes.add(
      `services.${name}.listener`,
      `be a listener of the workload '${workload.name}'`,
      listener,
      'a rule would lead nowhere; correct it',
    );
  }
}

function files(
  config: Json,
  rules: readonly Rule[],
  signer: TokenSigner,
  clients: readonly ClientDeclaration[],
): FileSet[] {
  const own = clients.flatMap((client) => clientKeySet(client) ?? []);
  return [
    // Listeners, and how keys are fetched, are read at the start alone.
    { name: 'config', path: CONFIG, files: [jsonFile('config.json', config)], reloads: false },
    { name: 'rules', path: FOLDERS.rules, files: [jsonFile(RULES, rules)], reloads: true },
    {
      name: 'signer',
      path: FOLDERS.signer,
      files: [{ name: SIGNING_KEYS, content: signer.signing }],
      reloads: true,
    },
    ...(own.length === 0
      ? []
      : [
          {
            name: 'clients',
            path: FOLDERS.clients,
            files: own.map(({ client, keys }) => ({ name: clientKeys(client), content: keys })),
            reloads: true,
          },
        ]),
  ];
}

function jsonFile(name: string, content: unknown): { name: string; content: string } {
  return { name, content: `${JSON.stringify(content, null, 2)}\n` };
}

/** The public keys of a client under the ids that its tokens name. */
function clientKeySet({
  name,
  jwt,
}: ClientDeclaration): { readonly client: string; readonly keys: KeySet } | undefined {
  if (jwt === undefined) return undefined;
  const entries =
    jwt instanceof KeyPair
      ? Array.from({ length: jwt.slots }, (_, slot) => ({
          key: jwt.publicKey(slot),
          kid: keyId(name, jwt, slot),
        }))
      : jwt.map(({ kid, publicKey }) => ({ key: publicKey, kid }));
  return { client: name, keys: new KeySet(`client-${name}.pub`, entries) };
}
