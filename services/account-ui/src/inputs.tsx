/** Fields that people fill in, with what is to say of each. */
import type { UiNodeInputAttributes } from '@ory/client-fetch';
import { h, type LooseInputHTMLAttributes, type VNode } from 'preact';
import type { Placed } from './forms.js';
import type { View } from './layout.js';
import { labelOf, textOf, valueOf } from './node-texts.js';

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

export function Input({
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

function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}
