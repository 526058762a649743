import { describe, expect, test } from 'vitest';
import type { PostgresProps } from '../../../constructs/data/postgres.js';
import { thrown } from '../../helper/failure.js';
import { postgres } from '../../helper/components.js';
import { CertificateAuthority } from '../../../constructs/secrets/certificate-authority.js';
import { Duration } from '../../../constructs/quantities.js';
import { declared, revisionOf, synthesize, type Synthesized } from '../../helper/synth.js';

type Change = Partial<Omit<PostgresProps, 'platform'>>;

function withDatabase(change: Change = {}): Synthesized {
  return synthesize((scope, platform) => {
    postgres(scope, platform, change).addDatabase('kong').allow('kong');
  });
}

function mistake(change: Change): string {
  return thrown(() => declared((scope, platform) => postgres(scope, platform, change))).message;
}

const stack = withDatabase();
const server = stack.container('Postgres/Server/Resource');

/** Who may connect how. */
function accessRules(of: Synthesized): string | undefined {
  const { upload } = of.container('Postgres/Server/Files-config/Writer');
  return upload.find(({ file }) => file.endsWith('/pg_hba.conf'))?.content;
}

describe('the server', () => {
  test('by default accepts 100 connections and hashes passwords with SCRAM', () => {
    expect(server.command).toEqual([
      'postgres',
      '-c',
      'max_connections=100',
      '-c',
      'password_encryption=scram-sha-256',
      '-c',
      'hba_file=/run/portcullis/config/pg_hba.conf',
    ]);
    expect(server.env).toContain(
      'POSTGRES_INITDB_ARGS=--auth-host=scram-sha-256 --auth-local=trust --encoding=UTF8',
    );
  });

  test('is not published and reads the password of its superuser from a file', () => {
    expect(server.ports).toEqual([]);
    expect(server.env).toContain('POSTGRES_PASSWORD_FILE=/run/portcullis/secrets/superuser');
    expect(server.env.filter((variable) => /^[A-Z_]*PASSWORD=/.test(variable))).toEqual([]);
  });

  test('keeps its data on a volume and is stopped by the signal of a fast shutdown', () => {
    expect(server.volumes[0]).toEqual({
      volume_name: `\${${stack.address('docker_volume', 'Postgres/Data/Resource')}.name}`,
      container_path: '/var/lib/postgresql/data',
    });
    expect(server).toMatchObject({ stop_signal: 'SIGINT', stop_timeout: 60 });
  });

  test('is reached by nobody but its accounts job and who was allowed', () => {
    expect([...stack.all('docker_network').values()].map(({ name, internal }) => [name, internal])).toEqual([
      ['portcullis-unit-kong--postgres-4650', true],
      ['portcullis-unit-postgres--postgres-accounts-kong-4778', true],
    ]);
  });

  test.each([20, 1000])('%d connections are within the bounds', (maxConnections) => {
    expect(withDatabase({ maxConnections }).container('Postgres/Server/Resource').command).toContain(
      `max_connections=${maxConnections}`,
    );
  });

  test.each([19, 1001, 50.5])('fails when it is to accept %d connections', (maxConnections) => {
    expect(mistake({ maxConnections })).toBe(
      `'maxConnections' must be a whole number from 20 to 1000, got ${maxConnections}; leave it out for 100 (at unit/Postgres)`,
    );
  });

  test.each(['15', '16.2', '17.11'])('version %s is accepted', (version) => {
    expect(
      declared((scope, platform) => postgres(scope, platform, { image: { reference: 'p:1', version } }))
        .server.name,
    ).toBe('postgres');
  });

  test.each(['14.9', '18.0', '18', 'latest', ''])('fails when the version is %j', (version) => {
    expect(mistake({ image: { reference: 'p:1', version } })).toBe(
      `'image.version' must be of major version 15, 16 or 17, got ${JSON.stringify(version)}; choose such an image in the catalogue (at unit/Postgres)`,
    );
  });
});

describe('a database', () => {
  const job = stack.container('Postgres/Accounts-kong/Resource');
  const writer = stack.container('Postgres/Accounts-kong/Files-secrets/Writer');
  const script = writer.upload.find(({ file }) => file.endsWith('/accounts.sql'))?.content ?? '';
  const slot = (number: number): string =>
    `\${${stack.address('random_password', `Postgres/postgres-kong/Slot${number}`)}.result}`;

  test('tells its user where it is and as whom to log in', () => {
    const { host, port, database, user, password } = declared((scope, platform) =>
      postgres(scope, platform).addDatabase('kong'),
    );
    expect({ host, port, database, user, label: password.label }).toEqual({
      host: 'postgres',
      port: 5432,
      database: 'kong',
      user: 'kong_a',
      label: 'postgres-kong#0',
    });
  });

  test('changes to the other account at the next generation', () => {
    const { user, password } = declared(
      (scope, platform) => postgres(scope, platform).addDatabase('kong'),
      {},
      { passwords: 1 },
    );
    expect([user, password.label]).toEqual(['kong_b', 'postgres-kong#1']);
  });

  test('has one password per account in a file of its own', () => {
    expect(writer.upload.map(({ file, content }) => [file, content]).slice(0, 3)).toEqual([
      [
        '/files/.incoming/superuser',
        `\${${stack.address('random_password', 'Postgres/postgres-superuser/Slot0')}.result}`,
      ],
      ['/files/.incoming/kong_0', slot(0)],
      ['/files/.incoming/kong_1', slot(1)],
    ]);
  });

  test('gets its accounts by a script that is safe to repeat', () => {
    const creating = script
      .split('\n')
      .filter((line) => line.includes('CREATE ') && !line.startsWith('REVOKE'));
    expect(creating).toEqual([
      "SELECT 'CREATE ROLE kong_owner NOLOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'kong_owner') \\gexec",
      "SELECT 'CREATE DATABASE kong OWNER kong_owner' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'kong') \\gexec",
      "SELECT 'CREATE ROLE kong_a LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'kong_a') \\gexec",
      "SELECT 'CREATE ROLE kong_b LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'kong_b') \\gexec",
    ]);
    expect(script).not.toMatch(/\bDROP\b/);
  });

  test('gets its passwords in that script from files alone', () => {
    expect(script.match(/PASSWORD [^;]*;/g)).toEqual(["PASSWORD :'password';", "PASSWORD :'password';"]);
    expect(script.match(/^\\set password .*$/gm)).toEqual([
      '\\set password `cat /run/portcullis/secrets/kong_0`',
      '\\set password `cat /run/portcullis/secrets/kong_1`',
    ]);
    expect(script).not.toContain('random_password');
  });

  test('belongs to a role that cannot log in, and to nobody else', () => {
    expect(script).toContain('REVOKE ALL ON DATABASE kong FROM PUBLIC;');
    expect(script).toContain("ALTER ROLE kong_b IN DATABASE kong SET role = 'kong_owner';");
    expect(script).toMatch(
      /\\connect kong\nREVOKE CREATE ON SCHEMA public FROM PUBLIC;\nALTER SCHEMA public OWNER TO kong_owner;/,
    );
  });

  test('is set up by a job that stops at the first error and holds no password in its command', () => {
    expect(job.command).toEqual([
      'PGPASSWORD="$(cat /run/portcullis/secrets/superuser)" exec psql -X -q -v ON_ERROR_STOP=1 -f /run/portcullis/secrets/accounts.sql',
    ]);
    expect(job.env).toEqual([
      'PGCONNECT_TIMEOUT=10',
      'PGDATABASE=postgres',
      'PGHOST=postgres',
      'PGPORT=5432',
      'PGUSER=postgres',
    ]);
    expect(stack.one('terraform_data', 'Postgres/Accounts-kong/Run').lifecycle).toMatchObject({
      replace_triggered_by: expect.arrayContaining([
        stack.address('docker_volume', 'Postgres/Data/Resource'),
      ]) as unknown,
    });
  });

  test.each(['a-b', 'A1', 'a', "x'; --"])('fails when it is called %j', (name) => {
    const { message } = thrown(() =>
      declared((scope, platform) => postgres(scope, platform).addDatabase(name)),
    );
    expect(message).toBe(
      name === 'a-b'
        ? `'database' must be new and without dashes, got "a-b"; rename it (at unit/Postgres)`
        : `'database' must be 2 to 40 small letters, digits and dashes, got ${JSON.stringify(name)}; rename it (at unit/Postgres)`,
    );
  });

  test('fails when there is one of that name', () => {
    const error = thrown(() =>
      declared((scope, platform) => {
        const twice = postgres(scope, platform);
        twice.addDatabase('kong');
        twice.addDatabase('kong');
      }),
    );
    expect(error.message).toBe(
      `'database' must be new and without dashes, got "kong"; rename it (at unit/Postgres)`,
    );
  });
});

describe('without TLS', () => {
  test('asks everybody from outside for a password, and watches nothing', () => {
    expect(accessRules(stack)).toBe(
      '# Made by Portcullis.\nlocal all all trust\nhost all all all scram-sha-256\n',
    );
    expect(server.entrypoint).toBeUndefined();
    expect(declared((scope, platform) => postgres(scope, platform).addDatabase('kong')).tls).toBeUndefined();
    expect([...stack.all('tls_private_key').keys()]).toEqual([]);
  });
});

describe('with TLS', () => {
  const secured = synthesize((scope, platform) => {
    const authority = new CertificateAuthority(scope, 'authority');
    postgres(scope, platform, { tls: { authority, lifetime: Duration.days(30) } }).addDatabase('kong');
  });
  const container = secured.container('Postgres/Server/Resource');
  const slots = [0, 1, 2].map(
    (slot) => `\${${secured.address('tls_self_signed_cert', `authority/Slot${slot}`)}.cert_pem}`,
  );

  test('accepts TLS 1.2 and newer with a certificate for its name, and nothing plain', () => {
    expect(container.command?.filter((word) => word.startsWith('ssl'))).toEqual([
      'ssl=on',
      'ssl_min_protocol_version=TLSv1.2',
      'ssl_cert_file=/run/portcullis/config/certificate.pem',
      'ssl_key_file=/run/portcullis/config/key.pem',
    ]);
    expect(accessRules(secured)).toMatch(/^hostssl all all all scram-sha-256$/m);
    expect(accessRules(secured)).not.toMatch(/^host(nossl)? /m);
    expect(secured.one('tls_cert_request', 'Postgres/Certificate/Request')).toMatchObject({
      dns_names: ['postgres'],
    });
    expect(secured.one('tls_locally_signed_cert', 'Postgres/Certificate/Resource')).toMatchObject({
      validity_period_hours: 720,
    });
  });

  test('becomes the first process, beside what looks for new files', () => {
    expect(container.entrypoint?.slice(0, 2)).toEqual(['bash', '-c']);
    expect(container.entrypoint?.at(-1)).toBe('/run/portcullis/config');
    expect(container.entrypoint?.[2]).toMatch(/\nexec docker-entrypoint\.sh "\$@"$/);
    expect(container.command?.[0]).toBe('postgres');
  });

  test('a new certificate does not replace the server', () => {
    const at = (generation: number): string =>
      revisionOf(
        synthesize(
          (scope, platform) => {
            postgres(scope, platform, { tls: { authority: new CertificateAuthority(scope, 'ca') } });
          },
          {},
          { certificates: generation },
        ).container('Postgres/Server/Resource'),
      );
    expect(at(1)).toBe(at(0));
    expect(revisionOf(container)).not.toBe(revisionOf(server));
  });

  test('its accounts job verifies it', () => {
    const job = secured.container('Postgres/Accounts-kong/Resource');
    expect(job.env).toEqual(
      expect.arrayContaining(['PGSSLMODE=verify-full', 'PGSSLROOTCERT=/run/portcullis/secrets/ca.pem']),
    );
    const { upload } = secured.container('Postgres/Accounts-kong/Files-secrets/Writer');
    expect(upload.find(({ file }) => file.endsWith('/ca.pem'))?.content).toBe(slots.join(''));
  });
});
