import { describe, expect, test } from 'vitest';
import type { DeckChange, DeckReport } from '../../../cli/deck.js';
import { diffLines } from '../../../cli/lib/diff.js';
import { driftLines, gatewaySection } from '../../../cli/lib/gateway-diff.js';
import { declaredText } from '../../../cli/lib/gateway.js';
import { thrown } from '../../helper/failure.js';

function report(...changes: DeckChange[]): DeckReport {
  const of = (action: DeckChange['action']): number =>
    changes.filter((change) => change.action === action).length;
  return {
    changes,
    summary: {
      creating: of('create'),
      updating: of('update'),
      deleting: of('delete'),
      total: changes.length,
    },
    warnings: [],
  };
}

const route = { kind: 'route', name: 'hello' };

describe('the gateway', () => {
  test('without a difference says so', () => {
    expect(diffLines([gatewaySection(report())])).toEqual(['gateway: no changes']);
  });

  test('without a running Kong says that nothing can be compared', () => {
    const section = gatewaySection(undefined);
    expect(diffLines([section])).toEqual([
      'gateway: no changes',
      "  ? Kong doesn't run, so its routes can't be compared",
    ]);
    expect(section.data).toEqual({ compared: false, changes: [] });
  });

  test('has one line per entity, with the names of the fields that differ and no value', () => {
    const lines = diffLines([
      gatewaySection(
        report(
          { ...route, action: 'create', after: { paths: ['/secret-path'] } },
          {
            ...route,
            action: 'update',
            before: { paths: ['/old-path'], methods: ['GET'], id: 'a', tags: ['x'] },
            after: { paths: ['/new-path'], methods: ['GET'], id: 'b', tags: ['y'] },
          },
          {
            kind: 'plugin',
            name: 'cors for route hello',
            action: 'update',
            before: { config: { origins: ['a'], max_age: 1 } },
            after: { config: { origins: ['b'], max_age: 1 } },
          },
        ),
      ),
    ]);
    expect(lines).toEqual([
      'gateway: 3 changes',
      '  + route hello',
      '  ~ route hello (paths)',
      '  ~ plugin cors for route hello (config.origins)',
    ]);
    expect(lines.join()).not.toMatch(/-path/);
  });

  test.each<[DeckChange, string]>([
    [{ ...route, action: 'delete' }, "route 'hello' would be removed; its callers get 404"],
    [
      { kind: 'consumer', name: 'partner', action: 'delete' },
      "client 'partner' would be removed; its credentials end",
    ],
    [
      { kind: 'plugin', name: 'key-auth for route hello', action: 'delete' },
      'guard key-auth for route hello would be removed; more requests pass than before',
    ],
  ])('%j is a risk', (change, risk) => {
    expect(gatewaySection(report(change)).risks).toEqual([risk]);
  });

  test.each<[DeckChange]>([
    [{ ...route, action: 'create' }],
    [{ kind: 'plugin', name: 'prometheus (global)', action: 'delete' }],
    [{ kind: 'target', name: 'hello:8080', action: 'delete' }],
  ])('%j is none', (change) => {
    expect(gatewaySection(report(change)).risks).toEqual([]);
  });
});

test('what was changed by hand is told from the other side', () => {
  expect(
    driftLines(
      report(
        { ...route, action: 'create' },
        { ...route, name: 'world', action: 'update', before: { paths: ['/a'] }, after: { paths: ['/b'] } },
        { ...route, name: 'mine', action: 'delete' },
      ),
    ),
  ).toEqual(["route 'hello' is missing", "route 'world' was changed", "route 'mine' was added"]);
});

describe('the declared state', () => {
  const stack = (content: string): Parameters<typeof declaredText>[0] => ({
    resource: { docker_container: { writer: { upload: [{ file: '/files/.incoming/kong.yaml', content }] } } },
  });

  test('is read without the escapes that Terraform needs', () => {
    expect(declaredText(stack('key: $${{ env "DECK_ENV_A" }} %%{x}'))).toBe(
      'key: ${{ env "DECK_ENV_A" }} %{x}',
    );
  });

  test('fails when there is no gateway', () => {
    expect(thrown(() => declaredText({})).message).toBe('the stack must have a gateway, got none');
  });
});
