import { describe, expect, test } from 'vitest';
import { EnvironmentError, checkEnvironment } from '../../env/index.js';
import { VALID } from '../helper/environment.js';
import { thrown } from '../helper/failure.js';

/** Lines of the report on a valid environment with some fields replaced. */
function lines(change: object): readonly string[] {
  const error = thrown(() => checkEnvironment({ ...VALID, ...change }));
  if (!(error instanceof EnvironmentError)) throw error;
  return error.lines;
}

const CLIENT = { name: 'demo', limit: { minute: 1 } };

describe('the report', () => {
  test('holds all mistakes at once, sorted by their paths', () => {
    const error = thrown(() =>
      checkEnvironment(
        {
          ...VALID,
          name: 'X',
          public: { url: 'localhost', hosts: [], port: 0 },
          kong: { drain: '10', wrokers: 1 },
          clients: [{ name: 'demo', limit: {} }],
        },
        'dev',
      ),
    );
    expect(error.message.split('\n')).toEqual([
      "environment 'dev' has 7 mistakes:",
      '  clients[0].limit must set second, minute or hour, got {}; set one of them',
      `  kong.drain must be a whole number with ms, s, m, h or d, got "10"; write for example '30d'`,
      '  kong.wrokers must be a name that the schema knows, got 1; remove or correct it',
      `  name must be 2 to 16 small letters, digits and dashes, got "X"; write for example 'dev'`,
      `  public.hosts must name at least one host, got []; write for example ['localhost']`,
      '  public.port must be a whole number from 1 to 65535, got 0; choose a free port',
      `  public.url must be an http or https address without a path, got "localhost"; write for example 'http://localhost:8000'`,
    ]);
  });

  test('holds a contradiction beside a value of the wrong type elsewhere', () => {
    expect(lines({ kong: { drain: 10 }, clients: [CLIENT, CLIENT] })).toEqual([
      'clients[1].name must be unique, got "demo"; rename one of them',
      `kong.drain must be a whole number with ms, s, m, h or d, got 10; write for example '30d'`,
    ]);
  });

  test('cuts a long value off', () => {
    const [line = ''] = lines({ name: 'x'.repeat(500) });
    expect(line).toContain(`got "${'x'.repeat(76)}...; `);
  });

  test.each([
    [undefined, 'nothing'],
    [null, 'null'],
    ['x', '"x"'],
    [[], '[]'],
  ])('fails when the whole environment is %j', (input, got) => {
    expect(thrown(() => checkEnvironment(input)).message).toBe(
      `environment 'environment' has 1 mistake:\n  environment must be an object, got ${got}; write its fields in { }`,
    );
  });
});
