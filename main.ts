/** The application: every environment that can be synthesized, one stack each. */
import { PortcullisError } from './constructs/errors.js';
import { PlatformApp } from './constructs/platform/stack.js';
import { EnvironmentError, environmentNames, loadEnvironment } from './env/index.js';
import { generations, readLedger } from './env/ledger.js';
import { readChannel } from './images/channel.js';
import { EnvironmentStack } from './stacks/environment-stack.js';

try {
  const app = new PlatformApp();
  const root = process.cwd();
  const channel = readChannel(root, process.env.PORTCULLIS_CHANNEL);
  for (const name of environmentNames) {
    new EnvironmentStack(app, {
      environment: loadEnvironment(name, channel.images),
      providers: channel.providers,
      generations: generations(readLedger(root, name)),
    });
  }
  app.synth();
} catch (error) {
  if (!(error instanceof EnvironmentError) && !(error instanceof PortcullisError)) throw error;
  // A mistake in the input is the reader's to mend; a stack trace would only hide the lines.
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
