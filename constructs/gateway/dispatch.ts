/**
 * Lua of the guarded routes, before the identity system is asked: sound paths, the one host that browsers
 * use, and exactly one credential in the place where the identity system looks for its kind.
 */
import type { Aal } from './access.js';
import { GATE_SESSION, gateTokenHeader, type TokenIssuer } from './issuers.js';
import { luaTable, luaText } from './lua.js';
import type { IdentityGate } from './model.js';

/** What a route's dispatcher depends on. */
export interface Dispatch {
  readonly canonical: IdentityGate['canonical'];
  readonly sessionCookie: string;
  readonly sessions: boolean;
  /** What a session must have shown. */
  readonly aal: Aal;
  /** Whose tokens count on the route. */
  readonly issuers: readonly TokenIssuer[];
  /** Whether Kong's plugin `jwt` looks at tokens, too. */
  readonly jwt: boolean;
  /** Whether requests are counted by session. */
  readonly bySession: boolean;
}

/** Header that requests are counted by where that is by session; it goes no further than the gateway. */
export const COUNT_HEADER = 'X-Gate-Count';

/** Longest bearer token that is looked into; nginx takes no longer header by default. */
const LONGEST_TOKEN = 8192;
/** Longest `jti` of a client's token. */
const LONGEST_JTI = 256;

/** Lua with what the paths and hosts of every request to the identity system are judged by. */
function checks(canonical: IdentityGate['canonical']): string[] {
  const origin = (scheme: 'http' | 'https'): string => {
    const url = canonical[scheme] ?? canonical.http ?? canonical.https;
    if (url === undefined) return 'nil';
    return `{ url = ${luaText(url)}, host = ${luaText(new URL(url).hostname)} }`;
  };
  return [
    'local find, match, sub, lower, gsub = string.find, string.match, string.sub, string.lower, string.gsub',
    'local gmatch, concat = string.gmatch, table.concat',
    `local origins = { http = ${origin('http')}, https = ${origin('https')} }`,
    'local function sound(path)',
    '  if sub(path, 1, 1) ~= "/" or find(path, "//", 1, true) or find(path, "[%c\\\\#]")',
    '    or find(path .. "/", "/%.%.?[/;]") then',
    '    return false',
    '  end',
    '  if not find(path, "%", 1, true) then return true end',
    '  local plain = gsub(path, "%%%x%x", "")',
    '  local small = lower(path)',
    '  return not (find(plain, "%", 1, true) or find(small, "%%2[ef]") or find(small, "%%5c")',
    '    or find(small, "%%7f") or find(small, "%%[01]%x"))',
    'end',
    'local function check(headers)',
    '  local uri = ngx.var.request_uri',
    '  if not sound(match(uri, "^[^?]*")) then',
    '    return kong.response.exit(400, { message = "Bad path" })',
    '  end',
    '  local accept = headers["accept"]',
    '  if type(accept) == "table" then accept = concat(accept, ",") end',
    '  if accept and find(lower(accept), "text/html", 1, true) then',
    '    local method = kong.request.get_method()',
    '    local origin = origins[ngx.var.scheme]',
    '    if origin and (method == "GET" or method == "HEAD") and ngx.var.host ~= origin.host then',
    '      return kong.response.exit(302, nil, { Location = origin.url .. uri, ["Cache-Control"] = "no-store" })',
    '    end',
    '  end',
    'end',
  ];
}

/** Chunk for `access` where nothing is behind that takes a credential. */
export function pathChunk(canonical: IdentityGate['canonical']): string {
  return [...checks(canonical), 'return function()', '  check(kong.request.get_headers())', 'end', ''].join(
    '\n',
  );
}

/** Lua that says what a token claims; believed by nobody, it only finds who has to verify it. */
const CLAIMS = [
  'local json = require("cjson.safe")',
  'local pad = { [0] = "", [2] = "==", [3] = "=" }',
  'local function read(part)',
  '  local missing = pad[#part % 4]',
  '  local plain = gsub(gsub(part, "%-", "+"), "_", "/")',
  '  local text = missing and ngx.decode_base64(plain .. missing)',
  '  local value = text and json.decode(text)',
  '  return type(value) == "table" and value or {}',
  'end',
] as const;

/** Moves a token to its issuer's header; a client's own stays in place for Kong, too. */
function tokenLines({ issuers, jwt }: Dispatch): string[] {
  if (issuers.length === 0) return [];
  return [
    '    local head, payload, signature = match(token, "^([%w_-]+)%.([%w_-]+)%.([%w_-]*)$")',
    `    if head and #token <= ${LONGEST_TOKEN} then`,
    // Kong 3.0 fails on such a signature of another length.
    ...(jwt
      ? ['      if read(head).alg == "ES256" and #signature ~= 86 then return unauthorized() end']
      : []),
    '      local claims = read(payload)',
    '      local issuer = type(claims.iss) == "string" and issuers[claims.iss]',
    // Oathkeeper takes one without an end for good.
    '      if issuer and type(claims.exp) ~= "number" then return unauthorized() end',
    '      if issuer then',
    '        set(issuer.header, token)',
    '        if not issuer.client then return clear("authorization") end',
    '        if claims.sub ~= claims.iss or type(claims.jti) ~= "string" or claims.jti == ""',
    `          or #claims.jti > ${LONGEST_JTI} then`,
    '          return unauthorized()',
    '        end',
    '        kong.ctx.shared.portcullis_client = claims.iss',
    '      end',
    '    end',
  ];
}

/**
 * Chunk for `access` that leaves one credential: `Authorization` before `apikey` before `X-Session-Token`
 * before the session cookie. A session goes on in a header of its own, however it was shown, and in no
 * other; where no session may pass it goes nowhere.
 *
 * Whatever is there twice gets 400, since two programs could each believe another one. Everything is
 * written in one way, so that Kong and the identity system find the same.
 */
export function dispatcherChunk(dispatch: Dispatch): string {
  const { issuers, sessionCookie, sessions, bySession } = dispatch;
  const known = issuers.map(({ n, issuer, client }): [string, string] => [
    issuer,
    `{ header = "${gateTokenHeader(n)}", client = ${client !== undefined} }`,
  ]);
  return [
    ...checks(dispatch.canonical),
    ...(issuers.length === 0 ? [] : [...CLAIMS, `local issuers = ${luaTable(known)}`]),
    `local session_cookie = ${luaText(sessionCookie)}`,
    'local set, clear = kong.service.request.set_header, kong.service.request.clear_header',
    'local function unauthorized()',
    '  return kong.response.exit(401, { message = "Unauthorized" })',
    'end',
    'local function ambiguous()',
    '  return kong.response.exit(400, { message = "Ambiguous credentials" })',
    'end',
    'local function one(headers, name)',
    '  local value = headers[name]',
    '  if type(value) == "table" then return ambiguous() end',
    '  if value ~= "" then return value end',
    '  clear(name)',
    'end',
    // A program that splits at the first `=` and trims must find no other cookie than this does.
    'local function session_of(headers, wanted)',
    '  local cookie = headers["cookie"]',
    '  local several = type(cookie) == "table"',
    '  if several then cookie = concat(cookie, "; ") end',
    '  if not cookie or not find(cookie, session_cookie, 1, true) then',
    '    if several then set("cookie", cookie) end',
    '    return nil',
    '  end',
    '  local value, given, others = nil, 0, {}',
    '  for part in gmatch(cookie, "[^;]+") do',
    '    local pair = match(part, "^%s*(.-)%s*$")',
    '    if match(pair, "^([^=]-)%s*=") == session_cookie or pair == session_cookie then',
    '      given = given + 1',
    '      value = match(pair, "=%s*(.+)$")',
    '    elseif pair ~= "" then',
    '      others[#others + 1] = pair',
    '    end',
    '  end',
    '  if wanted and given > 1 then return ambiguous() end',
    '  if given > 0 then',
    '    if #others > 0 then set("cookie", concat(others, "; ")) else clear("cookie") end',
    '  elseif several then',
    '    set("cookie", cookie)',
    '  end',
    '  return wanted and value or nil',
    'end',
    ...(sessions
      ? [
          'local function present(kind, credential)',
          `  set("${GATE_SESSION}", "${dispatch.aal}." .. kind .. "." .. credential)`,
          '  kong.ctx.shared.portcullis_session = true',
          ...(bySession ? [`  set("${COUNT_HEADER}", ngx.encode_base64(ngx.sha1_bin(credential)))`] : []),
          'end',
        ]
      : []),
    'local function bearer(authorization)',
    '  local scheme, token = match(authorization, "^%s*(%a+)%s+(%S+)%s*$")',
    '  if scheme and lower(scheme) == "bearer" then',
    '    if sub(token, 1, 7) == "ory_st_" then',
    ...(sessions
      ? ['      present("token", token)', '      return clear("authorization")']
      : ['      return unauthorized()']),
    '    end',
    '    set("authorization", "Bearer " .. token)',
    ...tokenLines(dispatch),
    '  end',
    'end',
    'return function()',
    '  local headers = kong.request.get_headers()',
    '  check(headers)',
    '  local authorization = one(headers, "authorization")',
    '  local key = one(headers, "apikey")',
    '  local token = one(headers, "x-session-token")',
    '  local session = session_of(headers, not (authorization or key or token))',
    '  if key and authorization then clear("apikey") end',
    '  if token then clear("x-session-token") end',
    '  if authorization then',
    '    bearer(authorization)',
    ...(sessions
      ? [
          '  elseif not key and (token or session) then',
          '    present(token and "token" or "cookie", token or session)',
        ]
      : []),
    '  end',
    'end',
    '',
  ].join('\n');
}

/** What Kong's plugins tell about a client; the service believes the signed token instead. */
const KONG_HEADERS = [
  'x-consumer-id',
  'x-consumer-username',
  'x-consumer-custom-id',
  'x-consumer-groups',
  'x-credential-identifier',
  'x-anonymous-consumer',
  'x-authenticated-groups',
  'x-authenticated-scope',
  'x-authenticated-userid',
] as const;

/**
 * Chunk for `access` after every other plugin: a client's token is the token of the client that Kong found
 * by its key, which also means that it hasn't too long to live.
 */
export function settledChunk({ bySession }: Pick<Dispatch, 'bySession'>): string {
  const names = [...KONG_HEADERS, ...(bySession ? [COUNT_HEADER.toLowerCase()] : [])];
  return [
    'local clear = kong.service.request.clear_header',
    `local names = { ${names.map((name) => `"${name}"`).join(', ')} }`,
    'return function()',
    '  local client = kong.ctx.shared.portcullis_client',
    '  if client then',
    '    local consumer = kong.client.get_consumer()',
    '    if not consumer or consumer.username ~= client then',
    '      return kong.response.exit(401, { message = "Unauthorized" })',
    '    end',
    '    clear("authorization")',
    '  end',
    '  for i = 1, #names do clear(names[i]) end',
    // Kong's plugin for keys says so to everybody who has none, also with an answer to a session.
    '  kong.response.clear_header("WWW-Authenticate")',
    'end',
    '',
  ].join('\n');
}
