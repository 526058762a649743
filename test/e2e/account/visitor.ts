/** People in front of a real browser: each in a context of their own, with what they see and press. */
import { accessSync, constants } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import {
  chromium,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type LaunchOptions,
  type Locator,
  type Page,
} from 'playwright-core';
import { checkoutRoot } from '../harness/images.js';
import { logInByCookie, type Person } from '../identity/people.js';
import { SITE } from './deployment.js';
import { inspect, watch } from './inspection.js';

/** Longer than any page takes on a busy machine; a page that doesn't come fails its case here. */
const PATIENCE_MILLISECONDS = 15_000;
const DESKTOP = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };

let browser: Browser | undefined;

/** Chromium, as Debian packages it. */
function launch(): LaunchOptions {
  return {
    executablePath: inPath('chromium'),
    headless: true,
    args: [
      // Tests run as root, for whom Chromium has no sandbox; it opens nothing but our own pages.
      '--no-sandbox',
      // Nobody outside is asked, whatever a page wants.
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 10.214.255.1',
    ],
  };
}

export async function startBrowser(): Promise<void> {
  browser = await chromium.launch(launch());
}

/** A browser of its own whose owner has forbidden all cookies; a context can't be told to. */
async function refusing(profile: string, options: BrowserContextOptions): Promise<BrowserContext> {
  await mkdir(join(profile, 'Default'), { recursive: true });
  await writeFile(
    join(profile, 'Default/Preferences'),
    JSON.stringify({ profile: { default_content_setting_values: { cookies: 2 } } }),
  );
  return chromium.launchPersistentContext(profile, { ...launch(), ...options });
}

export async function stopBrowser(): Promise<void> {
  await browser?.close();
}

function inPath(program: string): string {
  const found = (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, program))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
  if (found === undefined) throw new Error(`${program} must be in PATH`);
  return found;
}

export interface VisitorOptions {
  /** What the browser asks pages for. @default 'en-US' */
  readonly locale?: string;
  /** Whether pages may run scripts. @default true */
  readonly scripts?: boolean;
  /** Whether the browser keeps cookies. @default true */
  readonly cookies?: boolean;
  /** Whose session the browser has from the beginning. @default - nobody's */
  readonly as?: Pick<Person, 'email' | 'password'>;
}

export class Visitor {
  private status = 0;

  private constructor(
    readonly context: BrowserContext,
    readonly page: Page,
    private readonly scripts: boolean,
    private readonly profile?: string,
  ) {
    page.on('response', (response) => {
      if (response.request().isNavigationRequest() && response.frame() === page.mainFrame())
        this.status = response.status();
    });
  }

  /** A browser that nobody has used before. */
  static async come({
    locale = 'en-US',
    scripts = true,
    cookies = true,
    as,
  }: VisitorOptions = {}): Promise<Visitor> {
    if (browser === undefined) throw new Error('the browser must be started first');
    const options = { locale, javaScriptEnabled: scripts, viewport: DESKTOP };
    const profile = cookies ? undefined : await mkdtemp(join(tmpdir(), 'portcullis-profile-'));
    const context =
      profile === undefined ? await browser.newContext(options) : await refusing(profile, options);
    context.setDefaultTimeout(PATIENCE_MILLISECONDS);
    await watch(context);
    const visitor = new Visitor(context, await context.newPage(), scripts, profile);
    if (as !== undefined) await visitor.keep(await logInByCookie(as));
    return visitor;
  }

  /** Another tab of the same browser. */
  async tab(): Promise<Visitor> {
    return new Visitor(this.context, await this.context.newPage(), this.scripts);
  }

  async leave(): Promise<void> {
    await this.context.close();
    // Its processes may still write while they end.
    if (this.profile !== undefined) await rm(this.profile, { recursive: true, force: true, maxRetries: 20 });
  }

  /** Opens an address of ours and goes wherever it is led; gives the last answer's status. */
  async open(path: string): Promise<number> {
    await this.page.goto(new URL(path, SITE).href);
    return this.arrived();
  }

  /** Does what leads to another page, and waits until that is there; gives the answer's status. */
  async led(by: () => Promise<unknown>): Promise<number> {
    await Promise.all([this.page.waitForEvent('load'), by()]);
    return this.arrived();
  }

  private async arrived(): Promise<number> {
    // Nothing that a visitor does may break us; 503 says that somebody else is away.
    if (this.status >= 500 && this.status !== 503)
      throw new Error(`a page must come at ${this.page.url()}, got ${this.status}: ${await this.heading()}`);
    await inspect(this.page, this.scripts);
    return this.status;
  }

  /** The one visible field of a name. */
  field(name: string): Locator {
    return this.page.locator(`[name="${name}"]:visible`);
  }

  /** The one button that sends a value under a name. */
  button(name: string, value?: string): Locator {
    return this.page.locator(`button[name="${name}"]${value === undefined ? '' : `[value="${value}"]`}`);
  }

  link(text: string | RegExp): Locator {
    return this.page.getByRole('link', { name: text });
  }

  async fill(fields: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, value] of Object.entries(fields)) await this.field(name).fill(value);
  }

  /** Presses what sends a form; gives the answer's status. */
  async press(name: string, value?: string): Promise<number> {
    return this.led(() => this.button(name, value).click());
  }

  async follow(text: string | RegExp): Promise<number> {
    return this.led(() => this.link(text).first().click());
  }

  get path(): string {
    return new URL(this.page.url()).pathname;
  }

  async heading(): Promise<string> {
    return this.page.locator('h1').innerText();
  }

  /** What the page says, without its head and foot. */
  async says(): Promise<string> {
    return this.page.locator('main').innerText();
  }

  /** What can be done on the page: its links and buttons. */
  async offers(): Promise<readonly string[]> {
    return this.page.locator('main').locator('a:visible, button:visible').allInnerTexts();
  }

  /** Takes cookies over that a program got. */
  async keep(cookies: string): Promise<void> {
    const pairs = cookies.split('; ').map((pair) => pair.split('='));
    await this.context.addCookies(
      pairs.map(([name = '', ...value]) => ({ name, value: value.join('='), url: SITE, httpOnly: true })),
    );
  }

  /** The cookies that the browser would send, as a header. */
  async cookies(): Promise<string> {
    return (await this.context.cookies(SITE)).map(({ name, value }) => `${name}=${value}`).join('; ');
  }

  /** What a guarded service answers the browser. */
  async service(name: 'hello' | 'world'): Promise<number> {
    return (await this.context.request.get(`${SITE}/${name}`, { maxRedirects: 0 })).status();
  }

  /** Two pictures for the documentation, where they are wanted. */
  async picture(name: string): Promise<void> {
    if (process.env.PORTCULLIS_SCREENSHOTS !== '1') return;
    for (const [width, size] of [
      ['phone', PHONE],
      ['desktop', DESKTOP],
    ] as const) {
      await this.page.setViewportSize(size);
      await this.page.screenshot({ path: join(checkoutRoot, `docs/screenshots/${name}-${width}.png`) });
    }
  }
}
