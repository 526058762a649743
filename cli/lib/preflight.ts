/** What must be true before anything is changed; each finding with the one command that mends it. */
import { createServer } from 'node:net';
import type { Environment } from '../../env/index.js';
import { engineVersion, hasClient, publisher } from './docker.js';
import { LEAST_TERRAFORM, atLeast, terraformVersion } from './terraform.js';

export interface Finding {
  readonly check: string;
  readonly ok: boolean;
  readonly says: string;
  /** One command or action; empty when all is well. */
  readonly remedy: string;
}

export async function checkDocker(): Promise<Finding> {
  const version = await engineVersion();
  if (version !== undefined)
    return { check: 'docker', ok: true, says: `engine ${version} answers`, remedy: '' };
  const client = await hasClient();
  return {
    check: 'docker',
    ok: false,
    says: client
      ? 'a Docker engine must answer, got none (the client is there)'
      : 'Docker must be installed, got neither client nor engine',
    remedy: 'start it, or run `npm run up -- --install` on Debian or Ubuntu',
  };
}

export async function checkTerraform(): Promise<Finding> {
  const version = await terraformVersion();
  const ok = version !== undefined && atLeast(version, LEAST_TERRAFORM);
  return {
    check: 'terraform',
    ok,
    says: ok
      ? `version ${version}`
      : `terraform must be ${LEAST_TERRAFORM} or newer, got ${version ?? 'none'}`,
    remedy: ok ? '' : `install Terraform ${LEAST_TERRAFORM} or newer and put it on PATH`,
  };
}

/** Whether each published port is free, or held by this environment's own Kong. */
export function checkPorts({ name, public: { address, port, tls } }: Environment): Promise<Finding[]> {
  return Promise.all([
    checkPort(name, address, port, 'public.port', 'public.port and public.url'),
    ...(tls === undefined ? [] : [checkPort(name, address, tls.port, 'public.tls.port', 'public.tls.port')]),
  ]);
}

async function checkPort(
  environment: string,
  address: string,
  port: number,
  property: string,
  settings: string,
): Promise<Finding> {
  const check = 'port';
  if (await isFree(address, port)) return { check, ok: true, says: `${address}:${port} is free`, remedy: '' };
  const holder = await publisher(port).catch(() => undefined);
  if (holder?.environment === environment)
    return { check, ok: true, says: `${address}:${port} is ours`, remedy: '' };
  return {
    check,
    ok: false,
    says: `${property} must be free, got ${address}:${port} in use${holder === undefined ? '' : ` by container ${holder.name}`}`,
    remedy: `stop what listens there (\`ss -ltnp 'sport = :${port}'\` names it) or change ${settings} in env/${environment}.ts`,
  };
}

function isFree(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen({ host: address, port, exclusive: true }, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}
