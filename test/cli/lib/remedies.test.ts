import { expect, test } from 'vitest';
import { CAUSES, remedyFor } from '../../../cli/lib/remedies.js';

test.each([
  ['port-in-use', 'driver failed: Bind for 127.0.0.1:8000 failed: port is already allocated'],
  ['engine-away', 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock'],
  ['image-missing', 'Error: Unable to find or pull image kong:3'],
  ['range-taken', 'invalid pool request: Pool overlaps with other one on this address space'],
  ['gateway-refused', 'Error: HTTP status 400 (message: "schema violation (paths.1: …)")'],
  ['gateway-conflict', 'HTTP status 409 (message: "UNIQUE violation detected on …")'],
  ['gateway-silent', 'the Admin API did not answer within 30 tries'],
  ['not-healthy', 'container did not become healthy'],
  ['disk-full', 'write /var/lib: no space left on device'],
])('%s is recognized', (name, said) => {
  expect(remedyFor(said)).toBe(CAUSES.find((cause) => cause.name === name)?.remedy);
});

test('anything else gets general advice', () => {
  expect(remedyFor('out of luck')).toBe(
    'mend the cause above, then run the same command again; it goes on from here',
  );
});
