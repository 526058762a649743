/**
 * Sorts the nodes of a flow into forms.
 *
 * Kratos sends one list. Where groups share a visible field, such as the address that one logs in with,
 * they are one form. Everywhere else each group is a form of its own, so that a field which one way needs
 * doesn't stop another, and a button that isn't its group's main one, such as "remove this key", is a form
 * by itself, so that Enter in a field never presses it.
 */
import type { UiNode, UiNodeInputAttributes, UiNodeScriptAttributes } from '@ory/client-fetch';

/** Groups as a person meets them: the usual way first. */
const ORDER = [
  'profile',
  'identifier_first',
  'password',
  'totp',
  'lookup_secret',
  'webauthn',
  'passkey',
  'code',
  'link',
  'oidc',
];
/** Kratos' label of the button that goes on with what a provider has told. */
const CONTINUE_WITH_PROVIDER = 1040003;

/** Names of buttons that do what people came for; others remove, resend or go back. */
const MAIN = ['method', 'provider', 'lookup_secret_confirm'];

/** A node with the id that its field has in the page. */
export interface Placed {
  readonly node: UiNode;
  readonly id: string;
}

export interface Form {
  /** The group that it belongs to; `default` where several share it. */
  readonly group: string;
  readonly hidden: readonly UiNodeInputAttributes[];
  readonly fields: readonly Placed[];
  readonly buttons: readonly UiNode[];
}

export function inputOf(node: UiNode): UiNodeInputAttributes | undefined {
  return node.attributes.node_type === 'input' ? node.attributes : undefined;
}

/** Whether a node is a button that does what people came for. */
export function isMain(node: UiNode): boolean {
  const input = inputOf(node);
  return input?.type === 'button' || (isSubmit(node) && MAIN.includes(input?.name ?? ''));
}

/** The forms with what people came for first, each part in its order. */
export function mainFirst(forms: readonly Form[]): Form[] {
  const isAside = ({ fields, buttons }: Form): boolean => fields.length === 0 && !buttons.some(isMain);
  return [...forms.filter((form) => !isAside(form)), ...forms.filter(isAside)];
}

/** The scripts that the nodes ask for, each once. */
export function scriptsOf(nodes: readonly UiNode[]): UiNodeScriptAttributes[] {
  const found = new Map<string, UiNodeScriptAttributes>();
  for (const { attributes } of nodes) {
    if (attributes.node_type === 'script') found.set(attributes.src, attributes);
  }
  return [...found.values()];
}

/** The buttons that lead to a social provider, and all other nodes. */
export function splitSocial(nodes: readonly UiNode[]): {
  readonly social: readonly UiNode[];
  readonly rest: readonly UiNode[];
} {
  const isSocial = (node: UiNode): boolean =>
    node.group === 'oidc' &&
    inputOf(node)?.name === 'provider' &&
    isSubmit(node) &&
    node.meta.label?.id !== CONTINUE_WITH_PROVIDER;
  return { social: nodes.filter(isSocial), rest: nodes.filter((node) => !isSocial(node)) };
}

/** Sorts the nodes into forms. */
export function formsOf(nodes: readonly UiNode[]): Form[] {
  const drawn = nodes.filter(({ attributes }) => attributes.node_type !== 'script');
  const shared = drawn.filter(({ group }) => group === 'default');
  const groups = [...new Set(drawn.map(({ group }) => group as string))]
    .filter((group) => group !== 'default')
    .sort((a, b) => placeOf(a) - placeOf(b));
  const own = (group: string): UiNode[] => drawn.filter((node) => node.group === group);
  if (shared.some((node) => !isHidden(node)))
    return [formOf('default', [...shared, ...groups.flatMap(own)], 0)];
  const parts = groups.flatMap((group) =>
    apart(own(group)).map((part) => ({ group, nodes: [...shared, ...part] })),
  );
  return parts
    .map(({ group, nodes }, i) => formOf(group, nodes, i))
    .filter(({ fields, buttons }) => fields.length + buttons.length > 0);
}

/** A group's main form, and each of its other buttons with what it needs to know. */
function apart(nodes: readonly UiNode[]): UiNode[][] {
  const hasMain = nodes.some(
    (node) => (isSubmit(node) && inputOf(node)?.name === 'method') || inputOf(node)?.type === 'button',
  );
  const isOther = (node: UiNode): boolean => isSubmit(node) && inputOf(node)?.name !== 'method';
  const hasFields = nodes.some((node) => inputOf(node) !== undefined && !isHidden(node) && !isButton(node));
  if (hasFields && !hasMain) return [[...nodes]];
  const hidden = nodes.filter(isHidden);
  const others = nodes.filter(isOther).map((node) => [...hidden, node]);
  return [nodes.filter((node) => !isOther(node)), ...others];
}

function formOf(group: string, nodes: readonly UiNode[], at: number): Form {
  return {
    group,
    hidden: nodes.flatMap((node) => (isHidden(node) ? (inputOf(node) ?? []) : [])),
    fields: nodes
      .filter((node) => !isHidden(node) && !isButton(node))
      .map((node, i) => ({ node, id: `field-${at}-${i}` })),
    buttons: nodes.filter(isButton),
  };
}

function placeOf(group: string): number {
  const place = ORDER.indexOf(group);
  return place === -1 ? ORDER.length : place;
}

function isHidden(node: UiNode): boolean {
  return inputOf(node)?.type === 'hidden';
}

function isSubmit(node: UiNode): boolean {
  return inputOf(node)?.type === 'submit';
}

function isButton(node: UiNode): boolean {
  return isSubmit(node) || inputOf(node)?.type === 'button';
}
