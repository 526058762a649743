/** The environment on a developer's own machine: one Docker engine, data that may be thrown away. */
import type { EnvironmentFile } from './index.js';

export const dev: EnvironmentFile = (images) => ({
  name: 'dev',
  platform: { kind: 'docker' },
  public: {
    url: 'http://localhost:8000',
    hosts: ['localhost', '127.0.0.1'],
    port: 8000,
    tls: { port: 8443, certificate: { kind: 'internal' } },
  },
  images,
  services: {
    hello: { access: { methods: ['key', 'jwt', 'oauth2'] } },
    world: { access: { methods: ['key', 'jwt', 'oauth2'] } },
  },
  clients: [{ name: 'demo', methods: ['key', 'jwt', 'oauth2'], limit: { minute: 60 } }],
});
