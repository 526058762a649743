/** Where decK runs and which Admin API it talks to; runs it once and says how it ended. */
import { randomBytes } from 'node:crypto';
import { execa } from 'execa';
import { concealText } from './conceal.js';
import { DeckError, refused } from './errors.js';
import { withForward } from './forward.js';
import type { Mask } from './mask.js';

/** A decK program on this machine, against an address. */
export interface AddressTarget {
  readonly kind: 'address';
  /** Base address of the Admin API, `http:` or `https:`, without user or password. */
  readonly url: string;
  /** @default 'deck' - found on the PATH */
  readonly program?: string;
}

/** decK's image inside the network of a Kong container, whose Admin API listens on 127.0.0.1:8001. */
export interface ContainerTarget {
  readonly kind: 'container';
  /** Name or id of Kong's container. */
  readonly container: string;
  /** Image with decK and a shell. */
  readonly image: string;
  /** @default - what the `docker` program chooses */
  readonly host?: string;
}

/** A decK program on this machine, through a port-forward that lives as long as one call. */
export interface ForwardTarget {
  readonly kind: 'forward';
  /** Program that prints `Forwarding from 127.0.0.1:PORT` once it listens, as `kubectl port-forward` does. */
  readonly command: string;
  readonly args: readonly string[];
  /** @default 'deck' - found on the PATH */
  readonly program?: string;
}

export type DeckTarget = AddressTarget | ContainerTarget | ForwardTarget;

export interface RunOptions {
  /** Milliseconds after which a call is ended. */
  readonly timeout: number;
  readonly signal: AbortSignal | undefined;
}

/** One call of decK. */
export interface Call {
  /** Arguments after the global ones. */
  readonly args: readonly string[];
  /** What decK reads on its standard input. */
  readonly input?: string;
  /** Whether it needs the Admin API. */
  readonly online: boolean;
  /** Text that decK needs as a file, named by the last argument; never a secret. */
  readonly file?: { readonly path: string; readonly content: string };
}

/** How decK ended. Nothing in it is masked. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Patience of one request to the Admin API; decK's own default. */
const REQUEST_SECONDS = 10;
const GLOBAL = ['--analytics=false', '--no-color', '--timeout', String(REQUEST_SECONDS)];
const INSIDE = 'http://127.0.0.1:8001';
/** A folder that isn't there, so that decK finds no `.deck.yaml`. */
const NO_HOME = '/nonexistent';
/** A number, because Docker can't check a named user. */
const USER = '10002:10002';
/** Docker's own failures, as against those of what it ran. */
const DOCKER_FAILED = [125, 126, 127];
const KILL_AFTER_MILLISECONDS = 3000;

/**
 * Runs decK once.
 *
 * @throws DeckError when it can't be started, or was ended by us
 */
export async function runDeck(
  target: DeckTarget,
  call: Call,
  options: RunOptions,
  mask: Mask,
): Promise<Ended> {
  switch (target.kind) {
    case 'container':
      return runContainer(target, call, options, mask);
    case 'address':
      return runProgram(target.program, call.online ? checkedUrl(target.url) : undefined, call, options);
    case 'forward':
      return call.online
        ? withForward(target, options, mask, (url) => runProgram(target.program, url, call, options))
        : runProgram(target.program, undefined, call, options);
  }
}

function checkedUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol))
    throw refused('target.url', 'be an http or https address', 'another', 'write http://127.0.0.1:8001');
  // It stands in an argument, which every user of the machine can read.
  if (url.username !== '' || url.password !== '')
    throw refused('target.url', 'hold no user and no password', 'one', 'leave it out');
  return text;
}

async function runProgram(
  program = 'deck',
  url: string | undefined,
  call: Call,
  options: RunOptions,
): Promise<Ended> {
  const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('DECK_')));
  const run = await execa(
    program,
    [...GLOBAL, ...(url === undefined ? [] : ['--kong-addr', url]), ...call.args],
    {
      ...streams(call, options),
      // decK obeys DECK_ variables and, in its JSON, masks every occurrence of their values.
      env: { ...own, HOME: NO_HOME },
      extendEnv: false,
    },
  );
  if (run.exitCode !== undefined) return { code: run.exitCode, stdout: run.stdout, stderr: run.stderr };
  throw run.timedOut || run.isCanceled || run.isTerminated
    ? endedByUs(run.timedOut, options)
    : new DeckError(
        'missing',
        `decK must be installed, got no program '${program}'${run.code === undefined ? '' : ` (${run.code})`}`,
        [],
        'install it, or name its path',
      );
}

async function runContainer(
  target: ContainerTarget,
  call: Call,
  options: RunOptions,
  mask: Mask,
): Promise<Ended> {
  const docker = target.host === undefined ? [] : ['--host', target.host];
  const name = `portcullis-deck-${randomBytes(6).toString('hex')}`;
  const run = await execa('docker', [...docker, ...containerArguments(target, name, call)], {
    ...streams(call, options),
  });
  const interrupted = run.timedOut || run.isCanceled || run.isTerminated;
  if (interrupted || run.exitCode === undefined) {
    // The client's end isn't the container's.
    await execa('docker', [...docker, 'rm', '--force', name], { reject: false, stdin: 'ignore' });
  }
  if (interrupted) throw endedByUs(run.timedOut, options);
  if (run.exitCode !== undefined && !DOCKER_FAILED.includes(run.exitCode))
    return { code: run.exitCode, stdout: run.stdout, stderr: run.stderr };
  throw new DeckError(
    'missing',
    `decK's container must start beside '${target.container}', got ${run.exitCode === undefined ? 'no docker program' : 'a refusal'}`,
    wordsOf(run.stderr, mask),
    `see that Docker answers, that '${target.container}' runs and that image ${target.image} is there`,
  );
}

/** The arguments of `docker` for one call; what is secret comes on the standard input. */
export function containerArguments(target: ContainerTarget, name: string, call: Call): string[] {
  for (const [property, value] of Object.entries({ container: target.container, image: target.image }))
    if (!/^[a-zA-Z0-9][\w./:@-]*$/.test(value))
      throw refused(`target.${property}`, 'be a name', JSON.stringify(value), 'write it as Docker shows it');
  const deck = [...GLOBAL, ...(call.online ? ['--kong-addr', INSIDE] : []), ...call.args];
  const program =
    call.file === undefined
      ? ['--entrypoint', 'deck', target.image, ...deck]
      : [
          ...['--entrypoint', 'sh', target.image, '-c'],
          ...[
            'printf %s "$1" >"$2"; shift 2; exec deck "$@"',
            'sh',
            call.file.content,
            call.file.path,
            ...deck,
          ],
        ];
  return [
    ...['run', '--rm', '--interactive', '--pull', 'never', '--name', name],
    ...['--network', call.online ? `container:${target.container}` : 'none'],
    ...['--read-only', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges', '--user', USER],
    ...['--memory', '256m', '--memory-swap', '256m', '--pids-limit', '64'],
    // A log of Docker's would keep what is dumped, unmasked, on the disk.
    ...['--log-driver', 'none', '--tmpfs', '/tmp', '--env', `HOME=${NO_HOME}`],
    ...program,
  ];
}

interface Streams {
  readonly input: string;
  readonly reject: false;
  readonly timeout: number;
  readonly forceKillAfterDelay: number;
  readonly stripFinalNewline: false;
  readonly cancelSignal?: AbortSignal;
}

function streams({ input }: Call, { timeout, signal }: RunOptions): Streams {
  return {
    input: input ?? '',
    reject: false,
    timeout,
    forceKillAfterDelay: KILL_AFTER_MILLISECONDS,
    stripFinalNewline: false,
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  };
}

function endedByUs(timedOut: boolean, options: RunOptions): DeckError {
  return timedOut
    ? new DeckError(
        'timeout',
        `decK must end within ${options.timeout / 1000} s, got no end`,
        [],
        'look at the Admin API, or allow more time',
      )
    : new DeckError(
        'interrupted',
        'decK must come to its end, got an interruption',
        [],
        'run the same command again',
      );
}

/** The lines that a program said, masked, without decK's own numbering of errors. */
export function wordsOf(said: string, mask: Mask): string[] {
  return concealText(mask, said)
    .split('\n')
    .map((line) => line.replace(/^Error: /, '').trim())
    .filter((line) => line !== '' && !/^\d+ errors occurred:$/.test(line));
}
