/** The HTTP side: which address is what, what every answer says of itself, and health. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { backTo, FLOWS, type FlowKind } from './addresses.js';
import type { Assets } from './assets.js';
import { consentGiven, consentPage } from './consent.js';
import {
  isOwn,
  LANGUAGE_COOKIE,
  readAsked,
  redirect,
  rememberCookie,
  type Answer,
  type Asked,
} from './exchange.js';
import { errorAnswer, flowAnswer } from './flows.js';
import type { Kratos } from './kratos.js';
import { landingAnswer } from './landing.js';
import { viewOf, type View } from './layout.js';
import { plainFailure } from './pages/failure.js';
import { endOne, endOthers, logout } from './sessions.js';
import type { Site } from './site.js';
import { LANGUAGES } from './words/language.js';

/** Longer than the gateway keeps an idle connection: it would lose a request on one that we close. */
const IDLE_MILLISECONDS = 120_000;

export interface Service {
  readonly server: Server;
  /** From now on the replica says that it isn't ready, still answers, and keeps no connection open. */
  readonly leave: () => void;
}

export interface ServiceProps {
  readonly site: Site;
  readonly assets: Assets;
  readonly kratos: Kratos;
  /** Is told of the kind of a mistake of ours; the browser gets a page that says so. */
  readonly failed: (reason: string) => void;
}

type Handler = (asked: Asked, view: View, request: IncomingMessage) => Promise<Answer> | Answer;

/** Makes the server. Nothing is logged per request, and nothing is kept from one to the next. */
export function createService({ site, assets, kratos, failed }: ServiceProps): Service {
  let ready = true;
  const standing = headersOf(site);
  const pages = pagesOf(site, kratos);
  const health: Readonly<Record<string, () => Answer>> = {
    '/health/live': () => json(200, 'live'),
    '/health/ready': () => (ready ? json(200, 'ready') : json(503, 'stopping')),
  };

  const answerTo = async (request: IncomingMessage): Promise<Answer> => {
    const asked = readAsked(request, site);
    const view = viewOf(site, assets, asked);
    const reads = asked.method === 'GET' || asked.method === 'HEAD';
    const asset = assets.files.get(asked.path);
    if (asset !== undefined && reads) {
      const headers = { 'content-type': asset.type, 'cache-control': 'public, max-age=31536000, immutable' };
      return { status: 200, headers, cookies: [], body: asset.body };
    }
    const checked = Object.hasOwn(health, asked.path) && reads ? health[asked.path] : undefined;
    if (checked !== undefined) return checked();
    const page = pages.get(asked.path);
    if (page === undefined) return plainFailure(view, 'notFound');
    const handler = reads ? page.get : asked.method === 'POST' ? page.post : undefined;
    if (handler === undefined) {
      const allow = [...(page.get ? ['GET', 'HEAD'] : []), ...(page.post ? ['POST'] : [])].join(', ');
      return plainFailure(view, 'method', { allow });
    }
    if (!reads && !isOwn(site, asked)) return plainFailure(view, 'forbidden');
    try {
      return await handler(asked, view, request);
    } catch (error) {
      failed(error instanceof Error ? error.name : 'failed');
      return plainFailure(view, 'server');
    }
  };

  const server = createServer(
    { keepAliveTimeout: IDLE_MILLISECONDS, requestTimeout: 10_000, headersTimeout: 10_000 },
    (request, response) => {
      answerTo(request).then(
        (answer) => send(response, answer, { ...standing, ...(ready ? {} : { connection: 'close' }) }),
        // Only a browser that went away in the middle of its form comes here.
        () => response.destroy(),
      );
    },
  );
  return {
    server,
    leave: () => {
      ready = false;
    },
  };
}

interface Methods {
  readonly get?: Handler;
  readonly post?: Handler;
}

function pagesOf(site: Site, kratos: Kratos): ReadonlyMap<string, Methods> {
  const flow = (kind: FlowKind): [string, Methods] => [
    `${site.accountPath}/${kind}`,
    { get: (asked, view) => flowAnswer(kratos, view, asked, kind) },
  ];
  const start: Methods = {
    get: (_asked, view) =>
      site.landing === undefined
        ? redirect(`${site.accountPath}/settings`)
        : landingAnswer(view, site.landing),
  };
  const at = (name: string, methods: Methods): [string, Methods] => [`${site.accountPath}${name}`, methods];
  return new Map([
    ...FLOWS.map(flow),
    at('', start),
    at('/', start),
    at('/error', { get: (asked, view) => errorAnswer(kratos, view, asked) }),
    at('/consent', {
      get: (asked, view) => consentPage(kratos, view, asked),
      post: (asked, view, request) => consentGiven(view, asked, request),
    }),
    at('/language', { get: (asked) => chooseLanguage(site, asked) }),
    at('/logout', { post: (asked, view) => logout(kratos, view, asked) }),
    at('/sessions/end', { post: (asked, view, request) => endOne(kratos, view, asked, request) }),
    at('/sessions/end-others', { post: (asked, view, request) => endOthers(kratos, view, asked, request) }),
  ]);
}

function chooseLanguage(site: Site, asked: Asked): Answer {
  const chosen = LANGUAGES.find((language) => language === asked.query.get('to'));
  const cookies = chosen === undefined ? [] : [rememberCookie(site, LANGUAGE_COOKIE, chosen)];
  return redirect(backTo(site, asked.query.get('back')), cookies);
}

/** What every answer says. `no-referrer` would make browsers hide the origin of our own forms. */
function headersOf({ origins, formTargets }: Site): Readonly<Record<string, string>> {
  return {
    'content-security-policy': [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self' data:",
      "font-src 'self'",
      "connect-src 'self'",
      ["form-action 'self'", ...new Set([...origins, ...formTargets])].join(' '),
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
  };
}

function json(status: number, word: string): Answer {
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' };
  return { status, headers, cookies: [], body: `{"status":"${word}"}` };
}

function send(
  response: ServerResponse,
  { status, headers, cookies, body }: Answer,
  standing: Readonly<Record<string, string>>,
): void {
  response.writeHead(status, {
    ...standing,
    ...headers,
    'content-length': Buffer.byteLength(body),
    ...(cookies.length === 0 ? {} : { 'set-cookie': [...cookies] }),
  });
  response.end(body);
}
