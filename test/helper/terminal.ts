/** A shell that stays open, as a reader's terminal does: variables of one block are there in the next. */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Shown {
  /** What the last command that failed ended with; 0 when none did. */
  readonly exit: number;
  /** All that was shown, errors included. */
  readonly text: string;
}

/** One bash; its commands read nothing. */
export class Terminal {
  private readonly folder = mkdtempSync(join(tmpdir(), 'portcullis-terminal-'));
  private readonly shell: ChildProcess;
  private readonly mark = `end-of-block-${randomUUID()}`;
  private readonly ended: Promise<never>;
  private said = '';
  private look: () => void = () => undefined;
  private blocks = 0;

  constructor(cwd: string) {
    this.shell = spawn('bash', ['--noprofile', '--norc'], { cwd, stdio: ['pipe', 'pipe', 'pipe'] });
    for (const stream of [this.shell.stdout, this.shell.stderr]) {
      stream?.setEncoding('utf8').on('data', (part: string) => {
        this.said += part;
        this.look();
      });
    }
    this.ended = new Promise((_resolve, reject) => {
      this.shell.on('close', (code) => {
        reject(new Error(`the shell must stay open, got ${String(code)} after:\n${this.said}`));
      });
    });
    // Nobody may wait for it at the moment of its end.
    this.ended.catch(() => undefined);
    this.type("exec 2>&1; set -E -o pipefail; trap 'failed=$?' ERR");
  }

  /** Runs commands and waits until they have ended. */
  async run(script: string): Promise<Shown> {
    const file = join(this.folder, `${++this.blocks}.sh`);
    writeFileSync(file, `${script}\n`);
    this.said = '';
    const done = new Promise<Shown>((resolve) => {
      const end = new RegExp(`\\n${this.mark} (\\d+)\\n`);
      this.look = () => {
        const found = end.exec(this.said);
        if (found !== null) resolve({ exit: Number(found[1]), text: this.said.slice(0, found.index) });
      };
    });
    this.type(`failed=0; . '${file}' </dev/null; printf '\\n${this.mark} %d\\n' "$failed"`);
    return Promise.race([done, this.ended]);
  }

  /** Closes the shell. */
  close(): void {
    this.shell.stdin?.end();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private type(line: string): void {
    this.shell.stdin?.write(`${line}\n`);
  }
}
