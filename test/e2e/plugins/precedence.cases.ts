/** Of one kind Kong runs the most specific: a client's, a route's, a service's, the gateway's. */
import { describe, expect, test } from 'vitest';
import { responseTransformer } from '../../../constructs/gateway/plugins/index.js';
import { call } from './call.js';
import { deployment } from './deployment.js';
import { echoing, keyed, open, type Theme } from './theme.js';

const from = (place: string): ReturnType<typeof responseTransformer> =>
  responseTransformer({ set: { headers: { 'X-From': place } } });

export const precedence: Theme = {
  plugins: [from('gateway')],
  routes: () => [open('from-gateway')],
  services: (made) => [
    echoing(made, 'layered', {
      plugins: [from('service')],
      routes: [
        open('from-service'),
        open('from-route', { plugins: [from('route')] }),
        { name: 'from-client', paths: ['/from-client'], plugins: [from('route')] },
      ],
    }),
  ],
  clients: (made) => [keyed(made, 'layered', { plugins: [from('client')] }), keyed(made, 'unlayered')],

  cases: () => {
    describe('of plugins of one kind', () => {
      test.each(['gateway', 'service', 'route'])(
        'that of the %s acts where there is no closer one',
        async (place) => {
          expect((await call(`/from-${place}`)).headers['x-from']).toBe(place);
        },
      );

      test("a client's goes before a route's, for that client", async () => {
        const ask = async (name: string): Promise<unknown> =>
          (await call('/from-client', { headers: { apikey: deployment().secret(name) } })).headers['x-from'];
        expect(await ask('layered')).toBe('client');
        expect(await ask('unlayered')).toBe('route');
      });
    });
  },
};
