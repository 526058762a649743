/** Pages for everything that doesn't go as it should: what happened, and what to do. */
import type { VNode } from 'preact';
import { ownPath, pageOf, settingsAddress, type FlowKind } from '../addresses.js';
import type { Answer } from '../exchange.js';
import { member, type Failure } from '../kratos.js';
import { answerPage, type View } from '../layout.js';

/** What to do, as a link. */
interface Action {
  readonly href: string;
  readonly label: string;
}
interface Trouble {
  readonly status: number;
  readonly words: { readonly title: string; readonly text: string };
  readonly action?: Action | undefined;
  /** A word of Kratos for those who run the site. */
  readonly code?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

/** How long a browser or program waits before it asks again, in seconds. */
const RETRY_SECONDS = '5';

/** Why a flow's page, or what else somebody wanted of `kind`, can't be shown. */
export function failureAnswer(
  view: View,
  failure: Failure,
  kind: FlowKind,
  cookies: readonly string[] = [],
): Answer {
  return answer(view, troubleOf(view, failure, kind), cookies);
}

function troubleOf(view: View, failure: Failure, kind: FlowKind): Trouble {
  const { site } = view;
  const { common, failure: words } = view.words;
  const again = (returnTo?: string): Action => ({
    href: pageOf(site, kind, { returnTo: ownPath(site, returnTo) === undefined ? undefined : returnTo }),
    label: common.startAgain,
  });
  switch (failure.kind) {
    case 'unavailable':
      return {
        status: 503,
        words: words.unavailable,
        action: { href: view.here, label: common.tryAgain },
        headers: { 'retry-after': RETRY_SECONDS },
      };
    case 'expired':
      return { status: 410, words: words.expired, action: again(failure.returnTo) };
    case 'unknown':
      return { status: 404, words: words.unknown, action: again() };
    case 'csrf':
      return { status: 403, words: words.csrf, action: again() };
    case 'signed-out':
      return { status: 401, words: words.signedOut, action: signIn(view, kind) };
    case 'second-factor':
      return { status: 403, words: words.secondFactor, action: secondFactor(view, kind) };
    case 'other':
      return { status: 400, words: words.other, action: again() };
  }
}

/** The page of an error that Kratos has kept, which is `{ id, code, … }`. */
export function keptErrorAnswer(view: View, error: unknown, cookies: readonly string[]): Answer {
  const { site } = view;
  const { common, failure: words, signedIn } = view.words;
  const id = member(error, 'id');
  const code = member(error, 'code');
  const status = typeof code === 'number' && code >= 400 && code <= 599 ? code : 500;
  const login: Action = { href: pageOf(site, 'login'), label: common.signIn };
  const account: Action = { href: pageOf(site, 'settings'), label: common.toAccount };
  // Kratos' reason is left out: parts of it come from addresses that anybody can write.
  const shown = typeof id === 'string' ? id : String(status);
  const known: Readonly<Record<string, Trouble>> = {
    security_csrf_violation: { status, words: words.csrf, action: { ...login, label: common.startAgain } },
    session_inactive: { status, words: words.signedOut, action: login },
    session_aal1_required: { status, words: words.signedOut, action: login },
    session_already_available: { status, words: signedIn, action: account },
    session_aal_already_fulfilled: { status, words: signedIn, action: account },
    session_aal2_required: { status, words: words.secondFactor, action: secondFactor(view, 'settings') },
    session_refresh_required: { status, words: words.other, action: account },
    self_service_flow_expired: { status, words: words.expired, action: login },
    self_service_flow_return_to_forbidden: { status, words: words.returnTo, action: account },
    self_service_flow_disabled: { status, words: words.off, action: login },
    session_verified_address_required: {
      status,
      words: words.unverified,
      action: { href: pageOf(site, 'verification'), label: words.unverified.action },
    },
  };
  const found = Object.hasOwn(known, shown) ? known[shown] : undefined;
  const otherwise: Trouble =
    status === 401
      ? { status, words: words.signedOut, action: login }
      : status >= 500
        ? { status, words: words.server, action: login, code: shown }
        : { status, words: words.other, action: login, code: shown };
  return answer(view, found ?? otherwise, cookies);
}

/** Pages that have nothing to do with Kratos. */
export function plainFailure(
  view: View,
  what: 'notFound' | 'method' | 'forbidden' | 'form' | 'off' | 'server',
  headers: Readonly<Record<string, string>> = {},
): Answer {
  const { failure, common } = view.words;
  const status = { notFound: 404, method: 405, forbidden: 403, form: 400, off: 404, server: 500 }[what];
  const action = { href: pageOf(view.site, 'settings'), label: common.toAccount };
  return answer(view, { status, words: failure[what], action, headers }, []);
}

function signIn(view: View, kind: FlowKind): Action {
  const returnTo = kind === 'settings' ? settingsAddress(view.site) : undefined;
  return { href: pageOf(view.site, 'login', { returnTo }), label: view.words.common.signIn };
}

function secondFactor(view: View, kind: FlowKind): Action {
  const returnTo = kind === 'settings' ? settingsAddress(view.site) : undefined;
  return {
    href: pageOf(view.site, 'login', { returnTo, aal: 'aal2' }),
    label: view.words.failure.secondFactor.action,
  };
}

function answer(view: View, trouble: Trouble, cookies: readonly string[]): Answer {
  const { status, words, headers } = trouble;
  return answerPage(
    view,
    { title: words.title, content: <Body view={view} trouble={trouble} /> },
    { status, cookies, ...(headers === undefined ? {} : { headers }) },
  );
}

function Body({ view, trouble: { words, action, code } }: { view: View; trouble: Trouble }): VNode {
  return (
    <>
      <p>{words.text}</p>
      {code === undefined ? null : (
        <p class="hint">
          {view.words.failure.code} <code>{code}</code>
        </p>
      )}
      {action === undefined ? null : (
        <p>
          <a class="button primary" href={action.href}>
            {action.label}
          </a>
        </p>
      )}
    </>
  );
}
