/** The state against the running Kong: nothing differs after an apply, and what goes wrong shows no secret. */
import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { present } from '../../helper/failure.js';
import type { Ran } from '../harness/run.js';
import { addressTowards, ask, containerOf, containersOf } from '../platform/fixtures.js';
import { call, status } from './call.js';
import { admin, deck, logs } from './containers.js';
import { deployment } from './deployment.js';
import { ENVIRONMENT } from './theme.js';

const STATE = '/run/portcullis/state/kong.yaml';

function difference(): Promise<Ran> {
  return deck(['gateway', 'diff', '--non-zero-exit-code', '--no-color', STATE]);
}

/** Generated values that a text shows, whole or a line of them. */
function shownIn(text: string): string[] {
  return deployment()
    .secrets.flatMap((value) => value.split('\n'))
    .filter((line) => line.length >= 20 && !/^-----|PUBLIC KEY/.test(line) && text.includes(line));
}

async function idOf(path: string): Promise<string> {
  const [answer] = await admin({ path });
  return (JSON.parse(present(answer).body) as { id: string }).id;
}

export function synchronization(): void {
  describe('after an apply', () => {
    test('decK finds nothing to change, with every plugin in the state', async () => {
      const { code, all } = await difference();
      expect(all.split('\n').filter((line) => /^(creating|updating|deleting|[-+]) /.test(line))).toEqual([]);
      expect(all).toMatch(/Created: 0\s+Updated: 0\s+Deleted: 0/);
      expect(code).toBe(0);
    });

    test('Terraform finds nothing to change', async () => {
      expect(await deployment().stack.plan()).toEqual([]);
    });

    test('decK shows what was changed by hand', async () => {
      const path = '/routes/kept';
      await admin({ method: 'PATCH', path, body: { strip_path: true } });
      const changed = await difference();
      await admin({ method: 'PATCH', path, body: { strip_path: false } });
      expect(changed.code).toBe(2);
      expect(changed.all).toContain('strip_path');
      expect((await difference()).code).toBe(0);
    });

    test('trap 12: nobody beside Kong reaches its administration', async () => {
      const neighbour = present((await containersOf(ENVIRONMENT, 'echo'))[0]);
      const kong = addressTowards(await containerOf(ENVIRONMENT, 'kong'), neighbour);
      expect(await ask(neighbour, `http://${kong}:8000/`)).toHaveProperty('body');
      for (const port of [8001, 8002, 8100, 8444, 8445]) {
        expect(await ask(neighbour, `http://${kong}:${port}/`)).toEqual({ error: 'ECONNREFUSED' });
      }
    });

    test('trap 13: decK leaves alone what carries another tag, or none', async () => {
      const [made] = await admin({
        method: 'POST',
        path: '/services',
        body: { name: 'of-another', host: 'x', tags: ['another'] },
      });
      expect(made?.status).toBe(201);
      expect((await difference()).code).toBe(0);
      await admin({ method: 'DELETE', path: '/services/of-another' });
    });
  });

  describe('a synchronization that Kong refuses', () => {
    const stranger = `stranger-${randomBytes(4).toString('hex')}`;

    test('fails the apply, and shows no secret', async () => {
      const key = deployment().secret('staff');
      // Somebody else holds the key that our client is to have.
      const found = await idOf(`/key-auths/${key}`);
      await admin({ method: 'DELETE', path: `/key-auths/${found}` });
      await admin({ method: 'POST', path: '/consumers', body: { username: stranger } });
      const [taken] = await admin({ method: 'POST', path: `/consumers/${stranger}/key-auth`, body: { key } });
      expect(taken?.status).toBe(201);
      await syncAgain();
      const failed = await deployment().stack.tryApply();
      expect(failed.code).toBe(1);
      const said = await logs('deck-sync');
      expect(shownIn(`a text with ${key} in it`)).toEqual([key]);
      for (const text of [failed.all, said]) {
        expect(text).toContain('UNIQUE violation');
        expect(text).toContain('[masked]');
        expect(shownIn(text)).toEqual([]);
        // decK's own name for a key is its end.
        expect(text).not.toContain(key.slice(-5));
      }
    });

    test('goes on with the next apply, once the cause is mended', async () => {
      await admin({ method: 'DELETE', path: `/consumers/${stranger}` });
      await deployment().stack.apply();
      expect((await difference()).code).toBe(0);
      const headers = { apikey: deployment().secret('staff') };
      expect(await status('/by-key', { headers })).toBe(200);
      expect((await call('/by-key')).status).toBe(401);
      expect(shownIn(await logs('deck-sync'))).toEqual([]);
    });
  });
}

/** Marks decK's job as to be run again. */
async function syncAgain(): Promise<void> {
  const addresses = (await deployment().stack.terraform('state', 'list')).split('\n');
  const run = present(addresses.find((address) => address.startsWith('terraform_data.Gateway_Sync_Run_')));
  await deployment().stack.terraform('taint', run);
}
