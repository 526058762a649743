/** Programs that stand outside of the platform while a suite runs, on the machine of the test itself. */
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { checkoutRoot } from './images.js';

export class Outsider {
  private constructor(private readonly child: ChildProcess) {}

  /**
   * Starts a program of Node and waits until it says `listening`.
   *
   * @param script path below the checkout
   * @throws Error with what it said when it ends before
   */
  static start(script: string, args: readonly string[]): Promise<Outsider> {
    const child = spawn(process.execPath, [join(checkoutRoot, script), ...args], {
      cwd: checkoutRoot,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    return new Promise((resolve, reject) => {
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (part: Buffer) => {
          said += part.toString('utf8');
          if (said.includes('listening')) resolve(new Outsider(child));
        });
      }
      child.on('exit', (code) => {
        reject(new Error(`${script} must stay, got its end with ${String(code)}: ${said.slice(-500)}`));
      });
    });
  }

  stop(): void {
    this.child.kill();
  }
}
