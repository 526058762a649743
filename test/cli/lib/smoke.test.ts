import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CommandError } from '../../../cli/lib/output.js';
import { ask } from '../../../cli/lib/ask.js';
import { provePassage } from '../../../cli/lib/smoke.js';
import { environment } from '../../helper/environment.js';
import { rejected } from '../../helper/failure.js';
import type { Environment, EnvironmentInput } from '../../../env/index.js';

const KEY = 'a-key-of-the-test';
let server: Server;
let url = '';
let asked: string[] = [];
/** How many of the next answers are those of a worker without its routes. */
let wrong = 0;
/** How many of the next requests to log in meet a worker that knows nothing of it. */
let late = 0;
const TOKEN = 'ory_st_of_the_test';

function times(count: number, text: string): string[] {
  return Array.from({ length: count }, () => text);
}

beforeAll(async () => {
  server = createServer(({ headers, method, url: path = '' }, response) => {
    if (path.startsWith('/.ory/kratos/')) {
      // The log-in of Kratos, whose routes come later than the others.
      asked.push(`${method ?? ''} ${path}`);
      response.statusCode = late-- > 0 ? 404 : 200;
      response.end(JSON.stringify({ id: 'flow', session_token: TOKEN }));
      return;
    }
    if (headers['x-session-token'] === TOKEN) {
      asked.push(`${path} person`);
      response.end(path);
      return;
    }
    asked.push(`${path} ${headers.apikey === undefined ? 'stranger' : 'client'}`);
    response.statusCode = wrong > 0 ? 404 : headers.apikey === KEY ? 200 : 401;
    wrong = Math.max(0, wrong - 1);
    response.end(path);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
});

function gate(services: EnvironmentInput['services'] = {}): Environment {
  return environment({ public: { url, hosts: ['127.0.0.1'], port: Number(new URL(url).port) }, services });
}

describe('provePassage', () => {
  test('is content when a stranger is refused and a client passes', async () => {
    asked = [];
    await provePassage(gate(), { key: KEY }, new AbortController().signal);
    expect(asked).toEqual([...times(20, '/hello stranger'), ...times(3, '/hello client')]);
  });

  test('asks as a stranger alone where no client is declared', async () => {
    asked = [];
    await provePassage(gate(), {}, new AbortController().signal);
    expect(asked).toEqual(times(20, '/hello stranger'));
  });

  test("asks every service of one's own as a stranger alone", async () => {
    asked = [];
    const image = { reference: 'notes:1.0.0', version: '1.0.0' };
    const services = { notes: { image, port: 3000, path: '/my/notes' }, diary: { image, port: 3000 } };
    await provePassage(gate(services), { key: KEY }, new AbortController().signal);
    expect(asked).toEqual([
      ...times(20, '/hello stranger'),
      ...times(20, '/diary stranger'),
      ...times(20, '/my/notes stranger'),
      ...times(3, '/hello client'),
    ]);
  });

  test('logs a person in, once every worker knows how', async () => {
    asked = [];
    late = 1;
    const person = { email: 'demo@example.com', password: 'a-password' };
    await provePassage(gate(), { key: KEY, person }, new AbortController().signal);
    expect(asked.slice(23)).toEqual([
      'GET /.ory/kratos/self-service/login/api',
      'GET /.ory/kratos/self-service/login/api',
      'POST /.ory/kratos/self-service/login?flow=flow',
      '/hello person',
    ]);
  });

  test('is not content before the right answer came often enough without another between', async () => {
    asked = [];
    wrong = 3;
    await provePassage(gate(), {}, new AbortController().signal);
    expect(asked).toEqual(times(23, '/hello stranger'));
  });

  test('fails when a client is refused, without showing the key', async () => {
    const abort = new AbortController();
    const work = rejected(provePassage(gate(), { key: 'another-key' }, abort.signal));
    setTimeout(() => {
      abort.abort();
    }, 500);
    const error = await work;
    if (!(error instanceof CommandError)) throw error;
    expect(error.message).toBe(`a request with the client's key to ${url}/hello must get 200, got 401`);
    expect(error.detail).toEqual(['/hello']);
    expect(error.remedy).toBe('run `npx portcullis doctor`, then the same command again');
  });
});

describe('ask', () => {
  test('says 0 where nothing answers', async () => {
    expect(await ask('http://127.0.0.1:1/')).toEqual({ status: 0, body: '' });
  });
});
