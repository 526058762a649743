/** Buttons that lead to social providers: by way of the consent page until somebody has agreed there. */
import type { UiContainer, UiNode } from '@ory/client-fetch';
import type { VNode } from 'preact';
import { labelOf } from '../node-texts.js';
import { FormView } from '../nodes.js';
import { inputOf } from '../forms.js';
import type { View } from '../layout.js';

export interface SocialFlow {
  readonly kind: 'login' | 'registration';
  readonly id: string;
  readonly ui: UiContainer;
}

export function Social({
  view,
  flow,
  nodes,
  agreed,
  title,
}: {
  view: View;
  flow: SocialFlow;
  nodes: readonly UiNode[];
  /** Providers that this browser has agreed to. */
  agreed: readonly string[];
  title: string;
}): VNode | null {
  if (nodes.length === 0) return null;
  const hidden = flow.ui.nodes.flatMap((node) => {
    const input = inputOf(node);
    return node.group === 'default' && input?.type === 'hidden' ? [input] : [];
  });
  return (
    <section class="social" aria-labelledby="social">
      <h2 id="social">{title}</h2>
      {nodes.map((node) => {
        const provider = providerOf(node);
        return agreed.includes(provider) ? (
          <FormView
            key={provider}
            view={view}
            ui={flow.ui}
            form={{ group: 'oidc', hidden, fields: [], buttons: [node] }}
            quiet
          />
        ) : (
          <p key={provider}>
            <a class="button secondary" href={consentAddress(view, flow, provider)} rel="nofollow">
              {labelOf(view, node)}
            </a>
          </p>
        );
      })}
    </section>
  );
}

/** The id of the provider that a button leads to. */
export function providerOf(node: UiNode): string {
  const value: unknown = inputOf(node)?.value;
  return typeof value === 'string' ? value : '';
}

function consentAddress(view: View, { kind, id }: SocialFlow, provider: string): string {
  const query = new URLSearchParams({ kind, flow: id, provider });
  return `${view.site.accountPath}/consent?${query.toString()}`;
}
