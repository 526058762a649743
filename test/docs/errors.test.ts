/** The page of errors names every kind of mistake and every known cause, and no other. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CAUSES } from '../../cli/lib/remedies.js';
import { ERROR_CODES } from '../../constructs/errors.js';
import { checkoutRoot } from '../e2e/harness/images.js';

const page = readFileSync(join(checkoutRoot, 'docs/errors.md'), 'utf8');

function named(heading: string): string[] {
  const [section = ''] = page.split(`## ${heading}\n`)[1]?.split('\n## ') ?? [];
  return [...section.matchAll(/^\| `([a-z-]+)`/gm)].map((match) => match[1] ?? '');
}

test('every code is explained', () => {
  expect(named('Mistakes found at synth')).toEqual([...ERROR_CODES]);
});

test('every cause is explained', () => {
  expect(named('Causes of a failed deployment')).toEqual(CAUSES.map(({ name }) => name));
});
