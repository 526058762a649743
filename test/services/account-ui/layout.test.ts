import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { OTHER_SESSION, good, session, settingsNodes } from './flow-objects.js';
import { ASSETS, tagsIn } from './pages.js';
import { onStage } from './stage.js';

/** A page together with all that it loads; Kratos' script has a tenth of it. */
const MOST_BYTES = 100_000;
const KRATOS_SCRIPT_BYTES = 12_000;
const stage = onStage();

describe('weight', () => {
  test('of the largest page with everything it loads', async () => {
    stage().standIn.whoami(good(session()));
    const others = Array.from({ length: 20 }, (_, i) => session({ id: `${OTHER_SESSION}${i}` }));
    stage().standIn.knows('GET /sessions?per_page=250', good(others));
    const { text } = await stage().shown('settings', settingsNodes());
    const loaded = ['pages.css', 'print.css', 'account.js'].map(
      (name) => readFileSync(join(ASSETS, name)).length,
    );
    const bytes = [Buffer.byteLength(text), ...loaded, KRATOS_SCRIPT_BYTES].reduce((sum, size) => sum + size);
    expect(bytes).toBeLessThan(MOST_BYTES);
    // All that is counted: the two files of ours and Kratos' script.
    const sources = tagsIn(text).flatMap(({ name, attributes }) =>
      name === 'script' ? [attributes.src] : name === 'link' ? [attributes.href] : [],
    );
    expect(sources).toHaveLength(4);
    expect(sources).toContain('data:,');
  });
});
