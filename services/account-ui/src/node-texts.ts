/** What a node is called and what it holds, as texts. */
import type { UiNode, UiNodeInputAttributes, UiText } from '@ory/client-fetch';
import { inputOf } from './forms.js';
import type { View } from './layout.js';
import { messageText } from './words/kratos.js';

/** The text of a message in the view's language. */
export function textOf(view: View, message: UiText): string {
  const { id, text, context } = message;
  return messageText(view.language, { id, text, ...(context === undefined ? {} : { context }) });
}

/** What a node is called; its name where Kratos has no label. */
export function labelOf(view: View, node: UiNode): string {
  const input = inputOf(node);
  const label = node.meta.label ?? input?.label;
  return label === undefined ? (input?.name ?? '') : textOf(view, label);
}

/** An attribute with the value that a field or button has, if it has one. */
export function valueOf(input: UiNodeInputAttributes): { value?: string } {
  const { value } = input as { readonly value?: unknown };
  if (typeof value === 'string') return { value };
  return typeof value === 'number' || typeof value === 'boolean' ? { value: String(value) } : {};
}
