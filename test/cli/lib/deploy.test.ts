import { describe, expect, test } from 'vitest';
import { refuseLoss } from '../../../cli/lib/deploy.js';
import type { PlannedChange } from '../../../cli/lib/plan.js';
import { thrown } from '../../helper/failure.js';

function change(
  name: string,
  actions: readonly string[],
  data = true,
): Pick<PlannedChange, 'address' | 'actions' | 'labels'> {
  return {
    address: `docker_volume.${name}`,
    actions,
    labels: data ? { 'dev.portcullis.data': 'true' } : {},
  };
}

describe('refuseLoss', () => {
  test.each<[string, readonly ReturnType<typeof change>[]]>([
    ['nothing', []],
    ['data that is made', [change('a', ['create'])]],
    ['data that is changed in place', [change('a', ['update'])]],
    ['other volumes that go', [change('a', ['delete'], false), change('b', ['delete', 'create'], false)]],
  ])('accepts a plan with %s', (_what, changes) => {
    expect(() => {
      refuseLoss(changes);
    }).not.toThrow();
  });

  test.each([[['delete']], [['delete', 'create']], [['create', 'delete']]])(
    'fails when data would go by %j',
    (actions) => {
      expect(
        thrown(() => {
          refuseLoss([change('a', actions), change('b', ['create'])]);
        }),
      ).toMatchObject({
        message: 'a deployment must keep all data, got a plan that destroys 1 volume',
        detail: [`docker_volume.a: ${actions.join(' then ')}`],
        remedy: 'undo the change that replaces it; where the data may go, run `npm run down` first',
      });
    },
  );

  test('fails when several would go, and names each', () => {
    expect(
      thrown(() => {
        refuseLoss([change('a', ['delete']), change('b', ['delete'])]);
      }),
    ).toMatchObject({
      message: 'a deployment must keep all data, got a plan that destroys 2 volumes',
      detail: ['docker_volume.a: delete', 'docker_volume.b: delete'],
    });
  });
});
