/** Connections to each of Kong's workers, so that a question can be put to every one of them. */
import { Agent } from 'node:http';
import { ask, type Answer } from '../harness/http.js';

/** Header in which a worker says which one it is. */
const HEADER = 'X-Worker';

/** In every answer, also where no route matches. The gateway has a pre-function of its own. */
export const WORKER_PLUGIN = {
  name: 'post-function',
  config: { header_filter: [`kong.response.set_header('${HEADER}', ngx.worker.pid())`] },
};

/** One question to one worker. */
export type Ask = (path: string, headers?: Readonly<Record<string, string>>) => Promise<Answer>;

/** A kept connection was ended and another worker took the next. */
class Moved extends Error {}

export class Workers {
  private readonly agents = new Map<string, Agent>();

  constructor(
    private readonly port: number,
    private readonly count: number,
  ) {}

  /** Whether every worker could be reached and says yes. */
  async all(test: (ask: Ask) => Promise<boolean>): Promise<boolean> {
    if (!(await this.connected())) return false;
    try {
      const answers = await Promise.all(
        [...this.agents].map(([worker, agent]) =>
          test(async (path, headers = {}) => {
            const answer = await ask({ port: this.port, path, headers, agent });
            if (workerOf(answer) !== worker) throw new Moved();
            return answer;
          }),
        ),
      );
      return answers.every((yes) => yes);
    } catch (error) {
      if (!(error instanceof Moved)) throw error;
      this.close();
      return false;
    }
  }

  close(): void {
    for (const agent of this.agents.values()) agent.destroy();
    this.agents.clear();
  }

  /** The kernel gives a connection to any worker: some at once reach them all, sooner or later. */
  private async connected(): Promise<boolean> {
    if (this.agents.size === this.count) return true;
    const fresh = Array.from({ length: 8 }, () => new Agent({ keepAlive: true, maxSockets: 1 }));
    const answers = await Promise.all(fresh.map((agent) => ask({ port: this.port, path: '/', agent })));
    for (const [i, agent] of fresh.entries()) {
      const worker = workerOf(answers[i]);
      if (worker === undefined || this.agents.has(worker)) agent.destroy();
      else this.agents.set(worker, agent);
    }
    return this.agents.size === this.count;
  }
}

function workerOf(answer: Answer | undefined): string | undefined {
  const value = answer?.headers[HEADER.toLowerCase()];
  return typeof value === 'string' ? value : undefined;
}
