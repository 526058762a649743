/** What a deployment would change, in lines for people and fields for programs; no value among them. */
import type { Components } from './components.js';
import type { Plan, PlannedChange } from './plan.js';
import type { OutsideSecret } from './variables.js';

/** One part of what is deployed, compared with what is declared. */
export interface Section {
  readonly name: string;
  /** What would hurt; shown before everything else. */
  readonly risks: readonly string[];
  /** How many things would change. */
  readonly changes: number;
  readonly lines: readonly string[];
  /** What can't be told, and why. */
  readonly notes: readonly string[];
  /** The same for programs. */
  readonly data: Readonly<Record<string, unknown>>;
}

const SIGNS = { create: '+', update: '~', delete: '-', replace: '-/+', forget: '.' } as const;
type Action = keyof typeof SIGNS;

/** Containers, networks, volumes, jobs and secrets. */
export function infrastructure(
  plan: Plan,
  components: Components,
  missing: readonly OutsideSecret[],
): Section {
  const told = plan.changes.filter(({ untold }) => !untold);
  const untold = [
    ...new Set(
      plan.changes
        .filter((change) => change.untold)
        .map(({ address, labels }) => components.nameOf(address, labels)),
    ),
  ].sort();
  return {
    name: 'infrastructure',
    risks: told.flatMap((change) => risksOf(change, components)),
    changes: told.length + plan.outputs.length,
    lines: [
      ...grouped(told.map((change) => line(change, components))),
      ...plan.outputs.map((output) => `${SIGNS[actionOf(output)]} output ${output.name}`).sort(),
    ],
    notes: [
      ...missing.map(
        ({ name, description }) =>
          `secret '${name}': not supplied${description === '' ? '' : ` (${description})`}`,
      ),
      ...(untold.length === 0
        ? []
        : [`can't be told without ${missing.length === 1 ? 'it' : 'them'}: ${untold.join(', ')}`]),
    ],
    data: {
      changes: told.map((change) => ({
        component: components.nameOf(change.address, change.labels),
        address: change.address,
        type: change.type,
        action: actionOf(change),
        attributes: change.attributes,
      })),
      outputs: plan.outputs.map((output) => ({ name: output.name, action: actionOf(output) })),
      notSupplied: missing,
      untold,
    },
  };
}

/** All sections, risks first. */
export function diffLines(sections: readonly Section[]): string[] {
  const parts = sections.flatMap(({ name, changes, lines, notes }) => [
    `${name}: ${changes === 0 ? 'no changes' : `${changes} change${changes === 1 ? '' : 's'}`}`,
    ...lines.map((text) => `  ${text}`),
    ...notes.map((text) => `  ? ${text}`),
  ]);
  return [...sections.flatMap(({ risks }) => risks.map((risk) => `risk: ${risk}`)), ...parts];
}

/** All sections as one value for programs. */
export function diffData(environment: string, sections: readonly Section[]): Record<string, unknown> {
  return {
    version: 1,
    environment,
    changes: changesOf(sections),
    risks: sections.flatMap(({ risks }) => risks),
    sections: sections.map(({ name, data }) => ({ name, ...data })),
  };
}

export function changesOf(sections: readonly Section[]): number {
  return sections.reduce((sum, { changes }) => sum + changes, 0);
}

function actionOf({ actions }: Pick<PlannedChange, 'actions'>): Action {
  if (actions.length > 1) return 'replace';
  return actions[0] === 'create' || actions[0] === 'delete' || actions[0] === 'forget'
    ? actions[0]
    : 'update';
}

function line(change: PlannedChange, components: Components): string {
  const { address, type, labels, attributes } = change;
  const what = `${SIGNS[actionOf(change)]} ${components.nameOf(address, labels)}: ${type}`;
  return attributes.length === 0 ? what : `${what} (${attributes.join(', ')})`;
}

/** Equal lines, such as those of replicas, as one with their number. */
function grouped(lines: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const text of lines) counts.set(text, (counts.get(text) ?? 0) + 1);
  const name = (text: string): string => text.slice(text.indexOf(' ') + 1);
  return [...counts]
    .sort(([a], [b]) => (name(a) < name(b) ? -1 : name(a) > name(b) ? 1 : 0))
    .map(([text, count]) => (count === 1 ? text : `${text} ×${count}`));
}

function risksOf(change: PlannedChange, components: Components): string[] {
  const action = actionOf(change);
  if (action !== 'delete' && action !== 'replace') return [];
  const name = components.nameOf(change.address, change.labels);
  const what = action === 'delete' ? 'removed' : 'replaced';
  return [
    ...(change.labels['dev.portcullis.data'] === 'true'
      ? [`data volume '${name}' would be ${what}, and its data lost; \`up\` refuses that`]
      : []),
    ...(change.published
      ? [
          action === 'delete'
            ? `published '${name}' would be removed; nothing answers at its port then`
            : `published '${name}' would be replaced; no request passes until the new one is ready`,
        ]
      : []),
    ...(change.holdsData
      ? [`server with data '${name}' would be ${what}; what needs it fails meanwhile`]
      : []),
  ];
}
