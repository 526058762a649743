/** What of the tutorial can be tried without an engine: its blocks, its edits, and what they make. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkoutRoot } from '../e2e/harness/images.js';
import { edited, parseTutorial } from '../helper/tutorial.js';

const page = readFileSync(join(checkoutRoot, 'docs/tutorial.md'), 'utf8');
const steps = parseTutorial(page);

describe('the tutorial', () => {
  test('goes from up to down, with commands that show something', () => {
    const runs = steps.flatMap((step) => (step.kind === 'run' ? [step] : []));
    expect(runs.some(({ script }) => script === 'npm run up -- --install')).toBe(true);
    expect(runs.some(({ script }) => script.startsWith('npm run down'))).toBe(true);
    expect(runs.filter(({ expected }) => expected !== undefined).length).toBeGreaterThan(runs.length / 2);
  });

  test('has edits that fit into the files as they are, one after the other', () => {
    const files = new Map<string, string>();
    for (const step of steps) {
      if (step.kind !== 'edit') continue;
      const before = files.get(step.file) ?? readFileSync(join(checkoutRoot, step.file), 'utf8');
      files.set(step.file, edited(step, before));
    }
    expect([...files.keys()]).toEqual(['env/dev.ts']);
    expect(files.get('env/dev.ts')).toContain("aal: 'aal2'");
  });

  test('leads to pages that are there', () => {
    const links = [...page.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, link = '']) => link);
    expect(links.length).toBeGreaterThan(3);
    for (const link of links) {
      expect(() => readFileSync(join(checkoutRoot, 'docs', link)), link).not.toThrow();
    }
  });
});
