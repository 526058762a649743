/**
 * A real OpenID provider outside of the platform, for tokens of a trusted issuer.
 *
 * Arguments: issuer address, port. Prints `listening`. A client `robot` with secret `robot-secret` gets
 * signed access tokens for the resource that it names, by `grant_type=client_credentials`.
 */
import Provider from 'oidc-provider';

const [, , issuer, port] = process.argv;
const provider = new Provider(issuer, {
  clients: [
    {
      client_id: 'robot',
      client_secret: 'robot-secret',
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
    },
  ],
  scopes: ['read', 'write'],
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: false },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: (_context, indicator) => ({
        scope: 'read write',
        audience: indicator,
        accessTokenTTL: 300,
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: 'RS256' } },
      }),
    },
  },
});
provider.listen(Number(port), '0.0.0.0', () => process.stdout.write('listening\n'));
