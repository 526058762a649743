import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readAssets } from '../../../services/account-ui/src/assets.js';
import { present, thrown } from '../../helper/failure.js';
import { scratchFolders } from '../../helper/scratch.js';
import { ASSETS, SITE } from './pages.js';

const folder = scratchFolders();

test('names change with what is in them, and with nothing else', () => {
  const one = readAssets(ASSETS, SITE);
  const other = readAssets(ASSETS, { ...SITE, colours: { accent: '#000000', onAccent: '#ffffff' } });
  expect(readAssets(ASSETS, SITE).style).toBe(one.style);
  expect(other.style).not.toBe(one.style);
  expect(other.script).toBe(one.script);
  expect([...one.files.keys()]).toEqual([one.style, one.script]);
});

test("the style sheet begins with the site's colours", () => {
  const { files, style } = readAssets(ASSETS, SITE);
  expect(present(files.get(style)).body.toString().split('\n')[0]).toBe(
    ':root{--accent:#1a4fa3;--on-accent:#ffffff}',
  );
});

test('the logo is served as what it is', () => {
  const logo = { type: 'image/png', base64: Buffer.from('picture').toString('base64') } as const;
  const assets = readAssets(ASSETS, { ...SITE, logo });
  expect(present(assets.logo)).toMatch(/^\/account\/assets\/logo-[0-9a-f]{16}\.png$/);
  expect(assets.files.get(present(assets.logo))).toEqual({ type: 'image/png', body: Buffer.from('picture') });
});

test('a folder without them is refused', () => {
  const half = folder();
  for (const name of ['pages.css', 'print.css']) writeFileSync(join(half, name), '');
  expect(thrown(() => readAssets(half, SITE)).message).toContain('account.js');
});
