/** Questions to what runs: is everything well, does the gate hold, did anybody change it by hand? */
import { ownServices, type Environment } from '../../env/index.js';
import { containers } from './docker.js';
import { driftLines } from './gateway-diff.js';
import { drift } from './gateway.js';
import { CommandError } from './output.js';
import type { Finding } from './preflight.js';
import { ask } from './ask.js';

const SHOWN_DIFFERENCES = 20;

/** One finding per question. */
export async function examineLive(environment: Environment): Promise<Finding[]> {
  const up = `run \`npm run up -- --env ${environment.name}\``;
  const url = `${environment.public.url}/hello`;
  const own: Finding[] = [];
  for (const { path } of ownServices(environment.services)) {
    const what = `a request to ${path} without credentials`;
    own.push(await expectStatus('gate', what, `${environment.public.url}${path}`, {}, 401, up));
  }
  return [
    await examineContainers(environment.name, up),
    await expectStatus('gate', 'a request without credentials', url, {}, 401, up),
    ...own,
    await expectStatus('hosts', 'a host that is not public', url, { host: 'not-a-host.invalid' }, 404, up),
    await examineDrift(environment, up),
  ];
}

async function examineContainers(environment: string, up: string): Promise<Finding> {
  const all = await containers(environment);
  const ill = all.filter(
    ({ state, status }) =>
      (state === 'running' && !status.includes('healthy')) ||
      status.includes('unhealthy') ||
      state === 'restarting' ||
      /Exited \((?!0\))/.test(status),
  );
  const ok = ill.length === 0 && all.length > 0;
  const says =
    all.length === 0
      ? 'the environment must run, got no container'
      : ok
        ? `${all.filter(({ state }) => state === 'running').length} run and are healthy`
        : `every container must be well, got ${ill.map(({ name, status }) => `${name} (${status})`).join(', ')}`;
  return { check: 'containers', ok, says, remedy: ok ? '' : up };
}

async function expectStatus(
  check: string,
  what: string,
  url: string,
  headers: Readonly<Record<string, string>>,
  wanted: number,
  up: string,
): Promise<Finding> {
  const { status } = await ask(url, headers);
  const ok = status === wanted;
  return {
    check,
    ok,
    says: ok
      ? `${what} gets ${wanted}`
      : `${what} must get ${wanted}, got ${status === 0 ? 'no answer' : status}`,
    remedy: ok ? '' : up,
  };
}

async function examineDrift(environment: Environment, up: string): Promise<Finding> {
  try {
    const report = await drift(environment);
    const lines = driftLines(report);
    if (lines.length === 0) {
      return { check: 'drift', ok: true, says: 'Kong has what was deployed', remedy: '' };
    }
    const more = lines.length - SHOWN_DIFFERENCES;
    return {
      check: 'drift',
      ok: false,
      says: `Kong must have what was deployed, got ${lines.slice(0, SHOWN_DIFFERENCES).join(', ')}${more > 0 ? ` and ${more} more` : ''}`,
      remedy: `run \`npx portcullis doctor --env ${environment.name} --resync\``,
    };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return {
      check: 'drift',
      ok: false,
      says: [error.message, ...error.detail].join(' '),
      remedy: error.remedy === '' ? up : error.remedy,
    };
  }
}
