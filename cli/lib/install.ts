/** `--install`: Docker Engine and the build tools on Debian or Ubuntu. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { cacheRoot } from '../../images/cache.js';
import { engineVersion } from './docker.js';
import { guarded } from './interrupt.js';
import { CommandError, progress } from './output.js';

const ENGINE_PATIENCE_SECONDS = 60;

/**
 * Installs what is missing and starts the engine.
 *
 * @param buildTools also what the local image channel builds with
 * @throws CommandError on another system, without root rights, or when a step fails
 */
export async function installDocker(buildTools: boolean): Promise<void> {
  if ((await engineVersion()) === undefined) {
    if (!(await has('dockerd'))) await install(['docker.io', 'iptables', 'iproute2', 'ca-certificates']);
    if ((await engineVersion()) === undefined) await startEngine();
  }
  if (buildTools && !(await has('mmdebstrap'))) await install(['mmdebstrap']);
}

async function install(packages: readonly string[]): Promise<void> {
  requireDebian();
  progress(`installing ${packages.join(', ')}`);
  await apt(['update', '-qq']);
  await apt(['install', '-y', '-qq', '--no-install-recommends', ...packages]);
}

function requireDebian(): void {
  const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  if (!/^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(release)) {
    throw new CommandError(
      '--install must run on Debian or Ubuntu, got another system',
      [],
      'install Docker Engine by hand and start it, then run `npm run up`',
    );
  }
  if (process.getuid?.() !== 0) {
    throw new CommandError(
      '--install must run as root, got another user',
      [],
      'run `sudo npm run up -- --install`, or install Docker Engine by hand',
    );
  }
}

async function apt(args: readonly string[]): Promise<void> {
  const done = await guarded(
    execa('apt-get', args, {
      stdin: 'ignore',
      reject: false,
      all: true,
      env: { DEBIAN_FRONTEND: 'noninteractive' },
    }),
  );
  if (done.exitCode !== 0)
    throw new CommandError(
      `apt-get ${args[0] ?? ''} must succeed, got a failure`,
      done.all.split('\n').slice(-8),
      'mend what it says, then run the same command again',
    );
}

/** By the system's service manager where one runs, by hand where none does. */
async function startEngine(): Promise<void> {
  progress('starting the Docker engine');
  const log = join(cacheRoot(), 'logs', 'dockerd.log');
  if (existsSync('/run/systemd/system')) {
    await execa('systemctl', ['start', 'docker'], { stdin: 'ignore', reject: false });
  } else {
    dropStaleNumbers();
    mkdirSync(join(cacheRoot(), 'logs'), { recursive: true });
    const out = openSync(log, 'a');
    // It must outlive this command, which execa's promise would not let it.
    spawn('dockerd', [], { stdio: ['ignore', out, out], detached: true }).unref();
  }
  for (let second = 0; second < ENGINE_PATIENCE_SECONDS; second++) {
    if ((await engineVersion()) !== undefined) return;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  const tail = existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n').slice(-8) : [];
  throw new CommandError(
    `the Docker engine must answer within ${ENGINE_PATIENCE_SECONDS} s, got nothing`,
    tail,
    `read ${log}, then run the same command again`,
  );
}

/**
 * An engine that was killed leaves its process number behind and its successor refuses to start.
 *
 * Judged by the program file, which a process that has ended but wasn't collected yet no longer has.
 */
function dropStaleNumbers(): void {
  for (const file of ['/var/run/docker.pid', '/var/run/docker/containerd/containerd.pid']) {
    if (!existsSync(file)) continue;
    try {
      if (/\/(dockerd|containerd)$/.test(readlinkSync(`/proc/${readFileSync(file, 'utf8').trim()}/exe`)))
        continue;
    } catch {
      // No such process, or one that has ended.
    }
    rmSync(file, { force: true });
  }
}

async function has(program: string): Promise<boolean> {
  const { exitCode } = await execa('sh', ['-c', `command -v ${program}`], { reject: false, stdin: 'ignore' });
  return exitCode === 0;
}
