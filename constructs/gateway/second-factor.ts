/** Lua of the guarded routes on the way out: what a program gets where a browser is led to its second factor. */
import { luaText } from './lua.js';

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
      '  local accept = kong.request.get_headers()["accept"]',
      '  if type(accept) == "table" then accept = table.concat(accept, ",") end',
      '  if session and accept and string.find(string.lower(accept), "text/html", 1, true) then return end',
      '  local text = texts[session]',
      '  kong.response.set_status(403)',
      '  kong.response.clear_header("Location")',
      '  kong.response.clear_header("Content-Encoding")',
      '  if session then kong.response.set_header("Required-AAL", "aal2") end',
      '  kong.response.set_header("Content-Type", "application/json; charset=utf-8")',
      '  kong.response.set_header("Content-Length", #text)',
      '  kong.ctx.plugin.portcullis_text = text',
      'end',
      '',
    ].join('\n'),
    body: [
      'return function()',
      '  local text = kong.ctx.plugin.portcullis_text',
      '  if text == nil then return end',
      '  ngx.arg[1] = text ~= "" and text or nil',
      '  kong.ctx.plugin.portcullis_text = ""',
      'end',
      '',
    ].join('\n'),
  };
}
