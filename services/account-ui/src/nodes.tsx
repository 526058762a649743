/** Turns the nodes of a flow into markup. Whatever Kratos repeats of what somebody typed is text here. */
import type {
  UiNode,
  UiNodeInputAttributes,
  UiNodeTextAttributes,
  UiText,
  UiContainer,
} from '@ory/client-fetch';
import { h, type LooseInputHTMLAttributes, type VNode } from 'preact';
import { kratosPathOf, ownPath } from './addresses.js';
import { inputOf, type Form, type Placed } from './forms.js';
import { member } from './kratos.js';
import type { View } from './layout.js';
import { messageText } from './words/kratos.js';

/** Input types that browsers know; another one becomes a text field. */
const TYPES = ['text', 'password', 'number', 'email', 'tel', 'datetime-local', 'date', 'url'] as const;
/** What browsers may fill in, for fields that Kratos says nothing of. */
const AUTOCOMPLETE: Readonly<Record<string, string>> = {
  identifier: 'username',
  totp_code: 'one-time-code',
  code: 'one-time-code',
  lookup_secret: 'off',
  email: 'email',
  'traits.name': 'name',
  'traits.name.first': 'given-name',
  'traits.name.last': 'family-name',
};
const DIGITS = ['totp_code', 'code'];
/** Phones would begin them with a capital and mend their spelling. */
const LETTERS_AS_TYPED = ['identifier', 'traits.email', 'email', 'lookup_secret'];

/** The text of a message in the view's language. */
export function textOf(view: View, message: UiText): string {
  const { id, text, context } = message;
  return messageText(view.language, { id, text, ...(context === undefined ? {} : { context }) });
}

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
  return (
    <form method={ui.method === 'GET' ? 'get' : 'post'} action={kratosPathOf(view.site, ui.action)}>
      {form.hidden.map((input, i) => (
        <Hidden key={i} input={input} />
      ))}
      {form.fields.map((placed) => (
        <Field key={placed.id} view={view} placed={placed} />
      ))}
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
        <Button key={i} view={view} node={node} main={i === 0 && !quiet} />
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
function Button({ view, node, main }: { view: View; node: UiNode; main: boolean }): VNode | null {
  const input = inputOf(node);
  if (input === undefined) return null;
  const label = labelOf(view, node);
  return (
    <button
      type={input.type === 'button' ? 'button' : 'submit'}
      name={input.name}
      {...valueOf(input)}
      class={main ? 'primary' : 'secondary'}
      disabled={input.disabled}
      formNoValidate={!main && input.type === 'submit'}
      {...(input.onclickTrigger === undefined ? {} : { 'data-trigger': input.onclickTrigger })}
      {...(input.onloadTrigger === undefined ? {} : { 'data-load-trigger': input.onloadTrigger })}
    >
      {label}
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
        <p id={id}>
          {href === undefined ? (
            title
          ) : (
            <a class="button primary" href={href}>
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

function Input({
  view,
  placed: { node, id },
  input,
}: {
  view: View;
  placed: Placed;
  input: UiNodeInputAttributes;
}): VNode {
  const notes = node.messages.map((message, i) => ({
    id: `${id}-note-${i}`,
    wrong: message.type === 'error',
    text: textOf(view, message),
  }));
  const described = {
    ...(notes.length === 0 ? {} : { 'aria-describedby': notes.map((note) => note.id).join(' ') }),
    ...(notes.some(({ wrong }) => wrong) ? { 'aria-invalid': 'true' as const } : {}),
  };
  const below = notes.map((note) => (
    <p key={note.id} id={note.id} class={note.wrong ? 'wrong' : 'hint'}>
      {note.text}
    </p>
  ));
  const common = { id, name: input.name, disabled: input.disabled };
  const required = input.required === true;
  if (input.type === 'checkbox') {
    return (
      <div class="field">
        {/* Browsers don't send a box that isn't ticked; Kratos takes the last of both values. */}
        <input type="hidden" name={input.name} value="false" />
        <label class="tick">
          <input {...common} {...described} type="checkbox" value="true" checked={isTrue(input.value)} />
          <span>{labelOf(view, node)}</span>
        </label>
        {below}
      </div>
    );
  }
  const autocomplete = input.autocomplete ?? AUTOCOMPLETE[input.name];
  return (
    <div class="field">
      <label for={id}>
        {labelOf(view, node)}
        {required ? <span class="hint">{` (${view.words.common.required})`}</span> : null}
      </label>
      {input.options === undefined || input.options.length === 0 ? (
        <TextInput
          attributes={{
            ...common,
            ...described,
            required,
            type: TYPES.find((type) => type === input.type) ?? 'text',
            ...(input.type === 'password' ? {} : valueOf(input)),
            ...(autocomplete === undefined ? {} : { autocomplete }),
            ...(input.pattern === undefined ? {} : { pattern: input.pattern }),
            ...(input.maxlength === undefined ? {} : { maxLength: input.maxlength }),
            ...(LETTERS_AS_TYPED.includes(input.name) ? { autocapitalize: 'none', spellcheck: false } : {}),
            ...(DIGITS.includes(input.name) ? { inputMode: 'numeric' } : {}),
          }}
        />
      ) : (
        <select {...common} {...described} required={required}>
          {input.options.map((option) => (
            <option
              key={String(option.value)}
              value={String(option.value)}
              selected={option.value === input.value}
            >
              {String(option.value)}
            </option>
          ))}
        </select>
      )}
      {below}
    </div>
  );
}

/** An input whose type is known at run time alone; JSX wants it written down. */
function TextInput({ attributes }: { attributes: LooseInputHTMLAttributes }): VNode<object> {
  return h<LooseInputHTMLAttributes, HTMLInputElement>('input', attributes);
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
        <ul class="codes">
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
        <p>{textOf(view, attributes.text)}</p>
      ) : (
        <p>
          <code class="secret">{secret}</code>
        </p>
      )}
    </div>
  );
}

function secretOf(message: UiText): string | undefined {
  const secret = member(message.context, 'secret');
  return typeof secret === 'string' ? secret : undefined;
}

/** What a node is called; its name where Kratos has no label. */
export function labelOf(view: View, node: UiNode): string {
  const input = inputOf(node);
  const label = node.meta.label ?? input?.label;
  return label === undefined ? (input?.name ?? '') : textOf(view, label);
}

function valueOf(input: UiNodeInputAttributes): { value?: string } {
  const { value } = input as { readonly value?: unknown };
  if (typeof value === 'string') return { value };
  return typeof value === 'number' || typeof value === 'boolean' ? { value: String(value) } : {};
}

function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}

/** A picture that stands in the page itself, such as a QR code. */
function isPicture(address: string): boolean {
  return address.startsWith('data:image/png;') || address.startsWith('data:image/svg+xml;');
}
