/** Folders for one test file, removed when it ends. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** Makes empty folders below one that goes away after the file's last test. */
export function scratchFolders(): () => string {
  const root = mkdtempSync(join(tmpdir(), 'portcullis-unit-'));
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  return () => mkdtempSync(join(root, 'f-'));
}
