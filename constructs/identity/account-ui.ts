/** `AccountUi`: the pages on which people log in, register and keep their accounts. */
import { Construct } from 'constructs';
import { Mistakes } from '../mistakes.js';
import type { Image, IPlatform, IWorkload, ResourceSpec } from '../platform/platform.js';
import { Duration, Size } from '../quantities.js';
import { checkLook, siteFile, type Look } from './account-site.js';
import type { Kratos } from './kratos.js';
import type { KratosSettings } from './kratos-config.js';

const NAME = 'account-ui';
const PORT = 8091;
const SITE = '/run/portcullis/site';
const DRAIN = Duration.seconds(3);
/** Node itself, its programs and the pages of as many people as one process serves at once. */
const LEAST_MEBIBYTES = 128;

export interface AccountUiProps extends Look {
  readonly platform: IPlatform;
  readonly image: Image;
  /** At least 128 MiB of memory. */
  readonly resources: ResourceSpec;
  /** From 1 to 16. They keep nothing, so that any of them answers anybody. @default 2 */
  readonly replicas?: number;
  /** Whose flows the pages are for; addresses, providers and what is offered follow from it. */
  readonly kratos: Pick<Kratos, 'workload' | 'listener' | 'port' | 'settings'>;
}

/**
 * Replicas of account-ui.
 *
 * They start without Kratos, and answer 503 with a page while it is away. What they say about the
 * platform is a file that is read at their start; a change of it replaces them one after the other.
 * `accountDeclaration` says how the gateway leads to them.
 */
export class AccountUi extends Construct {
  readonly workload: IWorkload;
  readonly port = PORT;
  readonly listener = 'http';
  /** What the addresses of the pages follow from. */
  readonly settings: KratosSettings;

  /** @throws PortcullisError with every property that is out of bounds */
  constructor(scope: Construct, id: string, props: AccountUiProps) {
    super(scope, id);
    const { kratos, resources, replicas = 2 } = props;
    const mistakes = new Mistakes();
    mistakes.wholeNumber('replicas', replicas, 1, 16, 'leave it out for 2');
    mistakes.unless(
      resources.memory.toMebibytes() >= LEAST_MEBIBYTES,
      'resources.memory',
      `be at least ${LEAST_MEBIBYTES} MiB`,
      resources.memory.toMebibytes(),
      'raise it',
    );
    checkLook(mistakes, props);
    mistakes.throwIfAny('the account pages', this.node.path);

    this.settings = kratos.settings;
    this.workload = props.platform.workload(this, 'Workload', {
      name: NAME,
      image: props.image,
      environment: {
        PORT: String(PORT),
        KRATOS_URL: `http://${kratos.workload.name}:${kratos.port}`,
        SITE_FILE: `${SITE}/site.json`,
        DRAIN_MILLISECONDS: String(DRAIN.toMilliseconds()),
      },
      files: [
        {
          name: 'site',
          path: SITE,
          files: [{ name: 'site.json', content: siteFile(kratos.settings, props) }],
          reloads: false,
        },
      ],
      user: { uid: 10006, gid: 10006 },
      resources,
      scratch: [{ path: '/tmp', size: Size.mebibytes(16) }],
      listeners: [{ name: this.listener, port: PORT }],
      readiness: {
        command: ['/probe', String(PORT), '/health/ready'],
        http: { port: PORT, path: '/health/ready' },
        interval: Duration.seconds(2),
        timeout: Duration.seconds(2),
        failures: 3,
        startup: Duration.seconds(30),
      },
      replicas,
      stop: { signal: 'SIGTERM', grace: Duration.seconds(DRAIN.toSeconds() + 10) },
    });
    kratos.workload.allow(kratos.listener, NAME);
  }
}
