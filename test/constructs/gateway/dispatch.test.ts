/** What the text of the dispatcher can tell; what it does is for the suites with a real Kong. */
import { describe, expect, test } from 'vitest';
import {
  dispatcherChunk,
  pathChunk,
  settledChunk,
  type Dispatch,
} from '../../../constructs/gateway/dispatch.js';
import { gateTokenHeader, tokenIssuers } from '../../../constructs/gateway/issuers.js';
import { luaTable, luaText } from '../../../constructs/gateway/lua.js';
import { secondFactorChunks } from '../../../constructs/gateway/second-factor.js';
import { CLIENT, MADE } from '../../helper/gateway-model.js';

const SIGNER = { name: 'signer', jwt: MADE.keyPair, limit: { minute: 1 } };
const ISSUERS = tokenIssuers([{ name: 'one', issuer: 'https://one.test/"]]' }], [CLIENT, SIGNER]);
const FULL: Dispatch = {
  canonical: { http: 'http://localhost:8000' },
  sessionCookie: 'ory_kratos_session',
  sessions: true,
  aal: 'aal1',
  issuers: ISSUERS,
  jwt: true,
  bySession: true,
};

const CHUNKS: readonly [string, string][] = [
  ['the whole dispatcher', dispatcherChunk(FULL)],
  [
    'the least dispatcher',
    dispatcherChunk({ ...FULL, sessions: false, issuers: [], jwt: false, bySession: false }),
  ],
  ['paths', pathChunk({ https: 'https://localhost' })],
  ['what is settled', settledChunk(FULL)],
  ...Object.entries(secondFactorChunks('http://localhost:8000/login')).map(
    ([name, chunk]): [string, string] => [`the ${name} of a second factor`, chunk],
  ),
];

describe.each(CHUNKS)('%s', (_what, chunk) => {
  test('calls nothing that the sandbox of Kong forbids, and JSON where it is let', () => {
    expect(chunk.replace('require("cjson.safe")', '')).not.toMatch(
      /\b(require|setmetatable|rawget|rawset|load|loadstring|io|debug|string\.dump)\b/,
    );
  });

  test('has no mark that decK or Terraform would read as a template', () => {
    expect(chunk).not.toMatch(/[$%]\{/);
  });

  test('is made once and then called', () => {
    expect(chunk.match(/^return function\(\)$/gm)).toHaveLength(1);
  });
});

describe('a session', () => {
  test.each(['aal1', 'aal2'] as const)('goes on in one header with %s, what was shown last', (aal) => {
    const chunk = dispatcherChunk({ ...FULL, aal });
    expect(chunk.match(/set\("X-Gate-Session", .*/g)).toEqual([
      `set("X-Gate-Session", "${aal}." .. kind .. "." .. credential)`,
    ]);
    expect(chunk.match(/(?<!function )present\(.*/g)).toEqual([
      'present("token", token)',
      'present(token and "token" or "cookie", token or session)',
    ]);
    expect(chunk).toContain('kong.ctx.shared.portcullis_session = true');
  });

  test('goes nowhere where none may pass, and is refused as a bearer token', () => {
    const chunk = dispatcherChunk({ ...FULL, sessions: false });
    expect(chunk).not.toMatch(/X-Gate-Session|X-Gate-Count|portcullis_session|present\(/);
    expect(chunk).toMatch(/"ory_st_" then\n\s+return unauthorized\(\)\n/);
  });

  test.each([true, false])(
    'leaves neither cookie nor token where it was, whether one may pass: %s',
    (sessions) => {
      const chunk = dispatcherChunk({ ...FULL, sessions });
      expect(chunk).toContain('  if token then clear("x-session-token") end\n');
      expect(chunk).toContain(
        'if #others > 0 then set("cookie", concat(others, "; ")) else clear("cookie") end',
      );
      expect(chunk).not.toMatch(/set\("x-session-token"|session_cookie \.\./);
    },
  );

  test('is counted by a digest of it, in a header that goes no further, where that is asked for', () => {
    const counted = 'set("X-Gate-Count", ngx.encode_base64(ngx.sha1_bin(credential)))';
    expect(dispatcherChunk(FULL)).toContain(counted);
    expect(dispatcherChunk({ ...FULL, bySession: false })).not.toContain('X-Gate-Count');
    expect(settledChunk({ bySession: true })).toContain('"x-gate-count"');
    expect(settledChunk({ bySession: false })).not.toContain('x-gate-');
  });
});

describe('issuers', () => {
  test('are those whose tokens need an end', () => {
    const ended = 'if issuer and type(claims.exp) ~= "number" then return unauthorized() end';
    expect(dispatcherChunk(FULL)).toContain(ended);
    expect(dispatcherChunk({ ...FULL, jwt: false })).toContain(ended);
    expect(dispatcherChunk({ ...FULL, issuers: [] })).not.toContain('claims');
  });

  test('are numbered from outside to the clients that sign, and named by that in a header', () => {
    expect(ISSUERS.map(({ n, issuer, name, client }) => [n, issuer, name, client?.name])).toEqual([
      [1, 'https://one.test/"]]', 'one', undefined],
      [2, 'signer', undefined, 'signer'],
    ]);
    expect(gateTokenHeader(2)).toBe('X-Gate-Token-2');
  });

  test('stand in the dispatcher with their header and whether they are a client', () => {
    expect(dispatcherChunk(FULL)).toContain(
      String.raw`local issuers = { ["https://one.test/\034\093\093"] = { header = "X-Gate-Token-1", client = false }, ["signer"] = { header = "X-Gate-Token-2", client = true } }`,
    );
    expect(dispatcherChunk({ ...FULL, issuers: [] })).not.toContain('cjson');
  });
});

describe('text in Lua', () => {
  test.each([
    ['plain-text_1.', '"plain-text_1."'],
    ['a"b\\c\n', String.raw`"a\034b\092c\010"`],
    ['${{', String.raw`"\036\123\123"`],
    ['ä1', String.raw`"\195\1641"`],
  ])('%j is %s', (text, lua) => {
    expect(luaText(text)).toBe(lua);
  });

  test('makes tables', () => {
    expect([luaTable([]), luaTable([['a', 'true']])]).toEqual(['{}', '{ ["a"] = true }']);
  });
});
