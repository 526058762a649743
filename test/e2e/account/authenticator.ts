/** A security key or a phone's own keys, as Chromium's protocol for developers makes them. */
import type { Visitor } from './visitor.js';

export interface Authenticator {
  /** Whether it is touched whenever it is asked, or waits. */
  readonly touched: (always: boolean) => Promise<void>;
}

/** @param resident whether it finds a key by itself, as passkeys need it */
export async function addAuthenticator(
  { context, page }: Visitor,
  { resident }: { readonly resident: boolean },
): Promise<Authenticator> {
  const session = await context.newCDPSession(page);
  await session.send('WebAuthn.enable');
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: resident ? 'internal' : 'usb',
      hasResidentKey: resident,
      hasUserVerification: resident,
      isUserVerified: resident,
      automaticPresenceSimulation: true,
    },
  });
  return {
    touched: async (always) => {
      await session.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled: always });
    },
  };
}
