/** One vitest project per suite of test/suites.json; end-to-end suites run one file at a time. */
import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

interface Suite {
  readonly name: string;
  readonly needs: readonly string[];
  readonly include: string[];
  readonly exclude: string[];
}

const suites = JSON.parse(readFileSync(new URL('test/suites.json', import.meta.url), 'utf8')) as Suite[];

export default defineConfig({
  test: {
    projects: suites.map(({ name, needs, include, exclude }) => ({
      test: {
        name,
        include,
        exclude: ['**/node_modules/**', ...exclude],
        fileParallelism: needs.length === 0,
        testTimeout: needs.length === 0 ? 30_000 : 300_000,
        hookTimeout: needs.length === 0 ? 30_000 : 900_000,
      },
    })),
  },
});
