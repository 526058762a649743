import { describe, expect, test } from 'vitest';
import { Components } from '../../../cli/lib/components.js';
import { changesOf, diffData, diffLines, infrastructure, type Section } from '../../../cli/lib/diff.js';
import type { Plan, PlannedChange } from '../../../cli/lib/plan.js';

function change(address: string, more: Partial<PlannedChange> = {}): PlannedChange {
  return {
    address,
    type: address.split('.')[0] ?? '',
    actions: ['update'],
    labels: {},
    attributes: [],
    published: false,
    holdsData: false,
    untold: false,
    ...more,
  };
}

const labelled = (value: string, data = false): Record<string, string> => ({
  'dev.portcullis.component': value,
  ...(data ? { 'dev.portcullis.data': 'true' } : {}),
});

function section(plan: Partial<Plan>, missing: Parameters<typeof infrastructure>[2] = []): Section {
  return infrastructure({ changes: [], outputs: [], ...plan }, new Components({}), missing);
}

describe('the infrastructure', () => {
  test('without changes says so', () => {
    const none = section({});
    expect(diffLines([none])).toEqual(['infrastructure: no changes']);
    expect(changesOf([none])).toBe(0);
  });

  test('has one line per change, by component, with the names of what changes; equal ones as one', () => {
    const web = { labels: labelled('web'), actions: ['delete', 'create'], attributes: ['env', 'labels'] };
    expect(
      diffLines([
        section({
          changes: [
            change('docker_container.web1', web),
            change('docker_container.web2', { ...web, actions: ['create', 'delete'] }),
            change('docker_container.api', { labels: labelled('api'), attributes: ['memory'] }),
            change('docker_network.old', { labels: labelled('api--web'), actions: ['delete'] }),
            change('terraform_data.new', { actions: ['create'] }),
          ],
          outputs: [
            { name: 'url', actions: ['update'] },
            { name: 'rotation', actions: ['create'] },
          ],
        }),
      ]),
    ).toEqual([
      'infrastructure: 7 changes',
      '  - api--web: docker_network',
      '  ~ api: docker_container (memory)',
      '  + terraform_data.new: terraform_data',
      '  -/+ web: docker_container (env, labels) ×2',
      '  + output rotation',
      '  ~ output url',
    ]);
  });

  test.each<[string, Partial<PlannedChange>, readonly string[]]>([
    [
      'data that goes',
      { actions: ['delete'], labels: labelled('x', true) },
      ["risk: data volume 'x' would be removed, and its data lost; `up` refuses that"],
    ],
    [
      'data that is replaced',
      { actions: ['delete', 'create'], labels: labelled('x', true) },
      ["risk: data volume 'x' would be replaced, and its data lost; `up` refuses that"],
    ],
    [
      'a published workload that is replaced',
      { actions: ['delete', 'create'], labels: labelled('x'), published: true },
      ["risk: published 'x' would be replaced; no request passes until the new one is ready"],
    ],
    [
      'a published workload that goes',
      { actions: ['delete'], labels: labelled('x'), published: true },
      ["risk: published 'x' would be removed; nothing answers at its port then"],
    ],
    [
      'a server with data that is replaced',
      { actions: ['create', 'delete'], labels: labelled('x'), holdsData: true },
      ["risk: server with data 'x' would be replaced; what needs it fails meanwhile"],
    ],
    ['what changes in place', { labels: labelled('x', true), published: true, holdsData: true }, []],
    ['what comes', { actions: ['create'], labels: labelled('x', true) }, []],
  ])('names the risk of %s', (_what, more, expected) => {
    const lines = diffLines([section({ changes: [change('docker_container.x', more)] })]);
    expect(lines.filter((text) => text.startsWith('risk:'))).toEqual(expected);
    expect(lines.slice(0, expected.length)).toEqual(expected);
  });

  test('says which secrets were not supplied and what therefore can not be told, and counts none of it', () => {
    const one = section(
      {
        changes: [
          change('docker_container.w', { labels: labelled('mail-secrets'), untold: true }),
          change('terraform_data.w', { labels: labelled('mail-secrets'), untold: true }),
        ],
      },
      [{ name: 'mail_password', description: 'password of the mail server' }],
    );
    expect(diffLines([one])).toEqual([
      'infrastructure: no changes',
      "  ? secret 'mail_password': not supplied (password of the mail server)",
      "  ? can't be told without it: mail-secrets",
    ]);
    expect(changesOf([one])).toBe(0);
  });
});

describe('several sections', () => {
  const other: Section = {
    name: 'other',
    risks: ['it hurts'],
    changes: 1,
    lines: ['~ thing'],
    notes: [],
    data: { things: 1 },
  };

  test('come one after the other, all risks first', () => {
    expect(diffLines([section({}), other])).toEqual([
      'risk: it hurts',
      'infrastructure: no changes',
      'other: 1 change',
      '  ~ thing',
    ]);
  });

  test('are one value for programs, with a version', () => {
    expect(diffData('dev', [section({ outputs: [{ name: 'url', actions: ['update'] }] }), other])).toEqual({
      version: 1,
      environment: 'dev',
      changes: 2,
      risks: ['it hurts'],
      sections: [
        {
          name: 'infrastructure',
          changes: [],
          outputs: [{ name: 'url', action: 'update' }],
          notSupplied: [],
          untold: [],
        },
        { name: 'other', things: 1 },
      ],
    });
  });
});
