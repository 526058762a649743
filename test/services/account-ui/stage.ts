/** The pages before a stand-in for Kratos that knows of a stranger, for each test anew. */
import { afterEach, beforeEach } from 'vitest';
import { FLOW, flow, good, type Node } from './flow-objects.js';
import { KratosStandIn, SIGNED_OUT } from './kratos-stand-in.js';
import { Running, tagsIn, type Answer } from './pages.js';

export interface Stage {
  readonly standIn: KratosStandIn;
  readonly service: Running;
  /** Opens the page of the flow. */
  open(kind: string): Promise<Answer>;
  /** Opens the page of a flow with these nodes. */
  shown(kind: string, nodes: readonly Node[], change?: Readonly<Record<string, unknown>>): Promise<Answer>;
}

/** Starts both before each test of a file, and stops them after it. */
export function onStage(): () => Stage {
  let stage: Stage | undefined;
  beforeEach(async () => {
    const standIn = new KratosStandIn();
    standIn.whoami(SIGNED_OUT);
    standIn.knows('GET /sessions?per_page=250', good([]));
    const service = await new Running(await standIn.start()).start();
    const open: Stage['open'] = (kind) => service.ask(`/account/${kind}?flow=${FLOW}`);
    const shown: Stage['shown'] = (kind, nodes, change) => {
      standIn.has(kind, FLOW, good(flow(kind, nodes, change)));
      return open(kind);
    };
    stage = { standIn, service, open, shown };
  });
  afterEach(async () => {
    await stage?.service.stop();
    await stage?.standIn.stop();
  });
  return () => {
    if (stage === undefined) throw new Error('a test must run');
    return stage;
  };
}

/** The addresses of the links in a page's content. */
export function linksIn(html: string): (string | undefined)[] {
  return tagsIn(html.slice(html.indexOf('<main'), html.indexOf('</main>')))
    .filter(({ name }) => name === 'a')
    .map(({ attributes }) => attributes.href);
}

/** The names of a page's fields and buttons. */
export function namesIn(html: string): (string | undefined)[] {
  return tagsIn(html)
    .filter(({ name }) => name === 'input' || name === 'button')
    .map(({ attributes }) => attributes.name);
}
