/** Asks Kratos in the name of a browser, and says in few words what it refused. */
import {
  Configuration,
  FrontendApi,
  ResponseError,
  type ApiResponse,
  type FlowError,
  type LoginFlow,
  type LogoutFlow,
  type RecoveryFlow,
  type RegistrationFlow,
  type Session,
  type SettingsFlow,
  type VerificationFlow,
} from '@ory/client-fetch';

/** How long an answer may take. */
const LIMIT_MILLISECONDS = 3000;
/** As many as Kratos gives at once; nobody has more of them at a time. */
const MOST_SESSIONS = 250;

/** Why there is no answer to go on with. */
export type Failure =
  /** Kratos or its database doesn't answer; it has nothing to do with the browser. */
  | { readonly kind: 'unavailable' }
  /** The flow took too long; `returnTo` is where it would have led. */
  | { readonly kind: 'expired'; readonly returnTo?: string }
  /** No such flow, or one of another person. */
  | { readonly kind: 'unknown' }
  /** The browser didn't send the cookie that the flow was begun with. */
  | { readonly kind: 'csrf' }
  | { readonly kind: 'signed-out' }
  /** There is a session, and Kratos says nothing of it before the second factor is given. */
  | { readonly kind: 'second-factor' }
  | { readonly kind: 'other' };

/** What Kratos answered, with the cookies that it wants the browser to have. */
export type Reply<T> =
  | { readonly ok: true; readonly value: T; readonly cookies: readonly string[] }
  | { readonly ok: false; readonly failure: Failure; readonly cookies: readonly string[] };

export interface FlowTypes {
  readonly login: LoginFlow;
  readonly registration: RegistrationFlow;
  readonly recovery: RecoveryFlow;
  readonly verification: VerificationFlow;
  readonly settings: SettingsFlow;
}

/** The side of Kratos that pages need. It never fails, but may have no answer. */
export interface Kratos {
  flow<K extends keyof FlowTypes>(
    kind: K,
    id: string,
    cookie: string | undefined,
  ): Promise<Reply<FlowTypes[K]>>;
  error(id: string): Promise<Reply<FlowError>>;
  whoami(cookie: string | undefined): Promise<Reply<Session>>;
  /** The sessions of the same person elsewhere. */
  otherSessions(cookie: string | undefined): Promise<Reply<Session[]>>;
  endOtherSessions(cookie: string | undefined): Promise<Reply<unknown>>;
  endSession(id: string, cookie: string | undefined): Promise<Reply<unknown>>;
  /** The address that ends this browser's session. */
  logout(cookie: string | undefined): Promise<Reply<LogoutFlow>>;
}

/** Kratos at its public listener; `heard` is told of each answer, with the reason where there was none. */
export function kratosAt(
  kratosUrl: string,
  heard: (failure: string | undefined) => void = () => undefined,
): Kratos {
  const api = new FrontendApi(
    new Configuration({ basePath: kratosUrl, headers: { accept: 'application/json' } }),
  );
  // A redirect of Kratos is for browsers; following it would show us one of our own pages.
  const limits = (): RequestInit => ({ redirect: 'manual', signal: AbortSignal.timeout(LIMIT_MILLISECONDS) });
  const given = (cookie: string | undefined): { cookie?: string } => (cookie === undefined ? {} : { cookie });

  const ask = async <T>(question: (init: RequestInit) => Promise<ApiResponse<T>>): Promise<Reply<T>> => {
    try {
      const answer = await question(limits());
      const value = await answer.value();
      heard(undefined);
      return { ok: true, value, cookies: answer.raw.headers.getSetCookie() };
    } catch (error) {
      if (!(error instanceof ResponseError)) {
        heard(reasonOf(error));
        return { ok: false, failure: { kind: 'unavailable' }, cookies: [] };
      }
      const { response } = error;
      const failure = failureOf(response.status, await response.json().catch(() => undefined));
      heard(failure.kind === 'unavailable' ? `status ${response.status}` : undefined);
      return { ok: false, failure, cookies: response.headers.getSetCookie() };
    }
  };

  const flows: {
    [K in keyof FlowTypes]: (
      asked: { id: string; cookie?: string },
      init: RequestInit,
    ) => Promise<ApiResponse<FlowTypes[K]>>;
  } = {
    login: (asked, init) => api.getLoginFlowRaw(asked, init),
    registration: (asked, init) => api.getRegistrationFlowRaw(asked, init),
    recovery: (asked, init) => api.getRecoveryFlowRaw(asked, init),
    verification: (asked, init) => api.getVerificationFlowRaw(asked, init),
    settings: (asked, init) => api.getSettingsFlowRaw(asked, init),
  };
  return {
    flow: (kind, id, cookie) => ask((init) => flows[kind]({ id, ...given(cookie) }, init)),
    error: (id) => ask((init) => api.getFlowErrorRaw({ id }, init)),
    whoami: (cookie) => ask((init) => api.toSessionRaw(given(cookie), init)),
    otherSessions: (cookie) =>
      ask((init) => api.listMySessionsRaw({ perPage: MOST_SESSIONS, ...given(cookie) }, init)),
    endOtherSessions: (cookie) => ask((init) => api.disableMyOtherSessionsRaw(given(cookie), init)),
    endSession: (id, cookie) => ask((init) => api.disableMySessionRaw({ id, ...given(cookie) }, init)),
    logout: (cookie) => ask((init) => api.createBrowserLogoutFlowRaw(given(cookie), init)),
  };
}

/** What an answer that isn't a good one means; its body has an id only where Kratos has several reasons. */
export function failureOf(status: number, body: unknown): Failure {
  const error = member(body, 'error');
  const id = member(error, 'id');
  if (status >= 500) return { kind: 'unavailable' };
  if (status === 410) {
    const returnTo = member(member(error, 'details'), 'return_to');
    return typeof returnTo === 'string' && returnTo !== ''
      ? { kind: 'expired', returnTo }
      : { kind: 'expired' };
  }
  if (id === 'security_csrf_violation') return { kind: 'csrf' };
  if (id === 'session_aal2_required') return { kind: 'second-factor' };
  if (status === 401) return { kind: 'signed-out' };
  if (status === 404 || id === 'security_identity_mismatch') return { kind: 'unknown' };
  return { kind: 'other' };
}

/** A member of a value that may be anything. */
export function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

/** The kind of failure, from the innermost cause; its text may hold what was sent. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'failed';
  if (error.cause instanceof Error) return reasonOf(error.cause);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
