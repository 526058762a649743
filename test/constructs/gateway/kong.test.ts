import { describe, expect, test } from 'vitest';
import type { KongProps } from '../../../constructs/gateway/kong.js';
import { Duration } from '../../../constructs/quantities.js';
import { CertificateAuthority } from '../../../constructs/secrets/certificate-authority.js';
import { Certificate } from '../../../constructs/secrets/certificate.js';
import { kong, postgres } from '../../helper/components.js';
import { thrown } from '../../helper/failure.js';
import { declared, revisionOf, synthesize, type Synthesized } from '../../helper/synth.js';

type Change = Partial<Omit<KongProps, 'platform'>>;

function withKong(change: Change = {}): Synthesized {
  return synthesize((scope, platform) => {
    kong(scope, platform, change);
  });
}

function version(text: string): Change {
  return { image: { reference: 'kong:any', version: text } };
}

function mistake(change: Change): string {
  return thrown(() => declared((scope, platform) => kong(scope, platform, change))).message;
}

/** Variables of the proxy by name. */
function variables(stack: Synthesized): Map<string, string> {
  return new Map(
    stack
      .container('Kong/Proxy/Resource')
      .env.map((variable): [string, string] => [
        variable.slice(0, variable.indexOf('=')),
        variable.slice(variable.indexOf('=') + 1),
      ]),
  );
}

const stack = withKong();
const env = variables(stack);

describe('the proxy', () => {
  test('publishes its proxy port and no other', () => {
    expect(stack.container('Kong/Proxy/Resource').ports).toEqual([
      { internal: 8000, external: 8000, ip: '127.0.0.1' },
    ]);
    expect([...stack.all('docker_container')].filter(([, { ports }]) => ports.length > 0)).toHaveLength(1);
  });

  test('binds the Admin API and the status listener inside its container', () => {
    expect([env.get('KONG_ADMIN_LISTEN'), env.get('KONG_STATUS_LISTEN')]).toEqual([
      '127.0.0.1:8001',
      '127.0.0.1:8100',
    ]);
    expect(env.get('KONG_PROXY_LISTEN')).toBe('0.0.0.0:8000');
  });

  test('reports to nobody and does not say what it is', () => {
    expect([env.get('KONG_ANONYMOUS_REPORTS'), env.get('KONG_HEADERS')]).toEqual(['off', 'off']);
  });

  test('forgets soon that a server was away', () => {
    expect(env.get('KONG_DNS_NOT_FOUND_TTL')).toBe('1');
  });

  test('is replaced with the storage of its database', () => {
    expect(stack.container('Kong/Proxy/Resource').labels).toContainEqual({
      label: 'dev.portcullis.storage.postgres-data',
      value: `\${${stack.address('docker_volume', 'Postgres/Data/Resource')}.id}`,
    });
  });

  test('ends the workers that a reload replaced after a minute', () => {
    expect(env.get('KONG_NGINX_MAIN_WORKER_SHUTDOWN_TIMEOUT')).toBe('60s');
  });

  test('reads user and password of its database from files', () => {
    expect([env.get('KONG_PG_USER_FILE'), env.get('KONG_PG_PASSWORD_FILE')]).toEqual([
      '/run/portcullis/secrets/pg_user',
      '/run/portcullis/secrets/pg_password',
    ]);
    expect([...env.keys()].filter((name) => name === 'KONG_PG_USER' || name === 'KONG_PG_PASSWORD')).toEqual(
      [],
    );
    expect(stack.container('Kong/Proxy/Files-secrets/Writer').upload.map(({ content }) => content)).toEqual([
      'kong_a',
      `\${${stack.address('random_password', 'Postgres/postgres-kong/Slot0')}.result}`,
    ]);
  });

  test.each([
    ['3.0.0', undefined, '/status'],
    ['3.2.2', undefined, '/status'],
    ['3.3.0', undefined, '/status/ready'],
    ['3.4.0', 'off', '/status/ready'],
    ['3.9.3', 'off', '/status/ready'],
    ['3.10.0', 'off', '/status/ready'],
  ])('of version %s has its manager set to %s and is asked at %s', (text, manager, path) => {
    const found = variables(withKong(version(text)));
    expect([found.get('KONG_ADMIN_GUI_LISTEN'), found.get('PORTCULLIS_STATUS_PATH')]).toEqual([
      manager,
      path,
    ]);
  });

  test('by default spreads a change within a second and drains for ten', () => {
    expect([env.get('KONG_DB_UPDATE_FREQUENCY'), env.get('KONG_WORKER_STATE_UPDATE_FREQUENCY')]).toEqual([
      '1',
      '1',
    ]);
    expect(env.get('PORTCULLIS_DRAIN_SECONDS')).toBe('10');
    expect(stack.container('Kong/Proxy/Resource')).toMatchObject({
      stop_signal: 'SIGQUIT',
      stop_timeout: 15,
    });
  });

  test('has a grace that outlasts its drain', () => {
    const slow = withKong({ drain: Duration.seconds(40) });
    expect(variables(slow).get('PORTCULLIS_DRAIN_SECONDS')).toBe('40');
    expect(slow.container('Kong/Proxy/Resource')).toMatchObject({
      stop_timeout: 45,
      destroy_grace_seconds: 45,
    });
  });

  test('logs neither a query nor a credential', () => {
    const format = env.get('KONG_NGINX_HTTP_LOG_FORMAT') ?? '';
    expect(format).toContain('"path":"$uri"');
    expect(
      format.match(
        /\$(?:request\b(?!_)|request_uri|args|query_string|arg_\w+|cookie_\w+|http_(?!x_request_id)\w+|sent_http_\w+)/g,
      ),
    ).toBeNull();
    expect(env.get('KONG_PROXY_ACCESS_LOG')).toBe('/dev/stdout portcullis');
    expect(env.get('KONG_ADMIN_ACCESS_LOG')).toBe('off');
  });

  test('starts after its database is ready and its migrations are done', () => {
    expect(stack.container('Kong/Proxy/Resource').depends_on).toEqual(
      expect.arrayContaining([
        stack.address('terraform_data', 'Kong/Migrations/Run'),
        stack.address('terraform_data', 'Postgres/Accounts-kong/Run'),
        stack.address('docker_container', 'Postgres/Server/Resource'),
      ]),
    );
  });

  test('tells where its Admin API is found by a job beside it', () => {
    expect(declared((scope, platform) => kong(scope, platform).administrationUrl)).toBe(
      'http://127.0.0.1:8001',
    );
  });
});

describe('with HTTPS', () => {
  const secured = (generation = 0): Synthesized =>
    synthesize(
      (scope, platform) => {
        const authority = new CertificateAuthority(scope, 'authority');
        kong(scope, platform, {
          tls: {
            certificate: new Certificate(scope, 'gate', { authority, names: ['localhost'] }),
            publish: { address: '127.0.0.1', port: 9443 },
          },
        });
      },
      {},
      { certificates: generation },
    );
  const https = secured();

  test('listens on a second port, with HTTP/2 and modern ciphers alone', () => {
    const found = variables(https);
    expect(found.get('KONG_PROXY_LISTEN')).toBe('0.0.0.0:8000, 0.0.0.0:8443 ssl http2');
    expect(found.get('KONG_SSL_CIPHER_SUITE')).toBe('intermediate');
    expect(https.container('Kong/Proxy/Resource').ports).toEqual([
      { internal: 8000, external: 8000, ip: '127.0.0.1' },
      { internal: 8443, external: 9443, ip: '127.0.0.1' },
    ]);
    expect(env.has('KONG_SSL_CERT')).toBe(false);
  });

  test('reads certificate and key from files that are watched', () => {
    const found = variables(https);
    const paths = ['/run/portcullis/tls/certificate.pem', '/run/portcullis/tls/key.pem'];
    expect([found.get('KONG_SSL_CERT'), found.get('KONG_SSL_CERT_KEY')]).toEqual(paths);
    expect(found.get('PORTCULLIS_WATCH')).toBe(paths.join(' '));
    expect(env.has('PORTCULLIS_WATCH')).toBe(false);
    const { upload } = https.container('Kong/Proxy/Files-tls/Writer');
    expect(upload.map(({ content }) => content)).toEqual([
      `\${${https.address('tls_locally_signed_cert', 'gate/Resource')}.cert_pem}`,
      `\${${https.address('tls_private_key', 'gate/Key')}.private_key_pem}`,
    ]);
  });

  test('a new certificate does not replace it', () => {
    expect(revisionOf(secured(1).container('Kong/Proxy/Resource'))).toBe(
      revisionOf(https.container('Kong/Proxy/Resource')),
    );
  });
});

describe('with a listener for the identity system', () => {
  const verifying = withKong({ verify: true });

  test('listens on a port that is not published, and lets Lua read JSON', () => {
    const found = variables(verifying);
    expect(found.get('KONG_PROXY_LISTEN')).toBe('0.0.0.0:8000, 0.0.0.0:8010');
    expect(found.get('KONG_UNTRUSTED_LUA_SANDBOX_REQUIRES')).toBe('cjson.safe');
    expect(verifying.container('Kong/Proxy/Resource').ports).toEqual([
      { internal: 8000, external: 8000, ip: '127.0.0.1' },
    ]);
  });

  test('says where it is, and has none where nobody asked for it', () => {
    const where = (verify: boolean): unknown =>
      declared((scope, platform) => kong(scope, platform, { verify }).verification);
    expect([where(true), where(false)]).toEqual([{ host: 'kong', port: 8010 }, undefined]);
    expect(env.has('KONG_UNTRUSTED_LUA_SANDBOX_REQUIRES')).toBe(false);
  });
});

describe('with a database that has TLS', () => {
  const verifying = synthesize((scope, platform) => {
    const authority = new CertificateAuthority(scope, 'authority');
    kong(scope, platform, {
      database: postgres(scope, platform, { tls: { authority } }).addDatabase('kong'),
    });
  });

  test.each(['Proxy', 'Migrations'])('%s verifies its authority', (part) => {
    expect(verifying.container(`Kong/${part}/Resource`).env).toEqual(
      expect.arrayContaining([
        'KONG_PG_SSL=on',
        'KONG_PG_SSL_VERIFY=on',
        'KONG_LUA_SSL_TRUSTED_CERTIFICATE=/run/portcullis/secrets/pg_ca',
      ]),
    );
    const { upload } = verifying.container(`Kong/${part}/Files-secrets/Writer`);
    expect(upload.map(({ file }) => file)).toContain('/files/.incoming/pg_ca');
  });

  test('the proxy looks for a new bundle; without TLS it asks for none', () => {
    expect(variables(verifying).get('PORTCULLIS_WATCH')).toBe('/run/portcullis/secrets/pg_ca');
    expect([...env.keys()].filter((name) => name.includes('SSL'))).toEqual([]);
  });
});

describe('the version', () => {
  test.each([
    ['3.0.0', 0],
    ['3.9.3', 9],
    ['3.10.0', 10],
  ])('%s is what configuration is rendered for', (text, minor) => {
    expect(declared((scope, platform) => kong(scope, platform, version(text)).version)).toEqual({
      major: 3,
      minor,
    });
  });

  test('has HTTPS only where there is a certificate', () => {
    const https = (secured: boolean): boolean =>
      declared((scope, platform) => {
        const authority = new CertificateAuthority(scope, 'authority');
        const certificate = new Certificate(scope, 'gate', { authority, names: ['localhost'] });
        const tls = { certificate, publish: { address: '127.0.0.1', port: 9443 } };
        return kong(scope, platform, secured ? { tls } : {}).https;
      });
    expect([https(false), https(true)]).toEqual([false, true]);
  });
});

describe('the migrations', () => {
  test('run with the same image and database, without any listener of the proxy', () => {
    const job = stack.container('Kong/Migrations/Resource');
    expect(job.command).toEqual(['portcullis-migrate']);
    expect(job.image).toBe(stack.container('Kong/Proxy/Resource').image);
    expect(job.env.filter((variable) => variable.includes('LISTEN'))).toEqual([]);
    expect(job.env).toContain('KONG_ANONYMOUS_REPORTS=off');
  });

  test.each(['Migrations', 'Finish'])('run again when the storage was recreated: %s', (part) => {
    expect(JSON.stringify(stack.one('terraform_data', `Kong/${part}/Run`).lifecycle)).toContain(
      stack.address('docker_volume', 'Postgres/Data/Resource'),
    );
  });

  test('trap 6: are finished after the new version runs, from its own network', () => {
    const finish = stack.container('Kong/Finish/Resource');
    const proxy = stack.address('docker_container', 'Kong/Proxy/Resource');
    expect(finish.command).toEqual(['portcullis-migrate', 'finish']);
    expect(finish.network_mode).toBe(`container:\${${proxy}.id}`);
    expect(stack.one('terraform_data', 'Kong/Finish/Run').depends_on).toContain(proxy);
    expect(stack.container('Kong/Proxy/Resource').depends_on).not.toContain(
      stack.address('terraform_data', 'Kong/Finish/Run'),
    );
  });
});

describe('bounds', () => {
  test.each([1, 64])('%d workers are accepted', (workers) => {
    expect(variables(withKong({ workers })).get('KONG_NGINX_WORKER_PROCESSES')).toBe(String(workers));
  });

  test.each([0, 65, 1.5])('fails when there are %d workers', (workers) => {
    expect(mistake({ workers })).toBe(
      `'workers' must be a whole number from 1 to 64, got ${workers}; use one per core (at unit/Kong)`,
    );
  });

  test('a change may take a minute', () => {
    expect(variables(withKong({ propagation: Duration.minutes(1) })).get('KONG_DB_UPDATE_FREQUENCY')).toBe(
      '60',
    );
  });

  test('fails when a change may take longer', () => {
    expect(mistake({ propagation: Duration.seconds(61) })).toBe(
      "'propagation' must be at most 60 seconds, got 61; leave it out for 1 second (at unit/Kong)",
    );
  });

  test.each(['2.8.1', '4.0.0', '3', '', '13.1'])('fails when the version is %j', (text) => {
    expect(mistake(version(text))).toBe(
      `'image.version' must be of major version 3, got ${JSON.stringify(text)}; choose such an image in the catalogue (at unit/Kong)`,
    );
  });
});
