/** Starts the OpenID provider outside of the platform, where both the browser and Kratos reach it. */
import { Outsider } from '../harness/outsider.js';

const PORT = 47_832;
/** The network on which Kratos reaches the world; its first address is this machine's. */
export const EGRESS = '10.214.255.0/28';
export const PROVIDER = `http://10.214.255.1:${PORT}`;
/** What Kratos knows it by. */
export const PROVIDER_ID = 'outside';
export const PROVIDER_LABEL = 'Outside';

const BACK = `http://localhost:8000/.ory/kratos/self-service/methods/oidc/callback/${PROVIDER_ID}`;

let provider: Outsider | undefined;

/** To be called once the network is there. */
export async function startProvider(): Promise<void> {
  provider = await Outsider.start('test/e2e/account/provider.mjs', [PROVIDER, String(PORT), BACK]);
}

export function stopProvider(): void {
  provider?.stop();
}
