/** Flows as Kratos 1.3.1 writes them, cut to what differs; each function gives a fresh one. */
import type { Reply } from './kratos-stand-in.js';

export const FLOW = 'fa4e916c-9bcc-4e14-9012-aa3a1c1a64d1';
export const SESSION = '12dd22b1-f4f2-420d-9918-b56f43d6b2ac';
export const OTHER_SESSION = '58053f41-1f2e-40b3-9c8d-666af1881c46';
const KRATOS = 'http://localhost:8000/.ory/kratos';

type Members = Readonly<Record<string, unknown>>;
export interface Node {
  readonly type: string;
  readonly group: string;
  readonly attributes: Members;
  readonly messages: readonly Members[];
  readonly meta: Members;
}

export function message(id: number, text: string, type = 'info', context: Members = {}): Members {
  return { id, text, type, context };
}

export function input(
  group: string,
  attributes: Members,
  label?: Members,
  messages: readonly Members[] = [],
): Node {
  return {
    type: 'input',
    group,
    attributes: { disabled: false, node_type: 'input', ...attributes },
    messages,
    meta: label === undefined ? {} : { label },
  };
}

export const csrf = (): Node =>
  input('default', { name: 'csrf_token', type: 'hidden', value: 'csrf+/=', required: true });
export const submit = (group: string, name: string, value: string, label: Members): Node =>
  input(group, { name, type: 'submit', value }, label);
export const title = (text: string): Members => message(1070002, text, 'info', { title: text });

export const script = (): Node => ({
  type: 'script',
  group: 'webauthn',
  attributes: {
    src: `${KRATOS}/.well-known/ory/webauthn.js`,
    async: true,
    integrity: 'sha512-abc',
    referrerpolicy: 'no-referrer',
    crossorigin: 'anonymous',
    type: 'text/javascript',
    id: 'webauthn_script',
    nonce: 'n',
    node_type: 'script',
  },
  messages: [],
  meta: {},
});

export function flow(kind: string, nodes: readonly Node[], change: Members = {}): Members {
  const { messages = [], ...rest } = change;
  return {
    id: FLOW,
    type: 'browser',
    expires_at: '2031-01-01T00:00:00Z',
    issued_at: '2030-01-01T00:00:00Z',
    request_url: `${KRATOS}/self-service/${kind}/browser`,
    state: 'choose_method',
    ui: { action: `${KRATOS}/self-service/${kind}?flow=${FLOW}`, method: 'POST', nodes, messages },
    ...rest,
  };
}

export const good = (body: unknown): Reply => ({ status: 200, body });

export function loginNodes(typed = ''): Node[] {
  return [
    submit('oidc', 'provider', 'acme', message(1010002, 'Sign in with Acme', 'info', { provider: 'Acme' })),
    csrf(),
    input(
      'default',
      { name: 'identifier', type: 'text', value: typed, required: true, autocomplete: 'username webauthn' },
      title('E-Mail'),
    ),
    script(),
    input(
      'passkey',
      {
        name: 'passkey_login_trigger',
        type: 'button',
        value: '',
        onclick: 'window.oryPasskeyLogin()',
        onclickTrigger: 'oryPasskeyLogin',
        onload: 'window.oryPasskeyLoginAutocompleteInit()',
        onloadTrigger: 'oryPasskeyLoginAutocompleteInit',
      },
      message(1010021, 'Sign in with passkey'),
    ),
    input('passkey', {
      name: 'passkey_login',
      type: 'hidden',
      onloadTrigger: 'oryPasskeyLoginAutocompleteInit',
    }),
    input('passkey', { name: 'passkey_challenge', type: 'hidden', value: '{"publicKey":{}}' }),
    input(
      'password',
      { name: 'password', type: 'password', required: true, autocomplete: 'current-password' },
      message(1070001, 'Password'),
    ),
    submit('password', 'method', 'password', message(1010022, 'Sign in with password')),
  ];
}

export function secondFactorNodes(): Node[] {
  return [
    csrf(),
    input(
      'totp',
      { name: 'totp_code', type: 'text', value: '', required: true },
      message(1010006, 'Authentication code'),
    ),
    submit('totp', 'method', 'totp', message(1010009, 'Use Authenticator')),
    input(
      'lookup_secret',
      { name: 'lookup_secret', type: 'text', value: '', required: true },
      message(1010007, 'Backup recovery code'),
    ),
    submit('lookup_secret', 'method', 'lookup_secret', message(1010010, 'Use backup recovery code')),
  ];
}

export function registrationNodes(typed = ''): Node[] {
  return [
    submit('oidc', 'provider', 'acme', message(1040002, 'Sign up with Acme', 'info', { provider: 'Acme' })),
    input(
      'default',
      { name: 'traits.email', type: 'email', value: typed, required: true, autocomplete: 'email' },
      title('E-Mail'),
      typed === '' ? [] : [message(4000001, `"${typed}" is not valid "email"`, 'error', { reason: typed })],
    ),
    input('default', { name: 'traits.news', type: 'checkbox', value: true }, title('News')),
    csrf(),
    submit('profile', 'method', 'profile', message(1040001, 'Sign up')),
  ];
}

/** The second step of a registration, after an address and a name. */
export function credentialNodes(typed = 'Ada'): Node[] {
  return [
    input('default', { name: 'traits.email', type: 'hidden', value: 'ada@example.com' }),
    input('default', { name: 'traits.name', type: 'hidden', value: typed }),
    csrf(),
    input(
      'password',
      { name: 'password', type: 'password', required: true, autocomplete: 'new-password' },
      message(1070001, 'Password'),
      [message(4000032, 'The password must be at least 8 characters long, but got 5.', 'error')],
    ),
    submit('password', 'method', 'password', message(1040001, 'Sign up')),
    submit('profile', 'screen', 'previous', message(1040008, 'Back')),
  ];
}

/** What Kratos asks for when a provider has told too little. */
export function missingTraitNodes(typed = ''): Node[] {
  return [
    csrf(),
    submit('oidc', 'provider', 'acme', message(1040003, 'Continue')),
    input('oidc', { name: 'traits.email', type: 'email', value: typed, required: true }, title('E-Mail')),
  ];
}

/** Recovery or verification, after the mail was sent. */
export function codeNodes(): Node[] {
  return [
    csrf(),
    input('code', { name: 'code', type: 'text', required: true, maxlength: 6 }, message(1070010, 'Code')),
    input('code', { name: 'method', type: 'hidden', value: 'code' }),
    submit('code', 'email', 'ada@example.com', message(1070008, 'Resend code')),
    submit('code', 'method', 'code', message(1070009, 'Continue')),
  ];
}

export function settingsNodes(typed = 'Ada'): Node[] {
  return [
    csrf(),
    input('profile', { name: 'traits.name', type: 'text', value: typed }, title('Name')),
    submit('profile', 'method', 'profile', message(1070003, 'Save')),
    {
      type: 'img',
      group: 'totp',
      attributes: {
        src: 'data:image/png;base64,iVBORw0KGgo=',
        id: 'totp_qr',
        width: 256,
        height: 256,
        node_type: 'img',
      },
      messages: [],
      meta: { label: message(1050005, 'Authenticator app QR code') },
    },
    {
      type: 'text',
      group: 'totp',
      attributes: {
        text: message(1050006, 'O3MGQVPQ', 'info', { secret: 'O3MGQVPQ' }),
        id: 'totp_secret_key',
        node_type: 'text',
      },
      messages: [],
      meta: { label: message(1050017, 'This is your authenticator app secret.') },
    },
    input('totp', { name: 'totp_code', type: 'text', required: true }, message(1070006, 'Verify code')),
    submit('totp', 'method', 'totp', message(1070003, 'Save')),
    {
      type: 'text',
      group: 'lookup_secret',
      attributes: {
        text: message(1050015, 'used, e1zssqgg', 'info', {
          secrets: [
            message(1050014, 'Secret was used at 2026-11-22 17:54:48 +0000 UTC', 'info', {
              used_at: '2026-11-22T17:54:48Z',
              used_at_unix: 1795370088,
            }),
            message(1050009, 'e1zssqgg', 'info', { secret: 'e1zssqgg' }),
          ],
        }),
        id: 'lookup_secret_codes',
        node_type: 'text',
      },
      messages: [],
      meta: { label: message(1050010, 'These are your back up recovery codes.') },
    },
    submit('lookup_secret', 'lookup_secret_confirm', 'true', message(1050011, 'Confirm')),
    input(
      'webauthn',
      { name: 'webauthn_register_displayname', type: 'text', value: typed },
      message(1050013, 'Name of the security key'),
    ),
    input('webauthn', { name: 'webauthn_register', type: 'hidden', value: '' }),
    input(
      'webauthn',
      {
        name: 'webauthn_register_trigger',
        type: 'button',
        value: '{"publicKey":{}}',
        onclick: 'oryWebAuthnRegistration({"publicKey":{}})',
        onclickTrigger: 'oryWebAuthnRegistration',
      },
      message(1050012, 'Add security key'),
    ),
    submit(
      'webauthn',
      'webauthn_remove',
      'abcd',
      message(1050018, `Remove security key "${typed}"`, 'info', {
        display_name: typed,
        added_at: '2026-11-22T17:54:48Z',
        added_at_unix: 1795370088,
      }),
    ),
    script(),
    submit('oidc', 'unlink', 'acme', message(1050003, 'Unlink Acme', 'info', { provider: 'Acme' })),
  ];
}

export function session(change: Members = {}): Members {
  return {
    id: SESSION,
    active: true,
    expires_at: '2031-01-01T00:00:00Z',
    authenticated_at: '2030-01-02T03:04:00Z',
    issued_at: '2030-01-02T03:04:00Z',
    authenticator_assurance_level: 'aal1',
    authentication_methods: [{ method: 'password', aal: 'aal1' }],
    identity: {
      id: 'b0baa5b2-cdfe-41df-8510-1fd1c3d85bb9',
      schema_id: 'person',
      schema_url: '',
      traits: { email: 'ada@example.com' },
    },
    devices: [
      {
        id: 'd9ba98e2-9076-4d05-8a38-002b96e3489a',
        ip_address: '10.0.0.1',
        user_agent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
      },
    ],
    ...change,
  };
}
