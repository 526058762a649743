/** Where secrets must not stand, and what must not be reached. */
import { describe, expect, test } from 'vitest';
import { docker, run } from '../harness/run.js';
import { ids, inspectAll, listening, secretValues, the } from './dev.js';

export function isolation(): void {
  describe('secrets', () => {
    test('are listed without their values and shown only when asked for twice', async () => {
      const list = await the().stranger.portcullis(['secret', 'list']);
      expect(list.out).toMatch(/client-demo +0 +0 /);
      expect(list.all).not.toContain(the().key);
      const refused = await the().stranger.portcullis(['secret', 'get', 'client-demo']);
      expect(refused.code).toBe(1);
      expect(refused.all).toContain('add --yes');
      expect(refused.all).not.toContain(the().key);
    });

    test('stand in no environment, command, label, log, plan or synthesized file', async () => {
      const values = await secretValues();
      expect(values.length).toBeGreaterThanOrEqual(5);
      expect(values.every((value) => value.length >= 32)).toBe(true);
      const shown = [
        JSON.stringify((await inspectAll()).map(({ Name, Config }) => ({ Name, Config }))),
        the().stranger.read('cdktf.out/stacks/dev/cdk.tf.json'),
        the().up.all,
        (await the().stranger.terraform('plan', '-no-color')).all,
        ...(
          await Promise.all(['kong', 'hello', 'postgres'].flatMap((c) => ids(c))).then((lists) =>
            Promise.all(lists.flat().map((id) => run('docker', ['logs', id]))),
          )
        ).map(({ all }) => all),
      ];
      for (const text of shown) {
        expect(text.length).toBeGreaterThan(0);
        expect(values.filter((value) => text.includes(value)).length).toBe(0);
      }
    });
  });

  describe('isolation', () => {
    test("of the host's own addresses only the proxy's two ports listen, on the loopback address", () => {
      const fresh = [...listening()].filter((socket) => !the().listeningBefore.has(socket));
      expect(fresh.sort()).toEqual(['0100007F:1F40', '0100007F:20FB']);
    });

    test('every container but the writers has a read-only root and no capabilities', async () => {
      const all = await inspectAll();
      expect(all.length).toBeGreaterThanOrEqual(12);
      for (const { Name, Config, HostConfig } of all) {
        expect(HostConfig.CapDrop, Name).toEqual(['ALL']);
        expect(Config.User, Name).toMatch(/^\d+:\d+$/);
        if (Name.includes('-writer-')) {
          expect(HostConfig.CapAdd, Name).toEqual(['CAP_CHOWN']);
          expect(HostConfig.NetworkMode, Name).toBe('none');
        } else {
          expect(HostConfig.ReadonlyRootfs, Name).toBe(true);
          expect(HostConfig.CapAdd ?? [], Name).toEqual([]);
        }
      }
    });

    test("hello reaches neither oathkeeper's administration nor kong, kratos and postgres", async () => {
      const [hello = ''] = await ids('hello');
      const [postgres = ''] = await ids('postgres');
      const addresses = JSON.parse(
        await docker('inspect', '--format', '{{json .NetworkSettings.Networks}}', postgres),
      ) as Record<string, { IPAddress: string }>;
      const targets: [string, number][] = [
        ['oathkeeper', 4456],
        ['kong', 8000],
        ['kratos', 4433],
        ['postgres', 5432],
        ...Object.values(addresses).map(({ IPAddress }): [string, number] => [IPAddress, 5432]),
      ];
      const program = `const net = require('net'); const targets = ${JSON.stringify(targets)};
      Promise.all(targets.map(([host, port]) => new Promise((done) => {
        const socket = net.connect({ host, port, timeout: 2000 });
        socket.on('connect', () => done('open')); socket.on('error', (e) => done(e.code)); socket.on('timeout', () => done('timeout'));
      }))).then((all) => { console.log(JSON.stringify(all)); process.exit(0); });`;
      const outcome = JSON.parse(await docker('exec', hello, 'node', '-e', program)) as string[];
      expect(outcome.length).toBe(targets.length);
      expect(outcome).not.toContain('open');
      expect(outcome[0]).toBe('ECONNREFUSED');
      for (const other of outcome.slice(1, 4)) expect(other).toMatch(/ENOTFOUND|EAI_AGAIN|timeout/);
    });
  });
}
