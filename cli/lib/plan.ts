/**
 * What a plan would change, told without a single value.
 *
 * Terraform's JSON holds every secret in clear, old and new. It is looked at here and nowhere else;
 * what leaves this file are addresses, actions, labels and names of attributes.
 */
import * as z from 'zod';
import { attributesOf, compare, many, type Attributes, type Difference } from './differences.js';
import { CommandError } from './output.js';
import { declarations, type Declared, type StackFile } from './stack.js';

const DATA_LABEL = 'dev.portcullis.data';
/** What a declaration says about the resource and not about the thing. */
const META = ['//', 'depends_on', 'lifecycle', 'provisioner', 'provider', 'connection', 'count', 'for_each'];
/** Reasons for which a resource is replaced although nothing about it changed. */
const OWN_REASONS = ['replace_because_tainted', 'replace_by_request'];

const change = z.object({
  actions: z.array(z.string()),
  // Left out where there is nothing to say, such as what an output that isn't known yet will be.
  before: z.unknown().optional(),
  after: z.unknown().optional(),
  after_unknown: z.unknown().optional(),
});
const shownPlan = z.object({
  resource_changes: z
    .array(z.object({ address: z.string(), type: z.string(), action_reason: z.string().optional(), change }))
    .default([]),
  output_changes: z.record(z.string(), change).default({}),
});
type Change = z.output<typeof change>;

export interface PlannedChange {
  readonly address: string;
  readonly type: string;
  readonly actions: readonly string[];
  /** Labels of a Docker resource as they are now. */
  readonly labels: Readonly<Record<string, string>>;
  /** Names of the attributes that change; empty for what comes or goes. */
  readonly attributes: readonly string[];
  /** Whether it holds a port of the host. */
  readonly published: boolean;
  /** Whether it has storage with data mounted. */
  readonly holdsData: boolean;
  /** Whether a secret that wasn't supplied is all that makes it look changed. */
  readonly untold: boolean;
}

export interface PlannedOutput {
  readonly name: string;
  readonly actions: readonly string[];
}

export interface Plan {
  readonly changes: readonly PlannedChange[];
  /** The outputs that change. */
  readonly outputs: readonly PlannedOutput[];
}

/** A resource or output that the plan changes, with what differs in each of its attributes. */
interface Candidate {
  readonly address: string;
  readonly type: string;
  readonly change: Change;
  readonly reason: string;
  readonly declared: Declared;
  readonly differences: ReadonlyMap<string, ReadonlySet<Difference>>;
}

/**
 * Reads the JSON of a saved plan.
 *
 * @param shown what `terraform show -json` says
 * @param stack that the plan was made for
 * @param placeholders values that stood for secrets which weren't supplied
 * @throws CommandError when it is no plan, without a word of it
 */
export function readPlan(shown: unknown, stack: StackFile, placeholders: ReadonlyMap<string, string>): Plan {
  const parsed = shownPlan.safeParse(shown);
  if (!parsed.success)
    throw new CommandError(
      'the plan must have the form that this version knows, got another',
      [],
      'use a Terraform version that `npx portcullis doctor` accepts',
    );
  const { resource_changes, output_changes } = parsed.data;
  const declared = declarations(stack);
  const dataVolumes = new Set(
    resource_changes
      .filter(({ type, change }) => type === 'docker_volume' && labelsOf(change)[DATA_LABEL] === 'true')
      .map(({ change }) => attributesOf(change.before ?? change.after).name),
  );
  const candidates = [
    ...resource_changes.map(({ address, type, action_reason = '', change }) =>
      candidate(address, type, action_reason, change, declared.get(address) ?? {}, placeholders),
    ),
    ...Object.entries(output_changes).map(([name, change]) =>
      candidate(name, 'output', '', inValue(change), { value: stack.output?.[name]?.value }, placeholders),
    ),
  ].filter(({ change: { actions } }) => actions.some((action) => !['no-op', 'read'].includes(action)));
  const untold = untoldAmong(candidates);
  return {
    changes: candidates
      .filter(({ type }) => type !== 'output')
      .map((one) => ({
        address: one.address,
        type: one.type,
        actions: one.change.actions,
        labels: labelsOf(one.change),
        attributes: comesOrGoes(one) ? [] : [...one.differences.keys()].sort(),
        published: many(attributesOf(one.change.before).ports).length > 0,
        holdsData: many(attributesOf(one.change.before).volumes).some((mount) =>
          dataVolumes.has(attributesOf(mount).volume_name),
        ),
        untold: untold.has(one),
      })),
    outputs: candidates
      .filter((one) => one.type === 'output' && !untold.has(one))
      .map(({ address, change: { actions } }) => ({ name: address, actions })),
  };
}

/** An output's change in the form of a resource's, with the output as its one attribute. */
function inValue({ actions, before, after, after_unknown }: Change): Change {
  const wrap = (value: unknown): unknown => ({ value });
  return { actions, before: wrap(before), after: wrap(after), after_unknown: wrap(after_unknown) };
}

function candidate(
  address: string,
  type: string,
  reason: string,
  change: Change,
  declared: Declared,
  placeholders: ReadonlyMap<string, string>,
): Candidate {
  const [before, after, unknown] = [change.before, change.after, change.after_unknown].map(attributesOf) as [
    Attributes,
    Attributes,
    Attributes,
  ];
  const ignored = [declared.lifecycle?.ignore_changes ?? []].flat();
  const differences = new Map<string, ReadonlySet<Difference>>();
  for (const name of new Set([before, after, unknown].flatMap((part) => Object.keys(part)))) {
    if (META.includes(name) || ignored.includes(name)) continue;
    const found = compare(before[name], after[name], unknown[name], [...placeholders.values()]);
    // Hashed or encoded, a placeholder can't be recognized, but the declaration says where it went in.
    if (found.has('known') && hides(declared[name], after[name], placeholders)) {
      found.delete('known');
      found.add('placeholder');
    }
    // What the provider makes up is unknown in every replacement and says nothing.
    if (!(name in declared)) found.delete('unknown');
    if (found.size > 0) differences.set(name, found);
  }
  return { address, type, change, reason, declared, differences };
}

/**
 * Those of which it can't be told whether they change: all that differs in them is a placeholder, or
 * what follows from another of them.
 */
function untoldAmong(candidates: readonly Candidate[]): ReadonlySet<Candidate> {
  const untold = new Set(candidates.filter((one) => !comesOrGoes(one) && !OWN_REASONS.includes(one.reason)));
  const told = (one: Candidate): boolean => {
    const causes: Candidate[] = [];
    let placeholder = false;
    for (const [name, found] of one.differences) {
      if (found.has('known')) return true;
      placeholder ||= found.has('placeholder');
      if (!found.has('unknown')) continue;
      const text = JSON.stringify([one.declared[name]]);
      const behind = candidates.filter(({ address }) => names(text, address));
      if (behind.length === 0) return true;
      causes.push(...behind);
    }
    const triggers = one.declared.lifecycle?.replace_triggered_by ?? [];
    causes.push(...candidates.filter(({ address }) => triggers.some((trigger) => names(trigger, address))));
    return causes.some((cause) => !untold.has(cause)) || (causes.length === 0 && !placeholder);
  };
  // Taking one out may tell others; a plan has no circles, so this ends with what placeholders alone explain.
  for (let found = true; found;) {
    found = false;
    for (const one of untold) {
      if (!told(one)) continue;
      untold.delete(one);
      found = true;
    }
  }
  return untold;
}

/** Whether a placeholder went into a value and can't be seen in it. */
function hides(declared: unknown, after: unknown, placeholders: ReadonlyMap<string, string>): boolean {
  const [expression, value] = [JSON.stringify([declared]), JSON.stringify([after])];
  return [...placeholders].some(
    ([name, placeholder]) => names(expression, `var.${name}`) && !value.includes(placeholder),
  );
}

/** Whether an expression names a resource or variable. */
function names(expression: string, address: string): boolean {
  return expression
    .split(address)
    .slice(1)
    .some((rest) => !/^[\w-]/.test(rest));
}

function comesOrGoes({ change: { actions } }: Candidate): boolean {
  return actions.length === 1 && actions[0] !== 'update';
}

function labelsOf({ before, after }: Change): Record<string, string> {
  return labelsIn(before ?? after);
}

/** Labels of a Docker resource, by their names. */
export function labelsIn(resource: unknown): Record<string, string> {
  const labels = many(attributesOf(resource).labels).map(attributesOf);
  return Object.fromEntries(labels.map(({ label, value }) => [String(label), String(value)]));
}
