/**
 * `npm test`: every suite that this machine can run, one after the other.
 *
 * Says what it left out and why; with PORTCULLIS_REQUIRE_E2E=1 a suite left out is a failure.
 * Arguments name suites. The last line is the sum.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const suites = JSON.parse(readFileSync(join(root, 'test/suites.json'), 'utf8'));
const wanted = process.argv.slice(2);
const required = process.env['PORTCULLIS_REQUIRE_E2E'] === '1';

const unknown = wanted.filter((name) => !suites.some((suite) => suite.name === name));
if (unknown.length > 0) {
  process.stderr.write(
    `suite must be one of ${suites.map(({ name }) => name).join(', ')}, got ${unknown.join(', ')}\n`,
  );
  process.exit(1);
}

/** Why a need isn't met, or undefined when it is. */
const needs = {
  docker: () =>
    works('docker', ['version', '--format', '{{.Server.Version}}']) ? undefined : 'no Docker engine answers',
  terraform: () => (works('terraform', ['version']) ? undefined : 'terraform is not installed'),
  chromium: () => (works('chromium', ['--version']) ? undefined : 'chromium is not installed'),
};

function works(program, args) {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0;
}

const scratch = mkdtempSync(join(tmpdir(), 'portcullis-test-'));
const sum = { passed: 0, failed: 0 };
const rows = [];
for (const suite of suites.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
  const reasons = suite.needs.map((need) => needs[need]()).filter((reason) => reason !== undefined);
  if (reasons.length > 0) {
    rows.push(`${suite.name}: left out, ${reasons.join(' and ')}${required ? ' (counts as a failure)' : ''}`);
    if (required) sum.failed++;
    continue;
  }
  process.stdout.write(`\n== ${suite.name} (about ${suite.minutes} min) ==\n`);
  const report = join(scratch, `${suite.name}.json`);
  const begin = Date.now();
  const { status } = spawnSync(
    process.execPath,
    [
      join(root, 'node_modules/vitest/vitest.mjs'),
      'run',
      '--project',
      suite.name,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
    ],
    { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] },
  );
  const minutes = ((Date.now() - begin) / 60_000).toFixed(1);
  const { passed, failed, skipped } = count(report);
  // A suite that ran nothing, or ended ill without a failed test, must not look well.
  const extra = failed === 0 && (status !== 0 || passed === 0) ? 1 : 0;
  sum.passed += passed;
  sum.failed += failed + extra + skipped;
  rows.push(
    `${suite.name}: ${passed} passed, ${failed + extra} failed${skipped > 0 ? `, ${skipped} skipped (count as failed)` : ''}, ${minutes} min (declared ${suite.minutes})`,
  );
}
rmSync(scratch, { recursive: true, force: true });

function count(report) {
  try {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(
      readFileSync(report, 'utf8'),
    );
    return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests + numTodoTests };
  } catch {
    return { passed: 0, failed: 0, skipped: 0 };
  }
}

process.stdout.write(`\n${rows.join('\n')}\n${sum.passed} passed, ${sum.failed} failed\n`);
process.exitCode = sum.failed === 0 ? 0 : 1;
