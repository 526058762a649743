/**
 * `npm run bench`: ratios measured side by side in one run, written to bench/README.md.
 *
 * Works on a copy of the checkout, so that the client's limit can be lifted for the measurement; no
 * dev environment may run. Nothing here asserts: a shared machine's speed is nobody's promise.
 */
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { measurePaths, pathTable, removeYardsticks } from './path.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const SYNTH_RUNS = 7;
const DEPLOY_RUNS = 1;

const copy = mkdtempSync(join(tmpdir(), 'portcullis-bench-'));
const run = (program, args, options = {}) =>
  execFileSync(program, args, {
    cwd: copy,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 64 * 1024 * 1024,
    ...options,
  });
const portcullis = (...args) => run(process.execPath, ['bin/portcullis.mjs', ...args]);
const timed = (work) => {
  const begin = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - begin) / 1e6;
};
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const ms = (value) => `${value.toFixed(value < 10 ? 2 : 0)} ms`;
const spread = (values) => `${ms(median(values))} (${ms(Math.min(...values))}–${ms(Math.max(...values))})`;

function prepare() {
  for (const file of run('git', ['ls-files', '-co', '--exclude-standard', '-z'], { cwd: root })
    .split('\0')
    .filter((name) => name !== '')) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    cpSync(join(root, file), join(copy, file));
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  const dev = join(copy, 'env/dev.ts');
  const text = readFileSync(dev, 'utf8');
  const replaced = [
    ['limit: { minute: 60 }', 'limit: { second: 100_000 }'],
    ['  images,\n', '  images,\n  identity: { limits: { people: { minute: 1_000_000 } } },\n'],
  ].reduce((all, [from, to]) => {
    if (!all.includes(from)) throw new Error(`env/dev.ts must hold '${from}'`);
    return all.replace(from, to);
  }, text);
  writeFileSync(dev, replaced);
}

async function benchSynth() {
  portcullis('images', 'build');
  portcullis('images', 'use', JSON.parse(portcullis('images', 'list', '--json')).channel);
  run(process.execPath, ['bin/app.mjs']);
  const stack = JSON.parse(readFileSync(join(copy, 'cdktf.out/stacks/dev/cdk.tf.json'), 'utf8'));
  const counts = Object.fromEntries(
    Object.entries(stack.resource).map(([type, all]) => [type, Object.keys(all).length]),
  );
  const raw = join(copy, '.portcullis/build/raw.cjs');
  await build({
    entryPoints: [join(copy, 'bench/raw.ts')],
    outfile: raw,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    logLevel: 'silent',
  });
  const ours = [];
  const plain = [];
  for (let i = 0; i < SYNTH_RUNS + 1; i++) {
    const a = timed(() =>
      run(process.execPath, ['bin/app.mjs'], { env: { ...process.env, CDKTF_OUTDIR: join(copy, 'out-a') } }),
    );
    const b = timed(() =>
      run(process.execPath, [raw, JSON.stringify(counts)], {
        env: { ...process.env, CDKTF_OUTDIR: join(copy, 'out-b') },
      }),
    );
    if (i > 0) {
      ours.push(a);
      plain.push(b);
    }
  }
  return { resources: Object.values(counts).reduce((a, b) => a + b, 0), ours, plain };
}

function benchDeploy() {
  const up = [];
  const apply = [];
  const stack = join(copy, 'cdktf.out/stacks/dev');
  for (let i = 0; i < DEPLOY_RUNS; i++) {
    portcullis('down');
    up.push(timed(() => portcullis('up')));
    portcullis('down');
    const config = /TF_CLI_CONFIG_FILE='([^']*)'/.exec(portcullis('images', 'env'))?.[1];
    const env = {
      ...process.env,
      TF_INPUT: '0',
      CHECKPOINT_DISABLE: '1',
      ...(config === undefined ? {} : { TF_CLI_CONFIG_FILE: config }),
    };
    apply.push(
      timed(() =>
        run('terraform', ['apply', '-auto-approve', '-input=false', '-no-color', '-parallelism=20'], {
          cwd: stack,
          env,
        }),
      ),
    );
  }
  return { up, apply };
}

/** A session of the person whom `up` logs in as. */
async function session() {
  const flows = 'http://localhost:8000/.ory/kratos/self-service/login';
  const begun = await (await fetch(`${flows}/api`, { headers: { accept: 'application/json' } })).json();
  const answer = await fetch(`${flows}?flow=${begun.id}`, {
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/json' },
    body: JSON.stringify({
      method: 'password',
      identifier: 'demo@example.com',
      password: portcullis('secret', 'get', 'user-demo', '--yes').trim(),
    }),
  });
  const { session_token: token } = await answer.json();
  if (token === undefined) throw new Error(`the log-in must succeed, got ${answer.status}`);
  return token;
}

async function benchPaths() {
  const { images } = JSON.parse(readFileSync(join(copy, '.portcullis/channel.json'), 'utf8'));
  // What was deployed by Terraform alone has nobody yet who could log in.
  portcullis('up');
  portcullis('images', 'build', 'wrk');
  const { steps } = JSON.parse(portcullis('images', 'list', '--json'));
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return measurePaths({
    copy,
    images,
    // Its hash names it, whatever else the checkout has built.
    wrkImage: run('docker', ['images', '--format', '{{.Repository}}:{{.Tag}}', 'portcullis/wrk'])
      .split('\n')
      .find((image) => image.endsWith(steps.find(({ name }) => name === 'wrk').hash)),
    token: await session(),
    key: portcullis('secret', 'get', 'client-demo', '--yes').trim(),
    keys: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'bench', use: 'sig', alg: 'RS256' }] },
  });
}

try {
  if (run('docker', ['ps', '-a', '-q', '--filter', 'label=dev.portcullis.environment=dev']).trim() !== '') {
    throw new Error('no dev environment may run, got one; run `npm run down` where it was deployed from');
  }
  prepare();
  process.stderr.write('synth\n');
  const synth = await benchSynth();
  process.stderr.write('deploy\n');
  const deploy = benchDeploy();
  process.stderr.write('ways\n');
  const ways = await benchPaths();
  const ratio = (a, b) => (median(a) / median(b)).toFixed(2);
  const lines = [
    '# Benchmarks',
    '',
    'Written by `npm run bench`. Ratios are measured side by side in one run and mean more than figures:',
    `the machine is shared (${cpus().length} cores, Node ${process.versions.node}). Each cell is a median with least and most.`,
    '',
    '| question | ours | yardstick | ratio | aim |',
    '| --- | --- | --- | --- | --- |',
    `| synth of \`dev\` (${synth.resources} resources) against a bundle that makes as many raw ones | ${spread(synth.ours)} | ${spread(synth.plain)} | ${ratio(synth.ours, synth.plain)} | ≤ 1.3 |`,
    `| warm \`up\` after \`down\` against \`terraform apply\` alone | ${spread(deploy.up)} | ${spread(deploy.apply)} | ${ratio(deploy.up, deploy.apply)} | ≤ 1.2 |`,
    '',
    `Synth: ${SYNTH_RUNS} runs each, in turn. Deployments: ${DEPLOY_RUNS} each; \`up\` includes checks, synth, the plan and the`,
    'requests through the gate.',
    '',
    '## Where the time of a request goes',
    '',
    'wrk with 16 connections, 3 rounds of 6 seconds each, every way in turn; everything shares the two cores. The',
    'yardsticks are configured as a tutorial does and log as they come; our gate logs each request once, in Kong.',
    '',
    ...pathTable(ways),
    '',
  ];
  writeFileSync(join(root, 'bench/README.md'), lines.join('\n'));
  process.stdout.write(`${lines.join('\n')}\n`);
} finally {
  try {
    removeYardsticks();
    portcullis('down');
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}
