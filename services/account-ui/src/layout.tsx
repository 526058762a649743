/** What all pages share: the document around their content. */
import type { ComponentChildren, VNode } from 'preact';
import { renderToString } from 'preact-render-to-string';
import type { Answer, Asked } from './exchange.js';
import type { Assets } from './assets.js';
import type { Site } from './site.js';
import { LANGUAGES, type Language } from './words/language.js';
import { LANGUAGE_NAMES, wordsIn, type Words } from './words/site.js';

/** What every page is drawn with. */
export interface View {
  readonly site: Site;
  readonly assets: Assets;
  readonly language: Language;
  readonly words: Words;
  /** Path and query of the page itself. */
  readonly here: string;
}

/** A script of Kratos, at an address of ours. */
export interface Script {
  readonly src: string;
  readonly integrity: string;
}

export interface Page {
  readonly title: string;
  readonly content: ComponentChildren;
  /** Loaded before our own script, which calls what they define. */
  readonly scripts?: readonly Script[];
}

/** Draws for one request. */
export function viewOf(site: Site, assets: Assets, asked: Asked): View {
  return { site, assets, language: asked.language, words: wordsIn(asked.language), here: asked.here };
}

/** The answer that is a page. */
export function answerPage(
  view: View,
  page: Page,
  { status = 200, cookies = [], headers = {} }: Partial<Pick<Answer, 'status' | 'cookies' | 'headers'>> = {},
): Answer {
  return {
    status,
    cookies,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-language': view.language,
      vary: 'accept-language, cookie',
      ...headers,
    },
    body: `<!doctype html>\n${renderToString(<Document view={view} page={page} />)}\n`,
  };
}

function Document({ view, page }: { view: View; page: Page }): VNode {
  const { site, assets, words, language } = view;
  return (
    <html lang={language}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        <title>{`${page.title} · ${site.name}`}</title>
        <link rel="stylesheet" href={assets.style} />
        {/* Without one, browsers ask for an icon at an address that isn't ours. */}
        <link rel="icon" href={assets.logo ?? 'data:,'} />
        {page.scripts?.map(({ src, integrity }) => (
          <script key={src} src={src} integrity={integrity} crossorigin="anonymous" defer />
        ))}
        <script src={assets.script} defer />
      </head>
      <body>
        <a class="skip" href="#main">
          {words.common.skip}
        </a>
        <header>
          <a class="brand" href={`${site.accountPath}/`}>
            {assets.logo === undefined ? null : <img src={assets.logo} alt="" width="32" height="32" />}
            <span>{site.name}</span>
          </a>
        </header>
        <main id="main" tabIndex={-1}>
          <h1>{page.title}</h1>
          {page.content}
        </main>
        <footer>
          <nav aria-label={words.common.languages}>
            <ul class="languages">
              {LANGUAGES.map((choice) => (
                <li key={choice}>
                  <LanguageLink view={view} choice={choice} />
                </li>
              ))}
            </ul>
          </nav>
        </footer>
      </body>
    </html>
  );
}

function LanguageLink({ view, choice }: { view: View; choice: Language }): VNode {
  const { site, language, here } = view;
  const query = new URLSearchParams({ to: choice, back: here });
  return (
    <a
      href={`${site.accountPath}/language?${query.toString()}`}
      lang={choice}
      hreflang={choice}
      rel="nofollow"
      {...(choice === language ? { 'aria-current': 'true' } : {})}
    >
      {LANGUAGE_NAMES[choice]}
    </a>
  );
}

/** A form that only posts to an address of ours, with a field or two. */
export function PostButton({
  action,
  label,
  fields = {},
  kind = 'secondary',
}: {
  action: string;
  label: string;
  fields?: Readonly<Record<string, string>>;
  kind?: 'primary' | 'secondary' | 'quiet';
}): VNode {
  return (
    <form method="post" action={action}>
      {Object.entries(fields).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <button class={kind}>{label}</button>
    </form>
  );
}
