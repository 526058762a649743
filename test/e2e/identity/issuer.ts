/** Starts and asks the OpenID provider that stands outside of the platform. */
import { Outsider } from '../harness/outsider.js';

const PORT = 47_831;
/** The network on which Oathkeeper reaches the world; its first address is this machine's. */
export const EGRESS = '10.214.255.0/28';
export const ISSUER = `http://10.214.255.1:${PORT}`;
export const AUDIENCE = 'https://api.example.com';

let provider: Outsider | undefined;

/** To be called once the network is there. */
export async function startIssuer(): Promise<void> {
  provider = await Outsider.start('test/e2e/identity/issuer.mjs', [ISSUER, String(PORT)]);
}

export function stopIssuer(): void {
  provider?.stop();
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
