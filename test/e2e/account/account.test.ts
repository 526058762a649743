/** The account pages in a real browser, on one environment with the real programs. */
import { afterAll, beforeAll } from 'vitest';
import { deploy, takeAway } from './deployment.js';
import { factors } from './factors.cases.js';
import { failures } from './failures.cases.js';
import { login } from './login.cases.js';
import { outages } from './outages.cases.js';
import { landing, pages } from './pages.cases.js';
import { passkeys } from './passkeys.cases.js';
import { recovery } from './recovery.cases.js';
import { reflection } from './reflection.cases.js';
import { registration } from './registration.cases.js';
import { sessions } from './sessions.cases.js';
import { social } from './social.cases.js';
import { startBrowser, stopBrowser } from './visitor.js';

beforeAll(deploy);
beforeAll(startBrowser);
afterAll(takeAway);
afterAll(stopBrowser);

landing();
registration();
login();
factors();
recovery();
social();
passkeys();
sessions();
failures();
reflection();
// It disturbs everything else, and what was found on the way is told last.
outages();
pages();
