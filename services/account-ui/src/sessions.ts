/** What people end with a button of ours: this session, others, or one of them. */
import type { IncomingMessage } from 'node:http';
import { kratosPathOf, pageOf, withQuery } from './addresses.js';
import { readForm, redirect, type Answer, type Asked } from './exchange.js';
import type { Kratos, Reply } from './kratos.js';
import type { View } from './layout.js';
import { failureAnswer, plainFailure } from './pages/failure.js';

/** Leads to the address by which Kratos ends the browser's session. */
export async function logout(kratos: Kratos, view: View, asked: Asked): Promise<Answer> {
  const reply = await kratos.logout(asked.cookie);
  if (reply.ok) return redirect(kratosPathOf(view.site, reply.value.logout_url), reply.cookies);
  // Who is signed out already has what was wanted.
  if (reply.failure.kind === 'signed-out') return redirect(pageOf(view.site, 'login'), reply.cookies);
  return failureAnswer(atSettings(view), reply.failure, 'settings', reply.cookies);
}

/** Ends all sessions of the same person but this one. */
export async function endOthers(
  kratos: Kratos,
  view: View,
  asked: Asked,
  request: IncomingMessage,
): Promise<Answer> {
  const form = await readForm(request);
  if (form === undefined) return plainFailure(atSettings(view), 'form');
  return backToSettings(view, form, await kratos.endOtherSessions(asked.cookie));
}

/** Ends the session that the field `id` names. */
export async function endOne(
  kratos: Kratos,
  view: View,
  asked: Asked,
  request: IncomingMessage,
): Promise<Answer> {
  const form = await readForm(request);
  const id = form?.get('id') ?? '';
  // It becomes a part of a path.
  if (form === undefined || !/^[0-9a-f-]{1,64}$/.test(id)) return plainFailure(atSettings(view), 'form');
  return backToSettings(view, form, await kratos.endSession(id, asked.cookie));
}

function backToSettings(view: View, form: URLSearchParams, reply: Reply<unknown>): Answer {
  if (!reply.ok) return failureAnswer(atSettings(view), reply.failure, 'settings', reply.cookies);
  const flow = form.get('flow') ?? '';
  const query = new URLSearchParams(flow === '' ? {} : { flow, ended: '1' });
  return redirect(withQuery(pageOf(view.site, 'settings'), query), reply.cookies);
}

/** The same view for a page whose own address can't be opened again. */
function atSettings(view: View): View {
  return { ...view, here: pageOf(view.site, 'settings') };
}
