/** Every way in which JavaScript makes text of a value, for what must never become text. */
import { runInNewContext } from 'node:vm';

export const WAYS_INTO_TEXT = [
  '`${value}`',
  "'' + value",
  "value + ''",
  'String(value)',
  'value.toString()',
  "'a'.concat(value)",
  "[value].join('')",
  "['a', value].toString()",
  'JSON.stringify(value)',
  'JSON.stringify({ deep: [value] })',
  '({})[value]',
  "value < 'a'",
  'encodeURIComponent(value)',
  "'a'.replace('a', value)",
  'new Error(value)',
] as const;

/** Evaluates one of them; a text that comes out of it must not be shown to anybody. */
export function intoText(way: (typeof WAYS_INTO_TEXT)[number], value: object): void {
  runInNewContext(way, { value });
}
