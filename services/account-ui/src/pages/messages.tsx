/** What a flow has to say as a whole, and a list of the fields that aren't right yet. */
import type { UiContainer } from '@ory/client-fetch';
import type { VNode } from 'preact';
import type { Form } from '../forms.js';
import type { View } from '../layout.js';
import { labelOf, textOf } from '../node-texts.js';

export function Messages({
  view,
  ui,
  forms,
}: {
  view: View;
  ui: UiContainer;
  forms: readonly Form[];
}): VNode {
  const all = ui.messages ?? [];
  const wrong = all.filter(({ type }) => type === 'error');
  const right = all.filter(({ type }) => type !== 'error');
  const fields = forms
    .flatMap(({ fields }) => fields)
    .filter(({ node }) => node.messages.some(({ type }) => type === 'error'));
  return (
    <>
      {wrong.length + fields.length === 0 ? null : (
        <div class="notice wrong" role="alert">
          {wrong.map((message) => (
            <p key={message.id}>{textOf(view, message)}</p>
          ))}
          {fields.length === 0 ? null : (
            <>
              <p>{view.words.common.mistakes}</p>
              <ul>
                {fields.map(({ node, id }) => (
                  <li key={id}>
                    <a href={`#${id}`}>{labelOf(view, node)}</a>
                  </li>
                ))}
              </ul>
            </>
          )}
        </div>
      )}
      {right.length === 0 ? null : (
        <div class="notice" role="status">
          {right.map((message) => (
            <p key={message.id}>{textOf(view, message)}</p>
          ))}
        </div>
      )}
    </>
  );
}
