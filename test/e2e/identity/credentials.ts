/** What clients and the issuer outside show at the gate, right and wrong. */
import { createPrivateKey, randomUUID, type JsonWebKey } from 'node:crypto';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { signedToken, type Claims } from '../../helper/tokens.js';
import { json, type Answer } from '../harness/http.js';
import { secured } from '../harness/https.js';
import { authority, handed } from './deployment.js';
import { AUDIENCE, ISSUER } from './issuer.js';

export type Client = 'demo' | 'other';

export function clientKey(name: Client): string {
  return handed(`client-${name}`).value;
}

export interface Change {
  readonly header?: Claims;
  /** A claim that is undefined is left out. */
  readonly claims?: Claims;
  /** Whose key signs. */
  readonly signer?: Client;
}

/** Seconds since 1970. */
export function now(): number {
  return Math.floor(Date.now() / 1000);
}

/** A token that a client signs, as the gate wants it but for what is changed. */
export function clientToken(name: Client, { header, claims, signer = name }: Change = {}): string {
  const { value, id } = handed(`jwt-${signer}`);
  const right = {
    iss: name,
    sub: name,
    aud: 'http://localhost:8000',
    jti: randomUUID(),
    nbf: now() - 5,
    exp: now() + 300,
  };
  return signedToken('ES256', value, { kid: id, ...header }, { ...right, ...claims });
}

/** An access token of `demo`, got as it would get one. */
export async function accessToken(): Promise<string> {
  const { value, id = '' } = handed('oauth2-demo');
  const answer = await secured(
    'localhost',
    8443,
    authority(),
    {
      method: 'POST',
      path: '/oauth2/token',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    },
    new URLSearchParams({ grant_type: 'client_credentials', client_id: id, client_secret: value }).toString(),
  );
  if (answer.status !== 200) throw new Error(`an access token must be given, got ${answer.status}`);
  return (JSON.parse(answer.body) as { access_token: string }).access_token;
}

/** The private key that the issuer outside signs with, and its id; it is the same for everybody. */
export async function issuerKey(): Promise<{ readonly kid: string; readonly pem: string }> {
  const file = createRequire(import.meta.url).resolve('oidc-provider/lib/consts/dev_keystore.js');
  const { default: store } = (await import(pathToFileURL(file).href)) as {
    default: { keys: (JsonWebKey & { kid: string })[] };
  };
  const [key] = store.keys;
  if (key?.kty !== 'RSA') throw new Error('the first key of the issuer must be of RSA');
  const pem = createPrivateKey({ key, format: 'jwk' }).export({ type: 'pkcs8', format: 'pem' });
  return { kid: key.kid, pem: String(pem) };
}

/** What the issuer outside says in its tokens. */
export function issuerClaims(): Claims {
  return {
    iss: ISSUER,
    aud: AUDIENCE,
    sub: 'robot',
    client_id: 'robot',
    scope: 'read',
    jti: randomUUID(),
    iat: now(),
    exp: now() + 300,
  };
}

export function bearer(token: string): { readonly authorization: string } {
  return { authorization: `Bearer ${token}` };
}

/** What the service says whom it has before it. */
export function subject(answer: Answer): unknown {
  if (answer.status !== 200) throw new Error(`the service must answer, got ${answer.status}: ${answer.body}`);
  return json(answer).subject;
}
