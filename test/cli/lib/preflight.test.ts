import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { checkDocker, checkPorts, checkTerraform } from '../../../cli/lib/preflight.js';
import { environment } from '../../helper/environment.js';
import { scratchFolders } from '../../helper/scratch.js';
import type { Environment } from '../../../env/index.js';

const folder = scratchFolders();
let server: Server;
let taken = 0;

function published(port: number): Environment {
  return environment({ public: { url: `http://localhost:${port}`, hosts: ['localhost'], port } });
}

beforeAll(async () => {
  server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  taken = (server.address() as AddressInfo).port;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
afterEach(() => {
  vi.unstubAllEnvs();
});

/** A machine without any program. */
function bareMachine(): void {
  vi.stubEnv('PATH', folder());
}

describe('checkPorts', () => {
  test('finds a port that somebody listens on', async () => {
    bareMachine();
    expect(await checkPorts(published(taken))).toEqual([
      {
        check: 'port',
        ok: false,
        says: `public.port must be free, got 127.0.0.1:${taken} in use`,
        remedy: `stop what listens there (\`ss -ltnp 'sport = :${taken}'\` names it) or change public.port and public.url in env/dev.ts`,
      },
    ]);
  });

  test('finds the second port too', async () => {
    bareMachine();
    const dev = published(taken);
    const tls = { port: taken, certificate: { kind: 'internal' as const } };
    const both = await checkPorts({ ...dev, public: { ...dev.public, tls } });
    expect(both.map(({ says, remedy }) => [says, remedy.replace(/^.* or /, '')])).toEqual([
      [
        `public.port must be free, got 127.0.0.1:${taken} in use`,
        'change public.port and public.url in env/dev.ts',
      ],
      [`public.tls.port must be free, got 127.0.0.1:${taken} in use`, 'change public.tls.port in env/dev.ts'],
    ]);
  });

  test('is content with a free one, and leaves it free', async () => {
    bareMachine();
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    await new Promise((resolve) => other.close(resolve));
    const free = { check: 'port', ok: true, says: `127.0.0.1:${port} is free`, remedy: '' };
    expect(await checkPorts(published(port))).toEqual([free]);
    expect(await checkPorts(published(port))).toEqual([free]);
  });
});

describe('a machine without programs', () => {
  test('is told that Docker is missing', async () => {
    bareMachine();
    expect(await checkDocker()).toEqual({
      check: 'docker',
      ok: false,
      says: 'Docker must be installed, got neither client nor engine',
      remedy: 'start it, or run `npm run up -- --install` on Debian or Ubuntu',
    });
  });

  test('is told that Terraform is missing', async () => {
    bareMachine();
    expect(await checkTerraform()).toEqual({
      check: 'terraform',
      ok: false,
      says: 'terraform must be 1.6.0 or newer, got none',
      remedy: 'install Terraform 1.6.0 or newer and put it on PATH',
    });
  });
});
