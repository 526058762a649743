/** What a browser gets where the gateway itself has to answer in the place of a page: words instead of JSON. */
import { luaTable, luaText } from './lua.js';
import { pageHtml } from './pages.js';
import type { GatewayPlugin } from './plugins/plugin.js';
import { postFunction } from './plugins/transform.js';
import { BROWSER_LINES, REPLACED_BODY, replacingLines } from './replaced-answer.js';

interface Words {
  readonly title: string;
  readonly text: string;
}

/** What may have happened, in each language. */
const WORDS = {
  away: {
    en: {
      title: 'Not available right now',
      text: 'Signing in and the account pages do not answer at the moment. Nothing is lost: wait a few seconds and load this page again. If you have just sent a form, go back and send it once more.',
    },
    de: {
      title: 'Gerade nicht erreichbar',
      text: 'Die Anmeldung und die Kontoseiten antworten im Moment nicht. Nichts ist verloren: Warten Sie einige Sekunden und laden Sie diese Seite neu. Haben Sie gerade ein Formular abgeschickt, gehen Sie zurück und schicken Sie es noch einmal ab.',
    },
  },
  limited: {
    en: {
      title: 'Too many requests',
      text: 'More requests came from your network address than may come in a minute. Wait a minute and load this page again.',
    },
    de: {
      title: 'Zu viele Anfragen',
      text: 'Von Ihrer Netzwerkadresse kamen mehr Anfragen, als in einer Minute kommen dürfen. Warten Sie eine Minute und laden Sie diese Seite neu.',
    },
  },
  refused: {
    en: {
      title: 'This address can not be used',
      text: 'It is not well formed, or it would lead you on to another site. Go back to where you came from and begin there once more.',
    },
    de: {
      title: 'Diese Adresse ist nicht verwendbar',
      text: 'Sie ist fehlerhaft oder würde Sie zu einer fremden Seite weiterleiten. Gehen Sie dorthin zurück, woher Sie kommen, und beginnen Sie dort noch einmal.',
    },
  },
} as const satisfies Record<string, Record<'en' | 'de', Words>>;

type Kind = keyof typeof WORDS;

/** Kong's own statuses; a failure of any sort is the same to whoever waits for a page. */
const KINDS: Readonly<Record<number, Kind>> = {
  400: 'refused',
  429: 'limited',
  500: 'away',
  502: 'away',
  503: 'away',
  504: 'away',
};

const RETRY_SECONDS = 5;
const POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/**
 * Gives browsers a page where the gateway answers by itself: nobody behind it is there, a limit is used
 * up, or the address was refused. Programs keep Kong's own answer, and what a service says passes as it is.
 *
 * The page is made of fixed words, German for who prefers that and English else. Nothing of the request
 * is in it.
 */
export function outagePages(): GatewayPlugin {
  return postFunction({ header_filter: [headerChunk()], body_filter: [REPLACED_BODY] });
}

function headerChunk(): string {
  const pages = Object.entries(WORDS).map(([kind, { en, de }]): [string, string] => [
    kind,
    luaTable([
      ['en', luaText(pageHtml(en))],
      ['de', luaText(pageHtml(de, 'de'))],
    ]),
  ]);
  const kinds = Object.entries(KINDS).map(([status, kind]) => `[${status}] = ${luaText(kind)}`);
  return [
    `local pages = ${luaTable(pages)}`,
    `local kinds = { ${kinds.join(', ')} }`,
    'return function()',
    '  if kong.response.get_source() == "service" then return end',
    '  local kind = kinds[kong.response.get_status()]',
    '  if not kind then return end',
    ...BROWSER_LINES,
    '  if not browser then return end',
    '  local wanted = kong.request.get_header("accept-language") or ""',
    '  local text = pages[kind][string.find(string.lower(wanted), "^%s*de%f[^%w]") and "de" or "en"]',
    '  if kind == "away" then kong.response.set_status(503) end',
    '  if kind ~= "refused" and not kong.response.get_header("retry-after") then',
    `    kong.response.set_header("Retry-After", "${RETRY_SECONDS}")`,
    '  end',
    '  kong.response.set_header("Cache-Control", "no-store")',
    `  kong.response.set_header("Content-Security-Policy", ${luaText(POLICY)})`,
    '  kong.response.set_header("X-Content-Type-Options", "nosniff")',
    ...replacingLines('text/html'),
    'end',
    '',
  ].join('\n');
}
