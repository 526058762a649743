import { describe, expect, test } from 'vitest';
import { hygieneChunk } from '../../../constructs/gateway/hygiene.js';

/** What the text alone can tell; that Kong runs it, and what it does, is for the end-to-end suites. */
const chunk = hygieneChunk('X-Request-Id');

describe('the hygiene of headers', () => {
  test('looks for the id by its small name, as Kong lists it, and sets it by its own', () => {
    expect(
      chunk
        .split('\n')
        .filter((line) => /x-request-id/i.test(line))
        .map((line) => line.trim()),
    ).toEqual(['local id = headers["x-request-id"]', 'kong.service.request.set_header("X-Request-Id", id)']);
  });

  test('takes another name everywhere', () => {
    expect(hygieneChunk('X-Trace')).toBe(
      chunk.replaceAll('x-request-id', 'x-trace').replaceAll('X-Request-Id', 'X-Trace'),
    );
  });

  test('names headers in small letters with dashes, which is what it compares with', () => {
    const [prefixes = '', names = ''] = chunk.split('\n');
    const found = [...`${prefixes}${names}`.matchAll(/"([^"]*)"/g)].map(([, name]) => name);
    expect(found).toEqual(
      expect.arrayContaining(['x-consumer-', 'x-credential-', 'x-anonymous-consumer', 'x-user-id']),
    );
    expect(found.filter((name) => !/^x-[a-z-]+$/.test(name ?? ''))).toEqual([]);
  });

  test('calls nothing that the sandbox of Kong forbids', () => {
    expect(chunk).not.toMatch(
      /\b(require|setmetatable|rawget|rawset|load|loadstring|io|debug|string\.dump)\b/,
    );
  });

  test('closes what it opens', () => {
    const count = (words: RegExp): number => chunk.match(words)?.length ?? 0;
    expect(count(/\bend\b/g)).toBe(count(/\b(function|then|do)\b/g));
  });

  test('has no mark that decK or Terraform would read as a template', () => {
    expect(chunk).not.toMatch(/[$%]\{/);
  });

  test('takes away what only the gate may say, and with an identity system all of a session but its token', () => {
    expect(chunk).toContain('"x-gate-"');
    expect(chunk).not.toContain('x-session-');
    const gated = hygieneChunk('X-Request-Id', { identity: true });
    expect(gated.split('\n')[0]).toContain('"x-session-"');
    expect(gated).toContain('forged = forged and plain ~= "x-session-token"');
  });

  test('answers nothing but the given paths on the internal listener', () => {
    const inside = hygieneChunk('X-Request-Id', { verification: { port: 8010, paths: ['/key'] } });
    expect(inside).toContain('local answered = { ["/key"] = true }');
    expect(inside).toContain('ngx.var.server_port == "8010"');
    expect(chunk).not.toContain('server_port');
  });
});
