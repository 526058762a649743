import { describe, expect, test } from 'vitest';
import { checkGateway } from '../../../constructs/gateway/check.js';
import { mailpitDeclaration, smtpAddress, type SmtpMail } from '../../../constructs/identity/mail.js';
import { sealedJson } from '../../../constructs/identity/sealed-json.js';
import { Secret } from '../../../constructs/secrets/secret.js';
import { thrown } from '../../helper/failure.js';
import { KONG_3_0, model } from '../../helper/gateway-model.js';
import { kratos, mailpit, mistakesInKratos } from '../../helper/identity.js';
import { expressionOf } from '../../helper/sealed.js';
import { declared, synthesize } from '../../helper/synth.js';

const RELAY: SmtpMail = {
  kind: 'smtp',
  host: 'smtp.example.com',
  port: 587,
  tls: 'starttls',
  from: 'no-reply@example.com',
};
const LOGIN = declared((stack) => ({
  user: Secret.fromVariable(stack, 'smtp_user', { description: 'user' }),
  password: Secret.fromVariable(stack, 'smtp_password', { description: 'password' }),
}));

describe('the way to a mail server', () => {
  const address = (mail: SmtpMail): unknown => expressionOf(sealedJson('mail', smtpAddress(mail)));

  test('is TLS always, demanded or from the first byte', () => {
    expect(address(RELAY)).toBe('"smtp://smtp.example.com:587/"');
    expect(address({ ...RELAY, port: 465, tls: 'implicit' })).toBe('"smtps://smtp.example.com:465/"');
  });

  test('holds user and password, encoded', () => {
    const encoded = (name: string): string => `\${replace(urlencode(var.${name}), "+", "%20")}`;
    expect(address({ ...RELAY, ...LOGIN })).toBe(
      `"smtp://${encoded('smtp_user')}:${encoded('smtp_password')}@smtp.example.com:587/"`,
    );
  });

  test('fails with every mistake', () => {
    expect(
      mistakesInKratos({ mail: { ...RELAY, host: 'smtp://x', port: 0, from: 'nobody', user: LOGIN.user } }),
    ).toEqual([
      "mail must have both user and password, or neither, got the secret 'smtp_user'; declare the other one",
      `mail.from must be a plain e-mail address, got "nobody"; write for example 'no-reply@example.com'`,
      `mail.host must be a host name or an address, got "smtp://x"; write for example 'smtp.example.com'`,
      'mail.port must be a whole number from 1 to 65535, got 0; correct it',
    ]);
  });

  test('is no network inside when the server is outside', () => {
    const stack = synthesize((scope, platform) => {
      kratos(scope, platform, { mail: RELAY });
    });
    expect([...stack.all('docker_network').keys()].filter((path) => path.includes('mail'))).toEqual([]);
  });
});

describe('Mailpit', () => {
  const stack = synthesize((scope, platform) => {
    mailpit(scope, platform);
  });
  const container = stack.container('Mail/Workload/Resource');

  test('keeps 500 messages in memory, calls nobody and publishes nothing', () => {
    expect(container.command).toEqual([
      ...['--smtp', '0.0.0.0:1025', '--listen', '0.0.0.0:8025', '--webroot', '/mail', '--max', '500'],
      ...['--disable-version-check', '--smtp-disable-rdns', '--block-remote-css-and-fonts', '--quiet'],
    ]);
    expect([container.ports, stack.all('docker_volume').size]).toEqual([[], 0]);
  });

  test('is asked below its path', () => {
    expect(JSON.stringify(container.healthcheck)).toContain(
      '"/mailpit","readyz","--listen","127.0.0.1:8025","--webroot","/mail"',
    );
  });

  test('is open to everybody on the gateway, with the reason', () => {
    const declaration = declared((scope, platform) =>
      mailpitDeclaration(mailpit(scope, platform, { webroot: '/post' })),
    );
    expect(declaration).toMatchObject({
      name: 'mail',
      listener: 'web',
      port: 8025,
      health: { path: '/post/readyz' },
      routes: [{ name: 'mail', paths: ['/post'], access: { kind: 'public' } }],
    });
    expect(() => {
      checkGateway(model({ services: [declaration], clients: [] }), KONG_3_0, 'unit');
    }).not.toThrow();
  });

  test.each([
    [{ messages: 0 }, "'messages' must be a whole number from 1 to 10000, got 0; leave it out for 500"],
    [
      { webroot: '/mail/' },
      "'webroot' must be a path without a slash at its end, got \"/mail/\"; leave it out for '/mail'",
    ],
  ])('fails when given %j', (change, message) => {
    expect(thrown(() => declared((scope, platform) => mailpit(scope, platform, change))).message).toBe(
      `${message} (at unit/Mail)`,
    );
  });
});
