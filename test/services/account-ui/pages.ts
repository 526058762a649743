/** Pages under test: a site, a running service, and a reader of the markup that it answers. */
import { once } from 'node:events';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { readAssets } from '../../../services/account-ui/src/assets.js';
import { kratosAt } from '../../../services/account-ui/src/kratos.js';
import { createService, type Service } from '../../../services/account-ui/src/server.js';
import type { Site } from '../../../services/account-ui/src/site.js';

export const ASSETS = fileURLToPath(new URL('../../../services/account-ui/assets', import.meta.url));
export const ORIGIN = 'http://localhost:8000';

export const SITE: Site = {
  name: 'Portcullis',
  origins: [ORIGIN, 'https://localhost:8443'],
  accountPath: '/account',
  kratosPath: '/.ory/kratos',
  language: 'en',
  colours: { accent: '#1a4fa3', onAccent: '#ffffff' },
  formTargets: ['https://acme.example'],
  providers: [{ id: 'acme', label: 'Acme', tells: ['email', 'name'] }],
  registration: true,
  recovery: true,
  verification: true,
};

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly location: string | undefined;
  readonly cookies: readonly string[];
}

export interface Asking {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A running service, and how to ask it. */
export class Running {
  readonly failures: string[] = [];
  private readonly service: Service;
  /** Where it listens, once it is started. */
  port = 0;

  constructor(kratosUrl: string, site: Site = SITE) {
    this.service = createService({
      site,
      assets: readAssets(ASSETS, site),
      kratos: kratosAt(kratosUrl),
      failed: (reason) => this.failures.push(reason),
    });
  }

  async start(): Promise<this> {
    this.service.server.listen(0, '127.0.0.1');
    await once(this.service.server, 'listening');
    this.port = (this.service.server.address() as AddressInfo).port;
    return this;
  }

  async stop(): Promise<void> {
    this.service.server.closeAllConnections();
    await new Promise((closed) => this.service.server.close(closed));
  }

  /** Settles when the next request has arrived. */
  async asked(): Promise<void> {
    await once(this.service.server, 'request');
  }

  leave(): void {
    this.service.leave();
  }

  async ask(path: string, { method = 'GET', headers = {}, body }: Asking = {}): Promise<Answer> {
    return new Promise((settle, fail) => {
      const made = request({ host: '127.0.0.1', port: this.port, path, method, headers }, (answer) => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (part: string) => (text += part));
        answer.on('end', () => {
          // A long form may be answered before all of it was sent, which has to end before the server does.
          void sent.then(() => {
            settle({
              status: answer.statusCode ?? 0,
              text,
              headers: answer.headers,
              location: answer.headers.location,
              cookies: answer.headers['set-cookie'] ?? [],
            });
          });
        });
      });
      const sent = new Promise<void>((done) => made.once('finish', done));
      made.on('error', fail);
      made.end(body);
    });
  }

  /** Sends a form as a page of ours does. */
  async post(
    path: string,
    fields: Readonly<Record<string, string>> = {},
    headers: Readonly<Record<string, string>> = { origin: ORIGIN, 'sec-fetch-site': 'same-origin' },
  ): Promise<Answer> {
    return this.ask(path, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: new URLSearchParams(fields).toString(),
    });
  }
}

export interface Tag {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Text between it and the next tag. */
  readonly text: string;
}

/** Every opening tag of a page, in order. Attributes hold what a browser would read. */
export function tagsIn(html: string): Tag[] {
  const tags = html.matchAll(/<([a-z][a-z0-9]*)((?:"[^"]*"|[^">])*)>([^<]*)/gi);
  return [...tags].map(([, name = '', rest = '', text = '']) => ({
    name: name.toLowerCase(),
    attributes: Object.fromEntries(
      [...rest.matchAll(/([^\s"=/]+)(?:="([^"]*)")?/g)].map(([, key = '', value = '']) => [
        key.toLowerCase(),
        decoded(value),
      ]),
    ),
    text: decoded(text),
  }));
}

/** What a reader sees of the page. */
export function textIn(html: string): string {
  return decoded(html.replace(/<[^>]*>/g, ' ')).replace(/\s+/g, ' ');
}

export function headingsIn(html: string): string[] {
  return tagsIn(html)
    .filter(({ name }) => name === 'h1')
    .map(({ text }) => text);
}

/** Everything that a policy without inline script and style would refuse, and what may not be there anyway. */
export function inlineIn(html: string): string[] {
  return tagsIn(html).flatMap(({ name, attributes, text }) => [
    ...(name === 'style' ? ['style'] : []),
    ...(name === 'script' && (attributes.src === undefined || text !== '') ? ['script'] : []),
    ...Object.keys(attributes).filter((key) => key === 'style' || key.startsWith('on')),
    ...['href', 'src', 'action'].flatMap((key) =>
      /^\s*(javascript|vbscript):/i.test(attributes[key] ?? '') ? [`${key}=${attributes[key] ?? ''}`] : [],
    ),
  ]);
}

function decoded(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}
