/** The tutorial, every command of it, in a fresh copy of the checkout. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Terminal } from '../../helper/terminal.js';
import { edited, parseTutorial, shows, type Step } from '../../helper/tutorial.js';
import { Checkout, leftovers, requireNoDevEnvironment } from '../harness/checkout.js';
import { imageRecipes } from '../../../images/plan.js';
import { checkoutRoot, readyChannel } from '../harness/images.js';
import { run } from '../harness/run.js';

/** What the tutorial builds and takes away again. */
const IMAGE = 'notes:1.0.0';

const steps = parseTutorial(readFileSync(join(checkoutRoot, 'docs/tutorial.md'), 'utf8'));

let checkout: Checkout;
let terminal: Terminal;
/** A step whose forerunner failed would only fail for another reason. */
let failed: string | undefined;

beforeAll(async () => {
  await requireNoDevEnvironment();
  // A step has no time to build what a machine builds once.
  await readyChannel([...imageRecipes, 'node']);
  checkout = await Checkout.copy(false);
  terminal = new Terminal(checkout.root);
});
afterAll(async () => {
  terminal.close();
  await checkout.remove();
  await run('docker', ['image', 'rm', '--force', IMAGE]);
});

async function follow(step: Step): Promise<void> {
  if (step.kind === 'edit') {
    const file = join(checkout.root, step.file);
    writeFileSync(file, edited(step, readFileSync(file, 'utf8')));
    return;
  }
  const { exit, text } = await terminal.run(step.script);
  expect(exit, text).toBe(step.exit);
  if (step.expected !== undefined && !shows(step.expected, text)) {
    // Both as they stand on the page and on the screen: a pattern would say nothing.
    expect(text).toBe(step.expected);
  }
}

function title(step: Step): string {
  return step.kind === 'edit' ? `edit ${step.file}` : (step.script.split('\n')[0] ?? '');
}

describe('the tutorial', () => {
  test.each(steps.map((step) => ({ line: step.line, what: title(step), step })))(
    'line $line: $what',
    async ({ line, step }) => {
      expect(failed, 'every step before must have succeeded').toBeUndefined();
      failed = `line ${line}`;
      await follow(step);
      failed = undefined;
    },
  );

  test('leaves nothing behind', async () => {
    expect(await leftovers()).toEqual([]);
    expect((await run('docker', ['image', 'inspect', IMAGE])).code).not.toBe(0);
  });
});
