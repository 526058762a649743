import { describe, expect, test } from 'vitest';
import { acl, jwt, keyAuth, oauth2 } from '../../../../constructs/gateway/plugins/index.js';
import { Duration } from '../../../../constructs/quantities.js';
import { configOf, KONG_3_0, KONG_3_9, MADE } from '../../../helper/gateway-model.js';

const { provisionKey } = MADE;

describe.each([KONG_3_0, KONG_3_9])('with Kong $major.$minor', (kong) => {
  test('a key is read from a header alone and goes no further', () => {
    expect(configOf(keyAuth(), kong)).toEqual({
      key_names: ['apikey'],
      key_in_header: true,
      key_in_query: false,
      key_in_body: false,
      hide_credentials: true,
      run_on_preflight: true,
    });
  });

  test('a token must expire within the hour and is read from its header alone', () => {
    expect(configOf(jwt(), kong)).toEqual({
      key_claim_name: 'kid',
      claims_to_verify: ['exp', 'nbf'],
      maximum_expiration: 3600,
      header_names: ['authorization'],
      uri_param_names: [],
      cookie_names: [],
      secret_is_base64: false,
      run_on_preflight: true,
    });
  });

  test('access tokens come from one flow, over HTTPS, for a quarter of an hour', () => {
    expect(configOf(oauth2({ provisionKey }), kong)).toEqual({
      enable_client_credentials: true,
      enable_authorization_code: false,
      enable_implicit_grant: false,
      enable_password_grant: false,
      accept_http_if_already_terminated: false,
      global_credentials: true,
      hide_credentials: true,
      pkce: 'strict',
      mandatory_scope: false,
      token_expiration: 900,
      provision_key: '${{ env "DECK_ENV_GATEWAY_PROVISION_0" }}',
    });
  });

  test('groups are told to the service', () => {
    expect(configOf(acl({ allow: ['a'] }), kong)).toEqual({ allow: ['a'], hide_groups_header: false });
  });
});

describe('what is said otherwise', () => {
  test('names headers of keys and who stands for the others', () => {
    expect(configOf(keyAuth({ headers: ['X-Key', 'X-Old-Key'], anonymous: 'anonymous' }))).toMatchObject({
      key_names: ['X-Key', 'X-Old-Key'],
      anonymous: 'anonymous',
    });
  });

  test('sets life and claim of tokens', () => {
    const props = { maximumExpiration: Duration.days(365), keyClaim: 'iss', anonymous: 'a' } as const;
    expect(configOf(jwt(props))).toMatchObject({
      maximum_expiration: 31_536_000,
      key_claim_name: 'iss',
      claims_to_verify: ['exp', 'nbf'],
      anonymous: 'a',
    });
  });

  test('chooses flows and scopes of access tokens', () => {
    expect(
      configOf(
        oauth2({
          provisionKey,
          flows: ['authorization-code'],
          scopes: ['read', 'write'],
          mandatoryScope: true,
          tokenLifetime: Duration.days(1),
          anonymous: 'a',
        }),
      ),
    ).toMatchObject({
      enable_client_credentials: false,
      enable_authorization_code: true,
      enable_implicit_grant: false,
      enable_password_grant: false,
      scopes: ['read', 'write'],
      mandatory_scope: true,
      token_expiration: 86_400,
      anonymous: 'a',
    });
  });

  test('keeps groups out', () => {
    expect(configOf(acl({ deny: ['a', 'b'] }))).toEqual({ deny: ['a', 'b'], hide_groups_header: false });
  });
});
