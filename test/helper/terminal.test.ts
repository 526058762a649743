import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { rejected } from './failure.js';
import { scratchFolders } from './scratch.js';
import { Terminal } from './terminal.js';

const folder = scratchFolders();
let terminal: Terminal;

beforeEach(() => {
  terminal = new Terminal(folder());
});
afterEach(() => {
  terminal.close();
});

describe('Terminal', () => {
  test('shows output and errors, and keeps variables and folder', async () => {
    expect(await terminal.run('greeting=hello\nmkdir inner && cd inner\necho out; echo err >&2')).toEqual({
      exit: 0,
      text: 'out\nerr\n',
    });
    const { text } = await terminal.run('echo "$greeting"; basename "$PWD"');
    expect(text).toBe('hello\ninner\n');
  });

  test.each([
    ['true; false; true', 1],
    ['(exit 7)', 7],
    ['x=$(exit 3); true', 3],
    ['exit_three() { (exit 3); }; exit_three; true', 3],
    ['(exit 4) | cat', 4],
    ['false || true', 0],
    ['nothing-of-that-name', 127],
  ])('says what `%s` failed with', async (script, exit) => {
    expect((await terminal.run(script)).exit).toBe(exit);
  });

  test('a failure of one block is none of the next', async () => {
    expect((await terminal.run('false')).exit).toBe(1);
    expect((await terminal.run('true')).exit).toBe(0);
  });

  test('gives commands nothing to read', async () => {
    expect((await terminal.run('cat; echo read')).text).toBe('read\n');
  });

  test('fails when the shell ends', async () => {
    const error = await rejected(terminal.run('echo last; exit 5'));
    expect(error.message).toBe('the shell must stay open, got 5 after:\nlast\n');
  });
});
