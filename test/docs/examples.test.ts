/** Every TypeScript block of the documentation compiles against the sources. */
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { afterAll, expect, test } from 'vitest';
import { checkoutRoot } from '../e2e/harness/images.js';

// Inside the checkout, so that packages are found as a reader's would be.
const folder = mkdtempSync(join(checkoutRoot, 'node_modules', '.portcullis-docs-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const pages = [
  'README.md',
  ...readdirSync(join(checkoutRoot, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
const blocks = pages.flatMap((page) =>
  [...readFileSync(join(checkoutRoot, page), 'utf8').matchAll(/```ts\n(.*?)```/gs)].map((match, index) => ({
    page,
    index,
    code: match[1] ?? '',
  })),
);

test('the readme has an example', () => {
  expect(blocks.filter(({ page }) => page === 'README.md').length).toBeGreaterThan(0);
});

test.each(blocks)(
  'block $index of $page compiles',
  ({ page, index, code }) => {
    const file = join(folder, `${page.replaceAll('/', '-')}-${index}.ts`);
    writeFileSync(file, code);
    const { config } = ts.readConfigFile(join(checkoutRoot, 'tsconfig.json'), (path) =>
      readFileSync(path, 'utf8'),
    ) as { config: { compilerOptions: Record<string, unknown> } };
    const { options } = ts.convertCompilerOptionsFromJson(
      {
        ...config.compilerOptions,
        noEmit: true,
        rootDir: checkoutRoot,
        noUnusedLocals: false,
        paths: { portcullis: [join(checkoutRoot, 'constructs/index.ts')] },
      },
      checkoutRoot,
    );
    const program = ts.createProgram([file], options);
    const mistakes = ts
      .getPreEmitDiagnostics(program)
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
    expect(mistakes).toEqual([]);
  },
  120_000,
);
