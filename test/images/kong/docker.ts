/**
 * Docker for the tests of the Kong images: everything created here carries a label and a
 * unique name, and `Sandbox.close` removes it, also after a failure.
 */
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';

export const LABEL = 'dev.portcullis.test=1';

/** How every container of ours runs, except that the prefix is not always a tmpfs. */
export const HARDENED: readonly string[] = [
  '--read-only',
  '--cap-drop',
  'ALL',
  '--security-opt',
  'no-new-privileges',
  '--tmpfs',
  '/tmp',
];

export const TMPFS_PREFIX: readonly string[] = ['--tmpfs', '/usr/local/kong:mode=1777'];

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs docker and returns its outcome, whatever the exit code. */
export function docker(...args: readonly string[]): Promise<Outcome> {
  return new Promise<Outcome>((resolve, reject) => {
    execFile('docker', [...args], { maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error === null) {
        resolve({ code: 0, stdout, stderr });
      } else if (typeof error.code === 'number') {
        resolve({ code: error.code, stdout, stderr });
      } else {
        reject(new Error(`docker must run, got ${error.message}`));
      }
    });
  });
}

/** Runs docker and throws when it fails. */
export async function mustDocker(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await docker(...args);
  if (code !== 0) {
    throw new Error(`docker ${args[0] ?? ''} failed with ${String(code)}: ${stderr.trim()}`);
  }
  return stdout.trim();
}

/** Asks again until the answer is not `undefined`; gives up after two minutes. */
export async function eventually<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + 120_000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) {
      return answer;
    }
    if (Date.now() > deadline) {
      throw new Error(`gave up waiting: ${what}`);
    }
    await new Promise<void>((resolve) => setTimeout(resolve, 300));
  }
}

export class Sandbox {
  private readonly prefix: string;
  private readonly removals: string[][] = [];

  public constructor(family = 'portcullis-test') {
    this.prefix = `${family}-${randomBytes(4).toString('hex')}`;
  }

  private name(kind: string): string {
    return `${this.prefix}-${kind}-${String(this.removals.length)}`;
  }

  /** The name a container will get; it is removed with its anonymous volumes. */
  public reserve(kind: string): string {
    const name = this.name(kind);
    this.removals.push(['rm', '--force', '--volumes', name]);
    return name;
  }

  public async network(): Promise<string> {
    const name = this.name('net');
    this.removals.push(['network', 'rm', name]);
    await mustDocker('network', 'create', '--label', LABEL, name);
    return name;
  }

  public async volume(): Promise<string> {
    const name = this.name('vol');
    this.removals.push(['volume', 'rm', '--force', name]);
    await mustDocker('volume', 'create', '--label', LABEL, name);
    return name;
  }

  /** Starts a container in the background and returns its name. */
  public async start(kind: string, ...args: readonly string[]): Promise<string> {
    const name = this.reserve(kind);
    await mustDocker('run', '--detach', '--label', LABEL, '--name', name, ...args);
    return name;
  }

  /** Runs a container to its end. */
  public run(kind: string, ...args: readonly string[]): Promise<Outcome> {
    return docker('run', '--label', LABEL, '--name', this.reserve(kind), ...args);
  }

  /** Removes everything in reverse, so that networks and volumes are free by then. */
  public async close(): Promise<void> {
    for (const removal of this.removals.reverse()) {
      await docker(...removal);
    }
  }
}

export interface Frame {
  /** One letter, meaning defined by the Lua program. */
  readonly kind: string;
  readonly text: string;
}

/** Runs a Lua program in the image, one frame in and one out per input. */
export function runLua(image: string, program: string, inputs: readonly string[]): Promise<readonly Frame[]> {
  return new Promise<readonly Frame[]>((resolve, reject) => {
    const child = spawn('docker', [
      ...['run', '--rm', '--interactive', '--label', LABEL, '--network', 'none'],
      ...[...HARDENED, '--env', `LUA_SOURCE=${program}`, image, 'bash', '-c'],
      'printf %s "$LUA_SOURCE" >/tmp/test.lua && exec portcullis-lua /tmp/test.lua',
    ]);
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      const frames = parseFrames(Buffer.concat(stdout));
      if (code !== 0 || frames.length !== inputs.length) {
        const reason = Buffer.concat(stderr).toString();
        reject(new Error(`${String(frames.length)} of ${String(inputs.length)} frames: ${reason}`));
      } else {
        resolve(frames);
      }
    });
    const framed = inputs.map((input) => `${String(Buffer.byteLength(input))}\n${input}`);
    child.stdin.end(framed.join(''));
  });
}

function parseFrames(output: Buffer): readonly Frame[] {
  const frames: Frame[] = [];
  let at = 0;
  while (at < output.length) {
    const line = output.indexOf(10, at);
    const length = Number(output.subarray(at + 1, line).toString());
    const text = output.subarray(line + 1, line + 1 + length).toString();
    frames.push({ kind: String.fromCharCode(output[at] ?? 0), text });
    at = line + 1 + length;
  }
  return frames;
}
