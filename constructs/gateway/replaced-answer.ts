/** Lua that puts a text of ours in the place of an answer's body. */

/**
 * Lines for `header_filter`: the answer gets the text of the variable `text`, as this type.
 *
 * A length or an encoding of the former body would be wrong for it.
 */
export function replacingLines(contentType: string): string[] {
  return [
    '  kong.response.clear_header("Content-Encoding")',
    `  kong.response.set_header("Content-Type", "${contentType}; charset=utf-8")`,
    '  kong.response.set_header("Content-Length", #text)',
    '  kong.ctx.plugin.portcullis_text = text',
  ];
}

/** Chunk for `body_filter` of the same plugin: the text once, and nothing of what was there. */
export const REPLACED_BODY = [
  'return function()',
  '  local text = kong.ctx.plugin.portcullis_text',
  '  if text == nil then return end',
  '  ngx.arg[1] = text ~= "" and text or nil',
  '  kong.ctx.plugin.portcullis_text = ""',
  'end',
  '',
].join('\n');

/** Lines that leave in `browser` whether who asks is one: a program doesn't name HTML among what it takes. */
export const BROWSER_LINES = [
  '  local accept = kong.request.get_headers()["accept"] or ""',
  '  if type(accept) == "table" then accept = table.concat(accept, ",") end',
  '  local browser = string.find(string.lower(accept), "text/html", 1, true) ~= nil',
] as const;
