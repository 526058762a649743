/** JSON files that hold secrets among plain values. */
import { shortHash } from '../platform/names.js';
import { asJson, composed, Sealed } from '../secrets/sealed.js';

/** What such a file may hold. */
export type SealedJson =
  | string
  | number
  | boolean
  | Sealed
  | SealedText
  | readonly SealedJson[]
  | { readonly [key: string]: SealedJson };

/**
 * One JSON string of several parts, such as an address with a password in it.
 *
 * Its secrets must have no character that JSON escapes, as those of `urlEncoded` have none.
 */
export class SealedText {
  constructor(readonly parts: readonly (string | Sealed)[]) {}
}

/**
 * The file's content, on one line; members keep their order.
 *
 * A file is told apart by its label and its secrets' generations, so the plain values and the names of
 * the secrets are hashed into the label: changing them replaces what doesn't follow its files.
 */
export function sealedJson(label: string, value: SealedJson): Sealed {
  const parts = render(value);
  const plain = parts.map((part) => (part instanceof Sealed ? [part.label] : part));
  return composed(`${label}-${shortHash(plain)}`, parts);
}

function render(value: SealedJson): (string | Sealed)[] {
  if (value instanceof Sealed) return [asJson(value)];
  if (value instanceof SealedText) {
    return [
      '"',
      ...value.parts.map((part) => (part instanceof Sealed ? part : JSON.stringify(part).slice(1, -1))),
      '"',
    ];
  }
  if (typeof value !== 'object') return [JSON.stringify(value)];
  if (isList(value)) return ['[', ...between(value.map(render)), ']'];
  const members = Object.entries(value).map(([name, inner]) => [
    `${JSON.stringify(name)}:`,
    ...render(inner),
  ]);
  return ['{', ...between(members), '}'];
}

function between(members: readonly (readonly (string | Sealed)[])[]): (string | Sealed)[] {
  return members.flatMap((member, i) => (i === 0 ? member : [',', ...member]));
}

function isList(value: SealedJson): value is readonly SealedJson[] {
  return Array.isArray(value);
}
