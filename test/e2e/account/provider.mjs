/**
 * A real OpenID provider outside of the platform, at which people log in.
 *
 * Arguments: issuer address, port, address that it leads back to. Prints `listening`. It has pages of its
 * own and takes every name with every password: a name that is an address has that one verified, a name
 * that isn't tells no address at all.
 */
import Provider from 'oidc-provider';

const [, , issuer, port, back] = process.argv;
const provider = new Provider(issuer, {
  clients: [
    {
      client_id: 'portcullis',
      client_secret: 'portcullis-secret',
      grant_types: ['authorization_code'],
      redirect_uris: [back],
      response_types: ['code'],
    },
  ],
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
  // Kratos reads what the signed token says.
  conformIdTokenClaims: false,
  findAccount: (_context, name) => ({
    accountId: name,
    claims: () => ({
      sub: name,
      name: 'Somebody',
      ...(name.includes('@') ? { email: name, email_verified: true } : {}),
    }),
  }),
  cookies: { keys: ['of this test alone'] },
  features: { devInteractions: { enabled: true } },
});
provider.listen(Number(port), '0.0.0.0', () => process.stdout.write('listening\n'));
