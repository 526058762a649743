/** Bad input and an unready machine: each ends with cause and remedy, exit 1, and no stack trace. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Checkout, leftovers, requireNoDevEnvironment } from '../harness/checkout.js';
import { must, run } from '../harness/run.js';

let checkout: Checkout;
const folders: string[] = [];

beforeAll(async () => {
  await requireNoDevEnvironment();
  checkout = await Checkout.copy(true);
});
afterAll(async () => {
  await checkout.remove();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A PATH that holds only the named programs, and any given in clear. */
async function pathWith(
  programs: readonly string[],
  own: Readonly<Record<string, string>> = {},
): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-path-'));
  folders.push(folder);
  mkdirSync(folder, { recursive: true });
  for (const program of programs)
    symlinkSync((await must('sh', ['-c', `command -v ${program}`])).trim(), join(folder, program));
  for (const [name, text] of Object.entries(own)) {
    writeFileSync(join(folder, name), text);
    chmodSync(join(folder, name), 0o755);
  }
  return folder;
}

describe('a bad environment file', () => {
  test('is reported with all mistakes at once, by up and by the application', async () => {
    const undo = checkout.edit(
      'env/dev.ts',
      "platform: { kind: 'docker' },",
      "platform: { kind: 'podman' }, backend: { type: 'floppy' }, network: { range: 'everything' }, colour: 'red',",
    );
    const expected = [
      /platform(\.kind)? must be one of docker, kubernetes, got .*podman.*; write \{ kind: 'docker' \}/,
      /backend(\.type)? must be one of local, s3, got .*floppy.*; write \{ type: 'local' \}/,
      /network\.range must be an IPv4 range in CIDR form, got "everything"; write for example '10\.212\.0\.0\/14'/,
      /colour must be a name that the schema knows, got "red"; remove or correct it/,
    ];
    for (const outcome of [
      await checkout.npm('up'),
      await run(process.execPath, ['bin/app.mjs'], { cwd: checkout.root }),
    ]) {
      for (const line of expected) expect(outcome.all).toMatch(line);
      expect(outcome.all).not.toMatch(/^\s+at .*:\d+:\d+/m);
      expect(outcome.code).toBe(1);
    }
    undo();
  });

  test('fails when the environment is unknown', async () => {
    const { code, all } = await checkout.portcullis(['up', '--env', 'moon']);
    expect(all).toContain('environment must be one of dev, got "moon"');
    expect(code).toBe(1);
  });

  test('fails when it asks for a platform that is not built yet', async () => {
    const undo = checkout.edit('env/dev.ts', "{ kind: 'docker' }", "{ kind: 'kubernetes', context: 'kind' }");
    const { code, all } = await checkout.npm('up');
    expect(all).toContain("platform 'kubernetes' can't do environments yet");
    expect(all).not.toMatch(/^\s+at .*:\d+:\d+/m);
    expect(code).toBe(1);
    undo();
  });
});

describe('a secret from outside that nobody supplied', () => {
  let undo: () => void;

  beforeAll(() => {
    undo = checkout.edit(
      'stacks/clients.ts',
      '  const { name, methods, ',
      "  Secret.fromVariable(scope, 'mail_password', { description: 'password of the mail server' });\n  const { name, methods, ",
    );
  });
  afterAll(() => {
    undo();
  });

  test('is refused by up before anything is done, with its purpose and its variable', async () => {
    const { code, all } = await checkout.npm('up');
    expect(all).toContain(
      "secret 'mail_password' must be supplied, got nothing (password of the mail server)",
    );
    expect(all).toContain('export TF_VAR_mail_password=…');
    expect(all).not.toContain('building');
    expect(code).toBe(1);
    expect(await leftovers()).toEqual([]);
  });

  test('is a failing check of doctor', async () => {
    const { code, out } = await checkout.portcullis(['doctor', '--json']);
    const { findings } = JSON.parse(out) as { findings: { check: string; ok: boolean; remedy: string }[] };
    expect(findings.filter(({ check }) => check === 'secrets')).toMatchObject([
      { ok: false, remedy: '`export TF_VAR_mail_password=…`' },
    ]);
    expect(code).toBe(1);
  });

  test('does not keep diff from telling the rest', async () => {
    const { code, all } = await checkout.portcullis(['diff']);
    expect(all).toContain("? secret 'mail_password': not supplied (password of the mail server)");
    expect(all).toContain('+ kong: docker_container');
    expect(code).toBe(2);
  });
});

describe('a bad ledger', () => {
  test.each(['up', 'diff', 'status'])('is reported with all its mistakes by %s', async (command) => {
    const folder = join(checkout.root, '.portcullis/state/dev');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(join(folder, 'ledger.json'), '{"version":1,"classes":{"passwords":{"g":-1}}}');
    const { code, all } = await checkout.portcullis([command]);
    rmSync(join(folder, 'ledger.json'));
    expect(all).toContain("error: the ledger of 'dev' must be right, got 3 mistakes");
    expect(all).toContain('classes.passwords.g must be a whole number of 0 or more, got -1');
    expect(all).toContain('what to do: mend .portcullis/state/dev/ledger.json');
    expect(code).toBe(1);
  });
});

describe('an unready machine', () => {
  test('without an engine still checks the input, shows what it would deploy, and says what is missing', async () => {
    const { code, all } = await checkout.npm('up', [], {
      env: { DOCKER_HOST: 'unix:///nowhere/docker.sock' },
    });
    expect(all).toMatch(/'dev' is valid .*; it would deploy: .*hello.*kong.*postgres.*world/);
    expect(all.split('\n').filter((line) => line.startsWith('error:'))).toEqual([
      'error: a Docker engine must answer, got none (the client is there)',
    ]);
    expect(all).toContain('npm run up -- --install');
    expect(code).toBe(1);
  });

  test('without the docker program says so', async () => {
    const PATH = await pathWith(['node', 'npm', 'sh', 'env', 'terraform', 'uname']);
    const { code, all } = await checkout.portcullis(['up'], { env: { PATH } });
    expect(all).toContain('error: Docker must be installed, got neither client nor engine');
    expect(code).toBe(1);
  });

  test('without terraform names the version it needs', async () => {
    const PATH = await pathWith([
      'node',
      'npm',
      'sh',
      'env',
      'docker',
      'uname',
      'go',
      'tar',
      'bash',
      'mmdebstrap',
    ]);
    const { code, all } = await checkout.portcullis(['up'], { env: { PATH } });
    expect(all).toContain(
      'terraform must be 1.6.0 or newer, got none; install Terraform 1.6.0 or newer and put it on PATH',
    );
    expect(code).toBe(1);
  });

  test('with a terraform that is too old says which it found', async () => {
    // An old Terraform can't be had here; this one knows the version question alone.
    const old =
      '#!/bin/sh\n[ "$*" = "version -json" ] || { echo "unexpected: $*" >&2; exit 64; }\necho \'{"terraform_version":"1.2.9"}\'\n';
    const PATH = await pathWith(
      ['node', 'npm', 'sh', 'env', 'docker', 'uname', 'go', 'tar', 'bash', 'mmdebstrap'],
      { terraform: old },
    );
    const { code, all } = await checkout.portcullis(['up'], { env: { PATH } });
    expect(all).toContain('terraform must be 1.6.0 or newer, got 1.2.9');
    expect(code).toBe(1);
  });

  test('with the port in use names it', async () => {
    const server: Server = createServer();
    await new Promise<void>((resolve) => server.listen(8000, '127.0.0.1', resolve));
    const { code, all } = await checkout.npm('up');
    await new Promise((resolve) => server.close(resolve));
    expect(all).toContain('public.port must be free, got 127.0.0.1:8000 in use');
    expect(all).toContain('change public.port and public.url in env/dev.ts');
    expect(code).toBe(1);
    expect(await leftovers()).toEqual([]);
  });
});

describe('an image', () => {
  test('that does not build fails its step with the last lines of its log', async () => {
    const undo = checkout.edit(
      'images/tools/Dockerfile',
      'COPY main.mjs /tools/main.mjs',
      'RUN echo the disk is made of cheese >&2 && false',
    );
    const { code, all } = await checkout.npm('up');
    expect(all).toContain("error: image step 'tools' must build");
    expect(all).toContain('| the disk is made of cheese');
    expect(all).toMatch(
      /what to do: read .*tools-[0-9a-f]{12}\.log, mend the cause and run the same command again/,
    );
    expect(code).toBe(1);
    undo();
  });

  test('that can not be pulled fails its step and says from where', async () => {
    const undo = checkout.edit('images/deck/Dockerfile', 'FROM ${BASE}', 'FROM registry.invalid/nothing:1');
    const { code, all } = await checkout.portcullis(['images', 'build', '--channel', 'local', 'deck']);
    expect(all).toContain("error: image step 'deck' must build");
    expect(all).toContain('registry.invalid');
    expect(code).toBe(1);
    undo();
  });
});

test('after all of these a plain up succeeds', async () => {
  const { code, all } = await checkout.npm('up');
  expect(all.trimEnd().split('\n').at(-1)).toBe('ready: http://localhost:8000');
  expect(code).toBe(0);
});
