import { describe, expect, test } from 'vitest';
import { thrown } from './failure.js';
import { edited, parseTutorial, shows, type Edit } from './tutorial.js';

/** A page of blocks, each of its info and its lines. */
function page(...blocks: readonly (readonly [info: string, ...lines: string[]])[]): string {
  return blocks
    .map(([info, ...lines]) => ['Words.', `\`\`\`${info}`, ...lines, '```', ''].join('\n'))
    .join('\n');
}

describe('parseTutorial', () => {
  test('gives commands with what they show, and edits, in their order', () => {
    const steps = parseTutorial(
      page(
        ['sh', 'npm run up'],
        ['text', '…', 'ready'],
        ['diff env/dev.ts', '   services: {', '-    hello: {},', '+    hello: { replicas: 3 },'],
        ['sh exit=2', 'key=$(secret)', 'diff'],
      ),
    );
    expect(steps).toEqual([
      { kind: 'run', line: 2, script: 'npm run up', exit: 0, expected: '…\nready' },
      {
        kind: 'edit',
        line: 13,
        file: 'env/dev.ts',
        from: '  services: {\n    hello: {},\n',
        to: '  services: {\n    hello: { replicas: 3 },\n',
      },
      { kind: 'run', line: 20, script: 'key=$(secret)\ndiff', exit: 2 },
    ]);
  });

  test.each<[string, string]>([
    [
      page(['ts', 'let a']),
      "the block of line 2 must be 'sh', 'sh exit=N', 'text' or 'diff FILE', got \"ts\"",
    ],
    [page(['', 'ls']), "the block of line 2 must be 'sh', 'sh exit=N', 'text' or 'diff FILE', got \"\""],
    [
      page(['text more', 'a']),
      "the block of line 2 must be 'sh', 'sh exit=N', 'text' or 'diff FILE', got \"text more\"",
    ],
    [page(['sh exit', 'ls']), "the block of line 2 must be 'sh' or 'sh exit=N', got \"sh exit\""],
    [page(['sh', '']), 'the block of line 2 must hold a command, got ""'],
    [page(['text', 'a']), 'the block of line 2 must follow a block of \'sh\', got ""'],
    [
      page(['sh', 'ls'], ['text', 'a'], ['text', 'b']),
      'the block of line 12 must follow a block of \'sh\', got "text"',
    ],
    [page(['diff', '+a']), 'the block of line 2 must name one file, got "diff"'],
    [page(['diff a b', ' a', '+b']), 'the block of line 2 must name one file, got "diff a b"'],
    [page(['diff a', 'b']), "the block of line 2 must begin each line with '+', '-' or a blank, got \"b\""],
    [page(['diff a', '+b']), 'the block of line 2 must hold a line that is there already, got ""'],
    [page(['diff a', ' b']), 'the block of line 2 must change something, got ""'],
    ['```sh\nls\n', 'the block of line 1 must end, got "the end of the page"'],
    ['```sh\nls\n```text\n', 'the block of line 1 must end before the next begins, got "text"'],
    ['  ```sh\n', 'the block of line 1 must begin and end with \'```\' alone, got "  ```sh"'],
    ['~~~sh\n', 'the block of line 1 must begin and end with \'```\' alone, got "~~~sh"'],
  ])('fails at a block that it does not understand: %j', (text, message) => {
    expect(thrown(() => parseTutorial(text)).message).toBe(message);
  });
});

describe('shows', () => {
  test.each<[string, string, boolean]>([
    ['ready', 'ready\n', true],
    ['ready', 'not ready\n', false],
    ['ready', 'ready\nand more\n', false],
    ['…\nready', 'a\nb\nready\n', true],
    ['…\nready', 'ready\n', true],
    ['…\nready\n…', 'a\nready\nb\nc', true],
    ['…\nready\n…', 'a\nb\nc', false],
    ['a … c', 'a b c', true],
    ['a … c', 'a b\nc', false],
    ['a.c (x) [1] $ {}', 'a.c (x) [1] $ {}', true],
    ['a.c', 'abc', false],
    ['HTTP/1.1 200 OK', 'HTTP/1.1 200 OK\r\n', true],
    ['red', '\u001b[31mred\u001b[0m', true],
    ['ok', 'npm warn Unknown user config\nok\n', true],
    ['', '\n\n', true],
    ['', 'something', false],
  ])('compares %j with %j', (expected, got, same) => {
    expect(shows(expected, got)).toBe(same);
  });
});

describe('edited', () => {
  const edit: Edit = { kind: 'edit', line: 7, file: 'a.ts', from: 'b\n', to: "b$&'\n" };

  test('replaces what is there once, letter by letter', () => {
    expect(edited(edit, 'a\nb\nc\n')).toBe("a\nb$&'\nc\n");
  });

  test.each([
    ['a\nc\n', 0],
    ['b\nb\n', 2],
  ])('fails in %j', (text, found) => {
    expect(thrown(() => edited(edit, text)).message).toBe(
      `the edit of line 7 must fit into a.ts once, got ${found} times`,
    );
  });
});
