/** What would change, or has changed, in Kong: in lines for people, without values. */
import type { DeckAction, DeckChange, DeckReport } from '../deck.js';
import type { Section } from './diff.js';

const SIGNS: Readonly<Record<DeckAction, string>> = { create: '+', update: '~', delete: '-' };
const FOUND: Readonly<Record<DeckAction, string>> = {
  create: 'is missing',
  update: 'was changed',
  delete: 'was added',
};
/** Plugins without which somebody or something passes that didn't before. */
const GUARDS: readonly string[] = [
  'acl',
  'bot-detection',
  'ip-restriction',
  'jwt',
  'key-auth',
  'oauth2',
  'pre-function',
  'rate-limiting',
  'request-size-limiting',
  'request-termination',
];

/** Routes, plugins and clients, as decK compares them with the running Kong. */
export function gatewaySection(report: DeckReport | undefined): Section {
  const changes = report?.changes ?? [];
  return {
    name: 'gateway',
    risks: changes.flatMap(riskOf),
    changes: changes.length,
    lines: changes.map((change) => {
      const fields = fieldsOf(change);
      return `${SIGNS[change.action]} ${change.kind} ${change.name}${fields.length === 0 ? '' : ` (${fields.join(', ')})`}`;
    }),
    notes: report === undefined ? ["Kong doesn't run, so its routes can't be compared"] : [],
    data: {
      compared: report !== undefined,
      changes: changes.map((change) => ({
        kind: change.kind,
        name: change.name,
        action: change.action,
        fields: fieldsOf(change),
      })),
    },
  };
}

/** One line per entity that somebody changed by hand. */
export function driftLines({ changes }: DeckReport): string[] {
  return changes.map(({ kind, name, action }) => `${kind} '${name}' ${FOUND[action]}`);
}

/** Names of the fields that differ; those of a plugin's configuration one level down. */
function fieldsOf({ action, before, after }: DeckChange): string[] {
  if (action !== 'update') return [];
  const [old, now] = [flat(before), flat(after)];
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter((field) => old.get(field) !== now.get(field))
    .filter((field) => !['created_at', 'updated_at', 'id', 'tags'].includes(field))
    .sort();
}

function flat(entity: unknown): Map<string, string> {
  if (entity === null || typeof entity !== 'object') return new Map();
  return new Map(
    Object.entries(entity).flatMap(([field, value]: [string, unknown]) =>
      field === 'config' && value !== null && typeof value === 'object'
        ? Object.entries(value).map(([name, inner]): [string, string] => [`config.${name}`, text(inner)])
        : [[field, text(value)] as [string, string]],
    ),
  );
}

function text(value: unknown): string {
  return value === undefined ? '' : JSON.stringify(value);
}

function riskOf({ kind, name, action }: DeckChange): string[] {
  if (action !== 'delete') return [];
  if (kind === 'route') return [`route '${name}' would be removed; its callers get 404`];
  if (kind === 'consumer') return [`client '${name}' would be removed; its credentials end`];
  const plugin = kind === 'plugin' ? GUARDS.find((guard) => name.startsWith(guard)) : undefined;
  return plugin === undefined ? [] : [`guard ${name} would be removed; more requests pass than before`];
}
