/** What is looked at on every page that the suite meets, whatever the case at hand is about. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults, RunOptions } from 'axe-core';
import type { BrowserContext, Page } from 'playwright-core';
import { SITE } from './deployment.js';

/** A page together with all that it loads, before compression. */
export const MOST_BYTES = 100_000;
/** A small phone. */
const NARROW = 320;

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export interface Met {
  readonly path: string;
  readonly heading: string;
  readonly bytes: number;
}

interface Look {
  readonly type: string;
  readonly headings: readonly string[];
  /** Names of fields and buttons, and what is announced. */
  readonly shape: readonly string[];
}

const LOOK = `({
  type: document.contentType,
  headings: [...document.querySelectorAll('h1')].map(({ innerText }) => innerText),
  shape: [...document.querySelectorAll('input:not([type=hidden]), button, [role=alert], [role=status]')].map(
    (one) => one.name ?? one.role),
})`;

const met = new Map<string, Met>();
const findings: string[] = [];
const violations: string[] = [];

/** Pages met so far, each form of a page once. */
export function pagesMet(): readonly Met[] {
  return [...met.values()];
}

/** What isn't right about the pages met so far: page, rule, element. */
export function pageFindings(): readonly string[] {
  return findings;
}

/** Everything that a browser refused because of the policy of a page of ours. */
export function policyViolations(): readonly string[] {
  return violations;
}

/** Notes what a context's pages do against their policy, and every error of their scripts. */
export async function watch(context: BrowserContext): Promise<void> {
  await context.exposeBinding('noteViolation', ({ page }, what: string) => {
    if (isOurs(page.url())) violations.push(`${pathOf(page)}: ${what}`);
  });
  await context.addInitScript(`document.addEventListener('securitypolicyviolation', (event) =>
    noteViolation(event.effectiveDirective + ' ' + event.blockedURI))`);
  context.on('console', (message) => {
    const page = message.page();
    if (page === null || !isOurs(page.url()) || message.type() !== 'error') return;
    // The browser's own line about an answer of 4xx or 5xx, which cases ask for on purpose.
    if (message.text().startsWith('Failed to load resource')) return;
    violations.push(`${pathOf(page)}: ${message.text()}`);
  });
  context.on('weberror', (error) => {
    violations.push(`${String(error.page()?.url())}: ${error.error().message}`);
  });
}

/**
 * Looks at a page of ours; at one of others, or that was looked at in the same form before, it doesn't.
 *
 * @param scripts whether the page's scripts run, without which it can't be measured
 */
export async function inspect(page: Page, scripts: boolean): Promise<void> {
  if (!isOurs(page.url())) return;
  const { type, headings, shape } = await page.evaluate<Look>(LOOK);
  // What the gate refuses by itself is for programs.
  if (type !== 'text/html') return;
  const form = [pathOf(page), ...headings, ...new Set(shape)].join('|');
  if (met.has(form)) return;
  const note = (what: string): number => findings.push(`${pathOf(page)} '${headings.join()}': ${what}`);
  met.set(form, {
    path: pathOf(page),
    heading: headings.join(),
    bytes: scripts ? await weigh(page) : 0,
  });
  if (headings.length !== 1) note(`one h1 must be there, got ${headings.length}`);
  if (scripts) for (const finding of await accessibility(page)) note(finding);
  const size = page.viewportSize();
  if (size === null) return;
  await page.setViewportSize({ width: NARROW, height: size.height });
  const wide = await page.locator('html').evaluate((root) => root.scrollWidth);
  if (wide > NARROW) note(`nothing may stand out at ${NARROW} pixels, got ${wide}`);
  await page.setViewportSize(size);
}

function isOurs(address: string): boolean {
  return address.startsWith(`${SITE}/account`);
}

function pathOf(page: Page): string {
  return new URL(page.url()).pathname;
}

/** Bytes of a page and what it has loaded, also out of the browser's cache. */
async function weigh(page: Page): Promise<number> {
  return page.evaluate(
    `performance.getEntries().reduce((sum, { decodedBodySize = 0 }) => sum + decodedBodySize, 0)`,
  );
}

async function accessibility(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe);
  const options: RunOptions = { preload: false, resultTypes: ['violations'] };
  const { violations: all } = await page.evaluate<AxeResults>(`axe.run(${JSON.stringify(options)})`);
  return all
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, impact, nodes }) => `${id} (${String(impact)}): ${nodes.map(({ html }) => html).join(' ')}`);
}
