/** A security key or a phone's own keys, as Chromium's protocol for developers makes them. */
import type { Visitor } from './visitor.js';

/** @param resident whether it finds a key by itself, as passkeys need it */
export async function addAuthenticator(
  { context, page }: Visitor,
  { resident }: { readonly resident: boolean },
): Promise<void> {
  const session = await context.newCDPSession(page);
  await session.send('WebAuthn.enable');
  await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: resident ? 'internal' : 'usb',
      hasResidentKey: resident,
      hasUserVerification: resident,
      isUserVerified: resident,
      // Touched whenever it is asked.
      automaticPresenceSimulation: true,
    },
  });
}
