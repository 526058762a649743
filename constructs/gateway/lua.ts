/** Text inside of Lua that Kong runs. */

/**
 * A Lua string. All but plain signs are written as numbers, so that no text ends the string and neither
 * decK nor Terraform finds a template in it.
 */
export function luaText(text: string): string {
  const bytes = [...Buffer.from(text, 'utf8')].map((byte) => {
    const sign = String.fromCharCode(byte);
    return /[A-Za-z0-9 .,:;/?=&_+*()@!~-]/.test(sign) ? sign : `\\${String(byte).padStart(3, '0')}`;
  });
  return `"${bytes.join('')}"`;
}

/** A Lua table with text keys; values are Lua already. */
export function luaTable(entries: readonly (readonly [key: string, value: string])[]): string {
  return entries.length === 0
    ? '{}'
    : `{ ${entries.map(([key, value]) => `[${luaText(key)}] = ${value}`).join(', ')} }`;
}
