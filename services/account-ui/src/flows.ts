/** The pages of Kratos' flows: begins one, shows it, or says why neither can be. */
import { pageOf, settingsAddress, startOf, type FlowKind } from './addresses.js';
import { agreedIn } from './consent.js';
import { redirect, type Answer, type Asked } from './exchange.js';
import type { Failure, Kratos } from './kratos.js';
import { answerPage, type View } from './layout.js';
import { failureAnswer, keptErrorAnswer, plainFailure } from './pages/failure.js';
import { loginPage, signedInPage } from './pages/login.js';
import { settingsPage } from './pages/settings.js';
import { recoveryPage, registrationPage, verificationPage } from './pages/simple.js';

/** What of a query goes on to Kratos when a flow begins; it and the gateway check where `return_to` leads. */
const KEPT = ['return_to', 'aal', 'refresh'];

/** The page of a flow, or the way to its beginning where the address names none. */
export async function flowAnswer(kratos: Kratos, view: View, asked: Asked, kind: FlowKind): Promise<Answer> {
  if (!isOffered(view, kind)) return plainFailure(view, 'off');
  const id = asked.query.get('flow') ?? '';
  if (id === '') return begin(kratos, view, asked, kind);
  switch (kind) {
    case 'login':
      return login(kratos, view, asked, id);
    case 'registration':
      return registration(kratos, view, asked, id);
    case 'recovery': {
      const reply = await kratos.flow(kind, id, asked.cookie);
      if (!reply.ok) return failureAnswer(view, reply.failure, kind, reply.cookies);
      return answerPage(view, recoveryPage(view, reply.value), { cookies: reply.cookies });
    }
    case 'verification': {
      const reply = await kratos.flow(kind, id, asked.cookie);
      if (!reply.ok) return failureAnswer(view, reply.failure, kind, reply.cookies);
      return answerPage(view, verificationPage(view, reply.value), { cookies: reply.cookies });
    }
    case 'settings':
      return settings(kratos, view, asked, id);
  }
}

/** The page of an error that Kratos has kept. */
export async function errorAnswer(kratos: Kratos, view: View, asked: Asked): Promise<Answer> {
  const id = asked.query.get('id') ?? '';
  if (id === '') return plainFailure(view, 'notFound');
  const reply = await kratos.error(id);
  return reply.ok
    ? keptErrorAnswer(view, reply.value.error, reply.cookies)
    : failureAnswer(view, reply.failure, 'login', reply.cookies);
}

function isOffered({ site }: View, kind: FlowKind): boolean {
  return kind === 'login' || kind === 'settings' || site[kind];
}

/**
 * Leads to Kratos, which makes a flow and leads back. Kratos is asked who the visitor is before: where it
 * doesn't answer, the browser stays on a page of ours.
 */
async function begin(kratos: Kratos, view: View, asked: Asked, kind: FlowKind): Promise<Answer> {
  const { site } = view;
  const who = await kratos.whoami(asked.cookie);
  const query = new URLSearchParams();
  for (const name of KEPT) {
    const value = asked.query.get(name);
    if (value !== null) query.set(name, value);
  }
  if (!who.ok) {
    const { failure, cookies } = who;
    if (failure.kind !== 'signed-out' && failure.kind !== 'second-factor')
      return failureAnswer(view, failure, kind, cookies);
    if (kind === 'settings') return withoutSettings(view, failure, cookies);
    // The second factor comes after the first, which Kratos would say on its page for errors.
    if (failure.kind === 'signed-out') query.delete('aal');
    else if (kind === 'login' && !query.has('aal') && !query.has('refresh')) query.set('aal', 'aal2');
  }
  return redirect(startOf(site, kind, query), who.cookies);
}

/** The session and the flow at once, with the cookies of both answers. */
async function visit<K extends 'login' | 'registration'>(kratos: Kratos, asked: Asked, kind: K, id: string) {
  const [session, reply] = await Promise.all([
    kratos.whoami(asked.cookie),
    kratos.flow(kind, id, asked.cookie),
  ]);
  return { session, reply, cookies: [...session.cookies, ...reply.cookies] };
}

/**
 * Who has a session already needs neither registration nor login: the flow of a page that is opened
 * again by "back" is mostly not even readable, since Kratos changes the browser's CSRF cookie at a login.
 */
async function registration(kratos: Kratos, view: View, asked: Asked, id: string): Promise<Answer> {
  const { session, reply, cookies } = await visit(kratos, asked, 'registration', id);
  if (session.ok)
    return answerPage(view, signedInPage(view, reply.ok ? reply.value.return_to : undefined), { cookies });
  return reply.ok
    ? answerPage(view, registrationPage(view, reply.value, agreedIn(view.site, asked.cookie)), { cookies })
    : failureAnswer(view, reply.failure, 'registration', cookies);
}

async function login(kratos: Kratos, view: View, asked: Asked, id: string): Promise<Answer> {
  const { session, reply, cookies } = await visit(kratos, asked, 'login', id);
  const flow = reply.ok ? reply.value : undefined;
  const returnTo = flow?.return_to;
  const second = flow?.requested_aal === 'aal2';
  const confirms = flow?.refresh === true;
  if (session.ok && !confirms && (!second || session.value.authenticator_assurance_level !== 'aal1'))
    return answerPage(view, signedInPage(view, returnTo), { cookies });
  if (!session.ok && session.failure.kind === 'second-factor' && !second && !confirms)
    return redirect(pageOf(view.site, 'login', { returnTo, aal: 'aal2' }), cookies);
  // The session that was to be confirmed has ended meanwhile.
  if (!session.ok && session.failure.kind === 'signed-out' && (second || confirms))
    return redirect(pageOf(view.site, 'login', { returnTo }), cookies);
  return reply.ok
    ? answerPage(view, loginPage(view, reply.value, agreedIn(view.site, asked.cookie)), { cookies })
    : failureAnswer(view, reply.failure, 'login', cookies);
}

async function settings(kratos: Kratos, view: View, asked: Asked, id: string): Promise<Answer> {
  const { cookie } = asked;
  const [flow, current, others] = await Promise.all([
    kratos.flow('settings', id, cookie),
    kratos.whoami(cookie),
    kratos.otherSessions(cookie),
  ]);
  const cookies = [...flow.cookies, ...current.cookies, ...others.cookies];
  for (const reply of [current, flow, others]) {
    if (!reply.ok) return withoutSettings(view, reply.failure, cookies);
  }
  if (!flow.ok || !current.ok || !others.ok) throw new Error('a reply must be good or bad');
  const ended = asked.query.has('ended');
  const state = { flow: flow.value, current: current.value, others: others.value, ended };
  return answerPage(view, settingsPage(view, state), { cookies });
}

/** Whoever has no session any more, or too little of one, comes back to the settings after the next step. */
function withoutSettings(view: View, failure: Failure, cookies: readonly string[]): Answer {
  const { site } = view;
  const returnTo = settingsAddress(site);
  switch (failure.kind) {
    case 'signed-out':
      return redirect(pageOf(site, 'login', { returnTo }), cookies);
    case 'second-factor':
      return redirect(pageOf(site, 'login', { returnTo, aal: 'aal2' }), cookies);
    case 'unavailable':
    case 'expired':
    case 'unknown':
    case 'csrf':
    case 'other':
      return failureAnswer(view, failure, 'settings', cookies);
  }
}
