/**
 * The tutorial as steps: commands to run, what they must show, and edits of files.
 *
 * Its fenced blocks are `sh` (commands; `sh exit=2` where they end with 2), `text` (what the block of
 * commands right before shows, `…` standing for anything) and `diff FILE` (an edit with its surroundings).
 * Any other block is a mistake: nothing in the tutorial goes untried.
 */
import { stripVTControlCharacters } from 'node:util';

export interface Run {
  readonly kind: 'run';
  /** Line of the page that the block begins at. */
  readonly line: number;
  readonly script: string;
  /** What the last command that fails ends with; 0 when none may. */
  readonly exit: number;
  /** What is shown, or undefined where that doesn't matter. */
  readonly expected?: string;
}

export interface Edit {
  readonly kind: 'edit';
  readonly line: number;
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

export type Step = Run | Edit;

interface Block {
  readonly line: number;
  readonly info: string;
  readonly lines: readonly string[];
}

/**
 * Steps of a page in their order.
 *
 * @throws Error at the first block that isn't understood
 */
export function parseTutorial(page: string): Step[] {
  const steps: Step[] = [];
  let before: Block | undefined;
  for (const block of blocksOf(page)) {
    const [language = '', ...more] = block.info.split(' ');
    if (language === 'sh') steps.push(runOf(block, more));
    else if (language === 'diff') steps.push(editOf(block, more));
    else if (language === 'text' && more.length === 0) expect(steps, block, before);
    else throw wrong(block, "be 'sh', 'sh exit=N', 'text' or 'diff FILE'", block.info);
    before = block;
  }
  return steps;
}

/**
 * Whether what was shown is as expected. `…` stands for anything in its line, and alone for any lines; ends
 * of lines, colours and what npm says of itself don't count.
 */
export function shows(expected: string, got: string): boolean {
  const pattern = linesOf(expected)
    .map((line) => (line.trim() === '…' ? '(?:.*\\n)*?' : `${line.split('…').map(literal).join('.*')}\\n`))
    .join('');
  return new RegExp(`^${pattern}$`).test(
    linesOf(got)
      .map((line) => `${line}\n`)
      .join(''),
  );
}

/**
 * A file's text after an edit.
 *
 * @throws Error when what the edit begins with isn't there exactly once
 */
export function edited({ file, line, from, to }: Edit, text: string): string {
  const found = text.split(from).length - 1;
  if (found !== 1) throw new Error(`the edit of line ${line} must fit into ${file} once, got ${found} times`);
  return text.replace(from, () => to);
}

function blocksOf(page: string): Block[] {
  const blocks: Block[] = [];
  let open: { line: number; info: string; lines: string[] } | undefined;
  page.split('\n').forEach((text, index) => {
    const fence = /^(\s*)(`{3,}|~{3,})(.*)$/.exec(text);
    if (fence === null) {
      open?.lines.push(text);
      return;
    }
    const [, indent = '', marks = '', info = ''] = fence;
    if (open === undefined) open = { line: index + 1, info: info.trim(), lines: [] };
    else if (info !== '') throw wrong(open, 'end before the next begins', info);
    if (indent !== '' || marks !== '```') throw wrong(open, "begin and end with '```' alone", text);
    if (open.line === index + 1) return;
    blocks.push(open);
    open = undefined;
  });
  if (open !== undefined) throw wrong(open, 'end', 'the end of the page');
  return blocks;
}

function runOf(block: Block, more: readonly string[]): Run {
  const [exit = 'exit=0', ...rest] = more;
  const code = /^exit=(\d+)$/.exec(exit)?.[1];
  if (code === undefined || rest.length > 0) throw wrong(block, "be 'sh' or 'sh exit=N'", block.info);
  if (block.lines.every((line) => line.trim() === '')) throw wrong(block, 'hold a command', '');
  return { kind: 'run', line: block.line, script: block.lines.join('\n'), exit: Number(code) };
}

function editOf(block: Block, more: readonly string[]): Edit {
  const [file, ...rest] = more;
  if (file === undefined || rest.length > 0) throw wrong(block, 'name one file', block.info);
  for (const line of block.lines) {
    if (!/^[ +-]/.test(line)) throw wrong(block, "begin each line with '+', '-' or a blank", line);
  }
  const without = (sign: string): string =>
    block.lines
      .filter((line) => !line.startsWith(sign))
      .map((line) => `${line.slice(1)}\n`)
      .join('');
  const [from, to] = [without('+'), without('-')];
  if (from === '') throw wrong(block, 'hold a line that is there already', '');
  if (from === to) throw wrong(block, 'change something', '');
  return { kind: 'edit', line: block.line, file, from, to };
}

/** Puts what is expected to the commands right before. */
function expect(steps: Step[], block: Block, before: Block | undefined): void {
  const last = steps.at(-1);
  if (last?.kind !== 'run' || last.line !== before?.line)
    throw wrong(block, "follow a block of 'sh'", before?.info ?? '');
  steps[steps.length - 1] = { ...last, expected: block.lines.join('\n') };
}

function linesOf(text: string): string[] {
  const lines = stripVTControlCharacters(text)
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => !/^npm (warn|notice)\b/.test(line));
  while (lines.at(-1) === '') lines.pop();
  return lines;
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

function wrong({ line }: Pick<Block, 'line'>, must: string, got: string): Error {
  return new Error(`the block of line ${line} must ${must}, got ${JSON.stringify(got)}`);
}
