import { UiNodeFromJSON, type UiNode } from '@ory/client-fetch';
import { describe, expect, test } from 'vitest';
import {
  formsOf,
  mainFirst,
  scriptsOf,
  splitSocial,
  type Form,
} from '../../../services/account-ui/src/forms.js';
import {
  codeNodes,
  credentialNodes,
  csrf,
  input,
  loginNodes,
  message,
  missingTraitNodes,
  registrationNodes,
  script,
  secondFactorNodes,
  settingsNodes,
  submit,
  type Node,
} from './flow-objects.js';

const read = (nodes: readonly Node[]): UiNode[] => nodes.map((node) => UiNodeFromJSON(node));
const nameOf = (node: UiNode): string => {
  const { attributes } = node;
  if (attributes.node_type === 'input') return attributes.name;
  return attributes.node_type === 'text' || attributes.node_type === 'img' ? attributes.id : node.type;
};

/** A form as `group: fields | buttons | hidden`. */
function brief({ group, fields, buttons, hidden }: Form): string {
  const names = [fields.map(({ node }) => nameOf(node)), buttons.map(nameOf), hidden.map(({ name }) => name)];
  return `${group}: ${names.map((list) => list.join(' ')).join(' | ')}`;
}
const briefly = (nodes: readonly Node[]): string[] => formsOf(splitSocial(read(nodes)).rest).map(brief);

describe('formsOf', () => {
  test('ways that share a visible field are one form, whose first button is that of the password', () => {
    expect(briefly(loginNodes())).toEqual([
      'default: identifier password | method passkey_login_trigger | csrf_token passkey_login passkey_challenge',
    ]);
    expect(briefly(registrationNodes())).toEqual(['default: traits.email traits.news | method | csrf_token']);
  });

  test('ways that share nothing are forms of their own, each with the token', () => {
    expect(briefly(secondFactorNodes())).toEqual([
      'totp: totp_code | method | csrf_token',
      'lookup_secret: lookup_secret | method | csrf_token',
    ]);
  });

  test('what was given in the step before goes on with each way', () => {
    expect(briefly(credentialNodes())).toEqual([
      'profile:  | screen | traits.email traits.name csrf_token',
      'password: password | method | traits.email traits.name csrf_token',
    ]);
    expect(mainFirst(formsOf(read(credentialNodes()))).map(({ group }) => group)).toEqual([
      'password',
      'profile',
    ]);
  });

  test('Enter never presses a button that removes, resends or goes back', () => {
    expect(briefly(codeNodes())).toEqual([
      'code: code | method | csrf_token method',
      'code:  | email | csrf_token method',
    ]);
    expect(briefly(settingsNodes())).toEqual([
      'profile: traits.name | method | csrf_token',
      'totp: totp_qr totp_secret_key totp_code | method | csrf_token',
      'lookup_secret: lookup_secret_codes |  | csrf_token',
      'lookup_secret:  | lookup_secret_confirm | csrf_token',
      'webauthn: webauthn_register_displayname | webauthn_register_trigger | csrf_token webauthn_register',
      'webauthn:  | webauthn_remove | csrf_token webauthn_register',
      'oidc:  | unlink | csrf_token',
    ]);
  });

  test('what a provider did not tell is asked with the button that goes on', () => {
    expect(briefly(missingTraitNodes())).toEqual(['oidc: traits.email | provider | csrf_token']);
  });

  test('groups that nobody knows come last, and a token alone is no form', () => {
    const strange = submit('retina', 'method', 'retina', message(1, 'Look here'));
    expect(
      briefly([csrf(), strange, ...secondFactorNodes().slice(1)]).map((text) => text.split(':')[0]),
    ).toEqual(['totp', 'lookup_secret', 'retina']);
    expect(briefly([csrf()])).toEqual([]);
    expect(briefly([])).toEqual([]);
  });

  test('every field has an id of its own', () => {
    const ids = formsOf(read(settingsNodes())).flatMap(({ fields }) => fields.map(({ id }) => id));
    expect(new Set(ids).size).toBe(ids.length);
  });
});

test('providers are told from other nodes, but for the one to go on with', () => {
  const names = ({ social }: ReturnType<typeof splitSocial>): string[] => social.map(nameOf);
  expect(names(splitSocial(read(loginNodes())))).toEqual(['provider']);
  expect(names(splitSocial(read(missingTraitNodes())))).toEqual([]);
  expect(names(splitSocial(read([input('oidc', { name: 'provider', type: 'text' })])))).toEqual([]);
});

test('a script is asked for once', () => {
  expect(scriptsOf(read([script(), csrf(), script()])).map(({ integrity }) => integrity)).toEqual([
    'sha512-abc',
  ]);
});
