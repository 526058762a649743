/** Lua that keeps browsers on our own addresses: Kratos 1.3 reads some that browsers read differently. */
import { luaText } from '../gateway/lua.js';

/** What Kratos takes for the address that a browser is led back to. */
const NAMES = ['return_to', 'after_verification_return_to'] as const;
const MOST_ARGUMENTS = 1000;

/**
 * Chunk for `access`: an address to return to is a path here, or begins with one of ours and goes on as
 * an address does. To Kratos `http:\\elsewhere` has no host of its own and is therefore ours; to a browser
 * it is elsewhere.
 */
export function returnCheckChunk(allowed: readonly string[]): string {
  return [
    `local allowed = { ${allowed.map(luaText).join(', ')} }`,
    `local names = { ${NAMES.map(luaText).join(', ')} }`,
    'local function ours(value)',
    '  if type(value) ~= "string" or string.find(value, "[%c\\\\]") then return false end',
    '  if string.sub(value, 1, 1) == "/" then return string.sub(value, 2, 2) ~= "/" end',
    '  for i = 1, #allowed do',
    '    local rest = string.sub(value, #allowed[i] + 1)',
    '    if string.sub(value, 1, #allowed[i]) == allowed[i] and (rest == "" or string.find(rest, "^[/?#]")) then',
    '      return true',
    '    end',
    '  end',
    '  return false',
    'end',
    'return function()',
    `  local query, err = kong.request.get_query(${MOST_ARGUMENTS})`,
    '  local right = not err',
    '  for i = 1, #names do',
    '    local value = query[names[i]]',
    '    for _, one in ipairs(type(value) == "table" and value or { value }) do',
    '      right = right and (one == "" or ours(one))',
    '    end',
    '  end',
    '  if not right then',
    '    return kong.response.exit(400, { message = "Bad return address" })',
    '  end',
    'end',
    '',
  ].join('\n');
}
