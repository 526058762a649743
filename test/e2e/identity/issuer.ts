/** Starts and asks the OpenID provider that stands outside of the platform. */
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { checkoutRoot } from '../harness/images.js';

const PORT = 47_831;
/** The network on which Oathkeeper reaches the world; its first address is this machine's. */
export const EGRESS = '10.214.255.0/28';
export const ISSUER = `http://10.214.255.1:${PORT}`;
export const AUDIENCE = 'https://api.example.com';

let provider: ChildProcess | undefined;

/** To be called once the network is there. */
export function startIssuer(): Promise<void> {
  const child = spawn(
    process.execPath,
    [join(checkoutRoot, 'test/e2e/identity/issuer.mjs'), ISSUER, String(PORT)],
    { cwd: checkoutRoot, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  provider = child;
  let said = '';
  return new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (part: Buffer) => {
        said += part.toString('utf8');
        if (said.includes('listening')) resolve();
      });
    }
    child.on('exit', (code) => {
      reject(new Error(`the issuer must stay, got its end with ${String(code)}: ${said.slice(-500)}`));
    });
  });
}

export function stopIssuer(): void {
  provider?.removeAllListeners('exit');
  provider?.kill();
}

/** An access token signed by the provider. */
export async function issuedToken(audience = AUDIENCE, scope = 'read'): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${PORT}/token`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      authorization: `Basic ${Buffer.from('robot:robot-secret').toString('base64')}`,
    },
    body: new URLSearchParams({ grant_type: 'client_credentials', resource: audience, scope }),
  });
  const body = (await answer.json()) as { access_token?: string };
  if (body.access_token === undefined) throw new Error(`the issuer must give a token, got ${answer.status}`);
  return body.access_token;
}
