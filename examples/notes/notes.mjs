/**
 * Notes: a small service of one's own behind the gate.
 *
 * Everybody has notes of their own, kept in memory. Who asks stands in the signed identity that the gate
 * puts into `Authorization`; the service verifies it by itself and believes nothing else.
 */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createLocalJWKSet, errors, jwtVerify } from 'jose';

const { PORT, IDENTITY_ISSUER, IDENTITY_AUDIENCE, IDENTITY_KEYS, IDENTITY_ALGORITHMS } = process.env;
const MOST_NOTES = 100;
const MOST_BYTES = 10_000;

// Without one of these anybody could be anybody.
for (const name of ['IDENTITY_ISSUER', 'IDENTITY_AUDIENCE', 'IDENTITY_KEYS', 'IDENTITY_ALGORITHMS']) {
  if (!process.env[name]) throw new Error(`${name} must be set`);
}

/** Subject → notes. */
const notes = new Map();
let ready = true;
let keys;
let readAt = -Infinity;

/** The public keys of the gate. The file follows their rotation, so it is read again after a second. */
async function currentKeys() {
  if (performance.now() - readAt > 1000) {
    keys = createLocalJWKSet(JSON.parse(await readFile(IDENTITY_KEYS, 'utf8')));
    readAt = performance.now();
  }
  return keys;
}

/** Whose request this is, or undefined where nobody has signed that for us. */
async function subjectOf(authorization = '') {
  const verifying = await currentKeys();
  try {
    const { payload } = await jwtVerify(authorization.replace(/^Bearer /i, ''), verifying, {
      issuer: IDENTITY_ISSUER,
      audience: IDENTITY_AUDIENCE,
      algorithms: IDENTITY_ALGORITHMS.split(','),
      requiredClaims: ['sub', 'exp'],
      clockTolerance: 5,
    });
    return payload.sub;
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined;
    throw error;
  }
}

/** The text that was sent, or undefined where it is too long. */
async function bodyOf(request) {
  const parts = [];
  let bytes = 0;
  for await (const part of request) {
    bytes += part.length;
    if (bytes <= MOST_BYTES) parts.push(part);
  }
  return bytes > MOST_BYTES ? undefined : Buffer.concat(parts).toString('utf8');
}

async function answer(request) {
  const path = (request.url ?? '').split('?')[0];
  if (path === '/health') return ready ? [200, { status: 'ready' }] : [503, { status: 'stopping' }];
  const subject = await subjectOf(request.headers.authorization);
  if (subject === undefined) return [401, { error: 'unauthorized' }];
  if (path !== '/notes') return [404, { error: 'not found' }];
  const mine = notes.get(subject) ?? [];
  if (request.method === 'GET') return [200, { subject, notes: mine }];
  if (request.method !== 'POST') return [405, { error: 'GET or POST' }];
  const text = await bodyOf(request);
  if (!text) return [400, { error: `a note must have 1 to ${MOST_BYTES} bytes` }];
  if (mine.length >= MOST_NOTES) return [409, { error: `${MOST_NOTES} notes are enough` }];
  notes.set(subject, [...mine, text]);
  return [201, { subject, notes: notes.get(subject) }];
}

const server = createServer(async (request, response) => {
  const [status, body] = await answer(request).catch((error) => {
    console.error(JSON.stringify({ message: 'request failed', error: String(error) }));
    return [500, { error: 'internal error' }];
  });
  response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
});

process.once('SIGTERM', () => {
  ready = false;
  // Callers need a moment to see that this replica leaves.
  setTimeout(() => server.close(), 3000);
});

await currentKeys();
server.listen(Number(PORT));
