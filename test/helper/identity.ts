/** Kratos and its mail catcher with small inputs; a test writes only what it is about. */
import { Kratos, type KratosProps } from '../../constructs/identity/kratos.js';
import { Mailpit, type MailpitProps } from '../../constructs/identity/mail.js';
import { PortcullisError } from '../../constructs/errors.js';
import type { IPlatform } from '../../constructs/platform/platform.js';
import type { PlatformStack } from '../../constructs/platform/stack.js';
import { postgres } from './components.js';
import { thrown } from './failure.js';
import { RESOURCES } from './specs.js';
import { declared } from './synth.js';

type Without<T> = Partial<Omit<T, 'platform'>>;

export function mailpit(
  stack: PlatformStack,
  platform: IPlatform,
  change: Without<MailpitProps> = {},
): Mailpit {
  return new Mailpit(stack, 'Mail', {
    platform,
    image: { reference: 'axllent/mailpit:v1.29.0', version: '1.29.0' },
    resources: RESOURCES,
    ...change,
  });
}

export function kratos(stack: PlatformStack, platform: IPlatform, change: Without<KratosProps> = {}): Kratos {
  return new Kratos(stack, 'Kratos', {
    platform,
    image: { reference: 'oryd/kratos:v1.3.1', version: '1.3.1' },
    database: change.database ?? postgres(stack, platform).addDatabase('kratos'),
    resources: RESOURCES,
    publicUrl: 'https://example.com',
    returnUrls: ['https://example.com/'],
    mail: change.mail ?? mailpit(stack, platform).mail,
    ...change,
  });
}

/** What differs from a valid declaration; made in the stack that it is declared in. */
export type KratosChange = Without<KratosProps> | ((stack: PlatformStack) => Without<KratosProps>);

/** Lines of the report on a declaration; throws when there is none or it has another form. */
export function mistakesInKratos(change: KratosChange): string[] {
  const error = thrown(() =>
    declared((stack, platform) =>
      kratos(stack, platform, typeof change === 'function' ? change(stack) : change),
    ),
  );
  const lines = error.message.split('\n').slice(1, -1);
  const count = `${lines.length} mistake${lines.length === 1 ? '' : 's'}`;
  const whole = `Kratos has ${count}:\n${lines.join('\n')}\n (at unit/Kratos)`;
  if (!(error instanceof PortcullisError) || error.message !== whole) throw error;
  return lines.map((line) => line.replace(/^ {2}/, ''));
}
