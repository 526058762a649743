/** Who goes there: every way in and every way around, on one environment with the real programs. */
import { afterAll, beforeAll } from 'vitest';
import { attacks } from './attacks.cases.js';
import { clients } from './clients.cases.js';
import { credentials } from './credentials.cases.js';
import { deploy, takeAway } from './deployment.js';
import { factors } from './factors.cases.js';
import { forgeries } from './forgeries.cases.js';
import { isolation } from './isolation.cases.js';
import { issuers } from './issuers.cases.js';
import { limits } from './limits.cases.js';
import { mail } from './mail.cases.js';
import { outages } from './outages.cases.js';
import { paths } from './paths.cases.js';
import { redirects } from './redirects.cases.js';
import { revocation } from './revocation.cases.js';
import { secrecy } from './secrecy.cases.js';
import { sessions } from './sessions.cases.js';
import { tokens } from './tokens.cases.js';

beforeAll(deploy);
afterAll(takeAway);

sessions();
mail();
revocation();
factors();
clients();
credentials();
issuers();
tokens();
paths();
forgeries();
attacks();
redirects();
isolation();
outages();
// What the others left in logs is looked at late, and a minute's log-ins are used up last.
secrecy();
limits();
