/** The stack's own decK, kept running beside the Admin API, so that one change costs one call. */
import { docker, must } from '../harness/run.js';
import { containerOf } from '../platform/fixtures.js';
import { ENVIRONMENT } from './stack.js';

const SECRETS = '/run/portcullis/secrets';
/** Secrets reach decK as in the stack's own job. */
const SYNC = `for file in ${SECRETS}/*; do export "$(basename "$file")=$(cat "$file")"; done; exec deck gateway sync --no-color -`;

export class Deck {
  private last: Promise<unknown> = Promise.resolve();

  private constructor(private readonly id: string) {}

  static async start(): Promise<Deck> {
    const [kong, job] = [await containerOf(ENVIRONMENT, 'kong'), await containerOf(ENVIRONMENT, 'deck-sync')];
    const image = await docker('inspect', '--format', '{{.Image}}', job.Id);
    const id = await docker(
      ...['run', '--detach', '--label', `dev.portcullis.environment=${ENVIRONMENT}`],
      ...['--network', `container:${kong.Id}`, '--volumes-from', job.Id, '--user', job.Config.User],
      ...['--read-only', '--cap-drop', 'ALL', '--tmpfs', '/tmp', '--env', 'HOME=/tmp'],
      ...['--env', 'DECK_ANALYTICS=off', '--entrypoint', 'sleep', image, 'infinity'],
    );
    return new Deck(id);
  }

  /** Brings Kong to a state that is asked for when its turn comes; one decK at a time. */
  sync(state: () => string): Promise<void> {
    const mine = this.last.then(async () => {
      await must('docker', ['exec', '-i', this.id, 'sh', '-c', SYNC], { input: state() });
    });
    // Who comes next waits for the end, whatever it was; who asked hears of a failure.
    this.last = mine.catch(() => undefined);
    return mine;
  }

  /** What decK puts in for a variable. */
  async secret(name: string): Promise<string> {
    return String(JSON.parse(await docker('exec', this.id, 'cat', `${SECRETS}/${name}`)));
  }
}
