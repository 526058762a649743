/** What somebody changed by hand in Kong is shown, and undone when asked to. */
import { describe, expect, test } from 'vitest';
import { gate } from '../harness/http.js';
import { docker } from '../harness/run.js';
import { ids, the } from './dev.js';

/** Calls Kong's Admin API from where it listens. */
async function administer(...calls: readonly [string, string, object?][]): Promise<string[]> {
  const [kong = ''] = await ids('kong');
  const { images } = JSON.parse(the().stranger.read('.portcullis/channel.json')) as {
    images: { tools: { reference: string } };
  };
  const program = `(async () => { const all = []; for (const [method, path, body] of ${JSON.stringify(calls)}) {
    const answer = await fetch('http://127.0.0.1:8001' + path, { method, headers: { 'content-type': 'application/json' }, ...(body && { body: JSON.stringify(body) }) });
    all.push(method + ' ' + answer.status); } console.log(JSON.stringify(all)); })()`;
  const said = await docker(
    'run',
    '--rm',
    `--network=container:${kong}`,
    '--entrypoint=node',
    images.tools.reference,
    '-e',
    program,
  );
  return JSON.parse(said) as string[];
}

export function drift(): void {
  describe('a gateway that was changed by hand', () => {
    const mine = { name: 'not-ours', paths: ['/not-ours'] };

    test('is told by doctor and diff, without a value', async () => {
      expect(
        await administer(
          ['PATCH', '/routes/hello', { paths: ['/hallo'] }],
          ['DELETE', '/routes/world'],
          [
            'POST',
            '/services/secure-api/routes',
            { name: 'added', paths: ['/added'], tags: ['portcullis-dev'] },
          ],
          ['POST', '/services/secure-api/routes', mine],
        ),
      ).toEqual(['PATCH 200', 'DELETE 204', 'POST 201', 'POST 201']);
      const doctor = await the().stranger.portcullis(['doctor']);
      const line = doctor.all.split('\n').find((text) => text.startsWith('FAIL  drift:'));
      expect(line).toContain("route 'hello' was changed");
      expect(line).toContain("route 'world' is missing");
      expect(line).toContain("route 'added' was added");
      expect(line).not.toContain('not-ours');
      expect(line).not.toContain('/hallo');
      expect(line?.endsWith('run `npx portcullis doctor --env dev --resync`')).toBe(true);
      expect(doctor.code).toBe(1);

      const diff = await the().stranger.portcullis(['diff']);
      expect(diff.out.split('\n')).toEqual(
        expect.arrayContaining([
          "risk: route 'added' would be removed; its callers get 404",
          'infrastructure: no changes',
          '  ~ route hello (paths)',
          '  + route world',
          '  - route added',
        ]),
      );
      expect(diff.code).toBe(2);
    });

    test('is brought back when asked to, but for what is not ours', async () => {
      const doctor = await the().stranger.portcullis(['doctor', '--resync']);
      expect(doctor.all).toContain("route 'world' is missing");
      expect(doctor.all).toContain('ok    drift: Kong has what was deployed');
      expect(doctor.code).toBe(0);
      expect((await gate('/world', { apikey: the().key })).status).not.toBe(404);
      expect((await gate('/added')).status).toBe(404);
      expect(await administer(['GET', '/routes/not-ours'], ['DELETE', '/routes/not-ours'])).toEqual([
        'GET 200',
        'DELETE 204',
      ]);
    });
  });
}
