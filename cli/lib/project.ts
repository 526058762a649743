/** Where things lie in a checkout. */
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { localFolder } from '../../images/channel.js';

/** Root of the checkout; the bundle lies two folders below it. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Folder of an environment's state, for its owner alone. */
export function stateFolder(environment: string): string {
  const folder = join(localFolder(root), 'state', environment);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}

/** Folder of an environment's synthesized stack. */
export function stackFolder(environment: string): string {
  return join(root, 'cdktf.out', 'stacks', environment);
}

/** Terraform's CLI configuration for the local channel. */
export const terraformConfigFile = join(localFolder(root), 'terraform.rc');
