/** A browser as far as the gate can tell: it asks for pages, keeps cookies and follows redirects. */
import { ask, type Answer } from './http.js';
import { secured } from './https.js';

/** As many as a real one is patient for, and more than any way through the gate takes. */
const MOST_REDIRECTS = 10;
const PAGE = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

export interface Visit {
  /** The first answer that leads no further. */
  readonly answer: Answer;
  /** Every address on the way, the first one and the last one included. */
  readonly path: readonly string[];
}

export class Browser {
  /** By host and name: cookies know no ports. */
  private readonly jar = new Map<string, Map<string, string>>();

  /** @param ca certificate of the authority that it believes */
  constructor(private readonly ca = '') {}

  /** Opens an address and goes wherever it is led. */
  async open(address: string): Promise<Visit> {
    return this.follow([address], await this.load(address));
  }

  /** Sends a form and goes wherever it is led. */
  async send(address: string, fields: Readonly<Record<string, string>>): Promise<Visit> {
    return this.follow([address], await this.load(address, { fields }));
  }

  /** One request of a page's program, without following anything. */
  async fetch(address: string): Promise<Answer> {
    return this.load(address, { accept: 'application/json' });
  }

  /** Has cookies from before, as it would send them to a host. */
  take(host: string, cookies: string): void {
    this.keep(host, cookies === '' ? [] : cookies.split('; '));
  }

  /** What it would send to a host, or to the one of the environment. */
  cookies(host = 'localhost'): string {
    return [...(this.jar.get(host) ?? [])].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  private async follow(path: string[], answer: Answer): Promise<Visit> {
    const { location } = answer.headers;
    if (answer.status < 300 || answer.status > 399 || typeof location !== 'string') return { answer, path };
    if (path.length > MOST_REDIRECTS) throw new Error(`redirects must end, got ${path.join(' → ')}`);
    const next = new URL(location, path.at(-1)).href;
    return this.follow([...path, next], await this.load(next));
  }

  private async load(
    address: string,
    { fields, accept = PAGE }: { readonly fields?: Readonly<Record<string, string>>; accept?: string } = {},
  ): Promise<Answer> {
    const url = new URL(address);
    const cookie = this.cookies(url.hostname);
    const headers = {
      host: url.host,
      accept,
      ...(cookie === '' ? {} : { cookie }),
      ...(fields === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
    };
    const method = fields === undefined ? 'GET' : 'POST';
    const body = fields === undefined ? undefined : new URLSearchParams(fields).toString();
    const port = Number(url.port);
    const path = `${url.pathname}${url.search}`;
    const answer =
      url.protocol === 'https:'
        ? await secured(url.hostname, port, this.ca, { path, headers, method }, body)
        : await ask({ port, path, headers, method, ...(body === undefined ? {} : { body }) });
    this.keep(url.hostname, answer.headers['set-cookie'] ?? []);
    return answer;
  }

  private keep(host: string, set: string | readonly string[]): void {
    const jar = this.jar.get(host) ?? new Map<string, string>();
    this.jar.set(host, jar);
    for (const cookie of typeof set === 'string' ? [set] : set) {
      const [pair = '', ...attributes] = cookie.split(';').map((part) => part.trim());
      const [name = '', ...value] = pair.split('=');
      const gone = attributes.some((attribute) => /^max-age=(0|-\d+)$/i.test(attribute));
      if (gone) jar.delete(name);
      else jar.set(name, value.join('='));
    }
  }
}
