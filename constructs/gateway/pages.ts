/** Pages that the gateway answers with by itself. */
import type { Mistakes } from '../mistakes.js';
import { checkPath } from './check-route.js';
import type { FixedPage, GatewayDeclaration } from './model.js';
import { checkNoTemplate } from './plugins/plugin.js';
import { requestTermination } from './plugins/traffic.js';
import { pluginList, type PluginRenderer } from './service-state.js';

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => ESCAPES[sign] ?? sign);
}

/** The page as HTML without anything that a browser would fetch or run, in English unless it says otherwise. */
export function pageHtml({ title, text }: Pick<FixedPage, 'title' | 'text'>, language = 'en'): string {
  return [
    '<!doctype html>',
    `<html lang="${language}"><head><meta charset="utf-8">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escaped(title)}</title></head>`,
    `<body><main><h1>${escaped(title)}</h1><p>${escaped(text)}</p></main></body></html>`,
    '',
  ].join('\n');
}

/** A route per page, without a service behind it. */
export function renderPages(gateway: GatewayDeclaration, render: PluginRenderer): object[] {
  return (gateway.pages ?? []).map((page) => ({
    name: page.name,
    protocols: ['http', 'https'],
    hosts: [...gateway.hosts],
    paths: [...page.paths],
    strip_path: false,
    ...pluginList(
      [
        requestTermination({
          status: page.status,
          body: { contentType: 'text/html; charset=utf-8', text: pageHtml(page) },
        }),
      ],
      render,
    ),
  }));
}

/** Notes every mistake of a page; names and paths are compared with those of routes elsewhere. */
export function checkPage(mistakes: Mistakes, page: FixedPage): void {
  const path = `pages.${page.name}`;
  mistakes.unless(page.paths.length > 0, `${path}.paths`, 'name at least one', page.paths, "write ['/page']");
  page.paths.forEach((text, i) => {
    checkPath(mistakes, `${path}.paths[${i}]`, text);
  });
  mistakes.wholeNumber(`${path}.status`, page.status, 200, 599, 'write for example 503');
  for (const field of ['title', 'text'] as const) {
    mistakes.unless(page[field].trim() !== '', `${path}.${field}`, 'say something', page[field], 'write it');
    checkNoTemplate(mistakes, `${path}.${field}`, page[field]);
  }
}
