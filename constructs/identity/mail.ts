/** Where mail goes: to a server outside over TLS, or to `Mailpit`, which keeps it for whoever develops. */
import { Construct } from 'constructs';
import { publicAccess } from '../gateway/access.js';
import type { ServiceDeclaration } from '../gateway/model.js';
import { invalid } from '../errors.js';
import type { Mistakes } from '../mistakes.js';
import type { Image, IPlatform, IWorkload, ResourceSpec } from '../platform/platform.js';
import { Duration, Size } from '../quantities.js';
import type { Secret } from '../secrets/secret.js';
import { urlEncoded } from '../secrets/sealed.js';
import { SealedText } from './sealed-json.js';

const SMTP_PORT = 1025;
const WEB_PORT = 8025;

/** A server inside the platform that keeps mail instead of sending it. */
export interface CatcherMail {
  readonly kind: 'catcher';
  readonly workload: IWorkload;
  /** Name of its SMTP listener, which takes plain connections. */
  readonly listener: string;
  readonly port: number;
  /** Address that mail comes from. @default 'no-reply@localhost.localdomain' */
  readonly from?: string;
}

/** A server outside that sends mail on. Its certificate is verified; there is no way without TLS. */
export interface SmtpMail {
  readonly kind: 'smtp';
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte, usual on port 465, or demanded before anything else, usual on port 587. */
  readonly tls: 'implicit' | 'starttls';
  /** Address that mail comes from. */
  readonly from: string;
  /** With `password`, or neither. */
  readonly user?: Secret | undefined;
  readonly password?: Secret | undefined;
}

export type Mail = CatcherMail | SmtpMail;

export function mailFrom(mail: Mail): string {
  return mail.from ?? 'no-reply@localhost.localdomain';
}

/** Notes every mistake of where mail goes. */
export function checkMail(mistakes: Mistakes, path: string, mail: Mail): void {
  mistakes.unless(
    /^[^\s@<>"]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/.test(mailFrom(mail)),
    `${path}.from`,
    'be a plain e-mail address',
    mail.from,
    "write for example 'no-reply@example.com'",
  );
  mistakes.wholeNumber(`${path}.port`, mail.port, 1, 65_535, 'correct it');
  if (mail.kind === 'catcher') return;
  mistakes.unless(
    /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(mail.host),
    `${path}.host`,
    'be a host name or an address',
    mail.host,
    "write for example 'smtp.example.com'",
  );
  mistakes.unless(
    (mail.user === undefined) === (mail.password === undefined),
    path,
    'have both user and password, or neither',
    mail.user ?? mail.password,
    'declare the other one',
  );
}

/** The address that Kratos sends mail to. */
export function smtpAddress(mail: Mail): SealedText {
  if (mail.kind === 'catcher') {
    return new SealedText([`smtp://${mail.workload.name}:${mail.port}/?disable_starttls=true`]);
  }
  const { user, password } = mail;
  const login =
    user === undefined || password === undefined
      ? []
      : [urlEncoded(user.newest), ':', urlEncoded(password.newest), '@'];
  const scheme = mail.tls === 'implicit' ? 'smtps' : 'smtp';
  return new SealedText([`${scheme}://`, ...login, `${mail.host}:${mail.port}/`]);
}

export interface MailpitProps {
  readonly platform: IPlatform;
  readonly image: Image;
  readonly resources: ResourceSpec;
  /** Messages that are kept, from 1 to 10000; the oldest go first. @default 500 */
  readonly messages?: number;
  /** Path that its pages are under. @default '/mail' */
  readonly webroot?: string;
  /** Address that mail comes from. @default - that of `CatcherMail` */
  readonly from?: string;
}

/**
 * Mailpit: takes every mail and sends none on.
 *
 * Messages are in memory and gone with the container. It asks nobody for newer versions and shows
 * nothing that a mail would load from outside but pictures.
 */
export class Mailpit extends Construct {
  readonly workload: IWorkload;
  readonly webroot: string;
  /** Name of the listener of its pages. */
  readonly listener = 'web';
  readonly port = WEB_PORT;
  /** What Kratos is told. */
  readonly mail: CatcherMail;

  /** @throws PortcullisError when `messages` or `webroot` breaks its rule */
  constructor(scope: Construct, id: string, props: MailpitProps) {
    super(scope, id);
    const at = this.node.path;
    const messages = props.messages ?? 500;
    this.webroot = props.webroot ?? '/mail';
    if (!Number.isInteger(messages) || messages < 1 || messages > 10_000) {
      throw invalid('messages', 'be a whole number from 1 to 10000', messages, 'leave it out for 500', at);
    }
    if (!/^(\/[A-Za-z0-9._-]+)+$/.test(this.webroot)) {
      throw invalid(
        'webroot',
        'be a path without a slash at its end',
        this.webroot,
        "leave it out for '/mail'",
        at,
      );
    }
    this.workload = props.platform.workload(this, 'Workload', {
      name: 'mail',
      image: props.image,
      command: [
        '--smtp',
        `0.0.0.0:${SMTP_PORT}`,
        '--listen',
        `0.0.0.0:${WEB_PORT}`,
        '--webroot',
        this.webroot,
        '--max',
        String(messages),
        '--disable-version-check',
        '--smtp-disable-rdns',
        '--block-remote-css-and-fonts',
        '--quiet',
      ],
      user: { uid: 10003, gid: 10003 },
      resources: props.resources,
      // Its database, which it makes and deletes itself.
      scratch: [{ path: '/tmp', size: Size.mebibytes(64) }],
      listeners: [
        { name: 'smtp', port: SMTP_PORT },
        { name: this.listener, port: WEB_PORT },
      ],
      readiness: {
        // Its image has no other program.
        command: ['/mailpit', 'readyz', '--listen', `127.0.0.1:${WEB_PORT}`, '--webroot', this.webroot],
        http: { port: WEB_PORT, path: `${this.webroot}/readyz` },
        interval: Duration.seconds(2),
        timeout: Duration.seconds(3),
        failures: 3,
        startup: Duration.seconds(30),
      },
      replicas: 1,
      stop: { signal: 'SIGTERM', grace: Duration.seconds(5) },
    });
    this.mail = {
      kind: 'catcher',
      workload: this.workload,
      listener: 'smtp',
      port: SMTP_PORT,
      ...(props.from === undefined ? {} : { from: props.from }),
    };
  }
}

/** The catcher's pages, for everybody who reaches the gateway: only where people develop. */
export function mailpitDeclaration(mailpit: Mailpit): ServiceDeclaration {
  return {
    name: 'mail',
    workload: mailpit.workload,
    listener: mailpit.listener,
    port: mailpit.port,
    health: { path: `${mailpit.webroot}/readyz` },
    routes: [
      {
        name: 'mail',
        paths: [mailpit.webroot],
        access: publicAccess('mail of a development environment, which no stranger reaches'),
      },
    ],
  };
}
