import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Components } from '../../../cli/lib/components.js';
import { diffData, diffLines, infrastructure } from '../../../cli/lib/diff.js';
import { readPlan, type Plan } from '../../../cli/lib/plan.js';
import type { StackFile } from '../../../cli/lib/stack.js';
import { thrown } from '../../helper/failure.js';

const PLACEHOLDERS = new Map([['mail', 'portcullis-not-supplied-mail']]);
const PLACEHOLDER = 'portcullis-not-supplied-mail';

interface Resource {
  readonly actions?: readonly string[];
  readonly reason?: string;
  readonly declared?: Readonly<Record<string, unknown>>;
  readonly before?: object | null;
  readonly after?: object | null;
  readonly unknown?: object;
}

/** A plan over resources by their addresses, with what the stack declares of them. */
function plan(
  resources: Readonly<Record<string, Resource>>,
  outputs: Readonly<Record<string, Resource>> = {},
  placeholders: ReadonlyMap<string, string> = PLACEHOLDERS,
): Plan {
  const change = ({ actions = ['update'], before = {}, after = {}, unknown = {} }: Resource): object => ({
    actions,
    before,
    after,
    after_unknown: unknown,
  });
  const resource: Record<string, Record<string, Readonly<Record<string, unknown>>>> = {};
  for (const [address, { declared }] of Object.entries(resources)) {
    const [type = '', id = ''] = address.split('.');
    if (declared !== undefined) resource[type] = { ...resource[type], [id]: declared };
  }
  const stack: StackFile = {
    resource,
    output: Object.fromEntries(
      Object.entries(outputs).map(([name, { declared }]) => [name, { value: declared?.value }]),
    ),
  };
  const shown = {
    resource_changes: Object.entries(resources).map(([address, one]) => ({
      address,
      type: address.split('.')[0],
      change: change(one),
      ...(one.reason === undefined ? {} : { action_reason: one.reason }),
    })),
    output_changes: Object.fromEntries(Object.entries(outputs).map(([name, one]) => [name, change(one)])),
  };
  return readPlan(shown, stack, placeholders);
}

/** Names of the attributes that a changed resource is told to change by. */
function attributes(resource: Resource): readonly string[] | undefined {
  return plan({ 'docker_container.a': resource }).changes[0]?.attributes;
}

describe('what a plan changes', () => {
  test('leaves out what stays and what is only read', () => {
    const { changes, outputs } = plan(
      { 'docker_container.a': { actions: ['no-op'] }, 'docker_image.b': { actions: ['read'] } },
      { url: { actions: ['no-op'] } },
    );
    expect([changes, outputs]).toEqual([[], []]);
  });

  test('has a name for each attribute that differs, and none for what comes or goes', () => {
    const declared = { env: ['A=2'], memory: 64, command: ['run'] };
    expect(
      attributes({
        declared,
        before: { env: ['A=1'], memory: 32, command: ['run'] },
        after: { env: ['A=2'], memory: 64, command: ['run'] },
      }),
    ).toEqual(['env', 'memory']);
    expect(attributes({ actions: ['create'], declared, before: null, after: { env: ['A=2'] } })).toEqual([]);
    expect(attributes({ actions: ['delete'], before: { env: ['A=1'] }, after: null })).toEqual([]);
  });

  test.each<[string, Resource, readonly string[]]>([
    ['what the provider makes up', { before: { id: 'x' }, unknown: { id: true } }, []],
    [
      'an attribute that only the apply will know',
      { declared: { image: '${docker_image.a.image_id}' }, before: { image: 'x' }, unknown: { image: true } },
      ['image'],
    ],
    [
      'what the stack ignores',
      {
        declared: { name: 'b', lifecycle: { ignore_changes: ['name'] } },
        before: { name: 'a' },
        after: { name: 'b' },
      },
      [],
    ],
    ['an attribute that left the stack', { before: { ports: [{ external: 80 }] }, after: {} }, ['ports']],
    [
      'nothing written as null, empty, zero and false',
      {
        declared: { a: null, b: [], c: 0, d: false, e: '' },
        before: { a: [], b: null, c: null, d: '', e: {} },
        after: { a: null, b: [], c: 0, d: false, e: '' },
      },
      [],
    ],
    [
      'blocks in another order',
      {
        declared: { upload: [] },
        before: { upload: [{ file: 'a' }, { file: 'b' }] },
        after: { upload: [{ file: 'b' }, { file: 'a' }] },
      },
      [],
    ],
    [
      'one block more',
      {
        declared: { upload: [] },
        before: { upload: [{ file: 'a' }] },
        after: { upload: [{ file: 'a' }, { file: 'a' }] },
      },
      ['upload'],
    ],
    [
      'a value deep inside',
      {
        declared: { upload: [] },
        before: { upload: [{ file: 'a', content: 'x' }] },
        after: { upload: [{ file: 'a', content: 'y' }] },
      },
      ['upload'],
    ],
  ])('tells of %s: %#', (_what, resource, expected) => {
    expect(attributes(resource)).toEqual(expected);
  });

  test('tells what is published, what holds data, and the labels', () => {
    const { changes } = plan({
      'docker_volume.data': {
        actions: ['no-op'],
        before: { name: 'pg', labels: [{ label: 'dev.portcullis.data', value: 'true' }] },
      },
      'docker_volume.files': { actions: ['no-op'], before: { name: 'files', labels: [] } },
      'docker_container.gate': {
        actions: ['delete', 'create'],
        before: {
          ports: [{ external: 8000 }],
          volumes: [{ volume_name: 'files' }],
          labels: [{ label: 'c', value: 'kong' }],
        },
      },
      'docker_container.server': {
        actions: ['delete', 'create'],
        before: { volumes: [{ volume_name: 'pg' }] },
      },
    });
    expect(changes).toMatchObject([
      { published: true, holdsData: false, labels: { c: 'kong' } },
      { published: false, holdsData: true, labels: {} },
    ]);
  });

  test.each([
    undefined,
    null,
    [],
    'x',
    { resource_changes: 3 },
    { resource_changes: [{ address: 'secret' }] },
  ])('fails without a word of it when the plan is %j', (shown) => {
    expect(thrown(() => readPlan(shown, {}, new Map())).message).toBe(
      'the plan must have the form that this version knows, got another',
    );
  });
});

describe('a secret that was not supplied', () => {
  const upload = (content: string, text = 'same'): object => ({
    upload: [
      { file: 'plain', content: text },
      { file: 'mail', content },
    ],
  });
  const writer: Resource = {
    actions: ['delete', 'create'],
    declared: upload('${var.mail}') as Record<string, unknown>,
    before: { id: 'x', ...upload('the real one') },
    after: upload(PLACEHOLDER),
    unknown: { id: true },
  };
  const written: Resource = {
    actions: ['delete', 'create'],
    declared: { triggers_replace: { container: '${docker_container.writer.id}' } },
    before: { triggers_replace: { container: 'x' } },
    after: { triggers_replace: {} },
    unknown: { triggers_replace: { container: true } },
  };
  const triggered = (...by: readonly string[]): Resource => ({
    actions: ['delete', 'create'],
    reason: 'replace_by_triggers',
    declared: { lifecycle: { replace_triggered_by: by } },
  });

  /** Addresses of what can't be told. */
  function untold(resources: Readonly<Record<string, Resource>>): string[] {
    return plan(resources)
      .changes.filter((change) => change.untold)
      .map(({ address }) => address);
  }

  test('leaves untold what it stands in, and what follows from that alone', () => {
    const resources = {
      'docker_container.writer': writer,
      'terraform_data.written': written,
      'terraform_data.run': triggered('terraform_data.written'),
    };
    expect(untold(resources)).toEqual(Object.keys(resources));
  });

  test.each<[string, Resource]>([
    ['another file changes', { ...writer, after: upload(PLACEHOLDER, 'other') }],
    [
      'another attribute changes',
      { ...writer, declared: { ...writer.declared, memory: 1 }, after: { ...writer.after, memory: 1 } },
    ],
    ['there was no value before', { ...writer, before: upload('') }],
    ['it was tainted', { ...writer, reason: 'replace_because_tainted' }],
    ['it is asked to be replaced', { ...writer, reason: 'replace_by_request' }],
    ['it comes', { ...writer, actions: ['create'], before: null }],
    ['it goes', { ...writer, actions: ['delete'], after: null }],
  ])('hides nothing when %s', (_what, changed) => {
    expect(untold({ 'docker_container.writer': changed, 'terraform_data.written': written })).toEqual([]);
  });

  test('hides nothing that follows from something else as well', () => {
    const other: Resource = {
      actions: ['delete', 'create'],
      declared: { command: ['b'] },
      before: { command: ['a'] },
      after: { command: ['b'] },
    };
    expect(
      untold({
        'docker_container.writer': writer,
        'docker_container.other': other,
        'terraform_data.run': triggered('docker_container.writer', 'docker_container.other'),
        'terraform_data.loose': triggered('docker_container.writer_of_another_name'),
      }),
    ).toEqual(['docker_container.writer']);
  });

  test('hides no unknown value that has nothing to do with it', () => {
    const resource = { ...writer, declared: { name: '${uuid()}' }, unknown: { name: true } };
    expect(untold({ 'docker_container.writer': resource })).toEqual([]);
  });

  test('is found where it went in hashed', () => {
    const hashed = (text: string): Resource => ({
      actions: ['update'],
      declared: { input: { sum: text } },
      before: { input: { sum: 'aa' } },
      after: { input: { sum: 'bb' } },
    });
    expect(untold({ 'terraform_data.a': hashed('${sha256(var.mail)}') })).toEqual(['terraform_data.a']);
    expect(untold({ 'terraform_data.a': hashed('${sha256(var.mailbox)}') })).toEqual([]);
  });

  test('leaves an output untold too', () => {
    const output = {
      declared: { value: '${var.mail}' },
      before: { value: 'old' },
      after: { value: PLACEHOLDER },
    };
    const other = { declared: { value: 'b' }, before: { value: 'a' }, after: { value: 'b' } };
    expect(plan({}, { secret_mail: output, url: other }).outputs).toEqual([
      { name: 'url', actions: ['update'] },
    ]);
  });

  test('is no matter when all are supplied', () => {
    const { changes } = plan({ 'docker_container.writer': writer }, {}, new Map());
    expect(changes.map((change) => change.untold)).toEqual([false]);
  });
});

describe('no value', () => {
  const CANARY = 'canary';
  const leaf = fc.oneof(
    fc.stringMatching(/^[a-z]{0,8}$/).map((text) => `${CANARY}${text}`),
    fc.constantFrom(null, true, 0, '', PLACEHOLDER),
  );
  const key = fc.constantFrom('env', 'upload', 'input', 'content', 'ports', 'volumes', 'name', 'volume_name');
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      leaf,
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(key, tie('value'), { maxKeys: 4 }),
    ),
  }));
  const attributes = fc.dictionary(key, value, { maxKeys: 5 });
  const resource = fc.record({
    actions: fc.constantFrom(['create'], ['update'], ['delete'], ['delete', 'create'], ['create', 'delete']),
    declared: attributes,
    before: fc.option(attributes),
    after: fc.option(attributes),
    unknown: fc.dictionary(key, fc.boolean()),
  });

  test('of a plan is in what leaves it, whatever the plan', () => {
    fc.assert(
      fc.property(
        fc.array(resource, { maxLength: 4 }),
        fc.array(resource, { maxLength: 2 }),
        (some, more) => {
          const found = plan(
            Object.fromEntries(some.map((one, index) => [`docker_container.r${index}`, one])),
            Object.fromEntries(more.map((one, index) => [`o${index}`, one])),
          );
          const section = infrastructure(found, new Components({}), [{ name: 'mail', description: 'mail' }]);
          const said = `${diffLines([section]).join('\n')}${JSON.stringify([found, diffData('dev', [section])])}`;
          expect(said).not.toContain(CANARY);
          expect(said).not.toContain(PLACEHOLDER);
        },
      ),
      { numRuns: 300 },
    );
  });
});
