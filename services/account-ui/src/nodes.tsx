/** Turns the nodes of a flow into markup. Whatever Kratos repeats of what somebody typed is text here. */
import type {
  UiContainer,
  UiNode,
  UiNodeInputAttributes,
  UiNodeTextAttributes,
  UiText,
} from '@ory/client-fetch';
import type { VNode } from 'preact';
import { kratosPathOf, ownPath } from './addresses.js';
import { inputOf, isMain, type Form, type Placed } from './forms.js';
import { member } from './kratos.js';
import type { View } from './layout.js';
import { Input } from './inputs.js';
import { labelOf, textOf, valueOf } from './node-texts.js';

/** A form of a flow. `quiet` has no main button. */
export function FormView({
  view,
  ui,
  form,
  quiet = false,
}: {
  view: View;
  ui: UiContainer;
  form: Form;
  quiet?: boolean;
}): VNode {
  const triggers = form.buttons.some((node) => inputOf(node)?.type === 'button');
  const fields = form.fields.map((placed) => <Field key={placed.id} view={view} placed={placed} />);
  // A flow that is over has nothing to send, only a link; its form would lead away from Kratos.
  if (form.buttons.length === 0) return <>{fields}</>;
  return (
    <form method={ui.method === 'GET' ? 'get' : 'post'} action={kratosPathOf(view.site, ui.action)}>
      {form.hidden.map((input, i) => (
        <Hidden key={i} input={input} />
      ))}
      {fields}
      {triggers ? (
        <>
          <noscript>
            <p class="hint">{view.words.common.needsScript}</p>
          </noscript>
          <p class="hint" data-unsupported hidden>
            {view.words.common.noKeys}
          </p>
        </>
      ) : null}
      {form.buttons.map((node, i) => (
        <Button key={i} view={view} node={node} first={i === 0} quiet={quiet} />
      ))}
    </form>
  );
}

function Hidden({ input }: { input: UiNodeInputAttributes }): VNode {
  return (
    <input
      type="hidden"
      name={input.name}
      {...valueOf(input)}
      {...(input.onloadTrigger === undefined ? {} : { 'data-load-trigger': input.onloadTrigger })}
    />
  );
}

/** A button that isn't the first of its form sends what is there: its own way may not need the fields. */
function Button({
  view,
  node,
  first,
  quiet,
}: {
  view: View;
  node: UiNode;
  first: boolean;
  quiet: boolean;
}): VNode | null {
  const input = inputOf(node);
  if (input === undefined) return null;
  const sends = input.type !== 'button';
  return (
    <button
      type={sends ? 'submit' : 'button'}
      name={input.name}
      {...valueOf(input)}
      class={first && !quiet && isMain(node) ? 'primary' : 'secondary'}
      disabled={input.disabled}
      formNoValidate={sends && !first}
      // Without a script it would do nothing; the script shows it.
      hidden={!sends}
      {...(input.onclickTrigger === undefined ? {} : { 'data-trigger': input.onclickTrigger })}
      {...(input.onloadTrigger === undefined ? {} : { 'data-load-trigger': input.onloadTrigger })}
    >
      {labelOf(view, node)}
    </button>
  );
}

function Field({ view, placed }: { view: View; placed: Placed }): VNode | null {
  const { node, id } = placed;
  const { attributes } = node;
  switch (attributes.node_type) {
    case 'input':
      return <Input view={view} placed={placed} input={attributes} />;
    case 'text':
      return <Text view={view} node={node} attributes={attributes} />;
    case 'img':
      return (
        <p class="picture">
          <img
            id={attributes.id}
            src={
              ownPath(view.site, attributes.src) ?? (isPicture(attributes.src) ? attributes.src : 'data:,')
            }
            alt={labelOf(view, node)}
            width={attributes.width}
            height={attributes.height}
          />
        </p>
      );
    case 'a': {
      const href = ownPath(view.site, attributes.href);
      const title = textOf(view, attributes.title);
      return (
        <p>
          {href === undefined ? (
            title
          ) : (
            <a id={attributes.id} class="button primary" href={href}>
              {title}
            </a>
          )}
        </p>
      );
    }
    case 'div':
    case 'script':
      return null;
    default:
      // A kind of node that a later Kratos has made up: at least what it is called.
      return <p id={id}>{labelOf(view, node)}</p>;
  }
}

function Text({
  view,
  node,
  attributes,
}: {
  view: View;
  node: UiNode;
  attributes: UiNodeTextAttributes;
}): VNode {
  const label = node.meta.label === undefined ? null : <p>{textOf(view, node.meta.label)}</p>;
  const codes = member(attributes.text.context, 'secrets');
  if (Array.isArray(codes)) {
    return (
      <div class="printable">
        {label}
        <ul id={attributes.id} class="codes">
          {(codes as UiText[]).map((code, i) => (
            <li key={i}>
              <code>{secretOf(code) ?? textOf(view, code)}</code>
            </li>
          ))}
        </ul>
        <p class="hint">{view.words.settings.lookupKeep}</p>
        <button type="button" class="secondary" data-print hidden>
          {view.words.settings.print}
        </button>
      </div>
    );
  }
  const secret = secretOf(attributes.text);
  return (
    <div>
      {label}
      {secret === undefined ? (
        <p id={attributes.id}>{textOf(view, attributes.text)}</p>
      ) : (
        <p>
          <code id={attributes.id} class="secret">
            {secret}
          </code>
        </p>
      )}
    </div>
  );
}

function secretOf(message: UiText): string | undefined {
  const secret = member(message.context, 'secret');
  return typeof secret === 'string' ? secret : undefined;
}

/** A picture that stands in the page itself, such as a QR code. */
function isPicture(address: string): boolean {
  return address.startsWith('data:image/png;') || address.startsWith('data:image/svg+xml;');
}
