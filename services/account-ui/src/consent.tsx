/** Asks, before somebody leaves for a social provider, whether what it tells may be stored; once per browser. */
import type { IncomingMessage } from 'node:http';
import { pageOf, withQuery } from './addresses.js';
import { cookieOf, readForm, rememberCookie, type Answer, type Asked } from './exchange.js';
import { inputOf, splitSocial } from './forms.js';
import type { Kratos } from './kratos.js';
import { answerPage, type View } from './layout.js';
import { failureAnswer, plainFailure } from './pages/failure.js';
import { providerOf } from './pages/social.js';
import type { Provider, Site } from './site.js';

const COOKIE = 'account_consent';
const KINDS = ['login', 'registration'] as const;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Providers that this browser has agreed to. */
export function agreedIn(site: Site, cookie: string | undefined): string[] {
  const ids = (cookieOf(cookie, COOKIE) ?? '').split('.');
  return site.providers.map(({ id }) => id).filter((id) => ids.includes(id));
}

interface Question {
  readonly kind: (typeof KINDS)[number];
  readonly id: string;
  readonly provider: Provider;
}

/** The page that says what the provider tells and what is stored. */
export async function consentPage(kratos: Kratos, view: View, asked: Asked): Promise<Answer> {
  const question = questionOf(view.site, asked.query);
  if (question === undefined) return plainFailure(view, 'notFound');
  const { kind, id, provider } = question;
  const reply = await kratos.flow(kind, id, asked.cookie);
  if (!reply.ok) return failureAnswer(view, reply.failure, kind, reply.cookies);
  const { ui } = reply.value;
  const node = splitSocial(ui.nodes).social.find((candidate) => providerOf(candidate) === provider.id);
  if (node === undefined) return plainFailure(view, 'notFound');
  const { consent: words, common } = view.words;
  const hidden = ui.nodes.flatMap((other) => {
    const input = inputOf(other);
    return other.group === 'default' && input?.name === 'csrf_token' ? [input] : [];
  });
  return answerPage(
    view,
    {
      title: words.title(provider.label),
      content: (
        <>
          <p>{words.leave(provider.label)}</p>
          <p>{words.tells(provider.label)}</p>
          <ul>
            {provider.tells.map((what) => (
              <li key={what}>{words[what]}</li>
            ))}
            {provider.tells.length === 0 ? <li>{words.nothing}</li> : null}
          </ul>
          <p>{words.stored}</p>
          <p class="hint">{words.remembered}</p>
          <form method="post" action={`${view.site.accountPath}/consent?${asked.query.toString()}`}>
            {hidden.map(({ name, value }) => (
              <input key={name} type="hidden" name={name} value={String(value)} />
            ))}
            <button class="primary" name="provider" value={provider.id}>
              {words.continue(provider.label)}
            </button>
          </form>
          <p>
            <a
              class="button secondary"
              href={withQuery(pageOf(view.site, kind), new URLSearchParams({ flow: id }))}
            >
              {common.cancel}
            </a>
          </p>
        </>
      ),
    },
    { cookies: reply.cookies },
  );
}

/** Remembers that somebody agreed, and sends the same form on to the flow. */
export async function consentGiven(view: View, asked: Asked, request: IncomingMessage): Promise<Answer> {
  const question = questionOf(view.site, asked.query);
  const form = await readForm(request);
  if (question === undefined || form?.get('provider') !== question.provider.id)
    return plainFailure(view, 'form');
  const agreed = new Set([...agreedIn(view.site, asked.cookie), question.provider.id]);
  const query = new URLSearchParams({ flow: question.id });
  return {
    // 307 lets the browser send the form once more, to there.
    status: 307,
    headers: {
      location: `${view.site.kratosPath}/self-service/${question.kind}?${query.toString()}`,
      'cache-control': 'no-store',
    },
    cookies: [rememberCookie(view.site, COOKIE, [...agreed].join('.'))],
    body: '',
  };
}

function questionOf(site: Site, query: URLSearchParams): Question | undefined {
  const kind = KINDS.find((name) => name === query.get('kind'));
  const id = query.get('flow') ?? '';
  const provider = site.providers.find((candidate) => candidate.id === query.get('provider'));
  return kind === undefined || provider === undefined || !UUID.test(id) ? undefined : { kind, id, provider };
}
