/** What people do on the pages again and again, one form after the other. */
import { randomBytes } from 'node:crypto';
import { mailTo, totp, type Person } from '../identity/people.js';
import type { Visitor } from './visitor.js';

/** An address and a password that nobody has yet. */
export function somebody(): Pick<Person, 'email' | 'password'> {
  const name = randomBytes(6).toString('hex');
  return { email: `visitor-${name}@example.com`, password: `a horse called ${name}` };
}

/** Fills in both steps of a registration; ends where Kratos leads. */
export async function signUp(
  visitor: Visitor,
  { email, password }: Pick<Person, 'email' | 'password'>,
): Promise<void> {
  await visitor.fill({ 'traits.email': email });
  await visitor.press('method', 'profile');
  await visitor.fill({ password });
  await visitor.press('method', 'password');
}

/** Fills in the log-in form at hand; ends where Kratos leads. */
export async function signIn(
  visitor: Visitor,
  { email, password }: Pick<Person, 'email' | 'password'>,
): Promise<number> {
  await visitor.fill({ identifier: email, password });
  return visitor.press('method', 'password');
}

/** The code of six digits on a line of its own, in the newest mail that holds a text. */
export async function mailedCode(email: string, holding: string): Promise<string> {
  const text = await mailTo(email, holding);
  const code = /^\s*(\d{6})\s*$/m.exec(text)?.[1];
  if (code === undefined) throw new Error(`the mail must hold a code, got: ${text}`);
  return code;
}

/** Sets up an authenticator program on the settings page at hand; gives its secret. */
export async function enrol(visitor: Visitor): Promise<string> {
  const secret = (await visitor.page.locator('code.secret').innerText()).trim();
  await visitor.fill({ totp_code: totp(secret) });
  await visitor.press('method', 'totp');
  return secret;
}

/** Gives the code of an authenticator program on the page for second factors at hand. */
export async function stepUp(visitor: Visitor, secret: string): Promise<number> {
  await visitor.fill({ totp_code: totp(secret) });
  return visitor.press('method', 'totp');
}

/** The flow that a page is about. */
export function flowOf(visitor: Visitor): string {
  const id = new URL(visitor.page.url()).searchParams.get('flow');
  if (id === null) throw new Error(`a page of a flow must be open, got ${visitor.page.url()}`);
  return id;
}
