/** What the text of these functions can tell; what they do is for the suites with a real Kong. */
import { expect, test } from 'vitest';
import { outagePages } from '../../../constructs/gateway/outage-pages.js';
import { present } from '../../helper/failure.js';
import { configOf, KONG_3_0, mistakesOf } from '../../helper/gateway-model.js';

const config = configOf(outagePages(), KONG_3_0);
const [header = ''] = config.header_filter as string[];
const [body = ''] = config.body_filter as string[];

/** The page of a kind in a language, as Lua would write it. */
function page(kind: string, language: string): string {
  const table = present(new RegExp(`\\["${kind}"\\] = \\{ (.*?) \\}`).exec(header)?.[1]);
  const lua = present(new RegExp(`\\["${language}"\\] = "(.*?)"(?:,|$)`).exec(table)?.[1]);
  const bytes = lua.replace(/\\(\d{3})/g, (_all, code: string) => String.fromCharCode(Number(code)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

test('what a service says passes as it is, and so does what a program gets', () => {
  const [source, kind, browser] = [
    'if kong.response.get_source() == "service" then return end',
    'if not kind then return end',
    'if not browser then return end',
  ].map((line) => header.indexOf(line));
  const change = header.indexOf('kong.response.set');
  expect(source).toBeGreaterThan(0);
  expect([source, kind, browser, change]).toEqual(
    [source, kind, browser, change].sort((a, b) => Number(a) - Number(b)),
  );
});

test('of its own answers the gateway changes those of limits, refused addresses and outages', () => {
  expect(/local kinds = \{ (.*) \}/.exec(header)?.[1]?.split(', ')).toEqual([
    '[400] = "refused"',
    '[429] = "limited"',
    '[500] = "away"',
    '[502] = "away"',
    '[503] = "away"',
    '[504] = "away"',
  ]);
  expect(header).toContain('if kind == "away" then kong.response.set_status(503) end\n');
});

test('it says when to come again, unless the limit has said so', () => {
  expect(header).toMatch(
    /if kind ~= "refused" and not kong\.response\.get_header\("retry-after"\) then\n\s+kong\.response\.set_header\("Retry-After", "5"\)/,
  );
});

test.each(['away', 'limited', 'refused'])('the page %s is plain, in both languages', (kind) => {
  const [en, de] = [page(kind, 'en'), page(kind, 'de')];
  expect(en).toMatch(/^<!doctype html>\n<html lang="en">/);
  expect(de).toMatch(/^<!doctype html>\n<html lang="de">/);
  expect(de).not.toBe(en.replace('lang="en"', 'lang="de"'));
  for (const html of [en, de]) {
    expect(html.match(/<h1>/g)).toHaveLength(1);
    expect(html).not.toMatch(/<script|<style|<link|<img|\son\w+=|\sstyle=|\{\{|\}\}/);
  }
});

test('nothing of the request gets into the page', () => {
  const uses = [...header.matchAll(/kong\.request\.[a-z_]+\(([^)]*)\)/g)].map(([, what]) => what);
  expect(uses).toEqual(['', '"accept-language"']);
  expect(header.match(/\blocal text = .*/g)).toEqual([
    'local text = pages[kind][string.find(string.lower(wanted), "^%s*de%f[^%w]") and "de" or "en"]',
  ]);
  expect(body).not.toContain('kong.request');
});

test('it may fetch and run nothing, and nobody frames it', () => {
  expect(header).toMatch(/"Content-Security-Policy", "default-src \\039none\\039;.*frame-ancestors/);
  expect(header).toContain('set_header("Content-Type", "text/html; charset=utf-8")');
});

test('it has no mistake', () => {
  expect(() => mistakesOf(outagePages(), KONG_3_0)).toThrow('the work must throw, got a result');
});
