/** A steady, bounded stream of requests over kept connections, of which none may fail. */
import { Agent } from 'node:http';
import { ask, Unanswered, type Answer } from './http.js';

export interface LoadProps {
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly connections: number;
  /** Over all connections; fewer when answers take longer. */
  readonly perSecond: number;
}

export interface LoadReport {
  readonly sent: number;
  /** What wasn't answered with 200, in words. */
  readonly failed: readonly string[];
  /**
   * Requests that were sent again because the server had just ended the kept connection.
   *
   * HTTP lets a server do so at any time and a client repeat what is idempotent (RFC 9110, 9.2.2).
   */
  readonly resent: number;
  readonly slowestMilliseconds: number;
}

export class Load {
  private sent = 0;
  private resent = 0;
  private slowest = 0;
  private readonly failed: string[] = [];
  private stopping = false;
  private readonly streams: Promise<void>[];

  private constructor(private readonly props: LoadProps) {
    const { connections, perSecond } = props;
    const pause = (1000 * connections) / perSecond;
    this.streams = Array.from({ length: connections }, (_, i) =>
      this.stream(pause, (pause * i) / connections),
    );
  }

  static start(props: LoadProps): Load {
    return new Load(props);
  }

  /** Lets what is on its way come back, then says what came of it all. */
  async stop(): Promise<LoadReport> {
    this.stopping = true;
    await Promise.all(this.streams);
    const { sent, failed, resent } = this;
    return { sent, failed, resent, slowestMilliseconds: Math.round(this.slowest) };
  }

  private async stream(pause: number, offset: number): Promise<void> {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    let due = performance.now() + offset;
    while (!this.stopping) {
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
      // From now when late: a stall must not be followed by a burst.
      due = Math.max(due, performance.now()) + pause;
      await this.once(agent);
    }
    agent.destroy();
  }

  private async once(agent: Agent): Promise<void> {
    this.sent++;
    const begin = performance.now();
    try {
      const { status, body } = await this.send(agent);
      if (status !== 200) this.failed.push(`${new Date().toISOString()} ${status} ${body.slice(0, 200)}`);
    } catch (error) {
      this.failed.push(`${new Date().toISOString()} ${String(error)}`);
    }
    this.slowest = Math.max(this.slowest, performance.now() - begin);
  }

  private async send(agent: Agent): Promise<Answer> {
    const { port, path, headers } = this.props;
    try {
      return await ask({ port, path, headers, agent });
    } catch (error) {
      const ended = error instanceof Unanswered && error.kept && error.cause.code === 'ECONNRESET';
      if (!ended) throw error;
      this.resent++;
      return ask({ port, path, headers, agent });
    }
  }
}
