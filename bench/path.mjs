/**
 * Where the time of a request goes: the same request by five ways, side by side in one run.
 *
 * Beside the deployed environment stand a service without identity, a Kong without plugins and an
 * Oathkeeper as a tutorial wires it, which log as they come. All share the machine; each way is asked in
 * turn.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const NAME = 'portcullis-bench';
const ROUNDS = 3;
const SECONDS = 6;
const CONNECTIONS = 16;
const LABEL = 'dev.portcullis.bench=1';

const docker = (...args) =>
  execFileSync('docker', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** Networks of the deployed environment by the name of their edge. */
function network(edge) {
  const [id] = docker('network', 'ls', '-q', '--filter', `label=dev.portcullis.component=${edge}`).split(
    '\n',
  );
  if (id === '') throw new Error(`network '${edge}' must be there`);
  return id;
}

function container(component) {
  return docker('ps', '-q', '--filter', `label=dev.portcullis.component=${component}`).split('\n')[0];
}

/** Starts one of the yardsticks on the network of the benchmark. */
function start(name, image, options, command = []) {
  docker(
    'run',
    '-d',
    '--label',
    LABEL,
    '--name',
    `${NAME}-${name}`,
    '--network',
    NAME,
    '--network-alias',
    name,
    ...options,
    image,
    ...command,
  );
}

export function removeYardsticks() {
  const ids = docker('ps', '-a', '-q', '--filter', `label=${LABEL}`);
  if (ids !== '') docker('rm', '-f', '-v', ...ids.split('\n'));
  const networks = docker('network', 'ls', '-q', '--filter', `label=${LABEL}`);
  for (const id of networks === '' ? [] : networks.split('\n')) {
    const attached = JSON.parse(docker('network', 'inspect', id))[0].Containers ?? {};
    for (const one of Object.keys(attached)) docker('network', 'disconnect', '-f', id, one);
    docker('network', 'rm', id);
  }
}

const rule = (id, path, authenticator, mutator) => ({
  id,
  match: { url: `http://<[^/]+>/${path}<.*>`, methods: ['GET'] },
  authenticators: [authenticator],
  authorizer: { handler: 'allow' },
  mutators: [mutator],
  upstream: { url: 'http://plain:8080', strip_path: `/${path}` },
});

/** Oathkeeper as a tutorial has it: each request asks Kratos. */
function tutorialFiles(folder) {
  mkdirSync(folder, { recursive: true });
  const check = {
    check_session_url: 'http://kratos:4433/sessions/whoami',
    preserve_path: true,
    force_method: 'GET',
    forward_http_headers: ['X-Session-Token'],
    extra_from: '@this',
    subject_from: 'identity.id',
    token_from: { header: 'X-Session-Token' },
  };
  writeFileSync(
    join(folder, 'rules.json'),
    JSON.stringify([
      rule('noop', 'noop', { handler: 'noop' }, { handler: 'noop' }),
      rule('quiet', 'quiet', { handler: 'noop' }, { handler: 'noop' }),
      rule('tutorial', 'tutorial', { handler: 'bearer_token', config: check }, { handler: 'id_token' }),
    ]),
  );
  writeFileSync(
    join(folder, 'config.json'),
    JSON.stringify({
      access_rules: { repositories: ['file:///bench/rules.json'] },
      authenticators: { noop: { enabled: true }, bearer_token: { enabled: true, config: check } },
      authorizers: { allow: { enabled: true } },
      mutators: {
        noop: { enabled: true },
        id_token: {
          enabled: true,
          config: { issuer_url: 'http://localhost', jwks_url: 'file:///bench/jwks.json', ttl: '60s' },
        },
      },
      errors: { fallback: ['json'], handlers: { json: { enabled: true } } },
    }),
  );
}

function kongFile(folder) {
  const service = (name, url, path) => ({
    name,
    url,
    routes: [{ name, paths: [`/${path}`], strip_path: false, preserve_host: true }],
  });
  writeFileSync(
    join(folder, 'kong.yml'),
    JSON.stringify({
      _format_version: '3.0',
      services: [
        service('alone', 'http://plain:8080', 'hello'),
        service('noop', 'http://tutorial:4455', 'noop'),
        service('quiet', 'http://quiet:4455', 'quiet'),
        service('tutorial', 'http://tutorial:4455', 'tutorial'),
      ],
    }),
  );
}

/** Runs a program to its end on the network of the benchmark. */
const runOnce = (...args) => docker('run', '--rm', '--label', LABEL, '--network', NAME, ...args);

function wrk(image, url, headers) {
  const text = runOnce(
    image,
    '-t1',
    `-c${CONNECTIONS}`,
    `-d${SECONDS}s`,
    '--latency',
    ...Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]),
    url,
  );
  const number = (pattern) => pattern.exec(text)?.slice(1) ?? [];
  const [p50 = '0', unit50 = 'ms'] = number(/50%\s+([\d.]+)(us|ms|s)/);
  const [p99 = '0', unit99 = 'ms'] = number(/99%\s+([\d.]+)(us|ms|s)/);
  const factor = { us: 0.001, ms: 1, s: 1000 };
  const wrong = Number(number(/Non-2xx or 3xx responses: (\d+)/)[0] ?? '0');
  if (wrong > 0) throw new Error(`${url} must answer 2xx, got ${wrong} others`);
  return {
    rate: Number(number(/Requests\/sec:\s+([\d.]+)/)[0]),
    p50: Number(p50) * factor[unit50],
    p99: Number(p99) * factor[unit99],
  };
}

/** Puts the yardsticks up, asks every way in turn, and gives rows of medians. */
export function measurePaths({ copy, images, wrkImage, token, key, keys }) {
  removeYardsticks();
  const folder = join(copy, '.portcullis/bench');
  tutorialFiles(folder);
  kongFile(folder);
  writeFileSync(join(folder, 'jwks.json'), JSON.stringify(keys));
  docker('network', 'create', '--internal', '--label', LABEL, NAME);
  const mount = ['-v', `${folder}:/bench:ro`];
  start('plain', images.jsonService.reference, [
    '-e',
    'SERVICE_NAME=hello',
    '-e',
    'SERVICE_MESSAGE=hello',
    '-e',
    'PORT=8080',
    '-e',
    'DRAIN_MILLISECONDS=0',
  ]);
  const serve = ['serve', '-c', '/bench/config.json', '--disable-telemetry', '--sqa-opt-out'];
  start('tutorial', images.oathkeeper.reference, mount, serve);
  // Ours is silent, too, because its log would show keys.
  start('quiet', images.oathkeeper.reference, [...mount, '-e', 'LOG_LEVEL=fatal'], serve);
  docker('network', 'connect', network('kratos--session-check'), `${NAME}-tutorial`);
  start(
    'plain-kong',
    images.kong.reference,
    [
      ...mount,
      '-e',
      'KONG_DATABASE=off',
      '-e',
      'KONG_DECLARATIVE_CONFIG=/bench/kong.yml',
      '-e',
      'KONG_PROXY_LISTEN=0.0.0.0:8000',
      '-e',
      'KONG_NGINX_WORKER_PROCESSES=2',
      '-e',
      'KONG_ANONYMOUS_REPORTS=off',
      '-e',
      'KONG_ADMIN_LISTEN=off',
    ],
    ['kong', 'docker-start'],
  );
  docker('network', 'connect', '--alias', 'gate', NAME, container('kong'));
  docker('network', 'connect', '--alias', 'guard', NAME, container('oathkeeper'));
  docker('network', 'connect', '--alias', 'whoami', NAME, container('kratos'));
  const session = { 'X-Session-Token': token };
  const ways = [
    ['service alone', 'http://plain:8080/hello', {}],
    ['Kong → service', 'http://plain-kong:8000/hello', {}],
    ['Kong → Oathkeeper (noop) → service', 'http://plain-kong:8000/noop/hello', {}],
    ['the same, Oathkeeper logging nothing', 'http://plain-kong:8000/quiet/hello', {}],
    [
      'Kong → Oathkeeper → service, each request asking Kratos',
      'http://plain-kong:8000/tutorial/hello',
      session,
    ],
    ['our gate, a session', 'http://gate:8000/hello', { Host: 'localhost:8000', ...session }],
    ['our gate, a key', 'http://gate:8000/hello', { Host: 'localhost:8000', apikey: key }],
    ['part: Kratos alone', 'http://whoami:4433/sessions/whoami', session],
    [
      'part: our Oathkeeper and service, without Kong',
      'http://guard:4455/hello',
      { Host: 'localhost:8000', 'X-Gate-Session': `aal1.token.${token}` },
    ],
  ];
  waitFor(ways);
  const taken = new Map(ways.map(([name]) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, url, headers] of ways) taken.get(name).push(wrk(wrkImage, url, headers));
  }
  return ways.map(([name]) => {
    const all = taken.get(name);
    return {
      name,
      rate: median(all.map(({ rate }) => rate)),
      least: Math.min(...all.map(({ rate }) => rate)),
      most: Math.max(...all.map(({ rate }) => rate)),
      p50: median(all.map(({ p50 }) => p50)),
      p99: median(all.map(({ p99 }) => p99)),
    };
  });
}

/** Asks each way until it answers 200, from the network of the benchmark. */
function waitFor(ways) {
  const program = `const { request } = require('http'); const ways = JSON.parse(process.argv[1]);
    const ask = ([, url, headers]) => new Promise((done) => { const call = request(url, { headers }, (answer) => { answer.resume(); done(answer.statusCode); }); call.on('error', () => done(0)); call.end(); });
    (async () => { for (const way of ways) { let got; for (let i = 0; i < 120; i++) { got = await ask(way); if (got === 200) break; await new Promise((r) => setTimeout(r, 500)); } if (got !== 200) { console.error(way[0] + ' must answer 200, got ' + got); process.exit(1); } } })();`;
  const image = docker('inspect', '--format', '{{.Config.Image}}', `${NAME}-plain`);
  runOnce(image, 'node', '-e', program, JSON.stringify(ways));
}

/** Lines of the report. */
export function pathTable(rows) {
  const noop = rows.find(({ name }) => name.includes('noop'));
  const quiet = rows.find(({ name }) => name.includes('logging nothing'));
  const plain = rows.find(({ name }) => name.includes('asking Kratos'));
  const ours = rows.find(({ name }) => name === 'our gate, a session');
  const ms = (value) => `${value.toFixed(value < 10 ? 2 : 0)} ms`;
  return [
    '| way | requests/s (least–most) | p50 | p99 |',
    '| --- | --- | --- | --- |',
    ...rows.map(
      ({ name, rate, least, most, p50, p99 }) =>
        `| ${name} | ${rate.toFixed(0)} (${least.toFixed(0)}–${most.toFixed(0)}) | ${ms(p50)} | ${ms(p99)} |`,
    ),
    '',
    `Our gate manages ${(ours.rate / plain.rate).toFixed(1)} times what the plain wiring does (aim: at least 7) and`,
    `${(ours.rate / noop.rate).toFixed(2)} of Kong → Oathkeeper (noop) → service (aim: at least 0.5); where that Oathkeeper logs`,
    `nothing, as ours, ${(ours.rate / quiet.rate).toFixed(2)}.`,
  ];
}
