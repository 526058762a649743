/** A context of each message that has values which our texts use, as Kratos 1.3.1 writes it. */

const provider = { provider: 'Example', provider_id: 'example' };
const addedAt = { added_at: '2026-11-01T00:00:00Z', added_at_unix: 1_793_491_200 };

export const CONTEXTS: Readonly<Record<number, object>> = {
  1010002: provider,
  1010016: {
    duplicateIdentifier: 'ada@example.com',
    provider: 'Example',
    newLoginUrl: 'http://localhost:8000/account/login',
    duplicate_identifier: 'ada@example.com',
    new_login_url: 'http://localhost:8000/account/login',
    available_credential_types: ['password'],
    available_providers: ['github'],
  },
  1010018: provider,
  1010020: { maskedTo: 'a***@example.com', masked_to: 'a***@example.com' },
  1010023: { address: 'ada@example.com', channel: 'email' },
  1040002: provider,
  1050002: provider,
  1050003: provider,
  1050006: { secret: 'JBSWY3DPEHPK3PXP' },
  1050009: { secret: 'abcd1234' },
  1050014: { used_at: '2026-11-01T00:00:00Z', used_at_unix: 1_793_491_200 },
  1050015: {
    secrets: [
      { id: 1050009, text: 'abcd1234', type: 'info', context: { secret: 'abcd1234' } },
      { id: 1050014, text: 'Secret was used', type: 'info', context: { used_at_unix: 1_793_491_200 } },
    ],
  },
  1050018: { display_name: 'blue key', ...addedAt },
  1050020: { display_name: 'telephone', ...addedAt },
  1060004: { masked_address: 'a***@example.com' },
  1070002: { title: 'E-Mail' },
  4000001: { reason: 'an unheard-of thing' },
  4000002: { property: 'email' },
  4000003: { min_length: 3, actual_length: 1 },
  4000005: { reason: 'an unheard-of thing' },
  4000017: { max_length: 3, actual_length: 4 },
  4000018: { minimum: 3, actual: 1 },
  4000019: { minimum: 3, actual: 3 },
  4000020: { maximum: 3, actual: 4 },
  4000021: { maximum: 3, actual: 3 },
  4000022: { base: 3, actual: 4 },
  4000023: { max_items: 3, actual_items: 4 },
  4000024: { min_items: 3, actual_items: 1 },
  4000026: { allowed_types: ['string', 'number'], actual_type: 'boolean' },
  4000028: {
    available_credential_types: ['password', 'oidc'],
    available_oidc_providers: ['github'],
    credential_identifier_hint: 'ada@example.com',
  },
  4000029: { expected: 'example' },
  4000032: { min_length: 8, actual_length: 3 },
  4000033: { max_length: 72, actual_length: 80 },
  5000001: { reason: 'an unheard-of thing' },
};
