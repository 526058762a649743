/** Lua that runs before everything else: forged headers go, and every request gets a sound id. */

/** Beginnings of header names that only the gateway or what stands behind it may set. */
const PREFIXES = ['x-consumer-', 'x-credential-', 'x-authenticated-', 'x-auth-request-'] as const;

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

/** As many as Kong hands out at once; a request with more could hide one. */
const MOST_HEADERS = 1000;
const LONGEST_ID = 128;

/**
 * Chunk for the `rewrite` phase, which Kong runs for the gateway's own plugins before it chooses a route.
 *
 * Names are compared with underscores read as dashes: many servers take both for the same header. A
 * request id from outside is kept when it is one plain word, since it ends in logs.
 */
export function hygieneChunk(requestIdHeader: string): string {
  const list = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ');
  const id = requestIdHeader.toLowerCase();
  return [
    `local prefixes = { ${list(PREFIXES)} }`,
    `local names = { ${NAMES.map((name) => `["${name}"] = true`).join(', ')} }`,
    'return function()',
    `  local headers, err = kong.request.get_headers(${MOST_HEADERS})`,
    '  if err then',
    '    return kong.response.exit(431, { message = "Too many headers" })',
    '  end',
    '  for name in pairs(headers) do',
    '    local plain = string.gsub(string.lower(name), "_", "-")',
    '    local forged = names[plain]',
    '    for i = 1, #prefixes do',
    '      forged = forged or string.sub(plain, 1, #prefixes[i]) == prefixes[i]',
    '    end',
    `    if forged or (plain == "${id}" and plain ~= name) then`,
    '      kong.service.request.clear_header(name)',
    '    end',
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
