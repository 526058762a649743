/** Lua that runs before everything else: forged headers go, and every request gets a sound id. */

import { luaTable } from './lua.js';

/** Beginnings of header names that only the gateway or what stands behind it may set. */
const PREFIXES = ['x-consumer-', 'x-credential-', 'x-authenticated-', 'x-auth-request-', 'x-gate-'] as const;

/** Header names that only the gateway or what stands behind it may set. */
const NAMES = [
  'x-anonymous-consumer',
  'x-forwarded-access-token',
  'x-forwarded-email',
  'x-forwarded-groups',
  'x-forwarded-preferred-username',
  'x-forwarded-uri',
  'x-forwarded-user',
  'x-original-uri',
  'x-original-url',
  'x-remote-user',
  'x-rewrite-url',
  'x-user',
  'x-user-id',
] as const;

/** The one header of a session that a program may send; with the identity system its like go. */
const SESSION_TOKEN = 'x-session-token';

/** As many as Kong hands to a plugin that doesn't ask for more; a request with more could hide one from it. */
const MOST_HEADERS = 100;
const LONGEST_ID = 128;

/** What the gateway has beyond plain proxying. */
export interface HygieneProps {
  /** Whether there is an identity system, which believes what stands in headers of a session. */
  readonly identity?: boolean;
  /** A listener that answers these paths alone. */
  readonly verification?: { readonly port: number; readonly paths: readonly string[] };
}

/**
 * Chunk for the `rewrite` phase, which Kong runs for the gateway's own plugins before it chooses a route.
 *
 * A name with an underscore goes, whatever it is: many servers take it for the one with dashes, so it
 * would pass by everything that removes or sets a header. A request id from outside is kept when it is
 * one plain word, since it ends in logs. Of `Connection` the words stay that are about the connection:
 * Kong takes away every other header that it names, also those that plugins have set.
 */
export function hygieneChunk(requestIdHeader: string, props: HygieneProps = {}): string {
  const list = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ');
  const id = requestIdHeader.toLowerCase();
  const { verification } = props;
  return [
    `local prefixes = { ${list([...PREFIXES, ...(props.identity === true ? ['x-session-'] : [])])} }`,
    `local names = { ${NAMES.map((name) => `["${name}"] = true`).join(', ')} }`,
    ...(verification === undefined
      ? []
      : [`local answered = ${luaTable(verification.paths.map((path) => [path, 'true']))}`]),
    // The database takes no other text: looking for it would end with 500.
    'local credentials = { "apikey", "authorization" }',
    'return function()',
    ...(verification === undefined
      ? []
      : [
          `  if ngx.var.server_port == "${verification.port}" then`,
          '    if answered[ngx.var.request_uri] then return end',
          '    return kong.response.exit(404, { message = "no Route matched with those values" })',
          '  end',
        ]),
    `  local headers, err = kong.request.get_headers(${MOST_HEADERS})`,
    '  if err then',
    '    return kong.response.exit(431, { message = "Too many headers" })',
    '  end',
    '  for name in pairs(headers) do',
    '    local plain = string.lower(name)',
    '    local forged = names[plain] or string.find(plain, "_", 1, true)',
    '    for i = 1, #prefixes do',
    '      forged = forged or string.sub(plain, 1, #prefixes[i]) == prefixes[i]',
    '    end',
    ...(props.identity === true ? [`    forged = forged and plain ~= "${SESSION_TOKEN}"`] : []),
    '    if forged then',
    '      kong.service.request.clear_header(name)',
    '    end',
    '  end',
    '  for i = 1, #credentials do',
    '    local value = headers[credentials[i]]',
    '    if type(value) == "string" and string.find(value, "[^\\32-\\126]") then',
    '      return kong.response.exit(400, { message = "Bad credential" })',
    '    end',
    '  end',
    '  local connection = headers["connection"]',
    '  if connection then',
    '    if type(connection) == "table" then connection = table.concat(connection, ",") end',
    '    local kept = {}',
    '    for word in string.gmatch(string.lower(connection), "[^,%s]+") do',
    '      if word == "close" or word == "keep-alive" or word == "upgrade" then kept[#kept + 1] = word end',
    '    end',
    '    local plain = table.concat(kept, ", ")',
    '    if plain ~= connection then kong.service.request.set_header("Connection", plain) end',
    '  end',
    `  local id = headers["${id}"]`,
    `  if type(id) ~= "string" or #id > ${LONGEST_ID} or not string.match(id, "^[%w._-]+$") then`,
    '    id = ngx.var.request_id',
    '    id = string.sub(id, 1, 8) .. "-" .. string.sub(id, 9, 12) .. "-" .. string.sub(id, 13, 16)',
    '      .. "-" .. string.sub(id, 17, 20) .. "-" .. string.sub(id, 21)',
    `    kong.service.request.set_header("${requestIdHeader}", id)`,
    '  end',
    'end',
    '',
  ].join('\n');
}
