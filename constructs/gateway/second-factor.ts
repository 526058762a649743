/** Lua of the guarded routes on the way out: what a program gets where a browser is led to its second factor. */
import { luaText } from './lua.js';
import { BROWSER_LINES, REPLACED_BODY, replacingLines } from './replaced-answer.js';

const SECOND_FACTOR = '{"message":"A second factor is needed"}';
const FORBIDDEN = '{"message":"Forbidden"}';

/**
 * Chunks for `header_filter` and `body_filter` on routes that may ask for a second factor.
 *
 * The identity system redirects everybody then. A program gets 403 instead, with a header that says why;
 * whoever showed no session gets 403 without it, since then somebody else wasn't there to be asked. Every
 * other answer passes as it is.
 */
export function secondFactorChunks(loginUrl: string): { readonly header: string; readonly body: string } {
  return {
    header: [
      `local address = ${luaText(`${loginUrl}?aal=aal2&return_to=`)}`,
      `local texts = { [true] = ${luaText(SECOND_FACTOR)}, [false] = ${luaText(FORBIDDEN)} }`,
      'return function()',
      '  if kong.response.get_status() ~= 302 then return end',
      '  local location = kong.response.get_header("location")',
      '  if not location or string.sub(location, 1, #address) ~= address then return end',
      '  if kong.response.get_source() ~= "service" then return end',
      '  local session = kong.ctx.shared.portcullis_session == true',
      ...BROWSER_LINES,
      '  if session and browser then return end',
      '  local text = texts[session]',
      '  kong.response.set_status(403)',
      '  kong.response.clear_header("Location")',
      '  if session then kong.response.set_header("Required-AAL", "aal2") end',
      ...replacingLines('application/json'),
      'end',
      '',
    ].join('\n'),
    body: REPLACED_BODY,
  };
}
