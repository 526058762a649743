/** What a change of the declaration changes, and how it is told before. */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { gate } from '../harness/http.js';
import { run } from '../harness/run.js';
import { ids, secretValues, the } from './dev.js';

export function changes(): void {
  describe('a third service', () => {
    test('comes and goes without replacing a running container', async () => {
      const before = {
        kong: await ids('kong'),
        postgres: await ids('postgres'),
        hello: await ids('hello'),
        world: await ids('world'),
      };
      const undo = the().stranger.edit(
        'stacks/environment-stack.ts',
        '    this.services = ',
        `    const third = new JsonService(this, 'third', { platform, image: environment.images.jsonService, name: 'third', message: 'third', replicas: 1, resources: resources(environment.services.hello.resources), identity: { issuer: signer.issuer, keys: signer.verification, algorithms: [signer.algorithm] } });\n    served.push({ service: third, declaration: jsonServiceDeclaration(third, { access: guarded({ methods: ['key'] }) }) });\n    this.services = `,
      );
      expect((await run(process.execPath, ['bin/app.mjs'], { cwd: the().stranger.root })).code).toBe(0);
      await the().stranger.terraform('plan', '-out=third.bin');
      const plan = JSON.parse((await the().stranger.terraform('show', '-json', 'third.bin')).out) as {
        resource_changes: { address: string; type: string; change: { actions: string[] } }[];
      };
      const replaced = plan.resource_changes
        .filter(({ type, change }) => type === 'docker_container' && change.actions.includes('delete'))
        .map(({ address }) => address);
      // decK's job and the writers of what both ends of the gate read, which have ended and run again;
      // and Oathkeeper, which stands on another network now: side by side, one replica after the other.
      expect(replaced.map((address) => address.split('.')[1]?.replace(/_[0-9A-F]{8}$/, '')).sort()).toEqual([
        'Gateway_Sync',
        'Gateway_Sync_Files-state_Writer',
        'Oathkeeper_Workload',
        'Oathkeeper_Workload_Files-rules_Writer',
        'Oathkeeper_Workload_Replica2',
      ]);

      expect((await the().stranger.npm('up')).code).toBe(0);
      expect({
        kong: await ids('kong'),
        postgres: await ids('postgres'),
        hello: await ids('hello'),
        world: await ids('world'),
      }).toEqual(before);
      const fresh = (await the().stranger.portcullis(['secret', 'get', 'client-demo', '--yes'])).out.trim();
      const answer = await gate('/third', { apikey: fresh });
      // The limit test may have used this minute up; what matters is that the route exists.
      expect([200, 429]).toContain(answer.status);

      undo();
      expect((await the().stranger.npm('up')).code).toBe(0);
      expect(await ids('kong')).toEqual(before.kong);
      expect(await ids('third')).toEqual([]);
      expect((await gate('/third', { apikey: fresh })).status).toBe(404);
      expect((await the().stranger.terraform('plan', '-detailed-exitcode')).code).toBe(0);
    });
  });

  describe('status and diff', () => {
    /** Writes the ledger with one class at a generation. */
    const ledger = (g: number): void => {
      const apiKeys = { g, phase: 'publish', at: new Date().toISOString() };
      writeFileSync(
        join(the().stranger.root, '.portcullis/state/dev/ledger.json'),
        JSON.stringify({ version: 1, classes: { apiKeys } }),
      );
    };
    const values: string[] = [];

    beforeAll(async () => {
      values.push(...(await secretValues()));
    });
    afterEach(() => {
      rmSync(join(the().stranger.root, '.portcullis/state/dev/ledger.json'), { force: true });
      expect(existsSync(join(the().stranger.root, '.portcullis/state/dev/plan'))).toBe(false);
    });

    test('after up every class stands at generation 0 and nothing is overdue', async () => {
      const { code, out } = await the().stranger.portcullis(['status', '--json']);
      const { version, classes } = JSON.parse(out) as {
        version: number;
        classes: {
          class: string;
          generation: number | null;
          overdue: boolean;
          secrets: { name: string }[];
        }[];
      };
      expect(version).toBe(1);
      expect(classes.map((one) => [one.class, one.generation, one.overdue])).toEqual([
        ['passwords', 0, false],
        ['apiKeys', 0, false],
        ['signingKeys', 0, false],
        ['certificates', 0, false],
        ['fixed', null, false],
        ['outside', null, false],
      ]);
      expect(classes[1]?.secrets).toMatchObject([
        { name: 'client-demo', slots: [{ slot: 0 }, { slot: 1 }] },
        { name: 'oauth2-demo', slots: [{ slot: 0 }, { slot: 1 }] },
      ]);
      expect(code).toBe(0);
    });

    test('after up there is no difference', async () => {
      const { code, out } = await the().stranger.portcullis(['diff']);
      expect(out.split('\n')).toEqual(['infrastructure: no changes', 'gateway: no changes']);
      expect(code).toBe(0);
    });

    test('an edited message is told by the names of what it changes', async () => {
      const undo = the().stranger.edit(
        'env/dev.ts',
        'hello: { access',
        "hello: { message: 'good day', access",
      );
      const { code, all } = await the().stranger.portcullis(['diff']);
      undo();
      expect(all.split('\n')).toEqual([
        'infrastructure: 2 changes',
        '  -/+ hello: docker_container (env, labels) ×2',
        'gateway: no changes',
      ]);
      expect(code).toBe(2);
    });

    test('one step of the ledger changes exactly one slot of each key of a client', async () => {
      ledger(1);
      const { code, out } = await the().stranger.portcullis(['diff', '--json']);
      const { risks, sections } = JSON.parse(out) as {
        risks: string[];
        sections: { changes: { component: string; type: string; action: string }[] }[];
      };
      expect(risks).toEqual([]);
      expect(
        sections.flatMap(({ changes }) => changes).filter(({ type }) => type === 'random_password'),
      ).toMatchObject([
        { component: 'client-demo/Slot1', action: 'replace' },
        { component: 'oauth2-demo/Slot1', action: 'replace' },
      ]);
      expect(values.filter((value) => out.includes(value)).length).toBe(0);
      expect(code).toBe(2);
    });

    test('two steps at once are refused, by diff and by up', async () => {
      ledger(2);
      for (const { code, all } of [
        await the().stranger.portcullis(['diff']),
        await the().stranger.npm('up'),
      ]) {
        expect(all).toContain("'apiKeys' must be at generation 0 or 1, got 2");
        expect(all).toContain('what to do: mend .portcullis/state/dev/ledger.json');
        expect(code).toBe(1);
      }
      expect((await gate('/hello')).status).toBe(401);
    });
  });
}
