import { describe, expect, test } from 'vitest';
import { protectsData } from '../../env/index.js';
import { PRODUCTION, VALID, environment } from '../helper/environment.js';
import { without } from '../helper/objects.js';

describe('defaults', () => {
  test('are filled in', () => {
    const filled = without(environment(), 'platform', 'images', 'identity');
    const service = {
      access: { sessions: true, methods: ['key'], issuers: [], aal: 'aal1' },
      replicas: 2,
      resources: { memory: '192Mi', cpu: 0.5, pids: 64 },
    };
    expect(filled).toEqual({
      name: 'dev',
      public: { ...VALID.public, address: '127.0.0.1', port: 8000 },
      network: { range: '10.212.0.0/14', pinned: {} },
      backend: { type: 'local' },
      retention: { logs: { mebibytes: 10, files: 3 } },
      rotation: { passwords: '30d', apiKeys: '90d', signingKeys: '30d', certificates: '30d' },
      postgres: {
        resources: { memory: '512Mi', cpu: 1, pids: 256 },
        storage: '2Gi',
        maxConnections: 100,
        tls: true,
      },
      kong: { resources: { memory: '1Gi', cpu: 2, pids: 256 }, workers: 2, propagation: '1s', drain: '10s' },
      services: { hello: { ...service, message: 'hello' }, world: { ...service, message: 'world' } },
      clients: [],
      account: {
        name: 'Portcullis',
        colours: { accent: '#1d4ed8', onAccent: '#ffffff' },
        language: 'en',
        replicas: 2,
        resources: { memory: '192Mi', cpu: 0.5, pids: 64 },
      },
    });
  });

  test('one field of a group leaves the others at theirs', () => {
    expect(environment({ kong: { workers: 8 } }).kong).toMatchObject({
      workers: 8,
      propagation: '1s',
      resources: { cpu: 2 },
    });
  });

  test('a second port with HTTPS is 8443, and a brought certificate is of version 1', () => {
    const certificate = { kind: 'brought' as const, certificate: 'gate_certificate', key: 'gate_key' };
    expect(
      environment({ public: { ...VALID.public, hosts: ['localhost'], tls: { certificate } } }).public.tls,
    ).toEqual({
      port: 8443,
      certificate: { ...certificate, version: 1 },
    });
  });

  test('data is protected everywhere but in dev, unless the environment says so', () => {
    expect(
      [
        environment(),
        environment(PRODUCTION),
        environment({ protectData: true }),
        environment({ ...PRODUCTION, protectData: false }),
      ].map(protectsData),
    ).toEqual([false, true, true, false]);
  });

  test('an https address may have another port than the published one', () => {
    expect(
      environment({ public: { url: 'https://api.example.com', hosts: ['api.example.com'] } }).public.port,
    ).toBe(8000);
  });

  test('kubernetes is known already', () => {
    expect(environment({ platform: { kind: 'kubernetes', context: 'prod' } }).platform).toEqual({
      kind: 'kubernetes',
      context: 'prod',
    });
  });
});
