/** The `tools` program: puts uploaded files in their place, and turns PEM keys into a JWKS. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { toJwks } from './jwks.js';
import { parseOrder, place } from './place.js';

const [command, ...rest] = process.argv.slice(2);
try {
  if (command === 'place' && rest.length === 1) {
    const count = place(parseOrder(rest[0] ?? ''));
    process.stdout.write(`placed ${count} file${count === 1 ? '' : 's'}\n`);
  } else if (command === 'jwks' && rest.length >= 2) {
    const [target = '', ...keys] = rest;
    writeFileSync(`${target}.new`, JSON.stringify(toJwks(keys.map((file) => readFileSync(file, 'utf8')))), {
      mode: 0o400,
    });
    // A reader that watches the file must never see half of it.
    renameSync(`${target}.new`, target);
  } else {
    throw new Error("arguments must be 'place <order as JSON>' or 'jwks <target> <PEM file>...'");
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
